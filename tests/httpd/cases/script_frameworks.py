"""WSGI scripts of frameworks: the entry point that they lack, or that is an old one.

A module beside the script stands for the framework, as far as its entry point matters.
"""

from __future__ import annotations

from ..application import app
from ._scripts import BESIDE, HANDLER, script_case

#: The answering application by another name.
_ANSWER = app().replace("def application(", "def answer(")
_BOTTLE = f"""{_ANSWER}
def route(path):
    return lambda function: function
def default_app():
    return answer
"""
_PYRAMID = f"""{_ANSWER}
class Configurator:
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def make_wsgi_app(self): return answer
"""
#: Without its applications Django's handler fails at each request; settings are read when either is made.
_DJANGO = {
    "/srv/w/django/__init__.py": "",
    "/srv/w/django/core/__init__.py": "",
    "/srv/w/django/core/handlers/__init__.py": "",
    "/srv/w/django/core/handlers/wsgi.py": "def WSGIHandler():\n    def answer(environ, start_response):\n"
    "        raise RuntimeError('apps are not loaded yet')\n    return answer\n",
    "/srv/w/django/core/wsgi.py": f"{_ANSWER}\nimport os\ndef get_wsgi_application():\n"
    "    os.environ['DJANGO_SETTINGS_MODULE']\n    return answer\n",
}
_BOBO = """\
import sys
def query(function):
    function.is_query = True
    return function
class Application:
    def __init__(self, settings=None, bobo_resources=''):
        module = sys.modules.get(bobo_resources) or __import__(bobo_resources)
        self.found = [one for one in list(vars(module).values()) if getattr(one, 'is_query', False)]
    def __call__(self, environ, start_response):
        if self.found:
            return self.found[0](environ, start_response)
        start_response('404 Not Found', [])
        return [b'']
"""
_RESOURCE = app().replace("def application(", "@bobo.query\ndef resource(")
_SETTINGS = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n"

#: As Django's own, which imports the settings at once.
_IMPORTING = (
    f"{_ANSWER}\nimport importlib, os\ndef get_wsgi_application():\n"
    "    importlib.import_module(os.environ['DJANGO_SETTINGS_MODULE'])\n    return answer\n"
)

CASES = (
    script_case(
        "routes of Bottle without an application",
        "missing-application",
        f"{BESIDE}import bottle\n@bottle.route('/')\ndef index():\n    return 'hello'\n",
        tree={"/srv/w/bottle.py": _BOTTLE},
    ),
    script_case(
        "a factory that nobody asks for an application",
        "missing-application",
        f"{BESIDE}import answers\ndef create_app(config=None):\n"
        "    def site(environ, start_response):\n        return answers.answer(environ, start_response)\n    return site\n",
        tree={"/srv/w/answers.py": _ANSWER},
    ),
    script_case(
        "a configurator of Pyramid whose application has another name",
        "missing-application",
        f"{BESIDE}from pyramid.config import Configurator\nwith Configurator() as config:\n"
        "    app = config.make_wsgi_app()\n",
        tree={"/srv/w/pyramid/__init__.py": "", "/srv/w/pyramid/config.py": _PYRAMID},
    ),
    script_case(
        "settings of Django without an application",
        "missing-application",
        f"{BESIDE}import os\n{_SETTINGS}",
        tree=_DJANGO,
    ),
    script_case(
        "Django's application of ASGI",
        "asgi-application",
        f"{BESIDE}import os\n{_SETTINGS}from django.core.asgi import get_asgi_application\n"
        "application = get_asgi_application()\n",
        tree={
            **_DJANGO,
            "/srv/w/django/core/asgi.py": "def get_asgi_application():\n"
            "    async def answer(scope, receive, send):\n        pass\n    return answer\n",
        },
    ),
    script_case(
        "a factory in the place of its application",
        "application-not-called",
        f"{BESIDE}import django.core.wsgi, os\n{_SETTINGS}application = django.core.wsgi.get_wsgi_application\n",
        tree=_DJANGO,
    ),
    script_case(
        "an application that is called while the script is loaded",
        "application-called-at-load",
        f"{_ANSWER}\napplication = answer()\n",
    ),
    script_case(
        "Django's handler without its applications",
        "django-old-handler",
        f"{BESIDE}import os\n{_SETTINGS}import django.core.handlers.wsgi\n"
        "application = django.core.handlers.wsgi.WSGIHandler()\n",
        level="repair",
        tree=_DJANGO,
    ),
    script_case(
        "settings of Django that are named too late",
        "django-settings-not-set",
        f"{BESIDE}import os\nfrom django.core.wsgi import get_wsgi_application\n"
        f"application = get_wsgi_application()\n{_SETTINGS}",
        level="repair",
        tree=_DJANGO,
        equivalent={"/srv/w/app.wsgi: drop: -os.environ*": "what is set once more at the end sets nothing"},
    ),
    *(
        script_case(
            f"settings of Django by the name of a file, {name}",
            "settings-name-is-a-path",
            f"{BESIDE}import os\n{line}from django.core.wsgi import get_wsgi_application\n"
            "application = get_wsgi_application()\n",
            level="repair",
            tree={**_DJANGO, "/srv/w/django/core/wsgi.py": _IMPORTING, "/srv/w/shop/settings.py": "DEBUG = False\n"},
        )
        for name, line in (
            ("by setdefault", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.py')\n"),
            ("by a path", "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop/settings'\n"),
            ("under a condition", "if True:\n    os.environ['DJANGO_SETTINGS_MODULE'] = './shop/settings.py'\n"),
        )
    ),
    script_case(
        "bobo resources that are looked for under the name of the file",
        "bobo-resources-elsewhere",
        f"{BESIDE}import bobo\n{_RESOURCE}\napplication = bobo.Application(bobo_resources='app')\n",
        tree={"/srv/w/bobo.py": _BOBO},
    ),
    script_case(
        "a handler script that has only bobo",
        "handle-request-missing",
        "import bobo\n",
        level="unsafe",
        conf="WSGIPythonPath /srv/w\n" + HANDLER,
        equivalent={
            "/srv/w/app.wsgi: swap: import *": "imports may stand in any order",
            "/srv/w/app.wsgi: swap: module.__file__ = *": "the two lines need nothing of each other",
        },
        tree={"/srv/w/bobo.py": _BOBO, "/srv/w/page.txt": f"import bobo\n{_RESOURCE}"},
    ),
)
