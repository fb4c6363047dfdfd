"""Rules speak plain English: the message says what happens, the help what to do, and neither says two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import examples_of

from modwsgi_fix import directives
from modwsgi_fix.engine import check, read
from modwsgi_fix.examples import job
from modwsgi_fix.rule import Diagnostic, Rule, all_rules
from modwsgi_fix.text import Span

_PAGES = Path(__file__).parent / "rules"

#: The families whose texts follow the rules of style.
FAMILIES = frozenset({
    "access", "context", "daemons", "groups", "httpd24", "logs", "python", "scripts", "syntax", "urls",
})  # fmt: skip
#: Rules in them whose texts do not yet.
NOT_YET: frozenset[str] = frozenset()

#: Names in the examples are of usual length, so a message has at most so many characters.
LONGEST = 100

#: What a native administrator does not write, and what to write instead.
PHRASES = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer\b)": "is not a",
    r"\b(?:bug|fault)s? of ours\b": "a bug in modwsgi-fix",
    r"\bnot to be (?:seen|told)\b": "cannot be seen",
    r"\bno more\b": "no longer",
    r"\breported(?:,| and) not fixed\b|\breport(?:ed|s)? only\b": "reported without a fix, or there is no fix",
    r"\blooked for only\b": "needs",
    r"\bspeaks? of\b": "mentions, or is about",
    r"\banother rule's\b": "the name of the rule",
    r"\bin force\b": "takes effect",
    r"\bwill not start\b": "does not start",
    r"\bsomebody's decision\b|\bthe administrator's to (?:say|decide)\b": "the administrator decides",
}

RULES = [rule for rule in all_rules().values() if rule.family in FAMILIES and rule.name not in NOT_YET]


def unusual(text: str) -> list[str]:
    """The phrases of a text that should be others, with what to write."""
    return [
        f"{match[0]!r}: write {better!r}: {text}"
        for phrase, better in PHRASES.items()
        for match in re.finditer(phrase, text, re.I)
    ]


def not_one_thought(text: str) -> list[str]:
    """What keeps a message or a help from being one sentence in lower case without a full stop."""
    first = text.partition(" ")[0]
    wrong = ["begins with a capital"] if first.istitle() and first.isalpha() and directives.find(first) is None else []
    wrong += ["ends with a full stop"] if text.endswith(".") else []
    return [f"{fault}: {text}" for fault in wrong]


def faults(finding: Diagnostic) -> list[str]:
    """What is wrong with the texts of a finding."""
    message, help_, fix = finding.message, finding.help, finding.fix
    wrong = [f"{len(message)} characters: {message}"] if len(message) > LONGEST else []
    wrong += [f"two thoughts: {message}"] if ";" in message else []
    wrong += [f"neither a fix nor help: {message}"] if fix is None and not help_ else []
    for text in filter(None, (message, help_)):
        wrong += not_one_thought(text)
    texts = [message, help_, *(related.message for related in finding.related)]
    texts += [fix.title, fix.reason] if fix is not None else []
    return wrong + [fault for text in texts for fault in unusual(text)]


def findings(rule: Rule) -> Iterator[Diagnostic]:
    """What a rule reports in its examples, those of its own test page included."""
    for example in examples_of(rule):
        asked = job(rule, example, example.before)
        yield from check(asked, read(asked))


def prose(page: str) -> str:
    """A page without its blocks, in one line."""
    return " ".join(re.sub(r"^[ \t]*```.*?^[ \t]*```", "", page, flags=re.M | re.S).split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_findings_are_plain(rule: Rule) -> None:
    reported = list(findings(rule))
    assert reported
    assert [fault for finding in reported for fault in faults(finding)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_pages_are_plain(rule: Rule) -> None:
    assert unusual(prose(rule.page)) == []


@pytest.mark.parametrize(
    ("message", "help_", "fault"),
    [
        ("x" * 101, "do", "101 characters"),
        ("the path is wrong; write /srv", "do", "two thoughts"),
        ("the path is wrong", "", "neither a fix nor help"),
        ("The path is wrong", "do", "begins with a capital"),
        ("the path is wrong", "write /srv.", "ends with a full stop"),
        ("/srv is no directory", "do", "is not a"),
        ("it could not be fixed, a bug of ours", "do", "a bug in modwsgi-fix"),
        ("which one was meant is not to be seen", "do", "cannot be seen"),
    ],
)
def test_what_is_not_plain_is_seen(message: str, help_: str, fault: str) -> None:
    assert [wrong for wrong in faults(Diagnostic("/a.conf", Span(0, 1), message, help=help_)) if fault in wrong]


@pytest.mark.parametrize(
    "message",
    ["AliasMatch hides the mount", "the link is no longer followed", "there is no group", "${X} is not known"],
)
def test_what_is_plain_is_not_called_otherwise(message: str) -> None:
    assert faults(Diagnostic("/a.conf", Span(0, 1), message, help="do it")) == []
