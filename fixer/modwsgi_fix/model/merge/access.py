"""Who may fetch what: the access lines of one section, and the combined effect of a directory's or file's sections.

The meaning of each line is left to ``permit``, which is asked with everyone as the visitor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from modwsgi_fix.directives.families import LIMIT_SECTIONS, OLD_ACCESS, ORDER_KEYS, REQUIRE_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import READING_ORDER, Guard, Item, Server
from modwsgi_fix.model.merge.layers import Layer, site_of
from modwsgi_fix.model.merge.permit import by_hosts, satisfy_of
from modwsgi_fix.model.merge.places import layers_at, settled_at
from modwsgi_fix.model.merge.requires import NEW, Verdict, by_requires
from modwsgi_fix.model.merge.visitor import EVERYONE, Asked, Visitor
from modwsgi_fix.model.merge.world import World, assuming, holding, ways
from modwsgi_fix.syntax import Section
from modwsgi_fix.tuples import NamedTuple


class Says(NamedTuple):
    """What sections say to everyone in one branch: by each dialect, None where the dialect is silent.

    ``some`` says that some visitors are admitted where neither all nor none are.
    """

    old: bool | None
    new: bool | None
    some: bool = False
    satisfy_any: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether no dialect says anything."""
        return self.old is None and self.new is None and not self.some and not self.satisfy_any

    @property
    def admits(self) -> bool:
        """Whether everyone is let in."""
        if self.satisfy_any:
            return self.old is not False or self.new is True
        return not self.some and self.old is not False and self.new is not False and not self.is_silent

    @property
    def refuses(self) -> bool:
        """Whether nobody is let in."""
        if self.satisfy_any:
            return self.old is False and self.new is False
        return self.old is False or self.new is False


#: The directives that decide what sections say.
_SPEAKING = frozenset({*OLD_ACCESS, *NEW, "authmerging"})


def says(asked: Asked) -> Says:
    """Return what the layers say, each dialect by itself."""
    old, _ = by_hosts(asked)
    verdict, by = by_requires(asked)
    new = {Verdict.GRANTED: True, Verdict.DENIED: False}.get(verdict) if by is not None else None
    return Says(old, new, by is not None and new is None, satisfy_of(asked) == "any")


#: The access lines of a layer, or of several, as words.
Words = tuple[tuple[str, tuple[str, ...]], ...]


class Spoken(NamedTuple):
    """The access lines of one layer: whether it has any of each dialect, and their words.

    ``words`` are None where they are not the whole meaning: in a section of their own, under a condition, with an undefined
    variable.
    """

    old: bool = False
    new: bool = False
    words: Words | None = ()


_SILENT = Spoken()


def spoken_by(layer: Layer) -> Spoken:
    """Return the access lines of a layer, which are remembered since a layer holds for many paths."""
    known: Spoken | None = layer.access
    if known is None:
        known = layer.access = _spoken_by(layer) if layer.section is None else _spoken_within(layer.section)
    return known


def _spoken_within(section: Item) -> Spoken:
    """Return the access lines of a section; those of sections with the same text are the same words."""
    said = _text_within(section)
    if not said:
        return access_of(section).spoken
    return section.file.tree.once((Spoken, said), lambda: access_of(section).spoken)


def _text_within(section: Item) -> str:
    """Return the lines in a section, where their text alone decides what they say; else nothing.

    That is so where there is no variable, and no line that stands in another section, a condition, a macro or another file.
    """
    node = section.node
    if section.guards or not isinstance(node, Section) or node.close is None:
        return ""
    text = node.text[node.head_end : node.close.start]
    if "$" in text or "<" in text:
        return ""
    for child in section.children:
        if child.wrapper is not node:
            return ""
    return text


def _spoken_by(layer: Layer) -> Spoken:
    return _spoken_in_lines(layer.all([key for key in layer.by_key if key in _SPEAKING]), layer.section)


def _spoken_in_lines(lines: Sequence[Item], section: Item | None) -> Spoken:
    """Return what access lines say, which are those of a section or below it, or of a server."""
    if not lines:
        return _SILENT
    is_whole = True
    old = new = False
    for line in lines:
        old = old or line.key in ORDER_KEYS
        new = new or line.key in NEW
        if line.guards or line.parent is not section or line.is_section or not line.known:
            is_whole = False
    return Spoken(old, new, tuple([(line.key, line.values) for line in lines]) if is_whole else None)


class _Branches:
    """What is said to everyone, in each branch; None for a branch that is not modelled."""

    def __init__(self, ways: Sequence[Says | None]) -> None:
        self.ways = ways

    @cached_property
    def grant(self) -> bool:
        """Whether everyone is let in, in every branch where anything is said."""
        return _everywhere(self.ways, lambda said: said.admits)

    @cached_property
    def deny(self) -> bool:
        """Whether nobody is let in, in every branch where anything is said."""
        return _everywhere(self.ways, lambda said: said.refuses)


class _Lines(NamedTuple):
    section: Item
    requires: tuple[Item, ...]
    orders: tuple[Item, ...]
    allows: tuple[Item, ...]
    denies: tuple[Item, ...]
    satisfy: Item | None
    others: tuple[Item, ...]


class Access(_Lines):
    """The access directives directly in one section, by dialect, and what the section says by itself."""

    @cached_property
    def _layer(self) -> Layer:
        return Layer(self.section, self.section.children)

    @cached_property
    def spoken(self) -> Spoken:
        """Its access lines, those in ``<Limit>`` too."""
        lines = []
        for child in self.section.children:
            if child.key in LIMIT_SECTIONS:
                return _spoken_by(self._layer)
            if child.key in _SPEAKING:
                lines.append(child)
        return _spoken_in_lines(lines, self.section)

    @cached_property
    def _branches(self) -> _Branches:
        """What the section says in each branch."""
        return _Branches(_said([self._layer], _limited_to(self.section)))

    @property
    def is_empty(self) -> bool:
        """Whether it has no access directive of either dialect."""
        return not (self.has_22 or self.has_24 or "satisfy" in self._layer.by_key)

    @property
    def has_22(self) -> bool:
        """Whether it has Order, Allow or Deny, in ``<Limit>`` too."""
        return self.spoken.old

    @property
    def has_24(self) -> bool:
        """Whether it has Require, or a container of it, in ``<Limit>`` too."""
        return self.spoken.new

    @property
    def admits_22(self) -> bool | None:
        """Whether Order, Allow and Deny admit everyone (True) or no one (False); None for only some, or without such lines."""
        asked = (said for said in self._branches.ways if said is None or said.old is not None)
        return _agreed(None if said is None else said.old for said in asked) if self.has_22 else None

    @property
    def admits_24(self) -> bool | None:
        """Whether the Require lines admit everyone (True) or no one (False); None for some visitors, or without such lines."""
        asked = (said for said in self._branches.ways if said is None or said.new is not None or said.some)
        return _agreed(None if said is None else said.new for said in asked) if self.has_24 else None

    @property
    def grants(self) -> bool:
        """Whether it lets everyone in, in every branch where it says anything."""
        return self._branches.grant

    @property
    def denies_all(self) -> bool:
        """Whether it lets nobody in, in every branch where it says anything."""
        return self._branches.deny

    @property
    def admits_strangers(self) -> bool:
        """Whether, in some branch, it lets in a visitor without a log-in and with an address that no line names."""
        return any(said is not None and said.admits for said in _said([self._layer], _STRANGER))

    @property
    def restricts(self) -> bool:
        """Whether it has access lines, and does not let everyone in."""
        return not self.is_empty and not self.grants

    @property
    def satisfy_any(self) -> bool:
        """Whether the section has ``Satisfy Any``."""
        return self.satisfy is not None and self.satisfy.value.lower() == "any"

    @property
    def lines(self) -> tuple[Item, ...]:
        """All of its access directives, in reading order."""
        direct = [*self.requires, *self.orders, *self.allows, *self.denies, *((self.satisfy,) if self.satisfy else ())]
        return tuple(sorted(direct, key=READING_ORDER))

    @cached_property
    def lines_that_grant(self) -> tuple[Item, ...]:
        """The lines that let everyone in, in each dialect that does, in reading order."""
        lines: list[Item] = []
        if self.has_24 and self.admits_24 is True:
            lines += self.requires
        if self.has_22 and self.admits_22 is True:
            lines += [*self.orders, *self.allows]
        return tuple(sorted(lines, key=READING_ORDER))


#: A stranger; the address is one of those reserved for documentation (RFC 5737).
_STRANGER = Visitor(method="GET", client="203.0.113.77", has_login=False)


def _said(layers: Sequence[Layer], visitor: Visitor, config: Config | None = None) -> list[Says | None]:
    return [way.result for way in ways(lambda world: says(Asked(layers, visitor, world, config)), None, {})]


def _everywhere(said: Iterable[Says | None], does: Callable[[Says], bool]) -> bool:
    """Whether ``does`` holds in each branch in which anything is said, and all branches are modelled."""
    speaking = [one for one in said if one is None or not one.is_silent]
    return bool(speaking) and all(one is not None and does(one) for one in speaking)


def grant_together(sections: Iterable[Item]) -> bool:
    """Whether sections that hold for one request let everyone in, each merged over those before it."""
    layers = [Layer(section, section.children) for section in sections]
    return _Branches(_said(layers, EVERYONE)).grant


def _limited_to(section: Item) -> Visitor:
    """Return everyone as the visitor; for a ``<Limit>`` by itself, everyone who uses its methods."""
    if section.key == "limit" and section.args:
        return EVERYONE._replace(method=section.values[0])
    if section.key == "limitexcept":
        return EVERYONE._replace(
            method=next(m for m in ("GET", "POST", "PUT", "PATCH", "LOCK", "") if m not in section.values)
        )
    return EVERYONE


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    """Return the answer that all branches agree on; None where they differ, one is unknown, or there are none."""
    values = set(answers)
    return next(iter(values)) is True if values in ({True}, {False}) else None


def access_of(section: Item) -> Access:
    """Return the access directives directly inside a section, which are remembered since many rules ask for them."""
    known: Access | None = section.access
    if known is None:
        known = section.access = _access_of(section)
    return known


def access_in(config: Config, section: Item) -> Access:
    """Return ``access_of`` for one of many sections: what is said to everyone is found out once for all with the same words."""
    access = access_of(section)
    words = access.spoken.words
    if words is not None and section.key not in LIMIT_SECTIONS:
        access._branches = config.once((access_in, words), lambda: access._branches)
    return access


def grants_in(config: Config, section: Item) -> bool:
    """Whether a section lets everyone in (``Access.grants``), which is found out once for all with the same text."""
    said = _text_within(section)
    if not said or section.key in LIMIT_SECTIONS:
        return access_in(config, section).grants
    return config.once((grants_in, section.key, said), lambda: access_in(config, section).grants)


def _access_of(section: Item) -> Access:
    by_key: dict[str, list[Item]] = {key: [] for key in ("require", *OLD_ACCESS)}
    others: list[Item] = []
    for child in section.children:
        by_key.get("require" if child.key in REQUIRE_SECTIONS else child.key, others).append(child)
    requires, orders, allows, denies, satisfies = map(tuple, by_key.values())
    return Access(section, requires, orders, allows, denies, satisfies[-1] if satisfies else None, tuple(others))


class Grant(NamedTuple):
    """What the ``<Directory>`` and ``<Files>`` sections say about a path: ``allowed`` is None where unknown.

    ``by_22`` and ``by_24`` are the sections that decided in each dialect; None where no section has such lines.
    """

    allowed: bool | None
    by_22: Item | None
    by_24: Item | None


def grant(config: Config, server: Server, path: str, file: str | None = None, given: Collection[Guard] = ()) -> Grant:
    """Whether everyone may fetch what lies at ``path``, by ``<Directory>`` (and ``<Files>``, for ``file``) alone.

    Without access lines httpd grants; for fragments the answer is then unknown. It is also unknown where an undecided condition,
    an ``<If>``, the visitor or an unknown pattern makes a difference. ``given`` are conditions that are assumed to hold.
    """
    return config.once((grant, server, path, file, tuple(given)), lambda: _grant(config, server, path, file, given))


def _grant(config: Config, server: Server, path: str, file: str | None, given: Collection[Guard]) -> Grant:
    site = site_of(config, server)
    settled = settled_at(site, path, file)
    if settled is not None:
        spoken = _spoken_in(settled)
        if spoken.words is not None:
            # Which lines hold is beyond doubt, so that all places with the same words are alike.
            allowed, is_modelled = config.once(
                (_grant, spoken.words), lambda: _weighed(config, _said(settled, EVERYONE, config))
            )
            return Grant(allowed, spoken.by_22, spoken.by_24) if is_modelled else Grant(allowed, None, None)

    def run(world: World) -> tuple[Says, Item | None, Item | None]:
        layers = layers_at(site, path, file, world)
        spoken = _spoken_in(layers)
        return says(Asked(layers, EVERYONE, world, config)), spoken.by_22, spoken.by_24

    answers = {**assuming(server.item), **holding(given)}
    results = [way.result for way in ways(run, None, {}, given=answers)]
    allowed, _ = _weighed(config, [None if result is None else result[0] for result in results])
    by_22 = next((result[1] for result in results if result is not None and result[1] is not None), None)
    by_24 = next((result[2] for result in results if result is not None and result[2] is not None), None)
    return Grant(allowed, by_22, by_24)


def _weighed(config: Config, said: Sequence[Says | None]) -> tuple[bool | None, bool]:
    """Return whether everyone is let in, where all branches are modelled and agree; and whether any is modelled."""
    known = [one for one in said if one is not None]
    agreed = _agreed(_allowed(config, one) for one in known) if len(known) == len(said) else None
    return agreed, bool(known)


def _allowed(config: Config, said: Says) -> bool | None:
    if said.is_silent:
        return True if config.complete else None
    return True if said.admits else False if said.refuses else None


class _SpokenIn(NamedTuple):
    """The access lines of layers, as for ``Spoken``, and the last section with lines of each dialect."""

    words: tuple[Words, ...] | None
    by_22: Item | None
    by_24: Item | None


def _spoken_in(layers: Iterable[Layer]) -> _SpokenIn:
    words: list[Words] = []
    is_whole = True
    by_22: Item | None = None
    by_24: Item | None = None
    for layer in layers:
        spoken: Spoken = layer.access or spoken_by(layer)
        if spoken is _SILENT:
            continue
        if spoken.old:
            by_22 = layer.section
        if spoken.new:
            by_24 = layer.section
        if spoken.words is None:
            is_whole = False
        else:
            words.append(spoken.words)
    return _SpokenIn(tuple(words) if is_whole else None, by_22, by_24)
