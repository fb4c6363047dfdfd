"""Diagnostics for editors that pull them; a report that the editor already has is not sent again."""

from __future__ import annotations

from hashlib import sha256

from lsprotocol import types

from modwsgi_fix.lsp.diagnostics import of_file
from modwsgi_fix.lsp.state import State


def document(state: State, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """Return the diagnostics of one file."""
    buffer = state.buffer(params)
    answer = state.answers.of(buffer) if buffer is not None else None
    key = buffer.key if buffer is not None else ""
    items = of_file(answer, key, state.buffers, state.encoding)
    result = _digest(items)
    if params.previous_result_id == result:
        return types.RelatedUnchangedDocumentDiagnosticReport(result)
    return types.RelatedFullDocumentDiagnosticReport(items, result_id=result)


def workspace(state: State, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """Return the diagnostics of all files of every server in sight, and of files that had some before."""
    before = {one.uri: one.value for one in params.previous_result_ids}
    found = state.everything()
    reports: list[types.WorkspaceDocumentDiagnosticReport] = []
    for uri in dict.fromkeys([*found, *before]):
        items = found.get(uri, [])
        buffer = state.buffers.get(uri)
        version, result = (buffer.version if buffer is not None else None), _digest(items)
        if before.get(uri) == result:
            reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result, version))
        else:
            reports.append(types.WorkspaceFullDocumentDiagnosticReport(uri, items, version, result_id=result))
    return types.WorkspaceDiagnosticReport(reports)


def _digest(items: list[types.Diagnostic]) -> str:
    return sha256(repr(items).encode("utf-8", "surrogatepass")).hexdigest()[:16]
