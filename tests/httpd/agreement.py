"""Does the model say what the server does: one configuration read by both, and their answers compared."""

from __future__ import annotations

import os
import posixpath
import pwd
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.merge.world import Fork, World
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.request import Branch, Kind, Outcome, Request, trace
from modwsgi_fix.model.request.hosts import hostname

from . import install, server
from .application import ANSWERED
from .probe import Answer, Probe
from .root import CONF, HARNESS, SITE, Link
from .server import Setup

#: Stands for the private server's address, in the model.
ADDRESS = "127.9.9.9"
#: Directories of the machine that a rewritten URL may be taken for (mod_rewrite's prefix_stat).
_MACHINE = tuple(sorted(entry.path for entry in os.scandir("/") if entry.is_dir()))


@dataclass(frozen=True, slots=True)
class Pair:
    """One request: what the model says, what the server did, and how they differ; None where they agree."""

    probe: Probe
    branches: tuple[Branch, ...]
    answer: Answer
    difference: str | None

    @property
    def is_known(self) -> bool:
        """Whether the model committed itself to one outcome."""
        first = self.branches[0].outcome
        return first.kind is not Kind.UNKNOWN and all(b.outcome.result == first.result for b in self.branches)


def model_of(setup: Setup) -> Config:
    """The configuration as the server reads it: the generated main file with what it includes, and the file tree."""
    found = install.find()
    assert not isinstance(found, str)
    main = "\n".join(server._main(setup, ADDRESS, found)) + "\n"
    texts: dict[str, str | bytes] = {f"{HARNESS}/httpd.conf": _text(main), f"{HARNESS}/mime.types": server.TYPES}
    for name, text in setup.files.items():
        texts[posixpath.join(CONF, name)] = server.listening(_text(text), ADDRESS)
    links: dict[str, str] = {}
    directories = [f"{HARNESS}/empty", f"{HARNESS}/logs", f"{HARNESS}/run", SITE, *_MACHINE]
    for name, entry in setup.tree.items():
        path = posixpath.join(SITE, name)
        if entry is None:
            directories.append(path)
        elif isinstance(entry, Link):
            links[path] = entry.target.replace("@ROOT@", SITE)
        else:
            texts[path] = entry
    files = _Planted(texts, links, directories)
    entry_file = f"{HARNESS}/httpd.conf"
    source = Source(files, (entry_file,), ((HARNESS, HARNESS), (CONF, CONF)), (CONF,), complete=True)
    return load(source, disk=files, target=Target(mod_wsgi=install.mod_wsgi_version(found)))


class _Planted(Memory):
    """The file tree as the harness plants it: what begins with ``#!`` is a program."""

    def is_program(self, path: str) -> bool | None:
        return self.read(path).startswith("#!") if self.is_file(path) else None


def _text(text: str) -> str:
    return text.replace("@ROOT@", SITE).replace("@IP@", ADDRESS)


def request_of_probe(probe: Probe) -> Request:
    path, _question, query = probe.path.partition("?")
    return Request(
        probe.host.partition(":")[0], probe.port, path, query, tls=probe.encrypted, method=probe.method,
        headers=(("Host", probe.authority), *probe.headers), address=ADDRESS, client=probe.client or "127.0.0.1",
        is_whole=True,
    )  # fmt: skip


def compare(config: Config, answers: Mapping[Probe, Answer]) -> list[Pair]:
    """Every probe's answer held against the model."""
    pairs = []
    for probe, answer in answers.items():
        branches = trace(config, request_of_probe(probe)).branches
        differences = [difference(config, branch.outcome, answer) for branch in branches]
        agreed = any(one is None for one in differences)
        pairs.append(Pair(probe, branches, answer, None if agreed else "; or: ".join(map(str, differences))))
    return pairs


def difference(config: Config, outcome: Outcome, answer: Answer) -> str | None:
    """How an outcome differs from what the server did; None where it does not, or claims nothing."""
    if outcome.kind is Kind.UNKNOWN:
        return None
    found = list(_differences(config, outcome, answer, runs=_runs(config, outcome)))
    return "; ".join(found) or None


def _runs(config: Config, outcome: Outcome) -> bool:
    """Whether the file is an application of ours, under the name that mod_wsgi looks for."""
    if (
        outcome.kind is not Kind.APPLICATION
        or dict(outcome.options).get("callable-object", "application") != "application"
    ):
        return False
    script = config.script(outcome.file)
    return script is not None and ANSWERED in script.text


def _differences(config: Config, outcome: Outcome, answer: Answer, *, runs: bool) -> Iterator[str]:
    who = {Kind.APPLICATION: "application", Kind.FILE: "file", Kind.LISTING: "listing"}.get(outcome.kind, "httpd")
    if outcome.kind in (Kind.PROGRAM, Kind.SERVER):
        # What comes of it looks like a file.
        who = "file" if outcome.status == 200 else "httpd"
    if outcome.kind is Kind.ERROR and outcome.status is None:
        if answer.who != "nobody":
            yield f"an answer came: {answer.status}"
        return
    if outcome.kind is Kind.PROXY and answer.handler == "proxy-server" and not answer.mapped.startswith("proxy:"):
        # Nobody is there to answer, and a document of the configuration says so.
        return
    if outcome.kind is Kind.PROXY:
        # Nobody is there to answer; or it has a name that nobody knows, or speaks TLS.
        outcome = outcome._replace(status=answer.status if answer.status in (500, 502, 503) else 503)
    if outcome.kind is Kind.APPLICATION and answer.who == "httpd" and not runs:
        # mod_wsgi tried, and found no application in the file.
        who, outcome = "httpd", outcome._replace(kind=Kind.ERROR)
        asked = answer.handler in (outcome.handler, "-") or _is_from_within(outcome)
        # An error document answers instead, or what it should answer is an error itself, and the first one's status stays.
        sent = answer.location and any(item.values[-1] == answer.location for item in config.named("errordocument"))
        kept = any(step.phase == "error" and f" {answer.status} " in step.text for step in outcome.because)
        status: int | None = answer.status if (answer.status in (404, 500) or sent or kept) and asked else -1
    else:
        status = 200 if outcome.kind is Kind.APPLICATION else outcome.status
    said: list[tuple[str, object, object]] = [("status", status, answer.status), ("who", who, answer.who)]
    if outcome.server is not None and answer.vhost and answer.status != 400:
        with suppress(Fork):  # its name is a variable
            name = hostname(config, outcome.server, World(None, {}, {}))
            answered = answer.vhost.rpartition(":")[0]
            # A host without a name has that which DNS has for its address, or none.
            said += [("host", name, answered)] if name else []
    if outcome.kind is Kind.REDIRECT:
        said.append(("location", _of_wsgi(outcome.location), answer.location))
    # Where httpd asks itself for another URL, the log has the file of that one, and the handler of the first.
    within = _is_from_within(outcome)
    served = outcome.kind in (Kind.APPLICATION, Kind.FILE, Kind.LISTING, Kind.PROGRAM, Kind.PROXY)
    if (served or (outcome.kind in (Kind.REFUSED, Kind.NOT_FOUND) and not within)) and outcome.file:
        # A balancer's member takes its place; a document for what nobody answered takes the place of both.
        documents = [item.values[1] for item in config.named("errordocument") if len(item.args) > 1]
        chosen = outcome.kind is Kind.PROXY and (
            outcome.file.startswith("proxy:balancer:")
            or not answer.mapped.startswith("proxy:")
            or answer.mapped.endswith(tuple(url for url in documents if url.startswith("/")))
        )
        said += [] if chosen else [("file", _logged(_over_tcp(outcome.file)), answer.mapped)]
    # A handler by AddType is lent for the call, and gone when the log is written (config.c:ap_invoke_handler).
    lent = outcome.handler.startswith("application/") and answer.handler == "-"
    # Nor does it matter which handler a section gives a request that mod_proxy has taken.
    if served and not lent and not within and outcome.kind is not Kind.PROXY:
        said.append(("handler", outcome.handler or "-", answer.handler or "-"))
    if outcome.kind is Kind.APPLICATION:
        named = "" if "bogus_host_without_reverse_dns" in answer.application_group else answer.application_group
        said += [
            ("process group", outcome.process_group, answer.process_group),
            ("application group", outcome.application_group if named else "", named),
            ("path info", _of_wsgi(outcome.path_info), answer.path_info),
            ("script name", _of_wsgi(outcome.script_name), answer.script_name),
        ]
        if outcome.user and answer.uid is not None:
            said.append(("user", outcome.user, pwd.getpwuid(answer.uid).pw_name))
    for what, model, real in said:
        if model != real:
            yield f"{what} is {real!r}, the model says {model!r}"


def _is_from_within(outcome: Outcome) -> bool:
    return any(step.phase == "within" for step in outcome.because)


def _over_tcp(path: str) -> str:
    """The URL of another server without the socket that leads there."""
    return re.sub(r"^proxy:unix:[^|]*\|", "proxy:", path)


def _of_wsgi(path: str) -> str:
    """A part of the URL as an application or a visitor sees it: a character for each byte (PEP 3333)."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _logged(path: str) -> str:
    """A path as httpd writes it to its log."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogateescape")
    usual = {8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r"}
    return "".join(chr(byte) if 32 <= byte < 127 else usual.get(byte, f"\\x{byte:02x}") for byte in escaped)


def report(setup: Setup, pair: Pair) -> str:
    """A disagreement as a person needs it."""
    texts = "\n".join(f"--- {name}\n{text}" for name, text in setup.files.items())
    shown = []
    for branch in pair.branches:
        steps = "\n".join(f"      {step.phase}: {step.text} {step.place}" for step in branch.outcome.because)
        shown.append(f"  {', '.join(branch.provided)} -> {branch.outcome.short} {branch.outcome.file}\n{steps}")
    model = "\n".join(shown)
    return f"{texts}\n=== {pair.probe}\n{pair.difference}\n{model}\nserver: {pair.answer}"


def unexplained(pairs: Sequence[Pair]) -> list[Pair]:
    """Those that disagree."""
    return [pair for pair in pairs if pair.difference is not None]
