r"""
`$1` or `%1` stands for a group that the pattern does not have.

## What happens

It is empty. `RewriteRule ^/old/.* /new/$1` sends every page of the old site to the start of the new one, and with `/{.*}` for `/(.*)` the rule is
for URLs with braces alone. `%20` in a target is not a blank: it is the group 2 of a condition, and a nought.

## Why

`$1` is the first group of the line's own pattern, in parentheses, and `%1` that of the last `RewriteCond` above whose regular expression matched:
a condition below it takes the groups away, also when it has none. A condition with `!`, `=` or `-f` leaves them (mod_rewrite.c:apply_rewrite_cond, do_expand;
util.c:ap_pregsub). Measured with 2.4.71.

## Left alone

There is no fix: what was meant to be put in is not known. Lines with variables, and rules with a condition that is an expression (`expr`), are not looked at.

## See also

Rules `alias-match-without-substitution` and `parentheses-for-braces`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        RewriteEngine On
        RewriteCond %{HTTP:Upgrade} =websocket [NC]
        RewriteRule /{.*} ws://127.0.0.1:8000/$1 [P,L]
    #                     ^^^^^^^^^^^^^^^^^^^^^^
        RewriteCond %{HTTP_HOST} ^(.*)\.example$
        RewriteCond %{REQUEST_URI} ^/shop
        RewriteRule ^/(.*) /%1/$1 [PT]
    #                      ^^^^^^
        RedirectMatch ^/old/.* https://shop.example/$1
    #                          ^^^^^^^^^^^^^^^^^^^^^^^
        WSGIScriptAliasMatch ^/sites /srv/$1/app.wsgi
    #                                ^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        RewriteEngine On
        RewriteCond %{HTTP_HOST} ^(.*)\.example$
        RewriteCond %{REQUEST_FILENAME} !-f
        RewriteRule ^/(.*) /%1/$1/$0 [PT]
        RewriteCond %{HTTP_HOST} ^(.*)\.example$ [OR]
        RewriteCond %{HTTP_HOST} ^www
        RewriteRule ^/(.*) /%1/\$2\%20 [PT]
        RedirectMatch ^/old/(.*) https://shop.example/$1
        Redirect /cost /price$1
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import MATCHES
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.patterns import groups_in
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.tuples import NamedTuple

_CONDITION, _RULE = "rewritecond", "rewriterule"
#: A reference that no backslash takes its meaning from; ``$0`` is the whole match.
_REFERENCE = expression(r"(?<!\\)(?P<sign>[$%])(?P<group>[1-9])")
#: A byte of a URL, which looks like a reference.
_BYTE = expression(r"%[2-7][0-9A-Fa-f]")
#: What is not a regular expression: a comparison, or a test of a file (mod_rewrite.c:cmd_rewritecond).
_OTHER = expression(r"[<>=].+|-[fslhdxUFL]|-(?:lt|le|eq|ge|gt|ne)\b.*")


class _Reference(NamedTuple):
    """A line whose target refers to groups: its pattern, that target, and the conditions above it."""

    item: Item
    pattern: Arg
    target: Arg
    conditions: tuple[Item, ...]


@rule(severity=Severity.WARNING)
def reference_to_no_group(config: Config) -> Iterator[Diagnostic]:
    for line in config.in_each_server(_referring, _CONDITION, _RULE, *MATCHES):
        for found in _REFERENCE.finditer(line.target.value):
            message = _said(line, found["sign"], int(found["group"]))
            if message:
                help = _help(line.target.value, found.start("sign"))
                yield Diagnostic(line.item.path, line.target.span, message, help=help)
                break


def _said(line: _Reference, sign: str, number: int) -> str:
    """Return that a reference is empty; nothing where it may not be."""
    if sign == "$":
        most, owner = _groups(line.pattern.value), "the pattern"
    elif line.item.key == _RULE:
        most, owner = _groups_of(line.conditions), "the RewriteCond that counts"
    else:
        return ""
    if most is None or number <= most:
        return ""
    if sign == "%" and not line.conditions:
        return f"no RewriteCond stands above, so %{number} is empty"
    return f"{owner} has no group {number}, so {sign}{number} is empty"


def _help(target: str, at: int) -> str:
    byte = _BYTE.match(target, at)
    if byte is not None:
        return f"write \\{byte[0]}, and the flag NE, where the character of that number is meant"
    return "write parentheses around the part that is meant, such as (.*)"


def _referring(lines: Sequence[Item]) -> Iterator[_Reference]:
    above: list[Item] = []
    for item in lines:
        if item.key == _CONDITION:
            above.append(item)
            continue
        conditions = tuple(above) if item.key == _RULE else ()
        if item.key == _RULE:
            above = []
        found = _reference(item, conditions)
        if found is not None:
            yield found


def _reference(item: Item, conditions: tuple[Item, ...]) -> _Reference | None:
    """Return a line whose target may refer to groups, and whose words and conditions are certain."""
    if len(item.args) < 2 or item.file.tree.is_template or not all(map(_is_plain, (item, *conditions))):
        return None
    if "://" in item.value or (item.key == "redirectmatch" and len(item.args) == 2 and item.value.isalnum()):
        return None  # The pattern is that of <LocationMatch>; or what is gone leads nowhere.
    pattern, target = item.args[-2:] if item.key == "redirectmatch" else item.args[:2]
    is_together = all(one.parent is item.parent and one.guards == item.guards for one in conditions)
    return _Reference(item, pattern, target, conditions) if is_together and _REFERENCE.search(target.value) else None


def _is_plain(item: Item) -> bool:
    return item.known and all(map(is_settled, item.values))


def _groups(pattern: str) -> int | None:
    """Return how many groups of a pattern can be referred to: none of one that must not match."""
    return 0 if pattern.startswith("!") else groups_in(pattern)


def _groups_of(conditions: Sequence[Item]) -> int | None:
    """Return how many groups ``%1`` and the like can refer to at most; None where that is not known."""
    most = 0
    for condition in reversed(conditions):
        if len(condition.args) < 2 or condition.value.lower() == "expr":
            return None
        pattern = condition.values[1]
        if pattern.startswith("!") or _OTHER.fullmatch(pattern):
            continue
        count = groups_in(pattern)
        if count is None:
            return None
        most = max(most, count)
        if not any("or" in flags_of(one) for one in conditions):
            break
    return most
