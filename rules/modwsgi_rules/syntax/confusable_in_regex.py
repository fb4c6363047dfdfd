"""
A pattern holds a character that only looks like `^`, `*`, `$` or `.`.

Web pages and word processors turn `^` into `ˆ` (U+02C6), and the like. httpd takes it for a letter, says nothing, and the section never
matches: whatever it was to protect stays open. In web2py's published configuration the section that wanted TLS for appadmin was dead.

The fix writes the ASCII character. The dead section comes to life with it, so the level follows what it does: one that only
denies, or demands TLS, is closed as was meant (repair); one that may open something is the administrator's to decide. A section
that only grants access by URL is not revived at all: such grants undo what `<Directory>` denies.

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
    ```apache
    <LocationMatch "ˆ(/[\\w_]*/static/.*)">
    #               ^
        Order Allow,Deny
        Allow from all
    </LocationMatch>
    ```
    ```apache
    # ˆ in a comment
    <LocationMatch "^/caféˆ/">
        Require all denied
    </LocationMatch>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, is_template, lines_with
from modwsgi_fix.rewriting.verdict import revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Close, Directive, Section, Word
from modwsgi_fix.text import Span

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
_ANY = re.compile(f"[{_CARETS}{''.join(_OTHERS)}]")
# A caret means something at the start of a pattern, of a group, of an alternative and of a class.
_CONFUSABLE = re.compile(
    rf"(?:(?<![\\])(?<=[(|\[])|^!?[\"'“”]?)(?P<caret>[{_CARETS}])|(?P<other>[{''.join(_OTHERS)}])|\[[^\]]*\w(?P<dash>[–‐−])\w"
)


@rule(severity=Severity.ERROR, changes=("restricted",))
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
            for found in _CONFUSABLE.finditer(text):
                group = found.lastgroup or "other"
                at = found.start(group)
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
            if life.only_grants:
                fix = None
                message += "; it only grants access by URL, so better take the section away than revive it"
            if in_macro(parents) or is_template(node):
                fix = None
            yield Diagnostic(file.path, first, message, fix)


def _pattern(node: Directive) -> Word | None:
    """The word that is a regular expression."""
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
