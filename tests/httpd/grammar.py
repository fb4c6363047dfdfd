"""Configurations and requests drawn from a grammar of the directives that the request model knows.

The file tree is one and the same; what maps URLs to it, opens and closes it varies. The pools are small, so that what is
drawn meets: an Alias over a mount, a Location over a Directory, two hosts of one name.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from . import grammar_rewriting as rewriting
from .application import app
from .probe import Probe
from .root import SITE, Link, Tree
from .server import Setup

#: Requests on one configuration.
PROBES = 30

TREE: Tree = {
    "app/app.wsgi": app("app"),
    "app/other.wsgi": app("other"),
    "app/tool.py": app("tool"),
    "app/both.py.txt": app("both"),
    "app/odd.wsgi.zzz": app("odd"),
    "app/secret.txt": "secret",
    "app/.env": "KEY=1",
    "app/page.html": "<p>page</p>",
    "static/x.txt": "x",
    "static/css/site.css": "css",
    "static/index.html": "static index",
    "static/other": Link("../app"),
    "static/inside": Link("css/site.css"),
    "static/dangling": Link("nowhere"),
    "static/none": None,
    "staticx.txt": "beside",
    "private/key.pem": "key",
    "private/index.html": "private index",
    "www/index.html": "www index",
    "www/page.html": "page",
    "www/sub/deep/a.txt": "a",
    "www/sub/home.html": "home",
    "www/static/y.txt": "y",
    "www/app/z.txt": "z",
    "www/hello.wsgi": app("hello"),
    "www/sub/.htaccess": "DirectoryIndex home.html\nOptions +Indexes\n",
    "www/static/.htaccess": "Require method GET\nSetHandler nothing\n",
    "static/css/.htaccess": "RewriteEngine On\nRewriteRule site /nowhere\n",
    "www/indexed/index.wsgi": app("indexed"),
    "cgi/run.cgi": "#!/bin/sh\necho Content-Type: text/plain\necho\necho program\n",
    "cgi/idle.cgi": "not a program",
    "www/run.cgi": "#!/bin/sh\necho Content-Type: text/plain\necho\necho program\n",
    "www/twice.html": "html",
    "www/twice.txt": "txt",
    "www/spoken.html.en": "english",
    "table.txt": rewriting.TABLE_TEXT,
    "users": "joe:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
}
#: What the servers of the grammar load besides.
MODULES = ("actions", "negotiation", "cgi", "allowmethods", "auth_digest", "proxy", "proxy_http")
#: Log-ins: one that is right, and one that is not.
_LOGINS = tuple(
    (("Authorization", "Basic " + base64.b64encode(words).decode("ascii")),) for words in (b"joe:secret", b"joe:wrong")
)

_HTACCESS = (
    "Options +Indexes\n", "Options +ExecCGI\n", "DirectoryIndex page.html\n", "Require all denied\n", "Require all granted\n",
    "Order deny,allow\nDeny from all\n", "SetHandler nothing\n", "WSGIProcessGroup own0\n", "Foo bar\n", "ServerName x\n", "Options Foo\n",
    "<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule \\.txt$ - [F]\n</IfModule>\n", "<Files *.txt>\nRequire all denied\n</Files>\n",
    "SetEnvIf Request_URI txt GROUP=1\nRequire env GROUP\n", "RewriteEngine On\nRewriteRule ^x\\.txt$ page.html\n", "ErrorDocument 404 /page.html\n",
    "RewriteEngine On\nRewriteBase /\nRewriteRule ^missing$ page.html [L]\n", "AddHandler wsgi-script .wsgi\nOptions +ExecCGI\n", "<Directory />\n</Directory>\n",
    "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ /app/$1 [L]\n", "ForceType application/x-httpd-wsgi\n", "FallbackResource /page.html\n",
    "RewriteEngine On\nRewriteRule secret - [R=404]\nRewriteRule ^css/?$ /page.html [R=302,L]\n", "Satisfy Any\n", "AuthType Basic\nRequire valid-user\n",
    "<IfModule mod_nothing.c>\nFoo bar\n</IfModule>\n", "<RequireNone>\nRequire all denied\n</RequireNone>\n", "DirectoryIndex\n", "SetEnv GROUP x\nRequire env GROUP\n",
)  # fmt: skip

#: What of the tree may be asked for, from any prefix.
_FILES = (
    "", "/", "/x.txt", "/index.html", "/page.html", "/app.wsgi", "/app.wsgi/", "/app.wsgi/more", "/other.wsgi", "/tool.py", "/both.py.txt",
    "/odd.wsgi.zzz", "/secret.txt", "/.env", "/css", "/css/", "/css/site.css", "/other/secret.txt", "/other/app.wsgi", "/inside",
    "/dangling", "/none/", "/none", "/none/deep/er.txt", "/x.txt/more", "/sub", "/sub/", "/sub/deep/a.txt", "/sub/home.html",
    "/static/y.txt", "/hello.wsgi", "/hello.wsgi/info", "/key.pem", "/indexed/", "/indexed", "//x.txt", "/../x.txt", "/%78.txt", "/css%2Fsite.css",
    "/missing", "/Missing.TXT", "/a%20b?q=1",
    "/page", "/x", "/twice", "/spoken", "/hello", "/run.cgi", "/idle.cgi", "/run.cgi/more", "/page.html/x.txt", "/page/more", "/old", "/.htaccess",
)  # fmt: skip
_PREFIXES = ("", "/app", "/static", "/sub", "/st", "/a/b", "/APP", "/private", "/x")
_HOSTS = ("a.example", "www.a.example", "b.example", "A.Example", "c.example", "other.invalid", "default.invalid")

_urls = st.sampled_from(("/", "/app", "/app/", "/static", "/static/", "/sub", "/st", "/a/b", "/private", "/static/css"))
_directories = st.sampled_from((
    f"{SITE}/app", f"{SITE}/static", f"{SITE}/static/", f"{SITE}/www", f"{SITE}/www/", f"{SITE}/private", SITE, f"{SITE}/static/css",
))  # fmt: skip
_scripts = st.sampled_from(
    (f"{SITE}/app/app.wsgi", f"{SITE}/app/other.wsgi", f"{SITE}/app/tool.py", f"{SITE}/app/missing.wsgi")
)
_scriptish = st.one_of(
    _scripts, _scripts, st.sampled_from((f"{SITE}/app", f"{SITE}/app/", f"{SITE}/app/app.wsgi/", f"{SITE}/www"))
)
_groups = st.sampled_from(("shared", "own0", "own1", "%{GLOBAL}", "absent", "%{ENV:GROUP}"))
_applications = st.sampled_from(("%{GLOBAL}", "%{SERVER}", "%{RESOURCE}", "named", "%{ENV:GROUP}"))


@st.composite
def _access(draw: st.DrawFn) -> list[str]:
    """Lines of one dialect or both."""
    new = st.sampled_from((
        *[["Require all granted"]] * 8, ["Require all denied"], ["Require valid-user"],
        ["Require method GET"], ["Require method POST"], ["Require ip 127.0.0.0/8", "Require all denied"],
        ["<RequireAll>", "Require all granted", "Require not method POST", "</RequireAll>"], ["Require env GROUP"],
        ["<RequireAll>", "<RequireNone>", "Require method POST", "</RequireNone>", "Require all granted", "</RequireAll>"],
        ["<RequireAll>", "Require all granted", "Require valid-user", "</RequireAll>"],
        ["<RequireAny>", "Require valid-user", "Require method GET", "</RequireAny>"],
        ["AuthType Basic", "AuthName x", "AuthUserFile /srv/site/none", "Require valid-user"],
        ["AuthType Basic", "AuthName x", "AuthUserFile /srv/site/users", "Require valid-user"], ["AuthType Basic", "AuthName x", "AuthUserFile /srv/site/users", "Require user joe"],
        ["AuthType Basic", "Require valid-user"], ["AuthType Basic", "AuthName x", "AuthUserFile /srv/site/users", "Require user ann"], ["AuthType Digest", "AuthName x", "Require valid-user"],
        ["AuthMerging And", "Require method GET"], ["AuthMerging Or", "Require method POST"], ["AuthMerging And", "Require all granted"],
        ["<Limit POST>", "Require all denied", "</Limit>"], ["<LimitExcept GET>", "Require all denied", "</LimitExcept>"],
        ["<RequireAny>", "Require env GROUP", "Require ip 127.0.0.0/8", "</RequireAny>"], ["Require host nowhere.invalid"], ["Require local"],
        ["<RequireAll>", "Require all granted", "Require not ip 127.0.0.1", "</RequireAll>"], ["Require all granted", "Require ip 10.0.0.1"],
        ["<RequireAll>", "Require all granted", "Require not env GROUP", "</RequireAll>"], ["<RequireNone>", "Require all denied", "</RequireNone>"],
        ["<Limit GET>", "Require all granted", "</Limit>", "Require all denied"],
        ["<IfModule mod_authz_core.c>", "Require all granted", "</IfModule>"], ["<IfModule !mod_access_compat.c>", "Require all denied", "</IfModule>"],
    ))  # fmt: skip
    old = st.sampled_from((
        ["Order allow,deny", "Allow from all"], ["Order deny,allow"], ["Order deny,allow", "Deny from all"], ["Allow from all"],
        ["Order allow,deny"], ["Order deny,allow", "Deny from all", "Allow from 127.0.0.0/8"], ["Deny from all"], ["Order allow,deny", "Allow from 10.0.0.1"],
        ["Order deny,allow", "Deny from 10.0.0.1"], ["Satisfy Any"], ["Order deny,allow", "Deny from all", "Satisfy Any"],
        ["<Limit GET>", "Order deny,allow", "Deny from all", "</Limit>"], ["Order allow,deny", "Allow from all", "Satisfy Any"],
        ["Order allow,deny", "Allow from all", "Deny from env=GROUP"],
        ["Order mutual-failure", "Allow from all"], ["Order mutual-failure", "Allow from all", "Deny from 127.0.0.1"], ["Order mutual-failure"],
        ["Order deny,allow", "Deny from all", "Allow from env=!GROUP"], ["<Limit POST>", "Deny from all", "</Limit>", "Allow from all"],
        ["<IfModule mod_access_compat.c>", "Order allow,deny", "Allow from all", "</IfModule>"],
        ["<LimitExcept POST>", "Order allow,deny", "Allow from all", "</LimitExcept>"],
    ))  # fmt: skip
    which = draw(st.sampled_from(("new", "new", "new", "new", "new", "old", "both")))
    lines = draw(new) if which != "old" else []
    return [*lines, *(draw(old) if which != "new" else [])]


_settings = st.sampled_from((
    "Options None", "Options Indexes", "Options +Indexes", "Options -FollowSymLinks", "Options FollowSymLinks", "Options +ExecCGI",
    "Options All", "Options SymLinksIfOwnerMatch", "Options -Indexes", "Options Indexes FollowSymLinks ExecCGI", "Options +FollowSymLinks +Indexes",
    "AddHandler wsgi-script .wsgi", "AddHandler wsgi-script .py", "AddHandler nothing .txt", "SetHandler wsgi-script", "SetHandler None",
    "SetHandler default-handler", "AddHandler cgi-script .py", "RemoveHandler .wsgi", "AddType application/x-httpd-wsgi .wsgi",
    "DirectoryIndex page.html index.html", "DirectoryIndex disabled", "DirectoryIndex home.html", "DirectoryIndex index.wsgi index.html",
    "DirectoryIndex /app/page.html", "DirectoryIndex secret.txt", "DirectorySlash Off", "AcceptPathInfo On", "AcceptPathInfo Off", "WSGIProcessGroup shared", "WSGIProcessGroup own0",
    "WSGIProcessGroup %{GLOBAL}", "WSGIProcessGroup absent", "WSGIApplicationGroup %{GLOBAL}", "WSGIApplicationGroup named",
    "WSGIApplicationGroup %{SERVER}", "SetEnv GROUP shared", "WSGIProcessGroup %{ENV:GROUP}", "WSGICallableObject application",
    "Action my /app/act", "AddHandler my .html", "Action my /app/act virtual", "Action text/css /app/css", "Script POST /app/posted", "SetHandler my",
    "ForceType application/x-httpd-wsgi", "ForceType text/plain", "ForceType None", "Options +MultiViews", "Options Indexes MultiViews", "MultiviewsMatch Handlers",
    "AddLanguage en .en", "AddHandler cgi-script .cgi", "RemoveHandler .cgi", "FallbackResource /page.html", "FallbackResource /app/fallen", "FallbackResource disabled",
    "DirectoryIndexRedirect on", "DirectoryIndexRedirect 301", "ErrorDocument 404 /page.html", "ErrorDocument 403 /app/refused", "ErrorDocument 404 http://errors.example/",
    "ErrorDocument 403 gone", "ErrorDocument 404 /missing", "ErrorDocument 401 /page.html", "AllowMethods GET", "AllowMethods POST OPTIONS", "UseCanonicalPhysicalPort On",
    "AuthType Basic", "AuthName x", f"AuthUserFile {SITE}/users", "AuthType None", "AuthMerging And", "AuthMerging Or", "ModMimeUsePathInfo On", "RedirectRelative On",
    "AllowOverride FileInfo", "AllowOverride AuthConfig Limit", "AllowOverride Options=Indexes Indexes", "AllowOverride All Nonfatal=Unknown", "AllowOverride AuthConfig Nonfatal=Override",
    "AllowOverrideList Require ErrorDocument", "WSGIRestrictProcess shared", "UnsetEnv GROUP", "SetEnvIf Request_URI app GROUP=shared",
    "AddHandler probe .html", "AllowOverride All", "AllowOverride All", "AllowOverride None", "WSGIHandlerScript probe /srv/site/app/app.wsgi",
))  # fmt: skip


@st.composite
def _section(draw: st.DrawFn) -> list[str]:
    """A section with access, settings, or both; sometimes one inside."""
    kind = draw(st.sampled_from((
        "Directory", "Directory", "Directory", "Location", "Location", "Files", "DirectoryMatch", "LocationMatch", "FilesMatch", "If",
    )))  # fmt: skip
    pattern = draw({
        "Directory": st.one_of(_directories, st.sampled_from((
            "/", "/srv", f"{SITE}/*", f"{SITE}/s*", f"{SITE}/app/app.wsgi", f"{SITE}/app/secret.txt", f"{SITE}/static/other", f"{SITE}/[sw]*/", f"{SITE}/[^a]*", f"{SITE}/[!s]*/", f"{SITE}/*/sub", f"{SITE}/www/sub",
        ))),
        "Location": st.one_of(_urls, st.sampled_from(("/app/app.wsgi", "/*", "/s*/", "/static/other", "/app/secret.txt", "/*/css", "/[^a]*", "/x.txt"))),
        "Files": st.sampled_from(("app.wsgi", "*.txt", "*.wsgi", ".??*", "x.txt", "index.html", "*.py", "[sx]*", "[^.]*", "[!a]*")),
        "DirectoryMatch": st.sampled_from((f"^{SITE}/(app|www)", "/static", f"{SITE}/app/$", f"^{SITE}/[^/]+/sub", "wsgi", f"^{SITE}/www$")),
        "LocationMatch": st.sampled_from(("^/app", "static", r"\\.txt$", "^/(sub|st)", "^/$", "(?i)^/APP")),
        "FilesMatch": st.sampled_from((r"\\.(wsgi|py)$", r"^\\.", "txt", "^index", "^$")),
        "If": st.sampled_from((
            "\"%{REQUEST_URI} =~ m#^/app#\"", "\"%{HTTP_HOST} == 'a.example'\"", "\"%{REQUEST_METHOD} == 'POST'\"", "\"%{HTTPS} == 'on'\"",
            "\"%{REQUEST_URI} =~ /txt/ && %{REQUEST_METHOD} == 'GET'\"", "\"%{HTTP_HOST} in { 'a.example', 'b.example' } || false\"", "\"! -z %{QUERY_STRING}\"",
            "\"-R '127.0.0.0/8'\"", *rewriting.EXPRESSIONS, "\"%{SERVER_PORT} -eq 80 && !(%{REQUEST_URI} == '/')\"",
        )),
    }[kind].map(lambda text: text.replace("\\\\", "\\")))  # fmt: skip
    body = draw(_access()) if not draw(st.integers(0, 2)) else []
    body += draw(st.lists(_settings, max_size=3))
    if kind in ("Location", "Directory") and not draw(st.integers(0, 7)):
        body += [
            draw(
                st.sampled_from(
                    (
                        "Redirect /app/secret.txt /elsewhere",
                        "RedirectMatch \\.txt$ http://t.example/",
                        "Redirect gone /private",
                        "Redirect permanent /sub http://s.example/",
                    )
                )
            )
        ]
    if kind == "Location" and not draw(st.integers(0, 7)):
        body += [
            draw(
                st.sampled_from(
                    (
                        f"Alias {SITE}/static/x.txt",
                        f"Alias {SITE}/www",
                        "Redirect http://one.example/",
                        "Redirect 303 /two",
                    )
                )
            )
        ]
    if kind == "Directory" and not draw(st.integers(0, 3)):
        name = draw(st.sampled_from(("app.wsgi", "*.txt", "secret.txt", "*.wsgi")))
        body += [f"<Files {name}>", *draw(_access()), "</Files>"]
    lines = [f"<{kind} {pattern}>", *body, f"</{kind}>"]
    around = draw(st.sampled_from(("", "", "", "", "", "mod_wsgi.c", "wsgi_module", "!mod_wsgi.c", "mod_nothing.c")))
    return [f"<IfModule {around}>", *lines, "</IfModule>"] if around else lines


@st.composite
def _mapping(draw: st.DrawFn) -> list[str]:
    kind = draw(
        st.sampled_from(
            (
                "alias",
                "alias",
                "wsgi",
                "wsgi",
                "wsgi",
                "root",
                "regex",
                "redirect",
                "rewrite",
                "other",
                "script",
                "directory",
                "section",
                "proxy",
            )
        )
    )
    if kind == "alias":
        return [f"Alias {draw(_urls)} {draw(_directories)}"]
    if kind == "wsgi":
        options = draw(st.sampled_from(("", "", "group", "application", "both")))
        line = f"WSGIScriptAlias {draw(_urls)} {draw(_scriptish)}"
        line += f" process-group={draw(_groups)}" if options in ("group", "both") else ""
        line += f" application-group={draw(_applications)}" if options in ("application", "both") else ""
        return [line]
    if kind == "root":
        return [f"DocumentRoot {draw(_directories)}"]
    if kind == "regex":
        return [draw(st.sampled_from((
            f"AliasMatch ^/static/(.*)$ {SITE}/static/$1", f"AliasMatch /static {SITE}/private", f"AliasMatch ^/([a-z]+)/x\\.txt {SITE}/$1/x.txt",
            f"WSGIScriptAliasMatch ^/app {SITE}/app/app.wsgi", f"WSGIScriptAliasMatch /([a-z]+)\\.wsgi {SITE}/app/$1.wsgi",
            f"WSGIScriptAliasMatch ^/(app|st)(/|$) {SITE}/app/other.wsgi/", f"ScriptAlias /cgi/ {SITE}/app/",
        )))]  # fmt: skip
    if kind == "script":
        return [f"ScriptAlias {draw(_urls)} {SITE}/cgi", "AddHandler cgi-script .cgi"][: draw(st.integers(1, 2))]
    if kind == "directory":
        where = draw(st.sampled_from((f"{SITE}/www", f"{SITE}/static", f"{SITE}/app", SITE)))
        return [f"<Directory {where}>", "RewriteEngine On", *draw(st.sampled_from((
            ["RewriteRule ^page\\.html$ x.txt"], ["RewriteRule ^(.*)\\.txt$ $1.html [L]"], ["RewriteRule secret - [F]"], ["RewriteRule ^x\\.txt$ - [R=410]"],
            ["RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule ^(.*)$ /app/$1 [QSA,L]"], ["RewriteBase /static", "RewriteRule ^x\\.txt$ index.html"],
            ["RewriteRule ^sub/?$ /page.html [R,L]"], ["RewriteRule ^old$ new [R=301,L]"], ["RewriteRule wsgi$ - [H=wsgi-script]"], ["RewriteRule ^(css/.*)$ /static/$1"],
            ["RewriteRule ^missing$ /srv/site/static/x.txt"], ["RewriteCond %{REQUEST_URI} ^/sub", "RewriteRule ^ /app/under [END]"], ["RewriteRule txt$ - [T=text/html]"],
            ["RewriteRule ^index\\.html$ http://moved.example/"], ["RewriteRule !x - [S=1]", "RewriteRule ^ - [G]"], [],
        ))), "</Directory>"]  # fmt: skip
    if kind == "section":
        where = draw(rewriting.SECTIONS)
        name, rules = where.partition(" ")[0], draw(rewriting.IN_SECTION)
        return [f"<{where}>", "RewriteEngine On", *rules, f"</{name}>"]
    if kind == "proxy":
        return draw(rewriting.PROXIES)
    if kind == "redirect":
        return [draw(st.sampled_from((
            "Redirect /sub https://elsewhere.example/s", "Redirect permanent /st/ /static/", "RedirectMatch 303 ^/x /y", "Redirect gone /private",
            "RedirectMatch \\.txt$ http://t.example/", "Redirect 404 /app/secret.txt", "RedirectTemp /a /b", "Redirect / https://all.example/",
            "RedirectMatch 403 /\\.", "RedirectMatch ^/app/(.*)$ /moved/$1",
        )))]  # fmt: skip
    if kind == "rewrite":
        if draw(st.booleans()):
            return ["RewriteEngine On", *draw(rewriting.AT_SERVER)]
        return ["RewriteEngine On", *draw(st.sampled_from((
            ["RewriteRule ^/st(/.*)?$ /static$1 [PT]"], ["RewriteRule ^/sub https://elsewhere.example/ [R=301,L]"], ["RewriteRule \\.env$ - [F]"],
            ["RewriteCond %{HTTPS} off", "RewriteRule ^/a/(.*)$ https://%{HTTP_HOST}/$1 [R,L]"], ["RewriteRule ^/x\\.txt$ /page.html"],
            ["RewriteCond %{HTTP_HOST} ^www\\.(.*)$ [NC]", "RewriteRule ^(.*)$ http://%1$1 [R=301,L]"], [f"RewriteRule ^/private(.*)$ {SITE}/private$1 [L]"],
            ["RewriteRule ^/app/(.*)$ /app/app.wsgi/$1 [PT,QSA]"], ["RewriteCond %{REQUEST_METHOD} POST [OR]", "RewriteCond %{REQUEST_URI} !^/static", "RewriteRule ^/sub - [G]"],
            [f"RewriteCond {SITE}/www%{{REQUEST_URI}} -f", "RewriteRule ^ - [L]", "RewriteRule ^/missing /page.html [PT]"],
            ["RewriteRule ^/st - [C]", "RewriteRule x /x.txt [PT]"], ["RewriteRule ^/APP(.*) /app$1 [NC,PT]"], ["RewriteRule ^/sub/$ /static/ [R]"],
            ["RewriteRule . - [S=1]", "RewriteRule ^ - [F]", "RewriteRule ^/x$ - [G]"], ["RewriteRule !^/(app|static) - [L]", "RewriteRule secret - [F]"],
        )))]  # fmt: skip
    return [draw(st.sampled_from((
        "AllowEncodedSlashes On", "AllowEncodedSlashes NoDecode", "UseCanonicalName On", "SetEnv GROUP own0", "DirectoryIndex page.html", "Options Indexes",
        "AddHandler wsgi-script .py", "WSGIProcessGroup shared", "WSGIApplicationGroup %{GLOBAL}", "SetEnvIf Request_URI txt GROUP=1",
        "TraceEnable off", "ServerPath /sub", "StrictHostCheck on", "SetEnvIfNoCase Host A.EXAMPLE GROUP=own0", "SetEnvIfExpr \"%{REQUEST_METHOD} == 'POST'\" GROUP=1",
        "ErrorDocument 404 /app/nothing", "LimitRequestLine 40", "UseCanonicalPhysicalPort On", "ErrorDocument 403 /x.txt", "Options +MultiViews",
    )))]  # fmt: skip


@st.composite
def _host(draw: st.DrawFn, number: int) -> list[str]:
    """A virtual host; every second one opens what it maps, so that something is served."""
    port = draw(st.sampled_from(("80", "80", "80", "8080", "*")))
    where = draw(st.sampled_from(("*", "*", "*", "@IP@", "_default_")))
    lines = [f"<VirtualHost {where}:{port}>"]
    if draw(st.integers(0, 5)):
        lines.append("ServerName " + draw(st.sampled_from((
            "a.example", "b.example", "c.example", "A.Example", "a.example:8080", "http://b.example", "a.example:80", "www.a.example", "default.invalid",
        ))))  # fmt: skip
    elif where == "@IP@":
        lines.append(f"ServerName host{number}.example")
    if not draw(st.integers(0, 2)):
        lines.append(
            "ServerAlias " + draw(st.sampled_from(("www.a.example", "*.example", "c.example b.example", "?.example")))
        )
    lines += [line for part in draw(st.lists(_mapping(), min_size=1, max_size=4)) for line in part]
    if number < 2 and draw(st.booleans()):
        lines.append(f"WSGIDaemonProcess own{number} threads=1")
    lines += [line for part in draw(st.lists(_section(), max_size=3)) for line in part]
    return [*lines, "</VirtualHost>"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A server and the requests to ask it."""

    setup: Setup
    probes: tuple[Probe, ...]


def _likely(lines: list[str]) -> set[str]:
    """URLs of files that the mappings of a configuration may lead to."""
    found = {f"/{name.removeprefix('www/')}" for name in TREE if name.startswith("www/")}
    for line in lines:
        words = line.split()
        if words[0] in ("Alias", "WSGIScriptAlias") and len(words) > 2:
            url, target = words[1].rstrip("/"), words[2].removeprefix(SITE).strip("/")
            found |= {f"{url}/more", url or "/"}
            found |= {url + f"/{name}".removeprefix(f"/{target}") for name in TREE if name.startswith(target)}
    return {path for path in found if path.startswith("/")}


def made_servers(part: int, number: int) -> Callable[[Callable[[Drawn], None]], Callable[[], None]]:
    """Run a test on so many drawn servers, always the same of one part."""

    def over(test: Callable[[Drawn], None]) -> Callable[[], None]:
        often = settings(
            max_examples=number, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        return seed(part)(often(given(drawn())(test)))

    return over


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """One configuration with its requests."""
    lines = ["WSGIDaemonProcess shared threads=2"]
    lines += draw(
        st.sampled_from(([f"DocumentRoot {SITE}/www"], [f"DocumentRoot {SITE}/www"], [f"DocumentRoot {SITE}"], []))
    )
    lines += [line for part in draw(st.lists(_mapping(), max_size=2)) for line in part]
    lines += [line for part in draw(st.lists(_section(), min_size=0, max_size=3)) for line in part]
    if draw(st.integers(0, 5)):
        lines += [
            f"<Directory {draw(st.sampled_from((SITE, SITE, SITE, f'{SITE}/www', f'{SITE}/app')))}>",
            "Require all granted",
            "</Directory>",
        ]
    for number in range(draw(st.integers(0, 3))):
        lines += draw(_host(number))
    base = draw(st.sampled_from(("2.4", "2.4", "2.4", None, None, "2.2")))
    mapped = [
        line.split()[1].rstrip("/") for line in lines if line.startswith(("Alias ", "WSGIScriptAlias ", "<Location /"))
    ]
    mapped = [url.rstrip(">") for url in mapped if "*" not in url and "(" not in url]
    probe = st.builds(
        lambda host, prefix, path, port, method, login: Probe(
            host, (prefix + path) or "/", port, tls=False, method=method, headers=login
        ),
        st.sampled_from(_HOSTS), st.one_of(st.sampled_from(_PREFIXES), st.sampled_from(mapped or ("",)), st.sampled_from(mapped or ("/static",))), st.sampled_from(_FILES), st.sampled_from((80, 80, 80, 8080)),
        st.sampled_from((*["GET"] * 21, "POST", "POST", "POST", "OPTIONS", "PUT", "TRACE", "FOO")), st.sampled_from(((), (), (), (), (), (), *_LOGINS)),
    )  # fmt: skip
    likely = sorted(_likely(lines))
    if likely:
        near = st.builds(
            lambda host, path, port: Probe(host, path, port, tls=False),
            st.sampled_from(_HOSTS),
            st.sampled_from(likely),
            st.sampled_from((80, 80, 80, 8080)),
        )
        probe = st.one_of(probe, near, near)
    probes = draw(st.lists(probe, min_size=PROBES, max_size=PROBES, unique=True))
    places = ("www/.htaccess", "static/.htaccess", "www/sub/.htaccess", "app/.htaccess")
    written = draw(st.dictionaries(st.sampled_from(places), st.sampled_from(_HTACCESS), max_size=2))
    setup = Setup({"site.conf": "\n".join(lines) + "\n"}, {**TREE, **written}, base, listen=(80, 8080), modules=MODULES)
    return Drawn(setup, tuple(probes))
