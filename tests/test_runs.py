"""How often a run reads its server and asks its rules; and what a report shows that only a fix brings to light."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import CORPUS, SHARED, Run, conf

from modwsgi_fix.engine import job
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading import loading
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.workspace.rules import known_rules

PUBLISHED = CORPUS / "web2py-https/conf/web2py.conf"


class Calls(NamedTuple):
    """The servers that were read (fragments in company apart), and how often each rule was asked."""

    loads: list[Config]
    company: list[Config]
    rules: Counter[str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    counted = Calls([], [], Counter())
    load = loading.load

    def counting(into: list[Config]) -> Any:
        def one(*given: Any, **named: Any) -> Config:
            into.append(load(*given, **named))
            return into[-1]

        return one

    def watched(rule: Rule) -> Rule:
        def check(config: Config) -> Iterator[Diagnostic]:
            counted.rules[rule.name] += 1
            return rule.check(config)

        return rule.with_check(check)

    monkeypatch.setattr(job, "load", counting(counted.loads))
    monkeypatch.setattr(loading, "load", counting(counted.company))
    rules = {name: watched(rule) for name, rule in known_rules().items()}
    monkeypatch.setattr("modwsgi_fix.workspace.plan.known_rules", lambda: rules)
    return counted


CLEAN = b"""\
WSGIDaemonProcess shop threads=5 display-name=%{GROUP} request-timeout=60 lang=C.UTF-8 locale=C.UTF-8
<VirtualHost *:80>
    ServerName shop.test
    WSGIScriptAlias / /srv/shop/shop.wsgi process-group=shop application-group=%{GLOBAL}
</VirtualHost>
"""


def test_a_clean_file_is_read_once_and_each_rule_asked_once(run: Run, tmp_path: Path, calls: Calls) -> None:
    conf(tmp_path, site=CLEAN)
    assert run("--isolated", "--assume-deny", "none", "conf").out == "No findings in 1 file.\n"
    assert len(calls.loads) == 1
    assert calls.company == []
    assert set(calls.rules.values()) == {1}


def test_so_is_one_with_findings_that_nothing_fixes(run: Run, tmp_path: Path, calls: Calls) -> None:
    conf(tmp_path, site=CLEAN.replace(b"threads=5", b"threads=5 maximum-requests=500"))
    outcome = run("--isolated", "--assume-deny", "none", "--ignore", "maximum-requests", "conf")
    assert outcome.out == "No findings in 1 file.\n"
    calls.loads.clear()
    calls.rules.clear()
    outcome = run("--isolated", "--assume-deny", "none", "--unfixable", "ALL", "conf")
    assert "Found 1 finding, none of which can be fixed automatically." in outcome.out
    assert len(calls.loads) == 1
    assert set(calls.rules.values()) == {1}


def passes_of(run: Run, *words: str) -> int:
    """How many passes the fixes of all levels take: no more than there are fixes."""
    return len(
        json.loads(run("--isolated", "--write", "--unsafe-fixes", "--output-format", "json", *words).out)["fixed"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--unsafe-fixes",), ("--fix-level", "safe")])
def test_one_with_fixes_is_read_again_once_for_each_pass(
    run: Run, tmp_path: Path, calls: Calls, words: tuple[str, ...]
) -> None:
    text = listing()
    conf(tmp_path, site=text)
    run("--isolated", *words, "conf")
    loads, rules = len(calls.loads), calls.rules.copy()
    most = 1 + passes_of(run, "conf")
    assert 3 < loads <= most
    assert max(rules.values()) <= loads
    assert (min(rules.values()), len(rules)) >= (1, len(known_rules()) - 1)


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--unsafe-fixes",)])
def test_a_diff_reads_no_state_twice(run: Run, tmp_path: Path, calls: Calls, words: tuple[str, ...]) -> None:
    conf(tmp_path, site=listing())
    run("--isolated", "--diff", *words, "conf")
    states = Counter(tuple(file.text for file in config.files.values()) for config in calls.loads)
    assert len(states) > 3
    assert set(states.values()) == {1}
    beside = Counter((config.denies, *(file.text for file in config.files.values())) for config in calls.company)
    assert set(beside.values()) <= {1}
    assert max(calls.rules.values()) <= len(calls.loads)


def listing() -> bytes:
    """A published configuration of 58 lines, in the words of its page where that is at hand."""
    pages = sorted((SHARED.parent / "seed").glob("*.txt"))
    if not pages:
        return PUBLISHED.read_bytes()
    return b"".join(re.sub(rb"^\d+ ?", b"", line) for line in numbered(pages[0]))


def numbered(page: Path) -> list[bytes]:
    """The first listing of a page: lines that begin with 1, 2, 3 ..."""
    found: list[bytes] = []
    for line in page.read_bytes().splitlines(keepends=True):
        if re.match(rb"%d\b" % (len(found) + 1), line):
            found.append(line)
    return found


# -- what a fix brings to light ----------------------------------------------------------------------------------------

HOST = """\
<VirtualHost *:80>
    ServerName shop.test
    Alias / /home/shop/applications/
    WSGIScriptAlias / /home/shop/wsgihandler.py
    <Location />
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""


def findings(run: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("--isolated", "--output-format", "json", *words, "conf").out)[
        "findings"
    ]
    return found


def write_conf(tmp_path: Path, text: str) -> None:
    conf(tmp_path, site=text.encode())


def places(found: list[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(one["rule"], one["line"]) for one in found}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        HOST.replace("<VirtualHost", "<VirualHost").replace("</VirtualHost", "</VirualHost"),
        HOST.replace("</Location>", "</Directory>"),
        "<IfModule mod_wsgi.c>\n" + HOST.replace("<VirtualHost", "<VirualHost").replace("</VirtualHost", "</VirualHost") + "</IfModule>\n",
        "".join(f"{number} {line}\n" for number, line in enumerate(HOST.splitlines(), start=1)),
    ],
    ids=["misspelt", "closed-by-another", "in-a-condition", "pasted-with-numbers"],
)  # fmt: skip
def test_what_a_fault_of_writing_hides_is_reported_where_it_stands(run: Run, tmp_path: Path, text: str) -> None:
    write_conf(tmp_path, HOST)
    sound = {(rule, line) for rule, line in places(findings(run))}
    write_conf(tmp_path, text)
    found = findings(run)
    shift = 1 if text.startswith("<IfModule") else 0
    assert {(rule, line + shift) for rule, line in sound} <= places(found)
    fixed = json.loads(run("--isolated", "--write", "--output-format", "json", "conf").out)["fixed"]
    assert {one["rule"] for one in fixed} <= {one["rule"] for one in found}


@pytest.mark.slow
def test_it_says_which_repair_reveals_it_and_whether_it_goes(run: Run, tmp_path: Path) -> None:
    text = HOST.replace("<VirtualHost", "<VirualHost").replace("</VirtualHost", "</VirualHost")
    write_conf(tmp_path, "# a shop\n" + text)
    (hidden,) = [one for one in findings(run) if one["rule"] == "alias-hides-application"]
    assert hidden["after"] == {"file": "conf/site.conf", "line": 2}
    assert (hidden["line"], hidden["fixable"], hidden["fix"]) == (4, "repair", None)
    (shown,) = [one for one in findings(run) if one["rule"] == "misspelt-section"]
    assert "after" not in shown
    line = next(line for line in run("--isolated", "conf").out.splitlines() if "alias-hides-application" in line)
    assert line.startswith("conf/site.conf:4:11: error: alias-hides-application [*] ")
    assert line.endswith("(once line 2 is repaired)")


def test_what_was_never_in_the_file_is_not_reported(run: Run, tmp_path: Path) -> None:
    """The repair of an alias writes sections of its own: whatever is found in them has no place in the file as it is."""
    write_conf(tmp_path, HOST.replace("<VirtualHost", "<VirualHost").replace("</VirtualHost", "</VirualHost"))
    count = len((tmp_path / "conf/site.conf").read_text().splitlines())
    assert all(1 <= one["line"] <= count for one in findings(run))


def test_nothing_is_revealed_by_fixes_that_were_not_asked_for(run: Run, tmp_path: Path) -> None:
    write_conf(tmp_path, "".join(f"{at} {line}\n" for at, line in enumerate(HOST.splitlines(), start=1)))
    levels = [
        len([one for one in findings(run, "--fix-level", level) if "after" in one]) for level in ("safe", "repair")
    ]
    assert levels[0] <= levels[1]
    assert levels[1] > 0
    assert not any("after" in one for one in findings(run, "--unfixable", "syntax"))


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED.parent / "seed").is_dir(), reason="the page is not at hand")
def test_a_listing_with_the_numbers_of_its_page_shows_its_alias(run: Run, tmp_path: Path) -> None:
    (page,) = (SHARED.parent / "seed").glob("*.txt")
    conf(tmp_path, site=b"".join(numbered(page)))
    found = findings(run)
    assert {("pasted-line-numbers", 1), ("alias-hides-application", 7), ("alias-hides-application", 39)} <= places(
        found
    )


# -- the order of a report ---------------------------------------------------------------------------------------------

MIXED = """\
<VirtualHost *:80>
    ServerName shop.test
    WSGIDaemonProcess shop user=www-data threads=5
    WSGIDaemonProcess old maximum-requests=50 user=www-data
    Alias /files /srv/shop
    WSGIScriptAlias /shop /srv/shop/shop.wsgi process-group=shop
    WSGIScriptAlias /shop/admin /srv/admin/admin.wsgi process-group=old
    Options Indexes -FollowSymLinks
    ServerSignatur Off
</VirtualHost>
"""


def names(text: str) -> list[str]:
    return [line.split()[2] for line in text.splitlines() if line.startswith("conf/")]


@pytest.mark.slow
def test_a_report_begins_with_what_matters_most(run: Run, tmp_path: Path) -> None:
    write_conf(tmp_path, MIXED)
    shown = names(run("--isolated", "conf").out)
    first = [
        "options-mixed-signs",
        "misspelt-directive",
        "wsgi-alias-order",
        "alias-exposes-application",
        "maximum-requests",
    ]
    assert [shown.index(name) for name in first] == sorted(shown.index(name) for name in first)
    by_place = [(one["line"], one["column"]) for one in findings(run)]
    assert by_place == sorted(by_place)


@pytest.mark.slow
def test_what_is_only_worth_knowing_is_counted_until_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    write_conf(tmp_path, MIXED)
    folded = run("--isolated", "conf").out
    infos = [one for one in findings(run) if one["severity"] == "info"]
    assert infos
    assert not {one["rule"] for one in infos} & set(names(folded))
    assert f"Not shown: {len(infos)} findings that are only worth knowing; --all shows them." in folded
    for words in (("--all",), ("--fail-level", "info"), ("--select", "ALL")):
        shown = run("--isolated", *words, "conf").out
        assert {one["rule"] for one in infos} <= set(names(shown))
        assert "Not shown" not in shown
    assert len(names(run("--isolated", "--all", "conf").out)) == len(findings(run))
    full = run("--isolated", "--output-format", "full", "conf").out
    assert "processes-one" not in full
    assert "Not shown: " in full
