"""Application groups (sub-interpreters), and how groups are selected."""

from __future__ import annotations

from functools import partial

from ..application import app
from ..case import AnswersAfter, Case, Equal, EqualExcept, StartsAfter
from ..probe import probes
from ..root import Tree
from . import opened

_TREE: Tree = {"/srv/site/app.wsgi": app(), "/srv/blog/blog.wsgi": app("blog")}
_OPEN = opened("/srv/site", "/srv/blog")
_SITE = "http://a.example/"
_BLOG = "http://a.example/blog"
_HIGH, _HIGHER = "http://a.example:8080/", "http://a.example:8081/"
_ONE, _TWO = "http://a.example/one", "http://a.example/two"
_FREE = "the two directives do not know of each other"

_UNDONE = """\
<Location /blog>
    WSGIProcessGroup blog
</Location>
<Location />
    WSGIProcessGroup site
</Location>
"""

_case = partial(Case, tree=_TREE, probes=probes(_SITE, _BLOG))

CASES = (
    _case(
        name="the main interpreter misspelt",
        rules=("bad-expansion",),
        level="unsafe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup site
    WSGIScriptAlias /blog /srv/blog/blog.wsgi process-group=site application-group=%(Resource)
    WSGIScriptAlias / /srv/site/app.wsgi
    WSGIApplicationGroup %{{Global}}
</VirtualHost>
{_OPEN}"""
        },
        expect=EqualExcept(
            {
                _SITE: {"application_group": ("%{Global}", "")},
                _BLOG: {"application_group": ("%(Resource)", "a.example|/blog")},
            }
        ),
    ),
    _case(
        name="embedded mode misspelt",
        rules=("bad-expansion",),
        level="safe",
        before={
            "httpd.conf": f"""\
WSGIDaemonProcess site
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup ${{GLOBAL}}
    WSGIScriptAlias /blog /srv/blog/blog.wsgi process-group=site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        expect=AnswersAfter({_SITE: {"status": 200, "process_group": ""}}),
    ),
    _case(
        name="an application alone in its processes, outside of the main interpreter",
        rules=("missing-global-application-group",),
        level="unsafe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site
WSGIDaemonProcess blog
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup site
    WSGIScriptAlias /blog /srv/blog/blog.wsgi process-group=blog
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        expect=EqualExcept(
            {
                _SITE: {"application_group": ("a.example|", "")},
                _BLOG: {"application_group": ("a.example|/blog", "")},
            }
        ),
        equivalent={"site.conf: swap: *": _FREE},
    ),
    _case(
        name="an interpreter for each port",
        rules=("port-pair-interpreters",),
        level="unsafe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site
<VirtualHost *:8080>
    ServerName a.example
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:8081>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_HIGH, _HIGHER),
        expect=EqualExcept(
            {
                _HIGH: {"application_group": ("a.example:8080|", "a.example")},
                _HIGHER: {"application_group": ("a.example:8081|", "a.example")},
            }
        ),
    ),
    _case(
        name="what holds anyway, written out",
        rules=("redundant-default",),
        level="safe",
        before={
            "httpd.conf": f"""\
WSGIRestrictStdout Off
WSGIRestrictStdin Off
WSGILazyInitialization On
WSGIProcessGroup %{{GLOBAL}}
WSGIDaemonProcess blog
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias /blog /srv/blog/blog.wsgi process-group=blog
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        expect=Equal(),
        since={(6,): StartsAfter("Invalid command 'WSGILazyInitialization'")},
    ),
    _case(
        name="a group that a later line overrides",
        rules=("redundant-process-group",),
        level="safe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site
WSGIDaemonProcess blog
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup blog
    WSGIApplicationGroup %{{SERVER}}
    WSGIScriptAlias /blog /srv/blog/blog.wsgi
    WSGIScriptAlias / /srv/site/app.wsgi
    WSGIProcessGroup site
    WSGIApplicationGroup %{{GLOBAL}}
</VirtualHost>
{_OPEN}"""
        },
        expect=Equal(),
    ),
    _case(
        name="two groups, each above its own mount",
        rules=("redundant-process-group",),
        level="unsafe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site
WSGIDaemonProcess blog
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup blog
    WSGIScriptAlias /blog /srv/blog/blog.wsgi
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        expect=EqualExcept({_BLOG: {"process_group": ("site", "blog"), "process_class": (_SITE, _BLOG)}}),
    ),
    *(
        _case(
            name=f"a group that a later Location undoes, {name}",
            rules=("group-undone-by-later-location",),
            level="unsafe",
            before={
                "site.conf": f"""\
WSGIDaemonProcess site
WSGIDaemonProcess blog
{main}<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias /blog /srv/blog/blog.wsgi
    WSGIScriptAlias / /srv/site/app.wsgi
{host}</VirtualHost>
{_OPEN}"""
            },
            expect=EqualExcept({_BLOG: {"process_group": ("site", "blog"), "process_class": (_SITE, _BLOG)}}),
        )
        for name, main, host in (("of the host", "", _UNDONE), ("of the main server", _UNDONE, ""))
    ),
    Case(
        name="an extension that one process loads once",
        rules=("extension-in-two-interpreters",),
        level="unsafe",
        before={
            "site.conf": f"""\
WSGIDaemonProcess site python-path=/srv/lib
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup site
    WSGIScriptAlias /one /srv/site/one.wsgi
    WSGIScriptAlias /two /srv/site/two.wsgi
</VirtualHost>
{opened("/srv/site")}""",
            "/srv/site/one.wsgi": f"import numpy\n{app('one')}",
            "/srv/site/two.wsgi": f"import numpy\n{app('two')}",
        },
        include=("site.conf",),
        # As the extension of numpy does, it sees the other interpreters of its process, by the environment of that.
        tree={
            "/srv/lib/numpy.py": "import os\n"
            "if 'LOADED' in os.environ:\n"
            "    raise ImportError('cannot load module more than once per process')\n"
            "os.environ['LOADED'] = '1'\n"
        },
        probes=probes(_ONE, _TWO),
        expect=EqualExcept({_ONE: {"application_group": ("a.example|/one", "")}}, regained=(_TWO,)),
    ),
)
