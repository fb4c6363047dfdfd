#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""``modwsgi-fix show`` and a report as facts."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: modwsgi_facts
short_description: The hosts, mounts and process groups of an httpd server as facts
version_added: "0.1.0"
description:
  - Reads a configuration as httpd does, and returns what it says as the fact C(modwsgi).
author:
  - modwsgi-fix contributors (@modwsgi-fix)
extends_documentation_fragment:
  - modwsgi.fix.server
attributes:
  check_mode:
    description: Whether it can run without changing anything.
    support: full
    details: It never changes anything.
  diff_mode:
    description: Whether it shows what it changes.
    support: none
  facts:
    description: Whether it returns facts.
    support: full
"""

EXAMPLES = r"""
- name: What is there
  modwsgi.fix.modwsgi_facts:
    paths: [/etc/apache2]

- name: Only where httpd starts
  ansible.builtin.assert:
    that: ansible_facts.modwsgi.starts
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: success
  type: dict
  contains:
    modwsgi:
      description: What the configuration says.
      returned: success
      type: dict
      contains:
        version:
          description: The version of modwsgi-fix.
          type: str
          returned: success
        starts:
          description: Whether httpd starts. Null where that cannot be told.
          type: bool
          returned: success
        start_fault:
          description: Why httpd does not start, with C(file), C(line) and C(message). Null where it does, or that cannot be told.
          type: dict
          returned: success
        start_unknown:
          description: Why it cannot be told whether httpd starts. Null where it can.
          type: str
          returned: success
        findings:
          description: The number of findings of each severity, C(error), C(warning) and C(info).
          type: dict
          returned: success
        servers:
          description: The servers, in the form of C(modwsgi-fix show --output-format json).
          type: list
          elements: dict
          returned: success
ran_on:
  description: Where the program ran, V(target) or V(controller).
  returned: success
  type: str
  sample: target
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.modwsgi.fix.plugins.module_utils import on_target, product


def main():
    module = AnsibleModule(argument_spec=product.SERVER, supports_check_mode=True)
    command = on_target.command_of(module)
    shown = on_target.run(module, command, product.show_words(module.params))
    checked = on_target.run(module, command, product.report_words(module.params))
    result = product.facts_of(shown, checked)
    if result.get("failed"):
        module.fail_json(ran_on="target", **result)
    module.exit_json(ran_on="target", **result)


if __name__ == "__main__":
    main()
