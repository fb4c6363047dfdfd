"""Scripts are read where they stand: spans are those of our text, whatever line ends, bytes and tabs are in it."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from modwsgi_fix.script import NotPython3, bobo_resources, parse
from modwsgi_fix.text import decode

TEXTS = {
    "plain": "import os\napp = os.getcwd()\n",
    "crlf": "import os\r\napp = 'é'\r\ndef f(a):\r\n\treturn [app]\r\n",
    "tabs": "if 1:\n\tapp = 'x'\n\tother = [\n\t\t'y',\n\t]\n",
    "no final newline": "app = 'x'",
    "byte order mark": "\ufeffapp = 'x'\nb = app\n",
    "latin-1": decode(b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\napp = name\n"),
    "wide": "# \U0001f600 \u2028 \x85\napp = '\U0001f600'; b = app\n",
    "continued": "app = \\\n    'x'\n",
    "empty": "",
    "form feed": "\x0c\napp = 'x'\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_spans_are_of_our_text(text: str) -> None:
    module = parse(text)
    for one in module.all():
        if one.value_span is not None:
            assert text[slice(*one.value_span)] == one.value
        assert text[slice(*one.lines)].lstrip("\ufeff \t\x0c").startswith(text[slice(*one.span)][:3]) or not one.alone
        assert one.lines.contains(one.span)
        for string in one.strings:
            assert string.value in text[slice(*string.span)]
    if text:
        assert "app" in module.names


@pytest.mark.parametrize(
    ("text", "line"),
    [("print 'x'\n", 1), ("a = 1\n\nprint 'x'\nb = 1\n", 3), ("def f():\n    exec 'x' in {}\n", 2)],
)
def test_python_2_is_not_understood(text: str, line: int) -> None:
    with pytest.raises(NotPython3) as caught:
        parse(text)
    assert text.count("\n", 0, caught.value.span.start) + 1 == line


@pytest.mark.parametrize("text", ["\0", "a = (", "\ud800", "x = 1\ry = 2\r", "((((" * 300, "\t\x0cif:"])
def test_what_cannot_be_read_is_said_to_be(text: str) -> None:
    try:
        module = parse(text)
    except NotPython3 as error:
        found = error
    else:
        assert module.text == text
        return
    assert 0 <= found.span.start <= len(text)


def test_names_follow_imports_and_skip_the_main_guard() -> None:
    module = parse(
        "from bobo import query as q\nimport bobo.server, os.path as p\n"
        "@q('/x')\ndef x(): pass\n"
        "try:\n    from a import b\nexcept ImportError:\n    b = None\nelse:\n    c, (d, *e) = 1, (2, 3)\n"
        "if __name__ == '__main__':\n    hidden = 1\n"
    )
    assert set(module.names) == {"q", "bobo", "p", "x", "b", "c", "d", "e"}
    assert module.resolve("q") == "bobo.query"
    assert [one.targets for one in bobo_resources(module)] == [("x",)]


HOSTILE = {
    "brackets": "x = " + "(" * 200_000,
    "closed brackets": "x = " + "(" * 2_000 + ")" * 2_000,
    "attributes": "x = a" + ".a" * 100_000,
    "fewer attributes": "x = a" + ".a" * 2_500,
    "operators": "x = " + "not " * 2_500 + "a",
    "a long sum": "x = " + "+".join(["a"] * 2_900),
    "a line that is not Python": "print 'x', " + "a." * 100_000 + "a",
    "nothing": "x = 1\0",
    "lines": "x = 1\n" * 200_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_libcst_cannot_bear_is_not_given_to_it(text: str) -> None:
    """It ends the process for some of these, so that this runs in another one; the time is a kill switch only."""
    code = """
import sys
from modwsgi_fix.script import NotPython3, parse
from modwsgi_fix.script.faults import fault_of
text = sys.stdin.buffer.read().decode()
fault_of(text)
try:
    parse(text)
except NotPython3:
    sys.exit(3)
"""
    done = subprocess.run([sys.executable, "-c", code], input=text.encode(), check=False, timeout=120)
    assert done.returncode == 3


@pytest.mark.parametrize("word", [r"'\s'", r"b'\s'", r"u'\s'", r'"\s"'])
def test_an_escape_that_python_does_not_know_is_not_warned_of(word: str) -> None:
    """Python warns of it on standard error when it is asked for the value of the string."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        (statement,) = parse(f"f({word})\n").body
    assert statement.call is not None
    assert statement.call.arguments[0].literal in (r"\s", rb"\s")
    assert warned == []


@pytest.mark.parametrize("word", [r"'\x'", r"'\u12'", r"b'\xg'", r"'\N{no such name}'"])
def test_half_of_an_escape_has_no_value(word: str) -> None:
    (statement,) = parse(f"f({word})\n").body
    assert statement.call is not None
    assert statement.call.arguments[0].literal is None


def test_libcst_is_not_imported_without_a_script() -> None:
    code = """
import sys
from modwsgi_fix.engine import Job, check
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules
files = Memory({"site.conf": "WSGIScriptAlias / /srv/nothing.wsgi\\n"})
check(Job(find_sources(files, ["site.conf"])[0], list(all_rules().values())))
sys.exit("libcst" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
