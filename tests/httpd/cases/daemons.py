"""Daemon process groups: definitions that httpd refuses, and groups that requests cannot reach."""

from __future__ import annotations

from ..case import AnswersAfter, EqualExcept, StartsAfter
from ..probe import probes
from ._daemons import (
    ANSWERED,
    DUPLICATE,
    INVALID,
    LOGS,
    NAMED,
    OPEN,
    OTHER,
    SITE,
    TREE,
    TWO_OPTIONS,
    case,
    logging,
    site,
)

CASES = (
    # -- httpd refuses to start -------------------------------------------------------------------------------------
    case(
        name="a repetition in hosts that look the group up at start",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={"site.conf": TWO_OPTIONS.format(name="a.example") + TWO_OPTIONS.format(name="www.a.example") + OPEN},
        probes=probes(SITE, NAMED),
        expect=StartsAfter(
            DUPLICATE,
            {
                SITE: ANSWERED | {"application_group": "", "process_class": SITE},
                NAMED: ANSWERED | {"application_group": "", "process_class": SITE},
            },
        ),
    ),
    case(
        name="a repetition in hosts with a log each",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={
            "site.conf": logging(
                ("WSGIDaemonProcess site threads=3", "WSGIProcessGroup site"),
                (
                    "ServerName a.example",
                    "WSGIDaemonProcess site threads=3",
                    "WSGIProcessGroup site",
                    "WSGIScriptAlias / /srv/site/app.wsgi",
                ),
            )
        },
        probes=probes(SITE, OTHER),
        expect=StartsAfter(
            DUPLICATE,
            {
                SITE: ANSWERED | {"error_logs": LOGS[0]},
                OTHER: ANSWERED | {"error_logs": LOGS[1], "process_class": SITE},
            },
        ),
    ),
    case(
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
{OPEN}""",
            "application.inc": """\
# what every host serves
WSGIDaemonProcess site threads=2
WSGIProcessGroup site
WSGIScriptAlias / /srv/site/app.wsgi
""",
        },
        include=("httpd.conf",),
        probes=probes(SITE, NAMED),
        expect=StartsAfter(DUPLICATE, {SITE: ANSWERED, NAMED: ANSWERED | {"process_class": SITE}}),
    ),
    case(
        name="a group defined twice, once with defaults written out",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={
            "site.conf": "WSGIDaemonProcess site processes=2\n"
            "WSGIDaemonProcess site threads=15 shutdown-timeout=5 processes=2\n" + site()
        },
        include=("site.conf",),
        expect=StartsAfter(DUPLICATE, {SITE: ANSWERED | {"threads": 15, "processes": 2}}),
    ),
    case(
        name="a group defined twice, with options that complete each other",
        rules=("duplicate-daemon-process",),
        level="repair",
        before={
            "site.conf": "WSGIDaemonProcess site threads=2\nWSGIDaemonProcess site threads=2 processes=2\n" + site(),
            "modwsgi-fix.toml": '[rules.duplicate-daemon-process]\nconflict = "merge"\n',
        },
        include=("site.conf",),
        expect=StartsAfter(DUPLICATE, {SITE: ANSWERED | {"threads": 2, "processes": 2}}),
    ),
    case(
        name="a buffer that is too small",
        rules=("invalid-daemon-value",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site send-buffer-size=256 threads=3")},
        expect=StartsAfter("Send buffer size must be >= 512", {SITE: ANSWERED | {"threads": 3}}),
    ),
    case(
        name="a script user and a script group",
        rules=("invalid-daemon-value",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site script-user=root \\\n        script-group=root threads=3")},
        expect=StartsAfter("Only one of script-user and script-group allowed.", {SITE: ANSWERED | {"threads": 3}}),
    ),
    case(
        name="misspelt options",
        rules=("unknown-daemon-option",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site Threads=3 \\\n        python_path=/srv/site process=2")},
        expect=StartsAfter(INVALID, {SITE: ANSWERED | {"threads": 3, "processes": 2, "python_path": ("/srv/site",)}}),
    ),
    case(
        name="an option under its former name",
        rules=("unknown-daemon-option",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site proxy-buffer-size=131072")},
        expect=StartsAfter(INVALID, {SITE: ANSWERED}),
    ),
    case(
        name="options torn apart, and quoted as a whole",
        rules=("stray-daemon-word",),
        level="safe",
        before={
            "site.conf": site("""WSGIDaemonProcess site threads = 3 processes =2 \\
        "home=/srv/site" 'python-path=/srv/site/my code'""")
        },
        tree={**TREE, "/srv/site/my code/x.py": ""},
        expect=StartsAfter(
            INVALID,
            {
                SITE: ANSWERED
                | {"threads": 3, "processes": 2, "cwd": "/srv/site", "python_path": ("/srv/site", "/srv/site/my code")}
            },
        ),
    ),
    case(
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
{OPEN}"""
        },
        expect=StartsAfter("WSGI process group not yet configured.", {SITE: ANSWERED | {"threads": 5}}),
    ),
    case(
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
{OPEN}"""
        },
        probes=probes(SITE, OTHER),
        expect=StartsAfter(
            "WSGI process group not yet configured.",
            {SITE: ANSWERED | {"threads": 5}, OTHER: ANSWERED | {"process_class": SITE}},
        ),
    ),
    case(
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
{OPEN}"""
        },
        probes=probes(SITE, OTHER),
        expect=StartsAfter(
            "WSGI process group not matchable.",
            {SITE: ANSWERED, OTHER: ANSWERED | {"vhost": "a.example:8080", "process_class": SITE}},
        ),
        equivalent={"site.conf: drop: -ServerName a.example": "the same name, said twice"},
    ),
    case(
        name="a host that says its name too late, and has a log of its own",
        rules=("servername-after-wsgi-alias",),
        level="safe",
        before={
            "site.conf": logging(
                ("WSGIDaemonProcess site", "WSGIProcessGroup site"),
                (
                    "WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}",
                    "ServerName a.example",
                ),
            )
        },
        probes=probes(SITE, OTHER),
        expect=StartsAfter(
            "WSGI process group not matchable.",
            {
                SITE: ANSWERED | {"error_logs": LOGS[0]},
                OTHER: ANSWERED | {"error_logs": LOGS[1], "process_class": SITE},
            },
        ),
    ),
    # -- httpd refuses each request ---------------------------------------------------------------------------------
    case(
        name="a definition without a name",
        rules=("daemon-name-missing",),
        level="safe",
        before={"httpd.conf": site("WSGIDaemonProcess processes=2 threads=5")},
        expect=AnswersAfter({SITE: ANSWERED | {"processes": 2, "threads": 5}}),
    ),
    case(
        name="a group that nothing selects, where embedded mode is off",
        rules=("unused-daemon-process",),
        level="safe",
        before={
            "httpd.conf": f"""\
WSGIRestrictEmbedded On
<VirtualHost *:80>
    ServerName a.example
    WSGIDaemonProcess site threads=5
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{OPEN}"""
        },
        expect=AnswersAfter({SITE: ANSWERED | {"threads": 5}}),
    ),
    case(
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
{OPEN}"""
        },
        probes=probes(SITE, f"{SITE}shop"),
        expect=AnswersAfter(
            {SITE: {"process_group": "my-site", "threads": 5}, f"{SITE}shop": {"process_group": "Shop", "threads": 6}}
        ),
        equivalent={"httpd.conf: swap: *": "the mount names its group itself, wherever the other line stands"},
    ),
    case(
        name="a group of a host of another name",
        moves=True,
        rules=("process-group-inaccessible",),
        level="repair",
        before={
            "site.conf": site("WSGIDaemonProcess site threads=5")
            + """\
<VirtualHost *:80>
    ServerName www.a.example
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(SITE, NAMED),
        expect=EqualExcept(regained=(NAMED,)),
    ),
    case(
        name="a group of a host whose name differs in case",
        rules=("process-group-inaccessible",),
        level="safe",
        before={
            "site.conf": site("WSGIDaemonProcess site threads=5")
            + """\
<VirtualHost *:8080>
    ServerName A.example:8080
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(SITE, OTHER),
        expect=AnswersAfter({OTHER: ANSWERED | {"process_class": SITE, "threads": 5}}),
    ),
    case(
        name="a group of a host whose name differs in case, and which has a log of its own",
        rules=("process-group-inaccessible",),
        level="repair",
        before={
            "site.conf": logging(
                ("WSGIDaemonProcess site", "WSGIProcessGroup site"),
                ("ServerName A.example", "WSGIProcessGroup site", "WSGIScriptAlias / /srv/site/app.wsgi"),
            )
        },
        probes=probes(SITE, OTHER),
        expect=AnswersAfter({OTHER: ANSWERED | {"process_class": SITE, "error_logs": LOGS[1]}}),
    ),
)
