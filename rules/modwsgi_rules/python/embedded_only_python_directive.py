"""
A Python setting for embedded mode, where all applications run in daemon processes.

## What happens

The modules that the setting should make known are not found.

## Why

`WSGIPythonPath` and `WSGIPythonEggs` are for Python inside httpd's own processes (the mod_wsgi manual,
"WSGIPythonPath"). Daemon processes have the options `python-path` and `python-eggs` of `WSGIDaemonProcess` instead.

## Left alone

There is no fix, because the configuration does not show for which process group the setting was meant. The rule needs a
whole server in which no application, handler or other script can run embedded.

## See also

*ModuleNotFoundError: No module named ...*; `python-path-is-site-packages`, `directive-in-wrong-context`.

## Examples

    ```apache
    #- httpd.conf
      WSGIPythonPath /srv/site
    # ^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
    ```

An application runs embedded, and a fragment does not show whether one does:

    ```apache
    #- httpd.conf
    WSGIPythonPath /srv/site
    WSGIDaemonProcess site
    WSGIScriptAlias /a /srv/site/a.wsgi process-group=site
    WSGIScriptAlias /b /srv/site/b.wsgi
    ```
    ```apache
    WSGIPythonPath /srv/site
    WSGIDaemonProcess site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import EMBEDDED_PYTHON
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.urls import Mapping, mount_options, mounts
from modwsgi_fix.rule import Diagnostic, rule

_OPTIONS = {"wsgipythonpath": "python-path", "wsgipythoneggs": "python-eggs"}


@rule()
def embedded_only_python_directive(config: Config) -> Iterator[Diagnostic]:
    items = config.named(*_OPTIONS)
    if not items or not sees_all_sections(config) or config.named(*EMBEDDED_PYTHON):
        return
    all_mounts = [(server, mount) for server in config.servers for mount in mounts(config, server)]
    if not all_mounts or not all(_is_delegated(config, server, mount) for server, mount in all_mounts):
        return
    for item in items:
        yield Diagnostic(
            item.path,
            item.span,
            f"{item.name} has no effect, because every application runs in a daemon process",
            help=f"use the option {_OPTIONS[item.key]} of WSGIDaemonProcess",
        )


def _is_delegated(config: Config, server: Server, mount: Mapping) -> bool:
    option = mount_options(config, mount).get("process-group")
    if option is not None:
        return not option.value.startswith("%{")
    if _is_selected_in_sections(config):
        return False
    setting = server.last("wsgiprocessgroup") or config.main.last("wsgiprocessgroup")
    return setting is not None and not setting.guards and not setting.value.startswith("%{")


@derived
def _is_selected_in_sections(config: Config) -> bool:
    return any(item.sections for item in config.named("wsgiprocessgroup"))
