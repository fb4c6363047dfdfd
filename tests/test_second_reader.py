"""The second reader reads what httpd reads, and is heard only where it did."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modwsgi_fix import second_reader
from modwsgi_fix.second_reader import Shape, agrees, objection, shape_of_second, squeezed
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import decode

SHARED = Path(os.environ.get("MODWSGI_FIX_SHARED") or Path(__file__).resolve().parents[1] / "../shared")
CORPUS = SHARED / "corpus"


def as_httpd(text: str) -> tuple[Shape, ...] | None:
    """The shape by httpd's rules in as few words as can be, None where a section is not closed as it was opened."""
    stack: list[tuple[str, str, list[Shape]]] = [("", "", [])]
    for line in re.sub(r"\\\r?\n", "", text).split("\n"):
        line = line.strip(" \t\r")
        if line.startswith("</"):
            name, arguments, children = stack.pop()
            if name != "<" + line[2 : line.find(">")].lower():
                return None
            stack[-1][2].append((name, arguments, tuple(children)))
        elif line and not line.startswith("#"):
            section = line.startswith("<")
            if section and ">" not in line:
                return None
            name, _, arguments = squeezed(line[: line.rindex(">")] if section else line).partition(" ")
            if section:
                stack.append((name.lower(), arguments, []))
            else:
                stack[-1][2].append((name.lower(), arguments, ()))
    return tuple(stack[0][2]) if len(stack) == 1 else None


def valid_files() -> list[Path]:
    if not CORPUS.is_dir():
        return []
    verdicts = map(json.loads, (CORPUS / "httpd-verdicts.jsonl").read_text().splitlines())
    return [CORPUS / verdict["file"] for verdict in verdicts if verdict["ok"]]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is absent")
def test_it_reads_all_real_files_as_httpd_does() -> None:
    texts = {path.name: decode(path.read_bytes()) for path in valid_files()}
    assert len(texts) > 200
    wrong = [name for name, text in texts.items() if shape_of_second(text) != as_httpd(text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", ()),
        ("\n \n# only a comment", ()),
        ("Listen 80", (("listen", "80", ()),)),
        ("SSLEngine", (("sslengine", "", ()),)),
        ("WSGIScriptAlias / /a.wsgi # not a comment\n", (("wsgiscriptalias", "/ /a.wsgi # not a comment", ()),)),
        ("# a comment \\\nListen 80\nListen 81\n", (("listen", "81", ()),)),
        ("# a comment \\\r\nListen 80\r\nListen 81\r\n", (("listen", "81", ()),)),
        ("Allow \\\n  from \\\r\n all\n", (("allow", "from all", ()),)),
        ("Alias /a\\\nb /c\n", (("alias", "/ab /c", ()),)),
        ('Alias /a "/b  c"\nSetEnv a \'b\'\n', (("alias", '/a "/b c"', ()), ("setenv", "a 'b'", ()))),
        ('Foo "a" "b"\n', (("foo", '"a" "b"', ()),)),
        ("WSGIDaemonProcess a python-path=/x\nSetEnvIf X ^=b c=d\n",
         (("wsgidaemonprocess", "a python-path=/x", ()), ("setenvif", "X ^=b c=d", ()))),
        ("Include /none/*.conf\nIncludeOptional x\n",
         (("include", "/none/*.conf", ()), ("includeoptional", "x", ()))),
        ("Alias /* /x\nAlias /y */z\n", (("alias", "/* /x", ()), ("alias", "/y */z", ()))),
        ("<Location />\nFoo\n</location>\n", (("<location", "/", (("foo", "", ()),)),)),
        ("<If \"a > b\">\n</If>\n", (("<if", '"a > b"', ()),)),
        ("<Directory \\\n  /x>\n</Directory>\n", (("<directory", "/x", ()),)),
        ("\t<IfModule a>\r\n  <IfModule b>\r\n  </IfModule>\r\n</IfModule>",
         (("<ifmodule", "a", (("<ifmodule", "b", ()),)),)),
        ("Foo caf\udce9 \u2028x\n", (("foo", "caf\udce9 \u2028x", ()),)),
    ],
)  # fmt: skip
def test_what_it_reads(text: str, shape: tuple[Shape, ...]) -> None:
    assert shape_of_second(text) == shape
    assert as_httpd(text) == shape


@pytest.mark.parametrize(
    "text",
    [
        "<VirtualHost *>\nFoo\n",
        "</VirtualHost>\n",
        "<Directory /x>\n</Location>\n",
        "<Directory /x>\n</Directory >\n",
        "<Directory /x\n</Directory>\n",
        "<Directory /x>\n</Directory> Foo\n",
        '"\n',
        "<" * 50,
        "<a>\n" * 5000 + "</a>\n" * 5000,
    ],
)
def test_what_it_cannot_read(text: str) -> None:
    assert shape_of_second(text) is None
    assert shape_of_second("Listen 80\n") == (("listen", "80", ()),)


def test_it_is_heard_only_where_both_agreed_before() -> None:
    plain, strange = parse("Allow from all\n").children, parse("Foo <<EOF\n").children
    assert agrees(plain, parse("Require all granted\n").children)
    assert not agrees(plain, strange)
    assert not agrees(plain, [*plain, *strange])
    assert agrees(strange, strange)
    assert agrees([*plain, *strange], strange)


@pytest.mark.parametrize(
    ("before", "after", "objects"),
    [
        ("Allow from all\n", "Require all granted\n", False),
        ("<A b>\nFoo\n</A>\nBar\n", "Foo\nBar\n", False),
        ("", "Foo \\\n  bar\n", False),
        # To it "<<" begins a here-document: it does not read what we read.
        ("Foo\n", "Foo <<EOF\n", True),
        ("<A b>\nFoo\n</A>\n", "<A b>\nFoo <<EOF\n</A>\n", True),
        # What it did not read before it has no say on, and what has not changed it is not asked about.
        ("Foo <<EOF\n", "Foo <<FOE\n", False),
        ("Bar <<EOF\nFoo\n", "Bar <<EOF\nFoo 2\n", False),
        ("Bar <<EOF\nFoo\n", "Foo <<EOF\nBar <<EOF\n", True),
        ("<Perl>\n$x\n</Perl>\n", "<Perl>\n$y\n</Perl>\n", False),
        ("<A x>\n" * 2000 + "</A>\n" * 2000, "<A x>\n" * 2000 + "Foo\n" + "</A>\n" * 2000, False),
    ],
)  # fmt: skip
def test_its_objection_on_what_has_changed(before: str, after: str, objects: bool) -> None:  # noqa: FBT001
    assert (objection("site.conf", parse(before), parse(after)) is not None) is objects


@given(st.lists(st.sampled_from(["Foo a", "Bar b # c", "# why", "<A b>\nFoo\n</A>", ""])), st.data())
def test_it_agrees_to_what_is_plain(lines: list[str], data: st.DataObject) -> None:
    before = "".join(line + "\n" for line in lines)
    changed = [line for line in lines if data.draw(st.booleans())] + ["<B>\nQux 1\n</B>"]
    assert objection("site.conf", parse(before), parse("".join(line + "\n" for line in changed))) is None


ANY = st.text(st.sampled_from("<>/#\\\"' =\t\r\naB\udce9\x0b\u2028-${}*")) | st.text()


@given(ANY)
def test_it_never_raises_or_prints_and_remembers_nothing(text: str) -> None:
    first = shape_of_second(text)
    assert shape_of_second("<a b>\nc d\n</a>\n") == (("<a", "b", (("c", "d", ()),)),)
    assert shape_of_second(text) == first


def test_it_prints_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    # What ply would import, and so run, as the tables of an earlier run.
    (tmp_path / "parsetab.py").write_text("print('imported')")
    (tmp_path / "lextab.py").write_text("print('imported')")
    program = "from modwsgi_fix.second_reader import shape_of_second as s; s('A 8\\n<a>\\n</b>\\n'); s('Foo \\\\')"
    path = os.pathsep.join([str(tmp_path), *filter(None, map(os.path.abspath, sys.path))])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (b"", b"")
    assert {entry.name for entry in tmp_path.iterdir()} - {"__pycache__"} == {"lextab.py", "parsetab.py"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the second reader reads from now on."""
    read: list[str] = []
    shape = second_reader.shape_of_second

    def counted(text: str) -> tuple[Shape, ...] | None:
        read.append(text)
        return shape(text)

    monkeypatch.setattr(second_reader, "shape_of_second", counted)
    monkeypatch.setattr(second_reader, "_alike", {})
    monkeypatch.setattr(second_reader, "_seen", {})
    return read


def test_a_block_that_stays_is_read_once(read: list[str]) -> None:
    states = [
        f"<Once>\n{first}\n</Once>\n<Once>\n{other}\n</Once>\n"
        for first, other in (("A 1", "A 1 2"), ("A -1", "A +1"), ("A", "A +1"))
    ]
    assert [objection("site.conf", parse(was), parse(now)) for was, now in pairwise(states)] == [None, None]
    assert len(read) == len(set(read)) == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Foo a.example /srv/a\n", "Foo b9.example /srv/b9\n"),
        ('<A "x y">\n    Foo x, y\n</A>\n', '<A "yy z">\n    Foo yy, z\n</A>\n'),
    ],
)
def test_of_blocks_that_differ_in_their_words_one_is_read(read: list[str], one: str, other: str) -> None:
    assert agrees([], parse(one + other).children)
    assert read == [one]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Foo a a\n", "Foo a b\n"),
        ("Foo a\n", "Bar a\n"),
        ("Foo a.b\n", "Foo a-b\n"),
        ("Foo a\n", "Foo  a\n"),
        ("Foo a b\n", 'Foo a "b"\n'),
        ("Foo a\n", "Foo include\n"),
        ("<A1x>\n</A1x>\n", "<A1x>\n</A2x>\n"),
        ("Foo é\n", "Foo è\n"),
    ],
)
def test_blocks_that_differ_in_more_are_each_read(read: list[str], one: str, other: str) -> None:
    agrees([], parse(one).children)
    agrees([], parse(other).children)
    assert read == [one, other]


_WORDS = st.sampled_from(["a", "b", "include", "a1", "EOT"])
_LINES = st.lists(
    st.sampled_from(["Foo {}.{} {}\n", "<A {0}>\nFoo {1}\n</A>\n", "Foo <<{}\n{}\n", 'Foo "{}" \\\n {}\n'])
)


@given(_LINES, st.lists(_WORDS, min_size=3, max_size=3))
def test_what_is_remembered_is_what_would_be_read(lines: list[str], words: list[str]) -> None:
    for block in parse("".join(line.format(*words) for line in lines)).children:
        fresh = shape_of_second(block.source) == second_reader._ours([block])
        assert agrees([], [block]) is fresh
