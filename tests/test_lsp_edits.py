"""The open texts of the language server: after any edits they are the editor's, and what is said of them is what a fresh
server would say."""

from __future__ import annotations

from pathlib import Path

import pytest
from editor import applied, offset, units, uri_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from modwsgi_fix import api
from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.lsp import asking
from modwsgi_fix.lsp.buffers import Buffers, Change, changed
from modwsgi_fix.lsp.convert import text_edits
from modwsgi_fix.lsp.positions import Encoding, Lines, Position
from modwsgi_fix.lsp.state import State
from modwsgi_fix.lsp.uris import path_of
from modwsgi_fix.lsp.uris import uri_of as made_uri
from modwsgi_fix.text import Span, decode

#: Characters of each width, and those that other programs take for the end of a line.
CHARS = "ab ü€🙂\n\r\x0b\x0c\x1c\x85\u2028\u2029"
TEXT = st.text(st.sampled_from(CHARS), max_size=24)


@given(TEXT, st.sampled_from(list(Encoding)), st.data())
def test_a_change_is_what_the_editor_did(text: str, encoding: Encoding, data: st.DataObject) -> None:
    lines = Lines(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    places = [lines.position(one, encoding) for one in (start, end)]
    for place, at in zip(places, (start, end), strict=True):
        if at and text[at - 1 : at + 1] == "\r\n":
            continue  # no place: it is within the end of a line
        assert offset(text, types.Position(*place), str(encoding)) == at
        assert lines.offset(place, encoding) == at
    if not any(text[at - 1 : at + 1] == "\r\n" for at in (start, end) if at):
        assert changed(text, [Change("new", *places)], encoding) == text[:start] + "new" + text[end:]


@given(TEXT, st.sampled_from(list(Encoding)), st.integers(-2, 30), st.integers(-2, 30))
def test_a_place_that_is_not_there_is_held_within_the_text(text: str, encoding: Encoding, line: int, at: int) -> None:
    lines = Lines(text)
    found = lines.offset(Position(line, at), encoding)
    assert 0 <= found <= len(text)
    if 0 <= line < len(lines):
        assert lines.span(line).start <= found <= lines.span(line).end


@given(st.binary(max_size=40), st.sampled_from(list(Encoding)))
def test_a_byte_that_is_not_utf8_counts_one(data: bytes, encoding: Encoding) -> None:
    lines = Lines(decode(data))
    if encoding is Encoding.UTF8:
        assert lines.position(len(lines.text), encoding).character == len(
            decode(data).encode("utf-8", "surrogateescape")
        ) - len(lines.text[: lines.span(len(lines) - 1).start].encode("utf-8", "surrogateescape"))
    else:
        assert lines.position(len(lines.text), encoding).line == len(lines) - 1


@given(
    TEXT, st.lists(st.tuples(st.integers(0, 24), st.integers(0, 6), TEXT), max_size=4), st.sampled_from(list(Encoding))
)
def test_edits_come_to_the_same_in_the_editor(
    text: str, given_edits: list[tuple[int, int, str]], encoding: Encoding
) -> None:
    edits, at = [], 0
    for skip, length, new in given_edits:
        start = min(at + skip, len(text))
        end = min(start + length, len(text))
        edits.append(Edit("", Span(start, end), new))
        at = end + 1
        if at > len(text):
            break
    sent = text_edits(text, edits, encoding)
    if not any(text[one - 1 : one + 1] == "\r\n" for edit in edits for one in edit.span if one):
        assert applied(text, sent, str(encoding)) == apply(text, edits)
    assert all(edit.new_text or edit.range.start != edit.range.end for edit in sent)


def test_an_edit_is_as_small_as_it_can_be() -> None:
    text = "Order allow,deny\r\nAllow from all\r\n"
    (edit,) = text_edits(
        text, [Edit("", Span(0, len(text)), "Order allow,deny\r\nAllow from none\r\n")], Encoding.UTF16
    )
    assert (edit.range.start.line, edit.range.start.character, edit.range.end.character) == (1, 11, 14)
    assert edit.new_text == "none"
    assert text_edits(text, [Edit("", Span(0, len(text)), text)], Encoding.UTF16) == []


@pytest.mark.parametrize(
    "path", ["/etc/apache2/a b.conf", "/srv/ü/100%.conf", "/a?b#c;d", decode(b"/latin-\xfc.conf"), "//x"]
)
def test_a_path_comes_back_from_its_uri(path: str) -> None:
    assert path_of(made_uri(path)) == path


def test_a_uri_of_no_file_has_no_path() -> None:
    for uri in (
        "untitled:Untitled-1",
        "file://server/share/a.conf",
        "http://x/y",
        "",
        "file:",
        "file:///a%00b",
        "file://[x",
    ):
        assert path_of(uri) is None
    assert path_of("file:///etc/a%2Db.conf") == path_of("file://localhost/etc/a-b.conf") == "/etc/a-b.conf"


def test_what_is_not_open_is_not_changed() -> None:
    buffers = Buffers()
    buffers.change("file:///a", 2, [Change("x")], Encoding.UTF16)
    buffers.close("file:///a")
    buffers.open("untitled:1", "apache", 1, "x")
    assert list(buffers) == []
    assert buffers.generation == 0


# -- a fresh server would say the same ---------------------------------------------------------------------------------------

MAIN = "ServerRoot /etc/apache2\nListen 80\nDefine SITE shop\nInclude a.conf\nInclude b.conf\n"
PIECES = st.sampled_from([
    "WSGIDaemonProcess shop\n", "WSGIDaemonProcess ${SITE} threads=0\n", "WSGIProcessGroup shop\n", "NameVirtualHost *\n",
    "<VirtualHost *:80>\n", "ServerName ü.example\n", "</VirtualHost>\n", "WSGIScriptAlias / /srv/a.wsgi\n", "Alias / /srv/\n",
    "<Directory /srv>\n", "Order allow,deny\n", "</Directory>\n", "UnDefine SITE\n", "<IfModule x>\n", "# 🙂\\\n", "", "W", '"',
])  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 200), st.integers(0, 40), PIECES, st.booleans()),
    min_size=1,
    max_size=5,
)


def test_what_a_fix_reveals_waits_in_a_large_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody types it is left out; with the next save it is there, and in small servers always."""
    path = tmp_path / "a.conf"
    path.write_text("<VirualHost *:80>\nServerName a\nAlias / /srv/\nWSGIScriptAlias / /srv/a.wsgi\n</VirualHost>\n")
    uri = uri_of(path)

    def said() -> set[str]:
        return {str(one.code) for one in state.published()[uri]}

    state = State(lambda line: None)
    monkeypatch.setattr(asking, "LARGE", 0)
    state.buffers.open(uri, "apache", 1, path.read_text())
    everything = said()
    assert {one.rule for one in api.load(path).check().findings} == everything
    state.buffers.change(uri, 2, [Change("#", Position(0, 0), Position(0, 0))], Encoding.UTF8)
    state.buffers.change(uri, 3, [Change("", Position(0, 0), Position(0, 1))], Encoding.UTF8)
    assert said() < everything
    state.buffers.stale()
    assert said() == everything
    monkeypatch.setattr(asking, "LARGE", 100)
    state.buffers.change(uri, 4, [Change("", Position(0, 0), Position(0, 0))], Encoding.UTF8)
    assert said() == everything


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_after_any_edits_it_says_what_a_fresh_server_says(
    tmp_path: Path, steps: list[tuple[str, int, int, str, bool]]
) -> None:
    (tmp_path / "apache2.conf").write_text(MAIN)
    for name in "ab":
        (tmp_path / f"{name}.conf").write_text(
            "<VirtualHost *:80>\nServerName a.example\nWSGIProcessGroup shop\n</VirtualHost>\n"
        )
    state = State(lambda line: None)
    state.encoding = Encoding.UTF16
    texts = {name: (tmp_path / f"{name}.conf").read_text() for name in "ab"}
    for name, text in texts.items():
        state.buffers.open(uri_of(tmp_path / f"{name}.conf"), "apache", 1, text)
    for version, (name, start, length, new, asks) in enumerate(steps, 2):
        text = texts[name]
        start = min(start, len(text))
        end = min(start + length, len(text))
        texts[name] = text[:start] + new + text[end:]
        places = []
        for at in (start, end):
            line = text.count("\n", 0, at)
            places.append(Position(line, units(text[text.rfind("\n", 0, at) + 1 : at], "utf-16")))
        state.buffers.change(uri_of(tmp_path / f"{name}.conf"), version, [Change(new, *places)], state.encoding)
        if asks:
            state.published()
    assert [state.buffers.get(uri_of(tmp_path / f"{name}.conf")).text for name in "ab"] == [texts["a"], texts["b"]]
    fresh = api.load(tmp_path, overlay={str(tmp_path / f"{name}.conf"): text for name, text in texts.items()}).check()
    wanted: dict[str, list[tuple[str, str]]] = {uri_of(tmp_path / f"{name}.conf"): [] for name in "ab"}
    for one in fresh.findings:
        wanted.setdefault(uri_of(one.place.file.path), []).append((one.rule, one.text))
    said = {uri: [(one.code, one.message) for one in found] for uri, found in state.published().items()}
    assert said == wanted
