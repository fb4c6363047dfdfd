"""
`NameVirtualHost` has no effect since httpd 2.4.

## What happens

httpd warns at each start, and its next release does not start with the line.

## Why

Every address of a `<VirtualHost>` takes name-based hosts by itself (`ap_set_name_virtual_host` of httpd, vhost.c).

## The fix

A safe fix: it deletes the line, and those for other ports. A comment above them stays. No request is answered differently.

## Left alone

A line for 2.2 only is not reported, and neither is a server of 2.2, which needs the line.

## See also

httpd's own message is *AH00548: NameVirtualHost has no effect and will be removed in the next release*. Rule
`missing-name-virtual-host`.

## Examples

    ```diff
     # all sites share one address
    -NameVirtualHost *:80
    -NameVirtualHost *:443
     <VirtualHost *:80>
         ServerName example.com
     </VirtualHost>
    ```

Not reported:

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
from modwsgi_rules.httpd24._shared import read_by_24


@rule()
def name_virtual_host(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "namevirtualhost"):
        reason = "httpd 2.4 ignores it"
        fix = Fix.safe("Delete NameVirtualHost", delete(item), reason=reason, every_reading=True)
        yield Diagnostic(
            item.path,
            item.span,
            "NameVirtualHost has no effect since httpd 2.4, and the next release refuses it",
            fix,
        )
