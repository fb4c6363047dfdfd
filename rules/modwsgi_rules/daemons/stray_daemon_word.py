"""
A word of `WSGIDaemonProcess` is not an `option=value`.

## What happens

httpd does not start.

## Why

`wsgi_add_daemon_process` of mod_wsgi takes each word after the name for an option with its value. A blank before the `=`
makes two words of it. A value that holds a blank is quoted, but the word as a whole is not; and an option needs a value.

## The fix

A safe fix: it joins what was torn apart, directories behind a `python-path` with colons, and moves the quotes to the value.

## Left alone

Where the value is missing, or it is not clear to which option a word belongs, the word is reported without a fix. So is an
option without a value, which takes the next word for its value.

## See also

httpd's own message is *Invalid option to WSGI daemon process definition.* Rules `unknown-daemon-option` and
`wrapped-options`.

## Examples

    ```diff
    -WSGIDaemonProcess shop threads = 5 processes =2 "home=/srv/my shop" 'python-path=/srv/shop'
    +WSGIDaemonProcess shop threads=5 processes=2 home="/srv/my shop" python-path='/srv/shop'
    ```
    ```diff
    -WSGIDaemonProcess shop python-path=/srv/shop: /srv/lib /srv/more threads=5
    +WSGIDaemonProcess shop python-path=/srv/shop:/srv/lib:/srv/more threads=5
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop home=/srv/my shop
    #                                   ^^^^
    WSGIDaemonProcess blog display-name
    #                      ^^^^^^^^^^^^
    ```
    ```apache
    WSGIDaemonProcess shop display-name= threads=5
    #                      ^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop threads= 5 home='/srv/my shop'
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.model.items import Arg
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

#: A directory, or several with colons between them; no quotes.
_PATH = re.compile(r":?/[^\s\"'=]*").fullmatch
_QUOTED = expression(r"""(["'])([a-z][a-z-]*)=(.*)\1""", re.S)


@rule(severity=Severity.ERROR)
def stray_daemon_word(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        if has_placeholder(process.directive.node.source) and process.stray:
            continue
        handled: list[Span] = []
        for span, text in _repairs(process):
            handled.append(span)
            fix = Fix.safe(f"Write {text}", Edit(process.directive.path, span, text), reason="httpd refused to start")
            message = "mod_wsgi does not read this as an option with its value, so httpd does not start"
            yield Diagnostic(process.directive.path, span, message, fix)
        source = process.directive.file.text
        for option in process.options:
            swallowed = option.value.partition("=")[0]
            if source[option.span.start : option.value_span.start].endswith((" ", "\t")) and daemon_option(swallowed):
                message = f"{option.name}= is left without a value and takes {option.value} for it"
                advice = "write a value, or leave the option out"
                yield Diagnostic(process.directive.path, option.span, message, help=advice)
        for span in process.stray:
            if not process.directive.node.span.contains(span):
                continue  # A word on a line of its own is wrapped-options'.
            word = source[span.start : span.end]
            if word.startswith("#"):
                break  # The rest of the line is meant as a comment.
            if word == "\\" or any(known.contains(span) or span.contains(known) for known in handled):
                continue
            if daemon_option(word) is not None:
                advice = f"give {word} a value, as in {word}=VALUE"
            else:
                advice = "separate options by blanks only, and quote a value that holds a blank"
            yield Diagnostic(
                process.directive.path, span, f"{word} is not an option=value, so httpd does not start", help=advice
            )


def _repairs(process: DaemonProcess) -> Iterator[tuple[Span, str]]:
    """Yield the spans that can be mended, each with the text to write."""
    source = process.directive.file.text
    args = process.directive.args[1:]
    words = [source[arg.span.start : arg.span.end] for arg in args]
    at = 0
    while at < len(args):
        word, arg = words[at], args[at]
        if (quoted := _QUOTED.fullmatch(word)) and daemon_option(quoted[2]) is not None:
            yield arg.span, f"{quoted[2]}={quoted[1]}{quoted[3]}{quoted[1]}"
        elif daemon_option(word) is not None and at + 1 < len(args):
            rest = words[at + 1]
            if rest == "=" and at + 2 < len(args) and "=" not in words[at + 2]:
                yield _joined(arg, args[at + 2]), f"{word}={words[at + 2]}"
                at += 2
            elif rest.startswith("=") and len(rest) > 1 and "=" not in rest[1:]:
                yield _joined(arg, args[at + 1]), f"{word}{rest}"
                at += 1
        elif word.startswith("python-path=/"):
            # A list of directories that was broken at one of its colons, or has blanks instead of these.
            following = (words[number] for number in range(at + 1, len(words)))
            more = list(takewhile(_PATH, following))
            if more:
                parts = [word.rstrip(":"), *(path.strip(":") for path in more)]
                yield _joined(arg, args[at + len(more)]), ":".join(parts)
                at += len(more)
        at += 1


def _joined(first: Arg, last: Arg) -> Span:
    return Span(first.span.start, last.span.end)
