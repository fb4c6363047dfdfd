"""Rules are not asked of servers without the names that they ask for, and these names are found out, not declared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT, config_of, examples_of, job_of, made

from modwsgi_fix.engine import check, read
from modwsgi_fix.examples import job
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rule, all_rules

sys.path.insert(0, str(ROOT / "tools"))
from rule_words import PATH, table, words_of

LISTED = [rule for rule in all_rules().values() if rule.words is not None]


def at(item: Item) -> Diagnostic:
    return Diagnostic(item.path, item.span, "is there")


@pytest.mark.slow
def test_the_table_is_as_the_rules_are() -> None:
    assert PATH.read_text("utf-8") == table(), "make words writes it"


def test_most_rules_are_listed() -> None:
    assert len(LISTED) > 100


@pytest.mark.parametrize("rule", LISTED, ids=lambda rule: rule.name)
def test_where_a_rule_finds_something_there_is_one_of_its_words(rule: Rule) -> None:
    for example in examples_of(rule):
        config = read(job(rule, example, example.before))
        assert not (config.lacks(rule.words or frozenset()) and list(rule.check(config.for_rule(rule.name))))


@derived
def _aliases(config: Config) -> list[Item]:
    return config.named("alias")


def by_name(config: Config) -> Iterator[Diagnostic]:
    yield from map(at, config.named("listen"))


def by_a_fact(config: Config) -> Iterator[Diagnostic]:
    yield from map(at, _aliases(config))


def of_the_main_server(config: Config) -> Iterator[Diagnostic]:
    yield from map(at, config.main.all("timeout"))


def of_the_hosts(config: Config) -> Iterator[Diagnostic]:
    yield from (at(host.item) for host in config.hosts if host.item is not None)


def where_another_is_there(config: Config) -> Iterator[Diagnostic]:
    if config.named("alias"):
        yield from map(at, config.items)


def of_all_items(config: Config) -> Iterator[Diagnostic]:
    yield from (at(item) for item in config.items if item.key == "listen")


def of_the_level(config: Config) -> Iterator[Diagnostic]:
    yield from (at(item) for item in config.main.items if item.key == "listen")


def of_the_text(config: Config) -> Iterator[Diagnostic]:
    yield from (at(item) for file in config.files.values() if "Listen" in file.text for item in config.named("listen"))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (by_name, {"listen"}), (by_a_fact, {"alias"}), (of_the_main_server, {"timeout", "virtualhost"}),
        (of_the_hosts, {"virtualhost"}), (where_another_is_there, {"alias"}), (of_all_items, None), (of_the_level, None),
        (of_the_text, None),
    ],
)  # fmt: skip
def test_what_a_rule_asks_for(rule: object, words: set[str] | None) -> None:
    assert words_of(made(rule)) == words  # type: ignore[arg-type]


def test_a_fact_that_is_known_already_is_asked_for_again() -> None:
    def twice(config: Config) -> Iterator[Diagnostic]:
        _aliases(config)
        yield from by_a_fact(config)

    assert words_of(made(twice)) == {"alias"}


def test_a_rule_that_finds_something_in_nothing_is_always_asked() -> None:
    def missing(config: Config) -> Iterator[Diagnostic]:
        if not config.named("listen"):
            yield Diagnostic("/etc/apache2/site.conf", (0, 1), "there is no Listen")  # type: ignore[arg-type]

    assert words_of(made(missing)) is None


def test_a_rule_is_asked_where_one_of_its_words_is_there() -> None:
    asked: list[str] = []

    def look(config: Config) -> Iterator[Diagnostic]:
        asked.append(next(iter(config.files.values())).text)
        yield from by_name(config)

    rule = made(look)
    rule.words = frozenset({"listen"})
    for text in ("Timeout 3\n", "listen 80\n", "<IfModule x.c>\nListen 80\n</IfModule>\n"):
        check(job_of({"/site.conf": text}, rule))
    assert asked == ["listen 80\n", "<IfModule x.c>\nListen 80\n</IfModule>\n"]


def test_with_a_filesystem_or_a_named_script_every_rule_is_asked() -> None:
    config = config_of({"/site.conf": "Timeout 3\n"})
    assert config.lacks({"listen"})
    assert not read(job_of({"/site.conf": "Timeout 3\n"})._replace(disk=Memory({}))).lacks({"listen"})
    asked = job_of({"/site.conf": "Timeout 3\n", "/a.wsgi": "application = 1\n"}, paths=["/site.conf"])
    named = asked._replace(source=asked.source._replace(scripts=("/a.wsgi",)))
    assert not read(named).lacks({"listen"})


def test_a_rule_with_settings_of_its_own_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it asks for may depend on them."""
    rule = made(of_all_items)
    rule.words = frozenset({"alias"})
    asked = job_of({"/site.conf": "Listen 80\n"}, rule)
    assert check(asked) == []
    assert [one.message for one in check(asked._replace(options={"made": {"name": 1}}))] == ["is there"]


def test_a_clean_file_needs_few_rules(tmp_path: Path) -> None:
    (tmp_path / "clean.conf").write_text("Timeout 30\n")
    program = "import sys; from modwsgi_fix import cli; cli.main(['clean.conf']);print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    names = out.splitlines()[-1].split()
    assert not {"dataclasses", "inspect", "typer", "libcst", "unidiff", "apacheconfig"} & set(names)
    modules = {name.removeprefix("modwsgi_rules.") for name in names if name.startswith("modwsgi_rules.")}
    assert "syntax.smart_quotes" in modules
    of_access = {name for name in modules if name.startswith("access.")}
    assert not of_access - {"access._shared"}
    assert "scripts.return_html" not in modules
    assert len([name for name in modules if "." in name]) < 50


def test_where_nothing_is_to_be_fixed_no_judge_of_fixes_is_imported() -> None:
    program = "import sys; from modwsgi_fix import cli; cli.main(['--isolated', '-']);print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", program], input="Timeout 30\n", capture_output=True, text=True, check=True
    ).stdout
    names = set(out.splitlines()[-1].split())
    assert "modwsgi_fix.engine.run" in names
    judges = {"engine.gate", "engine.htaccess", "second_reader", "script.faults"}
    assert not {f"modwsgi_fix.{name}" for name in judges} & names
