"""``modwsgi-fix rule [NAME]``: a rule's manual page, or the list of rules by family; by one of httpd's messages, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import typer

from modwsgi_fix import __version__
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.paging import show
from modwsgi_fix.examples import examples
from modwsgi_fix.explain.lookup import found_by, messages, messages_of
from modwsgi_fix.reports import dumped
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
    output_format: Annotated[
        Literal["text", "json"],
        typer.Option("--output-format", help="How to show it; text by default.", show_default=False),
    ] = "text",
) -> int:
    """What a rule finds and why it matters, with examples; or the list of rules."""
    rules = known_rules(*(word for one in plugins or () for word in one.split(",") if word))
    family = [rule for rule in rules.values() if name in (None, rule.family)]
    told = [] if family or name is None else [rules[name]] if name in rules else found_by(name, rules)
    if name is not None and not family and not told:
        known = messages(name)
        if not known:
            raise SettingsError(f"there is no rule {name}{close(name, rules)}")
        if output_format == "text":
            write("".join(f"{message.shown}\n    {message.about}; no rule finds it\n" for message in known))
            return 0
    if output_format == "json":
        write(dumped({"version": __version__, "rules": [rule_object(rule) for rule in family or told]}))
    elif len(told) == 1:
        show(page(told[0]), page(told[0], heading="# "))
    else:
        show(listed(family or told))
    return 0


def rule_object(rule: Rule) -> dict[str, Any]:
    """Return a rule for programs: what the list says of it, its page, settings, and the messages by which it is found."""
    return {
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity.label,
        "default": rule.default,
        "levels": levels(rule),
        "summary": rule.summary,
        "page": rule.page,
        "settings": [
            {"name": one.name, "type": one.type, "default": one.default, "meaning": one.text} for one in rule.settings
        ],
        "messages": [message.shown for message in messages_of(rule.name)],
    }


def levels(rule: Rule) -> list[str]:
    """Return the levels of a rule's fixes, as the examples on its page show them; none where it only reports."""
    return [level.label for level in sorted({one.level for one in examples(rule.page) if one.after is not None})]


def page(rule: Rule, *, heading: str = "") -> str:
    """Return a manual page: name and severity at the top, messages and settings at the end.

    ``heading`` stands before the name.
    """
    facts = f"{rule.family}, {rule.severity.label}" + ("" if rule.default else ", only where it is selected by name")
    lines = [f"{heading}{rule.name} ({facts})", "", rule.page.strip(), ""]
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


def listed(rules: Iterable[Rule]) -> str:
    """Return the list of families, and in each the rules with severity, the levels of their fixes, and their first lines.

    A rule that is off unless it is selected is marked.
    """
    families: dict[str, list[tuple[str, str, str, str]]] = {}
    for rule in rules:
        row = (
            rule.name,
            rule.severity.label,
            "/".join(levels(rule)) or "-",
            ("" if rule.default else "(off) ") + rule.summary,
        )
        families.setdefault(rule.family, []).append(row)
    widths = [max((len(row[at]) for each in families.values() for row in each), default=0) for at in range(3)]
    blocks = [
        "\n".join([family, *("  " + "  ".join([*map(str.ljust, row, widths), row[3]]) for row in each), ""])
        for family, each in sorted(families.items())
    ]
    return "\n".join(blocks)
