"""
A WSGI script is mounted by `Alias` or `ScriptAlias`, so mod_wsgi does not run it.

## What happens

With `Alias` httpd sends the source of the script to whoever may fetch it. With `ScriptAlias` it is started as a CGI program and
fails, or its source is sent where no module for CGI is loaded.

## Why

`WSGIScriptAlias` maps the URL and chooses the handler; the others choose none, or that of CGI (mod_alias.c: `alias_redir`,
mod_wsgi.c: `wsgi_alias_matched`).

## The fix

It writes `WSGIScriptAlias`. It is unsafe, because the application answers then, with all that it can do.

## Left alone

Servers in which a line hands files to mod_wsgi by their handler, and a script that another line mounts.

## See also

`alias-exposes-application`, `handler-collision`. *Premature end of script headers*, *End of script output before headers*.

## Examples

    ```diff unsafe
     <VirtualHost *:80>
         ServerName shop.example
    -    ScriptAlias / /srv/shop/app.wsgi
    +    WSGIScriptAlias / /srv/shop/app.wsgi
     </VirtualHost>
     <VirtualHost *:80>
         ServerName blog.example
    -    Alias /blog "/srv/blog/blog.wsgi"
    +    WSGIScriptAlias /blog "/srv/blog/blog.wsgi"
     </VirtualHost>
    ```
    ```diff unsafe
    -Alias /wiki /srv/wiki/wiki/wsgi.py
    +WSGIScriptAlias /wiki /srv/wiki/wiki/wsgi.py
    ```

Not reported:

    ```apache
    AddHandler wsgi-script .wsgi
    Alias / /srv/shop/app.wsgi
    ```
    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    Alias /source /srv/shop/app.wsgi
    ScriptAlias /cgi-bin/ /srv/shop/cgi-bin/
    Alias /wsgi.py /srv/shop/wsgi.py.txt
    ScriptAlias /tool /srv/shop/tool.py
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.directives.families import MOUNTS, PREFIX_ALIASES
from modwsgi_fix.directives.suffixes import SCRIPT
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.selections import handlers
from modwsgi_fix.model.urls import mapping_of, prefix_targets
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def script_behind_alias(config: Config) -> Iterator[Diagnostic]:
    named = config.named(*PREFIX_ALIASES)
    if not named or handlers(config):
        return
    mounted = frozenset(prefix_targets(config, MOUNTS))
    for item in named:
        mapping = mapping_of(item)
        if mapping is None or not item.args[1].known or not _is_script(mapping.target) or mapping.target in mounted:
            continue
        outcome = (
            "its source is sent to visitors" if item.key == "alias" else "it is run as a CGI program, without mod_wsgi"
        )
        fix = None
        if not item.foreign:
            edit = Edit(item.path, item.node.name_span, "WSGIScriptAlias")
            fix = Fix.unsafe("Write WSGIScriptAlias", edit, reason="the application answers from then on")
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"{item.name} does not hand {posixpath.basename(mapping.target)} to mod_wsgi: {outcome}",
            fix,
            help="" if fix else "write WSGIScriptAlias",
        )


def _is_script(path: str) -> bool:
    name = posixpath.basename(path).lower()
    return name.endswith(SCRIPT) or name == "wsgi.py"
