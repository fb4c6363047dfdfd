"""
An `.htaccess` file sets access in the words of httpd 2.2.

## What happens

Without mod_access_compat every request below the file is an error 500. With it, the old words are asked beside `Require`, and both
must agree.

## Why

`Order`, `Allow`, `Deny` and `Satisfy` are mod_access_compat's in 2.4 (httpd's *Upgrading to 2.4 from 2.2*). The words of such a file
replace those of the sections around it, dialect by dialect, so they are converted alone only where everyone is admitted around them.

## The fix

It says the same with `Require` (`Deny from all` and `Allow from 192.0.2.0/24` become `Require ip 192.0.2.0/24`), and is safe: name the server, too, with `--root`, so that the same requests can be traced with the file
before and after; without that, or where one of them is answered otherwise, the fix is withheld with the reason. A server and the files
that are named with it are converted in one run. Each means the same by itself, whichever of the others is converted, because
`old-access-directives` converts a server only where that is so.

## Left alone

There is no fix where a line stands in a section or under a condition, where `Require` lines or `AuthMerging` are among lines that do not
admit everyone, and for `Satisfy Any`. Where `AllowOverride` admits `Limit` and not `AuthConfig`, the fix is withheld: `Require` needs the latter.

## See also

httpd's own message is *Invalid command 'Order'*, with the path of the file. Rules `old-access-directives` and `htaccess-refused`.

## Examples

    ```diff
     #- .htaccess
     AuthType Basic
     AuthName partners
     AuthUserFile /srv/users
     Require valid-user
    -Order allow,deny
    -Allow from all
    -Satisfy all
    ```

Reported without a fix:

    ```apache
    #- .htaccess
    AuthType Basic
    AuthName partners
    AuthUserFile /srv/users
    Require valid-user
      Order deny,allow
    # ^^^^^^^^^^^^^^^^
    Deny from all
    Satisfy any
    ```
    ```apache
    #- .htaccess
      Deny from 192.0.2.1
    # ^^^^^^^^^^^^^^^^^^^
    <Files secret.txt>
        Deny from all
    </Files>
    ```

Not reported:

    ```apache
    #- .htaccess
    <IfModule !mod_authz_core.c>
        Order allow,deny
        Deny from all
    </IfModule>
    <IfModule mod_authz_core.c>
        Require all denied
    </IfModule>
    ```
    ```apache httpd=2.2
    #- .htaccess
    Order allow,deny
    Deny from all
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import OLD_ACCESS, REQUIRE_SECTIONS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import Access
from modwsgi_fix.rewriting.dialects import GRANTED, hosts
from modwsgi_fix.rewriting.lines import delete, replace_lines
from modwsgi_fix.rule import Diagnostic, Related, rule
from modwsgi_fix.text import listed
from modwsgi_rules.httpd24._shared import is_editable, read_by_24

_NAME = ".htaccess"


@rule()
def old_access_in_htaccess(config: Config) -> Iterator[Diagnostic]:
    lines = [item for item in read_by_24(config, *OLD_ACCESS) if item.path.rpartition("/")[2] == _NAME]
    for together in grouped(lines, lambda item: item.path).values():
        plain = [item for item in together if item.wrapper is None and not item.guards]
        if not plain:
            continue
        fix = _fix(config, plain) if plain == together else None
        names = listed(list(dict.fromkeys(item.name for item in plain)))
        yield Diagnostic(
            plain[0].path,
            plain[0].span,
            f"{names} of httpd 2.2 stand in .htaccess, and 2.4 needs mod_access_compat for that",
            fix,
            tuple(Related(item.path, item.span, "here, too") for item in plain[1:]),
            help="" if fix else "write Require lines that say the same",
        )


def _fix(config: Config, lines: Sequence[Item]) -> Fix | None:
    path = lines[0].path
    if any(item.path == path for item in config.named("authmerging")) or not all(map(is_editable, lines)):
        return None
    by_key = grouped(lines, lambda item: item.key)
    orders, allows, denies, satisfies = (tuple(by_key.get(key, ())) for key in OLD_ACCESS)
    if any(item.value.lower() != "all" for item in satisfies):
        return None
    said = hosts(Access(lines[0], (), orders, allows, denies, None, ()))
    is_new = any(item.path == path for item in config.named("require", *REQUIRE_SECTIONS))
    if said is None or (is_new and said != GRANTED):
        return None
    # A Satisfy alone says nothing of who is admitted.
    new = () if is_new or not (orders or allows or denies) else said
    last = max((*allows, *denies, *orders), default=lines[-1], key=lambda item: item.index)
    edits = [delete(item) for item in lines if item is not last or not new]
    edits += [replace_lines(last, new)] if new else []
    return Fix.safe("Say it with Require", *edits, reason="every request is answered as before")
