"""Hints, lenses and formatting after a key: a part of the server answers, as a fresh server would, and counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from editor import uri_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types
from test_again import HOST, LINES, MAIN, NAMES, OLD, SHORT, counted, edited, texts, written
from test_lsp_keystrokes import Editor, reads

from modwsgi_fix.lsp import actions, hints, layout
from modwsgi_fix.lsp.buffers import Change
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.state import State
from modwsgi_fix.model.reading import above
from modwsgi_fix.model.reading.source import Source

#: The requests of one file, by what they are about.
REQUESTS: dict[str, Callable[[State, str], Any]] = {
    "hints": lambda state, uri: hints.inlay(
        state,
        types.InlayHintParams(
            types.TextDocumentIdentifier(uri), types.Range(types.Position(0, 0), types.Position(999, 0))
        ),
    ),
    "lenses": lambda state, uri: hints.lenses(state, types.CodeLensParams(types.TextDocumentIdentifier(uri))),
    "formatting": lambda state, uri: layout.document(
        state,
        types.DocumentFormattingParams(
            types.TextDocumentIdentifier(uri), types.FormattingOptions(4, insert_spaces=True)
        ),
    ),
    "formatting of a part": lambda state, uri: layout.in_range(
        state,
        types.DocumentRangeFormattingParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(2, 0), types.Position(30, 0)),
            types.FormattingOptions(4, insert_spaces=True),
        ),
    ),
    "all safe fixes": lambda state, uri: (
        actions.resolve(state, types.CodeAction("", actions.FIX_ALL, data={"uri": uri, "level": "safe"})).edit
    ),
}
#: A host with a safe fix: a line that httpd 2.4 ignores goes.
TWICE = HOST.replace("    WSGIProcessGroup {name}\n", "    WSGIProcessGroup {name}\n    NameVirtualHost *:80\n")


def answers(state: State, uri: str) -> dict[str, Any]:
    return {name: ask(state, uri) for name, ask in REQUESTS.items()}


def fresh(editor: Editor) -> dict[str, Any]:
    """What a new server answers of the text."""
    return answers(Editor(editor.path, editor.text).state, uri_of(editor.path))


def opened(tmp_path: Path, host: str = HOST, name: str = "sites/04.conf") -> Editor:
    """An editor with a file of a server that was checked; the host of 06.conf has a twin at another port."""
    server = texts(host, names=(*NAMES, *(name[::-1] for name in NAMES[::2])))
    server["apache2.conf"] = MAIN + "Listen 8080\n"
    twin = "".join(line for line in host.splitlines(keepends=True) if "WSGIDaemonProcess" not in line)
    server["sites/90.conf"] = twin.format(name=NAMES[6]).replace("*:80>", "*:8080>")
    directory = written(tmp_path, server)
    editor = Editor(directory / name, server[name])
    editor.said()
    return editor


@pytest.mark.parametrize("asked", REQUESTS)
def test_after_a_key_a_part_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    editor = opened(tmp_path)
    editor.type(editor.text.index("threads=") + len("threads="), "1")
    editor.said()
    whole = reads(monkeypatch)
    count = counted(monkeypatch, lambda: REQUESTS[asked](editor.state, uri_of(editor.path)))
    assert not whole
    # Both hosts of the file are read, which the diagnostics after a key in one of them did not need.
    assert count < 9 * 14
    assert REQUESTS[asked](editor.state, uri_of(editor.path)) == fresh(editor)[asked]


def test_another_host_of_the_same_name_is_read_for_the_hint(tmp_path: Path) -> None:
    """It stands in a file far away, and no other word of the two is theirs alone."""
    editor = opened(tmp_path, name="sites/06.conf")
    editor.type(editor.text.index("threads=") + len("threads="), "1")
    editor.said()
    said = [str(hint.label) for hint in REQUESTS["hints"](editor.state, uri_of(editor.path))]
    assert "also *:8080 in 90.conf:1" in said
    assert answers(editor.state, uri_of(editor.path)) == fresh(editor)


def test_what_safe_fixes_change_is_found_out_in_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = opened(tmp_path, TWICE)
    editor.type(editor.text.index("threads=") + len("threads="), "1")
    editor.said()
    whole = counted(monkeypatch, lambda: fresh(editor))
    part = counted(monkeypatch, lambda: answers(editor.state, uri_of(editor.path)))
    assert 3 * part < 2 * whole
    # Which server reads the file is known.
    asked = []
    reached = above._reached

    def noted(server: Source) -> frozenset[str]:
        asked.append(server)
        return reached(server)

    monkeypatch.setattr(above, "_reached", noted)
    found = answers(editor.state, uri_of(editor.path))
    assert found["formatting"]
    assert asked == []
    assert found == fresh(editor)


def test_another_host_whose_name_was_typed_is_read_for_the_hint(tmp_path: Path) -> None:
    editor = opened(tmp_path)
    address, name = "<VirtualHost *:80", "wexpyla.example.org\n"
    for old, new in ((address, "<VirtualHost *:8080"), (name, "quamofe.example.org\n")):
        editor.text, editor.version = editor.text.replace(old, new, 1), editor.version + 1
        change = [Change(editor.text)]
        editor.state.buffers.change(uri_of(editor.path), editor.version, change, Encoding.UTF16)
        editor.said()
    said = [str(hint.label) for hint in REQUESTS["hints"](editor.state, uri_of(editor.path))]
    assert "also *:80 in 02.conf:2" in said
    assert answers(editor.state, uri_of(editor.path)) == fresh(editor)


def test_settings_beside_the_file_alone_are_those_of_its_fixes(tmp_path: Path) -> None:
    """The file is asked about by itself, as by a command on save; with those of the server nothing is found."""
    (tmp_path / "modwsgi-fix.toml").write_text('ignore = ["httpd24"]\n')
    editor = opened(tmp_path, TWICE)
    (editor.path.parent / "modwsgi-fix.toml").write_text("")
    editor.type(editor.text.index("threads=") + len("threads="), "1")
    assert not editor.said()
    found = answers(editor.state, uri_of(editor.path))
    assert found["formatting"]
    assert found == fresh(editor)


_line = st.tuples(st.sampled_from(LINES), st.sampled_from(NAMES + SHORT)).map(
    lambda pair: pair[0].replace("{name}", pair[1])
)
_edit = st.tuples(st.sampled_from(["insert", "delete", "replace", "typed"]), st.just(4), st.integers(0, 40), _line)


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(_edit, min_size=1, max_size=3), host=st.sampled_from([HOST, OLD, TWICE]))
def test_after_any_edits_the_same_is_answered_as_by_a_fresh_server(
    tmp_path: Path, edits: list[tuple[str, int, int, str]], host: str
) -> None:
    editor = opened(tmp_path, host)
    editor.state.indentation = True
    for edit in edits:
        server = {"sites/04.conf": editor.text}
        edited(server, edit)
        editor.text, editor.version = server["sites/04.conf"], editor.version + 1
        change = [Change(editor.text)]
        editor.state.buffers.change(uri_of(editor.path), editor.version, change, Encoding.UTF16)
        editor.said()
        anew = Editor(editor.path, editor.text).state
        anew.indentation = True
        assert answers(editor.state, uri_of(editor.path)) == answers(anew, uri_of(editor.path))


# -- a file that is opened or closed as it is -------------------------------------------------------------------------------


def test_a_file_opened_or_closed_as_it_is_on_the_disk_has_nothing_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = opened(tmp_path)
    other = editor.path.parent / "06.conf"
    whole = reads(monkeypatch)
    buffers = editor.state.buffers
    count = 0
    for number in range(2):
        buffers.open(uri_of(other), "apache", 1, other.read_text())
        count += counted(monkeypatch, editor.said)
        editor.type(editor.text.index("# wexpyla"), "#")
        editor.said()
        if number == 0:
            buffers.close(uri_of(other))
            count += counted(monkeypatch, editor.said)
    assert not whole
    assert count == 0
    # And it is there for the next change.
    text = other.read_text().replace("threads=5", "threads=x")
    buffers.change(uri_of(other), 2, [Change(text)], Encoding.UTF16)
    assert {one.code for one in editor.said()[uri_of(other)]} == {"malformed-daemon-number"}
    assert not whole


def test_a_text_that_is_closed_without_being_saved_is_that_of_the_file_again(tmp_path: Path) -> None:
    editor = opened(tmp_path)
    before = editor.said()
    editor.type(editor.text.index("threads=") + len("threads="), "x")
    assert editor.said() != before
    editor.state.buffers.close(uri_of(editor.path))
    editor.state.buffers.open(uri_of(editor.path), "apache", 1, editor.path.read_text())
    assert editor.said() == before


@pytest.mark.parametrize("name", ["06.conf", "95.conf"])
def test_a_file_that_was_written_unnoticed_is_read_when_it_is_opened(tmp_path: Path, name: str) -> None:
    """Also one that was not there before."""
    editor = opened(tmp_path)
    other = editor.path.parent / name
    other.write_text(HOST.format(name="kotri").replace("threads=5", "threads=x"))
    editor.state.buffers.open(uri_of(other), "apache", 1, other.read_text())
    anew = Editor(editor.path, editor.text)
    anew.state.buffers.open(uri_of(other), "apache", 1, other.read_text())
    assert editor.said() == anew.said() != {}
