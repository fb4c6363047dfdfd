"""
An alias or a mount names a URL without its first slash, so no request ever leads to it.

## What happens

httpd starts and says nothing. The application is not reached, and the files are not found: whatever else answers these URLs does,
mostly with an error 404 or 403.

## Why

The path of every request begins with a slash, and a prefix is compared from its beginning (mod_alias.c:alias_matches, mod_wsgi.c:wsgi_alias_matches;
measured with 2.4.71 and mod_wsgi 4.9.4).

## The fix

It writes the slash. A repair for a mount, since the application then answers at its own URL; unsafe for an alias, which
publishes files that nobody got before.

## Left alone

Patterns of `AliasMatch` and `WSGIScriptAliasMatch` may begin with anything. A word that looks like a path of Windows, or a `*`, is reported without a fix.

## See also

`dead-restriction`, which is about `<Location>`; `wsgi-alias-trailing-slash`.

## Examples

    ```diff repair
     #- apache2.conf
     DocumentRoot /srv/www
     <Directory />
         Require all denied
     </Directory>
    -WSGIScriptAlias shop /srv/shop/app.wsgi
    +WSGIScriptAlias /shop /srv/shop/app.wsgi
     <Directory /srv/shop>
         Require all granted
     </Directory>
    ```
    ```diff unsafe
     #- apache2.conf
    -Alias static/ /srv/shop/static/
    +Alias /static/ /srv/shop/static/
     <Directory /srv/shop/static>
         Require all granted
         Options -FollowSymLinks
     </Directory>
    ```
    ```apache
    WSGIScriptAlias * /srv/shop/app.wsgi
    #               ^
    ```

Not reported:

    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    WSGIScriptAliasMatch shop /srv/shop/app.wsgi
    Alias "/static" /srv/shop/static
    Alias ${PREFIX}/media /srv/shop/media
    <Location /files>
        Alias /srv/files
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_MOUNT = "wsgiscriptalias"
#: A URL, and what it leads to.
_WORDS = 2
#: A prefix that certainly lacks nothing but its slash.
_PREFIX = expression(r"\w[\w./~-]*", 0)


@rule(severity=Severity.ERROR, rank=Rank.ANSWER, changes=("regained",))
def url_prefix_without_slash(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_without_slash, _MOUNT, *PREFIX_ALIASES):
        prefix = item.args[0]
        fix = _fix(item)
        yield Diagnostic(
            item.path,
            prefix.span,
            f"{prefix.value} does not begin with a slash, so no request leads there",
            fix,
            help="" if fix else "write the URL from its first slash on",
        )


def _without_slash(lines: Sequence[Item]) -> Iterator[Item]:
    """Yield the lines whose first word certainly begins with something else."""
    for item in lines:
        # A typographic quote before it is a fault of its own.
        if item.value[:1] in ("/", "", "“", "”", "‘", "’") or len(item.args) < _WORDS or item.file.tree.is_template:
            continue
        if item.args[0].known and is_settled(item.value):
            yield item


def _fix(item: Item) -> Fix | None:
    prefix = item.args[0]
    if item.in_doubt or not _PREFIX.fullmatch(prefix.value):
        return None
    written = item.file.text[slice(*prefix.span)]
    quote = written[:1] if written[:1] in "\"'" else ""
    edit = Edit(item.path, prefix.span, f"{quote}/{written[len(quote) :]}")
    if item.key == _MOUNT:
        return Fix.repair("Write the slash", edit, reason="the application answers at its URL")
    return Fix.unsafe("Write the slash", edit, reason="it publishes files that nobody got before")
