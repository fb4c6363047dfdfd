"""
`maximum-requests` restarts the processes again and again.

## What happens

After so many requests a process is stopped, and the whole application is loaded anew while requests wait. A low number costs
most: a busy site restarts every few seconds.

## Why

The option helps only where an application leaks memory, and there it hides the leak (mod_wsgi's manual, WSGIDaemonProcess).

## The fix

It leaves the option out. It is unsafe, because memory may then grow.

## Left alone

A value of at least `enough` (1000) is not reported, because somebody chose it. Neither is 0, the default. Where one group
of the server has such a value, a low one of another group is not reported either: the groups were weighed one by one.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess web2py processes=2 maximum-requests=500
    +WSGIDaemonProcess web2py processes=2
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop maximum-requests=10000
    WSGIDaemonProcess blog maximum-requests=0
    ```
    ```apache
    WSGIDaemonProcess shop maximum-requests=8000
    WSGIDaemonProcess leaky maximum-requests=10
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number

_ENOUGH = Setting("enough", 1000, "From so many requests on it is taken as somebody's decision.", minimum=1)


@rule(severity=Severity.WARNING, settings=(_ENOUGH,))
def maximum_requests(config: Config) -> Iterator[Diagnostic]:
    enough = config.setting(_ENOUGH)
    processes = daemon_processes(config)
    if any(_number(process) >= enough for process in processes):
        return
    for process in processes:
        option = process.option("maximum-requests")
        if option is None or not 0 < _number(process) < enough:
            continue
        spans = [each.span for each in process.options if each.name == option.name]
        fix = Fix.unsafe(
            "Leave out maximum-requests",
            *delete_words(process.directive, spans),
            reason="the application is no longer restarted; if it leaks, its memory grows",
        )
        message = f"the application is stopped and loaded anew every {option.value} requests"
        advice = "leave the option out unless the application leaks memory"
        yield Diagnostic(process.directive.path, option.span, message, fix, help=advice)


def _number(process: DaemonProcess) -> int:
    option = process.option("maximum-requests")
    return 0 if option is None else whole_number(option.value) or 0
