"""What httpd refuses of ``Require`` lines and their containers, for where they stand and what they hold (mod_authz_core.c)."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import Context, find
from modwsgi_fix.directives.families import DIRECT_READING, REQUIRE_SECTIONS
from modwsgi_fix.model.items import Item


def container_fault(item: Item) -> str:
    """Return httpd's message where it refuses a ``Require``, a container, or a line in one at once; empty elsewhere.

    A negation may stand in ``<RequireAll>`` alone: lines without a container stand in an implied ``<RequireAny>``. A container
    may not be empty, and holds only what ``AllowOverride AuthConfig`` admits. Source: mod_authz_core.c,
    add_authz_provider and add_authz_section; measured on 2.4.71.
    """
    if item.key in REQUIRE_SECTIONS and not item.children:
        return f"<{item.name}> directive contains no authorization directives"
    around = item.parent.key if item.parent is not None else ""
    if item.parent is not None and around in REQUIRE_SECTIONS and _is_of_directories_alone(item):
        return f"{item.name} not allowed in <{item.parent.name}> context"
    if around == "requireall" or not _is_negative(item):
        return ""
    what = "negative Require" if item.key == "require" else f"<{item.name}>"
    return f"{what} directive has no effect in <{'RequireNone' if around == 'requirenone' else 'RequireAny'}> directive"


def only_denies(item: Item) -> bool:
    """Whether a ``<RequireAll>`` holds nothing but negations, so that httpd does not start: AH01624.

    One within another is a part of it (mod_authz_core.c:authz_core_check_section).
    """
    if item.key != "requireall" or (item.parent is not None and item.parent.key == "requireall"):
        return False
    lines = list(_lines(item))
    return bool(lines) and all(map(_is_negative, lines))


def _lines(section: Item) -> Iterator[Item]:
    """Yield what stands in a ``<RequireAll>`` and in those directly within it."""
    pending = list(reversed(section.children))
    while pending:
        item = pending.pop()
        if item.key == "requireall":
            pending += reversed(item.children)
        else:
            yield item


def _is_of_directories_alone(item: Item) -> bool:
    """Whether a directive may stand in a directory and not in a container, which admits what AuthConfig does."""
    info = find(item.name)
    return (
        info is not None
        and Context.DIRECTORY in info.contexts
        and "AuthConfig" not in info.overrides
        and item.key not in DIRECT_READING
        and not item.is_section
    )


def _is_negative(item: Item) -> bool:
    return item.key == "requirenone" or (item.key == "require" and item.value.lower() == "not")
