"""
`WSGIDaemonProcess` begins with an option where the name of the process group belongs.

## What happens

mod_wsgi takes the first word for the name, whatever it looks like. `WSGIDaemonProcess processes=2 threads=15` defines a
process group called `processes=2`, with one process. Every application that selects the group by its intended name gets an
error 500.

## Why

`wsgi_add_daemon_process` of mod_wsgi reads the first word as the name, and only the words after it as options.

## The fix

A safe fix: it writes the name. The name is known where the whole server is in sight, and the same server selects exactly one
process group that nobody defines.

## Left alone

Where the name is not known, the line is reported without a fix, because a person has to choose the name. A first word which
is not an option of mod_wsgi is a name, and is not reported.

## See also

httpd's own message is *No WSGI daemon process called 'shop' has been configured*. Rule `process-group-undefined`.

## Examples

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

Reported without a fix:

    ```apache
    WSGIDaemonProcess processes=2 threads=15
    #                 ^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess a=b threads=15
    ```
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, all_groups_known, daemon_processes, uses_in, uses_of
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def daemon_name_missing(config: Config) -> Iterator[Diagnostic]:
    nameless = [process for process in daemon_processes(config) if _is_option(process.name)]
    nameless_in = Counter(process.server for process in nameless)
    defined = {process.name for process in daemon_processes(config)}
    for process in nameless:
        item = process.directive
        if uses_of(config, process.name):
            continue
        fix, name = None, _wanted(config, process, defined)
        if name is not None:
            alone = nameless_in[process.server] == 1
            if alone and all_groups_known(config):
                at = item.args[0].span.start
                fix = Fix.safe(
                    f"Write {name}",
                    Edit(item.path, Span(at, at), f"{name} "),
                    reason=f"requests that ask for {name} were refused",
                )
        message = f"{process.name} is taken for the name of the process group"
        advice = "" if fix else f"write a name before it{f', {name}' if name else ''}"
        yield Diagnostic(item.path, item.args[0].span, message, fix, help=advice)


def _is_option(word: str) -> bool:
    """Whether a word looks like an option of a daemon process with a value."""
    name, equals, _ = word.partition("=")
    return bool(equals) and daemon_option(name) is not None


def _wanted(config: Config, process: DaemonProcess, defined: set[str]) -> str | None:
    """Return the only process group that the same server selects and no line defines; None where it is not the only one."""
    selected = {use.name for use in uses_in(config, process.server) if use.is_fixed and is_settled(use.name)}
    wanted = selected - defined
    return wanted.pop() if len(wanted) == 1 else None
