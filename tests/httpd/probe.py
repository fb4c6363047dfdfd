"""One request, and everything about its answer that a fix may or may not change."""

from __future__ import annotations

import ast
import functools
import os
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from .application import ANSWERED

#: Seconds after which a silent server is an observation of its own (a daemon with a bad home never answers).
PATIENCE = 5.0

Who = Literal["application", "file", "listing", "httpd", "nobody"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A request; ``port`` decides TLS unless ``tls`` says otherwise. ``path`` is sent as it stands.

    The Host header names the port where it is not the scheme's own, as every client does; a ``host`` which has a
    port itself is sent as it stands, too. ``patience`` are the seconds after which a silent server is an observation.
    """

    host: str
    path: str = "/"
    port: int = 80
    tls: bool | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    patience: float = PATIENCE
    #: The address that it comes from, of 127.0.0.0/8; empty for 127.0.0.1.
    client: str = ""

    @property
    def encrypted(self) -> bool:
        return self.port in (443, 8443) if self.tls is None else self.tls

    @property
    def authority(self) -> str:
        usual = self.port == (443 if self.encrypted else 80)
        return self.host if usual or ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """The name by which expectations speak of it: ``http://example.com/x``, ``POST https://a.example:8443/``."""
        scheme = "https" if self.encrypted else "http"
        forged = f" on port {self.port}" if ":" in self.host else ""
        method = "" if self.method == "GET" else f"{self.method} "
        extra = "".join(f" {name}: {value}" for name, value in self.headers)
        extra += f" from {self.client}" if self.client else ""
        return f"{method}{scheme}://{self.authority}{self.path}{forged}{extra}"


def probes(*urls: str) -> tuple[Probe, ...]:
    """Plain GET probes from URLs: ``probes("http://a.example/", "https://joe:secret@a.example/x")``."""
    found = []
    for url in urls:
        parts = re.fullmatch(r"(https?)://(?:([^/@]*)@)?([^/:]+)(?::(\d+))?(/.*)", url)
        if not parts:
            raise ValueError(f"not the URL of a probe: {url}")
        scheme, login, host, port, path = parts.groups()
        number = int(port) if port else {"http": 80, "https": 443}[scheme]
        headers = (("Authorization", f"Basic {b64encode(login.encode()).decode()}"),) if login else ()
        found.append(Probe(host, path, number, tls=scheme == "https", headers=headers))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Two servers serve alike where these are equal; times, pids and dates are left out."""

    status: int
    who: Who
    #: From httpd's GlobalLog: the virtual host by name and local port, the handler, and the mapped file.
    vhost: str = ""
    handler: str = ""
    mapped: str = ""
    location: str = ""
    content_type: str = ""
    authenticate: str = ""
    #: The start of a file's text, or the title of httpd's own page.
    body: str = ""
    #: From the application.
    label: str = ""
    process_group: str = ""
    application_group: str = ""
    #: The first probe that the same daemon process answered; where a group has several processes, the same group.
    process_class: str = ""
    uid: int | None = None
    gid: int | None = None
    cwd: str = ""
    script_name: str = ""
    path_info: str = ""
    scheme: str = ""
    multiprocess: bool = False
    multithread: bool = False
    #: How many of each its process group has (embedded: what httpd may start), and the C library's locale (for letters, for sorting).
    threads: int = 0
    processes: int = 0
    locale: str = ""
    #: What ps shows for the process, where it is not the path of httpd.
    title: str = ""
    authorization: str = ""
    remote_user: str = ""
    python_path: tuple[str, ...] = ()
    #: The error logs which received the application's line.
    error_logs: tuple[str, ...] = ()


def changes(before: Answer, after: Answer) -> dict[str, tuple[Any, Any]]:
    """Field by field, what differs."""
    pairs = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Answer))
    return {name: (old, new) for name, old, new in pairs if old != new}


@dataclass(frozen=True, slots=True)
class Response:
    """The bytes of an answer, taken apart; ``status`` 0 where none came, and ``body`` then says why."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def report(self) -> dict[str, Any] | None:
        """What the application said of itself; None where it did not answer."""
        return ast.literal_eval(self.body) if ANSWERED in self.headers else None

    @property
    def who(self) -> Who:
        if not self.status:
            return "nobody"
        if ANSWERED in self.headers:
            return "application"
        if self.status != 200:
            return "httpd"
        return "listing" if self.body.lstrip().startswith("<!DOCTYPE") and "<title>Index of" in self.body else "file"


def ask(probe: Probe, address: str, identity: str) -> Response:
    """Send one probe to ``address``; it is found again in the server's logs by ``identity``."""
    try:
        raw = _exchange(probe, address, identity)
    except OSError as error:
        return Response(0, {}, type(error).__name__)
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    status = re.match(r"HTTP/\d\.\d (\d{3})", first)
    return Response(int(status[1]) if status else 0, headers, body.decode("latin-1"))


def _exchange(probe: Probe, address: str, identity: str) -> bytes:
    lines = [f"{probe.method} {probe.path} HTTP/1.1", f"Host: {probe.authority}", f"X-Probe: {identity}"]
    lines += ["Connection: close", *(f"{name}: {value}" for name, value in probe.headers), "", ""]
    source = (probe.client, 0) if probe.client else None
    # A machine that is asked for more than it has answers later, and that is no observation.
    patience = probe.patience * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    with socket.create_connection((address, probe.port), patience, source) as plain:
        # The name of a handshake has no dot at its end (RFC 6066, 3).
        name = probe.host.split(":")[0].removesuffix(".")
        connection = _tls().wrap_socket(plain, server_hostname=name) if probe.encrypted else plain
        with connection:
            connection.sendall("\r\n".join(lines).encode("latin-1"))
            return b"".join(iter(lambda: connection.recv(65536), b""))


@functools.cache
def _tls() -> ssl.SSLContext:
    """Takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _chunks(body: bytes) -> Iterable[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        if not length:
            return
        yield body[:length]
        body = body[length + 2 :]


def summary(response: Response) -> str:
    """The part of a body worth comparing: a file's first 200 characters, the title of a page of httpd's own."""
    if response.who == "file":
        return response.body[:200]
    title = re.search(r"<title>(.*?)</title>", response.body)
    return title[1] if title else response.body[:60]
