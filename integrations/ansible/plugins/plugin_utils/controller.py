# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""A task on a target that has no modwsgi-fix: its configuration is brought to the controller, and read or fixed there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.modwsgi.fix.plugins.module_utils import product
from ansible_collections.modwsgi.fix.plugins.plugin_utils import bridge

#: The main file of a server, in the directory that is named.
_MAINS = ("apache2.conf", "httpd.conf", "conf/httpd.conf")


class Answer(NamedTuple):
    """What a script came to on the target: its exit code, its output, and its messages."""

    code: int
    data: bytes
    said: str

    @property
    def problem(self) -> str:
        """Why it failed, in words."""
        return self.said or f"the target's shell ended with exit code {self.code}"


class OnController:
    """What an action plugin asks of its target by a shell alone, and of the program on the controller."""

    def __init__(self, action: ActionBase) -> None:
        self._action = action

    # -- there ---------------------------------------------------------------------------------------------------------

    def there(self, script: str | bytes) -> Answer:
        """Run a script by the target's shell."""
        data = script if isinstance(script, bytes) else script.encode("utf-8", "surrogateescape")
        command = f"{self._action._compute_environment_string()} sh -s".strip()
        done = self._action._low_level_execute_command(command, in_data=data, encoding_errors="surrogateescape")
        return Answer(done["rc"], done["stdout"].encode("utf-8", "surrogateescape"), done["stderr"].strip())

    def _main(self, paths: Sequence[str]) -> str:
        """Return the main file of the server that the paths name, or an empty string."""
        names = [os.path.join(path, name) for path in paths for name in _MAINS]
        names += [path for path in paths if os.path.basename(path) in _MAINS]
        tests = "\n".join(f"if [ -f {quote(name)} ]; then printf %s {quote(name)}; exit 0; fi" for name in names)
        return self.there(f"{tests}\nexit 0\n").data.decode("utf-8", "surrogateescape")

    # -- here ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def fetched(self, params: Mapping[str, Any]) -> Iterator[Copy]:
        """Bring the target's configuration here, for as long as the block lasts."""
        if params.get("root") not in (None, "/"):
            raise AnsibleActionFail(
                f"root: {params['root']}: where the program runs on the controller, only / can be read there"
            )
        if relative := [path for path in params["paths"] if not path.startswith("/")]:
            raise AnsibleActionFail(f"paths: {relative[0]}: is not an absolute path on the target")
        with tempfile.TemporaryDirectory(prefix="modwsgi-fix-") as scratch:
            copy = Copy(Path(os.path.realpath(scratch)))
            self._fetch(copy, self._main(params["paths"]))
            for path in params["paths"]:
                if not os.path.lexists(copy.here(path)):
                    raise AnsibleActionFail(
                        f"{path}: is not there, or httpd does not read it, so that it was not fetched"
                    )
            yield copy

    def _fetch(self, copy: Copy, main: str) -> None:
        """Run ``modwsgi-fix fetch``, and answer what it asks of the target."""
        address = str(copy.scratch / "target")
        with socket.socket(socket.AF_UNIX) as listening, (copy.scratch / "said").open("w+b") as said:
            listening.bind(address)
            listening.listen()
            listening.settimeout(0.05)
            words = ["fetch", "--ssh", f"{quote(sys.executable)} {quote(bridge.__file__)} {quote(address)}"]
            words += ["--main", main] if main else []
            process = subprocess.Popen(
                [*program(), *words, "target", str(copy.root)],
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=copy.environment,
            )
            try:
                while process.poll() is None:
                    self._answer(listening)
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()
        if process.returncode not in (0, 1) or not copy.root.is_dir():
            raise AnsibleActionFail("the configuration was not fetched: " + "; ".join(lines))
        manifest = json.loads((copy.root / "modwsgi-fix-fetched.json").read_bytes())
        copy.left_out.update(manifest["left_out"])

    def _answer(self, listening: socket.socket) -> None:
        """Hand one script to the target, where one has been asked for."""
        try:
            asking = listening.accept()[0]
        except TimeoutError:
            return
        with asking:
            asking.settimeout(None)
            with asking.makefile("rb") as script:
                answer = self.there(script.read())
            asking.sendall(b"%04d" % answer.code + answer.data)

    def baseline(self, copy: Copy, path: str | None) -> str | None:
        """Bring a baseline here, and return where it is."""
        if path is None:
            return None
        answer = self.there(f"cat {quote(path)}\n")
        if answer.code:
            raise AnsibleActionFail(f"baseline: {answer.said or path}")
        (copy.scratch / "baseline.json").write_bytes(answer.data)
        return str(copy.scratch / "baseline.json")


class Copy:
    """A target's files in a directory of the controller; ``left_out`` are those that stayed there, with the reason."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.root = scratch / "root"
        self.left_out: dict[str, str] = {}
        # What is written to the copy is not kept for undo.
        self.environment = {**os.environ, "XDG_STATE_HOME": str(scratch / "state"), "PYTHONDONTWRITEBYTECODE": "1"}

    def here(self, path: str) -> str:
        """Return where a file of the target lies in the copy."""
        return os.path.join(self.root, path.lstrip("/"))

    def there(self, path: str) -> str:
        """Return the real path on the target of what a path there leads to; links in the copy are those of the target."""
        return "/" + os.path.relpath(os.path.realpath(self.here(path)), self.root)

    def params(self, params: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Return the options of a task, with the copy in place of the target."""
        return {**params, "paths": [self.here(path) for path in params["paths"]], "root": str(self.root), **more}

    def run(self, words: Sequence[str]) -> product.Said:
        """Run the program on the copy, without any settings; what it says has the target's paths."""
        done = subprocess.run([*program(), *words], capture_output=True, env=self.environment, check=False)
        mine = str(self.root).encode()
        return product.Said(done.returncode, done.stdout.replace(mine, b""), done.stderr.replace(mine, b""))


def program() -> list[str]:
    """Return the words that run the program on the controller. Raises ``AnsibleActionFail``."""
    words = product.beside_this_python() or [found for found in [shutil.which("modwsgi-fix")] if found]
    if not words:
        raise AnsibleActionFail(f"on the controller, {product.why_absent()}")
    return words


def validated(spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a task as its module would have them. Raises ``AnsibleActionFail``."""
    checked = ArgumentSpecValidator(spec).validate(arguments)
    if checked.error_messages:
        raise AnsibleActionFail("; ".join(checked.error_messages))
    return checked.validated_parameters


def belongs_to_controller(answer: Mapping[str, Any]) -> bool:
    """Whether a module's answer says that the program, or a Python that Ansible can use, is not on the target."""
    if answer.get("unreachable"):
        return False
    return bool(answer.get(product.ABSENT)) or ("invocation" not in answer and bool(answer.get("failed")))


def asked_of(
    action: ActionBase, module: str, spec: Mapping[str, Any], task_vars: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Run a module where its option ``where`` says; return its answer and the options.

    The answer is None where the controller is to do it.
    """
    params = validated(spec, action._task.args)
    if params["where"] == "controller":
        return None, params
    answer = action._execute_module(
        module_name=f"modwsgi.fix.{module}", module_args=action._task.args, task_vars=task_vars
    )
    if params["where"] == "auto" and belongs_to_controller(answer):
        Display().v(
            f"modwsgi-fix runs on the controller: {answer.get('msg')}", host=task_vars.get("inventory_hostname")
        )
        return None, params
    return answer, params
