"""
A section tag ends in more than one `>`.

`</Location>>` closes nothing for httpd, which refuses to start: *Expected </Location> but saw </Location>>.* On an
opening line the surplus bracket is a second argument where the first is quoted, *Multiple <Location> arguments not (yet)
supported*, and part of the path where it is not: `<Location /admin>>` is accepted, and never matches.

The fix takes the surplus away. Where httpd accepted the line, a dead section comes to life: that needs more trust,
unless all it does is to deny.

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
    ```apache
    <Location "/admin">
        Require all denied
    </Location> # all of it >
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import COMPARING
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, is_template, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Close, Section
from modwsgi_fix.text import WHITESPACE, Span

_SURPLUS = re.compile(r">>")
_BRACKETS = re.compile(r">(>+)")


@rule(severity=Severity.ERROR, changes=("restricted",))
def stray_closer_bracket(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        broken = {problem.node.start for problem in file.tree.problems if problem.kind == "extra-bracket"}
        for node, _ in lines_with(file, _SURPLUS):
            start, end = node.body_span
            if node.start in broken:
                found = _BRACKETS.search(file.text, start, end)
                if found is None:
                    continue
                fix = Fix.safe("Take the surplus bracket away", Edit(file.path, Span(*found.span(1))))
                name = f"</{node.name}>" if isinstance(node, Close) else f"<{node.name}>"
                message = f"{name} has a bracket too many, so httpd will not start"
                yield Diagnostic(file.path, Span(*found.span(1)), message, fix)
            elif isinstance(node, Section) and file.text[start:end].endswith(">>") and not is_template(node):
                stop = start + len(file.text[start:end].rstrip(">" + WHITESPACE))
                span = Span(stop + 1, end)
                edit = Edit(file.path, Span(stop, end), ">")
                words = [word.value for word in node.args]
                if refusal(node.name, words) or node.key in COMPARING:
                    yield Diagnostic(
                        file.path, span, f"<{node.name}> has a bracket too many, so httpd will not start",
                        Fix.safe("Take the surplus bracket away", edit),
                    )  # fmt: skip
                else:
                    level, reason, _ = revival(node)
                    message = f"the surplus bracket is part of what <{node.name}> names, so it never matches"
                    fix = Fix("Take the surplus bracket away", (edit,), level, reason)
                    yield Diagnostic(file.path, span, message, fix)
