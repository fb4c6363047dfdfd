"""
Each process loads one application twice, because two hosts mount it under different names.

## What happens

A process that answers for `example.com` and for `www.example.com` holds two copies of the application, with two sets of
modules, caches and connections. It takes twice the memory, and what one copy keeps in memory the other does not see.

## Why

By default the interpreter of an application is named after the `ServerName` of the host, and its mount point
(wsgi_config.c:wsgi_application_group; the mod_wsgi manual, "WSGIApplicationGroup").

## Left alone

There is no fix, because a copy for each name may be meant. A second name of a site is a `ServerAlias` of one host, as a
rule, or a redirect; else one `WSGIApplicationGroup` in both hosts makes it one copy. Hosts that set different variables
for the application (`SetEnv`) are taken for a decision.

## See also

`port-pair-interpreters`, `two-applications-in-main-interpreter`, `missing-global-application-group`.

## Examples

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop
    <VirtualHost *:80>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop/app.wsgi
    #                     ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIApplicationGroup %{GLOBAL}
    <VirtualHost *:80>
        ServerName shop.example
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.shop.example
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    ```
    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    <VirtualHost *:80>
        ServerName one.shop.example
        SetEnv TENANT one
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName two.shop.example
        SetEnv TENANT two
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import SETS_VARIABLES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import DEFAULT_APPLICATION, application_group, process_group, script_path
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.model.urls import Mapping, mounts, redirects
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.INFO)
def one_application_in_two_interpreters(config: Config) -> Iterator[Diagnostic]:
    seen: dict[object, tuple[Server, Mapping]] = {}
    told: set[object] = set()
    # Which group a mount is in costs most to find out, and is of interest only where hosts of two names have the mount.
    names: dict[tuple[str, str], set[str]] = {}
    for host in config.hosts:
        for mount in mounts(config, host):
            names.setdefault((mount.url, mount.target), set()).add((own_name(host) or "").lower())
    for host in config.hosts:
        name = own_name(host)
        several = [mount for mount in mounts(config, host) if len(names.get((mount.url, mount.target), ())) > 1]
        if not several or name is None or "${" in name or _is_unclear(host.item) or _sends_away(config, host):
            continue
        for mount in several:
            group, script = process_group(config, host, mount).name, script_path(mount)
            if mount.is_regex or mount.item.in_doubt or _is_unclear(mount.item) or group is None or script is None:
                continue
            if application_group(config, host, mount).name != DEFAULT_APPLICATION:
                continue
            twin, first = seen.setdefault((group, mount.url, script, _variables(config, host)), (host, mount))
            other = own_name(twin)
            # A mount of the main server is reported once, however many hosts have it.
            once = mount.item if mount.server.is_main else (name.lower(), script)
            if other is None or other.lower() == name.lower() or once in told:
                continue
            told.add(once)
            place = f"each process of {group}" if group else "httpd's own processes"
            verb = "loads" if group else "load"
            message = f"{place} {verb} the application for {other}, and once more for {name}"
            related = (Related(first.item.path, first.target_span, "the first copy"),)
            advice = "make it a ServerAlias of one host, or give both hosts one WSGIApplicationGroup"
            yield Diagnostic(
                mount.item.path,
                mount.target_span,
                message,
                related=related if first.item is not mount.item else (),
                help=advice,
            )


def _is_unclear(item: Item | None) -> bool:
    """Whether a line stands in a template, so that httpd does not read it as it is."""
    return item is not None and (item.file.tree.is_template or bool(item.file.tree.problems))


def _sends_away(config: Config, host: Server) -> bool:
    """Whether a redirect takes every URL of a host, so that its mounts are never asked."""
    return any(one.url == "/" and not one.is_regex for one in redirects(config, host))


def _variables(config: Config, host: Server) -> tuple[tuple[str, ...], ...]:
    """Return the variables that a host sets for the application."""
    return config.once((_variables, host), lambda: tuple(item.values for item in config.within(host, *SETS_VARIABLES)))
