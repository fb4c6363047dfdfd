"""``modwsgi-fix config [KEY]``: the settings there are."""

from __future__ import annotations

from typing import Annotated

import typer

from modwsgi_fix.cli.output import write
from modwsgi_fix.workspace.errors import SettingsError
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.selection import close
from modwsgi_fix.workspace.settings import KEYS, toml


def run(
    key: Annotated[
        str | None, typer.Argument(help="A setting; without one, all are listed.", show_default=False)
    ] = None,
) -> int:
    """The settings that pyproject.toml and modwsgi-fix.toml may hold."""
    if key is None:
        width = max(map(len, KEYS))
        write("".join(f"{name:<{width}}  {entry.text}\n" for name, entry in KEYS.items()))
        return 0
    name = key.split(".")[0]
    if name not in KEYS:
        raise SettingsError(f"there is no setting {key}{close(key, KEYS)}")
    entry = KEYS[name]
    lines = [f"{name}: {entry.text}", "", f"type: {entry.type}", f"default: {entry.default}"]
    if name == "rules":
        pairs = [(rule, setting) for rule in known_rules().values() for setting in rule.settings]
        lines += ["", *(f"rules.{rule.name}.{one.name} = {toml(one.default)}    # {one.type}" for rule, one in pairs)]
    write("\n".join([*lines, ""]))
    return 0
