"""Every rule, option, setting and command is documented, and nothing is documented that is not there."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from support import ROOT
from typer.main import get_command

from modwsgi_fix.cli.commands import COMMANDS, app
from modwsgi_fix.examples import examples
from modwsgi_fix.reports import FORMATS
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.workspace.settings import KEYS, toml

DOCS = ROOT / "docs"

#: The headings of a rule's page, in their order.
HEADINGS = ("What happens", "Why", "The fix", "Left alone", "See also", "Examples")
#: The families whose pages have them.
STRUCTURED = frozenset({
    "access", "context", "daemons", "disk", "groups", "hosts", "httpd24", "logs", "modules", "python", "scripts", "syntax", "urls",
})  # fmt: skip
#: Rules in them whose pages do not yet.
NOT_YET: frozenset[str] = frozenset()


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


# -- pages for those who work on it --------------------------------------------


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table of a page with that heading, cell by cell."""
    found = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)*)", page, re.M)
    assert found is not None, f"there is no table {heading}"
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in found[1].splitlines()]


def imported(directory: Path) -> set[str]:
    """The modules of ``modwsgi_fix`` that the modules in a directory import, without the package's name."""
    found = set()
    for path in directory.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "modwsgi_fix":
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("modwsgi_fix."):
                found.add((node.module or "").removeprefix("modwsgi_fix."))
            elif isinstance(node, ast.Import):
                found |= {
                    alias.name.removeprefix("modwsgi_fix.") for alias in node.names if "modwsgi_fix" in alias.name
                }
    return found


@pytest.mark.slow
def test_every_module_that_rules_use_is_listed() -> None:
    listed = {row[0].strip("`") for row in table((ROOT / "CONTRIBUTING.md").read_text("utf-8"), "module")}
    used = imported(ROOT / "rules")
    assert "model.config" in used
    assert not used - listed


@pytest.mark.parametrize("row", table((ROOT / "CONTRIBUTING.md").read_text("utf-8"), "module"), ids=lambda row: row[0])
def test_what_a_listed_module_offers_is_there(row: list[str]) -> None:
    module = import_module(f"modwsgi_fix.{row[0].strip('`')}")
    offered = re.findall(r"`(\w+)", row[1])
    source = Path(module.__file__ or "").read_text("utf-8")
    assert offered
    for name in offered:
        assert hasattr(module, name) or re.search(rf"\bdef {name}\(|\bself\.{name}\b", source), name


def test_families_of_rules_are_listed() -> None:
    families = sorted(
        {rule.family for rule in all_rules().values() if rule.check.__module__.startswith("modwsgi_rules.")}
    )
    about = [(import_module(f"modwsgi_rules.{family}").__doc__ or "").strip() for family in families]
    rows = table((ROOT / "ARCHITECTURE.md").read_text("utf-8"), "family")
    assert rows == [[f"`{family}`", text] for family, text in zip(families, about, strict=True)]


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
