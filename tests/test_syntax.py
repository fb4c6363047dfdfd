"""The parser: lossless for any bytes, never raises, reads words as httpd does, and recovers as the snapshots show."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modwsgi_fix.syntax import (
    DEEPEST_SECTION,
    Blank,
    Bogus,
    Close,
    Comment,
    Directive,
    Node,
    Section,
    Tree,
    parse,
)
from modwsgi_fix.syntax.words import Logical, split_words
from modwsgi_fix.text import Span, decode, encode

_SNAPSHOTS = Path(__file__).parent / "syntax"

# Bytes that mean something to a parser of configurations, and so are worth more than their share.
_BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                b"<Location /a>", b"</Location>", b"<VirtualHost *:80>", b"</VirtualHost>", b"<Locat", b"ion", b"<", b">",
                b"</", b"<!--", b"-->", b"<%", b"<\\Location>", b"<RequireAll>", b"<Perl>", b"</Perl>", b"ServerName a",
                b"#", b" ", b"\t", b"\n", b"\r\n", b"\r", b"\\", b"\\\n", b"\\\r\n", b"\0", b'"', b"'", b"\xef\xbb\xbf",
                b"\xa0", b"\xc2\xa0", b"\x85", b"\xff", b"&lt;", b"1 ", b"\x0b", b"\x0c", b"\xe2\x80\x9c", b"${A}",
                b"<IfModule a>", b"</IfModule>",
            ]
        ),
        max_size=40,
    ).map(b"".join),
)  # fmt: skip


def _nodes(tree: Tree) -> list[Node]:
    found: list[Node] = []
    for node in tree.walk():
        found.append(node)
        if isinstance(node, Section) and node.close is not None:
            found.append(node.close)
    return found


@settings(max_examples=6 * settings.default.max_examples, deadline=None)
@given(_BYTES)
def test_any_bytes_come_back(data: bytes) -> None:
    text = decode(data)
    tree = parse(text)
    assert tree.text() == text
    assert encode(tree.text()) == data


def _read(logical: Logical, span: Span) -> str:
    """What a span of the file holds, as httpd reads it: without continuations."""
    return "".join(letter for at, letter in enumerate(logical.text) if span.start <= logical.offset(at) < span.end)


@settings(max_examples=6 * settings.default.max_examples, deadline=None)
@given(_BYTES)
# The backslash of the name is the one at the end, and not the first, which joins the lines.
@example(b"Foo\\\n\\")
def test_every_character_belongs_to_one_node_and_spans_hold_what_they_say(data: bytes) -> None:
    text = decode(data)
    tree = parse(text)
    at = 0
    for node in sorted(_nodes(tree), key=lambda node: node.start):
        assert node.start == at
        at = node.head_end if isinstance(node, Section) else node.end
        assert node.start < at
        if isinstance(node, Directive):
            logical = node.logical
            start, end = node.name_span
            assert 0 <= start <= end <= len(text)
            name = _read(logical, node.name_span)
            if isinstance(node, Section) or type(node) is Directive:
                unquoted = re.sub(r"\\([\\\"'])", r"\1", name)
                # Within quotes of one kind httpd keeps a backslash before one of the other kind.
                assert node.name in name or node.name in unquoted or [node.name] == _words(name)
            assert node.body_span.start >= node.start
            for word in node.args:
                assert word.span.start < word.span.end <= at
                assert _words(_read(logical, word.span)) == [word.value]
    assert at == len(text)
    for problem in tree.problems:
        assert problem.region.start <= problem.node.start <= problem.region.end
        assert problem.message


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(_BYTES)
def test_children_lie_within_their_section(data: bytes) -> None:
    for node in parse(decode(data)).walk():
        if isinstance(node, Section):
            at = node.head_end
            for child in node.children:
                assert child.start == at
                at = child.end
            assert at == (node.close.start if node.close else node.end)


def _words(line: str) -> list[str]:
    """A model of ``ap_getword_conf``, written anew from server/util.c, character by character."""
    blanks, found, at = " \t\n\v\f\r", [], 0
    while at < len(line) and line[at] in blanks:
        at += 1
    while at < len(line):
        quote = line[at] if line[at] in "\"'" else ""
        if quote:
            end = at + 1
            while end < len(line) and line[end] != quote:
                # A backslash takes the quote or backslash after it along.
                end += (
                    2 if line[end] == "\\" and line[end + 1 : end + 2] in ("\\", quote) and end + 1 < len(line) else 1
                )
            inner = line[at + 1 : end]
            at = end + 1
        else:
            end = at
            while end < len(line) and line[end] not in blanks:
                end += 1
            inner, at = line[at:end], end
        value, i = "", 0
        while i < len(inner):
            if inner[i] == "\\" and (inner[i + 1 : i + 2] == "\\" or (quote and inner[i + 1 : i + 2] == quote)):
                i += 1
            value += inner[i]
            i += 1
        found.append(value)
        while at < len(line) and line[at] in blanks:
            at += 1
    return found


@settings(max_examples=5 * settings.default.max_examples, deadline=None)
@given(st.text(alphabet="ab\"'\\ \t=\xa0\x85é#", max_size=30))
def test_words_are_those_of_ap_getword_conf(rest: str) -> None:
    line = f"Name {rest}"
    (node,) = parse(line).children
    assert isinstance(node, Directive)
    assert [word.value for word in node.args] == _words(rest.rstrip(" \t"))


def test_the_empty_text() -> None:
    assert parse("").children == ()
    assert parse("").text() == ""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
def test_line_ends_and_their_absence(newline: str, last: str) -> None:
    text = newline.join(["<Location /a>", "    Require local", "</Location>"]) + last
    tree = parse(text)
    assert tree.text() == text
    assert not tree.problems
    (section,) = tree.children
    assert isinstance(section, Section)
    assert section.args[0].value == "/a"
    (require,) = section.children
    assert isinstance(require, Directive)
    assert [word.value for word in require.args] == ["local"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_continuations_in_names_and_comments(newline: str) -> None:
    join = "\\" + newline
    lines = [f"Server{join}Name a{join}b c", f"# one{join}ServerName no", f"<Loc{join}ation /x>", "</Location>", ""]
    text = newline.join(lines)
    directive, comment, section = parse(text).children
    assert isinstance(directive, Directive)
    assert directive.name == "ServerName"
    assert text[directive.name_span.start : directive.name_span.end] == f"Server{join}Name"
    assert [word.value for word in directive.args] == ["ab", "c"]
    assert isinstance(comment, Comment)
    assert isinstance(section, Section)
    assert section.name == "Location"
    assert text[section.name_span.start : section.name_span.end] == f"Loc{join}ation"


@pytest.mark.parametrize("written", ["A\\\\b", 'A\\"', "A"])
@pytest.mark.parametrize("tag", ["<{}>", "<{} x>", '"<{}" x>', "< {} x>"])
def test_a_section_name_is_marked_as_it_is_written(written: str, tag: str) -> None:
    line = tag.format(written)
    section = parse(f"{line}\n").children[0]
    assert isinstance(section, Section)
    assert line[slice(*section.name_span)] == written


def test_only_ascii_blanks_separate_and_only_lf_ends_a_line() -> None:
    (node,) = parse("WSGIDaemonProcess a\xa0b\x85c\u2028d\re").children
    assert isinstance(node, Directive)
    assert [word.value for word in node.args] == ["a\xa0b\x85c\u2028d", "e"]


def test_a_byte_order_mark_is_part_of_the_name() -> None:
    (node,) = parse("\ufeffServerName a").children
    assert isinstance(node, Directive)
    assert node.name == "\ufeffServerName"


def test_a_nul_ends_its_line() -> None:
    (node,) = parse("ServerName a\0b c\n").children
    assert isinstance(node, Directive)
    assert [word.value for word in node.args] == ["a"]


def test_what_follows_a_closing_tag_is_ignored() -> None:
    tree = parse("<Location /a>\n</Location> x > y\n")
    assert not tree.problems


@pytest.mark.parametrize("closed", [True, False])
def test_thousands_of_nested_sections(closed: bool) -> None:  # noqa: FBT001
    depth = 5000
    for opener, closer in (("<IfModule a>\n", "</IfModule>\n"), ("<Location /a>\n", "</Location>\n")):
        text = opener * depth + (closer * depth if closed else "")
        tree = parse(text)
        assert tree.text() == text
        if not closed and opener.startswith("<Location"):
            # None of these can stand in another, so each ends where the next one begins.
            assert len(tree.problems) == sum(1 for _ in tree.walk()) == depth
            continue
        # What stands in more than a hundred others is one node of unread lines.
        assert len(tree.problems) == (0 if closed else DEEPEST_SECTION + 1)
        assert sum(1 for _ in tree.walk()) == DEEPEST_SECTION + 2


def _dump(text: str) -> str:
    """A tree as lines: what each node is and how deep, then the problems."""
    tree = parse(text)
    position = tree.lines.position
    out: list[str] = []

    def show(nodes: object, depth: int) -> None:
        for node in nodes:  # type: ignore[attr-defined]
            line = position(node.start).line
            last = position(max(node.start, node.end - 1)).line
            indent = "  " * depth
            if isinstance(node, Section):
                values = " ".join(repr(word.value) for word in node.args)
                out.append(f"{indent}Section {node.name} {values} [{line}-{last}]".rstrip())
                show(node.children, depth + 1)
                if node.close is not None:
                    out.append(f"{indent}Close {node.close.name} [{position(node.close.start).line}]")
            elif isinstance(node, (Blank, Comment)):
                out.append(f"{indent}{type(node).__name__} [{line}-{last}]")
            else:
                assert isinstance(node, (Directive, Bogus, Close))
                values = " ".join(repr(word.value) for word in node.args)
                out.append(f"{indent}{type(node).__name__} {node.name} {values} [{line}-{last}]")

    show(tree.children, 0)
    for problem in tree.problems:
        first, end = (
            position(at).line for at in (problem.region.start, max(problem.region.start, problem.region.end - 1))
        )
        line = position(problem.node.start).line
        out.append(f"! {problem.kind} [{line}]: {problem.message} (not to be trusted: {first}-{end})")
    return "\n".join(out) + "\n"


_FILES = sorted(_SNAPSHOTS.glob("*.conf"))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_snapshot(path: Path) -> None:
    """Set UPDATE_SNAPSHOTS to write the trees anew, and read what changed."""
    tree = _dump(decode(path.read_bytes()))
    expected = path.with_suffix(".tree")
    if os.environ.get("UPDATE_SNAPSHOTS"):
        expected.write_text(tree, encoding="utf-8")
    assert tree == expected.read_text("utf-8")


def test_every_kind_of_problem_has_a_snapshot() -> None:
    kinds = {
        "stray-closer", "mismatched-closer", "crossed-closers", "extra-bracket", "opener-for-closer", "unclosed-section",
        "closer-without-bracket", "opener-without-bracket", "opener-with-blank", "incomplete-tag", "html-comment", "hidden-tag",
    }  # fmt: skip
    shown = {problem.kind for path in _FILES for problem in parse(decode(path.read_bytes())).problems}
    assert shown == kinds


@given(st.text(alphabet=" \t\v\f\r\n\\\"'aB=<>/\0\xa0\x85#${}", max_size=20))
def test_the_words_of_a_plain_line_are_those_that_any_line_is_split_into(text: str) -> None:
    for node in parse(f"Name {text}").walk():
        if isinstance(node, Directive):
            assert node.args == split_words(*node.args_range)
