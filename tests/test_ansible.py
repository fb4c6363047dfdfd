"""The collection for Ansible: plays on private roots, with the connection ``local``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import plays
import pytest
from plays import LOCAL, task
from support import ROOT

pytestmark = [plays.needed, pytest.mark.slow]

#: Refused by httpd, until the repetition is deleted; and something that stays for a person to decide.
FAULTY = "WSGIDaemonProcess shop threads=15 maximum-requests=500\n" * 2 + "WSGIProcessGroup shop\n"
FIXED = "WSGIDaemonProcess shop threads=15 maximum-requests=500\nWSGIProcessGroup shop\n"
SECRET = "SetEnv PASSWORD hush-hush\n"


def root(directory: Path, text: str = FAULTY) -> Path:
    """A private root with a server in it."""
    conf = directory / "etc/apache2"
    conf.mkdir(parents=True)
    (conf / "apache2.conf").write_text("ServerRoot /etc/apache2\nInclude sites-enabled/*.conf\n")
    (conf / "sites-enabled").mkdir()
    (conf / "sites-enabled/shop.conf").write_text(text)
    return directory


def site(top: Path) -> str:
    return (top / "etc/apache2/sites-enabled/shop.conf").read_text()


def host(top: Path) -> dict[str, Any]:
    return {**LOCAL, "top": str(top)}


OF_TOP = {"paths": ["{{ top }}/etc/apache2"], "root": "{{ top }}"}


def test_twenty_roots_and_the_second_run_changes_nothing(tmp_path: Path) -> None:
    """Of twenty (``make ansible``) the ordinary run has two."""
    count = 20 if plays.ALL else 2
    tops = {f"web{number}": root(tmp_path / f"web{number}") for number in range(count)}
    hosts = {name: host(top) for name, top in tops.items()}
    fixing = [{"tasks": [task("fix", "modwsgi_fix", **OF_TOP)]}]
    first = plays.play(tmp_path, hosts, fixing)
    assert (first.code, [one.changed for one in first.told]) == (0, [True] * count), first.out
    assert {site(top) for top in tops.values()} == {FIXED}
    assert len({one.result["undo_id"] for one in first.told}) == count
    second = plays.play(tmp_path, hosts, fixing)
    assert (second.code, [one.changed for one in second.told]) == (0, [False] * count), second.out
    assert [one.result["undo_id"] for one in second.told] == [None] * count


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[plays.Played, Path]:
    """One play on one host, whose tasks are asked by the tests below."""
    directory = tmp_path_factory.mktemp("play")
    top = root(directory / "web", SECRET + FAULTY)
    verifies = str(directory / "verified")
    # Read on the controller, which costs no module.
    text = "{{ lookup('file', top ~ '/etc/apache2/sites-enabled/shop.conf', rstrip=false) }}"
    seen = {"ansible.builtin.debug": {"msg": text}}
    tasks = [
        task("checked", "modwsgi_fix", {"check_mode": True}, **OF_TOP, verify=f"touch {verifies}"),
        {"name": "site checked", **seen},
        task("selected", "modwsgi_fix", {"check_mode": True}, **OF_TOP, select=["maximum-requests", "duplicate-daemon-process"], ignore=["duplicate-daemon-process"]),
        task("refused", "modwsgi_fix", {"ignore_errors": True}, **OF_TOP, verify="echo AH00526 >&2; false"),
        {"name": "site refused", **seen},
        task("missing", "modwsgi_fix", {"ignore_errors": True}, paths=["{{ top }}/nowhere"]),
        task("shown", "modwsgi_fix", {"diff": True, "register": "shown"}, **OF_TOP, verify=f"touch {verifies}2"),
        {"name": "site shown", **seen},
        task("undone", "modwsgi_undo", undo_id="{{ shown.undo_id }}"),
        {"name": "site undone", **seen},
        task("undone again", "modwsgi_undo", undo_id="{{ shown.undo_id }}"),
    ]  # fmt: skip
    hosts = {"web": host(top)}
    return plays.play(directory, hosts, [{"tasks": tasks}]), directory


def test_check_mode_writes_nothing_and_runs_no_verification(told: tuple[plays.Played, Path]) -> None:
    played, directory = told
    checked = played.of("web", "checked")
    assert played.of("web", "site checked").result["msg"] == SECRET + FAULTY
    assert not (directory / "verified").exists()
    assert checked.changed
    assert checked.result["undo_id"] is None
    assert "diff" not in checked.result


def test_findings_that_are_left_fail_no_task_and_are_those_of_the_report(told: tuple[plays.Played, Path]) -> None:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
    (first, *_) = told[0].told
    assert first.how == "ok"
    assert [one["rule"] for one in first.result["findings"]] == ["maximum-requests"]
    for finding in first.result["findings"]:
        jsonschema.validate(finding, {**schema["$defs"]["finding"], "$defs": schema["$defs"]})
    assert [one["rule"] for one in first.result["fixed"]] == ["duplicate-daemon-process"]


def test_rules_are_chosen(told: tuple[plays.Played, Path]) -> None:
    selected = told[0].of("web", "selected")
    assert not selected.changed
    assert {one["rule"] for one in selected.result["findings"]} == {"maximum-requests"}


def test_a_verification_that_fails_fails_the_task_and_puts_all_back(told: tuple[plays.Played, Path]) -> None:
    refused = told[0].of("web", "refused")
    assert (refused.how, refused.changed) == ("failed", False)
    assert "failed with exit code 1: AH00526; all files are as they were" in refused.result["msg"]
    assert told[0].of("web", "site refused").result["msg"] == SECRET + FAULTY


def test_a_path_that_is_missing_fails_the_task_in_one_line(told: tuple[plays.Played, Path]) -> None:
    missing = told[0].of("web", "missing")
    assert missing.how == "failed"
    assert missing.result["msg"].endswith("/nowhere: no such file or directory")


def test_a_diff_is_shown_in_diff_mode(told: tuple[plays.Played, Path]) -> None:
    played, directory = told
    shown = played.of("web", "shown").result
    (diff,) = shown["diff"]
    assert "-WSGIDaemonProcess shop threads=15 maximum-requests=500\n" in diff["prepared"]
    assert shown["changed"]
    assert shown["changed_files"] == [str(directory / "web/etc/apache2/sites-enabled/shop.conf")]
    assert (directory / "verified2").exists()
    assert played.of("web", "site shown").result["msg"] == SECRET + FIXED


def test_a_write_is_taken_back_by_its_name_once(told: tuple[plays.Played, Path]) -> None:
    played, directory = told
    (once, again) = [one for one in played.told if one.task.startswith("undone")]
    assert (once.changed, again.changed, again.how) == (True, False, "ok")
    assert site(directory / "web") == SECRET + FAULTY


def asking(directory: Path) -> plays.Played:
    """One play that asks a server, and changes nothing."""
    text = (
        "<VirtualHost *:80>\nServerName shop.test\nWSGIDaemonProcess shop\nWSGIProcessGroup shop\nWSGIScriptAlias / /srv/shop.wsgi\n"
        "Alias /static /srv/static\n<Directory /srv>\nRequire all granted\n</Directory>\n<Location /admin>\nRequire all denied\n"
        "</Location>\n</VirtualHost>\n"
    )
    asserted = {
        "http://shop.test/": "application",
        "http://shop.test/admin/": 403,
        "http://shop.test/a/b": {"kind": "application", "process_group": "shop", "path_info": "/a/b"},
    }
    wrong = {"http://shop.test/": "file", "http://shop.test/admin/": "refused"}
    tasks = [
        task("right", "modwsgi_trace", **OF_TOP, **{"assert": asserted}),
        task("wrong", "modwsgi_trace", {"ignore_errors": True}, **OF_TOP, **{"assert": wrong}),
        task(
            "misspelt",
            "modwsgi_trace",
            {"ignore_errors": True},
            **OF_TOP,
            **{"assert": {"http://shop.test/": {"grup": 1}}},
        ),
        task("facts", "modwsgi_facts", **OF_TOP),
        {"name": "used", "ansible.builtin.debug": {"msg": "{{ ansible_facts.modwsgi.servers[0].hosts[1].names }}"}},
    ]
    top = root(directory / "web", text)
    (top / "srv/static").mkdir(parents=True)
    (top / "srv/shop.wsgi").write_text("def application(environ, start_response): ...\n")
    return plays.play(directory, {"web": host(top)}, [{"tasks": tasks}])


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> plays.Played:
    return asking(tmp_path_factory.mktemp("asked"))


def test_what_answers_a_url_is_asserted(asked: plays.Played) -> None:
    assert asked.of("web", "right").how == "ok", asked.told
    assert [one["outcome"]["kind"] for one in asked.of("web", "right").result["traces"]] == [
        "application",
        "refused",
        "application",
    ]
    wrong = asked.of("web", "wrong")
    assert wrong.how == "failed"
    assert wrong.result["failures"] == [
        "http://shop.test/: kind file is wanted, and it is application of <VirtualHost *:80> (shop.test)"
    ]


def test_a_key_that_no_answer_has_is_named(asked: plays.Played) -> None:
    misspelt = asked.of("web", "misspelt")
    assert misspelt.how == "failed"
    assert misspelt.result["msg"].startswith("assert: http://shop.test/: grup is not one of kind, status")


def test_a_server_as_facts(asked: plays.Played) -> None:
    facts = asked.of("web", "facts").result["ansible_facts"]["modwsgi"]
    assert (facts["starts"], facts["start_fault"], bool(facts["start_unknown"])) == (None, None, True)
    assert set(facts["findings"]) == {"error", "warning", "info"}
    assert asked.of("web", "used").result["msg"] == ["shop.test"]
