"""
`WSGIImportScript` loads an application where no request for it goes.

## What happens

The application is loaded when the process starts, and once more with the first request: the preload is for nothing, and the
process holds two copies.

## Why

`WSGIImportScript` names the process group and the interpreter to load the script in. A mount that names no interpreter uses
one that is called after its host and URL (`%{RESOURCE}`), so the two only meet where both are given the same name (mod_wsgi's
documentation of WSGIImportScript; measured with 4.9.4: the script is loaded in the interpreters `""` and `host|`).

## Left alone

There is no fix: which interpreter the application should run in is a decision that C extensions have a say in. A script that
no mount names is not reported, because it may prepare something on purpose, and neither is one whose group depends on the
request.

## See also

Rules `process-group-undefined` and `missing-global-application-group`.

## Examples

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIImportScript /srv/shop/app.wsgi process-group=shop application-group=%{GLOBAL}
    #                ^^^^^^^^^^^^^^^^^^
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIApplicationGroup %{GLOBAL}
    WSGIImportScript /srv/shop/app.wsgi process-group=shop application-group=%{GLOBAL}
    WSGIImportScript /srv/shop/warm.py process-group=shop application-group=warm
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import application_group, process_group, script_path
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.WARNING)
def import_script_elsewhere(config: Config) -> Iterator[Diagnostic]:
    imports = [
        item for item in config.named("wsgiimportscript") if item.args and item.known and not item.file.tree.is_template
    ]
    if not imports:
        return
    mounted: dict[str, list[tuple[Server, Mapping]]] = {}
    for server in config.servers:
        for mount in mounts(config, server):
            if mount.server is server and (path := script_path(mount)) is not None:
                mounted.setdefault(path, []).append((server, mount))
    for item in imports:
        given = {option.name: option.value for option in options_of(config, item, 1)[0]}
        chosen = tuple(given.get(name, "").replace("%{GLOBAL}", "") for name in ("process-group", "application-group"))
        uses = [use for use in mounted.get(item.value, []) if use[1].item.accompanies(item)]
        if not uses or any("%" in name for name in chosen) or len(given) < 2:
            continue
        wanted = [(process_group(config, *use).name, application_group(config, *use).name) for use in uses]
        if chosen in wanted or any(None in names for names in wanted):
            continue
        mount = uses[0][1]
        group, interpreter = wanted[0]
        if group != chosen[0]:
            what = f"process group {chosen[0] or '%{GLOBAL}'}, and its requests go to {group or '%{GLOBAL}'}"
        else:
            what = f"interpreter {chosen[1] or '%{GLOBAL}'}, and its requests go to {interpreter or '%{GLOBAL}'}"
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"the application is loaded in {what}",
            related=(Related(mount.item.path, mount.target_span, "mounted here"),),
            help="give import and mount one process-group and one application-group",
        )
