"""
An alias or a mount has its two words in the wrong order: the path of the disk first, and then the URL.

## What happens

httpd starts and says nothing. The URL leads nowhere, mostly to an error 404 or 403.

## Why

`Alias`, `ScriptAlias` and `WSGIScriptAlias` take the URL first and the file or directory after it (mod_alias and mod_wsgi manuals; measured with
2.4.71 and mod_wsgi 4.9.4).

## The fix

It puts them in order. It is unsafe: an application or files answer at a URL where nobody got them before.

## Left alone

A mount is reported where its first word names a script, and its second does not. An alias is reported where `--root` shows the first word on the
disk, and not the second; without it, where the first is a path below `/srv`, `/var`, `/home`, `/opt` or `/usr`, and the second a single word.

## See also

`url-prefix-without-slash`, `script-path-relative`, `missing-on-disk`.

## Examples

    ```diff unsafe
     #- apache2.conf
    -WSGIScriptAlias /srv/shop/app.wsgi / process-group=%{GLOBAL}
    +WSGIScriptAlias / /srv/shop/app.wsgi process-group=%{GLOBAL}
     <Directory /srv/shop>
         Require all granted
     </Directory>
    ```
    ```diff unsafe
     #- apache2.conf
    -Alias /srv/shop/static/ /static/
    +Alias /static/ /srv/shop/static/
     <Directory /srv/shop/static>
         Require all granted
         Options -FollowSymLinks
     </Directory>
    ```

Not reported:

    ```apache
    WSGIScriptAlias /app.wsgi /srv/shop/app.wsgi
    WSGIScriptAlias /srv/shop /srv/shop/app.wsgi
    Alias /usr/share/doc /usr/share/doc
    Alias /var/static /app
    Alias /static /static
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.swapped import swapped
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def alias_words_swapped(config: Config) -> Iterator[Diagnostic]:
    for item in sorted(swapped(config), key=lambda one: one.index):
        if item.file.tree.is_template:
            continue
        first, second = item.args[:2]
        fix = _fix(item)
        yield Diagnostic(
            item.path,
            Span(first.span.start, second.span.end),
            f"{item.name} takes the URL first, so no request for {second.value} leads to {first.value}",
            fix,
            help="" if fix else f"write {item.name} {second.value} {first.value}",
        )


def _fix(item: Item) -> Fix | None:
    if item.in_doubt:
        return None
    first, second = item.args[:2]
    text = item.file.text
    edits = [
        Edit(item.path, first.span, text[slice(*second.span)]),
        Edit(item.path, second.span, text[slice(*first.span)]),
    ]
    return Fix.unsafe("Put the words in order", *edits, reason="something answers where nobody got it before")
