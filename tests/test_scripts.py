"""Which scripts a configuration leads to, what each is for, and where it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.files import FileProblem, Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.facts.running import process_of as process_of_group
from modwsgi_fix.model.facts.running import python_of, runs, search_path
from modwsgi_fix.model.facts.scripts import Role, loaded_scripts, wsgi_scripts
from modwsgi_fix.model.facts.unread import unread_scripts
from modwsgi_fix.model.reading.source import discover, find_sources
from modwsgi_fix.rule import Severity, all_rules
from modwsgi_fix.script.faults import fault_of, is_python_2

_APP = "def application(environ, start_response):\n    return []\n"


def server(text: str, files: dict[str, str] | None = None, *, target: Target | None = None) -> Config:
    """A whole server with a filesystem, in memory."""
    disk = Memory({"/etc/apache2/apache2.conf": text, **(files or {})})
    (source,) = find_sources(disk, ["/etc/apache2"])
    return read(Job(source, [], target or Target(), disk))


def roles(config: Config) -> dict[str, Role]:
    return {script.script.place: script.role for script in loaded_scripts(config)}


# -- roles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["{}", "<IfModule mod_wsgi.c>\n{}\n</IfModule>"])
@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("WSGIScriptAlias /a /srv/x.py", Role.APPLICATION),
        ("WSGIScriptAliasMatch ^/a /srv/x.py", Role.APPLICATION),
        ("WSGIHandlerScript page /srv/x.py", Role.HANDLER),
        ("WSGIImportScript /srv/x.py process-group=%{GLOBAL} application-group=%{GLOBAL}", Role.IMPORT),
        ("<Directory /srv>\nWSGIDispatchScript /srv/x.py\n</Directory>", Role.DISPATCH),
        ("<Location /a>\nWSGIAuthUserScript /srv/x.py\n</Location>", Role.AUTH_USER),
        ("<Location /a>\nWSGIAuthGroupScript /srv/x.py\n</Location>", Role.AUTH_GROUP),
        ("<Directory /srv>\nWSGIAccessScript /srv/x.py application-group=one\n</Directory>", Role.ACCESS),
    ],
)
def test_a_directive_says_what_a_script_is_for(line: str, role: Role, around: str) -> None:
    assert roles(server(around.format(line), {"/srv/x.py": "x = 1\n"})) == {"/srv/x.py": role}


_SERVED = "DocumentRoot /srv/www\n<Directory /srv/www>\nRequire all granted\n{}\n</Directory>\n{}\n"


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("AddHandler wsgi-script .wsgi", ""),
        ("", "AddHandler wsgi-script .wsgi"),
        ("Options +ExecCGI", "AddHandler wsgi-script wsgi .py"),
        ("SetHandler wsgi-script", ""),
        ("<Files hello.wsgi>\nSetHandler wsgi-script\n</Files>", ""),
        ("", "<Location /hello.wsgi>\nSetHandler wsgi-script\n</Location>"),
        ("AddType application/x-httpd-wsgi .wsgi", ""),
        ("ForceType application/x-httpd-wsgi", ""),
    ],
)
def test_a_handler_makes_a_script_of_a_served_file(inside: str, outside: str) -> None:
    config = server(_SERVED.format(inside, outside), {"/srv/www/hello.wsgi": _APP, "/srv/www/page.html": "x"})
    assert roles(config) == {"/srv/www/hello.wsgi": Role.APPLICATION}


def test_a_handler_in_htaccess_makes_a_script() -> None:
    files = {"/srv/www/x/hello.wsgi": _APP, "/srv/www/x/.htaccess": "SetHandler wsgi-script\n", "/srv/www/y.wsgi": _APP}
    config = server(_SERVED.format("AllowOverride FileInfo", ""), files)
    assert roles(config) == {"/srv/www/x/hello.wsgi": Role.APPLICATION}


def test_what_is_refused_or_not_served_is_no_script_by_its_extension() -> None:
    text = "AddHandler wsgi-script .wsgi\nDocumentRoot /srv/www\n<Directory /srv/www>\nRequire all {}\n</Directory>\n"
    files = {"/srv/www/hello.wsgi": _APP, "/srv/other/hello.wsgi": _APP}
    assert set(roles(server(text.format("granted"), files))) == {"/srv/www/hello.wsgi"}
    assert not roles(server(text.format("denied"), files))


def test_rules_about_applications_are_not_asked_of_other_scripts() -> None:
    text = (
        "WSGIImportScript /srv/warm.py process-group=%{GLOBAL} application-group=%{GLOBAL}\n"
        "<Location /a>\nAuthType Basic\nAuthName x\nWSGIAuthUserScript /srv/auth.py\nRequire valid-user\n</Location>\n"
    )
    disk = Memory({
        "/etc/apache2/apache2.conf": text,
        "/srv/warm.py": "import os\n",
        "/srv/auth.py": "def check_password(environ, user, password):\n    return True\n",
    })  # fmt: skip
    (source,) = find_sources(disk, ["/etc/apache2"])
    job = Job(source, [rule for rule in all_rules().values() if rule.family == "scripts"], disk=disk)
    assert wsgi_scripts(read(job)) == []
    assert check(job) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_variable_is_looked_for_at_its_place_whatever_the_line_ends_are(ending: str) -> None:
    lines = (
        "import os",
        "",
        "TILL = os.environ['TILL']",
        "def application(environ, start_response):",
        "    return []",
        "",
    )
    config = server("SetEnv TILL open\nWSGIScriptAlias / /srv/app.wsgi\n", {"/srv/app.wsgi": ending.join(lines)})
    (found,) = all_rules()["setenv-not-in-os-environ"].check(config)
    ((path, span, _),) = found.related
    assert config.source(path).text[slice(*span)] == "os.environ['TILL']"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("def check_password(environ, user, password):\n    return True\n", Role.AUTH_USER),
        ("async_ = 1\ndef groups_for_user(environ, user):\n    return []\n", Role.AUTH_GROUP),
        ("def allow_access(environ, host):\n    return True\n", Role.ACCESS),
        ("def process_group(environ):\n    return 'site'\n", Role.DISPATCH),
        ("def handle_request(environ, start_response):\n    return []\n", Role.HANDLER),
        (f"def check_password(environ, user, password):\n    return True\n{_APP}", Role.APPLICATION),
        ("from site import *\ndef allow_access(environ, host):\n    return True\n", Role.APPLICATION),
        (_APP, Role.APPLICATION),
    ],
)
def test_a_script_that_nothing_names_says_itself_what_it_is_for(text: str, role: Role) -> None:
    found = discover(Memory({"/srv/x.wsgi": text}), ["/srv"]).scripts
    assert found is not None
    assert [script.role for script in loaded_scripts(read(Job(found, [])))] == [role]


def test_what_is_mounted_and_imported_is_an_application() -> None:
    text = (
        "WSGIImportScript /srv/x.py process-group=%{GLOBAL} application-group=%{GLOBAL}\nWSGIScriptAlias / /srv/x.py\n"
    )
    assert roles(server(text, {"/srv/x.py": _APP})) == {"/srv/x.py": Role.APPLICATION}


# -- where they run --------------------------------------------------------------------------------------------------


def test_a_run_knows_group_options_interpreter_and_path() -> None:
    text = """\
WSGIDaemonProcess site home=/srv/site python-path=/srv/lib:/srv/more python-home=/srv/env threads=3
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup site
    WSGIScriptAlias /App /srv/x.py
</VirtualHost>
<VirtualHost *:8080>
    ServerName a.example
    WSGIApplicationGroup %{GLOBAL}
    WSGIScriptAlias / /srv/x.py
</VirtualHost>
"""
    config = server(text, {"/srv/x.py": _APP, "/srv/env/pyvenv.cfg": "home = /usr/bin\nversion = 3.9.2\n"})
    first, second = runs(config)
    assert (first.path, first.group.name, first.interpreters) == ("/srv/x.py", "site", {"a.example|/app"})
    assert (second.group.name, second.interpreters) == ("", {""})
    process = process_of_group(config, "site")
    assert process is not None
    assert process.integer("threads", 15) == 3
    assert search_path(process) == ("/srv/site", "/srv/lib", "/srv/more")
    assert process_of_group(config, "") is None


def test_an_interpreter_for_each_port() -> None:
    text = "<VirtualHost *:8080 *:8081>\nServerName a.example\nWSGIScriptAlias / /srv/x.py\n</VirtualHost>\n"
    (run,) = runs(server(text, {"/srv/x.py": _APP}))
    assert run.interpreters == {"a.example:8080|", "a.example:8081|"}


@pytest.mark.parametrize(
    ("target", "home", "version"),
    [
        (Target(python=(3, 12)), "python-home=/srv/env", (3, 12)),
        (Target(), "python-home=/srv/env", (3, 9)),
        (Target(), "python-home=/srv/older", (3, 6)),
        (Target(), "", None),
    ],
)
def test_the_python_of_a_script(target: Target, home: str, version: tuple[int, ...] | None) -> None:
    text = f"WSGIDaemonProcess site {home}\nWSGIProcessGroup site\nWSGIScriptAlias / /srv/x.py\n"
    files = {"/srv/x.py": _APP, "/srv/env/pyvenv.cfg": "version = 3.9.2\n", "/srv/older/lib/python3.6/os.py": ""}
    config = server(text, files, target=target)
    (script,) = wsgi_scripts(config)
    assert python_of(config, script) == version


# -- what is not understood -------------------------------------------------------------------------------------------


def test_a_script_that_is_not_python_is_told() -> None:
    config = server("WSGIScriptAlias / /srv/x.py\n", {"/srv/x.py": "def application(environ, start_response:\n"})
    (told,) = unread_scripts(config)
    assert told.line == 1
    assert "was never closed" in told.reason


def test_a_script_for_python_2_is_not_called_wrong_where_it_is_meant_so() -> None:
    target = Target(python=(2, 7))
    config = server("WSGIScriptAlias / /srv/x.py\n", {"/srv/x.py": "print 'x'\n"}, target=target)
    assert [one.reason for one in unread_scripts(config)] == ["a script for Python 2 is not understood"]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    pass\nexcept (KeyError, ValueError), error:\n    pass\n",
        "try:\n    pass\nexcept KeyError, error:\n    pass\n",
        "print 'x'\n",
        "exec 'x'\n",
        "raise KeyError, 'x'\n",
        "def f(self, (a, b)):\n    pass\n",
        "x = lambda (a, b): a\n",
        "x = 0777\n",
        "x = 10L\n",
        "x = `y`\n",
        "x = 1 <> 2\n",
        "x = ur'x'\n",
    ],
)
def test_python_2_is_called_so(text: str) -> None:
    fault = fault_of(text)
    assert fault is not None
    assert is_python_2(text, fault)


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n    pass\n",
        "x = (1,\n",
        "x = 'a\n",
        "def f():\nreturn 1\n",
        "if x:\n\ty = 1\n        z = 2\n",
        "return 1\n",
        "x = 1a\n",
    ],
)
def test_what_no_python_takes_is_not_called_python_2(text: str) -> None:
    fault = fault_of(text)
    assert fault is not None
    assert not is_python_2(text, fault)


def test_what_only_a_newer_python_takes_is_not_called_wrong() -> None:
    """``type`` statements are of 3.12: a Python that knows them takes the script, another one cannot say."""
    config = server("WSGIScriptAlias / /srv/x.py\n", {"/srv/x.py": f"type Name = str\n{_APP}"})
    assert list(unread_scripts(config)) == []


class Locked(Memory):
    """A filesystem with a file that may not be read."""

    def read(self, path: str) -> str:
        if path == "/srv/locked.py":
            raise FileProblem(path, "permission denied")
        return super().read(path)


def test_a_script_that_may_not_be_read_is_told_where_it_is_named() -> None:
    disk = Locked({"/etc/apache2/apache2.conf": "\nWSGIScriptAlias / /srv/locked.py\n", "/srv/locked.py": _APP})
    (source,) = find_sources(disk, ["/etc/apache2"])
    config = read(Job(source, [], disk=disk))
    assert [(one.line, one.reason) for one in unread_scripts(config)] == [
        (2, "the script cannot be read: permission denied")
    ]


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A server, a script that it mounts and one that nothing names, both without an application."""
    conf, srv = tmp_path / "conf", tmp_path / "root" / "srv"
    conf.mkdir()
    srv.mkdir(parents=True)
    (conf / "apache2.conf").write_text("WSGIScriptAlias / /srv/app.wsgi\n")
    (conf / "spare.wsgi").write_text("from flask import Flask\napp = Flask('x')\n")
    (srv / "app.wsgi").write_text("from flask import Flask\napp = Flask('x')\n")
    return tmp_path


def test_scripts_below_a_named_directory_are_checked(run: Run, tree: Path) -> None:
    outcome = run("--select", "missing-application", "--root", str(tree / "root"), str(tree / "conf"))
    assert outcome.out.count("missing-application") == 2
    assert "spare.wsgi:2" in outcome.out


def test_no_scripts_leaves_them_out(run: Run, tree: Path) -> None:
    outcome = run("--no-scripts", "--select", "missing-application", "--root", str(tree / "root"), str(tree / "conf"))
    assert outcome.code == 0
    assert "missing-application" not in outcome.out


def test_a_script_that_cannot_be_read_is_never_called_clean(run: Run, tree: Path) -> None:
    (tree / "root" / "srv" / "app.wsgi").write_text("def application(:\n")
    (tree / "conf" / "spare.wsgi").unlink()
    words = ("--select", "missing-application", "--root", str(tree / "root"), str(tree / "conf"))
    told = run(*words).out
    assert "No findings" not in told
    assert "Not understood: 1 line of" in told
    assert "app.wsgi:1: not understood: Python does not take the script" in run("--output-format", "full", *words).out


@pytest.mark.parametrize(("key", "is_told"), [("wsgi.multithread", True), ("wsgi.multiprocess", False)])
def test_a_script_that_is_named_by_itself_says_that_it_refuses_threads(
    key: str, run: Run, tmp_path: Path, *, is_told: bool
) -> None:
    """A process group has 15 threads by default; it has several processes only where somebody says so."""
    script = tmp_path / "app.wsgi"
    script.write_text(
        f"def application(environ, start_response):\n    if environ['{key}']:\n        raise RuntimeError('closed')\n"
        "    return answer(environ, start_response)\n"
    )
    assert ("app.wsgi:2:5: info: script-refuses-concurrency" in run("--all", str(script)).out) == is_told


@pytest.mark.parametrize(
    ("script", "beside", "is_said"),
    [
        ("exec(open('{}').read())\n", "activate", True),
        ("with open('{}') as file:\n    exec(file.read())\n", "python", True),
        ("exec(open('{}').read())\n", "activate_this.py", False),
        ("try:\n    exec(open('{}').read())\nexcept OSError:\n    pass\n", "activate", False),
        ("if True:\n    exec(open('{}').read())\n", "activate", False),
    ],
)
def test_a_file_that_venv_does_not_make_is_said_to_be_missing(script: str, beside: str, is_said: bool) -> None:  # noqa: FBT001
    path = "/srv/shop/venv/bin/activate_this.py"
    files = {"/srv/shop/app.wsgi": script.format(path) + _APP, f"/srv/shop/venv/bin/{beside}": ""}
    disk = Memory({"/etc/apache2/apache2.conf": "WSGIScriptAlias / /srv/shop/app.wsgi\n", **files})
    (source,) = find_sources(disk, ["/etc/apache2"])
    job = Job(source, [all_rules()["activate-this"]], disk=disk)
    (found,) = check(job, read(job))
    assert (f"{path} does not exist" in found.message) == is_said
    assert (found.severity is Severity.ERROR) == is_said
