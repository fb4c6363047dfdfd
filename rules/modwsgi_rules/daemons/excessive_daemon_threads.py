"""
A daemon process has more threads than one Python process can use.

## What happens

Requests that spend their time in Python become slower for all. The threads beyond a few only wait, each with its own stack.

## Why

Python runs one thread at a time (the global interpreter lock). The default of 15 threads is generous already; 3 to 5 are
often right (mod_wsgi's manual, WSGIDaemonProcess).

## The fix

It writes the default of 15 where there are more than `max-threads`. It is unsafe, because the group then serves fewer
requests at once. The administrator decides whether another process is needed.

## Left alone

Up to twice `max-threads` is for information. A number up to `max-threads` is not reported, and neither is any number for a Python without its global lock
(`WSGIFreeThreading On`). Where an application mostly waits for others (long polls), allow the rule there.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop processes=2 threads=100
    +WSGIDaemonProcess shop processes=2 threads=15
    ```
    ```diff unsafe max-threads=20
    -WSGIDaemonProcess shop threads=25
    +WSGIDaemonProcess shop threads=15
    ```

Not reported:

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
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import whole_number

_DEFAULT = 15

_THREADS = Setting("max-threads", 25, "More threads than these are reported.", minimum=1)


@rule(severity=Severity.WARNING, settings=(_THREADS,))
def excessive_daemon_threads(config: Config) -> Iterator[Diagnostic]:
    most = config.setting(_THREADS)
    if any(item.value.lower() == "on" for item in config.named("wsgifreethreading")):
        return
    for process in daemon_processes(config):
        option = process.option("threads")
        if option is None or (whole_number(option.value) or 0) <= most:
            continue
        text = process.directive.file.text[option.value_span.start : option.value_span.end]
        fix = None
        if text.strip("\"'") == option.value and most >= _DEFAULT:
            fix = Fix.unsafe(
                f"Write threads={_DEFAULT}",
                Edit(process.directive.path, option.value_span, str(_DEFAULT)),
                reason="the group then serves fewer requests at once",
            )
        message = f"only one of {option.value} threads runs at a time in Python, and the others wait"
        advice = "" if fix else f"begin with {_DEFAULT}"
        severity = Severity.INFO if (whole_number(option.value) or 0) <= 2 * most else None
        yield Diagnostic(process.directive.path, option.span, message, fix, severity=severity, help=advice)
