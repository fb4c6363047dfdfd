"""Servers that write each message of the table of ``modwsgi_fix.explain``: what makes httpd, mod_wsgi or Python say it.

A scene has the messages that its log must hold, and what ``explain`` must make of them: the rule that finds the fault, and
the line. ``place`` is a line of ``site.conf``, or a file of the site with its line; 0 where no line is to blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .application import app
from .root import Link

A = "http://a.example/"
GRANT = "<Directory /srv/site>\nRequire all granted\n</Directory>\n"
MOUNT = "WSGIScriptAlias / /srv/site/app.wsgi\n"
GROUP = "WSGIDaemonProcess site threads=2 {}\nWSGIProcessGroup site\n"
SLOW = "import time\ndef application(environ, start_response):\n    time.sleep({})\n    start_response('200 OK', [])\n    return [b'']\n"
FAILS = "def application(environ, start_response):\n    {}\n    start_response('200 OK', [])\n    return [b'']\n"
#: An application that asks its own server many times at once, and waits.
FLOOD = """
import socket, time
def application(environ, start_response):
    asked = []
    for _ in range(8):
        one = socket.create_connection((environ["SERVER_ADDR"], 80))
        one.sendall(b"GET / HTTP/1.0\\r\\nHost: a.example\\r\\n\\r\\n")
        asked.append(one)
    time.sleep(4)
    start_response("200 OK", [])
    return [b""]
"""


#: An application that sends its own server a body without a length.
CHUNKED = """
import socket
def application(environ, start_response):
    with socket.create_connection((environ["SERVER_ADDR"], 80)) as one:
        one.sendall(b"POST / HTTP/1.1\\r\\nHost: a.example\\r\\nTransfer-Encoding: chunked\\r\\nConnection: close\\r\\n\\r\\n0\\r\\n\\r\\n")
        one.recv(100)
    start_response("200 OK", [])
    return [b""]
"""

#: A script that looks for modules beside it.
HERE = "import sys\nsys.path.insert(0, '/srv/site')\n"
#: As much of Django as says that it does not know its settings.
DJANGO = {
    "app.wsgi": HERE + "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "django/__init__.py": "",
    "django/core/__init__.py": "",
    "django/core/wsgi.py": "def get_wsgi_application():\n    raise ValueError('Requested setting DEBUG, but settings are not configured. You must"
    " either define the environment variable DJANGO_SETTINGS_MODULE or call settings.configure() before accessing settings.')\n",
}
#: An application that sends its own server a part of a body, and breaks off.
BROKEN_OFF = """
import socket, struct, time
def application(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
    else:
        with socket.create_connection((environ["SERVER_ADDR"], 80)) as asked:
            asked.sendall(b"POST / HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 9999\\r\\n\\r\\nbegun")
            time.sleep(0.5)
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(1)
    start_response("200 OK", [])
    return [b""]
"""
#: The same, and waits in the middle of it.
HESITATES = BROKEN_OFF.replace("sleep(0.5)", "sleep(2)")
#: An application that writes a line to the log, as Django does.
LOGS_A_LINE = FAILS.format("print('Forbidden ({}): /', file=environ['wsgi.errors'])")


def host(*lines: str, names: str = "ServerName a.example\n") -> str:
    return "<VirtualHost *:80>\n" + names + "".join(lines) + "</VirtualHost>\n"


class Scene(NamedTuple):
    proves: tuple[str, ...]
    conf: str
    rule: str = ""
    place: int | str = 0
    tree: Mapping[str, Any] = MappingProxyType({"app.wsgi": app()})
    urls: tuple[str, ...] = (A,)
    setup: Mapping[str, Any] = MappingProxyType({})
    #: The name under which it is explained, where a message below it in the log decides.
    named: str = ""

    def __str__(self) -> str:
        return f"{self.proves[0]}-{self.rule or 'no-rule'}"


def refused(name: str, conf: str, rule: str, place: int | str, **more: Any) -> Scene:
    """A configuration that httpd refuses."""
    return Scene((name,), conf, rule, place, urls=(), **more)


def python(name: str, script: str, rule: str = "", place: int | str = 0, **more: Any) -> Scene:
    """A script that fails in embedded mode."""
    return Scene((name,), GRANT + host(MOUNT), rule, place, {"app.wsgi": script}, **more)


#: What hands requests on by HTTP.
_HTTP = {"modules": ("proxy", "proxy_http")}
_LOG_IN = (
    "<Directory /srv/site>\nAuthType Basic\nAuthName shop\nAuthUserFile /srv/site/users\nRequire {}\n</Directory>\n"
)
#: The password is the word secret.
_USERS = {"app.wsgi": app(), "users": "joe:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"}
_DAEMON = GRANT + host(MOUNT, GROUP)
#: For a server that has to live on for its log.
WAIT = "WSGIScriptAlias /wait /srv/site/wait.wsgi process-group=%{GLOBAL}\n"
WAITING = ("http://a.example/", "http://a.example/wait")
KILL = FAILS.format("import os; os.kill(os.getpid(), 11)")


def watched(
    options: str = "", script: str = app(), seconds: float = 2.5
) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """A process group, a second application that takes its time, and the two requests."""
    conf = "LogLevel wsgi:info\n" + GRANT + host(WAIT, MOUNT, GROUP.format(options))
    return conf, {"app.wsgi": script, "wait.wsgi": SLOW.format(seconds)}, WAITING


def lasting(
    name: str, rule: str, place: int, options: str = "", script: str = app(), seconds: float = 2.5, before: str = ""
) -> Scene:
    conf, tree, urls = watched(options, script, seconds)
    return Scene((name,), before + conf, rule, place, tree, urls)


#: mod_wsgi, loaded by two lines.
TWICE = "LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so\n" * 2
#: An application in embedded mode, for the group is selected in a directory that does not hold it.
BESIDE = GRANT + host(
    MOUNT, "WSGIDaemonProcess site\n<Directory /srv/site/static>\nWSGIProcessGroup site\n</Directory>\n"
)


#: In ``_DAEMON`` and in what is made as it.
_MOUNT_LINE, _DAEMON_LINE = 6, 7


def in_group(options: str = "") -> str:
    return GRANT + host(MOUNT, GROUP.format(options))


SCENES = [
    # -- reading ------------------------------------------------------------------------------------------------------
    refused("invalid-command", GRANT + host("WSGIDeamonProcess x\n"), "misspelt-directive", 6),
    refused("invalid-command", GRANT + host("Foobarbaz on\n"), "unknown-directive", 6),
    refused("invalid-command", GRANT + host("ProxyPass / http://b.example/\n"), "module-not-loaded", 6),
    refused("invalid-command", GRANT + "<Locaton />\n</Locaton>\n", "misspelt-section", 4),
    refused("invalid-command", GRANT + "AddModule mod_alias.c\n", "removed-directives", 4),
    refused("wrong-closer", GRANT + "<Location />\n</LocationMatch>\n", "mismatched-closer", 4),
    refused("wrong-closer", "<virualhost *:80>\n</VirtualHost>\n", "misspelt-section", 1),
    refused("wrong-closer", GRANT + "<VirtualHost *:80>\n<Location />\n</VirtualHost>\n", "unclosed-section", 5),
    refused("wrong-closer", GRANT + "<VirtualHost *:80>\nServerName a.example\n</Location>\n</VirtualHost>\n", "stray-closer", 6),
    refused("not-closed", GRANT + "<Location />\n", "unclosed-section", 4),
    refused("not-closed", GRANT + "<Location />\nRequire all denied\n<Location>\n", "opener-for-closer", 6),
    refused("no-opener", GRANT + "</Location>\n", "stray-closer", 4),
    refused("no-bracket", GRANT + "<Location /\n</Location>\n", "malformed-opener", 4),
    refused("no-bracket", GRANT + "<Location />\n</Location\n", "malformed-closer", 5),
    refused("duplicate-daemon", in_group() + "WSGIDaemonProcess site threads=9\n", "duplicate-daemon-process", 10),
    refused("daemon-option", GRANT + "WSGIDaemonProcess site thread=2\n", "unknown-daemon-option", 4),
    refused("daemon-option", GRANT + "WSGIDaemonProcess site threads = 2\n", "spaced-option", 4),
    refused("daemon-option", GRANT + "WSGIDaemonProcess site threads=2 foo\n", "stray-daemon-word", 4),
    refused("alias-option", GRANT + "WSGIScriptAlias / /srv/site/app.wsgi process-group = site\n", "spaced-option", 4),
    refused("group-too-early", GRANT + "WSGIImportScript /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}\nWSGIDaemonProcess site\n", "process-group-before-definition", 4),
    refused("group-too-early", GRANT + "WSGIImportScript /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}\n", "process-group-undefined", 4),
    refused("group-not-matchable", host("WSGIDaemonProcess site\n") + host("WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}\nServerName a.example\n", names=""), "servername-after-wsgi-alias", 6),
    refused("group-not-accessible", host("WSGIDaemonProcess site\n") + host("WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}\n", names="ServerName b.example\n"), "process-group-inaccessible", 7),
    refused("wrong-context", GRANT + host("Require all granted\n"), "directive-in-wrong-context", 6),
    refused("wrong-section", GRANT + host("WSGIPythonPath /srv/site\n"), "directive-in-wrong-context", 6),
    refused("alias-in-section", "<Directory /srv/site>\nAlias /x /srv/x\n</Directory>\n", "alias-inside-location", 2),
    refused("options-signs", "<Directory /srv/site>\nOptions -Indexes FollowSymLinks\n</Directory>\n", "options-mixed-signs", 2),
    refused("listen-twice", "Listen 8090\nListen 8090\n", "listen-twice", 2),
    refused("include-missing", "ServerTokens Prod\nInclude /etc/apache2/none.conf\n", "", 2),
    refused("include-no-directory", "ServerTokens Prod\nInclude /etc/apache2/none/*.conf\n", "include-missing-file", 2),
    refused("only-negative", GRANT + host("<Location />\n<RequireAll>\nRequire not ip 192.0.2.1\n</RequireAll>\n</Location>\n"), "refused-line", 7),
    refused("module-missing", "ServerTokens Prod\nLoadModule foo_module /srv/site/modules/mod_foo.so\n", "missing-on-disk", 2, tree={"modules/mod_bar.so": ""}),
    refused("module-missing", "LoadModule authz_default_module /usr/lib/apache2/modules/mod_authz_default.so\n", "removed-module", 1),
    refused("certificate-missing", GRANT + host("SSLEngine on\nSSLCertificateFile /srv/site/none.pem\n"), "missing-on-disk", 7, setup={"modules": ("ssl", "socache_shmcb")}),
    Scene(("no-certificate",), GRANT + host("SSLEngine on\n"), "", 6, setup={"modules": ("ssl", "socache_shmcb")}),
    refused("root-missing-main", "DocumentRoot /srv/site/none\n" + GRANT, "missing-on-disk", 1),
    refused("error-log-directory", GRANT + host("ErrorLog /srv/site/none/error.log\n"), "missing-on-disk", 6),
    refused("log-directory", GRANT + host("CustomLog /srv/site/none/access.log common\n"), "missing-on-disk", 6),
    refused("filter-provider-words", GRANT + "FilterProvider x DEFLATE resp=Content-Type $text/html\n", "old-filter-provider", 4, setup={"modules": ("filter",)}),
    refused("keep-alive", "KeepAlive 5\n" + GRANT, "removed-words", 1),
    refused("session-cache", "SSLSessionCache shm:/srv/site/cache(512000)\n" + GRANT, "session-cache-type", 1, setup={"modules": ("ssl", "socache_shmcb")}),
    refused("session-cache", "SSLSessionCache dbm:/srv/site/cache\n" + GRANT, "provider-not-loaded", 1, setup={"modules": ("ssl", "socache_shmcb")}),
    refused("tls-version-gone", GRANT + host("SSLProtocol SSLv2\n"), "tls-protocol-refused", 6, setup={"modules": ("ssl", "socache_shmcb")}),
    refused("tls-version-not-built", GRANT + host("SSLProtocol SSLv3\n"), "tls-protocol-refused", 6, setup={"modules": ("ssl", "socache_shmcb")}),
    refused("authz-provider", "<Directory /srv/site>\nRequire ldap-user ann\n</Directory>\n", "provider-not-loaded", 2),
    refused("authn-provider", "<Directory /srv/site>\nAuthBasicProvider dbd\n</Directory>\n", "provider-not-loaded", 2),
    refused("syntax-error", GRANT + "LimitRequestBody many\n", "", 4),
    # -- starting all the same ----------------------------------------------------------------------------------------
    Scene(("module-twice",), "LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so\nLoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so\n" + GRANT + host(MOUNT), "module-loaded-twice", 2),
    Scene(("http2-prefork",), "LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so\nProtocols h2c http/1.1\n" + GRANT, "", 1, setup={"mpm": "prefork"}),
    Scene(("root-missing",), GRANT + host("DocumentRoot /srv/site/none\n"), "missing-on-disk", 6),
    Scene(("undefined-variable",), GRANT + host("DocumentRoot /srv/${NOWHERE}\n"), "", 6),
    Scene(("alias-overlap",), "Alias / /srv/site/\nAlias /static /srv/other\n" + GRANT, "alias-behind-shorter-alias", 2),
    Scene(("name-virtual-host",), "NameVirtualHost *:80\n" + GRANT + host(MOUNT), "name-virtual-host", 1),
    Scene(("default-type",), "DefaultType text/plain\n" + GRANT, "default-type", 1),
    Scene(("host-not-resolved",), GRANT + "<VirtualHost no-such-host.invalid:80>\nServerName a.example\n</VirtualHost>\n", "host-name-address", 4),
    Scene(("signal-ignored",), in_group(), "signal-handler-ignored", "app.wsgi:2", {"app.wsgi": "import signal\nsignal.signal(15, lambda *given: None)\n" + app()}),
    Scene(("locale-unknown",), in_group("locale=xx_XX.UTF-8"), "", _DAEMON_LINE),
    # -- requests -----------------------------------------------------------------------------------------------------
    Scene(("denied",), host(MOUNT), "script-directory-not-granted", 3),
    Scene(("denied",), GRANT + host(MOUNT, "Alias /static /srv/static\n"), "static-directory-not-granted", 7, {"app.wsgi": app(), "/srv/static/a.txt": "a"}, ("http://a.example/static/a.txt",)),
    Scene(("denied",), host("WSGIScriptAlias / /srv/site/none/app.wsgi\n") + "<Directory /srv/site/none>\nRequire all granted\n</Directory>\n", "missing-on-disk", 3),
    Scene(("denied",), host(MOUNT) + "<Directory /srv/site>\nOrder allow,deny\nAllow from all\nRequire all denied\n</Directory>\n", "", 8),
    Scene(("denied-2.2",), host(MOUNT), "script-directory-not-granted", 3, setup={"base": "2.2"}),
    Scene(("denied-2.2",), GRANT + host(MOUNT) + "<Directory /srv/site>\nOrder deny,allow\nDeny from all\n</Directory>\n", "", 10),
    Scene(("no-search-permission",), "<Directory /root>\nRequire all granted\n</Directory>\n" + host("Alias /r /root\n"), "", 6, urls=("http://a.example/r/x.txt",)),
    Scene(("file-permissions",), "<Directory /etc>\nRequire all granted\n</Directory>\n" + host("Alias /s /etc/shadow\n"), "", 6, urls=("http://a.example/s",)),
    Scene(("link-refused",), "<Directory /srv/site>\nRequire all granted\nOptions None\n</Directory>\n" + host("DocumentRoot /srv/site\n"), "", 7, {"l.txt": Link("/etc/hostname")}, ("http://a.example/l.txt",)),
    Scene(("no-index",), GRANT + host("Alias / /srv/site/\n", MOUNT), "alias-hides-application", 6),
    Scene(("need-auth-name",), "<Directory /srv/site>\nAuthType Basic\nRequire valid-user\n</Directory>\n" + host(MOUNT), "log-in-incomplete", 2),
    Scene(("no-exec-cgi",), "<Directory /srv/site>\nRequire all granted\nOptions None\nAddHandler wsgi-script .wsgi\n</Directory>\n" + host("Alias / /srv/site/\n"), "wsgi-script-without-execcgi", 4, urls=("http://a.example/app.wsgi",)),
    Scene(("htaccess-not-allowed",), "<Directory /srv/site>\nRequire all granted\nAllowOverride All\n</Directory>\n" + host(MOUNT), "htaccess-refused", ".htaccess:1", {"app.wsgi": app(), ".htaccess": "WSGIProcessGroup site\n"}),
    Scene(("htaccess-refused",), "<Directory /srv/site>\nRequire all granted\nAllowOverride All\n</Directory>\n" + host(MOUNT), "htaccess-refused", ".htaccess:2", {"app.wsgi": app(), ".htaccess": "# ours\nRewriteEngin On\n"}),
    Scene(("too-many-redirects",), GRANT + host("DocumentRoot /srv/site\n<Directory /srv/site>\nRewriteEngine On\nRewriteRule ^(.*)$ sub/$1\n</Directory>\n"), "rewrite-loop", 9, urls=("http://a.example/x",)),
    Scene(("bad-program-header",), "<Directory /srv/site>\nRequire all granted\nOptions ExecCGI\n</Directory>\n" + host(MOUNT, "AddHandler cgi-script .wsgi\nAlias /old /srv/site\n"), "handler-collision", 8, {"app.wsgi": "#!/bin/sh\necho x\n"}, ("http://a.example/old/app.wsgi",), {"modules": ("cgid",)}),
    Scene(("no-program-output",), "<Directory /srv/site>\nRequire all granted\nOptions ExecCGI\n</Directory>\n" + host(MOUNT, "AddHandler cgi-script .wsgi\nAlias /old /srv/site\n"), "handler-collision", 8, {"app.wsgi": "#!/bin/true\n"}, ("http://a.example/old/app.wsgi",), {"modules": ("cgid",)}),
    # -- process groups -----------------------------------------------------------------------------------------------
    Scene(("group-undefined",), GRANT + host(MOUNT, "WSGIProcessGroup other\n"), "process-group-undefined", 7),
    Scene(("group-undefined",), GRANT + host(MOUNT, "WSGIProcessGroup %(GLOBAL)\n"), "bad-expansion", 7),
    Scene(("group-inaccessible",), GRANT + host("WSGIDaemonProcess site\n", names="ServerName b.example\n") + host(MOUNT, "WSGIProcessGroup site\n"), "process-group-inaccessible", 11),
    Scene(("group-restricted",), in_group() + "WSGIRestrictProcess other\n", "", 10),
    Scene(("embedded-restricted",), "WSGIRestrictEmbedded On\n" + GRANT + host(MOUNT), "embedded-mode-switched-off", 7),
    Scene(("embedded-restricted",), "WSGIRestrictEmbedded On\n" + GRANT + host(MOUNT, "WSGIDaemonProcess site\n"), "unused-daemon-process", 8),
    Scene(("truncated",), in_group(), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": FAILS.format("import os; os.kill(os.getpid(), 11)")}),
    lasting("daemon-signal", "missing-global-application-group", 8, "", KILL, 1.5),
    Scene(("segmentation-fault",), GRANT + host(WAIT, MOUNT), "", 7, {"app.wsgi": KILL, "wait.wsgi": SLOW.format(1.5)}, WAITING),
    Scene(("response-timeout",), "Timeout 1\n" + in_group(), "daemon-without-timeouts", _DAEMON_LINE + 1, {"app.wsgi": SLOW.format(3)}),
    Scene(("response-timeout",), in_group("socket-timeout=1"), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": SLOW.format(3)}),
    Scene(("response-timeout",), "Timeout 1\n" + in_group("python-home=/srv/site/venv/bin"), "python-home-not-a-prefix", _DAEMON_LINE + 1, {"app.wsgi": app(), "venv/bin/python": ""}),
    lasting("request-timeout", "", 9, "request-timeout=1", SLOW.format(4), 2),
    Scene(("deadlock",), "LogLevel wsgi:info\n" + in_group("deadlock-timeout=1"), "missing-global-application-group", _MOUNT_LINE + 1, {"app.wsgi": FAILS.format("import ctypes; ctypes.PyDLL(None).sleep(4)")}),
    Scene(("startup-timeout",), "LogLevel wsgi:info\n" + in_group("startup-timeout=1"), "", _DAEMON_LINE + 1, {"app.wsgi": "import time\ntime.sleep(4)\n" + app()}),
    lasting("inactivity", "", 9, "inactivity-timeout=1", seconds=3.5),
    lasting("maximum-requests", "maximum-requests", 9, "maximum-requests=1", seconds=1),
    Scene(("queue-timeout",), GRANT + host("WSGIScriptAlias /flood /srv/site/flood.wsgi\n", "WSGIScriptAlias / /srv/site/app.wsgi process-group=site\nWSGIDaemonProcess site threads=1 queue-timeout=1\n"), "", 8, {"app.wsgi": SLOW.format(1.6), "flood.wsgi": FLOOD}, ("http://a.example/flood",)),
    Scene(("backlog",), "ThreadLimit 16\nThreadsPerChild 16\nMaxRequestWorkers 16\n" + GRANT + host("WSGIScriptAlias /flood /srv/site/flood.wsgi\n", "WSGIScriptAlias / /srv/site/app.wsgi process-group=site\nWSGIDaemonProcess site threads=1 listen-backlog=1 connect-timeout=1\n"), "", 11, {"app.wsgi": SLOW.format(3), "flood.wsgi": FLOOD}, ("http://a.example/flood",)),
    Scene(("no-connection", "no-socket"), "WSGISocketPrefix /srv/site/none/wsgi\n" + in_group(), "", 1),
    Scene(("no-directory",), in_group("home=/srv/site/none"), "missing-on-disk", _DAEMON_LINE),
    Scene(("no-home-directory",), in_group("user=nobody"), "", _DAEMON_LINE),
    Scene(("workers",), GRANT + host("WSGIScriptAlias /flood /srv/site/flood.wsgi\n", MOUNT), "", 0, {"app.wsgi": SLOW.format(2), "flood.wsgi": FLOOD}, ("http://a.example/flood",)),
    # -- scripts and Python -------------------------------------------------------------------------------------------
    Scene(("script-missing",), GRANT + host(MOUNT), "missing-on-disk", _MOUNT_LINE, {"other.wsgi": app()}),
    python("no-application", "app = 1\n", "missing-application", "app.wsgi:1"),
    python("no-application", "if __name__ == '__main__':\n    def application(environ, start_response):\n        return []\n", "application-under-main-guard", "app.wsgi:2"),
    Scene(("exec-failed", "script-exception", "no-module"), in_group(), "", _DAEMON_LINE, {"app.wsgi": "import no_such_package\n"}, named="no-module"),
    Scene(("no-module",), "WSGIPythonPath /srv/site/lib\n" + in_group(), "embedded-only-python-directive", 1, {"app.wsgi": "import shop\n", "lib/shop.py": "x = 1\n"}),
    python("no-module", "import urllib2\n" + app(), "python-2-name", "app.wsgi:1"),
    python("no-module", "import formatter\n" + app(), "module-gone-from-python", "app.wsgi:1"),
    python("escape-in-path", "import sys\nsys.path.append('C:\\Users\\site')\n" + app(), "script-syntax-error", "app.wsgi:2"),
    Scene(("no-module",), in_group("python-path=/srv/site/lib"), "", _MOUNT_LINE, {"app.wsgi": "import shop\n", "lib/other.py": "", "code/shop.py": ""}),
    python("no-name", "from os import no_such_name\n", "", "app.wsgi:1"),
    python("no-name", "from collections import Mapping\n" + app(), "module-gone-from-python", "app.wsgi:1"),
    Scene(("loaded-twice",), in_group(), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": "raise ImportError('cannot load module more than once per process')\n"}),
    Scene(("no-subinterpreters",), in_group(), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": "raise ImportError('module numpy._core._multiarray_umath does not support loading in subinterpreters')\n"}),
    Scene(("interpreter-change",), in_group(), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": "raise ImportError('Interpreter change detected - this module can only be loaded into one interpreter per process.')\n"}),
    Scene(("initialized-once",), in_group(), "missing-global-application-group", _MOUNT_LINE, {"app.wsgi": "raise ImportError('PyO3 modules compiled for CPython 3.8 or older may only be initialized once per interpreter process')\n"}),
    Scene(("not-reentrant",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "raise RuntimeError(\"populate() isn't reentrant\")\n"}),
    Scene(("host-not-allowed",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "raise ValueError(\"Invalid HTTP_HOST header: 'a.example'. You may need to add 'a.example' to ALLOWED_HOSTS.\")\n"}),
    Scene(("database-read-only",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "import sqlite3\nsqlite3.connect('file:/srv/site/a.db?mode=ro', uri=True).execute('create table t (x)')\n", "a.db": ""}),
    Scene(("database-not-opened",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "import sqlite3\nsqlite3.connect('/srv/site/none/a.db')\n"}),
    python("file-not-there", "open('shop.ini')\n" + app(), "relative-path-in-script", "app.wsgi:1"),
    Scene(("file-not-there",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "open('/srv/site/shop.ini')\n"}),
    Scene(("body-not-read",), GRANT + host(MOUNT), "", "app.wsgi:5", {"app.wsgi": BROKEN_OFF}),
    Scene(("upload-too-slow",), "Timeout 1\n" + in_group("socket-timeout=30"), "", 1, {"app.wsgi": HESITATES}),
    Scene(("upload-too-slow",), "RequestReadTimeout body=1\n" + in_group(), "", 1, {"app.wsgi": HESITATES}, setup={"modules": ("reqtimeout",)}),
    Scene(("body-not-read", "upload-ended"), in_group(), "", "app.wsgi:5", {"app.wsgi": BROKEN_OFF}),
    python("relative-import", "from . import shop\n" + app(), "relative-import-in-script", "app.wsgi:1"),
    python("asgi-called", "class Shop:\n    def __call__(self, scope, receive, send):\n        pass\napplication = Shop()\n", "", 6),
    python("asgi-called", "async def application(scope, receive, send):\n    pass\n", "asgi-application", "app.wsgi:1"),
    python("not-callable", "class Shop:\n    pass\napplication = Shop()\n", "", 6),
    Scene(("not-callable",), GRANT + host(MOUNT), "application-not-called", "app.wsgi:4", {"app.wsgi": HERE + "from dash import Dash\napplication = Dash()\n", "dash.py": "class Dash:\n    pass\n"}),
    python("not-indented", "def f():\n    pass\n  pass\n" + app(), "script-syntax-error", "app.wsgi:3"),
    Scene(("no-settings",), GRANT + host(MOUNT), "django-settings-not-set", "app.wsgi:4", DJANGO),
    Scene(("file-closed",), in_group(), "", _MOUNT_LINE, {"app.wsgi": "open('/etc/shadow')\n"}),
    python("text-body", "def application(environ, start_response):\n    start_response('200 OK', [])\n    return ['text']\n", "str-body", "app.wsgi:3"),
    python("header-type", "def application(environ, start_response):\n    start_response(200, [])\n    return [b'text']\n", "bad-start-response", "app.wsgi:2"),
    python("status-line", "def application(environ, start_response):\n    start_response('200', [])\n    return [b'text']\n", "bad-start-response", "app.wsgi:2"),
    python("no-answer", "def application(environ, start_response):\n    start_response('200 OK', [])\n", "application-returns-nothing", "app.wsgi:2"),
    python("coroutine", "async def application(environ, start_response):\n    return []\n", "asgi-application", "app.wsgi:1"),
    python("not-started", "def application(environ, start_response):\n    return [b'text']\n", "start-response-not-called", "app.wsgi:1"),
    python("header-character", "def application(environ, start_response):\n    start_response('200 OK', [('X-Name', 'a\\n')])\n    return []\n", "bad-start-response", "app.wsgi:2"),
    Scene(("no-key",), GRANT + host("SetEnv SHOP_SETTINGS live\n", MOUNT), "setenv-not-in-os-environ", 6, {"app.wsgi": "import os\nos.environ['SHOP_SETTINGS']\n" + app()}),
    python("no-such-name", "execfile('x.py')\n" + app(), "python-2-name", "app.wsgi:1"),
    python("not-python", "print 'hello'\n" + app(), "python-2-syntax", "app.wsgi:1"),
    python("not-python", "def pair((one, other)):\n    pass\n" + app(), "not-python-3", "app.wsgi:1"),
    Scene(("not-compiled",), GRANT + host(MOUNT), "script-syntax-error", "app.wsgi:1", {"app.wsgi": "def f(:\n    pass\n"}, named="not-python"),
    Scene(("exit-on-load", "exit-ignored"), in_group(), "process-ended-by-script", "app.wsgi:2", {"app.wsgi": "import sys\nsys.exit(1)\n"}, named="exit-ignored"),
    Scene(("home-missing", "no-encodings", "no-codec"), in_group("python-home=/srv/site/none"), "missing-on-disk", _DAEMON_LINE),
    Scene(("home-not-directory", "no-encodings", "no-codec"), in_group("python-home=/srv/site/venv/bin/python"), "python-home-not-a-prefix", _DAEMON_LINE, {"app.wsgi": app(), "venv/bin/python": ""}),
    Scene(("home-closed",), in_group("python-home=/root"), "", _DAEMON_LINE),
    # -- the same messages by other rules -----------------------------------------------------------------------------
    refused("daemon-option", GRANT + "WSGIDaemonProcess site threads=2 user =www-data\n", "spaced-option", 4),
    refused("daemon-option", GRANT + "WSGIDaemonProcess site \\ \n    threads=2\n", "continuation-trailing-blank", 4),
    refused("invalid-command", GRANT + "WSGIDaemonProcess site threads=2\n    processes=2\n", "wrapped-options", 4),
    refused("invalid-command", GRANT + "RewriteLog /var/log/x\n", "rewrite-log", 4),
    refused("invalid-command", GRANT + "&lt;Location /&gt;\n", "html-entities", 4),
    Scene(("denied",), "<Directory /srv/site>\nOrder allow,deny\nAllow from all\n</Directory>\n" + host(MOUNT), "script-directory-not-granted", 7),
    Scene(("denied-2.2",), "<Directory /srv/site>\nOrder deny,allow\nDeny from all\nRequire all granted\n</Directory>\n" + host(MOUNT), "mixed-access-dialects", 3),
    Scene(("denied-2.2",), GRANT + host("Alias /static /srv/static\n"), "static-directory-not-granted", 6, {"/srv/static/a.txt": "a"}, ("http://a.example/static/a.txt",), {"base": "2.2"}),
    Scene(("group-undefined",), GRANT + host(MOUNT, "WSGIDaemonProcess threads=2\nWSGIProcessGroup site\n"), "daemon-name-missing", 7),
    Scene(("script-missing",), GRANT + host("WSGIScriptAlias /shop/ /srv/site/app.wsgi\n"), "wsgi-alias-trailing-slash", 6, urls=("http://a.example/shop/x",)),
    Scene(("no-application",), "WSGIPythonPath /srv/site/lib\n" + GRANT + host(MOUNT), "bobo-missing-application", "app.wsgi:3", {"app.wsgi": "import bobo\n@bobo.query('/')\ndef hello():\n    return 'Hello'\n", "lib/bobo.py": "def query(url):\n    return lambda function: function\n"}),
    python("text-body", "def application(environ, start_response):\n    start_response('200 OK', [])\n    return 'text'\n", "str-body", "app.wsgi:3"),
    refused("wrong-closer", GRANT + host("<LocationMatch ^/x>\n", "Require all denied\n", "<LocationMatch>\n"), "opener-for-closer", 8),
    refused("alias-option", GRANT + "WSGIScriptAlias / /srv/site/app.wsgi \\ \n", "dangling-backslash", 4),
    Scene(("truncated",), TWICE + in_group(), "module-loaded-twice", 2, {"app.wsgi": KILL}),
    lasting("daemon-signal", "module-loaded-twice", 2, "", KILL, 1.5, before=TWICE),
    Scene(("segmentation-fault",), TWICE + GRANT + host(WAIT, MOUNT), "module-loaded-twice", 2, {"app.wsgi": KILL, "wait.wsgi": SLOW.format(1.5)}, WAITING),
    Scene(("embedded-restricted",), "WSGIRestrictEmbedded On\n" + BESIDE, "group-selected-beside-the-script", 10),
    Scene(("no-module",), BESIDE, "group-selected-beside-the-script", 9, {"app.wsgi": "import shop\n"}),
    Scene(("no-module",), GRANT + host(MOUNT, "WSGIDaemonProcess site python-path=/srv/site/lib\n"), "unused-daemon-process", 7, {"app.wsgi": "import shop\n", "lib/shop.py": ""}),
    Scene(("no-module",), in_group("python-path=/srv/site/env/lib/python3.9/site-packages"), "python-path-is-site-packages", _DAEMON_LINE, {"app.wsgi": "import shop\n", "env/lib/python3.9/site-packages/x.py": ""}),
    Scene(("no-application",), "<Directory /srv/site>\nRequire all granted\n</Directory>\n" + host("Alias / /srv/site/\n", "WSGIHandlerScript page /srv/site/handler.wsgi\n", "AddHandler page .page\n"), "handle-request-missing", "handler.wsgi:1", {"handler.wsgi": "def application(environ, start_response):\n    return []\n", "a.page": ""}, ("http://a.example/a.page",)),
    Scene(("script-missing",), GRANT + host("WSGIScriptAlias /scripts/ /srv/site/scripts/\n"), "directory-mount", 6, {"scripts/one.wsgi": app()}, ("http://a.example/scripts/none.wsgi",)),
    Scene(("home-missing", "no-encodings", "no-codec"), in_group("python-home=/srv/site/venv/bin/python3"), "python-home-not-a-prefix", _DAEMON_LINE),
    Scene(("chunked",), GRANT + host(MOUNT, GROUP.format("")), "", _MOUNT_LINE, {"app.wsgi": CHUNKED}),
    Scene(("not-ascii-written",), in_group(), "daemon-without-locale", _DAEMON_LINE, {"app.wsgi": FAILS.format("'\\xe9'.encode('ascii')")}),
    Scene(("not-ascii-read",), in_group(), "daemon-without-locale", _DAEMON_LINE, {"app.wsgi": FAILS.format("b'\\xe9'.decode('ascii')")}),
    Scene(("auth-type-without-module",), "<Directory /srv/site>\nAuthType openid-connect\nRequire valid-user\n</Directory>\n" + host(MOUNT), "auth-type-not-loaded", 2),
    Scene(("no-protocol-handler",), GRANT + host(MOUNT, "ProxyPass /api ajp://127.0.0.1:8009/\n"), "proxy-scheme-not-loaded", 7, urls=("http://a.example/api",), setup={"modules": ("proxy",)}),
    Scene(("rewrite-without-proxy",), GRANT + host(MOUNT, "RewriteEngine On\nRewriteRule ^/api http://127.0.0.1:8001/ [P]\n"), "proxy-scheme-not-loaded", 8, urls=("http://a.example/api",)),
    Scene(("no-authentication",), "<Directory /srv/site>\nRequire valid-user\n</Directory>\n" + host(MOUNT), "log-in-incomplete", 2),
    refused("no-user", in_group("user=nosuchuser"), "", _DAEMON_LINE),
    refused("no-group", in_group("group=nosuchgroup"), "", _DAEMON_LINE),
    Scene(("program-not-run",), "<Directory /srv/site>\nRequire all granted\nOptions ExecCGI\n</Directory>\n" + host(MOUNT, "AddHandler cgi-script .wsgi\nAlias /old /srv/site\n"), "handler-collision", 8, {"app.wsgi": "#!/srv/none/python\n"}, ("http://a.example/old/app.wsgi",), {"modules": ("cgid",)}),
    Scene(("program-not-run-cgi",), "<Directory /srv/site>\nRequire all granted\nOptions ExecCGI\n</Directory>\n" + host(MOUNT, "AddHandler cgi-script .wsgi\nAlias /old /srv/site\n"), "handler-collision", 8, {"app.wsgi": "#!/srv/none/python\n"}, ("http://a.example/old/app.wsgi",), {"modules": ("cgi",)}),
    Scene(("no-module",), in_group("python-path=/srv/site/lib,/srv/site/code"), "comma-in-python-path", _DAEMON_LINE, {"app.wsgi": "import shop\n", "lib/shop.py": ""}),
    Scene(("no-module",), in_group("python-path=site/lib"), "python-path-relative", _DAEMON_LINE, {"app.wsgi": "import shop\n", "lib/shop.py": ""}),
    Scene(("no-module",), in_group(), "sys-path-missing", "app.wsgi:2", {"app.wsgi": "import sys\nsys.path.append('/srv/site/lib')\nimport shop\n", "code/shop.py": ""}),
    Scene(("script-missing",), GRANT + host("WSGIScriptAlias / /srv/site/app.wsgi:application\n"), "script-names-a-callable", _MOUNT_LINE),
    Scene(("script-missing",), "<Directory />\nRequire all granted\n</Directory>\n" + host("WSGIScriptAlias / site/app.wsgi\n"), "script-path-relative", _MOUNT_LINE),
    Scene(("no-connection-to-server",), GRANT + host(MOUNT, "ProxyPass /api uwsgi://127.0.0.1:9/\n"), "", 7, urls=("http://a.example/api",), setup={"modules": ("proxy", "proxy_uwsgi")}),
    Scene(("no-connection-to-socket",), GRANT + host(MOUNT, "ProxyPass /shop unix:/srv/site/none.sock|uwsgi://b.example/\n"), "", 7, urls=("http://a.example/shop",), setup={"modules": ("proxy", "proxy_uwsgi")}),
    Scene(("no-backend",), GRANT + host(MOUNT, "ProxyPass /api http://127.0.0.1:9/\n"), "", 7, urls=("http://a.example/api",), setup={"modules": ("proxy", "proxy_http")}, named="no-backend"),
    Scene(("backend-not-known",), GRANT + host("ProxyPass / http://127.0.0.1:9\n"), "proxy-slash-mismatch", 6, urls=("http://a.example/x",), setup=_HTTP),
    Scene(("backend-gives-no-status", "backend-ends"), GRANT + host(MOUNT, "ProxyTimeout 1\n", "ProxyPass /api http://@IP@/slow\n"), "", 8, {"app.wsgi": SLOW.format(3)}, ("http://a.example/api",), _HTTP),
    Scene(("backend-by-tls", "backend-by-tls-of"), GRANT + host(MOUNT, "ProxyPass /api/ https://@IP@:80/slow/\n"), "tls-proxy-engine-off", 7, urls=("http://a.example/api/",), setup={"modules": ("proxy", "proxy_http", "ssl", "socache_shmcb")}),
    Scene(("encoded-slash",), "LogLevel info\n" + GRANT + host(MOUNT), "", 7, urls=("http://a.example/a%2Fb",)),
    Scene(("no-password-file",), _LOG_IN.format("valid-user") + host(MOUNT), "", 4, {"app.wsgi": app()}, ("http://joe:secret@a.example/",)),
    Scene(("wrong-password",), _LOG_IN.format("valid-user") + host(MOUNT), "", 4, _USERS, ("http://joe:guess@a.example/",)),
    Scene(("no-such-login",), _LOG_IN.format("valid-user") + host(MOUNT), "", 4, _USERS, ("http://ann:secret@a.example/",)),
    Scene(("not-admitted",), _LOG_IN.format("user ann") + host(MOUNT), "", 5, _USERS, ("http://joe:secret@a.example/",)),
    Scene(("unknown-filter",), GRANT + host(MOUNT, "SetOutputFilter PRESS\n"), "", 7),
    Scene(("no-variant",), "<Directory /srv/site/www>\nOptions +MultiViews\nRequire all granted\n</Directory>\n" + host("DocumentRoot /srv/site/www\n", "AddType text/html .html\n"), "", 2, {"www/page.html.zz": "x"}, ("http://a.example/page",), {"modules": ("negotiation",)}),
    Scene(("stream-restricted",), "WSGIRestrictStdout On\n" + GRANT + host(MOUNT), "", 1, {"app.wsgi": "print('loaded')\n" + app()}),
    python("database-forbidden", FAILS.format("""raise OSError('connection to server at "db.example" (192.0.2.7), port 5432 failed: Permission denied')"""), "", "app.wsgi:2"),
    python("database-forbidden-13", FAILS.format("raise OSError('could not connect to server: Permission denied')"), "", "app.wsgi:2"),
    python("mysql-forbidden", FAILS.format("""raise OSError(2003, "Can't connect to MySQL server on 'db.example' (13)")"""), "", "app.wsgi:2"),
    python("redis-forbidden", FAILS.format("raise OSError('Error 13 connecting to db.example:6379. Permission denied.')"), "", "app.wsgi:2"),
    python("library-not-executed", FAILS.format("raise ImportError('/srv/site/made.so: failed to map segment from shared object: Permission denied')"), "", "app.wsgi:2"),
    Scene(("origin-not-trusted",), GRANT + host(MOUNT, "ProxyPass /shop http://127.0.0.1:9/\n"), "", 7, {"app.wsgi": LOGS_A_LINE.format("Origin checking failed - https://a.example does not match any trusted origins.")}, setup=_HTTP),
    Scene(("referer-not-trusted",), GRANT + host(MOUNT, "ProxyPass /shop http://127.0.0.1:9/\n"), "", 7, {"app.wsgi": LOGS_A_LINE.format("Referer checking failed - https://a.example/ does not match any trusted origins.")}, setup=_HTTP),
    python("no-library", FAILS.format("raise ImportError('libmade.so.5: cannot open shared object file: No such file or directory')"), "", "app.wsgi:2"),
    python("module-called", "import time as application\n", "application-is-a-module", "app.wsgi:1"),
    Scene(("no-settings",), GRANT + host("SetEnv SHOP_SETTINGS live\n", MOUNT), "setenv-not-in-os-environ", 6, {"app.wsgi": "import os\nif not os.environ.get('SHOP_SETTINGS'):\n    raise RuntimeError('Requested setting DEBUG, but settings are not configured.')\n" + app()}),
    refused("second-mpm", "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n" + GRANT, "second-mpm", 1),
    refused("proxy-words", GRANT + host("ProxyPass /api http://127.0.0.1:9/ retry\n"), "refused-line", 6, setup=_HTTP),
    refused("proxy-words", GRANT + host("ProxyPass /api http://127.0.0.1:9/ ;\n"), "foreign-syntax", 6, setup=_HTTP),
    refused("proxy-words", GRANT + host("ProxyPass /api http://127.0.0.1:9/ # the shop\n"), "trailing-comment", 6, setup=_HTTP),
    refused("proxy-url-broken", GRANT + host("ProxyPass /api http://127.0.0.1:8o00/\n"), "refused-line", 6, setup=_HTTP),
    refused("proxy-url-broken", GRANT + host("ProxyPass /api http://127.0.0.1:9;\n"), "foreign-syntax", 6, setup=_HTTP),
    refused("proxy-url-relative", GRANT + host("ProxyPass /api localhost:8000;\n"), "foreign-syntax", 6, setup=_HTTP),
    refused("proxy-url-relative", GRANT + host("ProxyPass /api localhost:8000/\n"), "refused-line", 6, setup=_HTTP),
    Scene(("script-missing",), GRANT + host("WSGIScriptAliasMatch ^/([^/]+) /srv/site/$1/app.wsgi\n"), "", 6, {"shop/app.wsgi": app()}, ("http://a.example/static/a.css",)),
    Scene(("rewrite-without-links",), "<Directory /srv/site>\nRequire all granted\nOptions None\nRewriteEngine On\nRewriteRule ^x y\n</Directory>\n" + host(MOUNT, "Alias /static /srv/site/static\n"), "", 5, {"app.wsgi": app(), "static/a.css": ""}, ("http://a.example/static/a.css",)),
    Scene(("no-file",), "LogLevel info\n" + GRANT + host(MOUNT, "Alias /static /srv/site/static\n"), "", 8, {"app.wsgi": app(), "static/a.css": ""}, ("http://a.example/static/b.css",)),
    Scene(("no-file",), "LogLevel info\n" + GRANT + host(MOUNT, "Alias /static /srv/site/css\n"), "missing-on-disk", 8, {"app.wsgi": app(), "static/a.css": ""}, ("http://a.example/static/a.css",)),
    Scene(("link-refused",), "<Directory /srv/site>\nRequire all granted\nOptions None\n</Directory>\n" + host(MOUNT), "link-not-followed", 7, {"app.wsgi": Link("/srv/site/shop.py"), "shop.py": app()}),
    Scene(("denied",), GRANT + host("DocumentRoot /srv/docs\n", "WSGIScriptAlias /shop /srv/site/app.wsgi\n"), "", 7, {"app.wsgi": app(), "/srv/docs/index.html": ""}, ("http://a.example/shop/x",)),
    Scene(("no-name-yet",), GRANT + host(MOUNT), "", "basket.py:1", {"app.wsgi": HERE + "import shop\n", "shop.py": "import basket\ngoods = 1\n", "basket.py": "from shop import goods\n"}),
    python("no-such-name", "import sys\nlogging.basicConfig(stream=sys.stderr)\n" + app(), "name-not-bound", "app.wsgi:2"),
    python("log-without-number", "import sys\nsys.stderr.fileno()\n" + app(), "stream-misused", "app.wsgi:2"),
]  # fmt: skip

#: Messages that this server does not write, and why.
ELSEWHERE = {
    "no-auth-type-2.2": "httpd 2.2 writes it",
    "no-connection-3": "mod_wsgi 3 writes it",
    "no-program-output-2.2": "httpd 2.2 writes it",
    "balancer-method": "see test_explain.py: httpd ends after it has read its files",
    "balancer-memory": "see test_explain.py: httpd ends after it has read its files",
    "script-timeout": "mod_wsgi 4.9.4 has another text",
    "not-opened": "mod_wsgi 4.9.4 has another text",
    "cannot-be-loaded": "mod_wsgi 4.9.4 has another text",
    "no-module-2": "Python 2 writes it",
    **dict.fromkeys(
        ("no-encodings-3.5", "no-codec-3.7", "no-codec-3.6", "no-locale-3.6", "no-locale-3.7"),
        "Python 3.7 and older write it",
    ),
    **dict.fromkeys(
        (
            "closed-early",
            "header-too-long",
            "python-does-not-start",
            "no-socket-6",
            "not-compiled-6",
            "exec-failed-6",
            "home-missing-6",
            "home-not-directory-6",
            "home-closed-6",
        ),
        "mod_wsgi 6 writes it",
    ),
    **dict.fromkeys(
        ("file-closed-os-2", "file-closed-io-2", "file-closed-else-2", "restricted-mode"), "Python 2 writes it"
    ),
    "no-name-2": "Python 3.6 and older write it",
    "library-not-there-windows": "Python writes it on Windows",
    "http2-without-tls": "an older httpd writes it",
    "program-not-known": "httpd writes it on Windows",
    "module-unsigned": "Apple's httpd writes it",
    "module-not-signed": "Apple's httpd writes it",
    "python-not-initialised-5": "mod_wsgi 5 writes it, where the proofs are run with it",
    "header-bytes": "mod_wsgi for Python 2 writes it",
    "segmentation-fault-core": "the system writes core dumps where it wants, so httpd does not speak of one",
    "workers-prefork": "the same text as AH00484, of another MPM",
    **dict.fromkeys(
        ("compiled-for", "runtime-using"), "it takes a mod_wsgi that was built with another Python than runs"
    ),
    **dict.fromkeys(
        ("body-not-passed", "request-not-sent", "visitor-gone", "visitor-gone-reading"),
        "it takes a connection that ends in the middle",
    ),
    **dict.fromkeys(
        ("backend-left-alone", "backend-not-asked"),
        "mod_proxy writes them to the main log at a second request, with others",
    ),
    **dict.fromkeys(("no-mutex", "no-accept-lock"), "the system has semaphores left"),
    **dict.fromkeys(
        ("key-of-another-certificate", "certificate-of-another-name"),
        "the servers of scenes have one certificate, with its key",
    ),
    "no-such-site": "a2ensite of Debian writes it: see test_a_site_that_cannot_be_enabled",
    "no-error-log": "httpd ends by it after it has judged its configuration, without any log",
    "workers-few": "it takes as many visitors as httpd has threads",
    "too-long-body": "probes send no body",
    "htaccess-closed": "httpd runs as root in the scenes of a machine where tests do",
    "no-listener": "every server of a scene listens somewhere",
    "no-mpm": "every server of a scene loads an MPM",
    "could-not-bind": "see test_an_address_that_is_taken",
    "no-server-name": "see test_a_server_without_a_name",
}
