""".htaccess files: which httpd reads, what it takes of them, and the 500 of one that it refuses."""

from __future__ import annotations

import pytest
from test_trace import outcome, server

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.request import Kind, request_of, trace

_MODULES = "".join(
    f"LoadModule {name}_module modules/mod_{name}.so\n"
    for name in (
        "access_compat", "alias", "auth_basic", "authn_core", "authz_core", "authz_host", "dir", "env", "mime", "rewrite",
        "setenvif", "autoindex", "wsgi",
    )
)  # fmt: skip
_URL = "http://main.example/d/f.txt"


def with_htaccess(text: str, override: str = "AllowOverride All", *, more: str = "", root: str = "/srv/w") -> Config:
    """A whole server with one .htaccess, in a directory of the DocumentRoot."""
    conf = (
        f"{_MODULES}{more}ServerName main.example\nListen 80\nDocumentRoot {root}\n"
        f"<Directory {root}>\n    {override}\n    Require all granted\n</Directory>\n"
    )
    return server(
        conf, {f"{root}/d/f.txt": "f", f"{root}/d/page.html": "p", f"{root}/a.txt": "a", f"{root}/d/.htaccess": text}
    )


@pytest.mark.parametrize(
    ("override", "text", "status"),
    [
        ("AllowOverride All", "Options +Indexes\n", 200),
        ("AllowOverride Options", "Options +Indexes\n", 200),
        ("AllowOverride FileInfo", "Options +Indexes\n", 500),
        ("AllowOverride Options=Indexes", "Options +Indexes\n", 200),
        ("AllowOverride Options=Indexes", "Options +ExecCGI\n", 500),
        ("AllowOverride Options=Indexes,ExecCGI", "Options ExecCGI Indexes\n", 200),
        ("AllowOverride Indexes", "DirectoryIndex page.html\n", 200),
        ("AllowOverride AuthConfig", "DirectoryIndex page.html\n", 500),
        ("AllowOverride FileInfo", "SetHandler nothing\n", 200),
        ("AllowOverride Limit", "SetHandler nothing\n", 500),
        ("AllowOverride Limit", "Order deny,allow\nDeny from all\n", 403),
        ("AllowOverride AuthConfig", "Require all denied\n", 403),
        ("AllowOverride Limit", "Require all denied\n", 500),
        ("AllowOverride None", "Nonsense\n", 200),
        ("AllowOverrideList Require", "Require all denied\n", 403),
        ("AllowOverride None\n    AllowOverrideList Require", "Require all denied\n", 403),
        ("AllowOverride None\n    AllowOverrideList Require", "Options +Indexes\n", 500),
        ("AllowOverride None\n    AllowOverrideList FileInfo", "Options +Indexes\n", 200),
        ("AllowOverride None\n    AllowOverrideList FileInfo Require", "Require all denied\n", 403),
        ("AllowOverride All Nonfatal=Unknown", "Nonsense\nRequire all denied\n", 403),
        ("AllowOverride AuthConfig Nonfatal=Override", "Options +Indexes\n", 200),
        ("AllowOverride AuthConfig Nonfatal=Override", "Nonsense\n", 500),
        ("AllowOverride AuthConfig Nonfatal=All", "Nonsense\nWSGIProcessGroup x\n", 200),
    ],
)
def test_what_each_class_of_allowoverride_lets_it_say(override: str, text: str, status: int) -> None:
    assert outcome(with_htaccess(text, override), _URL).status == status


@pytest.mark.parametrize(
    "text",
    [
        "Nonsense on\n",
        "WSGIScriptAlias /x /srv/x.wsgi\n",
        "WSGIDaemonProcess x\n",
        "<VirtualHost *:80>\n</VirtualHost>\n",
        "<Directory /srv>\n</Directory>\n",
        "<Location />\n</Location>\n",
        "Alias /x /y\n",
        "Options Everything\n",
        "Options +Indexes FollowSymLinks\n",
        "AllowOverride None\n",
        "SetHandler one two\n",
        "RewriteEngine maybe\n",
        "php_flag engine off\n",
        "SSLRequireSSL\n",
        "<RequireNone>\nRequire all denied\n</RequireNone>\n",
        "<Files *>\nRequire all granted\n<RequireNone>\nRequire ip 192.0.2.1\n</RequireNone>\n</Files>\n",
        "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire not ip 192.0.2.1\n</RequireNone>\n</RequireAll>\n",
        "<RequireAny>\n</RequireAny>\n",
        "<RequireAny>\nRequire all granted\nOptions +Indexes\n</RequireAny>\n",
        "<Files *.txt>\nNonsense on\n</Files>\n",
        "<Files *.txt>\n",
        "\ufeffRequire all granted\n",
        "<IfModule mod_rewrite.c>\nNonsense on\n</IfModule>\n",
    ],
)
def test_one_line_that_httpd_refuses_is_500_for_all_below(text: str) -> None:
    config = with_htaccess(text)
    found = outcome(config, _URL)
    assert (found.kind, found.status) == (Kind.ERROR, 500)
    assert "/srv/w/d/.htaccess" in found.reason
    assert outcome(config, "http://main.example/a.txt").kind is Kind.FILE


def test_the_line_at_fault_is_named() -> None:
    found = outcome(with_htaccess("Require all granted\nServerName x\n"), _URL)
    place = found.because[-1]
    assert place.item is not None
    assert (place.item.file.name, place.item.line) == ("/srv/w/d/.htaccess", 2)


@pytest.mark.parametrize("test", ["mod_nothing.c", "!mod_rewrite.c", "mod_ssl.c"])
def test_what_a_condition_leaves_out_is_no_fault(test: str) -> None:
    text = f"<IfModule {test}>\nNonsense on\n</IfModule>\n"
    assert outcome(with_htaccess(text), _URL).kind is Kind.FILE


def test_a_condition_needs_some_class() -> None:
    text = "<IfModule mod_nothing.c>\nRequire all granted\n</IfModule>\n"
    assert outcome(with_htaccess(text, "AllowOverride None\n    AllowOverrideList Require"), _URL).status == 500


def test_of_a_module_that_nobody_knows_anything_may_be_a_directive() -> None:
    strange = "LoadModule strange_module modules/strange.so\n"
    found = outcome(with_htaccess("Nonsense on\n", more=strange), _URL)
    assert found.kind is Kind.UNKNOWN
    assert "Nonsense" in found.reason


def test_settings_of_php_are_taken_where_php_is_loaded() -> None:
    php = "LoadModule php_module modules/libphp.so\n"
    assert outcome(with_htaccess("php_flag engine off\n", more=php), _URL).kind is Kind.FILE


@pytest.mark.parametrize(
    ("setter", "status"),
    [
        ("SetEnvIf Request_URI txt$ OPEN", 200),
        ("SetEnvIf Request_URI html$ OPEN", 403),
        ("SetEnvIfNoCase Request_URI TXT$ OPEN=1", 200),
        ('SetEnvIfExpr "%{REQUEST_URI} =~ /f.txt/" OPEN', 200),
        ("SetEnvIf Request_URI txt$ OPEN\nSetEnvIf Request_URI f !OPEN", 403),
        ("SetEnv OPEN 1", 403),
        ("PassEnv OPEN", 403),
        ("RewriteEngine On\nRewriteRule . - [E=OPEN:1]", 403),
    ],
)
def test_the_variables_that_require_env_sees(setter: str, status: int) -> None:
    assert outcome(with_htaccess(f"{setter}\nRequire env OPEN\n"), _URL).status == status


def test_a_variable_by_a_header_is_a_branch() -> None:
    traced = trace(with_htaccess("SetEnvIf Referer x OPEN\nRequire env OPEN\n"), request_of(_URL))
    assert {branch.outcome.status for branch in traced} == {200, 403}


def test_it_holds_for_the_directory_and_below() -> None:
    config = with_htaccess("Require all denied\n", "AllowOverride AuthConfig")
    assert outcome(config, "http://main.example/d/page.html").status == 403
    assert outcome(config, "http://main.example/a.txt").status == 200


def test_accessfilename_says_how_it_is_called() -> None:
    assert outcome(with_htaccess("Nonsense\n", more="AccessFileName .other\n"), _URL).kind is Kind.FILE
