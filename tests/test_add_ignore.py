"""``--add-ignore`` writes comments that allow what is found, and afterwards the report is clean."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support import Run, conf, refused, tree

MUTEX, NAMES = "removed-mutex-directives", "name-virtual-host"
WHY = "seen by Ann, ticket 7"


def left(run: Run, *words: str) -> list[str]:
    """The rules of all findings that are reported, with their lines."""
    found = json.loads(run("--output-format", "json", *words).out)["findings"]
    # What only a repair would reveal is not there to be allowed.
    return [f"{one['rule']}:{one['line']}" for one in found if "after" not in one]


def commented(run: Run, tmp_path: Path, text: bytes, *words: str) -> bytes:
    """A file with the comments that were added."""
    conf(tmp_path, site=text)
    outcome = run(f"--add-ignore={WHY}", *words, "conf")
    assert outcome.code == 0, outcome
    return (tmp_path / "conf/site.conf").read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"LockFile /x\n", b"# modwsgi-fix: allow removed-mutex-directives -- WHY\nLockFile /x\n"),
        (b"NameVirtualHost *:80", b"# modwsgi-fix: allow name-virtual-host -- WHY\nNameVirtualHost *:80"),
        (
            b"<IfModule wsgi_module>\n\t LockFile /x\n</IfModule>\n",
            b"<IfModule wsgi_module>\n\t # modwsgi-fix: allow removed-mutex-directives -- WHY\n\t LockFile /x\n</IfModule>\n",
        ),
        (
            b"Listen 80\r\nLockFile \\\r\n  /x\r\n",
            b"Listen 80\r\n# modwsgi-fix: allow removed-mutex-directives -- WHY\r\nLockFile \\\r\n  /x\r\n",
        ),
        (
            b"# it goes on \\\nLockFile /a\nLockFile /x\n",
            b"# it goes on \\\nLockFile /a\n# modwsgi-fix: allow removed-mutex-directives -- WHY\nLockFile /x\n",
        ),
        (b"\nLockFile \xff\n", b"\n# modwsgi-fix: allow removed-mutex-directives -- WHY\nLockFile \xff\n"),
        (
            b"<Directory /srv/a>\n Order allow,deny\n Allow from all\n</Directory>\n",
            b"<Directory /srv/a>\n # modwsgi-fix: allow old-access-directives -- WHY\n Order allow,deny\n Allow from all\n</Directory>\n",
        ),
    ],
    ids=["directive", "last line", "IfModule", "continued, CRLF", "after a continued comment", "bytes", "section"],
)
def test_a_comment_stands_above_each_directive(run: Run, tmp_path: Path, before: bytes, after: bytes) -> None:
    words = ("--select", f"{MUTEX},{NAMES},old-access-directives")
    expected = after.replace(b"WHY", WHY.encode())
    assert commented(run, tmp_path, before, *words) == expected
    assert left(run, *words, "conf") == []
    assert commented(run, tmp_path, expected, *words) == expected


def test_several_rules_share_a_comment(run: Run, tmp_path: Path) -> None:
    text = b"<Location />\n    Order allow,deny\n    Allow from all\n</Location>\nLockFile /x\n"
    after = commented(run, tmp_path, text)
    assert left(run, "--all", "conf") == []
    assert [line for line in after.splitlines(keepends=True) if b"modwsgi-fix:" not in line] == text.splitlines(
        keepends=True
    )
    for line in after.splitlines():
        if b"modwsgi-fix:" in line:
            names = line.partition(b"allow ")[2].partition(b" -- ")[0].split(b", ")
            assert names == sorted(set(names))


def test_selected_rules_alone_are_allowed(run: Run, tmp_path: Path) -> None:
    after = commented(run, tmp_path, b"LockFile /x\nNameVirtualHost *:80\n", "--select", NAMES)
    assert MUTEX.encode() not in after
    assert left(run, "conf") == [f"{MUTEX}:1"]


@pytest.mark.parametrize("count", [2, 12])
def test_what_is_told_once_for_many_places_is_allowed_at_each(run: Run, tmp_path: Path, count: int) -> None:
    section = "<Directory /srv/{}>\n    Order allow,deny\n    Allow from all\n</Directory>\n"
    after = commented(run, tmp_path, "".join(map(section.format, range(count))).encode())
    assert after.count(b"    # modwsgi-fix: allow old-access-directives -- ") == count
    assert left(run, "--all", "conf") == []


def test_a_comment_that_makes_another_needless_stands_alone(run: Run, tmp_path: Path) -> None:
    pasted = b"".join(b"%d  Listen %d\n" % (number, 8000 + number) for number in range(1, 9))
    conf(tmp_path, site=pasted)
    run("--add-ignore", "conf")
    after = (tmp_path / "conf/site.conf").read_bytes()
    assert {one for one in left(run, "conf") if one.startswith("unused-suppression")} == set()
    run("--add-ignore", "conf")
    assert (tmp_path / "conf/site.conf").read_bytes() == after


def test_no_reason_is_needed(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"LockFile /x\n")
    assert run("--add-ignore", "conf").code == 0
    assert (tmp_path / "conf/site.conf").read_bytes() == b"# modwsgi-fix: allow removed-mutex-directives\nLockFile /x\n"


def test_a_diff_shows_what_would_be_written(run: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, site=b"Listen 80\nLockFile /x\n", other=b"NameVirtualHost *:80\r\n")
    before = tree(directory)
    outcome = run("--diff", f"--add-ignore={WHY}", "conf")
    assert outcome.code == 1
    assert tree(directory) == before
    run(f"--add-ignore={WHY}", "conf")
    written = tree(directory)
    for name, data in before.items():
        assert isinstance(data, bytes)
        (directory / name).write_bytes(data)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=outcome.out.encode(), check=True)
    assert tree(directory) == written
    assert run("--diff", f"--add-ignore={WHY}", "conf").code == 0


def test_nothing_is_fixed(run: Run, tmp_path: Path) -> None:
    after = commented(run, tmp_path, b"WSGIDaemonProcess a\nWSGIDaemonProcess a\nWSGIProcessGroup a\n", "--write")
    assert after.count(b"WSGIDaemonProcess a\n") == 2


def test_what_a_baseline_has_needs_no_comment(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"LockFile /x\n")
    run("baseline", "write", "conf")
    after = commented(run, tmp_path, b"LockFile /x\nNameVirtualHost *:80\n", "--baseline", "modwsgi-fix-baseline.json")
    assert after.count(b"modwsgi-fix:") == 1
    assert NAMES.encode() in after


@pytest.mark.parametrize(
    "reason", ["a\nb", "a\r", "\x1b[1m", "a\x00", "a\x85b", "a\u2028b", "ends in \\", "{% if x %}", "<% x %>", "\udcff"]
)
def test_a_reason_is_one_line(run: Run, tmp_path: Path, reason: str) -> None:
    directory = conf(tmp_path, site=b"LockFile /x\n")
    before = tree(directory)
    assert "the reason" in refused(run(f"--add-ignore={reason}", "conf"))
    assert tree(directory) == before


# -- what takes no comment -----------------------------------------------------


def kept(run: Run, *words: str) -> str:
    """What was said of findings that were left."""
    outcome = run(f"--add-ignore={WHY}", *words)
    assert outcome.code in (0, 1)
    lines = [line for line in outcome.err.splitlines() if ": no comment: " in line]
    assert lines
    return "\n".join(lines)


@pytest.mark.slow
def test_a_script_is_left(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "shop.wsgi"
    script.write_text("import sys\n")
    conf(tmp_path, site=f"WSGIScriptAlias / {script}\nLockFile /x\n".encode())
    assert "shop.wsgi:1: missing-application: no comment: in Python" in kept(run, "conf", "shop.wsgi")
    assert script.read_text() == "import sys\n"
    assert b"modwsgi-fix:" in (tmp_path / "conf/site.conf").read_bytes()


def test_a_template_is_left(run: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, other=b"LockFile /x\n")
    text = b"{% if old %}\nNameVirtualHost *:80\n{% endif %}\n"
    (directory / "site.conf.j2").write_bytes(text)
    assert "is a template" in kept(run, "conf/site.conf.j2", "conf/other.conf")
    assert (directory / "site.conf.j2").read_bytes() == text
    assert b"modwsgi-fix:" in (directory / "other.conf").read_bytes()


def test_a_file_that_is_read_twice_is_left(run: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, shared=b"NameVirtualHost *:80\n")
    (directory / "httpd.conf").write_bytes(b"Include shared.conf\nInclude shared.conf\nLockFile /x\n")
    assert "shared.conf:1: name-virtual-host: no comment: the file is read more than once" in kept(run, "conf")
    assert (directory / "shared.conf").read_bytes() == b"NameVirtualHost *:80\n"
    assert b"modwsgi-fix:" in (directory / "httpd.conf").read_bytes()


def test_a_file_of_two_servers_is_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shared.conf").write_bytes(b"NameVirtualHost *:80\n")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "httpd.conf").write_bytes(b"Include shared.conf\nLockFile /x\n")
        (tmp_path / name / "shared.conf").symlink_to("../shared.conf")
    said = kept(run, "one", "two", "shared.conf")
    assert "shared.conf:1: name-virtual-host: no comment: the file is read more than once" in said
    assert (tmp_path / "shared.conf").read_bytes() == b"NameVirtualHost *:80\n"
    assert b"modwsgi-fix:" in (tmp_path / "two/httpd.conf").read_bytes()


def test_a_file_outside_is_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shared.conf").write_bytes(b"NameVirtualHost *:80\n")
    directory = conf(tmp_path)
    (directory / "httpd.conf").write_bytes(f"Include {tmp_path}/shared.conf\nLockFile /x\n".encode())
    outcome = run("--add-ignore", "conf")
    assert (tmp_path / "shared.conf").read_bytes() == b"NameVirtualHost *:80\n"
    assert b"modwsgi-fix:" in (directory / "httpd.conf").read_bytes()
    assert {one.partition(":")[0] for one in left(run, "conf")} == {
        line.split(": ")[1] for line in outcome.err.splitlines() if ": no comment: " in line
    }


def test_a_file_with_two_names_is_left(run: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, site=b"NameVirtualHost *:80\n", other=b"LockFile /x\n")
    (tmp_path / "also.conf").hardlink_to(directory / "site.conf")
    assert "site.conf:1: name-virtual-host: no comment: " in kept(run, "conf")
    assert (directory / "site.conf").read_bytes() == b"NameVirtualHost *:80\n"
    assert b"modwsgi-fix:" in (directory / "other.conf").read_bytes()


def test_a_comment_without_use_is_left(run: Run, tmp_path: Path) -> None:
    text = b"# modwsgi-fix: allow listen-twice\nListen 80\n"
    directory = conf(tmp_path, site=text)
    assert "delete the comment that it is about" in kept(run, "conf")
    assert (directory / "site.conf").read_bytes() == text


@pytest.mark.parametrize(
    "text",
    [
        b"<VirtualHost *:80>\nLockFile /x\n",
        b"Listen 80\n</Directory>\nLockFile /x\n",
        b"<Location /a>\nRequire all granted\n</Directory>\nLockFile /x\n",
        b"\xef\xbb\xbfLockFile /x\nNameVirtualHost *:80\n",
        b"<!-- old -->\nLockFile /x\n",
        b"<Directory /a\nRequire all granted\n</Directory>\n",
        b"<Perl>\nLockFile /x\n</Perl>\nLockFile /y\n",
        b"<IfModule wsgi_module>\n<Location /a>\n</IfModule>\n</Location>\nLockFile /x\n",
    ],
)
def test_what_is_broken_is_allowed_or_said(run: Run, tmp_path: Path, text: bytes) -> None:
    directory = conf(tmp_path, site=text)
    outcome = run(f"--add-ignore={WHY}", "conf")
    said = {line.split(": ")[1] for line in outcome.err.splitlines() if ": no comment: " in line}
    remain = {one.partition(":")[0] for one in left(run, "conf")}
    assert remain == said
    assert "unused-suppression" not in remain
    after = (directory / "site.conf").read_bytes()
    assert b"".join(one for one in after.splitlines(keepends=True) if b"modwsgi-fix:" not in one) == text
    again = run(f"--add-ignore={WHY}", "conf")
    assert (directory / "site.conf").read_bytes() == after
    assert again.code == int(bool(remain))
