"""What mod_wsgi does with scripts that rules report and do not mend: each request is an error 500, as their pages say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from . import product
from .cases import opened
from .probe import probes
from .server import Setup, run
from .test_reported import Reported, reported

_HEAD = "def application(environ, start_response):\n"
_BEGINS = f"{_HEAD}    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
_ANSWERS = f"{_BEGINS}    return [b'Hello']\n"
_MOUNT = "WSGIDaemonProcess site\nWSGIProcessGroup site\nWSGIScriptAlias / /srv/w/app.wsgi\n" + opened("/srv/w")
#: A package whose application starts a server, on a port that is taken.
_RUNS = "class application:\n    def run():\n        raise OSError('Address already in use')\n"
_URL = "http://a.example/"


class _Failing(NamedTuple):
    """A script, the rule that reports it, and a piece of what mod_wsgi writes to the log for a request."""

    name: str
    rule: str
    script: str
    logged: str


_CASES = [
    _Failing(
        "one argument", "application-arguments", "def application(environ):\n    return []\n", "positional argument"
    ),
    _Failing(
        "three arguments",
        "application-arguments",
        "def application(self, environ, start_response):\n    return []\n",
        "missing 1 required positional argument",
    ),
    _Failing(
        "a class that nobody makes an object of",
        "application-arguments",
        "class application:\n    def __call__(self, environ, start_response):\n        return []\n",
        "takes no arguments",
    ),
    _Failing("no body", "application-returns-nothing", _BEGINS, "'NoneType' object is not iterable"),
    _Failing(
        "no status", "start-response-not-called", f"{_HEAD}    return [b'Hello']\n", "response has not been started"
    ),
    _Failing(
        "no status and a body that is made piece by piece",
        "start-response-not-called",
        f"{_HEAD}    yield b'Hello'\n",
        "response has not been started",
    ),
    _Failing(
        "a coroutine",
        "asgi-application",
        "async def application(environ, start_response):\n    return []\n",
        "'coroutine' object is not iterable",
    ),
    _Failing(
        "an application that another server calls",
        "asgi-application",
        "import types, sys\nsys.modules['tornado'] = types.ModuleType('tornado')\n"
        "web = sys.modules['tornado.web'] = types.ModuleType('tornado.web')\n"
        "class Application:\n    def __call__(self, request):\n        pass\n"
        "web.Application = Application\nfrom tornado.web import Application\napplication = Application()\n",
        "takes 2 positional arguments but 3 were given",
    ),
    _Failing(
        "another program in the place of the process",
        "process-ended-by-script",
        f"import os, sys\nos.execl('/bin/sh', 'sh', '-c', 'exit 0')\n{_ANSWERS}",
        "Truncated or oversized response headers received from daemon process 'site'",
    ),
    _Failing(
        "the application of a package that is run on import",
        "module-level-server",
        "import sys\nsys.path.insert(0, '/srv/w')\nfrom shop import application\napplication.run()\n",
        "Address already in use",
    ),
    _Failing("an exit at the top", "process-ended-by-script", f"import sys\nsys.exit(1)\n{_ANSWERS}", "SystemExit"),
    _Failing(
        "an exit in the application",
        "process-ended-by-script",
        _BEGINS.replace("def", "import sys\ndef", 1) + "    sys.exit(0)\n",
        "SystemExit",
    ),
    _Failing(
        "a body that is rewound",
        "stream-misused",
        _BEGINS + "    environ['wsgi.input'].seek(0)\n    return []\n",
        "no attribute 'seek'",
    ),
    _Failing(
        "an error log that is read",
        "stream-misused",
        _BEGINS + "    return [environ['wsgi.errors'].read()]\n",
        "Exception occurred processing WSGI script",
    ),
    _Failing(
        "a line end in a header",
        "bad-start-response",
        _ANSWERS.replace("'text/plain'", "'text/plain\\n'"),
        "present in header value",
    ),
    _Failing(
        "a name that is gone, in a function",
        "python-2-name",
        _BEGINS + "    return [unicode('Hello').encode()]\n",
        "name 'unicode' is not defined",
    ),
    _Failing(
        "a method that is gone",
        "python-2-name",
        _BEGINS + "    keys = environ.keys()\n    keys.sort()\n    return []\n",
        "has no attribute 'sort'",
    ),
    *(
        _Failing(f"a name that nothing binds, {name}", "name-not-bound", f"{script}{_ANSWERS}", "is not defined")
        for name, script in (
            ("a module", "import sys\nlogging.basicConfig(stream=sys.stderr)\n"),
            ("an import below", "sys.path.append('/srv/w')\nimport sys\n"),
            ("a definition below", "limit = limits()\ndef limits():\n    return 1\n"),
            ("a default", "def limits(most=MOST):\n    return most\n"),
        )
    ),
    _Failing(
        "a log beside the script",
        "relative-path-in-script",
        f"import logging\nlogging.basicConfig(filename='log/shop.log')\n{_ANSWERS}",
        "log/shop.log'",
    ),
    _Failing(
        "a file beside the script",
        "relative-path-in-script",
        f"LINES = open('lines.txt').read()\n{_ANSWERS}",
        "No such file or directory: 'lines.txt'",
    ),
]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_the_script_is_reported_and_fails_as_its_page_says(case: _Failing, httpd: Path) -> None:
    tree = {"/srv/w/app.wsgi": case.script, "/srv/w/lines.txt": "one\n", "/srv/w/shop.py": _RUNS}
    assert case.rule in reported(Reported(case.name, case.rule, _MOUNT, {}, tree))
    found = run(Setup({"site.conf": _MOUNT}, tree), probes(_URL), httpd)
    assert found.started, found.messages
    assert found[_URL].status == 500
    assert case.logged in found.log


def test_what_writes_its_body_has_answered_already(httpd: Path) -> None:
    script = f"{_HEAD}    write = start_response('200 OK', [('Content-Type', 'text/plain')])\n    write(b'Hello')\n"
    tree = {"/srv/w/app.wsgi": script}
    assert "application-returns-nothing" not in reported(Reported("write", "", _MOUNT, {}, tree))
    found = run(Setup({"site.conf": _MOUNT}, tree), probes(_URL), httpd)
    assert found[_URL].status == 200


def test_what_writes_to_a_log_that_it_closed_is_never_answered(httpd: Path) -> None:
    script = f"{_BEGINS}    environ['wsgi.errors'].close()\n    environ['wsgi.errors'].write('late')\n    return []\n"
    tree = {"/srv/w/app.wsgi": script}
    assert "stream-misused" in reported(Reported("close", "", _MOUNT, {}, tree))
    found = run(Setup({"site.conf": _MOUNT}, tree), probes(_URL), httpd)
    assert found.started, found.messages
    assert found[_URL].status == 0


def test_an_empty_body_that_a_fix_returns_is_an_answer(httpd: Path) -> None:
    script = f"{_HEAD}    start_response('302 Found', [('Location', '{_URL}new')])\n    return\n"
    texts = {"site.conf": _MOUNT, "/srv/w/app.wsgi": script}
    after = product.fixed(texts, "safe", ["application-returns-nothing"])
    answers = [
        run(Setup({"site.conf": _MOUNT}, {"/srv/w/app.wsgi": text}), probes(_URL), httpd)[_URL]
        for text in (script, after["/srv/w/app.wsgi"])
    ]
    assert [(one.status, one.location) for one in answers] == [(500, ""), (302, f"{_URL}new")]
