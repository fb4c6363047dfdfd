"""The lines of servers that were not understood, as they may be shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from operator import attrgetter

from modwsgi_fix import directives
from modwsgi_fix.directives.families import NAMES_SCRIPT
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.facts.loaded import Standing, strangers
from modwsgi_fix.model.gaps import GapKind
from modwsgi_fix.model.items import File
from modwsgi_fix.model.outside import NOT_SHOWN, tells
from modwsgi_fix.model.secrets import masked
from modwsgi_fix.records import UNNAMED, Gap
from modwsgi_fix.text import Span, shortened
from modwsgi_fix.workspace.discretion import MESSAGE, must_hold_back

_FIRST_LINE = attrgetter("first")


def gaps(configs: Sequence[Config]) -> tuple[Gap, ...]:
    """Return the gaps of servers, by file and line, each once."""
    found = dict.fromkeys(gap for config in configs for gap in _gaps(config))
    if not found:
        return ()
    # Servers that share a file may have different names for it.
    names = (file.name for config in configs for file in config.files.values())
    scripts = (script.name for config in configs for script in config.scripts.values())
    order = {name: at for at, name in enumerate((*names, *scripts))}
    by_name = grouped(found, attrgetter("name"))
    return tuple(
        gap for name in sorted(by_name, key=order.__getitem__) for gap in sorted(by_name[name], key=_FIRST_LINE)
    )


def _gaps(config: Config) -> Iterator[Gap]:
    @cache
    def reason_of(path: str, kind: GapKind, why: str) -> str:
        return _reason(config, config.files[path], why, kind.value)

    ends = {path: _ends(config.files[path].tree.untrusted) for path in set(map(attrgetter("path"), config.gaps))}
    asks = must_hold_back(config)
    for path, (start, end), kind, why in config.gaps:
        reason = reason_of(path, kind, why) if asks else shortened(why, MESSAGE)
        yield _gap(config.files[path], start, ends[path](start) or end, reason)
    for file in config.files.values():
        if file.template:
            start = min((start for start, _ in file.tags), default=0)
            reason = f"a template that {file.template} fills in is not understood before that"
            yield _gap(file, start, start, reason)
        for tag in file.tags_left:
            yield _gap(file, *tag, "a tag of a template was not filled in")
        for problem in () if file.template else file.tree.problems:
            yield _gap(file, *problem.region, _reason(config, file, problem.message, problem.kind))
    yield from _strangers(config)
    if config.lacks(frozenset(NAMES_SCRIPT)):
        return
    # Reading scripts takes more modules than everything else that a report needs.
    from modwsgi_fix.model.facts.unread import unread_scripts

    for unread in unread_scripts(config):
        is_told = unread.file.quotable and not tells(config, [unread.reason])
        yield Gap(
            unread.file.name,
            unread.line,
            unread.line,
            shortened(unread.reason, MESSAGE) if is_told else f"a script {NOT_SHOWN}",
        )


def _strangers(config: Config) -> Iterator[Gap]:
    """Yield a gap for each directive name that httpd and mod_wsgi do not have, or for all names of one known module."""
    named: set[tuple[str, str]] = set()
    for item, standing in strangers(config):
        family = directives.third_party_family(item.name)
        if standing is Standing.FOREIGN and not item.file.template and (item.path, family) not in named:
            named.add((item.path, family))
            reason = f"{item.name} is not a directive of httpd or mod_wsgi"
            yield _gap(item.file, *item.span, _reason(config, item.file, reason, "a directive is of another module"))


def _gap(file: File, start: int, end: int, reason: str) -> Gap:
    """Return the gap of ``text[start:end]``, which ends on the line of its last character."""
    return Gap(file.name, *file.lines.lines_of(start, end), reason)


def _ends(regions: Iterable[Span]) -> Callable[[int], int]:
    """Return a function from an offset to the end of the longest of these regions around it; 0 outside of all regions."""
    ordered = sorted(regions)
    if not ordered:
        return lambda offset: 0
    starts = [region.start for region in ordered]
    furthest = [0, *accumulate((region.end for region in ordered), max)]

    def end(offset: int) -> int:
        found = furthest[bisect_right(starts, offset)]
        return found if found > offset else 0

    return end


def _reason(config: Config, file: File, reason: str, kind: str) -> str:
    """Return why lines were not understood; ``kind`` replaces a reason that quotes what must not be shown."""
    if not file.quotable:
        return f"{kind} ({UNNAMED})"
    return f"{kind} {NOT_SHOWN}" if tells(config, [reason]) else shortened(masked(config, reason), MESSAGE)
