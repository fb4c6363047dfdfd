r"""
An option of a daemon process is written twice.

## What happens

The last one counts. mod_wsgi says nothing about the others.

## Why

`wsgi_add_daemon_process` of mod_wsgi reads the options from left to right, and each one overwrites what was set before.

## The fix

A safe fix: it deletes all but the last, which is the one that counts today.

## Examples

    ```diff
    -WSGIDaemonProcess shop threads=5 home=/srv/shop threads=15
    +WSGIDaemonProcess shop home=/srv/shop threads=15
    ```
    ```diff
     WSGIDaemonProcess shop \
    -    threads=5 \
    -    threads=10 \
         home=/srv/shop \
         threads=15
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop user=shop socket-user=www-data
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.WARNING)
def daemon_option_repeated(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        item = process.directive
        last = {option.name: option for option in process.options}
        earlier = [option for option in process.options if option is not last[option.name]]
        if not earlier:
            continue
        edits = delete_words(item, [option.span for option in earlier])
        for option in earlier:
            counts = last[option.name]
            fix = Fix.safe("Keep the last one only", *edits, reason="mod_wsgi takes the last one") if edits else None
            yield Diagnostic(
                item.path,
                option.span,
                f"{option.name} is set again below, and {counts.name}={counts.value} counts",
                fix,
                (Related(item.path, counts.span, "this one counts"),),
                help="" if fix else "delete this one",
            )
