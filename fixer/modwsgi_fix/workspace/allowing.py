"""Comments that allow what is found, written above the directives: ``--add-ignore``.

A comment is kept only where it does what it is for: the server is read again with all of them, and one that leaves its
finding in the report is taken back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.engine import Job, Rewritten, check, read
from modwsgi_fix.model.config import Config, File
from modwsgi_fix.records import Report
from modwsgi_fix.rule import UNUSED_SUPPRESSION, Diagnostic
from modwsgi_fix.suppressions import comment
from modwsgi_fix.syntax import Close, Directive, Section, Tree, is_opaque_section
from modwsgi_fix.text import Span
from modwsgi_fix.workspace import shipped
from modwsgi_fix.workspace.session import Session, checked

_BLANKS = re.compile(r"[ \t]*")

#: The names of rules to allow, by the key of a file and the offset of a directive in it.
_Names = Mapping[tuple[str, int], frozenset[str]]


class Left(NamedTuple):
    """A finding that no comment was written for, and why."""

    file: str
    line: int
    rule: str
    reason: str


class Allowing(NamedTuple):
    """What comments come to: the ``files`` with them, how many ``comments`` allow how many ``findings``, the findings that
    are ``left``, and the ``report`` afterwards."""

    files: tuple[Rewritten, ...]
    comments: int
    findings: int
    left: tuple[Left, ...]
    report: Report


def allowing(session: Session, reason: str, obstacle: Callable[[str], str | None]) -> Allowing:
    """Return what it takes to allow all that is found, with a reason, which may be empty. Nothing is written.

    ``obstacle`` says of a file's key why it cannot be written, or None.
    """
    jobs, configs = session.plan.jobs, session.configs
    servers = Counter(path for config in configs for path in config.files)
    found, _ = shipped.without(jobs, configs, [check(job, config) for job, config in zip(jobs, configs, strict=True)])
    wanted: dict[tuple[str, int], set[str]] = {}
    asked: dict[tuple[str, int, str], list[Left]] = {}
    left: dict[Left, None] = {}
    places = _Places()
    stops: dict[str, str | None] = {}
    for config, each in zip(configs, found, strict=True):
        for one in each:
            source = config.source(one.path)
            told = Left(source.name, source.lines.position(one.span.start).line, one.rule, "")
            file = config.files.get(one.path)
            if one.path not in stops:
                stops[one.path] = _obstacle(file, servers[one.path]) or obstacle(one.path)
            node = None if file is None else places.at(file.tree, one.span.start)
            why = stops[one.path] or _misplaced(one, node)
            if why or node is None:
                left[told._replace(reason=why or "")] = None
            else:
                wanted.setdefault((one.path, node.start), set()).add(one.rule)
                asked.setdefault((one.path, node.start, one.rule), []).append(told)
    names = {place: frozenset(rules) for place, rules in wanted.items()}
    edits, after = _written(jobs, configs, names, reason)
    while useless := _useless(jobs, after, names, edits, places):
        for path, start, rule in useless:
            left |= dict.fromkeys(
                one._replace(reason="a comment does not keep it out of the report") for one in asked[path, start, rule]
            )
        names = {
            (path, start): kept
            for (path, start), rules in names.items()
            if (kept := frozenset(rule for rule in rules if (path, start, rule) not in useless))
        }
        edits, after = _written(jobs, configs, names, reason)
    files = {file.path: file for config in configs for file in config.files.values()}
    return Allowing(
        tuple(
            Rewritten(path, files[path].name, files[path].text, apply(files[path].text, each), tuple(each))
            for path, each in edits.items()
        ),
        len(names),
        sum(len({*asked[path, start, rule]}) for (path, start), rules in names.items() for rule in rules),
        tuple(left),
        checked(session._replace(configs=after), marked=False),
    )


def _obstacle(file: File | None, servers: int) -> str | None:
    """Return why no comment can stand in a file, or None."""
    if file is None:
        return "in Python it would be a comment of the script"
    if file.template:
        return "the file is a template"
    if file.readings > 1 or servers > 1:
        return "the file is read more than once, and a comment would count each time"
    return None if file.writable else "the file lies outside the given paths"


def _misplaced(one: Diagnostic, node: Directive | None) -> str | None:
    """Return why a finding has no place for a comment, or None."""
    if one.rule == UNUSED_SUPPRESSION.name:
        return "delete the comment that it is about"
    if node is None:
        return "there is no directive at its place"
    if node.start == 0 and node.text.startswith("\ufeff"):
        return "nothing may stand above a byte order mark"
    return None


class _Places:
    """The directives of files by place."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Tree, list[int], list[tuple[int, Directive]]]] = {}

    def at(self, tree: Tree, offset: int) -> Directive | None:
        """Return the directive or section on whose own lines an offset lies; None on those of a comment, or between."""
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
    """Yield the lines of each directive, the opening and the closing ones of a section, with what they belong to."""
    behind = 0
    for node in tree.walk():
        if node.start < behind or not isinstance(node, Directive) or isinstance(node, Close):
            continue
        if not isinstance(node, Section):
            yield node.span, node
        elif is_opaque_section(node.key):
            # Its body is in another language, which may have other comments.
            behind = node.end
            yield node.span, node
        else:
            yield node.head_span, node
            if node.close is not None:
                yield node.close.span, node


def _written(
    jobs: Sequence[Job], configs: Sequence[Config], names: _Names, reason: str
) -> tuple[dict[str, list[Edit]], tuple[Config, ...]]:
    """Return the edits that write comments, by file, and the servers with them."""
    edits: dict[str, list[Edit]] = {}
    by_path: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for (path, start), rules in sorted(names.items(), key=lambda pair: pair[0]):
        by_path.setdefault(path, []).append((start, rules))
    after = []
    for job, config in zip(jobs, configs, strict=True):
        texts = {}
        for path, file in config.files.items():
            if path in by_path:
                edits[path] = [_comment(file, start, rules, reason) for start, rules in by_path[path]]
                texts[path] = apply(file.text, edits[path])
        after.append(read(job, texts) if texts else config)
    return edits, tuple(after)


def _comment(file: File, start: int, rules: frozenset[str], reason: str) -> Edit:
    """Return the edit that writes a comment above a line, as that one is indented and ends."""
    text = file.text
    indent = _BLANKS.match(text, start)
    end = text.find("\n", start)
    newline = file.newline if end < 0 else "\r\n" if text[end - 1 : end] == "\r" else "\n"
    return Edit(
        file.path, Span(start, start), f"{indent[0] if indent else ''}{comment(sorted(rules), reason)}{newline}"
    )


def _useless(
    jobs: Sequence[Job], after: Sequence[Config], names: _Names, edits: Mapping[str, Sequence[Edit]], places: _Places
) -> set[tuple[str, int, str]]:
    """Return the comments, as file, place and name of the rule, that leave what they allow in the report or allow nothing."""
    # Where each comment begins, and the line under it, in the files as they are then.
    began: dict[tuple[str, int], int] = {}
    for path, each in edits.items():
        shift = 0
        for edit in each:
            start = edit.span.start
            began[path, start + shift] = start
            shift += len(edit.text)
            began[path, start + shift] = start
    useless = set()
    for job, config in zip(jobs, after, strict=True):
        for one in check(job, config):
            file = config.files.get(one.path)
            if file is None or one.path not in edits:
                continue
            if one.rule == UNUSED_SUPPRESSION.name:
                line = file.lines.line_span(file.lines.position(one.span.start).line).start
                start = began.get((one.path, line), -1)
                useless |= {(one.path, start, rule) for rule in names.get((one.path, start), ())}
            elif (node := places.at(file.tree, one.span.start)) is not None:
                start = began.get((one.path, node.start), -1)
                if one.rule in names.get((one.path, start), ()):
                    useless.add((one.path, start, one.rule))
    return useless
