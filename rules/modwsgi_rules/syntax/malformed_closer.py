"""
A closing tag holds more than the name of its section, or lacks its bracket.

## What happens

httpd does not start.

## Why

httpd compares the first word of the line as a whole (`ap_build_config_sub`, config.c), so `</Location >`,
`</Location "/a">`, `</ Location>` and `</Location` do not close the section. It ignores what comes after the bracket.

## The fix

A safe fix: it writes the bare tag. What comes after the bracket stays, and a remark in the tag goes there.

## Left alone

Words after the bracket are not reported, because httpd ignores them.

## See also

httpd's own message is *</Location> directive missing closing '>'*. Rules `stray-closer-bracket` and `malformed-opener`.

## Examples

    ```diff
     <Location "/status">
         Require local
    -</Location "/status">
    +</Location>
    ```
    ```diff
     <Directory /srv/app>
         Require all granted
    -</Directory >
    +</Directory>
    ```
    ```diff
     <Directory /srv/app>
         Require all granted
    -</ Directory>
    +</Directory>
    ```
    ```diff
     <Directory /srv/app>
         Require all granted
    -</Directory # of the application
    +</Directory> # of the application
    ```
    ```diff
     <VirtualHost *:80>
         <Directory /srv/app>
             Require all granted
    -    </Directory></VirtualHost>
    +    </Directory>
    +    </VirtualHost>
    ```

Not reported:

    ```apache
    <Directory /srv/app>
        Require all granted
    </Directory> of the application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, newline_of
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_rules.syntax._shared import sound


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def malformed_closer(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        nodes = [problem.node for problem in file.tree.problems if problem.kind == "closer-without-bracket"]
        offered = sound(file, [_fix(file, node) for node in nodes])
        for node, fix in zip(nodes, offered, strict=True):
            message = f"the tag is not a bare </{node.name}>, so it closes nothing and httpd does not start"
            yield Diagnostic(file.path, node.body_span, message, fix, help="" if fix else f"write </{node.name}>")


def _fix(file: File, node: Directive) -> Fix:
    text = file.text[node.body_span.start : node.body_span.end]
    mark, tag = text.find("#"), text.find("<", 1)
    remark = ""
    if mark > 0:
        # A remark after the name is kept after the bracket.
        remark = f" {text[mark:]}"
    elif tag > 0:
        remark = f"{newline_of(node)}{node.indent}{text[tag:]}"
    return Fix.safe("Write the bare closing tag", Edit(file.path, node.body_span, f"</{node.name}>{remark}"))
