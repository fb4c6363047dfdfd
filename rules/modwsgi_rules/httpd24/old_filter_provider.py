r"""
`FilterProvider` has the four words of httpd 2.2.

## What happens

httpd does not start. In an `.htaccess` file, where copied recipes for compression often have these lines, every request below
it gets an error 500.

## Why

In 2.2 the third word named a header or variable, and the fourth what to find in it. Since 2.4 an expression says both, in one
word (httpd's *Upgrading to 2.4 from 2.2*; mod_filter).

## The fix

A safe fix: it writes the expression that means the same. `$text` is a part of the value in any case, `/text/` a regular
expression, `=5` and `<5` compare a number, `*` asks whether there is a value, and `!` negates all of them (`filter_provider`
and `filter_lookup` of 2.2's mod_filter.c).

## Left alone

A line whose third or fourth word is none of these is reported without a fix, and so is one that a variable takes part in.

## See also

httpd's own message is *FilterProvider takes three arguments, filter-name provider-name match-expression*.

## Examples

    ```diff
     <IfModule mod_filter.c>
         FilterDeclare COMPRESS
    -    FilterProvider COMPRESS DEFLATE resp=Content-Type $text/html
    +    FilterProvider COMPRESS DEFLATE "%{CONTENT_TYPE} =~ m#text/html#i"
    -    FilterProvider COMPRESS DEFLATE resp=Content-Type $application/rss+xml
    +    FilterProvider COMPRESS DEFLATE "%{CONTENT_TYPE} =~ m#application/rss\+xml#i"
         FilterChain COMPRESS
     </IfModule>
    ```
    ```diff
    -FilterProvider gzip DEFLATE req=Accept-Encoding $gzip
    +FilterProvider gzip DEFLATE "%{req:Accept-Encoding} =~ m#gzip#i"
    -FilterProvider gzip DEFLATE env=no-gzip !*
    +FilterProvider gzip DEFLATE "-z %{reqenv:no-gzip}"
    -FilterProvider small resize Content-Length <1000
    +FilterProvider small resize "%{resp:Content-Length} -lt 1000"
    -FilterProvider COMPRESS DEFLATE resp=Content-Type /text/(html|css)|\/x(ml|-js)$/i
    +FilterProvider COMPRESS DEFLATE "%{CONTENT_TYPE} =~ m#text/(html|css)|\/x(ml|-js)$#i"
    -FilterProvider images resize handler !/^image-.*/
    +FilterProvider images resize "%{HANDLER} !~ m#^image-.*#"
    ```

Reported without a fix:

    ```apache
    FilterProvider gzip DEFLATE note=x $yes
    #                           ^^^^^^^^^^^
    ```

Not reported:

    ```apache
    FilterProvider gzip DEFLATE "%{CONTENT_TYPE} =~ m#^text/#"
    <IfVersion < 2.4>
        FilterProvider gzip DEFLATE resp=Content-Type $text/html
    </IfVersion>
    ```
    ```apache httpd=2.2
    FilterProvider gzip DEFLATE resp=Content-Type $text/html
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._shared import read_by_24

_NAMED = expression(r"(?:(req|resp|env)=)?([A-Za-z][A-Za-z0-9-]*)\Z", re.I)
_NUMBER = expression(r"(<=|>=|<|>|=)(\d+)\Z")
#: As the last releases of 2.2 read it: up to the last slash.
_REGEX = expression(r"/((?:[^#\"\\]|\\[^#\"\\])+)/(i?)\Z")
_TEXT = expression(r"[\w/.+ ;=-]+\Z", re.A)
_SPECIAL = expression(r"([.+])")
#: An operator of 2.2 in the words of expressions, and its opposite.
_COMPARED = {"=": ("eq", "ne"), "<": ("lt", "ge"), "<=": ("le", "gt"), ">": ("gt", "le"), ">=": ("ge", "lt")}


@rule(severity=Severity.ERROR)
def old_filter_provider(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "filterprovider"):
        if len(item.args) < 4:
            continue
        span = Span(item.args[2].span.start, item.args[-1].span.end)
        message = "FilterProvider takes one expression since httpd 2.4, so httpd does not start"
        advice = 'write one word, such as "%{CONTENT_TYPE} =~ m#^text/#"'
        yield Diagnostic(item.path, span, message, _fix(item, span), help=advice)


def _fix(item: Item, span: Span) -> Fix | None:
    expression = _expression(item.values[2], item.values[3]) if len(item.args) == 4 else ""
    if not expression:
        return None
    edit = Edit(item.path, span, f'"{expression}"')
    return Fix.safe("Write an expression", edit, reason="it means what httpd 2.2 read", every_reading=True)


def _expression(dispatch: str, match: str) -> str:
    """The two words of 2.2 as an expression of 2.4; empty where that is not certain."""
    named = _NAMED.match(dispatch)
    if named is None:
        return ""
    value = _value((named[1] or "").lower(), named[2])
    wanted = match.removeprefix("!")
    is_negated = wanted != match
    equals = "!~" if is_negated else "=~"
    if wanted == "*":
        return f"-{'z' if is_negated else 'n'} {value}"
    if number := _NUMBER.match(wanted):
        return f"{value} -{_COMPARED[number[1]][is_negated]} {number[2]}"
    if regex := _REGEX.match(wanted):
        return f"{value} {equals} m#{regex[1]}#{regex[2]}"
    text = wanted.removeprefix("$")
    if wanted[:1] in ("=", "<", ">", "/") or not _TEXT.match(text):
        return ""
    pattern = _SPECIAL.sub(r"\\\1", text)
    return f"{value} {equals} m#{pattern if text != wanted else f'^{pattern}$'}#i"


def _value(kind: str, name: str) -> str:
    """What httpd 2.2 looked at, as a variable of expressions."""
    if kind == "env":
        return f"%{{reqenv:{name}}}"
    if kind == "req":
        return f"%{{req:{name}}}"
    if name.lower() == "content-type":
        return "%{CONTENT_TYPE}"
    return "%{HANDLER}" if not kind and name.lower() == "handler" else f"%{{resp:{name}}}"
