"""
httpd refuses a line of an `.htaccess` file.

## What happens

Every request below the directory of the file is answered with an error 500. httpd starts, because it reads the file only with
a request.

## Why

What may stand in such a file is what its module allows there and `AllowOverride` admits (config.c:invoke_cmd,
ap_parse_htaccess). People put `WSGIScriptAlias` there, which belongs into the host, or move a file to a server without
the module that it needs.

## Left alone

There is no fix: the line may belong elsewhere, or `AllowOverride` may be meant otherwise. Only `--root` shows the files. What
`AllowOverride None` leaves unread, and what `Nonfatal=` passes over, is not reported; nor is a name that a module may have which
modwsgi-fix does not know.

## See also

httpd's own messages are *WSGIScriptAlias not allowed here* and *Invalid command 'RewriteEngin', perhaps misspelled or defined
by a module not included in the server configuration*, each with *alert* and the path of the file. `modwsgi-fix trace` says so of
a URL.

## Examples

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride None
        Require all granted
    </Directory>
    #- /srv/www/.htaccess
    WSGIScriptAlias / /srv/app.wsgi
    ```

Reported without a fix:

    ```apache
    #- httpd.conf
    ServerName example.com
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride All
        Require all granted
    </Directory>
    #- /srv/www/.htaccess
      WSGIScriptAlias / /srv/app.wsgi
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.htaccess import refused_htaccess
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def htaccess_refused(config: Config) -> Iterator[Diagnostic]:
    for refused in refused_htaccess(config):
        yield Diagnostic(
            refused.file.path,
            refused.span,
            f"httpd refuses this line, so every request below it is an error 500: {refused.reason}",
            help="take the line out, write it into the host, or let AllowOverride admit it",
        )
