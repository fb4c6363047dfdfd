# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""Options that the modules have in common."""


class ModuleDocFragment(object):
    DOCUMENTATION = r"""
options:
  paths:
    description:
      - Directories and files on the target, as for the command C(modwsgi-fix).
      - A directory with C(apache2.conf) or C(httpd.conf) is a whole server; anything else is a fragment of one.
    type: list
    elements: path
    required: true
  root:
    description:
      - The filesystem that the paths in the files mean, such as C(/) or an image.
      - V(/) by default for what lies in C(/etc/apache2), C(/etc/httpd) and the like, else unknown.
    type: path
  assume_deny:
    description:
      - How the server around fragments denies by default, which fragments do not show.
    type: str
    choices: ["2.2", "2.4", "none"]
  executable:
    description:
      - The command C(modwsgi-fix) on the target, where it is neither beside its Python interpreter nor on C(PATH).
    type: path
  where:
    description:
      - Where the program runs.
      - V(target) needs it there, beside a Python interpreter of 3.11 or later, on C(PATH), or as O(executable) says.
      - V(controller) brings the configuration to the controller as C(modwsgi-fix fetch) does, without keys and password
        files; the target needs a shell, C(find), C(tar), C(base64) and C(sha256sum), and no Python.
      - V(auto) is the target where the program is there, else the controller.
    type: str
    choices: [auto, target, controller]
    default: auto
attributes:
  platform:
    description: The operating systems that the module runs on.
    platforms: posix
    support: full
"""
