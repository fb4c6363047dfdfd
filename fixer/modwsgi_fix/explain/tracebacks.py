"""Python's tracebacks, put together from the lines of a log, in which those of several processes may be mixed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from modwsgi_fix.explain.lines import Line
from modwsgi_fix.explain.messages import Message
from modwsgi_fix.explain.recognition import known
from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

_BEGIN = "Traceback (most recent call last):"
_DUMP = "Python path configuration:"
_MESSAGE = "mod_wsgi (pid="
_CAUSED = "The above exception was the direct cause"
_CHAINED = ("During handling of the above exception", _CAUSED)
#: Messages of mod_wsgi that a traceback follows.
_HEADERS = frozenset(
    {
        "cannot-be-loaded",
        "exec-failed",
        "script-exception",
        "not-compiled",
        "exit-on-load",
        "exit-ignored",
        "signal-ignored",
    }
)
_FRAME = expression(r"\s*File \"([^\"]{1,4096})\", line (\d{1,9})")
_HOME = expression(r"\s*PYTHONHOME = '([^']{1,4096})'")
#: The last line of a traceback, and a line that stands right below a message of mod_wsgi.
_EXCEPTION = expression(r"[A-Za-z_][\w.]{0,200}(?::|$)", re.ASCII)
_CERTAIN = expression(r"[A-Za-z_][\w.]{0,200}(?:Error|Exception|Exit|Interrupt|Warning|NotFound)(?::|$)", re.ASCII)
#: The number of last frames of a traceback that are kept, and the most tracebacks that may be open at once.
_MOST_FRAMES, _MOST_OPEN = 50, 64


class Frame(NamedTuple):
    """A line of Python code."""

    file: str
    line: int


class Failure(NamedTuple):
    """A failure in Python. ``exception`` is the last line of the traceback; ``home`` the directory that Python used as home.

    Of exceptions of which one is the direct cause of the next, it is the last one that the table has a message for.
    """

    script: str
    exception: str
    frames: tuple[Frame, ...]
    home: str
    message: Message | None
    number: int
    #: The message that mod_wsgi wrote above it.
    text: str


@dataclass
class _Open:
    """A traceback that is being read. ``words`` is the number of words before each of its lines, for an unknown prefix."""

    number: int
    words: int = 0
    script: str = ""
    exception: str = ""
    home: str = ""
    message: Message | None = None
    text: str = ""
    begun: bool = False
    chained: bool = False
    frames: list[Frame] = field(default_factory=list)
    #: The exception that is the direct cause of the one that is read now, with its frames, where the table has it.
    cause: tuple[str, list[Frame]] | None = None

    @property
    def failure(self) -> Failure:
        exception, frames = self.exception, self.frames
        if self.cause is not None and known(exception) is None:
            exception, frames = self.cause
        return Failure(self.script, exception, tuple(frames), self.home, self.message, self.number, self.text)


class Tracebacks:
    """The open tracebacks, by their process and request (``Line.whose``). Each line is offered to ``take``."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}
        self.ended: list[Failure] = []

    def take(self, line: Line) -> bool:
        """Whether a line belongs to a traceback; tracebacks that end with the line, or before it, are added to ``ended``."""
        mine = self._open.get(line.whose)
        if self._begins(line, mine):
            return True
        if mine is None:
            return False
        text = _behind(line.raw, mine.words) if mine.words else line.text
        if self._continues(mine, text):
            return True
        self._end(line.whose)
        return False

    def close(self) -> None:
        """End all open tracebacks."""
        for whose in list(self._open):
            self._end(whose)

    def drained(self) -> list[Failure]:
        """Return the failures of tracebacks that have ended, and forget them."""
        ended, self.ended = self.ended, []
        return ended

    def _begins(self, line: Line, mine: _Open | None) -> bool:
        at = line.raw.find(_BEGIN)
        if at < 0:
            at = line.raw.find(_DUMP)
        if at >= 0:
            if mine is not None and mine.chained:
                mine.exception, mine.chained, mine.frames = "", False, []
            elif mine is None or mine.exception:
                mine = self._start(line)
            mine.begun = True
            if not line.text.startswith((_BEGIN, _DUMP)):
                mine.words = len(line.raw[:at].split())
            return True
        at = line.raw.find(_MESSAGE)
        if at < 0:
            return False
        found = known(line.text)
        if found is None or found.message.name not in _HEADERS:
            return False
        script = found.fields.get("path", "")
        if mine is None or mine.begun or mine.script != script:
            mine = self._start(line)
        mine.script, mine.message, mine.text = script, found.message, line.text
        if not line.text.startswith(_MESSAGE):
            mine.words = len(line.raw[:at].split())
        return True

    def _start(self, line: Line) -> _Open:
        self._end(line.whose)
        if len(self._open) >= _MOST_OPEN:
            self._end(next(iter(self._open)))
        mine = _Open(line.number)
        self._open[line.whose] = mine
        return mine

    def _end(self, whose: str) -> None:
        mine = self._open.pop(whose, None)
        if mine is not None and (mine.exception or mine.message):
            self.ended.append(mine.failure)

    def _continues(self, mine: _Open, text: str) -> bool:
        if (frame := _FRAME.match(text)) is not None and not mine.exception:
            mine.frames = [*mine.frames[1 - _MOST_FRAMES :], Frame(frame[1], int(frame[2]))]
            mine.begun = True
            return True
        if (home := _HOME.match(text)) is not None:
            mine.home = home[1]
            return True
        if not text.strip():
            return True
        if mine.exception:
            mine.chained = mine.chained or text.startswith(_CHAINED)
            if text.startswith(_CAUSED) and known(mine.exception) is not None:
                mine.cause = mine.exception, mine.frames
            elif text.startswith(_CHAINED) and not text.startswith(_CAUSED):
                mine.cause = None
            return text.startswith(_CHAINED)
        if (_EXCEPTION if mine.begun else _CERTAIN).match(text) is not None and "Fatal Python error" not in text:
            mine.exception, mine.begun = text.rstrip(), True
            return True
        return mine.begun and (text[0] in " \t" or text.startswith(("Fatal Python error", "Python runtime state")))


def _behind(raw: str, words: int) -> str:
    """Return the text after so many words and one blank."""
    at = 0
    for _ in range(words):
        while at < len(raw) and raw[at] == " ":
            at += 1
        while at < len(raw) and raw[at] != " ":
            at += 1
    return raw[at + 1 :]
