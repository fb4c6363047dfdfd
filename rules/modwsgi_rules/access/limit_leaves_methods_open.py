"""
A `<Limit>` asks for a log-in or an address by the methods of a browser, and every other method is free.

## What happens

`GET` and `POST` are refused. A visitor who sends the same request as `PUT`, `DELETE` or any made-up word gets the application's
answer without a log-in.

## Why

`<Limit>` restricts only the methods that it names (core, "Limit": *access controls are normally effective for all access methods*), and
mod_wsgi hands a request with any method to the application. Most applications answer an unknown method as they answer `GET`. Measured
with 2.4.71 and mod_wsgi 4.9.4.

## The fix

It takes the two lines of `<Limit>` away, so that what stands between them holds for every method. It is unsafe: what an application
answers without a log-in on purpose, such as the `OPTIONS` of a browser's preflight, then asks for one.

## Left alone

A `<Limit>` that does not name `GET` protects what changes something, and is not reported, nor one beside a `<LimitExcept>` or beside lines that
restrict the other methods, nor one that grants. `HEAD` belongs to `GET`.

## See also

`log-in-incomplete`, `restriction-beside-grant`.

## Examples

    ```diff unsafe
     WSGIScriptAlias / /srv/shop/app.wsgi
     <Location />
         AuthType Basic
         AuthName "Shop"
         AuthUserFile /etc/apache2/users
    -    <Limit GET POST>
    -        Require valid-user
    -    </Limit>
    +    Require valid-user
     </Location>
    ```

Not reported:

    ```apache
    <Location /hg>
        AuthType Basic
        AuthName "Repositories"
        AuthUserFile /etc/apache2/users
        <LimitExcept GET>
            Require valid-user
        </LimitExcept>
    </Location>
    <Directory /srv/shop>
        <Limit POST PUT DELETE>
            Require valid-user
        </Limit>
    </Directory>
    <Directory /srv/blog>
        <Limit GET POST OPTIONS>
            Require all granted
        </Limit>
        <LimitExcept GET POST OPTIONS>
            Require all denied
        </LimitExcept>
    </Directory>
    <Directory /srv/wiki>
        Require valid-user
        <Limit GET>
            Require user anne
        </Limit>
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import MERGED_SECTIONS, MOUNTS, ORDER_KEYS, REQUIRE_SECTIONS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.rewriting.lines import unwrap
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_ACCESS = ORDER_KEYS | REQUIRE_SECTIONS | {"require"}


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def limit_leaves_methods_open(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("limit"):
        section = item.parent
        if section is None or section.key not in MERGED_SECTIONS or item.guards or item.file.tree.is_template:
            continue
        # httpd takes a method in capital letters only.
        if "GET" not in item.values or not access_of(item).restricts or not _has_application(config, item):
            continue
        beside = [one for one in section.children if one is not item]
        if any(one.key == "limitexcept" or one.key in _ACCESS for one in beside):
            continue
        reason = "other methods, such as OPTIONS of a preflight, then ask for it, too"
        fix = Fix.unsafe("Restrict every method", *unwrap(item), reason=reason)
        yield Diagnostic(
            item.path,
            item.args[0].span,
            "only these methods are restricted, and the application answers any other to everyone",
            fix,
        )


def _has_application(config: Config, item: Item) -> bool:
    """Whether the host, or any host where the section is of the main server, has an application."""
    servers = config.servers if item.server.is_main else [config.main, item.server]
    return any(config.within(server, *MOUNTS) for server in servers)
