"""The closed table of directives that may change an answer: each is modelled, or the trace says that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT
from test_trace import outcome, server

from modwsgi_fix.directives import Context, DirectiveInfo, directives, find
from modwsgi_fix.directives.answers import Moment, Treatment, dependents, treatments, unknown_at
from modwsgi_fix.model.request import Kind

_BASE = """\
ServerName main.example
Listen 80
Listen 443
DocumentRoot /var/www
<Directory />
    AllowOverride None
    Require all granted
</Directory>
"""
_TLS = """\
<VirtualHost *:443>
    ServerName main.example
    SSLEngine on
%s</VirtualHost>
"""
#: What is asked at each moment: a URL, and more of the request.
_ASKED: dict[Moment, tuple[str, dict[str, object]]] = {
    Moment.ALWAYS: ("http://main.example/index.html", {}),
    Moment.ACCESS: ("http://main.example/index.html", {}),
    Moment.APPLICATION: ("http://main.example/app", {}),
    Moment.WELL_KNOWN: ("http://main.example/.well-known/acme-challenge/x", {}),
    Moment.OTHER_NAME: ("https://main.example/index.html", {"headers": (("Host", "other.example"),)}),
    Moment.METHOD: ("http://main.example/index.html", {"method": "PROPFIND"}),
    Moment.NEGOTIATION: ("http://main.example/doc", {}),
    Moment.TYPE: ("http://main.example/plain", {}),
}
#: What must stand beside it.
_BESIDE = {
    Moment.APPLICATION: "WSGIScriptAlias /app /srv/app.wsgi\n",
    Moment.NEGOTIATION: "<Location />\nOptions +MultiViews\n</Location>\nAddLanguage en .en\nAddLanguage de .de\n",
    Moment.TYPE: "Action text/html /app/x\n",
}
_WORDS = {
    "cacheenable": "disk /", "limitrequestfields": "5", "regexdefaultoptions": "+ICASE", "ldapverifyservercert": "Off", "<mdomain": "main.example",
}  # fmt: skip
_TREE = {
    "/var/www/index.html": "x", "/var/www/doc.html.en": "e", "/var/www/doc.html.de": "d", "/var/www/plain": "?", "/srv/app.wsgi": "application = None",
    "/etc/mime.types": "text/html html\n", "/var/www/.web/index.html.meta": "Status: 410\n",
}  # fmt: skip


def written(info: DirectiveInfo) -> str:
    """A directive with as many words as it takes, where it may stand."""
    key = info.name.casefold()
    least, most = info.counts()
    words = (
        _WORDS.get(key) or (info.values and "On" in info.values and "On") or " ".join(["x"] * max(least, most is None))
    )
    line = f"<{info.name} {words}>\n</{info.name}>\n" if info.section else f"{info.name} {words}\n"
    if info.contexts & (Context.SERVER | Context.VIRTUAL_HOST):
        return line
    return f"<Location />\n{line}</Location>\n"


def _unknown() -> Iterator[tuple[Moment, DirectiveInfo]]:
    for moment in Moment:
        for name in sorted(unknown_at(moment)):
            for key in (name, f"<{name}"):
                info = directives().get(key)
                if info is not None:
                    yield moment, info


def test_every_directive_of_httpd_and_mod_wsgi_is_in_one_class() -> None:
    known = {info.name.casefold() for info in directives().values() if not info.until}
    assert known - set(treatments()) == set()
    assert set(treatments()) - {info.name.casefold() for info in directives().values()} == set()


@pytest.mark.parametrize(("moment", "info"), list(_unknown()), ids=lambda value: getattr(value, "name", str(value)))
def test_what_is_not_modelled_makes_the_answer_unknown_by_its_name(moment: Moment, info: DirectiveInfo) -> None:
    line, (url, details) = written(info), _ASKED[moment]
    text = _BASE + _BESIDE.get(moment, "") + (_TLS % line if "https" in url else line)
    without = _BASE + _BESIDE.get(moment, "") + (_TLS % "" if "https" in url else "")
    found = outcome(server(text + "TypesConfig /etc/mime.types\n", _TREE), url, **details)
    assert found.kind is Kind.UNKNOWN
    if moment is Moment.NEGOTIATION:
        assert "MultiViews" in found.reason
    else:
        assert info.name.lower() in found.reason.lower()
        assert (
            outcome(server(without + "TypesConfig /etc/mime.types\n", _TREE), url, **details).kind is not Kind.UNKNOWN
        )


def _harmless() -> Iterator[DirectiveInfo]:
    for key, treatment in treatments().items():
        info = find(key)
        if treatment in (Treatment.HARMLESS, Treatment.UNUSUAL) and info is not None and info.contexts:
            yield info


@pytest.mark.parametrize("info", list(_harmless()), ids=lambda info: info.name)
def test_what_changes_no_answer_leaves_it_known(info: DirectiveInfo) -> None:
    found = outcome(server(_BASE + written(info), _TREE), "http://main.example/index.html")
    assert (found.kind, found.status, found.file) == (Kind.FILE, 200, "/var/www/index.html")


_LOGIN = {"headers": (("Authorization", "Digest x"),)}
#: What asks for what others say more of, and a request.
_PRINCIPALS: dict[str, tuple[str, str, dict[str, object]]] = {
    "a log-in": (
        "<Location />\nAuthType Digest\nAuthName x\nRequire valid-user\n%s</Location>\n",
        "http://main.example/index.html",
        _LOGIN,
    ),
    "CacheEnable": ("CacheEnable disk /\n%s", "http://main.example/index.html", {}),
    "DAV": ("<Location />\nDAV On\n%s</Location>\n", "http://main.example/index.html", {"method": "PUT"}),
    "a handler of mod_imagemap": (
        "<Location />\nSetHandler imap-file\n%s</Location>\n",
        "http://main.example/index.html",
        {},
    ),
    "a hook of mod_lua": ("LuaHookFixups /x.lua x\n%s", "http://main.example/index.html", {}),
    "MDomain": ("MDomain main.example\n%s", "http://main.example/.well-known/acme-challenge/x", {}),
    "ProxyPass": ("ProxyPass / http://127.0.0.1:81/\n%s", "http://main.example/index.html", {}),
    "RemoteIPHeader": (
        "RemoteIPHeader X-Forwarded-For\n<Location />\nRequire ip 192.0.2.1\n</Location>\n%s",
        "http://main.example/index.html",
        {"client": "192.0.2.1"},
    ),
    "RemoteIPProxyProtocol": ("RemoteIPProxyProtocol On\n%s", "http://main.example/index.html", {}),
    "ProxyExpressEnable": ("ProxyExpressEnable on\n%s", "http://main.example/index.html", {}),
    "SSLVerifyClient": (_TLS % "SSLVerifyClient require\n%s", "https://main.example/index.html", {}),
}


@pytest.mark.parametrize("principal", [name for name in dependents() if name in _PRINCIPALS])
def test_what_others_say_more_of_changes_nothing_with_all_of_them(principal: str) -> None:
    text, url, details = _PRINCIPALS[principal]
    inside = "%s</Location>" in text or "%s</VirtualHost>" in text
    for key in ("", *dependents()[principal]):
        info = find(key) if key else None
        beside = written(info) if info is not None else ""
        # A line of its own where it may not stand beside.
        text_with = text % (beside if not inside or "<Location" not in beside else "")
        found = outcome(
            server(_BASE + text_with + (beside if inside and "<Location" in beside else ""), _TREE), url, **details
        )
        assert found.kind is (Kind.PROXY if principal == "ProxyPass" else Kind.UNKNOWN), key


def test_every_group_of_dependents_has_what_asks_for_it() -> None:
    assert set(dependents()) - set(_PRINCIPALS) == {"the application", "another system"}


def test_each_directive_that_is_said_to_be_modelled_is_read_somewhere() -> None:
    package = ROOT / "fixer" / "modwsgi_fix"
    files = [*sorted((package / "model").rglob("*.py")), package / "directives" / "families.py"]
    text = "\n".join(Path(file).read_text("utf-8") for file in files)
    modelled = [key for key, treatment in treatments().items() if treatment is Treatment.MODELLED]
    assert [key for key in modelled if f'"{key}"' not in text] == []


@pytest.mark.parametrize(
    "line", ["Strange on", "<Location />\nStrange on\n</Location>", "<IfModule strange.c>\nStrange on\n</IfModule>"]
)
def test_a_directive_that_nobody_knows_leaves_the_answer_open(line: str) -> None:
    module = "LoadModule strange_module modules/strange.so\n"
    found = outcome(server(_BASE + module + line + "\n", _TREE), "http://main.example/index.html")
    assert found.kind is Kind.UNKNOWN
    assert "Strange" in found.reason or "strange.c" in found.reason


def test_a_directive_that_no_module_has_is_no_riddle() -> None:
    """httpd refuses to start over it, and that is said elsewhere."""
    assert outcome(server(_BASE + "Strange on\n", _TREE), "http://main.example/index.html").kind is Kind.FILE


def test_what_decides_for_applications_leaves_files_known() -> None:
    text = _BASE + "WSGIDispatchScript /srv/x.py\nRedirect /away http://other.example/\n"
    assert outcome(server(text, _TREE), "http://main.example/index.html").kind is Kind.FILE
    checked = text + "<Location />\nWSGIAccessScript /srv/y.py\n</Location>\n"
    assert outcome(server(checked, _TREE), "http://main.example/away").kind is Kind.REDIRECT


def test_a_setting_that_is_off_is_not_in_force() -> None:
    found = outcome(server(_BASE + "CheckSpelling Off\nMetaFiles off\n", _TREE), "http://main.example/none.html")
    assert found.kind is Kind.NOT_FOUND
