"""
Another handler takes the WSGI script.

## What happens

mod_wsgi does not run the script. CGI is asked to run it instead and fails, or its source is sent.

## Why

`WSGIScriptAlias` chooses the handler when the URL is mapped. A `SetHandler`, or an `AddHandler` for the script's
extension, is applied later and wins (`core.c:core_override_type`, `mod_mime.c:find_ct`).

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

Other extensions and directories, a handler that is switched off, and one for other URLs:

    ```apache
    AddHandler cgi-script .cgi .pl
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

from collections.abc import Iterator

from modwsgi_fix.model.config import Arg, Config, Item, Server
from modwsgi_fix.model.facts.served import Served, target_of
from modwsgi_fix.model.merge.sections import (
    directory_matches,
    files_match,
    is_regex_section,
    location_match,
    pattern_of,
)
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
    seen: set[int] = set()
    for server in config.servers:
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if target is None or target.file is None:
                continue
            for item in handlers:
                word = _takes(config, server, item, mount, target)
                if word is not None and item.index not in seen:
                    seen.add(item.index)
                    yield Diagnostic(
                        item.path,
                        word.span,
                        f"{item.value} takes the WSGI script {target.path}, so mod_wsgi does not run it",
                        related=(Related(mount.item.path, mount.target_span, "the script"),),
                        help=_HELP[item.key],
                    )


def _takes(config: Config, server: Server, item: Item, mount: Mapping, target: Served) -> Arg | None:
    """Return the word of a handler directive by which it certainly takes the script; None where it may not."""
    if item.server not in (server, config.main) or item.guards or not item.accompanies(mount.item):
        return None
    if not all(_holds(section, mount, target) for section in item.sections):
        return None
    if item.key == "sethandler":
        if not item.sections or "expr=" in item.value or "|" in item.value:
            return None
        return item.args[0]
    # mod_mime looks at every extension of a name, in any case.
    extensions = (target.file or "").lower().split(".")[1:]
    return next((arg for arg in item.args[1:] if arg.value.lower().lstrip(".") in extensions), None)


def _holds(section: Item, mount: Mapping, target: Served) -> bool:
    if section.key.startswith("directory"):
        return directory_matches(section, target.directory) is True
    if section.key.startswith("files"):
        return files_match(section, target.file or "") is True
    if section.key.startswith("location"):
        # Of a narrower Location only part of the application is concerned, which may be meant so.
        return not mount.is_regex and not is_regex_section(section) and _takes_mount(section, mount)
    return False


def _takes_mount(section: Item, mount: Mapping) -> bool:
    return location_match(section, mount.url) is True or pattern_of(section) == "/"
