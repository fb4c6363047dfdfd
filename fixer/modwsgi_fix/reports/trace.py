"""Traces for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from modwsgi_fix.records import Branch, Outcome, Step, Trace
from modwsgi_fix.reports import VERSION, dumped, started
from modwsgi_fix.reports.text import printable


def as_text(traces: Sequence[Trace]) -> str:
    """Return each request with its outcome and the lines that decided, phase by phase."""
    return "\n".join("\n".join(map(printable, _shown(trace))) + "\n" for trace in traces)


def _shown(trace: Trace) -> list[str]:
    method = "" if trace.method == "GET" else f"{trace.method} "
    lines = [f"{method}{trace.url}"]
    branches = _merged(trace)
    if len(branches) == 1:
        outcome = branches[0][1] if trace.outcome.kind == "unknown" else trace.outcome
        return [*lines, f"  {sentence(outcome)}", *_steps(outcome.because, 0)]
    shared = trace.outcome.because if trace.outcome.kind == "unknown" else ()
    lines += [*_steps(shared, 0), "  the rest depends on what these files do not say:"]
    for condition, outcome in branches:
        lines.append(f"  - {condition}: {sentence(outcome)}")
        lines += _steps(outcome.because[len(shared) :], 2)
    return lines


def _merged(trace: Trace) -> list[tuple[str, Outcome]]:
    """Return each result once, with its shortest conditions; the result of most branches comes last, as "otherwise".

    What is refused for two reasons is two results: one of them would be the wrong one to mend.
    """
    groups: dict[tuple[int, str], list[Branch]] = {}
    for branch in trace.branches:
        reason = branch.outcome.reason if branch.outcome.kind == "refused" else ""
        groups.setdefault((branch.result, reason), []).append(branch)
    found = sorted(groups.values(), key=len)
    last = found.pop() if len(found[-1]) > 1 else None
    merged = []
    for group in found:
        shortest = min(group, key=lambda branch: len(branch.provided))
        merged.append((f"if {', and '.join(shortest.provided)}", shortest.outcome))
    if last:
        reasons = Counter(branch.outcome.reason for branch in last)
        usual = max(last, key=lambda branch: reasons[branch.outcome.reason])
        merged.append(("otherwise", usual.outcome))
    return merged


def sentence(outcome: Outcome) -> str:
    """Return an outcome in one line."""
    if outcome.kind == "application":
        group = f"process group {outcome.process_group}" if outcome.process_group else "embedded mode"
        name = outcome.application_group
        interpreter = "named after this machine" if name is None else name or "main (%{GLOBAL})"
        user = f", user {outcome.user}" if outcome.user else ""
        options = "".join(f", {name}={value}" for name, value in outcome.options)
        return f"application {outcome.file}, {group}, interpreter {interpreter}{user}{options}"
    status = f"{outcome.status} " if outcome.status else ""
    words = outcome.short
    if outcome.kind == "unknown":
        return f"unknown: {outcome.reason}"
    if outcome.kind == "file":
        return f"{status}{words}: {outcome.file}"
    return f"{status}{words}" + (f": {outcome.reason}" if outcome.reason else "")


def _steps(steps: Sequence[Step], indent: int) -> list[str]:
    return [
        f"{'':{indent + 4}}{step.phase:<12} {step.text}" + (f"  [{step.place}]" if step.place else "") for step in steps
    ]


def as_json(traces: Sequence[Trace]) -> str:
    """Return all branches of all traces; ``outcome`` is of kind ``unknown`` where they differ."""
    return dumped({"version": VERSION, "traces": [_object(trace) for trace in traces]})


def as_json_lines(traces: Sequence[Trace]) -> str:
    """Return each trace as an object on a line of its own, in the order of the requests."""
    return "".join(dumped({"version": VERSION, **_object(one)}, indent=None) for one in traces)


def _object(trace: Trace) -> dict[str, Any]:
    return {
        "url": trace.url,
        "method": trace.method,
        **started([trace.start]),
        "outcome": outcome_object(trace.outcome),
        "branches": [
            {"provided": list(branch.provided), "outcome": outcome_object(branch.outcome)} for branch in trace.branches
        ],
    }


def outcome_object(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome with its steps as plain values."""
    return {
        "kind": outcome.kind,
        "status": outcome.status,
        "host": outcome.host,
        "host_file": outcome.host_file or None,
        "host_line": outcome.host_line,
        "file": outcome.file or None,
        "path_info": outcome.path_info,
        "handler": outcome.handler or None,
        "process_group": outcome.process_group,
        "application_group": outcome.application_group,
        "script_name": outcome.script_name,
        "user": outcome.user or None,
        "location": outcome.location or None,
        "options": dict(outcome.options),
        "reason": outcome.reason,
        "because": [
            {
                "phase": step.phase,
                "text": step.text,
                "file": step.file or None,
                "line": step.line,
            }
            for step in outcome.because
        ],
    }
