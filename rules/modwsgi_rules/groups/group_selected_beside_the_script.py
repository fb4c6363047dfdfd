"""
A process group is selected in a section that no application lies in.

## What happens

The application runs inside httpd, and the processes of the group sit idle.

## Why

`WSGIProcessGroup` in a `<Directory>` holds for the WSGI scripts of that directory, and not for files that are served from it;
in a `<Location>` it holds for the URLs of that section (wsgi_config.c, merged by httpd as any directive of a directory). Static
files are served by httpd itself, whatever group is selected beside them.

## Left alone

There is no fix: to move the application into the group is to change the user, directory and Python path that it runs with.
Only a whole server is looked at, or a virtual host with a group of its own, which no other host of another name may use; and
none in which files are handed to mod_wsgi by their handler.

## See also

`modwsgi-fix trace` says *embedded mode* of the application. Rule `unused-daemon-process`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        WSGIDaemonProcess shop
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Directory /srv/shop/static>
            WSGIProcessGroup shop
    #                        ^^^^
        </Directory>
    </VirtualHost>
    ```

    ```apache
    <VirtualHost *:80>
        WSGIDaemonProcess shop
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Directory /opt/shop/lib>
            WSGIProcessGroup shop
    #                        ^^^^
        </Directory>
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        WSGIDaemonProcess shop
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Directory /srv/shop>
            WSGIProcessGroup shop
        </Directory>
    </VirtualHost>
    ```
    ```apache
    WSGIDaemonProcess shop
    <VirtualHost *:80>
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Directory /srv/blog>
            WSGIProcessGroup shop
        </Directory>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import group_uses
from modwsgi_fix.model.facts.selections import decides_nowhere
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.WARNING)
def group_selected_beside_the_script(config: Config) -> Iterator[Diagnostic]:
    for use in group_uses(config):
        if use.is_fixed and decides_nowhere(config, use):
            section = use.item.sections[-1]
            where = f"<{section.name} {section.value}>"
            yield Diagnostic(
                use.item.path,
                use.arg_span,
                f"no application lies in {where}, so this line puts none in process group {use.name}",
                help="select the group in the host, or in the section of the script",
            )
