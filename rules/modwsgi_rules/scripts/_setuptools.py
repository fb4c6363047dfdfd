"""The fix of a script that uses little of pkg_resources, which setuptools no longer has."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rewriting.scripts import python_of_script, without
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import bound_names
from modwsgi_fix.script.source import dotted, imports_of, resolved

_GONE = "pkg_resources"
_ASKED, _ENTRY_POINTS = f"{_GONE}.iter_entry_points", "importlib.metadata.entry_points"
#: The first Python whose ``entry_points`` takes a group.
_WITH_GROUPS = (3, 10)
#: A requirement that no later version fails: one that asks for an old version may have chosen an egg among several.
_ANY_LATER = expression(r"[\w.-]+(?:\[[\w,. -]*\])?\s*(?:>=?[\w.\s]+)?")
#: What an entry point of pkg_resources has, and one of importlib.metadata has not.
_ATTRIBUTES = frozenset({"attrs", "module_name", "require", "resolve"})


def without_setuptools(script: WsgiScript, python: tuple[int, ...] | None) -> Fix | None:
    """Return the fix that does without pkg_resources; None where the script uses more of it than what can be left out."""
    read = python_of_script(script)
    # What __main__ requires is put on the path with the import.
    if read is None or "__main__" in script.script.text:
        return None
    source, imports = read.source, imports_of(read.source)
    imported = [node for node in source.nodes if isinstance(node, (ast.Import, ast.ImportFrom)) and _imports(node)]
    local = {name for name, whole in imports.items() if whole.partition(".")[0] == _GONE}
    uses = [node for node in source.nodes if isinstance(node, ast.Name) and node.id in local]
    statements = [one for one in read.tree.body if _is_needless(read, one)]
    calls = [
        node for node in source.nodes
        if isinstance(node, ast.Call) and resolved(dotted(node.func), imports) == _ASKED
    ]  # fmt: skip
    is_all = len(imported) == 1 and len(uses) == len(statements) + len(calls)
    first = imported[0] if imported else None
    if first is None or not is_all or first not in read.tree.body or len(first.names) > 1 or first.names[0].asname:
        return None
    if not calls:
        deleted = without(read, [first, *statements])
        reason = (
            "a package that is an egg beside others is no longer put on the path, and none is asked for by its version"
        )
        edits = [Edit(script.path, span) for span in deleted or ()]
        return Fix.unsafe(f"Do without {_GONE}", *edits, reason=reason) if edits else None
    replaced = _by_importlib(read, script.path, first, calls)
    deleted = without(read, statements)
    if replaced is None or deleted is None or (python is not None and python < _WITH_GROUPS):
        return None
    reason = "it takes Python 3.10, and load() no longer asks for what a package requires"
    edits = [*replaced, *(Edit(script.path, span) for span in deleted)]
    return Fix.unsafe("Ask importlib.metadata", *edits, reason=reason)


def _imports(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return any(name.partition(".")[0] == _GONE for name in names)


def _is_needless(read: Script, statement: ast.stmt) -> bool:
    """Whether a statement asks for packages, or declares the script a package of several places."""
    match statement:
        case ast.Expr(value=ast.Call(func=func, args=args, keywords=[])):
            name = resolved(dotted(func), imports_of(read.source))
            if name == f"{_GONE}.declare_namespace":
                return [dotted(one) for one in args] == ["__name__"]
            return name == f"{_GONE}.require" and all(_ANY_LATER.fullmatch(read.value(one) or "") for one in args)
    return False


def _by_importlib(
    read: Script, path: str, imported: ast.Import | ast.ImportFrom, calls: Sequence[ast.Call]
) -> list[Edit] | None:
    source = read.source
    bound = bound_names(read.tree)
    asked = (one for one in source.nodes if isinstance(one, ast.Attribute) and one.attr in _ATTRIBUTES)
    if (
        bound is None
        or bound & {"importlib", "entry_points"}
        or any(dotted(one) != f"{_GONE}.require" for one in asked)
    ):
        return None
    if any(call.keywords or not 1 <= len(call.args) <= len(("group", "name")) for call in calls):
        return None
    is_module = isinstance(imported, ast.Import)
    written = "import importlib.metadata" if is_module else "from importlib.metadata import entry_points"
    edits = [Edit(path, source.span(imported), written)]
    for call in calls:
        edits.append(Edit(path, source.span(call.func), _ENTRY_POINTS if is_module else "entry_points"))
        for keyword, argument in zip(("group", "name"), call.args, strict=False):
            start = source.span(argument).start
            edits.append(Edit(path, source.span(argument)._replace(end=start), f"{keyword}="))
    return edits
