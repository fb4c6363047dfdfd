"""The command lines that need no parser: paths, and the options that editors and scripts give at every run.

Importing Typer takes as long as reading and checking a small file. What is not understood here is left to it, and what is
understood gives the same request (``tests/test_plain.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.cli.request import Mode, Request

_MODES = {"--diff": Mode.DIFF, "--write": Mode.WRITE}
#: Options with a value, and the field of the request that has it.
_VALUES = {"--root": "root", "--stdin-filename": "stdin_name"}


def plain(words: Sequence[str]) -> Request | None:
    """Return the request of a command line of paths and these options; None where it has anything else, or is wrong."""
    paths: list[str] = []
    modes: set[Mode] = set()
    values: dict[str, str] = {}
    isolated = False
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in _MODES:
            modes.add(_MODES[word])
        elif word == "--isolated":
            isolated = True
        elif name in _VALUES:
            value = value if equals else next(rest, "-")
            if value.startswith("-"):
                return None
            values[_VALUES[name]] = value
        elif word.startswith("-") and word != "-":
            return None
        else:
            paths.append(word)
    if not paths or len(modes) > 1:
        return None
    mode = next(iter(modes), Mode.FILTER if paths == ["-"] else Mode.REPORT)
    return Request(
        tuple(paths),
        mode,
        stdin_name=values.get("stdin_name"),
        root=values.get("root"),
        isolated=isolated,
    )
