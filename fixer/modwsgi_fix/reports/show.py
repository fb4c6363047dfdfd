"""A server as httpd sees it: as a tree, as JSON, and as a graph for dot and mermaid."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, may_use
from modwsgi_fix.model.merge.layers import site_of
from modwsgi_fix.model.outside import veiled
from modwsgi_fix.model.request import Kind, trace
from modwsgi_fix.model.request.reached import unreached
from modwsgi_fix.model.request.samples import sample
from modwsgi_fix.model.request.translate import Tables
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.servers import label, speaks_tls
from modwsgi_fix.model.urls import Mapping
from modwsgi_fix.reports import VERSION, plural, valid
from modwsgi_fix.reports.text import printable


@dataclass(frozen=True, slots=True)
class Mapped:
    """A URL that a directive maps; what a request for it leads to, where that is known."""

    kind: str
    url: str
    target: str
    place: str
    process_group: str | None = None
    interpreter: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """One server with what it maps."""

    label: str
    place: str
    names: tuple[str, ...]
    tls: bool | None
    document_root: str
    mapped: tuple[Mapped, ...]
    #: Why no request reaches it; empty where one does.
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A process group: who declares it, who may use it, who does."""

    name: str
    place: str
    owner: str
    processes: int
    threads: int
    user: str
    may: tuple[str, ...]
    does: tuple[str, ...]
    interpreters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A whole server."""

    hosts: tuple[Host, ...]
    groups: tuple[Group, ...]


def overview(config: Config) -> Overview:
    """Return what there is, and how it hangs together."""
    hosts = tuple(_host(config, server) for server in config.servers)
    groups = tuple(_group(config, process, hosts) for process in daemon_processes(config))
    return Overview(hosts, groups)


def _place(item: Item | None) -> str:
    return f"{item.file.name}:{item.line}" if item is not None else ""


def _host(config: Config, server: Server) -> Host:
    tables = Tables([site_of(config, server).base[-1]])
    names = [veiled(config, v, item) for item in server.all("servername") for v in item.values[:1]]
    names += [veiled(config, v, item) for item in server.all("serveralias") for v in item.values]
    root = server.last("documentroot")
    mapped = [_plain(config, r.item, r.url or "", r.target) for r in tables.redirects]
    mapped += [_plain(config, m.item, m.url, m.target) for m in tables.aliases]
    mapped += [_mount(config, server, mount) for mount in tables.mounts]
    return Host(
        veiled(config, label(server), server.item),
        _place(server.item),
        tuple(dict.fromkeys(names)),
        speaks_tls(config, server),
        veiled(config, root.value, root) if root else "",
        tuple(mapped),
        veiled(config, unreached(config, server), server.item),
    )


def _plain(config: Config, item: Item, url: str, target: str) -> Mapped:
    """Return what a directive maps, as it may be shown."""
    return Mapped(item.name, veiled(config, url, item), veiled(config, target, item), _place(item))


def _mount(config: Config, server: Server, mount: Mapping) -> Mapped:
    url = sample(mount.url) if mount.is_regex else mount.url
    authority = authority_of(config, server)
    plain = _plain(config, mount.item, mount.url, mount.target)
    if url is None or authority is None:
        return plain
    traced = trace(config, authority.request(url))
    answers = [branch.outcome for branch in traced if branch.outcome.kind is Kind.APPLICATION]
    if answers and answers[0].file.startswith(mount.target.rstrip("/")):
        one = answers[0]
        note = "" if traced.is_known else "it depends on what the files do not say"
        return Mapped(
            plain.kind,
            plain.url,
            plain.target,
            plain.place,
            one.process_group and veiled(config, one.process_group),
            "named after this machine"
            if one.application_group is None
            else veiled(config, one.application_group or "main (%{GLOBAL})"),
            note,
        )
    return Mapped(
        plain.kind, plain.url, plain.target, plain.place, note=f"not reached: {veiled(config, traced.outcome.short)}"
    )


def _group(config: Config, process: DaemonProcess, hosts: Sequence[Host]) -> Group:
    name = veiled(config, process.name, process.directive)
    uses = [(host, m) for host in hosts for m in host.mapped if m.process_group in (process.name, name)]
    user = process.option("user") or config.main.last("user")
    return Group(
        name,
        _place(process.directive),
        veiled(config, label(process.server), process.server.item),
        process.integer("processes", 1),
        process.integer("threads", 15),
        veiled(config, getattr(user, "value", "")),
        tuple(
            veiled(config, label(server), server.item) for server in config.servers if may_use(config, server, process)
        ),
        tuple(dict.fromkeys(host.label for host, _ in uses)),
        tuple(dict.fromkeys(m.interpreter for _, m in uses if m.interpreter)),
    )


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
    return valid(json.dumps({"version": VERSION, "servers": servers}, indent=2, ensure_ascii=False)) + "\n"


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
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
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
