"""Words and logical lines: how httpd joins lines and splits them (``ap_cfg_getline``, ``ap_getword_conf``)."""

from __future__ import annotations

import re
from bisect import bisect_left

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_fix.tuples import NamedTuple

# The first word of a logical line, after its blanks. A NUL ends a line for httpd, which keeps lines in C strings.
FIRST = re.compile(r"[ \t\v\f\r]*+([^ \t\v\f\r\n\0]*+)").match
WORD = expression(
    r""" (?: "((?:\\["\\]|[^"])*+)"? | '((?:\\['\\]|[^'])*+)'? | ([^ \t\n\v\f\r]++) ) [ \t\n\v\f\r]*+ """, re.X
)
# A line whose words need no unquoting, and these words, the name included.
PLAIN = re.compile(r"[^\"'\\\0\n]*+\n?").fullmatch
# Such a line without any character that a placeholder has (``placeholders``).
SETTLED = re.compile(r"[^\"'\\\0\n{}%@$_]*+\n?").fullmatch
WORDS = re.compile(r"[^ \t\n\v\f\r]++").finditer
VALUES = re.compile(r"[^ \t\n\v\f\r]++").findall
# A line of at most three of them after the name, as most are, taken apart at once.
_FEW = r"[^ \t\v\f\r\n\"'\\\0]++"
FEW = re.compile(rf"[ \t]*+{_FEW}(?:[ \t]++({_FEW})(?:[ \t]++({_FEW})(?:[ \t]++({_FEW}))?+)?+)?+[ \t\r]*+\n?").fullmatch
# The opening line of a section with one word that needs no unquoting, and that word.
_OPENER = r"[ \t]*+<[A-Za-z]++[ \t]++([^ \t\v\f\r\n\0\"'\\<>]++)[ \t]*+>[ \t\r]*+\n?"
PLAIN_OPENER = re.compile(_OPENER).fullmatch
SETTLED_OPENER = re.compile(_OPENER.replace("<>]", "<>{}%@$_]")).fullmatch
_JOIN = expression(r"\\\r?\n")
_EMPTY = expression(r"\n\r?\n")


class Word(NamedTuple):
    """One word as ``ap_getword_conf`` reads it: its value without quotes, and the span with them."""

    value: str
    span: Span


class Logical(NamedTuple):
    """A logical line without its continuations, and where each of its characters stands in the file.

    ``joints`` are (offset in ``text``, offset in the file) pairs, ascending: the text runs on from each.
    """

    text: str
    joints: tuple[tuple[int, int], ...]

    def offset(self, at: int) -> int:
        """Return the offset in the file of the character ``text[at]``."""
        joints = self.joints
        logical, source = joints[0] if len(joints) == 1 else joints[bisect_left(joints, (at + 1, -1)) - 1]
        return source + at - logical

    def span(self, start: int, end: int) -> Span:
        """Return the span in the file of ``text[start:end]``; a continuation at its end is left out."""
        return Span(self.offset(start), self.offset(end - 1) + 1 if end > start else self.offset(start))


def logical_line(text: str, start: int, end: int) -> Logical:
    """Return the logical line that ``text[start:end]`` makes."""
    raw = text[start:end]
    nul = raw.find("\0")
    if nul >= 0:
        raw = raw[:nul]
    first = raw.find("\n")
    # At the end of a file nothing may follow a continuation.
    if first < 0 or (first == len(raw) - 1 and not raw.endswith(("\\\n", "\\\r\n"))):
        return Logical(raw, ((0, start),))
    if _EMPTY.search(raw):
        return _logical_of_backslashes(raw, start)
    parts, joints, at, length = [], [], 0, 0
    for joint in _JOIN.finditer(raw):
        part = raw[at : joint.start()]
        joints.append((length, start + at))
        parts.append(part)
        length += len(part)
        at = joint.end()
    joints.append((length, start + at))
    parts.append(raw[at:])
    # An empty stretch between two continuations holds no character; the last joint at an offset counts.
    return Logical("".join(parts), tuple(dict(joints).items()))


def _logical_of_backslashes(raw: str, start: int) -> Logical:
    """Return the same where an empty line follows: httpd looks for the backslash in all text that it has joined so far.

    So two backslashes and two line ends join three lines (util.c:ap_varbuf_cfg_getline).
    """
    kept: list[int] = []
    at = 0
    while at < len(raw):
        end = raw.find("\n", at) + 1 or len(raw)
        kept += range(at, end)
        at = end
        if raw[end - 1] == "\n":
            last = len(kept) - 1
            last -= last > 0 and raw[kept[last - 1]] == "\r"
            if last > 0 and raw[kept[last - 1]] == "\\":
                del kept[last - 1 :]
    joints = [(to, start + at) for to, at in enumerate(kept) if not to or at != kept[to - 1] + 1]
    return Logical("".join(raw[at] for at in kept), tuple(joints) or ((0, start),))


def split_words(logical: Logical, start: int, end: int) -> tuple[Word, ...]:
    """Return the words of ``logical.text[start:end]`` as ``server/util.c:ap_getword_conf`` splits them."""
    text, words, at = logical.text, [], start
    while at < end and text[at] in WHITESPACE:
        at += 1
    while at < end:
        found = WORD.match(text, at, end)
        if found is None:
            break
        group, value = found.lastindex or 1, value_of(found)
        last = found.end(group) + (group != 3 and text[found.end(group) : found.end(group) + 1] == '"\'"'[group - 1])
        words.append(Word(value, logical.span(at, last)))
        at = found.end()
    return tuple(words)


def value_of(word: re.Match[str]) -> str:
    """Return the value of a quoted word, its backslashes removed as ``util.c:substring_conf`` does."""
    group = word.lastindex or 1
    value: str = word[group]
    return re.sub(rf"\\([\\{('', chr(34), chr(39), '')[group]}])", r"\1", value) if "\\" in value else value
