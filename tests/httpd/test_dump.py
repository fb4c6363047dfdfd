"""httpd's reading of a text, and what it says where it cannot read one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .dump import Node, Refusal, neutral

Read = Callable[[str], tuple[Node, ...] | Refusal]


def _shape(tree: tuple[Node, ...] | Refusal) -> tuple[object, ...]:
    assert not isinstance(tree, Refusal), tree
    return tuple(node.shape() for node in tree)


def test_nesting_continuations_and_comments(read_tree: Read) -> None:
    text = '# one\nFoo a \\\n  b # c\n<Bar x y>\n  <Baz>\n    Qux\n  </baz>\n</BAR> tail\nLast "q r"\n'
    tree = read_tree(text)
    assert _shape(tree) == (
        ("Foo", "a   b # c", ()),
        ("<Bar", "x y>", (("<Baz", ">", (("Qux", "", ()),)),)),
        ("Last", '"q r"', ()),
    )
    assert not isinstance(tree, Refusal)
    assert [node.line for node in tree] == [3, 4, 9]


def test_any_bytes(read_tree: Read) -> None:
    assert _shape(read_tree("Foo \udcff ˆ \\x41\n")) == (("Foo", "\udcff ˆ \\x41", ()),)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("<Location />\n</LocationMatch>\n", "Expected </Location> but saw </LocationMatch>", 2),
        ("Foo\n<Location />\n", "<Location> was not closed", 2),
        ("</Location>\n", "without matching <Location> section", 1),
    ],
)
def test_refusals(read_tree: Read, text: str, message: str, line: int) -> None:
    refusal = read_tree(text)
    assert isinstance(refusal, Refusal)
    assert message in refusal.message
    assert refusal.line == line


def test_neutral_text_is_read_whole(read_tree: Read) -> None:
    text = "Define X y\n<IfModule !mod_absent.c>\n Include /nowhere\n</IfModule>\nDefineX\n"
    assert _shape(read_tree(neutral(text))) == (
        ("NeutralDefine", "X y", ()),
        ("<NeutralIfModule", "!mod_absent.c>", (("NeutralInclude", "/nowhere", ()),)),
        ("DefineX", "", ()),
    )
