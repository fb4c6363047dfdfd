"""Print what builds a release, each with its version and hash, for ``pip install --require-hashes -r``."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def pinned(report: str) -> list[str]:
    """A line for each package of a report by ``pip install --report``."""
    found = [
        (
            one["metadata"]["name"].lower(),
            one["metadata"]["version"],
            one["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for one in json.loads(report)["install"]
    ]
    return [f"{name}=={version} --hash=sha256:{digest}" for name, version, digest in sorted(found)]


def main() -> None:
    wanted = tomllib.loads(PROJECT.read_text("utf-8"))["build-system"]["requires"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--report",
        "-",
        *wanted,
    ]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print("# What builds a release; made by `make pinned`.")
    print("\n".join(pinned(report)))


if __name__ == "__main__":
    main()
