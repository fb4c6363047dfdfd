"""Conversion of findings to the protocol's diagnostics."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache

from lsprotocol import types

from modwsgi_fix import directives
from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.buffers import Buffers
from modwsgi_fix.lsp.convert import range_of, shown
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.uris import uri_of
from modwsgi_fix.records import Finding
from modwsgi_fix.rule import Severity
from modwsgi_fix.workspace.rules import known_rules

#: The ``source`` of every diagnostic.
SOURCE = "modwsgi-fix"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def of_file(answer: Answer | None, key: str, buffers: Buffers, encoding: Encoding) -> list[types.Diagnostic]:
    """Return the findings of one file of a server."""
    found = answer.findings.get(key, ()) if answer is not None else ()
    return [diagnostic_of(finding, buffers, encoding) for finding in found]


def diagnostic_of(finding: Finding, buffers: Buffers, encoding: Encoding) -> types.Diagnostic:
    """Return a finding as a diagnostic, with its rule's page and the related places."""
    file, span = finding.place.file, finding.place.span
    page = page_of(finding.rule)
    return types.Diagnostic(
        range_of(file.lines.text, span, encoding),
        shown(finding.text),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        tags=_tags(finding) or None,
        related_information=_related(finding, buffers, encoding) or None,
        data={"fixable": finding.fixable},
    )


def _related(finding: Finding, buffers: Buffers, encoding: Encoding) -> Sequence[types.DiagnosticRelatedInformation]:
    return [
        types.DiagnosticRelatedInformation(
            types.Location(buffers.uri(place.file.path), range_of(place.file.lines.text, place.span, encoding)),
            shown(message),
        )
        for place, message in finding.related
    ]


def _tags(finding: Finding) -> list[types.DiagnosticTag]:
    """Return the tags by which an editor draws a place pale, where the fix only deletes, or struck out, if deprecated."""
    place, tags = finding.place, []
    edits = finding.fix.edits if finding.fix is not None else ()
    if edits and not any(edit.text for edit in edits):
        covers = (edit.place.span.contains(place.span) for edit in edits if edit.place.file.path == place.file.path)
        if any(covers):
            tags.append(types.DiagnosticTag.Unnecessary)
    word = place.file.lines.text[place.span.start : place.span.end].lstrip(" \t<").partition(" ")[0]
    info = directives.find(word) if word else None
    if info is not None and (info.deprecated or info.until):
        tags.append(types.DiagnosticTag.Deprecated)
    return tags


@cache
def page_of(rule: str) -> str:
    """Return the URI of a rule's manual page, which stands at the top of its module; empty for an unknown rule."""
    known = known_rules().get(rule)
    module = sys.modules.get(known.check.__module__) if known is not None else None
    file = getattr(module, "__file__", None)
    return uri_of(file) if file else ""
