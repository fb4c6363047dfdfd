"""Fixtures: a place for servers which is verified to be empty again, and the numbers for the summary."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from . import dump, install, server
from .case import Case, Proof, Texts, prove
from .probe import Probe

#: Set in CI: an absent httpd is a failure there, not a reason to skip.
REQUIRED = "MODWSGI_FIX_REQUIRE_HTTPD"
PREFIX = "modwsgi-fix-httpd-"


def alive(mark: str) -> list[str]:
    """The processes whose environment names ``mark``, whoever their parent is; a zombie has no environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"{server.MARK}={mark}".encode() in environment.split(b"\0"):
                found.append(entry.name)
    return found


def _absent(reason: str) -> NoReturn:
    """Skip with one clear line; where the proofs are required, fail."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, and there is {reason}", pytrace=False)
    pytest.skip(reason)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where there is no httpd, keep one of the tests that need it, to say so in one line (or to fail, once)."""
    if not isinstance(install.find(), str):
        return
    needing = [item for item in items if {"httpd", "dumper"} & set(getattr(item, "fixturenames", ()))]
    # One that nothing else would skip.
    spared = next((item for item in needing if not item.get_closest_marker("skipif")), None)
    dropped = [item for item in needing if item is not spared]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def httpd() -> Iterator[Path]:
    """A directory for the servers of this process. Afterwards no process of theirs lives, and nothing lies in it."""
    found = install.find()
    if isinstance(found, str):
        _absent(found)
    _sweep()
    os.umask(0o022)
    directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=install.scratch()))
    directory.chmod(0o755)
    yield directory
    left = [path.name for path in directory.iterdir()], alive(str(directory))
    shutil.rmtree(directory)
    assert left == ([], []), f"left behind: files {left[0]}, processes {left[1]}"


def _sweep() -> None:
    """Remove what a killed test run could not."""
    for path in install.scratch().glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists() and not alive(str(path)):
            shutil.rmtree(path, ignore_errors=True)


Serve = Callable[[server.Setup, Sequence[Probe]], server.Run]


@pytest.fixture
def serve(httpd: Path, record_property: Callable[[str, object], None]) -> Serve:
    """``serve(setup, probes)`` is one life of a server."""

    def once(setup: server.Setup, asked: Sequence[Probe]) -> server.Run:
        done = server.run(setup, asked, httpd)
        record_property("httpd_probes", len(done.answers))
        record_property("httpd_milliseconds", done.milliseconds)
        record_property("httpd_servers", 1)
        return done

    return once


Prove = Callable[[Case, Texts], Proof]


@pytest.fixture
def prove_case(httpd: Path, record_property: Callable[[str, object], None]) -> Prove:
    """``prove_case(case, fixed_texts)`` fails the test with every violation, and counts."""

    def proven(case: Case, fixed: Texts) -> Proof:
        proof = prove(case, fixed, httpd)
        record_property("httpd_cases", 1)
        for name in ("probes", "mutants", "caught", "equivalent", "milliseconds", "servers"):
            record_property(f"httpd_{name}", getattr(proof, name))
        if proof.violations:
            pytest.fail("\n".join(proof.violations), pytrace=False)
        return proof

    return proven


@pytest.fixture(scope="session")
def dumper(tmp_path_factory: pytest.TempPathFactory) -> tuple[install.Install, Path]:
    """httpd, and the module that makes it print what it has read."""
    found = install.find()
    directory = tmp_path_factory.mktemp("dumptree")
    built = found if isinstance(found, str) else dump.build(directory)
    if isinstance(found, str) or isinstance(built, str):
        _absent(str(built))
    return found, built


@pytest.fixture(scope="session")
def read_trees(
    dumper: tuple[install.Install, Path],
) -> Callable[[Sequence[str]], list[tuple[dump.Node, ...] | dump.Refusal]]:
    """``read_trees(texts)`` are httpd's own directive trees of texts."""
    return functools.partial(dump.directive_trees, *dumper)


@pytest.fixture(scope="session")
def read_tree(
    read_trees: Callable[[Sequence[str]], list[tuple[dump.Node, ...] | dump.Refusal]],
) -> Callable[[str], tuple[dump.Node, ...] | dump.Refusal]:
    """``read_tree(text)`` is httpd's own directive tree of a text."""
    return lambda text: read_trees([text])[0]
