"""
An option of mod_wsgi is written with blanks around its `=`, or quoted as a whole.

## What happens

httpd does not start. Where the blank stands behind the `=` alone (`threads= 5`), mod_wsgi takes the next word for the value; that is
reported for information.

## Why

The name of an option and its `=` are one word (`wsgi_config.c:wsgi_parse_option`). `process-group = app` has a word without
one, and `"home=/srv/the app"` is not an option at all.

## The fix

A safe fix: it writes the option as one word.

## See also

httpd's own messages are *Invalid option to WSGI daemon process definition.* and *Invalid option to WSGI script alias
definition.* Rules `stray-daemon-word` and `wrapped-options`.

## Examples

    ```diff
    -WSGIDaemonProcess app processes = 2 threads= 5
    +WSGIDaemonProcess app processes=2 threads=5
    ```
    ```diff
    -WSGIDaemonProcess app "home=/srv/the app"
    +WSGIDaemonProcess app home="/srv/the app"
    ```

For information:

    ```diff
    -WSGIScriptAlias / /srv/app.wsgi process-group= app
    +WSGIScriptAlias / /srv/app.wsgi process-group=app
    ```

Not reported:

    ```apache
    WSGIDaemonProcess app processes=2 home="/srv/the app"
    WSGIScriptAlias /= "/srv/app/a = b.wsgi" process-group=app
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, is_template, lines_with, raw
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_WSGI = expression(r"^[ \t]*WSGI(?:DaemonProcess|[a-z]*Script[a-z]*)[ \t]", re.M | re.I)

_REFUSED = "this is not one word name=value, as an option must be, so httpd does not start"
_TAKEN = "mod_wsgi takes the next word for the value here, despite the blank after the ="


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def spaced_option(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _WSGI, ("wsgi",)):
            if (
                type(node) is not Directive
                or directives.words_before_options(node.key) is None
                or is_template(node, parents)
            ):
                continue
            found = list(_edits(file.path, node))
            for message, severity in ((_REFUSED, Severity.ERROR), (_TAKEN, Severity.INFO)):
                edits = [edit for edit, told in found if told == message]
                if not edits:
                    continue
                fix = None if has_parameter(node, parents) else Fix.safe("Write the option as one word", *edits)
                first, last = edits[0].span, edits[-1].span
                span = Span(first.start, max(last.end, first.start + 1))
                help = "" if fix else "write the option as one word"
                yield Diagnostic(file.path, span, message, fix, help=help, severity=severity)


def _edits(path: str, node: Directive) -> Iterator[tuple[Edit, str]]:
    """Return the edits, and the message for them."""
    words = node.args[directives.words_before_options(node.key) :]
    at = 0
    while at < len(words):
        text = raw(node, words[at])
        after = raw(node, words[at + 1]) if at + 1 < len(words) else ""
        name, equals, value = text.partition("=")
        if is_quoted(node, words[at]):
            inner = words[at].value.partition("=")
            if inner[1] and directives.takes_option(node.key, inner[0]) and '"' not in inner[2] and "\\" not in text:
                quote = text[0] if re.search(r"\s", inner[2], re.A) else ""
                yield Edit(path, words[at].span, f"{inner[0]}={quote}{inner[2]}{quote}"), _REFUSED
        elif directives.takes_option(node.key, name) and not (equals and value):
            # name = value, name= value, name =value
            end = None
            if equals and after and "=" not in after:
                end = words[at + 1].span
            elif not equals and after == "=" and at + 2 < len(words):
                end = words[at + 2].span
                at += 1
            elif not equals and after.startswith("=") and len(after) > 1:
                end = Span(words[at + 1].span.start + 1, words[at + 1].span.end)
            if end is not None and "\n" not in node.text[words[at].span.start : end.start]:
                start = words[at - (after == "=")].span.start + len(name)
                yield Edit(path, Span(start, end.start), "="), _TAKEN if equals else _REFUSED
                at += 1
        at += 1
