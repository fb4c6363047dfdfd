"""
A variable of httpd is written in parentheses, `%(HTTP_HOST)`, and not in braces.

## What happens

httpd starts and takes the characters as they are. A `RewriteCond %(HTTPS) off` is never true, a `RewriteRule` redirects to a server that is
called `%(HTTP_HOST)`, and `RequestHeader set X-Forwarded-Proto expr=%(REQUEST_SCHEME)` tells the application a scheme of that name, so it takes
each visitor for one without TLS.

## Why

Only `%{NAME}` is a variable (mod_rewrite.c:do_expand, util_expr_scan.l). Measured with 2.4.71.

## Left alone

There is no fix: a condition that was never true would come to life. What Python or a shell fills in, `%(name)s` and `$(NAME)`, is not reported.

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
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: A name of httpd's variables; with an "s" behind it, Python fills it in.
_VARIABLE = expression(r"%\((?P<name>[A-Z][A-Z_]{2,}(?::[\w-]+)?)\)(?!s)")
_RULES, _HEADERS = ("rewritecond", "rewriterule"), ("header", "requestheader")
_EXPRESSION = "expr="


@rule(severity=Severity.WARNING)
def parentheses_for_braces(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_with_parentheses, *_RULES, *_HEADERS):
        for arg in _expanded(item):
            found = _VARIABLE.search(arg.value)
            if found is not None:
                message = f"%({found['name']}) is text to httpd, which has its variables in braces"
                yield Diagnostic(item.path, arg.span, message, help=f"write %{{{found['name']}}}")
                break


def _with_parentheses(lines: Sequence[Item]) -> Iterator[Item]:
    for item in lines:
        if any("%(" in arg.value for arg in item.args) and not item.file.tree.is_template:
            yield item


def _expanded(item: Item) -> Sequence[Arg]:
    """Return the words in which httpd puts variables in; in a header those that are expressions."""
    if item.key == "rewritecond":
        return item.args[:1]
    return (
        item.args[1:2] if item.key == "rewriterule" else [arg for arg in item.args if arg.value.startswith(_EXPRESSION)]
    )
