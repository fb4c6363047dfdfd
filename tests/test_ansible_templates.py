"""The collection for Ansible on templates: what stands outside of tags is fixed, and shown as a host gets it."""

from __future__ import annotations

from pathlib import Path

import plays
import pytest
from plays import LOCAL, task

pytestmark = [plays.needed, pytest.mark.slow]

#: The repetition has no tag in it, the host around it has.
TEMPLATE = """\
<VirtualHost *:80>
    ServerName {{ name }}
    WSGIDaemonProcess shop threads=15
    WSGIDaemonProcess shop threads=15
    WSGIProcessGroup shop
    WSGIScriptAlias / {{ directory }}/shop.wsgi
</VirtualHost>
"""
FIXED = TEMPLATE.replace("    WSGIDaemonProcess shop threads=15\n", "", 1)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[plays.Played, Path]:
    """One play on one host."""
    directory = tmp_path_factory.mktemp("templates")
    (directory / "templates").mkdir()
    (directory / "templates/site.conf.j2").write_text(TEMPLATE)
    options = {"paths": ["site.conf.j2"], "templates": True}
    source = "{{ lookup('file', 'templates/site.conf.j2', rstrip=false) }}"
    tasks = [
        task("checked", "modwsgi_fix", {"check_mode": True, "diff": True}, **options),
        {"name": "text checked", "ansible.builtin.debug": {"msg": source}},
        task("fixed", "modwsgi_fix", **options),
        task("fixed again", "modwsgi_fix", **options),
        task("missing", "modwsgi_fix", {"ignore_errors": True}, paths=["other.conf.j2"], templates=True),
        {"name": "filtered", "ansible.builtin.debug": {"msg": "{{ text | modwsgi.fix.fixed(name='site.conf.j2', fix_level='repair') }}"}},
        {"name": "not a text", "ansible.builtin.debug": {"msg": "{{ [1] | modwsgi.fix.fixed }}"}, "ignore_errors": True},
    ]  # fmt: skip
    variables = {
        **LOCAL,
        "name": "shop.test",
        "directory": "/srv/shop",
        "text": TEMPLATE.replace("{{ name }}", "@NAME@").replace("{{ directory }}", "/srv"),
    }
    return plays.play(directory, {"web": variables}, [{"tasks": tasks}]), directory


def test_it_is_fixed_outside_of_its_tags_and_shown_as_the_host_gets_it(told: tuple[plays.Played, Path]) -> None:
    played, directory = told
    checked = played.of("web", "checked")
    assert (checked.how, checked.changed, checked.result["ran_on"]) == ("ok", True, "controller"), checked.result
    (diff,) = checked.result["diff"]
    assert diff["prepared"].startswith(f"--- before: {directory}/templates/site.conf\n")
    assert "     ServerName shop.test\n" in diff["prepared"]
    assert "-    WSGIDaemonProcess shop threads=15\n" in diff["prepared"]
    assert played.of("web", "text checked").result["msg"] == TEMPLATE
    assert played.of("web", "fixed").changed
    assert (directory / "templates/site.conf.j2").read_text() == FIXED
    assert not played.of("web", "fixed again").changed


def test_what_is_found_in_the_copy_of_the_host_is_told(told: tuple[plays.Played, Path]) -> None:
    played, directory = told
    (rendered,) = played.of("web", "fixed").result["rendered"]
    assert rendered["template"] == str(directory / "templates/site.conf.j2")
    assert {one["file"] for one in rendered["findings"]} <= {str(directory / "templates/site.conf")}
    assert "duplicate-daemon-process" not in {one["rule"] for one in rendered["findings"]}


def test_a_template_that_is_missing_fails_the_task(told: tuple[plays.Played, Path]) -> None:
    missing = told[0].of("web", "missing")
    assert missing.how == "failed"
    assert "other.conf.j2" in missing.result["msg"]


def test_the_filter_fixes_a_text(told: tuple[plays.Played, Path]) -> None:
    filtered = told[0].of("web", "filtered").result["msg"]
    assert filtered.count("WSGIDaemonProcess shop") == 1
    assert "ServerName @NAME@\n" in filtered
    assert "needs a text" in told[0].of("web", "not a text").result["msg"]
