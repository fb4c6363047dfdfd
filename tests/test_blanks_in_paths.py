"""A path with a blank in it, in quotes, is a path as any other: all rules say the same of their examples with such paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from support import examples_of, job_of

from modwsgi_fix.engine import check
from modwsgi_fix.examples import Example
from modwsgi_fix.rule import Rule, all_rules

pytestmark = pytest.mark.slow

#: A word that is a path, or an option whose value is one; words in quotes have been taken out before.
_WORD = re.compile(r""""(?:\\.|[^"])*"|'[^']*'|(?<=[ \t])(?P<option>[a-z-]+=)?(?P<path>/srv/[^\s"'<>]*)""")
#: Lines in which a blank is no part of a path, with quotes or without: patterns, formats, texts.
_LEFT = re.compile(
    r"\s*(#|</|<?[A-Za-z]*Match\b|.* ~ |.*\\$|Rewrite|LogFormat|CustomLog|SetEnv|ErrorDocument|<?If |Use )", re.I
)
#: Rules that count the letters or directories of a name, or are about the characters at its end or the blanks in it.
_OF_NAMES = {
    "foreign-syntax",
    "grant-beside-what-is-served",
    "root-directory-granted",
    "stray-daemon-word",
    "unpaired-quote",
}


def _spaced(line: str) -> str:
    """Return a line in which each path below ``/srv`` has a blank, and stands in quotes."""

    def word(found: re.Match[str]) -> str:
        text = found[0].replace("/srv/", "/srv/my ")
        return f'{found["option"] or ""}"{text[len(found["option"] or "") :]}"' if found["path"] else text

    return line if _LEFT.match(line) else _WORD.sub(word, line)


def _moved(path: str) -> str:
    return path.replace("/srv/", "/srv/my ")


def _said(texts: Mapping[str, str]) -> list[tuple[str, str, int]]:
    texts = {f"/{path.lstrip('/')}": text for path, text in texts.items()}
    found = check(job_of(texts, *all_rules().values()))
    return sorted((one.rule, _moved(one.path), texts[one.path].count("\n", 0, one.span.start)) for one in found)


def _cases(rule: Rule) -> Iterator[tuple[Example, dict[str, str]]]:
    for example in examples_of(rule):
        # Those of several files have scripts in other places, or a disk.
        if (
            example.kind == "python"
            or example.links
            or example.permissions
            or example.settings
            or len(example.before) > 1
        ):
            continue
        ((path, text),) = example.before.items()
        spaced = "".join(map(_spaced, text.splitlines(True)))
        # In a pattern the name stays, and would mean another file.
        if spaced != text and "/srv/" not in spaced.replace("/srv/my ", ""):
            yield example, {path: spaced}


@pytest.mark.parametrize("family", sorted({rule.family for rule in all_rules().values()}))
def test_the_same_is_said(family: str) -> None:
    for rule in all_rules().values():
        for example, spaced in _cases(rule) if rule.family == family and rule.name not in _OF_NAMES else ():
            assert _said(spaced) == _said(example.before), (rule.name, example.line)


def test_many_examples_are_asked() -> None:
    assert sum(1 for rule in all_rules().values() for _ in _cases(rule)) > 300
