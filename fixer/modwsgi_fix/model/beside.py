"""What httpd refuses of a line for the sections around it and the lines before it, beyond where a directive may stand."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import EXPRESSION_SECTIONS, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import HARMLESS
from modwsgi_fix.model.items import Item, Server

_NO_IF = "<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope"
#: mod_proxy's message in a ``<Location>``, and the one outside, by the directive.
_PATHS = {
    "proxypass": (
        "ProxyPass|ProxyPassMatch can not have a path when defined in a location.",
        "ProxyPass|ProxyPassMatch needs a path when not defined in a location",
    ),
    "proxypassreverse": (
        "ProxyPassReverse can not have a path when defined in a location",
        "ProxyPassReverse needs a path when not defined in a location",
    ),
}


def refused_beside(config: Config) -> Iterator[tuple[Item, str]]:
    """Yield the lines that httpd refuses so, with its message (measured with 2.4.71).

    A part of a server may be included anywhere, so of its first level nothing is told.
    """
    yield from _without_if(config)
    for item in config.named(*_PATHS):
        within, outside = _PATHS[item.key]
        if item.section(*EXPRESSION_SECTIONS) is not None or not item.values:
            continue
        if item.section(*LOCATION_SECTIONS) is not None:
            if len(item.values) > 1 and item.value.startswith("/"):
                yield item, within
        elif len(item.values) == 1 and _is_whole(config, item):
            yield item, outside


def _without_if(config: Config) -> Iterator[tuple[Item, str]]:
    """Yield each ``<Else>`` and ``<ElseIf>`` whose scope has no ``<If>`` before it, or had an ``<Else>`` (core.c:ifsection)."""
    if not config.named("else", "elseif") or any(gap.kind not in HARMLESS for gap in config.gaps):
        return
    follows: dict[tuple[Server, Item | None], bool] = {}
    for item in config.named(*EXPRESSION_SECTIONS):
        scope = item.server, item.parent
        if item.key == "if":
            follows[scope] = True
            continue
        if not follows.get(scope, False) and _is_whole(config, item):
            yield item, _NO_IF
        # A section that a condition may leave out keeps what was before it.
        follows[scope] = item.key == "elseif" or bool(item.guards)


def _is_whole(config: Config, item: Item) -> bool:
    """Whether all that stands around a line is in sight."""
    return config.complete or bool(item.sections) or not item.server.is_main
