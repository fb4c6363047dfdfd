"""
A process group has far more processes than an application needs.

## What happens

Each process has 15 threads by default. `processes=10` serves 150 requests at once, and holds the application in memory ten
times.

## Why

Every daemon process loads the application anew (mod_wsgi's manual, WSGIDaemonProcess). Two processes are plenty to begin
with; let measurements ask for more. Two kinds of group are reported: those with more than 4 processes and the default
threads, and those with more processes than `max-processes` where processes times threads are above `max-capacity`. Up to 100
requests at once are for information: a large server may be meant to serve them.

```toml
[tool.modwsgi-fix.rules.excessive-daemon-processes]
max-processes = 2    # what the fix writes
max-capacity = 60    # requests at once
```

## The fix

It writes `max-processes` for the number. It is unsafe, because the group then serves fewer requests at once.

## Left alone

Processes of one thread each are not reported, because applications that are not thread-safe are run like this. Numbers that
come from a variable are not known, and are not reported.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess web2py processes=10 maximum-requests=500
    +WSGIDaemonProcess web2py processes=2 maximum-requests=500
    ```
    ```diff unsafe max-processes=4
    -WSGIDaemonProcess shop processes=8 threads=25
    +WSGIDaemonProcess shop processes=4 threads=25
    ```

Not reported:

    ```apache
    WSGIDaemonProcess keystone processes=20 threads=1
    WSGIDaemonProcess shop processes=4
    WSGIDaemonProcess blog processes=${BLOG_PROCESSES}
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number

_PROCESSES = Setting(
    "max-processes", 2, "What the fix writes, and what is reported where there is capacity to spare.", minimum=1
)
_CAPACITY = Setting(
    "max-capacity", 60, "Requests at once, processes times threads, above which there is capacity to spare.", minimum=1
)
#: The number of simultaneous requests that a modern server may well be meant to serve: up to it, for information only.
_MUCH = 100


@rule(severity=Severity.WARNING, settings=(_PROCESSES, _CAPACITY))
def excessive_daemon_processes(config: Config) -> Iterator[Diagnostic]:
    most, capacity = config.setting(_PROCESSES), config.setting(_CAPACITY)
    for process in daemon_processes(config):
        option, threads = process.option("processes"), process.option("threads")
        if option is None or (whole_number(option.value) or 0) <= most:
            continue
        if (threads is not None and whole_number(threads.value) is None) or process.capacity <= capacity:
            continue
        each = process.integer("threads", 15)
        message = f"{option.value} processes hold the application in memory {option.value} times"
        fix = None
        text = process.directive.file.text[option.value_span.start : option.value_span.end]
        if text.strip("\"'") == option.value:
            fix = Fix.unsafe(
                f"Write processes={most}",
                Edit(process.directive.path, option.value_span, str(most)),
                reason=f"the group then serves {most * each} requests at once",
            )
        advice = f"begin with {most}: {most * each} requests at once instead of {process.capacity}"
        severity = Severity.INFO if process.capacity <= _MUCH else None
        yield Diagnostic(process.directive.path, option.span, message, fix, severity=severity, help=advice)
