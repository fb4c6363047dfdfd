"""
A Python setting for embedded mode, where all applications run in daemon processes.

`WSGIPythonPath` and `WSGIPythonEggs` are for Python inside httpd's own processes. Daemon processes do not look at them: they
have the options `python-path` and `python-eggs` of `WSGIDaemonProcess`. So the modules that were to be found are not.

Reported and not fixed: which of the process groups the setting was meant for is not to be seen. Looked for only in a whole
server.

    ```apache
    #- httpd.conf
      WSGIPythonPath /srv/site
    # ^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
    ```

An application runs embedded, or a fragment:

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
from modwsgi_fix.model.config import Config, Server
from modwsgi_fix.model.gaps import sees_all_sections
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
            f"daemon processes do not look at {item.name}, and every application runs in one; use the option"
            f" {_OPTIONS[item.key]} of WSGIDaemonProcess",
        )


def _is_delegated(config: Config, server: Server, mount: Mapping) -> bool:
    option = mount_options(config, mount).get("process-group")
    if option is not None:
        return not option.value.startswith("%{")
    if any(item.sections for item in config.named("wsgiprocessgroup")):
        return False
    setting = server.last("wsgiprocessgroup") or config.main.last("wsgiprocessgroup")
    return setting is not None and not setting.guards and not setting.value.startswith("%{")
