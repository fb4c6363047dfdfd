"""
Two applications run in one interpreter.

## What happens

What one application imports and sets, the other one has too. Two Django projects cannot live there, because the
settings of the first one that is loaded serve both.

## Why

In one process group an application group is one Python interpreter (`wsgi_config.c:wsgi_application_group`; the
mod_wsgi manual, "Application Issues"). Often the second of two applications that share their processes was given
`%{GLOBAL}`, the main interpreter, as well.

## Left alone

There is no fix: the author of the applications knows which belong together. Give each a process group of its own. An
application group of its own is enough if no C extension forbids it; on Windows, where mod_wsgi has no daemon mode, that
or a second httpd is all that there is.

Scripts of one directory are taken for parts of one application.

## See also

`missing-global-application-group`.

## Examples

    ```apache
    WSGIDaemonProcess sites
    WSGIProcessGroup sites
    WSGIApplicationGroup %{GLOBAL}
    WSGIScriptAlias /blog /srv/blog/wsgi.py
    WSGIScriptAlias /shop /srv/shop/wsgi.py
    #                     ^^^^^^^^^^^^^^^^^
    ```
    ```apache
    WSGIDaemonProcess blog
    WSGIDaemonProcess shop
    WSGIScriptAlias /blog /srv/blog/wsgi.py process-group=blog application-group=%{GLOBAL}
    WSGIScriptAlias /shop /srv/shop/wsgi.py process-group=shop application-group=%{GLOBAL}
    ```

Scripts of one directory belong together, and one script may be mounted twice:

    ```apache
    WSGIProcessGroup shop
    WSGIApplicationGroup %{GLOBAL}
    WSGIScriptAlias /api /srv/shop/api.wsgi
    WSGIScriptAlias /admin /srv/shop/admin.wsgi
    WSGIScriptAlias / /srv/shop/admin.wsgi
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.platform import is_windows
from modwsgi_fix.model.merge.groups import application_group, process_group, script_path
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_ON_WINDOWS = "give each an application group of its own, or an httpd: Windows has no daemon mode"


@rule(severity=Severity.WARNING)
def two_applications_in_main_interpreter(config: Config) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Mapping] = {}
    told: set[int] = set()
    for server in config.servers:
        for mount in mounts(config, server):
            process, application = (
                process_group(config, server, mount).name,
                application_group(config, server, mount).name,
            )
            path = script_path(mount)
            if process is None or application is None or application.startswith("%{") or path is None:
                continue
            first = seen.setdefault((process, application), mount)
            directory = posixpath.dirname(script_path(first) or "")
            if directory == posixpath.dirname(path) or mount.item.excludes(first.item) or mount.item.index in told:
                continue
            told.add(mount.item.index)
            where = "the main interpreter" if not application else f"the interpreter {application}"
            of = process or "httpd's own processes"
            message = f"{path} and {script_path(first)} share {where} of {of}"
            related = (Related(first.item.path, first.target_span, "the other application"),)
            advice = _ON_WINDOWS if is_windows(config) else "give each application a process group of its own"
            yield Diagnostic(mount.item.path, mount.target_span, message, None, related, help=advice)
