"""Who may fetch what: access directives of 2.2 and 2.4, the sections that hold them, and how httpd merges them.

Both dialects are evaluated, and both must allow (Satisfy All); a later section replaces an earlier one's directives of the
same dialect as a whole (F-access-1 to F-access-7; mod_authz_core.c, mod_access_compat.c).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from modwsgi_fix.directives.families import FILES_SECTIONS, REQUIRE_SECTIONS
from modwsgi_fix.model.config import Config, Guard, Item, Server
from modwsgi_fix.model.merge.sections import directory_matches, directory_sections, files_matches, sections_of


@dataclass(frozen=True, slots=True)
class Access:
    """The access directives that stand directly in one section, by dialect."""

    section: Item
    requires: tuple[Item, ...]
    orders: tuple[Item, ...]
    allows: tuple[Item, ...]
    denies: tuple[Item, ...]
    satisfy: Item | None
    others: tuple[Item, ...]

    @property
    def is_empty(self) -> bool:
        """No access directive of either dialect."""
        return not (self.requires or self.orders or self.allows or self.denies or self.satisfy)

    @property
    def has_22(self) -> bool:
        return bool(self.orders or self.allows or self.denies)

    @property
    def has_24(self) -> bool:
        return bool(self.requires)

    @property
    def admits_22(self) -> bool | None:
        """Whether Order, Allow and Deny admit everyone (True), no one (False), or some; None where there are none.

        Some is None as well: ask ``restricts``. ``Order deny,allow`` is the default (mod_access_compat.c).
        """
        if not self.has_22:
            return None
        allow_first = bool(self.orders) and self.orders[-1].value.lower().replace(" ", "").startswith("allow,")
        allow_all = any(from_all(item) for item in self.allows)
        deny_all = any(from_all(item) for item in self.denies)
        if allow_first:
            if self.denies:
                return False if deny_all or not self.allows else None
            return True if allow_all else (None if self.allows else False)
        if allow_all or not self.denies:
            return True
        if deny_all:
            return None if self.allows else False
        return None

    @property
    def admits_24(self) -> bool | None:
        """Whether the Require lines admit everyone, no one, or some (None); None also where there are none."""
        direct = [item for item in self.requires if item.key == "require"]
        if any(words(item) == ("all", "granted") for item in direct):
            return True
        if self.requires and len(direct) == len(self.requires) and all(words(i) == ("all", "denied") for i in direct):
            return False
        return None

    @property
    def grants(self) -> bool:
        """True when one dialect admits everyone and the other does not restrict."""
        both = [admits for admits, has in ((self.admits_22, self.has_22), (self.admits_24, self.has_24)) if has]
        return bool(both) and all(admits is True for admits in both)

    @property
    def denies_all(self) -> bool:
        """True when one dialect admits no one (and Satisfy is not Any)."""
        return (self.admits_22 is False or self.admits_24 is False) and not self.satisfy_any

    @property
    def satisfy_any(self) -> bool:
        return self.satisfy is not None and self.satisfy.value.lower() == "any"

    @property
    def lines(self) -> tuple[Item, ...]:
        """All of its access directives, in order."""
        found = [*self.requires, *self.orders, *self.allows, *self.denies, *((self.satisfy,) if self.satisfy else ())]
        return tuple(sorted(found, key=lambda item: item.index))


def words(item: Item) -> tuple[str, ...]:
    """The arguments in lower case."""
    return tuple(value.lower() for value in item.values)


def from_all(item: Item) -> bool:
    """``Allow from all`` or ``Deny from all``."""
    values = words(item)
    return len(values) >= 2 and values[0] == "from" and "all" in values[1:]


def access_of(section: Item) -> Access:
    """The access directives directly inside a section."""
    requires, orders, allows, denies, others = [], [], [], [], []
    satisfy = None
    for child in section.children:
        key = child.key
        if key == "require" or key in REQUIRE_SECTIONS:
            requires.append(child)
        elif key == "order":
            orders.append(child)
        elif key == "allow":
            allows.append(child)
        elif key == "deny":
            denies.append(child)
        elif key == "satisfy":
            satisfy = child
        else:
            others.append(child)
    return Access(section, tuple(requires), tuple(orders), tuple(allows), tuple(denies), satisfy, tuple(others))


@dataclass(frozen=True, slots=True)
class Grant:
    """What the ``<Directory>`` sections say of a path: ``allowed`` True, False, or None where unknown.

    ``by_22`` and ``by_24`` are the sections that decided in each dialect; None where no section speaks.
    """

    allowed: bool | None
    by_22: Item | None
    by_24: Item | None


def grant(config: Config, server: Server, path: str, file: str | None = None, given: Collection[Guard] = ()) -> Grant:
    """Whether everyone may fetch what lies at ``path``, by ``<Directory>`` (and ``<Files>`` inside, for ``file``) alone.

    Where no section speaks httpd grants; without the whole server that is unknown. Sections under an undecided
    condition, or which admit only some, make it unknown too. ``given`` are conditions that are taken to hold.
    """
    found_22: Access | None = None
    found_24: Access | None = None
    unknown = False
    sections = list(directory_sections(config, server))
    nested: list[Item] = []
    for section in sections:
        held = directory_matches(section, path)
        if held is None:
            unknown = True
        if not held:
            continue
        access = access_of(section)
        if not set(section.guards) <= set(given) and not access.is_empty:
            unknown = True
        found_22 = access if access.has_22 else found_22
        found_24 = access if access.has_24 else found_24
        nested += [child for child in section.children if child.key in FILES_SECTIONS]
    if file is not None:
        for section in [*sections_of(config, server, FILES_SECTIONS), *nested]:
            held = files_matches(section, file)
            access = access_of(section)
            if held is None and not access.is_empty:
                unknown = True
            if not held:
                continue
            found_22 = access if access.has_22 else found_22
            found_24 = access if access.has_24 else found_24
    verdicts = [found_22.admits_22 if found_22 else True, found_24.admits_24 if found_24 else True]
    if not config.complete and found_22 is None and found_24 is None:
        verdicts = [None]
    allowed: bool | None = True
    if False in verdicts:
        allowed = False
    elif unknown or None in verdicts:
        allowed = None
    return Grant(allowed, found_22.section if found_22 else None, found_24.section if found_24 else None)
