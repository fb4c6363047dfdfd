"""
A directive and its argument are written as one word.

`NameVirtualHost*:80` is the name of an unknown directive to httpd: *Invalid command 'NameVirtualHost*:80'.* The fix puts a
blank between them. Not where that would load code, read further files, run programs or say as whom httpd runs: where the
name ends is a guess then, for a person to make. A `name=value` is an option of some directive, and is left whole.

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
      Include/etc/apache2/sites
    # ^^^^^^^^^^^^^^^^^^^^^^^^^
    ```
    ```apache
    header-buffer-size=65536
    php_value memory_limit 64M
    SecRuleEngine On
    Listen 80
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, File
from modwsgi_fix.model.lines import files, in_macro, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import sound


@rule(severity=Severity.ERROR)
def glued_directive(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        found = list(_glued(file))
        tags = iter(sound(file, [fix for node, _, fix in found if isinstance(node, Section)]))
        for node, message, fix in found:
            yield Diagnostic(file.path, node.name_span, message, next(tags) if isinstance(node, Section) else fix)


def _glued(file: File) -> Iterator[tuple[Directive, str, Fix | None]]:
    for node, parents in unknown_names(file):
        if is_template(node):
            continue
        prefix = "<" if isinstance(node, Section) else ""
        parts = directives.glued(prefix + node.name)
        if parts is None or parts[1][0] in "=:;" or not parts[1][0].isascii() or parts[0].isdigit():
            continue
        name, rest = parts
        start, end = node.name_span
        if file.text[start:end] != node.name or file.text[node.start + len(node.indent)] in "\"'":
            continue
        message = f"{name} and its argument {rest} are one word, so httpd will not start; put a blank between"
        fix = None
        if power := directives.power_of(name, [rest, *(word.value for word in node.args)]):
            message += f" if that is meant: it {power}"
        elif not in_macro(parents):
            at = start + len(name)
            fix = Fix.safe("Put a blank between", Edit(file.path, Span(at, at), " "))
        yield node, message, fix
