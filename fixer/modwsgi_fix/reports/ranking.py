"""The order in which people read findings: what keeps httpd from starting, what visitors get, what lies open, the rest."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.effect.impact import refused_places
from modwsgi_fix.model.config import Config
from modwsgi_fix.reports import Finding
from modwsgi_fix.rule import Rank, Severity, all_rules


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """The findings by rank, and within one as they come."""
    lines: dict[int, frozenset[tuple[str, int]]] = {}
    for one in findings:
        if id(one.config) not in lines:
            lines[id(one.config)] = _refused_lines(one.config)
    return sorted(findings, key=lambda one: rank(one, lines[id(one.config)]))


def rank(finding: Finding, refused: frozenset[tuple[str, int]]) -> Rank:
    """What a finding comes to; ``refused`` are the lines that httpd refuses, by the key of their file."""
    if finding.severity is Severity.INFO:
        return Rank.HYGIENE
    is_error = finding.severity is Severity.ERROR
    if is_error and finding.after is None and (finding.diagnostic.path, finding.start.line) in refused:
        return Rank.START
    rule = all_rules().get(finding.rule)
    if rule is not None and rule.rank is not None:
        return rule.rank
    if rule is not None and rule.family == "access":
        return Rank.EXPOSED
    return Rank.ANSWER if is_error else Rank.HYGIENE


def _refused_lines(config: Config) -> frozenset[tuple[str, int]]:
    found = set()
    for path, (start, end) in refused_places(config):
        lines = config.files[path].lines
        found |= {(path, line) for line in range(lines.position(start).line, lines.position(end).line + 1)}
    return frozenset(found)
