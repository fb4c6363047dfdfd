"""
A `<Directory>` opens a whole project, where httpd needs its WSGI script only.

## What happens

Source code, settings and databases are served as soon as any URL leads to the directory: by an alias that is a
directory too wide, or by a second virtual host whose DocumentRoot lies above.

## Why

httpd reads the *script*; Python reads the modules beside it, whatever httpd allows (`mod_wsgi.c:wsgi_hook_handler`
checks the script's own file). Django's documentation has the grant in a `<Files>`:

```text
<Directory /srv/site>
    <Files app.wsgi>
        Require all granted
    </Files>
</Directory>
```

It is reported where an alias or a DocumentRoot of the hosts that the section holds for leads to the directory, and for
a directory of the system's programs or settings. Where the server is out of sight, whatever suggests a project counts
as well: `home=`, `python-path=` or `python-home=` at or below the directory, an alias to a part of it, a script that
lies further down, and with `--root` a `manage.py`, settings or a package. The sections of a file for one directory and
the same scripts are one finding.

## Left alone

There is no fix, because the configuration does not always show what else is served from the directory: write the
`<Files>`, and give static directories a section of their own.

A `<DirectoryMatch>` for all below one directory counts, and so does a grant that looks like a restriction: by
`<Limit>`, `Require method`, or with a ban of one address, which let most visitors in.

Not reported is a directory that is made for scripts, one with a handler of its own, by which what lies there is run,
and one below `/usr/share` or `/usr/lib`: the code of a package is known to everybody, and its settings lie elsewhere.

## See also

`alias-exposes-application`, `root-directory-granted`, `allow-in-location`.

## Examples

    ```apache
    WSGIScriptAlias / /srv/site/site/wsgi.py
    <Directory /srv/site>
    #          ^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    WSGIDaemonProcess shop python-path=/srv/shop/lib
    WSGIScriptAlias / /srv/shop/run.wsgi process-group=shop
    <Directory /srv/shop>
    #          ^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    WSGIScriptAlias / /srv/site/site/wsgi.py
    <Directory /srv/site/site>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>
    <Directory /srv/site/static>
        Require all granted
    </Directory>
    ```

Made for scripts, and no other URL leads there:

    ```apache
    WSGIScriptAlias /clock /srv/www/wsgi-scripts/clock.wsgi
    <Directory /srv/www/wsgi-scripts>
        Require all granted
    </Directory>
    ```

    ```apache
    Alias /tools/ /srv/tools/
    WSGIScriptAlias /test /srv/tools/test.wsgi
    <Directory /srv/tools>
        Options ExecCGI
        AddHandler wsgi-script .wsgi
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /bkr/static/ /usr/share/bkr/static/
    WSGIScriptAlias /bkr /usr/share/bkr/server/bkr.wsgi
    <Directory /usr/share/bkr>
        Require all granted
    </Directory>
    ```

In a whole server an alias of the static files alone reaches nothing else:

    ```apache
    #- httpd.conf
    DocumentRoot /srv/www/htdocs
    WSGIScriptAlias / /srv/site/run.wsgi
    Alias /static/ /srv/site/static/
    <Directory /srv/site>
        Require all granted
    </Directory>
    ```
    ```apache
    #- httpd.conf
    WSGIScriptAlias /app /srv/site/run.wsgi
    Alias /source/ /srv/site/
    <IfModule mod_wsgi.c>
        <Directory /srv/site>
    #              ^^^^^^^^^
            Require all granted
        </Directory>
    </IfModule>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.served import Served, location_prefix, scripts_nested, static
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import directories_in, path_matches
from modwsgi_fix.model.paths import Nested, has_wildcard, rest_below
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.access._expressions import whom

#: Directories where programs and their private files lie beside the script.
_SYSTEM = ("/bin", "/etc", "/sbin", "/usr/bin", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/sbin")
#: Directories where packages keep files that anybody may read.
_PACKAGED = ("/usr/lib", "/usr/lib64", "/usr/share")
#: Names of directories that are made for scripts alone.
_FOR_SCRIPTS = frozenset({"cgi-bin", "wsgi-bin", "wsgi-scripts", "wsgi_bin", "wsgi_scripts", "scripts"})
#: Files that lie at the top of a project.
_OF_PROJECTS = frozenset({".env", ".git", "manage.py", "pyproject.toml", "settings.py", "setup.cfg", "setup.py"})
#: Options of a daemon process that say where the application's modules are.
_PLACES = ("home", "python-path", "python-home")


@rule(severity=Severity.INFO)
def whole_project_granted(config: Config) -> Iterator[Diagnostic]:
    opened: dict[tuple[str, str, tuple[str, ...]], list[tuple[Item, list[Served]]]] = {}
    for section, path, scripts in _above_scripts(config):
        if not whom(section):
            continue
        if any(child.key in ("addhandler", "sethandler") for child in section.children):
            continue
        if _matters(config, path.rstrip("/"), section.server, scripts):
            names = tuple(dict.fromkeys(script.path for script in scripts))
            opened.setdefault((section.path, path.rstrip("/"), names), []).append((section, scripts))
    for (_, path, names), sections in opened.items():
        first, scripts = sections[0]
        mounted = [script.mapping for script in scripts if script.mapping is not None]
        yield Diagnostic(
            first.path,
            first.args[-1].span,
            f"all of {path} is opened, where mod_wsgi needs {_listed(path, names)} only",
            related=(
                *(Related(section.path, section.args[-1].span, "here, too") for section, _ in sections[1:]),
                *(Related(mount.item.path, mount.target_span, "the script") for mount in mounted[:1]),
            ),
            help="put the grant into a <Files> section",
        )


def _above_scripts(config: Config) -> list[tuple[Item, str, list[Served]]]:
    """Return the sections of one directory with scripts in it, in reading order, each with the directory and the scripts."""

    servers = config.servers if config.named(*DIRECTORY_SECTIONS) else ()
    # Then what holds in a host is a matter of its own lines.
    is_each_alone = config.disk is None and servers and not mounts(config, config.main)
    found: list[tuple[Item, str, list[Served]]] = []
    for server in servers:
        own = partial(_own_above_scripts, config, server)
        found += server.once(_above_scripts, own) if is_each_alone and not server.is_main else own()
    return sorted(found, key=lambda one: one[0].index)


def _own_above_scripts(config: Config, server: Server) -> list[tuple[Item, str, list[Served]]]:
    sections, below = directories_in(config, server), scripts_nested(config, server).below
    paths = [(one, path) for one, path in sections.paths if path and not has_wildcard(path)]
    paths += [(one, path) for one in sections.regexes if (path := location_prefix(one)) and path.strip("/")]
    return [(section, path, scripts) for section, path in paths if (scripts := below(path))]


def _listed(path: str, names: tuple[str, ...]) -> str:
    """The scripts by their paths below the directory, or how many there are."""
    if len(names) > 2:
        return f"its {len(names)} WSGI scripts"
    return " and ".join(rest_below(name, path) for name in names)


def _matters(config: Config, path: str, server: Server, scripts: list[Served]) -> bool:
    """Whether more than the scripts can be fetched from a directory; in a fragment, also whether more may lie there."""
    if any(path_matches(system, path) for system in _SYSTEM):
        return True
    # A mapping that leads to a script leads to the whole directory, or to the part with the script.
    directories = {script.directory for script in scripts}
    if any(_leads_to(one, path) for place in directories for one in static(config, server).above(place)):
        return True
    return not config.complete and _is_project(config, path, server, scripts)


def _leads_to(target: Served, path: str) -> bool:
    return path_matches(target.directory, path) or path_matches(path, target.directory)


def _is_project(config: Config, path: str, server: Server, scripts: list[Served]) -> bool:
    """Whether there are signs of more than scripts in a directory."""
    if any(path_matches(packaged, path) for packaged in _PACKAGED):
        return False
    if static(config, server).below(path) or _places(config).below(path):
        return True
    if posixpath.basename(path) not in _FOR_SCRIPTS and any(
        rest_below(script.directory, path) != "." for script in scripts
    ):
        return True
    return _holds_a_project(config, path)


@derived
def _places(config: Config) -> Nested[str]:
    """Return the directories of modules that directives and options of process groups name."""
    places = [option.value for one in daemon_processes(config) for name in _PLACES if (option := one.option(name))]
    places += [item.value for item in config.named("wsgipythonpath", "wsgipythonhome")]
    return Nested((place, place) for value in places for place in value.split(":"))


def _holds_a_project(config: Config, path: str) -> bool:
    """Whether ``--root`` shows a project in a directory."""
    disk = config.disk
    if disk is None or not disk.is_dir(path):
        return False
    names = disk.names(path)
    return not _OF_PROJECTS.isdisjoint(names) or any(
        disk.is_file(posixpath.join(path, name, "__init__.py")) for name in names
    )
