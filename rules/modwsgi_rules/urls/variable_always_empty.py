"""
A rule of mod_rewrite asks for a variable that mod_rewrite does not have, such as `%{HTTP_X_FORWARDED_PROTO}`.

## What happens

It is empty, whatever the request says. Behind a load balancer `RewriteCond %{HTTP_X_FORWARDED_PROTO} !https` holds for every request, so that a visitor is redirected to https without end.

## Why

mod_rewrite knows a few headers by a name like that of CGI, such as `HTTP_HOST` and `HTTP_USER_AGENT`. Any other header is `%{HTTP:Name}`, a variable of mod_ssl `%{SSL:NAME}`, and one
that `SetEnvIf` sets `%{ENV:NAME}` (mod_rewrite.c:lookup_variable; measured with 2.4.71). In `<If>` and `RewriteCond expr` there are more names.

## The fix

An unsafe fix writes the header as `%{HTTP:X-Forwarded-Proto}`, or the variable of mod_ssl: the rule goes by what the visitor sends then.

## Left alone

Any other name is reported without a fix. `RewriteCond expr` and lines with variables of the configuration are not looked at.

## See also

Rules `parentheses-for-braces` and `redirect-leads-back`.

## Examples

    ```diff unsafe
     RewriteEngine On
    -RewriteCond %{HTTP_X_FORWARDED_PROTO} !https
    +RewriteCond %{HTTP:X-Forwarded-Proto} !https
     RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R,L]
    ```

Reported without a fix:

    ```apache
    SetEnvIf User-Agent bot BOT=1
    RewriteEngine On
    RewriteCond %{BOT} =1
    #           ^^^^^^
    RewriteRule ^ - [F]
    ```

Not reported:

    ```apache
    RewriteEngine On
    RewriteCond %{HTTP:X-Forwarded-Proto} !https
    RewriteCond %{http_host} ^www [OR]
    RewriteCond %{ENV:BOT} =1
    RewriteCond expr "%{HTTP_ACCEPT_LANGUAGE} =~ /de/"
    RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R,L]
    Header set X-Site %{SITE}e
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.request.variables import NAMES_OF_REWRITING
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span

_VARIABLE = expression(r"(?<!\\)%\{(?P<name>[A-Za-z][A-Za-z0-9_]*)\}")
_HEADER, _TLS = "HTTP_", "SSL_"


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def variable_always_empty(config: Config) -> Iterator[Diagnostic]:
    for item, arg, name in config.in_each_server(_empty, "rewritecond", "rewriterule"):
        meant = _meant(name)
        written = f"%{{{name}}}"
        start = item.file.text.find(written, arg.span.start, arg.span.end)
        fix = None
        if meant and start >= 0 and not item.guards:
            edit = Edit(item.path, Span(start, start + len(written)), f"%{{{meant}}}")
            fix = Fix.unsafe(f"Write %{{{meant}}}", edit, reason="the rule goes by what the visitor sends then")
        help = "" if fix else f"write %{{{meant or f'ENV:{name}'}}}"
        yield Diagnostic(item.path, arg.span, f"{written} is always empty in mod_rewrite", fix, help=help)


def _empty(lines: Sequence[Item]) -> Iterator[tuple[Item, Arg, str]]:
    """Yield the first variable of each line that mod_rewrite does not have, with the word that it stands in."""
    for item in lines:
        at = 0 if item.key == "rewritecond" else 1
        if len(item.args) < 2 or not item.known or item.file.tree.is_template:
            continue
        arg = item.args[at]
        if not is_settled(arg.value):
            continue
        names = (found["name"] for found in _VARIABLE.finditer(arg.value))
        name = next((name for name in names if name.upper() not in NAMES_OF_REWRITING), None)
        if name is not None:
            yield item, arg, name


def _meant(name: str) -> str:
    """Return how mod_rewrite names a header or a variable of mod_ssl; empty for any other name."""
    upper = name.upper()
    if upper.startswith(_TLS):
        return f"SSL:{upper}"
    if not upper.startswith(_HEADER) or len(name) == len(_HEADER):
        return ""
    return f"HTTP:{upper[len(_HEADER) :].replace('_', '-').title()}"
