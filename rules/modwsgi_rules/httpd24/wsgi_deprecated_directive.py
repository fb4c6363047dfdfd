"""
The directive has no effect in mod_wsgi 6.

## What happens

`WSGIVerboseDebugging` is read and ignored.

## Why

Since mod_wsgi 6.0 the level `wsgi:debug` of `LogLevel` does this (mod_wsgi's release notes, 6.0.0).

## The fix

It writes that level, where the target is mod_wsgi 6.0 or later. It is safe, because what is served does not depend on the
line.

## Left alone

Where no version is given, the line is reported without a fix, because mod_wsgi 4.9 and 5.0 still heed it. A target that
heeds the line is not reported.

## Examples

    ```diff mod_wsgi=6.0
    -LogLevel warn
    -WSGIVerboseDebugging On
    +LogLevel warn wsgi:debug
     WSGIRestrictEmbedded On
    ```
    ```diff mod_wsgi=6.0
    -WSGIVerboseDebugging Off
     WSGIRestrictEmbedded On
    ```

Reported without a fix:

    ```apache
    <IfModule mod_wsgi.c>
        WSGIVerboseDebugging On
    #   ^^^^^^^^^^^^^^^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache mod_wsgi=4.9
    WSGIVerboseDebugging On
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import find, version
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete, replace
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.INFO)
def wsgi_deprecated_directive(config: Config) -> Iterator[Diagnostic]:
    target = config.target.mod_wsgi
    for item in config.named("wsgiverbosedebugging"):
        info = find(item.key)
        assert info is not None
        if target is not None and target < version(info.deprecated):
            continue
        fix = _fix(item) if target is not None else None
        message = f"{item.name} has no effect since mod_wsgi 6.0"
        yield Diagnostic(item.path, item.span, message, fix, help="" if fix else "write LogLevel warn wsgi:debug")


def _fix(item: Item) -> Fix | None:
    if not item.known or not item.server.is_main:
        return None
    reason = "mod_wsgi 6 ignores it"
    if item.value.lower() != "on":
        return Fix.safe(f"Delete {item.name}", delete(item), reason=reason)
    levels = item.server.all("loglevel")
    if not levels:
        return Fix.safe("Write LogLevel", replace(item, "LogLevel wsgi:debug"), reason=reason)
    last = levels[-1]
    if any(value.lower().startswith(("wsgi:", "wsgi_module:", "mod_wsgi.c:")) for value in last.values):
        return Fix.safe(f"Delete {item.name}", delete(item), reason=reason)
    if last.guards != item.guards:
        return None
    at = last.span.end
    return Fix.safe("Write LogLevel", delete(item), Edit(last.path, Span(at, at), " wsgi:debug"), reason=reason)
