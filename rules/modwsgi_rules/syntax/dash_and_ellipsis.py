"""
A dash or an ellipsis of typography stands where httpd wants a hyphen or dots.

`Options –Indexes` with an en dash: *Illegal option \\\\xe2\\\\x80\\\\x93Indexes.* The fix writes the hyphen. `RewriteCond ... –f` is
accepted and compares with the text `–f`; what the rule below it does from now on is the administrator's to weigh. An ellipsis
stands for something left out, which only its author knows.

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
    ```apache
    WSGIDaemonProcess app threads=5 …
    #                               ^
    ```
    ```apache
    Alias /a–b /srv/www/a–b
    AuthName "Staff – only"
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import SIGNED_WORDS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, is_quoted, lines_with, raw
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_DASHES = "–—−‐‑‒"
_ANY = re.compile(f"[{_DASHES}…]")
_TEST = re.compile(f"!?[{_DASHES}][dfFHlLsUx]").fullmatch


@rule(severity=Severity.ERROR)
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
                    message = "an ellipsis is an argument like any other; write what it stands for"
                    yield Diagnostic(file.path, word.span, message)
                    continue
                dash = _dash(node, number, text)
                if dash is None:
                    continue
                span = Span(word.span.start + dash, word.span.start + dash + 1)
                edit = Edit(file.path, span, "-")
                life = revival(node)
                fix: Fix | None = Fix("Write a hyphen", (edit,), life.level, life.reason)
                message = f"{text[dash]} (U+{ord(text[dash]):04X}) is no hyphen, so this means something else to httpd"
                if refused or node.key in SIGNED_WORDS or node.key == "wsgidaemonprocess":
                    fix = Fix.safe("Write a hyphen", edit)
                    message = f"{text[dash]} (U+{ord(text[dash]):04X}) is no hyphen, so httpd will not start"
                yield Diagnostic(file.path, span, message, None if in_macro(parents) else fix)


def _dash(node: Directive, number: int, text: str) -> int | None:
    """Where in a word a dash stands for a hyphen."""
    if node.key in SIGNED_WORDS:
        return 0 if text[0] in _DASHES else None
    if node.key.startswith("wsgi") and "=" in text:
        name = text.partition("=")[0]
        return next((at for at, char in enumerate(name) if char in _DASHES), None)
    if node.key == "rewritecond" and number == 1 and _TEST(text):
        return len(text) - 2
    if node.key == "rewriterule" and number == 1 and text in _DASHES:
        return 0
    return None
