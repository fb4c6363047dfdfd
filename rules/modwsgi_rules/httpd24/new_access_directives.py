"""
`Require all`, `Require ip` and their like mean nothing to httpd 2.2.

## What happens

httpd 2.2 takes `Require all granted` without a word and does not open anything by it: what `Order`, `Allow` and `Deny`
refuse stays refused. It does not know sections like `<RequireAll>`, and does not start.

## Why

In 2.2, `Require` names users and groups, and only `Order`, `Allow` and `Deny` decide who may come from where (httpd 2.2's
manual, mod_authz_host). The rule runs only where the target is 2.2.

## The fix

It writes the old directives for a section whose only line on access is one of two. For `Require all denied` it is a repair,
because the section is then closed as it says. For `Require all granted` it is unsafe, because the section is then opened.

## Left alone

Other words are reported without a fix. `Require valid-user`, `user` and `group` are the same in both releases, and are not
reported. Neither is a section for 2.4 only.

## See also

httpd's own message is *client denied by server configuration*. Rule `old-access-directives`, for the other way.

## Examples

    ```diff repair httpd=2.2
     <Directory /srv/site/private>
    -    Require all denied
    +    Order deny,allow
    +    Deny from all
     </Directory>
    ```
    ```diff unsafe httpd=2.2
     <Directory /srv/site>
    -    Require all granted
    +    Order allow,deny
    +    Allow from all
     </Directory>
    ```

Reported without a fix:

    ```apache httpd=2.2
    <Directory /srv/site>
        Require ip 192.0.2.0/24
    #   ^^^^^^^^^^^^^^^^^^^^^^^
    </Directory>
    ```

Not reported:

    ```apache httpd=2.2
    <Directory /srv/site>
        Order allow,deny
        Allow from all
        AuthType Basic
        Require valid-user
    </Directory>
    <IfVersion >= 2.4>
        <Directory /srv/other>
            Require all granted
        </Directory>
    </IfVersion>
    ```
    ```apache
    <Directory /srv/site>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import REQUIRE_SECTIONS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.visitor import words
from modwsgi_fix.rewriting.lines import replace_lines
from modwsgi_fix.rule import Diagnostic, Severity, rule

_NEW = frozenset({"all", "ip", "host", "env", "method", "expr", "local", "not", "forward-dns"})


@rule(severity=Severity.ERROR)
def new_access_directives(config: Config) -> Iterator[Diagnostic]:
    if not config.target.is_22:
        return
    for item in config.named("require", *REQUIRE_SECTIONS):
        if any(guard.kind in ("ifversion", "ifmodule") for guard in item.guards):
            continue
        if item.is_section:
            message = f"httpd 2.2 does not know <{item.name}>, so it does not start"
            yield Diagnostic(item.path, item.span, message, help="write Order, Allow and Deny")
        elif item.value.lower() in _NEW and not (item.parent is not None and item.parent.key in REQUIRE_SECTIONS):
            fix = _fix(item)
            message = f"httpd 2.2 neither opens nor closes anything by Require {item.value}"
            yield Diagnostic(item.path, item.span, message, fix, help="" if fix else "write Order, Allow and Deny")


def _fix(item: Item) -> Fix | None:
    if item.parent is None or item.guards or len(access_of(item.parent).lines) > 1:
        return None
    if words(item) == ("all", "denied"):
        reason = "httpd 2.2 closes what the section is for"
        lines = ["Order deny,allow", "Deny from all"]
        return Fix.repair("Write it for httpd 2.2", replace_lines(item, lines), reason=reason, every_reading=True)
    if words(item) == ("all", "granted"):
        reason = "httpd 2.2 opens what the section is for"
        lines = ["Order allow,deny", "Allow from all"]
        return Fix.unsafe("Write it for httpd 2.2", replace_lines(item, lines), reason=reason, every_reading=True)
    return None
