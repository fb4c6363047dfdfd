"""
A comment ends in a backslash and swallows the directive in the next line.

## What happens

httpd says nothing, and the directive in the next line does not take effect.

## Why

A backslash at the end of a line joins it with the next one, in comments too (`ap_cfg_getline` of httpd, util.c).

## Left alone

The comment is reported without a fix, because the directive may have been commented out on purpose. A comment is not
reported where the next line begins with `#` too, or holds an option.

## See also

Rules `dangling-backslash` and `continuation-trailing-blank`.

## Examples

Reported without a fix:

    ```apache
    # WSGIScriptAlias / /srv/app/old.wsgi \\
      WSGIScriptAlias / /srv/app/app.wsgi
    # ^^^^^^^^^^^^^^^
    ```

Not reported:

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
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, locate
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Comment
from modwsgi_fix.text import Span

_SWALLOWS = expression(r"^[ \t]*#[^\n]*?(\\)\r?\n[ \t]*<?/?([A-Za-z]+)[ \t>]", re.M)


@rule(severity=Severity.WARNING, scope=Scope.FILE)
def comment_continued(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if "\\\n" not in file.text and "\\\r\n" not in file.text:
            continue
        for match in _SWALLOWS.finditer(file.text):
            if directives.find(match[2]) is None:
                continue
            node, _ = locate(file.tree, match.start(1))
            if isinstance(node, Comment) and match.end() <= node.end:
                message = f"the comment above ends in a backslash and swallows {match[2]}"
                advice = "take the backslash away if the line is to take effect"
                yield Diagnostic(file.path, Span(*match.span(2)), message, help=advice)
