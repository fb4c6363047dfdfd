"""``--only``, ``--per-file-ignores`` and ``--force-exclude``: which files, hosts and rules a run is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run, refused

SHOP = """\
<VirtualHost *:80>
    ServerName shop.test:80
    ServerAlias www.shop.test
    Alias / /srv/shop/static/
    WSGIScriptAlias / /srv/shop/app.wsgi
    {include}
    NameVirtualHost *:80
</VirtualHost>
"""
BLOG = "<VirtualHost *:80>\n    ServerName blog.test\n    NameVirtualHost *:81\n</VirtualHost>\n"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A whole server of two hosts, one of which includes a file."""
    conf = tmp_path / "conf"
    (conf / "sites").mkdir(parents=True)
    (conf / "httpd.conf").write_text("NameVirtualHost *:82\nListen 80\nInclude sites/*.conf\n")
    (conf / "sites/shop.conf").write_text(SHOP.format(include="Include more/part.inc"))
    (conf / "sites/blog.conf").write_text(BLOG)
    (conf / "more").mkdir()
    (conf / "more/part.inc").write_text("NameVirtualHost *:83\n")
    return conf


def places(run: Run, *words: str) -> list[str]:
    """The files and rules of the findings."""
    said = run("--isolated", "--output-format", "json", *words, "conf").out
    return [f"{one['file'].removeprefix('conf/')} {one['rule']}" for one in json.loads(said)["findings"]]


OLD = "name-virtual-host"


def test_all_is_reported_without_it(run: Run, server: Path) -> None:
    found = places(run, "--select", OLD)
    assert sorted(one.split()[0] for one in found) == [
        "httpd.conf",
        "more/part.inc",
        "sites/blog.conf",
        "sites/shop.conf",
    ]


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (["conf/sites/blog.conf"], ["sites/blog.conf"]),
        (["conf/sites"], ["sites/blog.conf", "sites/shop.conf"]),
        (["SHOP.test"], ["more/part.inc", "sites/shop.conf"]),
        (["www.shop.test"], ["more/part.inc", "sites/shop.conf"]),
        (["shop.test", "blog.test"], ["more/part.inc", "sites/blog.conf", "sites/shop.conf"]),
        (["shop.test", "conf/sites"], ["sites/shop.conf"]),
        (["shop.test", "conf/sites/blog.conf"], []),
    ],
)
def test_files_and_hosts(run: Run, server: Path, words: list[str], files: list[str]) -> None:
    options = [option for word in words for option in ("--only", word)]
    assert sorted(one.split()[0] for one in places(run, "--select", OLD, *options)) == files


def test_rules_and_families(run: Run, server: Path) -> None:
    every = places(run)
    assert set(places(run, "--only", OLD)) == {one for one in every if one.endswith(f" {OLD}")} != set(every)
    hiding = [one for one in every if one.endswith(" alias-hides-application")]
    assert hiding
    assert set(hiding) <= set(places(run, "--only", "urls", "--only", "shop.test"))
    assert not places(run, "--only", "urls", "--only", "blog.test")


def test_only_these_are_fixed_and_shown_as_a_diff(run: Run, server: Path) -> None:
    diff = run("--isolated", "--diff", "--only", "blog.test", "--only", OLD, "conf").out
    assert [line for line in diff.splitlines() if line.startswith("---")] == ["--- a/conf/sites/blog.conf"]
    assert run("--isolated", "--write", "--only", "blog.test", "--only", OLD, "conf").code == 0
    assert OLD not in places(run, "--only", "blog.test")
    assert "NameVirtualHost" not in (server / "sites/blog.conf").read_text()
    assert "NameVirtualHost" in (server / "sites/shop.conf").read_text()


def test_comments_allow_only_these(run: Run, server: Path) -> None:
    assert run("--isolated", "--add-ignore=so it is", "--only", "blog.test", "conf").code == 0
    assert "so it is" in (server / "sites/blog.conf").read_text()
    assert "so it is" not in (server / "sites/shop.conf").read_text()


def test_hosts_that_are_alike_are_told_apart(run: Run, server: Path) -> None:
    for at in range(9):
        (server / f"sites/host{at}.conf").write_text(BLOG.replace("blog", f"host{at}").replace("81", str(8000 + at)))
    assert places(run, "--only", "host7.test") == [f"sites/host7.conf {OLD}"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "shop.tset",
            "--only shop.tset: is not a file, a rule or a virtual host that is read; did you mean shop.test?",
        ),
        ("conf/nosuch.conf", "--only conf/nosuch.conf: no such file"),
    ],
)
def test_what_there_is_not(run: Run, server: Path, word: str, message: str) -> None:
    assert refused(run("--isolated", "--only", word, "conf")) == message


# -- rules by file -------------------------------------------------------------


def test_rules_are_ignored_in_files(run: Run, server: Path) -> None:
    words = ("--select", OLD, "--per-file-ignores", f"conf/sites/*:{OLD},urls", "--per-file-ignores", "part.inc:ALL")
    assert places(run, *words) == [f"httpd.conf {OLD}"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("x.conf", "--per-file-ignores x.conf: expected PATTERN:NAMES, such as sites/*.conf:access,syntax"),
        (":urls", "--per-file-ignores :urls: expected PATTERN:NAMES, such as sites/*.conf:access,syntax"),
        ("x.conf:,", "--per-file-ignores x.conf:,: expected PATTERN:NAMES, such as sites/*.conf:access,syntax"),
        ("x.conf:urs", "there is no rule or family urs; did you mean urls?"),
    ],
)
def test_what_is_not_a_pattern_and_names(run: Run, server: Path, word: str, message: str) -> None:
    assert refused(run("--isolated", "--per-file-ignores", word, "conf")) == message


# -- named and excluded --------------------------------------------------------


def test_a_named_file_of_a_server_is_excluded_where_that_is_forced(run: Run, server: Path) -> None:
    words = ("--isolated", "--select", OLD, "--exclude", "blog.conf")
    named = ("conf/sites/blog.conf", "conf/sites/shop.conf")
    assert "blog.conf" in run(*words, *named).out
    forced = run(*words, "--force-exclude", *named).out
    assert "shop.conf" in forced
    assert "blog.conf" not in forced
    before = (server / "sites/blog.conf").read_bytes()
    assert run(*words, "--write", "--force-exclude", *named).code == 0
    assert (server / "sites/blog.conf").read_bytes() == before


@pytest.mark.parametrize(
    "mode", [(), ("--diff",), ("--write",), ("--output-format", "json"), ("--diff", "--output-format", "json")]
)
def test_nothing_is_left_of_fragments(run: Run, tmp_path: Path, mode: tuple[str, ...]) -> None:
    (tmp_path / "a.conf").write_text(BLOG)
    words = ("--isolated", "--exclude", "a.conf")
    assert run(*words, *mode, "a.conf").code == 1 - ("--write" in mode)
    (tmp_path / "a.conf").write_text(BLOG)
    outcome = run(*words, "--force-exclude", *mode, "a.conf")
    assert (outcome.code, outcome.err) == (0, "note: all files that were named are excluded\n")
    assert not json.loads(outcome.out)["findings"] if "json" in mode else outcome.out in ("Nothing was read.\n", "")
    assert (tmp_path / "a.conf").read_text() == BLOG


def test_a_filter_hands_on_what_is_excluded(run: Run) -> None:
    words = ("--isolated", "--stdin-filename", "a.conf", "--exclude", "a.conf", "-")
    assert run(*words, stdin=BLOG.encode()).out != BLOG
    assert run("--force-exclude", *words, stdin=BLOG.encode()) == (0, BLOG, "")
