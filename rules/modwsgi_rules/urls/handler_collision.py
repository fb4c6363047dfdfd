"""
Another handler takes the WSGI script.

## What happens

mod_wsgi does not run the script. CGI is asked to run it instead and fails, or its source is sent.

## Why

`WSGIScriptAlias` chooses the handler when the URL is mapped. A `SetHandler`, or an `AddHandler` for the script's
extension, is applied later and wins (`core.c:core_override_type`, `mod_mime.c:find_ct`).

Where a whole directory is mounted, each of its files is run as a script, and those of the extension are taken. It is a warning
where that is `.py`, as a module beside the scripts may have it.

## Left alone

There is no fix. Take the extension out of the `AddHandler`, or limit the handler to the directory that it is for.

## See also

*End of script output before headers* (httpd 2.2: *Premature end of script headers*), *Options ExecCGI is off in this
directory*; `wsgi-script-without-execcgi`.

## Examples

    ```apache
    AddHandler cgi-script .cgi .py
    #                          ^^^
    WSGIScriptAlias / /srv/site/wsgi.py
    ```
    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site>
        SetHandler mod_python
    #              ^^^^^^^^^^
    </Directory>
    ```
    ```apache
    WSGIScriptAlias /apps/ /srv/apps/
    AddHandler cgi-script .cgi .pl .py .wsgi
    #                                  ^^^^^
    ```

Other extensions and directories, a handler that is switched off, and one for other URLs:

    ```apache
    AddHandler cgi-script .cgi .pl
    WSGIScriptAlias /apps/ /srv/apps/
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site>
        SetHandler wsgi-script
    </Directory>
    <Directory /srv/cgi>
        SetHandler cgi-script
        AddHandler cgi-script .wsgi
    </Directory>
    <Location /static>
        SetHandler None
    </Location>
    <Location /server-status>
        SetHandler server-status
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, mounts_a_directory, scripts, scripts_below, target_of
from modwsgi_fix.model.items import Arg, Item, Server
from modwsgi_fix.model.merge.sections import (
    directory_matches,
    files_match,
    is_regex_section,
    location_match,
    pattern_of,
)
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_HELP = {
    "addhandler": "take the extension out of AddHandler, or limit it to the directory that it is for",
    "sethandler": "limit SetHandler to the directory that it is for",
}


@rule(severity=Severity.ERROR)
def handler_collision(config: Config) -> Iterator[Diagnostic]:
    own = {item.value.lower() for item in config.named("wsgihandlerscript")} | {"wsgi-script", "none"}
    handlers = [
        item for item in config.named("addhandler", "sethandler") if item.args and item.value.lower() not in own
    ]
    for item in handlers:
        taken = ((script, word) for script in _near(config, item) if (word := _takes(item, script)) is not None)
        first = next(taken, None)
        if first is None:
            yield from _of_directories(config, item)
            continue
        script, word = first
        assert script.mapping is not None
        yield Diagnostic(
            item.path,
            word.span,
            f"{item.value} takes the WSGI script {script.path}, so mod_wsgi does not run it",
            related=(Related(script.mapping.item.path, script.mapping.target_span, "the script"),),
            help=_HELP[item.key],
        )


def _of_directories(config: Config, item: Item) -> Iterator[Diagnostic]:
    """Yield what an AddHandler takes of the first directory that is mounted whole, where it takes something."""
    words = {_extension(arg): arg for arg in item.args[1:]} if item.key == "addhandler" else {}
    word = words.get("wsgi") or words.get("py")
    if word is None:
        return
    for directory in _mounted(config, item.server):
        mount = directory.mapping
        if mount is not None and _reaches(item, directory, mount):
            yield Diagnostic(
                item.path,
                word.span,
                f"{item.value} takes the files of {mount.target} that end in .{_extension(word)}, so mod_wsgi does not run them",
                related=(Related(mount.item.path, mount.target_span, "the directory of scripts"),),
                severity=None if _extension(word) == "wsgi" else Severity.WARNING,
                help=_HELP[item.key],
            )
            return


def _mounted(config: Config, server: Server) -> list[Served]:
    """Return the directories that a host mounts whole; for the main server those of all hosts."""

    def found() -> list[Served]:
        servers = config.servers if server.is_main else [server]
        whole = (mount for one in servers for mount in mounts(config, one) if mounts_a_directory(config, mount))
        return [target for mount in whole if (target := target_of(config, mount)) is not None]

    return config.once((_mounted, server), found)


def _near(config: Config, item: Item) -> Iterator[Served]:
    """Yield the scripts of a server that one of its handler directives may take."""
    server = item.server
    if item.key == "addhandler":
        by_extension = config.once((_near, server), lambda: _by_extension(scripts(config, server)))
        words = dict.fromkeys(_extension(arg) for arg in item.args[1:])
        yield from (script for word in words for script in by_extension.get(word, ()))
        return
    section = item.section("directory")
    if section is None or is_regex_section(section) or has_wildcard(pattern_of(section)):
        yield from scripts(config, server)
    else:
        yield from scripts_below(config, server, pattern_of(section))


def _by_extension(found: Iterable[Served]) -> dict[str, list[Served]]:
    by_extension: dict[str, list[Served]] = {}
    for script in found:
        for extension in _extensions(script):
            by_extension.setdefault(extension, []).append(script)
    return by_extension


def _extensions(script: Served) -> list[str]:
    """Return the extensions of a name that mod_mime looks at, all of them, in lower case."""
    return list(dict.fromkeys((script.file or "").lower().split(".")[1:]))


def _extension(arg: Arg) -> str:
    return arg.value.lower().lstrip(".")


def _takes(item: Item, script: Served) -> Arg | None:
    """Return the word of a handler directive by which it certainly takes the script; None where it may not."""
    mount = script.mapping
    if mount is None or not _reaches(item, script, mount):
        return None
    if item.key == "sethandler":
        return item.args[0] if item.sections and "expr=" not in item.value and "|" not in item.value else None
    return next((arg for arg in item.args[1:] if _extension(arg) in _extensions(script)), None)


def _reaches(item: Item, target: Served, mount: Mapping) -> bool:
    """Whether a handler directive certainly holds for what is mounted."""
    if item.guards or not item.accompanies(mount.item):
        return False
    return all(_holds(section, mount, target) for section in item.sections)


def _holds(section: Item, mount: Mapping, target: Served) -> bool:
    if section.key.startswith("directory"):
        return directory_matches(section, target.directory) is True
    if section.key.startswith("files"):
        return files_match(section, target.file or "") is True
    if section.key.startswith("location"):
        # A narrower Location concerns only a part of the application, which may be intended.
        return not mount.is_regex and not is_regex_section(section) and _takes_mount(section, mount)
    return False


def _takes_mount(section: Item, mount: Mapping) -> bool:
    return location_match(section, mount.url) is True or pattern_of(section) == "/"
