"""The subcommands, and the Typer app of each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from typer import Typer


class Command(NamedTuple):
    """A subcommand: the module whose function ``run`` is its Typer command, and a line for ``--help``."""

    module: str
    usage: str
    help: str


#: Every subcommand. One needs its line here and its module, and nothing else.
COMMANDS = {
    "apply": Command("modwsgi_fix.cli.apply", "PLAN DIRECTORY", "Carry out a plan that --write-plan made."),
    "baseline": Command(
        "modwsgi_fix.cli.baseline",
        "write|prune PATHS",
        "Take the present findings as known, so that only new ones are reported.",
    ),
    "completion": Command("modwsgi_fix.cli.completion", "SHELL", "A script that completes words in bash, zsh or fish."),
    "config": Command("modwsgi_fix.cli.config", "[KEY]", "The settings there are."),
    "explain": Command("modwsgi_fix.cli.explain", "LOG PATHS", "Why httpd wrote the messages of an error log."),
    "exposed": Command("modwsgi_fix.cli.exposed", "PATHS", "Every file that a visitor can fetch."),
    "fetch": Command("modwsgi_fix.cli.fetch", "[USER@]HOST DIR", "Bring a server here over ssh."),
    "format": Command("modwsgi_fix.cli.format", "PATHS", "Indentation, and nothing else."),
    "migrate": Command("modwsgi_fix.cli.migrate", "PATHS", "What it takes to move a server to another release."),
    "push": Command("modwsgi_fix.cli.push", "DIR", "Take what was changed in a fetched copy back to its server."),
    "report": Command("modwsgi_fix.cli.report", "REPORTS", "The JSON reports of many servers as one."),
    "rule": Command("modwsgi_fix.cli.rule", "[NAME]", "A rule's manual page, or the list of rules."),
    "server": Command("modwsgi_fix.cli.server", "", "A language server for editors."),
    "show": Command("modwsgi_fix.cli.show", "PATHS", "The server as httpd sees it."),
    "trace": Command("modwsgi_fix.cli.trace", "URL PATHS", "What answers this request, and which line decided it."),
    "undo": Command("modwsgi_fix.cli.undo", "[PATHS]", "Take the last --write back, all of it or nothing."),
}


def app(command: Command | None) -> Typer:
    """Return the Typer app of a subcommand; of the bare command for None."""
    import typer

    function = import_module(command.module if command else "modwsgi_fix.cli.check").run
    found = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    settings = {"help_option_names": ["-h", "--help"]}
    # "\b" keeps Click from filling the lines that follow.
    uses = [(f"{PROGRAM} {name} {each.usage}".rstrip(), each.help) for name, each in COMMANDS.items()]
    width = max(len(usage) for usage, _ in uses)
    epilog = "\b\nSubcommands:\n" + "\n".join(f"  {usage:<{width}}  {help}" for usage, help in uses)
    found.command(context_settings=settings, epilog=None if command else epilog)(function)
    return found
