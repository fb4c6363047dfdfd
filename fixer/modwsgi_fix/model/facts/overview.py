"""A server as httpd sees it: hosts with their mappings, process groups with the hosts that may and do use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, all_groups_known, daemon_processes, may_use, uses_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import site_of
from modwsgi_fix.model.outside import veiled
from modwsgi_fix.model.request import Branch, Kind, trace
from modwsgi_fix.model.request.reached import unreached
from modwsgi_fix.model.request.samples import sample
from modwsgi_fix.model.request.translate import Tables
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.servers import label, speaks_tls
from modwsgi_fix.model.urls import Mapping


class State(StrEnum):
    """The states that a picture colours."""

    PLAIN = ""
    #: Another line answers its URL, or no request reaches its host.
    HIDDEN = "hidden"
    #: Everybody gets 403 or is asked for a log-in.
    REFUSED = "refused"
    #: A process group that nothing here selects.
    UNUSED = "unused"
    #: Source code, a database, a key or the like can be fetched by it.
    EXPOSED = "exposed"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A URL that a directive maps, and the outcome of a request for it, where that is known."""

    kind: str
    url: str
    target: str
    place: str
    process_group: str | None = None
    interpreter: str | None = None
    note: str = ""
    state: State = State.PLAIN


@dataclass(frozen=True, slots=True)
class Host:
    """One server with its mappings."""

    label: str
    place: str
    names: tuple[str, ...]
    tls: bool | None
    document_root: str
    mapped: tuple[Mapped, ...]
    #: Why no request reaches it; empty where one does.
    unreached: str = ""
    #: The place of the DocumentRoot line, and its state.
    document_root_place: str = ""
    document_root_state: State = State.PLAIN


@dataclass(frozen=True, slots=True)
class Group:
    """A process group: the server that defines it (``owner``), the servers that may use it, and the mounts that do."""

    name: str
    place: str
    owner: str
    processes: int
    threads: int
    user: str
    may: tuple[str, ...]
    does: tuple[str, ...]
    interpreters: tuple[str, ...]
    state: State = State.PLAIN


@dataclass(frozen=True, slots=True)
class Overview:
    """A whole server."""

    hosts: tuple[Host, ...]
    groups: tuple[Group, ...]


def overview(config: Config) -> Overview:
    """Return the overview of a server."""
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
    mapped += [_alias(config, server, alias) for alias in tables.aliases]
    mapped += [mounted(config, server, mount) for mount in tables.mounts]
    why_not = veiled(config, _unreached(config, server), server.item)
    if why_not:
        mapped = [replace(one, state=State.HIDDEN) for one in mapped]
    return Host(
        veiled(config, label(server), server.item),
        _place(server.item),
        tuple(dict.fromkeys(names)),
        speaks_tls(config, server),
        veiled(config, root.value, root) if root else "",
        tuple(mapped),
        why_not,
        _place(root),
        State.HIDDEN if why_not and root else State.PLAIN,
    )


def _unreached(config: Config, server: Server) -> str:
    found = unreached(config, server)
    return found.reason if found is not None and not found.only_by else ""


def _plain(config: Config, item: Item, url: str, target: str) -> Mapped:
    """Return a directive's mapping, as it may be shown."""
    return Mapped(item.name, veiled(config, url, item), veiled(config, target, item), _place(item))


def _alias(config: Config, server: Server, alias: Mapping) -> Mapped:
    """Return an alias, with the outcome of a request for something below it."""
    plain = _plain(config, alias.item, alias.url, alias.target)
    url, authority = sample(alias.url) if alias.is_regex else alias.url, authority_of(config, server)
    if url is None or authority is None or not url.startswith("/"):
        return plain
    is_directory = alias.target.endswith("/") or config.disk is None or config.disk.is_dir(alias.target)
    path = url if alias.is_regex or not is_directory else url.rstrip("/") + "/page.html"
    return replace(plain, state=_state(list(trace(config, authority.request(path))), alias))


def _state(branches: Sequence[Branch], mapping: Mapping) -> State:
    """Return the state of a mapping over all branches of a request for it."""
    led = [any(step.item is mapping.item for step in one.outcome.because) for one in branches]
    known = all(one.outcome.kind is not Kind.UNKNOWN for one in branches)
    if known and not any(led):
        return State.HIDDEN
    is_refused = known and all(one.outcome.kind is Kind.REFUSED for one in branches)
    return State.REFUSED if is_refused else State.PLAIN


def mounted(config: Config, server: Server, mount: Mapping) -> Mapped:
    """Return a mount, and where its application runs, as a request for it shows."""
    url = sample(mount.url) if mount.is_regex else mount.url
    authority = authority_of(config, server)
    plain = _plain(config, mount.item, mount.url, mount.target)
    if url is None or authority is None:
        return plain
    traced = trace(config, authority.request(url))
    answers = [branch.outcome for branch in traced if branch.outcome.kind is Kind.APPLICATION]
    if answers and answers[0].file.startswith(mount.target.rstrip("/")):
        answer = answers[0]
        note = "" if traced.is_known else "it depends on what the files do not say"
        return Mapped(
            plain.kind,
            plain.url,
            plain.target,
            plain.place,
            answer.process_group and veiled(config, answer.process_group),
            "named after this machine"
            if answer.application_group is None
            else veiled(config, answer.application_group or "main (%{GLOBAL})"),
            note,
        )
    note = f"not reached: {veiled(config, traced.outcome.short)}"
    return replace(plain, note=note, state=_state(list(traced), mount))


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
        State.UNUSED if all_groups_known(config) and not uses_of(config, process.name) else State.PLAIN,
    )
