"""
The configuration was copied out of the source of a web page: `&lt;`, `&gt;`, `&quot;` and `&amp;` stand for characters.

## What happens

httpd does not start where a tag is written like this. In an argument httpd accepts `&quot;` as part of the value, so
`WSGIScriptAlias / &quot;/srv/app.wsgi&quot;` names a file that does not exist.

## Why

Entities are part of HTML. httpd reads them letter by letter.

## The fix

It writes the characters. Where a tag is written like this, the whole file was copied, and all of it but the comments is put
right. That is safe, because httpd did not start. Elsewhere only arguments outside quotes are put right. A dead line then
comes to life, so the level depends on what the line does. It is a repair where the application then answers, and unsafe
where the line may open something.

## Left alone

Comments and texts in quotes are not reported.

## See also

httpd's own message is *Invalid command '&lt;VirtualHost', perhaps misspelled or defined by a module not included in the
server configuration*. Rule `smart-quotes`.

## Examples

    ```diff
    -&lt;Directory &quot;/srv/app&quot;&gt;
    +<Directory "/srv/app">
         Require all granted
    -&lt;/Directory&gt;
    -RewriteRule ^/search$ /find?a=1&amp;b=2 [PT]
    +</Directory>
    +RewriteRule ^/search$ /find?a=1&b=2 [PT]
    ```
    ```diff repair
    -WSGIScriptAlias / &quot;/srv/app/app.wsgi&quot;
    +WSGIScriptAlias / "/srv/app/app.wsgi"
    ```
    ```diff unsafe
    -Alias /static &quot;/srv/app/static&quot;
    +Alias /static "/srv/app/static"
    ```

Not reported:

    ```apache
    # &lt;VirtualHost&gt;
    ErrorDocument 404 "<p>Nothing here &amp; nothing there</p>"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import sound

_ENTITIES = {
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "#34": '"',
    "apos": "'",
    "#39": "'",
    "#039": "'",
    "amp": "&",
    "nbsp": " ",
}
_ENTITY = expression(f"&({'|'.join(_ENTITIES)});")


@rule(severity=Severity.ERROR, changes=("regained",), scope=Scope.FILE)
def html_entities(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if "&" not in file.text:
            continue
        if any(p.kind == "hidden-tag" and "&lt;" in p.node.name for p in file.tree.problems):
            yield from _whole(file)
            continue
        for node, parents in lines_with(file, _ENTITY):
            if type(node) not in (Directive, Section) or is_template(node, parents):
                continue
            edits = []
            for word in node.args:
                if not is_quoted(node, word):
                    edits += _decode(file, word.span)
            if not edits:
                continue
            refused = refusal(node.name, [word.value for word in node.args])
            life = revival(node)
            level, reason = (Applicability.SAFE, "") if refused else (life.level, life.reason)
            fix = None if has_parameter(node, parents) or (life.only_grants and not refused) else (
                Fix("Write the characters", tuple(edits), level, reason)
            )  # fmt: skip
            message = "this entity of HTML is part of the value to httpd, letter by letter"
            advice = "" if fix else "write the character that is meant"
            yield Diagnostic(file.path, edits[0].span, message, fix, help=advice)


def _whole(file: File) -> Iterator[Diagnostic]:
    edits: list[Edit] = []
    for node, _ in lines_with(file, _ENTITY):
        edits += _decode(file, Span(node.start, node.head_end if isinstance(node, Section) else node.end))
    if not edits:
        return
    (fix,) = sound(file, [Fix.safe("Write the characters in the whole file", *edits)])
    message = "this is an entity of HTML, so httpd does not start"
    advice = "" if fix else "write the characters in the whole file"
    yield Diagnostic(file.path, edits[0].span, message, fix, help=advice)


def _decode(file: File, span: Span) -> list[Edit]:
    return [
        Edit(file.path, Span(*entity.span()), _ENTITIES[entity[1]])
        for entity in _ENTITY.finditer(file.text, span.start, span.end)
    ]
