"""
The HTTP and the HTTPS host of one site have a process group each for the same application.

## What happens

The application runs in twice the processes, and takes twice the memory.

## Why

Often somebody renamed a copy, because httpd does not take one name twice. Hosts of one ServerName may share a group
(`mod_wsgi.c:wsgi_execute_remote`).

## The fix

It is unsafe, because half of the processes are gone then: it deletes the second definition and lets its host use the first group. Where the
two hosts have an ErrorLog each, the first definition moves to the main server as well; in its host, what the application logs for the
other one would be lost.

## Left alone

Two groups with a `display-name` each are kept apart on purpose, and are not reported. Where the second name is not made from the
first one (`shop-ssl`, `shop2`, `ssl_shop`), the finding is for information, because nobody can tell a copy from a decision.

## See also

`duplicate-daemon-process`, `process-group-inaccessible`.

## Examples

    ```diff unsafe
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess shop threads=15
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
     <VirtualHost *:443>
         ServerName example.com
    -    WSGIDaemonProcess shop-ssl threads=15
    -    WSGIProcessGroup shop-ssl
    +    WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```
    ```diff unsafe
    +WSGIDaemonProcess shop threads=15
     <VirtualHost *:80>
         ServerName example.com
         ErrorLog logs/error.log
    -    WSGIDaemonProcess shop threads=15
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
     <VirtualHost *:443>
         ServerName example.com
         ErrorLog logs/ssl_error.log
    -    WSGIDaemonProcess shop-ssl threads=15
    -    WSGIProcessGroup shop-ssl
    +    WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```

Kept on purpose:

    ```apache
    <VirtualHost *:80>
        ServerName example.com
        WSGIDaemonProcess shop threads=15 display-name=shop-public
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    <IfModule mod_ssl.c>
        <VirtualHost *:443>
            ServerName example.com
            WSGIDaemonProcess shop-ssl threads=15 display-name=shop-tls
            WSGIProcessGroup shop-ssl
            WSGIScriptAlias / /srv/shop.wsgi
        </VirtualHost>
    </IfModule>
    ```

Two applications, two names or two sets of options are two groups:

    ```apache
    <VirtualHost *:80>
        ServerName example.com
        WSGIDaemonProcess shop threads=15
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName example.com
        WSGIDaemonProcess admin threads=15
        WSGIProcessGroup admin
        WSGIScriptAlias / /srv/admin.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName test.example.com
        WSGIDaemonProcess test threads=15
        WSGIProcessGroup test
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, may_use, uses_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import script_path
from modwsgi_fix.model.servers import addresses, name_of, same_error_log
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rewriting.hoisting import hoist
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import depending, effective


@rule(severity=Severity.WARNING)
def twin_daemon_processes(config: Config) -> Iterator[Diagnostic]:
    processes = [process for process in daemon_processes(config) if is_settled(process.name)]
    done: set[str] = set()
    alike: dict[object, dict[Server, list[DaemonProcess]]] = {}
    for process in processes:
        earlier = alike.setdefault(_likeness(config, process), {})
        others = (one for server, each in earlier.items() if server is not process.server for one in each)
        for twin in others:
            if twin.name == process.name or process.name in done or not _are_twins(config, twin, process):
                continue
            done.add(process.name)
            first = twin.directive
            message = (
                f"process group {process.name} runs the same application as {twin.name}, and takes its memory again"
            )
            yield Diagnostic(
                process.directive.path,
                process.directive.args[0].span,
                message,
                _fix(config, twin, process),
                (Related(first.path, first.args[0].span, "the other group"),),
                None if _is_renamed(twin.name, process.name) else Severity.INFO,
                help=f"let both hosts use process group {twin.name}",
            )
        earlier.setdefault(process.server, []).append(process)


def _likeness(config: Config, process: DaemonProcess) -> object:
    """Return what twins have in common: the names of their hosts, their options, and the applications there."""
    server = process.server
    return name_of(config, server), frozenset(_settings(process).items()), _scripts(config, server)


def _is_renamed(first: str, second: str) -> bool:
    """Whether one name is the other with something added, as a copy gets it."""
    return first.lower() in second.lower() or second.lower() in first.lower()


def _are_twins(config: Config, first: DaemonProcess, second: DaemonProcess) -> bool:
    if first.server.is_main or second.server.is_main:
        return False
    if not may_use(config, second.server, first) or first.stray or second.stray:
        return False
    names = [process.settings.get("display-name", "") for process in (first, second)]
    if all(names) and names[0] != names[1]:
        return False
    mine, theirs = _ports(first.server), _ports(second.server)
    return (
        not mine & theirs
        and bool(_scripts(config, first.server))
        and {use.item.server for use in uses_of(config, first.name)} == {first.server}
        and {use.item.server for use in uses_of(config, second.name)} == {second.server}
    )


def _settings(process: DaemonProcess) -> dict[str, str]:
    return {name: value for name, value in effective(process).items() if name != "display-name"}


def _ports(server: Server) -> set[str]:
    return {address.port for address in addresses(server)}


def _scripts(config: Config, server: Server) -> frozenset[tuple[str, str | None]]:
    def scripts() -> frozenset[tuple[str, str | None]]:
        return frozenset((mount.url, script_path(mount)) for mount in mounts(config, server))

    return config.once((_scripts, server), scripts)


def _fix(config: Config, kept: DaemonProcess, removed: DaemonProcess) -> Fix | None:
    item = removed.directive
    uses = uses_of(config, removed.name)
    items = [item, kept.directive, *(use.item for use in uses)]
    if any(each.foreign or len(config.readings(each)) > 1 or each.guards != item.guards for each in items):
        return None
    if any(use.at_start for use in uses):
        return None
    edits = [delete_with_comment(item)]
    keeper = kept.directive.file
    if not same_error_log(kept.server, removed.server):
        moved = hoist(config, kept)
        if moved is None:
            return None
        edits += moved.edits
        keeper = moved.keeper or keeper
    for use in uses:
        source = use.item.file.text[use.arg_span.start : use.arg_span.end]
        if source.strip("\"'") != removed.name:
            return None
        edits.append(Edit(use.item.path, use.arg_span, source.replace(removed.name, kept.name)))
    fix = Fix.unsafe(f"Use process group {kept.name}", *edits, reason="both hosts then share one set of processes")
    return depending(config, fix, keeper, kept, [kept.directive, item])
