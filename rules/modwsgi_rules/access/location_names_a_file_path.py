"""
A `<Location>` holds the path of a directory on the disk.

## What happens

Nothing in the section takes effect, be it a grant, a restriction or a `WSGIProcessGroup`.

## Why

httpd compares `<Location>` with the path of the URL (`request.c:ap_location_walk`). `<Location /srv/site>` holds for
`http://example.com/srv/site`, which nobody asks for, and not for the files in `/srv/site`. Files are named by
`<Directory>`.

## The fix

It makes the section a `<Directory>`. It is unsafe, because what the section says then takes effect, grants included.

## Left alone

A path that an alias or a mount of the host uses as a URL is not reported.

## See also

`directory-names-a-file`.

## Examples

    ```diff unsafe
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Location /srv/site>
    +<Directory /srv/site>
         WSGIProcessGroup site
         Require all granted
    -</Location>
    +</Directory>
    ```
    ```diff unsafe
     Alias /files /srv/files
    -<Location "/srv/files/internal">
    +<Directory "/srv/files/internal">
         Require ip 192.0.2.0/24
    -</Location>
    +</Directory>
    ```

These are paths of URLs, though one looks like a path of the disk:

    ```apache
    Alias /srv /srv/files
    WSGIScriptAlias /app /srv/site/app.wsgi
    <Location /srv/files>
        Require ip 192.0.2.0/24
    </Location>
    <Location /app>
        Require ip 192.0.2.0/24
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.merge.sections import depth, is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.urls import aliases, document_root, mounts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def location_names_a_file_path(config: Config) -> Iterator[Diagnostic]:
    for section in config.named("location"):
        pattern = pattern_of(section).rstrip("/")
        if not section.args or not section.known or is_regex_section(section) or has_wildcard(pattern):
            continue
        if depth(pattern) < 2 or not _is_on_disk(config, section, pattern) or _is_url(config, section, pattern):
            continue
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Location {pattern}> holds a path of the disk, so nothing in the section takes effect",
            fix := _fix(section),
            help="" if fix else "use <Directory> instead",
        )


def _is_on_disk(config: Config, section: Item, pattern: str) -> bool:
    """Whether files that this server serves lie there, above or below."""
    places = config.once((_places, section.server), lambda: Nested(_places(config, section.server)))
    return bool(places.above(pattern) or places.below(pattern))


def _places(config: Config, host: Server) -> Iterator[tuple[str, str]]:
    """Yield the directories that URLs of a host and of the main server lead to; for the main server those of all hosts."""
    for server in config.servers if host.is_main else [config.main, host]:
        targets = (target_of(config, mapping) for mapping in [*mounts(config, server), *aliases(config, server)])
        paths = [target.directory for target in targets if target is not None and "*" not in target.directory]
        root = document_root(config, server)
        if root is not None and root.known:
            paths.append(root.value.rstrip("/"))
        yield from ((path, path) for path in paths if path.startswith("/") and depth(path) > 1)


def _is_url(config: Config, section: Item, pattern: str) -> bool:
    """Whether a mount or an alias maps a URL like that."""
    server = section.server
    return pattern.split("/")[1] in config.once((_first_parts, server), lambda: _first_parts(config, server))


def _first_parts(config: Config, host: Server) -> set[str]:
    """Return what the URLs of a host's mounts and aliases begin with; for the main server those of all hosts."""
    servers = config.servers if host.is_main else [host]
    mappings = (one for server in servers for one in [*mounts(config, server), *aliases(config, server)])
    return {one.url.split("/")[1] for one in mappings if one.url.startswith("/") and not one.is_regex}


def _fix(section: Item) -> Fix | None:
    node = section.node
    if section.foreign or section.guards or not isinstance(node, Section) or node.close is None:
        return None
    close = node.close
    return Fix.unsafe(
        "Make it a <Directory>",
        Edit(section.path, node.name_span, "Directory"),
        Edit(section.path, Span(close.start, close.end), close.source.replace(close.name, "Directory", 1)),
        reason="what the section says takes effect for these files, grants included",
    )
