"""
A `<` opens no section, or a tag of a template was left in a file that is filled in.

Parts of templates, of HTML or of another language: `<?php`, `<%= host %>`, `{{ host }}`, `@HOST@`, a lone `<`. httpd takes it for a
section or a directive and refuses to start. What was meant cannot be said, so nothing is changed. Of a template's tags only the
first is reported, and none in a file that is a template by its name (`site.conf.erb`), by its statements (`{% if %}`) or because its
other lines wait to be filled in as well: that one is not httpd's to read yet.

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
    <VirtualHost *:@PORT@>
        ServerName @HOST@
        DocumentRoot @ROOT@
        @AUTH@
    </VirtualHost>
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
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span, has_placeholder

#: A line that begins with what a template engine, autoconf or a script has yet to fill in.
_PLACEHOLDER = re.compile(r"\{\{|@\w+@$|__[A-Z]\w*__$|%\(\w+\)s$")


#: So many lines with arguments to be filled in are no slip: the whole file is a template.
_MANY = 2


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
    if not re.search(r"^[ \t]*(?:\{\{|@\w|__[A-Z]|%\()", file.text, re.M):
        return []
    directives = [node for node, _ in directives_in(file)]
    if sum(any(has_placeholder(word.value) for word in node.args) for node in directives) >= _MANY:
        return []
    return [node.body_span for node in directives if _PLACEHOLDER.match(node.name)][:1]
