"""
A host mounts the same path twice.

## What happens

The second `WSGIScriptAlias` has no effect, and httpd says nothing.

## Why

mod_wsgi takes the first `WSGIScriptAlias` that matches (`mod_wsgi.c:wsgi_hook_intercept`).

## The fix

It deletes a repetition that names the same script. It is safe, because the repetition is never asked.

## Left alone

Where the scripts differ, there is no fix. The first mount decides, and the administrator knows which one was meant.

## See also

`wsgi-alias-order`.

## Examples

    ```diff
     WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi
     Alias /static/ /srv/static/
    -WSGIScriptAlias /wiki "/srv/wiki/wiki.wsgi"
    ```
    ```apache
    WSGIScriptAlias /reports /srv/reports/reports.wsgi
    WSGIScriptAlias /reports /srv/reports-old/reports.wsgi
    #               ^^^^^^^^
    ```

Another host has its own paths, and of two exclusive conditions only one holds:

    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias / /srv/site.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        <IfDefine BETA>
            WSGIScriptAlias / /srv/beta.wsgi
        </IfDefine>
        <IfDefine !BETA>
            WSGIScriptAlias / /srv/site.wsgi
        </IfDefine>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.model.urls import Mapping, mounts, together
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Related, rule


@rule()
def duplicate_wsgi_alias(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        firsts: dict[tuple[str, bool], list[Mapping]] = {}
        for mount in mounts(config, server):
            if mount.server is not server:
                continue
            earlier = firsts.setdefault((mount.url, mount.is_regex), [])
            first = next((one for one in earlier if together(one.item, mount.item)), None)
            if first is None:
                earlier.append(mount)
                continue
            item = mount.item
            same_text = item.node is first.item.node
            message = f"{mount.url} is mounted already with {first.target}, and the first mount decides"
            if same_text:
                message = f"{mount.url} is mounted already by the same line, which is read twice"
            advice = "include the file once" if same_text else "delete the mount that is not meant"
            fix = None
            if first.target == mount.target and not same_text and item.known and _is_whole(item):
                fix = Fix.safe("Delete the repetition", delete_with_comment(item), reason="it is never asked")
            yield Diagnostic(
                item.path,
                mount.url_span,
                message,
                fix,
                (Related(first.item.path, first.url_span, "first mounted here"),),
                help="" if fix else advice,
            )


def _is_whole(item: Item) -> bool:
    """Whether none of its options is on a line of its own."""
    return wrapped_end(item.node) == item.node.end
