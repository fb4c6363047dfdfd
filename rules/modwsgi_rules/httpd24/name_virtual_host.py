"""
`NameVirtualHost` does nothing since httpd 2.4.

Every address of a `<VirtualHost>` takes name-based hosts by itself. httpd says at each start *AH00548: NameVirtualHost has
no effect and will be removed in the next release*, and the next release will not start with it.

The fix deletes the line, and its twins for other ports; a comment above stays. Nothing changes for any request.
Where the target is httpd 2.2 the line bears load and stays (see `missing-name-virtual-host`).

    ```diff
     # all sites share one address
    -NameVirtualHost *:80
    -NameVirtualHost *:443
     <VirtualHost *:80>
         ServerName example.com
     </VirtualHost>
    ```

A file for both releases is right as it is:

    ```apache
    <IfVersion < 2.4>
        NameVirtualHost *:80
    </IfVersion>
    ```
    ```apache httpd=2.2
    NameVirtualHost *:80
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, rule


@rule()
def name_virtual_host(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named("namevirtualhost"):
        if any(guard.kind == "ifversion" for guard in item.guards):
            continue
        fix = None
        if not item.foreign:
            reason = "httpd 2.4 ignores it"
            fix = Fix.safe("Delete NameVirtualHost", delete(item), reason=reason, every_reading=True)
        yield Diagnostic(
            item.path, item.span, "NameVirtualHost has no effect since httpd 2.4, and the next release refuses it", fix
        )
