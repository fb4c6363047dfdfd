"""The lines that let everyone in, and how they are removed with the comments about them."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import Access
from modwsgi_fix.model.merge.sections import files_match
from modwsgi_fix.syntax import Comment, Directive, Node, Section
from modwsgi_fix.text import Span

#: Names of files so unlike each other that a pattern for all of them is one for every file.
_NAMES = ("a", "settings.py", ".htpasswd", "app.wsgi", "db.sqlite3", "README", "x.css")


def is_for_every_file(section: Item) -> bool:
    """Whether a ``<Files>`` stands outside of any directory and matches every name."""
    return bool(section.args) and not section.sections and all(files_match(section, name) is True for name in _NAMES)


def inactive(section: Item) -> list[Directive]:
    """Return the directives of branches that are not read, such as ``<IfVersion < 2.4>``."""
    node = section.node
    assert isinstance(node, Section)
    read: set[int] = set()
    stack = [section]
    while stack:
        children = stack.pop().children
        read |= {item.node.start for item in children}
        stack += [item for item in children if item.children]
    return [one for one in _held(node) if one.start not in read]


def only_grants(node: Directive) -> bool:
    """Whether a line lets everyone in, or is an Order."""
    values = [word.value.lower() for word in node.args]
    return node.key == "order" or (node.key, values) in (("allow", ["from", "all"]), ("require", ["all", "granted"]))


def take_out(access: Access) -> list[Edit]:
    """Return the edits that remove the grant, with the conditions and the section that held nothing else.

    A comment directly above a removed line, or in a removed section, is about it and is removed, too. A comment above the
    Location stays, and is separated from the next line.
    """
    section = access.section
    gone = {line.node.start for line in access.lines_that_grant} | {node.start for node in inactive(section)}
    edits: list[Edit] = []
    stack: list[tuple[Node, int, str]] = [(section.node, section.node.start, _parting(section))]
    while stack:
        node, start, instead = stack.pop()
        if isinstance(node, Section):
            if all(one.start in gone for one in _held(node)):
                edits.append(Edit(section.path, Span(start, node.end), instead))
            elif node is section.node or node.key in CONDITIONS:
                stack += [(child, _from_comments(node.children, child), "") for child in node.children]
        elif node.start in gone:
            edits.append(Edit(section.path, Span(start, node.end)))
    return edits


def _from_comments(siblings: Sequence[Node], node: Node) -> int:
    """Return where a node begins with the comments directly above it."""
    start = node.start
    for sibling in reversed(siblings):
        if sibling.end == start and isinstance(sibling, Comment):
            start = sibling.start
    return start


def _parting(section: Item) -> str:
    """Return a blank line where a comment above the section would otherwise seem to be about the next line."""
    siblings = section.wrapper.children if section.wrapper is not None else section.file.tree.children
    above = any(one.end == section.node.start and isinstance(one, Comment) for one in siblings)
    below = any(one.start == section.node.end and isinstance(one, (Directive, Comment)) for one in siblings)
    return section.file.newline if above and below else ""


def _held(node: Section) -> list[Directive]:
    """Return what a section holds, at any depth, but for conditions."""
    found: list[Directive] = []
    stack = [node]
    while stack:
        inner = [one for one in stack.pop().children if isinstance(one, Directive)]
        stack += [one for one in inner if isinstance(one, Section)]
        found += [one for one in inner if not (isinstance(one, Section) and one.key in CONDITIONS)]
    return found
