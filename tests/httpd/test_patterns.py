"""The door for regular expressions against the real server: where it answers, httpd's PCRE says the same.

Each drawn expression is a ``SetEnvIf`` on a header that holds the subject; what it found, with two groups, comes back in the
answer. So one request asks every expression of a server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from modwsgi_fix.model.patterns import Match, Unknown, search
from modwsgi_fix.text import decode, encode

from . import server
from .probe import Probe
from .proofs import everything

PARTS, EXPRESSIONS, SUBJECTS = 4, 400 if everything() else 100, 60
#: Of the pairs of an expression and a subject the door may call so many unknown: it does, where ``re`` cannot be told.
MOST_UNKNOWN = 0.25

_ATOMS = (
    "a", "b", "c", ".", "-", " ", "/", "A", "\u00e9", r"\.", r"\-", r"\/", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\h", r"\H",
    r"\v", r"\V", r"\N", r"\R", r"\t", r"\x61", r"\x{62}", r"\141", r"\e", r"\Qa.\E", r"\Q*\E", r"\b", r"\B", r"\A", r"\Z",
    r"\z", "^", "$", "[ab]", "[^a]", "[a-c]", "[]a]", "[^]a]", "[a-]", r"[\d-]", r"[\w.]", r"[^\s]", r"[\x61-c]", "[[:alpha:]]",
    "[[:^digit:]]", "[^[:space:]]", "[[:punct:]a]", "[[:word:]]", "[[:xdigit:]]", "[[a]", "[a&&b]", "[a||b]", "[b~~c]", "[b--c]",
    r"[\b]", r"[\h]", r"[\101]", "{", "}", "{,2}", "{a}", "a{1,2}", "b{2}", "]", "(?i)", "(?-i)", "(?i:a)", "(?s)", "(?#x)", "a{0}",
    "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a|ab)", "a++", "b*+", "a?+", r"\1", "(a)", "(?:a|b)", "(?<n>a)", "(?P<m>b)", "(?'o'c)",
    r"\G", r"\g1", r"\k<n>", r"\o{141}", r"\cA", r"\B", "[^[:alpha:]a]",
)  # fmt: skip
#: What nothing in ``re`` is equal to: drawn seldom, and counted.
_UNEQUALLED = (
    r"\Kb", "(?|a|(b))", "(?1)", "(?m)^a", "(?x)a b", r"\pL", r"\X", r"(a)\g{-1}", "[[:<:]]a",
)  # fmt: skip
_LETTERS = (
    "a",
    "b",
    "c",
    "A",
    "B",
    "-",
    ".",
    "/",
    " ",
    "1",
    "_",
    "\u00e9",
    "\t",
    "{",
    "}",
    ",",
    "2",
    "*",
    "ab",
    "ba",
    "aa",
)

_UNREPLACED = "<$0|$1|$2>"

Record = Callable[[str, object], None]


def _expression(random: Random, depth: int = 2) -> str:
    parts = []
    for _ in range(random.randint(1, 4)):
        part = random.choice(_ATOMS if random.random() < 0.98 else _UNEQUALLED)
        if depth and random.random() < 0.35:
            opened = random.choice(("(", "(?:", "(", "(?i:", "(?>"))
            inner = [_expression(random, depth - 1) for _ in range(random.choice((1, 1, 2)))]
            part = f"{opened}{'|'.join(inner)})"
        if random.random() < 0.3:
            part += random.choice(("*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{0,1}?", "{,1}", "{1,}"))
        parts.append(part)
    return "".join(parts)


def _subjects(random: Random) -> Iterator[str]:
    yield from ("", "a", "ab", "abc", "\u00e9", "A", "a{,2}", "aa bb")
    while True:
        yield "".join(random.choice(_LETTERS) for _ in range(random.randint(0, 8))).strip()


def _started(expressions: Sequence[str], asked: Sequence[Probe], directory: Path) -> tuple[list[str], server.Run]:
    """A server of those expressions that it takes."""
    left = list(expressions)
    for _ in expressions:
        lines = [f'SetEnvIf X-Subject "{one}" p{at}={_UNREPLACED}\n' for at, one in enumerate(left)]
        told = "~".join(f"%{{p{at}}}e" for at in range(len(left)))
        text = "".join(lines) + f'Header always set Location "{told}"\n'
        done = server.run(server.Setup({"site.conf": text}, {}), asked, directory)
        if done.started:
            return left, done
        refused = re.search(r"on line (\d+) of", done.log)
        assert refused is not None, done.log[-2000:]
        del left[int(refused[1]) - 1]
    raise AssertionError("httpd takes none of the expressions")


def _said(expression: str, subject: str) -> str | None:
    found = search(expression, decode(subject.encode("latin-1")))
    if isinstance(found, Unknown):
        return None
    if not isinstance(found, Match):
        return "(null)"
    groups = [encode(found.group(number)).decode("latin-1") for number in range(3)]
    return f"<{'|'.join(groups)}>"


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_found_is_what_httpd_finds(part: int, httpd: Path, record_property: Record) -> None:
    random = Random(f"patterns {part}")
    subjects = list(dict.fromkeys(subject for subject, _ in zip(_subjects(random), range(SUBJECTS), strict=False)))
    asked = [Probe("a.test", headers=(("X-Subject", subject),)) for subject in subjects]
    wrong: list[str] = []
    pairs = unknown = 0
    for _ in range(EXPRESSIONS // 50):
        drawn = [decode(_expression(random).encode("latin-1")) for _ in range(50)]
        taken, done = _started([one for one in drawn if '"' not in one and not one.endswith("\\")], asked, httpd)
        for subject, probe in zip(subjects, asked, strict=True):
            told = done.answers[probe].location.split("~")
            for expression, httpd_says in zip(taken, told, strict=True):
                pairs += 1
                said = _said(expression, subject)
                if httpd_says == _UNREPLACED and said != "(null)":
                    # What has no special character is not a regular expression to mod_setenvif, and has no groups.
                    said = said and _UNREPLACED
                unknown += said is None
                if said not in (None, httpd_says):
                    wrong.append(f"{expression!r} on {subject!r}: {said!r}, and httpd {httpd_says!r}")
    record_property("pattern_pairs", pairs)
    record_property("pattern_unknown", unknown)
    assert wrong == [], f"{len(wrong)} of {pairs}\n" + "\n".join(dict.fromkeys(wrong[:40]))
    assert pairs > EXPRESSIONS * 10
    assert unknown <= MOST_UNKNOWN * pairs, f"{unknown} of {pairs} are unknown"
