"""
The processes of a daemon process group cannot be told from httpd's own.

In `ps` and `top` they carry httpd's name. With `display-name=%{GROUP}` they are shown as `(wsgi:shop)`, so that one sees
which application uses the memory. Nothing changes for visitors; a monitor that counts processes by name may notice.

This is an opinion that must be asked for.

    ```diff
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 display-name=%{GROUP}
    ```
    ```apache
    WSGIDaemonProcess shop display-name=shop
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.rewriting.lines import add_words
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO, default=False)
def daemon_without_display_name(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        if process.stray or process.option("display-name") is not None:
            continue
        item, fix = process.directive, None
        if not item.foreign:
            fix = Fix.safe(
                "Add display-name",
                add_words(item, ["display-name=%{GROUP}"]),
                reason="only the name in ps and top changes",
            )
        message = f"the processes of {process.name} look like httpd's own in ps and top: add display-name=%{{GROUP}}"
        yield Diagnostic(item.path, item.args[0].span, message, fix)
