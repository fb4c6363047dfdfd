"""Formatting: blanks at the beginning and end of lines, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CORPUS, SHARED, Run, refused, tree

from modwsgi_fix.edits import apply
from modwsgi_fix.formatting import indented, obstacle
from modwsgi_fix.syntax import Blank, Directive, Node, parse
from modwsgi_fix.text import decode


def formatted(text: str, path: str = "/site.conf") -> str:
    return apply(text, indented(parse(text), path))


UNTIDY = """\
  # A host.
<VirtualHost *:80>   \n\
ServerName   shop.example
        ServerAlias  www.example\t
\t# One:
\t#   - aligned within
\t  # deeper than its run

   \n\
<IfModule mod_wsgi.c>
WSGIDaemonProcess shop \\
    threads=5 \\
  processes=2  \n\
    <Directory /srv>
    Require all granted
   </Directory>  trailing words
</IfModule>
    </VirtualHost>
"""
TIDY = """\
# A host.
<VirtualHost *:80>
        ServerName   shop.example
        ServerAlias  www.example
        # One:
        #   - aligned within
          # deeper than its run


        <IfModule mod_wsgi.c>
                WSGIDaemonProcess shop \\
    threads=5 \\
  processes=2  \n\
                <Directory /srv>
                        Require all granted
                </Directory>  trailing words
        </IfModule>
</VirtualHost>
"""


def test_lines_are_indented_as_deep_as_they_are_nested() -> None:
    assert formatted(UNTIDY) == TIDY
    assert formatted(TIDY) == TIDY


@pytest.mark.parametrize("step", ["  ", "    ", "\t", "        "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_step_is_the_files_own(step: str, end: str) -> None:
    depths = [
        ("<A>", 0),
        ("x", 1),
        ("y", 1),
        ("<B c d>", 1),
        ("z", 2),
        ("</B>", 1),
        ("</A>", 0),
        ("<C>", 0),
        ("x", 1),
        ("</C>", 0),
    ]
    tidy = end.join(step * depth + line for line, depth in depths)
    assert formatted(tidy) == tidy
    assert formatted(tidy.replace(f"{step}{step}z", "z  \t").replace(f"{step}</B>", " </B>")) == tidy


@pytest.mark.parametrize(
    "text",
    [
        # What reads its lines itself.
        "<Perl>\n  print <<EOT;\n a  \n\tb\nEOT\n</Perl>\n",
        "<LuaHookFixups x y>\nfunction f() \n  return 1\nend\n</LuaHookFixups>\n",
        # Behind a backslash blanks decide whether lines are joined.
        "Foo a\\ \nBar\n",
        "Foo a \\\n   b   \\\n\t  c  \n",
        "# why \\\n      it goes on  \n",
        # What no one has filled in, and what httpd refuses.
        "<VirtualHost *:80>\n{% if tls %}\nSSLEngine on\n{% endif %}\n</VirtualHost>\n",
        "<VirtualHost *:80>\nServerName <%= name %>\n</VirtualHost>\n",
        "<VirtualHost *:80>\nServerName a\n",
        "<VirtualHost *:80>\nServerName a\n</Directory>\n",
        "",
        "\n\n",
        "\ufeffListen 80\n",
        "<A>\n    Foo a\0  \n</A>\n",
    ],
)
def test_what_is_left_as_it_is(text: str) -> None:
    assert formatted(text) == text


def test_what_surrounds_a_foreign_language_is_indented() -> None:
    text = "<IfModule mod_perl.c>\n<Perl>\n a \n</Perl>\n</IfModule>\n"
    assert formatted(text) == "<IfModule mod_perl.c>\n    <Perl>\n a \n    </Perl>\n</IfModule>\n"


def bare(text: str) -> list[str]:
    """The lines of a text without the blanks around them."""
    return [line.removesuffix("\r").strip(" \t") + "\r" * line.endswith("\r") for line in text.split("\n")]


def said(node: Node) -> str:
    """What a node says, without the blanks around it; of a section its opening line alone."""
    return (node.line_source if isinstance(node, Directive) else node.source).strip()


LINE = st.sampled_from([
    "<A>", "</A>", "<B c d>", "</B>", "Foo a  b", "  Foo", "\tFoo 'a ", "# c", "\t# d \\", "Foo \\", "Foo\\ ", "", "  ", "\\", " \\\r",
    "<Perl>", "</Perl>", "Foo a \r", "\r", "\x0b", '""', "{{ a }}", "Foo \xa0", "Foo \udcff ",
])  # fmt: skip


@given(st.lists(LINE, max_size=14).map("\n".join))
def test_nothing_but_blanks_around_lines_changes(text: str) -> None:
    after = formatted(text)
    assert bare(after) == bare(text)
    assert formatted(after) == after
    before, now = ([(type(n), said(n)) for n in parse(one).walk()] for one in (text, after))
    assert [one for one in before if one[0] is not Blank] == [one for one in now if one[0] is not Blank]


def files() -> list[Path]:
    own = [path for path in CORPUS.glob("*/conf/**/*") if path.is_file()]
    return sorted([*own, *SHARED.glob("configs/*")])


def test_every_file_of_the_corpus_stays_the_same_but_for_blanks() -> None:
    changed = 0
    for path in files():
        text = decode(path.read_bytes())
        after = formatted(text, str(path))
        assert bare(after) == bare(text), path
        assert formatted(after, str(path)) == after, path
        changed += after != text
    assert changed


def test_an_obstacle_is_named() -> None:
    assert obstacle(parse("<A>\nFoo\n"), "/a.conf").startswith("line 1: ")
    assert "Jinja" in obstacle(parse("{% if a %}\nFoo\n{% endif %}\n"), "/a.conf")


# -- the command -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "conf"
    directory.mkdir()
    (directory / "untidy.conf").write_text(UNTIDY)
    (directory / "tidy.conf").write_text("Listen 80\n")
    (directory / "broken.conf").write_text("<VirtualHost *:80>\nServerName a\n")
    monkeypatch.chdir(tmp_path)
    return directory


def test_it_writes_what_changes(conf: Path, run: Run) -> None:
    before = tree(conf)
    for option in ("--check", "--diff"):
        done = run("format", option, "conf")
        assert done.code == 1
        assert "untidy.conf" in done.out
        assert "tidy.conf\n" not in done.out.replace("untidy.conf\n", "")
        assert tree(conf) == before
    done = run("format", "conf")
    assert done.code == 0
    assert done.out == ""
    assert "conf/broken.conf: line 1: " in done.err
    assert done.err.endswith("1 file of 3 indented\n")
    assert tree(conf) == before | {"untidy.conf": TIDY.encode()}
    assert run("format", "--check", "conf").code == 0
    assert run("format", "--write", "conf").code == 0


def test_it_is_a_filter(run: Run) -> None:
    done = run("format", "--stdin-filename", "site.conf", "-", stdin=UNTIDY.encode())
    assert (done.code, done.out, done.err) == (0, TIDY, "")
    assert run("format", "-", stdin=b"\0\1\2\3" * 99).out == "\0\1\2\3" * 99
    assert run("format", "--check", "-", stdin=TIDY.encode()).code == 0
    assert run("format", "--diff", "-", stdin=UNTIDY.encode()).code == 1


def test_what_it_does_not_do_is_said_in_one_line(conf: Path, run: Run) -> None:
    for words in ([], ["--check", "--write", "conf"], ["-", "conf"], ["--stdin-filename", "a", "conf"], ["nowhere"]):
        assert refused(run("format", *words))
