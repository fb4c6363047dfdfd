"""Fixes in the bodies of macros: one text for all uses, or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import examples_of, job_of
from test_again import MAIN, load, same, texts, written

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import check, fix
from modwsgi_fix.rule import Rule, all_rules

_NAMED = re.compile(r"(?:ServerName|WSGIProcessGroup|WSGIDaemonProcess)[ \t]+\"?([a-z]+)")


def expanded(text: str) -> str:
    """Return a text with the bodies of its macros for their uses, which begin their lines."""
    macros: dict[str, tuple[list[str], list[str]]] = {}
    lines, found = iter(text.split("\n")), list[str]()
    for line in lines:
        if opening := re.fullmatch(r"<Macro (\S+)(.*)>", line):
            body = list(iter(lambda: next(lines), "</Macro>"))
            macros[opening[1]] = opening[2].split(), body
        elif use := re.fullmatch(r"Use (\S+)(.*)", line):
            names, body = macros[use[1]]
            values = sorted(zip(names, use[2].split(), strict=True), key=lambda pair: -len(pair[0]))
            for written_line in body:
                for name, value in values:
                    written_line = written_line.replace(name, value)
                found.append(written_line)
        else:
            found.append(line)
    return "\n".join(found)


def fixed(text: str, *rules: Rule) -> str:
    """Return a text with all fixes of some rules."""
    done = fix(job_of({"/apache2.conf": text}, *rules), Applicability.UNSAFE)
    return done.files[0].after if done.files else text


def _with_macros(text: str) -> str | None:
    """Return a text with each host in a macro that two hosts use: that of the name in it, and another."""
    body: list[str] | None = None
    found = list[str]()
    name = _NAMED.search(text, max(text.find("<VirtualHost"), 0))
    for line in text.split("\n") if name is not None else ():
        if line.startswith("<VirtualHost"):
            body = []
        if body is None:
            found.append(line)
            continue
        assert name is not None
        body.append(re.sub(rf"(?<![A-Za-z0-9])\$?{name[1]}(?![A-Za-z0-9])", "$name", line))
        if line.startswith("</VirtualHost"):
            macro = f"Host{len(found)}"
            found += [f"<Macro {macro} $name>", *body, "</Macro>", f"Use {macro} {name[1]}", f"Use {macro} blog"]
            body = None
    return "\n".join(found) if found and body is None and "<Macro" in "".join(found) else None


def _examples() -> Iterator[tuple[Rule, str]]:
    for rule in all_rules().values():
        for example in examples_of(rule):
            if example.kind == "python" or example.links or example.permissions or example.settings:
                continue
            for text in example.before.values() if len(example.before) == 1 else ():
                if "{%" not in text and "Macro" not in text and (macros := _with_macros(text)) is not None:
                    yield rule, macros


@pytest.mark.slow
def test_what_a_macro_becomes_is_what_its_hosts_become() -> None:
    """The uses of a fixed macro are the hosts, written out and fixed; a fix may be left to the administrator."""
    counted: Counter[str] = Counter()
    odd = []
    for rule, text in _examples():
        mine, theirs = fixed(text, rule), fixed(expanded(text), rule)
        if mine == text:
            counted["left" if theirs != expanded(text) else "nothing to do"] += 1
            continue
        counted["fixed"] += 1
        again = fixed(expanded(mine), rule)
        if theirs not in (expanded(mine), again):
            odd.append((rule.name, text, mine))
    assert not odd, odd[0]
    assert counted["fixed"] > 25, counted
    assert counted["nothing to do"] > 100, counted


SITE = """\
<Macro Site $name $port>
<VirtualHost *:$port>
    ServerName $name.example
    WSGIDaemonProcess $name threads=5
{lines}    WSGIProcessGroup $name
    WSGIScriptAlias / /srv/$name/app.wsgi
</VirtualHost>
</Macro>
{uses}"""


def _site(lines: str, uses: str = "Use Site shop 80\nUse Site blog 80\n") -> str:
    return SITE.format(lines=lines, uses=uses)


KEPT = {
    "a line that is said twice": ("    WSGIDaemonProcess $name threads=5\n", "", "duplicate-daemon-process"),
    "a path with a parameter": (
        "    Alias /static/ /srv/$name/static\n",
        "    Alias /static/ /srv/$name/static/\n",
        "alias-trailing-slash",
    ),
    "lines of no host": (
        "    <Directory /srv/$name>\n        Order allow,deny\n        Allow from all\n    </Directory>\n",
        "    <Directory /srv/$name>\n        Require all granted\n    </Directory>\n",
        "old-access-directives",
    ),
    "under a condition": (
        "    <IfModule mod_wsgi.c>\n    <Location />\n        WSGIApplicationGroup %{GLOBAL}\n    </Location>\n    </IfModule>\n",
        "    <IfModule mod_wsgi.c>\n    WSGIApplicationGroup %{GLOBAL}\n    </IfModule>\n",
        "needless-location-root",
    ),
}


@pytest.mark.parametrize(("lines", "instead", "name"), KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("uses", ["Use Site shop 80\nUse Site blog 80\n", "Use Site shop 80\n"], ids=["two", "one"])
def test_one_edit_of_the_body_is_one_of_each_host(lines: str, instead: str, name: str, uses: str) -> None:
    assert fixed(_site(lines, uses), all_rules()[name]) == _site(instead, uses)


SPELT = {
    "a misspelt name": ("    Timeuot 30\n", "    Timeout 30\n", "misspelt-directive"),
    "a path in typographic quotes": ("    ErrorLog “/srv/e.log”\n", '    ErrorLog "/srv/e.log"\n', "smart-quotes"),
    "under a condition": (
        "    <IfModule mod_alias.c>\n    Timeuot 30\n    </IfModule>\n",
        "    <IfModule mod_alias.c>\n    Timeout 30\n    </IfModule>\n",
        "misspelt-directive",
    ),
    "words that have a parameter": ("    Timeuot $port\n", "    Timeuot $port\n", "misspelt-directive"),
    "a path with a parameter": ("    ErrorLog “/srv/$name.log”\n", "    ErrorLog “/srv/$name.log”\n", "smart-quotes"),
}


@pytest.mark.parametrize(("lines", "instead", "name"), SPELT.values(), ids=SPELT)
def test_lines_without_parameters_are_spelt_as_anywhere(lines: str, instead: str, name: str) -> None:
    assert len(check(job_of({"/apache2.conf": _site(lines)}, all_rules()[name]))) == 1
    assert fixed(_site(lines), all_rules()[name]) == _site(instead)


def test_values_of_a_use_are_parameters_again() -> None:
    text = f"ServerName www.example\n<Directory />\n    Require all denied\n</Directory>\n{_site('')}"
    block = (
        "    <Directory /srv/$name>\n        <Files app.wsgi>\n            Require all granted\n        </Files>\n"
        "    </Directory>\n"
    )
    after = fixed(text, all_rules()["script-directory-not-granted"])
    assert block in after
    assert "/srv/shop" not in after
    assert "/srv/blog" not in after


def test_uses_that_ask_for_different_texts_are_left_alone() -> None:
    text = (
        "<Macro Path $name $where>\nWSGIScriptAlias /$name $where/app.wsgi\n<Location /$name>\nRequire all granted\n</Location>\n"
        "</Macro>\nUse Path shop /srv/shop\nUse Path blog /opt/blog\n<Directory />\nRequire all denied\n</Directory>\n"
    )
    rule = all_rules()["allow-in-location"]
    found = check(job_of({"/apache2.conf": text}, rule))
    assert len(found) == 2
    assert {one.fix for one in found} == {None}
    assert {one.help for one in found} == {"change the macro by hand: its uses ask for different fixes"}
    assert fixed(text, rule) == text


def test_a_value_never_stands_for_a_parameter() -> None:
    """The next use may give it another one."""
    text = (
        _site("", "Use Site shop 80\n").replace("threads=5", "processes=$port threads=5").replace("shop 80", "shop 1")
    )
    rule = all_rules()["processes-one"]
    assert len(check(job_of({"/apache2.conf": text}, rule))) == 1
    assert fixed(text, rule) == text


CHANGES = {
    "a use": ("Use Site shop", "Use Site store"),
    "a use more": ("Use Site shop\n", "Use Site shop\nUse Site store\n"),
    "a use less": ("Use Site shop\n", ""),
    "the body": ("threads=5", "threads=7"),
    "a fault in the body": ("    WSGIProcessGroup $name\n", "    WSGIProcessGroup $name\n    Alias /x/ /srv/$name/x\n"),
    "a host of the same file": ("ServerName zentria", "ServerName kotri"),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_same_is_said_as_of_a_new_server(tmp_path: Path, change: tuple[str, str]) -> None:
    macro = _site("    Alias /static/ /srv/$name/static\n", "Use Site shop\nUse Site blog\n")
    server = texts()
    server["apache2.conf"] = MAIN
    server["sites/06.conf"] += macro.replace(" $port", "").replace("*:$port", "*:80")
    directory = written(tmp_path / "conf", server)
    path = str(directory / "sites/06.conf")
    text = server["sites/06.conf"]
    assert change[0] in text
    first = load(directory)
    first.check()
    second = first.changed({path: text.replace(*change)})
    same(second, directory, {path: text.replace(*change)})
    same(second.changed({path: text}), directory, {})
