"""SARIF 2.1.0 (OASIS), as GitHub code scanning and editors read it."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote

from modwsgi_fix.engine import UNUSED_SUPPRESSION
from modwsgi_fix.model.config import Config, File, Script
from modwsgi_fix.reports import VERSION, Finding, Report, fingerprints, valid
from modwsgi_fix.rule import Rule, Severity, all_rules
from modwsgi_fix.text import Span, encode

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(report: Report) -> str:
    """Return one run. Regions count characters (Unicode code points) from 1."""
    known = {**all_rules(), UNUSED_SUPPRESSION.name: UNUSED_SUPPRESSION}
    used = [known[name] for name in dict.fromkeys(finding.rule for finding in report.findings) if name in known]
    index = {rule.name: at for at, rule in enumerate(used)}
    prints = fingerprints(report.findings)
    run = {
        "tool": {
            "driver": {"name": "modwsgi-fix", "semanticVersion": VERSION, "rules": [_rule(rule) for rule in used]}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": f"not understood: {gap.reason}"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": uri(gap.name)},
                                    "region": {"startLine": gap.first, "endLine": gap.last},
                                }
                            }
                        ],
                    }
                    for gap in report.gaps
                ],
            }
        ],
        "results": [_result(finding, print_, index) for finding, print_ in zip(report.findings, prints, strict=True)],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return (
        valid(json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)) + "\n"
    )


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _result(finding: Finding, fingerprint: str, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.text},
        "locations": [_location(finding.file, finding.diagnostic.span)],
        "partialFingerprints": {"modwsgiFix/v1": fingerprint},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.diagnostic.related:
        result["relatedLocations"] = [
            {**_location(finding.config.source(related.path), related.span), "message": {"text": related.message}}
            for related in finding.diagnostic.related
        ]
    if finding.diagnostic.fix:
        result["fixes"] = [_fix(finding, finding.config)]
    return result


def _fix(finding: Finding, config: Config) -> dict[str, Any]:
    fix = finding.diagnostic.fix
    assert fix is not None
    paths = dict.fromkeys(edit.path for edit in fix.edits)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(config.source(path).name)},
                "replacements": [
                    {
                        "deletedRegion": _region(config.source(path), edit.span),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in fix.edits
                    if edit.path == path
                ],
            }
            for path in paths
        ],
    }


def _location(file: File | Script, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(file.name)}, "region": _region(file, span)}}


def _region(file: File | Script, span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = file.lines.position(span.start), file.lines.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def uri(name: str) -> str:
    """Return a file's name as a URI: relative to the working directory, or ``file:``; any bytes."""
    name = os.path.normpath(name)
    return ("file://" if os.path.isabs(name) else "") + quote(encode(name))
