"""
A log format holds quotes that are not escaped.

## What happens

httpd does not start.

## Why

A quote ends the word that a quote began, unless a backslash stands before it (`ap_getword_conf` of httpd, util.c).
`LogFormat "%h "%r" %>s" common` has more words than the directive takes.

## The fix

A safe fix: it writes a backslash before each quote inside.

## Left alone

Quotes that are escaped, or stand in quotes of the other kind, are not reported.

## See also

httpd's own message is *LogFormat takes 1-2 arguments, a log format string (see docs) and an optional format name*.

## Examples

    ```diff
    -LogFormat "%h %l %u %t "%r" %>s %b" common
    +LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    ```
    ```diff
    -CustomLog /var/log/apache2/app.log "%h "%r"" env=logged
    +CustomLog /var/log/apache2/app.log "%h \\"%r\\"" env=logged
    ```

Not reported:

    ```apache
    LogFormat "%h \\"%r\\" %>s" common
    LogFormat '%h "%r" %>s' common
    CustomLog "/var/log/apache2/app.log" "%h"
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_LOGS = expression(r"^[ \t]*(?:logformat|customlog)[ \t]", re.M | re.I)
_QUOTED = expression(r'(?<=[ \t])"(?=%|[^"\n]*%)(.*)"(?=[ \t]+[^"\s]+[ \t]*\Z|\Z)', re.S)


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def unescaped_log_quotes(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _LOGS, ("logformat", "customlog")):
            if type(node) is not Directive or node.key not in ("logformat", "customlog") or is_template(node):
                continue
            if not refusal(node.name, [word.value for word in node.args]):
                continue
            start, end = node.body_span
            quoted = _QUOTED.search(file.text[start:end])
            if quoted is None or "\n" in quoted[0]:
                continue
            at = start + quoted.start(1)
            inner = quoted[1]
            marks = [at + quote.end() - 1 for quote in re.finditer(r'(?<!\\)(?:\\\\)*"', inner)]
            if not marks:
                continue
            edits = [Edit(file.path, Span(mark, mark), "\\") for mark in marks]
            span = Span(start + quoted.start(), start + quoted.end())
            fix = None if has_parameter(node, parents) else Fix.safe("Escape the quotes inside", *edits)
            message = "the quotes inside end the format too early, so httpd does not start"
            advice = "" if fix else "write a backslash before each quote inside"
            yield Diagnostic(file.path, span, message, fix, help=advice)
