"""Reports for programs: JSON, GitHub's workflow commands, GitLab's code quality, JUnit and reviewdog's rdjson."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from modwsgi_fix.files import working_directory
from modwsgi_fix.records import Changed, Finding, Fix, Place, Report
from modwsgi_fix.reports import OBEYED, VERSION, dumped, fingerprints, gap_lines, plural, started, valid
from modwsgi_fix.reports.impact import as_objects
from modwsgi_fix.reports.text import printable
from modwsgi_fix.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modwsgi_fix.engine import Withheld

#: The version of docs/report.schema.json that the output keeps to: one more where a key goes, or means something else.
SCHEMA = 1


def json(report: Report) -> str:
    """Return the whole report as one JSON object. Lines and columns count from 1, columns in characters.

    ``fixable`` is the level that ``--write`` needs for the finding to go, null where no level makes it go. ``after`` is the
    line whose repair reveals the finding, and is missing where the finding is there now. ``more`` counts the findings of a
    rule that are not listed one by one. ``as_shipped`` counts the findings that are left out because their files are as
    their packages ship them.
    """
    return _dump(
        {
            "version": VERSION,
            "schema": SCHEMA,
            **started(report.starts),
            "findings": map(finding_object, report.findings),
            "more": [
                {
                    "rule": one.rule,
                    "severity": one.severity.label,
                    "fixable": one.level.label if one.level else None,
                    "count": one.times,
                }
                for one in report.more
            ],
            "fixed": [
                {
                    "rule": f.rule,
                    "file": f.name,
                    "line": f.line,
                    "title": f.fix.title,
                    "level": f.fix.applicability.label,
                }
                for f in report.fixed
            ],
            "withheld": [withheld_object(one) for one in report.withheld],
            "not_understood": [
                {"file": gap.name, "line": gap.first, "end_line": gap.last, "reason": gap.reason} for gap in report.gaps
            ],
            "files": [file.name for file in report.files],
            "unread": [{"file": name, "reason": reason} for name, reason in report.unread],
            "skipped": [{"file": name, "reason": f"looks like {language}"} for name, language in report.skipped],
            "failed": [{"rule": name, "error": error} for name, error in report.failed.items()],
            "conflicts": list(report.conflicts),
            "as_shipped": {"findings": sum(report.shipped.values()), "files": len(report.shipped)},
            **({} if report.changed is None else _changes(report, report.changed)),
            **({} if report.impacts is None else {"impact": as_objects(report.impacts)}),
        }
    )


def problem(kind: str, message: str) -> str:
    """Return why a run ended with exit code 2: ``usage``, ``settings``, ``file``, ``verification`` or ``internal``."""
    return _dump({"version": VERSION, "schema": SCHEMA, "error": {"kind": kind, "message": message}})


def _changes(report: Report, changed: Sequence[Changed]) -> dict[str, Any]:
    """Return the files that change; of a write also what takes it back, null where nothing does."""
    files = [
        {
            "file": file.name,
            "place": file.place,
            "before": file.before,
            "after": file.after,
            "hunks": [
                {
                    "header": hunk.header,
                    **({"text": hunk.text} if report.is_diff else {}),
                    "fixes": [{"rule": one.rule, "level": one.fix.applicability.label} for one in hunk.fixes],
                }
                for hunk in file.hunks
            ],
        }
        for file in changed
    ]
    return {"changed": files} if report.is_diff else {"changed": files, "undo": report.undo or None}


def withheld_object(fix: Withheld) -> dict[str, Any]:
    """Return a fix that was not made, as the JSON report has it."""
    return {"rule": fix.rule, "file": fix.name, "line": fix.line, "title": fix.title, "reason": fix.reason}


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding as the JSON report has it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "message": finding.stated,
        "help": finding.help,
        "file": finding.file,
        **_place(finding.place),
        "fixable": finding.fixable,
        "fix": finding.fix and _fix(finding.fix),
        "related": [
            {"file": place.file.name, **_place(place), "message": message} for place, message in finding.related
        ],
        **({} if finding.after is None else {"after": dict(zip(("file", "line"), finding.after, strict=True))}),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "level": fix.level.label,
        "reason": fix.reason,
        "edits": [{"file": place.file.name, **_place(place), "text": text} for place, text in fix.edits],
    }


def _place(place: Place) -> dict[str, int]:
    start, end = place.start, place.end
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}


def github(report: Report) -> str:
    """Return annotations as GitHub's runner reads them from a step's output."""
    kinds = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    lines = []
    for finding in report.findings:
        where = {
            "title": finding.rule,
            "file": finding.file,
            "line": finding.line,
            "endLine": finding.place.last.line,
        }
        if finding.line == finding.place.last.line:
            where |= {"col": finding.column, "endColumn": finding.place.last.column}
        properties = ",".join(f"{key}={_escaped(str(value), property=True)}" for key, value in where.items())
        lines.append(f"::{kinds[finding.severity]} {properties}::{_escaped(finding.text)}\n")
    for name, count in gap_lines(report).items():
        text = f"{plural(count, 'line')} of {name} were not understood"
        lines.append(f"::notice title=not-understood,file={_escaped(name, property=True)}::{_escaped(text)}\n")
    return valid("".join(lines))


def _escaped(text: str, *, property: bool = False) -> str:
    """Return a text as ``@actions/core`` escapes it (command.ts: escapeData, escapeProperty); the runner's log is a terminal."""
    text = printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))
    return text.replace(":", "%3A").replace(",", "%2C") if property else text


def gitlab(report: Report) -> str:
    """Return GitLab's code quality report: a list of issues with fingerprints."""
    relative = cache(_relative)
    severities = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
    return _dump(
        (
            {
                "description": finding.text,
                "check_name": finding.rule,
                "fingerprint": fingerprint,
                "severity": severities[finding.severity],
                "location": {
                    "path": relative(finding.file),
                    "lines": {"begin": finding.line, "end": finding.place.last.line},
                },
            }
            for finding, fingerprint in zip(report.findings, fingerprints(report.findings), strict=True)
        )
    )


def junit(report: Report) -> str:
    """Return JUnit XML: one suite, a failing case for each finding, and a passing one for each file without findings."""
    from xml.sax.saxutils import escape, quoteattr

    def attribute(text: str) -> str:
        return OBEYED.sub(lambda found: f"&#{ord(found[0])};", quoteattr(_xml(text), {"\n": "&#10;"}))

    with_findings = {finding.place.file.path for finding in report.findings}
    clean = [file for file in report.files if file.path not in with_findings]
    count = len(report.findings)
    totals = f'tests="{count + len(clean)}" failures="{count}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="modwsgi-fix" {totals}>',
        f'  <testsuite name="modwsgi-fix" {totals}>',
    ]
    for finding in report.findings:
        name, line = finding.file, finding.line
        place = f"{name}:{line}:{finding.column}"
        lines += [
            f"    <testcase name={attribute(finding.rule)} classname={attribute(name)} file={attribute(name)}"
            f' line="{line}">',
            f'      <failure type="{finding.severity.label}" message={attribute(finding.message)}>'
            f"{escape(_xml(printable(f'{place}: {finding.text}')))}</failure>",
            "    </testcase>",
        ]
    lines += [f'    <testcase name="modwsgi-fix" classname={attribute(file.name)}/>' for file in clean]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _xml(text: str) -> str:
    """Return a text with only the characters that XML 1.0 allows."""
    return "".join(
        char if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff") else "\ufffd" for char in valid(text)
    )


def rdjson(report: Report) -> str:
    """Return reviewdog's diagnostic format; its columns count bytes of UTF-8 from 1."""
    severities = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
    return _dump(
        {
            "source": {"name": "modwsgi-fix"},
            "diagnostics": (
                {
                    "message": finding.text,
                    "location": {
                        "path": finding.file,
                        "range": _bytes(finding.place),
                    },
                    "severity": severities[finding.severity],
                    "code": {"value": finding.rule, **({"url": url} if (url := report.page_url(finding.rule)) else {})},
                    **({"suggestions": suggestions} if (suggestions := _suggestions(finding)) else {}),
                }
                for finding in report.findings
            ),
        }
    )


def _suggestions(finding: Finding) -> list[dict[str, Any]]:
    """Return the edits of the fix, where all are in the file of the finding: a suggestion cannot change another file."""
    edits = finding.fix.edits if finding.fix else ()
    if any(edit.place.file.path != finding.place.file.path for edit in edits):
        return []
    return [{"range": _bytes(place), "text": text} for place, text in edits]


def _bytes(place: Place) -> dict[str, Any]:
    lines, span = place.file.lines, place.span
    return {
        side: {"line": lines.position(offset).line, "column": lines.utf8_column(offset) + 1}
        for side, offset in (("start", span.start), ("end", span.end))
    }


def _relative(name: str) -> str:
    """Return a name relative to the working directory, which is the root of the checkout where a pipeline runs."""
    return os.path.relpath(name, working_directory()) if os.path.isabs(name) else os.path.normpath(name)


def _dump(value: object) -> str:
    return dumped(value)
