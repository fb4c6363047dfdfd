"""
`AllowOverride None` keeps httpd from reading an `.htaccess` file.

## What happens

Its lines do nothing: rules of mod_rewrite do not rewrite, and a log-in that it asks for is not asked for.

## Why

`AllowOverride None` has httpd not even look for such files (request.c:ap_directory_walk, F-access-1). It is in force in what Debian, Fedora and httpd
itself ship for `/` and the usual DocumentRoot.

## Left alone

There is no fix: what the file says was not in force, and may close or open what is served now. Write its lines into a `<Directory>` of the
host, which is quicker as well, or let `AllowOverride` there admit them. Only `--root` shows the files. One below the directory of another is counted with it, a file
that any host reads is not reported, and neither is one without a directive.

## See also

Rule `htaccess-refused` is about files that are read.

## Examples

    ```apache
    #- httpd.conf
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride None
        Require all granted
    </Directory>
    #- /srv/www/private/.htaccess
    # who may come in
      Require valid-user
    # ^^^^^^^^^^^^^^^^^^
    #- /srv/www/private/list.txt
    names
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride None
        Require all granted
    </Directory>
    <Directory /srv/www/private>
        AllowOverride All
    </Directory>
    #- /srv/www/private/.htaccess
    Require all denied
    #- /srv/www/.htaccess
    # RewriteEngine On
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.htaccess import unread_htaccess
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive


@rule(severity=Severity.WARNING)
def htaccess_not_read(config: Config) -> Iterator[Diagnostic]:
    for unread in unread_htaccess(config):
        node = next(node for node in unread.file.tree.children if isinstance(node, Directive))
        more = f", nor {unread.below} below it" if unread.below else ""
        yield Diagnostic(
            unread.file.path,
            node.body_span,
            f"httpd does not read this file{more}, because AllowOverride is None for its directory",
            help="write its lines into a <Directory> of the host, or let AllowOverride there admit them",
        )
