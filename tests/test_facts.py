"""docs/httpd-facts.md: what code cites is there, and what it says is held is held by a test that exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT

FACTS = ROOT / "docs" / "httpd-facts.md"
_NAME = re.compile(r"\bF-[a-z]+-\d+\b")


def facts() -> dict[str, str]:
    """The text of each fact, by its name; the last one of a name that is there twice."""
    found = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", FACTS.read_text("utf-8"), re.M | re.S)
    return dict(found)


def texts() -> Iterator[tuple[Path, str]]:
    """Everything that a reader of the project may read."""
    for top in ("fixer", "rules", "tests", "docs", "tools", "benchmarks"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".py", ".md", ".c", ".sh") and path != Path(__file__):
                yield path, path.read_text("utf-8")
    for path in ROOT.glob("*.md"):
        yield path, path.read_text("utf-8")


def test_names_are_unique_and_of_one_form() -> None:
    names = re.findall(r"^### (\S+)$", FACTS.read_text("utf-8"), re.M)
    assert names
    assert len(set(names)) == len(names)
    assert all(_NAME.fullmatch(name) for name in names)


def test_each_fact_has_a_source_and_says_how_it_was_found_out() -> None:
    for name, text in facts().items():
        assert re.search(r"^\*Source\*: .+ \*Measured\.?\*", text, re.M), name


@pytest.mark.slow
def test_what_is_cited_is_there() -> None:
    cited = {(name, path.relative_to(ROOT).as_posix()) for path, text in texts() for name in _NAME.findall(text)}
    assert {path for _, path in cited} - {"docs/httpd-facts.md"}, "nothing is cited"
    assert not [(name, path) for name, path in sorted(cited) if name not in facts()]


def test_what_holds_a_fact_is_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", FACTS.read_text("utf-8"))
    assert named
    assert not [path for path in named if not (ROOT / path).is_file()]


def test_nothing_cites_what_readers_do_not_have() -> None:
    private = re.compile(r"\b(?:domain|answers|house)\.md\b|\bshared/design\b")
    assert not [path.relative_to(ROOT).as_posix() for path, text in texts() if private.search(text)]
