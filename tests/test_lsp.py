"""The language server over standard input and output: what is wrong, what it offers to do, and where it says things stand."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from editor import KILL, SERVER, Editor, applied, capabilities, offset, play, units, uri_of, whole
from lsprotocol import types

from modwsgi_fix import api
from modwsgi_fix.edits import apply
from modwsgi_fix.formatting import indented
from modwsgi_fix.syntax import parse

pytestmark = pytest.mark.slow

MAIN = """\
ServerRoot /etc/apache2
Listen 80
<Directory />
    Require all denied
</Directory>
IncludeOptional sites-enabled/*.conf
"""
SITE = """\
NameVirtualHost *:80
<VirtualHost *:80>
    # Die Größe 🙂 zählt.
    ServerName shop.example
    WSGIDaemonProcess shop display-name="Bücher 🙂" threads=5
    WSGIDaemonProcess shop display-name="Bücher 🙂" threads=5
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        Require all granted
    </Directory>
</VirtualHost>
"""
BLOG = """\
<VirtualHost *:80>
    ServerName blog.example
    Alias /static /srv/blog/static/
    WSGIScriptAlias / /srv/blog/app.wsgi
    <IfModule mod_wsgi.c>
        WSGIProcessGroup blog
    </IfModule>
</VirtualHost>
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A server of two sites."""
    return server(tmp_path / "conf", {"shop": SITE, "blog": BLOG})


def server(directory: Path, sites: Mapping[str, str], main: str = MAIN) -> Path:
    (directory / "sites-enabled").mkdir(parents=True)
    (directory / "apache2.conf").write_text(main)
    for name, text in sites.items():
        (directory / "sites-enabled" / f"{name}.conf").write_bytes(text.encode())
    return directory


def told(directory: Path, overlay: Mapping[Path, str] | None = None) -> dict[str, list[Any]]:
    """What the command's JSON says of each file: code, severity and range."""
    texts = {str(path): text for path, text in (overlay or {}).items()}
    found: dict[str, list[Any]] = {}
    for one in json.loads(api.load(directory, overlay=texts).check().to_json())["findings"]:
        place = [one[key] - 1 for key in ("line", "column", "end_line", "end_column")]
        found.setdefault(uri_of(Path(one["file"]).resolve()), []).append([one["rule"], one["severity"], *place])
    return found


def said(diagnostics: list[types.Diagnostic]) -> list[Any]:
    """The same of diagnostics."""
    names = {1: "error", 2: "warning", 3: "info"}
    return [
        [one.code, names[int(one.severity or 0)], one.range.start.line, one.range.start.character, one.range.end.line, one.range.end.character]
        for one in diagnostics
    ]  # fmt: skip


def fixed(paths: Path, level: str, overlay: Mapping[Path, str] | None = None, rule: str = "") -> dict[str, str]:
    """What fixing comes to, by URI."""
    texts = {str(path): text for path, text in (overlay or {}).items()}
    settings = {"select": [rule]} if rule else None
    done = api.load(paths, overlay=texts, settings=settings).fix(level)
    return {uri_of(file.path): file.after for file in done.files}


def formatted(text: str) -> str:
    return apply(text, indented(parse(text), "/site.conf"))


def changed(editor: Editor, edit: types.WorkspaceEdit) -> dict[str, str]:
    """The files that an edit changes, as they are then."""
    after = {}
    for uri, edits in (edit.changes or {}).items():
        text = editor.texts.get(uri) or Path(uri.removeprefix("file://")).read_text()
        after[uri] = applied(text, list(edits), editor.encoding)
    return after


# -- diagnostics -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_diagnostics_are_those_of_the_command(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        kinds = editor.begun.capabilities.code_action_provider.code_action_kinds
        assert set(kinds) == {"quickfix", "source.fixAll.modwsgi-fix"}
        wanted = told(conf)
        for name in ("shop", "blog"):
            uri = editor.open(conf / "sites-enabled" / f"{name}.conf")
            found = await editor.pulled(uri)
            assert said(found) == wanted[uri]
            for one in found:
                assert one.source == "modwsgi-fix"
                assert Path(one.code_description.href.removeprefix("file://")).is_file()
        (double,) = [
            one
            for one in await editor.pulled(uri_of(conf / "sites-enabled/shop.conf"))
            if one.code == "duplicate-daemon-process"
        ]
        assert double.tags == (types.DiagnosticTag.Unnecessary,)
        assert [one.location.range.start.line for one in double.related_information] == [4]
        report = await editor.ask(editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([])))
        assert {one.uri: said(one.items) for one in report.items} == wanted
        again = types.WorkspaceDiagnosticParams(
            [types.PreviousResultId(one.uri, one.result_id) for one in report.items]
        )
        unchanged = await editor.ask(editor.client.workspace_diagnostic_async(again))
        assert {one.kind for one in unchanged.items} == {"unchanged"}

    play(scene)


@pytest.mark.slow
def test_open_texts_stand_in_for_files(conf: Path) -> None:
    shop, blog = conf / "sites-enabled/shop.conf", conf / "sites-enabled/blog.conf"

    async def scene(editor: Editor) -> None:
        one, other = editor.open(shop), editor.open(blog)
        text = SITE.replace("WSGIDaemonProcess shop", "WSGIDaemonProcess blog")
        editor.set(one, text)
        assert said(await editor.pulled(other)) == told(conf, {shop: text}).get(other, [])
        editor.close(one)
        assert said(await editor.pulled(other)) == told(conf)[other]
        shop.write_text(text)
        editor.client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams([types.FileEvent(one, types.FileChangeType.Changed)])
        )
        assert said(await editor.pulled(other)) == told(conf).get(other, [])

    play(scene)


@pytest.mark.slow
def test_what_is_wrong_is_pushed_to_who_does_not_ask(conf: Path) -> None:
    shop = conf / "sites-enabled/shop.conf"

    async def scene(editor: Editor) -> None:
        uri = editor.open(shop)
        wanted = told(conf)
        assert said(await editor.pushed(uri)) == wanted[uri]
        blog = uri_of(conf / "sites-enabled/blog.conf")
        assert said(await editor.pushed(blog, version=None)) == wanted[blog]
        # The group that the other site uses comes and goes with this text.
        at = types.Position(1, 0)
        editor.change(uri, types.TextEdit(types.Range(at, at), "WSGIDaemonProcess blog\n"))
        assert said(await editor.pushed(uri)) == told(conf, {shop: editor.texts[uri]})[uri]
        editor.set(uri, "Listen 81\n")
        assert said(await editor.pushed(uri)) == told(conf, {shop: "Listen 81\n"}).get(uri, [])

    play(scene, capabilities(pull=False))


def test_what_was_pulled_is_not_pushed(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.pulled(editor.open(conf / "sites-enabled/shop.conf"))
        assert editor.published == []

    play(scene)


@pytest.mark.parametrize("encodings", [["utf-7", "utf-8", "utf-16"], ["utf-32", "utf-8"], []], ids=str)
def test_the_first_encoding_that_is_known_counts(conf: Path, encodings: list[str]) -> None:
    async def scene(editor: Editor) -> None:
        assert editor.encoding == next((one for one in encodings if one != "utf-7"), "utf-16")
        uri = editor.open(conf / "sites-enabled/shop.conf")
        found = {str(one.code): one.range for one in await editor.pulled(uri)}
        double = found["duplicate-daemon-process"]
        start, end = (offset(SITE, one, editor.encoding) for one in (double.start, double.end))
        assert SITE[start:end] == "shop"
        # Behind characters of each width in each encoding.
        line = SITE.split("\n")[4]
        at = types.Position(4, units(line[: line.index(" threads")], editor.encoding))
        editor.change(uri, types.TextEdit(types.Range(at, at), " shutdown-timeot=3"))
        assert editor.texts[uri].split("\n")[4] == line.replace(" threads", " shutdown-timeot=3 threads")
        misspelt, *_ = [one for one in await editor.pulled(uri) if "shutdown-timeot" in one.message]
        start, end = (
            offset(editor.texts[uri], one, editor.encoding) for one in (misspelt.range.start, misspelt.range.end)
        )
        assert "shutdown-timeot" in editor.texts[uri][start:end]

    play(scene, capabilities(encodings=encodings))


def test_lines_end_where_the_protocol_says(tmp_path: Path) -> None:
    """A form feed, U+0085 and U+2028 are characters of a line."""
    text = "# a\x0cb\u2028c\x85d\x1ce\r\nNameVirtualHost *:80\r\n# \u2028\r\nListen 8080\r\n"
    conf = server(tmp_path / "conf", {"odd": text})

    async def scene(editor: Editor) -> None:
        uri = editor.open(conf / "sites-enabled/odd.conf", text)
        assert said(await editor.pulled(uri)) == told(conf)[uri]
        edits = await editor.formatted(uri)
        assert applied(text, edits) == text.replace("NameVirtualHost *:80\r\n", "")
        editor.change(uri, types.TextEdit(types.Range(types.Position(1, 0), types.Position(2, 0)), ""))
        assert await editor.formatted(uri) == []

    play(scene)


# -- which server a file belongs to ----------------------------------------------------------------------------------------


def test_the_server_is_the_nearest_above_the_file(tmp_path: Path) -> None:
    outer = server(tmp_path / "conf", {"shop": SITE})
    inner = server(
        outer / "copy", {"blog": BLOG}, MAIN.replace("    Require all denied\n", "    Require all granted\n")
    )
    (tmp_path / "elsewhere").mkdir()

    async def scene(editor: Editor) -> None:
        blog = editor.open(inner / "sites-enabled/blog.conf")
        assert said(await editor.pulled(blog)) == told(inner)[blog]
        shop = editor.open(outer / "sites-enabled/shop.conf")
        assert said(await editor.pulled(shop)) == told(outer)[shop]

    # Wherever the editor works; most other scenes have an editor that works nowhere.
    play(scene, folders=[tmp_path / "elsewhere"])


@pytest.mark.slow
def test_servers_where_the_editor_works_are_checked_with_nothing_open(tmp_path: Path) -> None:
    one = server(tmp_path / "one", {"shop": SITE})
    other = server(tmp_path / "other/etc/apache2", {"blog": BLOG})

    async def scene(editor: Editor) -> None:
        report = await editor.ask(editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([])))
        assert {each.uri: said(each.items) for each in report.items} == told(one) | told(other)
        found = await editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("shop.example")))
        assert [each.name for each in found] == ["<VirtualHost *:80> shop.example"]
        # One directory is left.
        gone = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(uri_of(one), "one")])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(gone))
        report = await editor.ask(editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([])))
        assert {each.uri for each in report.items} == set(told(other))

    play(scene, folders=[one, tmp_path / "other"])


def test_a_link_is_named_as_it_was_opened(tmp_path: Path) -> None:
    conf = server(tmp_path / "conf", {})
    (conf / "sites-available").mkdir()
    (conf / "sites-available/shop.conf").write_text(SITE)
    link = conf / "sites-enabled/my shop.conf"
    link.symlink_to("../sites-available/shop.conf")

    async def scene(editor: Editor) -> None:
        # Editors encode more than they must.
        uri = uri_of(link).replace("shop.conf", "sh%6Fp.conf")
        editor.open(link, uri=uri)
        (found,) = told(conf).values()
        assert said(await editor.pushed(uri)) == found
        assert {one.uri for one in editor.published if tmp_path.name in one.uri} == {uri}
        (double,) = [one for one in await editor.pushed(uri) if one.code == "duplicate-daemon-process"]
        assert [one.location.uri for one in double.related_information] == [uri]
        fixes = await editor.actions(uri, double.range)
        assert [list(one.edit.changes) for one in fixes if one.kind == "quickfix"] == [[uri]]

    play(scene, capabilities(pull=False))


def test_a_site_that_is_not_enabled_is_read_as_if_it_were(conf: Path) -> None:
    (conf / "sites-available").mkdir()
    new = conf / "sites-available/new.conf"
    new.write_text(SITE)

    async def scene(editor: Editor) -> None:
        uri = editor.open(new)
        wanted = json.loads(api.load(new).check().to_json())["findings"]
        assert [one.code for one in await editor.pulled(uri)] == [one["rule"] for one in wanted]
        assert "duplicate-daemon-process" in {one["rule"] for one in wanted}

    play(scene)


def test_a_file_of_no_server_is_a_fragment(tmp_path: Path) -> None:
    path = tmp_path / "site.conf"
    path.write_text(SITE)

    async def scene(editor: Editor) -> None:
        uri = editor.open(path)
        assert said(await editor.pulled(uri)) == told(path)[uri]

    play(scene)


def test_scripts_are_looked_into(tmp_path: Path) -> None:
    conf = server(tmp_path / "conf", {"shop": SITE.replace("/srv/shop", str(tmp_path / "srv"))})
    script = tmp_path / "srv/app.wsgi"
    script.parent.mkdir()
    script.write_text("def application(environ, start_response):\n    print 'old'\n")

    async def scene(editor: Editor) -> None:
        alone = editor.open(script, language="python")
        wanted = told(script)[alone]
        assert wanted
        assert [one.code for one in await editor.pulled(alone)] == [one[0] for one in wanted]
        editor.open(conf / "sites-enabled/shop.conf")
        assert {one.code for one in await editor.pulled(alone)} >= {one[0] for one in wanted}
        helper = editor.open(tmp_path / "srv/helper.py", "print 'old'\n", language="python")
        assert await editor.pulled(helper) == []

    play(scene)


# -- what it offers to do --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_actions_are_what_the_command_does(conf: Path) -> None:
    shop, blog = conf / "sites-enabled/shop.conf", conf / "sites-enabled/blog.conf"

    async def scene(editor: Editor) -> None:
        text = SITE.replace("NameVirtualHost *:80\n", "NameVirtualHost *:80\n\n\n")
        uri, _ = editor.open(shop, text), editor.open(blog)
        over = {shop: text}
        found = await editor.pulled(uri)
        rules = set()
        for one in found:
            for action in await editor.actions(uri, one.range, [types.CodeActionKind.QuickFix]):
                if one.code not in {each.code for each in action.diagnostics}:
                    continue
                rules.add(one.code)
                assert changed(editor, action.edit) == fixed(conf, one.data["fixable"], over, str(one.code))
        assert {"duplicate-daemon-process", "name-virtual-host"} <= rules

        (all_safe,) = await editor.actions(uri, whole(text), ["source.fixAll"])
        assert all_safe.kind == "source.fixAll.modwsgi-fix"
        safe = fixed(shop, "safe", over)
        assert changed(editor, all_safe.edit) == safe
        edits = await editor.formatted(uri)
        assert {uri: applied(text, edits)} == safe
        assert len(edits) > 1
        assert all(edit.range.end.line - edit.range.start.line <= 1 for edit in edits)
        # Of a range, what lies in it.
        params = types.DocumentRangeFormattingParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(3, 0), types.Position(14, 0)),
            types.FormattingOptions(4, True),
        )
        edits = await editor.ask(editor.client.text_document_range_formatting_async(params))
        assert applied(text, list(edits)).startswith("NameVirtualHost")
        assert applied(text, list(edits)).count("WSGIDaemonProcess") == 1

        for only in (["source.organizeImports"], ["refactor"], ["source.fixAll.eslint"], ["quickfixes"]):
            assert await editor.actions(uri, whole(text), only) == []
        editor.set(uri, fixed(conf, "safe", over)[uri])
        assert await editor.formatted(uri) == []
        assert await editor.actions(uri, whole(text), ["source"]) == []

    play(scene)


@pytest.mark.slow
def test_indentation_is_formatted_where_it_is_set(conf: Path) -> None:
    shop = conf / "sites-enabled/shop.conf"
    untidy = SITE.replace("    ServerName", "ServerName  \t").replace("        Require", "   Require")
    tidy = formatted(fixed(shop, "safe", {shop: untidy})[uri_of(shop)])

    async def scene(editor: Editor) -> None:
        editor.configure(indentation=True)
        uri = editor.open(shop, untidy)
        assert formatted(untidy) != untidy
        edits = await editor.formatted(uri)
        assert applied(untidy, edits) == tidy
        assert len(edits) > 3
        at = types.Range(types.Position(3, 0), types.Position(4, 0))
        params = types.DocumentRangeFormattingParams(
            types.TextDocumentIdentifier(uri), at, types.FormattingOptions(4, True)
        )
        edits = await editor.ask(editor.client.text_document_range_formatting_async(params))
        assert applied(untidy, list(edits)) == untidy.replace("ServerName  \t", "    ServerName  \t")
        editor.set(uri, tidy)
        assert await editor.formatted(uri) == []
        # It can be taken back while the editor runs.
        editor.configure(indentation=False)
        editor.set(uri, untidy)
        assert applied(untidy, await editor.formatted(uri)) == fixed(shop, "safe", {shop: untidy})[uri]

    play(scene)


def test_edits_come_later_to_who_can_wait(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        uri = editor.open(conf / "sites-enabled/shop.conf")
        actions = await editor.actions(uri, whole(SITE))
        assert {one.kind for one in actions} == {"quickfix", "source.fixAll.modwsgi-fix"}
        assert [one.edit for one in actions] == [None] * len(actions)
        for one in actions:
            resolved = await editor.ask(editor.client.code_action_resolve_async(one))
            if one.kind != "quickfix":
                assert changed(editor, resolved.edit) == fixed(conf / "sites-enabled/shop.conf", "safe")

    play(scene, capabilities(resolve=True))


# -- whatever happens ------------------------------------------------------------------------------------------------------


def test_nothing_pops_up_while_somebody_types(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        uri = editor.open(conf / "sites-enabled/shop.conf")
        lost = "file:///no/such/file.conf"
        for text in (
            "",
            "<",
            "<VirtualHost",
            "WSGIScriptAlias",
            "Define X \\",
            '"',
            "</VirtualHost>",
            "\0",
            'WSGIDaemonProcess a b="c',
            "${",
            "Use X",
        ):
            editor.set(uri, text)
            await editor.pulled(uri)
            await editor.formatted(uri)
        editor.open("", SITE, uri="untitled:Untitled-1")
        assert await editor.pulled("untitled:Untitled-1") == []
        assert await editor.formatted("untitled:Untitled-1") == []
        assert await editor.actions("untitled:Untitled-1", whole(SITE)) == []
        # Out of order: a change and a closing of what was never opened, and a range that is not there.
        change = types.TextDocumentContentChangePartial(types.Range(types.Position(7, 7), types.Position(3, 1)), "x")
        for one in (lost, uri):
            params = types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(9, one), [change])
            editor.client.text_document_did_change(params)
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(lost)))
        assert await editor.pulled(lost) == []
        await editor.pulled(uri)
        assert editor.client.messages == []

    play(scene)


def test_a_request_that_is_cancelled_holds_nothing_up(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        uri = editor.open(conf / "sites-enabled/shop.conf")
        await editor.pulled(uri)
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        future = editor.client.protocol.send_request(types.TEXT_DOCUMENT_DIAGNOSTIC, params, msg_id="late")
        editor.client.cancel_request(types.CancelParams("late"))
        answered = asyncio.wrap_future(future)
        await asyncio.wait([answered], timeout=KILL)
        assert answered.done()
        assert answered.exception() is None or "cancel" in str(answered.exception())
        assert said(await editor.pulled(uri)) == told(conf)[uri]

    play(scene)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "sys.modules['pygls'] = None\n"
        "import importlib.util as util\n"
        "there = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'pygls' else there(name, *rest)\n"
        "from modwsgi_fix.cli import main\n"
        "sys.argv = ['modwsgi-fix', 'server']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "modwsgi-fix: the language server needs pygls: pip install 'modwsgi-fix[lsp]'\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last", "code"), [(["shutdown", "exit"], 0), (["exit"], 1), ([], 1)], ids=["in order", "at once", "gone"]
)
def test_it_ends_with_its_editor(last: list[str], code: int) -> None:
    def messages() -> Iterator[bytes]:
        start = {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
        for message in (start, *({"method": one, **({"id": 2} if one == "shutdown" else {})} for one in last)):
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
            yield b"Content-Length: %d\r\n\r\n%s" % (len(body), body)

    done = subprocess.run(SERVER, input=b"".join(messages()), capture_output=True, timeout=60, check=False)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
