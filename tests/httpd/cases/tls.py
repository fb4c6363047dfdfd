"""Sites with an HTTP and an HTTPS host: what a fix does to one of the two, and what the two share."""

from __future__ import annotations

from functools import partial

from ..application import app
from ..case import AnswersAfter, Case, Equal, EqualExcept, StartsAfter
from ..probe import Probe, probes
from ..root import CERTIFICATE, Link, Tree
from . import opened

_TREE: Tree = {"/srv/w/app.wsgi": app(), "/srv/w/static/a.css": "STYLE"}
_PLAIN, _TLS = "http://a.example/", "https://a.example/"
_HIGH, _HIGH_TLS = "http://a.example:8080/", "https://a.example:8443/"
_ANSWERED = {"status": 200, "who": "application", "process_group": "site"}
_OPEN = opened("/srv/w")

_case = partial(Case, tree=_TREE, probes=probes(_PLAIN, _TLS))


def _host(port: int, *lines: str, name: str = "a.example") -> str:
    """One host; on 443 and 8443 it speaks TLS."""
    tls = ("SSLEngine on", f"SSLCertificateFile {CERTIFICATE}") if port in (443, 8443) else ()
    text = "".join(f"    {line}\n" for line in (f"ServerName {name}", *tls, *lines))
    return f"<VirtualHost *:{port}>\n{text}</VirtualHost>\n"


def _pair(first: tuple[str, ...], second: tuple[str, ...]) -> dict[str, str]:
    return {"site.conf": _host(80, *first) + _host(443, *second) + _OPEN}


_MOUNT = "WSGIScriptAlias / /srv/w/app.wsgi"
_DEFINED = ("WSGIDaemonProcess site threads=3", "WSGIProcessGroup site", _MOUNT)
_OLD = """\
<Directory />
    Order deny,allow
    Deny from all
</Directory>
<Directory /srv/w>
    Order allow,deny
    Allow from all
</Directory>
"""
_OFFICE = tuple(
    line
    for url, address in (("/abroad", "192.0.2"), ("/admin", "127"))
    for line in (
        f"<Location {url}>",
        "    SSLRequireSSL",
        "    Order deny,allow",
        "    Deny from all",
        f"    Allow from {address}",
        "</Location>",
    )
)
_GUARDED = ("<Location /admin>", "    SSLRequireSSL", "</Location>")
_BY_URL = ("Alias /static /srv/w/static", *_GUARDED, "<Location />", "    Require all granted", "</Location>", _MOUNT)
_WEB2PY_PATHS = (
    "welcome/static/base.css",
    "welcome/static/etc/hostname",
    "linked/static/a.txt",
    "welcome/models/db.py",
)

CASES = (
    _case(
        name="a certificate on a port that is not 443",
        rules=("ssl-engine-missing",),
        level="unsafe",
        before={
            "site.conf": "Listen 8443\n<VirtualHost *:8443>\n    ServerName a.example\n"
            f"    SSLCertificateFile {CERTIFICATE}\n    SSLCertificateKeyFile {CERTIFICATE}\n    {_MOUNT}\n</VirtualHost>\n"
            + _OPEN
        },
        probes=(Probe("a.example", "/", 8443, tls=True),),
        expect=EqualExcept(regained=(_HIGH_TLS,)),
    ),
    # -- what the two share -------------------------------------------------------------------------------------------
    _case(
        name="one group in both hosts of a pair",
        rules=("duplicate-daemon-process",),
        level="safe",
        before=_pair(_DEFINED, _DEFINED),
        # One process and one interpreter for both: mod_wsgi leaves 80 and 443 out of an interpreter's name.
        expect=StartsAfter(
            "Name duplicates previous WSGI daemon definition",
            {
                _PLAIN: _ANSWERED | {"application_group": "a.example|", "scheme": "http"},
                _TLS: _ANSWERED | {"application_group": "a.example|", "scheme": "https", "process_class": _PLAIN},
            },
        ),
    ),
    _case(
        name="a group that the certificate's tool copied under another name",
        rules=("twin-daemon-processes",),
        level="unsafe",
        before=_pair(_DEFINED, ("WSGIDaemonProcess site-le threads=3", "WSGIProcessGroup site-le", _MOUNT)),
        expect=EqualExcept({_TLS: {"process_group": ("site-le", "site"), "process_class": (_TLS, _PLAIN)}}),
    ),
    _case(
        name="a group of the plain host, for a TLS host of another name",
        moves=True,
        rules=("process-group-inaccessible",),
        level="repair",
        before={
            "site.conf": _host(80, *_DEFINED)
            + _host(443, "WSGIProcessGroup site", _MOUNT, name="www.a.example")
            + _OPEN
        },
        probes=probes(_PLAIN, "https://www.a.example/"),
        expect=EqualExcept(regained=("https://www.a.example/",)),
    ),
    _case(
        name="a TLS host whose name is spelt otherwise",
        rules=("process-group-inaccessible",),
        level="safe",
        before={
            "site.conf": _host(80, *_DEFINED) + _host(443, "WSGIProcessGroup site", _MOUNT, name="A.example") + _OPEN
        },
        expect=AnswersAfter({_TLS: _ANSWERED | {"process_class": _PLAIN}}),
    ),
    _case(
        name="two interpreters for one site, on 8080 and 8443",
        rules=("port-pair-interpreters",),
        level="unsafe",
        before={
            "site.conf": "WSGIDaemonProcess site threads=3\n"
            + _host(8080, "WSGIProcessGroup site", _MOUNT)
            + _host(8443, "WSGIProcessGroup site", _MOUNT)
            + _OPEN
        },
        probes=probes(_HIGH, _HIGH_TLS),
        expect=EqualExcept(
            {
                _HIGH: {"application_group": ("a.example:8080|", "a.example")},
                _HIGH_TLS: {"application_group": ("a.example:8443|", "a.example")},
            }
        ),
    ),
    # -- what only TLS may reach --------------------------------------------------------------------------------------
    _case(
        name="a grant by URL beside a restriction to TLS",
        rules=("allow-in-location",),
        level="repair",
        before={"site.conf": _host(80, *_BY_URL) + _host(443, *_BY_URL)},
        probes=probes(*(f"{site}{path}" for site in (_PLAIN, _TLS) for path in ("", "admin", "static/a.css"))),
        expect={
            "2.4": Equal(),
            # A default in the old words does not hear the grant, and a file in the words of 2.4 keeps to them.
            "2.2": Equal(),
        },
        equivalent={
            "site.conf: drop: -<Location />": "no URL leads to anything that the grant alone had opened",
            "site.conf: parent: *": "no other directory of /srv is led to",
            "site.conf: opposite: Require all denied": "no URL leads to what lies beside the script",
        },
    ),
    _case(
        name="2.2's words, on a server that asks for TLS",
        rules=("old-access-directives",),
        level="safe",
        before={"httpd.conf": _OLD + _host(80, *_OFFICE, _MOUNT) + _host(443, *_OFFICE, _MOUNT)},
        bases=(None,),
        probes=probes(*(f"{site}{path}" for site in (_PLAIN, _TLS) for path in ("", "admin", "abroad"))),
        expect=Equal(),
        equivalent={
            "httpd.conf: drop: -Order deny,allow +Require ip *": "httpd has the module of the old words, which say the same",
            "httpd.conf: opposite: Require all denied": "what is asked for lies in directories that say it themselves",
            "httpd.conf: widen: SSLRequireSSL": "whoever comes by TLS is not asked for it",
        },
    ),
    # -- the TLS host alone -------------------------------------------------------------------------------------------
    _case(
        name="an alias that hides the application from those who come by TLS",
        rules=("alias-hides-application",),
        level="repair",
        before=_pair(
            ("Redirect permanent / https://a.example/",),
            ("Alias / /srv/w/applications/", "WSGIScriptAlias / /srv/w/handler.wsgi"),
        ),
        tree={
            "/srv/w/handler.wsgi": app(),
            "/srv/w/applications/welcome/static/base.css": "STYLE",
            "/srv/w/applications/welcome/static/etc": Link("/etc"),
            "/srv/w/applications/linked/static": Link("/srv/w/files"),
            "/srv/w/files/a.txt": "FILE",
            "/srv/w/applications/welcome/models/db.py": "SECRET",
        },
        probes=probes(f"{_PLAIN}welcome", _TLS, *(f"{_TLS}{path}" for path in _WEB2PY_PATHS)),
        expect=EqualExcept(
            regained=(_TLS,), closed=(f"{_TLS}welcome/models/db.py", f"{_TLS}welcome/static/etc/hostname")
        ),
        equivalent={"site.conf: swap: *": "aliases are no part of the order of directories"},
    ),
    _case(
        name="a needless root Location in the TLS host",
        moves=True,
        rules=("needless-location-root",),
        level="repair",
        before=_pair(
            ("Redirect permanent / https://a.example/",),
            ("WSGIDaemonProcess site threads=3", _MOUNT, '<Location "/">', "    WSGIProcessGroup site", "</Location>"),
        ),
        expect=Equal(),
    ),
    _case(
        name="NameVirtualHost for both ports",
        rules=("name-virtual-host",),
        level="safe",
        before={
            "site.conf": "NameVirtualHost *:80\nNameVirtualHost *:443\n"
            + _host(80, _MOUNT)
            + _host(443, _MOUNT)
            + _host(443, "Redirect / https://a.example/", name="b.example")
            + _OPEN
        },
        probes=probes(_PLAIN, _TLS, "https://b.example/x"),
        expect=Equal(),
    ),
    _case(
        name="a session cache that 2.4 does not have",
        rules=("session-cache-type",),
        level="safe",
        before={
            "site.conf": "SSLSessionCache shm:/var/run/ssl_scache(512000)\n"
            + _host(80, _MOUNT)
            + _host(443, _MOUNT)
            + _OPEN
        },
        expect=StartsAfter("'shm' session cache not supported", {_PLAIN: {"status": 200}, _TLS: {"status": 200}}),
    ),
    _case(
        name="versions of TLS that OpenSSL does not have",
        rules=("tls-protocol-refused",),
        level="repair",
        before={"site.conf": _host(80, _MOUNT) + _host(443, "SSLProtocol -ALL +SSLv3 +TLSv1", _MOUNT) + _OPEN},
        expect=StartsAfter("SSLv3 not supported", {_PLAIN: {"status": 200}, _TLS: {"status": 200}}),
    ),
    _case(
        name="ciphers that OpenSSL does not have",
        rules=("cipher-list-empty",),
        level="repair",
        before={"site.conf": _host(80, _MOUNT) + _host(443, "SSLCipherSuite RC4-SHA:RC4-MD5", _MOUNT) + _OPEN},
        expect=StartsAfter(
            "Unable to configure permitted SSL ciphers", {_PLAIN: {"status": 200}, _TLS: {"status": 200}}
        ),
    ),
    _case(
        name="lists of revoked certificates that nobody looks into",
        rules=("revocation-not-checked",),
        level="repair",
        before={"httpd.conf": _host(80, _MOUNT) + _host(443, "SSLCARevocationPath /srv/w/static", _MOUNT) + _OPEN},
        expect=Equal(),
        equivalent={"httpd.conf: *": "a visitor without a certificate of a client has none that is looked for"},
    ),
    _case(
        name="the locks of 2.2's mod_ssl",
        rules=("removed-mutex-directives",),
        level="safe",
        before={"site.conf": "SSLMutex file:/var/run/ssl_mutex\n" + _host(80, _MOUNT) + _host(443, _MOUNT) + _OPEN},
        expect=StartsAfter(
            "Invalid command 'SSLMutex'",
            {_PLAIN: {"who": "application"}, _TLS: {"who": "application", "scheme": "https"}},
        ),
    ),
)
