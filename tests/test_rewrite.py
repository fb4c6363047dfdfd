"""Edits of items: after each, httpd reads exactly the directives that were meant, and all others as before."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support import one_file

from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting import lines as rewrite
from modwsgi_fix.syntax import Comment

#: Depth, name and arguments of each directive and section, in order.
Shape = list[tuple[int, str, tuple[str, ...]]]


def shape(config: Config) -> Shape:
    assert config.files["/site.conf"].tree.problems == ()
    return [_row(item) for item in config.items]


def _row(item: Item) -> tuple[int, str, tuple[str, ...]]:
    return len(item.sections), ("<" if item.is_section else "") + item.key, item.values


def after(config: Config, edits: Edit | Iterable[Edit]) -> Config:
    given = [edits] if isinstance(edits, Edit) else list(edits)
    return one_file(apply(config.files["/site.conf"].text, given))


def comments(config: Config) -> list[str]:
    """The comments, without their indentation."""
    walk = config.files["/site.conf"].tree.walk()
    return [re.sub(r"(?m)^[ \t]+", "", node.source).strip("\r\n") for node in walk if isinstance(node, Comment)]


# -- any file ------------------------------------------------------------------

NAMES = st.sampled_from(["Foo", "bar", "Qux", "q\\\nux"])
WORDS = st.sampled_from(
    ["a", "b=c", '"d e"', "'f'", '"g\\"h"', "i\\\nj", '"k\\\nl"', '"m \\\n    n"', "o\\", '""', 'p="q r"', "#", "ˆ",
     "\udcff", "${V}"]
)  # fmt: skip
BLANKS = st.sampled_from([" ", "  ", "\t", " \\\n", "\\\n ", " \\\n    ", "\\\n    ", " \\\n\\\n ", "\t\\\n\t"])
TAILS = st.sampled_from(["", "", "", " ", "\t ", " \\\n", "\\\n  "])


@st.composite
def directives(draw: st.DrawFn, indent: str) -> str:
    words = draw(st.lists(WORDS, max_size=4))
    line = indent + draw(NAMES) + "".join(draw(BLANKS) + word for word in words)
    # A word that ends in a backslash would continue the line.
    return (line + " " if line.endswith("\\") else line) + draw(TAILS) + "\n"


@st.composite
def bodies(draw: st.DrawFn, depth: int = 0) -> str:
    unit = draw(st.sampled_from(["    ", "  ", "\t", ""]))
    parts = []
    for kind in draw(st.lists(st.sampled_from("ddcbs" if depth < 3 else "ddcb"), max_size=4)):
        indent = unit * depth
        if kind == "d":
            parts.append(draw(directives(indent)))
        elif kind == "c":
            parts.append(indent + draw(st.sampled_from(["# why\n", "# why \\\n  and more\n"])))
        elif kind == "b":
            parts.append(draw(st.sampled_from(["\n", "  \n"])))
        else:
            words = draw(st.lists(st.sampled_from(["/a", '"b c"', "~"]), max_size=2))
            head = f"{indent}<Sec{depth}" + "".join(draw(BLANKS) + word for word in words)
            parts.append(head + draw(st.sampled_from([">\n", " >\n", "\\\n>\n"])))
            parts.append(draw(bodies(depth + 1)))
            parts.append(f"{indent}</sec{depth}>\n")
    return "".join(parts)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    text = draw(bodies())
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    config = one_file(text)
    assume(config.items)
    return config


def pick(data: st.DataObject, config: Config, *, sections: bool | None = None) -> Item:
    items = [item for item in config.items if sections is None or item.is_section is sections]
    assume(items)
    return data.draw(st.sampled_from(items))


def subtree(config: Config, item: Item) -> range:
    """The places in ``shape`` of an item and all that it holds."""
    at = config.items.index(item)
    end = at + 1
    while end < len(config.items) and item in config.items[end].sections:
        end += 1
    return range(at, end)


NEW = ["Ins 1", "<Ins x>", "    Ins 2", "</Ins>"]


def new(depth: int) -> Shape:
    return [(depth, "ins", ("1",)), (depth, "<ins", ("x",)), (depth + 1, "ins", ("2",))]


@given(configs(), st.data())
def test_delete(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    gone = subtree(config, item)
    left = [row for at, row in enumerate(shape(config)) if at not in gone]
    assert shape(after(config, rewrite.delete(item))) == left


@given(configs(), st.data())
def test_delete_span_takes_out_one_word(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    assume(item.args)
    number = data.draw(st.integers(0, len(item.args) - 1))
    wanted = shape(config)
    at = config.items.index(item)
    depth, name, values = wanted[at]
    wanted[at] = (depth, name, values[:number] + values[number + 1 :])
    assert shape(after(config, rewrite.delete_span(item, item.args[number].span))) == wanted


@given(configs(), st.data())
def test_replace_arg(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    assume(item.args)
    number = data.draw(st.integers(0, len(item.args) - 1))
    wanted = shape(config)
    at = config.items.index(item)
    depth, name, values = wanted[at]
    wanted[at] = (depth, name, (*values[:number], "n e w", *values[number + 1 :]))
    assert shape(after(config, rewrite.replace_arg(item, number, '"n e w"'))) == wanted


@given(configs(), st.data())
def test_replace(config: Config, data: st.DataObject) -> None:
    item = pick(data, config, sections=False)
    wanted = shape(config)
    wanted[config.items.index(item)] = (len(item.sections), "new", ("1",))
    assert shape(after(config, rewrite.replace(item, "New 1"))) == wanted


@given(configs(), st.data())
def test_replace_lines(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    gone, wanted = subtree(config, item), shape(config)
    wanted[gone.start : gone.stop] = new(len(item.sections))
    assert shape(after(config, rewrite.replace_lines(item, NEW))) == wanted


@given(configs(), st.data())
def test_insert_before_and_after(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    place, rows = subtree(config, item), shape(config)
    added = new(len(item.sections))
    before, behind = rewrite.insert_before(item, NEW), rewrite.insert_after(item, NEW)
    assert shape(after(config, before)) == rows[: place.start] + added + rows[place.start :]
    assert shape(after(config, behind)) == rows[: place.stop] + added + rows[place.stop :]
    assert comments(after(config, [before, behind])) == comments(config)


@given(configs(), st.data())
def test_prepend_and_append(config: Config, data: st.DataObject) -> None:
    item = pick(data, config, sections=True)
    place, rows = subtree(config, item), shape(config)
    added = new(len(item.sections) + 1)
    first, last = rewrite.prepend(item, NEW), rewrite.append(item, NEW)
    assert shape(after(config, first)) == rows[: place.start + 1] + added + rows[place.start + 1 :]
    assert shape(after(config, last)) == rows[: place.stop] + added + rows[place.stop :]


@given(configs(), st.data())
def test_unwrap(config: Config, data: st.DataObject) -> None:
    item = pick(data, config, sections=True)
    place, rows = subtree(config, item), shape(config)
    inner = [(depth - 1, name, values) for depth, name, values in rows[place.start + 1 : place.stop]]
    result = after(config, rewrite.unwrap(item))
    assert shape(result) == rows[: place.start] + inner + rows[place.stop :]
    assert comments(result) == comments(config)


@given(configs(), st.data())
def test_lines_of_can_be_written_elsewhere(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    place, rows = subtree(config, item), shape(config)
    result = after(config, rewrite.insert_after(item, rewrite.lines_of(item)))
    assert shape(result) == rows[: place.stop] + rows[place.start :]


@given(configs(), st.data())
def test_what_is_written_ends_its_lines_as_the_file_does(config: Config, data: st.DataObject) -> None:
    item = pick(data, config)
    text = config.files["/site.conf"].text
    for edit in (rewrite.insert_before(item, NEW), rewrite.insert_after(item, NEW), rewrite.replace_lines(item, NEW)):
        result = apply(text, [edit])
        if "\r\n" in text:
            assert result.count("\n") == result.count("\r\n")
        else:
            assert "\r" not in result


# -- to the letter -------------------------------------------------------------


def without(text: str, *words: str) -> str:
    """The text once its first directive has lost these words, one edit after the other."""
    for word in words:
        item = one_file(text).items[0]
        (arg,) = [arg for arg in item.args if arg.written == word]
        text = apply(text, [rewrite.delete_span(item, arg.span)])
    return text


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("Foo a b c\n", ["b"], "Foo a c\n"),
        ("Foo a b c\n", ["c"], "Foo a b\n"),
        ("Foo a  b c\n", ["b"], "Foo a c\n"),
        ("Foo a b", ["b"], "Foo a"),
        ('Foo "a b" c\n', ["a b"], "Foo c\n"),
        ("Foo a \\\n    b \\\n    c\nBar\n", ["b"], "Foo a \\\n    c\nBar\n"),
        ("Foo a \\\n    b \\\n    c\nBar\n", ["c"], "Foo a \\\n    b\nBar\n"),
        ("Foo a \\\n    b \\\n    c\nBar\n", ["b", "c"], "Foo a\nBar\n"),
        ("Foo a \\\n    b \\\n    c\nBar\n", ["a"], "Foo \\\n    b \\\n    c\nBar\n"),
        ("Foo a \\\r\n    b \\\r\n    c\r\nBar\r\n", ["b"], "Foo a \\\r\n    c\r\nBar\r\n"),
        ("Foo a \\\r\n    b \\\r\n    c\r\nBar\r\n", ["c"], "Foo a \\\r\n    b\r\nBar\r\n"),
        ("Foo a \\\n    b c \\\n    d\n", ["c"], "Foo a \\\n    b \\\n    d\n"),
        ("Foo a \\\n    b c \\\n    d\n", ["b"], "Foo a \\\n    c \\\n    d\n"),
        ("<Foo a b>\n</Foo>\n", ["b"], "<Foo a>\n</Foo>\n"),
        # What would draw neighbours together is left.
        ('Foo "a""b" c\n', ["a"], 'Foo "b" c\n'),
        ("Foo a\\\n    b \\\nc\n", ["b"], "Foo a\\\n \\\nc\n"),
        ('Foo x "a"\\\n"b"\n', ["a"], 'Foo x \\\n"b"\n'),
    ],
)
def test_delete_span_to_the_letter(text: str, words: list[str], result: str) -> None:
    assert without(text, *words) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("<A>\n    Foo\n    # why\n\n    <B>\n        Bar\n    </B>\n</A>\nEnd\n",
         "Foo\n# why\n\n<B>\n    Bar\n</B>\nEnd\n"),
        ("<A>\n\tFoo\n</A>", "Foo\n"),
        ("<A>\n</A>\n", ""),
        ("  <A>\n  Foo\n  </A>\n", "  Foo\n"),
        ("<A>\n    Foo a \\\n        b\n</A>\n", "Foo a \\\n    b\n"),
        ("<A>\n    Foo a\\\n    b\n</A>\n", "Foo a\\\n    b\n"),
        ('<A>\n    Foo "a \\\n    b"\n</A>\n', 'Foo "a \\\n    b"\n'),
        ("<A>\r\n  Foo\r\n</A>\r\n", "Foo\r\n"),
    ],
)  # fmt: skip
def test_unwrap_to_the_letter(text: str, result: str) -> None:
    config = one_file(text)
    assert apply(text, rewrite.unwrap(config.items[0])) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Foo\n", "Foo\nFoo\n"),
        ("<A>\n  <B>\n    Foo\n  </B>\n</A>\n", "<A>\n  <B>\n    Foo\n  </B>\n</A>\n" * 2),
        ("Foo a \\\n    b\n", "Foo a \\\n    b\n" * 2),
        # Continuation lines that must begin as they do are joined.
        ("  Foo a\\\nb\n", "  Foo a\\\nb\n  Foo ab\n"),
        ('  Foo "a\\\nb"\n', '  Foo "a\\\nb"\n  Foo "ab"\n'),
        ("Foo a\\ \n", "Foo a\\ \nFoo a\\ \n"),
    ],
)
def test_lines_of_to_the_letter(text: str, result: str) -> None:
    item = one_file(text).items[0]
    assert apply(text, [rewrite.insert_after(item, rewrite.lines_of(item))]) == result


def test_replace_lines_keeps_the_end_of_the_file() -> None:
    for text, result in (("A\nFoo", "A\nNew"), ("A\nFoo\n", "A\nNew\n"), ("A\r\nFoo", "A\r\nNew")):
        item = one_file(text).named("foo")[0]
        assert apply(text, [rewrite.replace_lines(item, ["New"])]) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Foo", "Foo\nNew\n"),
        ("Foo\n", "Foo\nNew\n"),
        ("Foo\r\nFoo", "Foo\r\nFoo\r\nNew\r\n"),
        # A continuation into nothing must not go on into the new line.
        ("Foo a \\\n", "Foo a \\\n\nNew\n"),
        ("Foo a \\", "Foo a \\ \nNew\n"),
        ("Foo a \\\r\n", "Foo a \\\r\n\r\nNew\r\n"),
    ],
)
def test_insert_after_the_last_line(text: str, result: str) -> None:
    config = one_file(text)
    last = config.items[-1]
    assert apply(text, [rewrite.insert_after(last, ["New"])]) == result
    assert shape(one_file(result)) == [*shape(config), (0, "new", ())]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("<A>\n  Foo\n</A>\n", "<A>\n  Foo\n  New 1\n  <New>\n    New 2\n  </New>\n</A>\n"),
        ("<A>\n</A>\n", "<A>\n    New 1\n    <New>\n        New 2\n    </New>\n</A>\n"),
        ("<A>\n\tFoo\n</A>\n", "<A>\n\tFoo\n\tNew 1\n\t<New>\n\t\tNew 2\n\t</New>\n</A>\n"),
    ],
)
def test_append_in_the_files_own_indentation(text: str, result: str) -> None:
    item = one_file(text).items[0]
    assert apply(text, [rewrite.append(item, ["New 1", "<New>", "    New 2", "</New>"])]) == result


@pytest.mark.parametrize(
    "inner", ["<LocationMatch ^/a>\n", "  <Files a>\n    Old\n", "<If true>\n<IfModule b>\n</IfModule>\n"]
)
def test_append_before_a_section_that_is_never_closed(inner: str) -> None:
    head, tail = "<Directory />\n  Old\n", "</Directory>\n"
    config = one_file(head + inner + tail)
    item = next(item for item in config.items if item.key == "directory")
    assert apply(head + inner + tail, [rewrite.append(item, ["New"])]) == f"{head}  New\n{inner}{tail}"
