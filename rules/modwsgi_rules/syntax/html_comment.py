"""
A comment is written as in HTML.

## What happens

httpd does not start.

## Why

A line that begins with `<` opens a section for httpd, and nothing closes a section called `!--`. A comment begins with `#`
(httpd's manual, "Configuration Files").

## The fix

A safe fix: it writes the same words after `#`.

## See also

httpd's own message is *<!--> was not closed.*

## Examples

    ```diff
    -<!-- the application -->
    +# the application
     WSGIScriptAlias / /srv/app/app.wsgi
    ```
    ```diff
     <VirtualHost *:80>
    -    <!-- the application,
    -         and its static files -->
    +    # the application,
    +    # and its static files
         WSGIScriptAlias / /srv/app/app.wsgi
     </VirtualHost>
    ```

Not reported:

    ```apache
    # <!-- no comment in HTML, but one here -->
    ErrorDocument 404 "<!-- nothing --> not found"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, newline_of, strip
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def html_comment(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            if problem.kind != "html-comment":
                continue
            node = problem.node
            text = strip(node.source)
            message = "httpd takes a comment of HTML for a section, so it does not start"
            fix = None
            if text.endswith("-->") and text.count("-->") == 1:
                lines = [strip(line) for line in strip(text[4:-3]).split("\n")]
                comment = (newline_of(node) + node.indent).join(f"# {line}".rstrip() for line in lines)
                # A backslash at the end of a comment would swallow the next line.
                if not any(line.endswith("\\") for line in lines):
                    span = Span(node.start + len(node.indent), node.start + len(node.source.rstrip(" \t\r\n")))
                    fix = Fix.safe("Write it as a comment of httpd", Edit(file.path, span, comment))
            opening = Span(node.body_span.start, node.body_span.start + 4)
            yield Diagnostic(file.path, opening, message, fix, help="" if fix else "begin each line with #")
