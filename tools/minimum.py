"""Print the lowest version of each dependency that pyproject.toml allows, as constraints for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

#: Only these are tested at their lowest: what runs and tests the program, not what judges how it is written.
_JUDGES = frozenset({"mypy", "ruff", "import-linter"})
_LOWEST = re.compile(r"([A-Za-z0-9_-]+)(?:>=|==)([0-9][0-9a-z.]*)")


def lowest(text: str) -> list[str]:
    """``name==version`` for each dependency of a pyproject.toml and of its extras, which ``dev`` names all."""
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].values()
    found = (_LOWEST.match(one) for group in [project["dependencies"], *extras] for one in group)
    return [f"{one[1]}=={one[2]}" for one in found if one is not None and one[1] not in _JUDGES]


if __name__ == "__main__":
    print("\n".join(lowest((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text("utf-8"))))
