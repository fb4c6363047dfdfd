"""Which files a run reads, as what, and that nothing of another language is ever changed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import Run, tree

from modwsgi_fix.files import Disk, FileProblem, Listed

NGINX = "server {\n    listen 80;\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n"
SUPERVISOR = "[program:desk]\ncommand=/srv/desk/run\nuser=www-data\n"
OLD = "NameVirtualHost *:80\nListen 80\n"
BODY = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return "Hello"\n'


def write(directory: Path, **files: str) -> None:
    """Files by name: two underscores are a slash, one that follows a letter is a dot."""
    for name, text in files.items():
        path = directory / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def told(run: Run, *words: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(run("--isolated", "--output-format", "json", *words).out)
    return report


# -- other languages -----------------------------------------------------------


@pytest.mark.parametrize("words", [("conf",), ("conf/nginx.conf", "conf/desk.conf", "conf/site.conf")])
def test_what_is_not_httpds_is_skipped_in_one_line_and_never_changed(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    write(tmp_path, conf__nginx_conf=NGINX, conf__desk_conf=SUPERVISOR, conf__site_conf=OLD)
    before = tree(tmp_path)
    outcome = run("--isolated", "--write", "--unsafe-fixes", "--no-impact", *words)
    assert [line for line in outcome.err.splitlines() if "looks like" in line] == sorted(
        [
            "conf/desk.conf: looks like a settings file (INI), not read; --as-apache reads it",
            "conf/nginx.conf: looks like nginx, not read; --as-apache reads it",
        ],
        reverse=words != ("conf",),
    )
    after = tree(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"conf/site.conf"}
    assert after["conf/site.conf"] == b"Listen 80\n"


def test_nothing_of_httpds_is_no_clean_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path, conf__nginx_conf=NGINX)
    for words in ((), ("--diff",), ("--write",)):
        outcome = run("--isolated", *words, "conf/nginx.conf")
        assert outcome.code == 0
        assert "No findings" not in outcome.out + outcome.err
        assert "looks like nginx" in outcome.err
    assert told(run, "conf")["skipped"] == [{"file": "conf/nginx.conf", "reason": "looks like nginx"}]


def test_an_include_makes_a_file_httpds(run: Run, tmp_path: Path) -> None:
    write(tmp_path, conf__httpd_conf="Include odd.conf\n", conf__odd_conf="listen 80;\nuser x;\n")
    report = told(run, "conf")
    assert "conf/odd.conf" in report["files"]  # type: ignore[operator]
    assert report["skipped"] == []
    write(tmp_path, part__a_conf="Include z.conf\n", part__z_conf="listen 80;\nuser x;\n")
    assert told(run, "part")["skipped"] == [], "also by another fragment"


def test_a_user_may_say_that_it_is_httpds(run: Run, tmp_path: Path) -> None:
    write(tmp_path, x_conf="listen 80;\nuser www-data;\n")
    assert run("--isolated", "x.conf").out == "Nothing was read.\n"
    assert "x.conf:1" in run("--isolated", "--as-apache", "x.conf").out


def test_trace_exposed_and_show_skip_it_too(run: Run, tmp_path: Path) -> None:
    write(tmp_path, conf__nginx_conf=NGINX, conf__site_conf="Alias /x /srv/x\n")
    for words in (("trace", "http://a.test/x"), ("exposed", "--root", "."), ("show",)):
        outcome = run(*words, "conf")
        assert outcome.code == 0
        assert "conf/nginx.conf: looks like nginx" in outcome.err


def test_a_filter_hands_on_what_is_not_httpds(run: Run) -> None:
    for text in (NGINX, SUPERVISOR, "---\nuser: x\n"):
        assert run("--isolated", "--stdin-filename", "x.conf", "-", stdin=text.encode()) == (0, text, "")


# -- templates -----------------------------------------------------------------

ERB = "<% if @tls %>\nListen 443\n<% end %>\n<VirtualHost *:80>\nServerName <%= @name %>\n</VirtualHost>\n"
JINJA = "{% if tls %}\nListen 443\n{% endif %}\n<VirtualHost *:80>\nServerName {{ name }}\n</VirtualHost>\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("site.conf", ERB),
        ("site.conf", JINJA),
        ("site.conf.erb", ERB),
        ("site.conf.j2", JINJA),
        ("site.conf.j2", JINJA.replace("<VirtualHost *:80>", "<IfModule ssl_module>\n<VirtualHost *:80>")),
        ("site.conf.in", "Listen @PORT@\n@EXTRA@\n"),
        ("site.conf.m4", "Listen __PORT__\n__EXTRA__\n"),
    ],
)
def test_a_template_is_not_understood_and_nothing_is_wrong_with_it(
    run: Run, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    outcome = run("--isolated", name)
    assert outcome.code == 0
    assert "No findings" not in outcome.out
    assert f"line of {name}" in outcome.out
    report = told(run, name)
    assert report["findings"] == []
    assert len(report["not_understood"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("tag", ["<%= @extra %>", "{{ extra }}", "@EXTRA@", "__EXTRA__", "    {{ extra }}"])
def test_one_tag_that_was_left_is_an_error(run: Run, tmp_path: Path, tag: str) -> None:
    write(tmp_path, site_conf=f"Listen 80\n{tag}\nServerName a.test\n")
    outcome = run("--isolated", "site.conf")
    assert outcome.code == 1
    assert "site.conf:2:" in outcome.out
    assert "a tag of a template that was not filled in, so httpd does not start" in outcome.out


def test_fixes_of_a_template_leave_its_tags_alone(run: Run, tmp_path: Path) -> None:
    text = "NameVirtualHost {{ address }}\nNameVirtualHost *:80\nWSGIDaemonProcess {{ name }} maximum-requests=1000\n"
    write(tmp_path, site_conf_j2=text)
    outcome = run("--isolated", "--write", "--unsafe-fixes", "--no-impact", "site.conf.j2")
    after = (tmp_path / "site.conf.j2").read_text()
    assert after.splitlines()[0] == "NameVirtualHost {{ address }}"
    assert "NameVirtualHost *:80" not in after
    assert "WSGIDaemonProcess {{ name }}" in after
    assert "it would change a tag of the template" in outcome.err


def test_templates_in_a_directory_are_read(run: Run, tmp_path: Path) -> None:
    write(tmp_path, role__site_conf_j2="NameVirtualHost *:80\nServerName {{ name }}\n")
    assert "role/site.conf.j2:1:1: warning: name-virtual-host" in run("--isolated", "role").out


# -- scripts -------------------------------------------------------------------


def test_a_named_script_is_checked_and_fixed_as_python(run: Run, tmp_path: Path) -> None:
    write(tmp_path, srv__hello_wsgi=BODY)
    assert "srv/hello.wsgi:3:12: error: str-body" in run("--isolated", "srv/hello.wsgi").out
    assert run("--isolated", "--write", "srv/hello.wsgi").code == 0
    assert '[b"Hello"]' in (tmp_path / "srv/hello.wsgi").read_text()


@pytest.mark.parametrize("name", ["right.wsgi", "right.py", "right"])
@pytest.mark.parametrize("level", ["safe", "unsafe"])
def test_a_right_script_is_never_changed(run: Run, tmp_path: Path, name: str, level: str) -> None:
    text = (
        "import os\n\nheaders = []\nOrder = 1; Alias = {\n    'ServerName': os.environ,\n}\n\n\n"
        "def application(environ, start_response):\n    headers.append(1)\n"
        '    start_response("200 OK", [])\n    return [b"x"]\n'
    )
    (tmp_path / name).write_text(text)
    assert run("--isolated", name) == (0, "No findings in 1 file.\n", "")
    assert run("--isolated", "--write", "--fix-level", level, name).code == 0
    assert (tmp_path / name).read_text() == text
    assert run("--isolated", "--stdin-filename", name, "--fix-level", level, "-", stdin=text.encode()).out == text


def test_a_directory_of_scripts_is_checked(run: Run, tmp_path: Path) -> None:
    write(tmp_path, srv__hello_wsgi=BODY, srv__models_py="x = 1\n", srv__main_py=BODY)
    out = run("--isolated", "srv").out
    assert "srv/hello.wsgi:3:12: error: str-body" in out
    assert "srv/main.py:3:12: error: str-body" in out
    assert "models.py" not in out


@pytest.mark.parametrize("words", [("srv/app",), ("srv/app/hello.py",), ("srv",)])
def test_scripts_that_a_server_mounts_may_be_fixed_where_they_were_named(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    write(
        tmp_path,
        conf__httpd_conf="WSGIScriptAlias / /srv/app/hello.py callable-object=desk\n",
        srv__app__hello_py=BODY.replace("application", "desk"),
        srv__app__models_py="x = 1\n",
    )
    outcome = run("--isolated", "--root", ".", "--write", "conf", *words)
    assert '[b"Hello"]' in (tmp_path / "srv/app/hello.py").read_text()
    assert outcome.code == 0, "nothing else is wrong: the server says that desk is called"


def test_scripts_outside_of_what_was_named_are_not_fixed(run: Run, tmp_path: Path) -> None:
    write(tmp_path, conf__httpd_conf="WSGIScriptAlias / /srv/hello.wsgi\n", srv__hello_wsgi=BODY)
    assert "is outside the given paths" in run("--isolated", "--root", ".", "--write", "conf").err
    assert (tmp_path / "srv/hello.wsgi").read_text() == BODY


def test_a_directory_with_neither_says_what_it_saw(run: Run, tmp_path: Path) -> None:
    write(tmp_path, notes__a_md="x\n", notes__b_txt="x\n")
    outcome = run("--isolated", "notes")
    assert outcome.code == 2
    assert outcome.err == (
        "modwsgi-fix: notes: no configuration here: expected apache2.conf, httpd.conf or other *.conf files, "
        "or *.wsgi scripts; saw a.md, b.txt\n"
    )


@pytest.mark.parametrize("closed", ["notes", "notes/sub"])
def test_a_directory_that_cannot_be_read_is_not_called_empty(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    (tmp_path / "notes/sub").mkdir(parents=True)
    listed = Disk.listed

    def refused(self: Disk, directory: str) -> Listed:
        if directory.endswith(closed):
            raise FileProblem(directory, "permission denied")
        return listed(self, directory)

    monkeypatch.setattr(Disk, "listed", refused)
    outcome = run("--isolated", "notes")
    assert outcome.code == 2
    assert outcome.err == (
        f"modwsgi-fix: {closed}: permission denied\n"
        "modwsgi-fix: notes: no configuration here: expected apache2.conf, httpd.conf or other *.conf files, "
        "or *.wsgi scripts; not all of it can be read\n"
    )


# -- .gitignore ----------------------------------------------------------------


def ignoring(directory: Path, patterns: str, *, inside: str = "") -> None:
    (directory / inside / ".gitignore").write_text(patterns)


@pytest.mark.parametrize(
    ("patterns", "changed"),
    [
        ("*.local.conf\n", {"a.conf", "sub/b.conf"}),
        ("sub/\n", {"a.conf", "x.local.conf"}),
        ("/a.conf\n*.local.conf\n!x.local.conf\n", {"sub/b.conf", "x.local.conf"}),
        ("# nothing\n!\n", {"a.conf", "sub/b.conf", "x.local.conf"}),
    ],
)
def test_what_git_leaves_out_is_not_walked(run: Run, tmp_path: Path, patterns: str, changed: set[str]) -> None:
    write(tmp_path, etc__a_conf=OLD, etc__sub__b_conf=OLD, etc__x_local_conf=OLD)
    ignoring(tmp_path, patterns, inside="etc")
    assert run("--isolated", "--write", "etc").code == 0
    assert {name for name, text in tree(tmp_path / "etc").items() if text == b"Listen 80\n"} == changed


def test_patterns_of_the_repository_above_count(run: Run, tmp_path: Path) -> None:
    write(tmp_path, repo__deploy__etc__a_conf=OLD, repo__deploy__etc__b_conf=OLD)
    (tmp_path / "repo/.git").mkdir()
    ignoring(tmp_path, "/deploy/etc/a.conf\n", inside="repo")
    assert "etc/a.conf" not in run("--isolated", "repo/deploy/etc").out
    os.rmdir(tmp_path / "repo/.git")
    assert "etc/a.conf" in run("--isolated", "repo/deploy/etc").out, "above a tree that is no repository nothing counts"


def test_a_file_that_is_named_or_included_is_read_all_the_same(run: Run, tmp_path: Path) -> None:
    write(tmp_path, etc__a_conf=OLD, etc__b_conf="Include etc/a.conf\n")
    ignoring(tmp_path, "a.conf\n", inside="etc")
    assert "etc/a.conf:1" in run("--isolated", "etc/a.conf").out
    write(tmp_path, srv__httpd_conf="Include a.conf\n", srv__a_conf=OLD)
    ignoring(tmp_path, "a.conf\n", inside="srv")
    assert "srv/a.conf:1" in run("--isolated", "srv").out


def test_git_agrees(run: Run, tmp_path: Path) -> None:
    names = ["a.conf", "b.local.conf", "sub/c.conf", "sub/deep/d.conf", "keep/e.conf", "keep/f.conf"]
    for name in names:
        path = tmp_path / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(OLD)
    ignoring(tmp_path, "*.local.conf\n/sub/*\n!/sub/c.conf\nkeep/*\n", inside="etc")
    ignoring(tmp_path, "!e.conf\n", inside="etc/keep")
    subprocess.run(["git", "init", "-q", "etc"], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-o", "--exclude-standard", "*.conf"],
        cwd=tmp_path / "etc", check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    read = told(run, "etc")["files"]
    assert sorted(read) == sorted(f"etc/{name}" for name in listed)  # type: ignore[call-overload]
