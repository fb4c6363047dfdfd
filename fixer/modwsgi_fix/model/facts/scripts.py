"""The WSGI scripts that a configuration names, as far as they can be read, and what mod_wsgi looks for in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.model.config import Config, Item, Script, derived
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.script import Module, NotPython3, parse
from modwsgi_fix.text import Span


class WsgiScript(NamedTuple):
    """A script with the first directive that names it; None where the user alone did, who means an application.

    ``names`` are the objects of which mod_wsgi calls one: what ``WSGICallableObject`` and ``callable-object=`` say, and
    ``application``; several where a section decides. ``is_handler`` for a ``WSGIHandlerScript``.
    """

    script: Script
    item: Item | None
    names: tuple[str, ...]
    is_handler: bool

    @property
    def mounts(self) -> tuple[tuple[str, Span], ...]:
        """Where the directive stands, as (file key, span); nowhere for a script that was only named by the user."""
        return () if self.item is None else ((self.item.path, self.item.span),)

    @property
    def path(self) -> str:
        """The key for diagnostics and edits."""
        return self.script.path


@derived
def wsgi_scripts(config: Config) -> list[WsgiScript]:
    """Every script that is mounted or handles files, once. A script that more than one directive names is looked at by
    the names of all of them."""
    found: dict[str, WsgiScript] = {}
    for one in _named(config):
        known = found.get(one.path)
        if known is None:
            found[one.path] = one
        elif known.is_handler == one.is_handler:
            found[one.path] = known._replace(names=tuple(dict.fromkeys((*known.names, *one.names))))
    for script in config.named_scripts:
        found.setdefault(script.path, WsgiScript(script, None, ("application",), is_handler=False))
    return list(found.values())


def _named(config: Config) -> Iterator[WsgiScript]:
    directives = config.named("wsgicallableobject")
    elsewhere = tuple(dict.fromkeys(item.value for item in directives if item.args))
    for item in config.named(*MOUNTS, "wsgihandlerscript"):
        is_handler = item.key == "wsgihandlerscript"
        if is_handler:
            path = item.args[1].value if len(item.args) > 1 and item.args[1].known else ""
        else:
            mapping = mapping_of(item)
            target = target_of(config, mapping) if mapping is not None else None
            path = target.path if target is not None and target.file is not None else ""
        script = config.script(path) if path.startswith("/") and "*" not in path else None
        if script is None:
            continue
        options, _ = options_of(config, item, 2)
        chosen = next((option.value for option in options if option.name == "callable-object"), None)
        default = "handle_request" if is_handler else "application"
        names = (chosen,) if chosen else (default,) if is_handler else (*elsewhere, "application")
        yield WsgiScript(script, item, tuple(dict.fromkeys(names)), is_handler)


def module_of(script: WsgiScript) -> Module | None:
    """Its statements; None where it is no Python 3."""
    try:
        return parse(script.script.text)
    except NotPython3:
        return None
