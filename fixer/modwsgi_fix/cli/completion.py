"""``modwsgi-fix completion SHELL``: a script that completes commands, options, rules and settings at TAB.

Typer's own completion starts the program at every TAB, and knows only one of the two apps. This script is plain text,
with the words that exist when it is printed.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.cli.commands import COMMANDS, app
from modwsgi_fix.cli.output import write
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.settings import KEYS

_SCRIPT = """\
{prelude}_modwsgi_fix() {{
    local IFS=$'\\n' word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words= files=yes
    if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi
    case $before in
{values}    *)
        case ${{COMP_WORDS[1]}}:$COMP_CWORD in
        *:1) words={first} ;;
{commands}        *) case $word in -*) words={options} ;; esac ;;
        esac ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [ "$files" = yes ]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}}
complete -o filenames -F _modwsgi_fix {program}
"""
_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def run(shell: Annotated[Literal["bash", "zsh"], typer.Argument(help="The shell that the script is for.")]) -> int:
    """A script for your shell: eval "$(modwsgi-fix completion bash)"."""
    write(script(shell))
    return 0


def script(shell: str) -> str:
    """Return the script for a shell, with all options, commands, rules and settings."""
    from typer.main import get_command

    rules = known_rules()
    selectors = ["ALL", *sorted({rule.family for rule in rules.values()}), *rules]
    parameters = get_command(app(None)).params
    options = [name for parameter in parameters for name in parameter.opts if name.startswith("--")]
    choices = {
        "|".join(parameter.opts): list(parameter.type.choices)
        for parameter in parameters
        if hasattr(parameter.type, "choices")
    }
    choices["--select|--extend-select|--ignore|--fixable|--unfixable"] = selectors
    choices["--target"] = ["httpd=", "mod_wsgi=", "python="]
    after = {"rule": selectors[1:], "config": list(KEYS), "completion": ["bash", "zsh"]}
    return _SCRIPT.format(
        prelude=_ZSH if shell == "zsh" else "",
        program=PROGRAM,
        values="".join(f"    {names}) words={_words(each)} files=no ;;\n" for names, each in choices.items()),
        first=_words([*COMMANDS, *options, "--help"]),
        commands="".join(f"        {name}:*) words={_words(each)} files=no ;;\n" for name, each in after.items()),
        options=_words([*options, "--help"]),
    )


def _words(words: list[str]) -> str:
    """Return words as ``compgen -W`` takes them here: one a line, quoted for the shell."""
    return "$'" + "\\n".join(words) + "'"
