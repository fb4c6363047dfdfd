"""Daemon process groups: definitions that httpd refuses, groups that requests cannot reach, and their capacity."""

from __future__ import annotations

from functools import partial

from .. import install
from ..application import app
from ..case import AnswersAfter, Case, Equal, EqualExcept, StartsAfter
from ..probe import probes
from ..root import Tree
from . import opened

_FOUND = install.find()
#: Whom httpd serves as here.
_USER = "www-data" if isinstance(_FOUND, str) else _FOUND.user

_TREE: Tree = {"/srv/site/app.wsgi": app()}
_OPEN = opened("/srv/site")
_SITE = "http://a.example/"
_OTHER = "http://a.example:8080/"
_NAMED = "http://www.a.example/"
_ANSWERED = {"status": 200, "who": "application", "process_group": "site"}
_INVALID = "Invalid option to WSGI daemon process definition."
_DUPLICATE = "Name duplicates previous WSGI daemon definition"

_case = partial(Case, tree=_TREE, probes=probes(_SITE))


def _site(*definition: str) -> str:
    """One host whose application runs in the group that ``definition`` makes."""
    lines = "".join(f"    {line}\n" for line in definition)
    return f"""\
<VirtualHost *:80>
    ServerName a.example
{lines}\
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""


_LOGS = ("/var/log/apache2/a.log",), ("/var/log/apache2/b.log",)


def _logging(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Two hosts of one name with an error log each, whose application runs in a group."""
    mount = "WSGIScriptAlias / /srv/site/app.wsgi"
    hosts = (
        (80, "ServerName a.example", "ErrorLog /var/log/apache2/a.log", *first, mount),
        (8080, "ErrorLog /var/log/apache2/b.log", *second),
    )
    text = "".join(
        f"<VirtualHost *:{port}>\n" + "".join(f"    {line}\n" for line in lines) + "</VirtualHost>\n"
        for port, *lines in hosts
    )
    return text + _OPEN


_TWO_OPTIONS = """\
<VirtualHost *:80>
    ServerName {name}
    WSGIDaemonProcess site threads=2
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{{GLOBAL}}
</VirtualHost>
"""

CASES = (
    # -- httpd refuses to start -------------------------------------------------------------------------------------
    _case(
        name="a repetition in hosts that look the group up at start",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={"site.conf": _TWO_OPTIONS.format(name="a.example") + _TWO_OPTIONS.format(name="www.a.example") + _OPEN},
        probes=probes(_SITE, _NAMED),
        expect=StartsAfter(
            _DUPLICATE,
            {
                _SITE: _ANSWERED | {"application_group": "", "process_class": _SITE},
                _NAMED: _ANSWERED | {"application_group": "", "process_class": _SITE},
            },
        ),
    ),
    _case(
        name="a repetition in hosts with a log each",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={
            "site.conf": _logging(
                ("WSGIDaemonProcess site threads=3", "WSGIProcessGroup site"),
                (
                    "ServerName a.example",
                    "WSGIDaemonProcess site threads=3",
                    "WSGIProcessGroup site",
                    "WSGIScriptAlias / /srv/site/app.wsgi",
                ),
            )
        },
        probes=probes(_SITE, _OTHER),
        expect=StartsAfter(
            _DUPLICATE,
            {
                _SITE: _ANSWERED | {"error_logs": _LOGS[0]},
                _OTHER: _ANSWERED | {"error_logs": _LOGS[1], "process_class": _SITE},
            },
        ),
    ),
    _case(
        name="a definition in a file that is included twice",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={
            "httpd.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    Include application.inc
</VirtualHost>
<VirtualHost *:80>
    ServerName www.a.example
    Include application.inc
</VirtualHost>
{_OPEN}""",
            "application.inc": """\
# what every host serves
WSGIDaemonProcess site threads=2
WSGIProcessGroup site
WSGIScriptAlias / /srv/site/app.wsgi
""",
        },
        include=("httpd.conf",),
        probes=probes(_SITE, _NAMED),
        expect=StartsAfter(_DUPLICATE, {_SITE: _ANSWERED, _NAMED: _ANSWERED | {"process_class": _SITE}}),
    ),
    _case(
        name="a group defined twice, with options that complete each other",
        rules=("duplicate-daemon-process",),
        level="repair",
        before={
            "site.conf": "WSGIDaemonProcess site threads=2\nWSGIDaemonProcess site threads=2 processes=2\n" + _site(),
            "modwsgi-fix.toml": '[rules.duplicate-daemon-process]\nconflict = "merge"\n',
        },
        include=("site.conf",),
        expect=StartsAfter(_DUPLICATE, {_SITE: _ANSWERED | {"threads": 2, "processes": 2}}),
    ),
    _case(
        name="a buffer that is too small",
        rules=("invalid-daemon-value",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site send-buffer-size=256 threads=3")},
        expect=StartsAfter("Send buffer size must be >= 512", {_SITE: _ANSWERED | {"threads": 3}}),
    ),
    _case(
        name="a script user and a script group",
        rules=("invalid-daemon-value",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site script-user=root \\\n        script-group=root threads=3")},
        expect=StartsAfter("Only one of script-user and script-group allowed.", {_SITE: _ANSWERED | {"threads": 3}}),
    ),
    _case(
        name="misspelt options",
        rules=("unknown-daemon-option",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site Threads=3 \\\n        python_path=/srv/site process=2")},
        expect=StartsAfter(
            _INVALID, {_SITE: _ANSWERED | {"threads": 3, "processes": 2, "python_path": ("/srv/site",)}}
        ),
    ),
    _case(
        name="an option under its former name",
        rules=("unknown-daemon-option",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site proxy-buffer-size=131072")},
        expect=StartsAfter(_INVALID, {_SITE: _ANSWERED}),
    ),
    _case(
        name="options torn apart, and quoted as a whole",
        rules=("stray-daemon-word",),
        level="safe",
        before={
            "site.conf": _site("""WSGIDaemonProcess site threads = 3 processes =2 \\
        "home=/srv/site" 'python-path=/srv/site/my code'""")
        },
        tree={**_TREE, "/srv/site/my code/x.py": ""},
        expect=StartsAfter(
            _INVALID,
            {
                _SITE: _ANSWERED
                | {"threads": 3, "processes": 2, "cwd": "/srv/site", "python_path": ("/srv/site", "/srv/site/my code")}
            },
        ),
    ),
    _case(
        name="a definition below the mount that looks it up",
        rules=("process-group-before-definition",),
        level="safe",
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{{GLOBAL}}
    # five are enough
    WSGIDaemonProcess site \\
        threads=5
</VirtualHost>
{_OPEN}"""
        },
        expect=StartsAfter("WSGI process group not yet configured.", {_SITE: _ANSWERED | {"threads": 5}}),
    ),
    _case(
        name="a definition in a host below",
        rules=("process-group-before-definition",),
        level="safe",
        before={
            "site.conf": f"""\
<VirtualHost *:8080>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{{GLOBAL}}
</VirtualHost>
<VirtualHost *:80>
    ServerName a.example
    WSGIDaemonProcess site threads=5
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, _OTHER),
        expect=StartsAfter(
            "WSGI process group not yet configured.",
            {_SITE: _ANSWERED | {"threads": 5}, _OTHER: _ANSWERED | {"process_class": _SITE}},
        ),
    ),
    _case(
        name="a host that says its name too late",
        rules=("servername-after-wsgi-alias",),
        level="safe",
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIDaemonProcess site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:8080>
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{{GLOBAL}}
    ServerName a.example
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, _OTHER),
        expect=StartsAfter(
            "WSGI process group not matchable.",
            {_SITE: _ANSWERED, _OTHER: _ANSWERED | {"vhost": "a.example:8080", "process_class": _SITE}},
        ),
        equivalent={"site.conf: drop: -ServerName a.example": "the same name, said twice"},
    ),
    _case(
        name="a host that says its name too late, and has a log of its own",
        rules=("servername-after-wsgi-alias",),
        level="safe",
        before={
            "site.conf": _logging(
                ("WSGIDaemonProcess site", "WSGIProcessGroup site"),
                (
                    "WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}",
                    "ServerName a.example",
                ),
            )
        },
        probes=probes(_SITE, _OTHER),
        expect=StartsAfter(
            "WSGI process group not matchable.",
            {
                _SITE: _ANSWERED | {"error_logs": _LOGS[0]},
                _OTHER: _ANSWERED | {"error_logs": _LOGS[1], "process_class": _SITE},
            },
        ),
    ),
    # -- httpd refuses each request ---------------------------------------------------------------------------------
    _case(
        name="a definition without a name",
        rules=("daemon-name-missing",),
        level="safe",
        before={"httpd.conf": _site("WSGIDaemonProcess processes=2 threads=5")},
        expect=AnswersAfter({_SITE: _ANSWERED | {"processes": 2, "threads": 5}}),
    ),
    _case(
        name="the name of a group with a slip",
        rules=("process-group-undefined",),
        level="safe",
        before={
            "httpd.conf": f"""\
WSGIDaemonProcess my-site threads=5
WSGIDaemonProcess Shop threads=6
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup my_site
    WSGIScriptAlias /shop /srv/site/app.wsgi process-group=shop
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, f"{_SITE}shop"),
        expect=AnswersAfter(
            {_SITE: {"process_group": "my-site", "threads": 5}, f"{_SITE}shop": {"process_group": "Shop", "threads": 6}}
        ),
        equivalent={"httpd.conf: swap: *": "the mount names its group itself, wherever the other line stands"},
    ),
    _case(
        name="a group of a host of another name",
        moves=True,
        rules=("process-group-inaccessible",),
        level="repair",
        before={
            "site.conf": _site("WSGIDaemonProcess site threads=5")
            + """\
<VirtualHost *:80>
    ServerName www.a.example
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(_SITE, _NAMED),
        expect=EqualExcept(regained=(_NAMED,)),
    ),
    _case(
        name="a group of a host whose name differs in case",
        rules=("process-group-inaccessible",),
        level="safe",
        before={
            "site.conf": _site("WSGIDaemonProcess site threads=5")
            + """\
<VirtualHost *:8080>
    ServerName A.example:8080
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(_SITE, _OTHER),
        expect=AnswersAfter({_OTHER: _ANSWERED | {"process_class": _SITE, "threads": 5}}),
    ),
    _case(
        name="a group of a host whose name differs in case, and which has a log of its own",
        rules=("process-group-inaccessible",),
        level="repair",
        before={
            "site.conf": _logging(
                ("WSGIDaemonProcess site", "WSGIProcessGroup site"),
                ("ServerName A.example", "WSGIProcessGroup site", "WSGIScriptAlias / /srv/site/app.wsgi"),
            )
        },
        probes=probes(_SITE, _OTHER),
        expect=AnswersAfter({_OTHER: _ANSWERED | {"process_class": _SITE, "error_logs": _LOGS[1]}}),
    ),
    # -- nothing changes --------------------------------------------------------------------------------------------
    _case(
        name="an option said twice",
        rules=("daemon-option-repeated",),
        level="safe",
        before={
            "site.conf": _site(
                "WSGIDaemonProcess site threads=2 \\\n        home=/srv \\\n        threads=3 home=/srv/site"
            )
        },
        expect=Equal(),
        equivalent={"site.conf: drop: *": "mod_wsgi takes the last one, wherever the others stand"},
    ),
    _case(
        name="numbers with a tail",
        rules=("malformed-daemon-number",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site threads=3; request-timeout=60s")},
        expect=Equal(),
    ),
    _case(
        name="the user and group of httpd",
        rules=("redundant-daemon-user",),
        level="safe",
        before={
            "site.conf": f"User {_USER}\nGroup {_USER}\n"
            + _site(f"WSGIDaemonProcess site user={_USER} group={_USER} \\\n        home=/srv/site")
        },
        expect=Equal(),
    ),
    _case(
        name="processes without a name of their own",
        rules=("daemon-without-display-name",),
        level="safe",
        before={"site.conf": _site("WSGIDaemonProcess site threads=3")},
        expect=EqualExcept({_SITE: {"title": ("", "(wsgi:site)")}}),
    ),
    # -- the administrator decides ----------------------------------------------------------------------------------
    _case(
        name="numbers joined by commas",
        rules=("malformed-daemon-number",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site processes=2,threads=3,display-name=%{GROUP}")},
        expect=EqualExcept({_SITE: {"threads": (15, 3), "title": ("", "(wsgi:site)")}}),
    ),
    _case(
        name="the locale that httpd was started with",
        rules=("daemon-without-locale",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site threads=3")},
        expect=EqualExcept({_SITE: {"locale": ("C.UTF-8, C", "C.UTF-8, C.UTF-8")}}),
    ),
    _case(
        name="no timeouts",
        rules=("daemon-without-timeouts",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site threads=3")},
        # Each request here is answered long before any of them.
        expect=Equal(),
    ),
    _case(
        name="many processes",
        rules=("excessive-daemon-processes",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site processes=5")},
        expect=EqualExcept({_SITE: {"processes": (5, 2)}}),
    ),
    _case(
        name="many threads",
        rules=("excessive-daemon-threads",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site threads=26")},
        expect=EqualExcept({_SITE: {"threads": (26, 15)}}),
    ),
    _case(
        name="a new process for each request",
        rules=("maximum-requests",),
        level="unsafe",
        before={
            "site.conf": _site("WSGIDaemonProcess site threads=1 maximum-requests=1", "WSGIApplicationGroup %{GLOBAL}")
        },
        probes=probes(_SITE, f"{_SITE}again"),
        expect=EqualExcept({f"{_SITE}again": {"process_class": (f"{_SITE}again", _SITE)}}),
    ),
    _case(
        name="one process, written out",
        rules=("processes-one",),
        level="unsafe",
        before={"site.conf": _site("WSGIDaemonProcess site processes=1 threads=3")},
        expect=EqualExcept({_SITE: {"multiprocess": (True, False)}}),
    ),
    _case(
        name="a group for each port of one site",
        rules=("twin-daemon-processes",),
        level="unsafe",
        before={
            "site.conf": _site("WSGIDaemonProcess site threads=3")
            + """\
<VirtualHost *:8080>
    ServerName a.example
    WSGIDaemonProcess site-8080 threads=3
    WSGIProcessGroup site-8080
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(_SITE, _OTHER),
        expect=EqualExcept({_OTHER: {"process_group": ("site-8080", "site"), "process_class": (_OTHER, _SITE)}}),
    ),
    _case(
        name="a group for each port of one site, with a log each",
        rules=("twin-daemon-processes",),
        level="unsafe",
        before={
            "site.conf": _logging(
                ("WSGIDaemonProcess site threads=3", "WSGIProcessGroup site"),
                (
                    "ServerName a.example",
                    "WSGIDaemonProcess site-8080 threads=3",
                    "WSGIScriptAlias / /srv/site/app.wsgi",
                    "WSGIProcessGroup site-8080",
                ),
            )
        },
        probes=probes(_SITE, _OTHER),
        expect=EqualExcept({_OTHER: {"process_group": ("site-8080", "site"), "process_class": (_OTHER, _SITE)}}),
        equivalent={"site.conf: drop: -WSGIDaemonProcess *": "a group that nothing selects sits idle"},
    ),
    _case(
        name="a group that nothing selects",
        rules=("unused-daemon-process",),
        level="unsafe",
        before={
            "httpd.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIDaemonProcess site threads=3 home=/srv/site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        # How many threads and processes an embedded application has is the MPM's.
        mpms=("event",),
        expect=EqualExcept(
            {
                _SITE: {
                    "process_group": ("", "site"),
                    "cwd": ("/", "/srv/site"),
                    "threads": (4, 3),
                    "python_path": ((), ("/srv/site",)),
                }
            }
        ),
    ),
)
