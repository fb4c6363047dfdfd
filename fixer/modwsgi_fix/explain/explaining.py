"""The explanation of a log: the server answers each group of messages, and groups with one cause become one."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.explain.answers import READERS
from modwsgi_fix.explain.answers.reading import refused_so
from modwsgi_fix.explain.asked import Asked
from modwsgi_fix.explain.gathering import Gathered, Group
from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.records import Cause, Explained, Explanation, Unexplained
from modwsgi_fix.reports import plural

#: The message that httpd writes above what it says of a line.
_REFUSED = "syntax-error"


def explained(found: Gathered, asked: Asked) -> Explained:
    """Return the explanation of a log: the most frequent causes first, then by place; unknown lines last."""
    merged: dict[tuple[object, ...], Explanation] = {}
    for group in found.groups.values():
        explanation = _explanation(group, asked)
        # Two exceptions at one place are two faults; two files that one line denies are one.
        key = (*_key(explanation), explanation.message if group.occurrence.failure is not None else "")
        known = merged.get(key)
        merged[key] = explanation if known is None else _together(known, explanation)
    unknown = []
    for line in sorted(found.unknown.values(), key=lambda one: (-one.count, one.number)):
        if causes := refused_so(line.text, asked):
            explanation = Explanation(line.text, line.count, line.number, _REFUSED, tuple(causes))
            merged[(line.text,)] = explanation
        else:
            unknown.append(line)
    explanations = sorted(merged.values(), key=lambda one: (-one.times, one.line))
    return Explained(
        tuple(explanations),
        tuple(Unexplained(one.text, one.count, one.number) for one in unknown),
        found.lines,
        found.routine,
        tuple(_more(found)),
    )


def _more(found: Gathered) -> Iterator[tuple[str, int]]:
    for message in MESSAGES:
        if message.name in found.more:
            yield message.shown, found.more[message.name]
    if found.more_unknown:
        yield "", found.more_unknown


def _explanation(group: Group, asked: Asked) -> Explanation:
    occurrence = group.occurrence
    message = occurrence.message
    causes = READERS[message.reader](occurrence, asked)
    if not causes:
        causes = [Cause(f"{message.about}; {_sought(asked, occurrence.fields.get('path', ''))}")]
    return Explanation(occurrence.text, group.count, group.number, message.name, tuple(causes))


def _sought(asked: Asked, path: str) -> str:
    """Return what was looked for in vain."""
    hosts = sum(len(config.hosts) for config in asked.configs)
    files = sum(len(config.files) for config in asked.configs)
    what = f"nothing in these files leads to {path}" if path else "nothing in these files fits it"
    return f"{what}: {plural(files, 'file')} with {plural(hosts, 'virtual host')} looked through"


def _key(explanation: Explanation) -> tuple[object, ...]:
    """Return what groups with one cause have in common: the message, and the lines and rules of their causes."""
    lines = tuple((cause.rule, tuple(spot.place for spot in cause.spots)) for cause in explanation.causes)
    found = any(cause.spots for cause in explanation.causes)
    return (explanation.name, lines) if found else (explanation.name,)


def _together(known: Explanation, new: Explanation) -> Explanation:
    first = known if known.line <= new.line else new
    return first._replace(times=known.times + new.times, variants=known.variants + new.variants)
