"""
Every line begins with its number, as a web page or an editor showed it.

## What happens

httpd does not start.

## Why

The first word of a line is the name of a directive, and no directive is called `1`.

## The fix

A safe fix: it takes the numbers of the whole listing away, with the blank after each.

## See also

httpd's own message is *Invalid command '1', perhaps misspelled or defined by a module not included in the server
configuration*.

## Examples

    ```diff
    -1 <VirtualHost *:80>
    -2     ServerName example.com
    -3     WSGIScriptAlias / /srv/app/app.wsgi
    -4 </VirtualHost>
    +<VirtualHost *:80>
    +    ServerName example.com
    +    WSGIScriptAlias / /srv/app/app.wsgi
    +</VirtualHost>
    ```

Not reported:

    ```apache
    WSGIDaemonProcess app \\
        threads=5
    # 1 is a number
    # 2 is another
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, locate
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import sound

_NUMBER = expression(r"^([ \t]*)(\d{1,6})([.:|)]?)(?=[ \t\r\n]|\Z)([ \t]*)", re.M)
_DIGIT = expression(r"\n[ \t]*\d")
#: The fewest lines in a row that are a listing.
_LEAST = 3
#: A line or two of a listing may have been taken out, or written twice, since.
_GAP = 5


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def pasted_line_numbers(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if not (file.text[:1].isdigit() or _DIGIT.search(file.text)):
            continue
        listings = []
        for run in _runs(file):
            first = run[0]
            node, _ = locate(file.tree, first.start(2))
            if len(run) < _LEAST or type(node) is not Directive or node.name != first[2] + first[3]:
                continue
            fix = Fix.safe("Take the line numbers away", *_edits(file, run))
            listings.append((run, fix))
        for (run, _), offered in zip(listings, sound(file, [fix for _, fix in listings]), strict=True):
            message = f"{len(run)} lines begin with their numbers, so httpd does not start"
            advice = "" if offered else "take the numbers away"
            yield Diagnostic(file.path, Span(*run[0].span(2)), message, offered, help=advice)


def _runs(file: File) -> Iterator[list[re.Match[str]]]:
    """Yield the stretches of lines whose numbers follow each other."""
    run: list[re.Match[str]] = []
    for number in _NUMBER.finditer(file.text):
        if run:
            last = run[-1]
            between = file.text[file.text.find("\n", last.end()) + 1 : number.start()]
            if not 0 <= int(number[2]) - int(last[2]) <= _GAP or between.strip() or number[3] != last[3]:
                yield run
                run = []
        run.append(number)
    if run:
        yield run


def _edits(file: File, run: list[re.Match[str]]) -> Iterator[Edit]:
    """Yield edits that take away the numbers and one blank; where the numbers fill a column, the whole column."""
    # Short numbers are padded when every one of them has the blanks that the longest lacks.
    longest = max(len(number[2]) for number in run)
    short = [number for number in run if len(number[2]) < longest]
    padded = longest > 1 and not run[0][1] and all(
        len(number[4]) > longest - len(number[2]) or _is_empty(file, number) for number in short
    )  # fmt: skip
    for number in run:
        blanks = min(len(number[4]), longest - len(number[2]) + 1 if padded else 1)
        yield Edit(file.path, Span(number.start(), number.start(4) + blanks))


def _is_empty(file: File, number: re.Match[str]) -> bool:
    """Whether nothing follows the number on its line."""
    return file.text[number.end() : number.end() + 1] in ("\r", "\n", "")
