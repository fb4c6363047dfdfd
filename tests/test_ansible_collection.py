"""The collection for Ansible as such: it is documented, can be built, and says on an old Python why it cannot run there."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plays
import pytest
import yaml
from plays import COLLECTION, COMMANDS
from support import ROOT

from modwsgi_fix import __version__

pytestmark = pytest.mark.slow

PRODUCT = runpy.run_path(str(COLLECTION / "plugins/module_utils/product.py"))
SPECS = {"modwsgi_fix": "FIX", "modwsgi_trace": "TRACE", "modwsgi_facts": "SERVER", "modwsgi_undo": "UNDO"}
#: What is sent to targets.
SENT = sorted((COLLECTION / "plugins").glob("modules/*.py")) + sorted(
    (COLLECTION / "plugins").glob("module_utils/*.py")
)


def ran(directory: Path, *words: str) -> str:
    """What one of ansible's commands printed."""
    done = subprocess.run(
        [str(COMMANDS / words[0]), *words[1:]],
        env=plays.environment(directory), cwd=directory, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", SENT, ids=lambda path: path.name)
def test_what_is_sent_to_a_target_is_python_3_6(path: Path) -> None:
    ast.parse(path.read_text("utf-8"), feature_version=(3, 6))


def test_its_version_is_that_of_the_command() -> None:
    assert yaml.safe_load((COLLECTION / "galaxy.yml").read_text())["version"] == __version__


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What ansible-doc says of the modules."""
    names = [f"modwsgi.fix.{name}" for name in SPECS]
    return json.loads(ran(tmp_path_factory.mktemp("docs"), "ansible-doc", "-j", "-t", "module", *names))  # type: ignore[no-any-return]


@plays.needed
@pytest.mark.parametrize("name", SPECS)
def test_each_option_is_documented_as_it_is(name: str, documents: Mapping[str, Any]) -> None:
    told = documents[f"modwsgi.fix.{name}"]
    options = told["doc"]["options"]
    assert options.keys() == PRODUCT[SPECS[name]].keys()
    for option, spec in PRODUCT[SPECS[name]].items():
        documented = {key: options[option].get(key) for key in ("type", "elements", "choices", "required", "default")}
        assert {key: documented[key] or None for key in documented} == {
            key: spec.get(key) or None for key in documented
        }
    assert told["examples"]
    assert told["return"]


@plays.needed
def test_the_plays_of_its_page_and_its_examples_are_plays(tmp_path: Path) -> None:
    page = (ROOT / "docs/ansible.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.S | re.M)
    assert len(blocks) >= 4
    for path in COLLECTION.glob("plugins/*/*.py"):
        if found := re.search(r'EXAMPLES = r"""\n(.*?)"""', path.read_text("utf-8"), re.S):
            tasks = yaml.safe_load(found[1])
            handlers = [{"name": "Reload Apache", "ansible.builtin.debug": {}}]
            blocks.append(json.dumps([{"hosts": "web", "tasks": tasks, "handlers": handlers}]))
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.yml").write_text(block)
    ran(
        tmp_path,
        "ansible-playbook",
        "--syntax-check",
        "-i",
        "web,",
        *[f"{number}.yml" for number in range(len(blocks))],
    )


@plays.needed
def test_it_can_be_built(tmp_path: Path) -> None:
    ran(tmp_path, "ansible-galaxy", "collection", "build", str(COLLECTION), "--output-path", str(tmp_path))
    (archive,) = tmp_path.glob("modwsgi-fix-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = set(tar.getnames())
    assert {"plugins/modules/modwsgi_fix.py", "plugins/action/modwsgi_fix.py", "roles/migrate/tasks/main.yml"} <= names


def test_a_target_says_why_it_cannot_run_there(monkeypatch: pytest.MonkeyPatch) -> None:
    why = PRODUCT["why_absent"]
    monkeypatch.setattr(sys, "version_info", (3, 6, 8))
    assert PRODUCT["beside_this_python"]() == []
    assert why() == f"modwsgi-fix needs Python 3.11 or later, and {sys.executable} is Python 3.6"
