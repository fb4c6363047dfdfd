"""Scripts and the process groups that they run in: what moves from one file into the other, and what needs both."""

from __future__ import annotations

from ..application import app
from ..case import Case, Equal, EqualExcept
from ..probe import probes
from ..root import CONF, Link
from . import opened

_SITE = "http://a.example"
_CONF = "WSGIScriptAlias /app /srv/w/app.wsgi\n" + opened("/srv/w")
_ANSWERS = probes(f"{_SITE}/app", f"{_SITE}/app/x")
_REGAINED = EqualExcept(regained=(f"{_SITE}/app", f"{_SITE}/app/x"))
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


def _case(name: str, rule: str, script: str, level: str = "unsafe", conf: str = _GROUP + _CONF, **more: object) -> Case:
    return Case(
        name=name,
        rules=(rule,),
        level=level,  # type: ignore[arg-type]
        before={"site.conf": conf, "/srv/w/app.wsgi": script},
        include=("site.conf",),
        **{"tree": {}, "probes": _ANSWERS, "expect": _REGAINED, **more},  # type: ignore[arg-type]
    )


#: Two sites of one process, of which the second finds the settings of the first.
_TWO_SITES = "WSGIScriptAlias /blog /srv/w/blog.wsgi\n"
_BLOG = f"{_SITE}/blog"


def _named(line: str) -> str:
    """A script that names its settings, and answers with those that it has then."""
    return f"import os\n{line}\n" + app().replace('"label": LABEL', '"label": os.environ["SETTINGS"]')


def _two_sites(name: str, conf: str, blog: str, **more: object) -> Case:
    return Case(
        name=name,
        rules=("settings-of-two-sites",),
        level="unsafe",
        before={
            "site.conf": conf,
            "/srv/w/app.wsgi": _named("os.environ['SETTINGS'] = 'shop'"),
            "/srv/w/blog.wsgi": blog,
        },
        include=("site.conf",),
        tree={},
        probes=probes(f"{_SITE}/app", _BLOG),
        **{"expect": _another_group("site", "site-w"), **more},  # type: ignore[arg-type]
    )


def _another_group(old: str, new: str, **more: object) -> EqualExcept:
    changed = {"label": ("shop", "blog"), "process_group": (old, new), "process_class": (f"{_SITE}/app", _BLOG), **more}
    return EqualExcept({_BLOG: changed})  # type: ignore[dict-item]


CASES = (
    _two_sites(
        "two sites in one process group",
        _GROUP + _CONF + _TWO_SITES,
        _named("os.environ.setdefault('SETTINGS', 'blog')"),
    ),
    _two_sites(
        "two sites whose mounts name the group and the interpreter",
        "WSGIDaemonProcess site threads=2\n"
        + (_CONF + _TWO_SITES).replace(".wsgi\n", ".wsgi process-group=site application-group=%{GLOBAL}\n"),
        _named("os.environ.setdefault('SETTINGS', 'blog')"),
    ),
    _two_sites(
        "two sites in httpd's own processes",
        "WSGIApplicationGroup %{GLOBAL}\n" + _CONF + _TWO_SITES,
        _named("os.environ.setdefault('SETTINGS', 'blog')"),
        mpms=("event",),
        expect=_another_group("", "w", threads=(4, 15)),
        equivalent={"site.conf: swap: *": "a mount that leaves the interpreter open may stand above its group"},
    ),
    _case(
        "an environment that a script activates",
        "activate-this",
        _ACTIVATE,
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
    ),
    _case(
        "a script that refuses threads",
        "script-refuses-concurrency",
        _REFUSES.replace("@KEY@", "wsgi.multithread"),
        conf=_GROUP.replace("threads=2", "lang=C.UTF-8") + _CONF,
    ),
    _case(
        "a script that refuses processes",
        "script-refuses-concurrency",
        _REFUSES.replace("@KEY@", "wsgi.multiprocess"),
        conf=_GROUP.replace("threads=2", "processes=1 threads=2") + _CONF,
    ),
    _case(
        "a directory that a script adds to sys.path",
        "sys-path-in-script",
        "import sys\nsys.path.insert(0, '/srv/lib')\nfrom site_app import application\n",
        tree={"/srv/lib/site_app.py": app()},
        expect=Equal(),
    ),
    _case(
        "a loader of Celery",
        "import-that-is-gone",
        "import sys\nsys.path.append('/srv/lib')\nimport djcelery\ndjcelery.setup_loader()\n" + app(),
        tree={"/srv/lib/djcelery.py": "def setup_loader():\n    pass\n"},
        expect=Equal(),
    ),
    _case(
        "packages that a script asks for by what setuptools no longer has",
        "import-that-is-gone",
        "import sys\nsys.path.append('/srv/lib')\nsys.modules['pkg_resources'] = None\n"
        "import pkg_resources\npkg_resources.require('shop')\n" + app(),
    ),
    _case(
        "a directory of packages that a script adds",
        "sys-path-in-script",
        "import site\nsite.addsitedir('/srv/lib')\nfrom site_app import application\n",
        tree={"/srv/lib/packages.pth": "/srv/more\n", "/srv/more/site_app.py": app()},
        expect=Equal(),
        equivalent={"/srv/w/app.wsgi: drop: -import site": "nothing uses what is imported then"},
    ),
    _case(
        "a directory for eggs that a script names",
        "egg-cache-in-script",
        "import os\nos.environ['PYTHON_EGG_CACHE'] = '/srv/eggs'\n"
        + app().replace('"label": LABEL', '"label": os.environ.get("PYTHON_EGG_CACHE")'),
        tree={"/srv/eggs": None},
        expect=Equal(),
        equivalent={"/srv/w/app.wsgi: *": "the name has that value already"},
    ),
    _case(
        "a script that changes its directory",
        "working-directory-in-script",
        f"import os\nos.chdir('/srv/w')\n{app()}",
        expect=EqualExcept({url: {"python_path": ((), ("/srv/w",))} for url in (f"{_SITE}/app", f"{_SITE}/app/x")}),
        equivalent={"/srv/w/app.wsgi: *": "the process is in that directory already"},
    ),
    _case(
        "a file that is opened by a relative name",
        "working-directory-in-script",
        f"SECRET = open('secret.txt').read()\n{app()}",
        level="repair",
        tree={"/srv/w/secret.txt": "secret"},
        root=True,
    ),
    _case(
        "a file that is opened by a relative name in embedded mode",
        "working-directory-in-script",
        f"import configparser\nPARSER = configparser.ConfigParser()\nPARSER.read('etc/site.ini')\nLABEL = PARSER['site']['label']\n{app()}",
        level="repair",
        conf=_CONF,
        tree={"/srv/w/etc/site.ini": "[site]\nlabel = shop\n"},
        root=True,
    ),
    # Without --root nothing shows where the file lies.
    Case(
        name="a file that is taken to lie beside the script",
        rules=("relative-path-in-script",),
        level="unsafe",
        before={
            "site.conf": _CONF.replace("/srv/w", CONF),
            "app.wsgi": f"SECRET = open('secret.txt').read()\n{app()}",
        },
        include=("site.conf",),
        tree={f"{CONF}/secret.txt": "secret"},
        probes=_ANSWERS,
        expect=_REGAINED,
    ),
    _case(
        "a module that lies beside the script",
        "module-beside-script",
        "from site_app import application\n",
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
