"""What a release is made of: the same bytes each time, tools by their hashes, and licences that are named."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from support import ROOT


def tool(name: str) -> ModuleType:
    """A program of the directory tools."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling, which builds, is not installed")
@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_what_is_built_twice_has_the_same_bytes(target: str, tmp_path: Path) -> None:
    built = []
    for name, mask in (("one", 0o022), ("two", 0o077)):
        before = os.umask(mask)
        try:
            subprocess.run(
                [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path / name)],
                cwd=ROOT, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True, capture_output=True,
            )  # fmt: skip
        finally:
            os.umask(before)
        (file,) = (tmp_path / name).iterdir()
        built.append((file.name, file.read_bytes()))
    assert built[0] == built[1]


def test_the_tools_that_build_have_hashes() -> None:
    lines = (ROOT / "requirements" / "build.txt").read_text("utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    names = {line.partition("==")[0] for line in lines}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert {re.split(r"[^a-z0-9-]", one)[0] for one in wanted} <= names


def test_a_report_of_pip_becomes_lines_with_hashes() -> None:
    package = {
        "metadata": {"name": "Some", "version": "1.2"},
        "download_info": {"archive_info": {"hashes": {"sha256": "ab"}}},
    }
    assert tool("pinned").pinned(json.dumps({"install": [package]})) == ["some==1.2 --hash=sha256:ab"]


def test_the_lowest_versions_are_those_of_the_project() -> None:
    text = '[project]\ndependencies = ["a>=1.2,<2", "b==3"]\n[project.optional-dependencies]\ndev = ["ruff>=1", "c>=4.5", "d==1.2b1"]\n'
    assert tool("minimum").lowest(text) == ["a==1.2", "b==3", "c==4.5", "d==1.2b1"]
    project = tool("minimum").lowest((ROOT / "pyproject.toml").read_text("utf-8"))
    assert len(project) >= 9


def test_the_table_of_licences_is_current() -> None:
    licences = tool("licences")
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    told = dict(re.findall(r"^\| ([a-z0-9.-]+) \| (.+) \|$", page, re.MULTILINE))
    told.pop("package")
    # Older versions need less.
    assert set(licences.packages("modwsgi-fix")) <= set(told)
    assert page.splitlines()[:5] == licences.table().splitlines()[:5]
    assert "not named" not in told.values()


def test_licences_are_followed_through_what_packages_need() -> None:
    assert {"ply", "rich", "pyyaml"} & set(tool("licences").packages("modwsgi-fix"))


# -- the manual page -----------------------------------------------------------


def test_the_manual_page_is_current() -> None:
    assert (ROOT / "docs/modwsgi-fix.1").read_text("utf-8") == tool("man").page(), "make man"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_one() -> None:
    page = ROOT / "docs/modwsgi-fix.1"
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou", "-ww", str(page)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "--write-plan" in done.stdout


def test_the_manual_page_is_installed(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith(".data/data/share/man/man1/modwsgi-fix.1") for name in names)
