"""Messages and reasons have an end, however long the names in them are; those of usual names are told as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run, examples_of

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.engine import check, fix, read
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.engine.outcome import Fixed, Withheld
from modwsgi_fix.examples import examples, job
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.text import listed, shortened
from modwsgi_fix.workspace import discretion
from modwsgi_fix.workspace.discretion import MESSAGE, REASON


def said(one: Fix) -> list[tuple[str, int]]:
    return [(one.title, MESSAGE), (one.reason, REASON)]


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_usual_names_make_no_sentence_too_long(rule: Rule) -> None:
    for example in examples_of(rule):
        asked = job(rule, example, example.before)
        config = read(asked)
        for one in check(asked, config):
            texts = [(one.message, MESSAGE), (one.help, MESSAGE), *(said(one.fix) if one.fix else [])]
            texts += [(related.message, MESSAGE) for related in one.related]
            assert [text for text, most in texts if len(text) > most] == []
        done = fix(job(rule, example, example.before), Applicability.UNSAFE, proof=objection)
        assert [one.reason for one in done.withheld if len(one.reason) > REASON] == []


@pytest.mark.parametrize(
    "around", ["{0}", "<IfModule mod_wsgi.c>\n{0}</IfModule>\n", "<VirtualHost *:80>\n{0}</VirtualHost>\n"]
)
@pytest.mark.parametrize(
    "line",
    [
        "WSGIDaemonProcess @ threads=5\nWSGIDaemonProcess @ threads=7\n",
        "WSGIDaemonProcess @ threads=x@\n",
        "WSGIScriptAlias /@ /srv/@.wsgi\nWSGIScriptAlias /@/b /srv/b.wsgi\n",
        "@Directive on\n",
        "<Directory /srv/@>\nOptions Indexes -@\n</Directory>\n",
        "<LocationMatch ^/(@>\nRequire all granted\n</LocationMatch>\n",
    ],
)
def test_a_long_name_loses_its_middle(tmp_path: Path, run: Run, line: str, around: str) -> None:
    (tmp_path / "site.conf").write_text(around.format(line.replace("@", "a" * 4000)))
    report = json.loads(run("--isolated", "--all", "--output-format", "json", "site.conf").out)
    assert report["findings"] or report["not_understood"]
    for one in report["findings"]:
        assert max(len(one["message"]), len(one["help"] or "")) <= MESSAGE + len(" (once line 1 is repaired)")
        assert one["fix"] is None or (len(one["fix"]["title"]) <= MESSAGE and len(one["fix"]["reason"]) <= REASON)
    assert all(len(one["reason"]) <= MESSAGE for one in report["not_understood"])


def test_a_reason_to_withhold_has_an_end(tmp_path: Path, run: Run) -> None:
    """As what visitors would lose has it, by a URL as long as paths may be."""
    deep = tmp_path / "srv/site"
    for number in range(8):
        deep = deep / (f"{number}" + "d" * 100)
    deep.mkdir(parents=True)
    (tmp_path / "etc/apache2").mkdir(parents=True)
    (tmp_path / "etc/apache2/apache2.conf").write_text(
        "ServerName a.example\nDocumentRoot /srv/site\n<Directory /srv/site>\nAllowOverride All\nRequire all granted\n</Directory>\n"
        '<Files ".ht*">\nRequire all denied\n</Files>\n'
    )
    (deep / "settings.py").write_text("SECRET = 1")
    (deep / ".htaccess").write_text("Options Indexes -FollowSymLinks\n")
    words = (
        "--select",
        "options-mixed-signs",
        "--root",
        str(tmp_path),
        str(tmp_path / "etc/apache2"),
        str(deep / ".htaccess"),
    )
    done = run("--write", "--output-format", "json", *words)
    (held,) = json.loads(done.out)["withheld"]
    assert held["reason"].startswith("opened: http://a.example/0ddd")
    assert len(held["reason"]) <= REASON


def test_a_reason_that_is_nothing_but_places_is_cut() -> None:
    reason = " ".join(f"http://a.example/{number}" for number in range(10_000))
    config = read(
        job(
            next(iter(all_rules().values())),
            examples("    ```apache\n    Listen 80\n    ```\n")[0],
            {"a.conf": "Listen 80\n"},
        )
    )
    held = Withheld("made", "Do it", "/a.conf", "a.conf", 1, reason, is_bug=False)
    (shown,) = discretion.fixed(Fixed((), (), (held,), (), (), config, config, {})).withheld
    assert len(shown.reason) <= REASON
    assert shown.reason.startswith("http://a.example/0 http://a.example/1 ")
    assert shown.reason.endswith(" \u2026")


def test_what_is_short_enough_stays_as_it_is() -> None:
    assert shortened("a" * 300, 300) == "a" * 300
    assert shortened("at " + "a" * 297 + "b", 300) == "at " + "a" * 40 + "\u2026" + "a" * 19 + "b"
    assert shortened("two\\\n  lines", 300) == "two lines"
    assert len(shortened("word " * 100, 300)) <= 300


def test_a_list_says_how_many_more_there_are() -> None:
    assert listed("abc") == "a, b, c"
    assert listed("abcd") == "a, b, c and 1 more"
    assert listed("abcd", 2, "or") == "a, b or 2 more"
