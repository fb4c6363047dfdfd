# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""Templates of a configuration: fixed where they lie, outside of their tags, and shown as a host gets them."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template
from ansible_collections.modwsgi.fix.plugins.module_utils import product
from ansible_collections.modwsgi.fix.plugins.plugin_utils.controller import program


def fixed(action: ActionBase, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Fix templates on the controller; return what the task comes to."""
    paths = [_found(action, path) for path in params["paths"]]
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-") as scratch:
        after = _fixed_copies(params, paths, Path(scratch))
        said = _run(product.fix_words({**params, "paths": paths}, "--diff" if action._task.check_mode else "--write"))
        result = {**product.result_of(said), "ran_on": "controller", "rendered": []}
        if said.problem:
            return {**result, "failed": True, "msg": said.problem}
        diffs = []
        for path, texts in after.items():
            rendered = [_rendered(action, task_vars, path, text) for text in texts]
            diffs.append(_diff(_shown(path), *rendered))
            result["rendered"].append(
                {"template": path, "findings": _findings(params, _shown(path), rendered[1], Path(scratch))}
            )
    if action._task.diff:
        result["diff"] = [diff for diff in diffs if diff["prepared"]]
    return result


def _found(action: ActionBase, path: str) -> str:
    """Return where a template lies, as the module ``template`` looks for it."""
    found = path if os.path.isfile(path) else action._find_needle("templates", path)
    return os.path.realpath(found)


def _fixed_copies(params: Mapping[str, Any], paths: Sequence[str], scratch: Path) -> dict[str, tuple[str, str]]:
    """Return the text of each template as it is, and fixed."""
    copies = {}
    for number, path in enumerate(paths):
        place = scratch / str(number) / os.path.basename(path)
        place.parent.mkdir()
        shutil.copyfile(path, place)
        copies[path] = place
    before = {path: _text(place) for path, place in copies.items()}
    words = product.fix_words(
        {**params, "paths": list(map(str, copies.values())), "verify": None, "allow_shared_tree": True}, "--write"
    )
    said = _run(["--isolated", *words], XDG_STATE_HOME=str(scratch / "state"))
    if said.problem:
        raise AnsibleActionFail(said.problem.replace(f"{scratch}/", ""))
    return {path: (before[path], _text(place)) for path, place in copies.items()}


def _rendered(action: ActionBase, task_vars: Mapping[str, Any], path: str, text: str) -> str:
    """Return a template as the host of the task gets it."""
    variables = {"ansible_managed": "Ansible managed", **task_vars}
    places = [*task_vars.get("ansible_search_path", []), action._loader.get_basedir(), os.path.dirname(path)]
    search = [found for place in places for found in (os.path.join(place, "templates"), place)]
    templar = action._templar.copy_with_new_env(searchpath=search, available_variables=variables)
    return str(templar.template(trust_as_template(text), escape_backslashes=False) or "")


def _findings(params: Mapping[str, Any], name: str, text: str, scratch: Path) -> list[dict[str, Any]]:
    """Return what is found in a template that is filled in."""
    place = Path(tempfile.mkdtemp(dir=scratch)) / os.path.basename(name)
    place.write_text(text, encoding="utf-8")
    said = _run(["--isolated", *product.report_words({**params, "paths": [str(place)], "baseline": None})])
    found: list[dict[str, Any]] = said.report.get("findings", [])
    return [{**finding, "file": name} for finding in found]


def _diff(name: str, before: str, after: str) -> dict[str, str]:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"before: {name}", f"after: {name}"
    )
    return {"prepared": "".join(lines)}


def _shown(path: str) -> str:
    """Return the name of what a template becomes."""
    root, suffix = os.path.splitext(path)
    return root if suffix in (".j2", ".jinja", ".jinja2") else path


def _text(path: str | Path) -> str:
    return Path(path).read_bytes().decode("utf-8", "replace")


def _run(words: Sequence[str], **variables: str) -> product.Said:
    done = subprocess.run([*program(), *words], capture_output=True, env={**os.environ, **variables}, check=False)
    return product.Said(done.returncode, done.stdout, done.stderr)
