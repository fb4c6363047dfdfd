"""Diffs: they show what the edits did, no more, and git and patch apply them."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modwsgi_fix import diff
from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.text import Span, decode, encode

LINE = st.sampled_from(["", "a", "b", "\\ c", "\xe9", decode(b"caf\xe9"), "x\x0cy", "p\u2028q", "-- a", "++ b"])
END = st.sampled_from(["\n", "\n", "\r\n"])
TEXT = st.builds(
    lambda body, last: "".join(a + b for a, b in body) + last, st.lists(st.tuples(LINE, END), max_size=12), LINE
)


@st.composite
def edits_of(draw: st.DrawFn, text: str, most: int = 4) -> list[Edit]:
    """Edits that do not touch each other, in any order."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=2 * most, unique=True)))
    spans = [Span(a, b) for a, b in zip(places[::2], places[1::2], strict=False)]
    if draw(st.booleans()):
        spans = [Span(a, a) if draw(st.booleans()) else Span(a, b) for a, b in spans]
    found = [Edit("f", span, draw(st.one_of(st.just(""), TEXT))) for span in spans]
    return draw(st.permutations(found))


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXT)
    return text, draw(edits_of(text))


@st.composite
def twice_edited(draw: st.DrawFn) -> tuple[str, list[Edit], list[Edit]]:
    text, first = draw(edited())
    return text, first, draw(edits_of(apply(text, first)))


def replace(text: str, old: str, new: str) -> Edit:
    at = text.index(old)
    return Edit("f", Span(at, at + len(old)), new)


def test_a_diff_is_what_a_person_expects() -> None:
    text = "".join(f"line {n}\n" for n in range(1, 21))
    found = diff.unified(text, [replace(text, "line 7", "Line 7"), replace(text, "line 20\n", "")], "conf/site.conf")
    assert found == (
        "--- a/conf/site.conf\n+++ b/conf/site.conf\n"
        "@@ -4,7 +4,7 @@\n line 4\n line 5\n line 6\n-line 7\n+Line 7\n line 8\n line 9\n line 10\n"
        "@@ -17,4 +17,3 @@\n line 17\n line 18\n line 19\n-line 20\n"
    )


def test_a_diff_that_does_something_else_is_found_out() -> None:
    text = "".join(f"line {n}\n" for n in range(1, 21))
    edits = [replace(text, "line 7", "Line 7"), replace(text, "line 20\n", "")]
    found, after = diff.unified(text, edits, "f"), apply(text, edits)
    assert diff.check(found, text, after)
    for wrong in ("@@ -5,7 +4,7 @@", "@@ -4,7 +5,7 @@", "@@ -4,7 +4,8 @@", "@@"):
        assert not diff.check(found.replace("@@ -4,7 +4,7 @@", wrong), text, after)
    assert not diff.check(found.replace(" line 18", " line 17"), text, after)
    assert not diff.check(found + found, text, after)


def test_lines_that_meet_are_shown_as_one_block() -> None:
    text = "a\nb\nc\nd\n"
    found = diff.unified(text, [replace(text, "b", "B"), replace(text, "c", "C")], "f", context=0)
    assert found == "--- a/f\n+++ b/f\n@@ -2,2 +2,2 @@\n-b\n-c\n+B\n+C\n"


def test_equal_lines_around_a_change_are_not_shown_as_changed() -> None:
    text = "a\nb\nc\nd\n"
    (edit,) = [Edit("f", Span(0, len(text)), "a\nB\nc\nd\n")]
    assert diff.unified(text, [edit], "f", context=0) == "--- a/f\n+++ b/f\n@@ -2 +2 @@\n-b\n+B\n"


def test_edits_that_undo_each_other_are_no_change() -> None:
    text = "x\ny\nz\n"
    assert diff.unified(text, [Edit("f", Span(1, 3)), Edit("f", Span(4, 4), "y\n")], "f") == ""


def test_the_deleted_one_of_two_equal_lines_is_the_one_that_was_meant() -> None:
    text = "a\na\nb\n"
    assert "@@ -1 +0,0 @@" in diff.unified(text, [Edit("f", Span(0, 2))], "f", context=0)
    assert "@@ -2 +1,0 @@" in diff.unified(text, [Edit("f", Span(2, 4))], "f", context=0)


def test_the_marker_stands_where_a_last_line_has_no_newline() -> None:
    marker = "\\ No newline at end of file\n"
    assert diff.unified("a", [Edit("f", Span(0, 1), "b")], "f").endswith(f"-a\n{marker}+b\n{marker}")
    assert diff.unified("a", [Edit("f", Span(1, 1), "\n")], "f").endswith(f"-a\n{marker}+a\n")
    assert diff.unified("a\nb", [Edit("f", Span(0, 0), "c\n")], "f").endswith(f"+c\n a\n b\n{marker}")


@pytest.mark.parametrize("edits", [[], [Edit("f", Span(0, 1), "a")], [Edit("f", Span(2, 2), "")]])
def test_no_change_is_no_diff(edits: list[Edit]) -> None:
    assert diff.unified("a\nb\n", edits, "f") == ""
    assert diff.check("", "a\n", "a\n")
    assert not diff.check("", "a\n", "b\n")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("conf/a b.conf", "--- a/conf/a b.conf\t\n+++ b/conf/a b.conf\t\n"),
        ("/etc/apache2/x", "--- a/etc/apache2/x\n+++ b/etc/apache2/x\n"),
        ("caf\xe9", "--- a/caf\xe9\n+++ b/caf\xe9\n"),
        (decode(b"caf\xe9 x"), '--- "a/caf\\351 x"\n+++ "b/caf\\351 x"\n'),
        ('q"u\\o\tt\ne', '--- "a/q\\"u\\\\o\\tt\\ne"\n+++ "b/q\\"u\\\\o\\tt\\ne"\n'),
    ],
)
def test_names_are_written_as_git_writes_them(name: str, header: str) -> None:
    found = diff.unified("a\n", [Edit("f", Span(0, 1), "b")], name)
    assert found.startswith(header)
    assert diff.check(found, "a\n", "b\n")


def test_edits_out_of_place_are_refused() -> None:
    for edits in ([Edit("f", Span(0, 9), "")], [Edit("f", Span(0, 2), "x"), Edit("f", Span(1, 3), "y")]):
        with pytest.raises(ValueError, match="out of place"):
            diff.unified("a\nb\n", edits, "f")
    with pytest.raises(ValueError, match="out of place"):
        diff.compose([], [Edit("f", Span(0, 2), "x"), Edit("f", Span(1, 3), "y")])


@given(edited())
def test_opcodes_turn_the_lines_before_into_the_lines_after(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    after = apply(text, edits)
    old, new = diff.lines(text), diff.lines(after)
    codes = diff.opcodes(text, edits)
    assert (codes == []) == (text == after)
    here = there = 0
    for tag, start, end, new_start, new_end in codes:
        assert (start, new_start) == (here, there)
        assert (tag == "equal") == (old[start:end] == new[new_start:new_end])
        assert tag != "replace" or (old[start] != new[new_start] and old[end - 1] != new[new_end - 1])
        here, there = end, new_end
    assert not codes or (here, there) == (len(old), len(new))


@given(edited(), st.integers(0, 4))
def test_each_diff_reads_back(case: tuple[str, list[Edit]], context: int) -> None:
    text, edits = case
    found = diff.unified(text, edits, "dir b/f", context=context)
    after = apply(text, edits)
    assert diff.check(found, text, after)
    assert not found or not diff.check(found, text, after + "x\n")
    assert not found or not diff.check(found, text, text)


@given(twice_edited())
@settings(max_examples=3 * settings.default.max_examples)
def test_two_passes_are_one(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    composed = diff.compose(first, second)
    after = apply(apply(text, first), second)
    assert apply(text, composed) == after
    assert all(one.span.end < other.span.start for one, other in pairwise(composed))
    assert diff.check(diff.unified(text, composed, "f"), text, after)


def test_composing_is_exact_about_what_a_later_pass_undid() -> None:
    first = [Edit("f", Span(3, 3), "new")]
    assert diff.compose(first, [Edit("f", Span(3, 6), "")]) == []
    assert diff.compose(first, [Edit("f", Span(4, 5), "E")]) == [Edit("f", Span(3, 3), "nEw")]
    assert diff.compose([], first) == diff.compose(first, []) == first


@given(st.lists(edited(), min_size=1, max_size=25))
@settings(max_examples=12, deadline=None)
def test_git_and_patch_apply_each_diff(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[str, list[Edit]]]
) -> None:
    patch = ""
    wanted: dict[str, bytes] = {}
    folders = [tmp_path_factory.mktemp("git"), tmp_path_factory.mktemp("patch")]
    for number, (text, edits) in enumerate(cases):
        name = ["site{}.conf", "a site {}.conf", "caf\xe9{}"][number % 3].format(number)
        for folder in folders:
            (folder / name).write_bytes(encode(text))
        patch += diff.unified(text, edits, name)
        wanted[name] = encode(apply(text, edits))
    if patch:
        git, gnu = folders
        run(["git", "apply", "--whitespace=nowarn", "-"], git, patch)
        run(["patch", "-p1", "--binary", "--quiet", "--no-backup-if-mismatch"], gnu, patch)
    for folder in folders:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == wanted


@pytest.mark.parametrize("name", ['q"uo\\te', decode(b"caf\xe9 x"), "dir b/f"])
@pytest.mark.parametrize(("before", "after"), [("a\n", "b\n"), ("", "b"), ("a\n", "")])
def test_strange_names_and_empty_files_apply(tmp_path: Path, name: str, before: str, after: str) -> None:
    file = tmp_path / name
    found = diff.unified(before, [Edit("f", Span(0, len(before)), after)], name)
    for command in (["git", "apply", "-"], ["patch", "-p1", "--binary", "--quiet"]):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(encode(before))
        run(command, tmp_path, found)
        assert file.read_bytes() == encode(after)
    assert diff.check(found, before, after)


def run(command: list[str], folder: Path, patch: str) -> None:
    done = subprocess.run(command, cwd=folder, input=encode(patch), capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
