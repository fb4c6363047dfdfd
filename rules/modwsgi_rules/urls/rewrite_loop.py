"""
A `RewriteRule` of a directory or `.htaccess` file matches the URL that it has made, again and again.

## What happens

httpd answers with an error 500 once it has followed ten URLs (`LimitInternalRecursion`).

## Why

The rules of a directory are asked again for the URL that they lead to, and `[L]` ends one pass only (mod_rewrite manual, "L|last";
`mod_rewrite.c:hook_fixup`). With `--root` the `.htaccess` files on the way are seen, too.

## Left alone

Whether a visitor should get what the rule makes cannot be told, so there is no fix: `[END]` in place of `[L]` leaves the first
result as it is, and a RewriteCond can leave out what is made already. It depends on which files there are, so nothing is said
without `--root`.

## See also

*AH00124: Request exceeded the limit of 10 internal redirects due to probable configuration error*; `rewrite-without-pt`.

## Examples

    ```apache
    #- httpd.conf
    Listen 80
    ServerName www.example.com
    DocumentRoot /srv/www
    <Directory /srv/www>
        Require all granted
        RewriteEngine On
        RewriteRule ^(.*)$ shop/$1 [L]
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </Directory>
    #- /srv/www/index.html
    hello
    ```
    ```apache
    #- httpd.conf
    Listen 80
    ServerName www.example.com
    DocumentRoot /srv/www
    <Directory /srv/www>
        Options FollowSymLinks
        AllowOverride All
        Require all granted
    </Directory>
    #- /srv/www/.htaccess
    RewriteEngine On
      RewriteRule ^ index.html/%{REQUEST_URI} [L]
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    ServerName www.example.com
    DocumentRoot /srv/www
    <Directory /srv/www>
        Require all granted
        RewriteEngine On
        RewriteCond %{REQUEST_URI} !^/shop/
        RewriteRule ^(.*)$ shop/$1 [L]
    </Directory>
    <Directory /srv/www/other>
        RewriteEngine On
        RewriteRule ^(.*)$ more/$1 [END]
    </Directory>
    #- /srv/www/index.html
    hello
    #- /srv/www/other/index.html
    hello
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.circles import circles
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_HELP = "write [END] in place of [L], or a RewriteCond that leaves out what is made already"


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def rewrite_loop(config: Config) -> Iterator[Diagnostic]:
    for item, url in circles(config):
        message = f"this rule matches its own result again and again, so {url} is an error 500"
        yield Diagnostic(item.path, item.span, message, help=_HELP)
