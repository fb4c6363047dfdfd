"""From ``Order``, ``Allow``, ``Deny`` and ``Satisfy`` to ``Require``: what each section says in the words of 2.4.

A section cannot be converted by itself. Its old directives replace those of sections merged before it, and so do its
``Require`` lines; but the two kinds are merged separately, and both are asked. Once converted they are one kind. So the
conversion is exact, with every request answered as before, only where no section inherits one kind and sets the other
(``Merge.before``).

Sources: mod_access_compat.c (``order``, ``allow_cmd``, ``check_dir_access``; it has no merger), mod_authz_core.c,
mod_authz_host.c; each row was tried on httpd 2.4.71 (tests/httpd24_matrix).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, PATH_SECTIONS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived, grouped
from modwsgi_fix.model.facts.led_to import leads_past
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Access, access_of
from modwsgi_fix.model.merge.sections import are_apart, directory_rank, is_regex_section, pattern_of
from modwsgi_fix.model.paths import components, has_wildcard
from modwsgi_fix.rewriting.lines import lines_of
from modwsgi_fix.tuples import NamedTuple

_HOST = expression(r"[A-Za-z0-9._-]+", re.ASCII)
_IP = expression(r"[0-9.]+|(?=[0-9A-Fa-f.]*:)[0-9A-Fa-f:.]+|[0-9A-Fa-f:.]+/[0-9.]+", re.ASCII)
_VARIABLE = expression(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)

GRANTED = ("Require all granted",)
DENIED = ("Require all denied",)
_STEP = "    "


def hosts(access: Access) -> tuple[str, ...] | None:
    """Return what Order, Allow and Deny admit, as lines for a ``RequireAny`` (as a section is); None where not understood.

    Without an Order, and for a Satisfy without any of the three, the default is ``Order deny,allow``.
    """
    orders = [order_of(item) for item in access.orders]
    admitted = _terms(access.allows)
    refused = _terms(access.denies)
    if None in orders or admitted is None or refused is None:
        return None
    if orders and orders[-1] != "deny,allow":
        # Allow,Deny and Mutual-failure: hosts that are allowed and not denied (check_dir_access).
        if not admitted or "all" in refused:
            return DENIED
        if not refused:
            return GRANTED if "all" in admitted else _any(admitted)
        return _but_not(GRANTED if "all" in admitted else _any(admitted), refused)
    if not refused or "all" in admitted:
        return GRANTED
    if "all" in refused:
        return _any(admitted) if admitted else DENIED
    return (*_any(admitted), *_but_not(GRANTED, refused))


def order_of(item: Item) -> str | None:
    """Return ``allow,deny``, ``deny,allow`` or ``mutual-failure``; None for an Order that httpd refuses."""
    word = item.value.lower()
    return word if len(item.args) == 1 and word in ("allow,deny", "deny,allow", "mutual-failure") else None


def _terms(items: Sequence[Item]) -> list[str] | None:
    """Return ``all`` or the words after ``Require`` for each word after ``from``; with ``!`` before a negated one.

    None where a word is not understood.
    """
    found: list[str] = []
    for item in items:
        if not item.known or len(item.args) < 2 or item.value.lower() != "from":
            return None
        for value in item.values[1:]:
            lower = value.lower()
            if lower == "all":
                found.append("all")
            elif lower.startswith("env="):
                name = value[4:].removeprefix("!")
                if not _VARIABLE.fullmatch(name):
                    return None
                found.append(("!" if value[4:5] == "!" else "") + f"env {name}")
            elif _IP.fullmatch(value):
                found.append(f"ip {value}")
            elif _HOST.fullmatch(value):
                found.append(f"host {value}")
            else:
                return None
    return found


def _any(terms: Sequence[str]) -> tuple[str, ...]:
    """Return lines any of which may agree. Neighbours of one kind share a line."""
    lines: list[str] = []
    for term in terms:
        kind, _, rest = term.partition(" ")
        if term.startswith("!"):
            lines += _block("RequireAll", (*GRANTED, f"Require not {term[1:]}"))
        elif lines and lines[-1].startswith(f"Require {kind} "):
            lines[-1] += f" {rest}"
        else:
            lines.append(f"Require {term}")
    return tuple(lines)


def _but_not(admitted: tuple[str, ...], terms: Sequence[str]) -> tuple[str, ...]:
    """Return lines for who is admitted and matches none of the terms: ``Require not`` needs a line beside it that agrees."""
    lines = list(_as_one(admitted))
    for term in terms:
        lines.append(f"Require {term[1:]}" if term.startswith("!") else f"Require not {term}")
    return _block("RequireAll", lines)


def _as_one(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a RequireAny as one element of a RequireAll."""
    is_single = sum(not line.startswith((" ", "</")) for line in lines) == 1
    return tuple(lines) if is_single else _block("RequireAny", lines)


def _block(name: str, lines: Sequence[str]) -> tuple[str, ...]:
    return (f"<{name}>", *(f"{_STEP}{line}" for line in lines), f"</{name}>")


class Converted(NamedTuple):
    """The lines that replace the old ones; empty where the present Require lines say it all."""

    lines: tuple[str, ...]
    #: Whether the present Require lines go, too, because they are among the new ones, or admitted everyone.
    instead_of_requires: bool = False


class _Standing(NamedTuple):
    access: Access
    rank: int


class Clause(_Standing):
    """What one section says about access, in both dialects, and its place in the merge."""

    @property
    def section(self) -> Item:
        """The section."""
        return self.access.section

    @property
    def is_old(self) -> bool:
        """Whether it replaces the old directives merged so far. A Satisfy alone does, as ``Order deny,allow``."""
        return self.access.has_22 or self.access.satisfy is not None

    @property
    def is_new(self) -> bool:
        """Whether it replaces the Require lines merged so far."""
        return self.access.has_24

    @property
    def walk(self) -> int:
        """The number of its walk: httpd merges all Directory, then all Files, then all Location sections, then the results."""
        return max(self.rank - 1, 0)

    @cached_property
    def old_lines(self) -> tuple[Item, ...]:
        """Its directives of the old dialect, in order."""
        access = self.access
        found = [*access.orders, *access.allows, *access.denies]
        found += [child for child in self.section.children if child.key == "satisfy"]
        return tuple(sorted(found, key=lambda item: item.index))

    @cached_property
    def hosts(self) -> tuple[str, ...] | None:
        """See ``hosts``."""
        return hosts(self.access)

    @property
    def satisfy_any(self) -> bool:
        """Whether the section has ``Satisfy Any``."""
        return self.access.satisfy_any

    @property
    def admits_by_old(self) -> bool:
        """Whether the old directives refuse no one and do not change what Require says."""
        return (self.access.admits_22 is True or not self.access.has_22) and not self.satisfy_any

    @property
    def admits_by_new(self) -> bool:
        """Whether Require refuses no one."""
        return self.access.admits_24 is True

    @cached_property
    def key(self) -> tuple[int, int, bool, int]:
        """The key that sorts as httpd merges: by kind, Directory by ``directory_rank``, main server before host, file order."""
        level = directory_rank(self.section)[1] if self.rank < 2 else 0
        return (self.rank, level, not self.section.server.is_main, self.section.index)

    @property
    def is_ordered(self) -> bool:
        """Whether ``key`` is certain: httpd sorts directories by their depth, which a variable hides."""
        return self.rank > 1 or self.section.known

    def converted(self) -> Converted | None:
        """Return what replaces the old lines; None where it cannot be said in this section alone."""
        lines = self.hosts
        if lines is None or any(item.is_section for item in self.access.requires):
            return None
        if not self.is_new:
            # With Satisfy Any, Require lines of other sections count.
            return None if self.satisfy_any else Converted(lines)
        if self.satisfy_any:
            return Converted(() if lines == DENIED else lines)
        if lines == GRANTED:
            return Converted(())
        if self.admits_by_new:
            return Converted(lines, instead_of_requires=True)
        if not all(item.known for item in self.access.requires):
            return None
        requires = [" ".join(lines_of(item)) for item in self.access.requires]
        if any("\\" in line for line in requires):
            return None
        return Converted(_block("RequireAll", (*_as_one(lines), *_as_one(requires))), instead_of_requires=True)


def clause_of(section: Item) -> Clause | None:
    """Return what a section says about access; None where it says nothing, or is of an unknown kind."""
    if section.key not in PATH_SECTIONS:
        return None
    access = access_of(section)
    return None if access.is_empty else Clause(access, _rank(section))


@derived
def clauses(config: Config) -> list[Clause]:
    """Return every section that says something about access, in reading order."""
    return [clause for item in config.named(*PATH_SECTIONS) if item.is_section and (clause := clause_of(item))]


def _rank(section: Item) -> int:
    if section.key.startswith("location"):
        return 3
    if section.key.startswith("files"):
        return 2
    return 1 if is_regex_section(section) and section.key.startswith("directory") else 0


def may_follow(config: Config, later: Clause, earlier: Clause) -> bool:
    """Whether both clauses may hold for one request, with ``later`` merged after ``earlier``; True when in doubt."""
    section, above = later.section, earlier.section
    if section is above or not (section.server is above.server or section.server.is_main or above.server.is_main):
        return False
    if section.excludes(above):
        return False
    if later.rank == earlier.rank == 2 and section.parent is not above.parent:
        return not _disjoint(config, later, earlier)  # nested Files: httpd's order is not modelled here
    is_ordered = later.is_ordered and earlier.is_ordered
    return (later.key > earlier.key or not is_ordered) and not _disjoint(config, later, earlier)


def _disjoint(config: Config, first: Clause, second: Clause) -> bool:
    """Whether no request can match both."""
    section, other = first.section, second.section
    if section.key.startswith("proxy") != other.key.startswith("proxy") and min(first.rank, second.rank) < 2:
        # For a proxied request, Proxy sections take the place of Directory (mod_proxy.c:proxy_walk).
        return first.rank < 2 and second.rank < 2
    if section.key.startswith("proxy"):
        return False
    if first.rank == second.rank == 3:
        return _apart(components_of(section), components_of(other))
    if 3 in (first.rank, second.rank):
        location, place = (section, other) if first.rank == 3 else (other, section)
        path = components_of(directory_of(place))
        own = next((each.server for each in (section, other) if not each.server.is_main), None)
        return path is not None and leads_past(config, location, [own] if own else config.servers, path)
    if first.rank == second.rank == 2 and _names_apart(section, other):
        return True
    return _apart(components_of(directory_of(section)), components_of(directory_of(other)))


def directory_of(section: Item) -> Item | None:
    """Return a Directory section, or the one around a Files section; None where there is none."""
    return section if section.key.startswith("directory") else section.section(*DIRECTORY_SECTIONS)


def components_of(section: Item | None) -> tuple[str, ...] | None:
    """The path of a section by its components; None where it is a regular expression, or not known."""
    return (
        None if section is None or is_regex_section(section) or not section.known else components(pattern_of(section))
    )


def _apart(first: tuple[str, ...] | None, second: tuple[str, ...] | None) -> bool:
    return first is not None and second is not None and are_apart(first, second)


def _names_apart(first: Item, second: Item) -> bool:
    pattern, other = pattern_of(first), pattern_of(second)
    return (
        not any(is_regex_section(item) or not item.known or has_wildcard(pattern_of(item)) for item in (first, second))
        and pattern != other
    )


class _Kind:
    """The clauses of one dialect."""

    def __init__(self, found: Iterable[Clause]) -> None:
        self._all = list(found)
        self._by_server = grouped(self._all, lambda clause: clause.section.server)
        self._main = [clause for clause in self._all if clause.section.server.is_main]

    def beside(self, server: Server) -> list[Clause]:
        """Return the clauses that may hold for a request that a section of a server holds for."""
        return self._all if server.is_main else [*self._main, *self._by_server.get(server, ())]


class Merge:
    """All clauses of a server, indexed to find those that a clause may follow in the merge."""

    def __init__(self, config: Config, found: Sequence[Clause]) -> None:
        self._config = config
        self._kinds = {True: _Kind(c for c in found if c.is_old), False: _Kind(c for c in found if c.is_new)}

    def beside(self, server: Server, *, old: bool) -> list[Clause]:
        """The clauses of one kind that may hold in a server: its own, and the main server's."""
        return self._kinds[old].beside(server)

    def before(self, clause: Clause, *, old: bool) -> list[Clause]:
        """Return the clauses of one kind that may hold where this one is merged: those that it would replace or join.

        A plain Directory above this clause always holds, so clauses merged before that Directory do not count.
        """
        found = [c for c in self._kinds[old].beside(clause.section.server) if may_follow(self._config, clause, c)]
        certain = [c for c in found if _always(c, clause)]
        if not certain:
            return found
        last = max(certain, key=lambda c: c.key)
        return [c for c in found if c.rank > 0 or not c.is_ordered or c.key >= last.key]


def _always(first: Clause, second: Clause) -> bool:
    """Whether ``first`` holds for each request that ``second`` holds for."""
    section, around = first.section, directory_of(second.section)
    if section.key != "directory" or around is None or not section.accompanies(second.section):
        return False
    if not (section.server.is_main or section.server is around.server):
        return False
    outer, inner = components_of(section), components_of(around)
    if outer is None or inner is None or any(map(has_wildcard, outer)):
        return False
    return inner[: len(outer)] == outer


@derived
def merge(config: Config) -> Merge:
    """The merge of all of a server's clauses."""
    return Merge(config, clauses(config))
