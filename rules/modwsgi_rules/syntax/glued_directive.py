"""
A directive and its argument are written as one word.

## What happens

httpd does not start.

## Why

The name of a directive ends at a blank (`ap_getword_conf` of httpd, util.c). `NameVirtualHost*:80` is the name of a
directive that nobody knows.

## The fix

A safe fix: it puts a blank between the two.

## Left alone

Where the line would load code, read further files, run programs or say as whom httpd runs, it is reported without a fix:
where the name ends is then a guess. An option of another directive is not reported.

## See also

httpd's own message is `Invalid command 'NameVirtualHost*:80', perhaps misspelled or defined by a module not included in the
server configuration`. Rule `misspelt-directive`.

## Examples

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

Reported without a fix:

    ```apache
      Include/etc/apache2/sites
    # ^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

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
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.syntax._shared import sound


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def glued_directive(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        glued = list(_glued(file))
        tags = iter(sound(file, [line.fix for line in glued if isinstance(line.node, Section)]))
        for node, message, advice, offered in glued:
            fix = next(tags) if isinstance(node, Section) else offered
            yield Diagnostic(file.path, node.name_span, message, fix, help="" if fix else advice)


class _Glued(NamedTuple):
    """A line that is written as one word, with the message, the help, and the fix where it is certain."""

    node: Directive
    message: str
    advice: str
    fix: Fix | None


def _glued(file: File) -> Iterator[_Glued]:
    for node, parents in unknown_names(file):
        if is_template(node, parents):
            continue
        prefix = "<" if isinstance(node, Section) else ""
        parts = directives.glued(prefix + node.name)
        if parts is None or parts[1][0] in "=:;" or not parts[1][0].isascii() or parts[0].isdigit():
            continue
        name, rest = parts
        start, end = node.name_span
        if file.text[start:end] != node.name or file.text[node.start + len(node.indent)] in "\"'":
            continue
        fix, advice = None, "put a blank between"
        if power := directives.power_of(name, [rest, *(word.value for word in node.args)]):
            advice = f"put a blank between if that is meant: it {power}"
        elif not has_parameter(node, parents):
            at = start + len(name)
            fix = Fix.safe("Put a blank between", Edit(file.path, Span(at, at), " "))
        yield _Glued(node, f"{name} and its argument {rest} are one word, so httpd does not start", advice, fix)
