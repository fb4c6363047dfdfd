"""Print the packages of a purpose, each with its version and hash, for ``pip install --require-hashes -r``.

``build`` is what builds a release, ``zipapp`` what the one-file program has in it, ``sbom`` what lists that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"

HEADS = {
    "build": "# What builds a release; made by `make pinned`.",
    "zipapp": "# What modwsgi-fix.pyz has in it; made by `make pinned`.",
    "sbom": "# What lists the packages of modwsgi-fix.pyz, without the parts that validate XML and JSON; made by `make pinned`.",
}
#: CycloneDX's own library knows the words of the standard, and has its schemas. pyproject.toml says why which.
SBOM = "cyclonedx-python-lib"
#: What the one file does without, and what these need: libcst has compiled parts, and rich only paints typer's help.
LEFT_OUT = {"libcst": ("pyyaml",), "rich": ("markdown-it-py", "mdurl", "pygments")}


def pinned(report: str, left_out: frozenset[str] = frozenset()) -> list[str]:
    """A line for each package of a report by ``pip install --report``."""
    found = [
        (
            one["metadata"]["name"].lower().replace("_", "-"),
            one["metadata"]["version"],
            one["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for one in json.loads(report)["install"]
    ]
    return [
        f"{name}=={version} --hash=sha256:{digest}" for name, version, digest in sorted(found) if name not in left_out
    ]


def wanted(purpose: str, text: str) -> list[str]:
    """What a pyproject.toml asks for, for that purpose."""
    project = tomllib.loads(text)
    if purpose == "build":
        requires: list[str] = project["build-system"]["requires"]
        return requires
    if purpose == "sbom":
        return [one for one in project["project"]["optional-dependencies"]["dev"] if one.startswith(SBOM)]
    return [one for one in project["project"]["dependencies"] if not one.startswith(tuple(LEFT_OUT))]


def left_out(purpose: str) -> frozenset[str]:
    """The packages that are not in it for that purpose."""
    return frozenset(LEFT_OUT).union(*LEFT_OUT.values()) if purpose == "zipapp" else frozenset()


def main(purpose: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--only-binary=:all:",
        "--report",
        "-",
        *wanted(purpose, PROJECT.read_text("utf-8")),
    ]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(HEADS[purpose])
    print("\n".join(pinned(report, left_out(purpose))))


if __name__ == "__main__":
    main(*sys.argv[1:])
