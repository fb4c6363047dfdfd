"""``RequestHeader ... early``: headers that are changed before anything else looks at them (mod_headers.c:ap_headers_early)."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Site
from modwsgi_fix.model.merge.world import Beyond, World
from modwsgi_fix.model.request.outcome import Request

#: Headers that httpd has acted on already, or that other modules may read at the same moment.
_READ_BEFORE = frozenset({"host", "content-length", "transfer-encoding", "expect", "connection"})


def with_early_headers(site: Site, request: Request, world: World) -> Request:
    """Return a request as the modules of its host see it. The lines can only stand at a server's own level."""
    if not _has_early_lines(site.config):
        return request
    for layer in site.base:
        for item in layer.by_key.get("requestheader", ()):
            if _is_early(item) and (not item.guards or world.active(item)):
                request = _changed(request, item, site, world)
    return request


@derived
def _has_early_lines(config: Config) -> bool:
    return any(_is_early(item) for item in config.named("requestheader"))


def _is_early(item: Item) -> bool:
    return bool(item.args) and item.values[-1].lower() == "early"


def _changed(request: Request, item: Item, site: Site, world: World) -> Request:
    action, name, *rest = (*item.values[:-1], "", "")[: max(len(item.values) - 1, 2)]
    action, name = action.lower(), name.rstrip(":")
    remote = site.last("remoteipheader", world)
    read_before = name.lower() in _READ_BEFORE or (remote is not None and remote.value.lower() == name.lower())
    is_plain = (action == "unset" and not rest) or (
        action in ("set", "setifempty") and len(rest) == 1 and "%" not in rest[0]
    )
    if read_before or not is_plain or not item.known:
        raise Beyond(f"{item.name} {' '.join(item.values)} changes the request before it is looked at", item)
    if action == "setifempty" and not request.lacks(name):
        if request.header(name):
            return request
        raise Beyond(f"whether {name} is sent is not known", item)
    others = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
    world.step("url", f"{item.name} {action}s {name} before the request is looked at", item)
    if action == "unset":
        return request._replace(headers=others, removed=request.removed | {name.lower()})
    return request._replace(headers=(*others, (name, rest[0])))
