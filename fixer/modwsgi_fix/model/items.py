"""The elements of a configuration: files, servers, and each reading of a directive, with its arguments and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.placeholders import SIGN, has_placeholder, tags, tags_left, template_of
from modwsgi_fix.syntax import Directive, Section, Tree, parse
from modwsgi_fix.syntax.secrets import without_secrets
from modwsgi_fix.text import LineIndex, Span
from modwsgi_fix.tuples import NamedTuple

T = TypeVar("T")


class Guard(NamedTuple):
    """A condition that cannot be decided from the files: ``IfDefine SSL``, or its negation."""

    kind: str
    test: str
    negated: bool


class Arg(NamedTuple):
    """An argument as httpd sees it: the value with variables expanded, and the span of the word (with quotes) in the file.

    ``known`` is False where a variable is undefined and stays in the value literally. ``written`` is before expansion.
    """

    value: str
    span: Span
    known: bool
    written: str


#: Where a text may have a variable: the brace may stand on the next line.
_VARIABLE = expression(r"\$(?:\{|\\\r?\n)")


#: For ``Arg(...)`` without a call of a function: arguments are asked for more often than anything else.
_new = tuple.__new__


def literal(node: Directive) -> tuple[Arg, ...]:
    """Return the arguments of a line in which there is nothing to expand."""
    if SIGN(node.line_source) is None:
        return tuple([_new(Arg, (value, span, True, value)) for value, span in node.pairs])
    return tuple([_new(Arg, (value, span, not has_placeholder(value), value)) for value, span in node.pairs])


class Expanded(NamedTuple):
    """The words of a line with variables and macro parameters expanded, and the numbers, from 0, of those that are not known."""

    values: tuple[str, ...]
    unknown: tuple[int, ...]


class Script:
    """A WSGI script that the configuration names and that could be read.

    ``path`` is its key; ``place`` is its path in the configuration, which is the script's ``__file__``.
    """

    def __init__(self, path: str, name: str, text: str, *, place: str, writable: bool, quotable: bool) -> None:
        self.path = path
        self.place = place
        self.name = name
        self.text = text
        self.writable = writable
        self.quotable = quotable
        #: Why libcst could not read it for a rule; empty where it could, or no rule needed it.
        self.not_read = ""

    @cached_property
    def lines(self) -> LineIndex:
        """Lines and columns of the script."""
        return LineIndex(self.text)

    def __repr__(self) -> str:
        return f"Script({self.name!r})"


class File:
    """A configuration file that was read. ``path`` is its key (links resolved), ``name`` the name to show."""

    def __init__(self, path: str, name: str, tree: Tree, *, writable: bool, quotable: bool) -> None:
        self.path = path
        self.name = name
        self.tree = tree
        #: Whether it may be changed; a file outside the given paths is only read.
        self.writable = writable
        #: Whether its text may be printed (``Source.quotable``).
        self.quotable = quotable
        #: How many times this server reads it.
        self.readings = 0
        #: The text on the disk, where another text with the same lines was read in its place; else None.
        self.whole: str | None = None
        #: The arguments of lines that are read more than once.
        self._args: dict[Directive, tuple[Arg, ...]] = {}

    def args(self, node: Directive) -> tuple[Arg, ...]:
        """Return ``literal(node)`` of a line of this file that is read more than once, the same object for all readings."""
        args = self._args.get(node)
        if args is None:
            args = self._args[node] = literal(node)
        return args

    @cached_property
    def has_variables(self) -> bool:
        """Whether any line may have a variable to expand."""
        return _VARIABLE.search(self.tree.source) is not None

    @property
    def text(self) -> str:
        """The text that was read."""
        return self.tree.source

    @property
    def lines(self) -> LineIndex:
        """Lines and columns of the file."""
        return self.tree.lines

    @cached_property
    def shown(self) -> LineIndex:
        """The lines to show: those on the disk, without secrets."""
        text = self.text if self.whole is None else self.whole
        shown = without_secrets(self.tree, text)
        return self.tree.lines if shown is self.text else LineIndex(shown)

    @cached_property
    def template(self) -> str:
        """The engine that is yet to fill this file in (``ERB``); empty for a file that is not a template."""
        return template_of(self.path, self.tree.source)

    @cached_property
    def tags(self) -> list[tuple[int, int]]:
        """Where the tags of a template stand, as (start, end), in order; none in a file that is not a template."""
        return tags(self.tree.source) if self.template else []

    @cached_property
    def tags_left(self) -> list[tuple[int, int]]:
        """Where tags stand in a file that is not a template otherwise, as (start, end), in order."""
        return [] if self.template else tags_left(self.tree.source)

    def in_tag(self, span: Span) -> bool:
        """Whether a span overlaps a template's tag, or is an insertion into one."""
        return any(start < span.end and span.start < end for start, end in self.tags)

    @cached_property
    def newline(self) -> str:
        """The line end of the first line."""
        text = self.tree.source if self.whole is None else self.whole
        at = text.find("\n")
        return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"

    @cached_property
    def unit(self) -> str:
        """One step of indentation, as the first indented line inside a section has it; four blanks by default."""
        step, end = _first_step(self.tree)
        if self.whole is not None and (not step or not self.whole.startswith(self.text[:end])):
            step, _ = _first_step(parse(self.whole))
        return step or "    "

    def __repr__(self) -> str:
        return f"File({self.name!r})"


def _first_step(tree: Tree) -> tuple[str, int]:
    """Return by how much the first indented line inside a section is indented, and where it ends; nothing without one."""
    for node in tree.walk():
        if isinstance(node, Section):
            for child in node.children:
                if isinstance(child, Directive) and child.indent.startswith(node.indent):
                    step = child.indent[len(node.indent) :]
                    if step:
                        return step, child.end
    return "", 0


#: The order in which httpd reads items.
READING_ORDER = attrgetter("index")

#: A server with so many items is looked through for those of one name, where it is asked so often.
_FEW_ITEMS = 40
_FEW_QUESTIONS = 12


class Server:
    """The main server (``item`` None) or one virtual host."""

    __slots__ = ("_asked", "_by_key", "_counted", "_known", "item", "items", "state", "written")

    def __init__(self, item: Item | None) -> None:
        self.item = item
        #: The items at the server's own level, in reading order: directives, and sections with their ``children``.
        self.items: list[Item] = []
        #: What is defined and loaded where a host begins; equal for equal definitions.
        self.state: object = None
        #: The use of a macro that writes a host, and the parameters there; None for any other.
        self.written: tuple[Item, Bindings] | None = None
        self._known: dict[object, Any] | None = None
        #: How often items of a name were asked for; these by name, among so many from the beginning.
        self._asked = 0
        self._by_key: dict[str, list[Item]] = {}
        self._counted = 0

    @property
    def is_main(self) -> bool:
        """Whether it is the main server."""
        return self.item is None

    def __repr__(self) -> str:
        return f"Server({self.item!r})"

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return ``compute()``, called once for that key and this server: for what its own lines say, whatever stands elsewhere.

        A host stays the same object while other files change (``reading.kept``): so what is computed depends on nothing but its
        items and the key, and keeps nothing else alive.
        """
        if self._known is None:
            self._known = {}
        if key not in self._known:
            self._known[key] = compute()
        found: T = self._known[key]
        return found

    def last(self, key: str) -> Item | None:
        """Return the last directive of that name at the server's own level, which counts for most settings; None without one."""
        if self._is_indexed():
            found = self._by_key.get(key)
            return found[-1] if found else None
        # The last one is the first from the end.
        for item in reversed(self.items):
            if item.key == key:
                return item
        return None

    def all(self, *keys: str) -> list[Item]:
        """Return the directives of these names at the server's own level, in order."""
        if self._is_indexed():
            found = [item for key in dict.fromkeys(keys) for item in self._by_key.get(key, ())]
            return sorted(found, key=READING_ORDER) if len(keys) > 1 else found
        return [item for item in self.items if item.key in keys]

    def _is_indexed(self) -> bool:
        """Whether items are found by name: a host has few, and is asked for a few; a main server may have thousands."""
        count = len(self.items)
        if self._counted < count:
            self._asked += 1
            if count <= _FEW_ITEMS and self._asked <= _FEW_QUESTIONS:
                return False
            for item in self.items[self._counted :]:
                self._by_key.setdefault(item.key, []).append(item)
            self._counted = count
        return True

    def walk(self) -> Iterator[Item]:
        """Yield every item of the server, sections before their contents; without those of virtual hosts in the main server."""
        stack = [iter(self.items)]
        while stack:
            for item in stack[-1]:
                yield item
                if item.children and item.key != "virtualhost":
                    stack.append(iter(item.children))
                    break
            else:
                stack.pop()


#: The parameters of a macro and their values.
Bindings = tuple[tuple[str, str], ...]


def for_use(text: str, parameters: Bindings) -> str:
    """Return what a text in a macro is for one use: parameters are replaced wherever they stand, the longest names first."""
    for name, value in parameters:
        text = text.replace(name, value)
    return text


class Used(NamedTuple):
    """The body of a macro that is used: the key of its file, where it lies, and the parameters of each use."""

    path: str
    span: Span
    uses: list[Bindings]


class Item:
    """One reading of a directive or section.

    ``parent`` is the enclosing section, conditions (``<IfModule>`` ...) left out; ``guards`` are the conditions around it
    that could not be decided; ``index`` orders items as httpd reads them. ``foreign`` says that it was read from the body of
    a macro, which other uses read as well.

    Where ``expanded`` is None, there is nothing to expand in the line. The arguments are made when they are asked for.
    """

    __slots__ = (
        "_args", "access", "children", "expanded", "file", "foreign", "guards", "index", "key", "node", "parent", "server",
        "wrapper",
    )  # fmt: skip

    def __init__(
        self,
        file: File,
        node: Directive,
        key: str,
        expanded: Expanded | None,
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
        #: The name in lower case.
        self.key = key
        self._args: tuple[Arg, ...] | None = None
        self.expanded = expanded
        self.parent = parent
        self.server = server
        self.guards = guards
        self.index = index
        self.foreign = foreign
        #: The syntax section directly around it in its file, which may be a condition; None at the top of the file.
        self.wrapper = wrapper
        #: The items directly in a section.
        self.children: Sequence[Item] = ()
        #: The remembered result of ``merge.access.access_of`` for a section.
        self.access: Any = None

    def __repr__(self) -> str:
        return f"<{self.file.name}:{self.line} {self.node.name} {' '.join(self.values)}>"

    @property
    def name(self) -> str:
        """The name as written."""
        return self.node.name

    @property
    def path(self) -> str:
        """The key of its file."""
        return self.file.path

    @property
    def span(self) -> Span:
        """The span from the name to the end of the last argument; for a section, that of its opening line."""
        return self.node.body_span

    @property
    def line(self) -> int:
        """The line (from 1) of its name."""
        return self.file.tree.lines.position(self.node.name_span.start).line

    @property
    def is_section(self) -> bool:
        """Whether it is a section."""
        return type(self.node) is Section

    @property
    def args(self) -> tuple[Arg, ...]:
        """The arguments."""
        args = self._args
        if args is None:
            if self.expanded is not None:
                args = self._made(self.expanded)
            elif self.foreign or self.file.readings > 1:
                args = self.file.args(self.node)
            else:
                args = literal(self.node)
            self._args = args
        return args

    def _made(self, expanded: Expanded) -> tuple[Arg, ...]:
        values, unknown = expanded
        pairs = self.node.pairs
        # The parameter of a macro may hold several words, or none: those behind the last one written stand at its place.
        written = [pairs[min(at, len(pairs) - 1)] for at in range(len(values))]
        return tuple([
            Arg(value, span, at not in unknown and not has_placeholder(value), word)
            for at, (value, (word, span)) in enumerate(zip(values, written, strict=True))
        ])  # fmt: skip

    @property
    def values(self) -> tuple[str, ...]:
        """The arguments' values."""
        if self.expanded is not None:
            return self.expanded.values
        args = self._args
        if args is None:
            plain = self.node.plain_values
            if plain is not None:
                return tuple(plain)
            args = self.args
        return tuple([arg.value for arg in args])

    @property
    def value(self) -> str:
        """The first argument, or an empty string."""
        if self.expanded is not None:
            return self.expanded.values[0] if self.expanded.values else ""
        args = self._args
        if args is None:
            plain = self.node.plain_values
            if plain is not None:
                return plain[0] if plain else ""
            args = self.args
        return args[0].value if args else ""

    @property
    def known(self) -> bool:
        """Whether no argument has an undefined variable."""
        if self.expanded is not None:
            return not self.expanded.unknown and not any(map(has_placeholder, self.expanded.values))
        node = self.node
        if self._args is None and (node.is_settled or (node.is_plain and not has_placeholder(node.line_source))):
            return True
        for arg in self.args:  # noqa: SIM110 - asked more often than anything else
            if not arg.known:
                return False
        return True

    @property
    def said(self) -> tuple[object, ...]:
        """The arguments' values, and whether each is known: what two items have in common that say the same."""
        node = self.node
        plain = node.plain_values if self.expanded is None and self._args is None else None
        if plain is not None and not has_placeholder(node.line_source):
            return *plain, True
        args = self.args
        values = [arg.value for arg in args]
        return (*values, True) if all(arg.known for arg in args) else (*values, *[arg.known for arg in args])

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
        """Return the innermost enclosing section of one of these names; None without one."""
        return next((section for section in reversed(self.sections) if section.key in keys), None)

    def excludes(self, other: Item) -> bool:
        """Whether two items can never be read together, because they stand in opposite branches of one condition."""
        return any(Guard(g.kind, g.test, not g.negated) in other.guards for g in self.guards)

    @property
    def in_doubt(self) -> bool:
        """Whether httpd may well leave it out: a condition other than the presence of a module decides.

        Lines in ``<IfModule mod_ssl.c>`` are meant to be read, and would have no effect without the module.
        """
        return any(guard.kind != "ifmodule" or guard.negated for guard in self.guards)

    def accompanies(self, other: Item) -> bool:
        """Whether this item is read whenever the other is."""
        return set(self.guards) <= set(other.guards)


class PassedOver(NamedTuple):
    """An Include, and the names of sites beside those that it reads.

    With ``is_available`` they lie in the directory of all sites, where ``a2ensite`` does not find them.
    """

    include: Item
    suffix: str
    names: tuple[str, ...]
    is_available: bool = False


def as_written(item: Item) -> tuple[str, ...]:
    """Return the words of a line of which httpd takes off the first alone: all others keep their quotes."""
    if not any(quote in item.node.line_source for quote in "\"'"):
        return item.values
    text = item.file.text
    quotes = [text[arg.span.start] if at and text[arg.span.start] in "\"'" else "" for at, arg in enumerate(item.args)]
    return tuple(f"{quote}{arg.value}{quote}" for quote, arg in zip(quotes, item.args, strict=True))
