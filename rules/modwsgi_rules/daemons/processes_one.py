"""
`processes=1` makes the application believe that there are several processes.

## What happens

The application believes that there are several processes: debuggers in the browser refuse to run, and libraries choose slower ways.

## Why

One process is the default. Where the option is written at all, mod_wsgi sets `wsgi.multiprocess` to true in every request, whatever
the number (mod_wsgi's manual, WSGIDaemonProcess, `processes`).

## The fix

It is unsafe, because the application sees the difference: it leaves the option out.

## Left alone

Few applications ask, so the rule must be asked for: `--extend-select processes-one`. Where the processes of several servers serve one
site together, the option is right.

## See also

`excessive-daemon-processes`.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop processes=1 threads=15
    +WSGIDaemonProcess shop threads=15
    ```
    ```apache
    WSGIDaemonProcess shop threads=15
    WSGIDaemonProcess blog processes=2
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO, default=False)
def processes_one(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        option = process.option("processes")
        if option is None or option.value != "1":
            continue
        spans = [other.span for other in process.options if other.name == option.name]
        fix = Fix.unsafe(
            "Leave out processes=1",
            *delete_words(process.directive, spans),
            reason="wsgi.multiprocess becomes false, as it should be for one process",
        )
        message = "processes=1 sets wsgi.multiprocess to true for a single process"
        yield Diagnostic(process.directive.path, option.span, message, fix, help="leave it out, one is the default")
