"""
`%{GLOBAL}`, or another of mod_wsgi's names for a group, is misspelt.

## What happens

mod_wsgi takes the word for the literal name of a group. A misspelt application group is an interpreter of that name,
and not the main interpreter that C extensions need. A misspelt process group is one that nobody defines: every
request gets an error 500.

## Why

mod_wsgi understands `%{GLOBAL}`, `%{SERVER}`, `%{RESOURCE}` and `%{HOST}` in exactly this spelling
(`wsgi_config.c:wsgi_application_group`, `wsgi_process_group`). `%{global}`, `%(GLOBAL)` and `${GLOBAL}` are names
like any other.

## The fix

It writes the right spelling. It is unsafe, because the application then runs in another interpreter. It is safe where
the misspelt name is of a process group that no file of the whole server defines: there every request was refused.

## Left alone

A misspelt name that a `WSGIDaemonProcess` defines is not reported.

## See also

*No WSGI daemon process called '%(GLOBAL)' has been configured*; `process-group-undefined`.

## Examples

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

from collections.abc import Iterator

from modwsgi_fix.directives import script_directives, words_before_options
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import all_groups_known, daemon_processes, options_of
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_NAMES = frozenset({"GLOBAL", "SERVER", "RESOURCE", "HOST"})
_WRONG = expression(r"[%$]{0,2}[{(\[<]{1,2}([A-Za-z]+)[})\]>]{0,2}|%+([A-Za-z]+)[})]?|\$(GLOBAL|RESOURCE)")


@rule(severity=Severity.ERROR)
def bad_expansion(config: Config) -> Iterator[Diagnostic]:
    defined = {process.name for process in daemon_processes(config)}
    for item, kind, value, span in _values(config):
        right = _right(value)
        if right is None or item.file.text[span.start : span.end].strip("\"'") != value:
            continue
        if kind == "process" and value in defined:
            continue
        text = item.file.text[span.start : span.end].replace(value, right)
        if kind == "process" and all_groups_known(config):
            reason = "every request was refused"
            fix = Fix.safe(f"Write {right}", Edit(item.path, span, text), reason=reason)
        else:
            reason = "the application moves to another interpreter" if kind != "process" else "the group changes"
            fix = Fix.unsafe(f"Write {right}", Edit(item.path, span, text), reason=reason)
        message = f"{value} is taken for the literal name of {_ARTICLE[kind]} {kind} group"
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
    """Return the expansion that was meant; None for a correct one, and for a name."""
    wrong = _WRONG.fullmatch(value)
    if wrong is None or "{{" in value:
        return None
    name = (wrong[1] or wrong[2] or wrong[3]).upper()
    right = f"%{{{name}}}"
    return right if name in _NAMES and value != right else None
