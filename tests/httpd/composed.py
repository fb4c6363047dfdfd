"""Servers put together from independent parts, each of which people write, and some of which are faults.

One seed is one server: its texts, its files, and the requests to ask it. What closes the file system, hosts, mounts,
static files, grants, restrictions, process groups, rewriting and .htaccess files are drawn by themselves, so that what
meets here was thought of by nobody.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from . import install
from .application import app
from .planted import CREDENTIALS
from .probe import Probe
from .root import CERTIFICATE, CONF, Link, Tree
from .server import BASES, MODULES, Base

#: Requests on one server.
PROBES = 30
#: A client whose address the configurations name, beside the one that they do not.
FRIEND = "127.9.9.9"
SITE, SERVER = f"{CONF}/site.conf", f"{CONF}/apache2.conf"
PASSWORDS = "/srv/shop/conf/users"
_LOGIN = (("Authorization", "Basic " + base64.b64encode(":".join(CREDENTIALS).encode()).decode()),)
_AGENT = (("User-Agent", "trusted"),)


@dataclass(frozen=True, slots=True)
class Composed:
    """One server. ``whole``: the product sees all of it; otherwise ``base`` is what closes the rest, out of its sight."""

    texts: dict[str, str]
    tree: Tree
    probes: tuple[Probe, ...]
    base: Base
    whole: bool
    #: Whether the product is shown the files.
    rooted: bool
    ports: tuple[int, ...]


def compose(seed: int) -> Composed:
    """The server of a seed; four in a row differ in what the product is shown of it."""
    draw = Random(f"server {seed}")
    base: Base = draw.choice((None, "2.2", "2.4", "2.4"))
    whole, rooted = bool(seed & 1), bool(seed & 2)
    tree = _tree(draw)
    site = _spoilt(draw, "\n".join(_site(draw)) + "\n")
    texts = {SERVER: _around(base), SITE: site} if whole else {SITE: site}
    ports = (80, 443) if ":443>" in site else (80,)
    return Composed(texts, tree, tuple(_probes(draw, site, tree, ports)), base, whole, rooted, ports)


def _around(base: Base) -> str:
    """A whole server with one site."""
    found = install.find()
    assert not isinstance(found, str), found
    modules = [name for name in (*MODULES, "socache_shmcb", "ssl", "wsgi") if found.module(name)]
    lines = [f"ServerRoot {CONF}", *(f"LoadModule {name}_module {found.module(name)}" for name in modules)]
    lines += ["<Directory />", "    Options FollowSymLinks", "    AllowOverride None"]
    lines += [f"    {BASES[base]}"] if base else []
    return "\n".join([*lines, "</Directory>", "Include site.conf", ""])


# -- files ----------------------------------------------------------------------------------------------------------

_PROJECT = "/srv/shop"
_SCRIPTS = {"/srv/shop/app.wsgi": "shop", "/srv/blog/blog.wsgi": "blog", "/srv/wsgi/shop.wsgi": "shared shop",
            "/srv/wsgi/blog.wsgi": "shared blog", "/srv/shop/wsgi.py": "package"}  # fmt: skip


def _tree(draw: Random) -> Tree:
    digest = base64.b64encode(hashlib.sha1(CREDENTIALS[1].encode()).digest()).decode()
    tree: dict[str, str | Link | None] = {path: app(label) for path, label in _SCRIPTS.items()}
    tree |= {
        "/srv/shop/settings.py": "SECRET = 1",
        "/srv/shop/models/db.py": "PASSWORD = 1",
        "/srv/shop/databases/storage.sqlite": "DATABASE",
        "/srv/shop/.env": "KEY=1",
        "/srv/shop/.git/config": "[core]",
        PASSWORDS: f"{CREDENTIALS[0]}:{{SHA}}{digest}\n",
        "/srv/shop/static/site.css": "css",
        "/srv/shop/static/img/logo.txt": "logo",
        "/srv/shop/static/etc": Link("/etc"),
        "/srv/shop/static/inner": Link("img/logo.txt"),
        "/srv/shop/static/up": Link("../databases"),
        "/srv/shop/static.zip": "ARCHIVE",
        "/srv/shop/staticfoo": "NEIGHBOUR",
        "/srv/shop/media/upload.txt": "upload",
        "/srv/shop/favicon.ico": "icon",
        "/srv/farm/applications/welcome/static/farm.css": "farm css",
        "/srv/farm/applications/welcome/static/etc": Link("/etc"),
        "/srv/farm/applications/welcome/models/db.py": "PASSWORD = 2",
        "/srv/farm/applications/welcome/databases/storage.sqlite": "DATABASE",
        "/srv/blog/static/blog.css": "blog css",
        "/srv/blog/notes.txt": "notes",
        "/srv/wsgi/helper.py": "HELPER",
        "/srv/www/index.html": "front page",
        "/srv/www/page.html": "page",
        "/srv/www/admin/index.html": "admin page",
        "/srv/www/app.py": "SOURCE",
        CERTIFICATE: "".join(install.certificate()),
    }
    for directory in draw.sample(
        ["/srv/shop/static", "/srv/shop/media", "/srv/www", "/srv/shop"], draw.choice((0, 0, 1, 2))
    ):
        tree[f"{directory}/.htaccess"] = draw.choice((
            "Require all denied\n", "Order allow,deny\nDeny from all\n", "Options +Indexes\n", f"Require ip {FRIEND}\n",
            "RewriteEngine On\nRewriteRule secret - [F]\n", "<Files *.txt>\nRequire all denied\n</Files>\n",
            f"AuthType Basic\nAuthName x\nAuthUserFile {PASSWORDS}\nRequire valid-user\n", "Satisfy Any\n",
        ))  # fmt: skip
    return tree


# -- the site -------------------------------------------------------------------------------------------------------


def _site(draw: Random) -> Iterator[str]:
    """The lines of a site: what it has in common, and one to three hosts."""
    twin = draw.random() < 0.3
    groups = draw.choice(("own", "shared", "shared", "undefined", "duplicate", "none"))
    if groups == "shared" or draw.random() < 0.2:
        yield "WSGIDaemonProcess shared threads=2"
    yield from _outside(draw)
    bodies = [_host_body(draw, at, groups) for at in range(draw.choice((1, 1, 1, 2, 2, 3)))]
    hosts = [_host(draw, at, body) for at, body in enumerate(bodies)]
    if twin:
        hosts.insert(1, _host(draw, 0, [line for line in bodies[0] if draw.random() > 0.02], port=443))
    if draw.random() < 0.2:
        hosts.insert(0, ["<VirtualHost *:80>", "ServerName front.example", "DocumentRoot /srv/www", "</VirtualHost>"])
    for host in hosts:
        condition = draw.choice((None, None, None, "mod_wsgi.c", "mod_ssl.c", "!mod_absent.c"))
        yield from host if condition is None else [f"<IfModule {condition}>", *host, "</IfModule>"]


def _outside(draw: Random) -> Iterator[str]:
    """Sections of the main server, which hold for all hosts."""
    if draw.random() < 0.4:
        yield from _section("Directory", draw.choice(("/srv/shop", "/srv", "/srv/shop/static", "/srv/www", "/srv/blog")), [
            *draw.choice(_GRANTS), *draw.choice(_SETTINGS),
        ])  # fmt: skip
    if draw.random() < 0.2:
        yield from _section(*draw.choice((
            ("Files", "*.sqlite"), ("FilesMatch", r"^\."), ("DirectoryMatch", r"/\.git"), ("Directory", "/srv/shop/databases"),
        )), draw.choice((["Require all denied"], ["Order allow,deny", "Deny from all"])))  # fmt: skip
    if draw.random() < 0.15:
        yield from _section("Location", "/", draw.choice(_GRANTS))
    if draw.random() < 0.15:
        yield draw.choice(("Alias /static /srv/www", "Alias /icons/ /srv/shop/static/", "DocumentRoot /srv/www"))


_GRANTS: tuple[list[str], ...] = (
    ["Require all granted"], ["Require all granted"], ["Order allow,deny", "Allow from all"], ["Order deny,allow", "Allow from all"],
    ["Allow from all"], ["Order allow,deny", "Allow from all", "Require all granted"],
    ["<RequireAny>", "Require all granted", "</RequireAny>"], ["<Limit GET POST>", "Require all granted", "</Limit>"],
    ["<Limit GET POST>", "Order allow,deny", "Allow from all", "</Limit>"], ["<IfModule mod_authz_core.c>", "Require all granted", "</IfModule>"],
    ["<IfModule !mod_authz_core.c>", "Order allow,deny", "Allow from all", "</IfModule>", "<IfModule mod_authz_core.c>", "Require all granted", "</IfModule>"],
)  # fmt: skip
_SETTINGS: tuple[list[str], ...] = (
    [], [], [], ["Options Indexes FollowSymLinks"], ["Options -FollowSymLinks"], ["Options +Indexes"], ["AllowOverride All"], ["AllowOverride None"],
    ["Options Indexes FollowSymLinks", "AllowOverride All"], ["Options None"], ["AllowOverride AuthConfig Limit"], ["Options +ExecCGI", "AddHandler wsgi-script .py"],
    ["Options +SymLinksIfOwnerMatch"],
)  # fmt: skip
_LOG_IN = ["AuthType Basic", 'AuthName "members"', f"AuthUserFile {PASSWORDS}", "Require valid-user"]
_RESTRICTIONS: tuple[list[str], ...] = (
    _LOG_IN, [f"Require ip {FRIEND}"], ["Order deny,allow", "Deny from all", f"Allow from {FRIEND}"], ["Require env TRUSTED"], ["SSLRequireSSL"],
    [*_LOG_IN, "Satisfy Any", "Order deny,allow", "Deny from all", f"Allow from {FRIEND}"], ["Order allow,deny", "Allow from env=TRUSTED"],
    ["Require all denied"], ["Order allow,deny", "Deny from all"], [*_LOG_IN, "SSLRequireSSL"], ["<RequireAll>", "Require all granted", f"Require not ip {FRIEND}", "</RequireAll>"],
    ["<Limit POST>", "Require all denied", "</Limit>"], ["<LimitExcept GET>", f"Require ip {FRIEND}", "</LimitExcept>"], [*_LOG_IN, "Order allow,deny", "Allow from all"],
)  # fmt: skip


def _section(kind: str, name: str, body: list[str]) -> list[str]:
    return [f"<{kind} {name}>", *(f"    {line}" for line in body), f"</{kind}>"]


def _host(draw: Random, at: int, body: list[str], port: int = 80) -> list[str]:
    name = ("shop.example", "blog.example", "third.example")[at]
    lines = [f"<VirtualHost *:{port}>", f"    ServerName {name}"]
    if draw.random() < 0.2:
        lines.append(f"    ServerAlias www.{name}")
    if port == 443:
        lines += ["    SSLEngine On", f"    SSLCertificateFile {CERTIFICATE}"]
    return [*lines, *(f"    {line}" for line in body), "</VirtualHost>"]


def _host_body(draw: Random, at: int, groups: str) -> list[str]:
    project = "/srv/blog" if at == 1 else _PROJECT
    group = {"own": f"own{at}", "shared": "shared", "undefined": "absent", "duplicate": "twice", "none": ""}[groups]
    parts: list[list[str]] = []
    if groups in ("own", "duplicate"):
        parts.append([f"WSGIDaemonProcess {group} threads=2"])
    parts += [_mount(draw, at), *(_static(draw, project) for _ in range(draw.choice((0, 1, 1, 2))))]
    where = draw.choice(("host", "location", "directory", "location", ""))
    selected = [f"WSGIProcessGroup {group}"] if group and where else []
    if where == "host":
        parts.append(selected)
    grants = draw.choice(("location", "location", "location", "directory", "both", "none", "files"))
    if grants in ("location", "both"):
        inside = [*draw.choice(_GRANTS), *(selected if where == "location" else [])]
        parts.append(_section("Location", draw.choice(("/", "/", '"/"', "/static", "/sub")), inside))
    elif where == "location":
        parts.append(_section("Location", "/", selected))
    if grants in ("directory", "both") or where == "directory":
        inside = [*draw.choice(_GRANTS), *draw.choice(_SETTINGS), *(selected if where == "directory" else [])]
        parts.append(
            _section(
                "Directory", draw.choice((project, f"{project}/", f"{project}/static", "/srv/wsgi", "/srv")), inside
            )
        )
    if grants == "files":
        inside = ["<Files app.wsgi>", *draw.choice(_GRANTS), "</Files>"]
        parts.append(_section("Directory", project, inside))
    if draw.random() < 0.5:
        restriction = draw.choice(_RESTRICTIONS)
        kind, name = draw.choice((
            ("Location", "/admin"), ("Location", "/admin"), ("Location", "/static"), ("LocationMatch", "^/(admin|static/img)"), ("Location", "/"),
            ("Location", '"/static/"'), ("Directory", f"{project}/static"), ("Directory", project), ("Files", "*.css"), ("Location", "/sub"),
            ("LocationMatch", '"ˆ/admin"'), ("Location", "“/admin”"), ("Directory", "/srv/www/admin"),
        ))  # fmt: skip
        lines = ["SetEnvIf User-Agent trusted TRUSTED"] if "TRUSTED" in " ".join(restriction) else []
        parts.append([*lines, *_section(kind, name, restriction)])
    if draw.random() < 0.25:
        parts.append(["RewriteEngine On", *draw.choice(_REWRITES)])
    if draw.random() < 0.15:
        parts.append(draw.choice((["Redirect /old /static/"], ["Options +Indexes"], ["Redirect / https://shop.example/"], ["WSGIScriptReloading On"],
                                  ["AddHandler wsgi-script .py"], ["ErrorDocument 403 /static/site.css"], ["DirectoryIndex page.html"])))  # fmt: skip
    draw.shuffle(parts)
    return [line for part in parts for line in part]


_REWRITES: tuple[list[str], ...] = (
    ["RewriteRule ^/go/(.*)$ /sub/$1"], ["RewriteRule ^/go/(.*)$ /$1"], ["RewriteRule ^/go/(.*)$ /sub/$1 [PT]"], [r"RewriteRule \.sqlite$ - [F]"],
    ["RewriteRule ^/file/(.*)$ /srv/shop/$1 [L]"], ["RewriteRule ^/s/(.*)$ /static/$1 [PT,L]"], [r"RewriteRule ^/\.git - [F]"],
    ["RewriteCond %{HTTPS} off", "RewriteRule ^/admin https://shop.example/admin [R,L]"], ["RewriteCond %{REMOTE_ADDR} !=127.9.9.9", "RewriteRule ^/admin - [F]"],
)  # fmt: skip


def _mount(draw: Random, at: int) -> list[str]:
    own = draw.choice(("/srv/blog/blog.wsgi", "/srv/wsgi/blog.wsgi")) if at == 1 else draw.choice(
        ("/srv/shop/app.wsgi", "/srv/shop/app.wsgi", "/srv/shop/wsgi.py", "/srv/wsgi/shop.wsgi")
    )  # fmt: skip
    other = "/srv/wsgi/blog.wsgi" if own.startswith("/srv/wsgi") else "/srv/blog/blog.wsgi"
    return draw.choice((
        [f"WSGIScriptAlias / {own}"], [f"WSGIScriptAlias / {own}"], [f"WSGIScriptAlias / {own}"], [f"WSGIScriptAlias /sub {own}"],
        [f"WSGIScriptAlias / {own}", f"WSGIScriptAlias /sub {other}"], [f"WSGIScriptAlias /sub {other}", f"WSGIScriptAlias / {own}"],
        [f"WSGIScriptAlias /sub/ {own}"], [f"WSGIScriptAliasMatch ^/sub {own}"], [f"WSGIScriptAliasMatch ^/(sub|go)(?=/|$) {own}"],
        [f"WSGIScriptAlias /sub {own}", "DocumentRoot /srv/www"], [f'WSGIScriptAlias / "{own}"', "DocumentRoot /srv/shop"],
    ))  # fmt: skip


def _static(draw: Random, project: str) -> list[str]:
    return draw.choice((
        [f"Alias /static/ {project}/static/"], [f"Alias /static/ {project}/static/"], [f"Alias /static {project}/static"], [f"Alias /static/ {project}/static"],
        [f"Alias /static {project}/static/"], [f"Alias / {project}/"], [f"Alias / {project}/static/"], [f"AliasMatch ^/static/(.*)$ {project}/static/$1"],
        [f"AliasMatch ^/static {project}/static"], [f"AliasMatch /static/(.*) {project}/static/$1"], ["Alias /media /srv/shop/media"],
        ["Alias /favicon.ico /srv/shop/favicon.ico"], [f"Alias /all {project}"], [f"DocumentRoot {project}"], ["DocumentRoot /srv/www"],
        [r"AliasMatch ^/([^/]+\.ico)$ /srv/shop/$1"], ["Alias / /srv/farm/applications/"], ["AliasMatch ^/([^/]+)/static/(.*)$ /srv/farm/applications/$1/static/$2"], [f"Alias /static/img {project}/static/img", f"Alias /static {project}/static"],
    ))  # fmt: skip


# -- requests -------------------------------------------------------------------------------------------------------

#: What becomes of a text on its way through word processors, web pages and hands: a pattern, and what it turns into.
_SLIPS: tuple[tuple[str, str], ...] = (
    (r'"([^"\n]*)"', "“\\1”"), (r'"([^"\n]*)"', "&quot;\\1&quot;"), (r"Require all", "Require\u00a0all"), (r"^( *</Location)>", r"\1Match>"),
    (r"^ *</Directory>\n", ""), (r"^( *</\w+)>", r"\1>>"), (r"^( *<Location /[^>\n]*)>", r"\1"), (r"Order allow,deny", "Order allow, deny"),
    (r"^( *Require all granted)$", r"\1 # everybody"), (r"WSGIScriptAlias", "WSGIScriptAlais"), (r"^( *)Require all", r"\1Requireall"),
    (r"^( *WSGIProcessGroup \w+)$", r"\1 \\ "), (r"^( *<)Location ", r"\1location"), (r"<VirtualHost", "<virualhost"), (r"threads=2", "threads = 2"),
    (r"^( *Alias \S+) ", "\\1\u00a0"), (r"<(/?)Directory", r"<\1directory"), (r"Options Indexes FollowSymLinks", "Options -Indexes FollowSymLinks"),
    (r"AllowOverride All", "AllowOverride all\n<!-- for the shop -->"), (r"^( *ServerName .*)$", r"\1\nWSGIPythonPath /srv/shop"),
)  # fmt: skip


def _spoilt(draw: Random, text: str) -> str:
    """In a third of all texts one or two slips."""
    for _ in range(draw.choice((0, 0, 0, 0, 1, 2))):
        pattern, slip = draw.choice(_SLIPS)
        places = list(re.finditer(pattern, text, re.MULTILINE))
        if places:
            place = draw.choice(places)
            text = text[: place.start()] + place.expand(slip) + text[place.end() :]
    return text


_NAMES = ("shop.example", "blog.example", "third.example", "front.example", "foreign.example")


def _probes(draw: Random, site: str, tree: Tree, ports: tuple[int, ...]) -> Iterator[Probe]:
    """Requests for what must not change, first by strangers, then by those whom a restriction may admit."""
    hosts = [name for name in _NAMES if f"ServerName {name}" in site] + ["foreign.example"]
    urls = list(dict.fromkeys(_urls(site, tree)))
    draw.shuffle(urls)
    asked: dict[str, Probe] = {}
    for path in ("/", "/static/site.css", "/admin", "/sub/x", *urls):
        host, port = draw.choice(hosts[:2]), draw.choice(ports)
        plain = Probe(host, path, port)
        who = draw.choice((plain, plain, Probe(host, path, port, client=FRIEND), Probe(draw.choice(hosts), path, port)))
        pair = [who]
        if path.startswith(("/admin", "/static")) and draw.random() < 0.6:
            headers = draw.choice((_LOGIN, _LOGIN, _AGENT))
            pair = [plain, Probe(host, path, port, headers=headers), Probe(host, path, port, client=FRIEND)]
        for probe in pair:
            asked.setdefault(str(probe), probe)
    yield from list(asked.values())[:PROBES]


def _urls(site: str, tree: Tree) -> Iterator[str]:
    """Where files may be reached, and what has no file."""
    yield from (
        "/",
        "/x/y",
        "/sub",
        "/sub/x",
        "/subx",
        "/admin",
        "/admin/",
        "/admin/x",
        "/go/x",
        "/old",
        "/static",
        "/static/",
        "/staticx",
    )
    yield from (
        "/static/etc/hostname",
        "/static/inner",
        "/static/up/storage.sqlite",
        "/static/img/",
        "/static/img/logo.txt",
        "/static.zip",
    )
    for line in site.split("\n"):
        words = line.replace('"', "").split()
        if words[:1] == ["Alias"] or words[:1] == ["DocumentRoot"]:
            url, target = words[1:3] if words[0] == "Alias" else ("/", words[1])
            below = [name for name, entry in tree.items() if name.startswith(target) and entry is not None]
            yield from (posixpath.normpath(f"/{url}{name[len(target) :]}").replace("//", "/") for name in below)
            yield from (url, f"{url.rstrip('/')}/../settings.py", f"{url.rstrip('/')}/etc/hostname")
    yield from (
        "/models/db.py",
        "/databases/storage.sqlite",
        "/.env",
        "/.git/config",
        "/settings.py",
        "/app.wsgi",
        "/file/settings.py",
    )
    yield from ("/welcome/static/farm.css", "/welcome/static/etc/hostname", "/welcome/models/db.py", "/welcome/index")
    yield from (
        "/s/site.css",
        "/go/models/db.py",
        "/static/.htaccess",
        "/media/upload.txt",
        "/favicon.ico",
        "/page.html",
    )
