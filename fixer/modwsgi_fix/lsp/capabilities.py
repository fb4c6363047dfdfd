"""Which requests are answered, by which function, and what the editor is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types

from modwsgi_fix.lsp.state import State
from modwsgi_fix.lsp.virtual import Virtual

#: Files whose change on the disk may change an answer.
WATCHED = (
    "**/*.{conf,vhost,inc,load,wsgi,py}",
    "**/{.htaccess,envvars,modwsgi-fix.toml,pyproject.toml}",
    "**/{sites,conf,mods}-{available,enabled}/*",
)


class Refused(Exception):
    """A request that is answered by saying why it is not done."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _diagnostic(state: State, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    from modwsgi_fix.lsp.pulling import document

    return document(state, params)


def _workspace_diagnostic(state: State, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    from modwsgi_fix.lsp.pulling import workspace

    return workspace(state, params)


def _actions(state: State, params: types.CodeActionParams) -> list[types.CodeAction]:
    from modwsgi_fix.lsp.actions import actions

    buffer = state.buffer(params)
    return [] if buffer is None else actions(state.answers, buffer, params, state.encoding, lazily=state.resolves)


def _resolved(state: State, params: types.CodeAction) -> types.CodeAction:
    from modwsgi_fix.lsp.actions import resolved

    return resolved(state.answers, params, state.encoding)


def _formatting(state: State, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    from modwsgi_fix.lsp.layout import formatted

    buffer = state.buffer(params)
    return [] if buffer is None else formatted(state, buffer, None)


def _range_formatting(state: State, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    from modwsgi_fix.lsp.layout import formatted

    buffer = state.buffer(params)
    return [] if buffer is None else formatted(state, buffer, params.range)


#: By method: the function that answers, and the options that are told.
FEATURES: Mapping[str, tuple[Callable[[State, Any], Any], Any]] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: (
        _diagnostic,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="modwsgi-fix"),
    ),
    types.WORKSPACE_DIAGNOSTIC: (_workspace_diagnostic, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _actions,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, "source.fixAll.modwsgi-fix"], resolve_provider=True
        ),
    ),
    types.CODE_ACTION_RESOLVE: (_resolved, None),
    types.TEXT_DOCUMENT_FORMATTING: (_formatting, None),
    types.TEXT_DOCUMENT_RANGE_FORMATTING: (_range_formatting, None),
}

#: Commands that an editor runs by name: each returns a document.
COMMANDS: Mapping[str, Callable[..., Virtual]] = {}

#: What is answered where nothing can be.
EMPTY: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: types.RelatedFullDocumentDiagnosticReport(items=[]),
    types.WORKSPACE_DIAGNOSTIC: types.WorkspaceDiagnosticReport(items=[]),
}
