"""Servers as administrators write them: what is said of their start, and what they have found, against a real httpd.

``CASES`` are what made servers have found once, each with the answers of a real httpd, which do not differ from the model any more.
"""

from __future__ import annotations

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


def _probe(words: str) -> Probe:
    method, _, url = words.rpartition(" ")
    host, slash, path = url.partition("/")
    return Probe(host, slash + path, method=method or "GET", tls=False)


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
