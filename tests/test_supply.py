"""What a release is made of: the same bytes each time, tools by their hashes, and licences that are named."""

from __future__ import annotations

import ast
import email
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from support import ROOT, Run

pytestmark = pytest.mark.slow


def tool(name: str) -> ModuleType:
    """A program of the directory tools."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # One of them imports another.
    sys.path.insert(0, str(ROOT / "tools"))
    spec.loader.exec_module(module)
    sys.path.pop(0)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The wheel and the source distribution by name, built under one umask and under another."""
    pytest.importorskip("hatchling", reason="hatchling, which builds, is not installed")
    found = []
    for mask in (0o022, 0o077):
        directory = tmp_path_factory.mktemp("dist")
        before = os.umask(mask)
        try:
            subprocess.run(
                [sys.executable, "-m", "hatchling", "build", "-d", str(directory)],
                cwd=ROOT, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True, capture_output=True,
            )  # fmt: skip
        finally:
            os.umask(before)
        found.append({file.name: file.read_bytes() for file in directory.iterdir()})
    first, second = found
    return first, second


Built = tuple[dict[str, bytes], dict[str, bytes]]


def ending(files: dict[str, bytes], end: str) -> io.BytesIO:
    """The one file whose name ends so."""
    (name,) = [name for name in files if name.endswith(end)]
    return io.BytesIO(files[name])


def test_what_is_built_twice_has_the_same_bytes(built: Built) -> None:
    assert len(built[0]) == 2
    assert built[0] == built[1]


def test_the_source_distribution_is_the_checkout(built: Built) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a checkout")
    with tarfile.open(fileobj=ending(built[0], ".tar.gz")) as archive:
        have = {name.partition("/")[2] for name in archive.getnames()}
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).exists() or (ROOT / name).is_symlink()}
    # hatchling packs no link to a directory. That of web2py's example leads to its own etc, and no test hangs on it.
    to_directories = {name for name in tracked if (ROOT / name).is_symlink() and (ROOT / name).is_dir()}
    assert all(name.endswith("/static/etc") for name in to_directories)
    assert tracked - to_directories <= have


def test_the_wheel_says_what_it_is(built: Built) -> None:
    with zipfile.ZipFile(ending(built[0], ".whl")) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        said = email.message_from_bytes(archive.read(name))
        files = archive.namelist()
    assert said["Author"] == "modwsgi-fix contributors"
    assert said["License-Expression"] == "Apache-2.0"
    assert said["Description-Content-Type"] == "text/markdown"
    assert "Topic :: Internet :: WWW/HTTP :: HTTP Servers" in said.get_all("Classifier", [])
    assert {"modwsgi_fix/py.typed", "modwsgi_rules/py.typed"} <= set(files)
    assert any(name.endswith("/licenses/LICENSE") for name in files)


# -- one file ------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_file(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as one file, made of what is installed here."""
    zipapp, directory = tool("zipapp"), tmp_path_factory.mktemp("zipapp")
    wheel = directory / "it.whl"
    wheel.write_bytes(ending(built[0], ".whl").getvalue())
    archive = directory / "modwsgi-fix.pyz"
    zipapp.write(archive, zipapp.contents(wheel, zipapp.names(zipapp.NEEDED.read_text("utf-8"))))
    return archive


def test_one_file_repairs_as_the_installed_program_does(one_file: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "app.wsgi").write_text("application = print\n")
    (tmp_path / "site.conf").write_text(
        f"WSGIDaemonProcess site\nWSGIDaemonProcess site\nWSGIProcessGroup site\nWSGIScriptAlias / {tmp_path}/app.wsgi\n"
    )
    asked = ("--isolated", "--diff", "--root", "/", "site.conf")
    # A Python that sees no installed package.
    command = [sys.executable, "-I", "-S", str(one_file), *asked]
    alone = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    installed = run(*asked)
    assert "-WSGIDaemonProcess site\n" in installed.out
    assert (alone.returncode, alone.stdout) == (installed.code, installed.out)
    assert alone.stderr == f"{installed.err}note: WSGI scripts are not checked in full (libcst is not installed)\n"


def test_one_file_has_no_compiled_parts(one_file: Path) -> None:
    with zipfile.ZipFile(one_file) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {info.date_time[:3] for info in archive.infolist()} == {(2023, 11, 14)}
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc"))]
    assert not [name for name in names if name.startswith(("libcst", "..", "bin/"))]
    # What is handed on comes with its licences.
    assert sum("licenses/" in name for name in names) >= 5


@pytest.fixture(scope="module")
def sbom(one_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The list of the packages in the one file, made by the program as a release makes it."""
    written = tmp_path_factory.mktemp("sbom") / "it.cdx.json"
    subprocess.run(
        [sys.executable, str(ROOT / "tools/sbom.py"), str(one_file), str(written)],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True,
    )  # fmt: skip
    return written.read_text("utf-8")


def test_the_list_of_packages_is_valid_by_its_own_schema(sbom: str) -> None:
    judge = JsonStrictValidator(SchemaVersion.V1_6)
    assert judge.validate_str(sbom) is None
    assert judge.validate_str(sbom.replace('"type": "library"', '"type": "book"')) is not None


def test_the_list_has_what_is_in_the_file(sbom: str, one_file: Path) -> None:
    told = json.loads(sbom)
    with zipfile.ZipFile(one_file) as archive:
        inside = {name.split("-")[0].replace("_", "-") for name in archive.namelist() if name.endswith("/METADATA")}
    program = told["metadata"]["component"]
    libraries = {one["name"]: one for one in told["components"]}
    assert inside == {program["name"], *libraries}
    assert program["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(one_file.read_bytes()).hexdigest()}]
    pinned = (ROOT / "requirements/zipapp.txt").read_text("utf-8")
    for name, library in libraries.items():
        assert library["purl"] == f"pkg:pypi/{name}@{library['version']}"
        assert f"{name}==" in pinned
        assert library["hashes"][0]["content"] in pinned
        assert library["licenses"]
    needs = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    (typer,) = [ref for ref in needs if ref.startswith("typer==")]
    assert typer in needs[program["bom-ref"]]
    assert any(ref.startswith("shellingham==") for ref in needs[typer])


def test_the_list_is_the_same_each_time(sbom: str, one_file: Path) -> None:
    made = tool("sbom")
    pinned = made.hashes(made.PINNED.read_text("utf-8"))
    assert made.document(one_file, pinned, 1_700_000_000) == sbom
    assert made.document(one_file, pinned, 1_700_000_001) != sbom
    pinned.pop("typer")
    with pytest.raises(SystemExit, match=r"typer: not in zipapp\.txt; run make pinned"):
        made.document(one_file, pinned, 1_700_000_000)


def test_what_has_compiled_parts_is_refused(one_file: Path) -> None:
    with pytest.raises(SystemExit, match="libcst has compiled parts"):
        tool("zipapp").contents(one_file.parent / "it.whl", ["libcst"])


def test_an_old_python_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 6, 9))
    with pytest.raises(SystemExit, match=r"modwsgi-fix needs Python 3\.11 or later; this is Python 3\.6"):
        exec(tool("zipapp").START, {})
    ast.parse(tool("zipapp").START, feature_version=(3, 4))


def test_the_packages_of_the_one_file_are_those_that_are_needed() -> None:
    pinned, zipapp = tool("pinned"), tool("zipapp")
    listed = set(zipapp.names(zipapp.NEEDED.read_text("utf-8")))
    assert {"typer", "apacheconfig", "unidiff", "pathspec"} <= listed
    assert listed == set(tool("licences").packages("modwsgi-fix")) - pinned.left_out("zipapp") - {"typing-extensions"}


@pytest.mark.parametrize("purpose", ["build", "zipapp", "sbom"])
def test_what_a_release_is_made_with_has_hashes(purpose: str) -> None:
    head, *lines = (ROOT / "requirements" / f"{purpose}.txt").read_text("utf-8").splitlines()
    assert head == tool("pinned").HEADS[purpose]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    names = {line.partition("==")[0] for line in lines}
    wanted = tool("pinned").wanted(purpose, (ROOT / "pyproject.toml").read_text("utf-8"))
    assert {re.split(r"[^a-z0-9-]", one)[0] for one in wanted} <= names


def test_a_report_of_pip_becomes_lines_with_hashes() -> None:
    package = {
        "metadata": {"name": "Some", "version": "1.2"},
        "download_info": {"archive_info": {"hashes": {"sha256": "ab"}}},
    }
    report = json.dumps({"install": [package]})
    assert tool("pinned").pinned(report) == ["some==1.2 --hash=sha256:ab"]
    assert tool("pinned").pinned(report, frozenset({"some"})) == []


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


# -- the Debian package --------------------------------------------------------

needs_debhelper = pytest.mark.skipif(
    not all(map(shutil.which, ("dpkg-buildpackage", "dh", "dh_python3"))),
    reason="no debhelper (on Debian: dpkg-dev debhelper dh-python)",
)


@pytest.fixture(scope="module")
def source(one_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of the Debian package."""
    laid_out: Path = tool("debian").laid_out(one_file, tmp_path_factory.mktemp("deb"), 1_700_000_000)
    return laid_out


def test_a_debian_source_has_the_program_and_all_licences(source: Path, one_file: Path) -> None:
    with zipfile.ZipFile(one_file) as archive:
        assert (source / "program/modwsgi_fix/cli/__init__.py").read_bytes() == archive.read(
            "modwsgi_fix/cli/__init__.py"
        )
        licences = {name: archive.read(name).decode() for name in archive.namelist() if "/LICENSE" in name}
    written = (source / "debian/copyright").read_text("utf-8")
    lines = {line.strip() for line in written.splitlines()}
    for name, text in licences.items():
        if not name.startswith("modwsgi_fix"):
            assert {line.strip() for line in text.splitlines() if line.strip()} <= lines, name
    for package in tool("zipapp").names(tool("zipapp").NEEDED.read_text("utf-8")):
        assert f"\nFiles: program/{package.replace('-', '_')}*\nCopyright: " in written
    assert "Copyright: None" not in written
    assert (source / "debian/changelog").read_text("utf-8").endswith("  Tue, 14 Nov 2023 22:13:20 -0000\n")


@pytest.fixture(scope="module")
def package(source: Path) -> Path:
    """The Debian package, built."""
    subprocess.run(
        ["dpkg-buildpackage", "--unsigned-source", "--unsigned-changes"],
        cwd=source, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = source.parent.glob("*.deb")
    return built


@needs_debhelper
def test_a_debian_package_has_what_an_administrator_uses(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path)], check=True)
    share = tmp_path / "usr/share"
    (tmp_path / "a.conf").write_text("WSGIDaemonProcess a\nWSGIDaemonProcess a\n")
    command = ["/usr/bin/python3", "-I", "-S", "-B", str(share / "modwsgi-fix"), "--isolated", "--diff", "a.conf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "\n-WSGIDaemonProcess a\n" in done.stdout
    # The command starts what was tried here, at its place.
    assert (
        f'\nexec {" ".join(command[:3])} /usr/share/modwsgi-fix "$@"\n'
        in (tmp_path / "usr/bin/modwsgi-fix").read_text()
    )
    assert (share / "man/man1/modwsgi-fix.1.gz").exists()
    assert "complete " in (share / "bash-completion/completions/modwsgi-fix").read_text()
    assert "complete -c modwsgi-fix" in (share / "fish/vendor_completions.d/modwsgi-fix.fish").read_text()
    wanted = subprocess.run(
        ["dpkg-deb", "-f", str(package), "Depends"], capture_output=True, text=True, check=True
    ).stdout
    assert wanted == "python3:any, python3 (>= 3.11)\n"


@needs_debhelper
@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_knows_the_completion_of_the_package(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path)], check=True)
    asks = "autoload -U compinit && compinit -u -D && print $_comps[modwsgi-fix]"
    places = f"fpath=({tmp_path}/usr/share/zsh/vendor-completions $fpath)"
    told = subprocess.run(["zsh", "-f", "-c", f"{places}; {asks}"], capture_output=True, text=True, check=True)
    assert told.stdout == "_modwsgi_fix\n"


@needs_debhelper
@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_has_nothing_against_the_package(package: Path) -> None:
    (changes,) = package.parent.glob("*.changes")
    told = subprocess.run(["lintian", str(changes)], capture_output=True, text=True, check=False)
    assert [line for line in told.stdout.splitlines() if line.startswith(("E:", "W:"))] == []
    assert told.returncode == 0


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
