"""The effect of every fix is measured: what becomes of an answer, and which of that a fix may do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from support import examples_of, made

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.classes import Effect, differences
from modwsgi_fix.effect.touched import Pair
from modwsgi_fix.engine import Job, fix
from modwsgi_fix.engine.gate import admitted, objection
from modwsgi_fix.examples import Example, job
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import Diagnostic, Rule, all_rules

BASE = """\
ServerName main.test
ServerRoot /etc/apache2
<Directory />
    AllowOverride None
    Require all denied
</Directory>
"""
SCRIPT = "def application(environ, start_response):\n    return []\n"
TREE = {
    "/srv/a/app.wsgi": SCRIPT,
    "/srv/a/settings.py": "PASSWORD = ''\n",
    "/srv/s/site.css": "",
    "/srv/s/db.sqlite3": "",
    "/srv/s/.htpasswd": "",
}
MOUNT = "WSGIScriptAlias /app /srv/a/app.wsgi\n"
GRANTED = MOUNT + "<Directory /srv/a>\n    Require all granted\n</Directory>\n"
STATIC = "Alias /s/ /srv/s/\n"
OPEN = STATIC + "<Directory /srv/s>\n    Require all granted\n</Directory>\n"


def server(text: str) -> Config:
    files = Memory({"/etc/apache2/apache2.conf": BASE + text, **TREE})
    (source,) = find_sources(files, ["/etc/apache2"])
    return load(source, disk=files)


def effects(before: str, after: str) -> set[tuple[str, str]]:
    """(effect, path) of each difference."""
    return {
        (found.effect.value, found.url.removeprefix("http://main.test"))
        for found in differences(server(before), server(after))
    }


def test_the_same_is_no_difference() -> None:
    assert effects(GRANTED + OPEN, "# a comment\n" + GRANTED + OPEN) == set()


def test_an_application_that_was_refused_is_regained() -> None:
    assert ("regained", "/app/page") in effects(MOUNT, GRANTED)


def test_one_that_was_hidden_is_regained() -> None:
    hidden = "Alias /app /srv/s\n" + GRANTED + OPEN
    assert ("regained", "/app/page") in effects(hidden, GRANTED + OPEN)


@pytest.mark.parametrize(
    "decision",
    [
        "<Directory /srv/a>\n    Require all denied\n</Directory>\n",
        "<Files app.wsgi>\n    Require all denied\n</Files>\n",
    ],
)
def test_a_refusal_by_name_is_a_decision(decision: str) -> None:
    assert ("opened", "/app/page") in effects(MOUNT + decision, GRANTED)


@pytest.mark.parametrize(
    "asked",
    [
        "Require ip 192.0.2.0/24",
        "Require host example.test",
        "Require env secret",
        "AuthType Basic\n    AuthName x\n    AuthUserFile /x\n    Require valid-user",
        "Require all granted\n    Order deny,allow\n    Deny from all\n    Allow from 192.0.2.1",
    ],
)
def test_what_asked_for_more_is_unlocked(asked: str) -> None:
    setter = "SetEnvIf Referer x secret\n"
    locked = setter + MOUNT + f"<Directory /srv/a>\n    {asked}\n</Directory>\n"
    assert ("unlocked", "/app/page") in effects(locked, setter + GRANTED)
    files = setter + STATIC + f"<Directory /srv/s>\n    {asked}\n</Directory>\n"
    assert ("unlocked", "/s/site.css") in effects(files, setter + OPEN)


def test_what_becomes_a_file_is_opened() -> None:
    assert ("opened", "/s/site.css") in effects(STATIC, OPEN)
    assert ("opened", "/s/db.sqlite3") in effects(STATIC, OPEN)
    source = GRANTED + "Alias /src/ /srv/a/\n"
    assert ("opened", "/src/settings.py") in effects(GRANTED, source)


def test_what_should_not_lie_open_is_closed_and_the_rest_lost() -> None:
    found = effects(OPEN, STATIC)
    assert ("closed", "/s/db.sqlite3") in found
    assert ("closed", "/s/.htpasswd") in found
    assert ("lost", "/s/site.css") in found
    assert ("lost", "/app/page") in effects(GRANTED, MOUNT)


def test_a_line_that_was_there_restricts() -> None:
    late = (
        GRANTED
        + "<Location /app>\n    Require all denied\n</Location>\n<Location />\n    Require all granted\n</Location>\n"
    )
    early = (
        GRANTED
        + "<Location />\n    Require all granted\n</Location>\n<Location /app>\n    Require all denied\n</Location>\n"
    )
    assert ("restricted", "/app/page") in effects(late, early)


def test_another_group_is_moved() -> None:
    group = "WSGIDaemonProcess d\n" + GRANTED
    assert ("moved", "/app/page") in effects(group, group + "WSGIProcessGroup d\n")


def test_branches_are_compared_under_the_same_assumptions() -> None:
    """Without a disk each file may be there or not: that alone is no difference."""
    texts = [BASE + GRANTED + OPEN, BASE + "# a comment\n" + GRANTED + OPEN]
    sources = [find_sources(Memory({"/etc/apache2/apache2.conf": text}), ["/etc/apache2"])[0] for text in texts]
    assert list(differences(*map(load, sources))) == []


# -- what a fix may do ---------------------------------------------------------


def verdicts(before: str, after: str, level: Applicability, changes: set[str] = frozenset(), **more: object) -> bool:  # type: ignore[assignment]
    fix = Fix("Change it", (), level, **more)  # type: ignore[arg-type]
    return objection(server(before), server(after), fix, frozenset(changes)) is None


@pytest.mark.parametrize("level", [Applicability.SAFE, Applicability.REPAIR])
def test_nothing_below_unsafe_loses_unlocks_or_opens(level: Applicability) -> None:
    every = {effect.value for effect in Effect} - {"lost", "unlocked", "opened"}
    locked = MOUNT + "<Directory /srv/a>\n    Require ip 192.0.2.1\n</Directory>\n"
    for before, after in ((GRANTED, MOUNT), (locked, GRANTED), (STATIC, OPEN)):
        assert not verdicts(before, after, level, every)
        assert verdicts(before, after, Applicability.UNSAFE, every)


def test_a_repair_does_what_its_rule_declares_and_no_more() -> None:
    assert not verdicts(MOUNT, GRANTED, Applicability.REPAIR)
    assert verdicts(MOUNT, GRANTED, Applicability.REPAIR, {"regained"})
    assert not verdicts(MOUNT, GRANTED, Applicability.SAFE, {"regained"}), "it was refused, and is answered now"


def test_what_is_published_must_have_been_open() -> None:
    """In one of the two dialects: the other one is the rest of the server's."""
    old = "<Location /s/>\n    Order allow,deny\n    Allow from all\n</Location>\n"
    both = "<Directory /srv/s>\n    Require all granted\n    Order allow,deny\n    Allow from all\n</Directory>\n"

    def fragment(text: str) -> Config:
        (source,) = find_sources(Memory({"/site.conf": text}), ["/site.conf"])
        return load(source)

    fix = Fix("Open it", (), Applicability.REPAIR, publishes=(("/s/", "/srv/s/"),))
    before = fragment(STATIC + old)
    found = [d for d in differences(before, fragment(STATIC + both)) if d.effect is Effect.OPENED]
    assert found
    assert all(admitted(one, fix, frozenset(), before) for one in found)
    assert not any(admitted(one, fix._replace(publishes=()), frozenset(), before) for one in found)
    elsewhere = fix._replace(publishes=(("/t/", "/srv/s/"), ("/s/", "/srv/t/")))
    assert not any(admitted(one, elsewhere, frozenset(), before) for one in found)
    closed = fragment(STATIC)
    nobody = [d for d in differences(closed, fragment(STATIC + both)) if d.effect is Effect.OPENED]
    assert nobody
    assert not any(admitted(one, fix, frozenset(), closed) for one in nobody), "no line had granted it"


def test_files_of_the_closed_kinds_are_never_published() -> None:
    fix = Fix("Open it", (), Applicability.REPAIR, publishes=(("/s/", "/srv/s/"),))
    before = server(STATIC)
    found = [d for d in differences(before, server(OPEN)) if d.url.endswith(("db.sqlite3", ".htpasswd"))]
    assert found
    assert not any(admitted(one, fix, frozenset(), before) for one in found)


def test_a_fix_that_is_withheld_costs_itself_alone() -> None:
    def opens(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("alias"):
            edit = Edit(item.path, item.node.span, OPEN)
            if len(config.named("directory")) == 1:
                yield Diagnostic(item.path, item.span, "closed", Fix.repair("Open it", edit))

    def renames(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("servername"):
            if item.name != "servername":
                edit = Edit(item.path, item.node.name_span, "servername")
                yield Diagnostic(item.path, item.span, "name", Fix.safe("Rename", edit))

    files = Memory({"/etc/apache2/apache2.conf": BASE + STATIC, **TREE})
    (source,) = find_sources(files, ["/etc/apache2"])
    done = fix(Job(source, [made(opens, "opens"), made(renames, "renames")], disk=files), proof=objection)
    (held,) = done.withheld
    assert held.rule == "opens"
    assert held.reason.startswith("opened: http://main.test/s/")
    assert not held.is_bug
    assert [one.rule for one in done.applied] == ["renames"]
    assert [one.rule for one in done.left] == ["opens"], "the finding stays"


# -- what rules declare --------------------------------------------------------


@cache
def _examples() -> list[tuple[Rule, Example]]:
    return [
        (rule, example) for rule in all_rules().values() for example in examples_of(rule) if example.after is not None
    ]


def _shown(rule: Rule, example: Example) -> set[str]:
    """The declared effects that an example's fixes have."""
    seen: set[str] = set()

    def proof(before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None) -> str | None:
        why = objection(before, after, fix, changes, only)
        if why is None and fix.applicability is Applicability.REPAIR:
            seen.update(found.effect.value for found in differences(before, after))
        return why

    fix(job(rule, example, example.before), example.level, proof=proof)
    return seen


WITH_CHANGES = [rule for rule in all_rules().values() if rule.changes]


@pytest.mark.parametrize("rule", WITH_CHANGES, ids=lambda rule: rule.name)
def test_each_word_that_a_rule_declares_is_shown_and_needed(rule: Rule) -> None:
    assert rule.changes <= {effect.value for effect in Effect}
    own = [example for one, example in _examples() if one.name == rule.name]
    for word in sorted(rule.changes):
        showing = [example for example in own if word in _shown(rule, example)]
        assert showing, f"no example shows that it is {word}"
        mutant = rule.with_check(rule.check)
        mutant.changes = rule.changes - {word}
        done = [fix(job(mutant, example, example.before), example.level, proof=objection) for example in showing]
        assert any(held.reason.startswith(f"{word}: ") for one in done for held in one.withheld), word


def test_some_rules_declare_something() -> None:
    assert len(WITH_CHANGES) > 10
