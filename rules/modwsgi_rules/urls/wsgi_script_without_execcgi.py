"""
A handler gives scripts to mod_wsgi in a directory that lacks `Options ExecCGI`.

## What happens

Every request for a script there gets 403.

## Why

Where `AddHandler` or `SetHandler wsgi-script` choose the scripts, mod_wsgi requires `ExecCGI`, as CGI does.
`WSGIScriptAlias` does not require it (`mod_wsgi.c:wsgi_hook_handler`).

## The fix

It adds the option. It is unsafe, because every file there that the handler is for can then be run.

## Left alone

A fragment in which no section sets `Options` for the directory is not reported, because a section out of sight may.

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

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Item, derived
from modwsgi_fix.model.facts.served import Served, target_of
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.merge.options import has_signs
from modwsgi_fix.model.merge.places import option
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def wsgi_script_without_execcgi(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("addhandler", "sethandler"):
        section = item.parent
        if item.value.lower() != "wsgi-script" or section is None or section.key != "directory" or not section.known:
            continue
        if not section.args or is_regex_section(section) or has_wildcard(pattern_of(section)):
            continue
        if item.guards or section.guards or _is_mounted(config, section):
            continue
        state = option(config, section.server, pattern_of(section), "execcgi")
        if state.on is not False or (state.by is None and not sees_all_sections(config)):
            continue
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"{pattern_of(section)} lacks Options ExecCGI, so mod_wsgi answers 403 for the scripts in it",
            fix := _fix(item, section, state.by),
            help="" if fix else "add ExecCGI to the Options of the directory",
        )


def _is_mounted(config: Config, section: Item) -> bool:
    """Whether a WSGIScriptAlias leads there, which does not need the handler."""
    mounted = _mounted(config)
    return mounted is None or bool(mounted.below(pattern_of(section)))


@derived
def _mounted(config: Config) -> Nested[Served] | None:
    """Return what the mounts of all hosts lead to; None where that cannot be told of one of them."""
    targets = [target_of(config, mount) for server in config.servers for mount in mounts(config, server)]
    known = [target for target in targets if target is not None]
    return Nested((target.directory, target) for target in known) if len(known) == len(targets) else None


def _fix(item: Item, section: Item, by: Item | None) -> Fix | None:
    if item.foreign or section.file is not item.file:
        return None
    reason = "every file that the handler is for can be run there"
    own = [child for child in section.children if child.key == "options"]
    if not own:
        return Fix.unsafe("Allow scripts there", insert_after(item, ["Options +ExecCGI"]), reason=reason)
    last = own[-1]
    if by is not last or last.file is not item.file:
        return None
    end = last.args[-1].span.end
    if any(value.lower() == "none" for value in last.values):
        return Fix.unsafe("Allow scripts there", Edit(last.path, last.args[-1].span, "ExecCGI"), reason=reason)
    if any(value.lower() in ("-execcgi", "execcgi") for value in last.values):
        return None
    word = " +ExecCGI" if has_signs(last) else " ExecCGI"
    return Fix.unsafe("Allow scripts there", Edit(last.path, Span(end, end), word), reason=reason)
