"""The extension for VS Code, as far as it can be held against the project without node: ``make vscode`` does the rest."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support import ROOT

from modwsgi_fix import __version__
from modwsgi_fix.lsp.capabilities import COMMANDS

EXTENSION = ROOT / "editors" / "vscode"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text("utf-8"))


def test_it_has_the_version_and_the_licence_of_the_project() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert MANIFEST["version"] == lock["version"] == __version__
    assert MANIFEST["license"] == "Apache-2.0"


@pytest.mark.parametrize("directory", ["", "host"])
def test_the_lock_file_names_no_place_to_fetch_from_and_has_every_hash(directory: str) -> None:
    lock = json.loads((EXTENSION / directory / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name


def test_settings_and_commands_are_documented() -> None:
    page = (EXTENSION / "README.md").read_text("utf-8")
    contributes = MANIFEST["contributes"]
    for name in contributes["configuration"]["properties"]:
        assert f"| `{name}` |" in page
    for command in contributes["commands"]:
        assert command["title"] in page


def test_it_asks_the_server_for_commands_that_the_server_has() -> None:
    source = (EXTENSION / "src" / "extension.ts").read_text("utf-8")
    asked = set(re.findall(r'this\.ask\("([^"]+)"', source))
    assert asked
    assert asked <= COMMANDS.keys()
    # The language client registers these by itself; a command of the extension has another name.
    assert not COMMANDS.keys() & {command["command"] for command in MANIFEST["contributes"]["commands"]}
