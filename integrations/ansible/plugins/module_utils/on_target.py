# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs of modwsgi-fix on the target, where a module runs."""

from __future__ import absolute_import, division, print_function

from ansible_collections.modwsgi.fix.plugins.module_utils.product import ABSENT, Said, beside_this_python, why_absent

__metaclass__ = type


def command_of(module):
    """Return the words that run the program; the module fails where it is not there, and says so for its action plugin."""
    given = module.params.get("executable")
    if given is not None:
        if module.get_bin_path(given) is None:
            module.fail_json(msg="%s: is not a program that can be run" % given)
        return [given]
    on_path = module.get_bin_path("modwsgi-fix")
    words = beside_this_python() or ([on_path] if on_path else [])
    if not words:
        module.fail_json(msg=why_absent(), **{ABSENT: True})
    return words


def run(module, command, words):
    """Run the program, and return what it said."""
    code, out, err = module.run_command(command + words, encoding=None)
    return Said(code, out, err)
