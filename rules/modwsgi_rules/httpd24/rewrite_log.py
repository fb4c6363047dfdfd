"""
httpd 2.4 does not have `RewriteLog` and `RewriteLogLevel`.

## What happens

httpd does not start.

## Why

mod_rewrite writes to the ErrorLog now, at the level that `LogLevel` gives it: `LogLevel warn rewrite:trace3` is the old
level 3 (httpd's manual, mod_rewrite, "Logging").

## The fix

It deletes the lines, and adds the level to the `LogLevel` of the same server, or writes one. It is safe, because what is
served does not depend on it.

## Left alone

A server of 2.2 is not reported.

## See also

httpd's own message is *Invalid command 'RewriteLog', perhaps misspelled or defined by a module not included in the server
configuration*.

## Examples

    ```diff
     <VirtualHost *:80>
    -    LogLevel warn
    -    RewriteLog logs/rewrite_log
    -    RewriteLogLevel 3
    +    LogLevel warn rewrite:trace3
     </VirtualHost>
    ```
    ```diff
     RewriteEngine On
    -RewriteLog logs/rewrite_log
    -RewriteLogLevel 9
    +LogLevel rewrite:trace8
    ```
    ```diff
     LogLevel warn
     <IfModule mod_rewrite.c>
    -    RewriteLogLevel 2
    +    LogLevel warn rewrite:trace2
     </IfModule>
    ```
    ```diff
    -RewriteLogLevel 0
     RewriteEngine On
    ```

Not reported:

    ```apache
    LogLevel warn rewrite:trace3
    ```
    ```apache httpd=2.2
    RewriteLog logs/rewrite_log
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import REMOVED_REWRITE_LOGS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number
from modwsgi_rules.httpd24._shared import logged_at, read_by_24


@rule(severity=Severity.ERROR)
def rewrite_log(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, *REMOVED_REWRITE_LOGS):
        edits = _edits(item)
        fix = None
        if edits:
            fix = Fix.safe(
                f"Delete {item.name}" if len(edits) == 1 and not edits[0].text else "Write LogLevel",
                *edits,
                reason="httpd starts; the ErrorLog gets what the RewriteLog got",
            )
        yield Diagnostic(
            item.path,
            item.span,
            f"httpd 2.4 does not know {item.name}, so it does not start",
            fix,
            help="" if fix else "write LogLevel warn rewrite:trace3 for the old level 3",
        )


def _edits(item: Item) -> tuple[Edit, ...]:
    if item.key == "rewritelog":
        return (delete(item),)
    number = whole_number(item.value)
    if not item.known or number is None:
        return ()
    trace = min(number, 8)
    if not trace:
        return (delete(item),)
    return logged_at(item, "rewrite", f"trace{trace}")
