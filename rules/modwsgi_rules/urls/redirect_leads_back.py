"""
A redirect leads to a URL that it redirects itself, so no visitor arrives.

## What happens

A browser gives up: *too many redirects*. `Redirect /shop /shop/` was meant for the URL without its slash, and sends `/shop/` on to `/shop//`, and
that to `/shop///`. `Redirect / https://shop.example/` was meant for the host on port 80, and stands in the one on 443.

## Why

A `RewriteRule` for every URL, `RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R]`, is looked at before any alias or proxy.
`Redirect` takes a URL and all below it, and puts what follows behind the target (mod_alias.c:try_redirect_list; measured with
2.4.71). `RedirectMatch` takes what its pattern finds anywhere in a URL.

## Left alone

There is no fix: the line may be superfluous, or of another host. For one URL alone write `RedirectMatch ^/shop$ /shop/`, or `^/$` for the start page.
A mount that is taken as a whole is reported by `redirect-hides-application`. A redirect with another one, a `ProxyPass` or a
`RewriteRule` beside it that may end the circle is not reported; a `RewriteRule` only without conditions, but for one on `%{HTTPS}` that always holds in its host.

## See also

Rules `redirect-hides-application` and `name-leads-elsewhere-by-https`.

## Examples

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIScriptAlias / /srv/shop/app.wsgi
        Redirect /shop /shop/
    #                  ^^^^^^
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine On
        DocumentRoot /srv/www
        Redirect permanent / https://shop.example/
    #                        ^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

    ```apache
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine On
        ProxyPass / http://127.0.0.1:8000/
        RewriteEngine On
        RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]
    #                      ^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        DocumentRoot /srv/www
        RedirectMatch ^/shop$ /shop/
        Redirect /old /new/old
        Redirect permanent / https://shop.example/
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import HANDED_ON
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.rewrites import rewrites
from modwsgi_fix.model.servers import speaks_tls
from modwsgi_fix.model.urls import Mapping, covers_whole, mounts, redirects, together
from modwsgi_fix.rule import Diagnostic, Rank, Scope, Severity, rule
from modwsgi_rules.urls._shared import EVERYTHING, path_at_home

#: What a rule does with a request that it does not redirect.
_NO_REDIRECT = frozenset({"p", "f", "g", "pt", "c", "s", "n"})
#: A pattern that leaves the start page to the rules below.
_OF_SOME_URLS = expression(r"\^/[\w.\\-]")


@rule(severity=Severity.ERROR, rank=Rank.ANSWER, scope=Scope.HOST)
def redirect_leads_back(config: Config) -> Iterator[Diagnostic]:
    for server in filter(config.asks, config.servers):
        yield from _rules_that_lead_back(config, server)
        own = [one for one in redirects(config, server) if one.server is server]
        for redirect in own:
            if not _leads_back(config, server, redirect) or _may_end(config, server, redirect, own):
                continue
            if any(
                together(redirect.item, mount.item) and covers_whole(redirect, mount)
                for mount in mounts(config, server)
            ):
                continue
            yield Diagnostic(
                redirect.item.path,
                redirect.target_span,
                f"{redirect.item.name} of {redirect.url} takes this URL, too, so a browser is redirected without end",
                help=_help(redirect),
            )


def _rules_that_lead_back(config: Config, server: Server) -> Iterator[Diagnostic]:
    """Yield the rule that redirects every URL of a host to this host; where an application is mounted, another rule reports it."""
    if mounts(config, server):
        return
    for rewrite in rewrites(config, server):
        item, is_external = rewrite.item, "r" in rewrite.flags or "://" in rewrite.substitution
        if not item.known or item.file.tree.is_template or rewrite.flags.keys() & _NO_REDIRECT:
            return
        if rewrite.pattern in EVERYTHING and all(_always_holds(config, server, one) for one in rewrite.conditions):
            if is_external and path_at_home(config, server, rewrite.substitution) is not None:
                told = "RewriteRule takes the URL that it leads to, too, so a browser is redirected without end"
                help = "take the line out, or write it into the host that it is for"
                yield Diagnostic(item.path, item.args[1].span, told, help=help)
            return
        if not _OF_SOME_URLS.match(rewrite.pattern):
            return


def _always_holds(config: Config, server: Server, condition: Item) -> bool:
    """Whether a condition asks for the scheme, and each request of its host has it."""
    if len(condition.args) != 2 or not condition.known or condition.value.lower() != "%{https}":
        return False
    text = condition.values[1].lower()
    word = text.removeprefix("!").strip("^$=")
    return word in ("on", "off") and speaks_tls(config, server) is ((word == "on") is not text.startswith("!"))


def _leads_back(config: Config, server: Server, redirect: Mapping) -> bool:
    """Whether all that a redirect takes leads, at the same host, to what it takes again."""
    if not redirect.item.known or redirect.item.file.tree.is_template or "%" in redirect.target:
        return False
    path = path_at_home(config, server, redirect.target)
    if path is None:
        return False
    if not redirect.is_regex:
        return redirect._replace(target=path).matches(path or "/") is True
    if "$" in redirect.target:
        return False
    return redirect.matches(path or "/") is True


def _may_end(config: Config, server: Server, redirect: Mapping, own: list[Mapping]) -> bool:
    """Whether another line may take the URL that a redirect leads to, or is asked before it."""
    if config.within(server, *HANDED_ON) or config.within(config.main, *HANDED_ON):
        return True
    before = own[: own.index(redirect)]
    return any(one.is_regex or covers_whole(redirect, one) or covers_whole(one, redirect) for one in before)


def _help(redirect: Mapping) -> str:
    if not redirect.is_regex and redirect.target.startswith("/"):
        return f"write RedirectMatch ^{redirect.url}$ {redirect.target}, where the one URL is meant"
    return "take the line out, or write it into the host that it is for"
