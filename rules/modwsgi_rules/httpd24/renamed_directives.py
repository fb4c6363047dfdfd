"""
The directive has another name since httpd 2.4.

## What happens

httpd reads the old name, and it means the same. The manual has only the new one.

## Why

`MaxClients` is `MaxRequestWorkers`, and `MaxRequestsPerChild` is `MaxConnectionsPerChild`, since 2.3.13 (httpd's manual,
mpm_common).

## The fix

A safe fix: it writes the new name.

## Left alone

A server of 2.2 is not reported, because it does not know the new names.

The section around the line is worth a look as well: `<IfModule prefork.c>` applies only where the prefork MPM is the one in
use.

## Examples

    ```diff
    -MaxClients            150
    -MaxRequestsPerChild   0
    +MaxRequestWorkers            150
    +MaxConnectionsPerChild   0
    ```

Not reported:

    ```apache
    MaxRequestWorkers 150
    ```
    ```apache httpd=2.2
    MaxClients 150
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24

_NAMES = {"maxclients": "MaxRequestWorkers", "maxrequestsperchild": "MaxConnectionsPerChild"}


@rule(severity=Severity.INFO)
def renamed_directives(config: Config) -> Iterator[Diagnostic]:
    if config.target.httpd < (2, 4):
        return
    for item in read_by_24(config, *_NAMES):
        name = _NAMES[item.key]
        span = item.node.name_span
        written = item.file.text[span.start : span.end]
        # A continuation may run through the name, which then cannot be replaced in one piece.
        plain = written.lower() == item.key
        fix = None
        if plain:
            fix = Fix.safe(
                f"Write {name}", Edit(item.path, span, name), reason="the meaning is the same", every_reading=True
            )
        yield Diagnostic(item.path, span, f"{item.name} is called {name} since httpd 2.4", fix)
