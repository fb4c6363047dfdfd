"""From text to statements, by libcst, which is imported here alone, and only when a script is read."""

from __future__ import annotations

import importlib.util
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from modwsgi_fix.expressions import expression
from modwsgi_fix.script.loading import is_too_much
from modwsgi_fix.script.module import LINE_END, NO_LIBCST, Argument, Call, Kind, Module, NotPython3, Statement, Text
from modwsgi_fix.script.remembered import remembered
from modwsgi_fix.text import Span

if TYPE_CHECKING:
    import libcst as cst

#: Bytes that are not UTF-8, as ``text.decode`` keeps them: Rust refuses lone surrogates. One character stands for each.
_SURROGATE = expression(r"[\ud800-\udfff]")


def parse(text: str) -> Module:
    """Return the statements of a script. Raises ``NotPython3``."""
    read = _read(text)
    if isinstance(read, NotPython3):
        raise read
    return read


@remembered
def _read(text: str) -> Module | NotPython3:
    """Return the statements of a script, or the error, which takes as long to find and is remembered, too."""
    try:
        return _module(text)
    except NotPython3 as error:
        return error.with_traceback(None)


def has_libcst() -> bool:
    """Whether libcst is installed; it is not imported."""
    return importlib.util.find_spec("libcst") is not None


def _module(text: str) -> Module:
    try:
        import libcst as cst
        from libcst.metadata import MetadataWrapper, PositionProvider
    except ImportError as error:
        raise NotPython3(NO_LIBCST, Span(0, 0)) from error

    bom = text.startswith("\ufeff")
    source = _SURROGATE.sub("\ufffd", text[1:] if bom else text)
    if is_too_much(source):
        raise NotPython3("it is too large, or nested too deeply, to be read", Span(0, 0))
    starts = [0, *(found.end() for found in LINE_END.finditer(source))]
    try:
        module = cst.parse_module(source)
        # Where libcst does not give the text back unchanged, its positions are those of another text.
        if module.code != source:
            raise NotPython3("libcst reads it, and does not give it back as it was", Span(0, 0))
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
    except cst.ParserSyntaxError as error:
        # libcst's own ``raw_line`` is too high by one unless the error is in the last line; its parser's message is right.
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
        self.starts = [0, *(found.end() for found in LINE_END.finditer(text))]

    def lines(self, span: Span) -> Span:
        """Return the whole lines of a span, the last line end included."""
        first = self.starts[bisect_right(self.starts, span.start) - 1]
        at = bisect_right(self.starts, max(span.end - 1, span.start))
        return Span(first, self.starts[at] if at < len(self.starts) else len(self.text))

    def head(self, span: Span) -> Span:
        """Return the first line of a span."""
        found = LINE_END.search(self.text, span.start, span.end)
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
        # From our text: libcst was given stand-ins for bytes that are not UTF-8.
        return Text(self.text[span.start + prefix + quote : span.end - quote], node.prefix, span)

    def call(self, node: cst.Call) -> Call:
        import libcst as cst

        arguments = []
        for argument in node.args:
            literal = _evaluated(argument.value) if isinstance(argument.value, cst.SimpleString) else None
            keyword = argument.keyword.value if argument.keyword else argument.star
            arguments.append(Argument(keyword, self.code(argument.value), literal, self.span(argument.value)))
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
        otherwise: tuple[Statement, ...] = ()
        if orelse is not None:
            # An `elif` is an `if` in the place of the `else`.
            otherwise = (self.compound(orelse),) if isinstance(orelse, cst.If) else self.suite(orelse.body)
            parts += otherwise
        final = getattr(node, "finalbody", None)
        if final is not None:
            parts += self.suite(final.body)
        for case in getattr(node, "cases", ()):
            parts += self.suite(case.body)
        test = self.code(node.test) if isinstance(node, cst.If) else ""
        return Statement(
            "block", span, lines, self.head(span), targets, body=tuple(parts), test=test, otherwise=otherwise
        )


def dotted(node: Any) -> str:
    """Return ``a.b.c`` for names, attributes, and calls of them (a decorator with arguments); else an empty string."""
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
    """Yield the dotted names that an assignment to ``node`` binds."""
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
    """Whether a script can be read, as the text after a fix."""
    try:
        parse(text)
    except NotPython3:
        return False
    return True


def _evaluated(node: cst.SimpleString) -> str | bytes | None:
    """Return the value of a string; None where it ends within an escape. Python's warnings of unknown escapes are kept back."""
    with warnings.catch_warnings(), suppress(SyntaxError, ValueError):
        warnings.simplefilter("ignore")
        return node.evaluated_value
    return None
