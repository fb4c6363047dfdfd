"""What mod_rewrite's lines say together, for a directory and for a server.

Sources: mod_rewrite.c:config_perdir_merge, config_server_merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modwsgi_fix.directives.families import REWRITING
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import Layer, Site, every, walks
from modwsgi_fix.model.merge.world import World
from modwsgi_fix.model.request.rewrite_rules import Rule, rules_in
from modwsgi_fix.tuples import NamedTuple

#: The lines beside the rules.
_SETTINGS = tuple(key for key in REWRITING if key not in ("rewritecond", "rewriterule"))


class Settings(NamedTuple):
    """The lines of a section, or of several: the last ``layer``, and None or nothing for what no line says."""

    layer: Layer
    engine: bool | None
    #: The words of RewriteOptions in lower case; None without such a line.
    options: frozenset[str] | None
    base: Item | None
    rules: tuple[Rule, ...]

    @property
    def is_on(self) -> bool:
        """Whether rules are applied."""
        return self.engine is True

    def has(self, option: str) -> bool:
        """Whether RewriteOptions has a word."""
        return self.options is not None and option in self.options


def of_directory(layers: Sequence[Layer], world: World) -> Settings | None:
    """Return what the sections that hold for a request say together; None where none of them has a line of mod_rewrite."""
    merged: Settings | None = None
    for walk in walks(layers):
        found: Settings | None = None
        for layer in walk:
            found = _merged(found, _of_layer(layer, world))
        merged = _merged(merged, found)
    return merged


def of_server(site: Site, world: World) -> Settings | None:
    """Return what a server says together with the main server; None where no rule of a server is applied in it.

    So it is for a host without any line of mod_rewrite, whatever the main server says (mod_rewrite.c:hook_uri2file).
    """
    main = _of_layer(site.base[0], world, rules=True)
    if site.server.is_main:
        return main
    if not speaks(site.server):
        return None
    own = _of_layer(site.base[-1], world, rules=True) or Settings(site.base[-1], None, None, None, ())
    return _merged(main, own)


def speaks(server: Server) -> bool:
    """Whether any line of a server, in a section or not, is one of mod_rewrite."""
    return server.once(speaks, lambda: any(item.key in (*REWRITING, "rewritemap") for item in server.walk()))


def takes_over(settings: Settings, main: Sequence[Item]) -> bool:
    """Whether a host has the tables of the main server, too, whose lines are these."""
    down = any("inheritdown" in word for word in _options(main) or ())
    return settings.has("inherit") or settings.has("inheritbefore") or (down and not settings.has("ignoreinherit"))


def _of_layer(layer: Layer, world: World, *, rules: bool = False) -> Settings | None:
    """Return what one section says; of a server its rules only where they are asked for: they are not those of a directory."""
    if layer.names.isdisjoint(REWRITING):
        return None
    # The rules tell themselves what stands in a condition, and where.
    found = _rules(layer) if rules or not layer.is_level else ()
    items = [item for _, lines in every([layer], _SETTINGS, world) for item in lines]
    if not items and not found and layer.is_level:
        return None
    engines = [item for item in items if item.key == "rewriteengine"]
    bases = [item for item in items if item.key == "rewritebase"]
    engine = engines[-1].value.lower() == "on" if engines else None
    return Settings(layer, engine, _options(items), bases[-1] if bases else None, found)


def _rules(layer: Layer) -> tuple[Rule, ...]:
    if layer.rewrites is None:
        layer.rewrites = tuple(rules_in(layer.all(("rewritecond", "rewriterule"))))
    rules: tuple[Rule, ...] = layer.rewrites
    return rules


def _options(items: Iterable[Item]) -> frozenset[str] | None:
    lines = [item for item in items if item.key == "rewriteoptions"]
    return frozenset(word.lower() for item in lines for word in item.values) if lines else None


def _merged(base: Settings | None, new: Settings | None) -> Settings | None:
    """Return what an outer and an inner section say together: rules are taken over by RewriteOptions alone."""
    if base is None or new is None:
        return new if base is None else base
    merged = new._replace(
        engine=base.engine if new.engine is None else new.engine,
        options=base.options if new.options is None else new.options,
    )
    if merged.base is None and merged.has("mergebase"):
        merged = merged._replace(base=base.base)
    ignores = merged.has("ignoreinherit")
    if merged.has("inherit") or (base.has("inheritdown") and not ignores):
        return merged._replace(rules=(*new.rules, *base.rules))
    if merged.has("inheritbefore") or (base.has("inheritdownbefore") and not ignores):
        return merged._replace(rules=(*base.rules, *new.rules))
    return merged
