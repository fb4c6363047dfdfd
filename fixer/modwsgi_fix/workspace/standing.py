"""Which hosts of a server that was checked stand for the others, when it is checked again after a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modwsgi_fix.directives import find
from modwsgi_fix.engine.job import Job
from modwsgi_fix.engine.likeness import alike_to
from modwsgi_fix.model.shapes import alike
from modwsgi_fix.model.shapes.alike import Unit, by_shape, standing
from modwsgi_fix.model.shapes.hosts import Text
from modwsgi_fix.tuples import NamedTuple

#: A host: the key of its file, and its number (from 0) among the hosts there.
Host = tuple[str, int]

#: The first of the characters that stand for words: a shape has no text with any of these.
_MARK = 0xE000


class Group(NamedTuple):
    """Hosts that share words which no other host has; ``shape`` is None where no group is like this one."""

    hosts: tuple[Host, ...]
    own: frozenset[bytes]
    shape: int | None


def host_text(text: Text, number: int) -> str:
    """Return the text of a host of a file, by its number (from 0) there."""
    start, end = text.hosts[number]
    return text.text[start:end]


def groups_of(
    job: Job, hosts: Sequence[Host], units: Sequence[Unit], outside: Sequence[str]
) -> tuple[Group, ...] | None:
    """Return the groups of the hosts of a job, which are given with their texts; None where it cannot be told which are alike.

    More hosts are alike here than in ``model.shapes``, which shares what is found in a host. Here that is known of each, and
    only what a change elsewhere does to it is shared. So their words need not be of one kind, in length for instance, and
    a host may have a word that the rules know where all others of its shape have one that is known to none.
    """
    groups = alike_to(job, units, outside)
    if groups is None:
        return None
    any_words = {group.units: group for group in alike_to(job, units, outside, by_any_words=True) or ()}
    each, shapes = iter(hosts), dict[tuple[object, ...], int]()
    for group in groups:
        if group.shape is not None:
            shapes.setdefault(_without_words(group), len(shapes))
    found = []
    for group in groups:
        other = any_words.get(group.units)
        own = group.own if other is None else group.own | other.own
        number = None if group.shape is None else shapes[_without_words(group)]
        is_named = other is not None and not any(find(word.decode()) for word in other.own - group.own)
        if number is not None and other is not None and other.shape is not None and is_named:
            # Its words that the rules know stand where the words of hosts of that shape stand, and name no directive.
            number = shapes.get(_without_words(other), number)
        found.append(Group(tuple(next(each) for _ in group.units), own, number))
    return tuple(found)


def _without_words(group: alike.Group) -> tuple[object, ...]:
    """Return what a group of texts says without its own words, and where the texts are."""
    text = "\0".join(unit.compared for unit in group.units)
    for at, word in sorted(enumerate(group.words), key=lambda one: len(one[1]), reverse=True):
        text = text.replace(word, chr(_MARK + at))
    return text, tuple(unit.path for unit in group.units)


def standing_for_others(groups: Iterable[Group], touched: frozenset[Host]) -> frozenset[Host]:
    """Return the hosts that stand for all untouched ones: those like no other, and a few of those that are alike."""
    rest = [group for group in groups if touched.isdisjoint(group.hosts)]
    unlike = (group for group in rest if group.shape is None)
    like = (group for shape in by_shape(rest).values() for group in standing(shape))
    return frozenset(host for group in (*unlike, *like) for host in group.hosts)
