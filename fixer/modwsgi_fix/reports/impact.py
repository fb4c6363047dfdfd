"""What a change changes for visitors, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from modwsgi_fix.reports import plural

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact

#: More lines of one host than this are counted instead.
_MOST = 40


def as_lines(found: Sequence[Impact]) -> list[str]:
    """Return the lines, host by host, first what changes; none where no request changes."""
    lines: list[str] = []
    for one in found:
        if one.refused and one.changed:
            lines.append(
                "note: httpd refuses to start with the files as they are; before is what it would do if it started"
            )
        for host, members in groupby(one.changes, key=lambda change: change.host):
            every = list(members)
            changed = [change for change in every if change.is_change]
            if not changed:
                continue
            unchanged = [change for change in every if not change.is_change]
            lines.append(f"{host}: what visitors get")
            lines += [f"  {change}" for change in changed[:_MOST]]
            if len(changed) > _MOST:
                lines.append(f"  and {len(changed) - _MOST} more changes (--output-format json has them all)")
            whole = [change for change in unchanged if change.path.endswith("*")]
            lines += [f"  {change}" for change in whole[:10]]
            rest = len(unchanged) - len(whole[:10])
            if rest:
                lines.append(f"  {plural(rest, 'other class' if rest == 1 else 'other classe')} of URLs: unchanged")
        if one.skipped:
            lines.append(f"{plural(one.skipped, 'more host')} changed in the same way, and not traced")
    if not lines and any(one.changes and not one.refused for one in found):
        traced = sum(change.requests for one in found for change in one.changes)
        lines.append(f"nothing changes for visitors ({plural(traced, 'request')} traced)")
    return lines


def as_objects(found: Sequence[Impact]) -> list[dict[str, Any]]:
    """Return every class of URLs that was traced."""
    return [
        {
            "host": change.host,
            "path": change.path,
            "url": change.url,
            "before": change.before or None,
            "after": change.after or None,
            "changed": change.is_change,
            "requests": change.requests,
        }
        for one in found
        for change in one.changes
    ]
