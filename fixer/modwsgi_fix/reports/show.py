"""A server as httpd sees it: as a tree, as JSON, and as a graph for dot and mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from modwsgi_fix.reports import VERSION, dumped, plural, valid
from modwsgi_fix.reports.text import printable

if TYPE_CHECKING:
    from modwsgi_fix.model.facts.overview import Mapped, Overview

# -- a tree --------------------------------------------------------------------------------------------------------------


def as_tree(found: Sequence[Overview]) -> str:
    """Return hosts with what they map, then process groups."""
    return "\n".join(printable(line) for one in found for line in [*_tree(one), ""])


def _tree(one: Overview) -> Iterator[str]:
    for host in one.hosts:
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
    if one.groups:
        yield "process groups"
    for at, group in enumerate(one.groups):
        last = at == len(one.groups) - 1
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


# -- graphs --------------------------------------------------------------------------------------------------------------


def _edges(one: Overview) -> Iterator[tuple[str, str, str]]:
    """Yield the edges from hosts by URL to applications and directories, and on to process groups."""
    for host in one.hosts:
        for mapped in host.mapped:
            yield host.label, mapped.target, f"{mapped.kind} {mapped.url}"
            if mapped.interpreter is not None:
                group = f"process group {mapped.process_group}" if mapped.process_group else "embedded mode"
                yield mapped.target, group, mapped.interpreter
        if host.document_root:
            yield host.label, host.document_root, "DocumentRoot"


def as_dot(found: Sequence[Overview]) -> str:
    """Return a graph for Graphviz."""
    lines = ["digraph server {", "  rankdir=LR;", "  node [shape=box];"]
    for one in found:
        for start, end, text in dict.fromkeys(_edges(one)):
            lines.append(f"  {_quoted(start)} -> {_quoted(end)} [label={_quoted(text)}];")
    return valid("\n".join([*lines, "}", ""]))


def _quoted(text: str) -> str:
    escaped = printable(text.replace("\n", " ")).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_mermaid(found: Sequence[Overview]) -> str:
    """Return a flowchart for mermaid, as in Markdown."""
    lines = ["flowchart LR"]
    names: dict[str, str] = {}

    def node(text: str) -> str:
        if text not in names:
            names[text] = f"n{len(names)}"
            lines.append(f'  {names[text]}["{_entities(text)}"]')
        return names[text]

    for one in found:
        for start, end, text in dict.fromkeys(_edges(one)):
            first, second = node(start), node(end)
            lines.append(f'  {first} -->|"{_entities(text)}"| {second}')
    return valid("\n".join([*lines, ""]))


def _entities(text: str) -> str:
    # Mermaid writes entities with # in place of &.
    return "".join(char if char.isalnum() or char in " -_/.:*," else f"#{ord(char)};" for char in text)


SHOWN: dict[str, Callable[[Sequence[Overview]], str]] = {
    "tree": as_tree,
    "json": as_json,
    "dot": as_dot,
    "mermaid": as_mermaid,
}
