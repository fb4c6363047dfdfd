"""
A section is opened a second time where it should be closed.

## What happens

httpd does not start.

## Why

`<locationmatch>` without an argument stands where `</locationmatch>` was meant, or `<\\Location>` with the wrong slash.
httpd takes it for another section, and all that follows for its contents.

## The fix

A safe fix: it writes the closing tag.

## Left alone

Sections that may be nested and do not take an argument are not reported.

## See also

httpd's own messages are *<Location> was not closed.* and *Expected </LocationMatch> but saw </VirtualHost>*. Rule
`unclosed-section`.

## Examples

    ```diff
     <locationmatch "^/static/">
         Require all granted
    -<locationmatch>
    +</locationmatch>
     ServerName example.com
    ```
    ```diff
     <Location /static>
         SetHandler none
    -<\\Location>
    +</Location>
    ```

Not reported:

    ```apache
    <RequireAll>
        <RequireAll>
            Require all granted
        </RequireAll>
    </RequireAll>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def opener_for_closer(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            if problem.kind != "opener-for-closer" or problem.section is None:
                continue
            name = problem.node.name
            fix = Fix.safe("Write it as the closing tag", Edit(file.path, problem.node.body_span, f"</{name}>"))
            message = f"this opens another section where </{name}> was meant, so httpd does not start"
            yield Diagnostic(file.path, problem.node.body_span, message, fix)
