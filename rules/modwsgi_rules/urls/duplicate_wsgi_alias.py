"""
The same path is mounted twice in one host.

mod_wsgi takes the first `WSGIScriptAlias` that matches, so the second one of the same path does nothing, and says nothing.

The fix deletes a repetition that names the same script. Where the scripts differ it is reported only: the first one counts,
and whether that is the one that was meant is the administrator's to say.

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

Another host has paths of its own, and of two exclusive conditions only one holds:

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
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.model.urls import Mapping, mounts, together
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Related, rule


@rule()
def duplicate_wsgi_alias(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        firsts: list[Mapping] = []
        for mount in mounts(config, server):
            if mount.server is not server:
                continue
            first = next((one for one in firsts if _repeats(one, mount)), None)
            if first is None:
                firsts.append(mount)
                continue
            item = mount.item
            same_text = item.node is first.item.node
            message = f"{mount.url} is mounted already, and the first mount is the one that counts"
            message += ": one text is read twice" if same_text else f", with {first.target}"
            fix = None
            if first.target == mount.target and not same_text and not item.foreign and item.known and _is_whole(item):
                fix = Fix.safe("Delete the repetition", delete_with_comment(item), reason="it is never asked")
            yield Diagnostic(
                item.path,
                mount.url_span,
                message,
                fix,
                (Related(first.item.path, first.url_span, "first mounted here"),),
            )


def _is_whole(item: Item) -> bool:
    """False where options of it got onto lines of their own."""
    return wrapped_end(item.node) == item.node.end


def _repeats(first: Mapping, mount: Mapping) -> bool:
    return (first.url, first.is_regex) == (mount.url, mount.is_regex) and together(first.item, mount.item)
