"""The request model: what it decides, what it leaves open, and what is made of it. The real server is in tests/httpd."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from support import made, one_file

from modwsgi_fix.cli import main
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.effect.exposure import exposed, kind_of
from modwsgi_fix.effect.impact import impact
from modwsgi_fix.engine import Job, fix
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.facts.overview import overview
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import Kind, Outcome, Request, Trace, request_of, trace
from modwsgi_fix.model.request.samples import sample
from modwsgi_fix.model.request.visits import visits
from modwsgi_fix.reports.show import SHOWN
from modwsgi_fix.reports.trace import as_json, as_text
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.workspace import discretion

_BASE = """\
ServerName main.example
Listen 80
DocumentRoot /var/www
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory /var/www>
    Require all granted
</Directory>
"""

_HOST = """\
<VirtualHost *:80>
    ServerName a.example
    ServerAlias *.a.example
    Alias /static/ /srv/a/static/
    WSGIDaemonProcess a user=shop
    WSGIScriptAlias /app /srv/a/app.wsgi process-group=a
    <Directory /srv/a>
        Require all granted
    </Directory>
</VirtualHost>
"""

_TREE = {
    "/var/www/index.html": "main",
    "/srv/a/app.wsgi": "application = None",
    "/srv/a/static/site.css": "css",
    "/srv/a/static/old.sql": "secret",
    "/srv/a/settings.py": "SECRET = 1",
}


def server(text: str, tree: Mapping[str, str] | None = _TREE, links: Mapping[str, str] | None = None) -> Config:
    """A whole server of one file; the filesystem unknown where ``tree`` is None."""
    files = Memory({"/etc/apache2/apache2.conf": text, **(tree or {})}, links)
    (source,) = find_sources(files, ["/etc/apache2"])
    return load(source, disk=None if tree is None else files)


def outcome(config: Config, url: str, **details: object) -> Outcome:
    return trace(config, request_of(url, **details)).outcome


def where(traced: Trace, phase: str) -> int | None:
    """The line of the last step of a phase."""
    found = [step.item.line for step in traced.outcome.because if step.phase == phase and step.item]
    return found[-1] if found else None


# -- what is decided ---------------------------------------------------------------------------------------------------


def test_an_application_with_its_group_interpreter_and_user() -> None:
    found = outcome(server(_BASE + _HOST), "http://www.a.example/app/x?y=1")
    assert (found.kind, found.file, found.path_info) == (Kind.APPLICATION, "/srv/a/app.wsgi", "/x")
    assert (found.process_group, found.application_group, found.user) == ("a", "a.example|/app", "shop")


def test_each_step_names_the_line_that_decided() -> None:
    traced = trace(server(_BASE + _HOST), request_of("http://x.a.example/app"))
    assert (where(traced, "host"), where(traced, "mapping"), where(traced, "access")) == (13, 16, 18)
    assert where(traced, "application") == 16


@pytest.mark.parametrize(
    ("url", "kind", "status"),
    [
        ("http://a.example/static/site.css", Kind.FILE, 200),
        ("http://a.example/static/missing", Kind.NOT_FOUND, 404),
        ("http://a.example/static/", Kind.REFUSED, 403),
        ("http://a.example/%2e%2e/x", Kind.ERROR, 400),
        ("http://a.example/a%2fb", Kind.NOT_FOUND, 404),
        ("http://a.example:8080/", Kind.ERROR, None),
        ("https://a.example:80/", Kind.ERROR, None),
        ("http://a_b.example/", Kind.FILE, 200),
    ],
)
def test_what_becomes_of_a_url(url: str, kind: Kind, status: int | None) -> None:
    found = outcome(server(_BASE + _HOST), url)
    assert (found.kind, found.status) == (kind, status)


def test_a_name_nobody_has_gets_the_first_host() -> None:
    hosts = _HOST + _HOST.replace("a.example", "b.example").replace(" a ", " b ").replace("group=a", "group=b")
    traced = trace(server(_BASE + hosts), request_of("http://stranger.example/app"))
    assert traced.outcome.application_group == "a.example|/app"
    assert "is the first at its address" in traced.outcome.because[0].text


def test_both_dialects_must_admit() -> None:
    text = _BASE + "<Location /index.html>\n    Order allow,deny\n</Location>\n"
    assert outcome(server(text), "http://main.example/index.html").kind is Kind.REFUSED


def test_a_group_of_another_host_is_an_error() -> None:
    other = (
        "<VirtualHost *:80>\n    ServerName b.example\n    WSGIScriptAlias / /srv/a/app.wsgi\n    WSGIProcessGroup a\n"
    )
    config = server(
        _BASE + _HOST + other + "    <Location />\n        Require all granted\n    </Location>\n</VirtualHost>\n"
    )
    assert outcome(config, "http://b.example/").status == 500
    assert outcome(config, "http://a.example/app").kind is Kind.APPLICATION


def test_the_port_of_the_host_header_names_the_interpreter() -> None:
    found = outcome(server(_BASE + _HOST), "http://a.example/app", headers=(("Host", "a.example:8081"),))
    assert found.application_group == "a.example:8081|/app"


def test_a_link_is_followed_only_where_options_let_it() -> None:
    tree = {**_TREE, "/srv/b/x.txt": "x"}
    links = {"/srv/a/static/out": "/srv/b"}
    url = "http://a.example/static/out/x.txt"
    assert outcome(server(_BASE + _HOST, tree, links), url).kind is Kind.FILE
    closed = _HOST.replace("Require all granted", "Require all granted\n        Options -FollowSymLinks")
    assert outcome(server(_BASE + closed, tree, links), url).kind is Kind.REFUSED


def test_htaccess_is_read_where_the_server_says_so() -> None:
    tree = {**_TREE, "/var/www/.htaccess": "Require all denied\n"}
    assert outcome(server(_BASE, tree), "http://main.example/").kind is Kind.FILE
    opened = _BASE.replace("Require all granted", "Require all granted\n    AllowOverride All")
    assert outcome(server(opened, tree), "http://main.example/").kind is Kind.REFUSED


def test_an_index_file_that_is_a_directory_forgets_the_port_of_the_host_header() -> None:
    """A subrequest has no Host header of its own: measured by the made configurations of tests/httpd."""
    host = "<VirtualHost *:*>\n    ServerName a.example\n    AliasMatch /static /srv/a/static\n</VirtualHost>\n"
    config = server(_BASE + "Listen 8080\n<Directory /srv/a>\n    Require all granted\n</Directory>\n" + host)
    plain = outcome(config, "http://a.example:8080/static")
    assert (plain.kind, plain.location) == (Kind.REDIRECT, "http://a.example:8080/static/")
    index = outcome(config, "http://a.example:8080/static/")
    assert (index.kind, index.location) == (Kind.REDIRECT, "http://a.example/static/index.html/")


@pytest.mark.parametrize("path", ["/static", "/static/"])
def test_a_listing_is_of_a_directory_by_its_slash(path: str) -> None:
    """mod_autoindex adds it where DirectorySlash is off: measured by the made configurations of tests/httpd."""
    opened = "<Directory /srv/a>\n    Options Indexes\n    DirectorySlash Off\n    Require all granted\n</Directory>\n"
    listed = outcome(server(f"{_BASE}Alias /static /srv/a/static\n{opened}"), f"http://main.example{path}")
    assert (listed.kind, listed.file) == (Kind.LISTING, "/srv/a/static/")


@pytest.mark.parametrize(
    ("rule", "path", "location"),
    [
        (r"^/a$ http://x.example/p\%20q#c[d] [R,L]", "/a", "http://x.example/p%2520q%23c%5bd%5d"),
        (r"^/b$ http://x.example/p#c[d] [R,L,NE]", "/b", "http://x.example/p#c[d]"),
        (r"^/c$ http://[::1]:8080/p [R,L]", "/c", "http://[::1]:8080/p"),
        (r"^/d/(.*)$ http://x.example/$1 [R,L]", "/d/x%20y%23z", "http://x.example/x%20y%23z"),
        (r"^/e/(.*)$ /z/$1 [R,L]", "/e/%5Bx%5D", "http://main.example/z/%5bx%5d"),
    ],
)
def test_a_redirect_is_escaped_behind_the_host(rule: str, path: str, location: str) -> None:
    """Each asked of httpd 2.4.71."""
    config = server(f"{_BASE}RewriteEngine On\nRewriteRule {rule}\n")
    assert outcome(config, f"http://main.example{path}").location == location


def test_an_index_file_is_asked_for_by_get() -> None:
    """A POST to a directory is refused where only POST may see its index: measured by the made configurations."""
    section = "<Directory /srv/a>\n    Require method POST\n</Directory>\n"
    config = server(f"{_BASE}Alias /static /srv/a/static\n{section}")
    answered = outcome(config, "http://main.example/static/", method="POST")
    assert (answered.kind, answered.status) == (Kind.REFUSED, 403)


def test_an_index_may_be_another_servers() -> None:
    text = f"{_BASE}DirectoryIndex /far/page.html\nProxyPass /far http://127.0.0.1:9/x\n"
    answered = outcome(server(text), "http://main.example/")
    assert (answered.kind, answered.location) == (Kind.PROXY, "http://127.0.0.1:9/x/page.html")


def test_a_redirect_of_a_directory_comes_before_what_its_rules_lead_to() -> None:
    rules = "RewriteEngine On\nRewriteRule !^other /other [L]\nRedirect gone /old\n"
    config = server(f"{_BASE}<Directory /var/www>\nOptions FollowSymLinks\n{rules}</Directory>\n")
    assert outcome(config, "http://main.example/old/x").status == 410
    assert outcome(config, "http://main.example/index.html").status == 404


@pytest.mark.parametrize("allowed", ["Require method POST", "AllowMethods POST"])
@pytest.mark.parametrize(
    ("other", "is_asked"),
    [
        ("", False),
        ("<Directory /srv>\nLimitRequestBody 9\n</Directory>", False),
        ("<Location /other>\nLimitRequestBody 9\n</Location>", False),
        ("<Location />\nLimitRequestBody 9\n</Location>", True),
        ("<Files *>\nLimitRequestBody 9\n</Files>", True),
        ('<If "true">\nLimitRequestBody 9\n</If>', True),
    ],
)
def test_access_to_an_index_file_that_is_there_is_not_asked_again(allowed: str, other: str, *, is_asked: bool) -> None:
    """Where directories alone say what holds; else it is asked for by GET. Each measured with httpd 2.4.71."""
    section = f"<Directory /srv/a>\n    {allowed}\n</Directory>\n"
    tree = {**_TREE, "/srv/a/static/index.html": "index"}
    config = server(
        f"{_BASE}Alias /static /srv/a/static\n<Directory /srv/a>\nRequire all granted\n</Directory>\n{section}{other}\n",
        tree,
    )
    answered = outcome(config, "http://main.example/static/", method="POST")
    assert (answered.kind in (Kind.REFUSED, Kind.ERROR)) is is_asked


@pytest.mark.parametrize(
    ("rules", "path", "file"),
    [
        ("RewriteRule ^/a(.*)$ $1", "/a/srv/a/static/site.css", "/var/www/srv"),
        ("RewriteRule ^/a/(.*)$ /$1", "/a/srv/a/static/site.css", "/var/www/srv"),
        ("RewriteRule ^/a(.*)$ $1 [UnsafePrefixStat]", "/a/srv/a/static/site.css", "/srv/a/static/site.css"),
        ("RewriteRule ^/a/(.*)$ /srv/$1", "/a/a/static/site.css", "/srv/a/static/site.css"),
        ("RewriteRule ^/a/(.*)$ /srv/$1\nRewriteRule ^(.*)$ $1", "/a/a/static/site.css", "/var/www/srv"),
        ("RewriteRule ^/a(.*)$ $1\nRewriteRule ^/srv/(.*)$ /srv/$1", "/a/srv/a/static/site.css", "/srv/a/static/site.css"),
        ("RewriteRule ^/a/(.*)$ %{DOCUMENT_ROOT}/$1", "/a/index.html", "/var/www/index.html"),
        ("RewriteRule . -", "/srv/a/static/site.css", "/var/www/srv"),
    ],
)  # fmt: skip
def test_a_rule_that_leaves_the_first_directory_to_the_request_stays_below_documentroot(
    rules: str, path: str, file: str
) -> None:
    """Since httpd 2.4.60, unless [UnsafePrefixStat] says otherwise; each asked of httpd 2.4.71."""
    granted = "<Directory /srv/a>\nRequire all granted\n</Directory>\n"
    config = server(f"{_BASE}{granted}RewriteEngine On\n{rules}\n")
    assert outcome(config, f"http://main.example{path}").file == file


@pytest.mark.parametrize(
    "lines", [("RemoveHandler .css", "AddHandler x .css"), ("AddHandler x .css", "RemoveHandler .css")]
)
def test_what_a_section_removes_goes_last(lines: tuple[str, str]) -> None:
    """mod_mime removes when it merges, whatever the order: measured by the made configurations of tests/httpd."""
    body = "".join(f"    {line}\n" for line in (*lines, "Require all granted"))
    section = f"<Directory /srv/a>\n{body}</Directory>\n"
    config = server(f"{_BASE}Alias /static /srv/a/static\n{section}")
    assert outcome(config, "http://main.example/static/site.css").handler == ""


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("/static", "/a", 403),
        ("/a/static", "/static", 200),
        ("/static", "/a/static", 403),
        ("static", "/a", 403),
        ("/static", "css", 200),
    ],
)
def test_directory_match_goes_by_its_slashes(first: str, second: str, status: int) -> None:
    """Those with more of them come later, those with as many in file order: each asked of httpd 2.4.71."""
    sections = "".join(
        f"<DirectoryMatch {pattern}>\n    Require all {word}\n</DirectoryMatch>\n"
        for pattern, word in ((first, "granted"), (second, "denied"))
    )
    config = server(f"{_BASE}Alias /s /srv/a/static\n{sections}")
    assert outcome(config, "http://main.example/s/site.css").status == status


@pytest.mark.parametrize(
    ("version", "line", "group", "note"),
    [
        ((4, 9, 4), "", "a.example|/app", ""),
        ((5, 0, 2), "", "a.example|/app", ""),
        ((6, 1, 1), "", "a.example|/App", ""),
        ((6, 1, 1), "WSGICaseSensitivity Off\n", "a.example|/app", ""),
        (None, "", "a.example|/app", "interpreter a.example|/app (mod_wsgi 6: /App)"),
    ],
)
def test_an_interpreter_is_named_after_its_mount(
    version: tuple[int, ...] | None, line: str, group: str, note: str
) -> None:
    """In lower case up to mod_wsgi 5: asked of 4.9.4, 5.0.2 and 6.1.1 by tests/httpd."""
    files = Memory({"/etc/apache2/apache2.conf": line + _BASE + _HOST.replace("/app ", "/App "), **_TREE})
    (source,) = find_sources(files, ["/etc/apache2"])
    answered = outcome(load(source, disk=files, target=Target(mod_wsgi=version)), "http://a.example/App/x")
    assert answered.application_group == group
    assert not note or note in [step.text for step in answered.because]


# -- what is left open ---------------------------------------------------------------------------------------------------


def test_without_a_filesystem_each_possibility_is_shown() -> None:
    traced = trace(server(_BASE + _HOST, None), request_of("http://a.example/static/site.css"))
    assert not traced.is_known
    assert {branch.outcome.kind for branch in traced} == {Kind.FILE, Kind.REDIRECT, Kind.NOT_FOUND}
    assert "/srv/a/static/site.css is a file" in traced.outcome.reason


def test_what_does_not_matter_is_not_asked_for() -> None:
    text = _BASE + "<IfDefine EXTRA>\n    Alias /other /srv/other\n</IfDefine>\n"
    assert outcome(server(text), "http://main.example/index.html").kind is Kind.FILE
    traced = trace(server(text), request_of("http://main.example/other"))
    assert [branch.provided for branch in traced] == [("<IfDefine EXTRA> is true",), ("<IfDefine EXTRA> is false",)]


def test_the_visitors_address_decides_or_is_asked_for() -> None:
    config = server(_BASE.replace("Require all granted", "Require ip 10.0.0.0/8"))
    assert outcome(config, "http://main.example/", client="10.1.2.3").kind is Kind.FILE
    assert outcome(config, "http://main.example/", client="192.0.2.1").kind is Kind.REFUSED
    assert outcome(config, "http://main.example/").reason.startswith("depends on: the visitor is at 10.0.0.0/8")


@pytest.mark.parametrize(
    "line",
    [
        "ProxyPassInherit Off\nProxyPass / http://127.0.0.1:8000/\n<VirtualHost *:80>\nServerName main.example\n</VirtualHost>",
        "CacheEnable disk /",
        "RewriteEngine On\nRewriteRule ^/(.*) /x [UNC]",
        "<Location />\nSetHandler php-script\n</Location>",
        "Alias ${WHERE} /srv",
    ],
)
def test_what_is_not_modelled_is_said_to_be_unknown(line: str) -> None:
    found = outcome(server(_BASE + line + "\n"), "http://main.example/index.html")
    if "${" in line:  # matches nothing as it stands
        assert found.kind is Kind.FILE
    else:
        assert found.kind is Kind.UNKNOWN
        assert found.reason


def test_of_fragments_the_rest_of_the_server_may_grant_or_not() -> None:
    config = one_file("<VirtualHost *:80>\n    ServerName a\n    WSGIScriptAlias / /srv/app.wsgi\n</VirtualHost>\n")
    kinds = {branch.outcome.kind for branch in trace(config, request_of("http://a/"))}
    assert kinds >= {Kind.APPLICATION, Kind.REFUSED}


def test_an_address_is_asked_for_only_where_hosts_differ_by_it() -> None:
    text = _BASE + _HOST.replace("*:80", "192.0.2.1:80")
    assert not trace(server(text), request_of("http://a.example/app")).is_known
    assert outcome(server(text), "http://a.example/app", address="192.0.2.1").kind is Kind.APPLICATION


# -- what a change does --------------------------------------------------------------------------------------------------


def test_impact_names_the_urls_that_change() -> None:
    hidden = _BASE + _HOST.replace("Alias /static/", "Alias /app /srv/a\n    Alias /static/")
    found = impact(server(hidden), server(_BASE + _HOST))
    told = [str(change) for change in found.changed]
    assert "/app/settings.py: file served -> application" in told
    assert any(change.path == "/static/*" and not change.is_change for change in found.changes)


def test_nothing_changes_where_only_a_comment_does() -> None:
    found = impact(server(_BASE + _HOST), server(_BASE + "# a comment\n" + _HOST))
    assert found.changes
    assert found.changed == ()


def test_another_group_of_the_same_application_is_a_change() -> None:
    found = impact(server(_BASE + _HOST), server(_BASE + _HOST.replace(" process-group=a", "")))
    assert any("process group a" in change.before and "process group none" in change.after for change in found.changed)


def _closing(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("require"):
        if item.values == ("all", "granted"):
            yield Diagnostic(
                item.path, item.span, "closed", Fix.safe("Close it", Edit(item.path, item.span, "Require all denied"))
            )


def _job(*rules: Rule) -> Job:
    files = Memory({"/etc/apache2/apache2.conf": _BASE + _HOST, **_TREE})
    (source,) = find_sources(files, ["/etc/apache2"])
    return Job(source, list(rules), disk=files)


def test_a_safe_fix_that_changes_an_outcome_is_withheld() -> None:
    done = fix(_job(made(_closing)), proof=objection)
    assert done.files == ()
    assert len(done.withheld) == 2
    assert "file served -> refused" in done.withheld[0].reason
    assert fix(_job(made(_closing))).files, "without a proof the engine believes it"


def test_a_safe_fix_that_changes_nothing_is_applied() -> None:
    def respelling(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("require"):
            if item.values == ("all", "granted") and item.name == "Require":
                yield Diagnostic(
                    item.path,
                    item.span,
                    "spelt",
                    Fix.safe("Respell", Edit(item.path, item.span, "require all granted")),
                )

    done = fix(_job(made(respelling)), proof=objection)
    assert done.withheld == ()
    assert done.after.named("require")[1].name == "require"


def test_where_httpd_refused_to_start_anything_may_follow() -> None:
    broken = _BASE + _HOST + "WSGIDaemonProcess a\n"
    fix = Fix.safe("Delete it")
    assert objection(server(broken), server(_BASE), fix, frozenset()) is None
    assert objection(server(_BASE + _HOST), server(_BASE), fix, frozenset()) is not None


# -- what lies open, and what there is -------------------------------------------------------------------------------------


def test_exposure_names_the_worst_first_and_how_it_is_reached() -> None:
    config = server(_BASE + _HOST + "", {**_TREE, "/srv/key/site.pem": "key"}, {"/srv/a/static/keys": "/srv/key"})
    # The main server is behind the host at its only port.
    (host,) = exposed(config)
    assert host.directories == {"/srv/a/static": 2, "/srv/a/static/keys": 1, "/var/www": 1}
    assert [(one.kind, one.file) for one in host.sensitive] == [
        ("key", "/srv/a/static/keys/site.pem"),
        ("database", "/srv/a/static/old.sql"),
    ]
    assert "through the link /srv/a/static/keys" in host.sensitive[0].via
    assert "/srv/a/settings.py" not in {one.file for one in host.files}


def test_of_hosts_that_no_request_reaches_one_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred hosts of one name share a directory: it is looked through once, and all but the first are done with at once."""
    host = "<VirtualHost *:80>\nServerName a.test\nDocumentRoot /srv/a/static\n</VirtualHost>\n"
    asked: list[str] = []

    def counted(config: Config, request: Request) -> Trace:
        asked.append(request.path)
        return trace(config, request)

    monkeypatch.setattr("modwsgi_fix.effect.exposure.trace", counted)
    granted = "<Directory /srv/a/static>\nRequire all granted\n</Directory>\n"
    config = server(_BASE + granted + host * 100, {f"/srv/a/static/{at}.txt": "x" for at in range(20)})
    looked_at: list[str] = []
    names = Memory.names

    def counted_names(files: Memory, directory: str) -> list[str]:
        looked_at.append(directory)
        return names(files, directory)

    monkeypatch.setattr(Memory, "names", counted_names)
    (found,) = exposed(config)
    assert len(found.files) == 20
    assert len(asked) <= 20 + 100
    assert looked_at.count("/srv/a/static") <= 2


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a/db.py", "source code"), ("/a/.git/config", "dot file"), ("/a/site.css", ""), ("/a/dump.sql.gz", "backup"),
        ("/a/.well-known/x", ""), ("/a/settings.py~", "backup"), ("/a/.htpasswd", "key"),
    ],
)  # fmt: skip
def test_kinds_of_files(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_visits_cover_mounts_aliases_and_neighbours() -> None:
    config = server(_BASE + _HOST)
    paths = {visit.request.path for visit in visits(config, config.hosts[0])}
    assert paths >= {"/", "/app", "/app/", "/appx", "/app/page", "/static/site.css", "/staticx", "/static/old.sql"}


@pytest.mark.parametrize(
    "pattern", ["^/a/(.*)$", "/([^/]+)/static", r"^/(foo|bar)/\d{2,4}$", "^/x[a-f]?y+", r"\.txt$", "(?i)^/Admin(/|$)"]
)
def test_a_sample_is_found_by_its_pattern(pattern: str) -> None:
    assert sample(pattern) is not None


def test_no_sample_is_better_than_a_wrong_one() -> None:
    assert sample("(unclosed") is None
    assert sample("^no-slash$") is None


@pytest.mark.parametrize("format", SHOWN)
def test_show_names_hosts_groups_and_interpreters(format: str) -> None:
    shown = SHOWN[format]([overview(server(_BASE + _HOST))])
    for word in ("a.example", "/srv/a/app.wsgi", "WSGIScriptAlias", "process group a" if format != "json" else '"a"'):
        assert word in shown.replace("#40;", "(").replace("#41;", ")")
    if format == "json":
        (group,) = json.loads(shown)["servers"][0]["groups"]
        assert group["does"] == ["<VirtualHost *:80> (a.example)"]
        assert group["interpreters"] == ["a.example|/app"]


def test_text_and_json_say_the_same() -> None:
    config = server(_BASE + _HOST)
    traced = discretion.trace(trace(config, request_of("http://a.example/app")), config)
    assert "process group a, interpreter a.example|/app, user shop" in as_text([traced])
    (one,) = json.loads(as_json([traced]))["traces"]
    assert (one["outcome"]["process_group"], one["outcome"]["because"][0]["line"]) == ("a", 12)


# -- the commands ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def conf(tmp_path: pytest.TempPathFactory) -> str:
    import pathlib

    top = pathlib.Path(str(tmp_path))
    (top / "conf").mkdir()
    (top / "conf/apache2.conf").write_text(_BASE + _HOST)
    for name, text in _TREE.items():
        path = top / "root" / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(top)


def test_the_trace_command(conf: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "a.example/app", f"{conf}/conf", "--root", f"{conf}/root"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("http://a.example/app\n  application /srv/a/app.wsgi, process group a,")
    assert "whether httpd starts cannot be told, because the modules that it loads are not all in sight" in err


def test_the_exposed_command_exits_1_where_something_lies_open(conf: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["exposed", f"{conf}/conf", "--root", f"{conf}/root"]) == 1
    assert "old.sql" in capfd.readouterr().out
    assert main(["exposed", f"{conf}/conf"]) == 2
    assert "--root" in capfd.readouterr().err


def test_the_show_command(conf: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["show", f"{conf}/conf", "--output-format", "mermaid"]) == 0
    assert capfd.readouterr().out.startswith("flowchart LR")


@pytest.mark.parametrize(
    "words",
    [
        ["http://a.example/"],
        ["ftp://a.example/", "CONF"],
        ["http://a/", "CONF", "--client", "x"],
        ["http://a/", "CONF", "--header", "x"],
    ],
)
def test_a_request_that_is_none_is_one_line_and_exit_2(
    conf: str, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", *(word.replace("CONF", f"{conf}/conf") for word in words)]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_every_directive_may_be_missing_or_odd() -> None:
    text = "\n".join(
        ["Alias", "WSGIScriptAlias /", "Redirect", "RewriteRule", "RewriteCond x", "<Directory>", "</Directory>", "Options",
         "Require", "DirectoryIndex", "SetHandler", "WSGIProcessGroup", "Order", "Allow", "AddHandler", "Listen", "ServerName",
         "DocumentRoot /var/www"]
    )  # fmt: skip
    config = server(text + "\n")
    assert trace(config, request_of("http://x/")).branches


@pytest.mark.parametrize(
    "mount", ["WSGIScriptAlias / {0}", "<IfModule mod_wsgi.c>\nWSGIScriptAlias / {0}\n</IfModule>"]
)
@pytest.mark.parametrize("target", ["/srv/desk/run.wsgi/desk", "/srv/desk/run.py/a/b", "/srv/desk/run.wsgi"])
def test_a_mount_may_add_to_the_path(mount: str, target: str) -> None:
    """What stands behind a script in a WSGIScriptAlias is the beginning of PATH_INFO, and no file of its own."""
    script = target.partition("/desk/run")[0] + "/desk/run" + target.partition("/desk/run")[2].partition("/")[0]
    grant = f"<Files {script.rpartition('/')[2]}>\nRequire all granted\n</Files>\n"
    config = one_file(mount.format(target) + "\n" + grant)
    outcomes = [branch.outcome for branch in trace(config, request_of("http://any.test/x"))]
    answered = [outcome for outcome in outcomes if outcome.kind is Kind.APPLICATION]
    assert [(one.file, one.path_info) for one in answered] == [(script, target[len(script) :] + "/x")]
    assert all(outcome.kind in (Kind.APPLICATION, Kind.NOT_FOUND) for outcome in outcomes)


def test_two_reasons_of_a_refusal_are_two_results() -> None:
    config = one_file(_BASE.replace("DocumentRoot", "DirectoryIndex index.html\nDocumentRoot"))
    record = discretion.trace(trace(config, request_of("http://main.example/")), config)
    text = as_text([record])
    assert "/var/www/index.html does not exist: 403 refused: a directory without index" in text
    assert "otherwise: 403 refused: no Require admits" in text
