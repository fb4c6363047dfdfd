"""An editor for tests: it starts ``modwsgi-fix server``, talks to it over standard input and output, and applies edits."""

from __future__ import annotations

import asyncio
import atexit
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

#: Seconds after which an answer is not coming any more.
KILL = 60

SERVER = [sys.executable, "-m", "modwsgi_fix.cli", "server"]


def capabilities(
    *, pull: bool = True, resolve: bool = False, encodings: Sequence[str] = ("utf-32",)
) -> types.ClientCapabilities:
    """What an editor can do."""
    resolving = types.ClientCodeActionResolveOptions(properties=["edit"]) if resolve else None
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=list(encodings)),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
            code_action=types.CodeActionClientCapabilities(resolve_support=resolving),
        ),
    )


def uri_of(path: Path | str) -> str:
    return "file://" + quote(str(path))


_LINE_END = re.compile(r"\r\n?|\n")
_UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_SIZES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def offset(text: str, position: types.Position, encoding: str) -> int:
    """Where a position is, as a client counts: lines end at LF, CRLF or CR."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    at, left = starts[position.line], position.character
    while left > 0:
        left -= units(text[at], encoding)
        at += 1
    assert left == 0, "a position within a character"
    return at


def units(text: str, encoding: str) -> int:
    """The length of a text in code units."""
    return len(text.encode(_UNITS[encoding])) // _SIZES[encoding]


def applied(text: str, edits: Sequence[types.TextEdit], encoding: str = "utf-32") -> str:
    """A text after edits, as a client applies them."""
    spans = sorted(
        ((offset(text, e.range.start, encoding), offset(text, e.range.end, encoding), e.new_text) for e in edits),
        reverse=True,
    )
    for (start, _, _), (_, end, _) in pairwise(spans):
        assert end <= start, "edits overlap"
    for start, end, new in spans:
        text = text[:start] + new + text[end:]
    return text


class Editor:
    """One editor with its server."""

    def __init__(self, client: LanguageClient, published: list[types.PublishDiagnosticsParams], encoding: str) -> None:
        self.client = client
        #: What the server sent, in its order.
        self.published = published
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.begun: types.InitializeResult

    def open(
        self, path: Path | str, text: str | None = None, *, language: str = "apache", uri: str | None = None
    ) -> str:
        """Open a file, with the disk's text or another one, and return its URI."""
        uri = uri or uri_of(path)
        self.texts[uri] = Path(path).read_bytes().decode() if text is None else text
        self.versions[uri] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, self.texts[uri]))
        )
        return uri

    def change(self, uri: str, *edits: types.TextEdit) -> None:
        """Send edits, each upon the text that the one before it leaves."""
        for edit in edits:
            self.texts[uri] = applied(self.texts[uri], [edit], self.encoding)
        self.versions[uri] += 1
        changes = [types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text) for edit in edits]
        self._send(uri, changes)

    def set(self, uri: str, text: str) -> None:
        """Send a text as a whole."""
        self.texts[uri] = text
        self.versions[uri] += 1
        self._send(uri, [types.TextDocumentContentChangeWholeDocument(text)])

    def _send(self, uri: str, changes: list[Any]) -> None:
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))

    def close(self, uri: str) -> None:
        del self.texts[uri], self.versions[uri]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def configure(self, **settings: Any) -> None:
        """Change settings while the server runs."""
        self.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"modwsgi-fix": settings}))

    async def ask(self, request: Awaitable[Any]) -> Any:
        return await asyncio.wait_for(request, KILL)

    async def pulled(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of a file, asked for."""
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        report = await self.ask(self.client.text_document_diagnostic_async(params))
        return list(report.items)

    async def pushed(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The diagnostics of a file that the server sends, once it has sent those of the present version."""
        wanted = self.versions.get(uri) if version is None else version
        while True:
            for params in reversed(self.published):
                if params.uri == uri and (wanted is None or params.version == wanted):
                    return list(params.diagnostics)
            await asyncio.wait_for(self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), KILL)

    async def actions(
        self, uri: str, at: types.Range, only: Sequence[str] | None = None, diagnostics: Sequence[types.Diagnostic] = ()
    ) -> list[types.CodeAction]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), at, types.CodeActionContext(list(diagnostics), only)
        )
        return list(await self.ask(self.client.text_document_code_action_async(params)) or [])

    async def formatted(self, uri: str) -> list[types.TextEdit]:
        params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), types.FormattingOptions(4, True))
        return list(await self.ask(self.client.text_document_formatting_async(params)) or [])


def whole(text: str) -> types.Range:
    """All of a text that ends in LF."""
    return types.Range(types.Position(0, 0), types.Position(text.count("\n"), 0))


@asynccontextmanager
async def editing(
    able: types.ClientCapabilities | None = None, *, folders: Sequence[Path] = (), options: Any = None
) -> AsyncIterator[Editor]:
    """An editor that is connected; it leaves as the protocol asks."""
    able = able or capabilities()
    published: list[types.PublishDiagnosticsParams] = []

    def made() -> LanguageClient:
        client = make_test_lsp_client()
        del client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: published.append(params))
        return client

    client = await ClientServerConfig(server_command=SERVER, client_factory=made).start()
    try:
        params = types.InitializeParams(
            capabilities=able,
            workspace_folders=[types.WorkspaceFolder(uri_of(one), one.name) for one in folders],
            initialization_options=options,
        )
        client.capabilities = able
        begun = await asyncio.wait_for(client.initialize_async(params), KILL)
        client.initialized(types.InitializedParams())
        editor = Editor(
            client,
            published,
            str(getattr(begun.capabilities.position_encoding, "value", begun.capabilities.position_encoding)),
        )
        editor.begun = begun
        yield editor
        await asyncio.wait_for(client.shutdown_async(None), KILL)
        client.exit(None)
    finally:
        # Ended by now; where a scene failed it is ended here.
        if client._server is not None and client._server.returncode is None:
            try:
                await asyncio.wait_for(client._server.wait(), 0 if sys.exc_info()[0] else KILL)
            except TimeoutError:
                client._server.kill()
        await client.stop()


Scene = Callable[[Editor], Awaitable[None]]

#: One loop for all scenes, and the editors that are connected: a server takes a second to start.
_runner = asyncio.Runner()
_connected: dict[str, tuple[Editor, Any]] = {}


def play(scene: Scene, able: types.ClientCapabilities | None = None, **given: Any) -> None:
    """Play a scene with an editor that has nothing open; those who can and want the same take turns with one server."""
    _runner.run(_play(scene, able or capabilities(), given))


async def _play(scene: Scene, able: types.ClientCapabilities, given: dict[str, Any]) -> None:
    key = repr((able, given))
    if key not in _connected:
        connection = editing(able, **given)
        _connected[key] = (await connection.__aenter__(), connection)
    editor, connection = _connected[key]
    try:
        await scene(editor)
    except BaseException:
        del _connected[key]
        await connection.__aexit__(*sys.exc_info())
        raise
    for uri in list(editor.texts):
        editor.close(uri)
    editor.configure(indentation=False, root=given.get("options", {}).get("root"))
    editor.published.clear()


@atexit.register
def _leave() -> None:
    for _, connection in _connected.values():
        _runner.run(connection.__aexit__(None, None, None))
    _runner.close()
