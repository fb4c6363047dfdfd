"""A line that is being typed: its rule offers no fix that the engine must withhold, so nobody is told of a bug."""

from __future__ import annotations

import random

import pytest
from support import job_of

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, check, fix
from modwsgi_fix.examples import examples
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.second_reader import objection

RULES = [rule for rule in all_rules().values() if rule.family == "syntax"]


def _broken(rule: Rule) -> list[str]:
    """The files that the rule's page shows, each once."""
    return list(dict.fromkeys(text for example in examples(rule.page) for text in example.before.values()))


def _fixed(text: str) -> Fixed:
    return fix(job_of({"/site.conf": text}, *RULES), Applicability.UNSAFE, objection)


def _bugs(text: str) -> list[str]:
    if not find_sources(Memory({"/site.conf": text}), ["/site.conf"]):
        return []  # Cut so, it is another language's.
    return [f"{held.rule}: {held.reason}: {text!r}" for held in _fixed(text).withheld if held.is_bug]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_line_cut_anywhere(rule: Rule) -> None:
    for text in _broken(rule):
        for at in range(len(text)):
            end = text.find("\n", at)
            assert _bugs(text[:at] + text[end:]) == []


_ODD = ["<", "</", "</e><f", "<Directory", "7 <", "&lt;/x", "\\", "  \\ ", "user=x", "5", "# a\\", "<Files x></Files>"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_lines_of_broken_files_in_any_order(seed: int) -> None:
    """One of them cut, or with a character too many."""
    chance = random.Random(seed)
    pages = {line for rule in RULES for text in _broken(rule) for line in text.split("\n") if line.strip()}
    lines = [*sorted(pages), *_ODD]
    for _ in range(150):
        some = chance.choices(lines, k=chance.randint(1, 6))
        which = chance.randrange(len(some))
        line = some[which]
        at = chance.randint(0, len(line))
        some[which] = chance.choice([line[:at], line[at:], line[:at] + chance.choice("<>\\#&;=\"' 1") + line[at:]])
        assert _bugs(chance.choice(["\n", "\r\n"]).join(some) + chance.choice(["", "\n"])) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("&lt;Locat", "html-entities"),
        ("&lt;IfModule mod_ssl.c&gt;\nListen 443\n&lt;", "html-entities"),
        ("ServerName a.example\n1 <Virt\n2\n3 Listen 80\n", "pasted-line-numbers"),
        ("1 Listen 80\n2 ServerName a.example\n3 <IfMod", "pasted-line-numbers"),
        ("<Files a.txt\n</Files><If", "malformed-closer"),
        ("<IfModule mod_ssl.c>\n<Location /a>\n</Location><Files\n</IfModule>\n", "malformed-closer"),
    ],
)
def test_it_is_reported_still(text: str, rule: str) -> None:
    """What the rest of the line will be nobody can say yet; that httpd does not start with it is certain."""
    (found,) = [d for d in check(job_of({"/site.conf": text}, *RULES)) if d.rule == rule]
    assert found.fix is None
    assert _bugs(text) == []


def test_whole_lines_are_mended() -> None:
    text = "<IfModule mod_ssl.c>\n<Location /a>\n</Location></IfModule>\n"
    assert _fixed(text).files[0].after == "<IfModule mod_ssl.c>\n<Location /a>\n</Location>\n</IfModule>\n"
