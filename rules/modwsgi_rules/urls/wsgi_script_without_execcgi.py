"""
A handler or type gives scripts to mod_wsgi in a directory that lacks `Options ExecCGI`.

## What happens

Every request for a script there gets 403.

## Why

Where `AddHandler` or `SetHandler wsgi-script` choose the scripts, mod_wsgi requires `ExecCGI`, as CGI does. So it does where
the type `application/x-httpd-wsgi` does (`AddType`, `ForceType`). `WSGIScriptAlias` does not require it
(`mod_wsgi.c:wsgi_hook_handler`).

## The fix

It adds the option, to the section of the directory where there is one. It is unsafe, because every file there that the handler
is for can then be run.

## Left alone

A fragment in which no section sets `Options` for the directory is not reported, because a section out of sight may. A line
that stands at the level of a server or in another section than `<Directory>` is reported where `--root` shows a file that
it is for, or, of a whole server, where the host has nothing but its DocumentRoot. Of an `.htaccess` file there is no fix.

## See also

*Options ExecCGI is off in this directory*; `handler-collision`, `directory-mount`.

## Examples

    ```diff unsafe
     <Directory /srv/scripts>
    -    Options Indexes FollowSymLinks
    +    Options Indexes FollowSymLinks ExecCGI
         AddHandler wsgi-script .wsgi
     </Directory>
    ```
    ```diff unsafe
     #- httpd.conf
     <Directory /srv/scripts>
         SetHandler wsgi-script
    +    Options +ExecCGI
     </Directory>
    ```

At the level of a host, with `--root`:

    ```diff unsafe
     #- httpd.conf
     <VirtualHost *:80>
         DocumentRoot /srv/scripts
         AddHandler wsgi-script .wsgi
         <Directory /srv/scripts>
             Require all granted
    +        Options +ExecCGI
         </Directory>
     </VirtualHost>
     #- /srv/scripts/hello.wsgi
     from hello import application
    ```

A section out of sight may set the option for the first; the second has it:

    ```apache
    <Directory /srv/scripts>
        SetHandler wsgi-script
    </Directory>
    <Directory /srv/pages>
        Options +ExecCGI
        AddHandler wsgi-script .wsgi
    </Directory>
    ```

A mount does not need the option:

    ```apache
    #- httpd.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site>
        SetHandler wsgi-script
    </Directory>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.handled import Handled, handled_files, handling_lines
from modwsgi_fix.model.facts.served import Served, target_of
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.options import has_signs
from modwsgi_fix.model.merge.places import option
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.servers import conditions_within
from modwsgi_fix.model.urls import aliases, document_root, mounts
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import append, insert_after
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span

_REASON = "every file that the handler is for can be run there"


@rule(severity=Severity.ERROR)
def wsgi_script_without_execcgi(config: Config) -> Iterator[Diagnostic]:
    yield from _elsewhere(config)
    for item in config.named("addhandler", "sethandler"):
        section = item.parent
        if item.value.lower() != "wsgi-script" or section is None or section.key != "directory" or not section.known:
            continue
        if not section.args or is_regex_section(section) or has_wildcard(pattern_of(section)):
            continue
        if conditions_within(item) or conditions_within(section) or _is_mounted(config, section):
            continue
        state = option(config, section.server, pattern_of(section), "execcgi")
        if state.on is not False or (state.by is None and not sees_all_sections(config)):
            continue
        yield _finding(item, pattern_of(section), _fix(item, section, state.by))


def _elsewhere(config: Config) -> Iterator[Diagnostic]:
    """Report lines that do not stand in a section for one directory."""
    refused: dict[Item, list[Handled]] = {}
    for file in handled_files(config):
        if not file.may_run and not _is_of_directory(file.item):
            refused.setdefault(file.item, []).append(file)
    for item, files in refused.items():
        top = posixpath.commonpath([posixpath.dirname(file.path) for file in files])
        related = (Related(script.path, Span(0, 0), "a script that is refused") for file in files[:1]
                   if (script := config.script(file.path)) is not None)  # fmt: skip
        yield _finding(item, top, _fix_at(config, item, files[0].server, top), tuple(related))
    lines = handling_lines(config) if config.disk is None else ()
    if lines and sees_all_sections(config):
        for item in lines:
            root = _only_root(config, item)
            if root is not None:
                yield _finding(item, root, _fix_at(config, item, item.server, root))


def _finding(item: Item, directory: str, fix: Fix | None, related: tuple[Related, ...] = ()) -> Diagnostic:
    return Diagnostic(
        item.path,
        item.span if item.key == "rewriterule" else item.args[0].span,
        f"{directory} lacks Options ExecCGI, so mod_wsgi answers 403 for the scripts in it",
        fix,
        related,
        help="" if fix else "add ExecCGI to the Options of the directory",
    )


def _is_of_directory(item: Item) -> bool:
    """Whether a line stands in a section for one directory, where it is judged without any file."""
    section = item.parent
    return section is not None and section.key == "directory" and item.key in ("addhandler", "sethandler")


def _only_root(config: Config, item: Item) -> str | None:
    """Return the DocumentRoot of a line's host, where the host has nothing else and its scripts may not run; else None."""
    server = item.server
    at_level = item.parent is server.item
    root = document_root(config, server)
    if not at_level or conditions_within(item) or root is None or not root.known or item.key == "rewriterule":
        return None
    if (server.is_main and config.hosts) or mounts(config, server) or aliases(config, server):
        return None
    path = root.value.rstrip("/")
    return path if option(config, server, path, "execcgi").on is False else None


def _fix_at(config: Config, item: Item, server: Server, directory: str) -> Fix | None:
    """Return the fix that adds the option in the innermost section for a directory, or in a new one beside a line."""
    state = option(config, server, directory, "execcgi")
    if state.on is not False or item.path not in config.files:
        return None
    if len(config.readings(item)) > 1 or "/" not in directory.strip("/"):
        return None
    sections = [
        one for one in config.named("directory")
        if one.server in (server, config.main) and one.known and one.args and one.accompanies(item)
        and not is_regex_section(one) and not has_wildcard(pattern_of(one))
        and f"{directory}/".startswith(pattern_of(one).rstrip("/") + "/")
    ]  # fmt: skip
    innermost = max(sections, key=lambda one: (len(pattern_of(one).rstrip("/")), one.index), default=None)
    if innermost is not None and innermost.file is item.file and pattern_of(innermost).rstrip("/") == directory:
        return _fix(item, innermost, state.by)
    if state.by is not None or item.parent is not server.item:
        return None
    block = [f"<Directory {quoted(directory)}>", "    Options +ExecCGI", "</Directory>"]
    return Fix.unsafe("Allow scripts there", insert_after(item, block), reason=_REASON)


def _is_mounted(config: Config, section: Item) -> bool:
    """Whether a WSGIScriptAlias leads to a file, which then does not need the handler."""
    mounted = _mounted(config)
    return mounted is None or bool(mounted.below(pattern_of(section)))


@derived
def _mounted(config: Config) -> Nested[Served] | None:
    """Return the targets of all hosts' mounts; None where one of them is not known."""
    targets = [target_of(config, mount) for server in config.servers for mount in mounts(config, server)]
    known = [target for target in targets if target is not None]
    return Nested((target.directory, target) for target in known) if len(known) == len(targets) else None


def _fix(item: Item, section: Item, by: Item | None) -> Fix | None:
    if section.file is not item.file:
        return None
    own = [child for child in section.children if child.key == "options"]
    if not own:
        if item.parent is not section:
            return Fix.unsafe("Allow scripts there", append(section, ["Options +ExecCGI"]), reason=_REASON)
        return Fix.unsafe("Allow scripts there", insert_after(item, ["Options +ExecCGI"]), reason=_REASON)
    last = own[-1]
    if by is not last or last.file is not item.file:
        return None
    end = last.args[-1].span.end
    if any(value.lower() == "none" for value in last.values):
        return Fix.unsafe("Allow scripts there", Edit(last.path, last.args[-1].span, "ExecCGI"), reason=_REASON)
    if any(value.lower() in ("-execcgi", "execcgi") for value in last.values):
        return None
    word = " +ExecCGI" if has_signs(last) else " ExecCGI"
    return Fix.unsafe("Allow scripts there", Edit(last.path, Span(end, end), word), reason=_REASON)
