#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""``modwsgi-fix --diff`` and ``--write`` as a module."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: modwsgi_fix
short_description: Fix an Apache httpd + mod_wsgi configuration
version_added: "0.1.0"
description:
  - Rewrites what modwsgi-fix finds wrong with a configuration, in all files or in none.
  - A second run finds nothing to change.
  - Findings that are left never fail the task. It fails where the program ends with exit code 2, such as for a path that is
    missing, a file that cannot be read, or a O(verify) that fails; everything is then as it was, unless C(changed) says
    otherwise.
author:
  - modwsgi-fix contributors (@modwsgi-fix)
extends_documentation_fragment:
  - modwsgi.fix.server
options:
  fix_level:
    description:
      - The most that a fix may change.
      - With V(safe) httpd serves every request as before. With V(repair) the application answers where it was hidden, and
        what should not be served is closed. V(unsafe) may open something, or change capacity or identity.
    type: str
    choices: [safe, repair, unsafe]
    default: repair
  select:
    description: Rules and families to run, instead of those that are on by default.
    type: list
    elements: str
    default: []
  ignore:
    description: Rules and families not to run.
    type: list
    elements: str
    default: []
  target:
    description: The versions that the configuration is for, such as C(httpd=2.4) and C(mod_wsgi=5).
    type: list
    elements: str
    default: []
  verify:
    description:
      - A command for the target's shell, run once all files are written. Where it fails, all of them are put back.
      - It is not run in check mode.
    type: str
  baseline:
    description: A file on the target that C(modwsgi-fix baseline write) made. What it has is neither reported nor fixed.
    type: path
  allow_shared_tree:
    description: As root, also write where another user could change what is written.
    type: bool
    default: false
  templates:
    description:
      - The O(paths) are templates of Jinja on the controller, as the module M(ansible.builtin.template) takes them. They are
        fixed there, outside of their tags.
      - The diff is shown of each template as the host of the task gets it, before and after.
      - RV(findings) are then those of the template, and RV(rendered) has what is found in the host's copy of it.
    type: bool
    default: false
attributes:
  check_mode:
    description: Whether it can run without changing anything.
    support: full
    details: O(verify) is not run.
  diff_mode:
    description: Whether it shows what it changes.
    support: full
    details: A diff has passwords as they are. It is only made in diff mode.
"""

EXAMPLES = r"""
- name: Fix the server, and put everything back where httpd does not take it
  modwsgi.fix.modwsgi_fix:
    paths: [/etc/apache2]
    verify: apache2ctl configtest
  notify: Reload Apache

- name: What would a move to 2.4 change?
  modwsgi.fix.modwsgi_fix:
    paths: [/etc/httpd]
    target: [httpd=2.4]
  check_mode: true
  diff: true

- name: An old server without Python 3.11
  modwsgi.fix.modwsgi_fix:
    paths: [/etc/httpd]
    where: controller
    verify: apachectl -t

- name: Fix the template itself
  modwsgi.fix.modwsgi_fix:
    paths: [templates/site.conf.j2]
    templates: true
"""

RETURN = r"""
changed_files:
  description: The files that were changed, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [/etc/apache2/sites-available/shop.conf]
findings:
  description:
    - What is left, in the form of C(report.schema.json) of modwsgi-fix.
    - In check mode what would be left.
  returned: success
  type: list
  elements: dict
  sample:
    - rule: maximum-requests
      severity: warning
      message: the application is stopped and loaded anew every 500 requests
      file: /etc/apache2/sites-available/shop.conf
      line: 12
fixed:
  description: What was fixed, each with C(rule), C(file), C(line), C(title) and C(level).
  returned: success
  type: list
  elements: dict
withheld:
  description: The fixes that were not made, with the reason.
  returned: success
  type: list
  elements: dict
not_understood:
  description: The lines that were not understood.
  returned: success
  type: list
  elements: dict
starts:
  description: Whether httpd starts with the files as they are now; in check mode with the fixes. Null where that cannot be told.
  returned: success
  type: bool
start_fault:
  description: Why httpd does not start, with C(file), C(line) and C(message).
  returned: when httpd does not start
  type: dict
undo_id:
  description: What M(modwsgi.fix.modwsgi_undo) takes this write back by. Null where nothing was written.
  returned: success
  type: str
  sample: 00000012-d7a94d32
ran_on:
  description: Where the program ran, V(target) or V(controller).
  returned: success
  type: str
  sample: target
left_there:
  description: Of a run on the controller, the files that were not brought there, each with the reason.
  returned: when O(where) led to the controller
  type: dict
rendered:
  description: Of O(templates), what is found in the host's copy of each template once it is fixed.
  returned: with O(templates)
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.modwsgi.fix.plugins.module_utils import on_target, product


def main():
    module = AnsibleModule(argument_spec=product.FIX, supports_check_mode=True)
    if module.params["templates"]:
        module.fail_json(msg="templates are fixed on the controller, by the action of this module")
    command = on_target.command_of(module)
    result = {"ran_on": "target"}
    said = None
    if module.check_mode or module._diff:
        said = on_target.run(module, command, product.fix_words(module.params, "--diff"))
        if module._diff:
            result["diff"] = product.diff_of(said)
    if not module.check_mode and (said is None or not said.problem):
        said = on_target.run(module, command, product.fix_words(module.params, "--write"))
    result.update(product.result_of(said))
    if said.problem:
        module.fail_json(msg=said.problem, **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
