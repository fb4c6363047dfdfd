"""
The `Authz...Authoritative` directives are gone since httpd 2.4.

httpd refuses to start: *Invalid command 'AuthzLDAPAuthoritative'*. They said whether a module that does not know a user may pass
the decision on; now all `Require` lines of a section are asked, and one that agrees is enough.

The fix deletes the line. `Off` asked for just that. `On`, the old default, let the module's refusal be final; where several
`Require` lines stand together, and all must agree, `<RequireAll>` says so. httpd did not start, so nothing was open.

    ```diff
     <Location /admin>
         AuthType Basic
    -    AuthzLDAPAuthoritative Off
         Require valid-user
     </Location>
    ```
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

Where `On` stands beside several `Require` lines, one of the answers would no longer be final:

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


@rule(severity=Severity.ERROR)
def authz_authoritative_removed(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named(*REMOVED_AUTHZ):
        if any(guard.kind == "ifversion" for guard in item.guards):
            continue
        fix = None
        several = item.parent is not None and len(access_of(item.parent).requires) > 1
        if not item.foreign and not (several and item.value.lower() != "off"):
            fix = Fix.safe(
                f"Delete {item.name}",
                delete(item),
                reason="httpd starts; the Require lines decide, and any one that agrees is enough",
                every_reading=True,
            )
        yield Diagnostic(
            item.path,
            item.span,
            f"httpd 2.4 does not know {item.name} and will not start; group Require lines by <RequireAll> where all must agree",
            fix,
        )
