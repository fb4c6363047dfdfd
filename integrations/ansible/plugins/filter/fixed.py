# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""A text of a configuration, fixed by ``modwsgi-fix --stdin-filename NAME -``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.modwsgi.fix.plugins.plugin_utils.controller import program

DOCUMENTATION = r"""
name: fixed
short_description: Fix the text of a configuration
version_added: "0.1.0"
author:
  - modwsgi-fix contributors (@modwsgi-fix)
description:
  - Hands a text to C(modwsgi-fix) on the controller, and returns it fixed.
  - Of a template that is not filled in yet, what stands outside of its tags is fixed, if O(name) or its statements say that
    it is one.
options:
  _input:
    description: The text.
    type: str
    required: true
  name:
    description: The name of the file that the text is of, or will be.
    type: str
    default: site.conf
  fix_level:
    description: The most that a fix may change.
    type: str
    choices: [safe, repair, unsafe]
    default: safe
"""

EXAMPLES = r"""
- name: Write a site, fixed as it is filled in
  ansible.builtin.copy:
    content: "{{ lookup('ansible.builtin.template', 'site.conf.j2') | modwsgi.fix.fixed(name='site.conf') }}"
    dest: /etc/apache2/sites-available/site.conf
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text, fixed. It is as it was where there is nothing to fix.
  type: str
"""


def fixed(text: Any, name: str = "site.conf", fix_level: str = "safe") -> str:
    """Return a text as ``modwsgi-fix`` fixes it. Raises ``AnsibleFilterError``."""
    if not isinstance(text, str):
        raise AnsibleFilterError(f"modwsgi.fix.fixed: needs a text, and not {type(text).__name__}")
    words = [*program(), "--isolated", "--fix-level", fix_level, "--stdin-filename", name, "-"]
    done = subprocess.run(words, input=text.encode("utf-8", "surrogateescape"), capture_output=True, check=False)
    if done.returncode:
        raise AnsibleFilterError(f"modwsgi.fix.fixed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8", "surrogateescape")


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return them by name."""
        return {"fixed": fixed}
