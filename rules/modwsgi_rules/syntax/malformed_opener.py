"""
An opening tag lacks its closing bracket, or has a blank after the first one.

## What happens

httpd does not start.

## Why

The last character of an opening tag must be `>` (`unclosed_directive` of httpd, core.c). `< Location "/app">` opens a
section without a name, which nothing closes.

## The fix

A safe fix: it writes the bracket, takes the blank away, or joins the tag with the next line where the bracket is there.

## See also

httpd's own message is *<Location> directive missing closing '>'*. Rules `malformed-closer` and `incomplete-tag`.

## Examples

    ```diff
    -<Location "/app"
    +<Location "/app">
         WSGIProcessGroup app
     </Location>
    ```
    ```diff
    -< Location "/app">
    +<Location "/app">
         WSGIProcessGroup app
     </Location>
    ```
    ```diff
    -<Proxy
    +<Proxy \\
         "http://127.0.0.1/">
         Require local
     </Proxy>
    ```

Not reported:

    ```apache
    <Location \\
        "/app">
        WSGIProcessGroup app
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, is_unsettled, locate
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import WHITESPACE, Span


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def malformed_opener(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            node = problem.node
            body = node.body_span
            if problem.kind == "opener-without-bracket":
                edit = Edit(file.path, Span(body.end, body.end), ">")
                message = f"<{node.name} does not have a closing bracket, so httpd does not start"
                if _runs_on(file, node):
                    edit = Edit(file.path, Span(body.end, body.end), " \\")
                    message = f"<{node.name} goes on in the next line without a backslash, so httpd does not start"
            elif problem.kind == "opener-with-blank":
                edit = Edit(file.path, Span(body.start + 1, node.name_span.start))
                message = f"the blank before {node.name} hides the name of the section, so httpd does not start"
            else:
                continue
            fix = None if is_unsettled(file) else Fix.safe("Write the tag as httpd reads it", edit)
            advice = "" if fix else f"write the tag as <{node.name} ...> on one line"
            yield Diagnostic(file.path, body, message, fix, help=advice)


def _runs_on(file: File, node: Directive) -> bool:
    """Whether the next line is not a directive, and ends in the bracket that is missing here."""
    stop = node.head_end if isinstance(node, Section) else node.end
    following, _ = locate(file.tree, stop)
    return (
        type(following) is Directive
        and directives.find(following.name) is None
        and following.source.rstrip(WHITESPACE).endswith(">")
        and file.text[node.body_span.end : stop] in ("\n", "\r\n")
    )
