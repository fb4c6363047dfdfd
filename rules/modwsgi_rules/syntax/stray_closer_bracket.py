"""
A section tag ends in more than one `>`.

## What happens

httpd does not start, or the section never matches: in `<Location /admin>>` the surplus bracket is part of the path.

## Why

httpd compares `</Location>>` as a whole (`ap_build_config_sub`, config.c), so it does not close the section. On an opening
line httpd strips one bracket; the other is a second argument where the first is quoted, and part of the path where it is
not.

## The fix

It takes the surplus away. It is safe where httpd refuses the line. Elsewhere a dead section comes to life, so the level
depends on what the section does. It is a repair where it only denies, and unsafe where it may open something.

## Left alone

A bracket in what comes after a closing tag is not reported.

## See also

httpd's own messages are *Expected </Location> but saw </Location>>* and *Multiple <Location> arguments not (yet) supported.*
Rule `malformed-closer`.

## Examples

    ```diff
     <Location "/admin">
         Require all denied
    -</Location>>
    +</Location>
    ```
    ```diff
    -<Location "/app">>
    +<Location "/app">
         WSGIProcessGroup app
     </Location>
    ```
    ```diff repair
    -<Location /admin>>
    +<Location /admin>
         Require all denied
     </Location>
    ```
    ```diff unsafe
    -<Directory /srv/www>>
    +<Directory /srv/www>
         Require all granted
     </Directory>
    ```

Not reported:

    ```apache
    <Location "/admin">
        Require all denied
    </Location> # all of it >
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import COMPARING
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Close, Section
from modwsgi_fix.text import WHITESPACE, Span

_SURPLUS = expression(r">>")
_BRACKETS = expression(r">(>+)")


@rule(severity=Severity.ERROR, changes=("restricted",), scope=Scope.FILE)
def stray_closer_bracket(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        broken = {problem.node.start for problem in file.tree.problems if problem.kind == "extra-bracket"}
        for node, _ in lines_with(file, _SURPLUS):
            start, end = node.body_span
            if node.start in broken:
                brackets = _BRACKETS.search(file.text, start, end)
                if brackets is None:
                    continue
                fix = Fix.safe("Take the surplus bracket away", Edit(file.path, Span(*brackets.span(1))))
                name = f"</{node.name}>" if isinstance(node, Close) else f"<{node.name}>"
                message = f"{name} has one bracket too many, so httpd does not start"
                yield Diagnostic(file.path, Span(*brackets.span(1)), message, fix)
            elif isinstance(node, Section) and file.text[start:end].endswith(">>") and not is_template(node):
                stop = start + len(file.text[start:end].rstrip(">" + WHITESPACE))
                span = Span(stop + 1, end)
                edit = Edit(file.path, Span(stop, end), ">")
                words = [word.value for word in node.args]
                if refusal(node.name, words) or node.key in COMPARING:
                    yield Diagnostic(
                        file.path, span, f"<{node.name}> has one bracket too many, so httpd does not start",
                        Fix.safe("Take the surplus bracket away", edit),
                    )  # fmt: skip
                else:
                    level, reason, _ = revival(node)
                    message = f"the surplus bracket is part of what <{node.name}> names, so it never matches"
                    fix = Fix("Take the surplus bracket away", (edit,), level, reason)
                    yield Diagnostic(file.path, span, message, fix)
