"""
The flags of a RewriteRule or RewriteCond are written with a blank between them, `[NC, OR]`, or in two brackets, `[NC] [OR]`.

## What happens

With a blank httpd does not start: *bad flag delimiters*. Of two brackets it reads the first and says nothing: without `OR` all conditions must hold at once, without
`L` later rules go on.

## Why

The flags are the third word of the line, and what follows them is not read (mod_rewrite.c:parseargline, cmd_parse_flags; measured with 2.4.71).

## The fix

A safe fix takes the blanks away where httpd refuses the line. To read the flags of a second bracket is unsafe: the rule has not acted by them yet.

## Left alone

A blank that is not beside a comma may belong to the value of a flag, so that `refused-line` reports it. A word in quotes may have blanks.

## See also

httpd's own message is *RewriteCond: bad flag delimiters*. Rule `refused-line`.

## Examples

    ```diff
     RewriteEngine On
    -RewriteCond %{HTTP:Upgrade} ^websocket$ [NC, OR]
    +RewriteCond %{HTTP:Upgrade} ^websocket$ [NC,OR]
    -RewriteRule ^/old /new [R=301 , L]
    +RewriteRule ^/old /new [R=301,L]
    ```
    ```diff unsafe
     RewriteEngine On
    -RewriteCond %{HTTP_HOST} ^www [NC] [OR]
    +RewriteCond %{HTTP_HOST} ^www [NC,OR]
     RewriteCond %{HTTP_HOST} ^shop
     RewriteRule ^ https://shop.example/ [R,L]
    ```

Not reported:

    ```apache
    RewriteEngine On
    RewriteCond %{HTTP_HOST} ^www "[NC, OR]"
    RewriteRule ^/old /new [R=301,L] the page of last year
    RewriteRule ^/a /b [E=NAME:a b,L]
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_FLAGS = 2


@rule(severity=Severity.ERROR)
def spaced_flags(config: Config) -> Iterator[Diagnostic]:
    for item, span, meant in config.in_each_server(_apart, "rewritecond", "rewriterule"):
        title = f"Write {meant}"
        first = item.values[_FLAGS]
        edit = Edit(item.path, span, meant)
        if first.endswith("]"):
            message = f"httpd reads {first} alone, and not the flags behind it"
            fix = Fix.unsafe(title, edit, reason="the flags that httpd did not read count then")
            severity = Severity.WARNING
        else:
            message = "the flags are one word without blanks, so httpd refuses the line"
            fix = Fix.safe(title, edit)
            severity = Severity.ERROR
        yield Diagnostic(item.path, span, message, fix, severity=severity)


def _apart(lines: Sequence[Item]) -> Iterator[tuple[Item, Span, str]]:
    """Yield the lines whose flags are more than one word, with the span of these and what is meant."""
    for item in lines:
        words = item.args[_FLAGS:]
        if len(words) < 2 or not item.known or item.file.tree.is_template or not words[0].value.startswith("["):
            continue
        if item.file.text[words[0].span.start] != "[":
            continue
        meant = words[0].value
        last = words[0]
        for word in words[1:]:
            is_open = not meant.endswith("]")
            if is_open and (meant.endswith(",") or word.value.startswith(",")):
                meant, last = meant + word.value, word
            elif not is_open and len(word.value) > 2 and word.value.startswith("[") and word.value.endswith("]"):
                meant, last = f"{meant[:-1]},{word.value[1:]}", word
            else:
                break
        span = Span(words[0].span.start, last.span.end)
        if last is not words[0] and meant.endswith("]"):
            yield item, span, meant
