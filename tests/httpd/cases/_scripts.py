"""What the cases of WSGI scripts share: one script, mounted at /app, that answers nothing before the fix."""

from __future__ import annotations

from ..case import Case, EqualExcept
from ..probe import probes
from . import opened

SITE = "http://a.example"
CONF = "WSGIScriptAlias /app /srv/w/app.wsgi\n" + opened("/srv/w")
ANSWERS = probes(f"{SITE}/app", f"{SITE}/app/x")
REGAINED = EqualExcept(regained=(f"{SITE}/app", f"{SITE}/app/x"))
#: The script handles a file, which is asked for instead.
HANDLER = """\
WSGIHandlerScript page /srv/w/app.wsgi
Alias /app /srv/w/page.txt
<Directory /srv/w>
    Options +ExecCGI
    AddHandler page .txt
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
#: The line by which a script finds the modules beside it.
BESIDE = "import sys\nsys.path.insert(0, '/srv/w')\n"


def script_case(name: str, rule: str, script: str, level: str = "safe", conf: str = CONF, **more: object) -> Case:
    """A case of one script; every request is regained unless ``expect`` says otherwise."""
    return Case(
        name=name,
        rules=(rule,),
        level=level,  # type: ignore[arg-type]
        before={"site.conf": conf, "/srv/w/app.wsgi": script},
        include=("site.conf",),
        **{"tree": {}, "probes": ANSWERS, "expect": REGAINED, **more},  # type: ignore[arg-type]
    )
