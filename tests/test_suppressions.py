"""Comments that say a finding is meant so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import job_of, made

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.engine import check, fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.suppressions import suppressions
from modwsgi_fix.syntax import parse


def find_foo(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("foo"):
        yield Diagnostic(item.path, item.span, "foo", Fix.safe("Delete it", delete(item)))


FOO = made(find_foo, "no-foo")


def reported(text: str) -> list[str]:
    """Each finding as ``rule:line``."""
    lines = parse(text).lines
    found = check(job_of({"/site.conf": text}, FOO))
    return [f"{d.rule}:{lines.position(d.span.start).line}" for d in found]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Foo\nFoo\n", ["no-foo:1", "no-foo:2"]),
        # The next directive, and no more.
        ("# modwsgi-fix: allow no-foo\nFoo\nFoo\n", ["no-foo:3"]),
        ("# modwsgi-fix: allow no-foo -- because\nFoo\n", []),
        ("#modwsgi-fix:allow no-foo\nFoo\n", []),
        ("  # modwsgi-fix: allow bar, no-foo -- no-baz\n  Foo\n", []),
        ("# modwsgi-fix: allow no-foo\r\nFoo\r\n", []),
        ("# modwsgi-fix: allow no-foo\n\n# other words\n\nFoo\n", []),
        ("# modwsgi-fix: allow no-foo\n# modwsgi-fix: allow bar\nFoo\n", []),
        ("# modwsgi-fix: allow no-foo\nFoo \\\n  1\nFoo\n", ["no-foo:4"]),
        # A section, with all that it holds.
        ("# modwsgi-fix: allow no-foo\n<A>\nFoo\n<B>\nFoo\n</B>\n</A>\nFoo\n", ["no-foo:8"]),
        # At the end of a section there is no next one.
        ("<A>\n# modwsgi-fix: allow no-foo\n</A>\nFoo\n", ["unused-suppression:2", "no-foo:4"]),
        # A range.
        ("# modwsgi-fix: disable no-foo\nFoo\n# modwsgi-fix: enable no-foo\nFoo\n", ["no-foo:4"]),
        ("Foo\n# modwsgi-fix: disable no-foo\nFoo\nFoo\n", ["no-foo:1"]),
        ("<A>\n# modwsgi-fix: disable no-foo\nFoo\n</A>\nFoo\n", []),
        ("# modwsgi-fix: disable no-foo\n<A>\nFoo\n# modwsgi-fix: enable no-foo\nFoo\n</A>\nFoo\n",
         ["no-foo:5", "no-foo:7"]),
        ("<A>\n# modwsgi-fix: disable no-foo\nFoo\n</A>\n# modwsgi-fix: enable no-foo\nFoo\n", ["no-foo:6"]),
        ("# modwsgi-fix: enable no-foo\nFoo\n", ["no-foo:2"]),
        # The whole file, from wherever.
        ("Foo\nFoo\n# modwsgi-fix: allow-file no-foo -- generated", []),
        # Another rule's name, other words, and what is no comment of its own.
        ("# modwsgi-fix: allow no-foo-bar\nFoo\n", ["no-foo:2"]),
        ("# modwsgi-fix: allow\nFoo\n", ["no-foo:2"]),
        ("# modwsgi-fix: allow -- no-foo\nFoo\n", ["no-foo:2"]),
        ("# modwsgi-fix: permit no-foo\nFoo\n", ["no-foo:2"]),
        ("# see modwsgi-fix: allow no-foo\nFoo\n", ["no-foo:2"]),
        ("Foo # modwsgi-fix: allow no-foo\n", ["no-foo:1"]),
        # A comment that ends in a backslash takes the next line in.
        ("# modwsgi-fix: allow no-foo -- why \\\nFoo\nFoo\n", []),
    ],
)  # fmt: skip
def test_what_is_left(text: str, left: list[str]) -> None:
    assert reported(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "# modwsgi-fix: allow no-foo\nBar\nFoo\n",
        "# modwsgi-fix: allow-file no-foo\nBar\n",
        "Foo\n# modwsgi-fix: disable no-foo\nBar\n# modwsgi-fix: enable no-foo\n",
        "Foo\n# modwsgi-fix: allow no-foo\n",
    ],
)
def test_one_that_suppresses_nothing_is_a_finding(text: str) -> None:
    line = text[: text.index("#")].count("\n") + 1
    assert f"unused-suppression:{line}" in reported(text)


def test_one_for_a_rule_that_was_not_run_is_none() -> None:
    assert reported("# modwsgi-fix: allow another\nFoo\n") == ["no-foo:2"]


def test_each_name_of_a_comment_is_judged_by_itself() -> None:
    text = "# modwsgi-fix: allow no-foo, other\nFoo\n"
    other = made(lambda config: iter(()), "other")
    (found,) = check(job_of({"/site.conf": text}, FOO, other))
    assert found.rule == "unused-suppression"
    assert "other" in found.message


def test_what_is_suppressed_is_not_fixed() -> None:
    text = "Foo 1\n# modwsgi-fix: allow no-foo\nFoo 2\nFoo 3\n"
    (file,) = fix(job_of({"/site.conf": text}, FOO), Applicability.UNSAFE).files
    assert file.after == "# modwsgi-fix: allow no-foo\nFoo 2\n"


def test_a_comment_counts_for_its_own_file_only() -> None:
    texts = {"/a.conf": "# modwsgi-fix: allow-file no-foo\nFoo\n", "/b.conf": "Foo\n"}
    assert [d.path for d in check(job_of(texts, FOO))] == ["/b.conf"]


def test_the_span_is_the_comment_from_its_verb() -> None:
    text = "<A>\n  # modwsgi-fix: allow no-foo -- why\n  Foo\n</A>\n"
    (one,) = suppressions(parse(text))
    assert text[slice(*one.span)] == "allow no-foo -- why"
    assert text[slice(*one.region)] == "  Foo\n"


LINES = st.sampled_from(
    ["Foo", "<A>", "</A>", "", "# words", "Foo \\", *(f"# modwsgi-fix: {verb} no-foo" for verb in
     ("allow", "disable", "enable", "allow-file"))]
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_they_only_take_findings_away(lines: list[str], end: str) -> None:
    text = "".join(line + end for line in lines)
    without = text.replace("modwsgi-fix:", "another-tool:")
    assert {r for r in reported(text) if r.startswith("no-foo")} <= set(reported(without))
    # A comment with the verb is either used or reported.
    tree = parse(text)
    for one in suppressions(tree):
        hit = any(r not in reported(text) for r in reported(without))
        line = tree.lines.position(one.span.start).line
        assert hit or f"unused-suppression:{line}" in reported(text)
