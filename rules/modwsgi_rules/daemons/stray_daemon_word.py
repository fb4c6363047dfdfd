"""
A word of `WSGIDaemonProcess` is no `option=value`.

httpd refuses to start: *Invalid option to WSGI daemon process definition.* No blank may stand before the `=`; a value with
blanks is quoted, but not the word as a whole; and an option needs a value. The fix joins what was torn apart and moves the
quotes to the value.

    ```diff
    -WSGIDaemonProcess shop threads = 5 processes =2 "home=/srv/my shop" 'python-path=/srv/shop'
    +WSGIDaemonProcess shop threads=5 processes=2 home="/srv/my shop" python-path='/srv/shop'
    ```
    ```apache
    WSGIDaemonProcess shop home=/srv/my shop
    #                                   ^^^^
    WSGIDaemonProcess blog display-name
    #                      ^^^^^^^^^^^^
    ```

An option without a value takes the next word for one:

    ```apache
    WSGIDaemonProcess shop display-name= threads=5
    #                      ^^^^^^^^^^^^^^^^^^^^^^^
    ```
    ```apache
    WSGIDaemonProcess shop threads= 5 home='/srv/my shop'
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Arg, Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_QUOTED = re.compile(r"""(["'])([a-z][a-z-]*)=(.*)\1""", re.S)


@rule(severity=Severity.ERROR)
def stray_daemon_word(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        if has_placeholder(process.directive.node.source) and process.stray:
            continue
        handled: list[Span] = []
        for span, text in _repairs(process):
            handled.append(span)
            fix = None
            if not process.directive.foreign:
                fix = Fix.safe(
                    f"Write {text}", Edit(process.directive.path, span, text), reason="httpd refused to start"
                )
            message = f"mod_wsgi reads no option here, so httpd will not start: write {text}"
            yield Diagnostic(process.directive.path, span, message, fix)
        source = process.directive.file.text
        for option in process.options:
            swallowed = option.value.partition("=")[0]
            if source[option.span.start : option.value_span.start].endswith((" ", "\t")) and daemon_option(swallowed):
                message = f"{option.name}= has no value and takes {option.value} for it: write a value, or leave it out"
                yield Diagnostic(process.directive.path, option.span, message)
        for span in process.stray:
            if not process.directive.node.span.contains(span):
                continue  # On a line of its own: wrapped-options.
            word = source[span.start : span.end]
            if word.startswith("#"):
                break  # A comment was meant, and the rest of the line with it.
            if word == "\\" or any(one.contains(span) or span.contains(one) for one in handled):
                continue
            if daemon_option(word) is not None:
                advice = f"{word} needs a value, as {word}=..."
            else:
                advice = "separate options by blanks only, and quote a value that holds a blank"
            yield Diagnostic(
                process.directive.path, span, f"{word} is no option=value, so httpd will not start: {advice}"
            )


def _repairs(process: DaemonProcess) -> Iterator[tuple[Span, str]]:
    """What can be put right: where it stands, and what to write."""
    source = process.directive.file.text
    args = process.directive.args[1:]
    words = [source[arg.span.start : arg.span.end] for arg in args]
    at = 0
    while at < len(args):
        word, arg = words[at], args[at]
        if (found := _QUOTED.fullmatch(word)) and daemon_option(found[2]) is not None:
            yield arg.span, f"{found[2]}={found[1]}{found[3]}{found[1]}"
        elif daemon_option(word) is not None and at + 1 < len(args):
            rest = words[at + 1]
            if rest == "=" and at + 2 < len(args) and "=" not in words[at + 2]:
                yield _joined(arg, args[at + 2]), f"{word}={words[at + 2]}"
                at += 2
            elif rest.startswith("=") and len(rest) > 1 and "=" not in rest[1:]:
                yield _joined(arg, args[at + 1]), f"{word}{rest}"
                at += 1
        at += 1


def _joined(first: Arg, last: Arg) -> Span:
    return Span(first.span.start, last.span.end)
