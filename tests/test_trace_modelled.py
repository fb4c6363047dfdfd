"""What the request model decides of handlers, errors, programs, variants, methods, rewriting and log-ins."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from test_trace import outcome, server

from modwsgi_fix.files import Disk
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import Kind, Outcome, request_of, trace

_MODULES = "".join(
    f"LoadModule {name}_module modules/mod_{name}.so\n"
    for name in (
        "access_compat", "actions", "alias", "allowmethods", "auth_basic", "auth_digest", "authn_core", "authn_file", "authz_core",
        "authz_host", "cgi", "dir", "env", "mime", "negotiation", "rewrite", "setenvif", "autoindex", "wsgi",
    )
)  # fmt: skip
_TREE = {
    "/srv/w/index.html": "i", "/srv/w/a.txt": "a", "/srv/w/doc.html": "d", "/srv/w/two.html": "1", "/srv/w/two.txt": "2",
    "/srv/w/hi.py": "application = None", "/srv/w/d/f.txt": "f", "/srv/w/d/home.html": "h", "/srv/app.wsgi": "application = None",
    "/srv/cgi/run.cgi": "#!/bin/sh", "/etc/mime.types": "text/html html\n", "/srv/users": "joe:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nann:$2y$05$x\n",
}  # fmt: skip


def made(text: str, *, modules: str = _MODULES, tree: Mapping[str, str] = _TREE) -> Config:
    """A whole server with a mount at /app, and all of its DocumentRoot open."""
    conf = (
        f"{modules}ServerName main.example\nListen 80\nDocumentRoot /srv/w\n<Directory /srv>\n    AllowOverride None\n"
        f"    Require all granted\n</Directory>\nWSGIScriptAlias /app /srv/app.wsgi\n{text}\n"
    )
    return server(conf, tree)


def answer(text: str, path: str = "/a.txt", **details: object) -> Outcome:
    """What becomes of one request."""
    return outcome(made(text), f"http://main.example{path}", **details)


def _around(line: str) -> list[str]:
    """A line at the server's level, in a section, and under a condition."""
    return [line, f"<Directory /srv/w>\n{line}\n</Directory>", f"<IfModule mod_mime.c>\n{line}\n</IfModule>"]


# -- Action and Script -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _around("Action mine /app/act\nAddHandler mine .txt"))
def test_an_action_leads_a_handler_to_a_mount(text: str) -> None:
    found = answer(text)
    assert (found.kind, found.file) == (Kind.APPLICATION, "/srv/app.wsgi")
    assert (found.script_name, found.path_info) == ("/app", "/act/a.txt")


@pytest.mark.parametrize(
    ("text", "path", "method", "kind"),
    [
        ("Action text/plain /app/x\nAddType text/plain .txt", "/a.txt", "GET", Kind.APPLICATION),
        ("Action text/plain /app/x\nForceType text/plain", "/a.txt", "GET", Kind.APPLICATION),
        ("Action mine /app/x\nSetHandler mine", "/none", "GET", Kind.NOT_FOUND),
        (
            "Action mine /app/x virtual\n<Directory /srv/w>\nSetHandler mine\n</Directory>",
            "/none",
            "GET",
            Kind.APPLICATION,
        ),
        ("Action other /app/x\nAddHandler mine .txt", "/a.txt", "GET", Kind.FILE),
        ("Script POST /app/x", "/a.txt", "POST", Kind.APPLICATION),
        ("Script POST /app/x", "/a.txt", "GET", Kind.FILE),
        ("Script PUT /app/x", "/none", "PUT", Kind.APPLICATION),
        ("Script GET /app/x", "/a.txt?q=1", "GET", Kind.APPLICATION),
        ("Script GET /app/x", "/a.txt", "GET", Kind.FILE),
    ],
)
def test_where_an_action_or_a_script_answers(text: str, path: str, method: str, kind: Kind) -> None:
    assert answer(text, path, method=method).kind is kind


def test_an_action_for_a_type_needs_to_know_the_type() -> None:
    found = answer("Action text/plain /app/x")
    assert found.kind is Kind.UNKNOWN
    assert "Action" in found.reason


def test_an_action_that_leads_to_itself_is_an_error() -> None:
    assert answer("Action mine /a.txt virtual\nSetHandler mine").status == 500


# -- ErrorDocument -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _around("ErrorDocument 404 http://errors.example/x"))
def test_an_errordocument_with_a_url_is_a_redirect(text: str) -> None:
    found = answer(text, "/none")
    assert (found.kind, found.status, found.location) == (Kind.REDIRECT, 302, "http://errors.example/x")


def test_an_application_that_speaks_for_an_error_says_its_own_status() -> None:
    found = answer("ErrorDocument 403 /app/e\n<Location /a.txt>\nRequire all denied\n</Location>")
    assert (found.kind, found.status, found.path_info) == (Kind.APPLICATION, None, "/e")
    assert any(step.phase == "access" and step.item and step.item.value == "all" for step in found.because)


@pytest.mark.parametrize("document", ["/doc.html", '"not here"', "/none-either", "default", "/d"])
def test_with_a_file_or_a_text_the_status_stays(document: str) -> None:
    found = answer(f"ErrorDocument 404 {document}", "/none")
    assert (found.kind, found.status) == (Kind.NOT_FOUND, 404)


@pytest.mark.parametrize("more", ["AddHandler type-map .html", "<Directory /srv/w>\nOptions +MultiViews\n</Directory>"])
def test_which_page_speaks_for_an_error_does_not_matter(more: str) -> None:
    document = "/two" if "Multi" in more else "/doc.html"
    assert answer(f"ErrorDocument 404 {document}\n{more}", "/none").status == 404


def test_of_401_a_url_is_not_heard() -> None:
    login = "<Location />\nAuthType Basic\nAuthName x\nRequire valid-user\n</Location>"
    assert answer(f"ErrorDocument 401 http://errors.example/\n{login}").status == 401


def test_an_errordocument_of_another_status_says_nothing() -> None:
    assert answer("ErrorDocument 403 http://errors.example/", "/none").status == 404


# -- types and handlers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "ForceType application/x-httpd-wsgi",
        "AddType application/x-httpd-wsgi .py",
        "SetHandler wsgi-script",
        "AddHandler wsgi-script .py",
    ],
)
@pytest.mark.parametrize(("options", "kind"), [("Options +ExecCGI\n", Kind.APPLICATION), ("", Kind.REFUSED)])
def test_what_makes_a_file_a_wsgi_script(line: str, options: str, kind: Kind) -> None:
    assert answer(f"<Directory /srv/w>\n{options}{line}\n</Directory>", "/hi.py").kind is kind


@pytest.mark.parametrize("flag", ["T=application/x-httpd-wsgi", "H=wsgi-script"])
@pytest.mark.parametrize(
    "where",
    [
        "RewriteEngine On\nRewriteRule hi - [{}]",
        "<Directory /srv/w>\nRewriteEngine On\nRewriteRule hi - [{}]\n</Directory>",
    ],
)
def test_a_rewriterule_gives_a_type_or_a_handler(flag: str, where: str) -> None:
    assert answer(where.format(flag), "/hi.py").kind is Kind.REFUSED
    assert answer(where.format(flag) + "\n<Files hi.py>\nOptions +ExecCGI\n</Files>", "/hi.py").kind is Kind.APPLICATION


def test_forcetype_none_takes_it_back() -> None:
    text = "ForceType application/x-httpd-wsgi\n<Directory /srv/w>\nForceType None\n</Directory>"
    assert answer(text, "/hi.py").kind is Kind.FILE


def test_removehandler_takes_a_handler_back() -> None:
    text = "AddHandler wsgi-script .py\n<Directory /srv/w>\nRemoveHandler .py\n</Directory>"
    assert answer(text, "/hi.py").kind is Kind.FILE


# -- programs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _around("ScriptAlias /bin/ /srv/cgi/")[::2])
def test_scriptalias_runs_a_program_without_execcgi(text: str) -> None:
    found = answer(text, "/bin/run.cgi/more")
    assert (found.kind, found.status, found.file, found.path_info) == (Kind.PROGRAM, 200, "/srv/cgi/run.cgi", "/more")


@pytest.mark.parametrize(
    ("text", "path", "kind", "status"),
    [
        ("ScriptAlias /bin/ /srv/cgi/", "/bin/none", Kind.NOT_FOUND, 404),
        ("ScriptAlias /bin/ /srv/cgi/", "/bin/", Kind.REFUSED, 403),
        ("ScriptAlias /bin/ /srv/cgi/\nAddHandler wsgi-script .cgi", "/bin/run.cgi", Kind.REFUSED, 403),
        ("Alias /bin/ /srv/cgi/\nAddHandler cgi-script .cgi", "/bin/run.cgi", Kind.REFUSED, 403),
        ("Alias /bin/ /srv/cgi/\nAddHandler cgi-script .cgi\n<Location /bin>\nOptions +ExecCGI\n</Location>", "/bin/run.cgi", Kind.PROGRAM, 200),
        ("ScriptAliasMatch ^/bin/(.*) /srv/cgi/$1", "/bin/run.cgi", Kind.PROGRAM, 200),
    ],
)  # fmt: skip
def test_what_becomes_of_a_program(text: str, path: str, kind: Kind, status: int) -> None:
    found = answer(text, path)
    assert (found.kind, found.status) == (kind, status)


def test_without_a_module_for_it_a_program_is_sent_as_a_file() -> None:
    without = _MODULES.replace("LoadModule cgi_module modules/mod_cgi.so\n", "")
    config = made("ScriptAlias /bin/ /srv/cgi/", modules=without)
    assert outcome(config, "http://main.example/bin/run.cgi").kind is Kind.FILE


@pytest.mark.parametrize(("mode", "kind"), [(0o755, Kind.PROGRAM), (0o644, Kind.ERROR)])
def test_a_program_that_may_not_be_executed_is_an_error(tmp_path: object, mode: int, kind: Kind) -> None:
    from pathlib import Path

    root = Path(str(tmp_path))
    (root / "srv/cgi").mkdir(parents=True)
    (root / "etc/apache2").mkdir(parents=True)
    (root / "srv/cgi/run.cgi").write_text("#!/bin/sh\n")
    (root / "srv/cgi/run.cgi").chmod(mode)
    (root / "etc/apache2/apache2.conf").write_text(
        f"{_MODULES}ServerName main.example\nListen 80\nScriptAlias /bin/ /srv/cgi/\n<Directory />\nRequire all granted\n</Directory>\n"
    )
    (source,) = find_sources(Disk(), [str(root / "etc/apache2")])
    config = load(source, disk=Rooted(Disk(), str(root)))
    assert outcome(config, "http://main.example/bin/run.cgi").kind is kind


# -- MultiViews --------------------------------------------------------------------------------------------------------

_VIEWS = "<Directory /srv/w>\nOptions +MultiViews\n%s</Directory>"


@pytest.mark.parametrize(
    ("path", "file"),
    [("/doc", "/srv/w/doc.html"), ("/a", "/srv/w/a.txt"), ("/d/f", "/srv/w/d/f.txt"), ("/doc.html", "/srv/w/doc.html")],
)
def test_multiviews_finds_the_file_with_an_extension(path: str, file: str) -> None:
    found = answer(_VIEWS % "", path)
    assert (found.kind, found.file) == (Kind.FILE, file)


def test_multiviews_finds_nothing_where_nothing_begins_so() -> None:
    assert answer(_VIEWS % "", "/nothing").kind is Kind.NOT_FOUND


def test_of_several_variants_the_client_decides() -> None:
    found = answer(_VIEWS % "", "/two")
    assert found.kind is Kind.UNKNOWN
    assert "MultiViews" in found.reason


def test_a_handler_alone_makes_a_variant_where_multiviewsmatch_says_so() -> None:
    text = "TypesConfig /etc/mime.types\n" + _VIEWS % "AddHandler wsgi-script .py\nOptions +ExecCGI\n%s"
    assert answer(text % "", "/hi").kind is Kind.NOT_FOUND
    found = answer(text % "MultiviewsMatch Handlers\n", "/hi")
    assert (found.kind, found.file) == (Kind.APPLICATION, "/srv/w/hi.py")


def test_all_options_have_no_multiviews() -> None:
    assert answer("<Directory /srv/w>\nOptions All\n</Directory>", "/doc").kind is Kind.NOT_FOUND


def test_a_variant_that_nobody_may_see_is_none() -> None:
    assert answer(_VIEWS % "<Files doc.html>\nRequire all denied\n</Files>\n", "/doc").status == 404


def test_what_is_there_is_not_negotiated() -> None:
    assert answer(_VIEWS % "", "/d/home.html").file == "/srv/w/d/home.html"


# -- rewriting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "status"),
    [("R=404", 404), ("R=403", 403), ("R=410", 410), ("R=503", 503), ("F", 403), ("G", 410), ("R=301", 200)],
)
@pytest.mark.parametrize(
    "where",
    [
        "RewriteEngine On\nRewriteRule txt - [{}]",
        "<Directory /srv/w>\nRewriteEngine On\nRewriteRule txt - [{}]\n</Directory>",
    ],
)
def test_a_status_ends_the_request(flag: str, status: int, where: str) -> None:
    assert answer(where.format(flag)).status == status


@pytest.mark.parametrize("word", ["418", "425", "499", "600"])
@pytest.mark.parametrize("line", ["Redirect {} /a.txt", "RedirectMatch {} txt$"])
def test_a_status_that_httpd_has_no_page_for_is_500(word: str, line: str) -> None:
    assert answer(line.format(word)).status == 500
    assert answer(line.format("410")).status == 410


@pytest.mark.parametrize(
    ("rules", "path", "kind", "what"),
    [
        ("RewriteRule ^a\\.txt$ doc.html", "/a.txt", Kind.FILE, "/srv/w/doc.html"),
        ("RewriteRule ^a\\.txt$ /d/f.txt [L]", "/a.txt", Kind.FILE, "/srv/w/d/f.txt"),
        (
            "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ /app/$1 [L]",
            "/x/y",
            Kind.APPLICATION,
            "/srv/app.wsgi",
        ),
        ("RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ /app/$1 [L]", "/a.txt", Kind.FILE, "/srv/w/a.txt"),
        ("RewriteRule ^old$ /new [R=301,L]", "/old", Kind.REDIRECT, "http://main.example/new"),
        ("RewriteRule ^old$ new [R,L]", "/old", Kind.REDIRECT, "http://main.example/srv/w/new"),
        ("RewriteBase /\nRewriteRule ^old$ new [R,L]", "/old", Kind.REDIRECT, "http://main.example/new"),
        ("RewriteRule ^old$ http://moved.example/x", "/old", Kind.REDIRECT, "http://moved.example/x"),
        ("RewriteRule ^a\\.txt$ a.txt", "/a.txt", Kind.FILE, "/srv/w/a.txt"),
    ],
)
def test_rules_by_directory_see_the_file_and_ask_for_a_url(rules: str, path: str, kind: Kind, what: str) -> None:
    found = answer(f"<Directory /srv/w>\nRewriteEngine On\n{rules}\n</Directory>", path)
    assert (found.kind, found.location or found.file) == (kind, what)


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("-eq80", True),
        ("-ne80", False),
        ("-gt79", True),
        ("-lt80", False),
        (">7", True),
        ("<7", False),
        (">=80", True),
        ("!-le80", False),
    ],
)
def test_a_rewritecond_compares(pattern: str, holds: object) -> None:
    text = f"RewriteEngine On\nRewriteCond %{{SERVER_PORT}} {pattern}\nRewriteRule ^ - [F]"
    assert (answer(text).status == 403) is holds


def test_rules_by_directory_need_links_to_be_followed() -> None:
    text = "<Directory /srv/w>\nOptions None\nRewriteEngine On\nRewriteRule ^a /doc.html\n</Directory>"
    assert answer(text).status == 403


def test_rules_that_lead_in_a_circle_are_an_error() -> None:
    text = "<Directory /srv/w>\nRewriteEngine On\nRewriteRule ^(.*)$ /x$1\n</Directory>"
    assert answer(text).status == 500


def test_only_the_rules_of_the_last_section_count() -> None:
    text = "<Directory /srv>\nRewriteEngine On\nRewriteRule txt - [F]\n</Directory>\n<Directory /srv/w>\nRewriteEngine On\n</Directory>"
    assert answer(text).kind is Kind.FILE


@pytest.mark.parametrize(
    ("section", "status"),
    [("Location /", 500), ("Location /a.txt", 200), ("Files a.txt", 200), ("DirectoryMatch ^/srv/w", 500)],
)
def test_rules_in_a_section_of_no_directory_see_the_whole_file(section: str, status: int) -> None:
    """And again that of the URL that they lead to, where the section holds for it: httpd gives up."""
    name = section.partition(" ")[0]
    text = f"<{section}>\nRewriteEngine On\nRewriteRule srv/w /doc.html\n</{name}>"
    assert answer(text).status == status
    assert answer(text.replace("srv/w", "^a")).file == "/srv/w/a.txt"


def test_rules_in_a_section_with_an_expression_see_the_whole_path() -> None:
    """httpd has no directory for such a section that it could take off the path, or put before what a rule makes."""
    text = "<If true>\nRewriteEngine On\nRewriteRule {}\n</If>"
    assert answer(text.format("^/srv/w/a - [G]")).status == 410
    assert answer(text.format("^a - [G]")).status == 200
    assert answer(text.format("a[.]txt none.html")).status == 400


# -- mod_dir -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _around("FallbackResource /app/fallen"))
def test_fallbackresource_answers_for_what_is_not_there(text: str) -> None:
    found = answer(text, "/none/at/all")
    assert (found.kind, found.path_info) == (Kind.APPLICATION, "/fallen")
    assert answer(text).kind is Kind.FILE


def test_fallbackresource_that_is_not_there_itself_is_an_error() -> None:
    assert answer("FallbackResource /none.html", "/other").status == 500


def test_directoryindexredirect_sends_the_visitor_to_the_index() -> None:
    found = answer("DirectoryIndexRedirect permanent", "/?x=1")
    assert (found.status, found.location) == (301, "http://main.example/index.html")


def test_serverpath_is_cut_off_below_the_documentroot() -> None:
    assert answer("ServerPath /old", "/old/a.txt").file == "/srv/w/a.txt"
    assert answer("ServerPath /old", "/older/a.txt").kind is Kind.NOT_FOUND


# -- methods and sizes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "method", "path", "status"),
    [
        ("", "PUT", "/a.txt", 405),
        ("", "BREWER", "/a.txt", 501),
        ("TraceEnable off", "TRACE", "/a.txt", 405),
        ("TraceEnable off", "TRACE", "/app/x", 405),
        ("<Location />\nAllowMethods GET\n</Location>", "POST", "/a.txt", 405),
        ("<Location />\nAllowMethods GET\n</Location>", "HEAD", "/a.txt", 200),
        (
            "<Location />\nAllowMethods GET\n</Location>\n<Location /a.txt>\nAllowMethods reset\n</Location>",
            "POST",
            "/a.txt",
            200,
        ),
        ("LimitRequestLine 30", "GET", "/a-name-that-is-quite-long.txt", 414),
        ("LimitRequestLine 18", "GET", "/a.txt", 200),
        ("LimitRequestLine 17", "GET", "/a.txt", 414),
    ],
)
def test_what_a_method_or_a_size_comes_to(text: str, method: str, path: str, status: int) -> None:
    assert answer(text, path, method=method).status == status


@pytest.mark.parametrize(
    ("text", "method", "path"),
    [
        ("", "OPTIONS", "/a.txt"),
        ("", "OPTIONS", "/no-such-file.txt"),
        ("", "TRACE", "/a.txt"),
        ("", "TRACE", "/app/x"),
        ("TraceEnable extended", "TRACE", "/a.txt"),
        ("<Location />\nRequire all denied\n</Location>", "TRACE", "/a.txt"),
    ],
)
def test_what_httpd_answers_by_itself_is_no_file(text: str, method: str, path: str) -> None:
    found = answer(text, path, method=method)
    assert (found.kind, found.status, found.short) == (Kind.SERVER, 200, "httpd itself")


@pytest.mark.parametrize(
    ("text", "method", "kind"),
    [
        ("<Location />\nRequire all denied\n</Location>", "OPTIONS", Kind.REFUSED),
        ("<Location />\nAllowMethods GET\n</Location>", "OPTIONS", Kind.ERROR),
        # With Satisfy Any the lines of Require decide where a checker has refused, that of methods among them (measured).
        ("<Location />\nAllowMethods GET\nSatisfy Any\nRequire all granted\n</Location>", "OPTIONS", Kind.SERVER),
        ("<Location />\nAllowMethods GET\nSatisfy All\nRequire all granted\n</Location>", "OPTIONS", Kind.ERROR),
        ("ProxyPass /a.txt http://127.0.0.1:81/", "TRACE", Kind.PROXY),
        ("Redirect /a.txt http://b.test/", "TRACE", Kind.REDIRECT),
    ],
)
def test_who_speaks_before_httpd_answers_by_itself(text: str, method: str, kind: Kind) -> None:
    assert answer(text, "/a.txt", method=method).kind is kind


def test_a_trace_with_a_body_is_not_known() -> None:
    assert answer("", "/a.txt", method="TRACE", headers=(("Content-Length", "3"),)).kind is Kind.UNKNOWN


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "BREWER"])
def test_other_methods_reach_the_application(method: str) -> None:
    assert answer("", "/app/x", method=method).kind is Kind.APPLICATION


def test_a_body_that_is_said_to_be_too_large() -> None:
    found = answer("LimitRequestBody 10", "/app/x", method="POST", headers=(("Content-Length", "11"),))
    assert found.status == 413


# -- log-ins -----------------------------------------------------------------------------------------------------------


def login(user: str, password: str) -> dict[str, object]:
    """A request with a name and a password."""
    word = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"headers": (("Authorization", f"Basic {word}"),)}


@pytest.mark.parametrize(
    ("lines", "details", "status"),
    [
        ("AuthType Basic\nRequire valid-user", {}, 500),
        ("AuthType Basic\nRequire valid-user", login("joe", "secret"), 500),
        ("AuthType Digest\nRequire valid-user", {}, 500),
        ("AuthType None\nRequire valid-user", {}, 500),
        ("AuthType Form\nAuthName x\nRequire valid-user", {}, 500),
        ("AuthType Basic\nAuthName x\nRequire valid-user", {}, 401),
        ("AuthType Basic\nAuthName x\nRequire valid-user", login("joe", "secret"), 500),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/none\nRequire valid-user", login("joe", "secret"), 500),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire valid-user", login("joe", "secret"), 200),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire valid-user", login("joe", "wrong"), 401),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire valid-user", login("eve", "secret"), 401),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire user joe", login("joe", "secret"), 200),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire user ann", login("joe", "secret"), 401),
        ("AuthType Basic\nAuthName x\nAuthUserFile /srv/users\nAuthzSendForbiddenOnFailure On\nRequire user ann", login("joe", "secret"), 403),
    ],
)  # fmt: skip
def test_what_comes_of_a_log_in(lines: str, details: dict[str, object], status: int) -> None:
    assert answer(f"<Directory /srv/w>\n{lines}\n</Directory>", **details).status == status


def test_a_digest_that_is_not_calculated_is_a_branch() -> None:
    config = made(
        "<Directory /srv/w>\nAuthType Basic\nAuthName x\nAuthUserFile /srv/users\nRequire valid-user\n</Directory>"
    )
    traced = trace(config, request_of("http://main.example/a.txt", **login("ann", "x")))
    assert {branch.outcome.status for branch in traced} == {200, 401}


@pytest.mark.parametrize(
    ("outer", "inner", "status"),
    [
        ("Require all denied", "Require all granted", 200),
        ("Require all denied", "AuthMerging And\nRequire all granted", 403),
        ("Require all denied", "AuthMerging Or\nRequire all granted", 200),
        ("Require method GET", "AuthMerging And\nRequire method POST", 403),
        ("Require method GET", "AuthMerging Or\nRequire method POST", 200),
        ("AuthMerging And\nRequire all denied", "Require all granted", 200),
        ("Require all denied", "AuthMerging And", 403),
    ],
)
def test_authmerging_adds_to_what_outer_sections_require(outer: str, inner: str, status: int) -> None:
    text = f"<Directory /srv/w>\n{outer}\n</Directory>\n<Location /a.txt>\n{inner}\n</Location>"
    assert answer(text).status == status


def test_what_only_takes_away_grants_nothing() -> None:
    text = "<Directory /srv/w>\n<RequireAll>\nRequire not ip 192.0.2.1\n</RequireAll>\n</Directory>"
    assert answer(text, client="198.51.100.1").status == 403


# -- expressions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("true", True),
        ("! false && true", True),
        ("%{REQUEST_URI} == '/a.txt' || false", True),
        ("%{REQUEST_URI} =~ /html/ || %{REQUEST_METHOD} == 'POST'", False),
        ("%{REQUEST_METHOD} in { 'POST', 'GET' }", True),
        ("%{REQUEST_METHOD} in { 'POST', 'PUT' }", False),
        ("-R '192.0.2.0/24'", True),
        ("%{REMOTE_ADDR} -ipmatch '198.51.100.0/24'", False),
        ("%{SERVER_PORT} -eq 80 && (%{HTTPS} == 'off')", True),
        ("-z %{QUERY_STRING}", True),
        ("-n %{QUERY_STRING}", False),
        ("'%{HTTP_HOST}/x' == 'main.example/x'", True),
        ("-f '/srv/w/a.txt'", True),
        ("reqenv('NAMED') == 'yes'", True),
        ("!(%{REQUEST_URI} =~ m#^/a#)", False),
        ("tolower(%{REQUEST_METHOD}) == 'get'", True),
        ("unescape('%41') == 'A' && unescape('%2F') == ''", True),
        ("base64('x') == 'eA==' && unbase64('eA==') == 'x'", True),
        ("md5('x') == '9dd4e461268c8034f5c8564e155c67a6'", True),
        ("%{REQUEST_URI} -strmatch '/*' && %{REQUEST_URI} -strcmatch '/A*'", True),
        ("%{REQUEST_URI} -fnmatch '/?.TXT'", False),
    ],
)
def test_what_an_expression_says_of_a_request(expression: str, holds: object) -> None:
    text = f'SetEnvIf Request_URI a NAMED=yes\n<If "{expression}">\nRequire all denied\n</If>'
    assert (answer(text, client="192.0.2.9").status == 403) is holds


def test_require_expr_asks_an_expression() -> None:
    text = '<Location />\nRequire expr "%{REQUEST_URI} =~ /txt/"\n</Location>'
    assert answer(text).status == 200
    assert answer(text, "/doc.html").status == 403


def test_a_variable_that_another_url_has_is_not_set_for_this_one() -> None:
    text = "SetEnvIf Request_URI doc SHUT=1\nRewriteEngine On\nRewriteCond %{ENV:SHUT} 1\nRewriteRule ^ - [F]"
    assert answer(text, "/doc.html").status == 403
    assert answer(text).status == 200


def test_a_rule_that_a_backslash_makes_one_word_is_none() -> None:
    # httpd refuses it: RewriteRule: bad argument line
    assert answer("RewriteEngine On\nRewriteRule ^/a\\.txt\\ /gone.txt").status == 200


@pytest.mark.parametrize("expression", ["%{HTTP_USER_AGENT} == 'x'", "file('/x') == 'y'", "%{TIME_HOUR} -lt 8"])
def test_what_only_the_request_knows_is_a_branch(expression: str) -> None:
    config = made(f'<If "{expression}">\nRequire all denied\n</If>')
    assert {branch.outcome.status for branch in trace(config, request_of("http://main.example/a.txt"))} == {200, 403}


def test_brackets_do_not_nest_without_end() -> None:
    assert answer(f'<If "{"(" * 500}true{")" * 500}">\nRequire all denied\n</If>').kind is Kind.UNKNOWN


# -- the application ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("WSGIRestrictProcess other", 500),
        ("WSGIRestrictProcess %{GLOBAL}", None),
        ("WSGIDaemonProcess g\nWSGIProcessGroup g\nWSGIRestrictProcess g", None),
        ("WSGIDaemonProcess g\nWSGIProcessGroup g\nWSGIRestrictProcess h", 500),
    ],
)
def test_wsgirestrictprocess_names_the_groups_that_may_be_used(lines: str, status: int | None) -> None:
    assert answer(lines, "/app").status == status


@pytest.mark.parametrize(
    ("lines", "group"),
    [
        ("SetEnv G one", "one"),
        ("SetEnvIf Request_URI app G=two", "two"),
        ("SetEnvIf Request_URI app G=two\nSetEnv G one", "one"),
        ("SetEnv G one\n<Location /app>\nSetEnv G three\n</Location>", "three"),
    ],
)
def test_a_group_by_a_variable(lines: str, group: str) -> None:
    text = (
        f"WSGIDaemonProcess one\nWSGIDaemonProcess two\nWSGIDaemonProcess three\nWSGIProcessGroup %{{ENV:G}}\n{lines}"
    )
    assert answer(text, "/app").process_group == group


@pytest.mark.parametrize(
    ("line", "path", "script_name", "path_info"),
    [
        ("WSGIScriptAlias /pre /srv/app.wsgi/pre", "/pre/x", "", "/pre/x"),
        ("WSGIScriptAlias /deep/ /srv/app.wsgi/sub", "/deep/x", "/deep", "/subx"),
        ("WSGIScriptAlias /deep/ /srv/app.wsgi/sub", "/deep/", "/deep", "/sub"),
        ("WSGIScriptAlias /g /srv/app.wsgi/g/", "/g", "/g", "/g/"),
        ("WSGIScriptAlias /plain /srv/app.wsgi", "/plain//x", "/plain", "/x"),
    ],
)
def test_script_name_is_the_url_without_the_rest(line: str, path: str, script_name: str, path_info: str) -> None:
    found = answer(line, path)
    assert (found.script_name, found.path_info) == (script_name, path_info)
    assert found.application_group == f"main.example|{script_name}"
