"""Whole servers of httpd 2.2's time move by one ``migrate --write``: the real httpd starts them, and every answer is as declared."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import CORPUS, ROOT, Run

from . import install
from .moving import TREES, Asked, asked_of, laid_out, setup_of
from .probe import Probe
from .server import Run as Served
from .server import Setup

pytestmark = pytest.mark.skipif(
    not install.private_roots(), reason="a whole machine needs a root of its own: an overlay"
)

Serve = Callable[[Setup, list[Probe]], Served]


@pytest.fixture
def copy(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[str, Path]:
    """The name of a tree, and where its configuration lies in a copy of its machine."""
    name: str = request.param
    return name, laid_out(CORPUS / name, TREES[name], tmp_path / "machine")


every_tree = pytest.mark.parametrize("copy", sorted(TREES), indirect=True)


def requests(name: str) -> list[Asked]:
    return list(asked_of((CORPUS / name / "requests.txt").read_text("utf-8")))


def moved(run: Run, conf: Path) -> str:
    """Write the fixes; the page of what is left for a person."""
    words = ("migrate", "--isolated", "--from", "httpd=2.2", "--to", "httpd=2.4", "--root", "machine")
    files = list(conf.parents[1].rglob(".htaccess"))
    sites = "".join(path.read_text("utf-8") for path in conf.glob("sites-enabled/*"))
    where = [str(path.relative_to(conf.parents[2])) for path in (conf, *files)]
    assert run(*words, "--write", *where).code in (0, 1)
    page = run(*words, *where)
    assert page.code in (0, 1)
    assert "What the fixes do" not in page.out, "a second run finds something that it can fix"
    assert run(*words, "--diff", *where).out == ""
    old = [path for path in files if {"Order", "Allow", "Deny", "Satisfy"} & set(path.read_text().split())]
    # There AllowOverride admits Limit alone, and Require is of AuthConfig.
    assert bool(old) == ("AllowOverride Limit\n" in sites), old
    return page.out


@every_tree
def test_a_tree_moves(run: Run, copy: tuple[str, Path], serve: Serve) -> None:
    name, conf = copy
    found = install.find()
    assert not isinstance(found, str)
    page = moved(run, conf)
    assert "now:   httpd starts with this configuration" in page
    asked = requests(name)
    done = serve(setup_of(conf.parents[1], conf, found), [one.probe for one in asked])
    assert done.started, f"{done.messages}\n{page}"
    wrong = [one.contradiction(done.answers[one.probe]) for one in asked]
    assert [line for line in wrong if line] == [], done.log


def test_the_page_about_a_move_is_what_its_script_makes(httpd: Path) -> None:
    spec = importlib.util.spec_from_file_location("moving_page", ROOT / "tools/moving.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    directory = httpd / "page"
    directory.mkdir(mode=0o755)
    try:
        made = tool.page(directory)
    finally:
        shutil.rmtree(directory)
    assert made == (ROOT / "docs/moving.md").read_text("utf-8"), "python tools/moving.py > docs/moving.md"
