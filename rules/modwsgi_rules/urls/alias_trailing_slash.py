"""
An `Alias` has a slash at the end of its URL, and none at the end of its path.

## What happens

With `Alias /static/ /srv/static` a request for `/static/site.css` looks for `/srv/staticsite.css`. Nothing is found,
and what happens to begin with the same letters (`/srv/static-old`) is served under a wrong name.

## Why

httpd cuts the URL off as it is written, and appends the rest to the path as it is written
(`mod_alias.c:try_alias_list`).

## The fix

It adds the slash to the path. The files that the alias was written for are then found, as far as a `<Directory>`
opens them, and so is whatever else lies there.

It is a repair where `--root` shows that the directory holds nothing but static files, and unsafe otherwise.

## Left alone

A path that does not end in a letter or digit is taken for a prefix on purpose.

## See also

`wsgi-alias-trailing-slash`, `alias-match-without-substitution`.

## Examples

    ```diff unsafe
    -Alias /static/ /srv/shop/static
    +Alias /static/ /srv/shop/static/
     Alias /media/ /srv/shop/media/
    ```
    ```diff unsafe
    -Alias "/static/" "/srv/my shop/static"
    +Alias "/static/" "/srv/my shop/static/"
    ```
    ```diff repair
     #- httpd.conf
     ServerName shop.example
     <Directory /srv/shop/static>
         Require all granted
     </Directory>
    -Alias /static/ /srv/shop/static
    +Alias /static/ /srv/shop/static/
     #- /srv/shop/static/site.css
     body {}
    ```
    ```diff unsafe
     #- httpd.conf
     ServerName shop.example
     <Directory /srv/shop>
         Require all granted
     </Directory>
    -Alias /shop/ /srv/shop
    +Alias /shop/ /srv/shop/
     #- /srv/shop/settings.py
     PASSWORD = ""
    ```

All of these work: a slash on neither side or on the path alone, a single file, a prefix of names:

    ```apache
    Alias /static /srv/shop/static
    Alias /media /srv/shop/media/
    Alias /favicon.ico/ /srv/shop/favicon.ico
    Alias /img/ /srv/images/shop-
    Alias /docs/ ${DOCS}
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import is_file
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rewriting.lines import extend_arg
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_rules.urls._shared import leads_on


@rule(severity=Severity.ERROR, scope=Scope.HOST)
def alias_trailing_slash(config: Config) -> Iterator[Diagnostic]:
    for item in config.asked_about(*PREFIX_ALIASES):
        alias = mapping_of(item)
        if alias is None or item.sections or not item.known or not alias.url.endswith("/"):
            continue
        # A last character that is not one of a name makes an intended prefix, or is not a path.
        if not alias.target[-1:].isalnum() or is_file(config, alias.target):
            continue
        fix = leads_on(
            config,
            "Add the slash to the path",
            extend_arg(item, 1, after="/"),
            alias.url,
            alias.target,
            f"what is below {alias.url} is looked for in {alias.target}/, and found",
        )
        rest = "index.html" if alias.url == "/" else "x.css"
        yield Diagnostic(
            item.path,
            alias.target_span,
            f"{alias.url}{rest} is looked for as {alias.target}{rest}, because the path lacks its slash",
            fix,
            help="" if fix else "add the slash to the path",
        )
