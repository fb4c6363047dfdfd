"""Old scripts are read as tokens, new ones as values: whatever a script holds, nothing raises and nothing takes long."""

from __future__ import annotations

import ast

import pytest
from support import config_of
from test_linear import steps

from modwsgi_fix.rule import all_rules
from modwsgi_fix.script.entry_points import entry_points
from modwsgi_fix.script.python2 import constructs, modernized
from modwsgi_fix.script.responders import responders
from modwsgi_fix.script.source import source_of
from modwsgi_fix.script.tokens import statements
from modwsgi_fix.script.values import kind_of, module_scope

_APPLICATION = "def application(environ, start_response):\n"

#: Scripts that are hostile, broken or odd, each of a size of which twice as much can be made.
HOSTILE = {
    "quotes that never end": lambda n: "'''" + '"' * n + "x = 'a\n" * n,
    "brackets that never close": lambda n: "print (" * n,
    "backticks": lambda n: "`a` <> 0777\n" * n,
    "prints": lambda n: 'print "a", "b"\n' * n,
    "names that make each other": lambda n: (
        _APPLICATION
        + "".join(f"    a{i} = a{i + 1} + a{i + 1}\n" for i in range(n))
        + f"    a{n} = 'x'\n    return [a0]\n"
    ),
    "a name that makes itself": lambda n: _APPLICATION + "    a = a + a\n" * n + "    return [a]\n",
    "a long sum": lambda n: _APPLICATION + "    return [" + " + ".join(["'a'", "environ['X']"] * n) + "]\n",
    "functions that call each other": lambda n: (
        "".join(f"def f{i}(): return f{i + 1}() + f{i + 1}()\n" for i in range(n))
        + f"def f{{n}}(): return f0()\n{_APPLICATION}    return [f0()]\n".replace("{n}", str(n))
    ),
    "many answers": lambda n: _APPLICATION + "    x = 'a'\n" + "    if x: return [x]\n" * n,
    "many headers": lambda n: _APPLICATION + "    start_response(200, [" + "('a', 1), " * n + "])\n    return []\n",
    "many blocks": lambda n: _APPLICATION + "    if 1:\n        breakpoint()\n" * n + "    return []\n",
    "many threads": lambda n: "import threading\n" + "threading.Thread().start()\n" * n,
    "paths that make each other": lambda n: (
        "import os, sys\n"
        + "".join(f"a{i} = a{i + 1} + b{i + 1}\nb{i} = os.path.join(b{i + 1}, a{i + 1})\n" for i in range(n))
        + "sys.path.append(a0)\nopen(b0)\n"
    ),
    "many branches": lambda n: (
        f"{_APPLICATION}    if environ:\n        start_response('200 OK', [])\n"
        + "    elif environ:\n        start_response('200 OK', [])\n" * n
    ),
    "lists that are sorted": lambda n: _APPLICATION + "    a = environ.keys()\n    a.sort()\n    a.iteritems()\n" * n,
    "many ends": lambda n: "import os, sys\n" + "if os:\n    sys.exit()\nos._exit(1)\n" * n,
    "modules that are gone": lambda n: "import cgi, imp\nfrom collections import Mapping\ncgi.escape('a')\n" * n,
    "many directories": lambda n: "import sys\n" + "sys.path.append(__file__ + 'a')\nsys.path.append('a')\n" * n,
    "many streams": lambda n: _APPLICATION + "    environ['wsgi.errors'].write(b'a')\n" * n + "    return []\n",
    "bytes and marks": lambda n: "\ufeff# \udce9\u2028\x0c\n" * n + "x = '\udce9'\nprint >>x, 1\n",
}
_OURS = [rule for rule in all_rules().values() if rule.family == "scripts"]


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_twice_as_much_costs_twice_as_much(made) -> None:  # type: ignore[no-untyped-def]
    def told(size: int) -> None:
        config = config_of({"site.conf": "WSGIScriptAlias / /srv/a.wsgi\n", "/srv/a.wsgi": made(size)})
        for rule in _OURS:
            list(rule.check(config))

    small, large = (steps(lambda size=size: told(size)) for size in (20, 40))
    assert large <= 2.6 * small + 2000


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_tokens_are_of_the_text(made) -> None:  # type: ignore[no-untyped-def]
    text = made(7)
    for statement in statements(text):
        for token in statement:
            assert text[slice(*token.span)] == token.text
    for construct in constructs(text):
        assert 0 <= construct.span.start < construct.span.end <= len(text)
    modernized(text, keeps_python_2=True)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("'a'", "text"), ("f'{x}'", "text"), ("'%s' % x", "text"), ("x + 'a'", "text"), ("'a' * x", "text"),
        ("', '.join(x)", "text"), ("str(x)", "text"), ("json.dumps(x)", "text"), ("environ['PATH_INFO']", "text"),
        ("io.StringIO(x).getvalue()", "text"), ("open('x').read()", "text"), ("'a' if x else 'b'", "text"),
        ("b'a'", "bytes"), ("'a'.encode()", "bytes"), ("b'%s' % x", "bytes"), ("open('x', 'rb').read()", "bytes"),
        ("len(x)", "number"), ("1 + 2", "number"), ("int(x) + 1", "number"),
        ("x", ""), ("True", ""), ("None", ""), ("x % y", ""), ("x.join(y)", ""), ("'a' if x else b'b'", ""),
        ("environ['wsgi.input']", ""), ("open('x', x).read()", ""), ("'a' + b'b'", ""), ("hash(x)", ""), ("1 if x else 'a'", ""),
    ],
)  # fmt: skip
def test_kinds(expression: str, kind: str) -> None:
    text = f"import io, json\ndef application(environ, start_response):\n    return {expression}\n"
    source = source_of(text)
    assert source is not None
    (responder,) = responders(source, ("application",))
    (answer,) = [node.value for node in ast.walk(source.tree) if isinstance(node, ast.Return)]
    assert answer is not None
    assert kind_of(answer, responder.scope) == kind


@pytest.mark.parametrize(
    "text",
    [
        "str = list\nx = str(1)\n",
        "from x import *\nimport json as str\nx = str(1)\n",
        "x = 'a'\ndel x\n",
        "for x in 'ab': pass\n",
    ],
)
def test_a_name_that_means_something_else_is_nothing_certain(text: str) -> None:
    source = source_of(text)
    assert source is not None
    assert kind_of(ast.Name("x", ast.Load()), module_scope(source)) == ""


def test_spans_are_of_the_text_whatever_it_holds() -> None:
    text = "\ufeff# \udce9 \u2028\r\nname = 'caf\udce9 \U0001f600'; other = \"x\"\r\n"
    source = source_of(text)
    assert source is not None
    assert [source.code(node) for node in source.tree.body] == ["name = 'caf\udce9 \U0001f600'", 'other = "x"']
    assert not entry_points(source)
    assert not source.is_alone(source.tree.body[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 'a';print 'b'", "print('a');print('b')"),
        ("if 1: print 'a'\nelse: print lambda x: x\n", "if 1: print('a')\nelse: print(lambda x: x)\n"),
        ("x = {'a': 00, 'b': 0777L}; exec x", "x = {'a': 00, 'b': 0o777}; exec(x)"),
        ("raise ValueError, 'a' % 1\n", "raise ValueError('a' % 1)\n"),
        ("try: pass\nexcept a.B, (e): pass\n", "try: pass\nexcept a.B as e: pass\n"),
        ("# -*- coding: latin-1 -*-\r\nprint 'caf\udce9'\r\n", "# -*- coding: latin-1 -*-\r\nprint('caf\udce9')\r\n"),
        ("print 'a', \\\n  'b'\n", None),
        ("print 'a'\nraise E, e\n", None),
        ("print 'a'\ndef f((a, b)): pass\n", None),
        ("def print(x): pass\nx <> print\n", "def print(x): pass\nx != print\n"),
    ],
)
def test_python_2_becomes_python_3(before: str, after: str | None) -> None:
    changes = modernized(before, keeps_python_2=False)
    new = before
    for (start, end), words in reversed(changes or ()):
        new = new[:start] + words + new[end:]
    assert (new if changes else None) == after


@pytest.mark.parametrize(
    "text",
    [
        'import web\nif __name__ == "__main__":\n    app = web.application((), globals())\n    app.run()\n',
        'from pyramid.config import Configurator\nif __name__ == "__main__":\n    config = Configurator()\n',
        'import cherrypy\nif __name__ == "__main__":\n    cherrypy.tree.mount(Root(), "/")\n',
    ],
)
def test_what_only_a_main_guard_makes_is_no_entry_point(text: str) -> None:
    source = source_of(text)
    assert source is not None
    assert [one for one in entry_points(source) if one.is_certain] == []
