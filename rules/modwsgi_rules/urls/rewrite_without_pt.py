"""
A `RewriteRule` leads to the URL of an application or an alias, and lacks the flag `PT`.

## What happens

The answer is 404, because httpd looks for a file below the DocumentRoot.

## Why

Outside of sections mod_rewrite takes what it wrote for the path of a file, and neither `WSGIScriptAlias` nor `Alias`
is asked (`mod_rewrite.c:hook_uri2file`). With `PT` ("pass through") httpd maps the new URL as if a visitor had asked
for it.

## The fix

It adds the flag. It is a repair where an application takes the new URL, and unsafe where it opens files.

## Left alone

Where another rule follows and this one lacks the flag `L`, there is no fix: `PT` would end the rules here, as `L` does.

## See also

*AH00128: File does not exist*; `redirect-hides-application`.

## Examples

    ```diff repair
     #- httpd.conf
     ServerName desk.example
     DocumentRoot /srv/www
     <VirtualHost *:80>
         WSGIScriptAlias /app /srv/site/app.wsgi
         RewriteEngine On
    -    RewriteRule ^/shop/(.*)$ /app/shop/$1 [QSA,L]
    +    RewriteRule ^/shop/(.*)$ /app/shop/$1 [QSA,L,PT]
     </VirtualHost>
    ```
    ```diff unsafe
     Alias /static/ /srv/site/static/
     RewriteEngine On
    -RewriteRule ^/robots\\.txt$ /static/robots.txt
    +RewriteRule ^/robots\\.txt$ /static/robots.txt [PT]
    ```
    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias /app /srv/site/app.wsgi
        RewriteEngine On
        RewriteRule ^/a$ /app/a [PT]
        RewriteRule ^/b$ https://example.com/app/b [R]
        RewriteRule ^/c$ /maintenance.html
        RewriteRule ^/d$ - [F]
        <Directory /srv/www>
            RewriteRule ^e$ /app/e
        </Directory>
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.rewrites import Rewrite, rewrites
from modwsgi_fix.model.urls import Mapping, alias_match, aliases, document_root, mounts, together
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span

#: With one of these the result is not the path of a file, or not a URL of this server.
_ELSEWHERE = frozenset({"pt", "r", "p", "f", "g", "h", "n", "c"})


@rule(severity=Severity.ERROR, changes=("regained",))
def rewrite_without_pt(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        rules = rewrites(config, server)
        for at, rewrite in enumerate(rules):
            mapping = _leads_to(config, server, rewrite)
            if mapping is None:
                continue
            follows = at + 1 < len(rules) and not {"l", "end"} & rewrite.flags.keys()
            fix = None if follows else _fix(rewrite, mapping)
            yield Diagnostic(
                rewrite.item.path,
                rewrite.item.args[1].span,
                f"{rewrite.substitution} is taken for the path of a file, so {mapping.item.name} {mapping.url} is not asked",
                fix,
                (Related(mapping.item.path, mapping.url_span, "what it was meant to lead to"),),
                help="" if fix else "add the flag PT, if the rules below need not see this URL",
            )


def _leads_to(config: Config, server: Server, rewrite: Rewrite) -> Mapping | None:
    literal = re.match(r"[^$%?{]*", rewrite.substitution)
    path = literal[0] if literal else ""
    if not path.startswith("/") or _ELSEWHERE & rewrite.flags.keys() or not rewrite.item.known:
        return None
    root = document_root(config, server)
    for mapping in [*mounts(config, server), *aliases(config, server)]:
        if mapping.is_regex or not mapping.url.strip("/") or not together(mapping.item, rewrite.item):
            continue
        if alias_match(mapping.url, path) is None:
            continue
        # A path of the disk that happens to begin like a URL, or a file that lies below the DocumentRoot too.
        if path.startswith(mapping.target) or (root is not None and root.known and _there(config, root.value, path)):
            return None
        return mapping
    return None


def _there(config: Config, root: str, path: str) -> bool:
    disk = config.disk
    if path.startswith(root.rstrip("/") + "/"):
        return True
    first = "/" + path.strip("/").split("/")[0]
    return disk is not None and (disk.is_dir(first) or disk.is_dir(root.rstrip("/") + first))


def _fix(rewrite: Rewrite, mapping: Mapping) -> Fix | None:
    """Return the fix that adds the flag; None where httpd does not read the last word literally."""
    item = rewrite.item
    start, end = item.args[min(len(item.args), 3) - 1].span
    word = item.file.text[start:end]
    if len(item.args) < 3:
        if word[0] in "\"'" and (len(word) == 1 or word[-1] != word[0]):
            return None
        edit = Edit(item.path, Span(end, end), " [PT]")
    elif (closing := word.rfind("]")) >= 0:
        edit = Edit(item.path, Span(start + closing, start + closing), ",PT")
    else:
        return None
    # An application decides what it answers; files that no URL led to are opened.
    made = Fix.repair if mapping.item.key.startswith("wsgi") else Fix.unsafe
    return made("Add the flag PT", edit, reason="the new URL is mapped as if a visitor had asked for it")
