"""
Two `WSGIDaemonProcess` directives define the same process group.

All virtual hosts share one list of process groups, and httpd refuses to start:
*Name duplicates previous WSGI daemon definition.* Often the HTTP host was copied to make the HTTPS one, by hand or by
certbot, or one file is included twice.

Where the hosts have the same ServerName (case counts, the port does not), mod_wsgi lets each use the group of the other:
the fix deletes the repetition. Where the names differ only a group of the main server may be used by both: one
definition is moved there, before its first use. The strategy can be fixed in the settings:

```toml
[tool.modwsgi-fix.rules.duplicate-daemon-process]
strategy = "first-host"   # or "hoist"; "auto" by default
conflict = "report"       # or "merge": options that only one of the two has are joined, the first wins elsewhere
```

The two strategies differ on a real server. A group that stays in the first host writes its start-up messages to that
host's ErrorLog; but what the application writes to `wsgi.errors` during a request of another host with a *different*
ErrorLog is lost. A hoisted group keeps those lines, and its start-up messages move to the main ErrorLog; and every
host on the server may use it. So `auto` keeps the first only where no different ErrorLog is set and both hosts stand in
one file, which are enabled and disabled together.

Renaming one of the two is no fix: it starts a second set of processes, with a second copy of the application in memory.

    ```diff
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess site threads=15
         WSGIProcessGroup site
     </VirtualHost>
     <VirtualHost *:443>
         ServerName example.com
    -    WSGIDaemonProcess site threads=15
         WSGIProcessGroup site
     </VirtualHost>
    ```

The names differ in case, so the definition is hoisted:

    ```diff
    +WSGIDaemonProcess site threads=15
     <VirtualHost *:80>
         ServerName example.com
    -    WSGIDaemonProcess site threads=15
         WSGIProcessGroup site
     </VirtualHost>
     <VirtualHost *:443>
         ServerName Example.com
    -    WSGIDaemonProcess site threads=15
         WSGIProcessGroup site
     </VirtualHost>
    ```

Different options are somebody's decision:

    ```apache
    WSGIDaemonProcess site threads=15
    WSGIDaemonProcess site threads=25
    #                 ^^^^
    ```
    ```apache
    WSGIDaemonProcess blog
    WSGIDaemonProcess shop
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, group_uses, may_use
from modwsgi_fix.model.rewrite import delete, insert_before, lines_of
from modwsgi_fix.model.servers import label
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, options={"strategy": "auto", "conflict": "report"})
def duplicate_daemon_process(config: Config) -> Iterator[Diagnostic]:
    first: dict[str, DaemonProcess] = {}
    for process in daemon_processes(config):
        original = first.setdefault(process.name, process)
        if process is original or process.directive.excludes(original.directive):
            continue
        kept, gone = original.directive, process.directive
        fix = _fix(config, original, process)
        message = f"process group {process.name} is already defined, so httpd will not start"
        if fix is not None:
            message += f"; {fix.reason}"
        elif different := _differences(original, process):
            message += f"; the two differ in {', '.join(different)}: decide which is right"
        yield Diagnostic(
            gone.path, gone.args[0].span, message, fix, (Related(kept.path, kept.args[0].span, "first defined here"),)
        )


def _differences(one: DaemonProcess, other: DaemonProcess) -> list[str]:
    a, b = one.settings, other.settings
    return sorted(name for name in {**a, **b} if a.get(name) != b.get(name))


def _fix(config: Config, original: DaemonProcess, process: DaemonProcess) -> Fix | None:
    kept, gone = original.directive, process.directive
    if original.stray or process.stray or not kept.accompanies(gone):
        return None
    if _differences(original, process):
        return _merge(original, process) if config.option("conflict", "report") == "merge" else None
    readings = config.readings(gone)
    if kept in readings:
        return _hoist(kept, readings, every_reading=True)
    if len(readings) > 1 or len(config.readings(kept)) > 1:
        return None
    if _may_stay(config, original, process):
        return Fix.safe("Delete the repetition", delete(gone), reason=_why_stay(kept, gone))
    return _hoist(kept, [kept, gone])


def _why_stay(kept: Item, gone: Item) -> str:
    if kept.server is gone.server:
        return "the repetition says nothing new"
    if kept.server.is_main:
        return "every host may use the group of the main server"
    return f"{label(gone.server)} may use the group of {label(kept.server)}, which has the same ServerName" + (
        "" if _error_log(kept) == _error_log(gone) else ", but what it logs during a request is lost"
    )


def _may_stay(config: Config, original: DaemonProcess, process: DaemonProcess) -> bool:
    """True where the first definition can serve every host that uses the name, and is the better place for it."""
    kept, gone = original.directive, process.directive
    hosts = {use.item.server for use in group_uses(config) if use.name == process.name} | {gone.server}
    if not all(may_use(config, host, original) for host in hosts):
        return False
    if kept.server.is_main or kept.server is gone.server:
        return True
    strategy = config.option("strategy", "auto")
    if strategy == "auto":
        # A host in another file can be disabled alone, and would take the group with it.
        return kept.file is gone.file and all(_error_log(host) == _error_log(kept) for host in (gone,))
    return strategy == "first-host"


def _error_log(item: Item) -> str | None:
    log = item.server.last("errorlog")
    return log.value if log else None


def _hoist(kept: Item, gone: list[Item], *, every_reading: bool = False) -> Fix | None:
    """Move the definition before the first virtual host that holds one."""
    host = kept.server.item
    if host is None or host.foreign or any(item.server.is_main for item in gone):
        return None
    edits = {delete(item) for item in [kept, *gone]}
    return Fix.safe(
        "Move the definition to the main server",
        insert_before(host, lines_of(kept)),
        *sorted(edits),
        reason="moved to the main server, every host may use it, and its start-up messages go to the main ErrorLog",
        every_reading=every_reading,
    )


def _merge(original: DaemonProcess, process: DaemonProcess) -> Fix:
    kept, gone = original.directive, process.directive
    have = original.settings
    source = gone.file.text
    new = "".join(" " + source[o.span.start : o.span.end] for o in process.options if o.name not in have)
    end = kept.span.end
    return Fix.repair(
        "Join the options into the first definition",
        Edit(kept.path, Span(end, end), new),
        delete(gone),
        reason="the first definition wins where the two differ",
    )
