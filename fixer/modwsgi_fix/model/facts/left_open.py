"""Sections that are never closed and that httpd accepts all the same."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.syntax import Node, Problem, Section


def may_stay_open(config: Config, file: File, problem: Problem) -> bool | None:
    """Whether a problem is an unclosed section that httpd accepts; None where a condition decides that.

    The file may end within a condition that holds, and then within any section in that, but not within a condition that does
    not hold (core.c:start_ifmod and its like, config.c:ap_build_cont_config, ap_soak_end_container; F-read-8).
    """
    end, section = len(file.text), problem.section
    if problem.kind != "unclosed-section" or section is None or section.end != end:
        return False
    open_section = _open_at(file.tree.children, end)
    if open_section is None or open_section.key not in CONDITIONS:
        return False
    while open_section is not None:
        holds = open_section.key not in CONDITIONS or config.open_conditions.get(open_section)
        if not holds:
            return holds
        open_section = _open_at(open_section.children, end)
    return True


def _open_at(nodes: Sequence[Node], end: int) -> Section | None:
    """Return the last of these nodes, if it is a section that only the end of the file ends; else None."""
    last = nodes[-1] if nodes else None
    return last if isinstance(last, Section) and last.close is None and last.end == end else None
