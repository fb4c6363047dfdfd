"""The order in which people read findings: what keeps httpd from starting, what visitors get, what lies open, the rest."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.rule import Diagnostic, Rank, Severity, registered


def rank(diagnostic: Diagnostic, config: Config, *, is_revealed: bool = False) -> Rank:
    """Return the rank of a finding; ``is_revealed`` where it appears only after a fix."""
    if diagnostic.severity is Severity.INFO:
        return Rank.HYGIENE
    is_error = diagnostic.severity is Severity.ERROR
    if is_error and not is_revealed and _is_refused(diagnostic, config):
        return Rank.START
    rule = registered(diagnostic.rule)
    if rule is not None and rule.rank is not None:
        return rule.rank
    if rule is not None and rule.family == "access":
        return Rank.EXPOSED
    return Rank.ANSWER if is_error else Rank.HYGIENE


def _is_refused(diagnostic: Diagnostic, config: Config) -> bool:
    """Whether httpd refuses the line of a finding."""
    file = config.files.get(diagnostic.path)
    return file is not None and (file.path, file.lines.position(diagnostic.span.start).line) in _refused_lines(config)


@derived
def _refused_lines(config: Config) -> frozenset[tuple[str, int]]:
    from modwsgi_fix.effect.impact import refused_places

    found = set()
    for path, (start, end) in refused_places(config):
        lines = config.files[path].lines
        found |= {(path, line) for line in range(lines.position(start).line, lines.position(end).line + 1)}
    return frozenset(found)
