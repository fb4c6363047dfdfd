"""
`WSGIDaemonProcess` begins with an option where the name of the group belongs.

The first word is the name whatever it looks like: `WSGIDaemonProcess processes=2 threads=15` starts a group called
`processes=2`, with one process, and every application that names the group it was meant to be gets an error 500:
*No WSGI daemon process called ... has been configured.*

Where exactly one group is asked for beside it that nobody defines, that is the name, and the fix writes it. For that the
whole server must be in sight.

    ```diff
     #- apache2.conf
     <VirtualHost *:80>
         ServerName example.com
    -    WSGIDaemonProcess processes=2 threads=15
    +    WSGIDaemonProcess shop processes=2 threads=15
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```
    ```apache
    WSGIDaemonProcess processes=2 threads=15
    #                 ^^^^^^^^^^^
    ```
    ```apache
    WSGIDaemonProcess a=b threads=15
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, all_groups_known, daemon_processes, group_uses
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def daemon_name_missing(config: Config) -> Iterator[Diagnostic]:
    nameless = [process for process in daemon_processes(config) if _is_option(process.name)]
    for process in nameless:
        item = process.directive
        if any(use.name == process.name for use in group_uses(config)):
            continue
        fix, name = None, _wanted(config, process)
        message = f"{process.name} is taken for the name of the process group: write a name before it"
        if name is not None:
            message += f", {name}"
            alone = sum(other.server is process.server for other in nameless) == 1
            if alone and all_groups_known(config) and not item.foreign:
                at = item.args[0].span.start
                fix = Fix.safe(
                    f"Write {name}",
                    Edit(item.path, Span(at, at), f"{name} "),
                    reason=f"requests that ask for {name} were refused",
                )
        yield Diagnostic(item.path, item.args[0].span, message, fix)


def _is_option(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and daemon_option(name) is not None


def _wanted(config: Config, process: DaemonProcess) -> str | None:
    """The one group that is asked for in the same server and not defined."""
    defined = {other.name for other in daemon_processes(config)}
    wanted = {
        use.name
        for use in group_uses(config)
        if use.is_fixed and is_settled(use.name) and use.name not in defined and use.item.server is process.server
    }
    return wanted.pop() if len(wanted) == 1 else None
