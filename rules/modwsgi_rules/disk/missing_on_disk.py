"""
A path of the configuration is not on the disk.

## What happens

It depends on the line. httpd does not start without the directory of a log, a certificate, a file that an `Include` names,
the file of a module or the main server's `DocumentRoot`. A request for a script that is not there is answered with 404, and
a daemon process whose `python-home` is not there starts no Python, so that requests hang. Without the directory of
`WSGIPythonHome` the processes of httpd end, too, and answer nothing at all; without that of `WSGISocketPrefix` no request reaches a daemon
process (503). A process group of another user than httpd's, without `home=`, begins in the home directory of that user, and does not start
without it (*Unable to change working directory to home directory*). An alias leads to nothing; and a `<Directory>` for a
directory that does not exist is never asked, so that what it grants is refused (403) by the section above it.

## Why

`apache2 -t` looks for logs, certificates and modules (log.c:open_error_log, ssl_engine_config.c, mod_so.c:load_module), and
for nothing else. httpd merges the sections of the directories that it finds on its way to a file
(request.c:ap_directory_walk).

## Left alone

There is no fix: the path or the disk may be wrong. The help names what is beside, where something of that name is. Only
`--root` shows a disk; and since that may be a copy of a part, a path is reported only where a directory above it is there, and
one that a site makes: what is missing from `/var` or `/usr` proves nothing. Debian's `/nonexistent` is never there. The file of a module
is reported where others are in its directory; not so for modules that many builds of httpd have compiled in, such as
log_config, and for those that a line above loads.

## See also

httpd's own messages are *AH02291: Cannot access directory '/srv/site/logs/' for error log*, *AH00112: Warning: DocumentRoot
[/srv/site/public] does not exist*, *Cannot load modules/mod_wsgi.so into server* and *AH01630: client denied by server
configuration*; mod_wsgi's are *Target WSGI script not found or unable to stat* and *Unable to stat Python home*.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / /srv/shop/site/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^^^^^^^
    #- /srv/shop/app.wsgi
    def application(environ, start_response):
        return []
    ```

Not reported:

    ```apache
    ErrorLog /var/log/apache2/site.log
    WSGIScriptAlias / /opt/shop/app.wsgi
    #- /var/www/index.html
    #- /srv/blog/app.wsgi
    ```
    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.missing import Missing, missing
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.WARNING)
def missing_on_disk(config: Config) -> Iterator[Diagnostic]:
    for found in missing(config):
        is_error = bool(found.refusal) or found.fails
        yield Diagnostic(
            found.item.path,
            found.span,
            f"{found.what} {found.path} does not exist{_so(found)}",
            severity=Severity.ERROR if is_error else Severity.WARNING,
            help=f"{found.beside} is there; write that if it is meant" if found.beside else _advice(found),
        )


def _advice(found: Missing) -> str:
    if found.what == "the home directory":
        return "name a directory that is there by home=, or make that one"
    # A module may be named after its Python as well, mod_wsgi.so-3.11.
    is_installed = found.item.key in ("loadmodule", "loadfile") or found.path.endswith(".so")
    return f"correct the path, or {'install' if is_installed else 'create'} it"


def _so(found: Missing) -> str:
    if found.refusal:
        return ", so httpd does not start"
    if found.what in ("python-home", "WSGIPythonHome"):
        return ", so no Python starts" if found.fails else ""
    if found.what == "the home directory":
        return ", so the process does not start and requests hang"
    if found.item.key == "directory":
        return ", so httpd never applies this section"
    return ", so requests fail" if found.fails else ""
