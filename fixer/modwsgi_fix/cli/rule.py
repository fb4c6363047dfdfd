"""``modwsgi-fix rule [NAME]``: a rule's manual page, or the list of rules by family; by one of httpd's messages, too."""

from __future__ import annotations

from typing import Annotated

import typer

from modwsgi_fix.cli.output import write
from modwsgi_fix.explain.lookup import found_by, messages, messages_of
from modwsgi_fix.rule import Rule
from modwsgi_fix.workspace.errors import SettingsError
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.selection import close
from modwsgi_fix.workspace.settings import toml


def run(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A rule, a family, or a message of httpd in quotes; without one, all rules are listed.",
            show_default=False,
        ),
    ] = None,
    *,
    plugins: Annotated[
        list[str] | None,
        typer.Option(
            "--plugins", help="Also the rules of these installed packages.", metavar="NAMES", show_default=False
        ),
    ] = None,
) -> int:
    """What a rule finds and why it matters, with examples; or the list of rules."""
    rules = known_rules(*(word for one in plugins or () for word in one.split(",") if word))
    if name is None:
        write(listed(rules.values()))
        return 0
    if name in rules:
        write(page(rules[name]))
        return 0
    family = [rule for rule in rules.values() if rule.family == name]
    if not family and (told := found_by(name, rules)):
        write(page(told[0]) if len(told) == 1 else listed(told))
        return 0
    if not family and (known := messages(name)):
        write("".join(f"{message.shown}\n    {message.about}; no rule finds it\n" for message in known))
        return 0
    if not family:
        raise SettingsError(f"there is no rule {name}{close(name, rules)}")
    write(listed(family))
    return 0


def page(rule: Rule) -> str:
    """Return a manual page: name and severity at the top, messages and settings at the end."""
    facts = f"{rule.family}, {rule.severity.label}" + ("" if rule.default else ", only where it is selected by name")
    lines = [f"{rule.name} ({facts})", "", rule.page.strip(), ""]
    if found := messages_of(rule.name):
        lines += ["Messages by which it is found (modwsgi-fix explain LOG PATHS):", ""]
        lines += [f"    {message.shown}" + (f"    # {message.only}" if message.only else "") for message in found]
        lines.append("")
    if rule.settings:
        lines += ["Settings:", ""]
        for setting in rule.settings:
            lines += [f"    rules.{rule.name}.{setting.name} = {toml(setting.default)}    # {setting.type}"]
            lines += [f"        {setting.text}"]
        lines.append("")
    return "\n".join(lines)


def listed(rules: object) -> str:
    """Return the list of families, and in each the rules with their first lines."""
    families: dict[str, list[Rule]] = {}
    for rule in rules:  # type: ignore[attr-defined]
        families.setdefault(rule.family, []).append(rule)
    width = max((len(rule.name) for each in families.values() for rule in each), default=0)
    blocks = [
        "\n".join([family, *(f"  {rule.name:<{width}}  {rule.summary}" for rule in each), ""])
        for family, each in sorted(families.items())
    ]
    return "\n".join(blocks)
