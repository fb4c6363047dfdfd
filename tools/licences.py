"""Print the licence of each package that an installation brings along, as a table."""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def packages(top: str) -> list[str]:
    """What a package needs, and what that needs; extras, and what other platforms need, left out."""
    found: dict[str, None] = {}
    pending = [top]
    while pending:
        for line in requires(pending.pop()) or []:
            name = _NAME.match(line)
            if name is None or "extra ==" in line:
                continue
            key = name[0].lower().replace("_", "-")
            try:
                metadata(key)
            except PackageNotFoundError:
                continue
            if key not in found:
                found[key] = None
                pending.append(key)
    return sorted(found)


def licence(known: PackageMetadata) -> str:
    """The licence that a package names: as an expression, a classifier or in a few words."""
    classifiers = [one.split(" :: ")[-1] for one in known.get_all("Classifier") or [] if one.startswith("License :: ")]
    words = (known.get("License") or "").strip().split("\n")[0]
    return known.get("License-Expression") or ", ".join(classifiers) or words or "not named"


def table(top: str = "modwsgi-fix") -> str:
    """The page docs/licences.md."""
    rows = [f"| {name} | {licence(metadata(name))} |" for name in packages(top)]
    said = "modwsgi-fix is under the Apache License 2.0. What an installation brings along, as each package says itself"
    head = ["# Licences", "", f"{said} (`make licences`):"]
    return "\n".join([*head, "", "| package | licence |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    print(table(), end="")
