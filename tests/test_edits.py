"""Edits: which go together, and what they make of a text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import config_of

from modwsgi_fix.edits import Applicability, Edit, Fix, apply, compatible, touch
from modwsgi_fix.model.config import Target
from modwsgi_fix.rule import all_rules
from modwsgi_fix.text import Span

A = "/a.conf"


def edit(start: int, end: int, text: str = "", path: str = A) -> Edit:
    return Edit(path, Span(start, end), text)


# -- apply ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ([], "abcdef"),
        ([edit(0, 0, "X")], "Xabcdef"),
        ([edit(6, 6, "X")], "abcdefX"),
        ([edit(2, 4)], "abef"),
        ([edit(2, 4, "YZ")], "abYZef"),
        ([edit(0, 6, "")], ""),
        # The order in which they are given is of no matter.
        ([edit(4, 5, "E"), edit(0, 1, "A")], "AbcdEf"),
        # What meets without overlapping.
        ([edit(0, 2, "1"), edit(2, 4, "2")], "12ef"),
        ([edit(2, 2, "X"), edit(2, 4, "Y")], "abXYef"),
        ([edit(2, 4, "Y"), edit(4, 4, "X")], "abYXef"),
    ],
)
def test_apply(edits: list[Edit], after: str) -> None:
    assert apply("abcdef", edits) == after


@pytest.mark.parametrize(
    "edits",
    [
        [edit(0, 3), edit(2, 4)],
        [edit(0, 6), edit(2, 3)],
        [edit(2, 4), edit(3, 3, "X")],
        [edit(4, 7)],
        [edit(7, 7)],
        [edit(3, 2)],
        [edit(-1, 2)],
    ],
)
def test_apply_refuses_what_is_out_of_place(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="out of place"):
        apply("abcdef", edits)


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[list[str], list[str | None]]:
    """A text in pieces, and for each piece what stands there afterwards (None: it stays)."""
    pieces = draw(st.lists(st.text("ab\r\n\\é\udce9", max_size=4), max_size=8))
    return pieces, [draw(st.none() | st.text("xy\n", max_size=3)) for _ in pieces]


@given(rewritten(), st.randoms(use_true_random=False))
def test_apply_changes_just_what_the_edits_span(
    drawn: tuple[list[str], list[str | None]], order: random.Random
) -> None:
    pieces, news = drawn
    edits, at = [], 0
    for piece, new in zip(pieces, news, strict=True):
        # Two insertions at one place have no order: only one of a run of empty pieces may write.
        if new is not None and piece:
            edits.append(edit(at, at + len(piece), new))
        at += len(piece)
    order.shuffle(edits)
    wanted = "".join(p if n is None or not p else n for p, n in zip(pieces, news, strict=True))
    assert apply("".join(pieces), edits) == wanted


# -- touch and compatible ------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (edit(0, 2), edit(2, 4), False),
        (edit(0, 3), edit(2, 4), True),
        (edit(0, 4), edit(1, 2), True),
        (edit(1, 2), edit(1, 2), True),
        (edit(2, 2, "X"), edit(2, 4), False),
        (edit(4, 4, "X"), edit(2, 4), False),
        (edit(3, 3, "X"), edit(2, 4), True),
        (edit(2, 2, "X"), edit(2, 2, "Y"), True),
        (edit(2, 2, "X"), edit(3, 3, "Y"), False),
        (edit(0, 3), edit(2, 4, path="/b.conf"), False),
    ],
)
def test_touch(one: Edit, other: Edit, answer: bool) -> None:  # noqa: FBT001
    assert touch(one, other) is answer
    assert touch(other, one) is answer


EDITS = st.builds(
    lambda start, length, text, path: edit(start, start + length, text, path),
    st.integers(0, 12), st.integers(0, 4), st.text("xy", max_size=2), st.sampled_from([A, "/b.conf"]),
)  # fmt: skip


@given(EDITS, EDITS)
def test_two_edits_touch_just_where_the_result_would_depend_on_more_than_both(one: Edit, other: Edit) -> None:
    if one.path != other.path:
        assert not touch(one, other)
        return
    text = "abcdefghijklmnop"
    try:
        first, second = apply(text, [one, other]), apply(text, [other, one])
    except ValueError:
        # The order of sorting may hide that an insertion lies within the other's span; the other way round never.
        assert touch(one, other)
        return
    inserts = one.span == other.span and one.span.start == one.span.end
    assert touch(one, other) == inserts
    if not inserts:
        assert first == second


@st.composite
def fix_lists(draw: st.DrawFn) -> list[Fix]:
    def fix(number: int) -> Fix:
        edits: list[Edit] = []
        for candidate in draw(st.lists(EDITS, max_size=4)):
            if not any(touch(candidate, other) for other in edits):
                edits.append(candidate)
        return Fix.safe(f"fix {number}", *edits)

    fixes = [fix(number) for number in range(draw(st.integers(0, 6)))]
    return fixes + draw(st.lists(st.sampled_from(fixes), max_size=2)) if fixes else fixes


@given(fix_lists())
def test_compatible_takes_fixes_whole_first_come_first_served(fixes: list[Fix]) -> None:
    taken = compatible(fixes)
    places = [edit for fix in taken for edit in fix.edits]
    assert not any(touch(one, other) for at, one in enumerate(places) for other in places[:at])
    # Each that was left out is empty, or stands against one that came before it.
    kept: list[Fix] = []
    for fix in fixes:
        if fix in taken and fix not in kept:
            kept.append(fix)
        else:
            earlier = [edit for other in kept for edit in other.edits]
            repeated = any(fix.edits == other.edits for other in kept)
            assert not fix.edits or repeated or any(touch(a, b) for a in fix.edits for b in earlier)
    assert kept == taken
    for path in {edit.path for edit in places}:
        apply("abcdefghijklmnopq", [edit for edit in places if edit.path == path])


def test_a_fix_that_overlaps_itself_is_an_error() -> None:
    with pytest.raises(ValueError, match="'Twice' has edits that overlap"):
        compatible([Fix.safe("Twice", edit(0, 3), edit(2, 4))])


def test_a_fix_of_several_files_is_left_out_of_all() -> None:
    first = Fix.safe("First", edit(0, 3))
    both = Fix.safe("Both", edit(5, 6, path="/b.conf"), edit(2, 4))
    last = Fix.safe("Last", edit(5, 6, path="/b.conf"))
    assert compatible([first, both, last]) == [first, last]


def test_levels_are_ordered_and_named() -> None:
    assert Applicability.SAFE < Applicability.REPAIR < Applicability.UNSAFE
    made = [maker("x").applicability for maker in (Fix.safe, Fix.repair, Fix.unsafe)]
    assert made == list(Applicability)
    assert [level.label for level in made] == ["safe", "repair", "unsafe"]


def test_a_section_of_a_file_that_is_included_twice_is_taken_out_once() -> None:
    texts = {
        "/etc/apache2/apache2.conf": "Include one.conf\n" * 2,
        "/etc/apache2/one.conf": "<Location s>\nAllow\n</Location>\n",
    }
    config = config_of(texts, target=Target(httpd=(2, 2)))
    fixes = [found.fix for found in all_rules()["allow-in-location"].check(config) if found.fix is not None]
    assert fixes
    assert all(len(set(fix.edits)) == len(fix.edits) for fix in fixes)
