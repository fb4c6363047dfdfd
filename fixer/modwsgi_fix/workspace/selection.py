"""Selection of the rules that run and may fix, by names, families and ALL, and of files by patterns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from modwsgi_fix.rule import Rule
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import SettingsError


class Selection(NamedTuple):
    """One layer of selections of rules to run and to fix; None leaves the choice to the layer below."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()


def check_selectors(selectors: Iterable[str], rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """Return the selectors themselves. Raises ``SettingsError`` for one that is not a rule, a family or ALL."""
    families = {rule.family for rule in rules.values()}
    checked = tuple(selectors)
    for selector in checked:
        if selector not in rules and selector not in families and selector != "ALL":
            raise SettingsError(f"there is no rule or family {selector}{close(selector, [*rules, *families, 'ALL'])}")
    return checked


def matched(selectors: Iterable[str], rules: Mapping[str, Rule]) -> frozenset[str]:
    """Return the names of the rules that selectors mean."""
    wanted = set(selectors)
    return frozenset(
        rule.name for rule in rules.values() if "ALL" in wanted or rule.family in wanted or rule.name in wanted
    )


def selected(rules: Mapping[str, Rule], layers: Sequence[Selection]) -> frozenset[str]:
    """Return the names of the rules to run: those that are on by default, changed by one layer after another.

    ``select`` starts anew. Within a layer a name overrides its family, a family overrides ALL, and ``ignore`` overrides
    ``select``.
    """
    on = {rule.name for rule in rules.values() if rule.default}
    for layer in layers:
        if layer.select is not None:
            on = set()
        on = _layered(rules, on, [*(layer.select or ()), *layer.extend_select], layer.ignore)
    return frozenset(on)


def fixable(rules: Mapping[str, Rule], layers: Sequence[Selection]) -> frozenset[str]:
    """Return the names of the rules whose fixes may be applied, by the same order of layers and names."""
    on = set(rules)
    for layer in layers:
        if layer.fixable is not None:
            on = set()
        on = _layered(rules, on, layer.fixable or (), layer.unfixable)
    return frozenset(on)


def _layered(rules: Mapping[str, Rule], on: set[str], plus: Iterable[str], minus: Iterable[str]) -> set[str]:
    plus, minus = list(plus), list(minus)
    on = set(on)
    for rank in (0, 1, 2):
        on |= matched([one for one in plus if _rank(one, rules) == rank], rules)
        on -= matched([one for one in minus if _rank(one, rules) == rank], rules)
    return on


def _rank(selector: str, rules: Mapping[str, Rule]) -> int:
    return 0 if selector == "ALL" else 2 if selector in rules else 1


def close(name: str, known: Collection[str]) -> str:
    """Return ``; did you mean X?``, or an empty text where no known name is close."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, 1)
    return f"; did you mean {found[0]}?" if found else ""


def matcher(patterns: Iterable[str], base: str) -> Callable[[str], bool]:
    """Return a function that says whether an absolute path matches one of the patterns.

    A pattern without ``/`` matches the name of the file or of a directory above it, below ``base``; one with ``/`` the
    path from ``base``, or a directory above it. ``*`` also matches ``/``.
    """
    wanted = [pattern.rstrip("/") or "/" for pattern in patterns]

    def matches(path: str) -> bool:
        below = path.removeprefix(base.rstrip("/") + "/")
        parts = below.strip("/").split("/")
        tops = ["/".join(parts[: at + 1]) for at in range(len(parts))]
        return any(
            any(fnmatchcase(one, pattern) for one in parts)
            if "/" not in pattern
            else any(fnmatchcase(top, pattern.removeprefix("./")) for top in tops)
            or (pattern.startswith("/") and any(fnmatchcase(path, each) for each in (pattern, pattern + "/*")))
            for pattern in wanted
        )

    return matches if wanted else lambda path: False
