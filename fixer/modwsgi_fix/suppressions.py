"""Comments by which an administrator says that a finding is intended.

httpd has no trailing comments, so these stand on lines of their own::

    # modwsgi-fix: allow NAME[, NAME] -- why        the next directive or section
    # modwsgi-fix: disable NAME                     from here to "enable NAME", or to the end of the file
    # modwsgi-fix: allow-file NAME                  the whole file
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from modwsgi_fix.expressions import expression
from modwsgi_fix.syntax import Blank, Comment, Node, Section, Tree
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_fix.tuples import NamedTuple

_COMMENT = expression(r"[ \t]*#[ \t]*modwsgi-fix:[ \t]*(allow-file|allow|disable|enable)[ \t]+([^\n]*)", re.ASCII)


class Suppression(NamedTuple):
    """Findings of rule ``name`` that begin within ``region`` are not reported. ``span`` is the comment.

    ``reason`` is what the comment says behind its two dashes, or empty.
    """

    name: str
    region: Span
    span: Span
    reason: str = ""


def suppressions(tree: Tree) -> list[Suppression]:
    """Return the suppressions that the comments of a file ask for, in file order."""
    found: list[Suppression] = []
    open_ranges: dict[str, tuple[int, Span, str]] = {}
    size = len(tree.source)
    if "modwsgi-fix:" not in tree.source:
        return found
    # In file order: a range may begin inside a section and end after it.
    for comment, following in sorted(_comments(tree), key=lambda pair: pair[0].start):
        match = _COMMENT.match(comment.source)
        if match is None:
            continue
        said, _, reason = match[2].partition("--")
        names = [name.strip() for name in said.split(",") if name.strip()]
        reason = reason.strip(WHITESPACE)
        start = comment.start + match.start(1)
        span = Span(start, comment.start + len(comment.source.rstrip(WHITESPACE)))
        for name in names:
            if match[1] == "allow":
                # A comment that nothing follows allows nothing, and is reported as unused.
                nothing = Span(comment.end, comment.end)
                found.append(Suppression(name, following.span if following else nothing, span, reason))
            elif match[1] == "allow-file":
                found.append(Suppression(name, Span(0, size + 1), span, reason))
            elif match[1] == "disable":
                open_ranges.setdefault(name, (comment.end, span, reason))
            elif name in open_ranges:
                begin, opened, why = open_ranges.pop(name)
                found.append(Suppression(name, Span(begin, comment.start), opened, why))
    for name, (begin, span, reason) in open_ranges.items():
        found.append(Suppression(name, Span(begin, size + 1), span, reason))
    return sorted(found, key=lambda suppression: suppression.span)


def comment(names: Iterable[str], reason: str) -> str:
    """Return the comment that allows findings of these rules in the next directive, without indentation and line end."""
    return f"# modwsgi-fix: allow {', '.join(names)}" + (f" -- {reason}" if reason else "")


def _comments(tree: Tree) -> Iterator[tuple[Comment, Node | None]]:
    """Yield every comment, with the directive or section that follows it at its level."""
    levels = [tree.children]
    levels += [node.children for node in tree.walk() if isinstance(node, Section)]  # type: ignore[misc]
    for children in levels:
        following: Node | None = None
        for node in reversed(children):
            if isinstance(node, Comment):
                yield node, following
            elif not isinstance(node, Blank):
                following = node


class Allowed:
    """The suppressions of one file, sorted so that those at a place are found without asking each."""

    def __init__(self, found: Iterable[Suppression]) -> None:
        self._found = sorted(found, key=lambda one: one.region)
        self._starts = [one.region.start for one in self._found]
        #: For each suppression the furthest end of its own region and all earlier ones.
        self._reach = list(accumulate((one.region.end for one in self._found), max))

    def at(self, offset: int) -> list[Suppression]:
        """Return the suppressions in whose region a character lies."""
        hits = []
        at = bisect_right(self._starts, offset) - 1
        while at >= 0 and self._reach[at] > offset:
            if offset in self._found[at].region:
                hits.append(self._found[at])
            at -= 1
        return hits


def allowed_by_rule(tree: Tree) -> dict[str, Allowed]:
    """Return the suppressions of a file, by the name of the rule."""
    by_rule: dict[str, list[Suppression]] = {}
    for suppression in suppressions(tree):
        by_rule.setdefault(suppression.name, []).append(suppression)
    return {name: Allowed(found) for name, found in by_rule.items()}
