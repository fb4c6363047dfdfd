"""A server that httpd refuses serves nothing: what it will serve once a fix lets it start is said first."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from support import SHARED, Run, config_of

from modwsgi_fix import directives
from modwsgi_fix.effect.starting import Start, verdict
from modwsgi_fix.engine.check import findings
from modwsgi_fix.examples import examples
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules
from modwsgi_fix.text import decode

SERVER = """\
ServerName shop.test
Listen 80
<Directory />
    Require all denied
</Directory>
<VirtualHost *:80>
    ServerName shop.test
    WSGIDaemonProcess shop
    WSGIScriptAlias /app /srv/shop/app.wsgi
    Alias /files/ /srv/shop/files/
    <Directory /srv/shop>
        Require all granted
    </Directory>
</VirtualHost>
"""
TWICE = "WSGIDaemonProcess shop\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = tmp_path / "root/srv/shop/files"
    files.mkdir(parents=True)
    for name in ("site.css", "a_models.py", "z_shop.sqlite3", "private.key"):
        (files / name).write_text("")
    (files.parent / "app.wsgi").write_text("def application(environ, start_response):\n    return []\n")
    (tmp_path / "conf").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("fault", [TWICE, "ServerSignatur Off\n", "<IfModule mod_wsgi.c>\n" + TWICE + "</IfModule>\n"])
def test_what_lies_open_is_said_first(root: Path, run: Run, fault: str) -> None:
    (root / "conf/apache2.conf").write_text(
        "LoadModule wsgi_module x\n" + SERVER.replace("Listen", fault + "Listen", 1)
    )
    lines = run("--isolated", "--diff", "--root", "root", "conf").err.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("warning: httpd refuses to start now"))
    assert "3 files" in lines[at]
    assert [line.rpartition("/")[2] for line in lines[at + 1 : at + 4]] == [
        "private.key",
        "z_shop.sqlite3",
        "a_models.py",
    ]
    assert "site.css" not in "".join(lines)


def test_nothing_is_said_of_a_server_that_starts(root: Path, run: Run) -> None:
    (root / "conf/apache2.conf").write_text(SERVER + "NameVirtualHost *:80\n")
    err = run("--isolated", "--diff", "--root", "root", "conf").err
    assert "will start" not in err
    assert "Would fix" in err


def test_a_server_with_nothing_to_hide(root: Path, run: Run) -> None:
    closed = SERVER.replace("Alias /files/ /srv/shop/files/\n", "")
    (root / "conf/apache2.conf").write_text(closed + "WSGIDaemonProcess shop\n")
    err = run("--isolated", "--diff", "--root", "root", "conf").err
    assert "nothing in sight keeps it from starting with these fixes; it then serves no source, database or key" in err


@pytest.mark.parametrize(
    ("modules", "told"),
    [
        (
            "mpm_event authn_core authz_core authz_host alias dir",
            "and starts with these fixes; it then serves no source",
        ),
        (
            "auth_basic authn_file authz_host alias dir mime",
            "and with these fixes it still lacks modules of httpd 2.4; once it has them, it serves",
        ),
    ],
)
def test_that_it_starts_is_said_only_where_its_modules_are_there(root: Path, run: Run, modules: str, told: str) -> None:
    lines = "".join(f"LoadModule {name}_module modules/mod_{name}.so\n" for name in (*modules.split(), "wsgi"))
    (root / "conf/apache2.conf").write_text(lines + "Listen 80\nWSGIDaemonProcess shop\nWSGIDaemonProcess shop\n")
    assert f"httpd refuses to start now, {told}" in run("--isolated", "--diff", "conf").err


def test_without_the_disk_it_may_be_there(root: Path, run: Run) -> None:
    source = SERVER.replace("/srv/shop/files/", "/srv/shop/")
    (root / "conf/apache2.conf").write_text(source + "WSGIDaemonProcess shop\n")
    assert "that should not lie open, if they are there:" in run("--isolated", "--diff", "conf").err


# -- whether it starts -----------------------------------------------------------------------------------------------------

MODULES = "".join(
    f"LoadModule {name}_module modules/mod_{name}.so\n"
    for name in ("mpm_event", "authn_core", "authz_core", "authz_host", "alias", "dir", "wsgi")
)
PLAIN = MODULES + "ServerName shop.test\nListen 80\n"


def of(text: str, **files: str) -> Start:
    """Whether httpd starts with a whole server."""
    return verdict(
        config_of({"/etc/apache2/apache2.conf": text} | {f"/etc/apache2/{k}.conf": v for k, v in files.items()})
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Foobar on", "Invalid command 'Foobar', perhaps misspelled or defined by a module not included"),
        ("<Foobar x>\n</Foobar>", "Invalid command '<Foobar'"),
        ("RewriteEngine On", "Invalid command 'RewriteEngine'"),
        ("SSLMutex default", "Invalid command 'SSLMutex'"),
        ("LockFile /var/lock/x", "Invalid command 'LockFile'"),
        ("Listen *:80", "Cannot define multiple Listeners on the same IP:port"),
        ("WSGIDaemonProcess a\nWSGIDaemonProcess a", "Name duplicates previous WSGI daemon definition."),
        ("WSGIDaemonProcess a color=red", "Invalid option to WSGI daemon process definition."),
        ("WSGIImportScript /x.py process-group=a application-group=a", "WSGI process group not yet configured."),
        ("Options -Indexes FollowSymLinks", "Either all Options must start with + or -, or no Option may."),
        ("Require all granted", "Require not allowed here"),
        ("Require not ip 192.0.2.1", "Require not allowed here"),
        ("WSGIDaemonProcess a user=root", "WSGI process blocked from running as root."),
        ("WSGIDaemonProcess a threads=", "Invalid thread count for WSGI daemon process."),
        ("WSGIDaemonProcess a threads =5", "Invalid option to WSGI daemon process definition."),
        ('WSGIDaemonProcess a "home=/srv/the shop"', "Invalid option to WSGI daemon process definition."),
        ("WSGIDaemonProcess a home= srv", "Invalid home directory for WSGI daemon process."),
        ("WSGIDaemonProcess a script-user=a script-group=b", "Only one of script-user and script-group allowed."),
        ("WSGIScriptAlias / /x.wsgi process-group=", "Invalid name for WSGI process group."),
        ("WSGIScriptAlias / /x.wsgi pass-authorization=Yes", "Invalid value for authorization flag."),
        ("WSGIImportScript /x.py process-group=%{GLOBAL}", "Name of WSGI application group required."),
        ("AliasMatch (/x /srv/x", "Regular expression could not be compiled."),
        ("RedirectMatch 301 ( /x", "Regular expression could not be compiled."),
        ('Include ""', "Include takes one argument"),
        ("UseCanonicalName No", "parameter must be 'on', 'off', or 'dns'"),
        ("<Directory /x>", "<Directory> was not closed"),
        ("LoadFile C:/Python311/python311.dll\nWSGIDaemonProcess a", "Invalid command 'WSGIDaemonProcess'"),
    ],
)
def test_what_httpd_refuses(line: str, said: str) -> None:
    found = of(PLAIN + line + "\n")
    assert found.starts is False
    assert said in found.reason
    assert (found.file, found.line) == ("/etc/apache2/apache2.conf", PLAIN.count("\n") + (2 if "\nWSGI" in line else 1))
    assert of(PLAIN, off=line).starts, "a file that is not read"
    assert (
        of(f"{PLAIN}<IfModule mod_none_of_these.c>\n{line}\n</IfModule>\n").starts is not False
        or "</" in line
        or "<D" in line
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Require not ip 192.0.2.1", "negative Require directive has no effect in <RequireAny> directive"),
        ("<RequireNone>\nRequire ip 192.0.2.1\n</RequireNone>", "<RequireNone> directive has no effect in <RequireAny> directive"),
        ("<RequireAll>\n</RequireAll>", "<RequireAll> directive contains no authorization directives"),
        ("<RequireAll>\nRequire not ip 192.0.2.1\n</RequireAll>", "<RequireAll> directive contains only negative authorization directives"),
        ("<RequireAll>\n<RequireAll>\nRequire not ip 192.0.2.1\n</RequireAll>\nRequire all granted\n</RequireAll>", ""),
    ],
)  # fmt: skip
def test_what_httpd_refuses_of_containers(lines: str, said: str) -> None:
    """Measured on 2.4.71, each in a <Location>."""
    found = of(PLAIN + f"<Location />\nAuthMerging And\n{lines}\n</Location>\n")
    assert (found.starts is False, found.reason if said else "") == (bool(said), said)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ServerName shop.test\n", "the modules that it loads are not all in sight"),
        (
            PLAIN.replace("mpm_event", "env").replace("authz_core", "info"),
            "the modules that it loads are not all in sight",
        ),
        (PLAIN + "Include gone.conf\n", "gone.conf is not among these files"),
        (PLAIN + "IncludeOptional elsewhere/*.conf\n", "the modules that it loads are not all in sight"),
        (PLAIN + "LoadModule passenger_module x.so\nPassengerRoot /x\n", "PassengerRoot is a directive of a module"),
        (PLAIN + "<IfDefine !X>\n    Options -Indexes All\n</IfDefine>\n", "a condition decides whether it is read"),
        (PLAIN + "Listen ${PORT}\n", "Listen has a variable whose value is not known"),
        (PLAIN + "WSGIDaemonProcess a interrupt-timeout=5\n", "not every mod_wsgi has interrupt-timeout"),
        (PLAIN + "Listen 127.0.0.1:80\n", "its address may be taken by another Listen"),
        (PLAIN + "Include {{ sites }}\n", "Include has a variable whose value is not known"),
    ],
)
def test_what_cannot_be_told(text: str, why: str) -> None:
    found = of(text)
    assert found.starts is None
    assert why in found.reason


@pytest.mark.parametrize(
    "line",
    [
        "ErrorLog ${APACHE_LOG_DIR}/x.log",
        "Listen 443 https",
        "WSGIDaemonProcess a threads= 5 home= '/srv/the shop'",
        'WSGIDaemonProcess a python-path="/srv/the shop" display-name=',
        "WSGIScriptAlias / /srv/x.wsgi process-group= application-group=x",
        "WSGIScriptAlias / /srv/x.wsgi application-group= %{GLOBAL}",
        "Alias /a ${HOME}/a",
        "<IfDefine X>\nNonsense\n</IfDefine>",
    ],
)
def test_what_starts(line: str) -> None:
    assert of(PLAIN + line + "\n").starts is True


_HOST = "<VirtualHost *:80>\n{}\n</VirtualHost>\n"
_MOUNT = "WSGIScriptAlias / /srv/x.wsgi process-group=g application-group=%{GLOBAL}"


@pytest.mark.parametrize(
    ("defining", "using", "said"),
    [
        ("ServerName a.test\nWSGIDaemonProcess g", _MOUNT, "not matchable"),
        ("ServerName a.test\nWSGIDaemonProcess g", f"{_MOUNT}\nServerName a.test", "not matchable"),
        ("ServerName a.test\nWSGIDaemonProcess g", f"ServerName b.test\n{_MOUNT}", "not accessible"),
        ("WSGIDaemonProcess g", f"ServerName b.test\n{_MOUNT}", "not matchable"),
        ("WSGIDaemonProcess g\nServerName a.test", f"ServerName a.test\n{_MOUNT}", ""),
        ("WSGIDaemonProcess g", f"{_MOUNT}\nServerName b.test", ""),
        ("WSGIDaemonProcess g", _MOUNT, ""),
    ],
)
def test_a_group_of_another_host_is_looked_up_by_the_names_so_far(defining: str, using: str, said: str) -> None:
    found = of(PLAIN + _HOST.format(defining) + _HOST.format(using))
    assert found.starts is not bool(said)
    assert said in found.reason


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("<IfModule mod_alias.c>\nServerSignature Off\n", True),
        ("<IfModule mod_alias.c>\n<Directory /srv>\n<IfModule !mod_ssl.c>\n", True),
        ("<IfModule !mod_alias.c>\nServerSignature Off\n", False),
        ("<IfModule mod_alias.c>\n<Directory /srv>\n<IfModule !mod_alias.c>\n", False),
        ("<Directory /srv>\n<IfModule mod_alias.c>\n", False),
        ("<IfVersion >= 2.4>\n<IfVersion < 2.4>\n</IfVersion>\n", True),
        ("<IfVersion < 2.4>\n", False),
        ("<IfDefine Debug>\nServerSignature Off\n", None),
        ("<VirtualHost *:80>\n<IfModule mod_alias.c>\n</VirtualHost>\n", False),
    ],
)
def test_a_file_may_end_within_a_condition_that_holds(text: str, *, starts: bool | None) -> None:
    assert of(PLAIN + text).starts is starts
    assert of(PLAIN + "Include part.conf\n", part=text).starts is starts


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_no_rule_says_otherwise(name: str) -> None:
    """What a finding says of the start is what is said first of the whole server."""
    rules = list(all_rules().values())
    for example in examples(all_rules()[name].page):
        body = "".join(text for path, text in example.before.items() if not path.endswith((".py", ".wsgi")))
        config = config_of({"/etc/apache2/apache2.conf": MODULES + "ServerName shop.test\nListen 8090\n" + body})
        said = [d.message for d in findings(config, rules) if "httpd does not start" in d.message]
        assert not said or verdict(config).starts is not True


def test_a_user_that_the_server_does_not_have() -> None:
    texts = {"/etc/passwd": "www:x:80:80::/:/bin/sh\n", "/etc/group": "www:x:80:\n"}
    lines = "User www\nGroup www\nWSGIDaemonProcess a user=shop\n"
    files = Memory({"/etc/apache2/apache2.conf": PLAIN + lines, **texts})
    (source,) = find_sources(files, ["/etc/apache2"])
    assert verdict(load(source, disk=files)).reason == "AH00543: bad user name shop"
    assert verdict(load(source)).starts


def test_a_fragment_is_never_said_to_start() -> None:
    assert verdict(config_of({"/site.conf": "Listen 80\n"})).starts is None
    assert verdict(config_of({"/site.conf": "Listen 80\nListen 80\n"})).starts is False


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="no real configurations")
def test_real_configurations_start_as_httpd_says() -> None:
    """Each as a whole server with every module that Debian ships, as httpd was asked; lines that need the machine left out."""
    loads = "".join(f"LoadModule {name} x\n" for name in directives.modules().values() if "mpm_" not in name)
    loads += "LoadModule mpm_event_module x\nListen 65123\n"
    outside = re.compile(r"^[ \t]*(LoadModule|LoadFile|Include|IncludeOptional|SSLMutex)\b(.*\\\n)*.*$", re.M | re.I)
    counted: Counter[bool | None] = Counter()
    for line in (SHARED / "httpd-verdicts.jsonl").read_text().splitlines():
        said = json.loads(line)
        text = decode((SHARED / said["file"]).read_bytes())
        config = config_of(
            {"/etc/apache2/apache2.conf": loads + outside.sub("#", text)}, target=Target((2, 4, 71), (4, 9, 4))
        )
        found = verdict(config)
        counted[found.starts] += 1
        # What was asked is ``apache2 -t``, which does not look for certificates.
        if found.starts is not None and "not found" not in said["msg"] and "AH02572" not in found.reason:
            assert found.starts is said["ok"], (said, found)
    assert counted[None] <= 0.03 * counted.total(), counted


def test_names_that_the_settings_know_are_not_strange(root: Path, run: Run) -> None:
    (root / "conf/apache2.conf").write_text(PLAIN + "Foobar on\n")
    assert "unknown-directive" in run("conf").out
    (root / "modwsgi-fix.toml").write_text('directives = ["FooBar"]\n')
    outcome = run("conf")
    assert outcome.code == 0
    assert "note: httpd starts with this configuration" in outcome.err


def test_a_name_that_is_not_known_is_never_clean(root: Path, run: Run) -> None:
    (root / "conf/site.conf").write_text("PassengerRoot /x\nPassengerRuby /y\nFoobar on\n")
    out = run("conf").out
    assert "No findings" not in out
    assert "Not understood: 2 lines of conf/site.conf" in out, "one for each module"
    assert [gap["line"] for gap in json.loads(run("--output-format", "json", "conf").out)["not_understood"]] == [1, 3]


@pytest.mark.parametrize(("text", "starts"), [(PLAIN, True), (PLAIN + "Foobar on\n", False), ("Foobar on\n", None)])
def test_json_says_whether_it_starts(root: Path, run: Run, *, text: str, starts: bool | None) -> None:
    (root / "conf/apache2.conf").write_text(text)
    for words in (["conf"], ["trace", "http://shop.test/", "conf"]):
        command = [*words[:-1], "--output-format", "json", words[-1]]
        found = json.loads(run(*command).out)
        found = found["traces"][0] if words[0] == "trace" else found
        assert found["starts"] is starts
        assert ("start_fault" in found) == (starts is False)
        assert ("start_unknown" in found) == (starts is None)


_LOADED = "".join(
    f"LoadModule {name}_module modules/mod_{name}.so\n"
    for name in ("mpm_event", "authz_core", "authn_core", "alias", "dir", "mime", "log_config", "unixd")
)


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        # Whoever has the line is asked for: it is read with its module, or not at all.
        ("<IfModule mpm_prefork_module>\n    MinSpareServers 5\n</IfModule>\n", True),
        ("<IfModule prefork.c>\n    MinSpareServers 5\n    MaxSpareServers 9\n</IfModule>\n", True),
        ("<IfModule mod_rewrite.c>\n    RewriteEngine On\n</IfModule>\n", True),
        # Another module is, or its absence.
        ("<IfModule mod_rewrite.c>\n    ExpiresActive On\n</IfModule>\n", None),
        ("<IfModule !mod_rewrite.c>\n    RewriteEngine On\n</IfModule>\n", None),
    ],
)
def test_a_line_is_no_doubt_where_its_condition_asks_for_its_module(lines: str, *, starts: bool | None) -> None:
    # Above the LoadModule lines httpd does not know them yet.
    text = f"{lines}{_LOADED}ServerName www.test\nListen 80\n"
    assert verdict(config_of({"/etc/httpd/httpd.conf": text}, paths=["/etc/httpd"])).starts is starts
