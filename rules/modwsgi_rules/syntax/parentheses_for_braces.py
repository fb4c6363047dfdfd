"""
A variable of httpd is not written as `%{HTTP_HOST}`: in parentheses, `%(HTTP_HOST)`, or with a mark missing, `{HTTP_HOST}` and `$HTTP_HOST`.

## What happens

httpd starts and takes the characters as they are. A `RewriteCond %(HTTPS) off` is never true, a `RewriteRule` redirects to a server that is
called `%(HTTP_HOST)`, and `RequestHeader set X-Forwarded-Proto expr=%(REQUEST_SCHEME)` tells the application a scheme of that name, so it takes
each visitor for one without TLS.

## Why

Only `%{NAME}` is a variable (mod_rewrite.c:do_expand, util_expr_scan.l). Measured with 2.4.71.

## Left alone

There is no fix: a condition that was never true would come to life. What Python or a shell fills in, `%(name)s` and `$(NAME)`, is not reported.
Without parentheses only the names that mod_rewrite knows are, in its own lines.

## See also

`bad-expansion`, for what mod_wsgi puts in.

## Examples

Reported without a fix:

    ```apache
    RewriteEngine On
    RewriteCond %(HTTPS) off
    #           ^^^^^^^^
    RewriteRule ^(.*)$ https://%(HTTP_HOST)$1 [R=301,L]
    #                  ^^^^^^^^^^^^^^^^^^^^^^
    RequestHeader set X-Forwarded-Proto expr=%(REQUEST_SCHEME)
    #                                   ^^^^^^^^^^^^^^^^^^^^^^
    RewriteCond {HTTP:Upgrade} =websocket [NC]
    #           ^^^^^^^^^^^^^^
    RewriteRule ^ ws://127.0.0.1:8000/{REQUEST_URI} [P]
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    RewriteRule ^ https://$HTTP_HOST%REQUEST_URI [R]
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    RewriteEngine On
    RewriteCond %{HTTPS} off
    RewriteRule ^/a%(.*)$ /b [L]
    RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]
    RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}
    ```
    ```apache
    RewriteEngine On
    RewriteRule ^ https://%(HOST)s/ [R]
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.request.variables import NAMES_OF_REWRITING
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: A name of httpd's variables; with an "s" behind it, Python fills it in.
_VARIABLE = expression(r"%\((?P<name>[A-Z][A-Z_]{2,}(?::[\w-]+)?)\)(?!s)")
#: The same where another mark is missing; the name has to be one that mod_rewrite knows.
_MARK_MISSING = expression(
    r"(?<![%$\\{])(?:\{(?P<braced>[A-Z][A-Z_]+|HTTP:[\w-]+)\}|[$%](?P<bare>[A-Z][A-Z_]+)(?![\w(:]))"
)
_RULES, _HEADERS = ("rewritecond", "rewriterule"), ("header", "requestheader")
_EXPRESSION = "expr="


@rule(severity=Severity.WARNING)
def parentheses_for_braces(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_with_parentheses, *_RULES, *_HEADERS):
        for arg in _expanded(item):
            text, name = _mistaken(item, arg.value)
            if name:
                message = f"{text} is text to httpd, which writes a variable as %{{NAME}}"
                yield Diagnostic(item.path, arg.span, message, help=f"write %{{{name}}}")
                break


def _mistaken(item: Item, text: str) -> tuple[str, str]:
    """Return what is meant for a variable in a text, as it is written, and its name; nothing where there is none."""
    found = _VARIABLE.search(text)
    if found is not None:
        return found[0], found["name"]
    for found in _MARK_MISSING.finditer(text) if item.key in _RULES else ():
        name = found["braced"] or found["bare"]
        if name in NAMES_OF_REWRITING or ":" in name:
            return found[0], name
    return "", ""


def _with_parentheses(lines: Sequence[Item]) -> Iterator[Item]:
    for item in lines:
        if (
            any("%(" in arg.value or (item.key in _RULES and _MARK_MISSING.search(arg.value)) for arg in item.args)
            and not item.file.tree.is_template
        ):
            yield item


def _expanded(item: Item) -> Sequence[Arg]:
    """Return the words in which httpd puts variables in; in a header those that are expressions."""
    if item.key == "rewritecond":
        return item.args[:1]
    return (
        item.args[1:2] if item.key == "rewriterule" else [arg for arg in item.args if arg.value.startswith(_EXPRESSION)]
    )
