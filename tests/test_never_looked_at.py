"""Directives that the request model never looks at: where only these differ, no request is traced, and none would differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import SHARED, config_of, examples_of, source_of

import modwsgi_fix
from modwsgi_fix.directives.answers import Treatment, never_looked_at, treatments
from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect import classes, shared
from modwsgi_fix.effect.classes import differences
from modwsgi_fix.effect.impact import changed_visits
from modwsgi_fix.engine import Job, fix
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import all_rules
from modwsgi_fix.text import decode

MAIN = "/etc/apache2/apache2.conf"
SERVER = """\
ServerName main.test
Listen 80
%s
<Directory />
    Require all denied
</Directory>
WSGIScriptAlias /main /srv/main/app.wsgi
<VirtualHost *:80>
    ServerName a.test
    %s
    Alias /static/ /srv/a/static/
    WSGIScriptAlias / /srv/a/app.wsgi
    <Directory /srv/a>
        Require all granted
        %s
    </Directory>
</VirtualHost>
<VirtualHost *:80>
    ServerName b.test
    RewriteEngine On
    RewriteRule ^/old$ /new [R]
    DocumentRoot /srv/b
</VirtualHost>
"""
#: Words as each is written; of the others one.
_WORDS = {"namevirtualhost": "*:80", "logformat": "%h common", "customlog": "access.log common", "maxclients": "5"}


@pytest.fixture
def all_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is passed over, so that each difference would be found."""
    monkeypatch.setattr(shared, "never_looked_at", frozenset)


def server(main: str = "", host: str = "", directory: str = "") -> Config:
    return config_of({MAIN: SERVER % (main, host, directory)})


@pytest.mark.usefixtures("all_asked")
def test_none_of_them_changes_an_answer() -> None:
    lines = "\n".join(f"{key} {_WORDS.get(key, 'x')}" for key in sorted(never_looked_at()))
    before, after = server(), server(lines, lines, lines)
    assert len(list(changed_visits(before, after))) > 20
    assert list(differences(before, after)) == []
    # What is not among them is looked at.
    assert list(differences(before, server(host="Redirect /static/ http://other.test/")))


def configurations() -> Iterator[str]:
    for rule in all_rules().values():
        for example in examples_of(rule):
            if example.kind != "python":
                yield from example.before.values()
    for path in sorted(SHARED.rglob("*.conf"))[::40] if SHARED.is_dir() else ():
        if path.is_file() and path.stat().st_size < 10_000:
            yield decode(path.read_bytes())


@pytest.mark.slow
@pytest.mark.usefixtures("all_asked")
def test_where_they_are_taken_out_all_answers_are_the_same() -> None:
    skipped = never_looked_at()
    told = 0
    for text in dict.fromkeys(configurations()):
        lines = text.splitlines(keepends=True)
        kept = [line for line in lines if line.split()[:1] == [] or line.split()[0].lower() not in skipped]
        if len(kept) == len(lines) or "\\\n" in text:
            continue
        told += 1
        before, after = (config_of({MAIN: one}) for one in (text, "".join(kept)))
        assert [str(one) for one in differences(before, after)] == [], text
    assert told > 30


def test_none_of_them_is_named_in_the_request_model() -> None:
    package = Path(modwsgi_fix.__file__).parent
    for path in [*package.glob("model/request/*.py"), *package.glob("model/merge/*.py"), package / "model/urls.py"]:
        constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
        named = {one.casefold() for one in constants if isinstance(one, str)} & never_looked_at()
        assert not named, path


def test_all_are_harmless_directives() -> None:
    harmless = {key for key, treatment in treatments().items() if treatment is Treatment.HARMLESS}
    assert never_looked_at() < harmless
    assert {"namevirtualhost", "keepalive", "loglevel", "wsgipythonexecutable"} <= never_looked_at()


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [
        ("NameVirtualHost *:80", False),
        ("KeepAlive Off", False),
        ("SSLProtocol all", True),
        ("ServerName other.test", True),
        ("<IfModule mod_ssl.c>\nSSLSessionCache none\n</IfModule>", False),
        ("<IfModule mod_ssl.c>\nErrorDocument 404 /x\n</IfModule>", True),
    ],
)
@pytest.mark.parametrize("place", ["main", "host", "directory"])
def test_a_request_is_traced_only_where_something_else_changed(
    line: str, place: str, monkeypatch: pytest.MonkeyPatch, *, is_asked: bool
) -> None:
    traced: list[object] = []
    real = classes.traced
    monkeypatch.setattr(classes, "traced", lambda config, request: traced.append(request) or real(config, request))
    list(differences(server(**{place: line}), server()))
    assert bool(traced) is is_asked


def test_the_gate_does_not_ask_about_a_line_that_httpd_ignores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "traced", pytest.fail)
    rule = all_rules()["name-virtual-host"]
    text = "NameVirtualHost *:80\n" + SERVER % ("", "", "")
    done = fix(Job(source_of({MAIN: text}), [rule]), Applicability.SAFE, proof=objection)
    assert [file.after for file in done.files] == [SERVER % ("", "", "")]


def test_what_a_line_says_is_what_its_variables_stand_for() -> None:
    text = "Define WHERE /srv/%s\nDocumentRoot ${WHERE}\n<Macro M $x>\nTimeout $x\n</Macro>\nUse M %s\nListen ${PORT}\n"
    one, other = (config_of({MAIN: text % (name, name)}) for name in ("1", "2"))
    for key, told in (("documentroot", "/srv/"), ("timeout", "")):
        assert [config.named(key)[0].said for config in (one, other)] == [(told + "1", True), (told + "2", True)]
    assert one.named("listen")[0].said == ("${PORT}", False)
