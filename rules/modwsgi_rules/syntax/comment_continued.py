"""
A comment ends in a backslash and swallows the directive in the next line.

A backslash joins lines in comments too. Nothing is said; what stands in the next line is simply not there. Whether it was to be
commented out cannot be said, so nothing is changed.

    ```apache
    # WSGIScriptAlias / /srv/app/old.wsgi \\
      WSGIScriptAlias / /srv/app/app.wsgi
    # ^^^^^^^^^^^^^^^
    ```
    ```apache
    # WSGIDaemonProcess app threads=5 \\
    #     home=/srv/app
    # WSGIDaemonProcess app threads=5 \\
          home=/srv/app
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, locate
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Comment
from modwsgi_fix.text import Span

_SWALLOWS = re.compile(r"^[ \t]*#[^\n]*?(\\)\r?\n[ \t]*<?/?([A-Za-z]+)[ \t>]", re.M)


@rule(severity=Severity.WARNING)
def comment_continued(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for found in _SWALLOWS.finditer(file.text):
            if directives.find(found[2]) is None:
                continue
            node, _ = locate(file.tree, found.start(1))
            if isinstance(node, Comment) and found.end() <= node.end:
                message = f"the comment goes on and swallows {found[2]} in the next line; take the backslash away if it was to count"
                yield Diagnostic(file.path, Span(*found.span(2)), message)
