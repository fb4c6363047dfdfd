"""Directives that apply to a request, may change its answer, and are not modelled: the answer is then unknown."""

from __future__ import annotations

from modwsgi_fix.directives import candidates
from modwsgi_fix.directives.answers import Moment, unknown_at
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.world import DIRECTORY, MISSING, Beyond
from modwsgi_fix.model.modules import is_strange
from modwsgi_fix.model.request.state import State
from modwsgi_fix.model.urls import alias_match
from modwsgi_fix.text import whole_number

_OFF = frozenset({"off", "none", "disabled", "no"})
_WELL_KNOWN = ("/.well-known/acme-challenge", "/.httpd")
#: More headers than a browser sends.
_MANY_HEADERS = 40


@derived
def _present(config: Config) -> dict[Moment, tuple[str, ...]]:
    keys = {item.key for item in config.items}
    found = {moment: tuple(sorted(keys & unknown_at(moment))) for moment in Moment}
    return {moment: names for moment, names in found.items() if names}


def check(state: State) -> None:
    """Raise ``Beyond`` for a directive that may change the answer to any request, or to one like this."""
    if not _present(state.config):
        return
    request, uri = state.request, state.uri
    moments = [Moment.ALWAYS]
    moments += [Moment.WELL_KNOWN] if uri.startswith(_WELL_KNOWN) else []
    moments += [Moment.OTHER_NAME] if request.tls and request.header("host") not in (None, request.host) else []
    moments += [Moment.METHOD] if request.method not in ("GET", "HEAD", "POST") else []
    for moment in moments:
        check_at(state, moment)


def check_at(state: State, moment: Moment) -> None:
    """Raise ``Beyond`` for a directive that may change the answer to one kind of requests, of which this is one."""
    for key in _present(state.config).get(moment, ()):
        item = last(state.layers or state.site.base, key, state.world)
        if item is not None and _matters(item, state):
            raise Beyond(f"{item.name} applies, and is not modelled", item)


def _matters(item: Item, state: State) -> bool:
    """Whether a line concerns this request, as far as its words tell."""
    value = item.value.lower()
    if item.key == "regexdefaultoptions":
        # All others concern the ends of lines.
        return any("icase" in word.lower() and not word.startswith("-") for word in item.values) or "\n" in state.uri
    if item.key == "limitrequestfields":
        most = whole_number(value) or 0
        return 0 < most < (len(state.request.headers) if state.request.is_whole else _MANY_HEADERS)
    if item.key == "metafiles":
        return value == "on" and _has_meta_file(state)
    if item.key == "cacheenable":
        return any(_caches(one, state) for layer in state.layers for one in layer.by_key.get("cacheenable", ()))
    return value not in _OFF


def _has_meta_file(state: State) -> bool:
    """Whether a file with headers may lie beside the one that a URL leads to (mod_cern_meta.c:add_cern_meta_data)."""
    if not state.filename or state.type == DIRECTORY:
        return False
    directory, _, name = state.filename.rpartition("/")
    where, suffix = (last(state.layers, key, state.world) for key in ("metadir", "metasuffix"))
    path = f"{directory}/{where.value if where is not None else '.web'}/{name}{suffix.value if suffix is not None else '.meta'}"
    return state.world.disk is None or state.world.type_of(path) != MISSING


def _caches(item: Item, state: State) -> bool:
    """Whether ``CacheEnable type [prefix]`` holds for the URL; in a section there is no prefix."""
    if len(item.args) < 2:
        return True
    prefix = item.values[1]
    return not prefix.startswith("/") or alias_match(prefix, state.uri) is not None


@derived
def _strange(config: Config) -> frozenset[str]:
    found = {item.key: item for item in config.items}.values()
    strange = (item for item in found if is_strange(config, item.name))
    return frozenset(item.key for item in strange if not candidates(item.name, sections=item.is_section))


def ask_strangers(state: State) -> None:
    """Ask whether an unknown directive does something. Raises ``Beyond`` in the branch in which it does."""
    strange = _strange(state.config)
    found = [item for layer in state.layers for key in strange & layer.by_key.keys() for item in layer.by_key[key]]
    if not found:
        return
    item = min(found, key=lambda item: item.index)
    if not state.world.holds(f"{item.name} ({item.file.name}:{item.line}), which is not known here, changes nothing"):
        raise Beyond(f"{item.name} is not known here", item)
