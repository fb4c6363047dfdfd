"""Our tree of a file is httpd's own, and what we call broken is what httpd refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import CORPUS, SHARED

from modwsgi_fix.syntax import Bogus, Close, Directive, Problem, Section, Tree, parse
from modwsgi_fix.syntax import Node as Ours
from modwsgi_fix.text import WHITESPACE, decode

from .dump import Node, Refusal, neutral

ReadAll = Callable[[Sequence[str]], list[tuple[Node, ...] | Refusal]]

#: What httpd refuses only once it looks a directive or section up, after the tree was read.
LATER = {"opener-without-bracket", "hidden-tag", "incomplete-tag"}


def shape(nodes: Iterable[Ours], tree: Tree) -> tuple[object, ...]:
    """Our nodes as ``Node`` has httpd's: name, arguments, last line, children."""
    return tuple(_row(node, tree) for node in nodes if isinstance(node, Directive))


def _row(node: Directive, tree: Tree) -> tuple[object, ...]:
    assert not isinstance(node, (Bogus, Close)), node.source
    logical = node.logical
    rest = logical.text[node.args_range[1] :].strip(WHITESPACE)
    end = node.head_end if isinstance(node, Section) else node.end
    number = tree.lines.position(end - 1).line
    # Where the file ends with a continuation, the line that it goes on into is counted.
    source = tree.source[node.start : end]
    number += source.endswith("\n") and not logical.text.endswith("\n") and "\0" not in source
    if not isinstance(node, Section):
        return node.key, rest, number, ()
    # Where only the name's own ">" ends the line, httpd writes one (config.c:ap_build_config_sub).
    return f"<{node.key}", rest or ">", number, shape(node.children, tree)


def theirs(nodes: Iterable[Node]) -> tuple[object, ...]:
    return tuple(
        # Names that httpd knows are in its own spelling.
        (node.name.lower(), node.arguments.rstrip(WHITESPACE), node.line, theirs(node.children))
        for node in nodes
    )


def is_behind(problem: Problem, line: int, tree: Tree) -> bool:
    """True where a problem is at the line that httpd names, or before: httpd may trip long after the mistake."""
    return tree.lines.position(problem.region.start).line <= line


def disagreement(text: str, answer: tuple[Node, ...] | Refusal) -> str | None:
    """How our reading of a text (made ``neutral``) differs from httpd's."""
    tree = parse(text)
    assert tree.text() == text
    if isinstance(answer, Refusal):
        if not tree.problems:
            return f"httpd refuses: {answer.message}"
        if answer.line is not None and not any(is_behind(problem, answer.line, tree) for problem in tree.problems):
            return f"httpd refuses line {answer.line} ({answer.message}), and we do not: {tree.problems}"
        return None
    if refused := [one for one in tree.problems if one.kind not in LATER and not _doubled_twice(one)]:
        return f"httpd reads it, and we do not: {refused[0].message}"
    if {problem.kind for problem in tree.problems} - {"opener-without-bracket"}:
        return None
    ours, wanted = shape(tree.children, tree), theirs(answer)
    if ours == wanted:
        return None
    mine, his = list(_flat(ours)), list(_flat(wanted))
    at = next((at for at, (a, b) in enumerate(zip(mine, his, strict=False)) if a != b), min(len(mine), len(his)))
    return f"ours: {mine[at : at + 1]}, httpd's: {his[at : at + 1]}"


def _doubled_twice(problem: Problem) -> bool:
    """``<Aa>>`` and ``</Aa>>`` match: it is a section of the name ``Aa>``, which httpd looks up later."""
    section = problem.section
    if problem.kind != "extra-bracket" or section is None or section.close is None:
        return False
    head, tail = (node.logical.text.lower().split()[0] for node in (section, section.close))
    return head == tail.replace("</", "<", 1)


def _flat(rows: Iterable[object], depth: int = 0) -> Iterator[tuple[object, ...]]:
    for row in rows:
        assert isinstance(row, tuple)
        yield depth, *row[:-1]
        yield from _flat(row[-1], depth + 1)


def corpus_files() -> list[Path]:
    """All that is meant to be a configuration; no templates, which httpd reads by accident only."""
    own = [path for path in CORPUS.glob("*/conf/**/*") if path.is_file() and not path.is_symlink()]
    shared = [*SHARED.glob("configs/*"), *SHARED.glob("qa/*/*.conf"), *SHARED.glob("templates/*")]
    return sorted(own) + sorted(shared)


def test_every_file_of_the_corpus(read_trees: ReadAll, record_property: Callable[[str, object], None]) -> None:
    files = corpus_files()
    texts = [neutral(decode(path.read_bytes())) for path in files]
    answers = read_trees(texts)
    wrong = {
        str(path): told
        for path, text, answer in zip(files, texts, answers, strict=True)
        if (told := disagreement(text, answer))
    }
    record_property("httpd_trees", sum(not isinstance(answer, Refusal) for answer in answers))
    record_property("httpd_refusals", sum(isinstance(answer, Refusal) for answer in answers))
    assert wrong == {}, "\n".join(f"{path}: {told}" for path, told in wrong.items())


# -- made files ----------------------------------------------------------------

BLANK = st.sampled_from(["", " ", "\t", "  ", "\v", "\f", "\r", "\xa0"])
JOINT = st.sampled_from(["\\\n", "\\\r\n", "\\\\\n", "\\ \n"])
WORD = st.text(st.sampled_from("ab>#'\"\\=/\xe9\udcff$"), min_size=1, max_size=4) | st.sampled_from(
    ["Foo", '"a b"', "'c d'", "${X}", "ˆ"]
)
NAME = st.sampled_from(["Aa", "aA", "Bb", "Location", "RequireAny"])
TAG = st.one_of(
    NAME.map("<{}>".format),
    st.tuples(NAME, WORD).map("<{0[0]} {0[1]}>".format),
    st.tuples(NAME, WORD).map("<{0[0]} {0[1]}> {0[1]}".format),
    NAME.map("</{}>".format),
    NAME.map("</{}> tail".format),
)
BAD_TAG = st.one_of(
    st.tuples(NAME, WORD).map("<{0[0]} {0[1]}".format),
    NAME.map("</{}".format), NAME.map("</{} >".format), NAME.map("</{}>>".format), NAME.map("<{}>>".format),
)  # fmt: skip
DIRECTIVE = st.lists(st.one_of(WORD, BLANK, JOINT, st.just(" ")), max_size=8).map("".join)
COMMENT = st.sampled_from(["# why", "#", "# a \\\n b", "  # <Aa>", "#\\\r\n</Aa>"])


@st.composite
def balanced(draw: st.DrawFn, depth: int = 0) -> str:
    parts: list[str] = []
    for kind in draw(st.lists(st.sampled_from("dddcs" if depth < 4 else "dc"), max_size=5)):
        blank, end = draw(BLANK), draw(st.sampled_from(["\n", "\n", "\r\n", " \n", "\n\n"]))
        if kind == "s":
            name, words = draw(NAME), " ".join(draw(st.lists(WORD, max_size=2)))
            body = draw(balanced(depth + 1))
            parts.append(f"{blank}<{name} {words} x>{end}{body}{blank}</{name.swapcase()}>{end}")
        else:
            parts.append(blank + draw(DIRECTIVE if kind == "d" else COMMENT) + end)
    return "".join(parts)


@st.composite
def any_lines(draw: st.DrawFn) -> str:
    kinds = st.one_of(TAG, TAG, TAG, BAD_TAG, DIRECTIVE, COMMENT, st.just("\0a"), st.just("<"))
    ends = st.sampled_from(["\n", "\n", "\r\n", ""])
    return "".join(draw(BLANK) + line + draw(ends) for line in draw(st.lists(kinds, max_size=10)))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(texts=st.lists(balanced(), min_size=5, max_size=10))
def test_made_files(read_trees: ReadAll, texts: list[str]) -> None:
    neutrals = [neutral(text) for text in texts]
    for text, answer in zip(neutrals, read_trees(neutrals), strict=True):
        assert disagreement(text, answer) is None, text


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(text=any_lines())
def test_made_mistakes(read_trees: ReadAll, text: str) -> None:
    text = neutral(text)
    (answer,) = read_trees([text])
    assert disagreement(text, answer) is None


@pytest.mark.parametrize(
    "text",
    [
        "Foo a \\\n", "Foo a\\\r\n", "Foo\\\\\n\nBar\\\\\n\r\nBaz\n", "\\\\\n\n", "Foo> a\n", "a/> b\n",
        "\u02c6/> b\n", "\udce9/> b\n", '"" a\n', "\\\n", "Foo \\",
        "<Aa>\n</Aa >\n", "<Aa>\n</Aa\n", "<Aa>\n</Aa>>\n", "<Aa>\n</Bb>\n", "<Aa>\n<Aa>\n", "<Aa>\n", "</Aa>\n",
        "<Aa b>\n<Aa>\n</Aa>\n</Aa>\n", "<Aa>>\n</Aa>>\n", "<Aa>\n<Bb>\n</Aa>\n</Bb>\n",
        "<Aa b>\n<Bb c>\n</Aa>\n",
        "<Perl>\n</Perl>\n", "Foo\0bar\nBaz\n", "\ufeffFoo\n",
    ],
)  # fmt: skip
def test_to_the_letter(read_trees: ReadAll, text: str) -> None:
    (answer,) = read_trees([text])
    assert disagreement(text, answer) is None
