"""
A pattern holds a character that only looks like `^`, `*`, `$` or `.`.

## What happens

httpd says nothing, and the pattern never matches. Whatever the section was to protect stays open.

## Why

Web pages and word processors turn `^` into `ˆ` (U+02C6), and other characters likewise. To httpd's patterns these are
letters like any other.

## The fix

It writes the ASCII character. The dead line comes to life with it, so the level depends on what the line does. It is a
repair where the line only denies, or demands TLS, and unsafe where it may open something.

## Left alone

A section that only grants access by URL is reported without a fix, because such a grant overrides what `<Directory>` denies.
Characters that would not mean anything in their place are not reported.

## See also

Rules `dead-restriction`, `smart-quotes` and `allow-in-location`.

## Examples

    ```diff repair
    -<LocationMatch "ˆ(/[\\w_]*/appadmin/.*)">
    +<LocationMatch "^(/[\\w_]*/appadmin/.*)">
         SSLRequireSSL
     </LocationMatch>
    ```
    ```diff unsafe
    -AliasMatch ˆ/([^/]+)/static/(.*)＄ /srv/app/$1/static/$2
    +AliasMatch ^/([^/]+)/static/(.*)$ /srv/app/$1/static/$2
    ```

Reported without a fix:

    ```apache
    <LocationMatch "ˆ(/[\\w_]*/static/.*)">
    #               ^
        Order Allow,Deny
        Allow from all
    </LocationMatch>
    ```

Not reported:

    ```apache
    # ˆ in a comment
    <LocationMatch "^/caféˆ/">
        Require all denied
    </LocationMatch>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_template, lines_with
from modwsgi_fix.rewriting.verdict import revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Close, Directive, Section, Word
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import ONLY_GRANTS

_CARETS = "ˆ＾‸∧⌃"
_OTHERS = {
    "∗": "*",
    "＊": "*",
    "＄": "$",
    "．": ".",
    "＼": "\\",
    "｜": "|",
    "（": "(",
    "）": ")",
    "［": "[",
    "］": "]",
    "＋": "+",
}
_ANY = expression(f"[{_CARETS}{''.join(_OTHERS)}]")
# A caret means something at the start of a pattern, of a group, of an alternative and of a class.
_CONFUSABLE = expression(
    rf"(?:(?<![\\])(?<=[(|\[])|^!?[\"'“”]?)(?P<caret>[{_CARETS}])|(?P<other>[{''.join(_OTHERS)}])|\[[^\]]{0, 200}\w(?P<dash>[–‐−])\w"
)


@rule(severity=Severity.ERROR, changes=("restricted",), scope=Scope.FILE)
def confusable_in_regex(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            word = _pattern(node)
            if word is None:
                continue
            text = file.text[word.span.start : word.span.end]
            start = word.span.start
            edits, in_class = [], False
            for match in _CONFUSABLE.finditer(text):
                group = match.lastgroup or "other"
                at = match.start(group)
                in_class = in_class or text[at - 1 : at] == "[" or group == "dash"
                good = {"caret": "^", "dash": "-"}.get(group) or _OTHERS[text[at]]
                edits.append(Edit(file.path, Span(start + at, start + at + 1), good))
            if not edits:
                continue
            first = edits[0].span
            shown = file.text[first.start]
            message = f"{shown} (U+{ord(shown):04X}) only looks like {edits[0].text}, so the pattern never matches"
            life = revival(node)
            fix: Fix | None = Fix("Write the ASCII character", tuple(edits), life.level, life.reason)
            if in_class:
                fix = Fix.unsafe("Write the ASCII character", *edits, reason="the pattern matches something else")
            if life.only_grants or has_parameter(node, parents) or is_template(node):
                fix = None
            advice = ONLY_GRANTS if life.only_grants else f"write {edits[0].text}"
            yield Diagnostic(file.path, first, message, fix, help="" if fix else advice)


def _pattern(node: Directive) -> Word | None:
    """Return the word that is a regular expression, where there is one."""
    if isinstance(node, Close):
        return None
    words = node.args
    if isinstance(node, Section):
        if node.key.endswith("match"):
            return words[0] if words else None
        return words[1] if len(words) > 1 and words[0].value == "~" else None
    at = directives.REGEX_WORDS.get(node.key)
    if node.key == "redirectmatch":
        at = 1 if words and (words[0].value.isdigit() or words[0].value.isalpha()) else 0
    return words[at] if at is not None and at < len(words) else None
