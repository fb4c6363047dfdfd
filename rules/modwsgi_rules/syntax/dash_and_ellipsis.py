"""
A typographic dash or ellipsis stands where httpd wants a hyphen or words.

## What happens

httpd does not start, or takes the character literally: `RewriteCond ... –f` compares with the text `–f`.

## Why

Web pages and word processors turn `-` into `–` and `...` into `…`. httpd knows only the ASCII characters.

## The fix

It writes a hyphen. It is safe where httpd refuses the line. It is unsafe where httpd accepts it, because the rules below a
condition then do something else.

## Left alone

An ellipsis is reported without a fix, because it stands for something that was left out, which only its author knows. A dash
in a name or a text is not reported.

## See also

httpd's own message is `Illegal option \\xe2\\x80\\x93Indexes`. Rules `smart-quotes` and `invisible-characters`.

## Examples

    ```diff
     <Directory /srv/www>
    -    Options –Indexes
    +    Options -Indexes
     </Directory>
    ```
    ```diff unsafe
    -RewriteCond %{REQUEST_FILENAME} !–f
    +RewriteCond %{REQUEST_FILENAME} !-f
     RewriteRule ^/(.*)$ /app/$1 [PT]
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess app threads=5 …
    #                               ^
    ```

Not reported:

    ```apache
    Alias /a–b /srv/www/a–b
    AuthName "Staff – only"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import SIGNED_WORDS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, lines_with, raw
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_DASHES = "–—−‐‑‒"
_ANY = expression(f"[{_DASHES}…]")
_TEST = expression(f"!?[{_DASHES}][dfFHlLsUx]")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def dash_and_ellipsis(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            if type(node) is not Directive:
                continue
            refused = refusal(node.name, [word.value for word in node.args])
            for number, word in enumerate(node.args):
                text = raw(node, word)
                if is_quoted(node, word) or not _ANY.search(text):
                    continue
                if text == "…":
                    message = "an ellipsis is an argument like any other to httpd"
                    yield Diagnostic(file.path, word.span, message, help="write what it stands for")
                    continue
                dash = _dash(node, number, text)
                if dash is None:
                    continue
                span = Span(word.span.start + dash, word.span.start + dash + 1)
                edit = Edit(file.path, span, "-")
                life = revival(node)
                fix: Fix | None = Fix("Write a hyphen", (edit,), life.level, life.reason)
                shown = f"{text[dash]} (U+{ord(text[dash]):04X})"
                message = f"{shown} is not a hyphen, so this means something else to httpd"
                if refused or node.key in SIGNED_WORDS or node.key == "wsgidaemonprocess":
                    fix = Fix.safe("Write a hyphen", edit)
                    message = f"{shown} is not a hyphen, so httpd does not start"
                offered = None if has_parameter(node, parents) else fix
                yield Diagnostic(file.path, span, message, offered, help="" if offered else "write a hyphen")


def _dash(node: Directive, number: int, text: str) -> int | None:
    """Return where in a word a dash stands for a hyphen, or None."""
    if node.key in SIGNED_WORDS:
        return 0 if text[0] in _DASHES else None
    if node.key.startswith("wsgi") and "=" in text:
        name = text.partition("=")[0]
        return next((at for at, char in enumerate(name) if char in _DASHES), None)
    if node.key == "rewritecond" and number == 1 and _TEST.fullmatch(text):
        return len(text) - 2
    if node.key == "rewriterule" and number == 1 and text in _DASHES:
        return 0
    return None
