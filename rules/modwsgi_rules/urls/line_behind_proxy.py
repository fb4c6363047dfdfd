"""
A line stands behind a `ProxyPass` that takes all of its URLs, so it does nothing.

## What happens

`ProxyPass /` hands each request on to the other server. An `Alias /static` beside it is never asked, so style sheets are asked of
the other server, which often has none; `ProxyPass /static !` and `ProxyPass /ws/ ...` below it do nothing.

## Why

httpd asks mod_proxy before mod_alias, wherever the lines stand. Of the `ProxyPass` lines the first that fits decides, and those of the main server come
before the host's own; one in a `<Location>` is asked before all of these (mod_proxy.c:proxy_trans, merge_proxy_config; measured with 2.4.71).

## Left alone

There is no fix: files would be served that no URL led to, or requests go to another server. Write the longer URL above the shorter one, and for an
`Alias` or `Redirect` the line `ProxyPass /static !` above the `ProxyPass`. What such a line exempts in whole or in part, also within a
`<Location>` or by a pattern, is not reported, and neither is a host that sets `no-proxy`. Aliases of the main server are
for all hosts, and are not reported for one that hands everything on.

## See also

Rules `proxy-hides-application`, `alias-behind-shorter-alias` and `proxy-slash-mismatch`.

## Examples

    ```apache
    <VirtualHost *:80>
        Alias /static /srv/shop/static
    #         ^^^^^^^
        Alias /media /srv/shop/media
        Redirect /old https://www.shop.example/new
    #            ^^^^
        ProxyPass / http://127.0.0.1:8000/
        ProxyPass /media !
    #             ^^^^^^
        ProxyPass /ws/ ws://127.0.0.1:8001/ws/
    #             ^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        Alias /static /srv/shop/static
        ProxyPass /static !
        ProxyPass /ws/ ws://127.0.0.1:8001/ws/
        ProxyPass / http://127.0.0.1:8000/
    </VirtualHost>
    <VirtualHost *:80>
        Alias /static /srv/blog/static
        ProxyPass / http://127.0.0.1:8002/
        <Location /static>
            ProxyPass !
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.directives.families import ALIASES, EARLY_VARIABLES, LOCATION_SECTIONS, REDIRECTS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.urls import Mapping, covers_whole, mapping_of, together
from modwsgi_fix.rule import Diagnostic, Rank, Related, Scope, Severity, rule

_PROXIES = ("proxypass", "proxypassmatch")
_EXEMPTS = "!"
#: Far more lines than any host has: each is compared with those before it.
_MOST = 200


@rule(severity=Severity.WARNING, rank=Rank.ANSWER, scope=Scope.HOST)
def line_behind_proxy(config: Config) -> Iterator[Diagnostic]:
    if not config.named(*_PROXIES):
        return
    for server in filter(config.asks, config.servers):
        asked, located = _proxies(config, server)
        if not any(one.target != _EXEMPTS for one in (*asked, *located)) or _is_switched_off(config, server):
            continue
        taken = [(line, taker) for line in _lines(server) if (taker := _taker(line, asked, located)) is not None]
        # An exemption that stands too low is told, and not also what it was to exempt.
        late = [line for line, _ in taken if line.target == _EXEMPTS]
        for line, taker in taken:
            if line.item.key in _PROXIES or not any(covers_whole(one, line) for one in late):
                yield _told(line, taker)


def _proxies(config: Config, server: Server) -> tuple[list[Mapping], list[Mapping]]:
    """Return the ProxyPass lines of a server, in the order in which they are asked; and those in sections for URLs."""
    servers = [server] if server.is_main else [config.main, server]
    if config.named("proxypassinherit"):
        servers = [server]
    asked = [found for one in servers for item in one.all(*_PROXIES) if (found := _proxy(item)) is not None]
    sections = (item for one in servers for item in config.within(one, *_PROXIES) if item.section(*LOCATION_SECTIONS))
    return asked[:_MOST], [found for item in islice(sections, _MOST) if (found := _of_section(item)) is not None]


def _proxy(item: Item) -> Mapping | None:
    if len(item.args) < 2:
        return None
    url, target = item.args[:2]
    return Mapping(item, url.value, target.value, item.key == "proxypassmatch", url.span, target.span)


def _of_section(item: Item) -> Mapping | None:
    """Return the mapping of a ProxyPass in a section, whose URL is the section's."""
    section = item.section(*LOCATION_SECTIONS)
    if section is None or not section.args or not item.args:
        return None
    url, target = section.args[-1], item.args[0]
    is_regex = item.key == "proxypassmatch" or section.key != "location" or len(section.args) > 1
    return Mapping(item, url.value, target.value, is_regex, url.span, target.span)


def _is_switched_off(config: Config, server: Server) -> bool:
    """Whether a variable may keep requests of a server from being handed on."""
    setting = config.named(*EARLY_VARIABLES, "rewriterule")
    servers = (server, config.main)
    return any("no-proxy" in word for item in setting if item.server in servers for word in item.values[1:])


def _lines(server: Server) -> Iterator[Mapping]:
    """Yield the lines of a server, of this one alone, that a ProxyPass may take the URLs of."""
    for item in islice(server.all(*_PROXIES, *ALIASES, *REDIRECTS), _MOST):
        found = _proxy(item) if item.key in _PROXIES else mapping_of(item)
        if found is not None and item.known and not item.file.tree.is_template:
            yield found


def _taker(line: Mapping, asked: list[Mapping], located: list[Mapping]) -> Mapping | None:
    """Return the ProxyPass that takes every URL of a line before it is asked; None where another one may have a part of them."""
    near = [one for one in located if _meet(one, line)]
    if any(one.is_regex or one.target == _EXEMPTS or not one.item.known for one in near) or len(near) > 1:
        return None
    if near:
        return near[0] if together(near[0].item, line.item) and covers_whole(near[0], line) else None
    for proxy in asked:
        if proxy.item is line.item:
            return None
        if proxy.target == _EXEMPTS or not proxy.item.known:
            if _meet(proxy, line):
                return None
        elif together(proxy.item, line.item) and covers_whole(proxy, line):
            return proxy if proxy.target != line.target else None
    return None


def _meet(proxy: Mapping, line: Mapping) -> bool:
    """Whether two mappings may have a URL in common."""
    if proxy.is_regex or line.is_regex or not proxy.item.known:
        return True
    return covers_whole(proxy, line) or covers_whole(line, proxy)


def _told(line: Mapping, taker: Mapping) -> Diagnostic:
    name, url = line.item.name, line.url
    if line.target == _EXEMPTS:
        told = "so nothing is exempted here"
    elif line.item.key in _PROXIES:
        told = "so nothing is handed on here"
    else:
        told = f"so this {name} is never asked"
    section = taker.item.section(*LOCATION_SECTIONS)
    if section is not None:
        help_ = f"write ProxyPass ! in a <Location {url}> of its own, below this one"
        if line.item.key in _PROXIES:
            help_ = f"write it in a <Location {url}> of its own, below that of {taker.url}"
    elif line.item.key in _PROXIES:
        help_ = f"write it above the {taker.item.name} of {taker.url}"
    elif covers_whole(line, taker):
        help_ = "take one of the two out; a RewriteRule that redirects is asked before ProxyPass"
    else:
        exempting = "ProxyPassMatch" if line.is_regex else "ProxyPass"
        help_ = f"write {exempting} {url} ! above the {taker.item.name} of {taker.url}"
    return Diagnostic(
        line.item.path,
        line.url_span,
        f"{taker.item.name} {taker.url} takes every URL of {url}, {told}",
        related=(Related(taker.item.path, taker.item.span, "it is asked first"),),
        help=help_,
    )
