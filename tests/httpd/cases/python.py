"""Where Python comes from: a process that did not start answers."""

from __future__ import annotations

from ..application import app
from ..case import Case, EqualExcept
from ..probe import Probe, probes
from ..root import Link
from . import opened

_SITE = "http://a.example"
_ONLY = """\
WSGIDaemonProcess site {options} threads=2
WSGIProcessGroup site
WSGIScriptAlias / /srv/w/app.wsgi
"""
_CONF = _ONLY + opened("/srv/w")

CASES = (
    Case(
        name="python-home that is the interpreter",
        rules=("python-home-not-a-prefix",),
        level="safe",
        before={"site.conf": _CONF.format(options="python-home=/usr/bin/python3")},
        tree={"/srv/w/app.wsgi": app()},
        # Without its Python the daemon never answers.
        probes=(Probe("a.example", "/", patience=2),),
        expect=EqualExcept(regained=(f"{_SITE}/",)),
    ),
    *(
        Case(
            name=f"directories of modules that are not separated by colons, {name}",
            rules=("comma-in-python-path",),
            level="unsafe",
            before={"site.conf": _CONF.format(options=options)},
            tree={
                "/srv/w/app.wsgi": "import shop\nimport stock\n" + app(),
                "/srv/w/code/shop.py": "",
                "/srv/w/lib/stock.py": "",
            },
            probes=probes(f"{_SITE}/"),
            expect=EqualExcept(regained=(f"{_SITE}/",)),
        )
        for name, options in (
            ("a comma", "python-path=/srv/w/code,/srv/w/lib"),
            ("a semicolon and a blank", 'python-path="/srv/w/code; /srv/w/lib"'),
            ("a blank behind a colon", "python-path='/srv/w/code: /srv/w/lib'"),
        )
    ),
    *(
        Case(
            name=f"directories of modules that are written apart, {name}",
            rules=(rule,),
            level="unsafe",
            before={"site.conf": text + opened("/srv/w")},
            tree={
                "/srv/w/app.wsgi": "import shop\nimport stock\n" + app(),
                "/srv/w/code/shop.py": "",
                "/srv/w/lib/stock.py": "",
            },
            probes=probes(f"{_SITE}/"),
            expect=EqualExcept(regained=(f"{_SITE}/",)),
        )
        for name, rule, text in (
            (
                "as lines",
                "python-directive-repeated",
                "WSGIPythonPath /srv/w/code\nWSGIPythonPath /srv/w/lib\nWSGIScriptAlias / /srv/w/app.wsgi\n",
            ),
            (
                "as options",
                "daemon-option-repeated",
                _ONLY.format(options="python-path=/srv/w/code python-path=/srv/w/lib"),
            ),
        )
    ),
    Case(
        name="an environment given as a path",
        rules=("python-path-is-an-environment",),
        level="unsafe",
        before={"site.conf": _CONF.format(options="python-path=/srv/w/env threads=2")},
        tree={
            "/srv/w/app.wsgi": "import shop\n" + app(),
            "/srv/w/env/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
            "/srv/w/env/bin/python3": Link("/usr/bin/python3"),
            "/srv/w/env/lib/python3.11/site-packages/shop.py": "",
        },
        probes=probes(f"{_SITE}/"),
        expect=EqualExcept(regained=(f"{_SITE}/",)),
    ),
    Case(
        name="an environment given by its packages",
        rules=("python-path-is-site-packages",),
        level="unsafe",
        before={
            "site.conf": _CONF.format(options="python-path=/srv/w/code:/srv/w/env/lib/python3.11/site-packages"),
        },
        tree={
            "/srv/w/app.wsgi": app(),
            "/srv/w/code": None,
            "/srv/w/env/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
            "/srv/w/env/bin/python3": Link("/usr/bin/python3"),
            "/srv/w/env/lib/python3.11/site-packages/readme.txt": "packages",
        },
        probes=probes(f"{_SITE}/"),
        # The same packages, found by Python itself: those of the system are out of sight.
        expect=EqualExcept(
            changes={
                f"{_SITE}/": {
                    "python_path": (("/srv/w/code", "/srv/w/env/lib/python3.11/site-packages"), ("/srv/w/code",)),
                }
            }
        ),
    ),
    Case(
        name="an environment given by its packages and by its root",
        rules=("python-path-is-site-packages",),
        level="unsafe",
        before={
            "site.conf": _CONF.format(
                options="python-path=/srv/w/code:/srv/w/env/lib/python3.9/site-packages python-home=/srv/w/env"
            ),
        },
        tree={
            "/srv/w/app.wsgi": app() + "import colorsys\nLABEL = getattr(colorsys, 'WHOSE', 'of Python')\n",
            "/srv/w/code": None,
            "/srv/w/env/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
            "/srv/w/env/bin/python3": Link("/usr/bin/python3"),
            "/srv/w/env/lib/python3.9/site-packages/colorsys.py": "WHOSE = 'of the environment'\n",
        },
        probes=probes(f"{_SITE}/"),
        # What another version of Python has there is no longer found.
        expect=EqualExcept(changes={f"{_SITE}/": {"label": ("of the environment", "of Python")}}),
    ),
)
