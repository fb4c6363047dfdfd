"""A request, its outcome, and the lines that decided it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Any

from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.world import Step
from modwsgi_fix.tuples import NamedTuple

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Kind(StrEnum):
    """The kind of an answer: what answers, or what httpd itself says."""

    APPLICATION = "application"
    FILE = "file"
    #: A CGI program runs, and decides what the visitor gets.
    PROGRAM = "program"
    LISTING = "listing"
    REDIRECT = "redirect"
    #: httpd itself says which methods it takes (OPTIONS), sends the request back (TRACE), or shows a page about itself.
    SERVER = "server"
    #: Handed to another server by mod_proxy.
    PROXY = "proxy"
    #: A log-in is asked for (401), or access is refused (403).
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    #: A status such as 400, 405, 410 or 500, or no answer at all.
    ERROR = "error"
    UNKNOWN = "unknown"


class Request(NamedTuple):
    """One request as it is sent. ``path`` is still percent-encoded.

    ``address`` is the server's address where it arrives, ``client`` the visitor's; None where not given. ``is_whole`` says
    that it has no other headers; otherwise a browser or a proxy may add any.
    """

    host: str
    port: int = 80
    path: str = "/"
    query: str = ""
    tls: bool = False
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    client: str | None = None
    is_whole: bool = False
    #: The names, in lower case, of headers that httpd itself has taken away.
    removed: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The URL of the request, with its query."""
        scheme = "https" if self.tls else "http"
        port = "" if self.port == _DEFAULT_PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{self.host}{port}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def host_header(self) -> str:
        """The Host header that the client sends: with the port where it is not the scheme's default."""
        given = self.header("host")
        if given is not None:
            return given
        usual = self.port == _DEFAULT_PORTS["https" if self.tls else "http"]
        return self.host if usual else f"{self.host}:{self.port}"

    def header(self, name: str) -> str | None:
        """Return the value of a header that is known to be sent; else None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def lacks(self, name: str) -> bool:
        """Whether a header is known not to be sent."""
        is_known = self.is_whole or name.lower() in self.removed
        return is_known and name.lower() != "host" and self.header(name) is None


def request_of(url: str, **details: Any) -> Request:
    """Return a GET request for a URL; ``http://`` may be left out. Raises ``ValueError`` for a text that is not a URL."""
    from urllib.parse import urlsplit

    if "://" not in url:
        url = "http://" + url
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url}")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    host = re.sub(r"^.*@", "", parts.netloc).removesuffix(f":{port}").removesuffix(":")
    request = Request(host, port, parts.path or "/", parts.query, tls=parts.scheme == "https")
    return request._replace(**details)


class Outcome(NamedTuple):
    """What a visitor gets.

    ``status`` is httpd's, None for an application, which decides itself. ``process_group`` and ``application_group`` are
    empty for embedded mode and the main interpreter, as mod_wsgi names them. ``reason`` says in words why the outcome is an
    error, a refusal or unknown. ``because`` are the steps that led to it.
    """

    kind: Kind
    status: int | None = None
    server: Server | None = None
    file: str = ""
    path_info: str = ""
    handler: str = ""
    process_group: str | None = None
    application_group: str | None = None
    script_name: str = ""
    user: str = ""
    location: str = ""
    options: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    because: tuple[Step, ...] = ()

    @property
    def result(self) -> tuple[object, ...]:
        """All that a visitor or the application could notice: if it is equal before and after, nothing changed."""
        details: tuple[object, ...] = ()
        if self.kind is Kind.APPLICATION:
            details = (
                self.file, self.path_info, self.script_name, self.process_group, self.application_group, self.user, self.options,
            )  # fmt: skip
        elif self.kind is Kind.FILE:
            details = (self.file,)
        elif self.kind is Kind.PROGRAM:
            details = (self.file, self.path_info)
        elif self.kind in (Kind.REDIRECT, Kind.PROXY):
            details = (self.location,)
        elif self.kind in (Kind.UNKNOWN, Kind.SERVER):
            details = (self.reason, self.handler)
        return (self.kind, self.status, *details)

    @property
    def short(self) -> str:
        """The outcome in a few words: ``application``, ``file served``, ``301 redirect``."""
        if self.kind is Kind.APPLICATION:
            return "application"
        if self.kind is Kind.FILE:
            return "file served"
        if self.kind is Kind.PROGRAM:
            return "program"
        if self.kind is Kind.SERVER:
            return "httpd itself"
        if self.kind is Kind.REFUSED and self.status == 401:
            return "log-in asked for"
        if self.kind is Kind.REFUSED:
            return "refused"
        if self.kind is Kind.NOT_FOUND:
            return "not found"
        if self.kind is Kind.REDIRECT:
            return f"redirected to {self.location}" if self.location else "redirected"
        if self.kind is Kind.ERROR and self.status:
            return f"error {self.status}"
        return {Kind.LISTING: "directory listing", Kind.PROXY: "proxied", Kind.ERROR: "no answer"}.get(
            self.kind, "unknown"
        )


class Done(Exception):
    """The request is answered; carries the outcome without its steps."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class Branch(NamedTuple):
    """One way that a request may go: the conditions for it, in words, and the outcome then.

    ``assumed`` are the answers that it assumes, as (question, answer): branches of two traces may hold at once where these
    do not contradict each other.
    """

    provided: tuple[str, ...]
    outcome: Outcome
    assumed: tuple[tuple[str, str], ...] = ()


class Trace:
    """All branches of a request; only one where the files decide everything.

    ``asks_log_in`` says whether it matters if the visitor logs in: otherwise the same request with a log-in goes the same ways.
    """

    def __init__(self, request: Request, branches: tuple[Branch, ...], *, asks_log_in: bool = True) -> None:
        self.request = request
        self.branches = branches
        self.asks_log_in = asks_log_in

    @cached_property
    def outcome(self) -> Outcome:
        """The outcome that all branches agree on; else one of kind ``unknown`` that names what it depends on."""
        first = self.branches[0].outcome
        if all(branch.outcome.result == first.result for branch in self.branches[1:]):
            return first
        facts = dict.fromkeys(fact for branch in self.branches for fact in branch.provided)
        servers = {id(branch.outcome.server) for branch in self.branches}
        return Outcome(
            Kind.UNKNOWN,
            server=first.server if len(servers) == 1 else None,
            reason="depends on: " + "; ".join(facts),
            because=_common(self.branches),
        )

    @property
    def is_known(self) -> bool:
        """Whether the outcome is known."""
        return self.outcome.kind is not Kind.UNKNOWN

    def __iter__(self) -> Iterator[Branch]:
        return iter(self.branches)


def _common(branches: tuple[Branch, ...]) -> tuple[Step, ...]:
    """Return the steps that all branches begin with."""
    shared = []
    for steps in zip(*(branch.outcome.because for branch in branches), strict=False):
        if steps.count(steps[0]) < len(steps):
            break
        shared.append(steps[0])
    return tuple(shared)
