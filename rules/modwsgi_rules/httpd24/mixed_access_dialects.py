"""
A section says one thing in `Order`, `Allow` and `Deny`, and another in `Require`.

## What happens

httpd 2.4 asks both, and both must agree. `Deny from all` beside `Require all granted` refuses everyone, and so does
`Require all denied` beside `Allow from all`. With `Satisfy Any` one of them is enough: `Allow from all` beside a password
opens the section to everyone.

## Why

The old directives belong to mod_access_compat and the new ones to mod_authz_core, and each module has its own say on a
request (httpd's manual, mod_access_compat, "Satisfy").

## Left alone

The section is reported without a fix, because the configuration does not say what was meant, and deleting the `Deny` would
open the section. A section is not reported where both open it, or both ask for something: so a file serves under either
baseline, or restricts by address and by name.

## See also

httpd's own messages are *AH01797: client denied by server configuration* where the old directives refuse, and *AH01630:
client denied by server configuration* where `Require` does. Rule `old-access-directives`.

## Examples

Reported without a fix:

    ```apache
    <Directory /srv/site>
        Order allow,deny
        Deny from all
    #   ^^^^^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    <Location /members>
        Allow from all
    #   ^^^^^^^^^^^^^^
        AuthType Basic
        Require valid-user
        Satisfy Any
    </Location>
    ```
    ```apache
    <Directory /srv/site>
        Allow from all
    #   ^^^^^^^^^^^^^^
        Satisfy Any
        <Limit GET>
            Require valid-user
        </Limit>
    </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/site>
        Order allow,deny
        Allow from all
        Require all granted
    </Directory>
    <Location /members>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
        AuthType Basic
        Require valid-user
    </Location>
    ```
    ```apache
    <Directory /srv/site>
        <IfVersion >= 2.4>
            Require all granted
        </IfVersion>
        <IfVersion < 2.4>
            Order deny,allow
            Deny from all
        </IfVersion>
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import OLD_ACCESS
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.dialects import DENIED, GRANTED, Clause, clauses
from modwsgi_fix.rule import Diagnostic, Related, rule


@rule()
def mixed_access_dialects(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22 or not config.named(*OLD_ACCESS):
        return
    for clause in clauses(config):
        if not clause.is_old or not clause.is_new or any(line.guards for line in clause.access.lines):
            continue
        result = _result(clause)
        if result is None:
            continue
        access = clause.access
        pool = access.denies if clause.hosts == DENIED else access.allows
        # Of what stands in a <Limit> there is no line here.
        lines = pool[-1:] or clause.old_lines or access.requires or (clause.section,)
        advice = (
            "say which hosts are allowed" if clause.satisfy_any else "keep either Order, Allow and Deny, or Require"
        )
        also = (one for one in access.requires[:1] if one is not lines[0])
        related = tuple(Related(one.path, one.span, "this must agree as well") for one in also)
        yield Diagnostic(lines[0].path, lines[0].span, result, related=related, help=advice)


def _result(clause: Clause) -> str | None:
    """Return what httpd makes of the two, where it is hardly what was meant."""
    hosts, by_new = clause.hosts, clause.access.admits_24
    if clause.satisfy_any:
        if hosts == GRANTED and by_new is not True:
            return "everyone gets in without what Require asks for, because Satisfy Any finds all hosts allowed"
        return None
    if by_new is True and hosts == DENIED:
        return "everyone is refused although Require grants, because Order, Allow and Deny are asked as well"
    if by_new is False and hosts not in (DENIED, None):
        return "everyone is refused whatever is allowed here, because Require all denied is asked as well"
    if by_new is True and hosts not in (GRANTED, None):
        return "only some hosts get in although Require grants, because Allow and Deny are asked as well"
    return None
