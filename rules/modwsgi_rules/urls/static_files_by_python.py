"""
web2py is mounted, and no alias leads to its static files.

## What happens

Style sheets, scripts and images are sent by Python, in a thread of the application each. They come more slowly, and
while they do the thread serves nobody else.

## Why

A mount answers all of its URLs. web2py sends what is in an application's `static` directory by itself where the server
does not (web2py's book, "Deployment recipes"); httpd does it with less work (the mod_wsgi manual, "Quick Configuration
Guide").

## Left alone

There is no fix: an alias opens directories, and who may read them is to be decided with it. `AliasMatch` with two
groups serves every application of web2py; a `<DirectoryMatch>` opens them.

## See also

`alias-hides-application` and `alias-exposes-application`, for aliases that lead to more than these files.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / /home/web2py/wsgihandler.py
    #                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    AliasMatch ^/([^/]+)/static/(.*)$ /home/web2py/applications/$1/static/$2
    WSGIScriptAlias / /home/web2py/wsgihandler.py
    ```
    ```apache
    Alias /welcome/static/ /home/web2py/applications/welcome/static/
    WSGIScriptAlias / /home/web2py/wsgihandler.py
    ```
    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import script_path
from modwsgi_fix.model.urls import aliases, mounts
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: web2py's own name for its script.
_HANDLER = "wsgihandler.py"


@rule(severity=Severity.INFO)
def static_files_by_python(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        for mount in mounts(config, server):
            path = script_path(mount)
            if mount.server is not server or path is None or posixpath.basename(path) != _HANDLER:
                continue
            if mount.is_regex or mount.item.file.tree.is_template or _are_served(config, server):
                continue
            url = mount.url.rstrip("/")
            yield Diagnostic(
                mount.item.path,
                mount.target_span,
                f"no alias leads to {url}/APPLICATION/static/, so Python sends the static files of web2py",
                help=f"write AliasMatch ^{url}/([^/]+)/static/(.*)$ {posixpath.dirname(path)}/applications/$1/static/$2",
            )


def _are_served(config: Config, server: Server) -> bool:
    """Whether some line of a host may lead to static files, or to all files, without the application."""

    def found() -> bool:
        mapped = any("static" in f"{one.url} {one.target}" or one.url == "/" for one in aliases(config, server))
        others = [*config.within(server, "rewriterule"), *config.within(server, "proxypass", "proxypassmatch")]
        return mapped or any("static" in value for item in others for value in item.values)

    return config.once((_are_served, server), found)
