"""
Lines were copied as a hyperlink: a bracket stands before a directive, and `](...)` behind its end.

## What happens

httpd does not start. Where the link is only a word of a line, such as a `ServerAlias`, httpd starts and takes the link for
that name; as a `ServerName` it refuses it.

## Why

Markdown writes a link as `[text](address)`, and editors and mail programs make one of what looks like an address. For httpd
`[LoadModule` is the name of a directive (`ap_build_config_sub`, config.c).

## The fix

A safe fix takes both halves away where they enclose lines, because httpd did not start. A word that is a link to itself is
written as that word; that is unsafe, because the line then means something else.

## Left alone

One half without the other is reported without a fix.

## See also

httpd's own message is *Invalid command '[LoadModule', perhaps misspelled or defined by a module not included in the server
configuration*. Rule `malformed-closer`.

## Examples

    ```diff
    -[Listen 8080
    +Listen 8080
     <Directory /srv/app>
         Require all granted
    -</Directory>](https://example.com/setup)
    +</Directory>
    ```
    ```diff unsafe
     <VirtualHost *:80>
    -    ServerName [www.example.com](http://www.example.com)
    +    ServerName www.example.com
     </VirtualHost>
    ```
    ```diff unsafe
     <VirtualHost *:80>
         ServerName www.example.com
    -    ServerAlias [example.com](http://example.com/)
    +    ServerAlias example.com
     </VirtualHost>
    ```

One half is missing:

    ```apache
    <VirtualHost *:80>
        [ServerName example.com
    #   ^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    # [Listen 8080](https://example.com)
    RewriteRule ^/[a-z](.*)$ /$1
    RewriteCond %{HTTP_HOST} [a-z](http://)
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, is_template, lines_with
from modwsgi_fix.rule import Diagnostic, Related, Scope, Severity, rule
from modwsgi_fix.text import Span

_OPENING = expression(r"(?:(?<=\n)|\A)(?<!\\\n)(?<!\\\r\n)[ \t]*(\[)[ \t]*(</?)?([A-Za-z]++)(?!\])")
_AT_ONCE = expression(r"[ \t]*+\[")
_LATER = expression(r"\n[ \t]*+\[")
#: Only at the end of a line, because within a line it may be part of a pattern.
_CLOSING = expression(r"\]\([^()\s]*+\)(?=[ \t]*\r?(?:\n|\Z))")
#: A word that is a link to itself.
_WORD = expression(r"\[([^\[\]\s\"']++)\]\((?:https?://|mailto:)?\1/?\)")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def hyperlink(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if "[" in file.text and not file.template:
            yield from _of_lines(file)
            yield from _of_words(file)


def _of_lines(file: File) -> Iterator[Diagnostic]:
    if not _AT_ONCE.match(file.text) and not _LATER.search(file.text):
        return
    openings = [one for one in _OPENING.finditer(file.text) if directives.find(one[3]) is not None]
    for opening, following in pairwise([*openings, None]):
        assert opening is not None
        end = len(file.text) if following is None else following.start()
        closing = _CLOSING.search(file.text, opening.end(), end)
        bracket = Span(*opening.span(1))
        fix = None
        related: tuple[Related, ...] = ()
        if closing is not None:
            edits = Edit(file.path, bracket), Edit(file.path, Span(*closing.span()))
            fix = Fix.safe("Take the link away", *edits)
            related = (Related(file.path, edits[1].span, "the other half of the link"),)
        yield Diagnostic(
            file.path,
            Span(opening.start(1), opening.end()),
            f"httpd takes [{opening[2] or ''}{opening[3]} for a name, so it does not start",
            fix,
            related,
            help="" if fix else "take the bracket away, and what belongs to it",
        )


def _of_words(file: File) -> Iterator[Diagnostic]:
    for node, _ in lines_with(file, _WORD):
        for word in _WORD.finditer(file.text, *node.body_span):
            if directives.find(node.name) is None or is_template(node):
                continue
            yield Diagnostic(
                file.path,
                Span(*word.span()),
                f"a hyperlink stands in the place of {word[1]}",
                Fix.unsafe(
                    f"Write {word[1]}",
                    Edit(file.path, Span(*word.span()), word[1]),
                    reason="the line means something else without the link",
                ),
            )
