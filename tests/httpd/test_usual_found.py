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
from .usual import made
from .usual_words import MODULES, TREE

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
    "an interpreter for each Host": Found(
        f"{_OPEN}WSGIScriptAlias /shop {SITE}/shop/app.wsgi application-group=%{{HOST}}\n", {"A.Example./shop": "200"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_found(name: str, httpd: Path) -> None:
    case = CASES[name]
    tree: Tree = {**TREE, **case.tree, **({CERTIFICATE: "".join(certificate())} if case.tls else {})}
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
