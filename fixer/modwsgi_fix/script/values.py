"""The kind of value that an expression of a script certainly has: text, bytes or a number."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Literal

from modwsgi_fix.script.source import Function, Source, dotted, imports_of, own

Kind = Literal["text", "bytes", "number", ""]

#: Methods of text that give text.
_TEXT_METHODS = frozenset({
    "capitalize", "center", "expandtabs", "format", "format_map", "join", "ljust", "lower", "lstrip", "replace", "rjust",
    "rstrip", "strip", "swapcase", "title", "translate", "upper", "zfill",
})  # fmt: skip
_BUILTINS: Mapping[str, Kind] = {
    "ascii": "text", "bin": "text", "bytes": "bytes", "chr": "text", "float": "number", "format": "text", "hex": "text",
    "int": "number", "len": "number", "oct": "text", "repr": "text", "str": "text",
}  # fmt: skip
#: Functions of the standard library, by dotted name.
_FUNCTIONS: Mapping[str, Kind] = {
    "cgi.escape": "text", "html.escape": "text", "json.dumps": "text", "os.getcwd": "text", "os.getpid": "number",
    "pprint.pformat": "text", "time.asctime": "text", "time.ctime": "text", "time.strftime": "text",
    "traceback.format_exc": "text", "urllib.parse.quote": "text", "urllib.parse.unquote": "text",
    "urllib.parse.urlencode": "text", "zlib.compress": "bytes", "gzip.compress": "bytes",
}  # fmt: skip
#: The depth of nesting, and of names that stand for names, up to which expressions are followed.
_DEEPEST = 150


class Unknown:
    """A binding whose value no expression tells: of a loop, a parameter, an import."""


UNKNOWN = Unknown()

#: A binding: an expression; an ``ast.AugAssign`` that adds to what was there; a function; or none of them.
Binding = ast.expr | ast.AugAssign | ast.FunctionDef | Unknown


class Scope:
    """The bindings of a function and of the module around it; ``environ`` is the name of the WSGI environ's parameter."""

    def __init__(
        self,
        function: Function | ast.Module,
        bindings: Mapping[str, list[Binding]],
        outer: Mapping[str, list[Binding]],
        imports: Mapping[str, str],
        environ: str = "",
        results: dict[int, Kind] | None = None,
    ) -> None:
        self.function = function
        self.bindings = bindings
        self.outer = outer
        self.imports = imports
        self.environ = environ
        #: The kinds of names found so far; a name that is being looked up has no certain kind.
        self.known: dict[str, Kind] = {}
        #: The same for what the functions of the script return, shared by the scopes in it.
        self.results: dict[int, Kind] = {} if results is None else results

    def of(self, name: str) -> list[Binding]:
        """Return the bindings of a name in this function, or else in the module; empty where neither binds it."""
        return self.bindings.get(name) or self.outer.get(name) or []

    def only(self, name: str) -> ast.expr | None:
        """Return the only expression that a name is bound to; None where there are several, or none."""
        found = self.of(name)
        return found[0] if len(found) == 1 and isinstance(found[0], ast.expr) else None

    def resolve(self, node: ast.AST) -> str:
        """Return the full dotted name of a called function; that of a built-in is its own name."""
        name = dotted(node)
        first, dot, rest = name.partition(".")
        if first in self.imports and all(isinstance(one, Unknown) for one in self.of(first)):
            return self.imports[first] + dot + rest
        return "" if self.of(first) else name


def module_scope(source: Source) -> Scope:
    """Return the scope of a script's top level."""
    return source.once(module_scope, lambda: Scope(source.tree, bindings_of(source.tree), {}, imports_of(source)))


def bindings_of(function: Function | ast.Module) -> dict[str, list[Binding]]:
    """Return every binding of each name in a function or module, without those in functions inside of it."""
    found: dict[str, list[Binding]] = {}

    def bind(target: ast.AST, value: Binding) -> None:
        if isinstance(target, ast.Name):
            found.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for child, part in zip(target.elts, _parts(value, target.elts), strict=True):
                bind(child, part)
        elif isinstance(target, ast.Starred):
            bind(target.value, UNKNOWN)

    if not isinstance(function, ast.Module):
        for argument in ast.walk(function.args):
            if isinstance(argument, ast.arg):
                found.setdefault(argument.arg, []).append(UNKNOWN)
    for node in own(function):
        match node:
            case ast.Assign():
                for target in node.targets:
                    bind(target, node.value)
            case ast.AnnAssign(value=ast.expr() as value):
                bind(node.target, value)
            case ast.AugAssign():
                bind(node.target, node)
            case ast.NamedExpr():
                bind(node.target, node.value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                bind(node.target, UNKNOWN)
            case ast.withitem(optional_vars=ast.expr() as target):
                bind(target, UNKNOWN)
            case ast.ExceptHandler(name=str() as name):
                found.setdefault(name, []).append(UNKNOWN)
            case ast.FunctionDef():
                found.setdefault(node.name, []).append(node)
            case ast.AsyncFunctionDef() | ast.ClassDef():
                found.setdefault(node.name, []).append(UNKNOWN)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    found.setdefault((alias.asname or alias.name).partition(".")[0], []).append(UNKNOWN)
            case ast.Global() | ast.Nonlocal():
                for name in node.names:
                    found.setdefault(name, []).extend((UNKNOWN, UNKNOWN))
            case ast.Delete():
                for target in node.targets:
                    bind(target, UNKNOWN)
    return found


def _parts(value: Binding, targets: Sequence[ast.expr]) -> Sequence[Binding]:
    """Return what each target of ``a, b = c, d`` is bound to; unknown where the parts do not stand side by side."""
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
    is_plain = len(parts) == len(targets) and not any(isinstance(one, ast.Starred) for one in (*parts, *targets))
    return parts if is_plain else [UNKNOWN] * len(targets)


def kind_of(node: ast.expr, scope: Scope, depth: int = 0) -> Kind:
    """Return the kind of value that an expression certainly has when it is evaluated without an error."""
    if depth > _DEEPEST:
        return ""
    match node:
        case ast.Constant(value=str()):
            return "text"
        case ast.Constant(value=bytes()):
            return "bytes"
        case ast.Constant(value=bool()):
            return ""
        case ast.Constant(value=int() | float()):
            return "number"
        case ast.JoinedStr():
            return "text"
        case ast.BinOp(op=ast.Mod() | ast.Mult()):
            left = kind_of(node.left, scope, depth + 1)
            return left if left != "number" else ""
        case ast.BinOp(op=ast.Add()):
            kinds = [kind_of(side, scope, depth + 1) for side in (node.left, node.right)]
            if kinds[0] == kinds[1]:
                return kinds[0]
            return next((kind for kind in kinds if kind in ("text", "bytes") and "" in kinds), "")
        case ast.IfExp():
            kind = kind_of(node.body, scope, depth + 1)
            return kind if kind == kind_of(node.orelse, scope, depth + 1) else ""
        case ast.NamedExpr():
            return kind_of(node.value, scope, depth + 1)
        case ast.Name():
            return _of_name(node.id, scope, depth + 1)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
            return "text" if name == scope.environ and key.isupper() else ""
        case ast.Call():
            return _of_call(node, scope, depth + 1)
    return ""


def _of_name(name: str, scope: Scope, depth: int) -> Kind:
    if name not in scope.known:
        scope.known[name] = ""
        scope.known[name] = _of_bindings(name, scope, depth)
    return scope.known[name]


def _of_bindings(name: str, scope: Scope, depth: int) -> Kind:
    bindings = scope.of(name)
    kinds: set[Kind] = set()
    for binding in bindings:
        if isinstance(binding, ast.AugAssign):
            # Adding to text gives text, or fails.
            kind = kind_of(binding.value, scope, depth + 1) if isinstance(binding.op, ast.Add) else ""
            if kind or not isinstance(binding.op, ast.Add):
                kinds.add(kind)
        elif isinstance(binding, ast.expr):
            kinds.add(kind_of(binding, scope, depth + 1))
        else:
            return ""
    return kinds.pop() if len(kinds) == 1 else ""


def _of_call(node: ast.Call, scope: Scope, depth: int) -> Kind:
    name = scope.resolve(node.func)
    if name in _BUILTINS and name not in scope.imports.values():
        return _BUILTINS[name]
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    if isinstance(node.func, ast.Name):
        return _of_result(node.func.id, scope, depth)
    if not isinstance(node.func, ast.Attribute):
        return ""
    owner, method = node.func.value, node.func.attr
    if method in _TEXT_METHODS:
        kind = kind_of(owner, scope, depth)
        return kind if kind in ("text", "bytes") else ""
    if method == "encode":
        return "bytes" if kind_of(owner, scope, depth) == "text" else ""
    if method == "decode":
        return "text" if kind_of(owner, scope, depth) == "bytes" else ""
    made = scope.only(owner.id) if isinstance(owner, ast.Name) else owner
    if isinstance(made, ast.Call) and method == "getvalue":
        return {"io.StringIO": "text", "io.BytesIO": "bytes"}.get(scope.resolve(made.func), "")  # type: ignore[return-value]
    if isinstance(made, ast.Call) and method == "read" and scope.resolve(made.func) == "open":
        return _of_file(made)
    return ""


def _of_result(name: str, scope: Scope, depth: int) -> Kind:
    """Return the kind of a function's result, where all its returns have one kind."""
    bindings = scope.of(name)
    function = bindings[0] if len(bindings) == 1 else None
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return ""
    if id(function) not in scope.results:
        scope.results[id(function)] = ""
        scope.results[id(function)] = _returned(function, scope, depth)
    return scope.results[id(function)]


def _returned(function: ast.FunctionDef, scope: Scope, depth: int) -> Kind:
    outer = scope.outer or scope.bindings
    inner = Scope(function, bindings_of(function), outer, scope.imports, results=scope.results)
    kinds: set[Kind] = set()
    for node in own(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return ""
        if isinstance(node, ast.Return):
            kinds.add(kind_of(node.value, inner, depth + 1) if node.value is not None else "")
    return kinds.pop() if len(kinds) == 1 else ""


def _of_file(made: ast.Call) -> Kind:
    """Return the kind that reading a file gives, by the mode in which it was opened."""
    modes = [one.value for one in made.keywords if one.arg == "mode"] or made.args[1:2]
    if not modes:
        return "text"
    mode = modes[0]
    if not isinstance(mode, ast.Constant) or not isinstance(mode.value, str):
        return ""
    return "bytes" if "b" in mode.value else "text"
