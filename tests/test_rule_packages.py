"""Rule packages are found as installed packages announce them; ours is loaded, anyone's only where it is named."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from modwsgi_fix.rule import offers

pytestmark = pytest.mark.slow

OFFER = "[console_scripts]\nx = y:z\n\n[modwsgi_fix.rules]\n# ours\n{name} = {name}\n[other]\na = b\n"


def distribution(directory: Path, name: str, text: str | None) -> None:
    (directory / name).mkdir()
    if text is not None:
        (directory / name / "entry_points.txt").write_text(text)


def test_it_finds_what_importlib_finds() -> None:
    assert [offer.package for offer in offers(sys.path)] == list(
        dict.fromkeys(p.value for p in entry_points(group="modwsgi_fix.rules"))
    )


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
    assert offers(path) == [("a", "a_rules", "a_rules"), ("b", "b_rules", "b_rules"), ("z", "z_rules", "z_rules")]
    assert [offer.package for offer in offers(path, lambda distribution: distribution == "b")] == ["b_rules"]


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
        "found = all_rules('own')\n"
        "print(found['always-so'].family, found['top-rule'].family, 'duplicate-daemon-process' in found)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "house own_rules True\n", done.stderr


def installed(place: Path, *, name: str = "own", code: str = _RULE.format(name="always_so")) -> Path:
    """An installed distribution ``house-NAME`` with one rule, whose import leaves a file ``touched``."""
    package = place / f"{name}_rules"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"open({str(place / 'touched')!r}, 'w').close()\n")
    (package / "always_so.py").write_text(code)
    info = place / f"house_{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: house-{name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[modwsgi_fix.rules]\n{name} = {name}_rules\n")
    return place / "touched"


def ran(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line, where ``tmp_path / "site"`` is one of the directories with installed packages."""
    code = f"import sys; sys.path.append({str(tmp_path / 'site')!r})\nfrom modwsgi_fix.cli import main; main()"
    words = (sys.executable, "-P", "-c", code, *words)
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Path:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text("<IfModule mod_ssl.c>\nListen 80\n</IfModule>\n")
    return tmp_path


COMMANDS = {
    "report": ("--isolated", "conf"),
    "diff": ("--isolated", "--diff", "conf"),
    "trace": ("trace", "http://a.test/", "conf"),
    "rules": ("rule",),
    "settings": ("config",),
    "completion": ("completion", "bash"),
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS.keys())
def test_what_is_merely_installed_does_not_run(server: Path, words: tuple[str, ...]) -> None:
    touched = installed(server / "site")
    done = ran(server, *words)
    assert done.returncode in (0, 1), done.stderr
    assert "always-so" not in done.stdout
    assert not touched.exists()


@pytest.mark.parametrize("name", ["own", "own_rules", "house-own", "House_Own"])
def test_what_is_named_runs(server: Path, name: str) -> None:
    touched = installed(server / "site")
    done = ran(server, "--isolated", "--plugins", name, "conf")
    assert "conf/site.conf:2:8: warning: always-so is so" in done.stdout
    assert touched.exists()
    for format in ("json", "sarif"):
        assert "It is always so." in ran(server, "rule", "--plugins", name, "always-so").stdout
        assert "always-so" in ran(server, "--isolated", "--plugins", name, "--output-format", format, "conf").stdout


def test_a_setting_names_packages_too(server: Path) -> None:
    touched = installed(server / "site")
    installed(server / "site", name="more", code="")
    text = 'plugins = ["own"]\nselect = ["always-so"]\n'
    (server / "modwsgi-fix.toml").write_text(text)
    assert "always-so is so" in ran(server, "--plugins", "more", "conf").stdout
    assert touched.exists()
    shown = ran(server, "--show-settings", "--plugins", "more", "conf").stdout
    assert 'plugins = ["more", "own"]' in shown
    (server / "modwsgi-fix.toml").write_text(text.replace('"own"', '"owm"'))
    done = ran(server, "conf")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "modwsgi-fix: modwsgi-fix.toml:1: plugins: no installed package offers rules as owm; did you mean own?\n"
    )


def test_only_what_offers_rules_can_be_named(server: Path) -> None:
    (server / "site").mkdir()
    (server / "site/antics.py").write_text("raise SystemExit('imported')\n")
    done = ran(server, "--isolated", "--plugins", "antics", "conf")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "modwsgi-fix: plugins: no installed package offers rules as antics\n"


def test_a_name_is_not_taken_from_another_rule(server: Path) -> None:
    code = _RULE.format(name="x")
    installed(server / "site", code=code)
    (server / "site/own_rules/urls").mkdir()
    (server / "site/own_rules/urls/__init__.py").touch()
    (server / "site/own_rules/urls/duplicate_daemon_process.py").write_text(code)
    done = ran(server, "--isolated", "--plugins", "own", "conf")
    assert (done.returncode, done.stdout) == (2, "")
    assert "rule duplicate-daemon-process: modwsgi_rules.daemons.duplicate_daemon_process has that name" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_package_that_cannot_be_imported_is_one_line(server: Path) -> None:
    (server / "site").mkdir()
    distribution(server / "site", "a-1.dist-info", "[modwsgi_fix.rules]\na = there_is_no_such_package\n")
    assert ran(server, "--isolated", "conf").returncode == 0
    done = ran(server, "--isolated", "--plugins", "a", "conf")
    assert done.returncode == 2
    assert done.stderr == (
        "modwsgi-fix: the rules of a cannot be loaded: ModuleNotFoundError: "
        "No module named 'there_is_no_such_package'\n"
    )


@pytest.mark.parametrize("module", ["modwsgi_fix", "modwsgi_fix.cli"])
@pytest.mark.parametrize("name", ["typer", "apacheconfig", "json", "modwsgi_rules", "dataclasses"])
def test_nothing_is_imported_from_the_working_directory(server: Path, module: str, name: str) -> None:
    (server / f"{name}.py").write_text("open('touched', 'w').close()\nraise SystemExit('imported')\n")
    distribution(server, "modwsgi_fix-9.dist-info", "[modwsgi_fix.rules]\na = stranger\n")
    words = (sys.executable, "-m", module, "--isolated", "--diff", "conf")
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=server)
    assert done.returncode == 0, done.stderr
    assert not (server / "touched").exists()
