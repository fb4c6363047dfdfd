r"""
An `Alias` takes every URL of a WSGI application, which is never reached.

## What happens

No request reaches the application. httpd hands out the whole directory instead: source code, databases and uploads.

## Why

`Alias` and `AliasMatch` take precedence over `WSGIScriptAlias`, whatever their order in the file: mod_wsgi registers
its translation behind that of mod_alias (`mod_wsgi.c:wsgi_register_hooks`, `mod_alias.c:translate_alias_redir`). That
is how static files are laid over a mounted application. `Alias /` beside `WSGIScriptAlias /` lays everything over it,
and so does any pattern that takes the same URLs. `AliasMatch ^/(.+)$` leaves the application no URL but `/`.

## The fix

A repair: it narrows the alias to the static files of each application. It takes the applications from

1. the real directory, where `--root` shows it;
2. the setting `applications`;
3. the `<LocationMatch>` beside the alias, where it lists names.

Where none of these says, one anchored `AliasMatch` takes `static` of any application. The application answers the
other URLs, as it should have done; files outside of `static` are closed.

```toml
[tool.modwsgi-fix.rules.alias-hides-application]
applications = ["welcome", "shop"]
static-directories = ["static"]
```

Where a `<Location>` opens the files to everyone, a `<Directory>` now opens them, so that they stay open when the
Location goes (see `allow-in-location`). What a `<Directory>` opens or restricts stays as it is, and so does what
nothing opens.

The new sections switch off listings and symbolic links (`Options -Indexes -FollowSymLinks`). Links are followed as
before where `--root` shows links among the static files and none of them leads out of the directory. The fix is
unsafe where links that are in use would be cut, and where a pattern led every URL to one place.

Where `--root` shows source code, a database or a backup among the static files, the section refuses files of that
kind. Without `--root` they cannot be seen.

## Left alone

There is no fix where neither the layout (web2py's `applications`) nor the disk nor the settings tell which files are
static.

## See also

`allow-in-location`, `alias-exposes-application`, `wsgi-alias-order`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
    -    Alias / /home/web2py/applications/
    +    AliasMatch ^/([^/]+)/static/(.*)$ /home/web2py/applications/$1/static/$2
    +    <Directory /home/web2py/applications/*/static>
    +        Options -Indexes -FollowSymLinks
    +        AllowOverride None
    +        Require all granted
    +        <IfModule mod_access_compat.c>
    +            Order allow,deny
    +            Allow from all
    +        </IfModule>
    +    </Directory>
         WSGIScriptAlias / /home/web2py/wsgihandler.py
         <Location "/">
             Order deny,allow
             Allow from all
         </Location>
     </VirtualHost>
    ```

An `AliasMatch` does the same. The configuration is for httpd 2.2, and lists the names:

    ```diff repair httpd=2.2
    -AliasMatch ^/(.*)$ /srv/web2py/applications/$1
    +Alias /welcome/static/ /srv/web2py/applications/welcome/static/
    +<Directory /srv/web2py/applications/welcome/static>
    +    Options -Indexes -FollowSymLinks
    +    AllowOverride None
    +    Order allow,deny
    +    Allow from all
    +</Directory>
    +Alias /admin/static/ /srv/web2py/applications/admin/static/
    +<Directory /srv/web2py/applications/admin/static>
    +    Options -Indexes -FollowSymLinks
    +    AllowOverride None
    +    Order allow,deny
    +    Allow from all
    +</Directory>
     WSGIScriptAlias / /srv/web2py/wsgihandler.py
     <LocationMatch "^/(welcome|admin)/static/.*">
         Order allow,deny
         Allow from all
     </LocationMatch>
    ```

The real directory is at hand, and the whole server shows a restriction of one application:

    ```diff repair
     #- httpd.conf
     <Directory />
         Require all denied
     </Directory>
     <Directory /home/web2py>
         Require all granted
     </Directory>
     <Directory /home/web2py/applications/shop>
         Require ip 192.0.2.0/24
     </Directory>
     <VirtualHost *:80>
         ServerName example.com
    -    Alias / /home/web2py/applications/
    +    Alias /shop/static/ /home/web2py/applications/shop/static/
    +    <Directory /home/web2py/applications/shop/static>
    +        Options -Indexes -FollowSymLinks
    +        AllowOverride None
    +    </Directory>
    +    Alias /welcome/static/ /home/web2py/applications/welcome/static/
    +    <Directory /home/web2py/applications/welcome/static>
    +        Options -Indexes -FollowSymLinks
    +        AllowOverride None
    +    </Directory>
         WSGIScriptAlias / /home/web2py/wsgihandler.py
     </VirtualHost>
     #- /home/web2py/applications/welcome/static/base.css
     #- /home/web2py/applications/welcome/models/db.py
     #- /home/web2py/applications/shop/static/base.css
    ```

A pattern within a condition, and source code among the static files:

    ```diff repair
     <IfModule mod_wsgi.c>
    -    AliasMatch ^/(.+)$ /srv/site/$1
    +    Alias /static/ /srv/site/static/
    +    <Directory /srv/site/static>
    +        Options -Indexes -FollowSymLinks
    +        AllowOverride None
    +        <FilesMatch "(?i)\.py$">
    +            Require all denied
    +        </FilesMatch>
    +    </Directory>
         WSGIScriptAlias / /srv/site/app.wsgi
     </IfModule>
     #- /srv/site/app.wsgi
     #- /srv/site/static/site.css
     #- /srv/site/static/build.py
    ```

Nothing says which of these files are static:

    ```apache
    Alias / /srv/site/
    #     ^
    WSGIScriptAlias / /srv/site/app.wsgi
    ```

Static files laid over an application are what aliases are for:

    ```apache
    Alias /static/ /srv/site/static/
    Alias /favicon.ico /srv/site/static/favicon.ico
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.suffixes import PYTHON_CODE
from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.effect.exposure import program_below
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import is_file
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import (
    directory_sections,
    location_match,
    location_sections,
    may_overlap,
    pattern_of,
)
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.model.urls import Mapping, aliases, as_prefix, covered, covers_whole
from modwsgi_fix.rewriting.access_blocks import quoted, script_block
from modwsgi_fix.rewriting.lines import replace_lines
from modwsgi_fix.rule import Diagnostic, Related, Scope, Severity, rule
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.urls._static_files import StaticFiles, reasons, static_files

#: `^(/[\w_]*/static/.*)` and its relatives: one segment for the application, one for its static files.
_HINT = expression(r"[\^ˆ]?\(?/(?P<application>\((?:\?:)?[\w|.-]+\)|[\w.-]+|[^/]*)/(?P<static>[\w-]+)/")
#: Single files that are served from the top of a site whatever its layout.
_WELL_KNOWN = ("favicon.ico", "robots.txt")

_APPLICATIONS = Setting[Sequence[str]](
    "applications",
    (),
    "The applications in the directory, each of which has static files; found on the disk, or in the alias.",
)
_STATIC = Setting[Sequence[str]](
    "static-directories",
    (),
    "The directories of static files in an application; static where nothing else is known.",
)


@rule(
    severity=Severity.ERROR,
    settings=(_APPLICATIONS, _STATIC),
    changes=("regained", "closed"),
    scope=Scope.HOST,
)
def alias_hides_application(config: Config) -> Iterator[Diagnostic]:
    for alias, mount, server in _hidden(config):
        fix = _narrow(config, alias, mount, server)
        message = f"{alias.item.name} hides {mount.item.name} {mount.url}, and serves {alias.target} at all its URLs"
        if not covers_whole(alias, mount):
            message += " but one"
        yield Diagnostic(
            alias.item.path,
            alias.url_span,
            message,
            fix,
            (Related(mount.item.path, mount.url_span, "the application that is hidden"),),
            help="" if fix else "narrow the alias to the static files, or remove it",
        )


def _hidden(config: Config) -> Iterator[tuple[Mapping, Mapping, Server]]:
    """Yield each alias that hides a mount, with the first such mount and its server."""
    for server in config.servers:
        # An alias of the main server is told of whichever host it hides.
        for alias in aliases(config, server if config.asks(server) else config.main):
            if is_file(config, alias.target):
                continue
            mount = next((m for m in covered(config, server, alias) if not alias.item.excludes(m.item)), None)
            if mount is not None:
                yield alias, mount, server


class _Layout(NamedTuple):
    """Where static files lie below the alias' directory. ``applications`` None: in any of its directories."""

    applications: tuple[str, ...] | None
    static: tuple[str, ...]
    flat: bool


def _narrow(config: Config, alias: Mapping, mount: Mapping, server: Server) -> Fix | None:
    plain = _plain(alias, mount)
    if plain is None or not alias.item.known or not mount.item.accompanies(alias.item):
        return None
    prefix, directory = plain
    layout = _layout(config, directory, server)
    if layout is None:
        return None
    written: list[StaticFiles] = []
    for static in layout.static:
        if layout.flat:
            written.append(_alias(config, alias, f"{prefix}/{static}/", f"{directory}/{static}"))
        elif layout.applications is None:
            pattern = f"^{re.escape(prefix)}/([^/]+)/{re.escape(static)}/(.*)$"
            mapping = f"AliasMatch {quoted(pattern)} {quoted(f'{directory}/$1/{static}/$2')}"
            written.append(_static(config, alias, mapping, f"{prefix}/x/{static}/x", f"{directory}/*/{static}"))
        else:
            for name in layout.applications:
                if config.disk is None or config.disk.is_dir(f"{directory}/{name}/{static}"):
                    place = f"{name}/{static}"
                    written.append(_alias(config, alias, f"{prefix}/{place}/", f"{directory}/{place}"))
    lines = [line for files in written for line in (files.mapping, *files.section)]
    lines += _single_files(config, alias, directory, prefix)
    where = "its static files" if layout.flat else "the static files of each application"
    reason = f"only {where} stay aliased, and the application answers the rest"
    # A pattern that always led to one place led to none of the static files.
    opens = alias.is_regex and as_prefix(alias) is None
    # A file that was run as a program would be sent as a file.
    ran = alias.item.key.startswith("scriptalias")
    program = next(filter(None, (program_below(config, one.directory) for one in written if ran)), "")
    is_unsafe = opens or program or any(files.cuts_links for files in written)
    sent = [f"{program or 'what ran as a program'} is sent as a file"] if ran else []
    return Fix(
        "Narrow the alias to the static files",
        (replace_lines(alias.item, lines),),
        Applicability.UNSAFE if is_unsafe else Applicability.REPAIR,
        "; ".join([reason, *sent, *reasons(written)]),
        publishes=((f"{prefix}/", f"{directory}/"),),
    )


def _plain(alias: Mapping, mount: Mapping) -> tuple[str, str] | None:
    """Return URL prefix and directory that an alias means, without slashes at their ends; None where that is unclear."""
    if alias.is_regex and "$" not in alias.target and covers_whole(alias, mount):
        return mount.url.rstrip("/"), alias.target.rstrip("/")
    return as_prefix(alias)


def _alias(config: Config, alias: Mapping, url: str, directory: str) -> StaticFiles:
    mapping = f"Alias {quoted(url)} {quoted(directory + '/')}"
    return _static(config, alias, mapping, f"{url}x", directory)


def _static(config: Config, alias: Mapping, mapping: str, url: str, directory: str) -> StaticFiles:
    """Return what is written for the static files in a directory, ``url`` being that of one of them."""
    sections = [s for host in _hosts(config, alias) for s in directory_sections(config, host)]
    lines = [item for s in sections if may_overlap(s, directory) for item in s.children if item.key == "allowoverride"]
    overrides = any(value.lower() != "none" for item in lines for value in item.values)
    grants = _open_by_url(config, alias, url)
    return static_files(config, mapping, directory, grants=grants, overrides=overrides)


def _hosts(config: Config, alias: Mapping) -> Sequence[Server]:
    """Return the servers that ask an alias."""
    return config.servers if alias.item.server.is_main else [alias.item.server]


def _open_by_url(config: Config, alias: Mapping, url: str) -> bool:
    """Whether a Location opens a file in every host. What a Directory opens stays open; what nothing opens stays closed."""
    return all(
        any(
            access_of(section).grants and location_match(section, url) is True and section.accompanies(alias.item)
            for section in location_sections(config, host)
        )
        for host in _hosts(config, alias)
    )


def _layout(config: Config, directory: str, server: Server) -> _Layout | None:
    hint = _hint(config, server)
    static = tuple(config.setting(_STATIC))
    wanted = static or ((hint[1],) if hint else ("static",))
    disk = config.disk
    if disk is not None and disk.is_dir(directory):
        return _on_disk(config, directory, wanted)
    if applications := tuple(config.setting(_APPLICATIONS)):
        return _Layout(applications, wanted, flat=False)
    if hint is not None:
        return _Layout(hint[0], wanted, flat=False)
    if posixpath.basename(directory) == "applications":
        return _Layout(None, wanted, flat=False)
    return None


def _on_disk(config: Config, directory: str, static: Sequence[str]) -> _Layout | None:
    disk = config.disk
    assert disk is not None
    names = [name for name in disk.names(directory) if not name.startswith(".")]
    if any(
        disk.is_file(f"{directory}/{name}") and name not in _WELL_KNOWN and not name.endswith(PYTHON_CODE)
        for name in names
    ):
        # Other files lie there, which may be meant to be served.
        return None
    flat = tuple(name for name in static if disk.is_dir(f"{directory}/{name}"))
    if flat:
        return _Layout(None, flat, flat=True)
    found = tuple(
        name
        for name in names
        if re.fullmatch(r"[\w.-]+", name) and any(disk.is_dir(f"{directory}/{name}/{s}") for s in static)
    )
    return _Layout(found, tuple(static), flat=False) if found else None


def _hint(config: Config, server: Server) -> tuple[tuple[str, ...] | None, str] | None:
    """Return application names and the name of their static directory, from a LocationMatch that has both."""
    for section in location_sections(config, server):
        found = _HINT.match(pattern_of(section)) if section.key == "locationmatch" else None
        if found and found["static"] in ("static", "media", "assets"):
            names = found["application"].removeprefix("(").removeprefix("?:").removesuffix(")")
            listed = (
                tuple(names.split("|")) if names and re.fullmatch(r"[\w.|-]+", names) and "." not in names else None
            )
            return listed, found["static"]
    return None


def _single_files(config: Config, alias: Mapping, directory: str, prefix: str) -> list[str]:
    lines = []
    for name in _WELL_KNOWN:
        path = f"{directory}/{name}"
        if config.disk is not None and config.disk.is_file(path):
            lines.append(f"Alias {prefix}/{name} {quoted(path)}")
            if _open_by_url(config, alias, f"{prefix}/{name}"):
                lines += script_block(config, directory, name)
    return lines
