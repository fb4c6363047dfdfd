"""A server as httpd sees it: as a tree and as JSON; ``graphs`` draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from modwsgi_fix.reports import VERSION, dumped, plural
from modwsgi_fix.reports.graphs import as_dot, as_mermaid, as_svg
from modwsgi_fix.reports.text import printable

if TYPE_CHECKING:
    from modwsgi_fix.model.facts.overview import Mapped, Overview

# -- a tree --------------------------------------------------------------------------------------------------------------


def as_tree(found: Sequence[Overview]) -> str:
    """Return hosts with what they map, then process groups."""
    return "\n".join(printable(line) for one in found for line in [*_tree(one), ""])


def _tree(overview: Overview) -> Iterator[str]:
    for host in overview.hosts:
        if not host.mapped and not host.document_root and not host.place:
            continue
        tls = {True: ", TLS", None: ", TLS under a condition"}.get(host.tls, "")
        names = list(host.names[1:])
        also = f", also {', '.join(names)}" if names else ""
        never = f", never reached: {host.unreached}" if host.unreached else ""
        yield f"{host.label}{tls}{also}{never}" + (f"  [{host.place}]" if host.place else "")
        rows = [(f"{m.kind} {m.url} -> {m.target}{_answer(m)}", m.place) for m in host.mapped]
        rows += [(f"DocumentRoot {host.document_root}", "")] if host.document_root else []
        for at, (text, place) in enumerate(rows):
            yield f"{'└─' if at == len(rows) - 1 else '├─'} {text}" + (f"  [{place}]" if place else "")
    if overview.groups:
        yield "process groups"
    for at, group in enumerate(overview.groups):
        last = at == len(overview.groups) - 1
        user = f", user {group.user}" if group.user else ""
        size = f"{plural(group.processes, 'process' if group.processes == 1 else 'processe')} × {plural(group.threads, 'thread')}"
        yield f"{'└─' if last else '├─'} {group.name}: {size}{user}, declared by {group.owner}  [{group.place}]"
        bar = "   " if last else "│  "
        yield f"{bar}├─ used by {', '.join(group.does) or 'nobody here'}"
        yield f"{bar}{'├' if group.interpreters else '└'}─ open to {', '.join(group.may)}"
        if group.interpreters:
            yield f"{bar}└─ {plural(len(group.interpreters), 'interpreter')}: {', '.join(group.interpreters)}"


def _answer(mapped: Mapped) -> str:
    note = f" ({mapped.note})" if mapped.note else ""
    if mapped.interpreter is None:
        return note
    where = f"process group {mapped.process_group}" if mapped.process_group else "embedded mode"
    return f", {where}, interpreter {mapped.interpreter}{note}"


def as_json(found: Sequence[Overview]) -> str:
    """Return all of it as one object."""
    servers = [asdict(one) for one in found]
    return dumped({"version": VERSION, "servers": servers})


SHOWN: dict[str, Callable[[Sequence[Overview]], str]] = {
    "tree": as_tree,
    "json": as_json,
    "dot": as_dot,
    "mermaid": as_mermaid,
    "svg": as_svg,
}
