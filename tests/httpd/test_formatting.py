"""httpd reads the same tree of a file before and after it is formatted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings

from modwsgi_fix.edits import apply
from modwsgi_fix.formatting import indented
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import decode

from .dump import Node, Refusal, neutral
from .test_tree import balanced, corpus_files, theirs

ReadAll = Callable[[Sequence[str]], list[tuple[Node, ...] | Refusal]]


def formatted(text: str) -> str:
    return apply(text, indented(parse(text), "/site.conf"))


def read(answer: tuple[Node, ...] | Refusal) -> object:
    """What httpd reads, by names, arguments and lines; or its refusal."""
    return answer if isinstance(answer, Refusal) else theirs(answer)


def test_every_file_of_the_corpus(read_trees: ReadAll) -> None:
    texts = [neutral(decode(path.read_bytes())) for path in corpus_files()]
    changed = [(before, after) for before in texts if (after := formatted(before)) != before]
    assert len(changed) > len(texts) // 10
    answers = read_trees([text for pair in changed for text in pair])
    assert [read(answer) for answer in answers[::2]] == [read(answer) for answer in answers[1::2]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(balanced())
def test_made_files(read_trees: ReadAll, text: str) -> None:
    before = neutral(text)
    one, other = read_trees([before, formatted(before)])
    assert read(one) == read(other)
