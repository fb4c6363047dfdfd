"""
The processes of a process group cannot be told from httpd's own.

## What happens

In `ps` and `top` they carry the name of httpd.

## Why

Without `display-name=` mod_wsgi leaves the title of a daemon process as it was inherited (mod_wsgi's manual,
WSGIDaemonProcess). With `display-name=%{GROUP}` the process is shown as `(wsgi:shop)`, and one sees which application uses
the memory. This is an opinion: the rule runs only where it is selected.

## The fix

A safe fix: it adds the option. Nothing changes for visitors. A monitor that counts processes by name may notice.

## Left alone

A group that has a `display-name` already is not reported.

## Examples

    ```diff
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 display-name=%{GROUP}
    ```

Not reported:

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
        item = process.directive
        fix = Fix.safe(
            "Add display-name",
            add_words(item, ["display-name=%{GROUP}"]),
            reason="only the name in ps and top changes",
        )
        message = f"the processes of {process.name} look like httpd's own in ps and top"
        yield Diagnostic(item.path, item.args[0].span, message, fix)
