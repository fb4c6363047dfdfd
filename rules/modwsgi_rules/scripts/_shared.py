"""Helpers of rules about scripts: the scripts that they look at, edits that make bytes of text, and the blocks that mod_wsgi runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from types import MappingProxyType

from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import process_of, runs_of, search_path
from modwsgi_fix.model.facts.scripts import WsgiScript, wsgi_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.script import Module
from modwsgi_fix.script.responders import Responder, responders
from modwsgi_fix.script.source import Source, is_main_guard, source_of
from modwsgi_fix.script.tokens import Token, statements
from modwsgi_fix.script.values import module_scope
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._group_options import additions_to_path

#: What comes of a call that mod_wsgi refuses, and why a fix of it is of its level.
FAILS = "so the request is an error 500"
ANSWERED = "a request that was a 500 is answered, and no other changes"
#: Functions and classes that are gone, and what to write ("What's New In Python 3.0").
GONE_BUILTINS = MappingProxyType({
    "StandardError": "Exception", "apply": "a plain call", "basestring": "str", "buffer": "memoryview", "cmp": "a key function",
    "execfile": "exec(compile(...))", "file": "open", "intern": "sys.intern", "long": "int", "raw_input": "input",
    "reduce": "functools.reduce", "reload": "importlib.reload", "unichr": "chr", "unicode": "str", "xrange": "range",
})  # fmt: skip
#: Escapes that mean the same in text and in bytes.
_PLAIN = expression(r"""(?:[ !#-\[\]-~\t\n\r"']|\\(?:\r\n|[\\'"nrtabfv\n]))*""")
_QUOTED = expression(r"([A-Za-z]*)('''|\"\"\"|'|\")(.*)\2", re.DOTALL)
_ENCODE = '.encode("utf-8")'
#: Expressions that an attribute binds to as a whole.
_ATOMS = (ast.Attribute, ast.Call, ast.Constant, ast.JoinedStr, ast.Name, ast.Subscript)


def applications(config: Config) -> Iterator[tuple[WsgiScript, Source]]:
    """Yield the scripts that answer requests, as ``ast`` reads them; those that it cannot read are left to other rules."""
    for script in wsgi_scripts(config):
        source = source_of(script.script.text)
        if source is not None:
            yield script, source


class Elsewhere(NamedTuple):
    """An application that a script imports from a module in sight: where it does so, the module, and the object's name there."""

    span: Span
    path: str
    source: Source
    name: str


def imported_application(config: Config, script: WsgiScript, source: Source) -> Elsewhere | None:
    """Return where a script imports what mod_wsgi calls from, where the module lies in a directory that Python certainly looks in."""
    key = imported_application, script.path, script.names
    return config.once(key, lambda: _imported_application(config, script, source))


def _imported_application(config: Config, script: WsgiScript, source: Source) -> Elsewhere | None:
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
            continue
        for alias in node.names:
            bound = alias.asname or alias.name
            if bound in script.names and len(module_scope(source).of(bound)) == 1:
                found = module_in_sight(config, script, node.module)
                return Elsewhere(source.span(alias), *found, alias.name) if found is not None else None
    return None


def module_in_sight(config: Config, script: WsgiScript, name: str) -> tuple[str, Source] | None:
    """Return the file of a module, by its dotted name, in a directory that Python certainly looks in; None where none is in sight."""
    return _module(config, script, name.replace(".", "/"))


def _module(config: Config, script: WsgiScript, below: str) -> tuple[str, Source] | None:
    """Return the module of this path below a directory that Python certainly looks in; None where it is not in sight."""
    disk = config.disk
    for directory in _searched(config, script) if disk is not None else ():
        for path in (f"{directory}/{below}.py", f"{directory}/{below}/__init__.py"):
            module = config.script(path) if disk is not None and disk.is_file(path) else None
            source = source_of(module.text) if module is not None else None
            if module is not None:
                return (module.path, source) if source is not None else None
    return None


def _searched(config: Config, script: WsgiScript) -> list[str]:
    """Return the directories that the script and its process groups name, in no order that would matter for one module."""
    read = python_of_script(script)
    own = [directory for _, _, directory in additions_to_path(read)] if read is not None else []
    processes = [process_of(config, run.group.name) for run in runs_of(config, script)]
    of_groups = [directory for process in processes for directory in search_path(process)]
    embedded = [directory for item in config.named("wsgipythonpath") for directory in item.value.split(":")]
    return [one.rstrip("/") for one in dict.fromkeys((*own, *of_groups, *embedded)) if one.startswith("/")]


def as_bytes(source: Source, path: str, node: ast.expr) -> list[Edit]:
    """Return the edits that turn an expression of text into bytes: ``b""`` for plain ASCII, else ``.encode("utf-8")``."""
    span = source.span(node)
    literals = _literals(source, span) if isinstance(node, (ast.Constant, ast.JoinedStr)) else []
    if literals and all(_is_plain(token.text) for token in literals):
        return [_prefixed(path, token) for token in literals]
    start, end = span
    if isinstance(node, _ATOMS) and len(literals) < 2:
        return [Edit(path, Span(end, end), _ENCODE)]
    if _is_in_parentheses(source.text, span):
        return [Edit(path, Span(end + 1, end + 1), _ENCODE)]
    return [Edit(path, Span(start, start), "("), Edit(path, Span(end, end), f"){_ENCODE}")]


def bare(source: Source, path: str, node: ast.expr, edits: list[Edit]) -> list[Edit]:
    """Return these edits within an expression, with brackets around it. Edits at its very ends are merged with them."""
    span = source.span(node)
    start, end = span
    if _is_in_parentheses(source.text, span):
        start, end = start - 1, end + 1
    text = source.text[start:end]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        if not (start <= edit.span.start and edit.span.end <= end):
            continue
        text = text[: edit.span.start - start] + edit.text + text[edit.span.end - start :]
    elsewhere = [edit for edit in edits if not (start <= edit.span.start and edit.span.end <= end)]
    return [*elsewhere, Edit(path, Span(start, end), f"[{text}]")]


def _literals(source: Source, span: Span) -> list[Token]:
    """Return the string literals that make up an expression, written side by side."""
    tokens = [token for statement in statements(f"({source.text[slice(*span)]})") for token in statement]
    return [
        token._replace(span=Span(token.span.start - 1 + span.start, token.span.end - 1 + span.start))
        for token in tokens
        if token.kind == "string"
    ]


def _prefixed(path: str, token: Token) -> Edit:
    start = token.span.start
    if token.text[:1] in "uU":
        return Edit(path, Span(start, start + 1), "b")
    return Edit(path, Span(start, start), "b")


def _is_plain(literal: str) -> bool:
    """Whether a literal means the same as bytes: it is ASCII, without escapes for characters."""
    found = _QUOTED.fullmatch(literal)
    if found is None or found[1].lower() not in ("", "r", "u"):
        return False
    return found[3].isascii() and (found[1].lower() == "r" or _PLAIN.fullmatch(found[3]) is not None)


def _is_in_parentheses(text: str, span: Span) -> bool:
    """Whether parentheses that are not a call's stand directly around an expression."""
    start, end = span
    if text[start - 1 : start] != "(" or text[end : end + 1] != ")":
        return False
    before = text[: start - 1].rstrip(" \t")
    return (
        re.search(r"[\w)\]}\"']\Z", before) is None
        or re.search(r"\b(?:return|yield|in|and|or|not|else)\Z", before) is not None
    )


class Block(NamedTuple):
    """The statements of one block; ``is_conditional`` where an ``if`` decides whether they run."""

    statements: list[ast.stmt]
    is_conditional: bool


def running(tree: ast.Module) -> Iterator[Block]:
    """Yield the blocks of a script that mod_wsgi may run, those of functions too, without those under the main guard."""
    left = [Block(tree.body, is_conditional=False)]
    while left:
        block = left.pop()
        yield block
        for statement in block.statements:
            if isinstance(statement, ast.If) and is_main_guard(statement):
                left.append(block._replace(statements=statement.orelse))
                continue
            is_conditional = block.is_conditional or isinstance(statement, ast.If)
            inner = [getattr(statement, field, None) for field in ("body", "orelse", "finalbody")]
            inner += [handler.body for handler in getattr(statement, "handlers", ())]
            inner += [case.body for case in getattr(statement, "cases", ())]
            left += [Block(statements, is_conditional) for statements in inner if statements]


def calls_of(statement: ast.stmt) -> Iterator[ast.Call]:
    """Yield the calls of a statement itself, without those of the blocks in it."""
    left: list[ast.AST] = [statement]
    while left:
        node = left.pop()
        if isinstance(node, ast.Call):
            yield node
        blocks = (ast.stmt, ast.ExceptHandler, ast.match_case)
        left += [child for child in ast.iter_child_nodes(node) if not isinstance(child, blocks)]


#: A function for a handler script that is true once a file has changed since the script was loaded. A date in the future
#: counts only once it is reached: otherwise the process would restart with each request until then.
RELOAD_REQUIRED = """\
_loaded = time.time()


def reload_required(resource):
    return _loaded < os.path.getmtime(resource) <= time.time()"""


def lines_of(module: Module, text: str) -> str:
    """Return a text with the line ends of a script."""
    return text.replace("\n", module.newline)


def called(source: Source, names: Collection[str]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Yield what mod_wsgi certainly calls itself in a script: an undecorated function or class, the only binding of its name."""
    scope = module_scope(source)
    for node in source.tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.decorator_list:
            continue
        if node.name in names and len(scope.of(node.name)) == 1:
            yield node


def asked_responders(config: Config) -> Iterator[tuple[WsgiScript, Source, Responder]]:
    """Yield for each script the functions that mod_wsgi calls itself with ``start_response``."""
    for script, source in applications(config):
        asked = {id(node) for node in called(source, script.names)}
        for responder in responders(source, script.names):
            if id(responder.function) in asked:
                yield script, source, responder


def takes(given: ast.arguments, number: int) -> bool:
    """Whether a function can be called with so many arguments."""
    most = len(given.posonlyargs + given.args)
    return most - len(given.defaults) <= number and (most >= number or given.vararg is not None)
