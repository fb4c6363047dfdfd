"""
The directive is from an older httpd, and later releases do not have it.

## What happens

httpd does not start.

## Why

httpd looks each directive up in the tables of its modules (`ap_walk_config_sub`, config.c), and this one is not in any of
them since the release that the message names. httpd's manual says what took its place ("Upgrading to 2.4 from 2.2").

## Left alone

The line is reported without a fix, because what took its place needs a decision. The help of the message says what that is,
if anything.

## See also

httpd's own message is *Invalid command 'AddModule', perhaps misspelled or defined by a module not included in the server
configuration*. Rules `removed-mutex-directives`, `rewrite-log` and `authz-authoritative-removed`, which fix theirs.

## Examples

Reported without a fix:

    ```apache
    <IfModule mod_so.c>
        ClearModuleList
    #   ^^^^^^^^^^^^^^^
        AddModule mod_alias.c
    #   ^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache
    LoadModule alias_module modules/mod_alias.so
    ```
    ```apache httpd=2.2
    CookieLog logs/cookies
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import find, version
from modwsgi_fix.directives.families import REMOVED_AUTHZ, REMOVED_MUTEXES, REMOVED_REWRITE_LOGS
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: Those of other rules, which can fix them.
_ELSEWHERE = frozenset({*REMOVED_AUTHZ, *REMOVED_MUTEXES, *REMOVED_REWRITE_LOGS})


@rule(severity=Severity.ERROR)
def removed_directives(config: Config) -> Iterator[Diagnostic]:
    for item in config.items:
        info = find(item.key)
        if info is None or info.of_mod_wsgi or not info.until or item.key in _ELSEWHERE:
            continue
        if config.target.httpd < version(info.until) or any(guard.kind == "ifversion" for guard in item.guards):
            continue
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"httpd {info.until} and later do not know {item.name}, so httpd does not start",
            help=_advice(info.note),
        )


def _advice(note: str) -> str:
    """Return the note of the table as a help is written: no full stop, and only a directive in upper case."""
    first, blank, rest = note.rstrip(".").partition(" ")
    return f"{first if find(first.rstrip(',').lower()) else first.lower()}{blank}{rest}"
