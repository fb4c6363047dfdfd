# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""The action of modwsgi_fix: on the target where the program is there, else on a copy, whose changes are carried back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.modwsgi.fix.plugins.module_utils import product
from ansible_collections.modwsgi.fix.plugins.plugin_utils import scripts, templates
from ansible_collections.modwsgi.fix.plugins.plugin_utils.controller import Copy, OnController, asked_of, validated


class ActionModule(ActionBase):
    """Fixes on the target, on the controller, or a template."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the task comes to."""
        super().run(tmp, task_vars)
        if self._task.args.get("templates"):
            params = validated(product.FIX, self._task.args)
            if params["templates"]:
                return templates.fixed(self, params, task_vars or {})
        answer, params = asked_of(self, "modwsgi_fix", product.FIX, task_vars or {})
        if answer is not None:
            return answer
        there = OnController(self)
        with there.fetched(params) as copy:
            return self._fixed(there, copy, params)

    def _fixed(self, there: OnController, copy: Copy, params: dict[str, Any]) -> dict[str, Any]:
        here = copy.params(
            params, baseline=there.baseline(copy, params["baseline"]), verify=None, allow_shared_tree=True
        )
        shown = copy.run(["--isolated", *product.fix_words(here, "--diff")])
        result = {**product.result_of(shown), "ran_on": "controller", "left_there": copy.left_out}
        if self._task.diff:
            result["diff"] = product.diff_of(shown)
        if shown.problem:
            return {**result, "failed": True, "changed": False, "msg": shown.problem}
        if self._task.check_mode or not result["changed"]:
            return result
        paths = result["changed_files"]
        before = {path: Path(copy.here(path)).read_bytes() for path in paths}
        written = copy.run(["--isolated", *product.fix_words(here, "--write")])
        if written.problem:
            raise AnsibleActionFail(written.problem)
        changes = [scripts.Change(copy.there(path), before[path], Path(copy.here(path)).read_bytes()) for path in paths]
        record = scripts.new_record()
        script = scripts.writing(record, changes, params["verify"], allow_shared=params["allow_shared_tree"])
        answer = there.there(script)
        if answer.code:
            return {**result, "failed": True, "changed": False, "msg": answer.problem}
        return {**result, "undo_id": record}
