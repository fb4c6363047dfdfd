"""
A line is written in the syntax of another server or language: a semicolon at its end, `=` or `:` after the name.

`ServerName: example.com` and `ServerName=example.com` are unknown commands, `ServerName = example.com` has too many arguments. A
semicolon at the end belongs to the last word: refused in `Require all granted;`, accepted in silence in `ServerName example.com;`,
which then is the name of a host that nobody asks for.

Lines of mod_wsgi's options are none of this (see *wrapped-options*), and what would load code, read further files, run programs
or say as whom httpd runs (`user = nobody`, `include /etc/nginx/mime.types;`) may be another program's: it is reported only.

The fix is safe where httpd refuses the line. Elsewhere something that was dead comes to life (see *smart-quotes*).

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
from modwsgi_fix.model.config import Config, File
from modwsgi_fix.model.lines import files, in_macro, is_quoted, is_template, lines_with, raw, unknown_names
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import starts_of_wrapped_lines

_SEMICOLON = re.compile(r";[ \t]*\r?$", re.M)
_ASSIGNED = re.compile(r"^[ \t]*[A-Za-z]+[ \t]+[=:][ \t]", re.M)
_NAME = re.compile(r"([A-Za-z]+)([=:])(.*)", re.S)


@rule(severity=Severity.ERROR, changes=("regained",))
def foreign_syntax(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        yield from _semicolons(file)
        if "=" in file.text or ":" in file.text:
            options = starts_of_wrapped_lines(file)
            yield from _assignments(file, options)
            yield from _names(file, options)


def _offered(fix: Fix, name: str, node: Directive, parents: Sequence[Section]) -> Fix | None:
    """The fix, unless what it makes of a line of who knows which program is not for a rule to decide."""
    is_power = directives.power_of(name, [word.value for word in node.args])
    return None if is_power or in_macro(parents) else fix


def _semicolons(file: File) -> Iterator[Diagnostic]:
    if ";" not in file.text:
        return
    for node, parents in lines_with(file, _SEMICOLON):
        words = node.args
        if type(node) is not Directive or not words or directives.find(node.key) is None or is_template(node):
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
            message, fix = "httpd ends no line with a semicolon, and will not start", Fix.safe(title, edit)
        else:
            life = revival(node)
            message = "httpd ends no line with a semicolon: it is part of the last word"
            fix = Fix(title, (edit,), life.level, life.reason)
        yield Diagnostic(file.path, span, message, _offered(fix, node.name, node, parents))


def _assignments(file: File, options: Container[int]) -> Iterator[Diagnostic]:
    """``ServerName = example.com``."""
    for node, parents in lines_with(file, _ASSIGNED):
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
            message = f"{words[0].value} is an argument to httpd, which will not start; write the value alone"
            yield Diagnostic(file.path, words[0].span, message, _offered(fix, node.name, node, parents))


def _names(file: File, options: Container[int]) -> Iterator[Diagnostic]:
    """``ServerName: example.com`` and ``ServerName=example.com``."""
    for node, parents in unknown_names(file):
        found = _NAME.fullmatch(node.name)
        if type(node) is not Directive or found is None or node.start in options or is_template(node):
            continue
        info = directives.find(found[1])
        span = node.name_span
        if info is None or info.section or span.end - span.start != len(node.name):
            continue
        at = span.start + found.start(2)
        sign = Span(at, at + 1)
        needs_blank = found[3] and not found[3].startswith((" ", "\t"))
        fix = Fix.safe("Take the sign away", Edit(file.path, sign, " " if needs_blank else ""))
        message = f"{found[2]} is part of the name to httpd, which will not start; write {found[1]} and its value"
        yield Diagnostic(file.path, sign, message, _offered(fix, found[1], node, parents))
