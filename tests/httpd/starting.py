"""Made servers that start, and that do not: what people leave out, write twice, misspell or put into the wrong place.

Each is whole: its modules are loaded by name, and nothing that it names is missing but where that is its fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

#: Modules that the lines below need, by name, as ``LoadModule`` has them.
MODULES = (
    "mpm_event", "authz_core", "authz_host", "authz_user", "authn_core", "authn_file", "auth_basic", "access_compat", "alias",
    "autoindex", "deflate", "dir", "env", "expires", "headers", "mime", "negotiation", "rewrite", "setenvif", "ssl",
    "socache_shmcb", "status", "wsgi",
)  # fmt: skip

_MAIN = (
    "ServerName www.example.com",
    "Listen {port}",
    "User www-data",
    "Group www-data",
    "PidFile {root}/httpd.pid",
    "ErrorLog {root}/error.log",
    "<Directory />\n    AllowOverride None\n    Require all denied\n</Directory>",
)
_SERVER = (
    "AddType text/plain .text",
    "BrowserMatch Nothing nokeepalive",
    "DirectoryIndex index.html",
    "ExpiresActive On",
    "Header set X-Site www",
    "KeepAlive Off",
    "LogLevel warn wsgi:info",
    "ServerTokens Prod",
    "SetEnvIf Host . named",
    "SSLProtocol all -SSLv3",
    "TraceEnable Off",
    "WSGIRestrictEmbedded On",
    "WSGISocketPrefix {root}/wsgi",
    "<IfModule mod_nowhere.c>\n    Nowhere On\n</IfModule>",
    "<IfDefine NEVER>\n    Nonsense here\n</IfDefine>",
    "<Location /status>\n    SetHandler server-status\n    Require ip 127.0.0.1\n</Location>",
    '<FilesMatch "^\\.ht">\n    Require all denied\n</FilesMatch>',
)
_HOST = (
    "Alias /static/ /srv/{name}/static/",
    "AliasMatch ^/media/(.*) /srv/{name}/media/$1",
    "ErrorLog {root}/{name}.log",
    "Header always set X-Name {name}",
    "Options -Indexes",
    "RewriteEngine On\n    RewriteRule ^/old$ /new [R=301,L]",
    "ServerAlias www.{name}.example.com",
    "SetEnv NAME {name}",
    "UseCanonicalName Off",
    "WSGIApplicationGroup %{{GLOBAL}}",
    "WSGIPassAuthorization On",
    "<Directory /srv/{name}>\n        Require all granted\n    </Directory>",
    "<Directory /srv/{name}/old>\n        Order allow,deny\n        Allow from all\n    </Directory>",
    "<Location /private>\n        AuthType Basic\n        AuthName private\n        AuthUserFile /srv/users\n"
    "        Require valid-user\n    </Location>",
    "<IfModule mod_deflate.c>\n        AddOutputFilterByType DEFLATE text/html\n    </IfModule>",
    "<LocationMatch ^/api>\n        SetEnvIf Request_URI . api\n    </LocationMatch>",
)


@dataclass(frozen=True, slots=True)
class Made:
    """The main file of a server; ``{root}`` stands for its directory, ``{modules}`` for that of the modules."""

    text: str
    faults: tuple[str, ...]


def made(seed: int) -> Made:
    """A server by seed. One of four has no fault at all, the others one or two."""
    draw = Random(f"starts {seed}")
    lines = [f"LoadModule {name}_module {{modules}}/mod_{name}.so" for name in MODULES]
    lines += [line.replace("{port}", "8080") for line in _MAIN]
    lines += draw.sample(_SERVER, draw.randint(2, 6))
    for number in range(draw.randint(1, 3)):
        lines += _host(draw, f"site{number}")
    faults = []
    for _ in range(draw.choice((0, 1, 1, 2))):
        name = draw.choice(sorted(FAULTS))
        lines = FAULTS[name](draw, lines)
        faults.append(name)
    return Made("\n".join(lines) + "\n", tuple(faults))


def _host(draw: Random, name: str) -> Iterator[str]:
    yield "<VirtualHost *:8080>"
    yield f"    ServerName {name}.example.com"
    yield f"    WSGIDaemonProcess {name} threads={draw.randint(1, 9)}"
    yield f"    WSGIProcessGroup {name}"
    yield f"    WSGIScriptAlias / /srv/{name}/app.wsgi"
    for line in draw.sample(_HOST, draw.randint(2, 6)):
        yield "    " + line.replace("{name}", name).replace("{{", "{").replace("}}", "}")
    yield "</VirtualHost>"


# -- faults, and what looks like one --------------------------------------------------------------------------------------

_Fault = Callable[[Random, list[str]], list[str]]
FAULTS: dict[str, _Fault] = {}


def _fault(make: _Fault) -> _Fault:
    FAULTS[make.__name__.strip("_")] = make
    return make


def _at(draw: Random, lines: list[str], *, wanted: Callable[[str], bool]) -> int:
    return draw.choice([at for at, line in enumerate(lines) if wanted(line)] or [len(lines) - 1])


def _put(lines: list[str], at: int, *new: str) -> list[str]:
    return [*lines[:at], *new, *lines[at:]]


@_fault
def _module_left_out(draw: Random, lines: list[str]) -> list[str]:
    at = _at(draw, lines, wanted=lambda line: line.startswith("LoadModule") and "mpm" not in line)
    return lines[:at] + lines[at + 1 :]


@_fault
def _no_mpm(draw: Random, lines: list[str]) -> list[str]:
    return [line for line in lines if "mpm_event" not in line]


@_fault
def _module_twice(draw: Random, lines: list[str]) -> list[str]:
    at = _at(draw, lines, wanted=lambda line: line.startswith("LoadModule"))
    return _put(lines, draw.randint(at, len(lines)), lines[at])


@_fault
def _misspelt(draw: Random, lines: list[str]) -> list[str]:
    at = _at(draw, lines, wanted=lambda line: line.lstrip()[:1].isalpha() and "\n" not in line and "Module" not in line)
    name, _, rest = lines[at].lstrip().partition(" ")
    cut = draw.randrange(1, len(name))
    return [*lines[:at], f"{name[:cut]}{name[cut + 1 :]} {rest}", *lines[at + 1 :]]


@_fault
def _listen_twice(draw: Random, lines: list[str]) -> list[str]:
    return _put(
        lines, len(lines), draw.choice(("Listen 8080", "Listen 0.0.0.0:8080", "Listen 8081", "Listen *:8080", "Listen"))
    )


@_fault
def _group_twice(draw: Random, lines: list[str]) -> list[str]:
    return _put(
        lines, len(lines), draw.choice(("WSGIDaemonProcess site0", "WSGIDaemonProcess other", "WSGIDaemonProcess"))
    )


@_fault
def _wrong_place(draw: Random, lines: list[str]) -> list[str]:
    section = draw.choice(
        ("<Directory /srv>", "<Location /x>", "<Files x>", "<VirtualHost *:8080>", "<IfModule mod_alias.c>")
    )
    inner = draw.choice(
        ("Listen 8082", "WSGIDaemonProcess inner", "WSGIScriptAlias /x /srv/x.wsgi", "Alias /y /srv/y", "User nobody",
         "DocumentRoot /srv", "ServerName z.example.com", "LoadModule info_module {modules}/mod_info.so", "AllowOverride All",
         "WSGIProcessGroup site0", "WSGIPythonHome /srv/venv", "Require all granted", "Order allow,deny", "ErrorLog {root}/e",
         "<VirtualHost *:8083>\n</VirtualHost>", "<Directory /z>\n</Directory>", "<Location /z>\n</Location>", "Include {root}/none",
         "SSLEngine Off", "KeepAlive On", "RewriteRule ^x y", "AuthName x", "Options All", "SetEnv A b", "ServerTokens Full"))  # fmt: skip
    return _put(lines, len(lines), section, f"    {inner}", f"</{section[1:].partition(' ')[0]}>")


@_fault
def _wrong_words(draw: Random, lines: list[str]) -> list[str]:
    wrong = draw.choice(
        ("Require", "Require nothing", "Require all", "Require ip not.an.address", "AllowOverride Foo", "Options Index", "Order allow",
         "Options +Indexes FollowSymLinks", "Order allow, deny", "Allow all", "Deny from", "Satisfy Some", "DirectoryIndex", "SetEnv",
         "WSGIProcessGroup", "WSGIApplicationGroup a b", "WSGIPassAuthorization maybe", "SetHandler", "ForceType", "AuthType",
         "RewriteRule ^x", "RewriteCond a", "RewriteRule ( x", "Header set", "Header sett X y", "ExpiresActive perhaps",
         "AddType text/plain", "AllowOverride None All", "Require user", "Require valid-user", "AuthUserFile"))  # fmt: skip
    return _put(lines, len(lines), "<Directory /srv/wrong>", f"    {wrong}", "</Directory>")


@_fault
def _wrong_words_of_the_server(draw: Random, lines: list[str]) -> list[str]:
    wrong = draw.choice(
        ("WSGIDaemonProcess w threads=0", "WSGIDaemonProcess w threads=x", "WSGIDaemonProcess w speed=5", "WSGIScriptAlias /w",
         "WSGIDaemonProcess w processes=-1", "WSGIDaemonProcess w umask=9", "WSGIDaemonProcess w python-path", "Alias /w",
         "WSGIScriptAlias /w /srv/w.wsgi process-group=g application-group", "WSGIScriptAlias /w /srv/w.wsgi group=g",
         "LogLevel loud", "LogLevel warn wsgi:loud", "KeepAlive perhaps", "KeepAliveTimeout x", "Timeout", "TimeOut 5x", "User", "Listen abc",
         "ServerName", "ServerName a b", "ErrorLog", "CustomLog", "WSGIRestrictEmbedded 1", "WSGIPythonOptimize 3", "WSGISocketPrefix",
         "SSLProtocol SSLv9", "TraceEnable maybe", "ServerTokens Some", "UseCanonicalName No", "AliasMatch ( /x", "Include", 'Include ""', 'IncludeOptional ""',
         "SetEnvIf Host", "BrowserMatch x", "NameVirtualHost *:80", "MaxClients 10", "MaxRequestsPerChild 5", "DefaultType text/plain",
         "LockFile /x", "AcceptMutex fcntl", "SSLMutex none", "RewriteLog /x", "SSLSessionCache shmcb:{root}/cache(512000)"))  # fmt: skip
    return _put(lines, len(lines), wrong)


@_fault
def _options_of_mod_wsgi(draw: Random, lines: list[str]) -> list[str]:
    """Options with blanks and quotes, and values at the edge; not all of it is a fault."""
    options = draw.choice(
        ("threads= 5", "threads =5", "threads = 5", "threads=", "threads= processes=2", '"threads=5"', 'threads="5"', "threads=5 processes",
         'python-path="/srv/a b"', 'python-path= "/srv/a b"', '"python-path=/srv/a b"', "python-path=/srv/a: /srv/b", "python-path='/srv/a",
         "display-name=", "display-name= x=1", "user=root", "user=#0", "user=nobody", 'user=""', "user=", "group=root", "home=srv", "home=/srv",
         "script-user=nobody script-group=nogroup", "script-user=nobody", "send-buffer-size=256", "send-buffer-size=0", "umask=022",
         "umask=0x1", "processes=0", "processes=1.5", "cpu-priority=30", "=5", "threads==5", "chroot=srv", "lang= ", "server-metrics=maybe"))  # fmt: skip
    return _put(lines, len(lines), f"WSGIDaemonProcess odd{len(lines)} {options}")


@_fault
def _options_of_a_mount(draw: Random, lines: list[str]) -> list[str]:
    options = draw.choice(
        ("process-group=site0", "process-group= site0", "process-group =site0", '"process-group=site0"', 'process-group="site0"',
         "process-group=", "process-group= application-group=x", "application-group=%{GLOBAL}", "application-group= %{GLOBAL} pass-authorization=On",
         "callable-object=app", "callable-object app"))  # fmt: skip
    return _put(lines, len(lines), f"WSGIScriptAlias /odd /srv/odd.wsgi {options}")


@_fault
def _group_before_the_name(draw: Random, lines: list[str]) -> list[str]:
    """A group that is looked up when the line is read, in a host of another name, or of none yet."""
    name = draw.choice(("site0.example.com", "other.example.com"))
    mount = "    WSGIScriptAlias /early /srv/early.wsgi process-group=site0 application-group=%{GLOBAL}"
    inner = draw.choice(([f"    ServerName {name}", mount], [mount, f"    ServerName {name}"], [mount]))
    return _put(lines, len(lines), "<VirtualHost *:8080>", *inner, "</VirtualHost>")


@_fault
def _tag(draw: Random, lines: list[str]) -> list[str]:
    new = draw.choice(
        ("</VirtualHost>", "<Directory /srv/open>", "<Directory>", "<VirtualHost>", "<VirtualHost *:8080>", "</Directory>", "<Location>",
         "<Directory /srv/a>\n</Location>", "<Directory /srv/a\n</Directory>", "<Nothing here>\n</Nothing>", "<IfModule>\n</IfModule>",
         "<IfModule mod_alias.c>", "<Limit GET>\n</Limit>", "<Limit NONE>\n</Limit>", "<RequireAll>\n</RequireAll>",
         "<Directory /srv/b>\n<RequireAll>\nRequire not all granted\n</RequireAll>\n</Directory>", "< Directory /srv/a>\n</Directory>",
         "<Directory /srv/c>\n</directory>", "<Directory /srv/c> x\n</Directory>", "<FilesMatch (>\n</FilesMatch>",
         "<If true>\nRequire all granted\n</If>", "<If \"%{{X\">\n</If>", "<Directory ~ ^/srv/(>\n</Directory>"))  # fmt: skip
    return _put(lines, len(lines), *new.replace("{{", "{").split("\n"))


@_fault
def _garbage(draw: Random, lines: list[str]) -> list[str]:
    new = draw.choice(
        (
            "this is prose",
            "server {",
            "ServerName: www",
            "ServerSignature=Off",
            "-->",
            "\\",
            '"ServerSignature" Off',
            "# \\",
            "Off",
        )
    )
    return _put(lines, draw.randint(len(MODULES), len(lines)), new)


@_fault
def _harmless(draw: Random, lines: list[str]) -> list[str]:
    new = draw.choice(
        ("SERVERSIGNATURE off", "ServerSignature \\\nOff", '"Timeout" 60', "Timeout '60'", "Define X 1", "UnDefine X", "# Listen 8080",
         "<IfVersion >= 2.4>\nKeepAlive On\n</IfVersion>", "IncludeOptional {root}/none/*.conf", "Include {root}/none/*.conf", "Include {root}/none.conf",
         "Mutex file:{root} default", "AcceptPathInfo On", "Timeout ${{NONE}}", "EnableMMAP Off"))  # fmt: skip
    return _put(lines, len(lines), *new.replace("{{", "{").replace("}}", "}").split("\n"))


@_fault
def _else_somewhere(draw: Random, lines: list[str]) -> list[str]:
    """Sections of conditions in some order, in a host or outside: some have what must stand before them."""
    at = _at(draw, lines, wanted=lambda line: line.startswith(("    ServerName", "ServerName")))
    kinds = [draw.choice(('If "true"', 'ElseIf "true"', "Else")) for _ in range(draw.randint(1, 4))]
    sections = [f"<{kind}>\n    SetEnv STATE {kind.split()[0]}\n</{kind.split()[0]}>" for kind in kinds]
    return _put(lines, at + 1, *sections)


@_fault
def _path_of_a_proxy(draw: Random, lines: list[str]) -> list[str]:
    at = _at(draw, lines, wanted=lambda line: line.startswith("    ServerName"))
    words = draw.choice(("/back http://127.0.0.1:9/", "http://127.0.0.1:9/", "/back http://127.0.0.1:9/ retry=0"))
    name = draw.choice(("ProxyPass", "ProxyPassReverse")) if "retry" not in words else "ProxyPass"
    line = f"{name} {words}"
    new = [line] if draw.random() < 0.5 else ["<Location /back>", line, "</Location>"]
    loading = [f"LoadModule {one}_module {{modules}}/mod_{one}.so" for one in ("proxy", "proxy_http")]
    return [*loading, *_put(lines, at + 1, *new)]
