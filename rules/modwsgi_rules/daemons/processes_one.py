"""
`processes=1` makes the application believe that there are several processes.

One process is the default. Where the option is written at all, mod_wsgi sets `wsgi.multiprocess` to true in every request,
whatever the number: in-browser debuggers then refuse to run, and libraries choose slower ways. Left out, there is one
process all the same and the application is told so.

Few applications ask, so this must be asked for (`--select processes-one`, or `--extend-select`). The application sees the
difference, so the administrator decides. Where the processes of several servers serve one site together, the option is right.

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
        fix = None
        if not process.directive.foreign:
            spans = [other.span for other in process.options if other.name == option.name]
            fix = Fix.unsafe(
                "Leave out processes=1",
                *delete_words(process.directive, spans),
                reason="wsgi.multiprocess becomes false, as it should be for one process",
            )
        message = "processes=1 sets wsgi.multiprocess to true for a single process"
        yield Diagnostic(process.directive.path, option.span, message, fix, help="leave it out, one is the default")
