"""Servers as administrators write them: what is said of their start, and what they have found, against a real httpd.

``CASES`` are what made servers have found once, each with the answers of a real httpd, which do not differ from the model any more.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modwsgi_fix.effect.starting import verdict

from . import server
from .agreement import compare, model_of, report
from .install import certificate
from .probe import Probe
from .proofs import sample
from .root import CERTIFICATE, SITE, Tree
from .server import Base, Setup
from .usual import MODULES, made
from .usual_parts import TREE as FURTHER
from .usual_words import TREE

SEEDS = sample(range(1200), 60, "usual starts")


def test_usual_servers_start_as_it_is_said(httpd: Path, record_property: Callable[[str, object], None]) -> None:
    wrong: list[str] = []
    said: Counter[bool | None] = Counter()
    for seed in SEEDS:
        asked = made(seed)
        # Who has been answered knows that httpd has opened its logs, over which it may end.
        done, found = server.run(asked.setup, asked.probes[:1], httpd), verdict(model_of(asked.setup))
        said[found.starts] += 1
        if found.starts is not None and found.starts is not done.started:
            wrong.append(f"seed {seed}: said {found}, httpd: {done.messages}")
    record_property("usual_starts_not_told", said[None])
    assert wrong == [], f"{len(wrong)} of {len(SEEDS)} differ\n\n" + "\n\n".join(wrong[:5])
    assert said[None] <= 0.2 * len(SEEDS)


# -- what was found ------------------------------------------------------------------------------------------------------

_OPEN = f"DocumentRoot {SITE}/www\n<Directory {SITE}>\nAllowOverride All\nRequire all granted\n</Directory>\n"
_ENGINE = "RewriteEngine On\n"
_LOG_IN = f"AuthType Basic\nAuthName x\nAuthUserFile {SITE}/users\nRequire valid-user\n"


@dataclass(frozen=True)
class Found:
    """A configuration, and the status of the answer to each request, with the target where it is a redirect."""

    text: str
    answers: dict[str, str]
    tree: Tree = field(default_factory=dict)
    base: Base = "2.4"
    tls: bool = False


CASES = {
    "a name with a dot at its end": Found(_OPEN, {"a.example./docs": "301 http://a.example/docs/"}),
    "ServerName with a scheme": Found(
        f"{_OPEN}<VirtualHost *:80>\nServerName https://a.example:443\n</VirtualHost>\n", {"b.example/docs": "301 https://b.example/docs/"}
    ),
    "a host at a wildcard, too, has the main server's name": Found(
        f"{_OPEN}<VirtualHost @IP@:80>\nServerName a.example\nRedirect 410 /\n</VirtualHost>\n"
        "<VirtualHost @IP@:80 *:8080>\nServerAlias b.example\nRedirect 404 /\n</VirtualHost>\n",
        {"default.invalid/": "404", "b.example/": "404", "c.example/": "410"},
    ),
    "plain HTTP to a port of TLS": Found(
        f"{_OPEN}<VirtualHost *:80>\nSSLEngine on\nSSLCertificateFile {CERTIFICATE}\n</VirtualHost>\n",
        {"a.example/": "400", "DELETE a.example/": "0", "OPTIONS a.example/": "0"}, tls=True,
    ),
    "texts of RewriteCond are compared by their length first": Found(
        f"{_OPEN}{_ENGINE}RewriteCond %{{REQUEST_URI}} <=/docs/\nRewriteRule ^ - [G]\n", {"a.example/x": "410", "a.example/apps/tool.py": "200"}
    ),
    "the query of a redirect is escaped where it is a new one": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/s /page.html?x [R,QSA]\nRewriteRule ^/t /page.html [R]\n",
        {"a.example/s?q=a%20b": "302 http://a.example/page.html?x&q=a%2520b", "a.example/t?q=a%20b": "302 http://a.example/page.html?q=a%20b"},
    ),
    "REDIRECT_STATUS stops rules that go round": Found(
        _OPEN, {"a.example/readme.txt": "200", "a.example/none": "404"},
        {"www/.htaccess": f"{_ENGINE}RewriteCond %{{ENV:REDIRECT_STATUS}} ^$\nRewriteRule ^(.*)$ docs/$1 [L]\n"},
    ),
    "a rule's status takes the place of an error's": Found(
        f"{_OPEN}ErrorDocument 404 /page.html\nErrorDocument 403 /docs/home.html\n", {"a.example/none": "403"},
        {"www/.htaccess": f"{_ENGINE}RewriteRule page - [F]\n"},
    ),
    "error documents in a circle end with the first error": Found(
        f"{_OPEN}ErrorDocument 404 /page.html\nErrorDocument 403 /page.html\n", {"a.example/none": "404", "a.example/page.html": "403"},
        {"www/.htaccess": f"{_ENGINE}RewriteRule page - [F]\n"},
    ),
    "a section of the URL switches the engine": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^ - [G]\n<Location /docs>\nRewriteEngine Off\n</Location>\n", {"a.example/docs/readme.txt": "200", "a.example/page.html": "410"}
    ),
    "the sections of a directory count for its index": Found(
        f"DocumentRoot {SITE}/www\n<DirectoryMatch ^{SITE}/www/$>\nRequire all granted\n</DirectoryMatch>\n",
        {"a.example/": "200", "a.example/index.html": "403"},
    ),
    "AuthMerging Off alone takes back what is outside": Found(
        f"DocumentRoot {SITE}/www\n<Directory {SITE}/www>\nAuthMerging Off\n</Directory>\n", {"a.example/page.html": "200"}
    ),
    "AuthMerging of a URL holds for its directories": Found(
        f"DocumentRoot {SITE}/www\n<LocationMatch docs>\nRequire all granted\n</LocationMatch>\n"
        "<Location /docs/old>\nAuthMerging And\nRequire all granted\n</Location>\n",
        {"a.example/docs/readme.txt": "200", "a.example/docs/old/a.txt": "403"},
    ),
    "a directory with a wildcard is a plain path": Found(
        f"{_OPEN}<Directory {SITE}//w*/./docs>\nRequire all denied\n</Directory>\n", {"a.example/docs/readme.txt": "403", "a.example/page.html": "200"}
    ),
    "rules of a directory that is not written plainly": Found(
        f"{_OPEN}<Directory {SITE}/www//docs>\n{_ENGINE}RewriteRule ^$ /page.html [R]\n</Directory>\n", {"a.example/docs/": "302 http://a.example/page.html"}
    ),
    "a directive of a later 2.4 in .htaccess": Found(_OPEN, {"a.example/page.html": "200"}, {"www/.htaccess": "CGIPassAuth On\n"}),
    "words behind the flags, and blanks behind a backslash, in .htaccess": Found(
        _OPEN, {"a.example/x": "410", "a.example/a%20b.txt": "403"}, {"www/.htaccess": f"{_ENGINE}RewriteRule ^x - [G] # gone\nRewriteRule ^a\\ b - [F]\n"}
    ),
    "words behind On and Off in .htaccess": Found(
        _OPEN,
        {"a.example/page.html": "200", "a.example/docs/": "500", "a.example/apps/": "500", "a.example/deep/": "500"},
        {
            "www/.htaccess": "DirectorySlash Off # no\nRewriteEngine ON once\n", "www/docs/.htaccess": "RewriteEngine # on\n",
            "www/apps/.htaccess": "<IfModule mod_rewrite.c>\nRewriteEngine yes\n</IfModule>\n", "www/deep/.htaccess": "LimitRequestBody 1M\n",
        },
    ),
    "quotes of Require all in .htaccess": Found(_OPEN, {"a.example/page.html": "500"}, {"www/.htaccess": 'Require all "granted"\n'}),
    "an index above its directory": Found(f"{_OPEN}DirectoryIndex ../plain.txt\n", {"a.example/docs/": "200"}),
    "a directory without a slash, whatever handler it has": Found(
        f"{_OPEN}DirectoryCheckHandler On\n<Location /docs>\nSetHandler none-such\n</Location>\n", {"a.example/docs": "301 http://a.example/docs/"}
    ),
    "a Redirect of a URL that is handed on": Found(
        f"{_OPEN}ProxyPass / http://127.0.0.1:9/\n<Location /docs>\nRedirect 303 /two\n</Location>\n<Location /x>\nRedirect 410\n</Location>\n",
        {"a.example/docs": "303 http://a.example/two", "a.example/x": "410", "a.example/y": "503"},
    ),
    "a variable that keeps mod_proxy away": Found(
        f"{_OPEN}SetEnvIf Request_URI ^/docs no-proxy=0\n<IfModule mod_proxy.c>\nProxyPass / http://127.0.0.1:9/\n</IfModule>\n",
        {"a.example/docs/readme.txt": "200", "a.example/y": "503"},
    ),
    "a rule and a section of such a variable": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/docs - [E=no-proxy:1]\n<Location />\nProxyPass http://127.0.0.1:9/\n</Location>\n",
        {"a.example/docs/readme.txt": "200", "a.example/y": "503"},
    ),
    "the root of the machine": Found(f"{_OPEN}{_ENGINE}RewriteRule ^/$ /\n", {"a.example/": "403", "a.example/page.html": "200"}),
    "a rule without a slash": Found(f"{_OPEN}{_ENGINE}RewriteRule ^/missing page.html\n", {"a.example/missing": "200"}),
    "ServerPath and rules": Found(
        f"{_OPEN}<VirtualHost *:80>\nServerPath /docs\n{_ENGINE}RewriteRule ^/x(.*) /docs$1\n</VirtualHost>\n", {"a.example/x/readme.txt": "404", "a.example/x/page.html": "200"}
    ),
    "a DocumentRoot of ServerRoot": Found(
        f"DocumentRoot ../../srv/site/www\n<Directory {SITE}>\nRequire all granted\n</Directory>\n{_ENGINE}"
        "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f\nRewriteRule ^ /page.html\n",
        {"a.example/none": "200", "a.example/plain.txt": "200"},
    ),
    "rules of a directory, and the engine of the server": Found(
        f"{_OPEN}{_ENGINE}<Directory {SITE}/www/docs>\nRewriteRule readme - [F]\n</Directory>\n<Location /media>\nRewriteRule ^ - [G]\n</Location>\n"
        "<VirtualHost *:80>\nServerName b.example\n</VirtualHost>\n<VirtualHost *:80>\nServerName c.example\nRewriteEngine Off\n</VirtualHost>\n",
        {"b.example/docs/readme.txt": "403", "c.example/docs/readme.txt": "200", "b.example/media/x": "410", "c.example/media/x": "404"},
    ),
    "the main server's rules in a host": Found(
        f"{_OPEN}{_ENGINE}RewriteOptions InheritDown\nRewriteRule readme - [F]\n<VirtualHost *:80>\nServerName a.example\nRewriteEngine On\n</VirtualHost>\n"
        "<VirtualHost *:80>\nServerName b.example\n</VirtualHost>\n<VirtualHost *:80>\nServerName c.example\nRewriteOptions IgnoreInherit\n</VirtualHost>\n"
        f"<VirtualHost *:80>\nServerName x.b.example\n<Directory {SITE}>\nRewriteEngine On\n</Directory>\n</VirtualHost>\n",
        {"a.example/docs/readme.txt": "403", "b.example/docs/readme.txt": "200", "c.example/docs/readme.txt": "200", "x.b.example/docs/readme.txt": "403"},
    ),
    "the options of the main server's rules, and their order": Found(
        f"{_OPEN}{_ENGINE}RewriteOptions InheritBefore\nRewriteRule readme - [F]\n<VirtualHost *:80>\nServerName a.example\nRewriteRule readme - [G]\n</VirtualHost>\n"
        "<VirtualHost *:80>\nServerName b.example\nRewriteOptions Inherit\nRewriteRule readme - [G]\n</VirtualHost>\n",
        {"a.example/docs/readme.txt": "403", "b.example/docs/readme.txt": "410"},
    ),
    "the tables of a host without any line of mod_rewrite": Found(
        f"{_OPEN}{_ENGINE}RewriteMap lc int:tolower\n<Directory {SITE}/www>\nRewriteRule ^DOCS/(.*) /${{lc:DOCS}}/$1\n</Directory>\n"
        "<VirtualHost *:80>\nServerName a.example\n</VirtualHost>\n<VirtualHost *:80>\nServerName b.example\nRewriteMap x int:toupper\n</VirtualHost>\n",
        {"a.example/DOCS/readme.txt": "200", "b.example/DOCS/readme.txt": "404"},
    ),
    "rules of the directories above": Found(
        f"{_OPEN}<Directory {SITE}/www>\n{_ENGINE}RewriteRule readme - [F]\n</Directory>\n<Directory {SITE}/www/docs>\nRewriteOptions Inherit\nRewriteRule home - [G]\n</Directory>\n"
        "<Location /docs/old>\nRewriteRule ^ - [R=404]\n</Location>\n",
        {"a.example/docs/readme.txt": "403", "a.example/docs/home.html": "410", "a.example/docs/old/a.txt": "404", "a.example/readme.txt": "403"},
    ),
    "rules that are handed down, and a server's options that are not": Found(
        f"{_OPEN}RewriteOptions Inherit\n<Directory {SITE}/www>\n{_ENGINE}RewriteRule readme - [F]\n</Directory>\n<Directory {SITE}/www/docs>\nRewriteRule home - [G]\n</Directory>\n"
        f"<Directory {SITE}/shop>\n{_ENGINE}RewriteOptions InheritDownBefore\nRewriteRule css - [F]\n</Directory>\n<Directory {SITE}/shop/static>\nRewriteRule css - [G]\n</Directory>\nAlias /static {SITE}/shop/static\n",
        {"a.example/docs/readme.txt": "200", "a.example/docs/home.html": "410", "a.example/static/site.css": "403"},
    ),
    "RewriteBase of the directory above": Found(
        f"{_OPEN}<Directory {SITE}/www>\n{_ENGINE}RewriteBase /x\n</Directory>\n<Directory {SITE}/www/docs>\nRewriteRule ^readme home [R]\n</Directory>\n"
        f"<Directory {SITE}/www/apps>\nRewriteOptions MergeBase\nRewriteRule ^tool home [R]\n</Directory>\n",
        {"a.example/docs/readme.txt": f"302 http://a.example{SITE}/www/docs/home", "a.example/apps/tool.py": "302 http://a.example/x/home"},
    ),
    "rules in a section with a condition": Found(
        f"{_OPEN}{_ENGINE}<If \"%{{REQUEST_URI}} =~ m#^/docs#\">\nRewriteRule readme /page.html [R]\nRewriteRule home page.html\n</If>\n<Else>\nRewriteRule ^{SITE}/www/plain - [G]\n</Else>\n",
        {"a.example/docs/readme.txt": "302 http://a.example/page.html", "a.example/docs/home.html": "400", "a.example/plain.txt": "410", "a.example/docs/old/a.txt": "200"},
    ),
    "rules for a directory without a slash": Found(
        f"{_OPEN}RewriteOptions AllowNoSlash\n<Directory {SITE}/www/docs>\n{_ENGINE}RewriteRule ^/srv - [F]\nRewriteRule ^$ - [G]\n</Directory>\n",
        {"a.example/docs": "403", "a.example/docs/": "410"},
    ),
    "a Redirect of all that leads to a section": Found(
        f"{_OPEN}<Directory {SITE}/www/docs>\nRedirect 303 https://x.invalid/%{{HTTP_HOST}}/a%20b\n</Directory>\n<Files plain.txt>\nRedirect 410\n</Files>\n"
        "<If \"%{QUERY_STRING} == 'if'\">\nRedirect permanent /new\n</If>\n<Location /old>\nRedirect 404\n</Location>\n",
        {"a.example/docs/readme.txt": "303 https://x.invalid/a.example/a%2520b", "a.example/docs": "303 https://x.invalid/a.example/a%2520b", "a.example/plain.txt": "410",
         "a.example/page.html?if": "301 http://a.example/new?if", "a.example/page.html": "200", "a.example/old/x": "404"},
    ),
    "a Redirect of all that leads to an .htaccess file": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi\n", {"a.example/docs/readme.txt": "302 https://x.invalid/y", "a.example/apps/tool.py": "410", "a.example/shop": "200"},
        {"www/docs/.htaccess": "Redirect https://x.invalid/y\n", "www/apps/.htaccess": "<IfModule mod_alias.c>\nRedirect gone\n</IfModule>\n"},
    ),
    "a Redirect of a section before one of a URL": Found(
        f"{_OPEN}<Location /docs>\nRedirect 303 /a\n</Location>\n<Location /docs/readme.txt>\nRedirect /docs /b\n</Location>\n", {"a.example/docs/readme.txt": "303 http://a.example/a"}
    ),
    "a Redirect to what is no URL": Found(
        f"{_OPEN}RedirectMatch ^/go/(.*) $1\n<Location /old>\nRedirect new\n</Location>\n", {"a.example/go/docs": "500", "a.example/go/x:y": "302 x:y", "a.example/old": "500"}
    ),
    "the named groups of a section's pattern": Found(
        f"{_OPEN}<LocationMatch ^/docs(/(?<part>[a-z]+))?>\nRequire env MATCH_PART\n</LocationMatch>\n<FilesMatch ^(?<base>[a-z]+)[.]html>\nRequire expr \"%{{env:MATCH_BASE}} != 'page'\"\n</FilesMatch>\n"
        f"<DirectoryMatch ^{SITE}/www/(?<sub>[^/]+)/>\nRequire expr reqenv('MATCH_SUB') != 'apps'\n</DirectoryMatch>\n<LocationMatch ^/go/(?<to>\\w+)>\nRedirect 303 /%{{env:MATCH_TO}}\n</LocationMatch>\n",
        {"a.example/docs/readme.txt": "200", "a.example/docs": "403", "a.example/page.html": "403", "a.example/index.html": "200", "a.example/apps/tool.py": "403", "a.example/go/x": "303 http://a.example/x"},
    ),
    "an Alias of a pattern's section": Found(
        f"{_OPEN}<LocationMatch ^/go/(?<n>.*)$>\nAlias {SITE}/www/docs/%{{env:MATCH_N}}\n</LocationMatch>\n<LocationMatch ^/one>\nAlias {SITE}/www/plain.txt\n</LocationMatch>\n",
        {"a.example/go/readme.txt": "200", "a.example/go/none": "404", "a.example/one/x": "200"},
    ),
    "a name with an empty part": Found(_OPEN, {"a..example/": "400", "a.example../": "400", "a.example./": "200"}),
    "a parameter of several words": Found(
        f"{_OPEN}<Macro Closed $dir $who>\n<Directory \"$dir\">\nRequire $who\n</Directory>\n</Macro>\nUse Closed {SITE}/www/docs \"all denied\"\nUse Closed {SITE}/www/apps 'ip 127.0.0.1'\n",
        {"a.example/docs/readme.txt": "403", "a.example/apps/tool.py": "200"},
    ),
    "a question mark and a blank that a visitor puts into what a rule makes": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi\n{_ENGINE}RewriteRule ^/p/(.*) /docs/$1\nRewriteRule ^/r/(.*) /docs/$1 [R]\nRewriteRule ^/q/(.*) /page.html?q=$1\n"
        "RewriteRule ^/m/(.*) /shop?q=$1 [PT]\nRewriteRule ^/u/(.*) /docs/$1 [UnsafeAllow3F]\nRewriteRule ^/b/(.*) /page.html?q=$1 [B]\nRewriteRule ^/e/(.*) /page.html?q=$1 [R]\nRewriteRule ^/n/(.*) /page.html?q=$1 [R,NE]\n",
        {"a.example/p/a%3Fb": "403", "a.example/r/a%3Fb": "403", "a.example/q/a%3Fb": "200", "a.example/q/a%20b": "403", "a.example/m/a%0Ab": "403", "a.example/u/readme.txt%3Fb": "200",
         "a.example/b/a%20b": "200", "a.example/e/a%20b": "302 http://a.example/page.html?q=a%20b", "a.example/n/a%20b": "403", "a.example/p/readme.txt?q=%3F": "200"},
    ),
    "the same by directory": Found(
        _OPEN, {"a.example/p/a%3Fb": "403", "a.example/q/a%20b": "403", "a.example/q/a%3Fb": "200", "a.example/page.html/x": "404"},
        {"www/.htaccess": f"{_ENGINE}RewriteRule ^p/(.*) docs/$1\nRewriteRule ^q/(.*) /page.html?q=$1 [L]\nRewriteRule ^page.html - [DPI]\n"},
    ),
    "groups are escaped": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/b/(.*) /x?q=$1 [B,R,NE]\nRewriteRule ^/p/(.*) /x?q=$1 [B,BNP,R,NE]\nRewriteRule ^/o/(.*) /x?q=$1 [B=&%,R]\nRewriteRule ^/n/(.*) /x/$1 [B,BNE=/,R,NE]\nRewriteRule ^/c/(.*) /x?q=$1 [BCTLS,R,NE]\n"
        "RewriteRule ^/l /x?a?b [QSL,R,NE]\n",
        {"a.example/b/a+b%26c%20d": "302 http://a.example/x?q=a%2bb%26c+d", "a.example/p/a%20b": "302 http://a.example/x?q=a%20b", "a.example/o/a&b+c": "302 http://a.example/x?q=a%2526b+c",
         "a.example/n/a/b%3F": "302 http://a.example/x/a/b%3f", "a.example/c/a%20b&c": "302 http://a.example/x?q=a+b&c", "a.example/l": "302 http://a.example/x?a?b"},
    ),
    "directories of users": Found(
        f"{_OPEN}UserDir {SITE}/none {SITE}/homes/*/web\nUserDir disabled ann\n<VirtualHost *:80>\nServerName a.example\n</VirtualHost>\n"
        f"<VirtualHost *:80>\nServerName b.example\nUserDir disabled\nUserDir enabled ann\n</VirtualHost>\n<VirtualHost *:80>\nServerName c.example\nUserDir http://u.invalid/*/x\nAlias /~ann {SITE}/www/docs\n</VirtualHost>\n",
        {"a.example/~joe/x.txt": "200", "a.example/~joe": "301 http://a.example/~joe/", "a.example/~ann/x.txt": "404", "b.example/~ann/x.txt": "200", "b.example/~joe/x.txt": "404", "a.example/~none/x": "404",
         "c.example/~joe/x.txt": "302 http://u.invalid/joe/x.txt", "c.example/~ann/readme.txt": "200"},
    ),
    "directories of hosts": Found(
        f"{_OPEN}VirtualDocumentRoot {SITE}/vhosts/%0\nVirtualScriptAlias {SITE}/vhosts/%0/cgi-bin\nAlias /docs {SITE}/www/docs\n<VirtualHost *:80>\nServerName b.example\nVirtualDocumentRoot {SITE}/vhosts/%1/%-1\n</VirtualHost>\n"
        f"<VirtualHost *:80>\nServerName c.example\nVirtualDocumentRoot none\n</VirtualHost>\n<VirtualHost *:80>\nServerAlias a.example www.a.example\n</VirtualHost>\n"
        f"<VirtualHost *:80>\nServerName x.b.example\nVirtualDocumentRoot {SITE}/vhosts/%3/%2.1/%1.2+\n</VirtualHost>\n",
        {"a.example/page.html": "200", "A.Example./page.html": "200", "www.a.example/none": "404", "a.example/docs/readme.txt": "200", "a.example/cgi-bin/run.cgi": "200", "b.example/page.html": "200", "c.example/page.html": "200", "x.b.example/page.html": "404"},
    ),
    "handlers and documents by expressions": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi\n<Location /docs>\nSetHandler \"%{{HTTP:X-None}}\"\n</Location>\n<Location /page.html>\nSetHandler \"wsgi-%{{REQUEST_METHOD}}\"\n</Location>\nErrorDocument 404 /%{{HTTP_HOST}}\n"
        "ErrorDocument 410 \"%{REQUEST_URI} is gone\"\nErrorDocument 403 http://x.invalid/%{HTTP_HOST}\nRedirect 410 /gone\nRedirect 403 /no\n",
        {"a.example/docs/": "302 http://x.invalid/a.example", "a.example/page.html": "200", "a.example/none": "404", "a.example/gone": "410", "a.example/no": "302 http://x.invalid/a.example"},
    ),
    "tests of files": Found(
        f"{_OPEN}{_ENGINE}" + "".join(f"RewriteCond {SITE}/{file} {test}\nRewriteRule ^/{at}$ - [G]\n" for at, (file, test) in enumerate(
            (("empty.txt", "-s"), ("users", "-s"), ("www", "-s"), ("www/link", "-l"), ("www/page.html", "-h"), ("www/cgi-bin/run.cgi", "-x"), ("www/page.html", "-x"))))
        + "<If \"-f %{REQUEST_FILENAME}\">\nRequire all denied\n</If>\n<If \"%{HANDLER} == 'wsgi-script'\">\nRequire all denied\n</If>\nWSGIScriptAlias /shop /srv/site/shop/none.wsgi\n",
        {"a.example/0": "404", "a.example/1": "410", "a.example/2": "404", "a.example/3": "410", "a.example/4": "404", "a.example/5": "410", "a.example/6": "404", "a.example/plain.txt": "403", "a.example/shop": "403"},
    ),
    "lines in a container of Require": Found(
        f"{_OPEN}<Location /docs>\n<RequireAny>\nRequire method GET\n<RequireAll>\n{_LOG_IN}</RequireAll>\n</RequireAny>\n</Location>\n"
        f"<Directory {SITE}/www/apps>\n<RequireAll>\nAuthMerging And\nRequire method GET\n</RequireAll>\n</Directory>\n",
        {"a.example/docs/readme.txt": "200", "POST a.example/docs/readme.txt": "401", "POST a.example/apps/tool.py": "403"},
    ),
    "a directory with a handler has no fallback": Found(
        f"{_OPEN}FallbackResource /page.html\n<Location /docs>\nSetHandler none-such\n</Location>\n<Location /apps>\nSetHandler \"%{{HTTP:X-None}}\"\n</Location>\n",
        {"a.example/docs/": "404", "a.example/apps/": "403", "a.example/apps/none": "404", "a.example/empty/": "200"},
    ),
    "the port of ServerName and that of the connection": Found(
        f"{_OPEN}UseCanonicalName On\nUseCanonicalPhysicalPort On\n<VirtualHost *:80>\nServerName a.example:81\n</VirtualHost>\n<VirtualHost *:80>\nServerName b.example\n</VirtualHost>\n",
        {"a.example/docs": "301 http://a.example:81/docs/", "b.example/docs": "301 http://b.example/docs/"},
    ),
    "slashes that are not merged": Found(
        f"{_OPEN}MergeSlashes Off\n<Location /docs>\nRequire all denied\n</Location>\n<LocationMatch ^/apps/tool>\nRequire all denied\n</LocationMatch>\n{_ENGINE}RewriteRule ^/media/x - [G]\n",
        {"a.example//docs//readme.txt": "403", "a.example//apps//tool.py": "200", "a.example/apps/tool.py": "403", "a.example/media//x": "404", "a.example//media/x": "410"},
    ),
    "a server's own lines see the URL as it is sent": Found(
        f"{_OPEN}SetEnvIf Request_URI ^/docs TRUSTED\n<Location /docs>\nRequire env TRUSTED\n</Location>\n<Location /apps>\nSetEnvIf Request_URI ^/apps OWN\nRequire env OWN\n</Location>\n",
        {"a.example/docs/readme.txt": "200", "a.example/x/../docs/readme.txt": "403", "a.example/%64ocs/readme.txt": "403", "a.example//docs/readme.txt": "200", "a.example/%61pps/tool.py": "200"},
    ),
    "rounds that are counted": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/(.*)x(.*)$ /$1z$2 [N=3]\n", {"a.example/axb": "404", "a.example/axbx": "500"}
    ),
    "a Redirect does not take the place of an error": Found(
        f"{_OPEN}ErrorDocument 404 /old\nRedirect /old /new\n", {"a.example/none": "404", "a.example/old": "302 http://a.example/new"}
    ),
    "a rule's redirect takes the place of an error": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/old /new [R=301]\nErrorDocument 404 /old\n", {"c.example/none": "301 http://c.example/new"}
    ),
    "the slash of DocumentRoot": Found(
        f"DocumentRoot {SITE}/www/\n<Directory {SITE}>\nRequire all granted\n</Directory>\n<If \"%{{DOCUMENT_ROOT}} == '{SITE}/www/'\">\nRequire ip 127.0.0.1\n</If>\n{_ENGINE}RewriteCond %{{DOCUMENT_ROOT}} www$\nRewriteRule ^ - [G]\n",
        {"a.example/page.html": "200"},
    ),
    "files that MultiViews cannot tell": Found(
        f"{_OPEN}<Directory {SITE}/www/lang>\nOptions +MultiViews\nFallbackResource /page.html\n</Directory>\n",
        {"a.example/lang/tool": "404", "PROPFIND a.example/lang/tool": "404", "a.example/lang/none": "200"},
    ),
    "lines of the old dialect that .htaccess may not have": Found(
        f"DocumentRoot {SITE}/www\n<Directory {SITE}/www>\nAllowOverride Nonfatal=All\nRequire all granted\n</Directory>\n",
        {"a.example/docs/readme.txt": "200", "a.example/apps/tool.py": "403", "a.example/plain.txt": "403"},
        {"www/docs/.htaccess": "Satisfy Any\n", "www/apps/.htaccess": "Require all granted\n"}, base="2.2",
    ),
    "the variable of a pattern in the request for an index": Found(
        f"{_OPEN}<LocationMatch ^/go/(?<n>.*)$>\nAlias {SITE}/www/docs/%{{env:MATCH_N}}\n</LocationMatch>\n", {"a.example/go/": "403", "a.example/go/home.html": "200"}
    ),
    "an interpreter for each Host": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi application-group=%{{HOST}}\n", {"A.Example./shop": "200"}
    ),
    "rules with [R] where httpd looks a URL up": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/docs/home.html$ /page.html [R]\nRewriteRule ^/deep/index.html$ - [R=404]\nRewriteRule ^/apps/ - [G]\nRewriteRule ^/x$ /page.html [R]\n"
        "<Location /docs>\nDirectoryIndex home.html\n</Location>\n<Location /apps>\nDirectoryIndex /x home.html\nOptions +Indexes\nRewriteEngine Off\n</Location>\n",
        {"a.example/docs/": "200", "a.example/deep/": "200", "a.example/deep/index.html": "404", "a.example/apps/": "200", "a.example/": "200", "a.example/lang/": "404"},
        {"www/.htaccess": f"{_ENGINE}RewriteRule ^index.html$ /page.html [R]\n", "www/lang/.htaccess": f"DirectoryIndex page.html.en\n{_ENGINE}RewriteRule page - [R=410]\nRewriteRule page - [R=404]\nErrorDocument 404 default\nSetHandler none-such\nDirectoryCheckHandler On\n"},
    ),
    "a log-in for the last of several indexes": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/SHOP(.*)$ /shop$1 [NC,R]\n<Location />\n{_LOG_IN}</Location>\n<LocationMatch ^/(docs|lang)>\nSatisfy Any\nAllow from all\nDirectoryIndex none.html /shop/\n</LocationMatch>\n"
        "<Location /lang>\nDirectoryIndex /shop/ map.var\n</Location>\n<Location /lang/map.var>\nSetHandler None\n</Location>\n",
        {"a.example/docs/": "401", "a.example/lang/": "200", "a.example/shop/": "302 http://a.example/shop/"},
    ),
    "AllowMethods beside Satisfy Any": Found(
        f"{_OPEN}<LocationMatch .>\nAllowMethods GET\n</LocationMatch>\n<Location /docs>\n{_LOG_IN}Satisfy Any\n</Location>\n<Location /apps>\nSatisfy Any\nAllow from all\n</Location>\n"
        "<Location /lang>\nSatisfy Any\nRequire all denied\n</Location>\n<Location /deep>\nSatisfy Any\nDeny from all\nRequire user joe\n</Location>\n",
        {"POST a.example/docs/readme.txt": "401", "a.example/docs/readme.txt": "200", "POST a.example/apps/tool.py": "200", "POST a.example/lang/bare.txt": "403", "POST a.example/deep/index.html": "500", "POST a.example/page.html": "405"},
    ),
    "lines that Nonfatal passes over": Found(
        f"DocumentRoot {SITE}/www\n<Directory {SITE}>\nAllowOverride AuthConfig Nonfatal=Override\nOrder deny,allow\nDeny from all\nRequire all granted\n</Directory>\n",
        {"a.example/docs/readme.txt": "200", "a.example/docs/home.html": "403", "a.example/apps/tool.py": "403", "a.example/lang/bare.txt": "200", "POST a.example/deep/index.html": "200", "a.example/deep/index.html": "403", "a.example/UPPER/Readme.txt": "403", "a.example/private/index.html": "500"},
        {"www/docs/.htaccess": "<Files readme.txt>\nAllow from all\n</Files>\n", "www/apps/.htaccess": "<Files tool.py>\nOptions None\nAllow from all\nRequire all denied\n</Files>\n", "www/lang/.htaccess": "<IfModule mod_alias.c>\n<Limit GET>\nSatisfy Any\n</Limit>\nErrorDocument 404 /x\n</IfModule>\n",
         "www/deep/.htaccess": "Order deny,allow\n<Limit GET>\nOptions None\nRequire all denied\n</Limit>\n<If \"%{REQUEST_METHOD} == 'GET'\">\nRequire all denied\n</If>\n", "www/UPPER/.htaccess": "<If \"true\">\nOrder deny,allow\nRequire all denied\nOptions None\n</If>\n",
         "www/private/.htaccess": "<RequireAll>\nRequire all granted\nOptions None\n</RequireAll>\n"},
    ),
    "names that Nonfatal passes over, and conditions": Found(
        f"DocumentRoot {SITE}/www\n<Directory {SITE}>\nAllowOverride All Nonfatal=Unknown\nRequire all granted\n</Directory>\n<Directory {SITE}/www/apps>\nAllowOverride Nonfatal=Override\n</Directory>\n",
        {"a.example/docs/readme.txt": "403", "a.example/deep/index.html": "200", "a.example/apps/tool.py": "500", "a.example/lang/bare.txt": "500", "a.example/UPPER/Readme.txt": "403"},
        {"www/docs/.htaccess": "<Files readme.txt>\nNonsense x\nRequire all denied\n</Files>\n", "www/deep/.htaccess": "<Files *>\n<Nonsense x>\nRequire all denied\n</Nonsense>\n</Files>\n", "www/apps/.htaccess": "<IfModule !mod_alias.c>\nRequire all denied\n</IfModule>\n",
         "www/lang/.htaccess": "<RequireAny>\nNonsense x\nRequire all granted\n</RequireAny>\n", "www/UPPER/.htaccess": "<IfModule mod_alias.c>\nNonsense x\nRequire all denied\n</IfModule>\n"},
    ),
    "ProxyPass in a section with a pattern": Found(
        f"{_OPEN}<LocationMatch \"^/(api|go)/(.*)\">\nProxyPass http://127.0.0.1:9/x\n</LocationMatch>\n<LocationMatch ^/new>\nProxyPass http://127.0.0.1:9\n</LocationMatch>\n<LocationMatch /joe>\nProxyPass http://127.0.0.1:9/j\n</LocationMatch>\n"
        "<Location ~ ^/media>\nProxyPassMatch http://127.0.0.1:9/m\n</Location>\n<Location ~ ^/missing>\nProxyPass http://127.0.0.1:9/m\n</Location>\n<Location /dee*>\nProxyPass http://127.0.0.1:9/d\n</Location>\n<IfModule mod_proxy.c>\n<LocationMatch ^/docs/.*txt>\nProxyPass !\n</LocationMatch>\n</IfModule>\nProxyPass /docs http://127.0.0.1:9/\n",
        {"a.example/api/x": "503", "a.example/api": "404", "a.example/new/x": "404", "a.example/joe/x": "503", "a.example/x/joe/x": "404", "a.example/media/x": "503", "a.example/missing/x": "404", "a.example/deep": "503", "a.example/docs/readme.txt": "200", "a.example/docs/home.html": "503"},
    ),
    "the URL behind a target without groups": Found(
        f"{_OPEN}ProxyPassMatch ^/api/(.*) http://127.0.0.1:9/x\nProxyPassMatch ^/go/(.*) http://127.0.0.1:9/$1/x\nProxyPassMatch ^/new http://127.0.0.1:9/\\$1\nProxyPass ~ ^/media http://127.0.0.1:9\nProxyPass ~ ^/docs/r !\nProxyPass /docs http://127.0.0.1:9/\n",
        {"a.example/api/v1/x?q=1": "503", "a.example/go/a/b": "503", "a.example/new/x": "503", "a.example/media/x": "503", "a.example/docs/readme.txt": "200"},
    ),
    "which lines of the main server ProxyPassInherit On leaves": Found(
        f"{_OPEN}ProxyPassInherit Off\nProxyPass /api http://127.0.0.1:9/\n<VirtualHost *:80>\nServerName a.example\nProxyPassInherit On\n</VirtualHost>\n<VirtualHost *:80>\nServerName b.example\nProxyPass /go http://127.0.0.1:9/\n</VirtualHost>\n",
        {"a.example/api": "503", "b.example/go": "503", "b.example/docs/readme.txt": "200"},
    ),
    "log-ins by providers with names of their own": Found(
        f"{_OPEN}<AuthnProviderAlias file staff>\nAuthUserFile {SITE}/users\n</AuthnProviderAlias>\n<AuthnProviderAlias file lost>\nAuthUserFile {SITE}/none\n</AuthnProviderAlias>\n<AuthzProviderAlias user chosen joe>\n</AuthzProviderAlias>\n<AuthzProviderAlias ip near \"10.0.0.1 127.0.0.1\">\n</AuthzProviderAlias>\n"
        f"<IfModule mod_authz_core.c>\n<AuthzProviderAlias group crew staff>\nAuthGroupFile {SITE}/groups\n</AuthzProviderAlias>\n</IfModule>\nAuthName x\nAuthUserFile {SITE}/empty.txt\n"
        "<Location /docs>\nAuthType Basic\nAuthBasicProvider file staff\nRequire chosen\n</Location>\n<Location /apps>\nAuthType Basic\nAuthBasicProvider lost staff\nRequire valid-user\n</Location>\n<Location /lang>\nAuthType Basic\nAuthBasicProvider staff\nRequire crew\n</Location>\n"
        "<Location /deep>\n<RequireAll>\nRequire all granted\nRequire not near\n</RequireAll>\n</Location>\n".replace("AuthName x\nAuthUserFile", "<Location />\nAuthName x\nAuthUserFile", 1).replace("<Location /docs>", "</Location>\n<Location /docs>", 1),
        {"joe:secret@a.example/docs/readme.txt": "200", "ann:secret@a.example/docs/readme.txt": "401", "joe:wrong@a.example/docs/readme.txt": "401", "a.example/docs/readme.txt": "401", "joe:secret@a.example/apps/tool.py": "500", "joe:secret@a.example/lang/bare.txt": "200", "ann:secret@a.example/lang/bare.txt": "401", "a.example/deep/index.html": "403"},
    ),
    "the groups of a user, and who else may know one": Found(
        f"{_OPEN}<Location />\nAuthType Basic\nAuthName x\nAuthUserFile {SITE}/users\n</Location>\n<Location /docs>\nAuthGroupFile {SITE}/groups\nRequire group staff\n</Location>\n<Location /apps>\nRequire group staff\n</Location>\n<Location /deep>\nAuthGroupFile {SITE}/none\nRequire group staff\n</Location>\n"
        f"<Location /lang>\nAuthGroupFile {SITE}/groups\n<RequireAll>\nRequire group guests staff\nRequire not group guests\n</RequireAll>\n</Location>\n<Location /UPPER>\nAuthBasicAuthoritative Off\nRequire valid-user\n</Location>\n",
        {"joe:secret@a.example/docs/readme.txt": "200", "ann:secret@a.example/docs/readme.txt": "401", "joe:secret@a.example/apps/tool.py": "401", "joe:secret@a.example/deep/index.html": "401", "joe:secret@a.example/lang/bare.txt": "200", "ann:secret@a.example/lang/bare.txt": "401",
         "joe:secret@a.example/UPPER/Readme.txt": "200", "joe:wrong@a.example/UPPER/Readme.txt": "401", "none:wrong@a.example/UPPER/Readme.txt": "500"},
    ),
    "the user in expressions": Found(
        f"{_OPEN}<If \"%{{REMOTE_USER}} == 'joe'\">\nRedirect 303 /x\n</If>\n<Location /docs>\nAuthType Basic\nAuthName x\nAuthUserFile {SITE}/users\nRequire expr %{{REMOTE_USER}} == 'joe'\nDirectoryIndex home.html\nErrorDocument 404 /page.html\n</Location>\n",
        {"joe:secret@a.example/docs/readme.txt": "200", "joe:secret@a.example/docs/": "200", "joe:secret@a.example/docs/none": "404", "ann:secret@a.example/docs/readme.txt": "401", "a.example/docs/readme.txt": "401"},
    ),
    "pages about the server": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi\n<Location /status>\nSetHandler server-status\n</Location>\n<Location /shop>\nSetHandler server-info\n</Location>\n<Files readme.txt>\nSetHandler balancer-manager\n</Files>\n<Location /info>\nSetHandler server-info\nRequire ip 10.0.0.1\n</Location>\n",
        {"a.example/status": "200", "POST a.example/status": "404", "OPTIONS a.example/status": "200", "PUT a.example/status": "405", "a.example/shop/x": "200", "POST a.example/shop/x": "404", "a.example/docs/readme.txt": "200", "POST a.example/docs/readme.txt": "200", "a.example/info": "403"},
    ),
    "names that are written otherwise": Found(
        f"{_OPEN}CheckSpelling On\n<Location /lang>\nCheckSpelling Off\n</Location>\n<Location /UPPER>\nCheckSpelling On\nCheckCaseOnly On\n</Location>\n<Location /deep/er>\nCheckCaseOnly Off\n</Location>\n<Location /apps>\nCheckSpelling On\nCheckBasenameMatch Off\n</Location>\n<LocationMatch ^/deep/i>\nFallbackResource /page.html\n</LocationMatch>\n",
        {"a.example/plian.txt?q=1": "301 http://a.example/plain.txt?q=1", "a.example/plain.tx": "301 http://a.example/plain.txt", "a.example/plain.txtt": "301 http://a.example/plain.txt", "a.example/plaim.txt": "301 http://a.example/plain.txt", "a.example/a_b.txt": "301 http://a.example/a%20b.txt", "a.example/dosc/readme.txt": "301 http://a.example/docs/readme.txt", "a.example/page.php": "300", "a.example/none": "404",
         "POST a.example/plian.txt": "404", "a.example/lang/bare.tx": "404", "a.example/UPPER/readme.txt": "301 http://a.example/UPPER/Readme.txt", "a.example/UPPER/Raedme.txt": "404", "a.example/deep/er/X.txt": "404", "a.example/apps/hello.php": "404", "a.example/deep/indx.html": "200"},
    ),
    "headers that are changed early": Found(
        f"{_OPEN}RequestHeader set X-Trusted yes early\nRequestHeader unset Authorization early\nRequestHeader setifempty X-Key secret early\nSetEnvIf X-Trusted yes TRUSTED\n<Location /docs>\nRequire env TRUSTED\n</Location>\n<Location /apps>\n{_LOG_IN}</Location>\n<If \"%{{HTTP:X-Key}} == 'secret' && %{{REQUEST_URI}} == '/page.html'\">\nRedirect 303 /key\n</If>\n"
        f"<VirtualHost *:80>\nServerName a.example\n</VirtualHost>\n<VirtualHost *:80>\nServerName b.example\nRequestHeader unset X-Trusted early\n</VirtualHost>\n<VirtualHost *:80>\nServerName c.example\n<IfModule mod_headers.c>\nRequestHeader set X-Trusted no early\n</IfModule>\n{_ENGINE}RewriteCond %{{HTTP:X-Trusted}} =no\nRewriteRule ^/plain - [G]\n</VirtualHost>\n",
        {"a.example/docs/readme.txt": "200", "b.example/docs/readme.txt": "403", "c.example/plain.txt": "410", "joe:secret@a.example/apps/tool.py": "401", "a.example/page.html": "303 http://a.example/key"},
    ),
    "files of mod_cern_meta that are not there": Found(
        f"{_OPEN}MetaFiles on\nLimitRequestFields 30\n<Location /docs>\nMetaDir none\n</Location>\n", {"a.example/page.html": "200", "a.example/docs/readme.txt": "200", "a.example/none": "404"}, {"www/docs/.web/readme.txt.meta": "Status: 410\n"},
    ),
    "a handler of a rule that finds another URL": Found(
        f"{_OPEN}<Directory {SITE}/www/apps>\n{_ENGINE}Options +ExecCGI\nRewriteRule ^none$ hello.wsgi [H=wsgi-script]\nRewriteRule ^cgi/?$ hello.wsgi [H=cgi-script]\nRewriteRule ^odd$ hello.wsgi [H=none-such]\nRewriteRule ^typed$ /page.html [T=text/plain]\nRewriteRule ^first$ - [H=wsgi-script]\nRewriteRule ^first$ /page.html\n</Directory>\n",
        {"a.example/apps/none": "404", "PUT a.example/apps/none": "404", "a.example/apps/cgi": "404", "PUT a.example/apps/odd": "405", "a.example/apps/typed": "200", "a.example/apps/first": "404"},
    ),
    "URLs that RewriteCond asks for": Found(
        f"{_OPEN}{_ENGINE}RewriteCond /docs/readme.txt -U\nRewriteRule ^/go$ /page.html\nRewriteCond /private/x !-U\nRewriteRule ^/api$ - [G]\nRewriteCond /old -U\nRewriteRule ^/new /docs/old/a.txt\nRewriteCond %{{REQUEST_URI}} -U\nRewriteRule ^/none /page.html\nRewriteCond %{{QUERY_STRING}} -U\nRewriteRule ^/empty - [F]\n"
        "<Location /private>\nRequire all denied\n</Location>\nRedirect /old /new\n", {"a.example/go": "200", "a.example/api": "410", "a.example/new": "200", "a.example/none": "200", "a.example/empty/": "403", "a.example/empty/?/private/x": "403"},
    ),
    "the fallback of a directory is that of its missing index": Found(
        f"{_OPEN}FallbackResource /page.html\n<Location /docs>\nDirectoryIndex disabled\n</Location>\n<Location /deep/er/index.html>\nFallbackResource disabled\n</Location>\n<Location /apps/index.html>\nSetHandler none-such\n</Location>\n<Location /lang>\nDirectoryIndexRedirect on\n</Location>\n",
        {"a.example/docs/": "403", "a.example/docs/none": "200", "a.example/deep/er/": "403", "a.example/apps/": "403", "a.example/lang/": "302 http://a.example/page.html", "a.example/empty/": "200", "a.example/UPPER/": "403"},
        {"www/UPPER/.htaccess": f"{_ENGINE}RewriteCond %{{REQUEST_FILENAME}} !-f\nRewriteCond %{{REQUEST_FILENAME}} !-d\nRewriteRule ^(.*)$ Readme.txt [L]\n"},
    ),
    "the group of a pattern, and a rule that finds another URL": Found(
        f"{_OPEN}{_ENGINE}RewriteRule ^/(go/.*)$ /shop/$1 [PT,L]\n<LocationMatch ^/go/(?<n>.*)$>\nAlias {SITE}/www/docs/%{{env:MATCH_N}}\n</LocationMatch>\n", {"a.example/go/readme.txt": "200", "a.example/go/none": "404"}
    ),
    "an address of IPv6 as a name": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi application-group=%{{HOST}}\n{_ENGINE}RewriteCond %{{SERVER_NAME}} =[::1]\nRewriteRule ^/page - [G]\n", {"[::1]/shop": "200", "[::1]/docs": "301 http://[::1]/docs/", "[::1]/page.html": "410"}
    ),
    "a document for 401 of another site is none": Found(
        f"{_OPEN}ErrorDocument 401 /page.html\nErrorDocument 401 http://x.invalid/\n<Location /docs>\n{_LOG_IN}</Location>\n<IfModule mod_auth_basic.c>\n<Location /apps>\nErrorDocument 401 http://x.invalid/\n{_LOG_IN}</Location>\n</IfModule>\n"
        "RewriteEngine On\nRewriteRule ^/page - [R=410]\n", {"a.example/docs/readme.txt": "410", "a.example/apps/tool.py": "410"},
        {"www/lang/.htaccess": ""},
    ),
    "a file with a slash behind its name is none": Found(
        f"{_OPEN}{_ENGINE}RewriteCond %{{DOCUMENT_ROOT}}%{{REQUEST_URI}} !-f\nRewriteRule ^/docs/r - [G]\nRewriteCond %{{DOCUMENT_ROOT}}%{{REQUEST_URI}} -d\nRewriteRule ^/deep - [R=404]\n"
        f"<If \"-e '{SITE}/www/plain.txt/' && %{{REQUEST_URI}} == '/page.html'\">\nRedirect 303 /x\n</If>\n<If \"-f '%{{DOCUMENT_ROOT}}%{{REQUEST_URI}}' && %{{REQUEST_URI}} =~ /index/\">\nRedirect 303 /y\n</If>\n",
        {"a.example/docs/readme.txt": "200", "a.example/docs/readme.txt/": "410", "a.example/deep/": "404", "a.example/deep/index.html/": "404", "a.example/page.html": "200", "a.example/index.html": "303 http://a.example/y", "a.example/index.html/": "404"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_found(name: str, httpd: Path) -> None:
    case = CASES[name]
    tree: Tree = {**TREE, **FURTHER, **case.tree, **({CERTIFICATE: "".join(certificate())} if case.tls else {})}
    modules = (*MODULES, "ssl", "socache_shmcb") if case.tls else MODULES
    setup = Setup({"site.conf": case.text}, tree, case.base, listen=(80, 8080), modules=modules)
    asked = {url: _probe(url) for url in case.answers}
    done, config = server.run(setup, tuple(asked.values()), httpd), model_of(setup)
    assert (done.started, verdict(config).starts is not False) == (True, True), (done.messages, verdict(config))
    answers = {url: done.answers[probe] for url, probe in asked.items()}
    assert {url: f"{one.status} {one.location}".strip() for url, one in answers.items()} == case.answers
    pairs = compare(config, done.answers)
    assert [report(setup, pair) for pair in pairs if pair.difference is not None] == []
    assert all(pair.is_known for pair in pairs)


_BACK = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("line", "mapped"),
    [
        (f"ProxyPass / {_BACK}/", f"{_BACK}/r/a%2Fb%20c"),
        (f"ProxyPassMatch ^/(.*) {_BACK}/$1", f"{_BACK}/r/a%2Fb%20c"),
        (f"RewriteEngine On\nRewriteRule ^/(.*) {_BACK}/$1 [P]", f"{_BACK}/r/a%2Fb%20c"),
        (f"<IfModule mod_proxy.c>\nProxyPass /r/ {_BACK}/q/\n</IfModule>", f"{_BACK}/q/a%2Fb%20c"),
        (f"<Location />\nProxyPass {_BACK}/\n</Location>", f"{_BACK}/r/a%252Fb%20c"),
        (f"<LocationMatch ^/(.*)>\nProxyPassMatch {_BACK}/$1\n</LocationMatch>", f"{_BACK}/r/a%252Fb%20c"),
        (f"ProxyPass / {_BACK}/ nocanon", ""),
        (f"<Location />\nProxyPass {_BACK}/ nocanon\n</Location>", ""),
        (f"AllowEncodedSlashes On\nProxyPass / {_BACK}/ nocanon", ""),
    ],
)
def test_an_encoded_slash_stays_one_unless_a_section_hands_it_on(line: str, mapped: str, httpd: Path) -> None:
    text = f"<VirtualHost *:80>\nServerName a.example\nAllowEncodedSlashes NoDecode\n{line}\n</VirtualHost>\n"
    setup = Setup({"site.conf": text}, {}, listen=(80,), modules=("proxy", "proxy_http"))
    probe = Probe("a.example", "/r/a%2Fb%20c")
    done = server.run(setup, [probe], httpd)
    (pair,) = compare(model_of(setup), done.answers)
    assert pair.difference is None
    assert pair.is_known is bool(mapped)
    assert done.answers[probe].mapped == f"proxy:{mapped or f'{_BACK}/r/a%2Fb%20c'}"


@pytest.mark.parametrize("words", ["", " nocanon"])
def test_other_characters_are_escaped_as_they_are_sent(words: str, httpd: Path) -> None:
    text = f"<VirtualHost *:80>\nServerName a.example\nProxyPass /r/ {_BACK}/{words}\n</VirtualHost>\n"
    setup = Setup({"site.conf": text}, {}, listen=(80,), modules=("proxy", "proxy_http"))
    done = server.run(setup, [Probe("a.example", "/r/a%20b")], httpd)
    (pair,) = compare(model_of(setup), done.answers)
    assert pair.is_known
    assert pair.difference is None


def _probe(words: str) -> Probe:
    method, _, url = words.rpartition(" ")
    who, at, rest = url.rpartition("@")
    host, slash, path = rest.partition("/")
    headers = (("Authorization", f"Basic {b64encode(who.encode()).decode()}"),) if at else ()
    return Probe(host, slash + path, method=method or "GET", tls=False, headers=headers)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("RewriteCond %{TIME_YEAR} -gt 2000", "RewriteCond: bad flag delimiters"),
        ("RewriteCond a b [XX]", "RewriteCond: unknown flag 'XX'"),
        ("RewriteCond a [", "RewriteCond: cannot compile regular expression '['"),
        ("RewriteRule ^ - [F, L]", "RewriteRule: bad flag delimiters"),
        ("RewriteRule ^ - [F,]", "RewriteRule: unknown flag ''"),
        ("RewriteRule ^ - [OR]", "RewriteRule: unknown flag 'OR'"),
        ("RewriteRule ^ - [R=99]", "RewriteRule: invalid HTTP response code '99' for flag 'R'"),
        ("RewriteRule ^ - [R=418]", "RewriteRule: invalid HTTP response code '418' for flag 'R'"),
        ("RewriteRule ^ - [R=425]", "RewriteRule: invalid HTTP response code '425' for flag 'R'"),
        ("RewriteRule ^ - [R=306]", "RewriteRule: invalid HTTP response code '306' for flag 'R'"),
        ("RewriteRule ^ - [R=426]", ""),
        ("ErrorDocument 418 no", "Unsupported HTTP response code 418"),
        ('ServerAdmin ""', "ServerAdmin takes one argument"),
        ('Alias "" /srv/site/www', "Alias takes 1-2 arguments"),
        ('SetEnv SHOP ""', ""),
        ('ErrorDocument 404 ""', "ErrorDocument takes two arguments"),
        ('DocumentRoot ""', "DocumentRoot takes one argument"),
        ("RewriteRule ^ - [BNE]", "RewriteRule: flag 'BNE' wants a list of characters (i.e. [BNE=...])"),
        ("RewriteRule ^ - [F] # no", ""),
        ("RewriteRule ^ - [bnp,R=permanent]", ""),
        ("RewriteCond a -lt[ [NC,OR,novary]", ""),
        ("RewriteOptions Foo", "RewriteOptions: unknown option 'Foo'"),
        ("RewriteOptions inherit MaxRedirects=10", ""),
        ("RewriteMap x int:upper", "RewriteMap: internal map not found:upper"),
        ('Require all "granted"', "Argument for 'Require all' must be 'granted' or 'denied'"),
        ("Require ip", "'require ip' requires an argument"),
        ("Require method GET,POST", "Invalid Method 'GET,POST'"),
        ("AllowMethods -POST", "AllowMethods: Invalid Method '-POST'"),
        ("AllowMethods reset", ""),
        ("<IfFile /etc/none>\nRequire not ip 10.0.0.1\n</IfFile>", "?"),
        ("<If \"'a' in split(/,/, 'a,b')\">\n</If>", "?"),
        ('ErrorDocument 403 ""', "ErrorDocument takes two arguments"),
        ('SetEnv "" x', "SetEnv takes 1-2 arguments"),
        ('SetEnv x ""', ""),
        ('AddHandler "" .py', "AddHandler requires at least two arguments"),
        ("Redirect permanent", "URL to redirect to is missing"),
        ("Redirect https://x.invalid/", "URL to redirect to is missing"),
        ("<IfModule mod_alias.c>\nRedirect 303\n</IfModule>", "URL to redirect to is missing"),
    ],
)
def test_lines_that_httpd_refuses(line: str, message: str, httpd: Path) -> None:
    """Of what ends in a question the tool does not say that httpd starts."""
    where = "Directory /srv/site/www" if line.startswith(("Require", "AllowMethods", "<")) else ""
    text = f"<{where}>\n{line}\n</Directory>\n" if where else f"{line}\n"
    setup = Setup({"site.conf": text}, TREE, listen=(80,), modules=MODULES)
    done, found = server.run(setup, [Probe("a.example", "/")], httpd), verdict(model_of(setup))
    if message == "?":
        assert found.starts is None
    else:
        assert done.started is found.starts is not bool(message), (done.messages, found)
        assert message in found.reason
        assert any(message in one for one in done.messages)
