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
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import MOUNTS, PREFIX_ALIASES
from modwsgi_fix.directives.suffixes import SCRIPT
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.selections import handlers
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.urls import Mapping, mapping_of, prefix_targets
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def script_behind_alias(config: Config) -> Iterator[Diagnostic]:
    to_scripts = config.in_each_server(_to_scripts, *PREFIX_ALIASES)
    if not to_scripts or handlers(config):
        return
    mounted = frozenset(prefix_targets(config, MOUNTS))
    for mapping in to_scripts:
        item = mapping.item
        if mapping.target in mounted:
            continue
        outcome = (
            "its source is sent to visitors" if item.key == "alias" else "it is run as a CGI program, without mod_wsgi"
        )
        edit = Edit(item.path, item.node.name_span, "WSGIScriptAlias")
        fix = Fix.unsafe("Write WSGIScriptAlias", edit, reason="the application answers from then on")
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"{item.name} does not hand {posixpath.basename(mapping.target)} to mod_wsgi: {outcome}",
            fix,
        )


def _to_scripts(lines: Sequence[Item]) -> Iterator[Mapping]:
    """Yield those of some aliases that lead to a WSGI script."""
    for item in lines:
        if len(item.args) > 1 and item.args[1].known and _is_script(item.args[1].value):
            mapping = mapping_of(item)
            if mapping is not None:
                yield mapping


def _is_script(path: str) -> bool:
    low = path.lower()
    return low.endswith((SCRIPT, "/wsgi.py")) or low == "wsgi.py"
