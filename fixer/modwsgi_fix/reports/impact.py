"""What a change changes for visitors, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from modwsgi_fix.reports import plural

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Change, Impact

#: More lines of one host than this are counted instead.
_MOST = 40
#: So many kinds of changes are told in short.
_KINDS = 8
#: And so many of the files that are opened are named.
_NAMES = 8
#: What a visitor gets, weightiest first, by how it begins in words; what it is called in short.
_ANSWERS = {
    "application": "the application", "file served": "a file", "listing": "a listing", "program": "a program",
    "proxied": "another server", "unknown": "unknown", "redirect": "a redirect", "301": "a redirect",
    "302": "a redirect", "401": "a log-in", "refused": "refused", "not found": "not found",
}  # fmt: skip
_SENT = ("a file", "a listing", "a program")
_NOTHING = ("refused", "not found")
_REFUSES = "note: httpd refuses to start with the files as they are; before is what it would do if it started"


class _Kind(NamedTuple):
    """Classes of URLs that change alike."""

    before: str
    after: str


def in_short(found: Sequence[Impact]) -> list[str]:
    """Return a line for each kind of change with an example, what opens first; hosts of one shape are told once."""
    kinds: dict[_Kind, dict[tuple[str, str], Change]] = {}
    opened: dict[_Kind, dict[str, None]] = {}
    for one in found:
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in one.changed:
            groups.setdefault((change.host, change.group), []).append(change)
        for key, members in groups.items():
            kinds.setdefault(_kind(members), {})[key] = members[0]
            single = (one.path for one in members if _called(one.after) in _SENT and "." in one.path.rpartition("/")[2])
            opened.setdefault(_kind(members), {}).update(dict.fromkeys(single))
    told = sorted((kind for kind in kinds if not _is_nothing(kind)), key=_weight)
    if not kinds:
        return as_lines(found)
    lines = [_REFUSES] if any(one.refused and one.changed for one in found) else []
    lines += ["what visitors get (each class of URLs: --impact full):"] if told else []
    for kind in told[:_KINDS]:
        lines.append(f"  {kind.before} -> {kind.after}: {_examples(kinds[kind])}")
        if _weight(kind)[0] == 0 and opened[kind]:
            lines.append(f"    among them {', '.join(list(opened[kind])[:_NAMES])}")
    if len(told) > _KINDS:
        lines.append(f"  and {plural(len(told) - _KINDS, 'more kind')} of changes")
    silent = sum(len(kinds[kind]) for kind in kinds if _is_nothing(kind))
    if silent:
        what = plural(silent, "class" if silent == 1 else "classe")
        lines.append(f"{'  ' if told else ''}{what} of URLs that had no answer: refused in another way")
    skipped = sum(one.skipped for one in found)
    return [*lines, *([f"  {plural(skipped, 'more host')} changed in the same way, and not traced"] if skipped else [])]


def _kind(members: Sequence[Change]) -> _Kind:
    """Return what the weightiest of these changes is, in short; in its own words where it is one of detail."""
    best = min(members, key=lambda one: (_rank(_weightiest(one.after)), _rank(_weightiest(one.before))))
    before, after = _weightiest(best.before), _weightiest(best.after)
    return _Kind(before, after) if before != after else _Kind(best.before, best.after)


def _weightiest(words: str) -> str:
    return min((_called(word) for word in words.split(" or ")), key=_rank)


def _called(word: str) -> str:
    return next((name for begins, name in _ANSWERS.items() if word.startswith(begins)), word)


def _rank(name: str) -> int:
    names = list(dict.fromkeys(_ANSWERS.values()))
    return names.index(name) if name in names else len(names)


def _is_nothing(kind: _Kind) -> bool:
    return _called(kind.before) in _NOTHING and _called(kind.after) in _NOTHING


def _weight(kind: _Kind) -> tuple[int, int]:
    opens = kind.after in _SENT and kind.before not in _SENT
    return (0 if opens else 1 if kind.before in _SENT else 2, _rank(kind.after))


def _examples(classes: Mapping[tuple[str, str], Change]) -> str:
    """Return one URL, or a directory of them, and how many more there are."""
    (_, group), change = min(classes.items(), key=lambda one: (not one[0][1].endswith("*"), len(one[0][1])))
    scheme, _, rest = change.url.partition("://")
    hosts, rest_of = {host for host, _ in classes}, len({group for _, group in classes}) - 1
    more = [plural(rest_of, "more class" if rest_of == 1 else "more classe") + " of URLs"] if rest_of else []
    more += [plural(len(hosts) - 1, "more host")] if len(hosts) > 1 else []
    return " and ".join([f"{scheme}://{rest.partition('/')[0]}{group}", *more])


def as_lines(found: Sequence[Impact]) -> list[str]:
    """Return the lines, host by host, first what changes; none where no request changes."""
    lines: list[str] = []
    for one in found:
        if one.refused and one.changed:
            lines.append(_REFUSES)
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
