"""
A module is loaded a second time, and httpd skips that.

## What happens

httpd uses the file that the first line names, and says so in a warning. Where the second line names another file, its module
is never used: an application then runs under the Python of the distribution's mod_wsgi, and not under the one that was
installed beside it.

## Why

`load_module` of mod_so.c looks for the name of the module among those that are there, and returns (measured with 2.4.71: the
file of the second line is not even opened).

## The fix

It deletes the later line where both name the same file, and no condition decides about either. It is safe, because httpd
skips the line.

## Left alone

Of two files only the administrator knows which is meant: the line is reported without a fix.

## See also

httpd's own message is *AH01574: module wsgi_module is already loaded, skipping*.

## Examples

    ```diff
     LoadModule wsgi_module modules/mod_wsgi.so
    -LoadModule wsgi_module modules/mod_wsgi.so
     WSGIScriptAlias / /srv/site/app.wsgi
    ```

Reported without a fix:

    ```apache
    LoadModule wsgi_module modules/mod_wsgi.so
    LoadModule wsgi_module /srv/venv/mod_wsgi-py312.so
    #          ^^^^^^^^^^^
    ```

Not reported:

    ```apache
    LoadModule wsgi_module modules/mod_wsgi.so
    LoadModule alias_module modules/mod_alias.so
    <IfModule !ssl_module>
        LoadModule ssl_module modules/mod_ssl.so
    </IfModule>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.WARNING)
def module_loaded_twice(config: Config) -> Iterator[Diagnostic]:
    first: dict[str, Item] = {}
    for item in config.named("loadmodule"):
        if item.guards or not item.known or len(item.values) != 2 or item.file.tree.is_template:
            continue  # the branches of a template exclude each other
        earlier = first.setdefault(item.value, item)
        if earlier is item or (earlier.path != item.path and not config.complete):
            continue
        if earlier.node is item.node:
            continue  # one line of a file that is included twice
        same = earlier.values[1] == item.values[1]
        fix = None
        if same and len(config.readings(item)) == 1:
            fix = Fix.safe("Delete the repetition", delete_with_comment(item))
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"{item.value} is loaded already, so httpd skips this line",
            fix,
            (Related(earlier.path, earlier.args[0].span, "loaded here"),),
            help="" if fix else "keep the line of the module that is meant, and delete the other",
        )
