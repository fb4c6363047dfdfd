"""What a key costs, in calls of functions: neither the speed of the machine nor what else runs there counts."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from editor import uri_of
from lsprotocol import types
from support import called, one_file
from test_again import NAMES, counted, written
from test_lsp_keystrokes import Editor, codes, fresh, reads

from modwsgi_fix.engine.run import Run
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import Disk
from modwsgi_fix.lsp import pulling
from modwsgi_fix.model.lines import lines_with
from modwsgi_fix.model.merge.access import access_of, grants_in

#: What ``benchmarks/editor.py`` has outside of hosts.
OUTSIDE = """\
ServerRoot "/etc/apache2"
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
ServerName server.example.com
<Directory />
    Options None
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional sites/*.conf
"""
#: What the host of 190 lines in ``benchmarks/editor.py`` says, with another name.
HOST = """\
<VirtualHost *:80>
    ServerName {name}.example.com
    ErrorLog /var/log/apache2/{name}.log
    WSGIDaemonProcess {name} processes=2 threads=15 python-home=/srv/{name}/venv
    WSGIProcessGroup {name}
    WSGIApplicationGroup %{{GLOBAL}}
{static}    WSGIScriptAlias / /srv/{name}/app/wsgi.py
    <Directory /srv/{name}/app>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>
</VirtualHost>
# The end.
"""
STATIC = """\
    Alias /s{at}/ /srv/{name}/static{at}/
    <Directory /srv/{name}/static{at}>
        Require all granted
    </Directory>
"""


def hosts(count: int = 44, names: tuple[str, ...] = tuple(NAMES)) -> dict[str, str]:
    """A server of hosts with so many directories of static files each."""
    server = {"apache2.conf": OUTSIDE}
    for number, name in enumerate(names):
        static = "".join(STATIC.format(at=at, name=name) for at in range(count))
        server[f"sites/{number:02}.conf"] = HOST.format(name=name, static=static)
    return server


def pulled(editor: Editor) -> object:
    """What an editor is told that asks about the open file."""
    document = types.TextDocumentIdentifier(uri_of(editor.path))
    return pulling.document(editor.state, types.DocumentDiagnosticParams(document))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "typed", "most"),
    [
        ("    ServerName ", "XXXX", 32_000),
        ("    # The upload", "s of us", 1_200),
        ("    Alias /uploads/ /srv/of/uplo", "ads", 38_000),
        ("    <Directory /srv/of/upl", "oads", 44_000),
    ],
    ids=["a value", "a comment", "a path", "a section half typed"],
)
def test_a_key_calls_no_more_functions_than_it_did(tmp_path: Path, line: str, typed: str, most: int) -> None:
    """The figures are those of Python 3.11, which calls the most; without a tenth that is left for other Pythons."""
    server = hosts()
    editor = Editor(written(tmp_path, server) / "sites/04.conf", server["sites/04.conf"])
    pulled(editor)
    editor.state.answers.prepare()
    at = editor.text.find(line) + len(line)
    if at < len(line):
        at = editor.text.index("    WSGIDaemonProcess")
        editor.type(at, f"{line}\n")
        at += len(line)
    taken = []
    for number, char in enumerate(typed):
        pulled(editor)
        editor.state.answers.prepare()
        editor.type(at + number, char)
        taken.append(called(partial(pulled, editor)))
    # The first key reads the old text in the same way.
    assert max(taken[2:]) < most, taken


def test_in_a_server_of_some_hundred_lines_no_fix_is_tried_at_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it read as a whole, although its hosts are alike in nothing: each has a fault of its own."""
    server = hosts(8, tuple(NAMES)[:6])
    faults = ("    Timeout x\n", "    Alias /of/ /srv/of\n", "    Options Indexes -FollowSymLinks\n", "    Redir\n")
    for number, fault in enumerate(faults):
        path = f"sites/{number:02}.conf"
        server[path] = server[path].replace("    WSGIProcessGroup", f"{fault}    WSGIProcessGroup")
    assert 200 < sum(text.count("\n") for text in server.values()) < 400
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    everything = codes(editor.said())
    assert any(code == "alias-trailing-slash" for code, _ in everything)
    tried: list[object] = []
    to = Run.to
    monkeypatch.setattr(Run, "to", lambda *given: tried.append(1) or to(*given))
    whole = reads(monkeypatch)
    at = editor.text.index("ServerName ") + len("ServerName ")
    editor.type(at, "X")
    editor.said()
    editor.type(at, "X")
    lines = counted(monkeypatch, editor.said)
    assert not tried
    assert not whole
    # The host that is typed in, and what is outside of hosts.
    assert lines < 60
    assert codes(editor.said()) <= fresh(editor, directory)


def test_the_servers_above_a_text_are_not_looked_for_at_each_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = hosts(1)
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    asked: list[str] = []
    is_file = Disk.is_file
    monkeypatch.setattr(Disk, "is_file", lambda self, path: asked.append(path) or is_file(self, path))
    for _ in range(3):
        editor.type(0, "#")
        editor.said()
    assert not any(path.endswith(".conf") for path in asked)
    editor.state.buffers.stale()
    editor.said()
    assert any(path.endswith(".conf") for path in asked)


@pytest.mark.parametrize("text", ["Order a\norder b\n", "<X>\nKey = 'a\n</X>\nA \\\nb=c\n", "a", "", "İ = 'order'\n'", "a=b\r\n'x' y\r\n"])  # fmt: skip
@pytest.mark.parametrize(
    ("pattern", "having"),
    [
        (expression(r"^[ \t]*order[ \t]", re.M | re.I), ("order",)),
        (expression(r"[ \t]*=", re.M), ("=",)),
        (expression(r"'[^'\n]*$", re.M), ("'", '"')),
    ],
)
def test_lines_without_a_sign_need_not_be_searched(
    text: str, pattern: re.Pattern[str], having: tuple[str, ...]
) -> None:
    searched, less = (next(iter(one_file(text).files.values())) for _ in range(2))
    found = [(node.start, len(parents)) for node, parents in lines_with(searched, pattern)]
    assert [(node.start, len(parents)) for node, parents in lines_with(less, pattern, having)] == found


def test_sections_with_the_same_text_may_say_something_else() -> None:
    """Where a variable is another one, and where a condition around one of them is not decided."""
    same = "Require all granted\n</Directory>\n"
    config = one_file(
        f"Define who granted\n<Directory /a>\nRequire all ${{who}}\n</Directory>\nDefine who denied\n"
        f"<Directory /b>\nRequire all ${{who}}\n</Directory>\n<Directory /c>\n{same}<Directory /d>\n{same}"
        f"<IfDefine X>\n<Directory /e>\n{same}</IfDefine>\n<Directory /f>\nRequire all denied\n</Directory>\n"
    )
    said = {section.value: grants_in(config, section) for section in config.named("directory")}
    assert said == {section.value: access_of(section).grants for section in config.named("directory")}
    assert (said["/a"], said["/b"], said["/c"], said["/d"], said["/f"]) == (True, False, True, True, False)
