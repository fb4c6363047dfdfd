"""A callback that writes each task's result to a file, a JSON object a line, and prints nothing."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: told
type: stdout
short_description: Results as JSON lines
description: Writes each result to the file that MODWSGI_FIX_TOLD names.
"""


class CallbackModule(CallbackBase):
    """What happened to whom, in order."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "told"

    def _tell(self, how: str, result: Any) -> None:
        with open(os.environ["MODWSGI_FIX_TOLD"], "a", encoding="utf-8") as file:
            line = {"how": how, "host": result.host.get_name(), "task": result.task_name, "result": dict(result.result)}
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._tell("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: FBT001, FBT002
        self._tell("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._tell("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._tell("skipped", result)
