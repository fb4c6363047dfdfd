"""One server as httpd reads it: files joined by Include, variables expanded, conditions weighed, macros used.

``reader.load`` turns files into a ``Config``: a flat list of ``Item``, each one reading of one directive. A file that
is included twice is read twice, so one syntax node may have many items; an edit must be right for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.placeholders import tags, template_of
from modwsgi_fix.syntax import Directive, Section, Tree
from modwsgi_fix.syntax.secrets import without_secrets
from modwsgi_fix.text import LineIndex, Span

if TYPE_CHECKING:
    from modwsgi_fix.model.bounds import Endless
    from modwsgi_fix.model.gaps import Gap
    from modwsgi_fix.model.rule_settings import Setting

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Target:
    """The versions that the configuration is meant for.

    ``mod_wsgi`` None means 4.9 up to the latest, ``python`` None a Python 3 of which no more is known.
    """

    httpd: tuple[int, ...] = (2, 4)
    mod_wsgi: tuple[int, ...] | None = None
    python: tuple[int, ...] | None = None

    @property
    def is_22(self) -> bool:
        """True for httpd 2.2 and before: other access control, name-based hosts by NameVirtualHost."""
        return self.httpd < (2, 3)


class Guard(NamedTuple):
    """A condition that cannot be decided from the files: ``IfDefine SSL``, or its negation."""

    kind: str
    test: str
    negated: bool


class Arg(NamedTuple):
    """An argument as httpd sees it: value with variables expanded, span of the word (with quotes) in the file.

    ``known`` is False where a variable is undefined and stands there literally. ``written`` is before expansion.
    """

    value: str
    span: Span
    known: bool
    written: str


class Script:
    """A WSGI script that the configuration names and that could be read.

    ``path`` is its key, ``place`` the path by which the configuration has it, which is the script's ``__file__``.
    """

    def __init__(self, path: str, name: str, text: str, *, place: str, writable: bool, quotable: bool) -> None:
        self.path = path
        self.place = place
        self.name = name
        self.text = text
        self.writable = writable
        self.quotable = quotable
        #: Why libcst did not read it for a rule that asked; empty where it did, or was not asked.
        self.not_read = ""

    @cached_property
    def lines(self) -> LineIndex:
        """Lines and columns of the script."""
        return LineIndex(self.text)

    def __repr__(self) -> str:
        return f"Script({self.name!r})"


class File:
    """A configuration file that was read. ``path`` is its key (links resolved), ``name`` what to show."""

    def __init__(self, path: str, name: str, tree: Tree, *, writable: bool, quotable: bool) -> None:
        self.path = path
        self.name = name
        self.tree = tree
        #: False for a file outside the given paths: it is read, and never changed.
        self.writable = writable
        #: False where what the file says must not be printed (``Source.quotable``).
        self.quotable = quotable
        #: How many times this server reads it.
        self.readings = 0
        #: The text as it is on the disk, where another one with the same lines stood in for it; else None.
        self.whole: str | None = None

    @property
    def text(self) -> str:
        return self.tree.source

    @property
    def lines(self) -> LineIndex:
        """Lines and columns of the file."""
        return self.tree.lines

    @cached_property
    def shown(self) -> LineIndex:
        """The lines to show of it: those on the disk, without secrets."""
        text = self.text if self.whole is None else self.whole
        shown = without_secrets(self.tree, text)
        return self.tree.lines if shown is self.text else LineIndex(shown)

    @cached_property
    def template(self) -> str:
        """What is yet to fill this file in (``ERB``); empty for one that httpd reads as it stands."""
        return template_of(self.path, self.tree.source)

    @cached_property
    def tags(self) -> list[tuple[int, int]]:
        """Where the tags of a template stand, in order; none in a file that is no template."""
        return tags(self.tree.source) if self.template else []

    def in_tag(self, span: Span) -> bool:
        """Whether a span has a part of a template's tag in it, or is an insertion into one."""
        return any(start < span.end and span.start < end for start, end in self.tags)

    @cached_property
    def newline(self) -> str:
        """The line end of the first line."""
        at = self.tree.source.find("\n")
        return "\r\n" if at > 0 and self.tree.source[at - 1] == "\r" else "\n"

    @cached_property
    def unit(self) -> str:
        """One step of indentation, as the first indented line inside a section has it; four blanks by default."""
        for node in self.tree.walk():
            if isinstance(node, Section):
                for child in node.children:
                    if isinstance(child, Directive) and child.indent.startswith(node.indent):
                        step = child.indent[len(node.indent) :]
                        if step:
                            return step
        return "    "

    def __repr__(self) -> str:
        return f"File({self.name!r})"


class Server:
    """The main server (``item`` None) or one virtual host."""

    def __init__(self, item: Item | None) -> None:
        self.item = item
        #: What stands at the server's own level, in reading order: directives, and sections with their ``children``.
        self.items: list[Item] = []
        self._by_key: dict[str, list[Item]] = {}
        self._counted = 0

    @property
    def is_main(self) -> bool:
        return self.item is None

    def __repr__(self) -> str:
        return f"Server({self.item!r})"

    def last(self, key: str) -> Item | None:
        """The last directive of that name at the server's own level: for most settings it is the one that counts."""
        found = self._index().get(key)
        return found[-1] if found else None

    def all(self, *keys: str) -> list[Item]:
        """The directives of these names at the server's own level, in order."""
        index = self._index()
        found = [item for key in dict.fromkeys(keys) for item in index.get(key, ())]
        return sorted(found, key=lambda item: item.index) if len(keys) > 1 else found

    def _index(self) -> dict[str, list[Item]]:
        """The items by name; the main server of many hosts has thousands, and is asked for a few, often."""
        for item in self.items[self._counted :] if self._counted < len(self.items) else ():
            self._by_key.setdefault(item.key, []).append(item)
        self._counted = len(self.items)
        return self._by_key

    def walk(self) -> Iterator[Item]:
        """Every item of the server, sections before what they hold; not those of virtual hosts inside the main server."""
        stack = [iter(self.items)]
        while stack:
            item = next(stack[-1], None)
            if item is None:
                stack.pop()
                continue
            yield item
            if item.children and item.key != "virtualhost":
                stack.append(iter(item.children))


class Item:
    """One reading of a directive or section.

    ``parent`` is the enclosing section, conditions (``<IfModule>`` ...) left out; ``guards`` are those conditions around
    it which could not be decided; ``index`` orders items as httpd reads them. ``foreign`` is True where the text is not
    this item's alone to edit: the body of a used macro.
    """

    __slots__ = (
        "access", "args", "children", "file", "foreign", "guards", "index", "key", "node", "parent", "server", "wrapper",
    )  # fmt: skip

    def __init__(
        self,
        file: File,
        node: Directive,
        args: tuple[Arg, ...],
        parent: Item | None,
        server: Server,
        guards: tuple[Guard, ...],
        index: int,
        *,
        foreign: bool,
        wrapper: Section | None,
    ) -> None:
        self.file = file
        self.node = node
        self.key = node.key
        self.args = args
        self.parent = parent
        self.server = server
        self.guards = guards
        self.index = index
        self.foreign = foreign
        #: The syntax section that directly holds it in its file, a condition included; None at the top of the file.
        self.wrapper = wrapper
        self.children: list[Item] = []
        #: What ``merge.access.access_of`` says of a section, once it was asked.
        self.access: Any = None

    def __repr__(self) -> str:
        return f"<{self.file.name}:{self.line} {self.node.name} {' '.join(arg.value for arg in self.args)}>"

    @property
    def name(self) -> str:
        """The name as it is written."""
        return self.node.name

    @property
    def path(self) -> str:
        """The key of the file it stands in."""
        return self.file.path

    @property
    def span(self) -> Span:
        """From the name to the end of the last argument; for a section, of its opening line."""
        return self.node.body_span

    @property
    def line(self) -> int:
        """The line (from 1) of its name."""
        return self.file.tree.lines.position(self.node.name_span.start).line

    @property
    def is_section(self) -> bool:
        return isinstance(self.node, Section)

    @property
    def values(self) -> tuple[str, ...]:
        """The arguments' values."""
        return tuple(arg.value for arg in self.args)

    @property
    def value(self) -> str:
        """The first argument, or an empty string."""
        return self.args[0].value if self.args else ""

    @property
    def known(self) -> bool:
        """True when no argument holds an undefined variable."""
        return False not in [arg.known for arg in self.args]

    @property
    def sections(self) -> tuple[Item, ...]:
        """The sections around it, outermost first, without ``<VirtualHost>``."""
        found: list[Item] = []
        parent = self.parent
        while parent is not None and parent.key != "virtualhost":
            found.append(parent)
            parent = parent.parent
        return tuple(reversed(found))

    def section(self, *keys: str) -> Item | None:
        """The innermost enclosing section of one of these names."""
        return next((section for section in reversed(self.sections) if section.key in keys), None)

    def excludes(self, other: Item) -> bool:
        """True when the two can never be read together: they stand in opposite branches of one condition."""
        return any(Guard(g.kind, g.test, not g.negated) in other.guards for g in self.guards)

    @property
    def in_doubt(self) -> bool:
        """True where it may well be left out: it hangs on a condition other than that some module is there.

        What stands in ``<IfModule mod_ssl.c>`` is meant to be read, and does nothing where it is not.
        """
        return any(guard.kind != "ifmodule" or guard.negated for guard in self.guards)

    def accompanies(self, other: Item) -> bool:
        """True when this one is read whenever the other is."""
        return set(self.guards) <= set(other.guards)


class Config:
    """A whole server, or fragments of one."""

    def __init__(
        self,
        files: Mapping[str, File],
        items: Sequence[Item],
        servers: Sequence[Server],
        gaps: Sequence[Gap],
        *,
        unmatched: Sequence[Item],
        unseen: Sequence[Item],
        endless: Sequence[Endless],
        left_out: str,
        complete: bool,
        target: Target,
        disk: Files | None,
        options: Mapping[str, Mapping[str, object]],
        variables: Mapping[str, str],
        read: Callable[[str], Script | FileProblem | None],
        named_scripts: Sequence[Script] = (),
        unread: Sequence[FileProblem] = (),
        skipped: Sequence[tuple[str, str]] = (),
        shown_within: tuple[str, ...] = (),
        denies: str = "",
        known_directives: Set[str] = frozenset(),
        again: Callable[[Mapping[str, str], str], Config] | None = None,
    ) -> None:
        #: By key, in the order first read.
        self.files = files
        #: Every directive and section that is or may be in force, in reading order; conditions themselves left out.
        self.items = items
        #: The main server, then the virtual hosts in order.
        self.servers = servers
        self.gaps = gaps
        #: As ``Source.shown_within``.
        self.shown_within = shown_within
        #: As ``Source.denies``.
        self.denies = denies
        #: As ``Source.directives``.
        self.known_directives = known_directives
        self._again = again
        #: The Includes whose wildcard no file matches, of a complete server.
        self.unmatched = unmatched
        #: The Includes with a wildcard whose directory is not among the files that are read, optional ones too.
        self.unseen = unseen
        #: The Includes and Uses that lead back to themselves; they are not followed.
        self.endless = endless
        #: Why some of the server was left out, for a limit that is ours; empty where all was read.
        self.left_out = left_out
        #: True when the entry file was found, so that what is absent is really absent.
        self.complete = complete
        self.target = target
        #: The filesystem that the paths in the configuration mean (``--root``); None when unknown.
        self.disk = disk
        #: Defined variables after the whole configuration was read.
        self.variables = variables
        #: The WSGI scripts that were asked for, by key.
        self.scripts: dict[str, Script] = {script.path: script for script in named_scripts}
        #: The paths of scripts that are there and cannot be read, with the reason.
        self.unreadable: dict[str, str] = {}
        #: The .htaccess files that something was found in, by key.
        self.htaccess: dict[str, File] = {}
        #: The WSGI scripts that the user named, which no directive here need name.
        self.named_scripts = named_scripts
        #: Files and directories that are there and cannot be read.
        self.unread = unread
        #: Files that are not httpd's: what to show, and what each looks like.
        self.skipped = skipped
        #: Rules that raised, by name, with what they raised. What they would have found here is not known.
        self.failed: dict[str, str] = {}
        self._read = read
        self._options = options
        self._rule = ""
        self._derived: dict[object, Any] = {}

    @property
    def main(self) -> Server:
        return self.servers[0]

    @property
    def hosts(self) -> Sequence[Server]:
        """The virtual hosts."""
        return self.servers[1:]

    def script(self, path: str) -> Script | None:
        """The WSGI script at a path of the configuration, or None where it cannot be read (see ``--root``)."""
        script = self._read(path)
        if script is None:
            return None
        if isinstance(script, FileProblem):
            self.unreadable[path] = script.reason
            return None
        return self.scripts.setdefault(script.path, script)

    def beside(self, texts: Mapping[str, str], denies: str) -> Config:
        """These fragments read again, after other files of the same server (texts by path), which denies by default so."""
        assert self._again is not None, "only what was read can be read again"
        return self._again(texts, denies)

    def source(self, path: str) -> File | Script:
        """The file or script with that key."""
        return self.files.get(path) or self.htaccess.get(path) or self.scripts[path]

    def for_rule(self, name: str) -> Config:
        """This configuration as one rule is given it: ``setting`` answers with what that rule was given."""
        if name not in self._options:
            return self
        view = copy(self)
        view._rule = name
        return view

    def setting(self, setting: Setting[T]) -> T:
        """The running rule's setting, or its default; what is given was checked when it was loaded."""
        return self._options.get(self._rule, {}).get(setting.name, setting.default)  # type: ignore[return-value]

    def named(self, *keys: str) -> list[Item]:
        """All items of these names (lower case), in reading order."""
        by_key = self.derived(_by_key)
        found = [item for key in keys for item in by_key.get(key, ())]
        return sorted(found, key=lambda item: item.index) if len(keys) > 1 else found

    def within(self, server: Server, *keys: str) -> list[Item]:
        """The items of these names of one server, those in its sections too, in reading order."""
        found = [item for key in keys for item in self._by_server(key).get(server, ())]
        return sorted(found, key=lambda item: item.index) if len(keys) > 1 else found

    def _by_server(self, key: str) -> dict[Server, list[Item]]:
        return self.once(("by server", key), lambda: grouped(self.named(key), lambda item: item.server))

    def readings(self, item: Item) -> list[Item]:
        """Every reading of the text that ``item`` is one reading of."""
        return self.derived(_by_node)[item.path, item.node.start]

    def derived(self, compute: Callable[[Config], T]) -> T:
        """``compute(self)``, once."""
        if compute not in self._derived:
            self._derived[compute] = compute(self)
        result: T = self._derived[compute]
        return result

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """``compute()``, once for that key and this configuration."""
        if key not in self._derived:
            self._derived[key] = compute()
        result: T = self._derived[key]
        return result


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Things by what a function says of each, in their order."""
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def derived(compute: Callable[[Config], T]) -> Callable[[Config], T]:
    """Decorate a function of a configuration so that it is computed once for each."""

    def once(config: Config) -> T:
        return config.derived(compute)

    once.__doc__ = compute.__doc__
    once.__name__ = compute.__name__
    return once


def _by_key(config: Config) -> dict[str, list[Item]]:
    return grouped(config.items, lambda item: item.key)


def _by_node(config: Config) -> dict[tuple[str, int], list[Item]]:
    return grouped(config.items, lambda item: (item.path, item.node.start))
