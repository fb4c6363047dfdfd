"""The state of an editor: its open texts, how it counts characters, its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from lsprotocol import types

from modwsgi_fix.lsp.answers import Answer, Answers, TextsAlone
from modwsgi_fix.lsp.buffers import Buffer, Buffers
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.uris import path_of


class Refusal(Exception):
    """Why a request of the editor is refused, in one sentence that the editor shows."""


class State:
    """Everything that answers depend on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.buffers = Buffers()
        self.answers = Answers(self.buffers, tell)
        self.encoding = Encoding.UTF16
        self.pushes = True
        self.resolves = False
        self.indentation = False
        #: The markup of the descriptions of completions; None where the editor takes only plain strings.
        self.markup: types.MarkupKind | None = None
        #: The documents that answered commands, by URI.
        self.virtual: dict[str, str] = {}
        self.client = types.ClientCapabilities()

    def begin(self, params: types.InitializeParams) -> None:
        """Note what an editor can do and where it works."""
        self.client = params.capabilities
        general, text = self.client.general, self.client.text_document
        offered = (general.position_encodings if general else None) or ()
        self.encoding = next((Encoding(one) for one in map(str, offered) if one in set(Encoding)), Encoding.UTF16)
        self.pushes = text is None or text.diagnostic is None
        support = text.code_action.resolve_support if text is not None and text.code_action is not None else None
        self.resolves = support is not None and "edit" in support.properties
        item = text.completion.completion_item if text is not None and text.completion is not None else None
        kinds = (item.documentation_format if item is not None else None) or ()
        self.markup = next((kind for kind in reversed(types.MarkupKind) if kind in kinds), None)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        if not folders and params.root_uri:
            folders = [params.root_uri]
        self.answers.roots = tuple(path for path in map(path_of, folders) if path is not None)
        self.configure(params.initialization_options)

    def configure(self, settings: Any) -> None:
        """Take over settings, ``{"indentation": true, "root": "/"}``, also below ``modwsgi-fix``; others are ignored."""
        if isinstance(settings, dict):
            settings = settings.get("modwsgi-fix", settings)
        if isinstance(settings, dict):
            if isinstance(settings.get("indentation"), bool):
                self.indentation = settings["indentation"]
            if isinstance(settings.get("root"), str) or settings.get("root", "") is None:
                self.answers.root = settings["root"] or None

    def kept(self) -> State:
        """Return the state as it is now; what comes from the editor later does not change its texts."""
        kept = copy(self)
        kept.buffers = self.buffers.kept()
        return kept

    def of_texts(self) -> State:
        """Return the state with answers that the open texts give by themselves, without any server."""
        alone = copy(self)
        alone.answers = TextsAlone(self.buffers)
        return alone

    def folders(self, added: Iterable[types.WorkspaceFolder], removed: Iterable[types.WorkspaceFolder]) -> None:
        """Note the directories that an editor works in from now on."""
        gone = {path_of(folder.uri) for folder in removed}
        new = [path for folder in added if (path := path_of(folder.uri)) is not None]
        self.answers.roots = tuple(dict.fromkeys([one for one in self.answers.roots if one not in gone] + new))

    def buffer(self, params: Any) -> Buffer | None:
        """Return the open text that a request is about; None where it is not open."""
        return self.buffers.get(params.text_document.uri)

    def published(self) -> dict[str, list[types.Diagnostic]]:
        """Return the diagnostics of every server with an open text, by the URIs of the files."""
        return self._of_files(self.answers.all())

    def everything(self) -> dict[str, list[types.Diagnostic]]:
        """Return the same, and the diagnostics of the servers in the directories that the editor works in."""
        return self._of_files(self.answers.everywhere())

    def _of_files(self, answers: Iterable[Answer]) -> dict[str, list[types.Diagnostic]]:
        from modwsgi_fix.lsp.diagnostics import of_file

        found: dict[str, list[types.Diagnostic]] = {}
        for answer in answers:
            for key in answer.findings:
                for uri in self.buffers.uris(key):
                    found.setdefault(uri, of_file(answer, key, self.buffers, self.encoding))
        for buffer in self.buffers:
            own = self.answers.of(buffer)
            found[buffer.uri] = of_file(own, buffer.key, self.buffers, self.encoding)
        return found

    def of(self, params: Any) -> tuple[Buffer, Answer] | None:
        """Return the open text that a request is about, and its server; None where there is none."""
        buffer = self.buffer(params)
        answer = self.answers.of(buffer) if buffer is not None else None
        return (buffer, answer) if buffer is not None and answer is not None else None
