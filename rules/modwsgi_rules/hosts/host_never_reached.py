"""
No request can choose this virtual host.

## What happens

Visitors get another site: most often the distribution's default page.

## Why

httpd first looks for the hosts of the address and port, then for the first of them that has the name which was asked for, and
takes the first of all where none has it (vhost.c:ap_update_vhost_from_headers). So a host without a `ServerName` answers only
where it is the first one, or for the main server's own name; and of two hosts with one name the second never does, nor one
whose name an earlier `ServerAlias *.example.com` takes. A host for any port (`*`) is asked only where no other has its address
with the port (vhost.c:ap_update_vhost_given_ip).

## Left alone

There is no fix: the name is the owner's to give, and so is the decision which of two hosts is meant. Hosts whose address is a
name, or whose names have patterns, are not reported. Where conditions may leave hosts out, only those count that are there
whenever the host is. In a fragment only hosts of one file are
compared.

## See also

`modwsgi-fix trace http://NAME/ conf/` says which host answers, and `modwsgi-fix show conf/` lists them. Rule
`port-not-listened-on`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    Listen 80
    <VirtualHost *:80>
        DocumentRoot /var/www/html
    </VirtualHost>
    <VirtualHost *:80>
    #            ^^^^
        WSGIScriptAlias / /srv/site/app.wsgi
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        ServerName example.com
        ServerAlias *.example.com
    </VirtualHost>
    <VirtualHost *:80>
    #            ^^^^
        ServerName shop.example.com
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    ```

    ```apache
    #- apache2.conf
    Listen 80
    <VirtualHost *>
    #            ^
        ServerName shop.example.com
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.example.com
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    Listen 80
    Listen 8080
    <VirtualHost *>
        WSGIScriptAlias / /srv/site/app.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName example.com
    </VirtualHost>
    ```
    ```apache
    #- apache2.conf
    Listen 80
    Listen 443
    <VirtualHost *:80>
        ServerName example.com
    </VirtualHost>
    <VirtualHost *:443>
        WSGIScriptAlias / /srv/site/app.wsgi
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias / /srv/site/app.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.request.reached import Unreached, unreached
from modwsgi_fix.model.servers import addresses, label, own_name
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def host_never_reached(config: Config) -> Iterator[Diagnostic]:
    for server in config.hosts:
        found = unreached(config, server)
        if found is None or found.instead is None or server.item is None or found.instead.item is None:
            continue
        item, instead = server.item, found.instead.item
        if item.file.tree.is_template:
            continue  # its branches exclude each other
        # The rest of a fragment's server is out of sight, and so is the order of its files.
        if not sees_all_sections(config) and (not found.name or item.path != instead.path):
            continue
        message, help = _said(found, label(found.instead), _name_of_main(config, server))
        span = item.args[0].span if item.args else item.span
        related = (Related(instead.path, instead.span, "this host answers"),)
        yield Diagnostic(item.path, span, message, related=related, help=help)


def _name_of_main(config: Config, server: Server) -> str:
    """Return what the main server is called where its name is not in sight; empty where a host does not have that name.

    A host without ServerName has it at any address (vhost.c:ap_fini_vhost_config).
    """
    is_inherited = own_name(server) is None and all(address.is_wildcard for address in addresses(server))
    if not is_inherited or own_name(config.main) is not None:
        return ""
    return "the machine's own name" if sees_all_sections(config) else "the main server's name"


def _said(found: Unreached, instead: str, main: str) -> tuple[str, str]:
    """Return the message and the help."""
    by_main = found.only_by or main
    if found.name and not by_main:
        message = f"no request reaches this host: {instead} takes the name {found.name}"
        return message, "give it a name of its own, or take one of the two hosts out"
    if found.by_port:
        return (
            f"no request reaches this host: {instead} has the port as well, and is asked instead",
            "write the port here, too",
        )
    help = "give it a ServerName, or disable the host that comes first"
    if by_main:
        return f"only requests for {by_main} reach this host, because it has no ServerName", help
    return "no request reaches this host: it has no ServerName, and is not the first at its address", help
