"""
An argument stands in typographic quotes.

## What happens

httpd does not start, or takes the quotes as part of the word. A path in typographic quotes never matches, so a
`Require all denied` in `<Location “/admin”>` denies nothing.

## Why

httpd knows only `"` and `'` as quotes (`ap_getword_conf`, util.c).

## The fix

It writes ASCII quotes. It is safe where httpd refuses the line. Elsewhere a dead line comes to life, so the level depends on
what the line does. It is a repair where the line only denies, or the application then answers, and unsafe where it may open
something.

## Left alone

Typographic quotes inside ASCII ones are text for people, and are not reported. A section that only grants access by URL is
reported without a fix, because such a grant overrides what `<Directory>` denies.

## See also

Rules `confusable-in-regex`, `dead-restriction` and `html-entities`.

## Examples

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

Not reported:

    ```apache
    # A “comment”.
    ErrorDocument 503 "We call it “maintenance”."
    LogFormat "“%h” %r" quoted
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import SHOWN_TEXTS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Bogus, Close, Directive
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import ONLY_GRANTS

_DOUBLE, _SINGLE = "“”„‟«»″", "‘’‚′"
_ANY = expression(f"[{_DOUBLE}{_SINGLE}]")
_QUOTED = expression(
    rf"(?:^|(?<=[ \t=!~]))(?:([{_DOUBLE}])(?P<double>[^{_DOUBLE}\"]*)[{_DOUBLE}]|([{_SINGLE}])(?P<single>[^{_SINGLE}']*)[{_SINGLE}])(?=[ \t\r\n>]|$)"
)


@rule(severity=Severity.ERROR, changes=("regained", "restricted"), scope=Scope.FILE)
def smart_quotes(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            if isinstance(node, (Bogus, Close)) or is_template(node, parents):
                continue
            edits = list(_edits(file.path, node))
            if not edits:
                continue
            words = [word.value for word in node.args]
            refused = refusal(node.name, words)
            if not refused and node.key in SHOWN_TEXTS:
                continue
            at = edits[0].span
            title, advice = "Write ASCII quotes", "write ASCII quotes"
            if refused:
                fix: Fix | None = Fix.safe(title, *edits)
                message = "these are not quotes to httpd, so it does not start"
            else:
                life = revival(node)
                fix = Fix(title, tuple(edits), life.level, life.reason)
                message = "these are not quotes to httpd but part of the value, so it names nothing"
                if life.only_grants:
                    fix, advice = None, ONLY_GRANTS
            fix = None if has_parameter(node, parents) else fix
            yield Diagnostic(file.path, at, message, fix, help="" if fix else advice)


def _edits(path: str, node: Directive) -> Iterator[Edit]:
    """Yield ASCII quotes for each pair that stands around a word or an option's value, outside ASCII quotes."""
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
        for match in _QUOTED.finditer(text[start:end]):
            kind = "double" if match["double"] is not None else "single"
            quote = '"' if kind == "double" else "'"
            value = match[kind]
            if "\\\n" in value or "\\\r" in value or value.endswith("\\"):
                continue
            yield Edit(path, Span(start + match.start(), start + match.start() + 1), quote)
            yield Edit(path, Span(start + match.end() - 1, start + match.end()), quote)
