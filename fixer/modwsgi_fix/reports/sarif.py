"""SARIF 2.1.0 (OASIS), as GitHub code scanning and editors read it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from modwsgi_fix.records import Finding, Fix, Place, Report, Suppressed
from modwsgi_fix.reports import VERSION, dumped, fingerprints
from modwsgi_fix.rule import UNUSED_SUPPRESSION, Rank, Rule, Severity, registered
from modwsgi_fix.text import encode

#: As GitHub sorts alerts: over 7 is high, over 4 medium.
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "6.0", Severity.INFO: "3.0"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(report: Report) -> str:
    """Return one run. Regions count characters (Unicode code points) from 1."""
    findings = (*report.findings, *(report.suppressed or ()))
    names = dict.fromkeys(finding.rule for finding in findings)
    rules = (UNUSED_SUPPRESSION if name == UNUSED_SUPPRESSION.name else registered(name) for name in names)
    used = [rule for rule in rules if rule is not None]
    index = {rule.name: at for at, rule in enumerate(used)}
    prints = fingerprints(findings)
    exposing: dict[str, Severity] = {}
    for finding in findings:
        if finding.rank is Rank.EXPOSED:
            exposing[finding.rule] = max(finding.severity, exposing.get(finding.rule, Severity.INFO))

    def suppressions(finding: Finding) -> dict[str, Any]:
        """Either all results of a run say what suppresses them, or none does (SARIF 2.1.0, 3.27.23)."""
        return {} if report.suppressed is None else {"suppressions": list(map(_suppression, finding.suppressed))}

    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "modwsgi-fix",
                "semanticVersion": VERSION,
                "rules": [_rule(rule, exposing.get(rule.name), report.page_url(rule.name)) for rule in used],
            }
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
        "results": (
            {**_result(finding, fingerprint, index), **suppressions(finding)}
            for finding, fingerprint in zip(findings, prints, strict=True)
        ),
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return dumped({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule, exposing: Severity | None, url: str) -> dict[str, Any]:
    """Return a rule; ``exposing`` is how much its findings matter where something lies open by them.

    ``url`` is the address of its page, or empty.
    """
    tags = {"tags": [rule.family]}
    if exposing is not None:
        tags["tags"].append("security")
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        **({"helpUri": url} if url else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": tags if exposing is None else {**tags, "security-severity": _SECURITY[exposing]},
    }


def _result(finding: Finding, fingerprint: str, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.text},
        "locations": [_location(finding.place)],
        "partialFingerprints": {"modwsgiFix/v1": fingerprint},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.related:
        result["relatedLocations"] = [
            {**_location(place), "message": {"text": message}} for place, message in finding.related
        ]
    if finding.fix:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _suppression(by: Suppressed) -> dict[str, Any]:
    if by.place is None:
        where: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri(by.baseline)}}}
        return {"kind": "external", "status": "accepted", "location": where}
    said = {"justification": by.reason} if by.reason else {}
    return {"kind": "inSource", "status": "accepted", **said, "location": _location(by.place)}


def _fix(fix: Fix) -> dict[str, Any]:
    names = {edit.place.file.path: edit.place.file.name for edit in fix.edits}
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(name)},
                "replacements": [
                    {"deletedRegion": _region(place), "insertedContent": {"text": text}}
                    for place, text in fix.edits
                    if place.file.path == path
                ],
            }
            for path, name in names.items()
        ],
    }


def _location(place: Place) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(place.file.name)}, "region": _region(place)}}


def _region(place: Place) -> dict[str, int]:
    (line, column), (end_line, end_column) = place.start, place.end
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def uri(name: str) -> str:
    """Return a file's name as a URI: relative to the working directory, or ``file:``; any bytes."""
    name = os.path.normpath(name)
    return ("file://" if os.path.isabs(name) else "") + quote(encode(name))
