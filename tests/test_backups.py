"""Where ``--backup`` keeps the originals, and that no server reads them or what an interrupted run leaves."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from disturbance import Crash, contents, interfere, stop
from support import config_of, lines

from modwsgi_fix.cli import main

TWICE = "WSGIDaemonProcess site threads=15\nWSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
ONCE = "WSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
ONLY = ("--isolated", "--select", "duplicate-daemon-process", "--no-impact", "--write", "--backup")

Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """``--write --backup`` in a directory without files above it: the exit code, and the lines on stderr but for what next."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*words: str) -> tuple[int, list[str]]:
        capfdbinary.readouterr()
        code = main([*ONLY, *words])
        lines = capfdbinary.readouterr().err.decode().splitlines()
        return code, [line for line in lines if not line.startswith("To take ")]

    return run


def made(root: Path, main_file: str, *files: str, links: Iterable[tuple[str, str]] = ()) -> None:
    """A server whose entry file has ``main_file``; each other file has the same fault."""
    (root / "httpd.conf").write_text(main_file)
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(TWICE)
    for link, target in links:
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target)


def in_state(root: Path, file: str, suffix: str = ".orig") -> Path:
    return root / "state/modwsgi-fix/backup" / str(root / file).lstrip("/").join(["", suffix])


#: Includes, the file that is written, the suffix, and whether a backup beside it would be read.
INCLUDES = {
    "a directory": ("Include conf.d/\n", "conf.d/x.conf", ".orig", True),
    "a directory without a slash": ("Include conf.d\n", "conf.d/x.conf", ".orig", True),
    "a directory that is absolute": ("Include {root}/conf.d/\n", "conf.d/x.conf", ".orig", True),
    "a directory above": ("Include conf.d\n", "conf.d/a/b/x.conf", ".orig", True),
    "a pattern for all": ("Include conf.d/*\n", "conf.d/x.conf", ".orig", True),
    "a pattern for directories": ("Include sites/*/conf\n", "sites/a/conf/x.conf", ".orig", True),
    "a pattern for names": ("Include conf.d/*.conf\n", "conf.d/x.conf", ".orig", False),
    "a pattern that takes the suffix": ("Include conf.d/*.conf\n", "conf.d/x.conf", "-old.conf", True),
    "a pattern for all but a few": ("Include conf.d/[x]*\n", "conf.d/x.conf", ".orig", True),
    "optional": ("IncludeOptional conf.d/*\n", "conf.d/x.conf", ".orig", True),
    "a file": ("Include conf.d/x.conf\n", "conf.d/x.conf", ".orig", False),
    "another directory": ("Include conf.d\nInclude more/x.conf\n", "more/x.conf", ".orig", False),
    "in a condition that is open": ("<IfDefine SSL>\nInclude conf.d/\n</IfDefine>\n", "conf.d/x.conf", ".orig", True),
    "in a condition that holds": (
        "<IfModule mod_wsgi.c>\n<IfModule mod_foo.c>\nInclude conf.d/\n</IfModule>\n</IfModule>\n",
        "conf.d/x.conf", ".orig", True,
    ),
    "in a host": ("<VirtualHost *:80>\nInclude conf.d/\n</VirtualHost>\n", "conf.d/x.conf", ".orig", True),
    "by a variable": ("Define DIR conf.d\nInclude ${{DIR}}/\n", "conf.d/x.conf", ".orig", True),
}  # fmt: skip


@pytest.mark.parametrize("given", ["directory", "file"])
@pytest.mark.parametrize("name", INCLUDES)
def test_a_backup_lies_where_no_include_reads_it(run: Run, tmp_path: Path, name: str, given: str) -> None:
    """Given the server, or only the file: then the server above it is asked."""
    includes, file, suffix, read = INCLUDES[name]
    made(tmp_path, includes.format(root=tmp_path), file)
    before = contents(tmp_path)
    code, said = run(f"--backup={suffix}", "." if given == "directory" else file)
    assert code == 0
    backup = in_state(tmp_path, file, suffix) if read else tmp_path / (file + suffix)
    assert contents(tmp_path) == before | {
        file: ONCE.encode(),
        str(backup.relative_to(tmp_path)): TWICE.encode(),
    }
    notes = [line for line in said if line.startswith("note: the original")]
    assert notes == ([f"note: the original of {file} is kept as {backup}: httpd would read a backup beside it"] * read)


def test_links_in_sites_enabled(run: Run, tmp_path: Path) -> None:
    made(
        tmp_path, "IncludeOptional sites-enabled/*\n", "sites-available/x", "sites-enabled/y",
        links=[("sites-enabled/x", "../sites-available/x")],
    )  # fmt: skip
    assert run("--extend-select=ALL", "--select=duplicate-daemon-process", ".")[0] < 2
    assert (tmp_path / "sites-available/x.orig").read_text() == TWICE
    assert in_state(tmp_path, "sites-enabled/y").read_text() == TWICE
    assert sorted(os.listdir(tmp_path / "sites-enabled")) == ["x", "y"]


def test_a_link_to_a_directory(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "Include conf.d/\n", "shared/x.conf", links=[("conf.d", "shared")])
    assert run(".")[0] == 0
    assert in_state(tmp_path, "shared/x.conf").read_text() == TWICE
    assert os.listdir(tmp_path / "shared") == ["x.conf"]


def test_httpds_own_layout_above_a_file(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "", "conf.d/x.conf")
    (tmp_path / "conf").mkdir()
    (tmp_path / "httpd.conf").rename(tmp_path / "conf/httpd.conf")
    (tmp_path / "conf/httpd.conf").write_text("Include conf.d/\n")
    assert run("conf.d")[0] == 0
    assert in_state(tmp_path, "conf.d/x.conf").read_text() == TWICE


def test_without_a_server_above_a_backup_lies_beside_the_file(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "", "conf.d/x.conf")
    (tmp_path / "httpd.conf").unlink()
    assert run("conf.d") == (0, [])
    assert (tmp_path / "conf.d/x.conf.orig").read_text() == TWICE
    assert not (tmp_path / "state/modwsgi-fix/backup").exists()


def test_a_fragment_that_includes_another(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "", "x.conf", "part/y.inc")
    (tmp_path / "httpd.conf").unlink()
    (tmp_path / "x.conf").write_text("Include part/\n")
    assert run("x.conf", "part/y.inc")[0] == 0
    assert in_state(tmp_path, "part/y.inc").read_text() == TWICE


def test_a_server_that_cannot_be_read_may_read_anything(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "\0\1\2\3\4\5\6\7\1\2\3", "conf.d/x.conf")
    assert run("conf.d")[0] == 0
    assert in_state(tmp_path, "conf.d/x.conf").read_text() == TWICE


def test_several_backups_are_told_in_one_line(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "Include conf.d/\n", *(f"conf.d/{name}.conf" for name in "abcde"))
    for name in "abcde":
        (tmp_path / f"conf.d/{name}.conf").write_text(TWICE.replace("site", name))
    code, said = run(".")
    (note,) = [line for line in said if line.startswith("note: the original")]
    state = in_state(tmp_path, "conf.d/a.conf").parent
    assert note == (
        f"note: the originals of conf.d/a.conf, conf.d/b.conf, conf.d/c.conf and 2 more are kept below {state}: "
        "httpd would read backups beside them"
    )
    assert (code, len(os.listdir(state))) == (0, 5)
    assert not any(line.startswith("note: the original") for line in run("-q", ".")[1])


def test_backups_in_the_state_directory_are_private(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "Include conf.d/\n", "conf.d/x.conf", "conf.d/y.conf")
    (tmp_path / "conf.d/y.conf").write_text(TWICE.replace("site", "blog"))
    (tmp_path / "conf.d/x.conf").chmod(0o640)
    (tmp_path / "conf.d/y.conf").chmod(0o604)
    assert run(".")[0] == 0
    for name, mode in (("x", 0o640), ("y", 0o604)):
        backup = in_state(tmp_path, f"conf.d/{name}.conf")
        assert stat.S_IMODE(backup.stat().st_mode) == mode
        assert stat.S_IMODE((tmp_path / f"conf.d/{name}.conf").stat().st_mode) == mode
    for directory in backup.parents:
        if directory == tmp_path:
            break
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert directory == tmp_path


def refused(run: Run, root: Path, reason: str) -> None:
    before = contents(root)
    code, said = run(".")
    assert code == 2
    assert len(said) == 1
    assert reason in said[0]
    assert contents(root) == before


def test_what_the_state_directory_cannot_take_is_refused_beforehand(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "Include conf.d/\n", "conf.d/x.conf")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    refused(run, tmp_path, "file: not a directory")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file/below"))
    refused(run, tmp_path, "file: not a directory")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "state/modwsgi-fix").symlink_to("../elsewhere")
    refused(run, tmp_path, "state/modwsgi-fix: is not a directory of this user")
    (tmp_path / "state/modwsgi-fix").unlink()
    if os.geteuid() == 0:
        (tmp_path / "state/modwsgi-fix").mkdir()
        os.chown(tmp_path / "state/modwsgi-fix", 1234, 1234)
        refused(run, tmp_path, "state/modwsgi-fix: is not a directory of this user")
        os.rmdir(tmp_path / "state/modwsgi-fix")
    in_state(tmp_path, "conf.d/x.conf").parent.mkdir(parents=True)
    in_state(tmp_path, "conf.d/x.conf").write_text("older\n")
    refused(run, tmp_path, f"{in_state(tmp_path, 'conf.d/x.conf')} exists already; move it away first")


def test_the_state_directory_is_in_the_home_by_default(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "Include conf.d/\n", "conf.d/x.conf")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for value in (None, "", "relative"):
        (tmp_path / "conf.d/x.conf").write_text(TWICE)
        monkeypatch.delenv("XDG_STATE_HOME") if value is None else monkeypatch.setenv("XDG_STATE_HOME", value)
        assert run(".")[0] == 0
        backup = tmp_path / "home/.local" / in_state(tmp_path, "conf.d/x.conf").relative_to(tmp_path)
        assert backup.read_text() == TWICE
        shutil.rmtree(tmp_path / "home")
    monkeypatch.setenv("HOME", "nowhere")
    (tmp_path / "conf.d/x.conf").write_text(TWICE)
    refused(run, tmp_path, "set XDG_STATE_HOME")


def test_a_run_that_fails_takes_its_backups_back(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "Include conf.d/\nInclude more/x.conf\n", "conf.d/x.conf", "more/x.conf")
    (tmp_path / "more/x.conf").write_text(TWICE.replace("site", "blog"))
    before = contents(tmp_path)
    code, said = run("--verify=false", ".")
    assert (code, len(said)) == (2, 1)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("at", range(1, 27, 3))
def test_recovery_knows_the_backups_in_the_state_directory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    made(tmp_path, "Include conf.d/\n", "conf.d/x.conf", "conf.d/y.conf")
    (tmp_path / "conf.d/y.conf").write_text(TWICE.replace("site", "blog"))
    before = contents(tmp_path)
    counted: list[str] = []
    with monkeypatch.context() as patch:
        # As if it had been killed: nothing is put back.
        patch.setattr("modwsgi_fix.files.writing.undo", lambda *_: [])
        interfere(patch.setattr, at, stop, counted)
        with pytest.raises(Crash):
            run("--verify=true", ".")
    code, said = run("--unfixable=ALL", ".")
    assert not any("not obeyed" in line for line in said)
    assert code == 1
    assert contents(tmp_path) == before


# -- what is left is not read --------------------------------------------------


@pytest.mark.parametrize("include", ["conf.d/", "conf.d", "conf.d/*", "conf.d/.*", "conf.d/.modwsgi-fix-1-0.staged"])
def test_no_include_reads_what_a_run_has_left(include: str) -> None:
    texts = {
        "/etc/apache2/apache2.conf": f"<IfModule mod_wsgi.c>\nIncludeOptional {include}\n</IfModule>\n",
        "/etc/apache2/conf.d/.other": "Listen 82\n",
        "/etc/apache2/conf.d/.modwsgi-fix-1-0.staged": "Listen 81\n",
        "/etc/apache2/conf.d/.modwsgi-fix-1/x.conf": "Listen 83\n",
        "/etc/apache2/conf.d/x": "Listen 80\n",
    }
    listened = [line for line in lines(config_of(texts)) if line.startswith("listen")]
    hidden = include in ("conf.d/", "conf.d", "conf.d/.*")
    plain = include in ("conf.d/", "conf.d", "conf.d/*")
    assert listened == ["listen 82"] * hidden + ["listen 80"] * plain


def test_what_a_run_has_left_is_named_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    made(tmp_path, "Include conf.d/\n", "conf.d/x.conf")
    (tmp_path / "conf.d/x.conf").write_text(ONCE)
    for name in (".modwsgi-fix-00000000-0.staged", ".modwsgi-fix-0.conf"):
        (tmp_path / "conf.d" / name).write_text(ONCE)
    assert main(["--isolated", "--select", "duplicate-daemon-process", "."]) == 0
    assert main(["--isolated", "--show-files", "."]) == 0
    out, err = capfdbinary.readouterr()
    assert out.decode().splitlines()[-2:] == ["httpd.conf", "conf.d/x.conf"]
    first, *others = err.decode().splitlines()
    assert first.startswith("note: whether httpd starts cannot be told")
    assert others == [
        f"note: {tmp_path}/conf.d/{name}: is not read here, though httpd may read it; delete it"
        for name in (".modwsgi-fix-0.conf", ".modwsgi-fix-00000000-0.staged")
    ]
