"""Plays of the collection in integrations/ansible: what each task said of each host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import ROOT

COLLECTION = ROOT / "integrations/ansible"
#: Where ansible's commands are: beside the interpreter that runs the tests.
COMMANDS = Path(sys.executable).parent
needed = pytest.mark.skipif(
    not (COMMANDS / "ansible-playbook").exists(), reason="no ansible-core here (pip install -e '.[ansible]')"
)

#: With MODWSGI_FIX_PLAYS=all (make ansible) a play has as many hosts as it is meant for, without it a few.
ALL = os.environ.get("MODWSGI_FIX_PLAYS") == "all"

#: The target's Python is the one of the tests, which has modwsgi-fix beside it.
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


class Told(NamedTuple):
    """What a task came to on one host: ``how`` is ok, failed, skipped or unreachable."""

    how: str
    host: str
    task: str
    result: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))


class Played(NamedTuple):
    """What ``ansible-playbook`` came to; ``out`` is what it printed besides."""

    code: int
    told: Sequence[Told]
    out: str

    def of(self, host: str, task: str) -> Told:
        """What a task came to on a host; the last time, where it was done again."""
        found = [one for one in self.told if (one.host, one.task) == (host, task)]
        assert found, f"{host}: no task {task}\n{self.out}\n{self.told}"
        return found[-1]


def environment(directory: Path) -> dict[str, str]:
    """Variables by which ansible finds the collection, and leaves nothing outside of a directory."""
    place = directory / "collections/ansible_collections/modwsgi"
    if not place.exists():
        place.mkdir(parents=True)
        (place / "fix").symlink_to(COLLECTION)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "ANSIBLE_COLLECTIONS_PATH": str(directory / "collections"),
        "ANSIBLE_HOME": str(directory / "home"),
        "ANSIBLE_REMOTE_TMP": str(directory / "home/tmp"),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/plays_told"),
        "ANSIBLE_STDOUT_CALLBACK": "told",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "XDG_STATE_HOME": str(directory / "state"),
        # Without it, ansible looks for a locale, and says so.
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def play(
    directory: Path, hosts: Mapping[str, Mapping[str, Any]], plays: Sequence[Mapping[str, Any]] | str, *words: str
) -> Played:
    """Run plays, or a playbook by its name, on these hosts and their variables."""
    told = directory / "told.jsonl"
    told.unlink(missing_ok=True)
    inventory = directory / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
    playbook = plays if isinstance(plays, str) else str(directory / "play.json")
    if not isinstance(plays, str):
        Path(playbook).write_text(json.dumps([{"gather_facts": False, "hosts": "all", **one} for one in plays]))
    done = subprocess.run(
        [str(COMMANDS / "ansible-playbook"), "-i", str(inventory), playbook, *words],
        env={**environment(directory), "MODWSGI_FIX_TOLD": str(told)},
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    return Played(done.returncode, [Told(**json.loads(line)) for line in lines], done.stdout)


def task(name: str, module: str, more: Mapping[str, Any] | None = None, /, **options: Any) -> dict[str, Any]:
    """A task of the collection; ``more`` are its keywords, such as ``check_mode``."""
    return {"name": name, f"modwsgi.fix.{module}": options, **(more or {})}
