"""
Scripts are given to mod_wsgi by their extension in a directory that lacks `Options ExecCGI`.

Where `AddHandler` or `SetHandler wsgi-script` choose the scripts, mod_wsgi asks for `ExecCGI` as CGI does, and answers
403: *Options ExecCGI is off in this directory*. `WSGIScriptAlias` does not ask for it.

The fix adds the option. Every file there that the handler is for can then be run, so it is an unsafe fix.

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

Nothing is said here, so a section around it may have said it:

    ```apache
    <Directory /srv/scripts>
        SetHandler wsgi-script
    </Directory>
    <Directory /srv/pages>
        Options +ExecCGI
        AddHandler wsgi-script .wsgi
    </Directory>
    ```

The mount does not need it:

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
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.merge.options import has_signs
from modwsgi_fix.model.merge.places import option
from modwsgi_fix.model.merge.sections import directory_matches, has_wildcard, is_regex_section, pattern_of
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
            _fix(item, section, state.by),
        )


def _is_mounted(config: Config, section: Item) -> bool:
    """True when a WSGIScriptAlias leads there, for which the handler is not needed."""
    for server in config.servers:
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if target is None or directory_matches(section, target.directory) is not False:
                return True
    return False


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
