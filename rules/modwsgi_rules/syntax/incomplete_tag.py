"""
A `<` does not open a section, or a tag of a template was not filled in.

## What happens

httpd does not start.

## Why

`<?php`, `<%= host %>`, `{{ host }}`, `@HOST@` and a lone `<` are parts of templates, of HTML or of another language, and
`{{{` begins a listing in a wiki. httpd takes them for sections or directives.

## Left alone

The line is reported without a fix, because what was meant is not known. Of the tags of a template only the first is
reported. A file that is a template by its name (`site.conf.erb`), by its statements, or because other lines wait to be filled
in as well, is not yet for httpd to read, and is not reported.

## See also

httpd's own message is *Invalid command '{{', perhaps misspelled or defined by a module not included in the server
configuration*.

## Examples

Reported without a fix:

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

Not reported:

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

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import directives_in, files
from modwsgi_fix.placeholders import begins_with_tag, has_placeholder
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.text import Span

#: With so many lines with arguments to be filled in, the whole file is a template.
_MANY = 2


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def incomplete_tag(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        problems = [problem.node for problem in file.tree.problems if problem.kind == "incomplete-tag"]
        for node in problems:
            if not node.name.startswith("<%"):
                message = "this < does not open a section, so httpd does not start"
                yield Diagnostic(file.path, node.body_span, message, help="write a whole tag, or delete the line")
        left = [node.body_span for node in problems if node.name.startswith("<%")]
        if first := min([*left, *_placeholders(file)], default=None):
            message, advice = "this is a tag of a template that was not filled in", "fill in the template"
            if not file.text[slice(*first)].strip("{}"):
                message, advice = "this is the markup of a wiki", "delete the line, and the one that ends the listing"
            yield Diagnostic(file.path, first, f"{message}, so httpd does not start", help=advice)


def _placeholders(file: File) -> list[Span]:
    """Return the first line that is a placeholder, in a list of one or none."""
    if not re.search(r"^[ \t]*[^\w\s#<]|^[ \t]*__[A-Z]", file.text, re.M):
        return []
    nodes = [node for node, _ in directives_in(file)]
    if sum(any(has_placeholder(word.value) for word in node.args) for node in nodes) >= _MANY:
        return []
    return [node.body_span for node in nodes if begins_with_tag(file.text[slice(*node.body_span)])][:1]
