"""
A daemon process group has no timeouts.

By default a request may wait and run for ever: once all threads hang, in a database say, the application is gone until
somebody restarts it. mod_wsgi's manual strongly recommends to set these options; the fix writes the values which
mod_wsgi-express uses, as far as the target's mod_wsgi has them. They cut off what takes longer (uploads, reports, long
polls), so it is the administrator's decision.

This is an opinion that must be asked for. Groups with at least one of the options are left alone.

    ```diff unsafe
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 request-timeout=60 queue-timeout=45 socket-timeout=60 connect-timeout=15 startup-timeout=15
    ```
    ```diff unsafe mod_wsgi=4.4
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 request-timeout=60 queue-timeout=45 socket-timeout=60 connect-timeout=15
    ```
    ```apache
    WSGIDaemonProcess shop request-timeout=300
    WSGIDaemonProcess service threads=0
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.rewriting.lines import add_words
from modwsgi_fix.rule import Diagnostic, Severity, rule

_STARTER = {
    "request-timeout": 60,
    "queue-timeout": 45,
    "socket-timeout": 60,
    "connect-timeout": 15,
    "startup-timeout": 15,
}


@rule(severity=Severity.INFO, default=False)
def daemon_without_timeouts(config: Config) -> Iterator[Diagnostic]:
    release = ".".join(map(str, config.target.mod_wsgi or (4, 9)))
    known = [name for name in _STARTER if (info := daemon_option(name)) and info.exists_in(release)]
    for process in daemon_processes(config):
        if process.stray or process.settings.keys() & {*_STARTER, "deadlock-timeout", "inactivity-timeout"}:
            continue
        if process.integer("threads", 15) == 0:
            continue
        item, fix = process.directive, None
        if known and not item.foreign:
            words = [f"{name}={_STARTER[name]}" for name in known]
            fix = Fix.unsafe("Set the timeouts", add_words(item, words), reason="requests that take longer are cut off")
        message = f"a request of {process.name} may wait and run for ever: set request-timeout and queue-timeout"
        yield Diagnostic(item.path, item.args[0].span, message, fix)
