"""``modwsgi-fix report``: the reports of many servers as one, and one server's own page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import browser
import pytest
from support import CORPUS, Run, refused

from modwsgi_fix.effect.exposure import Exposed, Found
from modwsgi_fix.fleet import merging
from modwsgi_fix.fleet.hosts_report import HostsReport, Told, read_report
from modwsgi_fix.fleet.merging import MOST_NAMES, Gathering
from modwsgi_fix.fleet.wording import normalised
from modwsgi_fix.records import Report
from modwsgi_fix.reports.server_html import Page, as_html

_DUPLICATE = "process group {} is already defined, so httpd does not start"


def finding(message: str, rule: str = "duplicate-daemon-process", severity: str = "error") -> dict[str, Any]:
    return {
        "rule": rule, "severity": severity, "message": message, "help": "", "file": "conf/site.conf", "line": 3,
        "column": 1, "end_line": 3, "end_column": 2, "fixable": "safe", "fix": None, "related": [],
    }  # fmt: skip


def report(*findings: dict[str, Any], starts: bool | None = True, **more: Any) -> dict[str, Any]:
    fault = {
        "start_fault": {
            "file": "conf/site.conf",
            "line": 3,
            "message": "Name duplicates previous WSGI daemon definition.",
        }
    }
    return {
        "version": "1", "schema": 1, "starts": starts, **({} if starts is not False else fault), "findings": list(findings), "more": [],
        "not_understood": [], **more,
    }  # fmt: skip


def put(tmp_path: Path, **reports: Any) -> list[str]:
    for name, value in reports.items():
        (tmp_path / f"{name}.json").write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return [f"{name}.json" for name in reports]


def test_the_same_finding_is_one_row_and_what_does_not_start_comes_first(run: Run, tmp_path: Path) -> None:
    words = put(
        tmp_path,
        web1=report(finding(_DUPLICATE.format("wolkenkuckucksheim")), starts=False),
        web2=report(finding(_DUPLICATE.format("xyzzy")), finding(_DUPLICATE.format("xyzzy2")), starts=False),
        web3=report(finding("NameVirtualHost has no effect since httpd 2.4, and the next release refuses it", "name-virtual-host", "warning")),
        web4=report(),
        web5={"version": "1", "schema": 1, "error": {"kind": "file", "message": "/etc/apache2: permission denied"}},
    )  # fmt: skip
    done = run("report", *words)
    assert (done.code, done.err) == (2, "")
    assert done.out == (
        "5 servers\n"
        "       2 not started by httpd\n"
        "       3 with findings\n"
        "       1 without findings\n"
        "       1 not checked\n"
        "\n"
        "Do not start\n"
        "       2 servers Name duplicates previous WSGI daemon definition.\n"
        "                 web1, web2; for example web1: conf/site.conf:3\n"
        "\n"
        "Were not checked\n"
        "       1 server  /etc/apache2: permission denied\n"
        "                 web5\n"
        "\n"
        "Findings\n"
        "       2 servers error: duplicate-daemon-process: process group … is already defined, so httpd does not start\n"
        "                 web1, web2; for example web1: conf/site.conf:3\n"
        "       1 server  warning: name-virtual-host: NameVirtualHost has no effect since httpd 2.4, and the next release refuses it\n"
        "                 web3: conf/site.conf:3\n"
    )


@pytest.mark.parametrize(
    ("message", "shared"),
    [
        ("process group xyzzy is already defined", "process group … is already defined"),
        ("/srv/a/static is listed to everyone", "… is listed to everyone"),
        ("Alias hides WSGIScriptAlias /, and serves /srv/x/ at all its URLs", "Alias hides WSGIScriptAlias /, and serves … at all its URLs"),
        ("MaxClients is called MaxRequestWorkers since httpd 2.4", "MaxClients is called MaxRequestWorkers since httpd 2.4"),
        ("Order of httpd 2.2 decides in 4 sections", "Order of httpd 2.2 decides in … sections"),
        ("host shop-17.test, port 8080", "host …, port …"),
    ],
)  # fmt: skip
def test_names_paths_and_numbers_do_not_count(message: str, shared: str) -> None:
    assert normalised(message) == shared
    assert normalised(shared) == shared


def test_a_clean_fleet_and_one_with_remarks(run: Run, tmp_path: Path) -> None:
    done = run("report", *put(tmp_path, a=report(), b=report(finding("x", severity="info"))))
    assert done.code == 0
    assert "Only worth knowing" in done.out


_DEEP = b'{"schema": 1, "findings": ' + b"[" * 100_000
_HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is not JSON"),
    "cut": (b'{"schema": 1, "find', "is not JSON"),
    "bytes": (b"\xff\xfe\x00{", "is not JSON"),
    "deep": (_DEEP, "is not JSON"),
    "digits": (b'{"schema": ' + b"9" * 10_000 + b"}", "is not JSON"),
    "constant": (b'{"schema": NaN}', "is not JSON"),
    "list": (b"[]", "it is not an object"),
    "older": (b'{"schema": 0}', "its schema is not 1"),
    "truth": (b'{"schema": true}', "its schema is not 1"),
    "sarif": (b'{"version": "2.1.0", "runs": []}', "its schema is not 1"),
    "nothing": (b'{"schema": 1}', "starts is neither true, false nor null"),
    "values": (b"[" + b"0," * 1_000_001 + b"0]", "has more than 1,000,000 values"),
    "huge": (b" " * (17 << 20), "is larger than 16 MB"),
    "rule": (json.dumps(report(finding("x", "<b>"))).encode(), "findings[0].rule is not the name of a rule"),
    "severity": (json.dumps(report(finding("x", severity="fatal"))).encode(), "findings[0].severity is none of"),
    "line": (json.dumps(report({**finding("x"), "line": -1})).encode(), "findings[0].line is not a whole number"),
    "level": (json.dumps(report({**finding("x"), "fixable": []})).encode(), "findings[0].fixable is not a level"),
    "fault": (json.dumps({**report(starts=False), "start_fault": 1}).encode(), "start_fault is not an object"),
    "reason": (b'{"schema": 1, "error": {"message": 1}}', "error.message is not a text"),
}  # fmt: skip


def test_a_file_that_is_not_a_report_costs_itself_and_one_line(run: Run, tmp_path: Path) -> None:
    words = put(tmp_path, **{name: data for name, (data, _) in _HOSTILE.items()}, good=report(finding("x")))
    done = run("report", *words, "missing.json")
    assert done.code == 2
    assert done.out.startswith("1 server\n")
    lines = done.err.splitlines()
    assert len(lines) == len(_HOSTILE) + 1
    for (name, (_, said)), line in zip(_HOSTILE.items(), lines, strict=False):
        assert line.startswith(f"modwsgi-fix: {name}.json: ")
        assert said in line
    assert lines[-1] == "modwsgi-fix: missing.json: no such file or directory"


def test_nothing_but_hostile_files_is_no_page(run: Run, tmp_path: Path) -> None:
    done = run("report", "--html", "page.html", *put(tmp_path, a=b"x", b=b"[]"))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 2)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.slow
def test_texts_of_a_report_are_neither_obeyed_nor_markup(run: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> \x1b[2J \u202e ' onload='x \ud800"
    words = put(tmp_path, **{"<b>": report({**finding(evil), "file": evil, "help": evil}), "x": report(finding("y"))})
    done = run("report", *words)
    assert not set(done.out) & {"\x1b", "\u202e"}
    assert run("report", "--html", "page.html", *words).out == "Wrote the page to page.html.\n"
    made = (tmp_path / "page.html").read_bytes().decode("utf-8")
    page = browser.Page(made)
    assert "<script>" not in made
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in page.attributes)
    assert not set(made) & {"\x1b", "\u202e", "\r"}


def test_what_is_kept_does_not_grow_with_the_number_of_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(message: str, rule: str = "some-rule") -> Told:
        return Told(rule, "error", message, "", "/etc/apache2/apache2.conf", 1, "")

    def kept(servers: int) -> list[int]:
        gathering = Gathering()
        for number in range(servers):
            said = (told(_DUPLICATE.format(f"group{number}")), told(f"/srv/{number} is listed to everyone"))
            gathering.add(f"web{number}", HostsReport(False, (f"no file /srv/{number}", "a", 1), said))
        rows = gathering.fleet()
        assert rows.starting[0].servers == rows.findings[0].servers == servers
        return [len(gathering.starting), len(gathering.findings), max(len(row.names) for row in rows.findings)]

    assert kept(40) == kept(400) == [1, 2, MOST_NAMES]
    # Nor with what hostile reports make up.
    monkeypatch.setattr(merging, "MOST_ROWS", 10)
    gathering = Gathering()
    for number in range(100):
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        gathering.add("web", HostsReport(None, findings=(told("a ! " * number, f"rule-{letters}"),)))
    assert len(gathering.findings) == 21
    assert sum(row.places for row in gathering.fleet().findings) == 100


@pytest.mark.slow
def test_what_the_program_writes_is_read(run: Run, tmp_path: Path) -> None:
    written = run("--isolated", "--output-format", "json", str(CORPUS / "web2py-https/conf")).out
    (tmp_path / "old.json").write_text(written)
    read = read_report(str(tmp_path / "old.json"))
    value = json.loads(written)
    assert read.starts is False
    assert [each.message for each in read.findings] == [each["message"] for each in value["findings"]]
    assert [each.level or None for each in read.findings] == [each["fixable"] for each in value["findings"]]


def test_words_that_contradict_each_other(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=report())
    (tmp_path / "site.conf").write_text("Listen 80\n")
    assert "nothing to report" in refused(run("report"))
    assert "a.json: is a report" in refused(run("report", "a.json", "site.conf"))
    assert "--html FILE" in refused(run("report", "site.conf"))
    assert "--root and --isolated" in refused(run("report", "--root", "/", "a.json"))
    assert "is one of the reports" in refused(run("report", "--html", "a.json", "a.json"))
    assert "is a directory" in refused(run("report", "--html", ".", "a.json"))
    assert "is one of the files that are checked" in refused(run("report", "--html", "site.conf", "site.conf"))


# -- one server ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@browser.needed
def test_a_server_is_one_page_that_a_telephone_shows(run: Run, tmp_path: Path) -> None:
    server = CORPUS / "web2py-http"
    done = run("report", "--isolated", "--root", f"{server}/root", "--html", "page.html", f"{server}/conf")
    assert (done.code, done.out) == (1, "Wrote the page to page.html.\n"), done.err
    made = (tmp_path / "page.html").read_bytes().decode("utf-8")
    page = browser.Page(made)
    assert page.all("h1")[0].endswith("web2py.conf: httpd does not start")
    assert page.all("h2") == [
        "Whether it starts", "What lies open", "What visitors get, now and once it is fixed", "The server", "What is wrong",
        "What was not understood",
    ]  # fmt: skip
    listed, spans = page.all("li"), page.all("span")
    assert listed[0].startswith("now: httpd does not start")
    assert any(re.match(r"/admin/static/admin\.css: .* → file served", text) for text in listed)
    assert any(text.startswith("-NameVirtualHost") for text in spans)
    assert made.count("<svg ") == 1
    assert not re.search(
        r"https?://|url\(|@import", made.replace("http://www.w3.org/2000/svg", "").replace("http://www.test", "")
    )
    scrolled, inner = browser.widths(made, tmp_path, 360, unfolded=True)
    assert scrolled <= inner


def test_what_should_not_lie_open_is_red_and_comes_first() -> None:
    files = [
        Found(f"http://a.test/{name}", f"/srv/{name}", kind, "Alias", "a.conf:1", True)
        for name, kind in (("a.css", ""), ("db.py", "source code"), ("a.sqlite", "database"))
    ]
    hosts = (Exposed("calm.test", (files[0],)), Exposed("open.test", tuple(files)))
    made = as_html(Page(Report((), ()), (), hosts, (), ()))
    page = browser.Page(made)
    assert page.all("span") == ["database: 1 file", "source code: 1 file"]
    assert page.attributes.count(("class", "bad")) == 2
    assert made.index("open.test") < made.index("calm.test")
    assert "--root says which filesystem" in as_html(Page(Report((), ()), (), None, (), ()))


@pytest.mark.slow
@browser.needed
def test_a_telephone_shows_a_fleet(run: Run, tmp_path: Path) -> None:
    wide = report(finding("x" * 500), finding("/srv/" + "y " * 200), starts=False)
    run("report", "--html", "page.html", *put(tmp_path, **{f"web{number}": wide for number in range(30)}))
    made = (tmp_path / "page.html").read_text()
    assert browser.Page(made).all("h2") == ["Do not start", "Findings"]
    scrolled, inner = browser.widths(made, tmp_path, 360, unfolded=True)
    assert scrolled <= inner


def test_secrets_and_markup_of_a_server(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text(
        '<VirtualHost *:80>\n    ServerName a.test\n    SetEnv DB_PASSWORD hunter2secret\n    LockFile /x\n    DefaultType "<script>"\n'
        "    WSGIScriptAlias / /srv/<img>\n</VirtualHost>\n"
    )
    assert run("report", "--isolated", "--html", "page.html", "site.conf").code == 1
    made = (tmp_path / "page.html").read_text()
    assert "hunter2secret" not in made
    assert browser.Page(made).all("h1") == ["site.conf: httpd does not start"]
    assert not {"script", "img"} & set(re.findall(r"<(\w+)", made))
