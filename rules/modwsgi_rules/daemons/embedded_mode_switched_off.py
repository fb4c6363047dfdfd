"""
`WSGIRestrictEmbedded` switches embedded mode off, and an application is in no process group.

## What happens

Every request for the application gets an error 500.

## Why

An application that no line delegates runs in httpd's own processes, and there `WSGIRestrictEmbedded On` lets none run
(mod_wsgi.c:wsgi_hook_handler). It says so in the log for each request, and nothing at the start.

## Left alone

There is no fix here: which process group the application is for is the owner's to say. Where exactly one group waits for it,
`unused-daemon-process` has the fix. It is not reported where a request, a condition or a file out of sight may select a group.

## See also

mod_wsgi's message is *Embedded mode of mod_wsgi disabled by runtime configuration*; `unused-daemon-process`,
`group-selected-beside-the-script`, `process-group-undefined`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    WSGIRestrictEmbedded On
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIDaemonProcess shop
        WSGIScriptAlias / /srv/shop/app.wsgi
    #                     ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example.com
        WSGIDaemonProcess blog
        WSGIScriptAlias / /srv/blog/app.wsgi process-group=blog
        WSGIScriptAlias /old /srv/blog/old.wsgi process-group=%{GLOBAL}
    #                        ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    WSGIRestrictEmbedded On
    WSGIDaemonProcess shop
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example.com
        WSGIScriptAlias / /srv/blog/app.wsgi
        <Directory /srv/blog>
            WSGIProcessGroup %{ENV:GROUP}
        </Directory>
    </VirtualHost>
    ```
    ```apache
    #- apache2.conf
    WSGIRestrictEmbedded Off
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
    ```apache
    WSGIRestrictEmbedded On
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import embedded_mode_off
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def embedded_mode_switched_off(config: Config) -> Iterator[Diagnostic]:
    off = embedded_mode_off(config)
    if off is None or not config.complete:
        return
    for server in config.servers:
        # Where there are virtual hosts, these serve the requests, with the main server's mounts, too.
        hosts = config.hosts if server.is_main and config.hosts else [server]
        for mount in mounts(config, server):
            if mount.item.server is not server:
                continue
            if all(process_group(config, host, mount).name == "" for host in hosts):
                yield Diagnostic(
                    mount.item.path,
                    mount.target_span,
                    "no process group is selected, and embedded mode is off, so every request gets an error 500",
                    related=(Related(off.path, off.span, "embedded mode is switched off"),),
                    help="select a group by WSGIProcessGroup, or by process-group= of the WSGIScriptAlias",
                )
