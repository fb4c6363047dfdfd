"""Comments by which an administrator says that a finding is meant so.

httpd has no trailing comments, so they stand on lines of their own::

    # modwsgi-fix: allow NAME[, NAME] -- why        the next directive or section
    # modwsgi-fix: disable NAME                     from here to "enable NAME", or to the end of the file
    # modwsgi-fix: allow-file NAME                  the whole file
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.syntax import Blank, Comment, Node, Section, Tree
from modwsgi_fix.text import WHITESPACE, Span

_COMMENT = re.compile(r"[ \t]*#[ \t]*modwsgi-fix:[ \t]*(allow-file|allow|disable|enable)[ \t]+([^\n]*)", re.ASCII)


class Suppression(NamedTuple):
    """Findings of rule ``name`` that begin within ``region`` are not reported. ``span`` is the comment."""

    name: str
    region: Span
    span: Span


def suppressions(tree: Tree) -> list[Suppression]:
    """What the comments of a file ask for, in file order."""
    found: list[Suppression] = []
    open_ranges: dict[str, tuple[int, Span]] = {}
    size = len(tree.source)
    if "modwsgi-fix:" not in tree.source:
        return found
    # In file order: a range may begin inside a section and end behind it.
    for comment, following in sorted(_comments(tree), key=lambda pair: pair[0].start):
        match = _COMMENT.match(comment.source)
        if match is None:
            continue
        names = [name.strip() for name in match[2].partition("--")[0].split(",") if name.strip()]
        start = comment.start + match.start(1)
        span = Span(start, comment.start + len(comment.source.rstrip(WHITESPACE)))
        for name in names:
            if match[1] == "allow":
                # Where nothing follows it allows nothing, and is reported as unused.
                nothing = Span(comment.end, comment.end)
                found.append(Suppression(name, following.span if following else nothing, span))
            elif match[1] == "allow-file":
                found.append(Suppression(name, Span(0, size + 1), span))
            elif match[1] == "disable":
                open_ranges.setdefault(name, (comment.end, span))
            elif name in open_ranges:
                begin, opened = open_ranges.pop(name)
                found.append(Suppression(name, Span(begin, comment.start), opened))
    found += [Suppression(name, Span(begin, size + 1), span) for name, (begin, span) in open_ranges.items()]
    return sorted(found, key=lambda suppression: suppression.span)


def _comments(tree: Tree) -> Iterator[tuple[Comment, Node | None]]:
    """Every comment, with the directive or section that follows it at its level."""
    levels = [tree.children]
    levels += [node.children for node in tree.walk() if isinstance(node, Section)]  # type: ignore[misc]
    for children in levels:
        for at, node in enumerate(children):
            if isinstance(node, Comment):
                rest = (other for other in children[at + 1 :] if not isinstance(other, (Blank, Comment)))
                yield node, next(rest, None)
