"""
Names or addresses of an access line are separated by commas, which httpd takes for a part of the name.

## What happens

httpd starts. It looks for a user `anne,`, a group `staff,` or a host `192.0.2.1,`, which nobody is: of a list only the last one counts. Whom
`Deny from` should refuse comes in.

## Why

The words of `Require`, `Allow` and `Deny` are separated by blanks (mod_authz_user.c:user_check_authorization, mod_access_compat.c:allow_cmd, which takes what is not an
address for a host name; measured with 2.4.71). `Require ip` is refused at the start (`refused-line`).

## The fix

It takes the commas away. It is unsafe, because those who are named then come in.

## Left alone

Words of other kinds, `Require expr` and `Require ldap-group` among them, may have a comma.

## See also

`access-grammar`, `name-never-asked-for`.

## Examples

    ```diff unsafe
     <Location /admin>
         AuthType Basic
         AuthName "Admin"
         AuthUserFile /etc/apache2/users
    -    Require user anne, bob
    +    Require user anne bob
     </Location>
    ```
    ```diff unsafe
     <Directory /srv/shop>
         Order allow,deny
         Allow from all
    -    Deny from 192.0.2.1, 192.0.2.2
    +    Deny from 192.0.2.1 192.0.2.2
     </Directory>
    ```

Not reported:

    ```apache
    <Location /admin>
        Require user anne bob
        Require ldap-group cn=Admins, o=Example
        Require expr "%{REQUEST_URI} -strmatch '/a,/*'"
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import ORDER_KEYS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: The words of Require after which plain names follow.
_NAMES = frozenset({"forward-dns", "group", "host", "user"})


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def comma_between_names(config: Config) -> Iterator[Diagnostic]:
    for item, wrong in config.in_each_server(_with_commas, "require", *ORDER_KEYS):
        edits = [Edit(item.path, arg.span, _without(item, arg)) for arg in wrong]
        fix = Fix.unsafe("Take the commas away", *edits, reason="those who are named are let in, or refused")
        yield Diagnostic(
            item.path,
            wrong[0].span,
            f"httpd takes the comma for a part of the name {wrong[0].value}, which nobody has",
            fix,
        )


def _with_commas(lines: Sequence[Item]) -> Iterator[tuple[Item, list[Arg]]]:
    """Yield the lines that have a comma beside a name, with these names."""
    for item in lines:
        if (item.expanded is None and "," not in item.node.line_source) or not item.known or item.file.tree.is_template:
            continue
        wrong = [arg for arg in _names(item) if arg.value.strip(",") and "," in (arg.value[0], arg.value[-1])]
        if wrong:
            yield item, wrong


def _names(item: Item) -> list[Arg]:
    """Return the words of a line that are names or addresses."""
    args = list(item.args)
    if item.key != "require":
        return args[1:] if item.value.lower() == "from" else []
    if item.value.lower() == "not":
        args = args[1:]
    return args[1:] if args and args[0].value.lower() in _NAMES else []


def _without(item: Item, arg: Arg) -> str:
    written = item.file.text[slice(*arg.span)]
    quote = written[:1] if written[:1] in "\"'" else ""
    return f"{quote}{arg.value.strip(',')}{quote}"
