"""
A `<` opens no section.

Parts of templates, of HTML or of another language: `<?php`, `<% if %>`, a lone `<`. httpd takes it for a section and refuses to
start. What was meant cannot be said, so nothing is changed.

    ```apache
      <%= the_host %>
    # ^^^^^^^^^^^^^^^
    ServerName example.com
    ```
    ```apache
    <Location "/app">
        WSGIProcessGroup app
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def incomplete_tag(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            if problem.kind == "incomplete-tag":
                message = "this opens no section, and httpd will not start; is it a template that was not filled in?"
                yield Diagnostic(file.path, problem.node.body_span, message)
