"""There is one model of what holds for a path: one changed line of it changes a rule, a trace and what lies exposed, alike."""

from __future__ import annotations

import importlib
import inspect
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import pytest
from support import source_of

from modwsgi_fix.effect.exposure import exposed
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.request import request_of, trace
from modwsgi_fix.rule import all_rules

#: An application whose directory an alias reaches, too; what is said of that directory varies.
SITE = """
Listen 80
ServerName a.example
WSGIScriptAlias /app /srv/site/app.wsgi
Alias /static /srv/site
"""
TREE = {"/srv/site/app.wsgi": "application = None\n", "/srv/site/notes.txt": "notes\n"}


class Fault(NamedTuple):
    """A line of the model, what a hasty hand makes of it, and access lines of which it changes the meaning."""

    module: str
    line: str
    instead: str
    access: str


FAULTS = {
    "mutual-failure": Fault(
        "permit", 'if order.startswith("allow,") or order == "mutual-failure":', 'if order.startswith("allow,"):',
        "<Directory /srv/site>\nOrder mutual-failure\n</Directory>",
    ),
    "the default order": Fault(
        "permit", 'if orders else "deny,allow"', 'if orders else "allow,deny"',
        "<Directory /srv/site>\nDeny from env=NEVER\n</Directory>",
    ),
    "RequireAll": Fault(
        "requires", 'if logic == "all":', 'if logic == "any":',
        "<Directory /srv/site>\n<RequireAll>\nRequire all granted\nRequire all denied\n</RequireAll>\n</Directory>",
    ),
    "Require not": Fault(
        "requires", "{Verdict.GRANTED: Verdict.DENIED}", "{Verdict.GRANTED: Verdict.GRANTED}",
        "<Directory /srv/site>\n<RequireAll>\nRequire all granted\nRequire not all granted\n</RequireAll>\n</Directory>",
    ),
    "Files": Fault(
        "sections", "wildcard(pattern)(name) if has_wildcard(pattern) else pattern == name", "False",
        "<Directory /srv/site>\nRequire all granted\n<Files *.[^x]*>\nRequire all denied\n</Files>\n</Directory>",
    ),
    "FilesMatch": Fault(
        "sections", "return match if isinstance(match, Unknown) else match is not None", "return False",
        "<Directory /srv/site>\nRequire all granted\n<FilesMatch .>\nRequire all denied\n</FilesMatch>\n</Directory>",
    ),
    "wildcards of a Directory": Fault(
        "layers", "if depth in sections.wild:", "if depth in sections.wild and not path:",
        "<Directory /srv/[^x]*>\nRequire all denied\n</Directory>",
    ),
    "Directory before DirectoryMatch": Fault(
        "sections", "return _finds(pattern_of(section), filename)", "return False",
        "<Directory /srv/site>\nRequire all granted\n</Directory>\n<DirectoryMatch ^/srv/site/>\nRequire all denied\n</DirectoryMatch>",
    ),
}  # fmt: skip


def _code(module: ModuleType, source: str) -> dict[str, CodeType]:
    """The code of every function and method of a module, as this text has it, by its qualified name."""
    found: dict[str, CodeType] = {}
    stack = [("", compile(source, str(module.__file__), "exec"))]
    while stack:
        around, code = stack.pop()
        for part in code.co_consts:
            if isinstance(part, CodeType):
                found[f"{around}{part.co_name}"] = part
                stack.append((f"{around}{part.co_name}.", part))
    return found


def _put(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the line, in the functions that everybody has imported."""
    module = importlib.import_module(f"modwsgi_fix.model.merge.{fault.module}")
    source = inspect.getsource(module)
    assert source.count(fault.line) == 1, fault.line
    before, after = _code(module, source), _code(module, source.replace(fault.line, fault.instead))
    functions = {
        value.__qualname__: value
        for holder in [module, *(one for one in vars(module).values() if isinstance(one, type))]
        for value in vars(holder).values()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }
    changed = [
        name
        for name in functions.keys() & before
        if before[name].co_code != after[name].co_code or before[name].co_consts != after[name].co_consts
    ]
    assert changed
    for name in changed:
        monkeypatch.setattr(functions[name], "__code__", after[name])


def _answers(access: str) -> tuple[bool, str, bool]:
    """Whether the rule speaks, what a visitor gets, whether the file is said to lie open: of the application's source."""
    config = _config(access)
    rule = all_rules()["alias-exposes-application"]
    outcome = trace(config, request_of("http://a.example/static/app.wsgi")).outcome
    open_files = {found.file for host in exposed(config) for found in host.files}
    return bool(list(rule.check(config))), outcome.short, "/srv/site/app.wsgi" in open_files


def _config(access: str) -> Config:
    source = source_of({"/etc/apache2/apache2.conf": f"{SITE}{access}\n", **TREE})
    return load(source, disk=source.files)


@pytest.mark.parametrize("name", FAULTS)
def test_one_line_changes_rule_trace_and_exposed_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    speaks, gets, is_open = _answers(fault.access)
    assert speaks is (gets == "file served") is is_open
    _put(fault, monkeypatch)
    now_speaks, now_gets, now_open = _answers(fault.access)
    assert (now_speaks, now_open) == (not speaks, not is_open)
    assert now_speaks is (now_gets == "file served")
