"""
A daemon process has more threads than one Python process can use.

Python runs one thread at a time, so threads beyond a few only wait, each with its own stack; requests that spend their time
in Python become slower for all. The default of 15 is generous already, 3 to 5 are often right.

The limit is `max-threads`; the fix leaves the default of 15, and another process where that is not enough is the
administrator's decision. Up to twice the limit is for information. A Python without its global lock (`WSGIFreeThreading On`) is left alone. Applications that mostly wait for others (long polls) may need more: allow the rule there.

    ```diff unsafe
    -WSGIDaemonProcess shop processes=2 threads=100
    +WSGIDaemonProcess shop processes=2 threads=15
    ```
    ```diff unsafe max-threads=20
    -WSGIDaemonProcess shop threads=25
    +WSGIDaemonProcess shop threads=15
    ```
    ```apache
    WSGIDaemonProcess shop threads=25
    ```
    ```apache
    WSGIFreeThreading On
    WSGIDaemonProcess shop threads=64
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number

_DEFAULT = 15


@rule(severity=Severity.WARNING, options={"max-threads": 25})
def excessive_daemon_threads(config: Config) -> Iterator[Diagnostic]:
    most = config.option("max-threads", 25)
    if any(item.value.lower() == "on" for item in config.named("wsgifreethreading")):
        return
    for process in daemon_processes(config):
        option = process.option("threads")
        if option is None or (whole_number(option.value) or 0) <= most:
            continue
        text = process.directive.file.text[option.value_span.start : option.value_span.end]
        fix = None
        if text.strip("\"'") == option.value and not process.directive.foreign and most >= _DEFAULT:
            fix = Fix.unsafe(
                f"Write threads={_DEFAULT}",
                Edit(process.directive.path, option.value_span, str(_DEFAULT)),
                reason="the group then serves fewer requests at once",
            )
        message = f"Python runs one of {option.value} threads at a time, the others only wait: begin with {_DEFAULT}"
        severity = Severity.INFO if (whole_number(option.value) or 0) <= 2 * most else None
        yield Diagnostic(process.directive.path, option.span, message, fix, severity=severity)
