"""What is worth a line of its own, and at which severity; and the tool that draws findings to be read."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from support import ROOT, one_file

from modwsgi_fix.engine import findings
from modwsgi_fix.rule import Severity, all_rules

pytestmark = pytest.mark.slow

_SITE = "WSGIScriptAlias / /srv/shop/run.wsgi\n"
_PAIR = """
<VirtualHost *:80>
    ServerName shop.example
    WSGIDaemonProcess {one}
    WSGIProcessGroup {one}
    WSGIScriptAlias / /srv/shop/run.wsgi
</VirtualHost>
<VirtualHost *:443>
    ServerName shop.example
    WSGIDaemonProcess {other}
    WSGIProcessGroup {other}
    WSGIScriptAlias / /srv/shop/run.wsgi
</VirtualHost>
"""


def severities(rule: str, text: str) -> list[Severity | None]:
    return [one.severity for one in findings(one_file(text), [all_rules()[rule]])]


@pytest.mark.parametrize(
    ("rule", "text", "severity"),
    [
        ("redundant-daemon-user", "WSGIDaemonProcess shop user=apache group=apache\n", Severity.INFO),
        ("redundant-daemon-user", "User apache\nWSGIDaemonProcess shop user=apache\n", Severity.WARNING),
        ("allow-in-location", f"{_SITE}<Location /desk>\nRequire all granted\n</Location>\n", Severity.WARNING),
        (
            "allow-in-location",
            f"{_SITE}<IfModule mod_wsgi.c>\n<Location />\nAllow from all\n</Location>\n</IfModule>\n",
            Severity.WARNING,
        ),
        (
            "allow-in-location",
            f"{_SITE}Alias /img /srv/img\n<Location />\nRequire all granted\n</Location>\n",
            Severity.ERROR,
        ),
        ("twin-daemon-processes", _PAIR.format(one="shop", other="shop-ssl"), Severity.WARNING),
        ("twin-daemon-processes", _PAIR.format(one="SHOP", other="ssl_shop"), Severity.WARNING),
        ("twin-daemon-processes", _PAIR.format(one="public", other="members"), Severity.INFO),
        ("excessive-daemon-processes", "WSGIDaemonProcess shop processes=10\n", Severity.WARNING),
        ("excessive-daemon-processes", "WSGIDaemonProcess shop processes=4 threads=20\n", Severity.INFO),
        ("excessive-daemon-threads", "WSGIDaemonProcess shop threads=200\n", Severity.WARNING),
        ("excessive-daemon-threads", "WSGIDaemonProcess shop threads=30\n", Severity.INFO),
        ("unknown-directive", "WSGIFlushLogs On\n", Severity.ERROR),
        ("unknown-directive", "FlushWSGILogs On\n", Severity.INFO),
        ("maximum-requests", "WSGIDaemonProcess shop maximum-requests=500\n", Severity.WARNING),
        (
            "needless-location-root",
            f"<VirtualHost *:80>\n{_SITE}<Location />\nWSGIProcessGroup shop\n</Location>\n</VirtualHost>\n",
            Severity.INFO,
        ),
        ("needless-location-root", f"{_SITE}<Location />\nWSGIProcessGroup shop\n</Location>\n", Severity.WARNING),
    ],
)
def test_how_much_it_matters(rule: str, text: str, severity: Severity) -> None:
    assert severities(rule, text) == [severity]


def test_opinions_are_asked_for() -> None:
    assert not all_rules()["processes-one"].default


def test_the_places_of_one_decision_go_with_it() -> None:
    text = "".join(f"<Directory /srv/{name}>\nDeny from all\n</Directory>\n" for name in "abc")
    (found,) = findings(one_file(text), [all_rules()["old-access-directives"]])
    assert [text[one.span.start : one.span.end] for one in found.related] == ["Deny from all"] * 2
    assert "3 sections" in found.message


def test_the_sections_of_one_directory_are_one_finding() -> None:
    host = (
        "<VirtualHost *:{}>\nWSGIScriptAlias / /srv/shop/bin/run.wsgi\n"
        "<Directory /srv/shop/>\nRequire all granted\n</Directory>\n</VirtualHost>\n"
    )
    (found,) = findings(one_file(host.format(80) + host.format(443)), [all_rules()["whole-project-granted"]])
    assert [one.message for one in found.related] == ["here, too", "the script"]


@pytest.mark.parametrize(
    "frame", ["{}", "<VirtualHost *:80>\n{}</VirtualHost>\n", "<IfModule mod_wsgi.c>\n{}</IfModule>\n"]
)
def test_a_listing_of_a_wiki_is_called_so(frame: str) -> None:
    (found,) = findings(
        one_file(frame.format("  {{{\nServerName shop.example\n  }}}\n")), [all_rules()["incomplete-tag"]]
    )
    assert found.message == "this is the markup of a wiki, so httpd does not start"


def test_a_tag_of_a_template_is_called_so() -> None:
    (found,) = findings(one_file("{{ names }}\n"), [all_rules()["incomplete-tag"]])
    assert found.message == "this is a tag of a template that was not filled in, so httpd does not start"


def test_a_script_is_named_by_its_path_below_the_project() -> None:
    text = "WSGIScriptAlias / /srv/shop/shop/wsgi.py\n<Directory /srv/shop>\nRequire all granted\n</Directory>\n"
    (found,) = findings(one_file(text), [all_rules()["whole-project-granted"]])
    assert found.message == "all of /srv/shop is opened, where mod_wsgi needs shop/wsgi.py only"


def test_the_figures_of_the_sample_are_those_of_its_table() -> None:
    page = (ROOT / "docs/precision.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if "| `" in line]
    table = [row for row in rows if len(row) == 6 and row[4] in ("useful", "noise", "false")]
    assert {row[0] for row in table} <= all_rules().keys()
    assert all(row[5] for row in table)
    parts = (
        ("warnings and errors", ("warning", "error")),
        ("hygiene (`info`)", ("info",)),
        ("together", ("info", "warning", "error")),
    )
    for name, severities in parts:
        said = [row[4] for row in table if row[3] in severities]
        counts = [said.count(verdict) for verdict in ("useful", "noise", "false")]
        share = round(100 * counts[0] / len(said))
        assert f"| {name} | {' | '.join(map(str, counts))} | {share} % of {len(said)} |" in page


# -- the tool ------------------------------------------------------------------


def _drawn(*words: str) -> str:
    command = [sys.executable, str(ROOT / "tools/precision.py"), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    names = "".join(f"NameVirtualHost *:{port}\n" for port in range(80, 90))
    (tmp_path / "configs/many.conf").write_text(names)
    (tmp_path / "configs/copy.conf").write_text(names)
    (tmp_path / "configs/other.conf").write_text("DefaultType text/plain\n")
    (tmp_path / "configs/broken.conf").write_bytes(b"\xff\xfe\x00<")
    return tmp_path


def test_a_long_file_and_a_copy_do_not_fill_the_sample(corpus: Path) -> None:
    rows = _drawn("1", "--table", "--corpus", str(corpus)).splitlines()
    rules = [row.split("|")[1].strip() for row in rows]
    assert rules.count("name-virtual-host") == 2
    assert rules.count("default-type") == 1


def test_a_sample_is_its_seed_s(corpus: Path) -> None:
    words = ("2", "--table", "--corpus", str(corpus))
    first = _drawn("1", *words)
    assert _drawn("1", *words, "--jobs", "1") == first
    assert len(first.splitlines()) == 2
    assert len({_drawn(str(seed), *words) for seed in range(2, 8)}) > 1


def test_a_row_has_no_text_of_the_file(corpus: Path) -> None:
    digest = sha256((corpus / "configs/other.conf").read_bytes()).hexdigest()[:12]
    table = _drawn("1", "--table", "--corpus", str(corpus))
    assert f"| default-type | `{digest}` | 1 | warning | | |" in table
    assert "text/plain" not in table


def test_all_are_counted_by_rule_and_severity(corpus: Path) -> None:
    assert "| name-virtual-host | warning | 10 | 10 | 1 |" in _drawn("--count", "--corpus", str(corpus))


def test_each_finding_in_scripts_has_a_verdict() -> None:
    page = (ROOT / "docs/precision-scripts.md").read_text("utf-8")
    rows = [line for line in page.split("## The findings")[1].splitlines() if line.startswith("| ") and "`" in line]
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); import precision_scripts as p; v = p.verdicts_of("
    told = subprocess.run(
        [sys.executable, "-c", f"{code}sys.stdin.read()); print(len(v), *sorted({{x[0] for x in v.values()}}))"],
        input=page, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    number, *verdicts = told.split()
    assert int(number) == len(rows) > 0
    assert set(verdicts) <= {"useful", "noise", "false"}
