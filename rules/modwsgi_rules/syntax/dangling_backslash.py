"""
A directive ends in a backslash that continues nothing.

## What happens

httpd does not start.

## Why

At the end of a file, or before blanks and another directive, the backslash is a word of its own (`ap_cfg_getline` of httpd,
util.c).

## The fix

A safe fix: it takes the backslash away.

## See also

httpd's own message depends on the directive, such as *Invalid option to WSGI script alias definition.* Rule
`continuation-trailing-blank`.

## Examples

    ```diff
    -WSGIScriptAlias / /srv/app/app.wsgi \\ 
    +WSGIScriptAlias / /srv/app/app.wsgi
     WSGIProcessGroup app
    ```

Not reported:

    ```apache
    WSGIDaemonProcess app \\
        threads=5
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, lines_with, locate
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import WHITESPACE, Span

# The backslash comes first: a text is searched for one character much faster than for blanks.
_LAST = expression(r"\\(?:[ \t]+(?=\r?\n)|[ \t]*\Z)")
_DANGLING = expression(r"(?<![ \t])[ \t]++\\(?:[ \t]+(?=\r?\n)|[ \t]*\Z)")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def dangling_backslash(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _LAST):
            if type(node) is not Directive:
                continue
            match = _DANGLING.search(file.text, node.start, node.end)
            if match is None or match.end() < node.start + len(node.source.rstrip(WHITESPACE)):
                continue
            following, _ = locate(file.tree, node.end)
            name = following.name if type(following) is Directive else ""
            if name and directives.find(name) is None and not directives.is_known_third_party(name):
                # Its arguments: continuation-trailing-blank.
                continue
            if not refusal(node.name, [word.value for word in node.args]):
                continue
            span = Span(*match.span())
            fix = None if has_parameter(node, parents) else Fix.safe("Take the backslash away", Edit(file.path, span))
            at = file.text.index("\\", *match.span())
            message = "this backslash continues nothing and is an argument, so httpd does not start"
            yield Diagnostic(file.path, Span(at, at + 1), message, fix, help="" if fix else "take it away")
