"""docs/from-2.2.md: every directive of 2.2 that 2.4 refuses is in it, and each row is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from from_22 import Row, names, rows
from support import Run
from test_directives_httpd import HTTPD, MODULES, everything, listing
from test_directives_httpd import run as httpd

from modwsgi_fix import directives
from modwsgi_fix.rule import all_rules

needs_httpd = pytest.mark.skipif(
    not (Path(HTTPD).exists() and (MODULES / "mod_wsgi.so").exists()),
    reason="no httpd with mod_wsgi as Debian lays it out",
)


def inside(line: str) -> str:
    return f"<Directory /srv/www>\n    {line}\n</Directory>\n"


#: Enough modules to be a list of them; what is asked for is not among them.
LOADED = "".join(
    f"LoadModule {name}_module {MODULES}/mod_{name}.so\n"
    for name in ("mpm_event", "authz_core", "authn_socache", "proxy", "proxy_balancer", "slotmem_shm", "alias", "dir")
)
OLD_ACCESS = "<Directory /srv/www>\n    Order allow,deny\n    Allow from all\n    Deny from 192.0.2.1\n    Satisfy all\n</Directory>\n"
#: What 2.2 took, by the directive that changed. Others are written with one word at the level of the server.
EXAMPLES = {
    **dict.fromkeys(("Allow", "Deny", "Order", "Satisfy"), OLD_ACCESS),
    **{name: inside(f"{name} Off") for name in names() if name.startswith("Authz") and name.endswith("Authoritative")},
    "AcceptMutex": "AcceptMutex fcntl\n",
    "AddOutputFilterByType": LOADED + "AddOutputFilterByType DEFLATE text/html\n",
    "AllowCONNECT": LOADED + "AllowCONNECT 443\n",
    "AuthDefaultAuthoritative": inside("AuthDefaultAuthoritative Off"),
    "AuthName": LOADED + inside("AuthName club"),
    "AuthType": LOADED + inside("AuthType Basic"),
    "AuthnProviderAlias": LOADED
    + "<AuthnProviderAlias file club>\n    AuthUserFile /srv/users\n</AuthnProviderAlias>\n",
    "BalancerMember": LOADED + "<Proxy balancer://x>\nBalancerMember http://127.0.0.1 lbmethod=bytraffic\n</Proxy>\n",
    "CacheEnable": "CacheEnable mem /\n",
    "CharsetOptions": "CharsetOptions ImplicitAdd DebugLevel=1\n",
    "CustomLog": 'CustomLog "|/usr/bin/tee /srv/a | /usr/bin/logger" common\n',
    "DefaultType": "DefaultType text/plain\n",
    "DumpIOLogLevel": "LogLevel debug\nDumpIOLogLevel debug\n",
    "ErrorLog": 'ErrorLog "|/usr/bin/tee > /srv/a"\n',
    "ExtFilterOptions": inside("ExtFilterOptions DebugLevel=1"),
    "FilterProvider": "FilterProvider x DEFLATE resp=Content-Type $text/html\n",
    "IfModule": "<IfModule mod_disk_cache.c>\n    CacheRoot /srv/cache\n</IfModule>\n",
    "Include": "Include conf.d/*.conf\n",
    "KeepAlive": "KeepAlive 5\n",
    "LDAPTrustedClientCert": "LDAPTrustedClientCert CERT_BASE64 /srv/ldap.pem\n",
    "LoadModule": f"LoadModule disk_cache_module {MODULES}/mod_disk_cache.so\n",
    "MaxClients": "MaxClients 150\n",
    "MaxRequestsPerChild": "MaxRequestsPerChild 0\n",
    "NameVirtualHost": "NameVirtualHost *:80\n",
    "Options": inside("Options Indexes +FollowSymLinks"),
    "ProxyFtpDirCharset": LOADED + "ProxyFtpDirCharset UTF-8\n",
    "ProxyPass": LOADED + "ProxyPass /x balancer://x\n",
    "ProxyPassMatch": LOADED + "ProxyPassMatch ^/x balancer://x lbmethod=bybusyness\n",
    "ProxySet": LOADED + "<Proxy balancer://x>\nProxySet lbmethod=byrequests\n</Proxy>\n",
    "Require": LOADED + inside("Require valid-user"),
    "RewriteLogLevel": "RewriteLogLevel 3\n",
    "RewriteOptions": "RewriteOptions MaxRedirects=20\n",
    "SSIEnableAccess": inside("SSIEnableAccess On"),
    "SSLCARevocationFile": "SSLCARevocationFile /etc/hosts\n",
    "SSLCARevocationPath": "SSLCARevocationPath /etc\n",
    "SSLCipherSuite": "SSLCipherSuite RC4-SHA:DES-CBC3-SHA\n",
    "SSLProxyCipherSuite": "SSLProxyCipherSuite EXP\n",
    "SSLOptions": "SSLOptions +StdEnvVars +CompatEnvVars\n",
    "SSLProtocol": "SSLProtocol -ALL +SSLv3 +TLSv1\n",
    "SSLProxyCARevocationFile": "SSLProxyCARevocationFile /etc/hosts\n",
    "SSLProxyCARevocationPath": "SSLProxyCARevocationPath /etc\n",
    "SSLProxyCheckPeerCN": "SSLProxyEngine on\nProxyPass / https://192.0.2.9/\n",
    "SSLProxyProtocol": "SSLProxyProtocol SSLv2\n",
    "SSLRandomSeed": "SSLRandomSeed startup egd:/var/run/egd-pool\n",
    "SSLSessionCache": "SSLSessionCache shm:/var/run/ssl_scache(512000)\n",
    "TransferLog": 'TransferLog "|/usr/bin/tee /srv/a; /bin/true"\n',
    "WSGIApacheExtensions": inside("WSGIApacheExtensions On"),
    "WSGIReloadMechanism": "WSGIReloadMechanism Process\n",
    "Win32DisableAcceptEx": "Win32DisableAcceptEx\n",
}
#: httpd starts with these; all others it refuses.
TAKEN = {
    "Allow", "Deny", "Order", "Satisfy", "NameVirtualHost", "DefaultType", "MaxClients", "MaxRequestsPerChild", "RewriteOptions",
    "SSLCARevocationFile", "SSLCARevocationPath", "SSLProxyCARevocationFile", "SSLProxyCARevocationPath",
    "IfModule", "SSLCipherSuite", "SSLProxyCipherSuite", "WSGILazyInitialization",
}  # fmt: skip


def example_of(name: str) -> str:
    return EXAMPLES.get(name, f"{name} On\n")


def of(done: str) -> list[tuple[Row, str]]:
    return [(row, name) for row in rows() for name in row.names if row.done == done]


def test_no_directive_stands_twice_and_each_is_one_of_an_older_release() -> None:
    said = [name for row in rows() for name in row.names]
    assert len(said) == len(set(said))
    known = set(names())
    for name in said:
        info = directives.find(name)
        assert name in known or (info is not None and (info.of_mod_wsgi or info.until)), name


def test_each_rule_is_one_of_ours_and_mends_where_it_is_said_to() -> None:
    for row in rows():
        if row.done != "nothing":
            assert row.rule in all_rules(), row
        if row.done == "mended":
            assert "## The fix" in all_rules()[row.rule].page, row
        assert (row.done == "nothing") == bool(row.reason), row


def test_every_directive_that_the_tables_took_from_22_is_told() -> None:
    said = {name for row in rows() for name in row.names}
    gone = {
        info.name
        for info in directives.directives().values()
        if info.until and (info.of_mod_wsgi or info.until.startswith("2.4"))
    }
    assert gone <= said


@needs_httpd
def test_every_directive_of_22_that_httpd_does_not_know_is_told(tmp_path: Path) -> None:
    known = {
        name.strip("<>").casefold()
        for mpm in ("event.c", "worker.c", "prefork.c")
        for name, *_ in listing(tmp_path, mpm)
    }
    said = {name for row in rows() for name in row.names}
    assert len(known) > 600
    assert {name for name in names() if name.casefold() not in known} - said == set()


@needs_httpd
@pytest.mark.parametrize(("row", "name"), of("mended"), ids=lambda given: given if isinstance(given, str) else "")
def test_what_is_mended_is_taken_by_httpd(run: Run, tmp_path: Path, row: Row, name: str) -> None:
    text, modules = example_of(name), everything("event.c")
    before = httpd(tmp_path, f"{modules}\n{text}")
    assert (before.returncode == 0) == (name in TAKEN), before.stderr
    file = tmp_path / "conf" / "httpd.conf"
    file.parent.mkdir()
    file.write_text(text)
    levels = ("safe", "repair", "unsafe")
    lower = levels[: levels.index(row.level)]
    for level in (*lower, row.level):
        run("--isolated", "--select", row.rule, "--fix-level", level, "--write", "--no-impact", "conf")
        assert (file.read_text() != text) == (level == row.level), level
    after = httpd(tmp_path, f"{modules}\n{file.read_text()}")
    assert after.returncode == 0, after.stderr
    assert name in TAKEN or name in file.read_text() or "AH" not in after.stderr


@pytest.mark.parametrize(("row", "name"), of("reported"), ids=lambda given: given if isinstance(given, str) else "")
def test_what_is_reported_is_reported(run: Run, tmp_path: Path, row: Row, name: str) -> None:
    file = tmp_path / "conf" / "httpd.conf"
    file.parent.mkdir()
    file.write_text(example_of(name))
    outcome = run("--isolated", "--all", "--output-format", "json", "conf")
    found = [one for one in json.loads(outcome.out)["findings"] if one["rule"] == row.rule]
    assert found, outcome.out
    assert not any(one.get("fix") for one in found)
