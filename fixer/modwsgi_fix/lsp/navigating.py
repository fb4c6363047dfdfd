"""Definitions, references and renaming of process groups, variables and macros, over all files of a server."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import spot_at, tree_of
from modwsgi_fix.lsp.convert import offset_of, range_of
from modwsgi_fix.lsp.names import Name, Names
from modwsgi_fix.lsp.state import Refusal, State


def definition(state: State, params: types.DefinitionParams) -> list[types.Location]:
    """Return where a name is defined."""
    found = _at(state, params)
    return [] if found is None else _locations(state, found[0], (one for one in found[0].like(found[1]) if one.defines))


def references(state: State, params: types.ReferenceParams) -> list[types.Location]:
    """Return where a name is used and, if asked for, where it is defined."""
    found = _at(state, params)
    if found is None:
        return []
    wanted = (one for one in found[0].like(found[1]) if not one.defines or params.context.include_declaration)
    return _locations(state, found[0], wanted)


def highlights(state: State, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    """Return the places of the same name in the same file."""
    found = _at(state, params)
    if found is None:
        return []
    names, name, buffer = found
    kinds = {True: types.DocumentHighlightKind.Write, False: types.DocumentHighlightKind.Read}
    return [
        types.DocumentHighlight(range_of(buffer.text, one.span, state.encoding), kinds[one.defines])
        for one in names.like(name)
        if one.path == buffer.key
    ]


def prepared(state: State, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """Return the name that would be changed; None where there is none."""
    found = _at(state, params)
    if found is None or found[1].name.startswith("%{"):
        return None
    _, name, buffer = found
    return types.PrepareRenamePlaceholder(range_of(buffer.text, name.span, state.encoding), name.name)


def renamed(state: State, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Return the edits that change a name everywhere. Raises ``Refusal``."""
    found = _at(state, params)
    if found is None:
        raise Refusal("there is no process group, variable or macro here")
    names, name, _ = found
    changes: dict[str, list[types.TextEdit]] = {}
    for occurrence in names.renamed(name, params.new_name):
        place = range_of(names.texts[occurrence.path], occurrence.span, state.encoding)
        changes.setdefault(state.buffers.uri(occurrence.path), []).append(types.TextEdit(place, params.new_name))
    return types.WorkspaceEdit(changes=changes)


def _at(
    state: State,
    params: types.TextDocumentPositionParams
    | types.DefinitionParams
    | types.ReferenceParams
    | types.DocumentHighlightParams
    | types.PrepareRenameParams
    | types.RenameParams,
) -> tuple[Names, Name, Buffer] | None:
    """Return the name at the place of a request; None in a comment, and where there is none."""
    asked = state.of(params)
    if asked is None:
        return None
    buffer, answer = asked
    offset = offset_of(buffer.text, params.position, state.encoding)
    if spot_at(tree_of(buffer.text), offset).in_comment:
        return None
    names = Names(answer)
    name = names.at(buffer.key, offset)
    return None if name is None else (names, name, buffer)


def _locations(state: State, names: Names, found: Iterable[Name]) -> list[types.Location]:
    return [
        types.Location(state.buffers.uri(one.path), range_of(names.texts[one.path], one.span, state.encoding))
        for one in found
    ]
