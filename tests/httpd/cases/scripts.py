"""WSGI scripts: those that were a 500 answer, and what they leave to the configuration."""

from __future__ import annotations

from ..application import app
from ..case import Case, Equal, EqualExcept
from ..probe import probes
from ..root import Link
from . import opened

_SITE = "http://a.example"
_CONF = "WSGIScriptAlias /app /srv/w/app.wsgi\n" + opened("/srv/w")
_APP = app().replace("def application(", "def app(").replace("LABEL = ", "from string import Template\nLABEL = ", 1)
_ANSWERS = probes(f"{_SITE}/app", f"{_SITE}/app/x")
_REGAINED = EqualExcept(regained=(f"{_SITE}/app", f"{_SITE}/app/x"))
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

_GROUP = "WSGIDaemonProcess site threads=2\nWSGIProcessGroup site\n"
#: A virtual environment that holds the application, and what activates it.
_ENVIRONMENT = {
    "/srv/w/env/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
    "/srv/w/env/bin/python3": Link("/usr/bin/python3"),
    "/srv/w/env/lib/python3.11/site-packages/site_app.py": app(),
    "/srv/w/env/bin/activate_this.py": "import os, site, sys\n"
    "base = os.path.dirname(os.path.dirname(__file__))\n"
    "site.addsitedir(os.path.join(base, 'lib', 'python3.11', 'site-packages'))\n"
    "sys.prefix = base\n",
}
_ACTIVATE = """\
activate_this = "/srv/w/env/bin/activate_this.py"
with open(activate_this) as file:
    exec(file.read(), {"__file__": activate_this})
from site_app import application
"""

_REFUSES = app().replace(
    "    get = environ.get\n",
    "    if environ['@KEY@']:\n        raise RuntimeError('not supported')\n    get = environ.get\n",
)


def _case(name: str, rule: str, script: str, level: str = "safe", conf: str = _CONF, **more: object) -> Case:
    return Case(
        name=name,
        rules=(rule,),
        level=level,  # type: ignore[arg-type]
        before={"site.conf": conf, "/srv/w/app.wsgi": script},
        include=("site.conf",),
        **{"tree": {}, "probes": _ANSWERS, "expect": _REGAINED, **more},  # type: ignore[arg-type]
    )


CASES = (
    _case("a script with an app and no application", "missing-application", _APP),
    _case(
        "a script of bobo resources",
        "bobo-missing-application",
        f"import sys\nsys.path.insert(0, '/srv/w')\nimport bobo\n{_RESOURCE}",
        tree={"/srv/w/bobo.py": _BOBO},
    ),
    _case(
        "an application made before its resources",
        "bobo-application-before-resources",
        f"import sys\nsys.path.insert(0, '/srv/w')\nimport bobo\n"
        f"application = bobo.Application(bobo_resources=__name__)\n{_RESOURCE}",
        level="repair",
        tree={"/srv/w/bobo.py": _BOBO},
        equivalent={"/srv/w/app.wsgi: drop: -application = *": "what is made once more at the end is what counts"},
    ),
    _case(
        "an application under the main guard",
        "application-under-main-guard",
        f"{_APP}\nif __name__ == '__main__':\n    application = app\n",
    ),
    _case(
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
    _case("a body that is text", "str-body", app().replace("return [body]", "return ['', body]")),
    # mod_wsgi 6 makes do with the number.
    _case("a status without words", "bad-start-response", app().replace('"200 OK"', '"200"'), since={(6,): Equal()}),
    _case(
        "a handler script without handle_request",
        "handle-request-missing",
        app(),
        conf="""\
WSGIHandlerScript page /srv/w/app.wsgi
Alias /app /srv/w/page.txt
<Directory /srv/w>
    Options +ExecCGI
    AddHandler page .txt
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        tree={"/srv/w/page.txt": "PAGE"},
    ),
    _case(
        "a redirected sys.stdout",
        "stdout-workaround",
        f"import sys\nsys.stdout = sys.stderr\n{app()}",
        level="unsafe",
        expect=Equal(),
    ),
    _case(
        "an environment that a script activates",
        "activate-this",
        _ACTIVATE,
        level="unsafe",
        conf=_GROUP + _CONF,
        tree=_ENVIRONMENT,
        root=True,
        expect=Equal(),
        equivalent={"/srv/w/app.wsgi: *": "what is activated once more is there already"},
    ),
    _case(
        "a body that lost its indentation",
        "script-syntax-error",
        app().replace(
            "    get = environ.get\n", "    def get(name, default=None):\n    return environ.get(name, default)\n"
        ),
        level="unsafe",
    ),
    _case(
        "a script that refuses threads",
        "script-refuses-concurrency",
        _REFUSES.replace("@KEY@", "wsgi.multithread"),
        level="unsafe",
        conf=_GROUP.replace("threads=2", "lang=C.UTF-8") + _CONF,
    ),
    _case(
        "a script that refuses processes",
        "script-refuses-concurrency",
        _REFUSES.replace("@KEY@", "wsgi.multiprocess"),
        level="unsafe",
        conf=_GROUP.replace("threads=2", "processes=1 threads=2") + _CONF,
    ),
    _case(
        "a directory that a script adds to sys.path",
        "sys-path-in-script",
        "import sys\nsys.path.insert(0, '/srv/lib')\nfrom site_app import application\n",
        level="unsafe",
        conf=_GROUP + _CONF,
        tree={"/srv/lib/site_app.py": app()},
        expect=Equal(),
    ),
    _case(
        "a directory for eggs that a script names",
        "egg-cache-in-script",
        "import os\nos.environ['PYTHON_EGG_CACHE'] = '/srv/eggs'\n"
        + app().replace('"label": LABEL', '"label": os.environ.get("PYTHON_EGG_CACHE")'),
        level="unsafe",
        conf=_GROUP + _CONF,
        tree={"/srv/eggs": None},
        expect=Equal(),
        equivalent={"/srv/w/app.wsgi: *": "the name has that value already"},
    ),
    _case(
        "a script that changes its directory",
        "working-directory-in-script",
        f"import os\nos.chdir('/srv/w')\n{app()}",
        level="unsafe",
        conf=_GROUP + _CONF,
        expect=EqualExcept({url: {"python_path": ((), ("/srv/w",))} for url in (f"{_SITE}/app", f"{_SITE}/app/x")}),
        equivalent={"/srv/w/app.wsgi: *": "the process is in that directory already"},
    ),
    _case(
        "a file that is opened by a relative name",
        "working-directory-in-script",
        f"SECRET = open('secret.txt').read()\n{app()}",
        level="unsafe",
        conf=_GROUP + _CONF,
        tree={"/srv/w/secret.txt": "secret"},
        root=True,
    ),
    _case(
        "a module that lies beside the script",
        "module-beside-script",
        "from site_app import application\n",
        level="unsafe",
        conf=_GROUP + _CONF,
        tree={"/srv/w/site_app.py": app()},
        root=True,
    ),
    _case(
        "an object that the script does not have",
        "callable-object-not-bound",
        app(),
        level="repair",
        conf="WSGICallableObject app\n" + _CONF,
    ),
)
