"""
An application runs in a process group in one host, and inside httpd in another.

## What happens

By HTTPS, say, the application does not find its modules: *No module named 'django'*. By HTTP it works. Where it does find them, there are two copies of it, and the
one inside httpd runs as httpd's user.

## Why

`WSGIProcessGroup` holds where it stands: in a host it says nothing about another one (wsgi_config.c:wsgi_create_server_config). The `python-home`
and `python-path` of the group are not those of embedded mode (F-python-2). It comes of a host that was copied for TLS with its
`WSGIDaemonProcess` and `WSGIProcessGroup` commented out, because the second definition of a group keeps httpd from starting; or of a guard around both lines, `<IfDefine !SHOP>` with `Define SHOP` in it, of
which only the first host has the lines.

## Left alone

There is no fix: the application would move out of httpd's processes there. A group without `python-home` and `python-path` is not reported, and neither is
a host that names embedded mode, redirects everything, or has `WSGIPythonHome` or `WSGIPythonPath` to go by.

## See also

Rules `unused-daemon-process`, `duplicate-daemon-process` and `one-application-in-two-interpreters`.

## Examples

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIDaemonProcess shop python-home=/srv/shop/venv
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example
        WSGIScriptAlias / /srv/shop/app.wsgi
    #                     ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIDaemonProcess shop python-home=/srv/shop/venv
        WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example
        WSGIScriptAlias / /srv/shop/app.wsgi process-group=%{GLOBAL}
        WSGIScriptAlias /shop /srv/shop/app.wsgi process-group=shop
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import group_decided_by_program, process_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import Selection, process_group
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.model.urls import Mapping, mounts, redirects
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

#: By these an application finds modules that it does not find without the group.
_FINDS_BY = ("python-home", "python-path")


@rule(severity=Severity.WARNING)
def application_also_embedded(config: Config) -> Iterator[Diagnostic]:
    if not config.named("wsgidaemonprocess") or config.named("wsgipythonhome", "wsgipythonpath"):
        return
    if group_decided_by_program(config):
        return
    for host, mount, process in _twins(config):
        option = next(one.name for one in process.options if one.name in _FINDS_BY)
        place = process.directive
        yield Diagnostic(
            mount.item.path,
            mount.target_span,
            f"here this application runs inside httpd, and not with the {option} of {process.name}",
            related=(Related(place.path, place.span, "another host has it in this process group"),),
            help=_help(process, host),
        )


def _twins(config: Config) -> Iterator[tuple[Server, Mapping, DaemonProcess]]:
    """Yield the mounts that are in embedded mode, with the process group that another host has the script in."""
    hosts: dict[str, list[tuple[Server, Mapping]]] = {}
    for host in config.hosts:
        for mount in mounts(config, host):
            if mount.server is host and not mount.is_regex and mount.item.known:
                hosts.setdefault(mount.target, []).append((host, mount))
    for found in hosts.values():
        if len(found) < 2:
            continue
        selected = [(host, mount, process_group(config, host, mount)) for host, mount in found]
        process = next(filter(None, (_finding(config, _meant(group)) for *_, group in selected)), None)
        for host, mount, group in selected if process is not None else ():
            # With an item a line names embedded mode.
            if group.name == "" and group.item is None and not _sends_away(config, host) and not _is_unclear(mount):
                yield host, mount, process  # type: ignore[misc]


def _meant(group: Selection) -> str | None:
    """Return the group that an application is to run in; where a condition decides, the one that its line names."""
    item = group.item
    if group.name is None and item is not None and item.key == "wsgiprocessgroup" and item.known:
        return item.value
    return group.name


def _finding(config: Config, name: str | None) -> DaemonProcess | None:
    """Return the process group of a name, where its options say where modules are."""
    process = process_of(config, name)
    if process is None or not any(one.name in _FINDS_BY for one in process.options):
        return None
    return process


def _is_unclear(mount: Mapping) -> bool:
    item = mount.item
    return item.in_doubt or item.file.tree.is_template or bool(item.file.tree.problems)


def _sends_away(config: Config, host: Server) -> bool:
    return any(one.url == "/" and not one.is_regex for one in redirects(config, host))


def _help(process: DaemonProcess, host: Server) -> str:
    name, server = process.name, process.server
    if server.is_main or server is host or own_name(server) == own_name(host):
        return f"write WSGIProcessGroup {name} into this host, too"
    return f"define {name} outside of the hosts, and write WSGIProcessGroup {name} into this one, too"
