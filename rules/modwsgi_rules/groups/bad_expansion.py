"""
`%{GLOBAL}`, or another of mod_wsgi's names for a group, is misspelt.

`%{GLOBAL}`, `%{SERVER}`, `%{RESOURCE}` and `%{HOST}` are understood in exactly this spelling; `%{global}`, `%(GLOBAL)` or
`${GLOBAL}` are taken for the literal name of a group. As an application group that is an interpreter of that name, and
not the main one which C extensions need. As a process group it is one that nobody defines: an error 500.

The fix writes the right spelling. The application then runs in another interpreter, so the administrator decides; where
a process group of the wrong spelling was refused anyway, the fix is safe.

    ```diff unsafe
     WSGIProcessGroup shop
    -WSGIApplicationGroup %{Global}
    +WSGIApplicationGroup %{GLOBAL}
    ```
    ```diff unsafe
     WSGIDaemonProcess shop
    -WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=${GLOBAL}
    +WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
    ```
    ```diff
     #- apache2.conf
    -WSGIProcessGroup %(GLOBAL)
    +WSGIProcessGroup %{GLOBAL}
     WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```apache
    WSGIApplicationGroup %{GLOBAL}
    WSGIProcessGroup %{ENV:GROUP}
    WSGIDaemonProcess GLOBAL display-name=%{GROUP}
    <Location /a>
        WSGIProcessGroup GLOBAL
        WSGIApplicationGroup global
    </Location>
    ```
    ```apache
    Define GLOBAL shop
    WSGIApplicationGroup ${GLOBAL}
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives import script_directives, words_before_options
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.daemons import all_groups_known, daemon_processes, options_of
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_NAMES = frozenset({"GLOBAL", "SERVER", "RESOURCE", "HOST"})
_WRONG = re.compile(r"[%$]{0,2}[{(\[<]{1,2}([A-Za-z]+)[})\]>]{0,2}|%+([A-Za-z]+)[})]?|\$(GLOBAL|RESOURCE)")


@rule(severity=Severity.ERROR)
def bad_expansion(config: Config) -> Iterator[Diagnostic]:
    defined = {process.name for process in daemon_processes(config)}
    for item, kind, value, span in _values(config):
        right = _right(value)
        if right is None or item.file.text[span.start : span.end].strip("\"'") != value:
            continue
        if kind == "process" and value in defined:
            continue
        fix = None
        if not item.foreign:
            text = item.file.text[span.start : span.end].replace(value, right)
            if kind == "process" and all_groups_known(config):
                reason = "every request was refused"
                fix = Fix.safe(f"Write {right}", Edit(item.path, span, text), reason=reason)
            else:
                reason = "the application moves to another interpreter" if kind != "process" else "the group changes"
                fix = Fix.unsafe(f"Write {right}", Edit(item.path, span, text), reason=reason)
        message = f"{value} is taken for the literal name of {_ARTICLE[kind]} {kind} group: write {right}"
        yield Diagnostic(item.path, span, message, fix)


_ARTICLE = {"process": "a", "application": "an"}


def _values(config: Config) -> Iterator[tuple[Item, str, str, Span]]:
    for key, kind in (("wsgiprocessgroup", "process"), ("wsgiapplicationgroup", "application")):
        for item in config.named(key):
            if len(item.args) == 1:
                yield item, kind, item.value, item.args[0].span
    for item in config.named(*script_directives()):
        options, _ = options_of(config, item, words_before_options(item.key) or 0)
        for option in options:
            if option.name in ("process-group", "application-group"):
                yield item, option.name.removesuffix("-group"), option.value, option.value_span


def _right(value: str) -> str | None:
    """The expansion that was meant; None for a right one, and for a name."""
    found = _WRONG.fullmatch(value)
    if found is None or "{{" in value:
        return None
    name = (found[1] or found[2] or found[3]).upper()
    right = f"%{{{name}}}"
    return right if name in _NAMES and value != right else None
