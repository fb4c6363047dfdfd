"""Fixes in macros: an edit of the body is one of each host that uses it.

Rules are asked about what httpd reads, which is the body with the values of one use. A fix is offered where each use asks for
the same edits once its values are parameters again: ``<Directory /srv/shop>`` for one host and ``<Directory /srv/blog>`` for
the other are ``<Directory /srv/$name>`` in the macro. What the edited body means is read anew for each use (mod_macro.c:
substitute_macro_args replaces parameters wherever they stand), and has to be what the rule asked for there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.items import Bindings, Used, for_use
from modwsgi_fix.rule import Diagnostic

Edits = tuple[Edit, ...]

#: The number of fixes of one rule in one macro for which no common text is found, before the others are not tried any more.
_TRIES = 20
_START = attrgetter("span.start")
_APART = "change the macro by hand: its uses ask for different fixes"


def for_all_uses(config: Config, found: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings with fixes in macros as they are to be made for all uses; without a fix where the uses differ."""
    bodies = config.derived(_by_path)
    inside: dict[int, tuple[Used, list[int]]] = {}
    result = list(found)
    for number, finding in enumerate(found):
        touched = _touched(bodies, finding.fix.edits) if finding.fix is not None else {}
        if len(touched) > 1:
            result[number] = _unfixed(finding)
        for key, body in touched.items() if len(touched) == 1 else ():
            inside.setdefault(key, (body, []))[1].append(number)
    for body, numbers in inside.values():
        fixes = [fix for number in numbers if (fix := found[number].fix) is not None]
        common = _common(body, config.source(body.path).text, fixes)
        for number, fix in zip(numbers, fixes, strict=True):
            made = common.get(fix.edits)
            result[number] = found[number]._replace(fix=made) if made is not None else _unfixed(found[number])
    return result


def _by_path(config: Config) -> dict[str, list[Used]]:
    return {path: sorted(bodies, key=_START) for path, bodies in grouped(config.used, attrgetter("path")).items()}


def _touched(bodies: Mapping[str, list[Used]], edits: Edits) -> dict[int, Used]:
    """Return the macros in whose bodies some of these edits are, by their identities."""
    found: dict[int, Used] = {}
    for edit in edits:
        of_file = bodies.get(edit.path, [])
        at = bisect_right(of_file, edit.span.start, key=_START)
        for body in of_file[max(at - 1, 0) : at + 1]:
            if _is_in(body, edit):
                found[id(body)] = body
    return found


def _is_in(body: Used, edit: Edit) -> bool:
    return edit.span.start < body.span.end and body.span.start < edit.span.end


def _unfixed(finding: Diagnostic) -> Diagnostic:
    return finding._replace(fix=None, help=finding.help or _APART)


def _common(body: Used, text: str, fixes: Sequence[Fix]) -> dict[Edits, Fix]:
    """Return the fix to make for each of these edits; none for those that not all uses ask for. ``text`` is that of the file."""
    asked = Counter(fix.edits for fix in fixes)
    first = {fix.edits: fix for fix in reversed(fixes)}
    common: dict[Edits, Fix] = {}
    failed = 0
    for edits in asked:
        if edits in common or failed == _TRIES:
            continue
        readings = ((written, meant) for written in _written(body, edits) for meant in _meant(body, text, written))
        for written, meant in readings:
            is_asked_of_all = first[edits].every_reading and meant.keys() == {edits}
            if is_asked_of_all or all(asked[some] >= times for some, times in meant.items()):
                publishes = dict.fromkeys(pair for some in meant for pair in first[some].publishes)
                made = first[edits]._replace(edits=written, publishes=tuple(publishes))
                common |= dict.fromkeys(meant, made)
                break
        else:
            failed += 1
    return common


def _meant(body: Used, text: str, edits: Edits) -> Iterator[Counter[Edits]]:
    """Yield what rules ask for, and for how many uses, where edits of a body are right; nothing where they may not be made.

    A parameter must not give way to a value, since the next use may have another; only whole lines may go. Rules write values,
    but where they copy the lines that they replace, each asks for the parameters that are there.
    """
    names = [name for name, _ in body.uses[0]]
    inside = [(edit.text, text[edit.span.start : edit.span.end]) for edit in edits if _is_in(body, edit)]
    for new, old in inside:
        is_whole = not new and old.endswith("\n")
        if not is_whole and any(name in old and name not in new for name in names):
            return
    yield Counter(_put_in(body, edits, bindings) for bindings in body.uses)
    copied = [name for name in names if any(name in new for new, _ in inside)]
    if copied and all(any(name in old for _, old in inside) for name in copied):
        yield Counter({edits: len(body.uses)})


def _written(body: Used, edits: Edits) -> Iterator[Edits]:
    """Yield these edits as the macro may have them: with parameters for values of one use, likeliest first."""
    named = {written: None for bindings in body.uses if (written := _taken_out(body, edits, _names(bindings))) != edits}
    # A text with a name of one use, or of all, would be wrong for the next one.
    yield from named or [edits]
    yield from dict.fromkeys(_taken_out(body, edits, bindings) for bindings in body.uses)


def _names(bindings: Bindings) -> Bindings:
    """Return the parameters with values that tell one use from another: a number may mean anything."""
    return tuple([(name, value) for name, value in bindings if not value.isdigit()])


def _taken_out(body: Used, edits: Edits, bindings: Sequence[tuple[str, str]]) -> Edits:
    """Return edits of a body with values replaced by their parameters."""
    values = sorted(((value, name) for name, value in bindings if value), key=lambda pair: -len(pair[0]))
    return tuple([edit._replace(text=_named(edit.text, values)) if _is_in(body, edit) else edit for edit in edits])


def _named(text: str, values: Sequence[tuple[str, str]]) -> str:
    """Return a text with names for values, where these are whole words or parts of a path."""
    parts, at = list[str](), 0
    while at < len(text):
        is_begin = not (at and text[at - 1].isalnum())
        value, name = next((pair for pair in values if is_begin and _is_word(text, at, pair[0])), (text[at], text[at]))
        parts.append(name)
        at += len(value)
    return "".join(parts)


def _is_word(text: str, at: int, value: str) -> bool:
    return text.startswith(value, at) and not text[at + len(value) : at + len(value) + 1].isalnum()


def _put_in(body: Used, edits: Edits, bindings: Bindings) -> Edits:
    """Return what edits of a body mean for one use."""
    return tuple([
        edit._replace(text=for_use(edit.text, bindings)) if _is_in(body, edit) else edit for edit in edits
    ])  # fmt: skip
