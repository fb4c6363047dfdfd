# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""The action of modwsgi_trace: on the target where the program is there, else on a copy of its configuration."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.modwsgi.fix.plugins.module_utils import product
from ansible_collections.modwsgi.fix.plugins.plugin_utils.controller import OnController, asked_of


class ActionModule(ActionBase):
    """Asks on the target, or on the controller."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the task comes to."""
        super().run(tmp, task_vars)
        answer, params = asked_of(self, "modwsgi_trace", product.TRACE, task_vars or {})
        if answer is not None:
            return answer
        if problem := product.trace_problem(params):
            return {"failed": True, "msg": problem}
        with OnController(self).fetched(params) as copy:
            result = product.traced(params, copy.run(product.trace_words(copy.params(params))))
        return {**result, "ran_on": "controller"}
