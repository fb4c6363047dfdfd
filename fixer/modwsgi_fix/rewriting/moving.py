"""Moving a directive elsewhere, and the comments that go with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from modwsgi_fix.directives import Context, allowed_in, context_of
from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.rewriting.lines import insert_before, insert_outside, lines_of
from modwsgi_fix.syntax import Comment, Directive, Node, Section
from modwsgi_fix.text import Span


def context(item: Item) -> Context:
    """Return the context of an item, as ``directives`` has it; NOWHERE inside unknown sections."""
    keys = tuple([section.key for section in item.sections]) if item.parent is not None else ()
    host = item.server.item
    if host is not None and host is not item:
        keys = ("virtualhost", *keys)
    return context_of(keys, htaccess=item.file.path.rpartition("/")[2] == ".htaccess")


def refuge(item: Item, name: str) -> Item | None:
    """Return the nearest section before which a directive of that name may stand; None where the directive must stay.

    That is the outermost section in its virtual host, or the host where only the main server accepts the directive.
    """
    host = item.server.item
    sections = item.sections
    if sections and allowed_in(name, Context.SERVER if host is None else Context.VIRTUAL_HOST):
        return sections[0]
    return host if host is not None and host is not item and allowed_in(name, Context.SERVER) else None


def may_move(item: Item, anchor: Item) -> bool:
    """Whether an item's text can be moved unchanged: within one file, no macro, on lines of its own, losing no condition."""
    if wrapped_end(item.node) != item.node.end:
        return False
    held = item.parent is not None and item.wrapper is item.parent.node
    return held and item.file is anchor.file and item.foreign is anchor.foreign


def move_before(item: Item, anchor: Item) -> tuple[Edit, ...]:
    """Return the edits that move an item before a section and its comment, with the comment that is about the item alone."""
    return _above_comments(anchor, insert_before(anchor, lines_with_comment(item))), delete_with_comment(item)


def delete_with_comment(item: Item) -> Edit:
    """Return the edit that deletes a directive or section, and the comment above where that is about nothing else."""
    comments = _own_comments(item)
    return Edit(item.path, Span(comments[0].start if comments else item.node.start, item.node.end))


def lines_with_comment(item: Item) -> list[str]:
    """Return the lines of a directive or section for writing them elsewhere, after the comment that is about it alone."""
    comments = [line for node in _own_comments(item) for line in _lines(node)]
    return [*comments, *lines_of(item)]


def _own_comments(item: Item) -> list[Node]:
    """Return the comments directly above that are about this item alone.

    A comment above several directives is about all of them, unless it names this directive or its subject.
    """
    node = item.node
    siblings = _siblings(item.file, item.wrapper)
    comments = _comments_above(siblings, node.start)
    below = next((other for other in siblings if other.start == node.end), None)
    is_alone = not isinstance(below, Directive)
    subjects = {item.key, *_SUBJECTS.get(item.key, ())}
    spoken = (comment.source.lower() for comment in comments if not _ALLOWS.match(comment.source))
    if is_alone or any(not subjects.isdisjoint(_WORD.findall(text)) for text in spoken):
        return comments
    return list(takewhile(lambda comment: _ALLOWS.match(comment.source), reversed(comments)))[::-1]


#: A comment that allows a finding of the next directive (``suppressions``).
_ALLOWS = expression(r"\s*#\s*modwsgi-fix:\s*allow\s")
#: Words that show that a comment is about a directive without naming it.
_SUBJECTS = {"wsgidaemonprocess": ("daemon", "daemons", "process", "processes", "thread", "threads")}
_WORD = expression(r"\w+")


def insert_above(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines before an item and the comment above it, outside of decided conditions around it."""
    return _above_comments(item, insert_outside(item, lines))


def _above_comments(item: Item, edit: Edit) -> Edit:
    """Return an insertion before an item or the conditions around it, moved above the comments there."""
    start = edit.span.start
    wrapper = item.wrapper if start == item.node.start else None
    comments = _comments_above(_siblings(item.file, wrapper), start)
    if not comments:
        return edit
    return Edit(item.path, Span(comments[0].start, comments[0].start), edit.text)


def _siblings(file: File, wrapper: Section | None) -> Sequence[Node]:
    return file.tree.children if wrapper is None else wrapper.children


def _comments_above(siblings: Sequence[Node], start: int) -> list[Node]:
    """Return the comments that end where a line begins, from the top."""
    found: list[Node] = []
    for node in reversed(siblings):
        if node.end == start and isinstance(node, Comment):
            found.insert(0, node)
            start = node.start
    return found


def _lines(comment: Node) -> Iterator[str]:
    """Yield a comment's lines without their indentation."""
    for line in comment.source.removesuffix("\n").split("\n"):
        yield line.removesuffix("\r").strip(" \t")
