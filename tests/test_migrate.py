"""``modwsgi-fix migrate``: the page, and what it leads to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run

BASE = (
    "Listen 80\nLockFile /var/lock/accept.lock\n<Directory />\n    Order deny,allow\n    Deny from all\n</Directory>\n"
)
SITE = """\
<VirtualHost *:80>
    ServerName shop.test
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""


def server(tmp_path: Path, text: str = BASE + SITE, name: str = "httpd.conf") -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / name).write_text(text)


def parts(page: str) -> dict[str, list[str]]:
    """The page by its headings."""
    return {part.split("\n")[0]: part.split("\n")[1:] for part in page.strip().split("\n\n")}


def test_the_page_of_a_whole_server(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    outcome = run("migrate", "--isolated", "conf")
    assert outcome.code == 1
    assert list(parts(outcome.out)) == [
        "From httpd 2.2 to httpd 2.4: 1 file", "Whether it starts", "What the fixes do", "What changes for visitors", "What is left for you, in this order",
        "modwsgi-fix migrate --isolated conf --diff shows the changes, --write makes them, and modwsgi-fix undo takes them back.",
    ]  # fmt: skip
    page = parts(outcome.out)
    assert page["Whether it starts"][0].startswith("  now:   whether httpd starts cannot be told")
    assert "  Convert the whole server to Require (old-access-directives, safe): 1 place" in page["What the fixes do"]
    assert page["What is left for you, in this order"] == ["  nothing"]
    assert not run("migrate", "--isolated", "conf").err


def test_it_leads_to_a_server_of_which_nothing_is_left(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    shown = run("migrate", "--isolated", "--diff", "conf")
    assert "-LockFile" in shown.out
    assert run("migrate", "--isolated", "--write", "conf").code == 0
    again = run("migrate", "--isolated", "conf")
    assert again.code == 0
    assert "What the fixes do" not in again.out
    assert run("migrate", "--isolated", "--diff", "conf").out == ""


@pytest.mark.parametrize("around", ["{}", "<IfModule mod_wsgi.c>\n{}</IfModule>\n"])
def test_a_site_by_itself_comes_into_a_server_of_the_new_release(run: Run, tmp_path: Path, around: str) -> None:
    server(tmp_path, around.format(SITE), "site.conf")
    assert run("migrate", "--isolated", "--write", "conf/site.conf").code == 0
    assert "Require all granted" in (tmp_path / "conf/site.conf").read_text()


def test_what_is_left_says_why(run: Run, tmp_path: Path) -> None:
    text = SITE.replace("    <Directory", "    Alias /s /srv/shop/s\n    <Directory")
    server(tmp_path, text + "<VirtualHost *:80>\n    Foobar on\n</VirtualHost>\n", "site.conf")
    left = parts(run("migrate", "--isolated", "conf/site.conf").out)["What is left for you, in this order"]
    assert any(line.startswith("     --fix-level unsafe does it: Convert these files") for line in left)
    assert [line.split(".")[0] for line in left if line[2].isdigit()] == [
        f"  {n}" for n in range(1, len(left)) if f"  {n}." in "\n".join(left)
    ]


def test_the_command_is_the_one_that_was_given(run: Run, tmp_path: Path) -> None:
    server(tmp_path, SITE, "site.conf")
    words = ("--to", "httpd=2.4", "--to", "mod_wsgi=5", "--fix-level", "unsafe", "--assume-deny", "none")
    last = run("migrate", *words, "conf/site.conf").out.splitlines()[-1]
    assert last.startswith(
        "modwsgi-fix migrate --to=httpd=2.4 --to=mod_wsgi=5 --fix-level=unsafe --assume-deny none conf/site.conf --diff"
    )


def test_for_programs(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    page = json.loads(run("migrate", "--isolated", "--output-format", "json", "conf").out)
    assert (page["from"], page["to"]) == (["httpd=2.2"], ["httpd=2.4"])
    assert page["before"]["starts"] is None
    assert {fix["rule"] for fix in page["fixes"]} >= {"old-access-directives", "removed-mutex-directives"}
    assert page["left"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to move"), (("--diff", "--write", "conf"), "exclude each other"),
        (("--to", "httpd=3", "conf"), "httpd"), (("--to", "httpd", "conf"), "httpd"), (("none",), "none"),
        (("--from", "apache=2", "conf"), "apache"),
    ],
)  # fmt: skip
def test_what_cannot_be(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    server(tmp_path)
    outcome = run("migrate", "--isolated", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_what_keeps_it_from_starting_is_told_first(run: Run, tmp_path: Path) -> None:
    server(tmp_path, "WSGIDaemonProcess a\nWSGIDaemonProcess a\n" + SITE, "site.conf")
    now, fixed = parts(run("migrate", "--isolated", "conf/site.conf").out)["Whether it starts"]
    assert now.startswith("  now:   httpd does not start with this configuration: conf/site.conf:2: ")
    assert fixed.startswith("  fixed: whether httpd starts cannot be told")


TWICE = "WSGIDaemonProcess a\nWSGIDaemonProcess a\n"


@pytest.mark.parametrize("fault", [TWICE, f"<IfModule mod_wsgi.c>\n{TWICE}</IfModule>\n"])
def test_of_a_server_that_does_not_start_it_says_what_starting_serves(run: Run, tmp_path: Path, fault: str) -> None:
    server(tmp_path, fault + BASE + SITE)
    told = parts(run("migrate", "--isolated", "conf").out)["What changes for visitors"]
    assert told[0].startswith("  nothing, compared with what it would answer if it started now (")
    assert told[1].startswith(
        "  httpd refuses to start now, and nothing in sight keeps it from starting with these fixes; "
    )
    page = json.loads(run("migrate", "--isolated", "--output-format", "json", "conf").out)
    assert len(page["starting"]) == 1


#: What Debian 7 had, shortened: the modules one by one, sites by whatever name, an MPM that was compiled in.
DEBIAN_7 = {
    "apache2.conf": """\
LockFile ${APACHE_LOCK_DIR}/accept.lock
<IfModule mpm_prefork_module>
    MaxClients 150
    MaxRequestsPerChild 0
</IfModule>
AccessFileName .htaccess
<Files ~ "^\\.ht">
    Order allow,deny
    Deny from all
    Satisfy all
</Files>
DefaultType None
<Directory />
    Order deny,allow
    Deny from all
</Directory>
Include mods-enabled/*.load
Include ports.conf
Include sites-enabled/
""",
    "ports.conf": "NameVirtualHost *:80\nListen 80\n",
    **{
        f"mods-enabled/{name}.load": f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
        for name in (
            "alias", "auth_basic", "authn_file", "authz_default", "authz_host", "authz_user", "dir", "mime", "wsgi",
        )
    },
    "sites-enabled/tickets": """\
<VirtualHost *:80>
    ServerName tickets.test
    WSGIScriptAlias / /srv/tickets/trac.wsgi
    <Directory /srv/tickets>
        Order deny,allow
        Allow from all
    </Directory>
    <Location /login>
        AuthType Basic
        AuthName tickets
        AuthUserFile /srv/tickets.users
        Require valid-user
    </Location>
</VirtualHost>
""",
}  # fmt: skip


@pytest.mark.slow
def test_a_server_of_debian_7(run: Run, tmp_path: Path) -> None:
    for name, text in DEBIAN_7.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    page = parts(run("migrate", "--isolated", "conf").out)
    assert "Cannot load /usr/lib/apache2/modules/mod_authz_default.so" in page["Whether it starts"][0]
    assert page["Whether it starts"][1].startswith("  fixed: httpd starts with this configuration")
    assert page["What is left for you, in this order"][0].strip() == "nothing"
    run("migrate", "--isolated", "--write", "conf")
    old = ("LockFile", "MaxClients", "MaxRequestsPerChild", "NameVirtualHost", "Order", "Satisfy", "authz_default")
    after = {name: (tmp_path / "conf" / name).read_text() for name in DEBIAN_7}
    assert [word for word in old if any(word in text for text in after.values())] == []
    site = after["sites-enabled/tickets"]
    assert site.count("Require") == 2, "nothing is joined that a script is not concerned by"
    assert "AuthMerging" not in site
    main = after["apache2.conf"]
    loaded = [line.split()[1] for line in main.splitlines() if line.startswith("LoadModule")]
    assert loaded == ["mpm_event_module", "authz_core_module", "authn_core_module"]
    assert main.index("mod_mpm_event.so") < main.index("<IfModule mpm_"), "what sets its processes is read"
    # A module that a2enmod enables after all is loaded once.
    (tmp_path / "conf/mods-enabled/authn_core.load").write_text(
        "LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so\n"
    )
    run("--isolated", "--write", "conf")
    assert "authn_core_module" not in (tmp_path / "conf/apache2.conf").read_text()
    again = run("migrate", "--isolated", "conf")
    assert parts(again.out)["Whether it starts"][0].split() == [
        "now:",
        "httpd",
        "starts",
        "with",
        "this",
        "configuration,",
        "as",
        "far",
        "as",
        "these",
        "files",
        "say",
    ]
    assert "old-module-list" not in again.out
