"""
A `<` opens no section.

Parts of templates, of HTML or of another language: `<?php`, `<% if %>`, a lone `<`. httpd takes it for a section and refuses to
start. What was meant cannot be said, so nothing is changed. Of a template's tags only the first is reported.

    ```apache
      <%= the_host %>
    # ^^^^^^^^^^^^^^^
      <%= the_port %>
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
        is_template_told = False
        for problem in file.tree.problems:
            if problem.kind != "incomplete-tag":
                continue
            message = "this opens no section, and httpd will not start"
            if problem.node.name.startswith("<%"):
                if is_template_told:
                    continue
                is_template_told = True
                message = "this is a template that was not filled in, and httpd will not start"
            yield Diagnostic(file.path, problem.node.body_span, message)
