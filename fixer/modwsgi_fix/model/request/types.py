"""The type and the handler of a file: by its extensions, then by the sections that hold for it.

Sources: mod_mime.c:find_ct, core.c:core_override_type.
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import EXTENSION_MAPPINGS, OTHER_EXTENSIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every, last
from modwsgi_fix.model.merge.world import DIRECTORY, Beyond
from modwsgi_fix.model.request.expressions import interpolated
from modwsgi_fix.model.request.state import State


def find_type(state: State) -> None:
    """Set the type and the handler."""
    # For a directory extensions do not count, and a mapping's handler stays.
    if state.type != DIRECTORY and state.filename:
        _by_extension(state)
    item = last(state.layers, "forcetype", state.world)
    if item is not None and state.type != DIRECTORY:
        if not item.known:
            raise Beyond(f"{item.name} holds a variable that is not defined here", item)
        # "None" takes back what an outer section forces, so that the extension decides.
        if item.value.lower() != "none":
            state.content_type = item.value.lower()
            state.step("handler", f"ForceType {item.value}", item)
    item = last(state.layers, "sethandler", state.world)
    if item is not None:
        handler = interpolated(item.value, state) if "%{" in item.value else item.value
        if "%{" in item.value and handler is not None:
            handler = handler.lower()
        if handler is None or not item.known or len(item.args) > 1:
            raise Beyond(f"{item.name} by an expression", item)
        if handler.lower() != "none":
            # An empty one is one to mod_dir, and none to the modules that answer.
            state.handler = handler
            state.step("handler", f"SetHandler {handler}", item)


class Extensions:
    """The extensions in the directives that hold: their handlers, their types, and which are known for other reasons."""

    def __init__(self, state: State) -> None:
        self.handlers: dict[str, tuple[str, Item]] = {}
        self.types: dict[str, tuple[str, Item]] = {}
        #: Extensions of languages, encodings, character sets and filters, which also make a file a variant for MultiViews.
        self.others: dict[str, Item] = {}
        self.filters: dict[str, Item] = {}
        for _, items in every(state.layers, (*EXTENSION_MAPPINGS, *OTHER_EXTENSIONS), state.world):
            # A section's removals take effect last, wherever their lines stand (mod_mime.c:merge_mime_dir_configs).
            for item in sorted(items, key=lambda item: item.key.startswith("remove")):
                self._note(item)

    def _note(self, item: Item) -> None:
        added = item.key.startswith("add")
        for word in item.values[1:] if added else item.values:
            extension = word.removeprefix(".").lower()
            if item.key.endswith(("handler", "type")):
                table = self.handlers if item.key.endswith("handler") else self.types
                if added:
                    table[extension] = (item.value.lower(), item)
                else:
                    table.pop(extension, None)
            else:
                rest = self.filters if item.key.endswith("filter") else self.others
                if added:
                    rest[extension] = item
                else:
                    rest.pop(extension, None)

    def __bool__(self) -> bool:
        return bool(self.handlers or self.types)


def extensions_of(name: str) -> Iterator[str]:
    """Yield the extensions of a file's name in lower case; the part before the first dot, or after a leading dot, is not one."""
    yield from (part.lower() for part in name.lstrip(".").split(".")[1:] if part)


def _by_extension(state: State) -> None:
    known = Extensions(state)
    if not known and not _asks_types(state):
        return
    name = (state.filename or "").rstrip("/")
    used = last(state.layers, "modmimeusepathinfo", state.world)
    if used is not None and used.value.lower() == "on":
        name += state.path_info
    handler: tuple[str, Item] | None = None
    typed: tuple[str, Item | None] | None = None
    for extension in extensions_of(name.rpartition("/")[2]):
        # What an extension says stays, though the next one is unknown (measured on 2.4.71).
        if extension in known.types:
            typed = known.types[extension]
        elif (found := type_by_name(state.config, extension)) is not None:
            typed = (found, None)
        if extension in known.handlers:
            handler = known.handlers[extension]
    if typed is not None:
        state.content_type = typed[0]
        if typed[1] is not None:
            state.step("handler", f"AddType {typed[0]}", typed[1])
    if handler is not None:
        state.handler = handler[0]
        state.step("handler", f"AddHandler {handler[0]}", handler[1])


def _asks_types(state: State) -> bool:
    """Whether the type of a file matters, because an Action may be for it."""
    return any("action" in layer.by_key for layer in state.layers)


def type_by_name(config: Config, extension: str) -> str | None:
    """Return the type that the file of TypesConfig gives an extension; None where it has none, or is out of sight."""
    return (_types_file(config) or {}).get(extension)


def has_types(config: Config) -> bool:
    """Whether the file of TypesConfig can be read."""
    return _types_file(config) is not None


@derived
def _types_file(config: Config) -> dict[str, str] | None:
    """Return the types of TypesConfig by extension; None where the file cannot be read, or is empty (a stand-in)."""
    item = config.main.last("typesconfig")
    if item is None or not item.value.startswith("/") or config.disk is None or not config.disk.is_file(item.value):
        return None
    found: dict[str, str] = {}
    for line in config.disk.read(item.value).split("\n"):
        words = line.partition("#")[0].split()
        found |= dict.fromkeys((word.lower() for word in words[1:]), words[0].lower() if words else "")
    return found or None
