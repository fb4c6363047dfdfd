"""What httpd does with configurations that rules report and do not mend: just what their pages say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.files import Memory, Permissions
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import request_of, trace
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.rule import all_rules

from .application import app
from .probe import Probe, probes
from .root import CERTIFICATE, Link, Moded, Tree
from .server import Setup, run

_CSS = "/srv/w/static/a.css"
_TREE: Tree = {"/srv/w/app.wsgi": app(), _CSS: "STYLE"}
_MOUNT = "WSGIScriptAlias / /srv/w/app.wsgi\n"
_ALIAS = "Alias /static /srv/w/static\n"
_OPEN = "<Directory /srv/w>\n    Require all granted\n</Directory>\n"
_GRANT = "<Directory {}>\n    Require all granted\n</Directory>\n"
_DAEMON = "WSGIDaemonProcess w{}\nWSGIProcessGroup w\n"
_HOST = "<VirtualHost *:80>\n    ServerName {}\n    WSGIScriptAlias / /srv/w/app.wsgi\n</VirtualHost>\n"
_REALM = "AuthType Basic\nAuthName w\nAuthUserFile /srv/w/users\n"
_ASKS = _REALM + "Require valid-user\n"
_BESIDE = "<Directory /srv/w>\n{}</Directory>\n"
_BASIC = (("Authorization", "Basic YTpi"),)
_LOGGED_IN = "http://a.example/ Authorization: Basic YTpi"
_DENIED = "<Directory />\n    Require all denied\n</Directory>\n"
_APPLICATION = {"status": 200, "who": "application"}
_REFUSED = {"status": 403, "who": "httpd"}
_SERVED = {"status": 200, "who": "file"}
_FAILED = {"status": 500, "who": "httpd"}
_SILENT = {"status": 0}
_ROOTS = (
    "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\nnobody:x:65534:65534::/nonexistent:/bin/false\n"
)


class Reported(NamedTuple):
    """A configuration, the rule that reports it, and what is answered; or ``message``, with which httpd does not start.

    ``heading`` are lines of the server that the harness has of its own, for the product to see. With ``root`` it is shown
    the file tree as well, all of it root's.
    """

    name: str
    rule: str
    text: str
    answers: Mapping[str, Mapping[str, Any]]
    tree: Tree = _TREE
    heading: str = ""
    message: str = ""
    root: bool = False
    asked: tuple[Probe, ...] = ()
    #: Modules beside those that the harness always loads.
    modules: tuple[str, ...] = ()


#: Nobody listens at port 9, so what is handed on is answered with 503.
_ELSEWHERE = "http://127.0.0.1:9/"
_HANDED_ON = {"status": 503, "who": "httpd"}
_HOST_OF = "<VirtualHost *:80>\nServerName a.example\n{}</VirtualHost>\n"
_NO_MOUNT: Tree = {_CSS: "STYLE"}

#: An application that fails where it gets a header that has an underscore, or does not get one with a dash.
_LOOKS = """
answered = application
def application(environ, start_response):
    assert environ["HTTP_X_PAGE"] == "main" and not {"HTTP_X_SITE", "HTTP_REMOTE_USER"} & environ.keys()
    return answered(environ, start_response)
"""

#: An application that sends a header, and asks its own server how often that is sent.
_COUNTS = """
import socket
def application(environ, start_response):
    if environ["PATH_INFO"] == "/api":
        start_response("200 OK", [("Access-Control-Allow-Origin", "*")])
        return [b""]
    with socket.create_connection((environ["SERVER_ADDR"], 80)) as asked:
        asked.sendall(b"GET /api HTTP/1.0\\r\\nHost: a.example\\r\\n\\r\\n")
        text = b"".join(iter(lambda: asked.recv(9999), b"")).lower()
    start_response("200 OK", [("Location", str(text.count(b"access-control-allow-origin")))])
    return [b""]
"""

CASES = [
    *(
        Reported(
            f"a header that is sent twice, {name}",
            "allowed-origin-sent-twice",
            _HOST_OF.format(text + _MOUNT) + _OPEN,
            {"http://a.example/": {"status": 200, "location": "2"}},
            tree={"/srv/w/app.wsgi": _COUNTS},
            modules=("headers",),
        )
        for name, text in (
            ("in another table", 'Header always set Access-Control-Allow-Origin "*"\n'),
            ("by add", "Header add Access-Control-Allow-Origin *\n"),
            (
                "in both tables",
                "Header set Access-Control-Allow-Origin a\nHeader always set Access-Control-Allow-Origin b\n",
            ),
        )
    ),
    *(
        Reported(
            f"a header that is left out, {name}",
            "header-not-passed",
            f"RequestHeader set X-Page main\n{text}{_MOUNT}{_OPEN}",
            {"http://a.example/": _APPLICATION},
            tree={"/srv/w/app.wsgi": app() + _LOOKS},
            modules=("headers",),
        )
        for name, text in (
            ("of the server", "RequestHeader set X_Site main\n"),
            ("in a section", "<Location />\nRequestHeader add REMOTE_USER anne\n</Location>\n"),
            ("in a condition", "<IfModule mod_headers.c>\nRequestHeader setifempty X.Site main early\n</IfModule>\n"),
        )
    ),
    *(
        Reported(
            f"what is no URL of a server, {text}",
            rule,
            f"{text}\n",
            {},
            message=message,
            modules=("proxy", "proxy_http"),
        )
        for rule, text, message in (
            (
                "refused-line",
                "ProxyPass / http://127.0.0.1:8o00/",
                "ProxyPass Unable to parse URL: http://127.0.0.1:8o00/",
            ),
            ("refused-line", "ProxyPassMatch ^/(.*) http://[::1/$1", "ProxyPass Unable to parse URL: http://[::1/$1"),
            ("refused-line", "ProxyPass / localhost:9/", "ProxyPass URL must be absolute!: localhost:9/"),
            ("refused-line", "ProxyPass / unix:/run/w.sock", "ProxyPass URL must be absolute!: unix:/run/w.sock"),
            ("refused-line", "ProxyPass / http:///shop", "ProxyPass URL must be absolute!: http:///shop"),
            ("foreign-syntax", "ProxyPass / http://127.0.0.1:9;", "ProxyPass Unable to parse URL: http://127.0.0.1:9;"),
            (
                "foreign-syntax",
                "<Location /a>\nProxyPass http://127.0.0.1:9;\n</Location>",
                "ProxyPass Unable to parse URL: http://127.0.0.1:9;",
            ),
            (
                "refused-line",
                "<Proxy balancer://w>\nBalancerMember http://127.0.0.1:9:8\n</Proxy>",
                "BalancerMember Unable to parse URL: http://127.0.0.1:9:8",
            ),
        )
    ),
    Reported(
        "an application behind the proxy of the main server",
        "proxy-hides-application",
        f"ProxyPass / {_ELSEWHERE}\n"
        + _HOST_OF.format("WSGIScriptAlias /app /srv/w/app.wsgi\nProxyPass /app !\n")
        + _OPEN,
        {"http://a.example/app": _HANDED_ON},
        modules=("proxy", "proxy_http"),
    ),
    *(
        Reported(
            f"behind a proxy, {name}",
            "line-behind-proxy",
            text + _OPEN,
            {f"http://a.example{path}": _HANDED_ON for path in paths},
            tree=_NO_MOUNT,
            modules=("proxy", "proxy_http"),
        )
        for name, text, paths in (
            ("an alias", f"{_ALIAS}ProxyPass / {_ELSEWHERE}\n", ("/static/a.css",)),
            ("a redirect", f"ProxyPass / {_ELSEWHERE}\nRedirect /old http://b.example/\n", ("/old",)),
            ("an exemption", f"{_ALIAS}ProxyPass / {_ELSEWHERE}\nProxyPass /static !\n", ("/static/a.css",)),
            (
                "an exemption, of the main server",
                f"ProxyPass / {_ELSEWHERE}\n" + _HOST_OF.format(f"{_ALIAS}ProxyPass /static !\n"),
                ("/static/a.css",),
            ),
            (
                "an exemption, of a section",
                f"{_ALIAS}<Location />\nProxyPass {_ELSEWHERE}\n</Location>\nProxyPass /static !\n",
                ("/static/a.css",),
            ),
            (
                "a condition around both",
                f"<IfModule mod_proxy.c>\n{_ALIAS}ProxyPassMatch ^/(.*)$ {_ELSEWHERE}$1\n</IfModule>\n",
                ("/static/a.css",),
            ),
        )
    ),
    *(
        Reported(
            f"rules that nothing switches on, {name}",
            "rewrite-engine-off",
            _HOST_OF.format(text + _MOUNT) + _OPEN,
            {"http://a.example/old": _APPLICATION},
        )
        for name, text in (
            ("in a host", "RewriteRule ^/old http://b.example/ [R]\n"),
            ("in a section", "<Location /old>\nRewriteRule .* http://b.example/ [R]\n</Location>\n"),
            ("in a condition", "<IfModule mod_rewrite.c>\nRewriteRule ^/old - [F]\n</IfModule>\n"),
        )
    ),
    *(
        Reported(
            f"a variable that mod_rewrite does not have, {name}",
            "variable-always-empty",
            _HOST_OF.format(f"RewriteEngine On\n{text}"),
            {"http://a.example/x Accept-Language: de": {"status": 302, "location": "http://b.example/-"}},
            asked=(Probe("a.example", "/x", headers=(("Accept-Language", "de"),)),),
        )
        for name, text in (
            ("a header", "RewriteRule ^ http://b.example/-%{HTTP_ACCEPT_LANGUAGE} [R,NE]\n"),
            (
                "in a condition",
                "<IfModule rewrite_module>\nRewriteCond %{HTTP_ACCEPT_LANGUAGE} !de\nRewriteRule ^ http://b.example/- [R,NE]\n</IfModule>\n",
            ),
            ("of SetEnvIf", "SetEnvIf Host . SHOP=1\nRewriteRule ^ http://b.example/-%{SHOP} [R,NE]\n"),
            ("of no module", "RewriteRule ^ http://b.example/-%{SCRIPT_URI} [R,NE]\n"),
        )
    ),
    *(
        Reported(
            f"a condition of another host, {name}",
            "condition-of-another-host",
            _HOST_OF.format(_MOUNT)
            + _HOST_OF.replace("a.example", "b.example").format(f"RewriteEngine On\n{text}{_MOUNT}")
            + _OPEN,
            {"http://b.example/": _APPLICATION},
        )
        for name, text in (
            ("by its name", "RewriteCond %{SERVER_NAME} =a.example\nRewriteRule ^ - [F]\n"),
            (
                "in a condition",
                "<IfModule rewrite_module>\nRewriteCond %{HTTP_HOST} ^a\\.example$ [NC]\nRewriteRule ^ - [F]\n</IfModule>\n",
            ),
            (
                "beside another one",
                "RewriteCond %{HTTPS} off\nRewriteCond %{HTTP_HOST} =A.example [NC]\nRewriteRule ^ http://c.example/ [R]\n",
            ),
        )
    ),
    *(
        Reported(
            f"what no host takes over, {name}",
            "not-taken-over-by-hosts",
            f"{text}{_HOST_OF.format(_MOUNT)}{_OPEN}",
            {f"http://a.example{url}": answer},
            heading="Listen 80\n",
        )
        for name, text, url, answer in (
            ("a rule", "RewriteEngine On\nRewriteRule ^/old - [F]\n", "/old", _APPLICATION),
            ("rules in other letters", 'rewriteengine on\nREWRITERULE "^/old" "-" [F]\n' * 2, "/old", _APPLICATION),
            ("encoded slashes", "AllowEncodedSlashes NoDecode\n", "/a%2Fb", {"status": 404, "who": "httpd"}),
        )
    ),
    *(
        Reported(
            f"a group that there is not, {name}",
            "reference-to-no-group",
            _HOST_OF.format(f"RewriteEngine On\n{text}{_MOUNT}") + _OPEN,
            {f"http://a.example{url}": {"status": 302, "location": f"http://b.example/{to}"}},
        )
        for name, text, url, to in (
            ("of a pattern", "RewriteRule ^/old/.* http://b.example/$1 [R]\n", "/old/x", ""),
            (
                "in a condition",
                "<IfModule rewrite_module>\nRewriteRule !^/(new) http://b.example/$1 [R]\n</IfModule>\n",
                "/x",
                "",
            ),
            (
                "of the last condition",
                "RewriteCond %{HTTP_HOST} ^(a)\nRewriteCond %{REQUEST_URI} ^/x\nRewriteRule ^ http://b.example/%1 [R]\n",
                "/x",
                "",
            ),
            ("of no condition", "RewriteRule ^/x http://b.example/a%20b [R]\n", "/x", "a0b"),
            ("of a redirect", "RedirectMatch ^/old/.* http://b.example/$1\n", "/old/x", ""),
        )
    ),
    *(
        Reported(
            f"a redirect that takes its own target, {name}",
            "redirect-leads-back",
            _HOST_OF.format(text + _MOUNT) + _OPEN,
            {
                f"http://a.example{path}": {"status": 302, "location": f"http://a.example{to}"}
                for path, to in there.items()
            },
        )
        for name, text, there in (
            ("by a slash", "Redirect /shop /shop/\n", {"/shop": "/shop/", "/shop/": "/shop//"}),
            ("by the name of the host", "Redirect /b http://a.example/b/x\n", {"/b/x": "/b/x/x"}),
            ("by a pattern", "RedirectMatch ^/c /c/d\n", {"/c/d": "/c/d"}),
        )
    ),
    *(
        Reported(
            f"a rule that takes its own target, {name}",
            "redirect-leads-back",
            _HOST_OF.format(f"RewriteEngine On\n{text}"),
            {
                f"http://a.example{path}": {"status": 302, "location": f"http://a.example{to}"}
                for path, to in there.items()
            },
            modules=("proxy", "proxy_http"),
        )
        for name, text, there in (
            (
                "before a proxy",
                f"ProxyPass / {_ELSEWHERE}\nRewriteRule ^ http://%{{SERVER_NAME}}%{{REQUEST_URI}} [R]\n",
                {"/x": "/x", "/": "/"},
            ),
            (
                "in a condition",
                "<IfModule rewrite_module>\nRewriteRule ^(.*)$ http://%{HTTP_HOST}$1 [R,L]\n</IfModule>\n",
                {"/x": "/x"},
            ),
            (
                "that always holds",
                "RewriteRule ^/well - [L]\nRewriteCond %{HTTPS} !=on\nRewriteRule .* /start [R]\n",
                {"/x": "/start", "/start": "/start"},
            ),
        )
    ),
    Reported(
        "a dot before the name of a module",
        "relative-import-in-script",
        _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "from . import shop\n" + app(), "/srv/w/shop.py": ""},
    ),
    Reported(
        "a file of the shell",
        "activate-this",
        _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={
            "/srv/w/app.wsgi": "with open('/srv/w/venv/bin/activate') as file:\n    exec(file.read())\n" + app(),
            "/srv/w/venv/bin/activate": "deactivate () {\n    unset VIRTUAL_ENV\n}\n",
        },
    ),
    *(
        Reported(
            f"a file that venv does not make, {name}",
            "activate-this",
            _MOUNT + _OPEN,
            {"http://a.example/": _FAILED},
            tree={
                "/srv/w/app.wsgi": script.replace("FILE", "'/srv/w/venv/bin/activate_this.py'") + app(),
                "/srv/w/venv/bin/activate": "",
            },
            root=True,
        )
        for name, script in (
            ("by its text", "exec(open(FILE).read())\n"),
            ("by its name", "path = FILE\nexec(compile(open(path).read(), path, 'exec'), {'__file__': path})\n"),
            ("in a block", "with open(FILE) as file:\n    exec(file.read(), {'__file__': FILE})\n"),
        )
    ),
    Reported(
        "the program of Python",
        "python-path-is-an-environment",
        "WSGIDaemonProcess w python-path=/srv/w/bin/python3\nWSGIProcessGroup w\n" + _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "import shop\n" + app(), "/srv/w/bin/python3": "", "/srv/w/bin/shop.py": ""},
    ),
    Reported(
        "modules of a group that one host selects",
        "application-also-embedded",
        "WSGIDaemonProcess w python-path=/srv/w/lib\n"
        + _HOST_OF.format(_MOUNT + "WSGIProcessGroup w\n")
        + _HOST_OF.format(_MOUNT).replace("a.example", "b.example")
        + _OPEN,
        {"http://a.example/": _APPLICATION, "http://b.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "import shop\n" + app(), "/srv/w/lib/shop.py": ""},
    ),
    Reported(
        "lines that a guard leaves to the first host",
        "application-also-embedded",
        "".join(
            _HOST_OF.format(
                "<IfDefine !W>\nDefine W\nWSGIDaemonProcess w python-path=/srv/w/lib\nWSGIProcessGroup w\n</IfDefine>\n"
                + _MOUNT
            ).replace("a.example", name)
            for name in ("a.example", "b.example")
        )
        + _OPEN,
        {"http://a.example/": _APPLICATION, "http://b.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "import shop\n" + app(), "/srv/w/lib/shop.py": ""},
    ),
    Reported(
        "a file that AllowOverride leaves unread",
        "htaccess-not-read",
        _ALIAS + "<Directory /srv/w>\nAllowOverride None\nRequire all granted\n</Directory>\n",
        {"http://a.example/static/a.css": _SERVED},
        tree={_CSS: "STYLE", "/srv/w/static/.htaccess": "Require all denied\n"},
        root=True,
    ),
    Reported(
        "the case of a directory",
        "grant-beside-what-is-served",
        _MOUNT + _ALIAS + _GRANT.format("/srv/W"),
        {"http://a.example/": _REFUSED, "http://a.example/static/a.css": _REFUSED},
    ),
    Reported(
        "one directory too much",
        "grant-beside-what-is-served",
        _MOUNT + _GRANT.format("/srv/w/project"),
        {"http://a.example/": _REFUSED},
    ),
    Reported(
        "a wildcard at the end",
        "grant-beside-what-is-served",
        _MOUNT + _GRANT.format("/srv/w/*"),
        {"http://a.example/": _REFUSED, "http://a.example/x": _REFUSED},
    ),
    *(
        Reported(
            f"a regular expression at the end, {name}",
            "grant-beside-what-is-served",
            text,
            {"http://a.example/": _REFUSED, "http://a.example/static/a.css": _REFUSED},
        )
        for name, text in (
            ("of a script", _MOUNT + _GRANT.format("/srv/w/.*")),
            ("of files", _MOUNT + _ALIAS + _GRANT.format('"/srv/w/static/.*"')),
            (
                "in a condition",
                f"{_MOUNT}{_ALIAS}<IfModule alias_module>\n{_GRANT.format('/srv/.*')}</IfModule>\n",
            ),
        )
    ),
    Reported(
        "what a link leads to",
        "grant-beside-what-is-served",
        "WSGIScriptAlias / /srv/current/app.wsgi\n" + _GRANT.format("/srv/w"),
        {"http://a.example/": _REFUSED},
        tree={**_TREE, "/srv/current": Link("/srv/w")},
        root=True,
    ),
    Reported(
        "PYTHONPATH by SetEnv",
        "setenv-not-in-os-environ",
        "SetEnv PYTHONPATH /srv/w/lib\n" + _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "import shop\n" + app(), "/srv/w/lib/shop.py": ""},
    ),
    *(
        Reported(
            f"a log-in beside a grant, {name}",
            "restriction-beside-grant",
            f"{_MOUNT}{_BESIDE.format(text)}",
            {"http://a.example/": _APPLICATION},
        )
        for name, text in (
            ("by name", "Require all granted\n" + _ASKS),
            ("under a condition", "<IfModule authz_core_module>\nRequire all granted\n</IfModule>\n" + _ASKS),
            ("by address", "Require ip 192.0.2.1\nRequire all granted\n"),
            (
                "as a block",
                "Require all granted\n<RequireAll>\nRequire all granted\nRequire not ip 127.0.0.0/8\n</RequireAll>\n",
            ),
        )
    ),
    *(
        Reported(
            f"methods that are not named, {name}",
            "limit-leaves-methods-open",
            f"{_MOUNT}{_OPEN}{text}",
            {"PUT http://a.example/": _APPLICATION},
            asked=(Probe("a.example", method="PUT"),),
        )
        for name, text in (
            ("a log-in", f"<Location />\n{_REALM}<Limit GET POST>\nRequire valid-user\n</Limit>\n</Location>\n"),
            ("an address", "<Location />\n<Limit GET>\nRequire ip 192.0.2.1\n</Limit>\n</Location>\n"),
            (
                "a condition",
                "<Location />\n<IfModule authz_core_module>\n<Limit GET>\nRequire ip 192.0.2.1\n</Limit>\n</IfModule>\n</Location>\n",
            ),
        )
    ),
    *(
        Reported(
            f"a prefix without its slash, {name}",
            "url-prefix-without-slash",
            text + _OPEN,
            {f"http://a.example/{url}": _REFUSED},
        )
        for name, text, url in (
            ("a mount", "WSGIScriptAlias shop /srv/w/app.wsgi\n", "shop"),
            ("an alias", "Alias static/ /srv/w/static/\n", "static/a.css"),
            ("a condition", "<IfModule alias_module>\nAlias static /srv/w/static\n</IfModule>\n", "static/a.css"),
        )
    ),
    *(
        Reported(
            f"a comma behind a name, {name}",
            "comma-between-names",
            f"{_MOUNT}{_OPEN}<Location />\n{text}</Location>\n",
            {"http://a.example/": answer},
        )
        for name, text, answer in (
            ("Allow", "Order deny,allow\nDeny from all\nAllow from 127.0.0.1, 192.0.2.1\n", _REFUSED),
            ("Deny", "Order allow,deny\nAllow from all\nDeny from 127.0.0.1, 192.0.2.1\n", _APPLICATION),
            (
                "Deny alone",
                "Order allow,deny\nAllow from all\n<IfModule authz_core_module>\nDeny from 127.0.0.1,\n</IfModule>\n",
                _APPLICATION,
            ),
            ("Require host", "Require host localhost, a.example\n", _REFUSED),
        )
    ),
    Reported(
        "a user with a comma behind the name",
        "comma-between-names",
        f"{_MOUNT}{_OPEN}<Location />\n{_REALM}Require user a, b\n</Location>\n",
        {_LOGGED_IN: {"status": 401, "who": "httpd"}},
        tree={**_TREE, "/srv/w/users": "a:$apr1$x$BiUDyiV5RjLwYco7fzwXj1\n"},
        asked=(Probe("a.example", headers=_BASIC),),
    ),
    *(
        Reported(
            f"the root of an environment, {name}",
            "python-path-is-an-environment",
            text + _MOUNT + _OPEN,
            {"http://a.example/": _FAILED},
            tree={
                "/srv/w/app.wsgi": "import shop\n" + app(),
                "/srv/w/venv/lib/python3.11/site-packages/shop.py": "",
                "/srv/w/venv/bin/python": "",
            },
        )
        for name, text in (
            ("python-path", _DAEMON.format(" python-path=/srv/w/venv")),
            (
                "its programs",
                "<IfModule wsgi_module>\n" + _DAEMON.format(" python-path=/srv/w/venv/bin") + "</IfModule>\n",
            ),
            ("WSGIPythonPath", "WSGIPythonPath /srv/w/venv\n"),
        )
    ),
    Reported(
        "a process group by an expansion that there is not",
        "process-group-undefined",
        "WSGIDaemonProcess w\nWSGIProcessGroup %{GROUP}\n" + _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
    ),
    Reported(
        "an import above sys.path",
        "import-before-sys-path",
        _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={
            "/srv/w/app.wsgi": "import sys\nimport shop\nsys.path.append('/srv/w/lib')\n" + app(),
            "/srv/w/lib/shop.py": "",
        },
        root=True,
    ),
    *(
        Reported(
            f"a name of a file with a slash, {text}",
            "dead-restriction",
            f"{_MOUNT}{_ALIAS}{_OPEN}<{text}>\nRequire all denied\n</{name}>\n",
            {"http://a.example/static/a.css": _SERVED},
        )
        for name, text in (
            ("Files", "Files static/a.css"),
            ("FilesMatch", 'FilesMatch "^/static/"'),
            ("Files", "Files /srv/w/static/a.css"),
        )
    ),
    *(
        Reported(
            f"a directory of modules that is not there, {name}",
            "sys-path-missing",
            _MOUNT + _OPEN,
            {"http://a.example/": _FAILED},
            tree={"/srv/w/app.wsgi": f"{text}\nimport shop\n" + app(), "/srv/w/src/shop.py": ""},
            root=True,
        )
        for name, text in (
            ("inserted", "import sys\nsys.path.insert(0, '/srv/w/lib')"),
            ("beside the script", "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib/'))"),
            ("by site", "import site\nsite.addsitedir('/srv/w/lib')"),
        )
    ),
    *(
        Reported(
            f"a link that is not followed, {name}",
            "link-not-followed",
            f"{text}{_OPEN}{options}",
            {f"http://a.example{url}": _REFUSED},
            tree={**_TREE, link: Link(target)},
            root=True,
        )
        for name, text, options, link, target, url in (
            (
                "a script",
                "WSGIScriptAlias / /srv/w/shop.wsgi\n",
                "<Directory /srv/w>\nOptions None\n</Directory>\n",
                "/srv/w/shop.wsgi",
                "/srv/w/app.wsgi",
                "/x",
            ),
            (
                "a directory of releases",
                "WSGIScriptAlias / /srv/now/app.wsgi\n",
                "<Directory /srv>\nOptions Indexes\n</Directory>\n<Directory /srv/now>\nOptions FollowSymLinks\n</Directory>\n",
                "/srv/now",
                "/srv/w",
                "/",
            ),
            (
                "static files",
                "Alias /css /srv/w/css\n",
                "<Directory /srv/w>\nOptions -FollowSymLinks\n</Directory>\n",
                "/srv/w/css",
                "/srv/w/static",
                "/css/a.css",
            ),
        )
    ),
    *(
        Reported(
            f"a callable behind a script, {script}",
            "script-names-a-callable",
            f"WSGIScriptAlias / {script}\n{_OPEN}",
            {"http://a.example/": answer},
            tree={**_TREE, "/shop.wsgi": app()},
        )
        for script, answer in (
            ("/srv/w/app.wsgi:application", {"status": 404, "who": "httpd"}),
            ("shop.wsgi:application", _REFUSED),
            ("shop.wsgi.application", _REFUSED),
        )
    ),
    *(
        Reported(
            f"a relative directory of modules, {name}",
            "python-path-relative",
            text + _MOUNT + _OPEN,
            {"http://a.example/": _FAILED},
            tree={"/srv/w/app.wsgi": "import shop\n" + app(), "/srv/w/lib/shop.py": "", "/etc/apache2/lib/shop.py": ""},
        )
        for name, text in (
            ("python-path", _DAEMON.format(" python-path=/srv/w:lib")),
            ("the home of a user", "<IfModule wsgi_module>\n" + _DAEMON.format(" python-path=~/lib") + "</IfModule>\n"),
            ("WSGIPythonPath", "WSGIPythonPath lib\n"),
        )
    ),
    *(
        Reported(
            f"a URL of the application in <{head}>",
            "dead-restriction",
            f"{mount}{_OPEN}<{head}>\nOptions None\nRequire all denied\n</{head.split()[0]}>\n",
            {f"http://a.example{url}": _APPLICATION},
        )
        for head, mount, url in (
            ("Directory /admin", _MOUNT, "/admin/x"),
            ("Directory /shop/orders", _MOUNT.replace("Alias /", "Alias /shop"), "/shop/orders"),
            ("Files login", _MOUNT, "/login"),
        )
    ),
    *(
        Reported(
            f"a file of passwords that is served, {name}",
            "password-file-served",
            f"Alias /static /srv/w/static\nWSGIScriptAlias / /srv/w/app.wsgi\n{_OPEN}{text}",
            {"http://a.example/static/users": _SERVED},
            tree={**_TREE, "/srv/w/static/users": "a:x\n"},
        )
        for name, text in (
            (
                "by users",
                f"<Location /admin>\n{_REALM.replace('/srv/w', '/srv/w/static')}Require valid-user\n</Location>\n",
            ),
            (
                "under a condition",
                "<IfModule authz_core_module>\n<Directory /srv/w/static>\n<Files page>\n"
                + _REALM.replace("/srv/w", "/srv/w/static")
                + "Require valid-user\n</Files>\n</Directory>\n</IfModule>\n",
            ),
        )
    ),
    *(
        Reported(
            f"a module that is to be called, {name}",
            "application-is-a-module",
            _DAEMON.format(" python-path=/srv/w") + _MOUNT + _OPEN,
            {"http://a.example/": _FAILED},
            tree={"/srv/w/app.wsgi": script, "/srv/w/shop/__init__.py": "", "/srv/w/shop/site.py": app()},
            root=True,
        )
        for name, script in (
            ("by its name", "import shop as application\n"),
            ("of a package", "import shop.site as application\n"),
            ("that is a file", "from shop import site as application\n"),
        )
    ),
    *(
        Reported(
            f"the name of a host in its URL, {name}",
            "host-name-in-prefix",
            _HOST_OF.format(text) + _OPEN,
            {f"http://a.example{url}": answer, "http://a.example/": _REFUSED},
        )
        for name, text, url, answer in (
            ("a mount", "WSGIScriptAlias /a.example /srv/w/app.wsgi\n", "/a.example", _APPLICATION),
            ("an alias", "Alias /a.example/ /srv/w/static/\n", "/a.example/a.css", _SERVED),
            (
                "another name",
                "ServerAlias b.example\n<IfModule alias_module>\nAlias /b.example /srv/w/static\n</IfModule>\n",
                "/b.example/a.css",
                _SERVED,
            ),
        )
    ),
    *(
        Reported(
            f"a scheme that is written twice, {name}",
            "scheme-twice",
            _HOST_OF.format(text),
            {"http://a.example/x": answer},
            tree=_NO_MOUNT,
            modules=("proxy", "proxy_http"),
        )
        for name, text, answer in (
            (
                "a redirect",
                "Redirect / https://https://b.example/\n",
                {"status": 302, "location": "https://https://b.example/x"},
            ),
            ("a proxy", "ProxyPass / http://http://127.0.0.1:9/\n", _FAILED),
            (
                "a rule",
                "<IfModule rewrite_module>\nRewriteEngine On\nRewriteRule ^ http://http://127.0.0.1:9/ [P]\n</IfModule>\n",
                _FAILED,
            ),
        )
    ),
    *(
        Reported(
            f"a variable in parentheses, {name}",
            "parentheses-for-braces",
            _HOST_OF.format(text + _MOUNT) + _OPEN,
            {"http://a.example/x": answer},
            modules=("headers",),
        )
        for name, text, answer in (
            (
                "a condition",
                "RewriteEngine On\nRewriteCond %(HTTP_HOST) a.example\nRewriteRule ^ - [F]\n",
                _APPLICATION,
            ),
            (
                "a rule",
                "RewriteEngine On\nRewriteRule ^(.*)$ http://%(HTTP_HOST)$1 [R,NE]\n",
                {"status": 302, "location": "http://%(HTTP_HOST)/x"},
            ),
            (
                "a percent sign that is missing",
                "RewriteEngine On\nRewriteRule ^(.*)$ http://{HTTP_HOST}$1 [R,NE]\n",
                {"status": 302, "location": "http://{HTTP_HOST}/x"},
            ),
            (
                "braces that are missing",
                "<IfModule rewrite_module>\nRewriteEngine On\nRewriteRule ^(.*)$ http://$HTTP_HOST$1 [R,NE]\n</IfModule>\n",
                {"status": 302, "location": "http://$HTTP_HOST/x"},
            ),
            (
                "a section",
                "<Location />\nRewriteEngine On\nRewriteCond %(REQUEST_METHOD) GET\nRewriteRule ^ - [F]\n</Location>\n",
                _APPLICATION,
            ),
        )
    ),
    Reported(
        "a home of Python that is not there",
        "missing-on-disk",
        "WSGIPythonHome /srv/w/venv\n" + _MOUNT + _ALIAS + _OPEN,
        {"http://a.example/": _SILENT, "http://a.example/static/a.css": _SILENT},
        root=True,
    ),
    *(
        Reported(
            f"a directory of sockets that is not there, {name}",
            "missing-on-disk",
            text + _DAEMON.format("") + _MOUNT + _OPEN,
            {"http://a.example/": {"status": 503, "who": "httpd"}},
            root=True,
        )
        for name, text in (
            ("by its path", "WSGISocketPrefix /srv/w/run/wsgi\n"),
            ("in a condition", "<IfModule wsgi_module>\nWSGISocketPrefix /srv/w/run/\n</IfModule>\n"),
        )
    ),
    Reported(
        "an option behind a colon",
        "python-path-relative",
        "WSGIDaemonProcess w user=www-data python-path=/srv/w:home=/srv/w/lib\nWSGIProcessGroup w\n" + _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={"/srv/w/app.wsgi": "import os\nos.stat('shop.py')\n" + app(), "/srv/w/lib/shop.py": ""},
    ),
    Reported(
        "a relative directory",
        "directory-path-relative",
        _MOUNT + _GRANT.format("w"),
        {"http://a.example/": _REFUSED},
    ),
    Reported(
        "a certificate alone",
        "ssl-engine-missing",
        f"<VirtualHost *:443>\n    ServerName a.example\n    SSLCertificateFile {CERTIFICATE}\n    {_MOUNT}</VirtualHost>\n{_OPEN}",
        {"https://a.example/": _SILENT, "http://a.example:443/": _APPLICATION},
        heading="Listen 127.0.0.1:443\n",
    ),
    Reported(
        "a grant in an If",
        "allow-in-if",
        _ALIAS + '<If "%{REQUEST_URI} =~ m#^/static/#">\n    Require all granted\n</If>\n',
        {"http://a.example/static/a.css": _SERVED},
    ),
    Reported(
        "a ban for every directory",
        "root-directory-granted",
        _ALIAS
        + '<DirectoryMatch "^/srv">\n    <RequireAll>\n        Require all granted\n        Require not ip 192.0.2.1\n'
        + "    </RequireAll>\n</DirectoryMatch>\n",
        {"http://a.example/static/a.css": _SERVED},
    ),
    Reported(
        "methods for every directory",
        "root-directory-granted",
        _ALIAS + "<Directory /srv>\n    <Limit GET POST>\n        Require all granted\n    </Limit>\n</Directory>\n",
        {"http://a.example/static/a.css": _SERVED},
    ),
    Reported(
        "an Allow under a Require that refuses",
        "access-lines-without-effect",
        _ALIAS + "<Location /static>\n    Order allow,deny\n    Allow from all\n</Location>\n",
        {"http://a.example/static/a.css": _REFUSED},
    ),
    Reported(
        "a Deny that a later section says anew",
        "access-lines-without-effect",
        _ALIAS
        + _OPEN
        + "<Location /static>\n    Order allow,deny\n    Deny from all\n</Location>\n"
        + "<Location /static>\n    Order deny,allow\n    Deny from 192.0.2.1\n</Location>\n",
        {"http://a.example/static/a.css": _SERVED},
    ),
    Reported(
        "two names of one application",
        "one-application-in-two-interpreters",
        _DAEMON.format("") + _HOST.format("a.example") + _HOST.format("www.a.example") + _OPEN,
        {
            "http://a.example/": {**_APPLICATION, "application_group": "a.example|"},
            "http://www.a.example/": {**_APPLICATION, "application_group": "www.a.example|"},
        },
    ),
    Reported(
        "the header of a log-in",
        "authorization-not-passed",
        _MOUNT + _OPEN,
        {"http://a.example/ Authorization: Basic YTpi": {**_APPLICATION, "authorization": ""}},
        asked=(Probe("a.example", headers=_BASIC),),
        root=True,
    ),
    Reported(
        "a user that is not there",
        "unknown-user",
        _DAEMON.format(" user=no-such-user") + _MOUNT + _OPEN,
        {},
        message="bad user name no-such-user",
        root=True,
    ),
    Reported(
        "a closed directory above a script",
        "permission-missing",
        _MOUNT + _OPEN,
        {"http://a.example/": _REFUSED},
        tree={**_TREE, "/srv/w": Moded(None, 0o700)},
        root=True,
    ),
    Reported(
        "a script that is closed to its process",
        "permission-missing",
        _DAEMON.format("") + _MOUNT + _OPEN,
        {"http://a.example/": _FAILED},
        tree={"/srv/w/app.wsgi": Moded(app(), 0o600)},
        root=True,
    ),
    Reported(
        "a static file that is closed",
        "permission-missing",
        "Alias /a.css /srv/w/static/a.css\n" + _OPEN,
        {"http://a.example/a.css": _REFUSED},
        tree={_CSS: Moded("STYLE", 0o640)},
        root=True,
    ),
    Reported(
        "a user without a home",
        "missing-on-disk",
        _DAEMON.format(" user=nobody") + _MOUNT + _OPEN,
        {"http://a.example/": {"label": ""}},
        root=True,
    ),
    Reported(
        "a closed directory of sockets",
        "permission-missing",
        "WSGISocketPrefix /srv/w/run/wsgi\n" + _DAEMON.format("") + _MOUNT + _OPEN,
        {"http://a.example/": {"status": 503, "who": "httpd"}},
        tree={**_TREE, "/srv/w/run": Moded(None, 0o700)},
        root=True,
    ),
    Reported(
        "a closed home",
        "permission-missing",
        _DAEMON.format(" home=/srv/w/run") + _MOUNT + _OPEN,
        # A daemon process that has not started answers nothing, or httpd an error 504 in its place.
        {"http://a.example/": {"label": ""}},
        tree={**_TREE, "/srv/w/run": Moded(None, 0o700)},
        root=True,
    ),
]


def reported(case: Reported) -> set[str]:
    """The names of the rules that report a case."""
    head = f"{case.heading}User www-data\nGroup www-data\n{_DENIED}"
    texts: dict[str, str | bytes] = {"/etc/apache2/apache2.conf": head + case.text}
    links: dict[str, str] = {}
    directories: list[str] = []
    permissions = {"/etc/passwd": Permissions(0o644, 0, 0)}
    for path, entry in case.tree.items():
        if isinstance(entry, Link):
            links[path] = entry.target
            continue
        text = entry.text if isinstance(entry, Moded) else entry
        if text is None:
            directories.append(path)
        else:
            texts[path] = text
        if isinstance(entry, Moded):
            permissions[path] = Permissions(entry.mode, 0, 0)
    accounts = {"/etc/passwd": _ROOTS, "/etc/group": "root:x:0:\nwww-data:x:33:\n"}
    files = Memory({**texts, **accounts}, links, directories, permissions)
    (source,) = find_sources(files, ["/etc/apache2"])
    job = Job(source, list(all_rules().values()), disk=files if case.root else None)
    return {finding.rule for finding in check(job, read(job))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rule_reports_it(case: Reported) -> None:
    assert case.rule in reported(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_httpd_does_what_the_page_says(case: Reported, httpd: Path) -> None:
    if any(isinstance(entry, Moded) for entry in case.tree.values()) and os.geteuid() != 0:
        pytest.skip("only root can start httpd as another user")
    asked = case.asked or probes(*case.answers)
    ports = tuple(sorted({80, *(one.port for one in asked)}))
    tree = {**case.tree, **_certificate(case)}
    found = run(Setup({"site.conf": case.text}, tree, "2.4", "event", ports, case.modules), asked, httpd)
    if case.message:
        assert not found.started
        assert case.message in "\n".join(found.messages)
        return
    assert found.started, found.messages
    for url, expected in case.answers.items():
        assert {name: getattr(found[url], name) for name in expected} == expected, url


def _certificate(case: Reported) -> Tree:
    from . import install

    return {CERTIFICATE: "".join(install.certificate())} if CERTIFICATE in case.text else {}


@pytest.mark.parametrize(
    "word", ["http://127.0.0.1:/", "http://127.0.0.1:99999/", "http://u:w@a_b:9/x:y", "http://[::1]:9/", "ajp://h"]
)
def test_what_httpd_takes_for_the_url_of_a_server_is_not_refused(word: str, httpd: Path) -> None:
    text = f"ProxyPass / {word}\n"
    case = Reported("", "", text, {}, modules=("proxy", "proxy_http", "proxy_ajp"))
    assert not {"refused-line", "foreign-syntax"} & reported(case)
    assert run(Setup({"site.conf": text}, case.tree, "2.4", "event", (80,), case.modules), (), httpd).started


@pytest.mark.parametrize(
    "condition", ["%{REQUEST_URI} !^/y", "%{REQUEST_METHOD} =GET", "%{DOCUMENT_ROOT} !-f", "%{REQUEST_URI} ^/(x)"]
)
def test_conditions_without_an_expression_of_their_own_leave_the_groups(condition: str, httpd: Path) -> None:
    rules = f"RewriteEngine On\nRewriteCond %{{HTTP_HOST}} ^(a)\nRewriteCond {condition}\nRewriteRule ^ http://b.example/%1 [R]\n"
    case = Reported("", "", _HOST_OF.format(rules), {})
    assert "reference-to-no-group" not in reported(case)
    answers = run(Setup({"site.conf": case.text}, case.tree), probes("http://a.example/x"), httpd)
    assert answers["http://a.example/x"].location == f"http://b.example/{'x' if '(' in condition else 'a'}"


@pytest.mark.parametrize(
    "text",
    [
        "Header set Access-Control-Allow-Origin *\n",
        "Header setifempty Access-Control-Allow-Origin *\n",
        "Header onsuccess unset Access-Control-Allow-Origin\nHeader always set Access-Control-Allow-Origin *\n",
    ],
)
def test_a_header_that_is_sent_once_is_not_reported(text: str, httpd: Path) -> None:
    tree: Tree = {"/srv/w/app.wsgi": _COUNTS}
    case = Reported("", "", _HOST_OF.format(text + _MOUNT) + _OPEN, {}, tree=tree, modules=("headers",))
    answers = run(Setup({"site.conf": case.text}, tree, modules=case.modules), probes("http://a.example/"), httpd)
    assert answers["http://a.example/"].location == "1"
    assert "allowed-origin-sent-twice" not in reported(case)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ProxyPass /a/ unix:/srv/w/1|http://w/\nProxyPass /b/ unix:/srv/w/2|http://w/\n", True),
        ("ProxyPass /a/ unix:/srv/w/1|http://w/\nProxyPass /b/ unix:/srv/w/2|http://v/\n", False),
        ("ProxyPass /a unix:/srv/w/1|http://\nProxyPass /b unix:/srv/w/2|http://localhost:80\n", True),
        ("ProxyPass /a/ unix:/srv/w/1|http://w/\nProxyPass /b/ unix:/srv/w/2|http://w/b/\n", True),
        ("ProxyPass /b/ unix:/srv/w/2|http://w/b/\nProxyPass /a/ unix:/srv/w/1|http://w/\n", False),
        ("ProxyPass /a/ unix:/srv/w/1|http://w/\nProxyPass /b/ unix:/srv/w/2|http://w:81/\n", False),
        (
            "<Location /a/>\nProxyPass unix:/srv/w/1|http://W/\n</Location>\n"
            "<IfModule mod_proxy.c>\n<Location /b/>\nProxyPass unix:/srv/w/2|http://w/\n</Location>\n</IfModule>\n",
            True,
        ),
    ],
)
def test_a_socket_is_found_by_the_name_behind_the_bar(text: str, is_one: bool, httpd: Path) -> None:  # noqa: FBT001
    case = Reported("", "", _HOST_OF.format(text), {}, modules=("proxy", "proxy_http"))
    assert ("socket-never-asked" in reported(case)) is is_one
    setup = Setup({"site.conf": case.text}, _NO_MOUNT, modules=case.modules)
    log = run(setup, probes("http://a.example/a/x", "http://a.example/b/x"), httpd).log
    assert ("domain socket /srv/w/2 " in log) is not is_one
    assert "domain socket /srv/w/1 " in log


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize(
    "form",
    ["ProxyPass / {}\n", "<Location />\nProxyPass {}\n</Location>\n", "RewriteEngine On\nRewriteRule ^ {} [P]\n"],
)
def test_web_sockets_need_no_module_of_their_own(form: str, scheme: str, httpd: Path) -> None:
    modules = ("proxy", "proxy_http", "ssl", "socache_shmcb", "rewrite")
    text = "SSLProxyEngine On\n" + form.format(f"{scheme}://127.0.0.1:9/")
    found = run(
        Setup({"site.conf": text}, _NO_MOUNT, "2.4", "event", (80,), modules), probes("http://a.example/"), httpd
    )
    assert found["http://a.example/"].status == 503
    loads = "".join(f"LoadModule {name}_module modules/mod_{name}.so\n" for name in modules)
    files = Memory({"/etc/apache2/apache2.conf": loads + text})
    (source,) = find_sources(files, ["/etc/apache2"])
    config = read(Job(source, []))
    outcome = trace(config, request_of("http://a.example/")).outcome
    assert outcome.kind is Kind.PROXY
