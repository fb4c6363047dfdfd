"""MultiViews: a file that exists only with further extensions after its name (mod_negotiation.c:handle_multi)."""

from __future__ import annotations

from modwsgi_fix.directives.suffixes import STATIC
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.options import merged_options
from modwsgi_fix.model.merge.world import FILE, MISSING, Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.request.state import State
from modwsgi_fix.model.request.types import Extensions, has_types, type_by_name


def variants(state: State) -> list[str] | None:
    """Return the names of the files that may stand for the requested one; None where no file begins so, or nobody asks.

    There may be files whose extensions say nothing that counts: then httpd finds nothing (handle_multi, AH00687).

    Raises ``Beyond`` where the directory is not in sight, or it is not known which files count.
    """
    if state.type != MISSING or not state.filename or state.filename.endswith("/"):
        return None
    if "multiviews" not in merged_options(state.layers, state.world).on:
        return None
    item = last(state.layers, "options", state.world)
    loaded = is_loaded(state.config, "mod_negotiation.c")
    if loaded is False:
        return None
    directory, _, base = state.filename.rpartition("/")
    disk = state.world.disk
    if disk is None or loaded is None:
        raise Beyond(f"Options MultiViews may find another file for {state.filename}", item)
    try:
        names = disk.names(directory or "/")
    except FileProblem:
        return None
    names = [name for name in names if name.startswith(base + ".")]
    names = [name for name in names if state.world.type_of(f"{directory}/{name}") == FILE]
    return [name for name in names if _counts(state, name[len(base) + 1 :].split("."), item)] if names else None


def _counts(state: State, extensions: list[str], item: Item | None) -> bool:
    """Whether every extension of a file says something that MultiViews goes by (mod_mime.c:find_ct, MultiviewsMatch)."""
    known = Extensions(state)
    match = last(state.layers, "multiviewsmatch", state.world)
    words = {value.lower() for value in match.values} if match is not None else set()
    typed = False
    for extension in map(str.lower, extensions):
        of_type = extension in known.types or _has_type(state, extension)
        of_handler = extension in known.handlers and bool(words & {"any", "handlers"})
        of_filter = extension in known.filters and bool(words & {"any", "filters"})
        if "any" in words and not of_type:
            raise Beyond("MultiviewsMatch Any is not modelled", match)
        if not (of_type or of_handler or of_filter or extension in known.others):
            return False
        typed |= of_type or of_handler
    if not typed:
        raise Beyond(f"a file of no type may stand for {state.filename}", item)
    return True


def _has_type(state: State, extension: str) -> bool:
    if type_by_name(state.config, extension) is not None:
        return True
    if has_types(state.config):
        return False
    return f".{extension}" in STATIC or state.world.holds(f"TypesConfig knows .{extension}")
