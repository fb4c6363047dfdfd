"""What the grammar of made servers does not draw, held against the real server: certificates of visitors, other servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from modwsgi_fix.engine import findings
from modwsgi_fix.rule import all_rules

from . import server
from .agreement import compare, model_of, report
from .install import certificate
from .probe import Probe
from .root import CERTIFICATE, Tree
from .server import Setup

_TREE: Tree = {"/srv/w/a.txt": "a", "/srv/w/d/b.txt": "b", CERTIFICATE: "".join(certificate())}
_HOST = (
    f"<VirtualHost *:443>\nServerName a.example\nSSLEngine on\nSSLCertificateFile {CERTIFICATE}\nSSLCACertificateFile {CERTIFICATE}\n"
    "DocumentRoot /srv/w\n{}\n</VirtualHost>\n<Directory /srv/w>\nRequire all granted\n</Directory>\n"
)
_PROBES = (Probe("a.example", "/a.txt", 443), Probe("a.example", "/d/b.txt", 443), Probe("a.example", "/none", 443))


@pytest.mark.parametrize(
    "lines",
    [
        "SSLVerifyClient require",
        "SSLVerifyClient optional",
        "SSLVerifyClient optional_no_ca",
        "SSLVerifyClient none",
        "<Location /d>\nSSLVerifyClient require\n</Location>",
        "<Directory /srv/w/d>\nSSLVerifyClient require\n</Directory>",
        "<IfModule mod_ssl.c>\n<Files b.txt>\nSSLVerifyClient require\n</Files>\n</IfModule>",
        "<Location />\nSSLVerifyClient require\n</Location>\n<Location /d>\nSSLVerifyClient none\n</Location>",
        "<Location />\nSSLVerifyClient require\nSatisfy Any\n</Location>",
        "<Location /d>\nSSLVerifyClient require\nOrder allow,deny\nAllow from all\nSatisfy Any\n</Location>",
        "<Location />\nSSLVerifyClient require\nRequire all denied\n</Location>",
    ],
)
def test_certificates_of_visitors(lines: str, httpd: Path) -> None:
    _agree(Setup({"site.conf": _HOST.format(lines)}, _TREE, "2.4", listen=(80, 443)), _PROBES, httpd)


@pytest.mark.parametrize("modules", [(), ("proxy",), ("proxy", "proxy_http")])
@pytest.mark.parametrize(
    "lines",
    [
        "RewriteEngine On\nRewriteRule ^/d(.*) http://127.0.0.1:9$1 [P]",
        "RewriteEngine On\nRewriteRule ^/d http://127.0.0.1:9/ [P,NC]\nErrorDocument 403 /a.txt",
    ],
)
def test_rules_that_ask_another_server(lines: str, modules: tuple[str, ...], httpd: Path) -> None:
    text = f"DocumentRoot /srv/w\n{lines}\n<Directory /srv/w>\nRequire all granted\n</Directory>\n"
    probes = (Probe("a.example", "/d/b.txt"), Probe("a.example", "/a.txt"))
    _agree(Setup({"site.conf": text}, _TREE, "2.4", listen=(80,), modules=modules), probes, httpd)


@pytest.mark.parametrize(
    "lines",
    [
        '<Files *.txt>\nSetHandler "proxy:http://127.0.0.1:9/"\n</Files>',
        '<FilesMatch "txt$">\nSetHandler "proxy:http://127.0.0.1:9"\n</FilesMatch>',
        '<IfModule mod_proxy.c>\n<Directory /srv/w/d>\nSetHandler "proxy:fcgi://127.0.0.1:9/"\n</Directory>\n</IfModule>',
        "ProxyPass / http://127.0.0.1:9/\n<Location /d>\nSetHandler default-handler\n</Location>",
        "ProxyPass / http://127.0.0.1:9/\n<Location /d>\nSetHandler None\n</Location>",
    ],
)
def test_what_another_server_is_asked_for(lines: str, httpd: Path) -> None:
    """The URL is written anew, and the query follows it; SetHandler beside ProxyPass changes a name alone."""
    text = f"DocumentRoot /srv/w\n{lines}\n<Directory /srv/w>\nRequire all granted\n</Directory>\n"
    paths = ("/a.txt", "/a.txt?q=1", "/a%20b.txt?z", "/a%25b.txt", "/a.txt/more%20of?it", "/d/b.txt?q=%20")
    tree = {**_TREE, "/srv/w/a b.txt": "", "/srv/w/a%b.txt": ""}
    setup = Setup({"site.conf": text}, tree, "2.4", listen=(80,), modules=("proxy", "proxy_http", "proxy_fcgi"))
    _agree(setup, [Probe("a.example", path) for path in paths], httpd)


@pytest.mark.parametrize("scheme", ["http", "fcgi", "ws", "h2c"])
def test_a_scheme_that_no_module_speaks(scheme: str, httpd: Path) -> None:
    text = (
        f"ProxyPass /d {scheme}://127.0.0.1:9/\nDocumentRoot /srv/w\n<Location /d>\nRequire all granted\n</Location>\n"
    )
    setup = Setup({"site.conf": text}, _TREE, "2.4", listen=(80,), modules=("proxy",))
    _agree(setup, (Probe("a.example", "/d/b.txt"),), httpd)


@pytest.mark.parametrize("modules", [(), ("cgid",)])
@pytest.mark.parametrize(
    "lines",
    [
        "ScriptAlias /p/ /srv/w/d/",
        "ScriptAliasMatch ^/p/(.*) /srv/w/d/$1",
        "Alias /p/ /srv/w/d/\n<Directory /srv/w/d>\nOptions ExecCGI\nAddHandler cgi-script .txt\n</Directory>",
        "Alias /p/ /srv/w/d/\n<Location /p>\nOptions ExecCGI\nSetHandler cgi-script\n</Location>",
    ],
)
def test_programs_and_a_module_that_runs_them(lines: str, modules: tuple[str, ...], httpd: Path) -> None:
    text = f"DocumentRoot /srv/w\n{lines}\n<Directory /srv/w>\nRequire all granted\n</Directory>\n"
    setup = Setup({"site.conf": text}, _TREE, "2.4", listen=(80,), modules=modules)
    _agree(setup, (Probe("a.example", "/p/b.txt"), Probe("a.example", "/a.txt")), httpd)
    found = [finding.rule for finding in findings(model_of(setup), all_rules().values())]
    assert ("cgi-not-loaded" in found) == (not modules)


def _agree(setup: Setup, probes: tuple[Probe, ...], httpd: Path) -> None:
    done = server.run(setup, probes, httpd)
    assert done.started, done.messages
    pairs = compare(model_of(setup), done.answers)
    assert [report(setup, pair) for pair in pairs if pair.difference is not None] == []
    assert not any(branch.outcome.kind == "unknown" for pair in pairs for branch in pair.branches)
