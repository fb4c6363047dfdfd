"""The protocol: pygls reads and writes messages, and each request is passed to the module that answers it.

Requests wait for a moment before they are answered, so that a later change or cancellation is read first. Where a server is
so large that its diagnostics take long, these wait until the user stops typing. Whatever needs a server is answered in one
thread, one after another, from the texts as they were when it was asked; meanwhile messages are read, so that an editor can
cancel, and is told at once what the text alone says. An error in an answer is written to the log,
and the editor gets an empty answer, so that nothing pops up at a half-typed line.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from modwsgi_fix import __version__
from modwsgi_fix.collector import Collector
from modwsgi_fix.giving_up import GivenUp, until
from modwsgi_fix.lsp import capabilities
from modwsgi_fix.lsp.buffers import Change
from modwsgi_fix.lsp.positions import Position
from modwsgi_fix.lsp.state import Refusal, State
from modwsgi_fix.lsp.virtual import SCHEME, Virtual

#: Seconds that an answer waits for messages that are already on their way.
PAUSE = 0.002
#: The most seconds that diagnostics wait for the user to stop typing, and the wait as a part of the time of the last ones.
LONGEST_PAUSE, PART = 0.15, 0.25
#: Seconds after which the rules are imported, so that this does not delay the editor's first requests.
READY = 0.05

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """The protocol with the project's own document model: pygls ends lines at form feeds and at U+2028, too."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hold an opened text, and check."""
        document = params.text_document
        self._server.state.buffers.open(document.uri, str(document.language_id), document.version, document.text)
        self._server.changed()

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply changes to a text, and check."""
        document = params.text_document
        changes = map(_change, params.content_changes)
        self._server.state.buffers.change(document.uri, document.version, changes, self._server.state.encoding)
        self._server.changed()

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Let a closed text go, and check."""
        self._server.state.buffers.close(params.text_document.uri)
        self._server.changed()


def _change(change: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(change, types.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return Change(change.text, Position(start.line, start.character), Position(end.line, end.character))
    return Change(change.text)


class Server(LanguageServer):
    """One editor's server."""

    def __init__(self) -> None:
        super().__init__("modwsgi-fix", __version__, protocol_cls=Protocol)
        self.state = State(self._tell)
        self._due: asyncio.Task[None] | None = None
        #: By URI: the version of the text that diagnostics were last published of, and these.
        self._published: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self._pause = PAUSE
        #: When the last change came, and how many seconds after the one before.
        self._changed, self._rested = time.monotonic(), 0.0
        self._checked = -1
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")
        self._jobs: set[Future[Any]] = set()
        self.collector = Collector()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write an error to the log; pygls would pop up a message."""
        _log.error("%s", error)

    def changed(self) -> None:
        """Check again, once the messages that are on their way have been read."""
        now = time.monotonic()
        self._rested, self._changed = now - self._changed, now
        if self.state.pushes and (self._due is None or self._due.done()):
            self._due = asyncio.ensure_future(self._publish())

    async def settled(self) -> None:
        """Wait until nothing has changed for a moment, which is short where a check is quick.

        The first change after such a moment is not waited for: the check is given up if more comes.
        """
        generation, pause = -1, PAUSE if self._rested > self._pause else self._pause
        while generation != self.state.buffers.generation:
            generation = self.state.buffers.generation
            await asyncio.sleep(pause)
            pause = self._pause

    @property
    def is_busy(self) -> bool:
        """Whether something is being answered that needs a server."""
        return not all(job.done() for job in self._jobs)

    async def answered(self, function: Callable[[State], T], *, checks: bool = False, to_the_end: bool = False) -> T:
        """Return what a function says of the state as it is now, which is found out in the thread.

        The time of the first check after a change decides how long the next one waits. Unless it is run ``to_the_end``, a check
        raises ``GivenUp`` once the state is not as it was.
        """
        state, now = self.state.kept(), self.state.buffers

        def is_over() -> bool:
            return not to_the_end and now.generation != state.buffers.generation

        def answer() -> T:
            state.answers.buffers = state.buffers
            first, start = self._checked != state.buffers.generation, time.monotonic()
            with until(is_over):
                found = function(state)
            if checks and first:
                self._checked = state.buffers.generation
                self._pause = min(max(PAUSE, PART * (time.monotonic() - start)), LONGEST_PAUSE)
            return found

        self._loop = asyncio.get_running_loop()
        job = self._thread.submit(answer)
        self._jobs = {job, *(one for one in self._jobs if not one.done())}
        found = await asyncio.wrap_future(job)
        # The answer is on its way; what comes next begins with this.
        if checks:
            self._thread.submit(state.answers.prepare)
        self._thread.submit(self.collector.collect)
        return found

    async def _publish(self) -> None:
        generation = -1
        while generation != self.state.buffers.generation:
            await self.settled()
            generation = self.state.buffers.generation
            try:
                found = await self.answered(State.published, checks=True)
            except GivenUp:
                continue
            except Exception:
                _log.exception("diagnostics")
                return
        for uri in [*found, *(uri for uri, (_, told) in self._published.items() if told and uri not in found)]:
            diagnostics, buffer = found.get(uri, []), self.state.buffers.get(uri)
            version = buffer.version if buffer is not None else None
            if (version, diagnostics) != self._published.get(uri, (None, [])):
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))
                self._published[uri] = version, diagnostics

    def _tell(self, line: str) -> None:
        assert self._loop is not None
        message = types.LogMessageParams(types.MessageType.Warning, line)
        self._loop.call_soon_threadsafe(self.window_log_message, message)


def server() -> Server:
    """Return a server that answers all that ``capabilities.FEATURES`` lists."""
    made = Server()
    made.feature(types.INITIALIZE)(lambda params: made.state.begin(params))
    made.feature(types.INITIALIZED)(lambda params: _begun(made))
    for method in (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, types.TEXT_DOCUMENT_DID_SAVE):
        made.feature(method)(lambda params: _stale(made))
    made.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(lambda params: _configured(made, params))
    made.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(lambda params: _folders(made, params))
    for method, (function, options) in capabilities.FEATURES.items():
        made.feature(method, options)(_answering(made, method, function.answer))
    for name, command in capabilities.COMMANDS.items():
        made.command(name)(_commanded(made, name, command.answer))
    return made


def _answering(made: Server, method: str, function: Callable[[State, Any], Any]) -> Callable[[Any], Any]:
    """Return the handler of a request: it waits and answers; where it fails, the answer is empty.

    Where the text changes meanwhile, diagnostics are those of the new one; other requests were about places in the old one.
    """

    async def answer(params: Any) -> Any:
        checks = method in capabilities.CHECKS
        await (made.settled() if checks else asyncio.sleep(PAUSE))
        try:
            if method in capabilities.OF_THE_TEXT:
                return function(made.state, params)
            if method in capabilities.MEANWHILE and made.is_busy:
                said = function(made.state.of_texts(), params)
                if said is not None and getattr(said, "items", True):
                    return said
            return await made.answered(lambda state: function(state, params), checks=checks)
        except Refusal as refusal:
            raise JsonRpcException(str(refusal), types.LSPErrorCodes.RequestFailed) from refusal
        except GivenUp:
            if checks:
                return await answer(params)
            raise JsonRpcException("the text has changed", types.LSPErrorCodes.ContentModified) from None
        except Exception:
            _log.exception("%s", method)
            return capabilities.EMPTY.get(method)

    return answer


def _commanded(made: Server, name: str, command: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(*arguments: Any) -> Any:
        await asyncio.sleep(PAUSE)
        try:
            return _shown(made, await made.answered(lambda state: command(state, *arguments), to_the_end=True))
        except Exception:
            _log.exception("%s", name)
            return None

    return answer


def _shown(made: Server, document: Virtual) -> Any:
    """Show a document, where the editor can, and return it."""
    workspace, window = made.client_capabilities.workspace, made.client_capabilities.window
    uri = None
    if window is not None and window.show_document is not None and window.show_document.support:
        if workspace is not None and workspace.text_document_content is not None:
            uri = document.uri()
            made.state.virtual[uri] = document.text
        else:
            uri = document.as_file()
        made.window_show_document(types.ShowDocumentParams(uri, take_focus=True))
    return document.as_result(uri)


def _stale(made: Server) -> None:
    """Check again, because the disk may have changed."""
    made.state.buffers.stale()
    made.changed()
    _refresh(made)


def _configured(made: Server, params: types.DidChangeConfigurationParams) -> None:
    made.state.configure(params.settings)
    _stale(made)


def _folders(made: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    made.state.folders(params.event.added, params.event.removed)
    _stale(made)


def _refresh(made: Server) -> None:
    """Have an editor that pulls ask again."""
    workspace = made.client_capabilities.workspace
    if not made.state.pushes and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
        made.workspace_diagnostic_refresh(None)


def _begun(made: Server) -> None:
    """Ask the editor to report changes on the disk, where it can; meanwhile prepare for the first text."""
    workspace = made.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    content = workspace.text_document_content if workspace else None
    wanted = []
    if watching is not None and watching.dynamic_registration:
        watchers = [types.FileSystemWatcher(pattern) for pattern in capabilities.WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if content is not None and content.dynamic_registration:
        schemes = types.TextDocumentContentRegistrationOptions([SCHEME])
        wanted.append(types.Registration("documents", types.WORKSPACE_TEXT_DOCUMENT_CONTENT, schemes))
    if wanted:
        made.client_register_capability(types.RegistrationParams(wanted))
    asyncio.get_running_loop().call_later(READY, _warm)


def _warm() -> None:
    """Import the modules that the first text needs."""
    from modwsgi_fix.lsp import asking
    from modwsgi_fix.workspace.rules import known_rules

    assert asking
    known_rules()


def serve() -> int:
    """Serve an editor on standard input and output until it leaves; 0 where it said so before, else 1."""
    logging.basicConfig(level=logging.ERROR)
    made = server()
    made.collector.take_over()
    made.start_io()
    return 0 if made.protocol._shutdown else 1
