"""
A process group is selected that no `WSGIDaemonProcess` defines.

## What happens

httpd starts, and every request of the application gets an error 500.

## Why

`wsgi_execute_remote` of mod_wsgi looks the group up for each request, by its name and with its case.

## The fix

A safe fix: it corrects the name where one group differs from it by a slip only (case, a dash for an underscore, one letter),
may be used there, and is not selected by its right name. The whole server must be in sight for that.

## Left alone

Where no name is close, or the server is not seen as a whole, a person has to decide, and the selection is reported without a
fix. In a part of a server it is, as a warning, where the one group that is defined beside it is not selected. So is a selection in a section of no application, as a warning: no request fails by it (`group-selected-beside-the-script`).
Names that are decided per request, embedded mode, and groups that may be defined elsewhere are not reported.

## See also

httpd's own message is *No WSGI daemon process called 'shop' has been configured*. Rule `process-group-inaccessible`.

## Examples

    ```diff
     #- apache2.conf
     WSGIDaemonProcess my-shop threads=5
    -WSGIProcessGroup my_shop
    +WSGIProcessGroup my-shop
     WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```diff
     #- apache2.conf
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess shop
    -    WSGIScriptAlias / /srv/shop.wsgi process-group=Shop
    +    WSGIScriptAlias / /srv/shop.wsgi process-group=shop
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    #- apache2.conf
    WSGIDaemonProcess shop
    WSGIProcessGroup blog
    #                ^^^^
    WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```apache
    WSGIDaemonProcess shopp
    WSGIProcessGroup shop
    #                ^^^^
    WSGIScriptAlias / /srv/shop.wsgi
    ```

    ```apache
    WSGIDaemonProcess some_group user=shop
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        WSGIProcessGroup other_name
    #                    ^^^^^^^^^^
    </Directory>
    ```

mod_wsgi puts something in place of `%{GLOBAL}` and `%{ENV:NAME}` alone:

    ```apache
    #- apache2.conf
    WSGIDaemonProcess shop display-name=%{GROUP}
    WSGIProcessGroup %{GROUP}
    #                ^^^^^^^^
    WSGIScriptAlias / /srv/shop.wsgi
    ```

Not reported:

    ```apache
    WSGIDaemonProcess site1
    <VirtualHost *:80>
        WSGIProcessGroup site2
        WSGIScriptAlias / /srv/site2.wsgi
    </VirtualHost>
    ```
    ```apache
    #- apache2.conf
    WSGIProcessGroup %{GLOBAL}
    WSGIScriptAlias / /srv/shop.wsgi
    <Location /blog>
        WSGIProcessGroup %{ENV:BLOG}
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives import distance
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.daemons import (
    DaemonProcess,
    GroupUse,
    all_groups_known,
    daemon_processes,
    group_uses,
    may_use,
    uses_of,
)
from modwsgi_fix.model.facts.selections import decides_nowhere, in_force
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def process_group_undefined(config: Config) -> Iterator[Diagnostic]:
    processes = daemon_processes(config)
    defined = {process.name for process in processes}
    by_digits = grouped(processes, lambda process: _digits(process.name))
    by_server = grouped(processes, lambda process: process.server)
    uses = group_uses(config)
    certain = bool(uses) and all_groups_known(config)
    for use in uses:
        if not use.is_fixed or not use.name or use.name in defined or not is_settled(use.name):
            continue
        if not in_force(config, use):
            continue
        near = [process for process in by_digits.get(_digits(use.name), ()) if _is_slip(process.name, use.name)]
        meant = near[0] if len(near) == 1 and _is_free(config, use, near[0]) else None
        if not certain and (meant is None or meant.server is not use.item.server):
            yield from _beside_an_idle_one(config, use, by_server.get(use.item.server, ()))
            continue
        is_dead = decides_nowhere(config, use)
        outcome = "so httpd does not start" if use.at_start else "so every request gets an error 500"
        outcome = "and this line selects it for no application" if is_dead else outcome
        message = f"no WSGIDaemonProcess defines process group {use.name}, {outcome}"
        fix: Fix | None = None
        advice = "define it or correct the name"
        related: tuple[Related, ...] = ()
        if meant is not None:
            advice = f"write {meant.name} if that group is meant"
            place = meant.directive
            related = (Related(place.path, place.args[0].span, "defined here"),)
            source = use.item.file.text[use.arg_span.start : use.arg_span.end]
            if certain and not is_dead and source.strip("\"'") == use.name and not meant.stray:
                text = source.replace(use.name, meant.name)
                edit = Edit(use.item.path, use.arg_span, text)
                fix = Fix.safe(f"Write {meant.name}", edit, reason="requests of the application were refused")
        severity = Severity.WARNING if is_dead else None
        yield Diagnostic(use.item.path, use.arg_span, message, fix, related, severity, help="" if fix else advice)


def _beside_an_idle_one(config: Config, use: GroupUse, own: Sequence[DaemonProcess]) -> Iterator[Diagnostic]:
    """Yield what a part of a server shows: a group that it does not define, and its only ``own`` one, which nothing selects."""
    if len(own) != 1 or not is_settled(own[0].name) or uses_of(config, own[0].name):
        return
    name, place = own[0].name, own[0].directive
    if use.item.path != place.path:
        return
    yield Diagnostic(
        use.item.path,
        use.arg_span,
        f"these files define process group {name}, which nothing selects, and not {use.name}",
        related=(Related(place.path, place.args[0].span, "defined here"),),
        severity=Severity.WARNING,
        help=f"write {name} if that group is meant: without a definition every request gets an error 500",
    )


def _is_slip(have: str, written: str) -> bool:
    """Whether one of two names with the same digits is the other with a slip that nobody makes on purpose."""
    plain, wanted = (text.casefold().replace("_", "-") for text in (have, written))
    if plain == wanted:
        return True
    return min(len(plain), len(wanted)) >= 4 and distance(plain, wanted, 1) <= 1


def _digits(name: str) -> str:
    """Return the digits of a name: site1 and site2 are two groups, and so are shop and shop2."""
    return "".join(char for char in name if char.isdigit())


def _is_free(config: Config, use: GroupUse, process: DaemonProcess) -> bool:
    """Whether no line uses the group by its right name, and the server of ``use`` may use it."""
    if uses_of(config, process.name):
        return False
    return may_use(config, use.item.server, process) is True and not process.directive.guards
