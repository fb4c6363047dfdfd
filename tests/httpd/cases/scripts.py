"""WSGI scripts: those that were a 500 answer."""

from __future__ import annotations

from ..application import app
from ..case import Equal
from ._scripts import HANDLER, script_case

_APP = app().replace("def application(", "def app(").replace("LABEL = ", "from string import Template\nLABEL = ", 1)
#: bobo as far as it matters here: the application finds the decorated functions of a module when it is made.
_BOBO = """\
import sys
def query(function):
    function.is_query = True
    return function
class Application:
    def __init__(self, bobo_resources):
        values = list(vars(sys.modules[bobo_resources]).values())
        self.found = [one for one in values if getattr(one, "is_query", False)]
    def __call__(self, environ, start_response):
        if self.found:
            return self.found[0](environ, start_response)
        start_response("404 Not Found", [])
        return [b""]
"""
_RESOURCE = app().replace("def application(", "@bobo.query\ndef resource(")


CASES = (
    script_case("a script with an app and no application", "missing-application", _APP),
    *(
        script_case(f"a module that is not imported, {name}", "name-not-bound", f"{text}{app()}")
        for name, text in (
            ("anywhere", "import sys\nlogging.basicConfig(stream=sys.stderr)\n"),
            (
                "below what comes first",
                "# The shop.\nfrom __future__ import annotations\nwarnings.simplefilter('ignore')\n",
            ),
            ("until below", "sys.path.insert(0, '/srv/w')\nimport sys\n"),
        )
    ),
    script_case(
        "a script of bobo resources",
        "bobo-missing-application",
        f"import sys\nsys.path.insert(0, '/srv/w')\nimport bobo\n{_RESOURCE}",
        tree={"/srv/w/bobo.py": _BOBO},
    ),
    script_case(
        "an application made before its resources",
        "bobo-application-before-resources",
        f"import sys\nsys.path.insert(0, '/srv/w')\nimport bobo\n"
        f"application = bobo.Application(bobo_resources=__name__)\n{_RESOURCE}",
        level="repair",
        tree={"/srv/w/bobo.py": _BOBO},
        equivalent={"/srv/w/app.wsgi: drop: -application = *": "what is made once more at the end is what counts"},
    ),
    script_case(
        "an application under the main guard",
        "application-under-main-guard",
        f"{_APP}\nif __name__ == '__main__':\n    application = app\n",
    ),
    script_case(
        "a development server that is run on import",
        "module-level-server",
        "import sys\nsys.path.insert(0, '/srv/w')\nfrom flask import Flask\n"
        "application = app = Flask(__name__)\napp.run()\n",
        tree={
            "/srv/w/flask.py": f"{app()}\ncall = application\nclass Flask:\n    def __init__(self, name): pass\n"
            "    def run(self): raise SystemExit('the port is taken')\n"
            "    def __call__(self, *arguments): return call(*arguments)\n"
        },
    ),
    script_case("a body that is text", "str-body", app().replace("return [body]", "return ['', body]")),
    # mod_wsgi 6 makes do with the number.
    script_case(
        "a status without words", "bad-start-response", app().replace('"200 OK"', '"200"'), since={(6,): Equal()}
    ),
    script_case(
        "a handler script without handle_request",
        "handle-request-missing",
        app(),
        conf=HANDLER,
        tree={"/srv/w/page.txt": "PAGE"},
    ),
    script_case(
        "a redirected sys.stdout",
        "stdout-workaround",
        f"import sys\nsys.stdout = sys.stderr\n{app()}",
        level="unsafe",
        expect=Equal(),
    ),
)
