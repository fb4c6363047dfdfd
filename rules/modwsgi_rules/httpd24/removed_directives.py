"""
The directive is from an older httpd, and gone.

httpd refuses to start: *Invalid command 'AddModule', perhaps misspelled or defined by a module not included in the server
configuration*. What took its place, if anything did, is said in the message; it needs a decision, so nothing is fixed here. The
old lock directives, `RewriteLog` and `Authz...Authoritative` have rules of their own, which fix them.

    ```apache
    <IfModule mod_so.c>
        ClearModuleList
    #   ^^^^^^^^^^^^^^^
        AddModule mod_alias.c
    #   ^^^^^^^^^
    </IfModule>
    ```
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
        note = info.note[:1].lower() + info.note[1:] if info.note[:2].istitle() else info.note
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"httpd {info.until} and later do not know {item.name} and will not start; {note.rstrip('.')}",
        )
