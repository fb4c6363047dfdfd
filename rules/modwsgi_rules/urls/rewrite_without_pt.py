"""
A `RewriteRule` leads to the URL of an application or an alias, and lacks the flag `PT`.

At the level of a server mod_rewrite takes what it wrote for the path of a file: it looks below the DocumentRoot, and neither
`WSGIScriptAlias` nor `Alias` is asked any more. The answer is 404. With `PT` ("pass through") the new URL is mapped as if it
had been asked for.

The fix adds the flag. It is a repair where an application takes the new URL, and unsafe where files are opened by it. It is not offered
where another rule follows that would no longer be reached: `PT` ends the rules as `L` does.

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
from modwsgi_fix.model.config import Config, Server
from modwsgi_fix.model.rewrites import Rewrite, rewrites
from modwsgi_fix.model.urls import Mapping, alias_match, aliases, document_root, mounts, together
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span

#: With one of these the result is no path of a file, or no URL of this server.
_ELSEWHERE = frozenset({"pt", "r", "p", "f", "g", "h", "n", "c"})


@rule(severity=Severity.ERROR, changes=("regained",))
def rewrite_without_pt(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        rules = rewrites(config, server)
        for at, one in enumerate(rules):
            found = _leads_to(config, server, one)
            if found is None:
                continue
            follows = at + 1 < len(rules) and not {"l", "end"} & one.flags.keys()
            yield Diagnostic(
                one.item.path,
                one.item.args[1].span,
                f"{one.substitution} is taken for the path of a file, and {found.item.name} {found.url} is not asked;"
                " add the flag PT",
                None if follows or one.item.foreign else _fix(one, found),
                (Related(found.item.path, found.url_span, "what it was meant to lead to"),),
            )


def _leads_to(config: Config, server: Server, one: Rewrite) -> Mapping | None:
    literal = re.match(r"[^$%?{]*", one.substitution)
    path = literal[0] if literal else ""
    if not path.startswith("/") or _ELSEWHERE & one.flags.keys() or not one.item.known:
        return None
    root = document_root(config, server)
    for mapping in [*mounts(config, server), *aliases(config, server)]:
        if mapping.is_regex or not mapping.url.strip("/") or not together(mapping.item, one.item):
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


def _fix(one: Rewrite, found: Mapping) -> Fix:
    item = one.item
    if len(item.args) < 3:
        end = item.args[1].span.end
        edit = Edit(item.path, Span(end, end), " [PT]")
    else:
        span = item.args[2].span
        end = span.start + item.file.text[span.start : span.end].rindex("]")
        edit = Edit(item.path, Span(end, end), ",PT")
    # An application decides what it answers; files that no URL led to are opened.
    made = Fix.repair if found.item.key.startswith("wsgi") else Fix.unsafe
    return made("Add the flag PT", edit, reason="the new URL is mapped as if it had been asked for")
