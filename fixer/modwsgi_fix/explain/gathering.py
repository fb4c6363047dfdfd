"""The messages of a log: equal ones are one group with a count, in bounded memory however long the log is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from modwsgi_fix.explain.lines import Line
from modwsgi_fix.explain.messages import MESSAGES, Message
from modwsgi_fix.explain.patterns import REFERER
from modwsgi_fix.explain.recognition import Known, Place, is_routine, known, place_in
from modwsgi_fix.explain.tracebacks import Failure, Tracebacks
from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

#: The most variants of one message that are kept, and the most different lines that the table does not have.
MOST_OF_A_MESSAGE, MOST_UNKNOWN = 100, 1_000
_LONGEST_SHOWN = 400
#: The parts that may differ between messages with one cause.
_VOLATILE = frozenset({"socket", "uid", "limit"})
_NUMBERS = expression(r"0x[0-9a-fA-F]+|\d+")
_ZEROS = str.maketrans("123456789", "0" * 9)
_BY_NAME = {message.name: message for message in MESSAGES}
#: What the system says before a message, and what mod_wsgi 3 then means by its words about a full queue.
_DENIED, _IF_DENIED = "(13)Permission denied: ", {"backlog": "no-connection"}


class Occurrence(NamedTuple):
    """A message as it was written, with the values of its fields, the place that httpd names, and what failed in Python.

    ``is_denied`` says that the system's own reason stands before it, and is that something is not permitted.
    """

    message: Message
    fields: Mapping[str, str]
    text: str
    place: Place | None = None
    failure: Failure | None = None
    is_denied: bool = False


@dataclass
class Group:
    """Equal messages: ``occurrence`` is the first, ``number`` its line in the log (from 1), ``count`` how many there are."""

    occurrence: Occurrence
    number: int
    count: int = 0


@dataclass
class Unknown:
    """Equal lines that the table does not have; numbers in them may differ."""

    text: str
    number: int
    count: int = 0


@dataclass
class Gathered:
    """A whole log. ``more`` counts the messages that are not kept, by their name; ``routine`` the lines of a healthy server."""

    groups: dict[tuple[object, ...], Group] = field(default_factory=dict)
    unknown: dict[str, Unknown] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    more_unknown: int = 0
    routine: int = 0
    lines: int = 0
    _kept: dict[str, int] = field(default_factory=dict)
    #: The unknown lines by their text with every digit as 0, which is cheaper to make than their key.
    _seen: dict[str, Unknown] = field(default_factory=dict)

    def add(self, occurrence: Occurrence, number: int) -> None:
        """Count an occurrence."""
        name = occurrence.message.name
        key = _key(occurrence)
        group = self.groups.get(key)
        if group is None:
            if self._kept.get(name, 0) >= MOST_OF_A_MESSAGE:
                self.more[name] = self.more.get(name, 0) + 1
                return
            self._kept[name] = self._kept.get(name, 0) + 1
            group = self.groups[key] = Group(occurrence, number)
        group.count += 1

    def counts(self, line: Line) -> bool:
        """Whether the table does not have a line, and the line has been counted."""
        seen = self._seen.get(line.text.translate(_ZEROS)) if "AH" not in line.text else None
        if seen is not None:
            seen.count += 1
        return seen is not None

    def add_unknown(self, line: Line) -> None:
        """Count a line that the table does not have."""
        text = line.text.strip()[:_LONGEST_SHOWN]
        if not text:
            return
        key = _NUMBERS.sub("0", text)
        if key not in self.unknown:
            if len(self.unknown) >= MOST_UNKNOWN:
                self.more_unknown += 1
                return
            self.unknown[key] = Unknown(text, line.number)
        self.unknown[key].count += 1
        if "AH" not in line.text and len(self._seen) < MOST_UNKNOWN:
            self._seen[line.text.translate(_ZEROS)] = self.unknown[key]


def gathered(
    lines: Iterable[Line],
    tick: Callable[[], None] = lambda: None,
    guess: Callable[[str], Sequence[Known]] = lambda text: (),
) -> Gathered:
    """Read a log to its end; ``tick`` is called for each line, ``guess`` for what is not a message of the table."""
    found = Gathered()
    tracebacks = Tracebacks()
    waiting: tuple[Line, Place] | None = None
    for line in lines:
        tick()
        found.lines += 1
        if waiting is not None:
            first, place = waiting
            waiting = None
            if first.whose == line.whose and place_in(line.text) is None:
                found.add(_refused(first, place._replace(text=line.text)), first.number)
                continue
            found.add(_refused(first, place), first.number)
        taken = tracebacks.take(line)
        for failure in tracebacks.drained():
            found.add(_failed(failure), failure.number)
        if taken or found.counts(line):
            continue
        place_there = place_in(line.text)
        if place_there is not None:
            if place_there.text.strip():
                found.add(_refused(line, place_there), line.number)
            else:
                waiting = line, place_there
        elif (message := known(line.text)) is not None:
            denied = _DENIED in line.raw
            meant = _BY_NAME.get(_IF_DENIED.get(message.message.name, "") if denied else "", message.message)
            found.add(Occurrence(meant, message.fields, _shown(line.text), is_denied=denied), line.number)
        elif guesses := guess(line.text):
            for message in guesses:
                found.add(Occurrence(message.message, message.fields, _shown(line.text)), line.number)
        elif is_routine(line.text):
            found.routine += 1
        else:
            found.add_unknown(line)
    if waiting is not None:
        found.add(_refused(*waiting), waiting[0].number)
    tracebacks.close()
    for failure in tracebacks.drained():
        found.add(_failed(failure), failure.number)
    return found


def _refused(line: Line, place: Place) -> Occurrence:
    """Return what httpd said when it read the configuration."""
    message = known(place.text) or Known(_BY_NAME["syntax-error"], {})
    said = place.text.strip() or "(the log does not say why)"
    text = f"line {place.line} of {place.file}: {said}"
    return Occurrence(message.message, message.fields, _shown(text), place)


def _failed(failure: Failure) -> Occurrence:
    """Return the message of a failure in Python, which the last line of the traceback decides."""
    message = known(failure.exception) if failure.exception else None
    if message is None:
        message = Known(failure.message or _BY_NAME["script-exception"], {})
    text = failure.exception or failure.text or message.message.text
    fields = {"path": failure.script, **message.fields} if failure.script else message.fields
    return Occurrence(message.message, fields, _shown(text), failure=failure)


def _shown(text: str) -> str:
    return text.partition(REFERER)[0].strip()[:_LONGEST_SHOWN]


def _key(occurrence: Occurrence) -> tuple[object, ...]:
    failure = occurrence.failure
    fields = tuple((name, value) for name, value in occurrence.fields.items() if name not in _VOLATILE)
    failed = (failure.script, failure.exception, failure.frames[-1:]) if failure is not None else ()
    return occurrence.message.name, fields, occurrence.place, occurrence.is_denied, *failed
