"""Write the manual page, docs/modwsgi-fix.1, from what the commands say of themselves.

python tools/man.py > docs/modwsgi-fix.1
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from typer.main import get_command

from modwsgi_fix.cli.commands import COMMANDS, Command, app

_BEGIN = """\
.\\" Made by tools/man.py; do not edit.
.TH MODWSGI\\-FIX 1 "" "modwsgi\\-fix" "User Commands"
.SH NAME
modwsgi\\-fix \\- find what is wrong with an Apache + mod_wsgi configuration, and fix it
.SH SYNOPSIS
.B modwsgi\\-fix
[\\fIOPTIONS\\fR] \\fIPATHS\\fR
.br
"""
_END = """\
.SH EXIT STATUS
.TP
.B 0
Clean, or all that was found is fixed.
.TP
.B 1
Findings are left, or the diff is not empty.
.TP
.B 2
One line on standard error says why something, or everything, was left out.
.TP
.B 129, 130, 143
Ended by a signal; files that were being written are put back.
.SH ENVIRONMENT
.TP
.B NO_COLOR, FORCE_COLOR
No colours; colours also where standard output is not a terminal.
.TP
.B PAGER
What shows the pages of rules on a terminal; less by default.
.TP
.B XDG_STATE_HOME
Where what a write replaced is kept for \\fBmodwsgi\\-fix undo\\fR; ~/.local/state by default.
.SH FILES
.TP
.B modwsgi\\-fix.toml, pyproject.toml
Settings, which \\fBmodwsgi\\-fix config\\fR lists; the first such file from the first path upward is used.
"""


def page() -> str:
    """The whole page."""
    return "".join(_page())


def _page() -> Iterator[str]:
    yield _BEGIN
    for name, command in COMMANDS.items():
        yield (
            f".B modwsgi\\-fix {_text(name)}\n{_text(command.usage)}\n.br\n"
            if command.usage
            else f".B modwsgi\\-fix {name}\n.br\n"
        )
    yield ".SH DESCRIPTION\n"
    yield from _about(None)
    yield ".SH OPTIONS\n"
    yield from _options(None)
    yield ".SH COMMANDS\n"
    for name, command in COMMANDS.items():
        yield f".SS modwsgi\\-fix {_text(f'{name} {command.usage}'.rstrip())}\n"
        yield from _about(command)
        yield from _options(command)
    yield _END


def _about(command: Command | None) -> Iterator[str]:
    run = import_module(command.module if command else "modwsgi_fix.cli.check").run
    for paragraph in inspect.cleandoc(run.__doc__ or "").split("\n\n"):
        yield f".PP\n{_text(' '.join(paragraph.split()))}\n"


def _options(command: Command | None) -> Iterator[str]:
    for parameter in get_command(app(command)).params:
        if parameter.opts[0].startswith("-"):
            names = ", ".join(f"\\fB{_text(name)}\\fR" for name in parameter.opts)
            yield f".TP\n{names}{_value(parameter)}\n{_text(parameter.help)}\n"


def _value(parameter: Any) -> str:
    """What follows an option, in italics."""
    if parameter.is_flag:
        return ""
    word = parameter.metavar or "|".join(getattr(parameter.type, "choices", ())) or "TEXT"
    return f"\\fI{_text(word)}\\fR" if word.startswith("[=") else f" \\fI{_text(word)}\\fR"


def _text(text: str) -> str:
    """A text as troff takes it: no backslash, no line that begins as a request, and hyphens that can be copied."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain


if __name__ == "__main__":
    print(page(), end="")
