"""Every limit is in the table of docs/reliability.md, with its number; reaching one is said once, and names it."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from support import ROOT, Run, config_of, one_file

from modwsgi_fix.model import bounds
from modwsgi_fix.model.patterns import LONGEST_TEXT, Unknown, search
from modwsgi_fix.model.request import request_of, trace

#: By where each is: how its row begins.
LIMITS = {
    "model.bounds.DEEPEST_INCLUDE": "Includes within each other",
    "model.bounds.MOST_READINGS": "lines that Include and Use make",
    "model.bounds.READINGS_PER_LINE": "lines that Include and Use make",
    "syntax.DEEPEST_SECTION": "nested sections",
    "model.reading.variables._LONGEST": "characters of a word with variables",
    "model.bounds.LONGEST_URL": "characters of a URL",
    "model.bounds.LONGEST_PATH": "characters of a path",
    "model.patterns.pcre._LONGEST": "characters of a regular expression",
    "model.patterns.pcre._DEEPEST": "nested groups of a regular expression",
    "model.patterns.LONGEST_TEXT": "bytes of a text that is searched",
    "model.patterns.MOST_STEPS": "steps of one search",
    "model.bounds._MOST_STEPS": "steps of all regular expressions",
    "model.bounds._LEAST_STEPS": "steps of all regular expressions",
    "model.bounds._ALL_STEPS": "steps of all regular expressions",
    "model.request.expressions.LONGEST_EXPRESSION": "characters of an expression of `<If>`",
    "model.request.expressions.DEEPEST_BRACKET": "brackets of such an expression",
    "model.merge.world._MOST_BRANCHES": "ways that a request may go",
    "model.request.phases._MOST_REDIRECTS": "URLs that a request is led to",
    "model.request.visits.MOST_VISITS": "requests that are compared",
    "model.request.visits._MOST_FILES": "files below one mapping",
    "effect.impact._MOST_HOSTS": "hosts whose changes for visitors",
    "script.source._MOST": "characters of a WSGI script that rules",
    "script.loading._MOST": "characters of a WSGI script that libcst",
    "script.remembered._MOST": "characters of the scripts of which",
    "explain.lines.LONGEST": "bytes of a line of a log",
    "workspace.discretion.MESSAGE": "characters of a message",
    "workspace.discretion.REASON": "characters of the reason why a fix",
    "effect.impact._MOST_WAYS": "outcomes of one request",
    "workspace.session.MOST_FINDINGS": "findings of one rule and severity",
}


def rows() -> list[str]:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    return [line for line in text.partition("## Limits")[2].partition("\n## ")[0].splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_documented_with_its_number(name: str) -> None:
    module, _, constant = name.rpartition(".")
    value = getattr(import_module(f"modwsgi_fix.{module}"), constant)
    (row,) = [row for row in rows() if row.startswith(f"| {LIMITS[name]}")]
    assert f"{value:,}" in re.findall(r"[\d,]*\d", row.split("|")[2])


def test_no_row_is_of_a_limit_that_there_is_not() -> None:
    known = tuple(f"| {begin}" for begin in LIMITS.values())
    assert [row for row in rows()[1:] if not row.startswith(known)] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("<Files a>\n" * 150 + "</Files>\n" * 150, "100"),
        ("<IfModule core.c>\n" + "<Location /a>\n" * 150 + "</Location>\n" * 150 + "</IfModule>\n", "100"),
        ("Define A " + "x" * 40_000 + "\nServerAdmin ${A}${A}\n", "65,536"),
        ("<Macro m $a>\nServerAdmin $a$a\n</Macro>\nUse m " + "x" * 40_000 + "\n", "65,536"),
        ("".join(f"<Macro m{at}>\n{f'Use m{at + 1}' + chr(10)}{f'Use m{at + 1}' + chr(10)}</Macro>\n" for at in range(40))
         + "<Macro m40>\nTimeout 5\n</Macro>\nUse m0\n", "100,000"),
    ],
)  # fmt: skip
def test_what_is_too_much_to_read_is_one_gap_that_names_the_limit(text: str, limit: str) -> None:
    (gap,) = one_file(text).gaps
    assert limit in gap.reason


@pytest.mark.parametrize(
    ("lines", "path", "limit"),
    [
        ("DocumentRoot /srv\n", "/" + "a" * 8200, f"{bounds.LONGEST_URL:,}"),
        (f"DocumentRoot /srv\nAlias /a /srv/{'b' * 5000}\n", "/a", f"{bounds.LONGEST_PATH:,}"),
        ("".join(f"<IfModule m{at}.c>\nRedirect /a /b{at}\n</IfModule>\n" for at in range(40)), "/a", "too much"),
    ],
)
def test_a_request_that_is_too_much_to_follow_names_the_limit(lines: str, path: str, limit: str) -> None:
    config = config_of({"/site.conf": f"<VirtualHost *:80>\nServerName a\n{lines}</VirtualHost>\n"})
    found = trace(config, request_of(f"http://a{path}"))
    assert limit in " ".join((found.outcome.reason, *(branch.outcome.reason for branch in found)))


def test_an_expression_that_is_too_much_to_search_for_names_the_reason() -> None:
    found = search("a$", "a" * (LONGEST_TEXT + 1))
    assert isinstance(found, Unknown)
    assert f"{LONGEST_TEXT:,}" in found.reason


# -- findings --------------------------------------------------------------------------------------------------------------

#: A line that httpd 2.4 refuses, and what deletes it.
_REFUSED, _BY = "LockFile /x\n", "removed-mutex-directives"
_FORMATS = ("github", "gitlab", "junit", "rdjson", "sarif")


@pytest.fixture
def three_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modwsgi_fix.workspace.session.MOST_FINDINGS", 3)


def in_a_file(directory: Path, count: int) -> str:
    (directory / "many.conf").write_text(_REFUSED * count)
    return "many.conf"


@pytest.mark.slow
def test_a_file_of_findings_is_told_up_to_a_number(tmp_path: Path, run: Run) -> None:
    """Ten thousand and five of them, as they are; the tests below make do with fewer."""
    done = run("--isolated", in_a_file(tmp_path, 10_005))
    assert done.code == 1
    assert done.out.count(f" {_BY} [*] ") == 10_000
    *_, more, summary = done.out.splitlines()
    assert more == f"... and 5 more findings of {_BY}"
    assert summary == "Found 10005 findings (10005 fixable with --write: 10005 safe)."


@pytest.mark.slow
@pytest.mark.usefixtures("three_of_a_rule")
@pytest.mark.parametrize("around", ["{0}", "<IfModule mod_wsgi.c>\n{0}</IfModule>\n"])
def test_formats_say_how_many_more_there_are(tmp_path: Path, run: Run, around: str) -> None:
    (tmp_path / "many.conf").write_text(around.format(_REFUSED * 7))
    words = ("--isolated", "--output-format")
    assert f"... and 4 more findings of {_BY}\n" in run(*words, "full", "many.conf").out
    report = json.loads(run(*words, "json", "many.conf").out)
    assert len(report["findings"]) == 3
    assert report["more"] == [{"rule": _BY, "severity": "error", "fixable": "safe", "count": 4}]
    for format in _FORMATS:
        done = run(*words, format, "many.conf")
        assert f"note: not in this report: 4 more findings of {_BY}\n" in done.err
        assert run(*words, format, "--quiet", "many.conf").err == ""
    assert run("--isolated", "--statistics", "many.conf").out.startswith(f"7  {_BY}  [*] 7\nFound 7 findings ")


@pytest.mark.usefixtures("three_of_a_rule")
def test_each_rule_has_its_own_number(tmp_path: Path, run: Run) -> None:
    """Also over several files, of which none has more than are told."""
    for name in "abc":
        (tmp_path / f"{name}.conf").write_text(_REFUSED * 2 + "NameVirtualHost *:80\n")
    out = run("--isolated", "a.conf", "b.conf", "c.conf").out
    assert out.count(f" {_BY} ") == 3
    assert out.count(" name-virtual-host ") == 3
    assert [line for line in out.splitlines() if line.startswith("...")] == [f"... and 3 more findings of {_BY}"]


@pytest.mark.usefixtures("three_of_a_rule")
def test_what_two_servers_share_counts_once(tmp_path: Path, run: Run) -> None:
    (tmp_path / "shared.conf").write_text(_REFUSED * 7)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "httpd.conf").write_text(f"Include {tmp_path}/shared.conf\n")
    assert f"... and 4 more findings of {_BY}\n" in run("--isolated", "--select", _BY, "one", "two", "shared.conf").out


@pytest.mark.usefixtures("three_of_a_rule")
def test_what_is_not_told_counts_and_is_fixed(tmp_path: Path, run: Run) -> None:
    name = in_a_file(tmp_path, 7)
    assert run("--isolated", "--unfixable", "ALL", "--write", name).out.splitlines()[-2:] == [
        f"... and 4 more findings of {_BY}",
        "Found 7 findings.",
    ]
    known = ("baseline", "write", "--isolated", "--baseline", "known.json", name)
    assert "Wrote 7 findings" in run(*known).out
    assert run("--isolated", "--baseline", "known.json", name).code == 0
    diff = run("--isolated", "--diff", name)
    assert diff.out.count(f"\n-{_REFUSED.rstrip()}") == 7
    assert run("--isolated", "--write", name).code == 0
    assert (tmp_path / name).read_text() == ""
