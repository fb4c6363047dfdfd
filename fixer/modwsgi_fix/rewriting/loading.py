"""LoadModule lines for modules that a server lacks, in the style of the lines that it has.

In a list of such lines the new ones come at its end. Where each module has a file of its own, which ``mods-enabled/*.load``
includes, they follow that Include: ``a2enmod`` makes links, and an edit cannot.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import MPMS
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import server_root
from modwsgi_fix.model.reading.conditions import module_asked
from modwsgi_fix.rewriting.lines import block, insert_after
from modwsgi_fix.syntax import Comment, Directive, Node, Section
from modwsgi_fix.text import Span

#: A directory of modules that has this one is httpd 2.4's.
_OF_24 = "mod_authz_core.so"
#: What is said above an MPM that is loaded apart from the others.
_ABOUT_MPM = "# The MPM, which httpd 2.2 had compiled in."


def load(config: Config, names: Sequence[str], like: Item, *, about: Sequence[str] = ()) -> tuple[Edit, ...]:
    """Return the edits that load modules, named without ``_module``, by lines like that one; none where that cannot be said.

    ``about`` are comments above them. An MPM is loaded above the conditions of the file that ask for one, which httpd would
    not read otherwise.
    """
    anchor = _anchor(config, like)
    if anchor is None or any(name in absent(config, names, like) for name in names):
        return ()
    lines = {name: _line(like, name) for name in names}
    if not all(lines.values()):
        return ()
    mpms = [name for name in names if name in MPMS]
    asking = _first_asking(anchor) if mpms else None
    above = mpms if asking is not None else []
    rest = [lines[name] for name in names if name not in above]
    edits = [insert_after(anchor, [*about, *rest])] if rest else []
    if asking is not None:
        text = block(anchor.file, "", [_ABOUT_MPM, *(lines[name] for name in above), ""])
        edits.insert(0, Edit(anchor.path, Span(asking, asking), text))
    return tuple(edits)


def absent(config: Config, names: Sequence[str], like: Item) -> list[str]:
    """Return those of the modules whose file certainly is not there: ``--root`` shows the modules of httpd 2.4 without it."""
    if config.disk is None or len(like.values) != 2:
        return []
    directory = posixpath.join(server_root(config), posixpath.dirname(like.values[1]))
    if not config.disk.is_file(posixpath.join(directory, _OF_24)):
        return []
    return [name for name in names if not config.disk.is_file(posixpath.join(directory, f"mod_{name}.so"))]


def _line(like: Item, name: str) -> str:
    """Return the line that loads a module, its path written as that of a line like it; empty where that has another form."""
    own = f"mod_{like.value.removesuffix('_module')}.so"
    written = like.args[1].written if len(like.args) == 2 else ""
    start, end = like.args[1].span if written else (0, 0)
    if written.count(own) != 1:
        return ""
    path = like.file.text[start:end].replace(own, f"mod_{name}.so")
    return f"{like.name} {name}_module {path}"


def _anchor(config: Config, like: Item) -> Item | None:
    """Return the directive after which new lines belong: the last of its list, or the Include of a file for each module."""
    anchor = like
    if like.path != next(iter(config.files)) and like.path.endswith(".load"):
        includes = [item for item in config.named("include", "includeoptional") if item.value.endswith("*.load")]
        if len(includes) != 1:
            return None
        anchor = includes[0]
    else:
        for item in _following(config, like):
            anchor = item
    is_plain = not anchor.guards and not anchor.foreign and anchor.server.is_main and anchor.parent is None
    return anchor if is_plain and anchor.file.writable and len(config.readings(anchor)) == 1 else None


def _following(config: Config, like: Item) -> Iterator[Item]:
    """Yield the lines of the list that a line stands in which come after it, without those that a condition decides about."""
    lines = config.named("loadmodule")
    siblings: Sequence[Node] = like.file.tree.children if like.wrapper is None else like.wrapper.children
    followers = {node.start for node in _run(siblings, like.node)}
    for item in lines:
        if item.file is like.file and item.wrapper is like.wrapper and item.node.start in followers and not item.guards:
            yield item


def _run(siblings: Sequence[Node], node: Node) -> Iterator[Node]:
    """Yield the LoadModule lines after a node, until a directive of another name comes."""
    for sibling in siblings:
        if sibling.start <= node.start:
            continue
        if isinstance(sibling, Section) or (isinstance(sibling, Directive) and sibling.key != "loadmodule"):
            return
        if isinstance(sibling, Directive):
            yield sibling


def _first_asking(anchor: Item) -> int | None:
    """Return where the first condition above begins that asks for an MPM, with the comments above it; None without one."""
    start: int | None = None
    for node in anchor.file.tree.children:
        if node.start >= anchor.node.start:
            break
        asked = node.args[0].value if isinstance(node, Section) and node.key == "ifmodule" and node.args else ""
        if module_asked(asked.removeprefix("!")) in MPMS:
            return node.start if start is None else start
        start = (node.start if start is None else start) if isinstance(node, Comment) else None
    return None
