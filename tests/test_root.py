"""What ``--root`` means: every path stays in that filesystem, as in a chroot, and so does a copy that stands in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support import Outcome, Run

from modwsgi_fix.files import Disk, FileProblem, Memory
from modwsgi_fix.files.paths import resolve
from modwsgi_fix.files.rooted import Held, Rooted
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.urls import mounts

TWICE = "WSGIDaemonProcess shop\nWSGIDaemonProcess shop\n"
SITE = f"<VirtualHost *:80>\nServerName shop.test\n{TWICE}WSGIProcessGroup shop\nWSGIScriptAlias / /srv/shop.wsgi\n</VirtualHost>\n"
ONLY = ("--isolated", "--select", "duplicate-daemon-process", "--root", "image")


def write(*files: tuple[str, str]) -> None:
    """Files with their directories, below the working directory."""
    for name, text in files:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def link(name: str, target: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, name)


def found(outcome: Outcome) -> list[str]:
    """The places of the findings of a concise report."""
    return [line.split(": ")[0] for line in outcome.out.splitlines() if " duplicate-daemon-process " in line]


def read_files(run: Run, *words: str) -> list[str]:
    return run("--isolated", "--show-files", *words).out.splitlines()


# -- below the root --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "include",
    [
        "Include ../../../private.conf",
        "Include ../../../../../../../private.conf",
        "IncludeOptional ../../../priv*.conf",
        "Include conf/../../../../private.conf",
        "<IfModule mod_wsgi.c>\nInclude ../../../private.conf\n</IfModule>",
        "Include /../private.conf",
        "Define UP ../../..\nInclude ${UP}/private.conf",
    ],
)
@pytest.mark.parametrize("root", ["image", "./image/", "image/../image"])
def test_no_include_leads_out_of_the_root(run: Run, tmp_path: Path, include: str, root: str) -> None:
    write(("image/etc/apache2/apache2.conf", f"{include}\n"), ("image/etc/apache2/conf/x", ""), ("private.conf", TWICE))
    for given in ("image/etc/apache2", str(tmp_path / "image/etc/apache2")):
        assert read_files(run, "--root", root, given) == [f"{given}/apache2.conf"]
    write(("image/private.conf", TWICE))
    outcome = run("--isolated", "--select", "duplicate-daemon-process", "--root", root, "image/etc/apache2")
    assert found(outcome) == [f"{tmp_path}/image/private.conf:2:19"]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("conf.d", "{here}/outside"),
        ("conf.d", "../../../outside"),
        ("conf.d", "../../../../../../..{here}/outside"),
        ("conf.d/x.conf", "{here}/outside/x.conf"),
        ("conf.d/x.conf", "../../../../outside/x.conf"),
        ("conf.d", "first"),
    ],
)
def test_no_link_leads_out_of_the_root(run: Run, tmp_path: Path, name: str, target: str) -> None:
    write(("image/etc/apache2/apache2.conf", "IncludeOptional conf.d/*.conf\n"), ("outside/x.conf", TWICE))
    link(f"image/etc/apache2/{name}", target.format(here=tmp_path))
    if target == "first":
        link("image/etc/apache2/first", f"{tmp_path}/outside")
    outcome = run(*ONLY, "image/etc/apache2")
    assert not found(outcome)
    assert read_files(run, "--root", "image", "image/etc/apache2") == ["image/etc/apache2/apache2.conf"]


def test_a_chain_of_links_that_the_kernel_would_not_follow_leads_nowhere(run: Run, tmp_path: Path) -> None:
    write(("image/etc/apache2/apache2.conf", "IncludeOptional link0/*.conf\n"), ("outside/x.conf", TWICE))
    for number in range(45):
        link(f"image/etc/apache2/link{number}", f"link{number + 1}")
    link("image/etc/apache2/link45", f"{tmp_path}/outside")
    assert read_files(run, "--root", "image", "image/etc/apache2") == ["image/etc/apache2/apache2.conf"]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("sites-enabled/shop.conf", "/etc/apache2/sites-available/shop.conf"),
        ("sites-enabled/shop.conf", "../sites-available/shop.conf"),
        ("sites-enabled/shop.conf", "../../../../../etc/apache2/sites-available/shop.conf"),
        ("sites-enabled", "/etc/apache2/sites-available"),
    ],
)
@pytest.mark.parametrize("main", ["IncludeOptional sites-enabled/*.conf", "Include /etc/apache2/sites-enabled/"])
def test_a_site_behind_a_link_is_read_and_fixed_where_it_lies(run: Run, name: str, target: str, main: str) -> None:
    write(("image/etc/apache2/apache2.conf", f"{main}\n"), ("image/etc/apache2/sites-available/shop.conf", SITE))
    link(f"image/etc/apache2/{name}", target)
    outcome = run(*ONLY, "image/etc/apache2")
    assert (found(outcome), outcome.code) == (["image/etc/apache2/sites-available/shop.conf:4:19"], 1)
    assert run(*ONLY, "--write", "--no-impact", "image/etc/apache2").code == 0
    assert Path("image/etc/apache2/sites-available/shop.conf").read_text() == SITE.replace(TWICE, TWICE[:23])
    assert os.readlink(f"image/etc/apache2/{name}") == target


def test_fragments_behind_links_are_read_in_the_root(run: Run) -> None:
    write(("image/etc/apache2/sites-available/shop.conf", SITE), ("image/srv/blog.conf", SITE))
    link("image/etc/apache2/sites-enabled/shop.conf", "/etc/apache2/sites-available/shop.conf")
    link("image/etc/apache2/sites-enabled/blog.conf", "/srv/blog.conf")
    assert len(read_files(run, "--root", "image", "image/etc/apache2/sites-enabled")) == 2
    assert len(read_files(run, "--root", "image", "image/etc/apache2/sites-enabled/blog.conf")) == 1


def test_a_main_file_behind_an_absolute_link_makes_a_whole_server(run: Run) -> None:
    write(("image/opt/apache2.conf", "IncludeOptional sites-enabled/*\n"), ("image/etc/apache2/sites-enabled/a", SITE))
    link("image/etc/apache2/apache2.conf", "/opt/apache2.conf")
    assert found(run(*ONLY, "image/etc/apache2")) == ["image/etc/apache2/sites-enabled/a:4:19"]


def test_what_serverroot_and_envvars_say_is_looked_for_in_the_root(run: Run) -> None:
    write(
        ("image/etc/apache2/apache2.conf", "ServerRoot /opt/web\nInclude more/*.conf\nInclude ${HERE}/b.conf\n"),
        ("image/opt/web/more/a.conf", TWICE),
        ("image/opt/envvars", "export HERE=/opt/here\n"),
        ("image/opt/here/b.conf", "Listen 81\n"),
    )
    link("image/etc/apache2/envvars", "/opt/envvars")
    assert [Path(name).name for name in read_files(run, "--root", "image", "image/etc/apache2")] == [
        "apache2.conf",
        "a.conf",
        "b.conf",
    ]


def test_a_script_behind_a_link_is_read_in_the_root(run: Run) -> None:
    write(
        ("image/etc/apache2/sites-available/a.conf", "WSGIScriptAlias / /srv/current/a.wsgi\n"),
        ("image/srv/releases/1/a.wsgi", "import sys\nsys.stdout = sys.stderr\napplication = 1\n"),
    )
    link("image/srv/current", "/srv/releases/1")
    rules = ("--isolated", "--select", "stdout-workaround", "--root", "image")
    outcome = run(*rules, "image/etc/apache2", "image/srv/releases/1/a.wsgi")
    assert "image/srv/releases/1/a.wsgi:2:1: info: stdout-workaround" in outcome.out


# -- links that lead to nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "name"),
    [
        ("IncludeOptional sites-enabled/*.conf\n", "sites-enabled/gone.conf"),
        ("Include /etc/apache2/sites-enabled\n", "sites-enabled/gone.conf"),
        ("<IfModule mod_wsgi.c>\nInclude sites-enabled/*.conf\n</IfModule>\n", "sites-enabled/gone.conf"),
        (None, "gone.conf"),
    ],
)
def test_a_link_that_leads_to_nothing_costs_itself_alone(run: Run, main: str | None, name: str) -> None:
    write(("image/etc/apache2/sites-enabled/shop.conf", SITE))
    if main is not None:
        write(("image/etc/apache2/apache2.conf", main))
    link(f"image/etc/apache2/{name}", "/etc/apache2/sites-available/gone.conf")
    outcome = run(*ONLY, "image/etc/apache2")
    assert found(outcome) == ["image/etc/apache2/sites-enabled/shop.conf:4:19"]
    said = f"modwsgi-fix: image/etc/apache2/{name}: is a link to /etc/apache2/sites-available/gone.conf: no such file"
    assert said in outcome.err
    assert outcome.code == 2
    gaps = json.loads(run(*ONLY, "--output-format", "json", "image/etc/apache2").out)["not_understood"]
    assert bool(gaps) == (main is not None)
    assert all("gone.conf" in gap["reason"] for gap in gaps)


def test_an_include_of_a_link_to_nothing_is_an_include_of_no_file(run: Run) -> None:
    write(("image/etc/apache2/apache2.conf", f"Include gone.conf\n{TWICE}"))
    link("image/etc/apache2/gone.conf", "/nowhere.conf")
    outcome = run(*ONLY, "image/etc/apache2")
    assert found(outcome) == ["image/etc/apache2/apache2.conf:3:19"]
    assert (outcome.code, "Not understood: 1 line" in outcome.out) == (1, True)


def test_where_nothing_can_be_read_nothing_is_reported(run: Run) -> None:
    Path("image/conf").mkdir(parents=True)
    link("image/conf/gone.conf", "/nowhere.conf")
    outcome = run(*ONLY, "image/conf")
    assert (outcome.code, outcome.out) == (2, "Nothing was read.\n")
    assert "gone.conf" in outcome.err


# -- a copy beside the root ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "text", "image"),
    [
        ("conf/apache2.conf", "Include ../../private.conf", "private.conf"),
        ("conf/apache2.conf", "Include ../other/x.conf", "etc/other/x.conf"),
        ("conf/apache2.conf", "ServerRoot /opt/web\nInclude ../x.conf", "opt/x.conf"),
        ("conf/apache2.conf", "IncludeOptional mods-enabled/*.load", "etc/apache2/mods-enabled/a.load"),
        ("conf/httpd.conf", "Include conf.d/*.conf", "etc/httpd/conf.d/a.conf"),
        ("conf/httpd.conf", "Include ../private.conf", "etc/private.conf"),
        ("copy/conf/httpd.conf", "Include conf.d/*.conf", "etc/httpd/conf.d/a.conf"),
    ],
)
def test_an_include_that_leaves_a_copy_means_the_root(
    run: Run, tmp_path: Path, main: str, text: str, image: str
) -> None:
    write((main, f"{text}\n"), (f"image/{image}", "Listen 80\n"), ("private.conf", TWICE), ("conf.d/out.conf", TWICE))
    write(("other/x.conf", TWICE), ("x.conf", TWICE))
    given = "copy" if main.startswith("copy") else "conf"
    assert read_files(run, "--root", "image", given) == [main, f"{tmp_path}/image/{image}"]


@pytest.mark.parametrize(
    "target",
    ["../sites-available/shop.conf", "/etc/apache2/sites-available/shop.conf", "{here}/conf/sites-available/shop.conf"],
)
def test_a_link_within_a_copy_is_followed_in_it(run: Run, tmp_path: Path, target: str) -> None:
    Path("image").mkdir()
    write(("conf/apache2.conf", "Include sites-enabled/*.conf\n"), ("conf/sites-available/shop.conf", SITE))
    link("conf/sites-enabled/shop.conf", target.format(here=tmp_path))
    assert found(run(*ONLY, "conf")) == ["conf/sites-available/shop.conf:4:19"]


@pytest.mark.parametrize(
    "target", ["{here}/private.conf", "../../private.conf", "../../../../../../..{here}/private.conf"]
)
def test_a_link_out_of_a_copy_is_not_followed(run: Run, tmp_path: Path, target: str) -> None:
    Path("image").mkdir()
    write(("conf/apache2.conf", "Include sites-enabled/*.conf\n"), ("private.conf", SITE))
    link("conf/sites-enabled/shop.conf", target.format(here=tmp_path))
    outcome = run(*ONLY, "conf")
    assert (found(outcome), outcome.code) == ([], 2)


def test_a_file_that_is_named_may_be_a_link(run: Run) -> None:
    Path("image").mkdir()
    write(("conf/sites-available/shop.conf", SITE), ("elsewhere/blog", SITE))
    link("conf/sites-enabled/shop.conf", "../sites-available/shop.conf")
    link("links/blog", "../elsewhere/blog")
    assert found(run(*ONLY, "conf/sites-enabled/shop.conf")) == ["conf/sites-enabled/shop.conf:4:19"]
    assert found(run(*ONLY, "links/blog")) == ["links/blog:4:19"]


def test_a_root_within_the_directory_that_is_named(run: Run) -> None:
    write(("site.conf", SITE), ("image/srv/x.conf", ""), ("image/etc/apache2/sites-available/a.conf", SITE))
    link("image/etc/apache2/sites-enabled/a.conf", "/etc/apache2/sites-available/a.conf")
    files = {place.partition(":")[0] for place in found(run(*ONLY, "."))}
    assert files == {"image/etc/apache2/sites-available/a.conf", "site.conf"}


def test_standard_input_stands_for_a_file_of_the_root(run: Run) -> None:
    write(("image/etc/apache2/a.conf", "Listen 80\n"), ("image/etc/apache2/b.conf", "WSGIDaemonProcess shop\n"))
    words = (*ONLY, "--stdin-filename", "image/etc/apache2/a.conf", "-")
    assert run(*words, stdin=TWICE.encode()).out == TWICE[:23]


# -- the two views ---------------------------------------------------------------------------------------------------------


def test_a_place_is_there_even_where_the_root_has_no_directory_for_it() -> None:
    files = Memory({"/image/srv/a": "", "/conf/x.conf": "text"})
    rooted = Rooted(files, "/image", [("/etc/apache2", "/conf")])
    assert rooted.is_dir("/etc/apache2")
    assert rooted.read("/etc/apache2/x.conf") == "text"
    assert rooted.key("/srv/../etc/apache2/x.conf") == "/conf/x.conf"
    assert not rooted.is_dir("/etc/apache3")


def test_what_a_copy_lacks_is_taken_from_the_root_by_whole_directories() -> None:
    files = Memory(
        {"/image/etc/apache2/mods/a": "image", "/image/etc/apache2/sites/b": "image", "/conf/sites/c": "copy"}
    )
    rooted = Rooted(files, "/image", [("/etc/apache2", "/conf")])
    assert rooted.read("/etc/apache2/mods/a") == "image"
    assert rooted.names("/etc/apache2/sites") == ["c"]
    assert not rooted.is_file("/etc/apache2/sites/b")


def test_a_held_path_is_there_only_within_the_root() -> None:
    files = Memory({"/image/a.conf": "in", "/b.conf": "out"}, {"/image/link": "/b.conf", "/way": "/image"})
    held = Held(Rooted(files, "/image"))
    assert held.read("/way/a.conf") == "in"
    assert held.key("/way/a.conf") == "/image/a.conf"
    assert not held.is_file("/b.conf")
    assert held.is_link("/image/link")
    assert not held.is_file("/image/link")
    for path in ("/b.conf", "/image/link", "/image/../b.conf"):
        with pytest.raises(FileProblem) as caught:
            held.read(path)
        assert caught.value.path == path


def test_the_whole_machine_is_a_root_like_any_other(tmp_path: Path) -> None:
    assert Rooted(Disk(), "/").inside(str(tmp_path)) == str(tmp_path)
    assert Rooted(Disk(), "/").inside("x") == f"{os.path.realpath('.')}/x"


def test_a_run_of_slashes_asks_no_more_than_one() -> None:
    asked: list[str] = []

    def is_dir(path: str) -> bool:
        asked.append(path)
        return path != "/srv/site/app.wsgi"

    assert resolve(f"/srv/{'/' * 400}site/./app.wsgi", lambda path: None, is_dir) == "/srv/site/app.wsgi"
    assert asked == ["/", "/srv", "/srv/site"]
    with pytest.raises(NotADirectoryError):
        resolve("/srv/site/app.wsgi//", lambda path: None, is_dir)


@pytest.mark.parametrize("slashes", [1, 300])
def test_the_script_of_a_mount_is_looked_for_at_each_name(slashes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = Memory.is_file
    monkeypatch.setattr(Memory, "is_file", lambda self, path: asked.append(path) or real(self, path))
    text = f"WSGIScriptAlias / /srv/site{'/' * slashes}app.wsgi/rest\n"
    files = Memory({"/site.conf": text, "/srv/site/app.wsgi": "application = None\n"})
    config = load(find_sources(files, ["/site.conf"])[0], disk=Rooted(files, "/"), target=Target())
    (mount,) = mounts(config, config.main)
    asked.clear()
    target = target_of(config, mount)
    assert target is not None
    assert target.file == "app.wsgi"
    assert len(asked) <= 6
