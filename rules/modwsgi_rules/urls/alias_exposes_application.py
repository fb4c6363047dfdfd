"""
A URL leads to the directory of a WSGI script, so that its source can be fetched.

## What happens

Anybody can fetch the source of the script, and the modules, settings and databases beside it.

## Why

`WSGIScriptAlias` runs the script. Any other way to it hands it out as text: an `Alias` of its directory, or a
DocumentRoot above it. httpd asks aliases first, and the DocumentRoot wherever no mount takes the URL
(`mod_alias.c:translate_alias_redir`, `core.c:ap_core_translate`). Another virtual host is enough, the default one
included.

## Left alone

There is no fix. Move the project out of what is served, or narrow the alias to the static files. An alias that hides
the application as well is reported by `alias-hides-application`. Several aliases of a host that lead to one script are one
finding with its places, and so is an alias that leads to the scripts of many hosts.

## See also

`alias-hides-application`, `whole-project-granted`.

## Examples

    ```apache
    WSGIScriptAlias /app /srv/site/app.wsgi
    Alias /files /srv/site
    #            ^^^^^^^^^
    <Directory /srv/site>
        Require all granted
    </Directory>
    ```
    ```apache
    <VirtualHost *:80>
        ServerName www.example.com
        DocumentRoot /var/www
    #                ^^^^^^^^
    </VirtualHost>
    <VirtualHost *:80>
        ServerName app.example.com
        WSGIScriptAlias / /var/www/app/app.wsgi
    </VirtualHost>
    ```

Static files beside the script, a DocumentRoot whose URLs are the application's, and a directory that is closed:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    Alias /static /srv/site/static
    DocumentRoot /srv/site
    ```
    ```apache
    WSGIScriptAlias /app /srv/site/app.wsgi
    Alias /files /srv/site
    <Directory /srv/site>
        Require all denied
    </Directory>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, led_to, scripts_below, scripts_nested, served_by_root
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import grant
from modwsgi_fix.model.paths import rest_below
from modwsgi_fix.model.request.visits import authorities_of
from modwsgi_fix.model.urls import Mapping, aliases, covered, document_root, mounts
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule
from modwsgi_fix.text import Span

#: The most scripts that are pointed to.
_FEW = 5


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def alias_exposes_application(config: Config) -> Iterator[Diagnostic]:
    scripts = scripts_nested(config, config.main)
    exposing: dict[Item, tuple[Mapping, dict[str, Served]]] = {}
    for server in config.servers:
        for alias, target in led_to(config, server):
            # The exceptions of a pattern are not followed.
            if target is None or target.file is not None or "*" in target.directory or "(?!" in alias.url:
                continue
            if not scripts.below(target.directory):
                continue
            if next(covered(config, server, alias), None) is not None:
                # The application is hidden as well, which another rule reports.
                continue
            script = _exposed(config, server, target.directory, alias.url, [])
            if script is not None:
                exposing.setdefault(alias.item, (alias, {}))[1].setdefault(script.path, script)
        root = document_root(config, server)
        if root is None or not root.value or not root.known or root.server is not server:
            continue
        script = next(filter(None, (_below_root(config, one, root) for one in _having(config, server))), None)
        if script is not None:
            yield _report(
                root.path,
                root.args[0].span,
                f"DocumentRoot {root.value} is served",
                [script],
                "move the project out of the DocumentRoot",
            )
    alike: dict[object, list[tuple[Mapping, dict[str, Served]]]] = {}
    for alias, exposed in exposing.values():
        alike.setdefault((alias.item.path, alias.server, *exposed), []).append((alias, exposed))
    for (alias, exposed), *others in alike.values():
        yield _report(
            alias.item.path,
            alias.target_span,
            f"{alias.url} leads to {alias.target}",
            list(exposed.values()),
            "move the project elsewhere, or narrow the alias to the static files",
            [other for other, _ in others],
        )


def _report(
    path: str, span: Span, how: str, scripts: Sequence[Served], advice: str, others: Sequence[Mapping] = ()
) -> Diagnostic:
    mounted = [script.mapping for script in scripts if script.mapping is not None]
    return Diagnostic(
        path,
        span,
        f"{how}, so the source of {_listed(scripts)} can be fetched",
        related=(
            *(Related(other.item.path, other.target_span, "this leads there, too") for other in others),
            *(Related(mount.item.path, mount.target_span, "the script") for mount in mounted[:_FEW]),
        ),
        help=advice,
    )


def _listed(scripts: Sequence[Served]) -> str:
    """The scripts by their paths; of many one, and how many there are."""
    if len(scripts) > 2:
        return f"{scripts[0].path} and {len(scripts) - 1} more scripts"
    return " and ".join(script.path for script in scripts)


def _having(config: Config, server: Server) -> list[Server]:
    """Return the servers that serve a server's DocumentRoot: the main server's is left to the hosts where they have all ports."""
    is_certain = config.complete and not any(host.item is None or host.item.guards for host in config.hosts)
    if not server.is_main or not is_certain or authorities_of(config, server):
        return [server]
    return [host for host in config.hosts if (root := document_root(config, host)) is None or root.server is server]


def _below_root(config: Config, server: Server, root: Item) -> Served | None:
    """Return a script that a server hands out because it lies below the DocumentRoot."""
    if not served_by_root(config, server):
        return None
    asked = [*mounts(config, server), *aliases(config, server)]
    return _exposed(config, server, root.value.rstrip("/"), "/", asked)


def _scripts(config: Config, directory: str) -> list[Served]:
    """Return the scripts below a directory, each once however often it is mounted."""
    return config.once(
        (_scripts, directory),
        lambda: list({one.path: one for one in scripts_below(config, config.main, directory)}.values()),
    )


def _exposed(config: Config, server: Server, directory: str, url: str, asked: list[Mapping]) -> Served | None:
    """Return a script that can be fetched through ``url``, which leads to ``directory`` unless one of ``asked`` takes it."""
    for script in _scripts(config, directory):
        if grant(config, server, script.directory, script.file).allowed is False or _is_run(config, script):
            continue
        path = posixpath.join(url, rest_below(script.path, directory))
        if all(mapping.matches(path) is False for mapping in asked):
            return script
    return None


def _is_run(config: Config, script: Served) -> bool:
    """Whether a handler may run the script, by whatever URL it is reached."""
    extension = posixpath.splitext(script.path)[1]
    for item in config.named("addhandler", "sethandler"):
        if item.value.lower() == "wsgi-script" and (
            item.key == "sethandler" or extension.lstrip(".") in [value.lstrip(".") for value in item.values[1:]]
        ):
            return True
    return False
