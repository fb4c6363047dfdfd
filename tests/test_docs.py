"""Every rule, option, setting and command is documented, and nothing is documented that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from modwsgi_fix.cli.commands import COMMANDS, app
from modwsgi_fix.reports import FORMATS
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.settings import KEYS, toml

DOCS = Path(__file__).parents[1] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def options() -> set[str]:
    """Every option of the bare command, long and short."""
    return {name for parameter in get_command(app(None)).params for name in parameter.opts if name.startswith("-")}


def rows(page: str) -> list[str]:
    """The first cells of the tables of a page."""
    return [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]


def test_every_option_is_documented() -> None:
    cells = " ".join(rows(text("commands.md")))
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", cells)) == options() | {"--help", "-h"}


def test_every_format_is_documented() -> None:
    (row,) = [line for line in text("commands.md").splitlines() if line.startswith("| `--output-format")]
    assert set(FORMATS) <= set(re.findall(r"`(\w+)`", row))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    command = COMMANDS[name]
    assert f"$ modwsgi-fix {name} {command.usage}" in text("commands.md")
    assert get_command(app(command)).help


def test_every_setting_is_documented() -> None:
    general, _, _ = text("settings.md").partition("\n## ")
    assert [cell.strip("`") for cell in rows(general)] == list(KEYS)


def test_every_setting_of_a_rule_is_documented() -> None:
    _, _, of_rules = text("settings.md").partition("\n## Settings of rules\n")
    said = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in of_rules.splitlines() if line.startswith("| `")
    ]
    real = [
        [f"`{rule.name}`", f"`{one.name}`", one.type, f"`{toml(one.default)}`", one.text]
        for rule in all_rules().values()
        for one in rule.settings
    ]
    assert said == real


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_every_rule_is_documented(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    for setting in rule.settings:
        assert setting.name in rule.page, f"the page does not say what {setting.name} does"
        for value in re.findall(rf"^ *{setting.name} = ([^#\n]*)", rule.page, re.M):
            given = tomllib.loads(f"value = {value}")["value"]
            assert setting.accepts(given), f"the page shows {setting.name} = {value}, which is {setting.type}"
