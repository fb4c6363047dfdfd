"""Rule packages are found as installed packages announce them, ours and anyone's."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from modwsgi_fix.rule import packages

OFFER = "[console_scripts]\nx = y:z\n\n[modwsgi_fix.rules]\n# ours\n{name} = {name}\n[other]\na = b\n"


def distribution(directory: Path, name: str, text: str | None) -> None:
    (directory / name).mkdir()
    if text is not None:
        (directory / name / "entry_points.txt").write_text(text)


def test_it_finds_what_importlib_finds() -> None:
    assert packages(sys.path) == list(dict.fromkeys(p.value for p in entry_points(group="modwsgi_fix.rules")))


def test_every_way_of_installing(tmp_path: Path) -> None:
    distribution(tmp_path, "a-1.dist-info", OFFER.format(name="a_rules"))
    distribution(tmp_path, "b.egg-info", OFFER.format(name="b_rules").replace(" = ", "="))
    distribution(tmp_path, "c-1.dist-info", None)
    distribution(tmp_path, "d-1.dist-info", "[modwsgi_fix.rulesets]\nd = d\n")
    distribution(tmp_path, "e-1.dist-info", OFFER.format(name="a_rules"))
    (tmp_path / "f-1.dist-info").write_text("a file")
    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as archive:
        archive.writestr("z-1.dist-info/METADATA", "Name: z\nVersion: 1\n")
        archive.writestr("z-1.dist-info/entry_points.txt", OFFER.format(name="z_rules"))
    path = [str(tmp_path), str(tmp_path / "missing"), str(tmp_path / "app.pyz"), str(tmp_path)]
    assert packages(path) == ["a_rules", "b_rules", "z_rules"]


_RULE = '''"""
It is always so.

    ```apache
    Listen 80
    #      ^^
    ```
"""
from modwsgi_fix.rule import Diagnostic, rule

@rule()
def {name}(config):
    for item in config.named("listen"):
        yield Diagnostic(item.path, item.args[0].span, "is so")
'''


@pytest.mark.parametrize("zipped", [False, True], ids=["directory", "archive"])
def test_a_third_party_package_is_loaded_with_its_folders(tmp_path: Path, *, zipped: bool) -> None:
    files = {
        "own_rules/__init__.py": "",
        "own_rules/house/__init__.py": "",
        "own_rules/house/always_so.py": _RULE.format(name="always_so"),
        "own_rules/top_rule.py": _RULE.format(name="top_rule"),
        "own_rules/notes.txt": "",
        "own_rules/house/data/x.json": "",
        "own-1.dist-info/METADATA": "Name: own\nVersion: 1\n",
        "own-1.dist-info/entry_points.txt": "[modwsgi_fix.rules]\nown = own_rules\n",
    }
    place = tmp_path / ("own.zip" if zipped else "own")
    if zipped:
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    else:
        for name, text in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    code = (
        f"import sys; sys.path[:0] = {[str(place), *sys.path]!r}\n"
        "from modwsgi_fix.rule import all_rules\n"
        "found = all_rules()\n"
        "print(found['always-so'].family, found['top-rule'].family, 'duplicate-daemon-process' in found)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "house own_rules True\n", done.stderr


def test_a_package_that_cannot_be_imported_is_one_line(tmp_path: Path) -> None:
    distribution(tmp_path, "a-1.dist-info", "[modwsgi_fix.rules]\na = there_is_no_such_package\n")
    code = f"import sys; sys.path[:0] = {[str(tmp_path), *sys.path]!r}\nfrom modwsgi_fix.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "rule"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "modwsgi-fix: the installed rules cannot be loaded: ModuleNotFoundError: "
        "No module named 'there_is_no_such_package'\n"
    )
