"""
A process group has no timeouts.

## What happens

A request may wait and run for ever. Once all threads hang, in a database for example, the application is gone until somebody
restarts it.

## Why

mod_wsgi has no timeout for requests by default, and its manual strongly recommends setting these options
(WSGIDaemonProcess). This is an opinion: the rule runs only where it is selected.

## The fix

An unsafe fix: it writes the values that mod_wsgi-express uses, as far as the target's mod_wsgi has the options. They cut off
what takes longer, such as uploads, reports and long polls.

## Left alone

A group that has at least one of the options is not reported, and neither is a group without threads, which does not serve
requests.

## See also

httpd's own message, once all threads hang, is *Timeout when reading response headers from daemon process*.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 request-timeout=60 queue-timeout=45 socket-timeout=60 connect-timeout=15 startup-timeout=15
    ```
    ```diff unsafe mod_wsgi=4.4
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 request-timeout=60 queue-timeout=45 socket-timeout=60 connect-timeout=15
    ```

Not reported:

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
        if known:
            words = [f"{name}={_STARTER[name]}" for name in known]
            fix = Fix.unsafe("Set the timeouts", add_words(item, words), reason="requests that take longer are cut off")
        message = f"a request of {process.name} may wait and run for ever"
        advice = "" if fix else "set request-timeout and queue-timeout"
        yield Diagnostic(item.path, item.args[0].span, message, fix, help=advice)
