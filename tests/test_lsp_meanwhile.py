"""What an editor can do while the language server is busy: cancel, hover, complete, type on."""

from __future__ import annotations

import asyncio
import importlib
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from modwsgi_fix import api, giving_up
from modwsgi_fix.lsp import capabilities
from modwsgi_fix.lsp.buffers import Change
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.server import PAUSE, Server, _answering, server
from modwsgi_fix.lsp.state import State

SITE = "WSGIDaemonProcess shop threads=5\nWSGIProcessGroup shop\nNameVirtualHost *:80\nWSGI\n"
#: Seconds after which an answer is not coming any more.
KILL = 60


@pytest.fixture
def made(tmp_path: Path) -> Server:
    """A server with one open file."""
    made = server()
    made.state.buffers.open(uri(tmp_path), "apache", 1, SITE)
    return made


def uri(tmp_path: Path) -> str:
    return (tmp_path / "site.conf").as_uri()


def ask(made: Server, method: str, params: Any) -> Awaitable[Any]:
    function, _ = capabilities.FEATURES[method]
    return asyncio.wait_for(_answering(made, method, function.answer)(params), KILL)


def at(tmp_path: Path, line: int, character: int) -> types.TextDocumentPositionParams:
    return types.TextDocumentPositionParams(
        types.TextDocumentIdentifier(uri(tmp_path)), types.Position(line, character)
    )


def busily(made: Server, scene: Callable[[threading.Event], Awaitable[None]]) -> None:
    """Play a scene while something is being answered, which ends when the scene sets the event, or is over."""

    async def play() -> None:
        over = threading.Event()
        busy = asyncio.ensure_future(made.answered(lambda state: over.wait(KILL)))
        try:
            await scene(over)
        finally:
            over.set()
        assert await busy

    asyncio.run(play())


def test_what_the_text_alone_says_is_said_at_once(made: Server, tmp_path: Path) -> None:
    async def scene(over: threading.Event) -> None:
        hover = await ask(made, types.TEXT_DOCUMENT_HOVER, at(tmp_path, 0, 3))
        assert "WSGIDaemonProcess" in hover.contents.value
        option = await ask(made, types.TEXT_DOCUMENT_HOVER, at(tmp_path, 0, 25))
        assert "threads=" in option.contents.value
        offered = await ask(made, types.TEXT_DOCUMENT_COMPLETION, at(tmp_path, 3, 4))
        assert "WSGIScriptAlias" in {item.label for item in offered.items}
        assert offered.is_incomplete
        outline = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri(tmp_path)))
        assert await ask(made, types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outline)
        assert not over.is_set()

    busily(made, scene)


def test_what_needs_the_server_waits_for_it(made: Server, tmp_path: Path) -> None:
    async def scene(over: threading.Event) -> None:
        name = asyncio.ensure_future(ask(made, types.TEXT_DOCUMENT_HOVER, at(tmp_path, 1, 18)))
        groups = asyncio.ensure_future(ask(made, types.TEXT_DOCUMENT_COMPLETION, at(tmp_path, 1, 17)))
        done, _ = await asyncio.wait([name, groups], timeout=0.05)
        assert not done
        over.set()
        assert "defined" in (await name).contents.value
        assert [item.label for item in (await groups).items] == ["shop", "%{GLOBAL}"]
        assert not (await groups).is_incomplete

    busily(made, scene)
    # And nothing is left out of what is asked when nothing else goes on.
    hover = asyncio.run(ask(made, types.TEXT_DOCUMENT_HOVER, at(tmp_path, 2, 3)))  # type: ignore[arg-type]
    assert "name-virtual-host" in hover.contents.value


def test_what_waits_can_be_cancelled(made: Server, tmp_path: Path) -> None:
    asked: list[int] = []

    async def scene(over: threading.Event) -> None:
        answer = _answering(made, types.TEXT_DOCUMENT_CODE_ACTION, lambda state, params: asked.append(params))
        one = asyncio.ensure_future(answer(1))
        await asyncio.sleep(0.05)
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        assert made.is_busy
        over.set()
        await answer(2)

    busily(made, scene)
    assert asked == [2]
    assert not made.is_busy


def test_a_change_during_a_check_is_checked_as_well(
    made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    published = State.published

    def slowly(state: State) -> dict[str, list[types.Diagnostic]]:
        begun.set()
        assert go_on.wait(KILL)
        return published(state)

    told: list[tuple[int | None, list[str]]] = []
    monkeypatch.setattr(State, "published", slowly)
    monkeypatch.setattr(
        made,
        "text_document_publish_diagnostics",
        lambda params: told.append((params.version, [str(one.code) for one in params.diagnostics])),
    )

    async def scene() -> None:
        made.changed()
        due = made._due
        assert due is not None
        while not begun.is_set():
            await asyncio.sleep(0)
        made.state.buffers.change(uri(tmp_path), 2, [Change("Listen 80\n")], Encoding.UTF16)
        made.changed()
        go_on.set()
        await asyncio.wait_for(due, KILL)

    asyncio.run(scene())
    # What was found in the text as it was is not told of the text as it is.
    assert told == [(2, [])]


def rules_asked(monkeypatch: pytest.MonkeyPatch, then: Callable[[int], None]) -> list[str]:
    """The names of the rules that are asked from now on; ``then`` is called with their number before each."""
    asked: list[str] = []
    real = giving_up.go_on

    def go_on() -> None:
        real()
        asked.append("")
        then(len(asked))

    monkeypatch.setattr(importlib.import_module("modwsgi_fix.engine.check"), "go_on", go_on)
    return asked


def test_of_a_burst_of_keys_only_the_last_is_checked_to_the_end(
    made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rules_asked(monkeypatch, lambda count: None)
    State.published(made.state)
    told: list[tuple[int | None, int]] = []
    monkeypatch.setattr(
        made,
        "text_document_publish_diagnostics",
        lambda params: told.append((params.version, len(params.diagnostics))),
    )

    def type_on(count: int) -> None:
        """Type a key at the fifth rule of each check, eight times."""
        if count % 5 == 0 and count <= 40:
            made.state.buffers.change(uri(tmp_path), 2 + count // 5, [Change(f"{SITE}#{count}")], Encoding.UTF16)

    asked = rules_asked(monkeypatch, type_on)

    async def scene() -> None:
        made.state.buffers.change(uri(tmp_path), 2, [Change(f"{SITE}#")], Encoding.UTF16)
        made.changed()
        assert made._due is not None
        await asyncio.wait_for(made._due, KILL)

    asyncio.run(scene())
    assert [version for version, _ in told] == [10]
    assert 40 < len(asked) <= 40 + len(whole)


def test_diagnostics_that_are_asked_for_are_those_of_the_text_that_came_meanwhile(
    made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_on(count: int) -> None:
        if count == 3:
            made.state.buffers.change(uri(tmp_path), 2, [Change("Listen 80\n")], Encoding.UTF16)

    rules_asked(monkeypatch, type_on)
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri(tmp_path)))
    assert asyncio.run(ask(made, types.TEXT_DOCUMENT_DIAGNOSTIC, params)).items == []  # type: ignore[arg-type]


def test_what_is_asked_of_a_place_in_a_text_that_changed_is_refused(
    made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_on(count: int) -> None:
        if count == 3:
            made.state.buffers.change(uri(tmp_path), 2, [Change("Listen 80\n")], Encoding.UTF16)

    asked = rules_asked(monkeypatch, type_on)
    with pytest.raises(JsonRpcException) as refused:
        asyncio.run(ask(made, types.TEXT_DOCUMENT_HOVER, at(tmp_path, 2, 3)))  # type: ignore[arg-type]
    assert refused.value.code == types.LSPErrorCodes.ContentModified
    assert len(asked) == 3


def test_what_a_command_was_asked_for_is_answered_to_the_end(
    made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_on(count: int) -> None:
        made.state.buffers.change(uri(tmp_path), 2 + count, [Change("Listen 80\n")], Encoding.UTF16)

    asked = rules_asked(monkeypatch, type_on)
    assert asyncio.run(made.answered(State.published, to_the_end=True))
    assert len(asked) > 3


def test_reading_is_given_up_between_two_files(tmp_path: Path) -> None:
    (tmp_path / "apache2.conf").write_text("Include a.conf\nInclude b.conf\n")
    for name in "ab":
        (tmp_path / f"{name}.conf").write_text("Listen 80\n")
    files = iter([False, False, True])
    with pytest.raises(giving_up.GivenUp), giving_up.until(lambda: next(files)):
        api.load(tmp_path)
    assert not list(files)


def test_only_what_is_new_of_a_text_is_published(made: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a text that was typed in, the diagnostics are told with its new version, although they are the same."""
    other = (tmp_path / "other.conf").as_uri()
    made.state.buffers.open(other, "apache", 1, SITE)
    told: list[tuple[str, int | None]] = []
    monkeypatch.setattr(
        made, "text_document_publish_diagnostics", lambda params: told.append((params.uri, params.version))
    )

    async def published() -> list[tuple[str, int | None]]:
        told.clear()
        made.changed()
        assert made._due is not None
        await asyncio.wait_for(made._due, KILL)
        return list(told)

    assert sorted(asyncio.run(published())) == sorted([(uri(tmp_path), 1), (other, 1)])
    assert asyncio.run(published()) == []
    made.state.buffers.change(other, 2, [Change(f"{SITE}# Thanks.\n")], Encoding.UTF16)
    assert asyncio.run(published()) == [(other, 2)]
    made.state.buffers.close(other)
    assert asyncio.run(published()) == [(other, None)]
    assert asyncio.run(published()) == []


def test_the_first_key_after_a_while_is_checked_at_once(made: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that follow wait for one another, where a check takes long."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    made.state.pushes = False
    made._pause, made._changed = 0.125, 0.0
    for now in (100, 100.1, 100.2, 101):
        with monkeypatch.context() as patched:
            patched.setattr(time, "monotonic", lambda now=now: now)
            made.changed()
        asyncio.run(made.settled())
    assert waits == [PAUSE, 0.125, 0.125, PAUSE]
