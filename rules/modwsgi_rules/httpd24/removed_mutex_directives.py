"""
`LockFile`, `AcceptMutex`, `SSLMutex`, `RewriteLock` and `WatchdogMutexPath` are gone since httpd 2.4.

httpd refuses to start: *Invalid command 'LockFile', perhaps misspelled or defined by a module not included in the server
configuration*. Locks are configured by `Mutex` now, and its defaults are right nearly everywhere; a server whose files lie on
a network disk may want `Mutex file:/a/local/directory default`.

The fix deletes the line, and httpd starts with its default locks.

    ```diff
    -LockFile run/accept.lock
    -AcceptMutex fcntl
     Timeout 120
    ```
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

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_KEYS = ("lockfile", "acceptmutex", "sslmutex", "rewritelock", "watchdogmutexpath")


@rule(severity=Severity.ERROR, rank=Rank.START)
def removed_mutex_directives(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named(*_KEYS):
        if any(guard.kind == "ifversion" for guard in item.guards):
            continue
        fix = None
        if not item.foreign:
            reason = "httpd starts, with its default locks"
            fix = Fix.safe(f"Delete {item.name}", delete(item), reason=reason, every_reading=True)
        yield Diagnostic(
            item.path,
            item.span,
            f"httpd 2.4 does not know {item.name} and will not start; its default locks, or Mutex, do this now",
            fix,
        )
