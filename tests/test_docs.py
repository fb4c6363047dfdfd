"""Every rule, option, setting and command is documented, and nothing is documented that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from modwsgi_fix.cli.commands import COMMANDS, app
from modwsgi_fix.examples import examples
from modwsgi_fix.reports import FORMATS
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.settings import KEYS

DOCS = Path(__file__).parents[1] / "docs"

#: The headings of a rule's page, in their order.
HEADINGS = ("What happens", "Why", "The fix", "Left alone", "See also", "Examples")
#: The families whose pages have them.
STRUCTURED = frozenset({"daemons", "httpd24", "scripts", "syntax"})
#: Rules in them whose pages do not yet.
NOT_YET = frozenset({"old-access-directives", "processes-one", "redundant-daemon-user", "twin-daemon-processes"})


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
    assert [cell.strip("`") for cell in rows(text("settings.md"))] == list(KEYS)


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_every_rule_is_documented(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    for option in rule.options:
        assert option in rule.page, f"the page does not say what {option} does"


def sections(page: str) -> dict[str, str]:
    """The sections of a rule's page by heading; what stands above the first has none."""
    first, *rest = re.split(r"^## (.+)\n", page, flags=re.M)
    titles, texts = rest[::2], rest[1::2]
    assert len(set(titles)) == len(titles), "a heading stands twice"
    return {"": first.strip(), **{title: text.strip() for title, text in zip(titles, texts, strict=True)}}


_WITH_HEADINGS = [rule for rule in all_rules().values() if rule.family in STRUCTURED and rule.name not in NOT_YET]


@pytest.mark.parametrize("rule", _WITH_HEADINGS, ids=lambda rule: rule.name)
def test_every_page_has_the_same_headings(rule: Rule) -> None:
    have = sections(rule.page)
    assert have.pop("") == rule.summary, "text above the first heading"
    assert list(have) == [title for title in HEADINGS if title in have]
    assert {"What happens", "Why", "Examples"} <= set(have)
    assert {"The fix", "Left alone"} & set(have)
    assert all(have.values()), "a heading without a text"


@pytest.mark.parametrize("rule", _WITH_HEADINGS, ids=lambda rule: rule.name)
def test_a_page_names_the_levels_of_its_fixes(rule: Rule) -> None:
    more = Path(__file__).parent / "rules" / f"{rule.name}.md"
    pages = [rule.page, more.read_text("utf-8")] if more.exists() else [rule.page]
    levels = {example.level.label for page in pages for example in examples(page) if example.after is not None}
    said = sections(rule.page).get("The fix", "")
    assert levels == {level for level in ("safe", "repair", "unsafe") if re.search(rf"\b{level}\b", said)}


@pytest.mark.parametrize("rule", _WITH_HEADINGS, ids=lambda rule: rule.name)
def test_a_page_refers_to_rules_that_are_there(rule: Rule) -> None:
    names = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", sections(rule.page).get("See also", "")))
    assert names <= set(all_rules()) - {rule.name}
