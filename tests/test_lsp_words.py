"""The language server on words: what they mean, what may be typed, where names are, what the outline holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from editor import Editor, applied, capabilities, play, uri_of, whole
from lsprotocol import types

MAIN = """\
ServerRoot /etc/apache2
Define GROUP shop
Define PLAIN 1
Listen 80
<Directory />
    Require all denied
</Directory>
<Macro Site $name>
    Alias /media/$name /srv/$name/media
</Macro>
IncludeOptional sites-enabled/*.conf
<Directory /srv>
    Require all granted
</Directory>
"""
SHOP = """\
# WSGIDaemonProcess shop is defined here; Listen too
<VirtualHost *:80>
    ServerName shop.example
    WSGIDaemonProcess shop display-name=shop user=shop threads=5
    WSGIProcessGroup "shop"
    WSGIApplicationGroup shop
    <IfDefine NOT_HERE>
        WSGIScriptAlias /old /srv/shop/old.wsgi process-group=shop application-group=%{GLOBAL}
    </IfDefine>
    WSGIScriptAlias / /srv/shop/app.wsgi
    <IfModule mod_macro.c>
        Use Site shop
    </IfModule>
</VirtualHost>
"""
BLOG = """\
<VirtualHost *:443>
    ServerName shop.example
    WSGIProcessGroup shop
    WSGIScriptAlias /shop /srv/blog/app.wsgi process-group='shop'
    WSGIScriptAlias /shopping /srv/blog/app.wsgi process-group=shopping
    <IfDefine !PLAIN>
        use site blog
    </IfDefine>
    DocumentRoot /srv/${PLAIN}
</VirtualHost>
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    directory = tmp_path / "conf"
    (directory / "sites-enabled").mkdir(parents=True)
    (directory / "apache2.conf").write_text(MAIN)
    (directory / "sites-enabled/shop.conf").write_text(SHOP)
    (directory / "sites-enabled/blog.conf").write_text(BLOG)
    return directory


def at(text: str, word: str, nth: int = 0, *, inside: int = 1) -> types.Position:
    """A place inside the nth such word of a text."""
    offset = -1
    for _ in range(nth + 1):
        offset = text.index(word, offset + 1)
    offset += inside
    return types.Position(text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1))


async def hovered(editor: Editor, uri: str, place: types.Position) -> str:
    params = types.HoverParams(types.TextDocumentIdentifier(uri), place)
    found = await editor.ask(editor.client.text_document_hover_async(params))
    return "" if found is None else found.contents.value


async def completed(editor: Editor, uri: str, text: str) -> dict[str, str]:
    """What each offer makes of a text in which ``|`` is the cursor."""
    offset = text.index("|")
    whole_text = text.replace("|", "", 1)
    editor.set(uri, whole_text)
    place = types.Position(text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1))
    params = types.CompletionParams(types.TextDocumentIdentifier(uri), place)
    found = await editor.ask(editor.client.text_document_completion_async(params))
    return {one.label: applied(whole_text, [one.text_edit]) for one in found.items}


def places(locations: Sequence[types.Location]) -> set[tuple[str, int, int]]:
    return {(one.uri.rpartition("/")[2], one.range.start.line, one.range.start.character) for one in locations}


# -- hover -----------------------------------------------------------------------------------------------------------------


def test_hover_tells_what_a_word_is(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        shop, blog = (editor.open(conf / f"sites-enabled/{name}.conf") for name in ("shop", "blog"))
        alias = await hovered(editor, shop, at(SHOP, "WSGIScriptAlias"))
        for part in ("WSGIScriptAlias", "server config, virtual host", "mod\\_wsgi.c", "since mod\\_wsgi 1.0"):
            assert part in alias
        assert "Module: core.c" in await hovered(editor, shop, at(SHOP, "VirtualHost"))
        threads = await hovered(editor, shop, at(SHOP, "threads="))
        assert "`threads=`" in threads
        assert "Default: 15" in threads
        group = await hovered(editor, blog, at(BLOG, "WSGIProcessGroup shop", inside=18))
        assert "process group" in group
        assert "shop.conf:4" in group
        assert "blog.conf:4" in group
        assert "`1`" in await hovered(editor, blog, at(BLOG, "${PLAIN}", inside=3))
        assert "macro" in await hovered(editor, blog, at(BLOG, "use site", inside=5))
        # In a comment, on a closing tag, on nothing.
        assert await hovered(editor, shop, at(SHOP, "WSGIDaemonProcess")) == ""
        assert await hovered(editor, shop, at(SHOP, "Listen")) == ""
        assert await hovered(editor, shop, types.Position(99, 0)) == ""

    play(scene)


def test_hover_leads_to_the_page_of_what_is_wrong(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        text = SHOP.replace("</VirtualHost>", "NameVirtualHost *:80\n</VirtualHost>")
        shop = editor.open(conf / "sites-enabled/shop.conf", text)
        wrong = [one for one in await editor.pulled(shop) if one.range.start.line == text.count("\n") - 2]
        assert wrong
        said = await hovered(editor, shop, at(text, "NameVirtualHost"))
        assert all(f"[{one.code}]({one.code_description.href})" in said for one in wrong)

    play(scene)


# -- completion ------------------------------------------------------------------------------------------------------------


def test_completion_knows_what_may_stand_there(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf")

        async def offered(text: str) -> dict[str, str]:
            return await completed(editor, shop, text)

        host = "<VirtualHost *:80>\n    {}\n</VirtualHost>\n"
        found = await offered(host.format("wsgiscripta|"))
        assert set(found) == {"WSGIScriptAlias", "WSGIScriptAliasMatch"}
        assert found["WSGIScriptAlias"] == host.format("WSGIScriptAlias")
        in_directory = await offered("<Directory /srv>\n    |\n</Directory>\n")
        assert "Require" in in_directory
        assert not {"WSGIScriptAlias", "ServerName", "Listen"} & set(in_directory)
        assert "Listen" not in await offered(host.format("|"))
        assert "<Directory" in await offered(host.format("<Dir|"))
        assert (await offered("<VirtualHost *:80>\n    ServerName a\n</V|"))["</VirtualHost>"].endswith(
            "\n</VirtualHost>"
        )
        # A section that is not closed yet.
        assert "ServerName" in await offered("<VirtualHost *:80>\n    Server|")

        daemon = await offered(host.format("WSGIDaemonProcess shop threads=5 disp|"))
        assert daemon == {"display-name=": host.format("WSGIDaemonProcess shop threads=5 display-name=")}
        assert "threads=" not in await offered(host.format("WSGIDaemonProcess shop threads=5 \\\n        t|"))
        assert "python-home=" in await offered(host.format("WSGIDaemonProcess shop threads=5 \\\n        |"))
        assert set(await offered("WSGIDaemonProcess mine\nWSGIProcessGroup |")) == {"mine", "%{GLOBAL}"}
        assert "mine" in await offered("WSGIDaemonProcess mine\nWSGIScriptAlias / /srv/a.wsgi process-group=m|")
        assert set(await offered("WSGIPassAuthorization |")) == {"On", "Off"}
        assert (await offered("DocumentRoot /srv/${GRO|}"))["${GROUP}"] == "DocumentRoot /srv/${GROUP}}"
        assert set(await offered("Use s|")) == {"Site"}
        assert set(await offered("<IfDefine !P|")) == {"PLAIN"}
        assert "mod_rewrite.c" in await offered("<IfModule mod_rewr|")
        for text in ("# WSGI|", "    # |", "# a \\\n WSGI|"):
            assert await offered(text) == {}

    play(scene)


def test_completion_looks_under_the_root(conf: Path, tmp_path: Path) -> None:
    (tmp_path / "image/srv/shop").mkdir(parents=True)
    (tmp_path / "image/srv/shop/app.wsgi").write_text("application = None\n")

    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf")
        assert await completed(editor, shop, "DocumentRoot /srv/sh|") == {"shop": "DocumentRoot /srv/shop"}
        found = await completed(editor, shop, 'WSGIScriptAlias / "/srv/shop/a|')
        assert found == {"app.wsgi": 'WSGIScriptAlias / "/srv/shop/app.wsgi'}
        assert await completed(editor, shop, "WSGIScriptAlias /srv/sh|") == {}

    play(scene, options={"root": str(tmp_path / "image")})


# -- names -----------------------------------------------------------------------------------------------------------------


def test_names_are_found_in_all_files(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        blog = editor.open(conf / "sites-enabled/blog.conf")
        identifier = types.TextDocumentIdentifier(blog)

        async def defined(place: types.Position) -> set[Any]:
            return places(
                await editor.ask(
                    editor.client.text_document_definition_async(types.DefinitionParams(identifier, place))
                )
            )

        async def used(place: types.Position, *, with_definition: bool) -> set[Any]:
            params = types.ReferenceParams(types.ReferenceContext(with_definition), identifier, place)
            return places(await editor.ask(editor.client.text_document_references_async(params)))

        group = at(BLOG, "WSGIProcessGroup shop", inside=18)
        assert await defined(group) == {("shop.conf", 3, 22)}
        uses = {("shop.conf", 4, 22), ("shop.conf", 7, 62), ("blog.conf", 2, 21), ("blog.conf", 3, 60)}
        assert await used(group, with_definition=False) == uses
        assert await used(group, with_definition=True) == uses | {("shop.conf", 3, 22)}
        assert await defined(at(BLOG, "PLAIN")) == {("apache2.conf", 2, 7)}
        assert await used(at(BLOG, "PLAIN", 1), with_definition=False) == {("blog.conf", 5, 15), ("blog.conf", 8, 24)}
        assert await defined(at(BLOG, "site blog")) == {("apache2.conf", 7, 7)}
        assert await used(at(BLOG, "site blog"), with_definition=False) == {("blog.conf", 6, 12), ("shop.conf", 11, 12)}
        assert await defined(at(BLOG, "shop.example")) == set()

    play(scene)


def test_a_name_is_changed_everywhere_and_nothing_that_looks_alike(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        blog = editor.open(conf / "sites-enabled/blog.conf")
        identifier = types.TextDocumentIdentifier(blog)

        async def renamed(place: types.Position, new: str) -> dict[str, str]:
            edit = await editor.ask(
                editor.client.text_document_rename_async(types.RenameParams(identifier, place, new))
            )
            after = {}
            for uri, edits in edit.changes.items():
                name = uri.rpartition("/")[2]
                text = {"shop.conf": SHOP, "blog.conf": BLOG, "apache2.conf": MAIN}[name]
                after[name] = applied(text, edits)
            return after

        group = at(BLOG, "WSGIProcessGroup shop", inside=18)
        assert await renamed(group, "store") == {
            "shop.conf": SHOP.replace("WSGIDaemonProcess shop display", "WSGIDaemonProcess store display")
            .replace('WSGIProcessGroup "shop"', 'WSGIProcessGroup "store"')
            .replace("process-group=shop", "process-group=store"),
            "blog.conf": BLOG.replace("WSGIProcessGroup shop", "WSGIProcessGroup store").replace(
                "process-group='shop'", "process-group='store'"
            ),
        }
        assert await renamed(at(BLOG, "PLAIN"), "SIMPLE") == {
            "apache2.conf": MAIN.replace("PLAIN", "SIMPLE"),
            "blog.conf": BLOG.replace("PLAIN", "SIMPLE"),
        }
        assert await renamed(at(BLOG, "site blog"), "Place") == {
            "apache2.conf": MAIN.replace("Macro Site", "Macro Place"),
            "shop.conf": SHOP.replace("Use Site", "Use Place"),
            "blog.conf": BLOG.replace("use site", "use Place"),
        }
        for new in ("", "two words", "shopping", "a\tb", '"a"'):
            with pytest.raises(Exception, match=r"name|already|needs|one word"):
                await renamed(group, new)
        with pytest.raises(Exception, match="already"):
            await renamed(at(BLOG, "PLAIN"), "GROUP")
        with pytest.raises(Exception, match="no process group"):
            await renamed(at(BLOG, "ServerName"), "x")
        prepared = await editor.ask(
            editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(identifier, group))
        )
        assert prepared.placeholder == "shop"
        nothing = types.PrepareRenameParams(identifier, at(BLOG, "shop.example"))
        assert await editor.ask(editor.client.text_document_prepare_rename_async(nothing)) is None
        assert editor.client.messages == []

    play(scene)


def test_a_name_in_a_variable_is_not_changed_halfway(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        text = BLOG.replace("WSGIProcessGroup shop", "WSGIProcessGroup ${GROUP}")
        editor.open(conf / "sites-enabled/blog.conf", text)
        shop = editor.open(conf / "sites-enabled/shop.conf")
        place = at(SHOP, "WSGIDaemonProcess shop d", inside=19)
        identifier = types.TextDocumentIdentifier(shop)
        found = await editor.ask(
            editor.client.text_document_references_async(
                types.ReferenceParams(types.ReferenceContext(False), identifier, place)
            )
        )
        assert ("blog.conf", 2, 21) in places(found)
        with pytest.raises(Exception, match=r"written as \$\{GROUP\}"):
            await editor.ask(editor.client.text_document_rename_async(types.RenameParams(identifier, place, "store")))

    play(scene)


def test_what_a_file_elsewhere_says_is_not_offered(conf: Path, tmp_path: Path) -> None:
    """An Include may lead to any file that the user can read."""
    (tmp_path / "private.conf").write_text("Define Hidden42 verysecretvalue\nWSGIDaemonProcess concealed\n")
    (conf / "apache2.conf").write_text(f"{MAIN}Include {tmp_path}/private.conf\n")

    async def scene(editor: Editor) -> None:
        blog = editor.open(conf / "sites-enabled/blog.conf", "WSGIProcessGroup concealed\n")
        assert "concealed" not in await completed(editor, blog, "WSGIProcessGroup |")
        assert "${Hidden42}" not in await completed(editor, blog, "DocumentRoot ${H|")
        found = await editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("conceal")))
        assert found == []
        text = "DocumentRoot /srv/${Hidden42}\n"
        editor.set(blog, text)
        assert "secret" not in await hovered(editor, blog, at(text, "Hidden42"))

    play(scene)


# -- outlines --------------------------------------------------------------------------------------------------------------


def test_the_outline_has_each_host_from_opener_to_closer(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf")
        identifier = types.TextDocumentIdentifier(shop)
        (host,) = await editor.ask(
            editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(identifier))
        )
        assert host.name == "<VirtualHost *:80> shop.example"
        assert host.range == types.Range(types.Position(1, 0), types.Position(13, len("</VirtualHost>")))
        inner = [one.name.split()[0] for one in host.children]
        assert inner == [
            "WSGIDaemonProcess", "WSGIProcessGroup", "WSGIApplicationGroup", "<IfDefine", "WSGIScriptAlias", "<IfModule",
        ]  # fmt: skip
        assert [one.name for one in host.children[3].children] == [
            "WSGIScriptAlias /old /srv/shop/old.wsgi process-group=shop application-group=%{GLOBAL}"[:79] + "…"
        ]
        found = await editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("SHOP.EX")))
        assert {one.location.uri.rpartition("/")[2] for one in found} == {"shop.conf", "blog.conf"}
        found = await editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("site")))
        assert [one.name for one in found] == ["Site"]

    play(scene)


def test_sections_are_folded_and_selected(conf: Path) -> None:
    text = "# one\n# two\n<Directory /srv>\n    Require \\\n        all granted\n</Directory>\n"

    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf", text)
        identifier = types.TextDocumentIdentifier(shop)
        folds = await editor.ask(editor.client.text_document_folding_range_async(types.FoldingRangeParams(identifier)))
        assert [(one.start_line, one.end_line, one.kind) for one in folds] == [
            (0, 1, "comment"),
            (2, 4, None),
            (3, 4, None),
        ]
        params = types.SelectionRangeParams(identifier, [at(text, "granted")])
        (one,) = await editor.ask(editor.client.text_document_selection_range_async(params))
        steps = []
        while one is not None:
            steps.append((one.range.start.line, one.range.end.line))
            one = one.parent
        assert steps == [(4, 4), (3, 4), (3, 5), (2, 5), (0, 6)]

    play(scene)


def test_tokens_say_what_each_word_is(conf: Path) -> None:
    text = (
        '# ü \U0001f642\nWSGIDaemonProcess "a \U0001f642" threads=5\n<IfModule !${X}>\nNameVirtualHost *\n</IfModule>\n'
    )

    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf", text)
        legend = editor.begun.capabilities.semantic_tokens_provider.legend
        identifier = types.TextDocumentIdentifier(shop)
        found = await editor.ask(
            editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
        )
        lines = [line.encode("utf-16-le") for line in text.split("\n")]
        words, line, character = [], 0, 0
        for step, skip, length, kind, old in zip(*[iter(found.data)] * 5, strict=True):
            line, character = line + step, skip if step else character + skip
            word = lines[line][2 * character : 2 * (character + length)].decode("utf-16-le")
            words.append((word, legend.token_types[kind], bool(old)))
        assert words == [
            ("# ü \U0001f642", "comment", False),
            ("WSGIDaemonProcess", "function", False),
            ('"a \U0001f642"', "string", False),
            ("threads", "parameter", False),
            ("5", "number", False),
            ("IfModule", "keyword", False),
            ("${X}", "variable", False),
            ("NameVirtualHost", "function", True),
            ("IfModule", "keyword", False),
        ]

    # Who names no encoding counts in UTF-16.
    play(scene, capabilities(encodings=[]))


# -- between the lines -----------------------------------------------------------------------------------------------------


def test_hints_say_where_an_application_runs(conf: Path) -> None:
    async def scene(editor: Editor) -> None:
        shop = editor.open(conf / "sites-enabled/shop.conf")
        params = types.InlayHintParams(types.TextDocumentIdentifier(shop), whole(SHOP))
        found = await editor.ask(editor.client.text_document_inlay_hint_async(params))
        hints = {one.position.line: one.label for one in found}
        assert hints[1] == "also *:443 in blog.conf:1"
        assert hints[9] == "process group shop, interpreter shop"
        params.range = types.Range(types.Position(0, 0), types.Position(2, 0))
        found = await editor.ask(editor.client.text_document_inlay_hint_async(params))
        assert [one.position.line for one in found] == [1]

    play(scene)


def test_commands_answer_with_a_document(conf: Path, tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()

    async def scene(editor: Editor) -> None:
        editor.configure(root=str(tmp_path))
        shop = editor.open(conf / "sites-enabled/shop.conf")
        params = types.CodeLensParams(types.TextDocumentIdentifier(shop))
        lenses = await editor.ask(editor.client.text_document_code_lens_async(params))
        assert [(one.range.start.line, one.command.title) for one in lenses] == [
            (1, "what answers here"),
            (1, "what is exposed"),
        ]

        async def run(command: str, *arguments: str) -> str:
            asked = types.ExecuteCommandParams(command, list(arguments))
            return (await editor.ask(editor.client.workspace_execute_command_async(asked)))["text"]

        trace = await run(lenses[0].command.command, *lenses[0].command.arguments)
        assert trace.startswith("http://shop.example/\n")
        assert "/srv/shop/app.wsgi" in trace
        exposed = await run(lenses[1].command.command, *lenses[1].command.arguments)
        assert exposed == "No file is served.\n"
        explained = await run("modwsgi-fix.explain", shop, "AH00526: Name duplicates previous WSGI daemon definition.")
        assert "Name duplicates previous WSGI daemon definition" in explained
        assert "no server" in await run("modwsgi-fix.trace", uri_of("/no/such/file"), "http://shop.example/")
        assert (await run("modwsgi-fix.trace", shop, "http://[")).count("\n") == 1

    play(scene)
