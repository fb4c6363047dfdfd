"""
Two `WSGIDaemonProcess` directives define the same process group.

## What happens

httpd does not start. Often the HTTP host was copied to make the HTTPS host, by hand or by certbot, or one file is included
twice.

## Why

All virtual hosts share one list of process groups, and `wsgi_add_daemon_process` of mod_wsgi refuses a name that is in it.
Names are compared with their case.

## The fix

It leaves one definition, and is safe in most cases. There are two places for the definition, and on a real server they
differ:

- `first-host`: the definition stays in its virtual host. Hosts of the same ServerName may use it, and no others, so another
  site cannot be delegated to these processes by mistake. The case of the name counts; the port and ServerAlias do not
  (`wsgi_execute_remote` of mod_wsgi). What the application writes to `wsgi.errors` during a request of a host with a
  *different* ErrorLog is lost, and disabling the host disables the group.
- `hoist`: the definition moves to the main server, before its first use. Every host may use it, no message is lost, and its
  start-up messages go to the main ErrorLog.

`auto` is the default. It leaves the definition in its host where nothing is lost by that: all hosts that use the group have
the same ServerName and the same ErrorLog, and stand in one file, so that they are enabled and disabled together. Elsewhere
it hoists.

Files that are enabled one by one (`sites-enabled/`) share a group through the main file, where that is among the given
paths: before the `Include` of the first of them. Where it is not, the definition stays in one of the files, and never
in the copy that a certificate client makes (`-le-ssl.conf`). The other files then depend on that file, so the fix is a
repair, and its reason says what disabling the file does.

```toml
[tool.modwsgi-fix.rules.duplicate-daemon-process]
strategy = "first-host"   # or "hoist"; "auto" by default
conflict = "report"       # or "merge": options that only one of the two has are joined, the first wins elsewhere
```

## Left alone

The order of the options does not count, nor does a default that one of the two writes out, as `threads=15`. Two definitions
with different options are reported without a fix, because the administrator decides which is right. The
setting `conflict = "merge"` joins them, as a repair. Definitions in exclusive branches, of which httpd only ever reads one,
are not reported.

Neither of the two is renamed: that would start a second set of processes, with a second copy of the application in memory.

## See also

httpd's own message is *Name duplicates previous WSGI daemon definition.* Rules `process-group-inaccessible` and
`twin-daemon-processes`.

## Examples

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

Reported without a fix:

    ```apache
    WSGIDaemonProcess site threads=15
    WSGIDaemonProcess site threads=25
    #                 ^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess blog
    WSGIDaemonProcess shop
    ```
    ```apache
    <IfDefine ONE>
        WSGIDaemonProcess site processes=1
    </IfDefine>
    <IfDefine !ONE>
        WSGIDaemonProcess site processes=4
    </IfDefine>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import (
    DaemonProcess,
    daemon_processes,
    group_uses,
    in_template,
    may_use,
)
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.model.servers import label, name_item, same_error_log
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rewriting.hoisting import is_generated, main_file
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.daemons._shared import depending, effective, hoisted

_STRATEGY = Setting(
    "strategy",
    "auto",
    "Where the one definition stays: where nothing is lost, in the first host, or in the main server.",
    ("auto", "first-host", "hoist"),
)
_CONFLICT = Setting(
    "conflict",
    "report",
    "What becomes of two that differ: a report, or one that has the options of both, the first one's where both say it.",
    ("report", "merge"),
)


@rule(severity=Severity.ERROR, settings=(_STRATEGY, _CONFLICT))
def duplicate_daemon_process(config: Config) -> Iterator[Diagnostic]:
    seen: dict[str, list[DaemonProcess]] = {}
    for process in daemon_processes(config):
        if has_placeholder(process.name) or in_template(process.directive):
            continue
        earlier = seen.setdefault(process.name, [])
        original = next((known for known in earlier if not process.directive.excludes(known.directive)), None)
        earlier.append(process)
        if original is None:
            continue
        first, second = original.directive, process.directive
        fix = _fix(config, original, process)
        yield Diagnostic(
            second.path,
            second.args[0].span,
            f"process group {process.name} is already defined, so httpd does not start",
            fix,
            (Related(first.path, first.args[0].span, "first defined here"),),
            help="" if fix else _advice(config, original, process),
        )


def _advice(config: Config, original: DaemonProcess, process: DaemonProcess) -> str:
    """Return what to do where there is no fix."""
    if original.directive in config.readings(process.directive):
        return f"{process.directive.file.name} is read more than once: include it once"
    if different := _differences(original, process):
        return f"the two differ in {', '.join(different)}: decide which is right, and delete the other"
    return "delete one of the two, or give the second application a process group of its own"


def _differences(original: DaemonProcess, process: DaemonProcess) -> list[str]:
    """Return the names of the options whose values differ, in order."""
    ours, theirs = effective(original), effective(process)
    return sorted(name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name))


def _fix(config: Config, original: DaemonProcess, process: DaemonProcess) -> Fix | None:
    first, second = original.directive, process.directive
    both = (original, process)
    if any(each.stray or not each.directive.args[0].known for each in both):
        return None
    differ = bool(_differences(original, process))
    if differ and config.setting(_CONFLICT) != "merge":
        return None
    readings = config.readings(second)
    if first in readings:
        return None if differ else _hoist(config, original, readings, [], every_reading=True)
    # In one host, each host that has both lines asks for the same.
    if first.server is not second.server and (len(readings) > 1 or len(config.readings(first)) > 1):
        return None
    # The definition under fewer conditions can stand for both; one in a generated copy cannot.
    from_copy = is_generated(first.file) and not is_generated(second.file) and second.accompanies(first) and not differ
    if first.accompanies(second) and not from_copy:
        kept, gone = original, process
    elif second.accompanies(first) and not differ:
        kept, gone = process, original
    else:
        return None
    extra = _missing_options(kept, gone) if differ else []
    if not _may_stay(config, kept, gone):
        return _hoist(config, kept, [first, second], extra)
    edits = [delete_with_comment(gone.directive)]
    if extra:
        end = kept.directive.span.end
        edits.append(Edit(kept.directive.path, Span(end, end), "".join(f" {word}" for word in extra)))
    if differ:
        fix = Fix.repair("Join the options into the first definition", *edits, reason=_why_stay(kept, gone))
    else:
        fix = Fix.safe("Delete the repetition", *edits, reason=_why_stay(kept, gone))
    keeper = (kept.server.item or kept.directive).file
    return depending(config, fix, None if keeper is main_file(config) else keeper, kept, [first, second])


def _missing_options(kept: DaemonProcess, gone: DaemonProcess) -> list[str]:
    """Return the words of the options that only ``gone`` has, as they are written."""
    counting = [option for name in gone.settings if (option := gone.option(name)) and name not in kept.settings]
    source = gone.directive.file.text
    return [source[option.span.start : option.span.end] for option in counting]


def _why_stay(kept: DaemonProcess, gone: DaemonProcess) -> str:
    if kept.server is gone.server:
        return "the repetition can go"
    if kept.server.is_main:
        return "every host may use the group of the main server, so the repetition can go"
    lost = "" if same_error_log(kept.server, gone.server) else ", but what it logs for this host is lost"
    return (
        f"{label(gone.server)} may use the group of {label(kept.server)}, which has the same ServerName{lost}; "
        "in the main server every host might, and its start-up messages would go to the main ErrorLog"
    )


_WHY_HOIST = (
    "in the main server every host may use it and its start-up messages go to the main ErrorLog; left in one host it "
    "serves only hosts of the same ServerName, and what it logs for a host with another ErrorLog is lost"
)


def _may_stay(config: Config, kept: DaemonProcess, gone: DaemonProcess) -> bool:
    """Whether one definition can serve every host that uses the name, and is the better place for it."""
    uses = [use for use in group_uses(config) if use.name == kept.name]
    for use in uses:
        if not use.at_start:
            continue
        # mod_wsgi looks the group up at once: it must be defined above, and both hosts must have their names already.
        name = name_item(use.item.server)
        if use.item.index < kept.directive.index:
            return False
        if not kept.server.is_main and use.item.server is not kept.server and (not name or name.index > use.item.index):
            return False
    hosts: dict[Server, None] = {gone.server: None}
    for use in uses:
        hosts.update(dict.fromkeys(config.hosts if use.item.server.is_main else [use.item.server]))
    if not all(may_use(config, host, kept) for host in hosts):
        return False
    if kept.server.is_main or all(host is kept.server for host in hosts):
        return True
    strategy = config.setting(_STRATEGY)
    is_apart = main_file(config) is None
    return strategy == "first-host" or (
        strategy == "auto" and all(_alike(host, kept.server, is_apart=is_apart) for host in hosts)
    )


def _alike(host: Server, keeper: Server, *, is_apart: bool) -> bool:
    """Whether nothing is lost if ``host`` uses the group of ``keeper``: one ErrorLog, enabled and disabled together.

    ``is_apart`` says that files that are enabled one by one cannot share the group in any other way.
    """
    if host.item is None or keeper.item is None:
        return False
    together = (is_apart or host.item.file is keeper.item.file) and keeper.item.accompanies(host.item)
    return together and same_error_log(host, keeper)


def _hoist(
    config: Config, kept: DaemonProcess, gone: Sequence[Item], extra: Sequence[str], *, every_reading: bool = False
) -> Fix | None:
    if every_reading and any(item.server.is_main for item in gone):
        return None
    level = Applicability.REPAIR if extra else Applicability.SAFE
    return hoisted(config, kept, _WHY_HOIST, gone=gone, extra=extra, level=level, every_reading=every_reading)
