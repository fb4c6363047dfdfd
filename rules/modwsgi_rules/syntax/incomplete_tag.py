"""
A `<` opens no section, or a tag of a template was left in a file that is filled in.

Parts of templates, of HTML or of another language: `<?php`, `<%= host %>`, `{{ host }}`, `@HOST@`, a lone `<`. httpd takes it for a
section or a directive and refuses to start. What was meant cannot be said, so nothing is changed. Of a template's tags only the
first is reported, and none in a file that is a template by its name (`site.conf.erb`) or by its statements (`{% if %}`): that one is
not httpd's to read yet.

    ```apache
      <%= the_host %>
    # ^^^^^^^^^^^^^^^
      <%= the_port %>
    ServerName example.com
    ```
    ```apache
    ServerName example.com
      {{ aliases }}
    # ^^^^^^^^^^^^^
    ```
    ```apache
    {% if aliases %}
    {{ aliases }}
    {% endif %}
    ```
    ```apache
    <Location "/app">
        WSGIProcessGroup app
    </Location>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.model.config import Config, File
from modwsgi_fix.model.lines import directives_in, files
from modwsgi_fix.placeholders import begins_with_tag
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def incomplete_tag(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        problems = [problem.node for problem in file.tree.problems if problem.kind == "incomplete-tag"]
        for node in problems:
            if not node.name.startswith("<%"):
                yield Diagnostic(file.path, node.body_span, "this opens no section, and httpd will not start")
        left = [node.body_span for node in problems if node.name.startswith("<%")]
        if first := min([*left, *_placeholders(file)], default=None):
            message = "this is a tag of a template that was not filled in, and httpd will not start"
            yield Diagnostic(file.path, first, message)


def _placeholders(file: File) -> list[Span]:
    """The first line that is a placeholder."""
    if not re.search(r"^[ \t]*[^\w\s#<]|^[ \t]*__[A-Z]", file.text, re.M):
        return []
    return [node.body_span for node, _ in directives_in(file) if begins_with_tag(file.text[slice(*node.body_span)])][:1]
