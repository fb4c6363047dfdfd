"""
A closing tag closes nothing.

## What happens

httpd does not start.

## Why

httpd compares the closing tag with the section that was opened last (`ap_build_config_sub`, config.c). Either the tag is one
too many, or its opening line was lost.

## The fix

A safe fix: it deletes a tag for which there cannot have been an opening line, because what stands before it is not allowed
in such a section.

## Left alone

Elsewhere only an administrator knows which of the two it is, and the tag is reported without a fix.

## See also

httpd's own messages are *Expected </VirtualHost> but saw </Location>* and *</Location> without matching <Location> section*.
Rule `mismatched-closer`.

## Examples

    ```diff
     <VirtualHost *:80>
         WSGIScriptAlias / /srv/app/app.wsgi
    -    </Location>
     </VirtualHost>
    ```
    ```diff
     <Directory /srv/app>
         Require all granted
     </Directory>
    -</Directory>
    ```

Reported without a fix:

    ```apache
      WSGIProcessGroup app
      </Location>
    # ^^^^^^^^^^^
    ```

Not reported:

    ```apache
    <Location "/app">
        WSGIProcessGroup app
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, is_unsettled, locate, previous
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def stray_closer(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            if problem.kind != "stray-closer":
                continue
            node = problem.node
            message = f"</{node.name}> closes nothing, so httpd does not start"
            fix = None
            if _is_surplus(file, node) and not is_unsettled(file):
                fix = Fix.safe("Delete the closing tag", Edit(file.path, node.span))
            advice = "" if fix else "delete it, or write the opening line that is missing"
            yield Diagnostic(file.path, node.body_span, message, fix, help=advice)


def _is_surplus(file: File, node: Directive) -> bool:
    """Whether no opening line can be missing: what stands before the tag is not allowed in such a section."""
    context = directives.context_of((node.name,))
    if not context or (info := directives.find(node.name)) is None or not info.section:
        return False
    _, parents = locate(file.tree, node.start)
    before = previous(node, parents[-1].children if parents else file.tree.children)
    # At the start of a section the missing one would hold nothing; at the start of a file it may be in another.
    return not directives.allowed_in(before.name, context) if isinstance(before, Directive) else bool(parents)
