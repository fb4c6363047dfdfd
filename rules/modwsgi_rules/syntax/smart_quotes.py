"""
An argument stands in typographic quotes.

httpd knows only `"` and `'`. `“/srv/app”` is a path that begins with three odd bytes: in most places it is accepted without a word and
never matches, so that a `Require all denied` in `<Location “/admin”>` denies nothing.

Where httpd refused the line the fix is safe. Where it accepted it, something dead comes to life: what only denies is
closed as was meant (repair); what may open something is the administrator's to decide. Typographic quotes inside ASCII ones
are text for people and stay.

    ```diff
     <Directory /srv/www>
    -    AuthName “Staff only”
    +    AuthName "Staff only"
     </Directory>
    ```
    ```diff repair
    -WSGIScriptAlias / “/srv/app/app.wsgi”
    +WSGIScriptAlias / "/srv/app/app.wsgi"
    -<Location “/admin”>
    +<Location "/admin">
         Require all denied
     </Location>
    ```
    ```diff unsafe
    -Alias “/static” “/srv/app/static”
    +Alias "/static" "/srv/app/static"
    -<Directory ‘/srv/app/static’>
    +<Directory '/srv/app/static'>
         Require all granted
     </Directory>
    ```
    ```apache
    # A “comment”.
    ErrorDocument 503 "We call it “maintenance”."
    LogFormat "“%h” %r" quoted
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import SHOWN_TEXTS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, is_quoted, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Bogus, Close, Directive
from modwsgi_fix.text import Span

_DOUBLE, _SINGLE = "“”„‟«»″", "‘’‚′"
_ANY = re.compile(f"[{_DOUBLE}{_SINGLE}]")
_QUOTED = re.compile(
    rf"(?:^|(?<=[ \t=!~]))(?:([{_DOUBLE}])(?P<double>[^{_DOUBLE}\"]*)[{_DOUBLE}]|([{_SINGLE}])(?P<single>[^{_SINGLE}']*)[{_SINGLE}])(?=[ \t\r\n>]|$)"
)


@rule(severity=Severity.ERROR, changes=("regained", "restricted"))
def smart_quotes(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            if isinstance(node, (Bogus, Close)) or is_template(node):
                continue
            edits = list(_edits(file.path, node))
            if not edits:
                continue
            words = [word.value for word in node.args]
            refused = refusal(node.name, words)
            if not refused and node.key in SHOWN_TEXTS:
                continue
            at = edits[0].span
            title = "Write ASCII quotes"
            if refused:
                fix: Fix | None = Fix.safe(title, *edits)
                message = "these are no quotes to httpd, and it will not start"
            else:
                life = revival(node)
                fix = Fix(title, tuple(edits), life.level, life.reason)
                message = "these are no quotes to httpd but part of the value, so it names nothing"
                if life.only_grants:
                    fix = None
                    message += "; it only grants access by URL, so better take the section away than revive it"
            yield Diagnostic(file.path, at, message, None if in_macro(parents) else fix)


def _edits(path: str, node: Directive) -> Iterator[Edit]:
    """ASCII quotes for each pair that stands around a word or an option's value, outside of ASCII quotes."""
    text = node.text
    words = node.args
    if not words:
        return
    # A word in typographic quotes may hold blanks, and so be several words: search from the first of each stretch
    # that has no ASCII quotes.
    stretches: list[Span] = []
    for word in words:
        if is_quoted(node, word):
            stretches.append(Span(word.span.end, word.span.end))
        elif stretches and stretches[-1].start < stretches[-1].end:
            stretches[-1] = Span(stretches[-1].start, word.span.end)
        else:
            stretches.append(Span(word.span.start, word.span.end))
    for start, end in stretches:
        for found in _QUOTED.finditer(text[start:end]):
            kind = "double" if found["double"] is not None else "single"
            quote = '"' if kind == "double" else "'"
            value = found[kind]
            if "\\\n" in value or "\\\r" in value or value.endswith("\\"):
                continue
            yield Edit(path, Span(start + found.start(), start + found.start() + 1), quote)
            yield Edit(path, Span(start + found.end() - 1, start + found.end()), quote)
