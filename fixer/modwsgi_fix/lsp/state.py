"""What a server knows of its editor: what is open, how it counts characters, what it asked to be set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lsprotocol import types

from modwsgi_fix.lsp.answers import Answer, Answers
from modwsgi_fix.lsp.buffers import Buffer, Buffers
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.uris import path_of


class Refusal(Exception):
    """Why what an editor asked for is not done, in one sentence that the editor shows."""


class State:
    """Everything that answers depend on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.buffers = Buffers()
        self.answers = Answers(self.buffers, tell)
        self.encoding = Encoding.UTF16
        self.pushes = True
        self.resolves = False
        self.indentation = False
        #: How what a completion offers is described; None where the editor takes plain strings only.
        self.markup: types.MarkupKind | None = None
        #: Documents that answered commands, by URI.
        self.virtual: dict[str, str] = {}
        self.client = types.ClientCapabilities()

    def begin(self, params: types.InitializeParams) -> None:
        """Take in what an editor can do and where it works."""
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
        """Take over settings, ``{"indentation": true, "root": "/"}``, also below ``modwsgi-fix``; others are left out."""
        if isinstance(settings, dict):
            settings = settings.get("modwsgi-fix", settings)
        if isinstance(settings, dict):
            if isinstance(settings.get("indentation"), bool):
                self.indentation = settings["indentation"]
            if isinstance(settings.get("root"), str) or settings.get("root", "") is None:
                self.answers.root = settings["root"] or None

    def folders(self, added: Iterable[types.WorkspaceFolder], removed: Iterable[types.WorkspaceFolder]) -> None:
        """Take over where an editor works from now on."""
        gone = {path_of(folder.uri) for folder in removed}
        new = [path for folder in added if (path := path_of(folder.uri)) is not None]
        self.answers.roots = tuple(dict.fromkeys([one for one in self.answers.roots if one not in gone] + new))

    def buffer(self, params: Any) -> Buffer | None:
        """The open text that a request is about."""
        return self.buffers.get(params.text_document.uri)

    def published(self) -> dict[str, list[types.Diagnostic]]:
        """What is wrong with every server of an open text, by the URIs of its files."""
        return self._of_files(self.answers.all())

    def everything(self) -> dict[str, list[types.Diagnostic]]:
        """The same, and what is wrong with the servers in the directories that the editor works in."""
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
        """The open text that a request is about, and its server."""
        buffer = self.buffer(params)
        answer = self.answers.of(buffer) if buffer is not None else None
        return (buffer, answer) if buffer is not None and answer is not None else None
