#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""``modwsgi-fix undo --record`` as a module."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: modwsgi_undo
short_description: Take back what modwsgi_fix wrote
version_added: "0.1.0"
description:
  - Puts back all files of one write of M(modwsgi.fix.modwsgi_fix), or none.
  - Where a file was changed since, nothing is done, and the task fails.
  - Where there is nothing to take back by this name, nothing is changed.
author:
  - modwsgi-fix contributors (@modwsgi-fix)
options:
  undo_id:
    description: What M(modwsgi.fix.modwsgi_fix) returned as C(undo_id), on this target and as this user.
    type: str
    required: true
  allow_shared_tree:
    description: As root, also write where another user could change what is written.
    type: bool
    default: false
  executable:
    description:
      - The command C(modwsgi-fix) on the target, where it is neither beside its Python interpreter nor on C(PATH).
    type: path
attributes:
  check_mode:
    description: Whether it can run without changing anything.
    support: none
  diff_mode:
    description: Whether it shows what it changes.
    support: none
  platform:
    description: The operating systems that the module runs on.
    platforms: posix
    support: full
"""

EXAMPLES = r"""
- name: Take it back
  modwsgi.fix.modwsgi_undo:
    undo_id: "{{ fixed.undo_id }}"
  when: fixed.undo_id
"""

RETURN = r"""
messages:
  description: What was taken back, line by line.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.modwsgi.fix.plugins.module_utils import on_target, product


def main():
    module = AnsibleModule(argument_spec=product.UNDO)
    words = ["undo", "--record", module.params["undo_id"]]
    if module.params["allow_shared_tree"]:
        words.append("--allow-shared-tree")
    said = on_target.run(module, on_target.command_of(module), words)
    if said.code not in (0, 1):
        module.fail_json(msg="; ".join(said.lines) or "modwsgi-fix ended with exit code %s" % said.code)
    module.exit_json(changed=said.code == 0, messages=said.lines)


if __name__ == "__main__":
    main()
