"""
A daemon process is asked for on Windows, where mod_wsgi does not have any.

## What happens

httpd does not start.

## Why

mod_wsgi is built without daemon mode on Windows, and then does not know the directives that belong to it (mod_wsgi.c:
`wsgi_commands`, `MOD_WSGI_WITH_DAEMONS`; the mod_wsgi manual, "Running mod_wsgi on Windows"). That the server is one
shows in a module that ends in `.pyd` or `.dll`, or in a script on a drive: `C:/site/app.wsgi`.

## Left alone

There is no fix: what the options say, as `python-path=` and `python-home=`, belongs into `WSGIPythonPath` and
`WSGIPythonHome`, and all applications then share httpd's own process. A line in `<IfModule !mpm_winnt_module>` or
another condition is not reported.

## See also

httpd's own message is *Invalid command 'WSGIDaemonProcess', perhaps misspelled or defined by a module not included in
the server configuration*. Rule `module-not-loaded`.

## Examples

Reported without a fix:

    ```apache
    LoadFile "C:/Python311/python311.dll"
    LoadModule wsgi_module "C:/Python311/Lib/site-packages/mod_wsgi/server/mod_wsgi.cp311-win_amd64.pyd"
    WSGIDaemonProcess site python-path=C:/site
    #                 ^^^^
    WSGIProcessGroup site
    #                ^^^^
    WSGIScriptAlias / C:/site/app.wsgi
    ```

Not reported:

    ```apache
    LoadModule wsgi_module modules/mod_wsgi.so
    WSGIDaemonProcess site python-path=/srv/site
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
    ```apache
    WSGIPythonHome C:/Python311
    WSGIScriptAlias / C:/site/app.wsgi
    <IfModule !mpm_winnt_module>
        WSGIDaemonProcess site
    </IfModule>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.platform import without_daemon_mode
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.START)
def daemon_process_on_windows(config: Config) -> Iterator[Diagnostic]:
    for item in without_daemon_mode(config):
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"mod_wsgi does not have {item.name} on Windows, so httpd does not start",
            help="take the line out; WSGIPythonPath and WSGIPythonHome say where packages are",
        )
