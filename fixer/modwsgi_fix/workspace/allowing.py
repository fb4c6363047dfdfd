"""Comments that allow what is found, written above the directives: ``--add-ignore``.

A comment is kept only where it takes effect: the server is read again with all comments, and a comment that leaves its finding
in the report is removed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.engine import Job, Rewritten, check, read
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.records import Report
from modwsgi_fix.rule import UNUSED_SUPPRESSION, Diagnostic
from modwsgi_fix.suppressions import comment
from modwsgi_fix.syntax import Close, Directive, Section, Tree, is_opaque_section
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import shipped
from modwsgi_fix.workspace.session import Session, checked

_BLANKS = expression(r"[ \t]*")

_PYTHON = "in Python it would be a comment of the script"

#: A comment to write: the key of a file, the offset of a directive in it, the name of a rule.
_Comment = tuple[str, int, str]


#: How often comments are added for findings that come up with the other comments.
_ROUNDS = 10


class Left(NamedTuple):
    """A finding without a comment: its line ``before`` and ``after`` the other comments were written, and the reason."""

    file: str
    before: int
    after: int
    rule: str
    reason: str


class Allowing(NamedTuple):
    """The ``files`` with new comments, the number of ``comments``, the findings that are ``left``, and the ``report`` then."""

    files: tuple[Rewritten, ...]
    comments: int
    left: tuple[Left, ...]
    report: Report


def allowing(session: Session, reason: str, obstacle: Callable[[str], str | None]) -> Allowing:
    """Return the changes that allow all findings, with a reason, which may be empty. Nothing is written.

    ``obstacle`` returns why a file, by its key, cannot be written, or None. A rule that reports several places at once may
    report others once one of them is allowed. These get comments, too, and comments that turn out to allow nothing are
    removed.
    """
    jobs, before = session.plan.jobs, session.configs
    files = {file.path: file for config in before for file in config.files.values()}
    servers = Counter(path for config in before for path in config.files)
    stops = {path: _obstacle(file, servers[path]) or obstacle(path) for path, file in files.items()}
    places = _Places()
    wanted: set[_Comment] = set()
    useless: set[_Comment] = set()
    edits, after = dict[str, list[Edit]](), before
    left: dict[Left, None] = {}
    for turn in range(2 * _ROUNDS):
        moved = {path: _Moved(each) for path, each in edits.items()}
        more, back = set[_Comment](), set[_Comment]()
        at_place: dict[tuple[str, int], set[_Comment]] = {}
        for known in wanted:
            at_place.setdefault(known[:2], set()).add(known)
        left = {}
        for config, each in zip(after, _found(jobs, after), strict=True):
            for diagnostic in each:
                file = config.files.get(diagnostic.path)
                node = None if file is None else places.at(file.tree, diagnostic.span.start)
                why = _PYTHON if file is None else stops[diagnostic.path] or _misplaced(diagnostic, node)
                origin_of = moved[diagnostic.path].origin if diagnostic.path in moved else int
                if diagnostic.rule == UNUSED_SUPPRESSION.name and diagnostic.path in moved:
                    start = moved[diagnostic.path].commented(diagnostic.span.start)
                    # A comment that allows nothing is reported once for each name in it.
                    back |= {
                        known
                        for known in at_place.get((diagnostic.path, start), ())
                        if f" {known[2]};" in diagnostic.message
                    }
                elif why is None and node is not None:
                    start = origin_of(node.start)
                    comment = (diagnostic.path, start, diagnostic.rule)
                    (back if comment in wanted else more).add(comment)
                    if turn and file is not None:
                        nodes = (
                            places.at(file.tree, r.span.start) for r in diagnostic.related if r.path == diagnostic.path
                        )
                        more |= (
                            {(diagnostic.path, origin_of(node.start), diagnostic.rule) for node in nodes if node}
                            - {comment}
                            - wanted
                        )
                source = config.source(diagnostic.path)
                first = files[diagnostic.path].lines if file is not None else source.lines
                line = first.position(origin_of(diagnostic.span.start)).line
                why = why or "a comment does not keep it out of the report"
                left[
                    Left(source.name, line, source.lines.position(diagnostic.span.start).line, diagnostic.rule, why)
                ] = None
        useless |= back
        changed = (wanted | (more if turn < _ROUNDS else set())) - useless
        if changed == wanted:
            break
        wanted = changed
        edits, after = _written(jobs, before, wanted, reason)
    rewritten = (
        Rewritten(path, files[path].name, files[path].text, apply(files[path].text, each), tuple(each))
        for path, each in edits.items()
    )
    report = checked(session._replace(configs=after), marked=False)
    return Allowing(tuple(rewritten), sum(map(len, edits.values())), tuple(left), report)


def _found(jobs: Sequence[Job], configs: Sequence[Config]) -> list[list[Diagnostic]]:
    every = [check(job, config) for job, config in zip(jobs, configs, strict=True)]
    return shipped.without(jobs, configs, every)[0]


class _Moved:
    """The original offsets of a file's text after comments were added."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._origins = [edit.span.start for edit in edits]
        self._shifts = [0, *accumulate(len(edit.text) for edit in edits)]
        #: The offset where each comment begins.
        self._begins = [start + shift for start, shift in zip(self._origins, self._shifts, strict=False)]

    def origin(self, offset: int) -> int:
        """Return the offset before comments were added; for an offset in a comment, that of the line below it."""
        at = bisect_right(self._begins, offset)
        return max(offset - self._shifts[at], self._origins[at - 1]) if at else offset

    def commented(self, offset: int) -> int:
        """Return the original offset of the line below the new comment at an offset; -1 outside of comments."""
        at = bisect_right(self._begins, offset) - 1
        inside = at >= 0 and offset < self._begins[at] + self._shifts[at + 1] - self._shifts[at]
        return self._origins[at] if inside else -1


def _obstacle(file: File, servers: int) -> str | None:
    """Return why no comment can be written to a file, or None."""
    if file.template:
        return "the file is a template"
    if file.readings > 1 or servers > 1:
        return "the file is read more than once, and a comment would count each time"
    return None if file.writable else "the file lies outside the given paths"


def _misplaced(diagnostic: Diagnostic, node: Directive | None) -> str | None:
    """Return why a finding cannot have a comment, or None."""
    if diagnostic.rule == UNUSED_SUPPRESSION.name:
        return "delete the comment that it is about"
    if node is None:
        return "there is no directive at its place"
    if node.start == 0 and node.text.startswith("\ufeff"):
        return "nothing may stand above a byte order mark"
    return None


class _Places:
    """The directives of files, found by offset."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Tree, list[int], list[tuple[int, Directive]]]] = {}

    def at(self, tree: Tree, offset: int) -> Directive | None:
        """Return the directive or section on whose own lines an offset lies; None on a comment's or other lines."""
        if id(tree) not in self._known:
            heads = sorted(_heads(tree), key=lambda head: head[0].start)
            self._known[id(tree)] = (
                tree,
                [span.start for span, _ in heads],
                [(span.end, node) for span, node in heads],
            )
        _, starts, ends = self._known[id(tree)]
        at = bisect_right(starts, offset) - 1
        return ends[at][1] if at >= 0 and offset < ends[at][0] else None


def _heads(tree: Tree) -> Iterator[tuple[Span, Directive]]:
    """Yield the lines of each directive, and the opening and closing lines of each section, with their node."""
    behind = 0
    for node in tree.walk():
        if node.start < behind or not isinstance(node, Directive) or isinstance(node, Close):
            continue
        if not isinstance(node, Section):
            yield node.span, node
        elif is_opaque_section(node.key):
            # The body is in another language, which may have other comments.
            behind = node.end
            yield node.span, node
        else:
            yield node.head_span, node
            if node.close is not None:
                yield node.close.span, node


def _written(
    jobs: Sequence[Job], configs: Sequence[Config], wanted: Iterable[_Comment], reason: str
) -> tuple[dict[str, list[Edit]], tuple[Config, ...]]:
    """Return the edits that write comments, by file, and the servers with them."""
    names: dict[str, dict[int, list[str]]] = {}
    for path, start, rule in sorted(wanted):
        names.setdefault(path, {}).setdefault(start, []).append(rule)
    edits: dict[str, list[Edit]] = {}
    after = []
    for job, config in zip(jobs, configs, strict=True):
        texts = {}
        for path, file in config.files.items():
            if path in names:
                edits[path] = [_comment(file, start, rules, reason) for start, rules in names[path].items()]
                texts[path] = apply(file.text, edits[path])
        after.append(read(job, texts) if texts else config)
    return edits, tuple(after)


def _comment(file: File, start: int, rules: Sequence[str], reason: str) -> Edit:
    """Return the edit that writes a comment above a line, with the indentation and line end of that line."""
    text = file.text
    indent = _BLANKS.match(text, start)
    end = text.find("\n", start)
    newline = file.newline if end < 0 else "\r\n" if text[end - 1 : end] == "\r" else "\n"
    return Edit(file.path, Span(start, start), f"{indent[0] if indent else ''}{comment(rules, reason)}{newline}")
