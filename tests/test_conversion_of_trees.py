"""The conversion of access control where a Location and a directory never meet, and where .htaccess files are in sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

_BASE = """\
ServerName www.test
Listen 80
<Directory />
    AllowOverride None
    Order deny,allow
    Deny from all
</Directory>
"""
_STATUS = """\
<Location /server-status>
    SetHandler server-status
    Order deny,allow
    Deny from all
    Allow from 127.0.0.1
</Location>
"""
_PRESS = """\
    <Directory /srv/www/press>
        AuthType Basic
        AuthName press
        AuthUserFile /srv/users
        Require valid-user
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
        Satisfy any
    </Directory>
"""


def _host(lines: str, root: str = "/srv/www") -> str:
    return f"<VirtualHost *:80>\n    ServerName a.test\n    DocumentRoot {root}\n{lines}</VirtualHost>\n"


def _converted(run: Run, tmp_path: Path, text: str, **files: str) -> tuple[str, str]:
    """What a server's main file is afterwards, and what the page says is left; ``files`` are .htaccess files by directory."""
    conf = tmp_path / "root/etc/httpd/httpd.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text(text)
    for name, said in {"www": "", **files}.items():
        directory = tmp_path / "root/srv" / name.replace("_", "/")
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "index.html").write_text("a page\n")
        if said:
            (directory / ".htaccess").write_text(said)
    words = ("migrate", "--isolated", "--root", "root", "root/etc/httpd")
    run(*words, "--write")
    return conf.read_text(), run(*words).out


@pytest.mark.parametrize(
    "text",
    [
        _BASE + _STATUS + _host(_PRESS),
        # The Location of a host, and of another URL than the directory's.
        _BASE + _host(_PRESS + _STATUS),
        _BASE + _host(_PRESS + _STATUS.replace("/server-status", "/static/img") + "Alias /static /srv/static\n"),
        # An alias and a mount lead to other places.
        _BASE + _host(_PRESS + "WSGIScriptAlias / /srv/app/app.wsgi\n" + _STATUS),
        # A rewriting that sends the browser elsewhere leads to no file.
        _BASE + _STATUS + _host(_PRESS + "RewriteEngine On\nRewriteRule ^/old$ /new [R=301,L]\n"),
        _BASE + "<IfModule mod_dir.c>\n" + _STATUS + "</IfModule>\n" + _host(_PRESS),
    ],
)
def test_a_location_that_does_not_lead_to_a_directory_lifts_nothing_of_it(run: Run, tmp_path: Path, text: str) -> None:
    after, page = _converted(run, tmp_path, text)
    assert "Order" not in after, page
    assert "Satisfy" not in after


@pytest.mark.parametrize(
    "text",
    [
        # It leads there, or above it.
        _BASE + _STATUS.replace("/server-status", "/press") + _host(_PRESS),
        _BASE + _STATUS.replace("/server-status", "/press/2012") + _host(_PRESS),
        _BASE + _STATUS.replace("/server-status", "/") + _host(_PRESS),
        _BASE + _host(_PRESS + _STATUS.replace("/server-status", "/news") + "Alias /news /srv/www/press\n"),
        # It may: by rewriting, by a root that depends on the host, or by an expression.
        _BASE + _STATUS + _host(_PRESS + "RewriteEngine On\nRewriteRule ^/server-(.*)$ /press/$1\n"),
        _BASE + _STATUS + _host(_PRESS + "VirtualDocumentRoot /srv/www/%1\n"),
        _BASE + _STATUS.replace("<Location /", "<LocationMatch ^/(a|").replace("Location>", "LocationMatch>") + _host(_PRESS),
        # Nobody knows where: no DocumentRoot is said.
        _BASE + _STATUS + "<VirtualHost *:80>\n    ServerName a.test\n" + _PRESS + "</VirtualHost>\n",
    ],
)  # fmt: skip
def test_one_that_leads_there_or_may_is_left_to_a_person(run: Run, tmp_path: Path, text: str) -> None:
    after, page = _converted(run, tmp_path, text.replace("/(a|server-status>", "/(a|server)-status>"))
    assert "Satisfy any" in after
    assert "it lifts the Require of <Directory /srv/www/press>" in page


_OPEN = """\
<Directory /srv/www>
    AllowOverride {override}
    Order allow,deny
    Allow from all
</Directory>
"""
_DENY = "Order deny,allow\nDeny from all\nAllow from 192.0.2.0/24\n"
_ASK = "AuthType Basic\nAuthName n\nAuthUserFile /srv/users\nRequire valid-user\n"


@pytest.mark.parametrize("override", ["All", "Limit AuthConfig", "AuthConfig Limit Indexes"])
@pytest.mark.parametrize(
    "said",
    [
        _DENY, _ASK, _ASK + "Satisfy all\n", f"<Files secret.txt>\n{_DENY}</Files>\n", "Options -Indexes\n",
        f"<IfModule mod_dir.c>\n{_DENY}</IfModule>\n",
    ],
)  # fmt: skip
def test_files_that_only_restrict_what_is_open_mean_the_same_afterwards(
    run: Run, tmp_path: Path, override: str, said: str
) -> None:
    text = _BASE + _host("") + _OPEN.format(override=override)
    after, page = _converted(run, tmp_path, text, www_internal=said)
    assert "Order" not in after, page
    assert (tmp_path / "root/srv/www/internal/.htaccess").read_text() == said


@pytest.mark.parametrize(
    ("said", "more"),
    [
        # It opens what is closed around it.
        ("Allow from all\n", "<Directory /srv/www/internal>\n    Order allow,deny\n    Deny from all\n</Directory>\n"),
        # One of two is enough, and the other would be the Require around it.
        (_DENY + "Satisfy any\n", ""),
        # A Location is merged after it, and replaces what it says.
        (_DENY, "<Location /internal>\n    Order deny,allow\n    Deny from 198.51.100.7\n</Location>\n"),
        (_ASK, '<Files "*.html">\n    Order deny,allow\n    Deny from 198.51.100.7\n</Files>\n'),
    ],
)
def test_a_file_that_would_mean_something_else_is_named(run: Run, tmp_path: Path, said: str, more: str) -> None:
    text = _BASE + _host("") + _OPEN.format(override="All") + more
    after, page = _converted(run, tmp_path, text, www_internal=said)
    assert "Order" in after
    assert "/srv/www/internal/.htaccess sets access, and would be merged otherwise" in page


def test_without_the_disk_nobody_knows_what_such_files_say(run: Run, tmp_path: Path) -> None:
    (tmp_path / "httpd.conf").write_text(_BASE + _host("") + _OPEN.format(override="All"))
    assert (
        ".htaccess files that AllowOverride admits may be written in the old way"
        in run("migrate", "--isolated", ".").out
    )


# -- old words under a denial of 2.4 -------------------------------------------

_NEW_BASE = """\
ServerName www.test
Listen 80
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
"""
_APP = """\
    WSGIScriptAlias / /srv/app/app.wsgi
    <Directory /srv/app>
        Order allow,deny
        Deny from all
        <Files app.wsgi>
            Order allow,deny
            Allow from all
            Require all granted
        </Files>
    </Directory>
"""
_STATIC = """\
    Alias /static/ /srv/static/
    <Directory /srv/static>
        Order allow,deny
        Allow from all
        Require all granted
    </Directory>
"""
_ADMIN = "    <Location /admin>\n        Order deny,allow\n        Deny from all\n        Allow from 192.0.2.7\n    </Location>\n"


@pytest.mark.parametrize(
    "text",
    [
        # What the URLs lead to is open in both dialects, whatever is said around it.
        _NEW_BASE + "<Location /status>\n    Require ip 192.0.2.7\n</Location>\n" + _host(_APP),
        _NEW_BASE + _host(_APP + _ADMIN),
        _NEW_BASE + _host(_APP + _STATIC + _ADMIN),
        _NEW_BASE + "<IfModule mod_dir.c>\n" + _host(_APP + _ADMIN) + "</IfModule>\n",
        _NEW_BASE + "<Location /status>\n    Require ip 192.0.2.7\n</Location>\n" + _host(_APP + _STATIC) + _host(_ADMIN + _APP),
    ],
)  # fmt: skip
def test_what_a_location_leads_to_counts_and_not_what_is_denied_around_it(run: Run, tmp_path: Path, text: str) -> None:
    after, page = _converted(run, tmp_path, text)
    assert "Order" not in after, page
    assert after.count("Require all denied") == 2 + text.count("Deny from all\n        <Files")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Static files below it: the denial of .htaccess would be lifted for whom the Location admits.
        (_NEW_BASE + _host(_APP + _STATIC + _ADMIN.replace("/admin", "/static")), "<Location /static>"),
        # The script itself is denied by the old words.
        (
            _NEW_BASE + "<Location /status>\n    Require ip 192.0.2.7\n</Location>\n"
            + _host(_APP.replace("Allow from all", "Deny from 198.51.100.7\n            Allow from all")),
            "<Location /status>",
        ),
    ],
)  # fmt: skip
def test_what_would_be_lifted_for_it_is_left_to_a_person(run: Run, tmp_path: Path, text: str, said: str) -> None:
    after, page = _converted(run, tmp_path, text)
    assert "Order" in after
    assert said in page


# -- which modules 2.4 has to load ---------------------------------------------

_OLD_LIST = "".join(
    f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
    for name in ("alias", "authz_host", "deflate", "dir", "mime", "ssl", "proxy", "proxy_balancer", "auth_basic")
)


def _loaded(run: Run, tmp_path: Path, lines: str) -> list[str]:
    """The modules that a move adds to a list of httpd 2.2."""
    (tmp_path / "apache2.conf").write_text(_OLD_LIST + _BASE + lines)
    added = [line.split() for line in run("migrate", "--isolated", "--diff", ".").out.splitlines()]
    return [words[1].removesuffix("_module") for words in added if words[:1] == ["+LoadModule"]]


@pytest.mark.parametrize(
    ("lines", "module"),
    [
        ("AddOutputFilterByType DEFLATE text/html\n", "filter"),
        ("<IfModule mod_deflate.c>\nAddOutputFilterByType DEFLATE text/html\n</IfModule>\n", "filter"),
        ("SSLSessionCache shmcb:/run/cache(512000)\n", "socache_shmcb"),
        ("SSLSessionCache dbm:/run/cache\n", "socache_dbm"),
        ("<IfModule mod_ssl.c>\nSSLSessionCache shmcb:/run/cache(512000)\n</IfModule>\n", "socache_shmcb"),
        ("", "slotmem_shm"),
        ("<Proxy balancer://apps>\nBalancerMember http://127.0.0.1:8001\n</Proxy>\n", "lbmethod_byrequests"),
        ("ExpiresActive On\n", "expires"),
    ],
)
def test_a_module_that_the_new_release_needs_is_loaded(run: Run, tmp_path: Path, lines: str, module: str) -> None:
    assert module in _loaded(run, tmp_path, lines)


@pytest.mark.parametrize(
    ("lines", "module"),
    [
        ("<IfModule mod_expires.c>\nExpiresActive On\n</IfModule>\n", "expires"),
        ("SSLSessionCache none\n", "socache_shmcb"),
        ("", "lbmethod_byrequests"),
        ("<Proxy balancer://a>\nBalancerMember http://127.0.0.1\nProxySet lbmethod=bytraffic\n</Proxy>\n", "lbmethod_byrequests"),
        ("LoadModule filter_module /usr/lib/apache2/modules/mod_filter.so\nAddOutputFilterByType DEFLATE a/b\n", "filter"),
    ],
)  # fmt: skip
def test_one_that_it_does_not_need_is_not(run: Run, tmp_path: Path, lines: str, module: str) -> None:
    loaded = _loaded(run, tmp_path, lines)
    assert "authz_core" in loaded
    assert module not in loaded


@pytest.mark.parametrize(("words", "is_needed"), [(_DENY, True), ("Options -Indexes\n", False)])
def test_files_beside_the_configuration_need_mod_access_compat_as_long_as_they_have_the_old_words(
    run: Run, tmp_path: Path, *, words: str, is_needed: bool
) -> None:
    text = _OLD_LIST + _BASE + _host("") + _OPEN.format(override="All")
    after, page = _converted(run, tmp_path, text, www_internal=words)
    assert "authz_core" in after + page
    assert ("access_compat" in after + page) is is_needed


def test_a_file_that_waits_for_the_new_modules_is_not_called_refused(run: Run, tmp_path: Path) -> None:
    text = _OLD_LIST + _BASE + _host("") + _OPEN.format(override="All")
    _, page = _converted(run, tmp_path, text, www_internal=_ASK, www_other="WSGIScriptAlias / /srv/app.wsgi\n")
    assert "AuthType is not a directive" not in page
    # What no module makes right is.
    assert "WSGIScriptAlias is not allowed here" in page
