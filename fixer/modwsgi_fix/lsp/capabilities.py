"""The requests that are answered, the function that answers each, and the capabilities that the editor is told.

A module that answers is imported with the first such request, because an editor waits for the language server to start.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from lsprotocol import types

from modwsgi_fix.lsp.state import State
from modwsgi_fix.tuples import NamedTuple

#: Patterns of files whose change on the disk may change an answer.
WATCHED = (
    "**/*.{conf,vhost,inc,load,wsgi,py}",
    "**/{.htaccess,envvars,modwsgi-fix.toml,pyproject.toml}",
    "**/{sites,conf,mods}-{available,enabled}/*",
)

#: The names of the kinds of semantic tokens: a token has the number of its kind.
LEGEND = types.SemanticTokensLegend(
    ["comment", "keyword", "function", "string", "variable", "parameter", "number"], ["deprecated"]
)


class Function(NamedTuple):
    """A function of a module of this package."""

    module: str
    name: str

    def answer(self, state: State, *arguments: Any) -> Any:
        """Import the module, call the function, and return its result."""
        return getattr(import_module(f"modwsgi_fix.lsp.{self.module}"), self.name)(state, *arguments)


#: By method: the function that answers, given the state and the parameters, and the options to tell the editor.
FEATURES: Mapping[str, tuple[Function, Any]] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: (
        Function("pulling", "document"),
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="modwsgi-fix"),
    ),
    types.WORKSPACE_DIAGNOSTIC: (Function("pulling", "workspace"), None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        Function("actions", "offered"),
        types.CodeActionOptions([types.CodeActionKind.QuickFix, "source.fixAll.modwsgi-fix"], resolve_provider=True),
    ),
    types.CODE_ACTION_RESOLVE: (Function("actions", "resolve"), None),
    types.TEXT_DOCUMENT_FORMATTING: (Function("layout", "document"), None),
    types.TEXT_DOCUMENT_RANGE_FORMATTING: (Function("layout", "in_range"), None),
    types.TEXT_DOCUMENT_HOVER: (Function("hover", "hover"), None),
    types.TEXT_DOCUMENT_COMPLETION: (
        Function("completion", "completion"),
        types.CompletionOptions(trigger_characters=["<", "/", "=", "{", "%"]),
    ),
    types.TEXT_DOCUMENT_DEFINITION: (Function("navigating", "definition"), None),
    types.TEXT_DOCUMENT_REFERENCES: (Function("navigating", "references"), None),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: (Function("navigating", "highlights"), None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (Function("navigating", "prepared"), None),
    types.TEXT_DOCUMENT_RENAME: (Function("navigating", "renamed"), types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (Function("symbols", "document"), None),
    types.WORKSPACE_SYMBOL: (Function("symbols", "workspace"), None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (Function("ranges", "folding"), None),
    types.TEXT_DOCUMENT_SELECTION_RANGE: (Function("ranges", "selection"), None),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (Function("tokens", "full"), LEGEND),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: (Function("tokens", "of_range"), LEGEND),
    types.TEXT_DOCUMENT_INLAY_HINT: (Function("hints", "inlay"), None),
    types.TEXT_DOCUMENT_CODE_LENS: (Function("hints", "lenses"), None),
    types.WORKSPACE_TEXT_DOCUMENT_CONTENT: (Function("virtual", "content"), None),
}

#: The requests that run all rules, and take the longest.
CHECKS = frozenset({types.TEXT_DOCUMENT_DIAGNOSTIC, types.WORKSPACE_DIAGNOSTIC})

#: The requests that the open text alone answers, at once.
OF_THE_TEXT = frozenset(
    {
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
        types.TEXT_DOCUMENT_FOLDING_RANGE,
        types.TEXT_DOCUMENT_SELECTION_RANGE,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE,
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT,
    }
)

#: The requests that the open text alone answers while a check runs, as far as it can.
MEANWHILE = frozenset({types.TEXT_DOCUMENT_HOVER, types.TEXT_DOCUMENT_COMPLETION})

#: Commands that an editor runs by name, given its arguments: each returns a document.
COMMANDS: Mapping[str, Function] = {
    "modwsgi-fix.trace": Function("commands", "trace"),
    "modwsgi-fix.exposed": Function("commands", "exposed"),
    "modwsgi-fix.explain": Function("commands", "explain"),
}

#: The answers of requests that cannot be answered; null for all others.
EMPTY: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: types.RelatedFullDocumentDiagnosticReport(items=[]),
    types.WORKSPACE_DIAGNOSTIC: types.WorkspaceDiagnosticReport(items=[]),
}
