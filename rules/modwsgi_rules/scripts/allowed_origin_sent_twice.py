"""
The header `Access-Control-Allow-Origin` is sent twice, so browsers let no other site read the answer.

## What happens

A browser says that the header *contains multiple values, but only one is allowed*, whatever the two values are, and the script of the other site gets nothing.

## Why

httpd keeps headers in two tables, one for every answer (`always`) and one for those that succeed, and sends both. An application's own headers are in the second one, so that `Header set` replaces
them, and `Header always set` does not; `Header add` replaces nothing at all (mod_headers.c:do_headers_fixup; measured with 2.4.71).

## Left alone

There is no fix, because either of the two may be meant: let httpd alone send the header, by `Header set`, or the application, which may tell origins apart. Lines with a condition (`env=`, `expr=`)
are not looked at, nor those in sections. That an application sends the header is known where its script, or the module that it imports it from (`--root`), names it or imports `flask_cors`.

## See also

Rule `header-not-passed`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    <VirtualHost *:80>
        ServerName api.example
        WSGIScriptAlias / /srv/api/app.wsgi
        Header always set Access-Control-Allow-Origin "*"
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    #- /srv/api/app.wsgi
    from flask import Flask
    from flask_cors import CORS

    application = Flask(__name__)
    CORS(application)
    ```
    ```apache
    <VirtualHost *:80>
        ServerName www.example
        Header set Access-Control-Allow-Origin "*"
        Header always set Access-Control-Allow-Origin "*"
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```python
    #- site.conf
    <VirtualHost *:80>
        ServerName api.example
        WSGIScriptAlias / /srv/api/app.wsgi
        Header set Access-Control-Allow-Origin "*"
        Header always set X-Site api
    </VirtualHost>
    #- /srv/api/app.wsgi
    from flask import Flask
    from flask_cors import CORS

    application = Flask(__name__)
    CORS(application)
    ```
    ```apache
    <VirtualHost *:80>
        ServerName www.example
        Header set Access-Control-Allow-Origin "*" env=OPEN
        Header always set Access-Control-Allow-Origin "*"
    </VirtualHost>
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, wsgi_scripts
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.remembered import remembered
from modwsgi_fix.script.source import imports_of, source_of
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import imported_application

_NAME = "access-control-allow-origin"
_LIBRARY = "flask_cors"
#: What adds a value beside one that is there, in the table of answers that succeed.
_BESIDE = ("add", "append", "merge")
_TABLES = ("always", "onsuccess")


class _Line(NamedTuple):
    """A Header line for this header. ``is_always`` says in which table it works."""

    item: Item
    is_always: bool
    action: str


@rule(severity=Severity.WARNING)
def allowed_origin_sent_twice(config: Config) -> Iterator[Diagnostic]:
    lines = config.in_each_server(_of_origin, "header")
    if not lines:
        return
    told = set()
    for line, first in config.in_each_server(_in_both_tables, "header"):
        told.add(line)
        related = (Related(first.path, first.span, "this line sends it as well"),)
        message = "Access-Control-Allow-Origin is sent twice, which browsers take for none"
        yield Diagnostic(line.path, line.span, message, related=related, help="leave one of the two lines")
    for script in wsgi_scripts(config):
        mount = script.item
        if mount is None:
            continue
        near = [one for one in lines if one.item.server.is_main or one.item.server is mount.server]
        added = [one.item for one in near if _adds(one)]
        if any(one.action == "unset" and not one.is_always for one in near):
            continue  # It takes that of the application away.
        if not added or not set(added).isdisjoint(told) or not _sends_it(config, script):
            continue
        item = added[0]
        told.add(item)
        related = (Related(mount.path, mount.span, "the application of this script sends it, too"),)
        message = "this adds an Access-Control-Allow-Origin to that of the application, and browsers take one"
        yield Diagnostic(
            item.path, item.span, message, related=related, help="write Header set, or leave it to one of the two"
        )


def _sends_it(config: Config, script: WsgiScript) -> bool:
    """Whether a script, or the module that its application is imported from, sends the header itself."""
    if _names_it(script.script.text):
        return True
    source = source_of(script.script.text) if config.disk is not None else None
    found = imported_application(config, script, source) if source is not None else None
    return found is not None and _names_it(found.source.text)


@remembered
def _names_it(text: str) -> bool:
    if _LIBRARY not in text and _NAME not in text.lower():
        return False
    source = source_of(text)
    if source is None:
        return False
    if any(name.partition(".")[0] == _LIBRARY for name in imports_of(source).values()):
        return True
    constants = (node.value for node in source.nodes if isinstance(node, ast.Constant))
    return any(value.lower() == _NAME for value in constants if isinstance(value, str))


def _adds(line: _Line) -> bool:
    return line.action in _BESIDE or (line.is_always and line.action in ("set", "setifempty"))


def _of_origin(lines: Sequence[Item]) -> Iterator[_Line]:
    """Yield the lines outside of sections that say something of the header, whatever the request is."""
    for item in lines:
        values = item.values
        is_always = bool(values) and values[0].lower() == "always"
        rest = values[1:] if values and values[0].lower() in _TABLES else values
        is_plain = item.parent is item.server.item and item.known and not item.guards and not item.file.tree.is_template
        if is_plain and len(rest) in (2, 3) and rest[1].rstrip(":").lower() == _NAME:
            yield _Line(item, is_always, rest[0].lower())


def _in_both_tables(lines: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """Yield the line that sends the header for a second time, with the one that sent it first."""
    sent: dict[bool, Item] = {}
    for line in _of_origin(lines):
        if line.action == "unset":
            sent.pop(line.is_always, None)
        elif line.action in ("set", "setifempty", *_BESIDE):
            sent[line.is_always] = line.item
    if len(sent) == len(_TABLES):
        first, second = sorted(sent.values(), key=lines.index)
        yield second, first
