"""What WSGI scripts say to mod_wsgi: their syntax, their answers, and what scripts about passwords return."""

from __future__ import annotations

import base64
from dataclasses import replace

from ..application import app
from ..case import Equal, EqualExcept
from ..probe import Probe, probes
from . import opened
from ._scripts import BESIDE, HANDLER, SITE, script_case

_LOGGED_IN = (("Authorization", "Basic " + base64.b64encode(b"joe:secret").decode()),)
_PRIVATE = Probe("a.example", "/app", headers=_LOGGED_IN)

_AUTH = script_case(
    "a check of passwords that answers with a number",
    "auth-script-result",
    app(),
    level="unsafe",
    conf="WSGIScriptAlias /app /srv/w/app.wsgi\n"
    "<Location /app>\n    AuthType Basic\n    AuthName x\n    AuthBasicProvider wsgi\n"
    "    WSGIAuthUserScript /srv/w/auth.py\n    Require valid-user\n</Location>\n" + opened("/srv/w"),
    modules=("auth_basic", "authz_user"),
    probes=(_PRIVATE,),
    expect=EqualExcept(regained=(str(_PRIVATE),)),
)
_CHECK = "def check_password(environ, user, password):\n    return 1 if password == 'secret' else 0\n"
CASES = (
    script_case(
        "an exception behind a comma",
        "python-2-syntax",
        f"try:\n    import json\nexcept ImportError, e:\n    raise\n{app()}",
    ),
    script_case(
        "a print statement to a file",
        "python-2-syntax",
        app().replace("    body = ", "    print >>environ['wsgi.errors'], 'asked', 'again'\n    body = "),
        equivalent={"/srv/w/app.wsgi: drop: +from __future__*": "Python 3 has the function by itself"},
    ),
    script_case(
        "a body of text by its name",
        "str-body",
        app().replace('    body = ascii(report).encode("ascii")', "    body = ascii(report)"),
    ),
    script_case(
        "a header that is a number",
        "bad-start-response",
        app().replace("str(len(body))", "len(body)"),
    ),
    script_case(
        "a status of bytes",
        "bad-start-response",
        app().replace('"200 OK"', 'b"200 OK"'),
    ),
    script_case(
        "bytes for the error log",
        "stream-misused",
        app().replace("    get = environ.get\n", "    environ['wsgi.errors'].write(b'asked')\n    get = environ.get\n"),
    ),
    script_case(
        "a body that is read with text",
        "stream-misused",
        app().replace(
            "    get = environ.get\n",
            "    size = '0'\n    environ['wsgi.input'].read(size)\n    get = environ.get\n",
        ),
    ),
    *(
        script_case(f"the number of a stream, {name}", "stream-misused", f"{text}\n{app()}")
        for name, text in (
            ("of errors", "import os, sys\nos.fstat(sys.stderr.fileno())"),
            ("of output", "import os, sys\nos.fstat(sys.stdout.fileno())"),
            ("by faulthandler", "import faulthandler\nfaulthandler.enable()"),
            ("given to faulthandler", "import faulthandler, sys\nfaulthandler.enable(sys.stderr)"),
        )
    ),
    script_case(
        "an abstract class of another module",
        "module-gone-from-python",
        f"from collections import Mapping\nassert issubclass(dict, Mapping)\n{app()}",
    ),
    script_case(
        "an answer that is not returned",
        "application-returns-nothing",
        app().replace("def application(", "def _answer(")
        + "_application = _answer\ndef application(environ, start_response):\n    _application(environ, start_response)\n",
    ),
    script_case(
        "a response that is returned and not called",
        "start-response-not-called",
        BESIDE
        + "from webob import Response\ndef application(environ, start_response):\n    return Response(environ)\n",
        tree={
            "/srv/w/webob.py": f"{app()}\n_answer = application\nclass Response:\n    def __init__(self, environ): pass\n"
            "    def __call__(self, environ, start_response): return _answer(environ, start_response)\n"
        },
    ),
    script_case(
        "a debugger that finds no terminal",
        "debugger-left-on",
        app().replace("    get = ", "    import pdb; pdb.set_trace()\n    get = "),
        level="repair",
    ),
    replace(_AUTH, before={**_AUTH.before, "/srv/w/auth.py": _CHECK}),
    script_case(
        "a handler that does not say what has changed",
        "handler-does-not-reload",
        app().replace("def application(", "def handle_request("),
        level="unsafe",
        conf=HANDLER,
        tree={"/srv/w/page.txt": "PAGE"},
        probes=probes(f"{SITE}/app"),
        expect=Equal(),
        equivalent={"/srv/w/app.wsgi: *": "no file changes while the probes are answered"},
    ),
)
