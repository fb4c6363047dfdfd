"""
A line is written in the syntax of another server or language: a semicolon at its end, `=` or `:` after the name.

## What happens

httpd does not start, or takes the character as part of a word: `ServerName example.com;` is the name of a host that nobody
asks for.

## Why

The name of a directive ends at a blank, and its words end at a blank or at the end of the line (`ap_getword_conf` of httpd,
util.c). So `ServerName: example.com` and `ServerName=example.com` are unknown directives, and `ServerName = example.com` has
too many arguments.

## The fix

It takes the character away. It is safe where httpd refuses the line. Elsewhere a dead line comes to life, so the level
depends on what the line does. It is a repair where the application then answers, and unsafe where the line may open
something.

## Left alone

What would load code, read further files, run programs or say as whom httpd runs may be another program's setting, and is
reported without a fix. Texts and patterns, in which the character may be meant, are not reported.

## See also

httpd's own message is *Invalid command 'ServerName:', perhaps misspelled or defined by a module not included in the server
configuration*. Rules `wrapped-options`, for lines of mod_wsgi's options, and `smart-quotes`.

## Examples

    ```diff
     <Directory /srv/app>
    -    Require all denied;
    +    Require all denied
     </Directory>
    -ServerName: example.com
    +ServerName example.com
    ```
    ```diff
    -ServerName = example.com
    +ServerName example.com
    ```
    ```diff repair
    -WSGIScriptAlias / /srv/app/app.wsgi;
    +WSGIScriptAlias / /srv/app/app.wsgi
    ```
    ```diff unsafe
    -Alias /static /srv/app/static;
    +Alias /static /srv/app/static
    ```

Reported without a fix:

    ```apache
    user = nobody
    #    ^
    include: /etc/site/*.conf
    #      ^
    user nginx;
    #         ^
    WSGIDaemonProcess site
        user=site
    ```

Not reported:

    ```apache
    Header set Set-Cookie "a=b;"
    SetEnv LIST a;b
    RewriteRule ^/a;b$ /c
    ```
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.directives.families import FREE_TEXTS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, is_template, lines_with, raw, unknown_names
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import starts_of_wrapped_lines

_SEMICOLON = expression(r";[ \t]*\r?$", re.M)
_ASSIGNED = expression(r"^[ \t]*[A-Za-z]+[ \t]+[=:][ \t]", re.M)
_NAME = expression(r"([A-Za-z]+)([=:])(.*)", re.S)


@rule(severity=Severity.ERROR, changes=("regained",), scope=Scope.FILE)
def foreign_syntax(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        yield from _semicolons(file)
        if "=" in file.text or ":" in file.text:
            options = starts_of_wrapped_lines(file)
            yield from _assignments(file, options)
            yield from _names(file, options)


def _offered(fix: Fix, name: str, node: Directive, parents: Sequence[Section]) -> Fix | None:
    """Return the fix, unless the line may be another program's and would give httpd a power (``directives.power_of``)."""
    is_power = directives.power_of(name, [word.value for word in node.args])
    return None if is_power or has_parameter(node, parents) else fix


def _semicolons(file: File) -> Iterator[Diagnostic]:
    if ";" not in file.text:
        return
    for node, parents in lines_with(file, _SEMICOLON):
        words = node.args
        if type(node) is not Directive or not words or directives.find(node.key) is None or is_template(node, parents):
            continue
        last = words[-1]
        if node.key in FREE_TEXTS or (is_quoted(node, last) and file.text[last.span.end - 1] in "\"'"):
            continue
        text = raw(node, last)
        if not text.endswith(";") or re.search(r"[;=<>]", text[:-1].partition("=")[2]) or "&" in text:
            continue
        start = last.span.end - (len(text) - len(text.rstrip(";")))
        while file.text[start - 1] in " \t":
            start -= 1
        span = Span(last.span.end - 1, last.span.end)
        title, edit = "Take the semicolon away", Edit(file.path, Span(start, last.span.end))
        if refusal(node.name, [word.value for word in words]):
            message, fix = "the semicolon is part of the last word, so httpd does not start", Fix.safe(title, edit)
        else:
            life = revival(node)
            message = "the semicolon is part of the last word, so this means something else to httpd"
            fix = Fix(title, (edit,), life.level, life.reason)
        offered = _offered(fix, node.name, node, parents)
        yield Diagnostic(file.path, span, message, offered, help="" if offered else "take the semicolon away")


def _assignments(file: File, options: Container[int]) -> Iterator[Diagnostic]:
    """Yield a finding for each line like ``ServerName = example.com``."""
    for node, parents in lines_with(file, _ASSIGNED, ("=", ":")):
        words = node.args
        if (
            node.start in options
            or type(node) is not Directive
            or len(words) < 2
            or raw(node, words[0]) not in ("=", ":")
        ):
            continue
        values = [word.value for word in words]
        if refusal(node.name, values) and not refusal(node.name, values[1:]):
            fix = Fix.safe("Take the sign away", Edit(file.path, Span(words[0].span.start, words[1].span.start)))
            message = f'"{words[0].value}" is an argument to httpd, so it does not start'
            offered = _offered(fix, node.name, node, parents)
            advice = "" if offered else "write the value alone, if httpd is to read this line"
            yield Diagnostic(file.path, words[0].span, message, offered, help=advice)


def _names(file: File, options: Container[int]) -> Iterator[Diagnostic]:
    """Yield a finding for each line like ``ServerName: example.com`` or ``ServerName=example.com``."""
    for node, parents in unknown_names(file):
        match = _NAME.fullmatch(node.name)
        if type(node) is not Directive or match is None or node.start in options or is_template(node, parents):
            continue
        name, mark, value = match.groups()
        info = directives.find(name)
        span = node.name_span
        if info is None or info.section or span.end - span.start != len(node.name):
            continue
        at = span.start + match.start(2)
        sign = Span(at, at + 1)
        needs_blank = value and not value.startswith((" ", "\t"))
        fix = Fix.safe("Take the sign away", Edit(file.path, sign, " " if needs_blank else ""))
        message = f'"{mark}" is part of the name to httpd, so it does not start'
        offered = _offered(fix, name, node, parents)
        advice = "" if offered else f"write {name} and its value, if httpd is to read this line"
        yield Diagnostic(file.path, sign, message, offered, help=advice)
