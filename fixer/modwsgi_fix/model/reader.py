"""Reading a server: Include, Define, conditions and macros, in the order httpd does.

Sources: ``server/config.c`` (``ap_build_config``, ``ap_process_fnmatch_configs``), ``server/core.c`` (``Include``,
``IfDefine``, ``IfModule``), ``mod_version.c``, ``mod_macro.c``; domain.md 2.1.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from modwsgi_fix.files import FileProblem, Files, Rooted
from modwsgi_fix.model.conditions import STATIC_MODULES, compare_version, module_asked
from modwsgi_fix.model.config import Arg, Config, File, Gap, Guard, Item, Script, Server, Target
from modwsgi_fix.model.patterns import wildcard
from modwsgi_fix.model.source import Source
from modwsgi_fix.syntax import CONDITIONS, Directive, Node, Section, Tree, is_opaque_section, parse
from modwsgi_fix.text import Span, has_placeholder

_VARIABLE = re.compile(r"\$\{([^}:]*)\}")

#: Where packaged servers keep their configuration, and so what absolute Includes in a copy of one begin with.
_SERVER_ROOTS = ("/etc/apache2", "/etc/httpd", "/usr/local/apache2", "/usr/local/etc/apache24")


class _Macro(NamedTuple):
    parameters: tuple[str, ...]
    section: Section
    file: File


class _Where(NamedTuple):
    """The place that the reader is in."""

    file: File
    parent: Item | None
    server: Server
    guards: tuple[Guard, ...]
    wrapper: Section | None
    bindings: tuple[tuple[str, str], ...]
    foreign: bool
    depth: int


class _Reader:
    def __init__(
        self, source: Source, texts: Mapping[str, str], trees: dict[str, Tree], target: Target, root: Files | None
    ) -> None:
        self.source = source
        self.disk = source.files
        #: The filesystem that absolute paths mean, where the user says which.
        self.root = root
        self.texts = texts
        self.trees = trees
        self.target = target
        self.files: dict[str, File] = {}
        self.items: list[Item] = []
        self.main = Server(None)
        self.servers = [self.main]
        self.gaps: list[Gap] = []
        self.unmatched: list[Item] = []
        self.defined = dict(source.variables)
        self.names_defined: set[str] = set()
        #: Variables whose values hold undefined ones.
        self.doubtful: set[str] = set()
        self.modules: set[str] = set()
        self.maybe_modules: set[str] = set()
        self.macros: dict[str, _Macro] = {}
        self.declared_root: str | None = None

    # -- files -----------------------------------------------------------------

    def open(self, path: str) -> File:
        key = self.disk.key(path)
        file = self.files.get(key)
        if file is None:
            text = self.texts.get(key)
            if text is None:
                text = self.disk.read(path)
            tree = self.trees.get(key)
            if tree is None or tree.source != text:
                tree = self.trees[key] = parse(text)
            file = self.files[key] = File(key, self.source.name(key), tree, writable=self.source.writable(key))
        file.readings += 1
        return file

    def read_file(self, path: str, where: _Where | None) -> None:
        file = self.open(path)
        if where is None:
            where = _Where(file, None, self.main, (), None, (), foreign=False, depth=0)
        else:
            where = where._replace(file=file, wrapper=None, depth=where.depth + 1)
        self.read(file.tree.children, where)

    # -- nodes -----------------------------------------------------------------

    def read(self, nodes: Iterable[Node], where: _Where) -> None:
        # Sections nest a few deep; those that nest thousands deep are read without recursion.
        stack: list[tuple[Iterator[Node], _Where]] = [(iter(nodes), where)]
        while stack:
            nodes, where = stack[-1]
            node = next(nodes, None)
            if node is None:
                stack.pop()
            elif isinstance(node, Section):
                inner = self.section(node, where)
                if inner is not None:
                    stack.append((iter(node.children), inner))
            elif type(node) is Directive:
                self.directive(node, where)

    def section(self, node: Section, where: _Where) -> _Where | None:
        """Read a section's opening line; where its contents are read, or None when they are not."""
        key = node.key
        if key in CONDITIONS:
            verdict = self.condition(node, where)
            if verdict is False:
                return None
            guards = where.guards if verdict is True else (*where.guards, verdict)
            return where._replace(guards=guards, wrapper=node)
        args = self.args(node, where)
        if key == "macro":
            if args:
                self.macros[args[0].value.lower()] = _Macro(tuple(a.value for a in args[1:]), node, where.file)
            return None
        item = self.item(node, args, where)
        if is_opaque_section(key):
            self.gap(where.file, node.name_span, f"<{node.name}> is code in another language, which is not read")
            return None
        server = where.server
        if key == "virtualhost" and where.parent is None:
            server = Server(item)
            item.server = server
            self.servers.append(server)
        return where._replace(parent=item, server=server, wrapper=node)

    def directive(self, node: Directive, where: _Where) -> None:
        key = node.key
        args = self.args(node, where)
        item = self.item(node, args, where)
        if key in ("include", "includeoptional") and args:
            self.include(item, args[0], where, optional=key == "includeoptional")
        elif key in ("define", "undefine") and args:
            # Under an undecided condition nothing is known of it afterwards.
            self.names_defined.discard(args[0].value)
            self.defined.pop(args[0].value, None)
            if key == "define" and not where.guards:
                self.names_defined.add(args[0].value)
                if len(args) > 1:
                    self.defined[args[0].value] = args[1].value
                    (self.doubtful.discard if args[1].known else self.doubtful.add)(args[0].value)
        elif key == "loadmodule" and args:
            name = args[0].value.removesuffix("_module")
            # Loaded only where it is absent, it is there either way.
            absent = all(g.kind == "ifmodule" and g.negated and module_asked(g.test) == name for g in where.guards)
            (self.modules if absent else self.maybe_modules).add(name)
        elif key == "serverroot" and args and self.declared_root is None:
            self.declared_root = args[0].value.rstrip("/")
        elif key == "use" and args:
            self.use(node, args, where)

    def item(self, node: Directive, args: tuple[Arg, ...], where: _Where) -> Item:
        item = Item(
            where.file, node, args, where.parent, where.server, where.guards, len(self.items),
            foreign=where.foreign, wrapper=where.wrapper,
        )  # fmt: skip
        self.items.append(item)
        parent = where.parent
        if parent is not None:
            parent.children.append(item)
        if parent is None or (parent.key == "virtualhost" and where.server.item is parent):
            where.server.items.append(item)
        return item

    def args(self, node: Directive, where: _Where) -> tuple[Arg, ...]:
        args = []
        for value, span in node.args:
            written = value
            for parameter, replacement in where.bindings:
                if parameter in value:
                    value = value.replace(parameter, replacement)
            known = True
            if "${" in value:
                names = [found[1] for found in _VARIABLE.finditer(value)]
                unknown = [name for name in names if name not in self.defined or name in self.doubtful]
                value = _VARIABLE.sub(lambda found: self.defined.get(found[1], found[0]), value)
                known = not unknown
                if not known:
                    self.gap(where.file, span, f"the variable ${{{unknown[0]}}} is not defined in these files")
            if has_placeholder(value):
                known = False
            args.append(Arg(value, span, known, written))
        return tuple(args)

    def gap(self, file: File, span: Span, reason: str) -> None:
        gap = Gap(file.path, span, reason)
        if gap not in self.gaps:
            self.gaps.append(gap)

    # -- conditions ------------------------------------------------------------

    def condition(self, node: Section, where: _Where) -> bool | Guard:
        """True or False where the files decide it, else the guard. The test is kept without its negation."""
        key = node.key
        args = self.args(node, where)
        test = args[0].value if args else ""
        negated = test.startswith("!")
        name = test.removeprefix("!")
        verdict: bool | None = None
        if key == "ifdefine":
            verdict = True if name in self.names_defined else None
        elif key == "ifmodule":
            verdict = self.has_module(name)
        elif key == "ifversion":
            verdict = compare_version(self.target, [arg.value for arg in args])
            name, negated = " ".join(arg.value for arg in args), verdict is None and negated
            if verdict is not None:
                return verdict
        if verdict is None:
            return Guard(key, name, negated)
        return verdict is not negated

    def has_module(self, name: str) -> bool | None:
        """Whether a module is there, by its file or its name; any other spelling never is (core.c:start_ifmod)."""
        short = module_asked(name)
        if short is None:
            # A file that is not called after its module, as that of PHP.
            return None if name.endswith(".c") and not name.startswith("mod_") else False
        if short in self.modules or short in STATIC_MODULES or short == "wsgi":
            return True
        if short in self.maybe_modules:
            return None
        if short == "authz_core":
            # New in 2.3; every 2.4 needs it, for nothing else reads Require.
            return not self.target.is_22
        # A server that loads only a few modules has the others compiled in.
        return False if self.source.complete and len(self.modules) > 5 else None

    # -- includes and macros ---------------------------------------------------

    def include(self, item: Item, arg: Arg, where: _Where, *, optional: bool) -> None:
        if not arg.known:
            return
        if where.depth > 64:
            # server/config.c: AP_MAX_INCLUDE_DEPTH; httpd refuses deeper nesting.
            self.gap(where.file, arg.span, "Include is nested too deeply, as a file that includes itself is")
            return
        found = False
        for pattern in self.candidates(arg.value):
            paths = list(self.matches(pattern))
            found = found or self.disk.is_dir(pattern)
            for path in paths:
                found = True
                try:
                    self.read_file(path, where)
                except FileProblem as problem:
                    self.gap(where.file, arg.span, f"{arg.value} cannot be read: {problem.reason}")
            if found:
                break
        has_wildcard = any(char in arg.value for char in "*?[")
        if not found and not optional and not has_wildcard:
            self.gap(where.file, arg.span, f"{arg.value} is not among these files, so what it holds is unknown")
        elif not found and not optional and self.source.complete is False:
            self.gap(where.file, arg.span, f"no file matches {arg.value} here, so what it holds is unknown")
        elif not found and not optional and self.is_own(arg.value):
            self.unmatched.append(item)

    def is_own(self, path: str) -> bool:
        """Whether a path lies in the server's own directory, all of which is at hand when the server is complete."""
        declared = [self.declared_root] if self.declared_root else []
        return not path.startswith("/") or any(path.startswith(f"{root}/") for root in [*declared, *_SERVER_ROOTS])

    def candidates(self, path: str) -> Iterator[str]:
        """Where a path of the configuration may lie on the disk that is read, likeliest first.

        A copy of a server's directory is read as if it stood where the configuration says (``declared_root``). This
        machine's own files are read only for a configuration that stands in its own place: those of a copy are others.
        """
        prefixes = [*([self.declared_root] if self.declared_root else []), *_SERVER_ROOTS]
        for root in self.source.roots:
            if not path.startswith("/"):
                yield posixpath.join(root, path)
            for prefix in prefixes:
                if path.startswith(prefix + "/"):
                    yield posixpath.join(root, path[len(prefix) + 1 :])
        if not path.startswith("/"):
            return
        if isinstance(self.root, Rooted):
            yield self.root.host(path)
        at_home = any(key.startswith(f"{prefix}/") for prefix in prefixes for key in self.given())
        if at_home or any(path.startswith(self.disk.key(root).rstrip("/") + "/") for root in self.source.roots):
            yield path

    def given(self) -> list[str]:
        """The keys of the paths that the user named, as directories."""
        return [f"{key}/" for _, key in self.source.given]

    def matches(self, pattern: str) -> Iterator[str]:
        """The files of a pattern in httpd's order: component by component, names sorted as bytes; a directory means
        every file below it (config.c:ap_process_resource_config)."""
        if not any(char in pattern for char in "*?["):
            yield from self.below(pattern)
            return
        parts = pattern.split("/")
        at = next(i for i, part in enumerate(parts) if any(char in part for char in "*?["))
        base, rest = "/".join(parts[:at]), parts[at + 1 :]
        if not self.disk.is_dir(base or "/" if pattern.startswith("/") else base or "."):
            return
        wanted = fnmatch(parts[at])
        for name in self.disk.names(base or ("/" if pattern.startswith("/") else ".")):
            if name.startswith(".") and not parts[at].startswith("."):
                continue
            if wanted(name):
                path = f"{base}/{name}" if base or pattern.startswith("/") else name
                if rest:
                    if self.disk.is_dir(path):
                        yield from self.matches("/".join([path, *rest]))
                else:
                    yield from self.below(path)

    def below(self, path: str) -> Iterator[str]:
        if self.disk.is_dir(path):
            for name in self.disk.names(path):
                if name not in (".", ".."):
                    yield from self.below(f"{path.rstrip('/')}/{name}")
        elif self.disk.is_file(path) or self.disk.is_link(path):
            # A link that leads nowhere stops httpd: reading it says so.
            yield path

    def use(self, node: Directive, args: tuple[Arg, ...], where: _Where) -> None:
        macro = self.macros.get(args[0].value.lower())
        if macro is None:
            self.gap(where.file, args[0].span, f"the macro {args[0].value} is not defined in these files")
            return
        if where.depth > 64:
            return
        # mod_macro replaces the longest names first where one begins another.
        bindings = sorted(
            zip(macro.parameters, (arg.value for arg in args[1:]), strict=False), key=lambda pair: -len(pair[0])
        )
        inner = where._replace(
            file=macro.file, bindings=tuple(bindings), foreign=True, wrapper=macro.section, depth=where.depth + 1
        )
        self.read(macro.section.children, inner)


def fnmatch(pattern: str) -> Callable[[str], bool]:
    """``apr_fnmatch`` of one path component."""
    return wildcard(pattern)


def load(
    source: Source,
    *,
    target: Target | None = None,
    disk: Files | None = None,
    options: Mapping[str, Mapping[str, object]] | None = None,
    texts: Mapping[str, str] | None = None,
    trees: dict[str, Tree] | None = None,
) -> Config:
    """Read a server.

    ``texts`` stand in for what is on the disk (by file key): an edited state. ``trees`` is a cache of parsed files that
    is filled and used. ``disk`` is the filesystem which paths in the configuration mean. Raises ``FileProblem`` when an
    entry cannot be read; a missing Include is a gap.
    """
    reader = _Reader(source, texts or {}, {} if trees is None else trees, target or Target(), disk)
    for entry in source.entries:
        # A fragment that another fragment included has been read in its place.
        if source.complete or len(source.entries) == 1 or source.files.key(entry) not in reader.files:
            reader.read_file(entry, None)
    return Config(
        reader.files, reader.items, reader.servers, reader.gaps,
        unmatched=reader.unmatched, complete=source.complete, target=reader.target, disk=disk, options=options or {},
        variables=reader.defined,
        read=lambda path: _script(source, disk, texts or {}, path),
    )  # fmt: skip


def _script(source: Source, disk: Files | None, texts: Mapping[str, str], path: str) -> Script | None:
    files = disk if disk is not None else source.files
    if not files.is_file(path):
        return None
    key = files.key(path)
    try:
        text = texts[key] if key in texts else files.read(path)
    except FileProblem:
        return None
    return Script(key, source.name(key), text, writable=source.writable(key))
