"""The lines of an error log, without the text before each message.

httpd's own formats of 2.4 and 2.2, those of syslog and journald, container names in front of a line, and lines of JSON are
taken apart. A line of another ErrorLogFormat stays as it is: a message is found by its words, anywhere in a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import decode
from modwsgi_fix.tuples import NamedTuple

#: The bytes of a line that are read. httpd itself does not write longer lines (MAX_STRING_LEN, server/log.c).
LONGEST = 8_192
#: How often brackets, an error of the system or a place of httpd's source may be taken off the front of a line.
_MOST_PIECES = 6

#: ``[Fri Nov 27 11:35:00.1 2026] [core:error] [pid 7:tid 8] [client 192.0.2.1:80]``, and the brackets that identify a writer.
_BRACKETS = expression(r"(?:\[[^\[\]]{1,200}\](?: |$)){1,12}")
_WHOSE = ("[pid ", "[client ", "[remote ")
#: ``(13)Permission denied: ``, ``core.c(123): ``: what APR says, and where in the source.
_ERROR = expression(r"\(\d{1,6}\)[^:]{1,100}: ")
_SOURCE = expression(r"[a-z_0-9]{1,40}\.c\(\d{1,6}\): ")
#: ``Nov 27 11:35:00 web1 apachectl[123]: `` and the same with a time of ISO 8601.
_SYSLOG = expression(
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{1,40}) \S{1,255} ([\w./@-]{1,64}(?:\[\d{1,10}\])?): "
)
#: ``web-1  | ``, as docker compose begins a line.
_SERVICE = expression(r"[\w.-]{1,64} {1,40}\| ")
#: The keys of the message in a log of JSON: of journald, ErrorLogFormats, containers.
_KEYS = ("MESSAGE", "message", "msg", "log")


class Line(NamedTuple):
    """A line with its number in the log, from 1. ``whose`` is equal for lines of one process and request."""

    number: int
    text: str
    whose: str
    #: The line as the log has it, for a message that an unknown prefix hides.
    raw: str


def lines_of(stream: BinaryIO) -> Iterator[Line]:
    """Yield every line of a log that is not empty. Only the beginning of a line longer than ``LONGEST`` is kept in memory."""
    number = 0
    while piece := stream.readline(LONGEST):
        number += 1
        rest = piece
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST)
        raw = decode(piece).rstrip("\r\n")
        if raw:
            yield line_of(number, raw)


def line_of(number: int, raw: str) -> Line:
    """Return a line, taken apart."""
    text = _out_of_json(raw) if raw.startswith("{") else raw
    whose, at = "", 0
    if not text.startswith(("[", "(")):
        if found := _SYSLOG.match(text):
            whose, at = found[1], found.end()
        elif found := _SERVICE.match(text):
            whose, at = found[0], found.end()
    for _ in range(_MOST_PIECES):
        if text.startswith("[", at):
            found = _BRACKETS.match(text, at)
            whose += _whose(found[0]) if found is not None else ""
        elif text.startswith("(", at):
            found = _ERROR.match(text, at)
        else:
            found = _SOURCE.match(text, at)
        if found is None:
            break
        at = found.end()
    return Line(number, text[at:], whose, text)


def _whose(brackets: str) -> str:
    """Return the process, thread and client of a line, as its brackets have them."""
    found = ""
    for name in _WHOSE:
        start = brackets.find(name)
        if start >= 0:
            found += brackets[start : brackets.index("]", start) + 1]
    return found


def _out_of_json(raw: str) -> str:
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    texts = {key: value for key, value in read.items() if isinstance(value, str)} if isinstance(read, dict) else {}
    named = next((texts[key] for key in _KEYS if key in texts), None)
    if named is None:
        named = max(texts.values(), key=len, default=raw)
    return named.rstrip("\r\n").partition("\n")[0]
