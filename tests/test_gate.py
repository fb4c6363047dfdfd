"""What the gate lets through: fragments in company, every visitor, every file, and what is published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import made

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.classes import differences
from modwsgi_fix.engine import Job, fix
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import Diagnostic, Rule

EVERY = frozenset({"regained", "restricted", "closed", "moved"})
GRANT = "Require all granted\nOrder allow,deny\nAllow from all\n"
HOST = "<VirtualHost *:80>\nServerName a.test\n{0}</VirtualHost>\n"
MOUNT = "WSGIScriptAlias / /srv/a/app.wsgi\n"
OPEN = f"<Directory /srv/a>\n<Files app.wsgi>\n{GRANT}</Files>\n</Directory>\n"


def read(
    text: str, path: str = "/site.conf", disk: dict[str, str] | None = None, links: dict[str, str] | None = None
) -> Config:
    files = Memory({path: text, **(disk or {})}, links or {})
    (source,) = find_sources(files, [path])
    return load(source, disk=files if disk else None)


def objected(before: str, after: str, publishes: tuple[tuple[str, str], ...] = (), **where: object) -> str | None:
    fix = Fix("Change it", (), Applicability.REPAIR, publishes=publishes)
    return objection(read(before, **where), read(after, **where), fix, EVERY)  # type: ignore[arg-type]


# -- fragments, in company -----------------------------------------------------


@pytest.mark.parametrize(
    "section",
    [
        "<Directory /var/www>\nRequire all denied\n</Directory>\n",
        "<Directory /var>\nOrder allow,deny\nDeny from all\n</Directory>\n",
        "<IfModule mod_wsgi.c>\n<Directory /var/www>\nRequire all denied\n</Directory>\n</IfModule>\n",
        "<Files page.html>\nRequire all denied\n</Files>\n",
    ],
)
def test_a_fragment_closes_nothing_of_another_site(section: str) -> None:
    text = HOST.format(MOUNT + OPEN)
    assert "default-site.invalid" in (objected(text, section + text) or "")
    assert objected(text, HOST.format(section + MOUNT + OPEN)) is None, "within its own host it is its own affair"


@pytest.mark.parametrize(
    "section",
    [
        "<Directory /srv/a>\nRequire all denied\n<Files *.wsgi>\nRequire all denied\n</Files>\n<Files app.wsgi>\nRequire all granted\n</Files>\n</Directory>\n",
        "<DirectoryMatch ^/srv>\n<FilesMatch ^other>\nRequire all denied\n</FilesMatch>\n</DirectoryMatch>\n",
    ],
)
def test_a_fragment_closes_no_script_beside_its_own(section: str) -> None:
    text = HOST.format(MOUNT + OPEN)
    assert "(another site)" in (objected(text, text + section) or "")


def test_a_group_of_the_main_server_moves_other_applications() -> None:
    text = "WSGIDaemonProcess d\n" + HOST.format(MOUNT + OPEN)
    fix = Fix("Change it", (), Applicability.REPAIR)
    before, after = read(text), read(text + "WSGIProcessGroup d\n")
    assert "moved" in (objection(before, after, fix, EVERY - {"moved"}) or "")


def test_what_another_site_gets_back_is_its_own() -> None:
    """An alias of the main server had taken its URLs."""
    text = HOST.format(MOUNT + OPEN)
    assert objected("Alias /page.html /srv/x/page.html\n" + text, text) is None


@pytest.mark.parametrize("words", ["Order allow,deny\nAllow from all\n", "Require all granted\n"])
def test_a_fragment_is_asked_under_both_denies(words: str) -> None:
    """The grant of one dialect is no answer to a deny in the other one's words."""
    text = HOST.format(MOUNT + OPEN.replace(GRANT, words))
    assert objected(HOST.format(MOUNT + OPEN), text) is not None


# -- every visitor -------------------------------------------------------------

DENY = "ServerName main.test\nListen 80\nListen 8080\n<Directory />\nAllowOverride None\nRequire all denied\n</Directory>\n"
SERVER = {"path": "/etc/apache2/apache2.conf"}


@pytest.mark.parametrize("port", ["*:80 *:8080", "*:8080 *:80", "127.0.0.1:80 127.0.0.2:80"])
def test_each_address_of_a_host_is_asked(port: str) -> None:
    text = HOST.replace("*:80", port).format(MOUNT + OPEN)
    asked = {d.url for d in differences(read(DENY + text, **SERVER), read(DENY + text.replace(OPEN, ""), **SERVER))}
    hosts = {url.split("/")[2] for url in asked if "a.test" in url}
    assert hosts == {f"a.test:{p}".removesuffix(":80") for p in (one.partition(":")[2] for one in port.split())}


def test_who_has_a_log_in_loses_nothing() -> None:
    login = "AuthType Basic\nAuthName a\nAuthUserFile /u\nRequire valid-user\n"
    text = DENY + HOST.format(MOUNT + f"<Directory /srv/a>\n{login}</Directory>\n")
    assert "lost" in (objected(text, text.replace("Require valid-user", "Require all denied"), **SERVER) or "")


def test_a_host_that_nobody_calls_by_its_name_is_asked() -> None:
    first = HOST.format(MOUNT + OPEN)
    second = HOST.replace("a.test", "b.test").format("WSGIScriptAlias / /srv/b/app.wsgi\n" + OPEN.replace("/a>", "/b>"))
    found = {d.url for d in differences(read(DENY + first + second, **SERVER), read(DENY + second + first, **SERVER))}
    assert any("no-such-host" in url for url in found)


# -- every file ----------------------------------------------------------------


@pytest.mark.slow
def test_each_file_on_the_disk_is_asked() -> None:
    """More than the requests that stand for a host."""
    disk = {f"/srv/s/{n // 100}/{n}.css": "" for n in range(400)} | {"/srv/s/3/last.key": ""}
    text = DENY + HOST.format("Alias /s /srv/s\n")
    opened = text.replace(
        "</Virtual", "<Directory /srv/s/3>\n<Files last.key>\nRequire all granted\n</Files>\n</Directory>\n</Virtual"
    )
    assert "last.key" in (objected(text, opened, disk=disk, **SERVER) or "")


# -- .htaccess -----------------------------------------------------------------


@pytest.mark.parametrize("allowed", ["All", "Limit", "AuthConfig FileInfo"])
def test_an_htaccess_file_that_is_heard_no_more_counts_as_the_worst(allowed: str) -> None:
    heard = DENY + HOST.format(
        f"Alias /s /srv/s\n<Directory /srv/s>\nAllowOverride {allowed}\nRequire all granted\n</Directory>\n"
    )
    assert "opened" in (
        objected(heard, heard.replace(f"AllowOverride {allowed}", "AllowOverride None"), **SERVER) or ""
    )
    assert objected(heard, heard + "# a comment\n", **SERVER) is None


# -- what is published ---------------------------------------------------------

STATIC = "Alias /s/ /srv/s/\n"
OLD = "<Directory /srv/s>\nOrder allow,deny\nAllow from all\n</Directory>\n"
BOTH = f"<Directory /srv/s>\n{GRANT}</Directory>\n"
PAIR = (("/s/", "/srv/s/"),)


def test_a_line_of_either_dialect_had_opened_it() -> None:
    before, after = DENY + HOST.format(STATIC + OLD), DENY + HOST.format(STATIC + BOTH)
    assert objected(before, after, PAIR, **SERVER) is None
    assert "opened" in (objected(before, after, **SERVER) or "")
    assert "opened" in (objected(DENY + HOST.format(STATIC), after, PAIR, **SERVER) or "")


@pytest.mark.parametrize("named", ["/srv/s", "/srv/s/private"])
def test_a_denial_by_name_is_a_decision(named: str) -> None:
    denied = f"<Directory {named}>\nRequire all denied\n</Directory>\n"
    disk = {"/srv/s/site.css": "", "/srv/s/private/x.css": ""}
    before = DENY + HOST.format(STATIC + OLD + denied)
    opened = DENY + HOST.format(STATIC + OLD + f"<Directory {named}>\n{GRANT}</Directory>\n")
    assert "opened" in (objected(before, opened, PAIR, disk=disk, **SERVER) or "")


def test_a_link_out_of_the_directory_is_not_published() -> None:
    before, after = DENY + HOST.format(STATIC + OLD), DENY + HOST.format(STATIC + BOTH)
    disk = {"/srv/s/site.css": "", "/etc/hostname": "x"}
    where = {**SERVER, "disk": disk}
    assert objected(before, after, PAIR, **where) is None
    assert "/s/etc/hostname" in (objected(before, after, PAIR, links={"/srv/s/etc": "/etc"}, **where) or "")


@pytest.mark.parametrize(("directory", "fits"), [("/srv/*/", True), ("/srv/s*/", True), ("/srv/*/static/", False)])
def test_a_published_directory_may_have_wildcards(directory: str, *, fits: bool) -> None:
    before, after = DENY + HOST.format(STATIC + OLD), DENY + HOST.format(STATIC + BOTH)
    assert (objected(before, after, (("/s/", directory),), **SERVER) is None) is fits


# -- the engine ----------------------------------------------------------------


def test_what_is_mistyped_is_mended_before_anything_is_measured() -> None:
    """A host behind a misspelt section is no host yet; a denial that passes without it would close it."""
    order: list[str] = []

    def closes(config: Config) -> Iterator[Diagnostic]:
        order.append("closes" if config.hosts else "too early")
        for item in config.named("listen"):
            if not config.named("directory"):
                text = "<Directory />\nRequire all denied\n</Directory>\n"
                edit = Edit(item.path, item.node.span, f"{item.node.source}{text}")
                yield Diagnostic(item.path, item.span, "open", Fix.repair("Close it", edit))

    def spells(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("virualhost"):
            edits = [Edit(item.path, item.node.name_span, "VirtualHost")]
            yield Diagnostic(item.path, item.span, "misspelt", Fix.safe("Spell it", *edits))

    text = "ServerName main.test\nListen 80\n<virualhost *:80>\nServerName a.test\nAlias /s /srv/s\n</VirtualHost>\n"
    files = Memory({"/etc/apache2/apache2.conf": text})
    (source,) = find_sources(files, ["/etc/apache2"])
    rules: list[Rule] = [made(closes, "closes", family="access"), made(spells, "spells", family="syntax")]
    done = fix(Job(source, rules), proof=objection)
    assert [one.rule for one in done.applied] == ["spells"]
    assert [one.rule for one in done.withheld] == ["closes"]


STATUS = "<Location /server-status>\nSetHandler server-status\n{0}</Location>\n"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("", "opened"),
        ("Require local\n", None),
        ("<RequireAny>\nRequire ip 192.0.2.1\n</RequireAny>\n", None),
        ("<IfModule mod_authz_host.c>\nRequire local\n</IfModule>\n", "opened"),
        ("Order deny,allow\nDeny from all\nAllow from 192.0.2.1\n", None),
    ],
)
@pytest.mark.parametrize("handler", ["server-status", "server-info", "application/x-httpd-php"])
def test_a_page_about_the_server_is_open_to_whom_its_own_location_says(
    handler: str, own: str, said: str | None
) -> None:
    """It lies where the application does, for ``<Directory>``, and nobody had it while that was refused."""
    server = "ServerName a.test\nListen 80\n<Directory />\nOrder deny,allow\nDeny from all\n</Directory>\n"
    pages = STATUS.replace("server-status\n", f"{handler}\n", 1).format(own)
    text = server + pages + HOST.format(MOUNT)
    found = objected(text, text + OPEN, path="/etc/apache2/apache2.conf")
    assert (found or "").partition(":")[0] == (said or "")
