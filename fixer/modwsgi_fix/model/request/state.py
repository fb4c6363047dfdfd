"""The state of a request while its phases run: httpd's ``request_rec``."""

from __future__ import annotations

import posixpath
import re

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer, Site, last
from modwsgi_fix.model.merge.world import MISSING, Beyond, Step, World, normal
from modwsgi_fix.model.modules import server_root
from modwsgi_fix.model.paths import on_a_drive, slashed, without_runs
from modwsgi_fix.model.request.hosts import hostname, scheme_of, server_port
from modwsgi_fix.model.request.outcome import Done, Kind, Outcome, Request
from modwsgi_fix.model.urls import Mapping

_PERCENT = expression(r"%([0-9A-Fa-f]{2})")
_FIRST_SLASHES = expression(r"^//+")
#: Characters of a path that httpd does not escape when it writes a URL (``ap_os_escape_path``).
_SAFE = "$-_.+!*'(),:@&=/~;"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


#: The beginning of a text that httpd takes for a URL.
_URL = expression(r"[A-Za-z0-9+.-]+:")
#: The attributes that a promoted subrequest hands over.
_PROMOTED = (
    "uri", "filename", "path_info", "type", "handler", "content_type", "mount", "alias", "context", "layers", "anchor", "forced",
)  # fmt: skip
#: The handler by which mod_rewrite asks for another URL of this server.
REDIRECTED = "redirect-handler"
#: What httpd sets where it asks itself for another URL (http_request.c:internal_internal_redirect).
REDIRECT_STATUS = "REDIRECT_STATUS"

#: The reason of an error 500 where httpd has led a request on too often.
CIRCLE = "URLs lead to one another in a circle"


def is_url(text: str) -> bool:
    """Whether httpd takes a text for a URL (``ap_is_url``)."""
    return _URL.match(text) is not None


class Failing:
    """An error whose document httpd asks for; whether a RewriteRule answers that with a status of its own."""

    __slots__ = ("before", "is_replaced")

    def __init__(self, before: Failing | None) -> None:
        self.is_replaced = False
        #: The error before it, whose document this error is of.
        self.before = before


class State:
    """A request or subrequest on its way through the phases."""

    __slots__ = (
        "alias", "anchor", "config", "content_type", "context", "documents", "environment", "failed", "failing", "filename",
        "forced", "handler", "is_done", "is_passed_on", "layers", "located", "mount", "parent", "path_info", "query", "raw",
        "redirects", "request", "sent_by", "site", "steps", "type", "uri", "walked", "world",
    )  # fmt: skip

    def __init__(
        self,
        config: Config,
        site: Site,
        request: Request,
        world: World,
        uri: str,
        query: str = "",
        *,
        parent: State | None = None,
        redirects: int = 0,
    ) -> None:
        self.config = config
        self.site = site
        self.request = request
        self.world = world
        #: The path as it is sent, and after decoding.
        self.raw = _FIRST_SLASHES.sub("/", uri)
        self.uri = uri
        self.query = query
        #: The URL by which its ``<Location>`` sections were looked up: a RewriteRule may have found another since.
        self.located = uri
        self.filename: str | None = None
        self.path_info = ""
        self.type = MISSING
        self.handler: str | None = None
        #: The line that hands the request on to another server.
        self.sent_by: Item | None = None
        #: The path that the mapping directive names: without a filesystem, the directories above it are assumed to exist.
        self.anchor = "/"
        self.mount: Mapping | None = None
        self.layers: list[Layer] = []
        #: The name, in lower case, of the directive of mod_alias that mapped the URL; None where another directive did.
        self.alias: str | None = None
        #: The alias whose URL and directory mod_rewrite uses to turn a file into a URL.
        self.context: Mapping | None = None
        #: The directory that VirtualDocumentRoot has chosen; None where DocumentRoot is it.
        self.documents: str | None = None
        #: The MIME type, where a directive or TypesConfig gives one.
        self.content_type: str | None = None
        #: Type and handler that a RewriteRule sets at the end: [T=] and [H=].
        self.forced: dict[str, str] = {}
        #: The request that a subrequest is made for, as mod_dir does for each DirectoryIndex.
        self.parent = parent
        #: The number of internal redirects that led to this request.
        self.redirects = redirects
        #: Whether it asks for the document of an ErrorDocument.
        self.failed = False
        #: The error that its document is asked for, shared by all URLs on the way to that.
        self.failing: Failing | None = None
        #: The directory, with a slash at its end, in which sections were last looked for, and what they were: not looked for
        #: again for another file of it, by a subrequest or an internal redirect (request.c:ap_directory_walk, prep_walk_cache).
        self.walked: tuple[str, list[Layer]] | None = parent.walked if parent is not None else None
        #: The decisions on the way of a subrequest.
        self.steps: list[Step] = []
        #: Whether a RewriteRule with [END] has ended all rewriting.
        self.is_done = False
        #: Whether httpd has asked itself for another URL, which answers.
        self.is_passed_on = False
        #: The variables that mod_rewrite has set, by name; None for a variable that it has unset.
        self.environment: dict[str, str | None] = {}

    @property
    def sub(self) -> bool:
        """Whether it is a subrequest."""
        return self.parent is not None

    def step(self, phase: str, text: str, item: Item | None = None) -> None:
        """Note a decision."""
        self.world.step(phase, text, item)

    def become(self, other: State) -> None:
        """Take over the attributes of a promoted subrequest (http_request.c:ap_internal_fast_redirect)."""
        for slot in _PROMOTED:
            setattr(self, slot, getattr(other, slot))

    def force(self) -> None:
        """Set the type and handler of a RewriteRule, after everything else (mod_rewrite.c:hook_mimetype)."""
        self.content_type = self.forced.get("type", self.content_type)
        self.handler = self.forced.get("handler", self.handler)

    def outcome(self, kind: Kind, status: int | None = None, reason: str = "") -> Outcome:
        """Return an outcome with what is known of the file and the handler."""
        return Outcome(
            kind, status, self.site.server, self.filename or "", self.path_info, self.handler or "", reason=reason
        )

    def done(self, kind: Kind, status: int | None, reason: str = "", location: str = "") -> Done:
        """Return an answer, to be raised."""
        return Done(
            Outcome(
                kind, status, self.site.server, self.filename or "", self.path_info, self.handler or "",
                location=location, reason=reason,
            )
        )  # fmt: skip


def clean(state: State, encoded_slashes: str, *, merges: bool = True) -> str:
    """Return the path as ``ap_process_request_internal`` makes it: without dots and runs of slashes, then decoded once.

    ``merges`` says whether runs of slashes become one (``MergeSlashes``).
    """
    path = _PERCENT.sub(_decode_unreserved, state.uri)
    if not path.startswith("/"):
        raise state.done(Kind.ERROR, 400, "the path of the URL does not begin with a slash")
    # Those at the beginning always do (protocol.c:ap_parse_uri).
    path = normalized(state, without_runs(path) if merges else _FIRST_SLASHES.sub("/", path))
    lowered = path.lower()
    if "%2f" in lowered and encoded_slashes == "off":
        state.step("url", "an encoded slash (%2F) is in the path, and AllowEncodedSlashes is Off")
        raise state.done(Kind.NOT_FOUND, 404, "an encoded slash in the URL")
    if re.search(r"%(?![0-9a-f]{2})", lowered):
        raise state.done(Kind.ERROR, 400, "a percent sign in the URL that encodes nothing")
    if "%00" in lowered:
        raise state.done(Kind.NOT_FOUND, 404, "an encoded NUL in the URL")
    keep = encoded_slashes == "nodecode"
    data = bytearray()
    at = 0
    raw = path.encode("utf-8", "surrogateescape")
    if b"%" not in raw:
        return raw.decode("utf-8", "surrogateescape")
    while at < len(raw):
        if raw[at] == 0x25 and not (keep and raw[at : at + 3].lower() == b"%2f"):
            data.append(int(raw[at + 1 : at + 3], 16))
            at += 3
        else:
            data.append(raw[at])
            at += 1
    decoded = data.decode("utf-8", "surrogateescape")
    if encoded_slashes == "on":
        decoded = normalized(state, without_runs(decoded) if merges else decoded)
    return decoded


def _decode_unreserved(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else found[0]


def normalized(state: State, path: str) -> str:
    """Return a path without ``.`` and ``..`` (``ap_normalize_path``). Raises ``Done`` with 400 for a path above the root."""
    parts: list[str] = []
    segments = path.split("/")[1:]
    for index, part in enumerate(segments):
        final = index == len(segments) - 1
        if part == ".":
            if final:
                parts.append("")
        elif part == "..":
            if not parts:
                state.step("url", "the path leads above the root")
                raise state.done(Kind.ERROR, 400, "the path leads above the root")
            parts.pop()
            if final:
                parts.append("")
        else:
            parts.append(part)
    return "/" + "/".join(parts)


def escaped(path: str) -> str:
    """Return a path as httpd writes it into a URL (``util.c:ap_os_escape_path``)."""
    from urllib.parse import quote

    quoted = quote(path, safe=_SAFE, errors="surrogateescape")
    return re.sub("%..", lambda code: code[0].lower(), quoted) if "%" in quoted else quoted


def location_url(state: State, path: str) -> str:
    """Return a path of this server as the absolute URL of a redirect (``ap_construct_url``)."""
    scheme, usual = scheme_of(state.site.server, state.request)
    name, port = server_name(state), port_of(state)
    return f"{scheme}://{name}{'' if port == usual else f':{port}'}{path}"


def absolute(state: State, path: str, item: Item) -> str:
    """Return a path made absolute by ServerRoot (``ap_server_root_relative``)."""
    if path.startswith("/"):
        return path
    if on_a_drive(path):
        if state.world.disk is not None:
            raise Beyond(f"{path} is on a drive of Windows, and not on this filesystem", item)
        return slashed(path)
    root = server_root(state.config)
    if not root:
        raise Beyond(f"{path} is relative to the ServerRoot, which is not in sight", item)
    return posixpath.join(root, path)


def document_root(state: State) -> str | None:
    """Return the DocumentRoot without a slash at its end, made absolute by ServerRoot; None where it is not known."""
    root = document_root_as_written(state)
    return root.rstrip("/") if root is not None else None


def document_root_as_written(state: State) -> str | None:
    """Return the DocumentRoot as its variable has it: with a slash at its end where one is written."""
    if state.documents is not None:
        return normal(state.documents)
    item = state.site.last("documentroot", state.world)
    return normal(absolute(state, item.value, item)) if item is not None and item.known else None


def port_of(state: State) -> int:
    """Return ``ap_get_server_port`` by the directives that hold for the request."""
    layers, world = state.layers or state.site.base, state.world
    canonical, physical = last(layers, "usecanonicalname", world), last(layers, "usecanonicalphysicalport", world)
    return server_port(state.site.server, state.request, canonical, physical, sub=state.sub)


def server_name(state: State) -> str:
    """Return ``ap_get_server_name``: the Host header's, or ServerName with UseCanonicalName On.

    Raises ``Beyond`` for the name that DNS has for the server's address.
    """
    canonical = last(state.layers or state.site.base, "usecanonicalname", state.world)
    if canonical is not None and canonical.value.lower() == "on":
        return hostname(state.config, state.site.server, state.world)
    if canonical is not None and canonical.value.lower() == "dns":
        raise Beyond("UseCanonicalName DNS: what DNS says of the server's address is not known", canonical)
    return host_asked(state)


def host_asked(state: State) -> str:
    """Return the name of the Host header as httpd keeps it: in lower case, without the last dot (vhost.c:fix_hostname)."""
    return re.sub(r":\d*$", "", state.request.host_header).lower().removesuffix(".")


def header_of(state: State, name: str) -> str | None:
    """Return the value of a header that is known to be sent, for a line that names it; else None."""
    if name.lower() == "authorization":
        state.world.asks_log_in = True
    return state.request.header(name)


def client_of(state: State) -> str | None:
    """Return the visitor's address as httpd sees it; None where it is not known, as where a header may change it."""
    header = last(state.layers or state.site.base, "remoteipheader", state.world)
    if header is not None and not state.request.lacks(header.value):
        return None
    return state.request.client
