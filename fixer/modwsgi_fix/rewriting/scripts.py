"""Edits of WSGI scripts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.script import Module
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.script.tokens import newline_of
from modwsgi_fix.text import Span


def append_to(script: WsgiScript, module: Module, line: str) -> Edit:
    """Return the edit that adds a line at the end of a script; after a function two blank lines come first, as is usual."""
    text, newline = module.text, module.newline
    end = len(text)
    stripped = text.rstrip("\r\n\t\f ")
    gap = 2 if module.body and module.body[-1].kind in ("def", "class") else 0
    have = len(re.findall(r"\r\n?|\n", text[len(stripped) :]))
    lead = newline * max(0, 1 + gap - have) if stripped else ""
    return Edit(script.path, Span(end, end), f"{lead}{line}{newline}")


def python_of_script(script: WsgiScript) -> Script | None:
    """Return a script as Python's own parser reads it; None where it cannot read it."""
    source = source_of(script.script.text)
    return Script(source, script.script.place) if source is not None else None


def importing(script: Script, path: str, module: str, before: ast.expr) -> list[Edit] | None:
    """Return the edits that let a node at the top of a script use a module by its name: none where it is imported above.

    None where the name stands for anything else, or where there is no line to write the import on.
    """
    source = script.source
    if any(_binds_otherwise(node, module) for node in source.nodes):
        return None
    above = [one for one in script.tree.body if one.lineno < before.lineno]
    if any(_imports(one, module) for one in above):
        return []
    # The documentation and ``from __future__`` stay first, and so do the comments at the beginning of the file.
    later = [one for one in script.tree.body if not _comes_first(one)]
    place = source.whole_lines(
        next((one for one in later if isinstance(one, (ast.Import, ast.ImportFrom)) and one in above), later[0])
    )
    if place is None:
        return None
    start = _above_comments(source, place.start)
    return [Edit(path, Span(start, start), f"import {module}{newline_of(source.text)}")]


def _above_comments(source: Source, start: int) -> int:
    """Return where the comments directly above a line begin; the line itself where they begin the file."""
    at = start
    while at:
        line = source.lines(Span(at - 1, at - 1))
        if not source.text[slice(*line)].lstrip().startswith("#"):
            return at
        at = line.start
    return start


def _comes_first(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or (isinstance(statement, ast.ImportFrom) and statement.module == "__future__")


def _imports(statement: ast.stmt, module: str) -> bool:
    """Whether a statement binds a module's own name by importing it or a part of it."""
    return isinstance(statement, ast.Import) and any(
        one.asname in (None, module) and (one.name == module or (not one.asname and one.name.startswith(f"{module}.")))
        for one in statement.names
    )


def _binds_otherwise(node: ast.AST, name: str) -> bool:
    """Whether a node binds a name to anything but the module of that name."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return node.id == name
        case ast.arg():
            return node.arg == name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.ImportFrom():
            return any((one.asname or one.name) in (name, "*") for one in node.names)
        case ast.Import():
            return any(one.asname == name and one.name != name for one in node.names)
    return False


def without(script: Script, statements: Sequence[ast.stmt]) -> list[Span] | None:
    """Return the lines to delete with statements at the top of a script, and with the names and imports that only they use.

    None where something else stands on one of these lines. Comments stay, except those after a statement on its line.
    """
    gone: list[ast.stmt] = list(statements)
    while True:
        left = _used_names(ast.Module([one for one in script.tree.body if one not in gone], []))
        taken = _used_names(ast.Module(gone, []))
        idle = [
            one for one in script.tree.body
            if one not in gone and (name := _bound_alone(script, one)) and left[name] == 1 and taken[name]
        ]  # fmt: skip
        if not idle:
            break
        gone += idle
    spans = [script.source.whole_lines(one) for one in gone]
    known = sorted(span for span in spans if span is not None)
    after = script.source.text
    for start, end in reversed(known):
        after = after[:start] + after[end:]
    return known if len(known) == len(spans) and source_of(after) is not None else None


def _bound_alone(script: Script, statement: ast.stmt) -> str:
    """Return the name that a statement binds if it only binds a text, a path or an import; empty for any other statement."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) and script.value(statement.value) is not None else ""
    if isinstance(statement, (ast.Import, ast.ImportFrom)) and len(statement.names) == 1:
        alias = statement.names[0]
        return (alias.asname or alias.name).partition(".")[0] if _is_standard(statement) else ""
    return ""


#: Modules whose import has no effect that a script may rely on.
_STANDARD = frozenset({"os", "os.path", "pathlib", "runpy", "site", "sys"})


def _is_standard(statement: ast.Import | ast.ImportFrom) -> bool:
    names = [statement.module] if isinstance(statement, ast.ImportFrom) else [one.name for one in statement.names]
    return all(name in _STANDARD for name in names)


def _used_names(tree: ast.AST) -> Counter[str]:
    """Return how often each name is used or bound, by imports too."""
    found = Counter[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found[node.id] += 1
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
    return found
