"""
Programs are to run, and no module is loaded that runs them.

## What happens

Whoever may ask for a program gets its text instead of what it prints, with whatever passwords stand in it. Where nobody is let in,
the answer is 403.

## Why

`ScriptAlias` and `AddHandler cgi-script` give a file a handler, and the handler is mod_cgi's or mod_cgid's. If no module has it,
httpd's own sends the file (core.c:default_handler; measured with 2.4.71). Debian has both modules and loads neither; its
own `ScriptAlias` stands in `<IfModule mod_cgi.c>`, and those of sites mostly do not.

## Left alone

There is no fix: to load code into httpd is the administrator's decision. Which of the two it is depends on the MPM: cgid under
mpm_event and mpm_worker, cgi under mpm_prefork; `a2enmod cgi` chooses. A line in an `<IfModule>` is not reported, nor is any where
the list of modules is not in sight.

## See also

`module-not-loaded`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule mime_module modules/mod_mime.so
    LoadModule wsgi_module modules/mod_wsgi.so
      ScriptAlias /mailman/ /usr/lib/mailman/cgi-bin/
    # ^^^^^^^^^^^
    <Directory /usr/lib/mailman/cgi-bin>
        Require all granted
    </Directory>
    ```

Not reported:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule mime_module modules/mod_mime.so
    LoadModule wsgi_module modules/mod_wsgi.so
    <IfModule mod_cgid.c>
        ScriptAlias /mailman/ /usr/lib/mailman/cgi-bin/
    </IfModule>
    AddHandler wsgi-script .wsgi
    ```
    ```apache
    ScriptAlias /mailman/ /usr/lib/mailman/cgi-bin/
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import PROGRAM_MAKERS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import loaded
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import runs_cgi
from modwsgi_fix.rule import Diagnostic, Rank, Scope, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED, scope=Scope.HOST)
def cgi_not_loaded(config: Config) -> Iterator[Diagnostic]:
    modules = loaded(config) if config.named(*PROGRAM_MAKERS) else None
    if modules is None or runs_cgi(config) is not False:
        return
    for item in config.asked_about(*PROGRAM_MAKERS):
        if not item.guards and item.known and _makes_programs(item):
            message = f"{item.name} is for programs, and httpd sends their text, because neither mod_cgi nor mod_cgid is loaded"
            advice = "load it (a2enmod cgi), or take the line away"
            yield Diagnostic(item.path, item.node.name_span, message, help=advice)


def _makes_programs(item: Item) -> bool:
    return item.key.startswith("script") or item.value.lower() == "cgi-script"
