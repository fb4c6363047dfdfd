"""Scripts of real frameworks without an application: the fix is applied, and the script is called.

The frameworks are installed once, by ``make frameworks``, into an environment beside ``.venv``; where there is none, these tests
are skipped. tests/httpd/test_frameworks.py has the same scripts on a real httpd, and tests/httpd/cases/script_frameworks.py more of
them, with a module in the place of each framework.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support import ROOT

from modwsgi_fix import api

#: The Python of the environment that `make frameworks` makes.
PYTHON = Path(os.environ.get("MODWSGI_FIX_FRAMEWORKS") or ROOT / ".venv-frameworks") / "bin/python"
#: What loads a script as mod_wsgi does, under a name of its own, and asks it for one page.
_CALLER = """\
import sys, types
from wsgiref.util import setup_testing_defaults
module = types.ModuleType("_mod_wsgi_1")
module.__file__ = sys.argv.pop()
sys.modules[module.__name__] = module
exec(compile(open(module.__file__).read(), module.__file__, "exec"), module.__dict__)
environ, said, written = {"SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": ""}, [], []
setup_testing_defaults(environ)
def start_response(status, headers, exc_info=None):
    said.append(status)
    return written.append
returned = list(module.application(environ, start_response))
print(said[0].upper(), b"".join(written + returned).decode())
"""
_PYRAMID = """\
from pyramid.config import Configurator
from pyramid.response import Response
def hello(request):
    return Response("hello")
"""
_VIEWS = 'config.add_route("hello", "/")\nconfig.add_view(hello, route_name="hello")\n'
_CHERRYPY = """\
import cherrypy
class Root:
    @cherrypy.expose
    def index(self):
        return "hello"
"""
_TURBOGEARS = """\
from tg import MinimalApplicationConfigurator, TGController, expose
class Root(TGController):
    @expose()
    def index(self):
        return "hello"
"""
_WEB = """\
import web
class index:
    def GET(self):
        return "hello"
app = web.application(("/", "index"), globals())
"""
_FLASK = 'from flask import Flask\napp = Flask(__name__)\n@app.route("/")\ndef index():\n    return "hello"\n'
_DJANGO = """\
import os, sys, types
from django.apps import apps
from django.http import HttpResponse
from django.urls import path
settings = types.ModuleType("shop_settings")
settings.ROOT_URLCONF, settings.SECRET_KEY, settings.ALLOWED_HOSTS = "shop_urls", "x", ["*"]
urls = types.ModuleType("shop_urls")
urls.urlpatterns = [path("", lambda request: HttpResponse("hello" if not apps.get_models() else ""))]
sys.modules.update(shop_settings=settings, shop_urls=urls)
os.environ["DJANGO_SETTINGS_MODULE"] = "shop_settings"
"""

#: Trac lists the environments of a directory, with a page of one's own.
_TRAC = """\
import os, tempfile
directory = tempfile.mkdtemp()
os.environ["TRAC_ENV_PARENT_DIR"] = directory
os.environ["TRAC_ENV_INDEX_TEMPLATE"] = os.path.join(directory, "index.html")
with open(os.environ["TRAC_ENV_INDEX_TEMPLATE"], "w") as page:
    page.write("hello")
import trac.web.main
"""

SCRIPTS = {
    "bobo": 'import bobo\n@bobo.query("/")\ndef hello():\n    return "hello"\n',
    "bottle, routes": 'from bottle import route\n@route("/")\ndef index():\n    return "hello"\n',
    "bottle, a server": 'from bottle import route, run\n@route("/")\ndef index():\n    return "hello"\nrun()\n',
    "bottle, an object": 'import bottle\nshop = bottle.Bottle()\n@shop.route("/")\ndef index():\n    return "hello"\n',
    "cherrypy, a tree": _CHERRYPY + 'cherrypy.tree.mount(Root(), "/")\n',
    "cherrypy, a server": _CHERRYPY + "cherrypy.quickstart(Root())\n",
    "django, settings": _DJANGO,
    "django, the old handler": _DJANGO
    + "import django.core.handlers.wsgi\napplication = django.core.handlers.wsgi.WSGIHandler()\n",
    "django, the factory": _DJANGO
    + "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application\n",
    "django, asgi": _DJANGO
    + "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
    "falcon": "import falcon\nclass Page:\n    def on_get(self, request, response):\n        response.text = 'hello'\n"
    "shop = falcon.App()\nshop.add_route('/', Page())\n",
    "flask": _FLASK,
    "flask, a response": "from flask import Response\ndef application(environ, start_response):\n"
    "    return Response('hello')\n",
    "flask, an answer that is dropped": f"{_FLASK}_app = app\ndef application(environ, start_response):\n"
    "    _app(environ, start_response)\n",
    "flask, a server": _FLASK + "app.run()\n",
    "flask, a factory": 'from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    @app.route("/")\n'
    '    def index():\n        return "hello"\n    return app\n',
    "pyramid, a configurator": f"{_PYRAMID}config = Configurator()\n{_VIEWS}",
    "pyramid, with": f"{_PYRAMID}with Configurator() as config:\n    "
    + _VIEWS.replace("\n", "\n    ").rstrip()
    + "\n    app = config.make_wsgi_app()\n",
    "pyramid, a response": f'{_PYRAMID}def application(environ, start_response):\n    return Response("hello")\n',
    "trac": _TRAC,
    "turbogears": f'{_TURBOGEARS}config = MinimalApplicationConfigurator()\nconfig.update_blueprint({{"root_controller": Root()}})\n',
    "web.py": _WEB,
    "web.py, a server": _WEB + "app.run()\n",
    "webob, a response": "from webob import Response\ndef application(environ, start_response):\n"
    "    response = Response('hello')\n    return response\n",
    "webob": 'from webob.dec import wsgify\n@wsgify\ndef hello(request):\n    return "hello"\n',
    "werkzeug": "from werkzeug.wrappers import Request, Response\n@Request.application\ndef hello(request):\n"
    '    return Response("hello")\n',
    "werkzeug, a response": "from werkzeug.wrappers import Request, Response\ndef application(environ, start_response):\n"
    "    return Response('hello' + Request(environ).path.strip('/'))\n",
}


@pytest.mark.skipif(not PYTHON.exists(), reason="the frameworks are not installed: make frameworks")
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_fixed_script_answers(name: str, tmp_path: Path) -> None:
    script = tmp_path / "app.wsgi"
    script.write_text(SCRIPTS[name])
    assert not _asked(script, tmp_path).startswith("200")
    fixed = api.load([script]).fix(level="repair")
    fixed.write()
    assert _asked(script, tmp_path) == "200 OK hello", script.read_text()


def _asked(script: Path, directory: Path) -> str:
    """The status and the page; the last line of an error where there is none. A server that does not end is one, too."""
    caller = directory / "caller.py"
    caller.write_text(_CALLER)
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory)}
    try:
        done = subprocess.run(
            [PYTHON, caller, script],
            capture_output=True,
            text=True,
            timeout=10,
            env=environment,
            cwd=directory,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it runs a server"
    return done.stdout.strip().rpartition("\n")[2] if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2]
