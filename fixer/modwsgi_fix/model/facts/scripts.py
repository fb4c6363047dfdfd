"""The readable WSGI scripts of a configuration: the role of each, and the names that mod_wsgi looks for in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from modwsgi_fix.directives.families import EMBEDDED_SCRIPTS, MOUNTS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.facts.handled import handled_files
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item, Script
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.script import Module, NotPython3, parse
from modwsgi_fix.script.loading import bound_at_load, bound_at_top, tree_of
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class Role(Enum):
    """What mod_wsgi loads a script for; the values are the names for people."""

    #: It answers requests, by a mount or by ``AddHandler`` or ``SetHandler wsgi-script``.
    APPLICATION = "application"
    #: ``WSGIHandlerScript``: it answers requests for other files.
    HANDLER = "handler script"
    #: ``WSGIImportScript``: it is loaded when a process starts, and answers nothing.
    IMPORT = "import script"
    #: ``WSGIDispatchScript``: it decides in which group a request runs.
    DISPATCH = "dispatch script"
    #: ``WSGIAuthUserScript``, ``WSGIAuthGroupScript`` and ``WSGIAccessScript``.
    AUTH_USER = "script that checks passwords"
    AUTH_GROUP = "script that looks up groups"
    ACCESS = "script that checks access"


#: The directives whose first word is a script, and the role of the script.
_ROLES = {
    "wsgiimportscript": Role.IMPORT,
    **dict(zip(EMBEDDED_SCRIPTS, (Role.DISPATCH, Role.AUTH_USER, Role.AUTH_GROUP, Role.ACCESS), strict=True)),
}


class WsgiScript(NamedTuple):
    """A script with the first directive that names it; None where only the user named it, as an application.

    ``names`` are the objects of which mod_wsgi calls one, by ``WSGICallableObject`` and ``callable-object=``, or
    ``application``. There are several where a section decides, and none where the role needs no application.
    """

    script: Script
    item: Item | None
    names: tuple[str, ...]
    role: Role = Role.APPLICATION

    @property
    def is_handler(self) -> bool:
        """Whether the script is a ``WSGIHandlerScript``."""
        return self.role is Role.HANDLER

    @property
    def mounts(self) -> tuple[tuple[str, Span], ...]:
        """The place of the directive, as (file key, span); empty for a script that only the user named."""
        return () if self.item is None else ((self.item.path, self.item.span),)

    @property
    def path(self) -> str:
        """The key for diagnostics and edits."""
        return self.script.path


@derived
def wsgi_scripts(config: Config) -> list[WsgiScript]:
    """Return every script that answers requests, once, for rules about applications.

    A script that several directives name has the names of all of them.
    """
    return [one for one in loaded_scripts(config) if one.role in (Role.APPLICATION, Role.HANDLER)]


@derived
def loaded_scripts(config: Config) -> list[WsgiScript]:
    """Return every script that mod_wsgi loads in any role, once, for rules about any Python.

    A script that answers requests and has another role, too, is an application.
    """
    found: dict[str, WsgiScript] = {}
    for loaded in (*_answering(config), *_aside(config)):
        known = found.get(loaded.path)
        if known is None:
            found[loaded.path] = loaded
        elif known.role is loaded.role:
            found[loaded.path] = known._replace(names=tuple(dict.fromkeys((*known.names, *loaded.names))))
    for script in config.named_scripts:
        role = _role_of(script)
        names = {Role.APPLICATION: ("application",), Role.HANDLER: ("handle_request",)}.get(role, ())
        found.setdefault(script.path, WsgiScript(script, None, names, role))
    return list(found.values())


#: The functions that mod_wsgi calls in a script, and the script's role (mod_wsgi's manual, "Access Control Mechanisms",
#: "WSGIDispatchScript", "WSGIHandlerScript").
_CALLED = {
    "check_password": Role.AUTH_USER,
    "get_realm_hash": Role.AUTH_USER,
    "groups_for_user": Role.AUTH_GROUP,
    "allow_access": Role.ACCESS,
    "process_group": Role.DISPATCH,
    "application_group": Role.DISPATCH,
    "callable_object": Role.DISPATCH,
    "handle_request": Role.HANDLER,
}


def _role_of(script: Script) -> Role:
    """Return the role of a script that no directive names, by the functions that it defines; by default an application."""
    tree = tree_of(script.text) if any(f"def {name}" in script.text for name in _CALLED) else None
    if tree is None or "application" in (bound_at_load(script.text, tree) or {"application"}):
        return Role.APPLICATION
    defined = (_CALLED.get(one.name) for one in tree.body if isinstance(one, ast.FunctionDef))
    return next((role for role in defined if role is not None), Role.APPLICATION)


@derived
def callables(config: Config) -> tuple[str, ...]:
    """Return the objects of which mod_wsgi may call one in an application, the likeliest first."""
    directives = config.named("wsgicallableobject")
    return tuple(dict.fromkeys((*(item.value for item in directives if item.args), "application")))


def _answering(config: Config) -> Iterator[WsgiScript]:
    for item in config.named(*MOUNTS, "wsgihandlerscript"):
        is_handler = item.key == "wsgihandlerscript"
        script = script_of(config, item)
        if script is None:
            continue
        options, _ = options_of(config, item, 2)
        chosen = next((option.value for option in options if option.name == "callable-object"), None)
        names = (chosen,) if chosen else ("handle_request",) if is_handler else callables(config)
        yield WsgiScript(script, item, names, Role.HANDLER if is_handler else Role.APPLICATION)
    for file in handled_files(config):
        if (script := config.script(file.path)) is not None:
            yield WsgiScript(script, file.item, callables(config))


def _aside(config: Config) -> Iterator[WsgiScript]:
    """Yield the scripts that answer no request."""
    for item in config.named(*_ROLES):
        if (script := script_of(config, item)) is not None:
            yield WsgiScript(script, item, (), _ROLES[item.key])


def script_of(config: Config, item: Item) -> Script | None:
    """Return the script that a directive names; None where it is not known or cannot be read."""
    path = path_of(config, item)
    return config.script(path) if path and "*" not in path else None


def path_of(config: Config, item: Item) -> str:
    """Return the path of the script that a directive names, without anything after it; empty where it is not known."""
    if item.key in MOUNTS:
        mapping = mapping_of(item)
        target = target_of(config, mapping) if mapping is not None else None
        path = target.path if target is not None and target.file is not None else ""
    else:
        word = 1 if item.key == "wsgihandlerscript" else 0
        path = item.args[word].value if len(item.args) > word and item.args[word].known else ""
    return path if path.startswith("/") else ""


def binds(script: WsgiScript) -> bool:
    """Whether an unguarded statement at the top of a script binds an object that mod_wsgi looks for.

    Rules about its absence ask this first: most scripts bind it so, and then libcst need not read them.
    """
    source = source_of(script.script.text)
    return source is not None and not bound_at_top(source).isdisjoint(script.names)


def module_of(script: WsgiScript) -> Module | None:
    """Return the statements of a script; None where it is not Python 3."""
    try:
        return parse(script.script.text)
    except NotPython3 as error:
        script.script.not_read = error.reason
        return None
