"""
Blanks follow the backslash that was to continue a line.

httpd joins lines only where the backslash is the very last character. Else it is a word of its own, *Invalid option to WSGI
daemon process definition*, and the next line is a directive of its own: *Invalid command 'home=/srv/app'.*

    ```diff
    -WSGIDaemonProcess app threads=5 \\ 
    -    display-name=%{GROUP} \\	
    +WSGIDaemonProcess app threads=5 \\
    +    display-name=%{GROUP} \\
         home=/srv/app
    ```
    ```apache
    # a comment \\ 
    WSGIDaemonProcess app threads=5 \\
        home=/srv/app
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, lines_with, locate
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_BLANKS = re.compile(r"\\[ \t]+(?=\r?\n)")


@rule(severity=Severity.ERROR)
def continuation_trailing_blank(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _BLANKS):
            if type(node) is not Directive:
                continue
            found = next((f for f in _BLANKS.finditer(file.text, node.start, node.end)), None)
            following, _ = locate(file.tree, node.end)
            if found is None or type(following) is not Directive:
                continue
            name = following.name
            if directives.find(name) is not None or directives.is_known_third_party(name):
                continue
            span = Span(found.start() + 1, found.end())
            fix = None if in_macro(parents) else Fix.safe("Take the blanks away", Edit(file.path, span))
            message = "blanks follow the backslash, so the next line is not joined and httpd will not start"
            yield Diagnostic(file.path, Span(found.start(), found.end()), message, fix)
