"""``Options`` and ``AllowOverride`` of a directory, merged over the sections that hold for it, one after the other.

Words without a sign replace what held before; ``+`` and ``-`` change it (core.c:set_options, core_merge_dir_configs).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer, every, last
from modwsgi_fix.model.merge.world import World
from modwsgi_fix.tuples import NamedTuple

#: What ``All`` means: everything but MultiViews.
ALL_OPTIONS = frozenset({"indexes", "includes", "includesnoexec", "followsymlinks", "execcgi"})
EVERY_OPTION = ALL_OPTIONS | {"multiviews", "symlinksifownermatch"}
#: Every word of ``Options``, and the options that it stands for (core.c:set_options).
OPTIONS = {"all": ALL_OPTIONS, "none": frozenset[str](), **{name: frozenset({name}) for name in sorted(EVERY_OPTION)}}


class Options(NamedTuple):
    """``Options`` merged so far (core.c:merge_core_dir_configs): what is on, and the relative changes to apply again."""

    on: frozenset[str] = frozenset({"followsymlinks"})
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    def merge(self, items: Iterable[Item]) -> Options:
        """Return these options with one section's ``Options`` lines merged over them."""
        absolute: frozenset[str] | None = None
        add: frozenset[str] = frozenset()
        remove: frozenset[str] = frozenset()
        for item in items:
            first = True
            for word in item.values:
                sign = word[0] if word[:1] in ("+", "-") else ""
                names = _names(word[len(sign) :].lower())
                if sign == "+":
                    add, remove = add | names, remove - names
                elif sign == "-":
                    add, remove = add - names, remove | names
                else:
                    absolute = (frozenset() if first or absolute is None else absolute) | names
                first = False
        if absolute is not None:
            return Options(absolute, add, remove)
        add, remove = (self.add - remove) | add, (self.remove - add) | remove
        return Options((self.on - remove) | add, add, remove)


def _names(word: str) -> frozenset[str]:
    if word == "all":
        return ALL_OPTIONS
    if word == "none":
        return frozenset()
    return frozenset({word})


def merged_options(layers: Iterable[Layer], world: World) -> Options:
    """Return the Options of these layers, merged."""
    options = Options()
    for _, items in every(layers, ("options",), world):
        options = options.merge(items)
    return options


def turned(item: Item) -> dict[str, bool]:
    """Return the options that one Options line turns on (True) or off (False), whatever held before."""
    nothing, everything = (Options(before).merge([item]).on for before in (frozenset(), EVERY_OPTION))
    return {name: name in nothing for name in EVERY_OPTION if (name in nothing) is (name in everything)}


def has_signs(item: Item) -> bool:
    """Whether a line is like ``Options +A -B``; a line has signs on all of its words or on none."""
    return all(value[:1] in "+-" for value in item.values)


def override_of(layers: Sequence[Layer], world: World) -> str:
    """Return what AllowOverride allows: ``none``, ``all``, some of the classes, ``list``, or empty where nothing is said.

    None is the default of 2.4, All that of 2.2 (core.c:create_core_dir_config).
    """
    listed = last(layers, "allowoverridelist", world)
    if listed is not None and listed.value.lower() != "none":
        return "list"
    item = last(layers, "allowoverride", world)
    return " ".join(item.values).lower() if item is not None else ""


class Override(NamedTuple):
    """What an ``.htaccess`` file may say: ``AllowOverride`` and ``AllowOverrideList``, merged so far.

    ``classes`` are names of AllowOverride in lower case, None where nothing was said; ``options`` the words that
    ``Options=`` allows, None for all of them; ``listed`` the directives that are allowed by name; ``nonfatal`` the faults
    that are ignored instead of refused: ``override``, ``unknown`` (core.c:set_override, set_override_list).
    """

    classes: frozenset[str] | None = None
    options: frozenset[str] | None = None
    nonfatal: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()

    def merge(self, layer: Layer, world: World) -> Override:
        """Return this with one section merged over it; each of the two directives replaces earlier ones of its own name."""
        if layer.names.isdisjoint(("allowoverride", "allowoverridelist")):
            return self
        found = self
        item = last([layer], "allowoverride", world)
        if item is not None:
            found = _override(item.values)._replace(listed=self.listed)
        item = last([layer], "allowoverridelist", world)
        if item is not None:
            names = frozenset(value.lower() for value in item.values)
            found = found._replace(listed=names - _NOT_LISTED)
        return found

    @property
    def reads(self) -> bool:
        """Whether httpd opens the file at all."""
        return self.classes is None or bool(self.classes or self.listed or self.nonfatal)


#: Words of AllowOverride that are not directives: httpd warns of them in AllowOverrideList, and passes over them.
_NOT_LISTED = frozenset({"none", "all", "fileinfo", "authconfig", "indexes"})
_CLASSES = frozenset({"limit", "options", "fileinfo", "authconfig", "indexes"})


@lru_cache(256)
def _override(words: tuple[str, ...]) -> Override:
    """Return what a line of AllowOverride says; most servers have few such lines, and are asked for them at each request."""
    classes: frozenset[str] = frozenset()
    options: frozenset[str] | None = None
    nonfatal: frozenset[str] = frozenset()
    for word in words:
        name, equals, value = word.lower().partition("=")
        if name == "nonfatal":
            nonfatal |= frozenset({"override", "unknown"} if value == "all" else {value})
        elif name == "all":
            classes |= _CLASSES
        elif name != "none":
            classes |= {name}
        if name == "options":
            options = None
            if equals:
                options = frozenset().union(*(_names(option) for option in value.split(",")))
    return Override(classes, options, nonfatal)
