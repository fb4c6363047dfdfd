"""
An option of a daemon process has a value that mod_wsgi refuses.

## What happens

httpd does not start.

## Why

`wsgi_add_daemon_process` of mod_wsgi checks the value of each option while the line is read.

## The fix

It gives a buffer that is too small the least size that is allowed. Of `script-user` and `script-group`, which exclude each
other, it keeps `script-user`. It is safe, because httpd did not start.

## Left alone

Other values are reported without a fix, because only their author knows what was meant. Values that are not known are not
reported.

## See also

httpd's own message names the option, such as *Invalid process count for WSGI daemon process.* Rule
`malformed-daemon-number`.

## Examples

    ```diff
    -WSGIDaemonProcess shop send-buffer-size=256
    +WSGIDaemonProcess shop send-buffer-size=512
    ```
    ```diff
    -WSGIDaemonProcess shop script-user=shop script-group=shop threads=5
    +WSGIDaemonProcess shop script-user=shop threads=5
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess a processes=0
    #                   ^^^^^^^^^^^
    WSGIDaemonProcess b home=srv/shop
    #                   ^^^^^^^^^^^^^
    WSGIDaemonProcess c user=root
    #                   ^^^^^^^^^
    WSGIDaemonProcess d umask=0o22
    #                   ^^^^^^^^^^
    WSGIDaemonProcess e server-metrics=yes
    #                   ^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess a processes=1 umask=022 server-metrics=on home=${HOME} send-buffer-size=0 cpu-priority=-5
    WSGIDaemonProcess b user=#33 display-name= lang= home=/srv/b
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import DaemonOption, daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, Option, daemon_processes
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def invalid_daemon_value(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        yield from _exclusive(process)
        for option in process.options:
            info = daemon_option(option.name)
            if info is None or not option.known:
                continue
            if reason := info.refusal(option.value):
                message = f"mod_wsgi refuses {option.name}={option.value}, so httpd does not start"
                fix = _fix(process, option, info)
                yield Diagnostic(process.directive.path, option.span, message, fix, help="" if fix else reason)


def _fix(process: DaemonProcess, option: Option, info: DaemonOption) -> Fix | None:
    if not info.or_zero or not option.value.isdigit():
        return None
    edit = Edit(process.directive.path, option.value_span, str(info.minimum))
    return Fix.safe(f"Write {option.name}={info.minimum}", edit, reason="httpd refused to start")


def _exclusive(process: DaemonProcess) -> Iterator[Diagnostic]:
    user, group = process.option("script-user"), process.option("script-group")
    if user is None or group is None:
        return
    spans = [option.span for option in process.options if option.name == "script-group"]
    fix = Fix.safe("Leave out script-group", *delete_words(process.directive, spans), reason="httpd refused to start")
    message = "script-user and script-group exclude each other, so httpd does not start"
    yield Diagnostic(process.directive.path, group.span, message, fix)
