"""
`maximum-requests` restarts the processes again and again.

After so many requests a process is stopped and the whole application is loaded anew, while requests wait. That is only of
use where an application leaks memory, and then it hides the leak. A low number costs most: a busy site restarts every
few seconds. Values from `enough` (1000) on are taken as somebody's decision; where one group has such a value, a low one of another group is
for information: the groups were weighed one by one.

The fix leaves the option out; memory may then grow, so it is the administrator's decision.

    ```diff unsafe
    -WSGIDaemonProcess web2py processes=2 maximum-requests=500
    +WSGIDaemonProcess web2py processes=2
    ```
    ```apache
    WSGIDaemonProcess shop maximum-requests=10000
    WSGIDaemonProcess blog maximum-requests=0
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number


@rule(severity=Severity.WARNING, options={"enough": 1000})
def maximum_requests(config: Config) -> Iterator[Diagnostic]:
    enough = config.option("enough", 1000)
    processes = daemon_processes(config)
    weighed = any(_number(process) >= enough for process in processes)
    for process in processes:
        option = process.option("maximum-requests")
        if option is None or not 0 < _number(process) < enough:
            continue
        fix = None
        if not process.directive.foreign:
            spans = [other.span for other in process.options if other.name == option.name]
            fix = Fix.unsafe(
                "Leave out maximum-requests",
                *delete_words(process.directive, spans),
                reason="the application is no longer restarted; if it leaks, its memory grows",
            )
        message = f"the application is stopped and loaded anew every {option.value} requests: leave the option out unless it leaks"
        severity = Severity.INFO if weighed else None
        yield Diagnostic(process.directive.path, option.span, message, fix, severity=severity)


def _number(process: DaemonProcess) -> int:
    option = process.option("maximum-requests")
    return 0 if option is None else whole_number(option.value) or 0
