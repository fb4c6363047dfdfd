"""
No module that is loaded has a directive of this name.

## What happens

httpd does not start.

## Why

httpd looks each name up in the tables of the modules that are loaded (`ap_walk_config_sub`, config.c). In a whole server all
`LoadModule` lines are in sight, and where they load modules of httpd and mod_wsgi alone, a name that none of these has is
refused. A name that begins with `WSGI` can be mod_wsgi's only, so one that no mod_wsgi has is refused in any server.

## Left alone

There is no fix: nobody can tell what was meant, or which module is missing. Where another rule has an error on the same
line, that one says what is wrong, and this one is silent. A name that is a variable may be any directive. In a fragment, or beside modules that
modwsgi-fix does not know, the line is worth knowing and no more: it is not understood, and the report says so. The setting
`directives` names the directives of such modules. Names that are close to a known one are the matter of
`misspelt-directive`, those of well-known modules of others of nobody.

## See also

httpd's own message is *Invalid command 'Foobar', perhaps misspelled or defined by a module not included in the server
configuration*. Rules `misspelt-directive` and `module-not-loaded`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule wsgi_module modules/mod_wsgi.so
      Foobar on
    # ^^^^^^
    ```
    ```apache
      Foobar on
    # ^^^^^^
    ```
    ```apache
    <IfModule mod_wsgi.c>
        WSGIFlushLogs On
    #   ^^^^^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache
    PassengerRoot /usr/lib/passenger
    <IfModule mod_of_ours.c>
        Foobar on
    </IfModule>
    <IfModule !mod_wsgi.c>
        WSGIFlushLogs On
    </IfModule>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import Standing, strangers
from modwsgi_fix.model.lines import is_template
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: The prefix of the names of mod_wsgi's directives, which no other module uses.
_MOD_WSGI = "wsgi"
#: As much of a name as a message has room for.
_LONGEST = 40


@rule(severity=Severity.ERROR, rank=Rank.START, gives_way=True)
def unknown_directive(config: Config) -> Iterator[Diagnostic]:
    for item, standing in strangers(config):
        name = f"<{item.name}" if item.is_section else item.name
        is_of_mod_wsgi = item.key.startswith(_MOD_WSGI)
        if item.in_doubt if is_of_mod_wsgi else item.guards:
            continue
        if standing is Standing.NOT_LOADED or (is_template(item.node) and not item.foreign) or item.file.template:
            continue
        if directives.find(name) is not None or directives.is_known_third_party(item.name):
            continue  # of another version, or of another module
        is_word = item.name.isalnum()
        if not is_word and standing is not Standing.NOWHERE:
            continue  # a word of another language, which rules on the syntax report
        if is_word and (directives.candidates(item.name, sections=item.is_section) or directives.glued(name)):
            continue
        if is_of_mod_wsgi:
            message = f"mod_wsgi has no directive {name}, so httpd does not start"
            help = "delete the line, or write the directive that is meant"
            yield Diagnostic(item.path, item.node.name_span, message, help=help)
        elif standing is Standing.NOWHERE:
            message = f"no loaded module has {_shown(name)}, so httpd does not start"
            help = "delete the line, or load the module that has it"
            yield Diagnostic(item.path, item.node.name_span, message, help=help)
        else:
            message = f"{name} is not a directive of httpd or mod_wsgi, so it is not understood"
            help = "if a module of yours has it, name it in the setting directives"
            yield Diagnostic(item.path, item.node.name_span, message, severity=Severity.INFO, help=help)


def _shown(name: str) -> str:
    """Return a name for a message: a line that was pasted in may be one long word."""
    name = name or ">"
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
