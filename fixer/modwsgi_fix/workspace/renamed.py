"""Changes of one word in a host for another one, neither of which stands anywhere else: what is found stays the same.

Who types a name passes through many that nobody else has. httpd and the rules ask of such a word only whether it is the same as
another one: that is what ``model.shapes`` takes for granted of hosts that are equal but for their own words, and it is taken for
granted here of a host before and after a change. It is looked at more strictly than there, because somebody who types may be
on the way to a word with a meaning: no part that only one of the two words has may be known to a rule, or stand around it.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits

from modwsgi_fix.engine.likeness import meant_by
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import Files
from modwsgi_fix.model.shapes.alike import TURNS, characters_of
from modwsgi_fix.model.shapes.hosts import Text, host_at
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.records import Report
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.followed import Moved, places
from modwsgi_fix.workspace.parts import Base
from modwsgi_fix.workspace.remarks import said_in

#: A word whose letters matter to nobody; a short one differs from others in few letters, and a long one has many parts.
_WORD = expression(r"[a-z0-9]{3,30}")
_LETTERS = ascii_letters + digits
#: More characters beside a change than such a word has.
_NEAR = 40
#: Parts of words that are shorter than this are known to some rule.
_SHORTEST = 3
#: The beginning of a line up to its arguments, where the line does not lead to other lines and is not that of a host.
_NAME = expression(r"[ \t]*<?(?!include|virtualhost)[a-z]+[ \t]", re.I)
#: What a pattern tells or counts letters with, and flags at the end of a line, which are none.
_TELLS_LETTERS = expression(r"[\[?]|\\[A-Za-z]|\{[0-9]|\.\.")
_FLAGS = expression(r"[ \t]\[[^\[\]\n]*+\][ \t\r]*+$", re.M)


class _Exchange(NamedTuple):
    """A word, at its place in the old text, and the one that takes its place; ``line`` are the parts of the line around it.

    ``host`` and ``file`` are the texts around it, with neither word.
    """

    place: Span
    old: str
    new: str
    line: tuple[str, str]
    host: str
    file: str


def is_renamed(base: Base, key: str, old: Text, new: Text, moved: Moved) -> bool:
    """Whether a change of a file, with as many hosts as before, exchanges two words that mean nothing and stand nowhere else."""
    exchange = _exchange(old, new, moved)
    if exchange is None or not _is_exchangeable(exchange):
        return False
    (job,) = base.plan.jobs
    both = {exchange.old.encode(), exchange.new.encode()}
    differing = _parts(exchange.old) ^ _parts(exchange.new) | both
    if meant_by(job, {part for part in differing if len(part) >= _SHORTEST}) != set():
        return False
    rest = base.rest(key)
    around = "\n".join((exchange.host, old.outside, rest.outside)).lower()
    if not differing.isdisjoint(words(around)) or not both.isdisjoint(rest.words | words(exchange.file)):
        return False
    # A word that has the one in it has the other one in it, too.
    if around.count(exchange.old) != around.count(exchange.new):
        return False
    if _TELLS_LETTERS.search(_FLAGS.sub("", around)) or words(exchange.host) & TURNS:
        return False
    if _is_told_of(base.report, key, exchange):
        return False
    return not _names_script(exchange, job.source.files)


def _is_told_of(report: Report, key: str, exchange: _Exchange) -> bool:
    """Whether something is found at the word, or says one of the two."""
    start, end = exchange.place
    each = (place for one in report.findings for place in places(one) if place.file.path == key)
    if any(place.span.start <= end and start <= place.span.end for place in each):
        return True
    said = _said(report, key)
    return exchange.old in said or exchange.new in said


def _said(report: Report, key: str) -> str:
    """Return all that is said of a server, and the name of the file, in lower case."""
    found = (text for one in report.findings for text in said_in(one))
    gaps, starts = (one.reason for one in report.gaps), (one.reason for one in report.starts)
    return "\n".join((key, *found, *gaps, *starts)).lower()


def _exchange(old: Text, new: Text, moved: Moved) -> _Exchange | None:
    """Return the words that a change exchanges, where it changes one word of one host and nothing else."""
    start, end, end_now = moved.replaced
    number = host_at(old.hosts, start)
    if number is None or number != host_at(new.hosts, start):
        return None
    near, behind = old.text[max(start - _NEAR, 0) : start], old.text[end : end + _NEAR]
    start -= len(near) - len(near.rstrip(_LETTERS))
    behind = behind[: len(behind) - len(behind.lstrip(_LETTERS))]
    before, rest = old.text[:start], old.text[end + len(behind) :]
    words = old.text[start:end] + behind, new.text[start:end_now] + behind
    if not all(map(_WORD.fullmatch, words)):
        return None
    opened, closed = old.hosts[number]
    line = before.rpartition("\n")[2], rest.partition("\n")[0]
    host = f"{before[opened:]} {rest[: closed - len(old.text) or None]}"
    return _Exchange(Span(start, end + len(behind)), *words, line, host, f"{before} {rest}")


def _is_exchangeable(exchange: _Exchange) -> bool:
    """Whether two words are of one kind, and arguments of a line in which they mean nothing by themselves."""
    place, old, new, (before, _), _, file = exchange
    is_continued = file.endswith(("\\\n", "\\\r\n"), 0, place.start - len(before))
    kinds = characters_of(old) == characters_of(new)
    return (
        kinds
        and not old.isdigit()
        and _NAME.match(before) is not None
        and before[-1:] not in "\\%"
        and not is_continued
    )


def _parts(word: str) -> set[bytes]:
    """Return the parts of a word, without the word itself."""
    size, letters = len(word), word.encode()
    return {letters[at:end] for at in range(size) for end in range(at + 1, size + 1) if end - at < size}


def _names_script(exchange: _Exchange, files: Files) -> bool:
    """Whether the line is about WSGI scripts, one of which is there before or after: then it is read."""
    before, behind = exchange.line
    lines = (f"{before}{word}{behind}" for word in (exchange.old, exchange.new) if "wsgi" in before.lower())
    paths = (word.strip("\"'") for line in lines for word in line.split())
    return any(path.startswith("/") and files.is_file(path) for path in paths)
