# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""The action of modwsgi_undo: what the controller carried to the target is taken back by a shell alone."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.modwsgi.fix.plugins.module_utils import product
from ansible_collections.modwsgi.fix.plugins.plugin_utils import scripts
from ansible_collections.modwsgi.fix.plugins.plugin_utils.controller import OnController, validated


class ActionModule(ActionBase):
    """Takes a write back by its name."""

    TRANSFERS_FILES = False
    _supports_check_mode = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the task comes to."""
        super().run(tmp, task_vars)
        params = validated(product.UNDO, self._task.args)
        if not scripts.RECORD.fullmatch(params["undo_id"]):
            return self._execute_module(
                module_name="modwsgi.fix.modwsgi_undo", module_args=self._task.args, task_vars=task_vars
            )
        script = scripts.undoing(params["undo_id"], allow_shared=params["allow_shared_tree"])
        answer = OnController(self).there(script)
        if answer.code > 1:
            return {"failed": True, "msg": answer.problem}
        return {"changed": answer.code == 0, "messages": answer.data.decode("utf-8", "replace").splitlines()}
