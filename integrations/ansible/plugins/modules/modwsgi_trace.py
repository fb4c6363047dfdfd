#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""``modwsgi-fix trace`` as a module."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: modwsgi_trace
short_description: Ask what answers a URL, and assert it
version_added: "0.1.0"
description:
  - Says what httpd does with a request, from its configuration alone; no request is sent.
  - The task fails where a URL is not answered as it asserts. What the files leave open must hold whatever it is.
author:
  - modwsgi-fix contributors (@modwsgi-fix)
extends_documentation_fragment:
  - modwsgi.fix.server
options:
  urls:
    description: URLs that are traced.
    type: list
    elements: str
    default: []
  assert:
    description:
      - What each URL is to be answered by. These are traced as well as O(urls).
      - A word is the kind of the answer, one of C(application), C(file), C(program), C(listing), C(redirect), C(server),
        C(proxy), C(refused), C(not-found), C(error) and C(unknown).
      - A number is the status that httpd itself answers with, such as 403.
      - A dictionary has several of C(kind), C(status), C(host), C(file), C(path_info), C(handler), C(process_group),
        C(application_group), C(script_name), C(user) and C(location).
    type: dict
    default: {}
  client:
    description: The visitor's IP address.
    type: str
  address:
    description: The IP address of the server at which the requests arrive.
    type: str
attributes:
  check_mode:
    description: Whether it can run without changing anything.
    support: full
    details: It never changes anything.
  diff_mode:
    description: Whether it shows what it changes.
    support: none
"""

EXAMPLES = r"""
- name: The application answers, and its source is not served
  modwsgi.fix.modwsgi_trace:
    paths: [/etc/apache2]
    root: /
    assert:
      http://shop.example.com/: application
      http://shop.example.com/.git/config: 403
      http://shop.example.com/static/site.css:
        kind: file
        file: /srv/shop/static/site.css
      http://shop.example.com/api/:
        kind: application
        process_group: shop
"""

RETURN = r"""
traces:
  description: The answer to each URL, in the form of C(modwsgi-fix trace --output-format json).
  returned: success
  type: list
  elements: dict
failures:
  description: A sentence for each URL that is not answered as asserted.
  returned: failure
  type: list
  elements: str
  sample: ["http://shop.example.com/: kind application is wanted, and it is refused with status 403"]
ran_on:
  description: Where the program ran, V(target) or V(controller).
  returned: success
  type: str
  sample: target
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.modwsgi.fix.plugins.module_utils import on_target, product


def main():
    module = AnsibleModule(argument_spec=product.TRACE, supports_check_mode=True)
    problem = product.trace_problem(module.params)
    if problem:
        module.fail_json(msg=problem)
    said = on_target.run(module, on_target.command_of(module), product.trace_words(module.params))
    result = product.traced(module.params, said)
    if result.get("failed"):
        module.fail_json(ran_on="target", **result)
    module.exit_json(ran_on="target", **result)


if __name__ == "__main__":
    main()
