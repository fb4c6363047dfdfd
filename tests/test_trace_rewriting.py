"""Tables and rounds of mod_rewrite, its own names of headers, requests that are given whole, and mod_proxy."""

from __future__ import annotations

import pytest
from test_trace import outcome
from test_trace_modelled import _MODULES, answer, made

from modwsgi_fix.model.request import Kind, Outcome, request_of, trace

_TABLE = {"/srv/w/a.txt": "a", "/srv/w/doc.html": "d", "/srv/table": "# a /no\nold  /doc.html  more\n lost /no\n"}


def _rewritten(lines: str, path: str = "/a.txt", **details: object) -> Outcome:
    config = made(f"RewriteEngine On\n{lines}", tree=_TABLE)
    return outcome(config, f"http://main.example{path}", **details)


@pytest.mark.parametrize(
    ("rules", "path", "file"),
    [
        ("RewriteMap t txt:/srv/table\nRewriteRule ^/(old)$ ${t:$1}", "/old", "/srv/w/doc.html"),
        ("RewriteMap t /srv/table\nRewriteRule ^/(.*)$ ${t:$1|/a.txt}", "/lost", "/srv/w/a.txt"),
        ("RewriteMap l int:tolower\nRewriteRule ^/(DOC)(.*) /${l:$1}$2", "/DOC.html", "/srv/w/doc.html"),
        ("RewriteRule ^/x$ ${none:x|/a.txt}", "/x", "/srv/w/a.txt"),
        ("RewriteRule ^(.*)_(.*)$ $1$2 [N]", "/_d_o_c.html", "/srv/w/doc.html"),
        ("<IfModule mod_rewrite.c>\nRewriteRule ^/a/(.*) /$1 [N]\n</IfModule>", "/a/a/a/a.txt", "/srv/w/a.txt"),
    ],
)
def test_tables_and_rounds_lead_to_a_file(rules: str, path: str, file: str) -> None:
    assert _rewritten(rules, path).file == file


@pytest.mark.parametrize(
    "rules",
    [
        "RewriteMap t prg:/srv/program\nRewriteRule ^ ${t:x}",
        "RewriteMap t rnd:/srv/table\nRewriteRule ^ ${t:old}",
        "RewriteMap t txt:/srv/none\nRewriteRule ^ ${t:old}",
        "RewriteRule ^(.*)$ $1x [N]",
        "RewriteRule ^ /%{TIME}",
    ],
)
def test_what_a_rule_cannot_be_followed_through_is_unknown_by_its_words(rules: str) -> None:
    found = _rewritten(rules)
    assert found.kind is Kind.UNKNOWN
    assert found.because[-1].item is not None or "RewriteRule" in found.reason


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("%{HTTP:X-Forwarded-Proto} !https", 403),
        ("%{HTTP:X-Forwarded-Proto} ^https$", 200),
        ("%{HTTP_USER_AGENT} ^$", 403),
        ("%{THE_REQUEST} ^GET\\ /a", 403),
        ("%{REMOTE_USER} .", 200),
    ],
)
def test_a_request_that_is_given_whole_has_no_other_header(condition: str, status: int) -> None:
    assert _rewritten(f"RewriteCond {condition}\nRewriteRule ^ - [F]", is_whole=True).status == status


def test_of_other_requests_a_header_that_is_not_named_stays_open() -> None:
    config = made("RewriteEngine On\nRewriteCond %{HTTP:X-Forwarded-Proto} !https\nRewriteRule ^ - [F]")
    open_, whole = (
        trace(config, request_of("http://main.example/a.txt", is_whole=is_whole)) for is_whole in (False, True)
    )
    assert {branch.outcome.status for branch in open_} == {200, 403}
    assert len(whole.branches) == 1


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_PROTO", "SSL_PROTOCOLL", "NONSENSE"])
def test_a_variable_that_mod_rewrite_has_no_name_for_is_empty(name: str) -> None:
    given = {"headers": (("X-Forwarded-Proto", "https"),)}
    assert _rewritten(f"RewriteCond %{{{name}}} https\nRewriteRule ^ - [F]", **given).status == 200


def test_a_redirect_that_is_not_the_last_rule_is_seen_by_those_behind() -> None:
    assert _rewritten("RewriteRule ^/a /b [R=301]\nRewriteRule /b$ - [F]").status == 403
    found = _rewritten("RewriteRule ^/a /b [R=301]\nRewriteRule other - [F]")
    assert (found.status, found.location) == (301, "http://main.example/b")


def test_a_url_of_this_host_by_name_and_port_is_no_redirect() -> None:
    text = "<VirtualHost *:80>\nServerName {}\nRewriteEngine On\nRewriteRule ^/a http://main.example/doc.html\n</VirtualHost>"
    assert outcome(made(text.format("main.example:80")), "http://main.example/a.txt").file == "/srv/w/doc.html"
    # Without a port in ServerName httpd does not take it for its own (measured).
    assert outcome(made(text.format("main.example")), "http://main.example/a.txt").kind is Kind.REDIRECT


# -- mod_proxy ---------------------------------------------------------------------------------------------------------

_PROXY = (
    _MODULES + "LoadModule proxy_module modules/mod_proxy.so\nLoadModule proxy_http_module modules/mod_proxy_http.so\n"
)


def _away(text: str, path: str = "/a.txt", **details: object) -> Outcome:
    return outcome(made(text, modules=_PROXY), f"http://main.example{path}", **details)


@pytest.mark.parametrize(
    ("text", "path", "location"),
    [
        ("ProxyPass / http://127.0.0.1:8000/", "/a b?q=1", "http://127.0.0.1:8000/a%20b?q=1"),
        ("<Location /d>\nProxyPass http://127.0.0.1:8000/x\n</Location>", "/d/f.txt", "http://127.0.0.1:8000/x/f.txt"),
        ("<IfModule mod_proxy.c>\nProxyPassMatch ^/(d/.*)$ http://h/$1\n</IfModule>", "/d/f.txt", "http://h/d/f.txt"),
        (
            "RewriteEngine On\nRewriteRule ^/d(.*) http://127.0.0.1:8000$1 [P]",
            "/d/f.txt",
            "http://127.0.0.1:8000/f.txt",
        ),
        (
            '<Files f.txt>\nSetHandler "proxy:http://127.0.0.1:9000"\n</Files>',
            "/d/f.txt",
            "http://127.0.0.1:9000/srv/w/d/f.txt",
        ),
    ],
)
def test_another_server_is_asked(text: str, path: str, location: str) -> None:
    path, _, query = path.partition("?")
    found = _away(text, path, query=query)
    assert (found.kind, found.location) == (Kind.PROXY, location)


@pytest.mark.parametrize(
    "section", ["<Location /d>", "<Proxy *>", "<Proxy http://127.0.0.1:8000/>", "<ProxyMatch f\\.txt>"]
)
def test_sections_by_url_decide_who_may_ask_another_server(section: str) -> None:
    closer = f"</{section[1:].split()[0]}>"
    found = _away(f"ProxyPass /d http://127.0.0.1:8000/\n{section}\nRequire all denied\n{closer}", "/d/f.txt")
    assert (found.kind, found.status) == (Kind.REFUSED, 403)


def test_sections_of_files_say_nothing_of_what_another_server_answers() -> None:
    text = "ProxyPass /d http://127.0.0.1:8000/\n<Directory />\nRequire all denied\n</Directory>\n<Files *>\nRequire all denied\n</Files>"
    assert _away(text, "/d/f.txt").kind is Kind.PROXY


@pytest.mark.parametrize("exception", ["ProxyPass /d !", "<Location /d>\nProxyPass !\n</Location>"])
def test_an_exception_stays_with_this_server(exception: str) -> None:
    assert _away(f"{exception}\nProxyPass / http://127.0.0.1:8000/", "/d/f.txt").kind is Kind.FILE


def test_a_scheme_that_no_module_speaks_is_an_error() -> None:
    assert _away("ProxyPass /d fcgi://127.0.0.1:9000/", "/d/f.txt").status == 500
    assert answer("RewriteEngine On\nRewriteRule ^/d http://h/ [P]", "/d/f.txt").status == 403


def test_an_extension_behind_a_handlers_takes_nothing_away() -> None:
    text = "AddHandler wsgi-script .wsgi\n<Directory /srv>\nOptions +ExecCGI\n</Directory>\nAlias /s /srv/app.wsgi.old"
    found = outcome(made(text, tree={"/srv/app.wsgi.old": "application = None"}), "http://main.example/s")
    assert found.kind is Kind.APPLICATION


def test_the_slash_of_a_directory_comes_before_what_its_rules_lead_to() -> None:
    text = "<Directory /srv/w>\nRewriteEngine On\nRewriteRule ^d$ /a.txt\n</Directory>"
    found = answer(text, "/d")
    assert (found.status, found.location) == (301, "http://main.example/d/")
    assert answer(text.replace("RewriteEngine", "DirectorySlash Off\nRewriteEngine"), "/d").file == "/srv/w/a.txt"


def test_an_error_behind_another_url_is_spoken_for_by_that_url() -> None:
    text = '<Directory /srv/w>\nRewriteEngine On\nRewriteRule ^a /none\n</Directory>\n<If "%{REQUEST_URI} =~ /txt/">\nErrorDocument 404 http://e.example/\n</If>'
    assert answer(text).status == 404


def test_a_certificate_is_a_question_to_the_visitor() -> None:
    text = "<VirtualHost *:443>\nServerName main.example\nSSLEngine on\n{}\n</VirtualHost>\nListen 443\n"
    for line, refused in (
        ("SSLVerifyClient require", None),
        ("<Location />\nSSLVerifyClient require\n</Location>", 403),
    ):
        found = trace(made(text.format(line)), request_of("https://main.example/a.txt"))
        assert {branch.outcome.status for branch in found} == {200, refused}
    assert trace(made(text.format("SSLVerifyClient optional")), request_of("https://main.example/a.txt")).is_known
