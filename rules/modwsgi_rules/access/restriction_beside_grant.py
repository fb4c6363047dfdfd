"""
`Require all granted` stands beside lines that ask for a log-in or an address, so everyone comes in.

## What happens

httpd starts and says nothing. Nobody is asked for a password, and no address is refused.

## Why

Lines of `Require` that stand side by side are as if in a `<RequireAny>`: one that admits is enough
(mod_authz_core, "Authorization Containers"; measured with 2.4.71). `Require all granted` is often added because of a 403, or
in the place of `Allow from all`, which stood beside `Require valid-user` in httpd 2.2 and was asked as well.

## The fix

It takes `Require all granted` out. It is unsafe: those who came in so far may have no password.

## Left alone

Lines in `<RequireAll>` are asked together, and are not reported, nor is a grant under a condition. A section in which
`Satisfy` or a line of httpd 2.2 stands is reported without a fix.

## See also

`log-in-beside-what-is-served`, `dead-restriction`, `allow-in-location`.

## Examples

    ```diff unsafe
     WSGIScriptAlias / /srv/shop/app.wsgi
     <Directory /srv/shop>
         AuthType Basic
         AuthName "Shop"
         AuthUserFile /etc/apache2/users
    -    Require all granted
         Require valid-user
     </Directory>
    ```
    ```diff unsafe
     WSGIScriptAlias / /srv/shop/app.wsgi
     <Directory /srv/shop>
         Require ip 192.0.2.0/24
         <IfModule mod_authz_core.c>
    -        Require all granted
         </IfModule>
     </Directory>
    ```

A block that bans somebody, beside the grant:

    ```diff unsafe
     WSGIScriptAlias / /srv/shop/app.wsgi
     <Directory /srv/shop>
    -    Require all granted
         <RequireAll>
             Require all granted
             Require not ip 192.0.2.7
         </RequireAll>
     </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/shop>
        <RequireAll>
            Require all granted
            Require not ip 192.0.2.7
        </RequireAll>
    </Directory>
    <Directory /srv/blog>
        Require all granted
        <Limit POST>
            Require valid-user
        </Limit>
    </Directory>
    <Directory /srv/news>
        Require all denied
        Require ip 192.0.2.0/24
    </Directory>
    <Directory /srv/wiki>
        <IfVersion < 2.4>
            Require valid-user
        </IfVersion>
        <IfVersion >= 2.4>
            Require all granted
        </IfVersion>
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import MERGED_SECTIONS, OLD_ACCESS, REQUIRE_SECTIONS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule

_GRANT = ("all", "granted")
#: A grant, and a line beside it.
_TWO = 2
#: The sections whose lines of Require are asked one for another.
_ANY = MERGED_SECTIONS | {"requireany"}


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def restriction_beside_grant(config: Config) -> Iterator[Diagnostic]:
    for item, section, asking in config.in_each_server(_beside, "require"):
        old = any(one.key in OLD_ACCESS for one in section.children)
        fix = None
        if not (old):
            reason = "those who come in so far may have no password"
            fix = Fix.unsafe("Take the grant out", delete(item), reason=reason)
        yield Diagnostic(
            item.path,
            item.span,
            "this admits everyone, so what is required beside it refuses nobody",
            fix,
            related=(Related(asking.path, asking.span, "this is asked of nobody"),),
            help="" if fix else "take it out, or write both lines into <RequireAll>",
        )


def _beside(lines: Sequence[Item]) -> Iterator[tuple[Item, Item, Item]]:
    """Yield each line that admits everyone beside one that asks for something, with their section and the latter."""
    for item in lines:
        section = item.parent
        # Most sections say one thing.
        if section is None or len(section.children) < _TWO or section.key not in _ANY or item.guards:
            continue
        if not _grants(item) or item.file.tree.is_template:
            continue
        asking = next((one for one in section.children if _asks(one) and not one.guards), None)
        if asking is not None:
            yield item, section, asking


def _grants(item: Item) -> bool:
    return tuple(word.lower() for word in item.values) == _GRANT


def _asks(item: Item) -> bool:
    """Whether a line or block beside the grant is meant to refuse somebody."""
    if item.key == "require":
        return item.known and bool(item.values) and item.value.lower() != "all"
    return item.key in REQUIRE_SECTIONS and any(_asks(one) for one in item.children)
