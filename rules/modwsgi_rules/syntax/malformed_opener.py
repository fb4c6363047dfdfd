"""
An opening line lacks its closing bracket, or has a blank after the first one.

`<Location "/app"` is refused: *<Location> directive missing closing '>'*; `< Location "/app">` opens a section without a name,
which nothing closes. Neither starts.

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
    ```apache
    <Location \\
        "/app">
        WSGIProcessGroup app
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def malformed_opener(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            node = problem.node
            body = node.body_span
            if problem.kind == "opener-without-bracket":
                edit = Edit(file.path, Span(body.end, body.end), ">")
                message = f"<{node.name} has no closing bracket, so httpd will not start"
            elif problem.kind == "opener-with-blank":
                edit = Edit(file.path, Span(body.start + 1, node.name_span.start))
                message = f"the blank before {node.name} hides its name, so httpd will not start"
            else:
                continue
            yield Diagnostic(file.path, body, message, Fix.safe("Write the tag as httpd reads it", edit))
