"""
Two applications run in one interpreter.

In one process group an application group is one Python interpreter: what one application imports and sets, the other has.
Two Django projects cannot live there, because the settings of the first one loaded serve both. Often `%{GLOBAL}`, the main
interpreter, was given to a second application that shares the processes.

Give each application a process group of its own, or, if no C extension forbids it, an application group. Which belong
together only their author knows, so there is no fix.

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

Scripts of one directory are taken for parts of one application, and one script may be mounted twice:

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
from modwsgi_fix.model.merge.groups import application_group, process_group, script_path
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


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
            of = f"of process group {process}" if process else "of httpd's own processes"
            message = (
                f"{path} shares {where} {of} with {script_path(first)}, and so its modules and settings: give it a "
                "process group of its own"
            )
            related = (Related(first.item.path, first.target_span, "the other application"),)
            yield Diagnostic(mount.item.path, mount.target_span, message, None, related)
