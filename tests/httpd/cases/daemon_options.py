"""Options of daemon process groups that httpd takes, and that are needless, or the administrator's to decide."""

from __future__ import annotations

from ..case import Equal, EqualExcept
from ..probe import probes
from ._daemons import OPEN, OTHER, SITE, USER, case, logging, site

CASES = (
    # -- nothing changes --------------------------------------------------------------------------------------------
    case(
        name="an option said twice",
        rules=("daemon-option-repeated",),
        level="safe",
        before={
            "site.conf": site(
                "WSGIDaemonProcess site threads=2 \\\n        home=/srv \\\n        threads=3 home=/srv/site"
            )
        },
        expect=Equal(),
        equivalent={"site.conf: drop: *": "mod_wsgi takes the last one, wherever the others stand"},
    ),
    case(
        name="numbers with a tail",
        rules=("malformed-daemon-number",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site threads=3; request-timeout=60s")},
        expect=Equal(),
    ),
    case(
        name="the user and group of httpd",
        rules=("redundant-daemon-user",),
        level="safe",
        before={
            "site.conf": f"User {USER}\nGroup {USER}\n"
            + site(f"WSGIDaemonProcess site user={USER} group={USER} \\\n        home=/srv/site")
        },
        expect=Equal(),
    ),
    case(
        name="processes without a name of their own",
        rules=("daemon-without-display-name",),
        level="safe",
        before={"site.conf": site("WSGIDaemonProcess site threads=3")},
        expect=EqualExcept({SITE: {"title": ("", "(wsgi:site)")}}),
    ),
    # -- the administrator decides ----------------------------------------------------------------------------------
    case(
        name="numbers joined by commas",
        rules=("malformed-daemon-number",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site processes=2,threads=3,display-name=%{GROUP}")},
        expect=EqualExcept({SITE: {"threads": (15, 3), "title": ("", "(wsgi:site)")}}),
    ),
    case(
        name="the locale that httpd was started with",
        rules=("daemon-without-locale",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site threads=3")},
        expect=EqualExcept({SITE: {"locale": ("C.UTF-8, C", "C.UTF-8, C.UTF-8")}}),
    ),
    case(
        name="no timeouts",
        rules=("daemon-without-timeouts",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site threads=3")},
        # Each request here is answered long before any of them.
        expect=Equal(),
    ),
    case(
        name="many processes",
        rules=("excessive-daemon-processes",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site processes=5")},
        expect=EqualExcept({SITE: {"processes": (5, 2)}}),
    ),
    case(
        name="many threads",
        rules=("excessive-daemon-threads",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site threads=26")},
        expect=EqualExcept({SITE: {"threads": (26, 15)}}),
    ),
    case(
        name="a new process for each request",
        rules=("maximum-requests",),
        level="unsafe",
        before={
            "site.conf": site("WSGIDaemonProcess site threads=1 maximum-requests=1", "WSGIApplicationGroup %{GLOBAL}")
        },
        probes=probes(SITE, f"{SITE}again"),
        expect=EqualExcept({f"{SITE}again": {"process_class": (f"{SITE}again", SITE)}}),
    ),
    case(
        name="one process, written out",
        rules=("processes-one",),
        level="unsafe",
        before={"site.conf": site("WSGIDaemonProcess site processes=1 threads=3")},
        expect=EqualExcept({SITE: {"multiprocess": (True, False)}}),
    ),
    case(
        name="a group for each port of one site",
        rules=("twin-daemon-processes",),
        level="unsafe",
        before={
            "site.conf": site("WSGIDaemonProcess site threads=3")
            + """\
<VirtualHost *:8080>
    ServerName a.example
    WSGIDaemonProcess site-8080 threads=3
    WSGIProcessGroup site-8080
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        },
        probes=probes(SITE, OTHER),
        expect=EqualExcept({OTHER: {"process_group": ("site-8080", "site"), "process_class": (OTHER, SITE)}}),
    ),
    case(
        name="a group for each port of one site, with a log each",
        rules=("twin-daemon-processes",),
        level="unsafe",
        before={
            "site.conf": logging(
                ("WSGIDaemonProcess site threads=3", "WSGIProcessGroup site"),
                (
                    "ServerName a.example",
                    "WSGIDaemonProcess site-8080 threads=3",
                    "WSGIScriptAlias / /srv/site/app.wsgi",
                    "WSGIProcessGroup site-8080",
                ),
            )
        },
        probes=probes(SITE, OTHER),
        expect=EqualExcept({OTHER: {"process_group": ("site-8080", "site"), "process_class": (OTHER, SITE)}}),
        equivalent={"site.conf: drop: -WSGIDaemonProcess *": "a group that nothing selects sits idle"},
    ),
    case(
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
{OPEN}"""
        },
        # How many threads and processes an embedded application has is the MPM's.
        mpms=("event",),
        expect=EqualExcept(
            {
                SITE: {
                    "process_group": ("", "site"),
                    "cwd": ("/", "/srv/site"),
                    "threads": (4, 3),
                    "python_path": ((), ("/srv/site",)),
                }
            }
        ),
    ),
)
