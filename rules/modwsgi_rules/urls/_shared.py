"""Helpers of two rules of this family."""

from __future__ import annotations

import re

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.exposure import holds_static_files_only
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config

#: A callable behind a file or module, as servers of Python take it, or behind Django's module.
_CALLABLE = expression(
    r"(?<!\A.):(?P<name>[A-Za-z_]\w*(?:\(\))?)\Z|\A(?:\w+\.)+wsgi\.(?P<django>application)\Z", re.ASCII
)


def callable_in(script: str) -> str:
    """Return the callable that stands behind a file or module where mod_wsgi takes a path; empty without one."""
    found = _CALLABLE.search(script)
    return (found["name"] or found["django"]) if found else ""


def leads_on(config: Config, title: str, edit: Edit, url: str, directory: str, reason: str) -> Fix:
    """Return the fix by which a URL prefix leads to a directory that it missed by a slash or the rest of the URL.

    Until now nothing in it was served by that URL, so all of it is opened. The administrator decides, unless the disk shows
    that the directory holds nothing but static files.
    """
    if not holds_static_files_only(config, directory):
        return Fix(title, (edit,), Applicability.UNSAFE, reason)
    return Fix(title, (edit,), Applicability.REPAIR, reason, publishes=((url, directory.rstrip("/") + "/"),))
