"""A WSGI script as libcst reads it: statements with the spans of our text, and what rules ask of them.

This package only reads, and says where things stand; a change is an ``Edit`` of the text like any other. Of a script that is
not Python 3, only that is known.
"""

from modwsgi_fix.script.applications import bobo_resources, makes_application
from modwsgi_fix.script.module import (
    NO_LIBCST,
    Argument,
    Call,
    Kind,
    Module,
    NotPython3,
    Statement,
    Text,
    is_main_guard,
)
from modwsgi_fix.script.reader import has_libcst, is_python3, parse

__all__ = [
    "NO_LIBCST", "Argument", "Call", "Kind", "Module", "NotPython3", "Statement", "Text", "bobo_resources", "has_libcst",
    "is_main_guard", "is_python3", "makes_application", "parse",
]  # fmt: skip
