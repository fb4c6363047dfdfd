"""A server that is checked again after a change says what a new one with that text says, and reads less for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modwsgi_fix import api
from modwsgi_fix.model.reading import reader
from modwsgi_fix.workspace import parts

MAIN = """\
ServerName www.example.com
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
<Directory />
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional sites/*.conf
"""
HOST = """\
<VirtualHost *:80>
    ServerName {name}.example.org
    WSGIDaemonProcess {name} threads=5 display-name=%{{GROUP}} lang=C.UTF-8
    WSGIProcessGroup {name}
    WSGIApplicationGroup %{{GLOBAL}}
    WSGIScriptAlias / /srv/{name}/app/wsgi.py
    Alias /static/ /srv/{name}/static/
    <Directory /srv/{name}/static>
        Options -Indexes -FollowSymLinks
        AllowOverride None
        Require all granted
    </Directory>
    <Directory /srv/{name}/app>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>
</VirtualHost>
"""
#: A host in which something is found that has a fix.
OLD = HOST.replace("            Require all granted\n", "            Order allow,deny\n            Allow from all\n")
NAMES = (
    "bakolum",
    "trizena",
    "quamofe",
    "nirsolu",
    "wexpyla",
    "lumkoti",
    "zentria",
    "molquan",
    "felnira",
    "solwexi",
    "pylkoma",
    "tribako",
)
#: Names of other lengths, and one that the rules know.
SHORT = ("b", "tri", "qu5", "nirs", *NAMES[4:9], "ssl", "py", "tri2")


def texts(host: str = HOST, of_each: int = 2, names: Sequence[str] = NAMES) -> dict[str, str]:
    """A server of twelve hosts."""
    found = {"apache2.conf": MAIN}
    for at in range(0, len(names), of_each):
        hosts = (f"# {name}\n{host.format(name=name)}" for name in names[at : at + of_each])
        found[f"sites/{at:02}.conf"] = "\n".join(hosts)
    return found


def written(directory: Path, server: Mapping[str, str]) -> Path:
    (directory / "sites").mkdir(parents=True, exist_ok=True)
    for name, text in server.items():
        (directory / name).write_text(text)
    return directory


def load(directory: Path, overlay: Mapping[str, str] | None = None) -> api.Server:
    return api.load(directory, settings={}, overlay=overlay)


def is_part(server: api.Server) -> bool:
    """Whether a server was checked without being read as a whole."""
    return "_session" not in vars(server)


def same(server: api.Server, directory: Path, overlay: Mapping[str, str]) -> bool:
    mine, fresh = server.check(), load(directory, overlay).check()
    assert mine.to_json() == fresh.to_json()
    told = [[_told(one) for one in checked.findings] for checked in (mine, fresh)]
    assert told[0] == told[1]
    return is_part(server)


def _told(finding: api.Finding) -> object:
    places = [finding.place, *(one.place for one in finding.related)]
    fix = finding.fix
    return (
        finding._replace(place=None, related=(), fix=None),  # type: ignore[arg-type]
        [(place.file.path, place.span, place.start, place.end) for place in places],
        fix and (fix.title, fix.level, [(one.place.file.path, one.place.span, one.text) for one in fix.edits]),
    )


def line(text: str, after: str = "    WSGIApplicationGroup %{GLOBAL}\n") -> tuple[str, str]:
    return after, f"{after}    {text}\n"


#: What is changed of the first host of sites/04.conf (wexpyla), as (old, new); and whether a part of the server tells.
CHANGES = {
    "another value": (("threads=5", "threads=7"), True),
    "a line more": (line("Timeout 30"), True),
    "a line less": (("        Options -Indexes -FollowSymLinks\n", ""), True),
    "a fault": (line("Alias / /srv/wexpyla/static/"), True),
    "a fault with a fix": (("/static/\n    <Dir", "/static\n    <Dir"), True),
    "old access": (line("<Location /x>\n    Order allow,deny\n    Allow from all\n    </Location>"), True),
    "an unused suppression": (line("# modwsgi-fix: allow duplicate-daemon-process -- for now"), True),
    "the group of another host": (("WSGIDaemonProcess wexpyla", "WSGIDaemonProcess zentria"), True),
    "the name of another host": (("ServerName wexpyla", "ServerName zentria"), True),
    "the files of another host": (line("Alias /of/ /srv/zentria/static/"), True),
    "the script of another host": (("/srv/wexpyla/app/wsgi.py", "/srv/zentria/app/wsgi.py"), True),
    "an address of its own": (("*:80", "*:81"), True),
    "a wildcard": (line("ServerAlias zen*.example.org"), False),
    "a variable": (line("Define SITE x"), False),
    "a section that does not end": (line("<Directory /srv>"), True),
    "an undefined variable": (line("ErrorLog ${LOGS}/x.log"), True),
    "a file that is included": (line("Include other.conf"), False),
    "a host that does not end": (("</VirtualHost>", ""), True),
    "one host more": (("# wexpyla\n", f"{HOST.format(name='kotri')}# wexpyla\n"), True),
    "a host less": ((HOST.format(name="wexpyla"), ""), True),
    "a line outside of hosts": (("# wexpyla\n", "Timeout 30\n# wexpyla\n"), True),
    "a comment outside of hosts": (("# wexpyla\n", "# wexpyla, moved\n"), True),
    "spaces outside of hosts": (("# wexpyla\n", "# wexpyla  \n\n"), True),
    "a fault outside of hosts": (("# wexpyla\n", "# wexpyla\nTimeot 30\n"), True),
    "half a word before a host": (("# wexpyla\n", "# wexpyla\nTime"), False),
    "a section outside of hosts that does not end": (("# wexpyla\n", "# wexpyla\n<Directory /srv\n"), True),
    "a pattern outside of hosts": (("# wexpyla\n", "<DirectoryMatch ^/srv/[a-z]+>\n</DirectoryMatch>\n"), False),
    "a module outside of hosts": (("# wexpyla\n", "LoadModule ssl_module modules/mod_ssl.so\n"), False),
    "the name of another host outside of hosts": (("# wexpyla\n", "Redirect /x http://zentria.example.org/\n"), True),
    "a line of a host moved out of it": (
        (
            "<VirtualHost *:80>\n    ServerName wexpyla.example.org\n",
            "ServerName wexpyla.example.org\n<VirtualHost *:80>\n",
        ),
        False,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "is_told"), CHANGES.values(), ids=CHANGES)
def test_what_is_said_again_is_what_a_new_server_says(
    tmp_path: Path, change: tuple[str, str], *, is_told: bool
) -> None:
    server = texts()
    directory = written(tmp_path / "conf", server)
    path = str(directory / "sites/04.conf")
    first = load(directory)
    before = first.check().to_json()
    assert change[0] in server["sites/04.conf"]
    text = server["sites/04.conf"].replace(*change, 1)
    second = first.changed({path: text})
    assert same(second, directory, {path: text}) is is_told
    third = second.changed({path: server["sites/04.conf"]})
    same(third, directory, {})
    assert first.check().to_json() == before


@pytest.mark.slow
def test_fixes_keep_the_line_ends_and_steps_of_files_that_are_read_in_part(tmp_path: Path) -> None:
    """The first host of the file, which shows both, is left out; the fix is in the second."""
    server = {"apache2.conf": MAIN}
    for at, name in enumerate(NAMES):
        first_host, second = (HOST.format(name=one).replace("\n", "\r\n") for one in (name, name[::-1]))
        server[f"sites/{at:02}.conf"] = first_host.replace("    ", "  ") + second.replace("    ", "\t")
    directory = written(tmp_path / "conf", server)
    first = load(directory)
    first.check()
    path = directory / "sites/04.conf"
    open_all = "\t\t<Files wsgi.py>\r\n\t\t\tRequire all granted\r\n\t\t</Files>\r\n"
    above, _, below = server["sites/04.conf"].rpartition(open_all)
    overlay = {str(path): above + below}
    changed = first.changed(overlay)
    assert same(changed, directory, overlay)
    edits = [edit.text for finding in changed.check().findings if finding.fix for edit in finding.fix.edits]
    assert [text.count("\r\n\t  ") for text in edits] == [2]


#: What is changed of the main file, as (old, new); and whether a part of the server tells.
MAIN_CHANGES = {
    "the files that are read": (("sites/*.conf", "sites/0*.conf"), False),
    "a module": (("LoadModule", "#LoadModule"), False),
    "a line that all hosts depend on": (("    Require all denied\n", ""), True),
    "a comment": (("ServerName", "# The server's own name.\nServerName"), True),
    "half a section": (("Listen 80\n", "Listen 80\n<Directory /srv\n"), True),
    "a name of a host": (("www.example.com", "zentria.example.org"), True),
    "an alias to all projects": (("Listen 80\n", "Listen 80\nAlias /all/ /srv/\n"), False),
    "the same as a pattern": (("Listen 80\n", "Listen 80\nAliasMatch ^/all/(.*) /srv/$1\n"), False),
    "the same in a condition": (
        ("Listen 80\n", "Listen 80\n<IfModule alias_module>\nAlias /all/ /srv/\n</IfModule>\n"),
        False,
    ),
    "the same for one host": (("Listen 80\n", "Listen 80\nAlias /all/ /srv/zentria/\n"), True),
    "an alias to nothing of them": (("Listen 80\n", "Listen 80\nAlias /all/ /usr/share/all/\n"), True),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "is_told"), MAIN_CHANGES.values(), ids=MAIN_CHANGES)
def test_a_change_of_the_main_file_is_told_by_the_hosts_that_stand_for_others(
    tmp_path: Path, change: tuple[str, str], *, is_told: bool
) -> None:
    directory = written(tmp_path / "conf", texts())
    first = load(directory)
    first.check()
    assert change[0] in MAIN
    overlay = {str(directory / "apache2.conf"): MAIN.replace(*change)}
    assert same(first.changed(overlay), directory, overlay) is is_told


def test_where_hosts_that_are_not_read_have_other_findings_all_is_read(tmp_path: Path) -> None:
    closed = HOST.replace("        AllowOverride None\n        Require all granted\n", "        AllowOverride None\n")
    directory = written(tmp_path / "conf", texts(closed))
    first = load(directory)
    refused = [one for one in first.check().findings if one.rule == "static-directory-not-granted"]
    assert len(refused) == len(NAMES)
    overlay = {str(directory / "apache2.conf"): MAIN.replace("denied", "granted")}
    changed = first.changed(overlay)
    assert not same(changed, directory, overlay)
    assert not [one for one in changed.check().findings if one.rule == "static-directory-not-granted"]


def test_texts_come_together(tmp_path: Path) -> None:
    """Also those of a server that was not asked in between."""
    directory = written(tmp_path / "conf", texts())
    first = load(directory)
    first.check()
    paths = [str(directory / f"sites/{name}.conf") for name in ("00", "06")]
    overlay = {path: Path(path).read_text().replace("threads=5", "threads=x", 1) for path in paths}
    between = first.changed({paths[0]: overlay[paths[0]]}).changed({paths[1]: "Timeout 1\n"})
    assert same(between.changed({paths[1]: overlay[paths[1]]}), directory, overlay)


def test_the_last_text_counts_whatever_the_file_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = written(tmp_path / "conf", texts())
    monkeypatch.chdir(tmp_path)
    path = directory / "sites/00.conf"
    first = load(directory)
    first.check()
    wrong = first.changed({path: path.read_text().replace("threads=5", "threads=x")})
    assert wrong.check().findings
    assert not wrong.changed({"conf/sites/00.conf": path.read_text()}).check().findings
    assert (
        not load(directory, {str(path): "Alias\n"}).changed({"conf/sites/00.conf": path.read_text()}).check().findings
    )


def test_everything_else_can_be_asked_of_a_changed_server(tmp_path: Path) -> None:
    directory = written(tmp_path / "conf", texts())
    first = load(directory)
    first.check()
    path = directory / "sites/00.conf"
    changed = first.changed({path: path.read_text().replace("WSGIScriptAlias / ", "WSGIScriptAlias /app ")})
    fresh = load(directory, {str(path): path.read_text().replace("WSGIScriptAlias / ", "WSGIScriptAlias /app ")})
    url = "http://bakolum.example.org/app"
    assert changed.trace(url).to_json() == fresh.trace(url).to_json() != first.trace(url).to_json()
    assert changed.show().to_json() == fresh.show().to_json() != first.show().to_json()
    assert changed.starts is first.starts
    assert changed.fix().files == ()


def counted(monkeypatch: pytest.MonkeyPatch, work: Any) -> int:
    """How many directives are read meanwhile."""
    count = 0
    real = reader.Reader.item

    def item(self: Any, *given: Any) -> Any:
        nonlocal count
        count += 1
        return real(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(reader.Reader, "item", item)
        work()
    return count


@pytest.mark.parametrize("of_each", [1, 2, 5])
def test_few_hosts_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_each: int) -> None:
    directory = written(tmp_path / "conf", texts(of_each=of_each))
    first = load(directory)
    first.check()
    path = directory / "sites/05.conf"
    path = path if path.exists() else directory / "sites/04.conf"
    text = path.read_text()
    second = first.changed({path: text.replace("threads=5", "threads=6", 1)})
    whole = counted(monkeypatch, lambda: load(directory).check())
    one = counted(monkeypatch, lambda: load(directory)) / len(NAMES)
    twice = counted(monkeypatch, second.check)
    third = second.changed({path: text.replace("threads=5", "threads=7", 1)})
    once = counted(monkeypatch, third.check)
    assert once < 6 * one
    assert twice < 11 * one < 2 * whole


# -- what is left out is left out for a reason ------------------------------------------------------------------------------


def test_without_the_hosts_that_share_words_something_wrong_is_said(tmp_path: Path) -> None:
    directory = written(tmp_path / "conf", texts())
    first = load(directory)
    first.check()
    base = first._base
    assert base is not None
    blind = [group._replace(own=frozenset()) for group in base.groups]
    vars(first)["_base"] = base._replace(groups=blind)
    path = directory / "sites/04.conf"
    overlay = {str(path): path.read_text().replace(*CHANGES["the group of another host"][0], 1)}
    changed = first.changed(overlay)
    assert changed.check().to_json() != load(directory, overlay).check().to_json()
    assert is_part(changed)


@pytest.mark.slow
@pytest.mark.parametrize("blind", [False, True])
def test_without_the_hosts_that_stand_for_others_something_wrong_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, blind: bool
) -> None:
    """Old access directives are one finding, where the first of them stands: a change above moves it away from there."""
    server = texts()
    server["sites/10.conf"] = server["sites/10.conf"].replace(
        "    Require all granted", "    Order allow,deny\n        Allow from all"
    )
    directory = written(tmp_path / "conf", server)
    first = load(directory)
    assert "old-access-directives" in {one.rule for one in first.check().findings}
    path = directory / "sites/04.conf"
    overlay = {str(path): path.read_text().replace(*CHANGES["old access"][0], 1)}
    if blind:
        monkeypatch.setattr(parts, "standing_for_others", lambda groups, touched: frozenset())
    changed = first.changed(overlay)
    assert (changed.check().to_json() == load(directory, overlay).check().to_json()) is not blind


# -- any changes ------------------------------------------------------------------------------------------------------------

LINES = (
    "Timeout 30", "Options Indexes", "Order allow,deny", "Allow from all", "Require all denied", "SSLEngine on",
    "WSGIDaemonProcess {name}", "WSGIProcessGroup {name}", "ServerName {name}.example.org", "ServerAlias {name}.example.org",
    "Alias / /srv/{name}/", "Alias /static /srv/{name}/static/", "WSGIScriptAlias / /srv/{name}/app/wsgi.py",
    "Redirect / http://{name}.example.org/", "RewriteEngine On", "RewriteRule ^/a /b", "Define {name}", "</Directory>",
    "<Directory /srv/{name}>", "<Location />", "</Location>", "# modwsgi-fix: allow alias-hides-application", "<IfModule x.c>",
    "</IfModule>", "Foo bar", "WSGIApplicationGroup {name}", "DocumentRoot /srv/{name}/static", "ErrorLog /var/log/{name}.log",
    "Listen 81", "LoadModule ssl_module modules/mod_ssl.so", "ServerRoot /srv", "Header set X {name}", "\\",
)  # fmt: skip

_line = st.tuples(st.sampled_from(LINES), st.sampled_from(NAMES + SHORT)).map(
    lambda pair: pair[0].replace("{name}", pair[1])
)
_edit = st.tuples(st.sampled_from(["insert", "delete", "replace", "host", "typed"]), st.sampled_from([0, 2, 4, 6, 8, -1]),
                  st.integers(0, 60), _line)  # fmt: skip


def edited(server: dict[str, str], edit: tuple[str, int, int, str]) -> str:
    """Change a file of a server; return its name."""
    how, number, at, text = edit
    name = "apache2.conf" if number < 0 else f"sites/{number:02}.conf"
    lines = server[name].splitlines(keepends=True)
    at = min(at, len(lines))
    if how == "host":
        lines[at:at] = [HOST.format(name=f"new{at}")]
    elif how == "typed":
        lines[at:at] = [text[: at % 9 + 1]]
    elif how == "delete":
        del lines[at : at + 1]
    else:
        lines[at : at + (how == "replace")] = [f"    {text}\n"]
    server[name] = "".join(lines)
    return name


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    edits=st.lists(_edit, min_size=1, max_size=4),
    host=st.sampled_from([HOST, OLD]),
    names=st.sampled_from([NAMES, SHORT]),
)
def test_after_any_changes_the_same_is_said_as_of_a_new_server(
    tmp_path: Path, edits: list[tuple[str, int, int, str]], host: str, names: Sequence[str]
) -> None:
    server = texts(host, names=names)
    directory = written(tmp_path / "conf", server)
    now, overlay = load(directory), dict[str, str]()
    now.check()
    for edit in edits:
        name = edited(server, edit)
        overlay[str(directory / name)] = server[name]
        now = now.changed({directory / name: server[name]})
        same(now, directory, overlay)
