"""
An access directive lacks a word, or has one that httpd does not know.

## What happens

httpd does not start.

## Why

`Allow` and `Deny` take `from` and what follows it (mod_access_compat). `Require all` takes `granted` or `denied`, and a
`Require granted` names no kind of requirement (mod_authz_core).

## The fix

It writes what was meant. It is safe where the line denies, and unsafe where it grants, because it then opens something.

## See also

httpd's own messages are *allow requires at least two arguments, 'from' followed by hostnames or IP-address wildcards* and
*Argument for 'Require all' must be 'granted' or 'denied'*.

## Examples

    ```diff
     <Directory /srv/private>
    -    Deny all
    +    Deny from all
    -    Require denied
    +    Require all denied
     </Directory>
    ```
    ```diff unsafe
     <Directory /srv/www>
    -    Allow all
    +    Allow from all
    -    Require all allowed
    +    Require all granted
     </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/www>
        Allow from all
        Require all granted
        Require host example.com
    </Directory>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_template, lines_with
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

#: Lines of access, without those by which most sections grant or deny: nothing is wrong with these.
_ACCESS = expression(
    r"^[ \t]*(?:allow|deny|require)[ \t](?![ \t]*(?-i:all)[ \t]+(?:granted|denied)[ \t]*$)", re.M | re.I
)
_GRANTED = frozenset({"granted", "grant", "allowed", "allow", "granted.", "permit", "permitted"})
_DENIED = frozenset({"denied", "deny", "refused", "forbidden"})
_ADDRESS = expression(r"[\d.]+(?:/\d+)?")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def access_grammar(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _ACCESS):
            if type(node) is not Directive:
                continue
            args = node.args
            words = [word.value.lower() for word in args]
            wanted = _wanted(node.key, words)
            if wanted is None or (words == wanted.split() and args[0].value == "all") or is_template(node):
                continue
            span = Span(args[0].span.start, args[-1].span.end)
            title = f"Write {node.name} {wanted}"
            edit = Edit(file.path, span, wanted)
            closes = node.key == "deny" or wanted.endswith("denied")
            fix = Fix.safe(title, edit) if closes else Fix.unsafe(title, edit, reason="it grants access")
            message = f"httpd does not know {node.name} {' '.join(words)}, so it does not start"
            offered = None if has_parameter(node, parents) else fix
            advice = "" if offered else f"write {node.name} {wanted} if that is meant"
            yield Diagnostic(file.path, span, message, offered, help=advice)


def _wanted(key: str, words: list[str]) -> str | None:
    """Return the arguments that were meant, or None where the line is not of this kind."""
    if key in ("allow", "deny") and len(words) == 1 and (words[0] == "all" or _ADDRESS.fullmatch(words[0])):
        return f"from {words[0]}"
    if key == "require":
        last = words[-1] if words else ""
        if (last in _GRANTED or last in _DENIED) and (len(words) == 1 or (len(words) == 2 and words[0] == "all")):
            # httpd takes "granted" in any case, "all" in lower case only.
            return "all granted" if last in _GRANTED else "all denied"
    return None
