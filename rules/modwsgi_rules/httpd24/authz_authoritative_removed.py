"""
httpd 2.4 does not have the `Authz...Authoritative` directives.

## What happens

httpd does not start.

## Why

The directives said whether a module that does not know a user may pass the decision on. In 2.4 all `Require` lines of a
section are asked, and one that agrees is enough (httpd's manual, "Upgrading to 2.4 from 2.2").

## The fix

A safe fix: it deletes the line. `Off` asked for just that. `On`, the old default, made the module's refusal final. httpd did
not start, so nothing was open.

## Left alone

Where `On` stands beside several `Require` lines, the line is reported without a fix, because the refusal of one of them
would no longer be final. Where all must agree, `<RequireAll>` says so. Directives that 2.4 still has are not reported, and
neither is a server of 2.2.

## See also

httpd's own message is *Invalid command 'AuthzLDAPAuthoritative', perhaps misspelled or defined by a module not included in
the server configuration*.

## Examples

    ```diff
     <Location /admin>
         AuthType Basic
    -    AuthzLDAPAuthoritative Off
         Require valid-user
     </Location>
    ```

Not reported:

    ```apache
    <Location /admin>
        AuthType Basic
        AuthBasicAuthoritative Off
        Require valid-user
    </Location>
    ```
    ```apache httpd=2.2
    <Location /admin>
        AuthzUserAuthoritative Off
    </Location>
    ```

Reported without a fix:

    ```apache
    <Location /admin>
        AuthzGroupFileAuthoritative On
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        Require user ann
        Require group staff
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import REMOVED_AUTHZ
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24


@rule(severity=Severity.ERROR)
def authz_authoritative_removed(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, *REMOVED_AUTHZ):
        fix = None
        several = item.parent is not None and len(access_of(item.parent).requires) > 1
        if not (several and item.value.lower() != "off"):
            fix = Fix.safe(
                f"Delete {item.name}",
                delete(item),
                reason="httpd starts; the Require lines decide, and any one that agrees is enough",
                every_reading=True,
            )
        yield Diagnostic(
            item.path,
            item.span,
            f"httpd 2.4 does not know {item.name}, so it does not start",
            fix,
            help="group the Require lines by <RequireAll> where all must agree",
        )
