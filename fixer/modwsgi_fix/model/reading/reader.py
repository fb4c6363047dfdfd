"""Reading a server: Include, Define, conditions and macros, in the order httpd does.

Sources: ``server/config.c`` (``ap_build_config``, ``ap_process_fnmatch_configs``), ``server/core.c`` (``Include``,
``IfDefine``, ``IfModule``), ``mod_version.c``, ``mod_macro.c``; F-read-5.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern

from modwsgi_fix.directives.families import CONDITIONS, DIRECT_READING, INCLUDES
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.giving_up import go_on
from modwsgi_fix.model.absence import is_missing
from modwsgi_fix.model.bounds import DEEPEST_INCLUDE, Budget, Endless, Standing, TooMuch, Underway, files_below
from modwsgi_fix.model.builds import build_of
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.gaps import Gap, GapKind
from modwsgi_fix.model.items import Arg, Bindings, Expanded, File, Item, PassedOver, Server, Used
from modwsgi_fix.model.language import HTTPD, language_of
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.reading.conditions import Modules, weigh
from modwsgi_fix.model.reading.frames import Frame, Macro, Where
from modwsgi_fix.model.reading.include_paths import candidates, gap_kind, is_own, matching
from modwsgi_fix.model.reading.kept import Kept, state_of
from modwsgi_fix.model.reading.passed_over import passed_over
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.reading.variables import TOO_LONG, Variables
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.syntax import (
    DEEPEST_SECTION,
    Directive,
    Logical,
    Node,
    Section,
    is_opaque_section,
    split_words,
)
from modwsgi_fix.text import Span


class _Keys(dict[str, str]):
    """The names of directives in lower case, by the names as written: httpd compares names without case."""

    def __missing__(self, name: str) -> str:
        key = self[name] = intern(name.lower())
        return key


class Reader:
    """The state of reading a server: what was read so far, and what is still to be read."""

    def __init__(
        self, source: Source, texts: Mapping[str, str], kept: Kept, target: Target, root: Files | None
    ) -> None:
        self.source = source
        self.disk = source.files
        #: The filesystem that absolute paths mean, where the user says which.
        self.root = root
        self.texts = texts
        self.kept = kept
        self.target = target
        self.keys: dict[str, str] = {}
        self.keyed = _Keys()
        self.files: dict[str, File] = {}
        self.items: list[Item] = []
        self.main = Server(None)
        self.servers = [self.main]
        self.gaps: dict[Gap, None] = {}
        self.unmatched: list[Item] = []
        self.unseen: list[Item] = []
        self.endless: list[Endless] = []
        #: The conditions that are never closed, and whether each holds; None where that is not known.
        self.open_conditions: dict[Section, bool | None] = {}
        #: What has been left out because of a limit, in words; empty where all was read.
        self.left_out = ""
        self.budget = Budget()
        #: Files by their keys, macros by ``macro`` and their names.
        self.underway = Underway()
        #: Includes, by place and the key of the file, that are known to be endless.
        self.refused: set[tuple[str, int, str]] = set()
        self.variables = Variables(source.variables, self.budget)
        self.modules = Modules(target, is_complete=source.complete or bool(source.modules))
        for name in source.modules:
            self.modules.load(name, ())
        self.macros: dict[str, Macro] = {}
        #: The macros that are used, by their sections.
        self.used: dict[Section, Used] = {}
        #: The words of lines that are read more than once.
        self.words: dict[Directive, Sequence[str]] = {}
        self.declared_root: str | None = None
        #: The files that each pattern of an Include matches, and the number of readings that finding them takes.
        self.matched: dict[str, tuple[list[str], int]] = {}
        #: The paths that Includes name, with the first Include that names each.
        self.patterns: dict[str, Item] = {}
        #: Files that exist and cannot be read.
        self.unread: list[FileProblem] = []
        #: Entries that are not httpd's, by key: what to show, and the language that each looks like.
        self.skipped: dict[str, tuple[str, str]] = {}

    # -- files -----------------------------------------------------------------

    def open(self, path: str, text: str | None = None) -> File:
        """Return a file, parsed, and note it as read by this server; ``text`` stands in for the one on the disk."""
        key = self.key(path)
        file = self.files.get(key)
        if file is None:
            go_on()
            text = self.texts.get(key, text)
            if text is None:
                text = self.read_text(path)
            file = self.files[key] = self.kept.file(self.source, key, text)
            self.budget.allow(text)
        self.kept.count(file)
        return file

    def key(self, path: str) -> str:
        """Return the key of a file, which is looked up once, however often the file is included."""
        if path not in self.keys:
            self.keys[path] = self.disk.key(path)
        return self.keys[path]

    def read_text(self, path: str) -> str:
        """Return the text of a file. Raises ``FileProblem``, which says where a link leads."""
        try:
            return self.disk.read(path)
        except FileProblem as problem:
            if not self.disk.is_link(path):
                raise
            raise FileProblem(path, f"is a link to {self.disk.readlink(path)}: {problem.reason}") from problem

    def read_entry(self, path: str) -> None:
        """Read a file that httpd opens itself, if it is in httpd's language, and all files that it leads to."""
        try:
            key, text = self.key(path), None
            if key not in self.texts and not self.source.as_httpd:
                text = self.read_text(path)
                language = language_of(path, text)
                if language != HTTPD:
                    self.skipped[key] = self.source.name(key), language.name
                    return
            file = self.open(path, text)
        except FileProblem as problem:
            self.unread.append(problem)
            return
        where = Where(file, None, self.main, (), None, (), foreign=False)
        self.read(self.marked(file.path, file.tree.children, where))

    # -- nodes -----------------------------------------------------------------

    def read(self, frame: Frame) -> None:
        """Read a frame and all that it leads to. Raises ``TooMuch``."""
        # Without recursion, because sections, Includes and macros may nest to any depth.
        stack, budget = [frame], self.budget
        while stack:
            nodes, where = stack[-1]
            for node in nodes:
                try:
                    # As ``budget.spend`` does, which would be called for each line.
                    budget.left -= 1
                    if budget.left < 0:
                        budget.spend(0)
                    if type(node) is Directive:
                        frames = self.directive(node, where)
                    elif type(node) is Section:
                        inner = self.section(node, where)
                        frames = () if inner is None else ((iter(node.children), inner),)
                    else:
                        continue
                except TooMuch as limit:
                    self.left_out = str(limit)
                    self.gap(where.file, node.span, GapKind.LIMIT, self.left_out)
                    return
                if frames:
                    stack += reversed(frames)
                    break
            else:
                stack.pop()

    def marked(self, name: str, nodes: Iterable[Node], where: Where) -> Frame:
        """Return the frame that reads a file or a macro."""
        return self.underway.marked(name, nodes, self.standing(where)), where

    def standing(self, where: Where) -> Standing:
        """Return the state of reading at a place, for files and macros that may lead back to themselves."""
        changes = self.variables.changes + self.modules.changes
        return Standing(where.guards, where.conditions, changes, where.depth)

    def section(self, node: Section, where: Where) -> Where | None:
        """Read a section's opening line, and return the place in which its contents are read, or None when they are not."""
        key = self.keyed.get(node.name) or node.key
        if where.nested >= DEEPEST_SECTION or node.is_unread:
            self.left_out = f"<{node.name}> stands in {DEEPEST_SECTION} sections, and is not read"
            self.gap(where.file, node.name_span, GapKind.LIMIT, self.left_out)
            return None
        if key in CONDITIONS:
            said = self.expand(node, where).values
            verdict = weigh(key, said, where.guards, self.variables, self.modules, node.children, self.exists)
            if node.close is None:
                self.open_conditions[node] = verdict if isinstance(verdict, bool) else None
            if verdict is False:
                return None
            where = where._replace(wrapper=node, conditions=where.conditions + 1)
            return (
                where if verdict is True else where._replace(guards=(*where.guards, verdict), nested=where.nested + 1)
            )
        if key == "macro":
            values = self.expand(node, where).values
            if values:
                self.macros[values[0].lower()] = Macro(values[1:], node, where.file)
            return None
        is_host = key == "virtualhost" and where.parent is None
        if is_host and self.kept.takes_over(self, node, where):
            return None
        item = self.item(node, where)
        item.children = children = list[Item]()
        if is_opaque_section(key):
            reason = f"<{node.name}> is code in another language, which is not read"
            self.gap(where.file, node.name_span, GapKind.CODE, reason)
            return None
        server = where.server
        if is_host:
            server = Server(item)
            # What stands in the section of a host is at its own level: one list for both.
            server.items = children
            server.state = state_of(self)
            server.written = None if where.use is None else (where.use, where.bindings)
            item.server = server
            self.servers.append(server)
        file, _, _, guards, _, bindings, foreign, depth, conditions, nested, use = where
        return Where(file, item, server, guards, node, bindings, foreign, depth, conditions, nested + 1, use)

    def directive(self, node: Directive, where: Where) -> Sequence[Frame]:
        """Read a directive, and return what is read in its place, in order."""
        item = self.item(node, where)
        key = item.key
        if key not in DIRECT_READING or not (values := item.values):
            return ()
        name = values[0]
        if key in INCLUDES:
            # httpd refuses an empty name.
            return self.include(item, item.args[0], where, optional=key == "includeoptional") if name else ()
        if key == "use":
            return self.use(item, item.args, where)
        if key == "define":
            value = values[1] if len(values) > 1 else None
            is_unknown = item.expanded is not None and 1 in item.expanded.unknown
            known = value is not None and not is_unknown and not has_placeholder(value)
            self.variables.define(name, value, where.guards, known=known)
        elif key == "undefine":
            self.variables.undefine(name, where.guards)
        elif key == "loadmodule":
            build = build_of(item.file.name, values[-1], self.declared_root or "")
            self.modules.load(name.removesuffix("_module"), where.guards, build)
        elif self.declared_root is None:
            self.declared_root = name.rstrip("/")
        return ()

    def item(self, node: Directive, where: Where) -> Item:
        """Add an item for a directive or section, and return it."""
        file, parent, server, guards, wrapper, bindings, foreign, *_ = where
        may_change = bindings or (file.has_variables and "$" in node.line_source)
        expanded = self.expand(node, where) if may_change else None
        key, items = self.keyed[node.name], self.items
        if may_change and not node.name.isalnum():
            key = self.key_written(node, bindings) or key
        index = items[-1].index + 1 if items else 0
        item = Item(file, node, key, expanded, parent, server, guards, index, foreign=foreign, wrapper=wrapper)
        items.append(item)
        if parent is None:
            server.items.append(item)
        else:
            # A section's are a list while it is read.
            parent.children.append(item)  # type: ignore[attr-defined]
        return item

    def key_written(self, node: Directive, bindings: Bindings) -> str:
        """Return the key of a name in which variables or parameters may stand; empty where what they are is not known.

        httpd reads the name as it does any other word (util.c:ap_getword_conf).
        """
        try:
            name, why = self.variables.expand(self.variables.bound(node.name, bindings))
        except OverflowError:
            return ""
        return "" if why else self.keyed[name]

    def expand(self, node: Directive, where: Where) -> Expanded:
        """Return the words of a directive with variables and macro parameters expanded, and note those that are not known."""
        words = self.words.get(node)
        if words is None:
            words = node.plain_values
            if words is None:
                words = [value for value, _ in node.pairs]
            if where.foreign or where.file.readings > 1:
                self.words[node] = words
        if where.bindings:
            try:
                words = self.bound(node, words, where.bindings)
            except OverflowError:
                self.gap(where.file, node.span, GapKind.VARIABLE, TOO_LONG)
                return Expanded(tuple(words), tuple(range(len(words))))
        values, unknown = list(words), list[int]()
        for at, written in enumerate(words):
            if "${" in written:
                values[at], why = self.variables.expand(written)
                if why:
                    unknown.append(at)
                    self.gap(where.file, node.arg_span(at), GapKind.VARIABLE, why)
        return Expanded(tuple(values), tuple(unknown))

    def bound(self, node: Directive, words: Sequence[str], bindings: Bindings) -> Sequence[str]:
        """Return the words of a line of a macro with parameters replaced. Raises ``OverflowError`` where it would be too long.

        mod_macro replaces them in the line, which httpd splits into words afterwards.
        """
        if not any(parameter in word for parameter, _ in bindings for word in words):
            return words
        logical, start, end = node.args_range
        text = self.variables.bound(logical.text[start:end], bindings)
        return [value for value, _ in split_words(Logical(text, ((0, 0),)), 0, len(text))]

    def gap(self, file: File, span: Span, kind: GapKind, reason: str) -> None:
        """Note something that was not understood."""
        self.gaps[Gap(file.path, span, kind, reason)] = None

    # -- includes and macros ---------------------------------------------------

    def include(self, item: Item, arg: Arg, where: Where, *, optional: bool) -> list[Frame]:
        """Return the frames of the files that are read in an Include's place."""
        frames: list[Frame] = []
        if not arg.known:
            return frames
        if arg.value != arg.written:
            # It may name another file the next time it is read, as under a condition.
            where = where._replace(conditions=where.conditions + 1)
        found = False
        for pattern in self.candidates(arg.value):
            paths = self.matches(pattern)
            found = found or bool(paths) or self.disk.is_dir(pattern)
            self.patterns.setdefault(pattern, item)
            for path in self.source.picks(paths) if self.source.picks is not None else paths:
                self.budget.spend()
                try:
                    frames += self.included(path, item, where)
                except FileProblem as problem:
                    self.unread.append(problem)
                    self.gap(where.file, arg.span, GapKind.INCLUDE, f"{arg.value} cannot be read: {problem.reason}")
            if found:
                break
        if not found and not optional and not has_wildcard(arg.value):
            reason = f"{arg.value} is not among these files, so what it holds is unknown"
            self.gap(where.file, arg.span, gap_kind(arg.value), reason)
        elif not found and not optional and self.source.complete is False:
            reason = f"no file matches {arg.value} here, so what it holds is unknown"
            self.gap(where.file, arg.span, gap_kind(arg.value), reason)
        elif not found and not optional and self.is_own(arg.value):
            self.unmatched.append(item)
        if not found and has_wildcard(arg.value) and not self.sees_directory(arg.value):
            self.unseen.append(item)
        return frames

    def sees_directory(self, pattern: str) -> bool:
        """Whether the directory of a wildcard is among these files, so that a name that it lacks does not exist."""
        return any(self.disk.is_dir(posixpath.dirname(path) or ".") for path in self.candidates(pattern))

    def included(self, path: str, item: Item, where: Where) -> list[Frame]:
        """Return the frame of a file to read, or none where the file is being read already and that would never end."""
        key = self.key(path)
        said = ""
        if where.depth >= DEEPEST_INCLUDE or self.underway.leads_back(key, self.standing(where)):
            said = f"Exceeded maximum include depth of {DEEPEST_INCLUDE}, There appears to be a recursion."
        elif key not in self.files and self.disk.is_dir(path):
            said = "Too many levels of symbolic links"
        place = (item.path, item.node.start, key)
        if not said and place not in self.refused:
            file = self.open(path)
            inner = where._replace(file=file, wrapper=None, depth=where.depth + 1)
            return [self.marked(key, file.tree.children, inner)]
        if place not in self.refused:
            self.refused.add(place)
            self.endless.append(Endless(item, said, self.underway.is_certain(key, self.standing(where))))
        return []

    def is_own(self, path: str) -> bool:
        """Whether a path lies in the server's own directory."""
        return is_own(path, self.declared_root)

    def exists(self, path: str) -> bool | None:
        """Whether a path of the server exists, links followed (core.c:start_iffile); None where that is not known."""
        if self.root is None or "${" in path or not (path.startswith("/") or self.declared_root):
            return None
        place = posixpath.normpath(posixpath.join(self.declared_root or "/", path))
        if self.root.is_file(place) or self.root.is_dir(place):
            return True
        return False if is_missing(self.root, place) else None

    def candidates(self, path: str) -> Iterator[str]:
        """Yield where a path of the configuration may lie on the disk, the likeliest first."""
        return candidates(path, self.source, self.declared_root, self.root)

    def matches(self, pattern: str) -> list[str]:
        """Return the files that a pattern matches, in httpd's order; a directory stands for every file below it.

        The disk is asked once for each pattern, however many Includes have it.
        """
        known = self.matched.get(pattern) or self.kept.matched.get(pattern) or self.source.matched.get(pattern)
        if known is not None:
            self.budget.spend(known[1])
            self.matched[pattern] = known
            return known[0]
        before = self.budget.left
        paths = [
            file
            for path, is_listed in matching(self.disk, pattern, self.budget, self.names)
            for file in files_below(self.disk, path, self.budget, self.names, listed=is_listed)
        ]
        self.matched[pattern] = paths, before - self.budget.left
        return paths

    def names(self, directory: str) -> list[str]:
        """Return the names in a directory; none where it cannot be listed, which is noted in ``unread``."""
        self.budget.spend_on_listing(directory, self.disk.key(directory))
        try:
            return self.disk.names(directory)
        except FileProblem as problem:
            self.unread.append(problem)
            return []

    def passed_over(self) -> Iterator[PassedOver]:
        """Yield the Includes of a whole server that pass sites over."""
        if self.source.complete and not self.target.is_22 and not self.left_out:
            named = {path for paths, _ in self.matched.values() for path in paths}
            includes = ((item, pattern) for pattern, item in self.patterns.items())
            yield from passed_over(includes, self.disk, lambda path: path in named or self.key(path) in self.files)

    def use(self, item: Item, args: tuple[Arg, ...], where: Where) -> list[Frame]:
        """Return the frame of the body of the macro that is used."""
        name = args[0].value.lower()
        macro = self.macros.get(name)
        if macro is None:
            reason = f"the macro {args[0].value} is not defined in these files"
            self.gap(where.file, args[0].span, GapKind.MACRO, reason)
            return []
        mark = f"macro {name}"
        earlier = self.underway.last(mark)
        if earlier is not None and earlier.depth == where.depth:
            # mod_macro.c:use_macro refuses it whatever the conditions are, but does not notice it through an Include.
            said = f"recursive use of macro '{name}' is invalid"
            self.endless.append(Endless(item, said, self.underway.is_certain(mark, self.standing(where))))
            return []
        # mod_macro replaces the longest names first where one begins another.
        bindings = sorted(
            zip(filter(None, macro.parameters), (arg.value for arg in args[1:]), strict=False),
            key=lambda pair: -len(pair[0]),
        )
        body = macro.section
        self.used.setdefault(body, Used(macro.file.path, body.span, [])).uses.append(tuple(bindings))
        inner = where._replace(
            file=macro.file, bindings=tuple(bindings), foreign=True, wrapper=macro.section,
            use=None if where.foreign else item,
        )  # fmt: skip
        return [self.marked(mark, macro.section.children, inner)]
