"""Edits of WSGI scripts."""

from __future__ import annotations

import re

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.script import Module
from modwsgi_fix.text import Span


def append_to(script: WsgiScript, module: Module, line: str) -> Edit:
    """A line of its own at the end of the script; after a function two blank lines come first, as is usual."""
    text, newline = module.text, module.newline
    end = len(text)
    stripped = text.rstrip("\r\n\t\f ")
    gap = 2 if module.body and module.body[-1].kind in ("def", "class") else 0
    have = len(re.findall(r"\r\n?|\n", text[len(stripped) :]))
    lead = newline * max(0, 1 + gap - have) if stripped else ""
    return Edit(script.path, Span(end, end), f"{lead}{line}{newline}")
