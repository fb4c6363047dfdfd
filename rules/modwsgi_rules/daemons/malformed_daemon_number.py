"""
A number among the options of a daemon process is followed by something else.

## What happens

mod_wsgi reads the digits at the start and drops the rest without a word. `processes=2,threads=15` is two processes with the
default threads, `memory-limit=512M` is 512 bytes, and `request-timeout=5m` is five seconds. `threads=many` leaves the group
without threads, so that every request hangs.

## Why

`wsgi_add_daemon_process` of mod_wsgi reads numbers by C's `atoi`.

## The fix

It deletes a `;` or `,` at the end, and an `s` after seconds. It is safe there, because the number stays what it is. A list
with commas becomes options of their own. It is unsafe there, because the options then count for the first time.

## Left alone

Other units are reported without a fix, with the number to write. Numbers in quotes or from a variable are not reported, and
neither are options that are not numbers.

## See also

Rules `invalid-daemon-value` and `service-process-selected`.

## Examples

    ```diff
    -WSGIDaemonProcess shop threads=15; request-timeout=60s
    +WSGIDaemonProcess shop threads=15 request-timeout=60
    ```
    ```diff unsafe
    -WSGIDaemonProcess shop processes=2,threads=5,display-name=%{GROUP}
    +WSGIDaemonProcess shop processes=2 threads=5 display-name=%{GROUP}
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop memory-limit=512M
    #                      ^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess blog threads=many
    #                      ^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop threads=${THREADS} processes="2" cpu-priority=-5 umask=0022 display-name=5m
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives import DaemonOption, daemon_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, Option, atoi, daemon_processes
from modwsgi_fix.rule import Diagnostic, Severity, rule

_NUMBER = expression(r"[ \t]*[+-]?[0-9]+[ \t]*")
_SIZE = expression(r"([0-9]+) ?([kmgKMG])(?:i?[bB])?")
_POWER = {"k": 10, "m": 20, "g": 30}
_TIME = expression(r"([0-9]+) ?(s|sec|seconds?|m|min|minutes?|h|hours?|ms)")
_SECONDS = {"m": 60, "h": 3600}


@rule(severity=Severity.WARNING)
def malformed_daemon_number(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        for option in process.options:
            info = daemon_option(option.name)
            if info is None or info.type != "int" or not option.known or _NUMBER.fullmatch(option.value):
                continue
            if any(char in option.value for char in "“”‘’\xa0"):
                # Quotes and blanks that httpd does not know as such have rules of their own.
                continue
            digits = re.match(r"[ \t]*([+-]?[0-9]+)", option.value)
            read = digits[1] if digits else "0"
            fix, advice = _advice(process, option, info)
            least = info.minimum
            refused = least is not None and atoi(read) < least and not (info.or_zero and atoi(read) == 0)
            message = f"mod_wsgi reads only {read} from the value of {option.name}"
            if option.name == "threads" and atoi(read) == 0:
                message += ", so every request hangs"
            elif refused:
                message += ", so httpd does not start"
            yield Diagnostic(process.directive.path, option.span, message, fix, help="" if fix else advice)


def _advice(process: DaemonProcess, option: Option, info: DaemonOption) -> tuple[Fix | None, str]:
    """Return a fix, or None, and what to do, in words."""
    item, value = process.directive, option.value
    plain = item.file.text[option.value_span.start : option.value_span.end] == value
    if match := re.fullmatch(r"([0-9]+)[;,]+", value):
        edit = Edit(item.path, option.value_span, match[1])
        fix = Fix.safe("Leave out what follows the number", edit, reason="mod_wsgi drops it") if plain else None
        return fix, "leave out what follows the number"
    number, *rest = value.split(",")
    named = [word.partition("=") for word in rest]
    if rest and number.isdigit() and all(value and daemon_option(name) for name, _, value in named):
        words = [name for name, _, _ in named]
        fix = None
        if plain and len({*words, option.name}) == len(words) + 1 and not set(words) & set(process.settings):
            edit = Edit(item.path, option.value_span, value.replace(",", " "))
            fix = Fix.unsafe("Write blanks for the commas", edit, reason=f"{', '.join(words)} will count from then on")
        return fix, "separate options by blanks"
    if info.unit in ("s", "ms") and (match := _TIME.fullmatch(value)):
        unit = "ms" if match[2] == "ms" else match[2][0]
        if unit == info.unit:
            edit = Edit(item.path, option.value_span, match[1])
            fix = Fix.safe("Leave out the unit", edit, reason="the number is in this unit anyway") if plain else None
            return fix, "leave out the unit"
        if info.unit == "s" and unit in _SECONDS:
            return None, f"write seconds, {option.name}={atoi(match[1]) * _SECONDS[unit]}"
    if info.unit == "bytes" and (match := _SIZE.fullmatch(value)):
        return None, f"write bytes, {option.name}={atoi(match[1]) << _POWER[match[2].lower()]}"
    return None, "write a number"
