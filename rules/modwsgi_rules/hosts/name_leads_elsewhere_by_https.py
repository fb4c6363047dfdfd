"""
A name leads to an application by http, and to something else by https.

## What happens

Visitors who come by https get a directory, a default page or another site, and so does whom the http host redirects there.

## Why

httpd chooses a host by address and port first, and only then by name (`vhost.c:ap_update_vhost_given_ip`,
`ap_update_vhost_from_headers`). So the host at port 443 must have each name of the one at port 80, and its mount as well. Where
none has the name, the first host at port 443 answers.

## Left alone

There is no fix: what the https host should have is the owner's to say. A site without any host at port 443 is not reported, nor
one whose https host has a mount, a proxy, a redirect or rules of its own, or may have them in an `.htaccess` file.

## See also

`host-never-reached`, `duplicate-daemon-process`; `modwsgi-fix trace https://NAME/ conf/` says what answers.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    Listen 80
    Listen 443
    <VirtualHost *:443>
        ServerName other.example.com
        SSLEngine on
        DocumentRoot /var/www/html
    </VirtualHost>
    <VirtualHost *:80>
        ServerName shop.example.com
        ServerAlias www.shop.example.com
    #               ^^^^^^^^^^^^^^^^^^^^
        Redirect / https://www.shop.example.com/
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example.com
        SSLEngine on
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    ```
    ```apache
    #- apache2.conf
    Listen 80
    Listen 443
    <Directory />
        AllowOverride None
        Require all denied
    </Directory>
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Directory /srv/shop>
            Require all granted
        </Directory>
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example.com
    #              ^^^^^^^^^^^^^^^^
        SSLEngine on
        DocumentRoot /var/www/html
    </VirtualHost>
    ```

The default page of a distribution is open to everybody:

    ```apache
    #- apache2.conf
    Listen 80
    Listen 443
    <Directory />
        AllowOverride None
        Require all denied
    </Directory>
    <Directory /var/www/>
        Options Indexes
        Require all granted
    </Directory>
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIScriptAlias / /var/www/shop/app.wsgi
    </VirtualHost>
    <VirtualHost _default_:443>
        ServerName shop.example.com
    #              ^^^^^^^^^^^^^^^^
        SSLEngine on
        DocumentRoot /var/www/html
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    Listen 80
    Listen 443
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example.com
        SSLEngine on
        Redirect / http://shop.example.com/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example.com
        WSGIScriptAlias / /srv/blog/app.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import HANDED_ON, REDIRECTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item, Server
from modwsgi_fix.model.request import Kind, request_of, trace
from modwsgi_fix.model.request.hosts import Chain, hosts_are_open, index_of
from modwsgi_fix.model.servers import addresses, label
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule

_NAME = expression(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: What a host answers by without a mount of its own; what is not a name here is left to the trace.
_ANSWERING = (*REDIRECTS, *HANDED_ON)
_NOT_AN_APPLICATION = frozenset({Kind.FILE, Kind.LISTING, Kind.REFUSED, Kind.NOT_FOUND})


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def name_leads_elsewhere_by_https(config: Config) -> Iterator[Diagnostic]:
    if not config.complete or not config.hosts or hosts_are_open(config):
        return
    secure = index_of(config).chains.get("", {}).get(443)
    for host in config.hosts if secure is not None else ():
        if secure is None or {(one.is_wildcard, one.port) for one in addresses(host)} != {(True, "80")}:
            continue
        yield from _bare(config, host, secure)
        yield from _unnamed(config, host, secure)


def _bare(config: Config, host: Server, secure: Chain) -> Iterator[Diagnostic]:
    """Yield the hosts at port 443 that have a name of a host, and none of its mounts."""
    mount = next(
        (one for one in mounts(config, host) if one.url == "/" and not one.is_regex and one.item.server is host), None
    )
    told: set[Server] = set()
    for _, arg in _names(host) if mount is not None else ():
        other = _of_name(secure, arg.value)
        if (
            mount is None
            or other is None
            or other in told
            or mounts(config, other)
            or config.within(other, *_ANSWERING)
        ):
            continue
        named = next((one for one in _names(other) if one[1].value.lower() == arg.value.lower()), None)
        if named is None or not _differs(config, arg.value):
            continue
        told.add(other)
        yield _report(named, f"https://{arg.value}/ leads to no application, as http://{arg.value}/ does", mount)


def _unnamed(config: Config, host: Server, secure: Chain) -> Iterator[Diagnostic]:
    """Yield the names of a host that no host at port 443 has, where one has another of its names."""
    names = list(_names(host))
    own = [other for _, arg in names if (other := _of_name(secure, arg.value)) is not None]
    first = secure.entries[0][1]
    if not own or first in own:
        return
    for named in names:
        name = named[1].value
        if _of_name(secure, name) is None and _is_answered(config, name):
            yield _report(
                named,
                f"https://{name}/ is answered by {label(first)}, because no host there has the name",
                None,
                own[0],
            )


def _report(named: tuple[Item, Arg], message: str, mount: Mapping | None, other: Server | None = None) -> Diagnostic:
    item, arg = named
    related: tuple[Related, ...] = ()
    if mount is not None:
        related = (Related(mount.item.path, mount.target_span, "this answers by http"),)
    elif other is not None and other.item is not None:
        related = (Related(other.item.path, other.item.span, "this host has another of the names"),)
    help = (
        "mount the application in this host, too"
        if mount is not None
        else f"add ServerAlias {arg.value} to the https host"
    )
    return Diagnostic(item.path, arg.span, message, related=related, help=help)


def _names(server: Server) -> Iterator[tuple[Item, Arg]]:
    """Yield the names of a host that can be asked for, each with its directive, without wildcards."""
    for item in server.all("servername", "serveralias"):
        for arg in item.args:
            if arg.known and _NAME.fullmatch(arg.value):
                yield item, arg


def _of_name(chain: Chain, name: str) -> Server | None:
    at = chain.find(name.lower())
    return chain.entries[at][1] if at is not None else None


def _differs(config: Config, name: str) -> bool:
    """Whether a name leads to an application by http, and certainly to none by https."""
    plain, secure = (
        [one.outcome for one in trace(config, request_of(f"{scheme}://{name}/")).branches]
        for scheme in ("http", "https")
    )
    return any(one.kind is Kind.APPLICATION for one in plain) and all(
        # mod_dir adds a slash where the index of a directory is a directory.
        one.kind in _NOT_AN_APPLICATION
        or (one.kind is Kind.REDIRECT and one.location.startswith(f"https://{name}/") and one.location.endswith("/"))
        for one in secure
    )


def _is_answered(config: Config, name: str) -> bool:
    """Whether http answers a name by an application, or sends it to https."""
    outcomes = [one.outcome for one in trace(config, request_of(f"http://{name}/")).branches]
    return any(
        one.kind is Kind.APPLICATION or (one.kind is Kind.REDIRECT and one.location.startswith(f"https://{name}/"))
        for one in outcomes
    )
