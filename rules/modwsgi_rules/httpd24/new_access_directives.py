"""
`Require all`, `Require ip` and their like mean nothing to httpd 2.2.

httpd 2.2 takes `Require all granted` without a word and does not open anything by it: `Order`, `Allow` and `Deny` alone decide who may
come from where, and their baseline goes on refusing. Sections like `<RequireAll>` it does not know, and will not start. This
is looked for only where the target is 2.2.

The fix writes the old directives for a section whose only word on access is `Require all denied` (closing it, as it says) or
`Require all granted` (opening it, for the administrator to decide). `Require valid-user`, `user` and `group` are the same in both.

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
    ```apache httpd=2.2
    <Directory /srv/site>
        Require ip 192.0.2.0/24
    #   ^^^^^^^^^^^^^^^^^^^^^^^
    </Directory>
    ```
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
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.permit import words
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
            yield Diagnostic(item.path, item.span, f"httpd 2.2 does not know <{item.name}> and will not start")
        elif item.value.lower() in _NEW and not (item.parent is not None and item.parent.key in REQUIRE_SECTIONS):
            yield Diagnostic(
                item.path,
                item.span,
                f"httpd 2.2 opens and closes nothing by Require {item.value}; write Order, Allow and Deny",
                _fix(item),
            )


def _fix(item: Item) -> Fix | None:
    if item.parent is None or item.foreign or item.guards or len(access_of(item.parent).lines) > 1:
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
