"""
httpd 2.4 does not have `LockFile`, `AcceptMutex`, `SSLMutex`, `SSLStaplingMutex`, `RewriteLock` and `WatchdogMutexPath`.

## What happens

httpd does not start.

## Why

All locks are configured by `Mutex` now (httpd's manual, "Upgrading to 2.4 from 2.2"), and its defaults are right nearly
everywhere. A server whose files lie on a network disk may want `Mutex file:/a/local/directory default`.

## The fix

A safe fix: it deletes the line, and httpd starts with its default locks.

## Left alone

A line for 2.2 only is not reported, and neither is a server of 2.2.

## See also

httpd's own message is *Invalid command 'LockFile', perhaps misspelled or defined by a module not included in the server
configuration*.

## Examples

    ```diff
    -LockFile run/accept.lock
    -AcceptMutex fcntl
     Timeout 120
    ```

Not reported:

    ```apache
    Mutex default
    ```
    ```apache httpd=2.2
    LockFile run/accept.lock
    ```
    ```apache
    <IfVersion < 2.4>
        SSLMutex default
    </IfVersion>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import REMOVED_MUTEXES
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24


@rule(severity=Severity.ERROR, rank=Rank.START)
def removed_mutex_directives(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, *REMOVED_MUTEXES):
        reason = "httpd starts, with its default locks"
        fix = Fix.safe(f"Delete {item.name}", delete(item), reason=reason, every_reading=True)
        yield Diagnostic(
            item.path,
            item.span,
            f"httpd 2.4 does not know {item.name}, so it does not start",
            fix,
            help="write Mutex where the default locks will not do",
        )
