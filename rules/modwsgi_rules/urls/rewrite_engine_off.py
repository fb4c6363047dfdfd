"""
Rules of mod_rewrite stand where `RewriteEngine` is not on, so they do nothing.

## What happens

httpd starts and says nothing. No request is rewritten or redirected: visitors stay on plain HTTP, or get a page that was to be somewhere else.

## Why

`RewriteEngine` is off by default, and mod_rewrite looks at no rule of a server, host or section for which it is off. A host takes it over from the main server, and a section
from the host (mod_rewrite.c:hook_uri2file, hook_fixup, config_server_merge; measured with 2.4.71).

## Left alone

There is no fix: what the rules would do was not seen by anybody yet. A host that writes `RewriteEngine` anywhere, and a main server that does, are not reported, nor are
rules in an `.htaccess` file. Where the rest of the server is out of sight, only rules of a `<VirtualHost>` are reported, and the message says so.

## See also

Rules `rewrite-without-pt` and `redirect-hides-application`.

## Examples

Reported without a fix, once for each host:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName shop.example
        RewriteCond %{HTTPS} off
        RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301]
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        RewriteRule ^/old /new [PT]
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        <Location /old>
            RewriteRule .* /new [R]
    #       ^^^^^^^^^^^^^^^^^^^^^^^
        </Location>
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    RewriteEngine On
    <VirtualHost *:80>
        ServerName shop.example
        RewriteRule ^/old /new [PT]
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        RewriteRule ^/old /new [PT]
        RewriteEngine On
    </VirtualHost>
    <VirtualHost *:81>
        RewriteEngine off
        RewriteRule ^/old /new [PT]
    </VirtualHost>
    RewriteRule ^/old /new [PT]
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import HARMLESS
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_ENGINE = "rewriteengine"


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def rewrite_engine_off(config: Config) -> Iterator[Diagnostic]:
    if not config.named("rewriterule") or any(gap.kind not in HARMLESS for gap in config.gaps):
        return
    if config.within(config.main, _ENGINE):
        return
    is_inherited = bool(config.named("rewriteoptions"))
    for server in config.servers:
        rules = config.within(server, "rewriterule")
        if not rules or config.within(server, _ENGINE) or not _is_in_sight(config, server, rules):
            continue
        if server.is_main and is_inherited:
            # A host that is on may inherit them.
            continue
        told = "this RewriteRule does nothing" if len(rules) == 1 else f"these {len(rules)} RewriteRules do nothing"
        message = f"RewriteEngine On stands nowhere in this {_place(server)}, so {told}"
        if not config.complete:
            message = f"{told}, unless the main server has RewriteEngine On, as this host has not"
        yield Diagnostic(
            rules[0].path,
            rules[0].span,
            message,
            help="write RewriteEngine On above, or take the rules away",
        )


def _is_in_sight(config: Config, server: Server, rules: list[Item]) -> bool:
    """Whether these rules, and any line that may switch them on in their host, are seen."""
    if any(item.file.tree.is_template or item.file.tree.problems for item in rules):
        return False
    return config.complete or not server.is_main


def _place(server: Server) -> str:
    return "server" if server.is_main else "host"
