"""A WSGI script as libcst reads it: statements with the spans of our text, and what rules ask of them.

libcst is imported here alone, and only when a script is read. It reads and says where things stand; a change is an ``Edit``
of the text like any other. Of a script that is no Python 3 nothing is said but that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from modwsgi_fix.text import Span

if TYPE_CHECKING:
    import libcst as cst

#: Where libcst ends a line (its codegen splits so; a form feed or U+0085 ends none).
_LINE_END = re.compile(r"\r\n?|\n")
#: Bytes that are no UTF-8, as ``text.decode`` keeps them; Rust takes no lone surrogate. One character stands for one.
_SURROGATE = re.compile(r"[\ud800-\udfff]")

Kind = Literal["import", "assign", "expression", "def", "class", "block", "return", "yield", "other"]


class NotPython3(Exception):
    """A script that libcst cannot read: Python 2, or broken. ``span`` is where it gave up."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call: ``keyword`` or empty, its source, and the literal that it is (None for any other)."""

    keyword: str
    source: str
    literal: str | bytes | None
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the dotted name of what is called (empty where it has none), the arguments, where it stands."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, position: int, keyword: str) -> Argument | None:
        """The argument at a position (from 0) or of a keyword."""
        plain = [argument for argument in self.arguments if not argument.keyword]
        named = next((argument for argument in self.arguments if argument.keyword == keyword), None)
        return named or (plain[position] if position < len(plain) else None)


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal: its value, its prefix in lower case (``b``, ``f`` …), and where it stands."""

    value: str
    prefix: str
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    ``targets`` are the dotted names that it binds (for an import, the local names); ``value`` is the source of what is
    assigned, returned or evaluated, ``call`` that value where it is a call. ``imported`` maps local names to dotted
    ones. ``strings`` are the string literals that the value is, or that a list or tuple in its place holds; ``wraps``
    says which. A block (``if``, ``try``, ``with``, ``for`` …) has a ``body`` with all of its branches, and ``test``, the
    source of an ``if``'s condition.
    """

    kind: Kind
    span: Span
    lines: Span
    #: What to underline: the name of a function or class, else the statement's first line.
    head: Span
    targets: tuple[str, ...] = ()
    value: str = ""
    value_span: Span | None = None
    call: Call | None = None
    imported: tuple[tuple[str, str], ...] = ()
    star: bool = False
    decorators: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    strings: tuple[Text, ...] = ()
    wraps: Literal["", "list", "tuple"] = ""
    body: tuple[Statement, ...] = ()
    test: str = ""
    has_else: bool = False
    #: False where other small statements share its line.
    alone: bool = True

    def walk(self) -> Iterator[Statement]:
        """It and the statements in it, those of functions too."""
        yield self
        for one in self.body:
            yield from one.walk()


@dataclass(frozen=True, slots=True)
class Module:
    """A script's statements. ``text`` is what was read, character for character."""

    text: str
    body: tuple[Statement, ...]
    #: Every name that stands in the script, and where; attributes and keywords are names, too, words in strings are not.
    identifiers: tuple[tuple[str, int], ...]

    def count(self, name: str, span: Span) -> int:
        """How often a name stands within a span."""
        return sum(one == name and at in span for one, at in self.identifiers)

    @property
    def newline(self) -> str:
        """The first line end."""
        found = _LINE_END.search(self.text)
        return found[0] if found else "\n"

    def top(self) -> Iterator[Statement]:
        """What is run on import: statements outside of functions and classes, those of blocks included."""
        stack = list(reversed(self.body))
        while stack:
            one = stack.pop()
            yield one
            if one.kind == "block":
                stack += reversed(one.body)

    def all(self) -> Iterator[Statement]:
        """Every statement."""
        for one in self.body:
            yield from one.walk()

    @property
    def names(self) -> dict[str, Statement]:
        """What is bound on import, with the last statement that binds it. A main guard's body is never run."""
        return {name: one for one in self.live() for name in one.targets if "." not in name}

    def live(self) -> Iterator[Statement]:
        """As ``top``, without what stands under ``if __name__ == "__main__":``."""
        stack = list(reversed(self.body))
        while stack:
            one = stack.pop()
            yield one
            if one.kind == "block" and not is_main_guard(one):
                stack += reversed(one.body)

    @property
    def imports(self) -> dict[str, str]:
        """Local names of what is imported on import of the script, with the dotted names they stand for."""
        return {local: dotted for one in self.live() for local, dotted in one.imported}

    def resolve(self, name: str) -> str:
        """A dotted name with its first part as it was imported: ``query`` after ``from bobo import query``."""
        first, dot, rest = name.partition(".")
        return self.imports.get(first, first) + dot + rest

    @property
    def is_open(self) -> bool:
        """True where names may be bound that are not to be seen: a star import, ``exec``, ``globals()``."""
        return any(one.star for one in self.live()) or any(
            word in self.text
            for word in ("globals(", "locals(", "exec(", "execfile", "__dict__", "setattr(", "sys.modules[")
        )


def is_main_guard(one: Statement) -> bool:
    """``if __name__ == "__main__":``, which mod_wsgi never enters: the script's name is another."""
    return (
        re.fullmatch(r"""\(?\s*(?:__name__\s*==\s*["']__main__["']|["']__main__["']\s*==\s*__name__)\s*\)?""", one.test)
        is not None
    )


@lru_cache(maxsize=64)
def parse(text: str) -> Module:
    """The statements of a script. Raises ``NotPython3``."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    bom = text.startswith("\ufeff")
    source = _SURROGATE.sub("\ufffd", text[1:] if bom else text)
    starts = [0, *(found.end() for found in _LINE_END.finditer(source))]
    try:
        module = cst.parse_module(source)
        # A module that libcst does not give back as it was has positions of another text.
        if module.code != source:
            raise NotPython3("libcst reads it, and does not give it back as it was", Span(0, 0))
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
    except cst.ParserSyntaxError as error:
        # libcst's own ``raw_line`` is one too many unless the error is in the last line; its parser's message is right.
        told = re.search(r"error at (\d+):", error.message)
        line = int(told[1]) if told else error.raw_line
        at = starts[min(max(line, 1), len(starts)) - 1] + bom
        raise NotPython3("it is not Python 3", Span(min(at, len(text)), min(at, len(text)))) from error
    except (cst.CSTValidationError, RecursionError, UnicodeError, ValueError) as error:
        raise NotPython3(f"libcst cannot read it: {type(error).__name__}", Span(0, 0)) from error

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column + bom

    def span(node: cst.CSTNode) -> Span:
        found = positions[node]
        return Span(offset(found.start.line, found.start.column), offset(found.end.line, found.end.column))

    names: list[tuple[str, int]] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:
            names.append((node.value, span(node).start))

    module.visit(Names())
    return Module(text, tuple(_Reader(text, module, span).body(module.body)), tuple(names))


class _Reader:
    """From nodes to statements."""

    def __init__(self, text: str, module: cst.Module, span: Any) -> None:
        self.text = text
        self.module = module
        self.span = span
        self.starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def lines(self, span: Span) -> Span:
        """The whole lines of a span, the last line end included."""
        first = self.starts[bisect_right(self.starts, span.start) - 1]
        at = bisect_right(self.starts, max(span.end - 1, span.start))
        return Span(first, self.starts[at] if at < len(self.starts) else len(self.text))

    def head(self, span: Span) -> Span:
        """A span's first line."""
        found = _LINE_END.search(self.text, span.start, span.end)
        return Span(span.start, found.start() if found else span.end)

    def code(self, node: cst.CSTNode) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def body(self, nodes: Any) -> Iterator[Statement]:
        import libcst as cst

        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                alone = len(node.body) == 1
                for small in node.body:
                    yield self.small(small, alone=alone)
            else:
                yield self.compound(node)

    def suite(self, node: Any) -> tuple[Statement, ...]:
        import libcst as cst

        if isinstance(node, cst.SimpleStatementSuite):
            return tuple(self.small(small, alone=False) for small in node.body)
        return tuple(self.body(node.body))

    def small(self, node: cst.BaseSmallStatement, *, alone: bool) -> Statement:
        import libcst as cst

        span = self.span(node)
        lines = self.lines(span)
        if isinstance(node, cst.Import):
            pairs = tuple(self.import_names(node))
            return Statement(
                "import", span, lines, self.head(span), tuple(p[0] for p in pairs), imported=pairs, alone=alone
            )
        if isinstance(node, cst.ImportFrom):
            module = "." * len(node.relative) + (dotted(node.module) if node.module else "")
            if isinstance(node.names, cst.ImportStar):
                return Statement("import", span, lines, self.head(span), value=module, star=True, alone=alone)
            pairs = tuple(
                (dotted(alias.asname.name) if alias.asname else dotted(alias.name), f"{module}.{dotted(alias.name)}")
                for alias in node.names
            )
            names = tuple(p[0] for p in pairs)
            return Statement("import", span, lines, self.head(span), names, value=module, imported=pairs, alone=alone)
        if isinstance(node, cst.Assign):
            targets = tuple(name for target in node.targets for name in names_of(target.target))
            return self.valued("assign", span, lines, targets, node.value, alone=alone)
        if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
            value = node.value
            targets = tuple(names_of(node.target))
            if value is None:
                return Statement("other", span, lines, self.head(span), alone=alone)
            return self.valued("assign", span, lines, targets, value, alone=alone)
        if isinstance(node, cst.Expr):
            kind: Kind = "yield" if isinstance(node.value, cst.Yield) else "expression"
            evaluated = node.value.value if isinstance(node.value, cst.Yield) else node.value
            if isinstance(evaluated, cst.BaseExpression):
                return self.valued(kind, span, lines, (), evaluated, alone=alone)
        if isinstance(node, cst.Return) and node.value is not None:
            return self.valued("return", span, lines, (), node.value, alone=alone)
        return Statement("other", span, lines, self.head(span), alone=alone)

    def valued(
        self, kind: Kind, span: Span, lines: Span, targets: tuple[str, ...], value: cst.BaseExpression, *, alone: bool
    ) -> Statement:
        import libcst as cst

        wraps: Literal["", "list", "tuple"] = ""
        elements = [value]
        if isinstance(value, (cst.List, cst.Tuple)):
            wraps = "list" if isinstance(value, cst.List) else "tuple"
            elements = [element.value for element in value.elements]
        strings = tuple(self.string(one) for one in elements if isinstance(one, cst.SimpleString))
        call = self.call(value) if isinstance(value, cst.Call) else None
        return Statement(
            kind,
            span,
            lines,
            self.head(span),
            targets,
            self.code(value),
            self.span(value),
            call,
            strings=strings,
            wraps=wraps,
            alone=alone,
        )

    def string(self, node: cst.SimpleString) -> Text:
        span, prefix = self.span(node), len(node.prefix)
        quote = len(node.quote)
        # From our text: libcst was given a stand-in for what is no UTF-8.
        return Text(self.text[span.start + prefix + quote : span.end - quote], node.prefix, span)

    def call(self, node: cst.Call) -> Call:
        import libcst as cst

        arguments = []
        for one in node.args:
            literal = one.value.evaluated_value if isinstance(one.value, cst.SimpleString) else None
            keyword = one.keyword.value if one.keyword else one.star
            arguments.append(Argument(keyword, self.code(one.value), literal, self.span(one.value)))
        return Call(dotted(node.func), tuple(arguments), self.span(node))

    def import_names(self, node: cst.Import) -> Iterator[tuple[str, str]]:
        for alias in node.names:
            name = dotted(alias.name)
            if alias.asname:
                yield dotted(alias.asname.name), name
            else:
                first = name.partition(".")[0]
                yield first, first

    def compound(self, node: Any) -> Statement:
        import libcst as cst

        span = self.span(node)
        lines = self.lines(span)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            decorators = tuple(dotted(one.decorator) for one in node.decorators)
            parameters = (
                tuple(one.name.value for one in node.params.params) if isinstance(node, cst.FunctionDef) else ()
            )
            kind: Kind = "def" if isinstance(node, cst.FunctionDef) else "class"
            body = self.suite(node.body)
            return Statement(
                kind,
                span,
                lines,
                self.span(node.name),
                (node.name.value,),
                decorators=decorators,
                parameters=parameters,
                body=body,
            )
        parts: list[Statement] = []
        targets: tuple[str, ...] = ()
        if isinstance(node, cst.For):
            targets = tuple(names_of(node.target))
        if isinstance(node, cst.With):
            targets = tuple(name for one in node.items if one.asname for name in names_of(one.asname.name))
        parts += self.suite(node.body) if hasattr(node, "body") else ()
        for handler in getattr(node, "handlers", ()):
            parts += self.suite(handler.body)
        orelse = getattr(node, "orelse", None)
        if orelse is not None:
            # An `elif` is an `if` of its own in the place of the `else`.
            parts += (self.compound(orelse),) if isinstance(orelse, cst.If) else self.suite(orelse.body)
        final = getattr(node, "finalbody", None)
        if final is not None:
            parts += self.suite(final.body)
        for case in getattr(node, "cases", ()):
            parts += self.suite(case.body)
        test = self.code(node.test) if isinstance(node, cst.If) else ""
        return Statement(
            "block", span, lines, self.head(span), targets, body=tuple(parts), test=test, has_else=orelse is not None
        )


def dotted(node: Any) -> str:
    """``a.b.c`` for names, attributes, and calls of them (a decorator with arguments); else an empty string."""
    import libcst as cst

    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        first = dotted(node.value)
        return f"{first}.{node.attr.value}" if first else ""
    if isinstance(node, cst.Call):
        return dotted(node.func)
    return ""


def names_of(node: Any) -> Iterator[str]:
    """The dotted names that an assignment to ``node`` binds."""
    import libcst as cst

    if isinstance(node, (cst.Name, cst.Attribute)):
        name = dotted(node)
        if name:
            yield name
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from names_of(element.value)
    elif isinstance(node, cst.StarredElement):
        yield from names_of(node.value)


def is_python3(text: str) -> bool:
    """Whether a script can be read; for a text that a fix would leave."""
    try:
        parse(text)
    except NotPython3:
        return False
    return True


#: The decorators by which bobo makes a resource of a function or class.
_RESOURCES = frozenset({"query", "post", "get", "put", "delete", "head", "options", "resource", "subroute"})


def bobo_resources(module: Module) -> list[Statement]:
    """The functions and classes of a module that are bobo resources."""
    return [
        one
        for one in module.live()
        if one.kind in ("def", "class")
        and any(module.resolve(name).removeprefix("bobo.") in _RESOURCES and module.resolve(name).startswith("bobo.")
                for name in one.decorators)
    ]  # fmt: skip


#: What makes a WSGI application, by dotted name.
_MAKERS = frozenset({
    "flask.Flask", "flask.app.Flask", "bottle.Bottle", "bottle.default_app", "falcon.API", "falcon.App", "quixote.wsgi.QWIP",
    "django.core.wsgi.get_wsgi_application", "django.core.handlers.wsgi.WSGIHandler", "webapp2.WSGIApplication",
    "bobo.Application", "cherrypy.Application", "cherrypy.tree.mount", "paste.deploy.loadapp", "pyramid.paster.get_app",
    "connexion.App", "connexion.FlaskApp", "web.application.wsgifunc",
})  # fmt: skip


def makes_application(module: Module, one: Statement) -> bool:
    """True when a statement assigns what a known framework makes."""
    return one.call is not None and module.resolve(one.call.name) in _MAKERS
