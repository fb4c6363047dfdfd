"""``modwsgi-fix completion SHELL``: a script that completes commands, options, rules and settings at TAB.

Typer's own completion starts the program at every TAB, and knows only one of the two apps. This script is plain text,
with the words that exist when it is printed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from modwsgi_fix.cli.commands import COMMANDS, Command, app
from modwsgi_fix.cli.output import write
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.settings import KEYS

#: The options whose values are names of rules and families: lists of them, and files or hosts besides.
_LISTS = frozenset({"--select", "--extend-select", "--ignore", "--fixable", "--unfixable"})
_ALSO_FILES = "--only"


class Option(NamedTuple):
    """An option: its long name, its help, and what may follow it.

    ``values`` are all words that may, ``is_list`` says that they may be joined by commas; ``takes`` says that a value
    follows at all, which is a file where there are no values, or ``files``.
    """

    name: str
    help: str
    takes: bool
    values: tuple[str, ...] = ()
    is_list: bool = False
    files: bool = False


class Words(NamedTuple):
    """What may be said to a command: its options, and the words that may stand in the first place behind it.

    ``files`` says that paths may stand there.
    """

    help: str
    options: tuple[Option, ...]
    first: tuple[str, ...] = ()
    files: bool = True


def run(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell that the script is for.")],
) -> int:
    """A script for your shell: eval "$(modwsgi-fix completion bash)"; in fish: modwsgi-fix completion fish | source."""
    write(script(shell))
    return 0


def script(shell: str) -> str:
    """Return the script for a shell, with all options, commands, rules and settings."""
    from modwsgi_fix.cli import shells

    commands = {name: words_of(command) for name, command in COMMANDS.items()}
    make = {"bash": shells.bash, "zsh": shells.zsh, "fish": shells.fish}[shell]
    return make(words_of(None), commands, _selectors())


def words_of(command: Command | None) -> Words:
    """Return what may be said to a subcommand; to the bare command for None."""
    from typer.main import get_command

    parameters = get_command(app(command)).params
    options = [option for parameter in parameters if (option := _option(parameter)) is not None]
    arguments = [parameter for parameter in parameters if not parameter.opts[0].startswith("-")]
    first = _choices(arguments[0]) if arguments else ()
    if command is not None and command is COMMANDS["rule"]:
        first = _selectors()[1:]
    elif command is not None and command is COMMANDS["config"]:
        first = tuple(KEYS)
    known = Option("--help", "Show the options.", takes=False)
    paths = command is None or any(word in command.usage for word in ("PATHS", "PLAN", "LOG", "DIR"))
    return Words("" if command is None else command.help, (*options, known), first, paths)


def _option(parameter: Any) -> Option | None:
    """Return an option by its long name; None for an argument."""
    name = next((each for each in parameter.opts if each.startswith("--")), None)
    if name is None:
        return None
    values = _choices(parameter)
    if name in _LISTS or name == _ALSO_FILES:
        values = _selectors()
    elif name == "--target":
        values = ("httpd=", "mod_wsgi=", "python=")
    return Option(
        name, parameter.help or "", not parameter.is_flag, values, name in _LISTS, not values or name == _ALSO_FILES
    )


def _choices(parameter: Any) -> tuple[str, ...]:
    return tuple(getattr(parameter.type, "choices", ()))


def _selectors() -> tuple[str, ...]:
    """Return ``ALL``, the families, and the names of the rules."""
    rules = known_rules()
    return ("ALL", *sorted({rule.family for rule in rules.values()}), *rules)
