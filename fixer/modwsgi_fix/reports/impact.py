"""What changes for visitors, told to people and to programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from modwsgi_fix.reports import plural
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Change, Impact

#: More lines of one host than this are counted instead of shown.
_MOST = 40
#: The most kinds of changes in the short form.
_KINDS = 8
#: The most opened files that are named.
_NAMES = 8
#: Short names of the kinds of answers, weightiest first (``effect.impact.WEIGHTIEST``).
_CALLED = {
    "file": "a file", "listing": "a listing", "program": "a program", "server": "a page of httpd",
    "application": "the application", "proxy": "another server", "unknown": "unknown", "redirect": "a redirect",
    "log-in": "a log-in", "refused": "refused", "not-found": "not found", "error": "an error",
}  # fmt: skip
_RANK = {kind: at for at, kind in enumerate(_CALLED)}
_SENT, _NOTHING = frozenset({"file", "listing", "program", "server"}), frozenset({"refused", "not-found"})
_REFUSES = "note: httpd refuses to start with the files as they are; before is what it would do if it started"


class _Alike(NamedTuple):
    """What classes of URLs that change alike share: the kinds of answers before and after, and the answers in words."""

    kinds: tuple[str, str]
    words: tuple[str, str]

    @property
    def opens(self) -> bool:
        """Whether something is handed out that was not before."""
        return self.kinds[1] in _SENT and self.kinds[0] not in _SENT

    @property
    def is_nothing(self) -> bool:
        """Whether there was no answer, and is none."""
        return set(self.kinds) <= _NOTHING

    @property
    def place(self) -> tuple[bool, bool, int]:
        """The sort key: changes that open something first, then those of answers that were sent."""
        return not self.opens, self.kinds[0] not in _SENT, _RANK[self.kinds[1]]


def in_short(found: Sequence[Impact]) -> list[str]:
    """Return a line for each kind of change with an example, those that open something first; equal hosts are told once."""
    changes, counted = kinds_of_change(found)
    if not changes and not counted:
        return as_lines(found)
    lines = [_REFUSES] if any(one.refused and one.changed for one in found) else []
    if not changes:
        return [*lines, *counted]
    return [
        *lines,
        "what visitors get (each class of URLs: --impact full):",
        *(f"  {line}" for line in (*changes, *counted)),
    ]


def kinds_of_change(found: Sequence[Impact]) -> tuple[list[str], list[str]]:
    """Return a line for each kind of change, and lines that only count the others."""
    alike: dict[_Alike, dict[tuple[str, str], list[Change]]] = {}
    for impact in found:
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in impact.changed:
            groups.setdefault((change.host, change.group), []).append(change)
        for key, members in groups.items():
            alike.setdefault(_alike(members), {})[key] = members
    told = sorted((kind for kind in alike if not kind.is_nothing), key=lambda kind: kind.place)
    changes = []
    for kind in told[:_KINDS]:
        changes.append(f"{' -> '.join(kind.words)}: {_examples(alike[kind])}")
        if kind.opens and (names := _opened(alike[kind])):
            changes.append(f"  among them {', '.join(names[:_NAMES])}")
    if len(told) > _KINDS:
        changes.append(f"and {plural(len(told) - _KINDS, 'more kind')} of changes")
    counted = []
    if silent := sum(len(classes) for kind, classes in alike.items() if kind.is_nothing):
        what = plural(silent, "class" if silent == 1 else "classe")
        counted.append(f"{what} of URLs that had no answer: refused in another way")
    if skipped := sum(one.skipped for one in found):
        counted.append(untraced(skipped))
    return changes, counted


def untraced(skipped: int) -> str:
    """Return the line about hosts that a change may concern and that were not traced for the report."""
    return f"{plural(skipped, 'more host')} whose answers may change: not traced for this report"


def _alike(members: Sequence[Change]) -> _Alike:
    """Return the weightiest of these changes in its short form, or in its own words where it is a detail."""
    best = min(members, key=lambda one: (_RANK[one.kinds[1]], _RANK[one.kinds[0]]))
    before, after = best.kinds
    return _Alike(best.kinds, (_CALLED[before], _CALLED[after]) if before != after else (best.before, best.after))


def _opened(classes: Mapping[tuple[str, str], Sequence[Change]]) -> list[str]:
    """Return the paths of the files that are newly handed out."""
    sent = (one.path for members in classes.values() for one in members if one.kinds[1] in _SENT)
    return list(dict.fromkeys(path for path in sent if "." in path.rpartition("/")[2]))


def _examples(classes: Mapping[tuple[str, str], Sequence[Change]]) -> str:
    """Return one URL, or a directory of them, and how many more there are."""
    (_, group), (change, *_) = min(classes.items(), key=lambda one: (not one[0][1].endswith("*"), len(one[0][1])))
    scheme, _, rest = change.url.partition("://")
    hosts, rest_of = {host for host, _ in classes}, len({group for _, group in classes}) - 1
    more = [plural(rest_of, "more class" if rest_of == 1 else "more classe") + " of URLs"] if rest_of else []
    more += [plural(len(hosts) - 1, "more host")] if len(hosts) > 1 else []
    return " and ".join([f"{scheme}://{rest.partition('/')[0]}{group}", *more])


def as_lines(found: Sequence[Impact]) -> list[str]:
    """Return the lines, host by host, changes first; no lines where no request changes."""
    lines: list[str] = []
    for impact in found:
        if impact.refused and impact.changed:
            lines.append(_REFUSES)
        for host, members in groupby(impact.changes, key=lambda change: change.host):
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
        if impact.skipped:
            lines.append(untraced(impact.skipped))
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
