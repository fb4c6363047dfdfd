"""
A directive and its argument are written as one word.

`NameVirtualHost*:80` is the name of an unknown directive to httpd: *Invalid command 'NameVirtualHost*:80'.* The fix puts a
blank between them.

    ```diff
    -NameVirtualHost*:80
    +NameVirtualHost *:80
    ```
    ```diff
    -<Location"/app">
    +<Location "/app">
         WSGIProcessGroup app
     </Location>
    ```
    ```apache
    php_value memory_limit 64M
    SecRuleEngine On
    Listen 80
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def glued_directive(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in unknown_names(file):
            if is_template(node):
                continue
            prefix = "<" if isinstance(node, Section) else ""
            parts = directives.glued(prefix + node.name)
            if parts is None or parts[1][0] in "=:;" or not parts[1][0].isascii() or parts[0].isdigit():
                continue
            name, rest = parts
            span = node.name_span
            if span.end - span.start != len(node.name):
                continue
            at = span.start + len(name)
            fix = None if in_macro(parents) else Fix.safe("Put a blank between", Edit(file.path, Span(at, at), " "))
            message = f"{name} and its argument {rest} are one word, so httpd will not start; put a blank between"
            yield Diagnostic(file.path, span, message, fix)
