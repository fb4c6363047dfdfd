"""The scripts that complete words in bash, zsh and fish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from modwsgi_fix.cli import PROGRAM

if TYPE_CHECKING:
    from modwsgi_fix.cli.completion import Option, Words

_BASH = """\
_modwsgi_fix() {{
    local IFS=$'\\n' word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words= files=yes lead= open=
    local rules={rules}
    if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi
    case ${{COMP_WORDS[1]}}:$before in
{values}    *)
        case ${{COMP_WORDS[1]}}:$COMP_CWORD in
        *:1) words={first} ;;
{commands}        *) case $word in -*) words={options} ;; esac ;;
        esac ;;
    esac
    if [ "$open" = list ]; then
        case $word in *,*) lead=${{word%,*}}, word=${{word##*,}} ;; esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    COMPREPLY=("${{COMPREPLY[@]/#/$lead}}")
    if [ "$files" = yes ]; then COMPREPLY+=($(compgen -f -- "$word")); fi
    if [ "$files" != yes ]; then compopt +o filenames 2>/dev/null; fi
    if [ -n "$open" ]; then compopt -o nospace 2>/dev/null; fi
}}
complete -o filenames -F _modwsgi_fix {program}
"""

_ZSH = """\
(( $+functions[compdef] )) || {{ autoload -U compinit && compinit }}
_modwsgi_fix() {{
    local before=${{words[CURRENT-1]}}
    local -a rules=({rules})
    if [[ $PREFIX == --*=* ]]; then before=${{PREFIX%%=*}}; compset -P '*='; fi
    case ${{words[2]}}:$before in
{values}    (*)
        case ${{words[2]}}:$CURRENT in
        (*:2) compadd -- {first}; _files ;;
{commands}        (*) if [[ $PREFIX == -* ]]; then compadd -- {options}; else _files; fi ;;
        esac ;;
    esac
}}
compdef _modwsgi_fix {program}
"""

_FISH = """\
set -g __modwsgi_fix_rules {rules}
function __modwsgi_fix_list
    set -l word (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l lead (string match -r '^.*,' -- $word)
    for name in $__modwsgi_fix_rules
        echo "$lead$name"
    end
end
function __modwsgi_fix_command
    set -l said (commandline -opc)
    test (count $said) -gt 1; and contains -- $said[2] $argv
end
complete -c {program} -e
"""


def bash(bare: Words, commands: Mapping[str, Words], rules: tuple[str, ...]) -> str:
    """Return the script for bash; ``rules`` are the words that choose rules, which are long and stand in it once."""

    def lines(words: tuple[str, ...]) -> str:
        return "$rules" if words in (rules, rules[1:]) else _lines(words)

    def case(pattern: str, option: Option) -> str:
        opened = "list" if option.is_list else "yes" if any(each.endswith("=") for each in option.values) else ""
        more = ("" if option.files else " files=no") + (f" open={opened}" if opened else "")
        return f"    {pattern}) words={lines(option.values)}{more} ;;\n"

    return _BASH.format(
        program=PROGRAM,
        rules=_lines(rules),
        values="".join(case(*each) for each in _valued(bare, commands)),
        first=_lines([*commands, *_names(bare)]),
        commands="".join(
            f"        {name}:*) case $word in -*) words={_lines(_names(words))} ;; *) words={lines(words.first)} ;; esac"
            f"{'' if words.files else '; files=no'} ;;\n"
            for name, words in commands.items()
        ),
        options=_lines(_names(bare)),
    )


def zsh(bare: Words, commands: Mapping[str, Words], rules: tuple[str, ...]) -> str:
    """Return the script for zsh; ``rules`` are as for bash."""

    def quoted(words: tuple[str, ...]) -> str:
        return "$rules" if words in (rules, rules[1:]) else _quoted(words)

    def case(pattern: str, option: Option) -> str:
        if not option.values:
            does = "_files"
        elif option.is_list:
            does = f"compset -P '*,'; compadd -S '' -- {quoted(option.values)}"
        else:
            end = "-S '' " if any(each.endswith("=") for each in option.values) else ""
            does = f"compadd {end}-- {quoted(option.values)}" + ("; _files" if option.files else "")
        return f"    ({pattern}) {does} ;;\n"

    def behind(words: Words) -> str:
        does = [f"compadd -- {quoted(words.first)}"] if words.first else []
        does += ["_files"] if words.files else []
        return "; ".join(does) or ":"

    return _ZSH.format(
        program=PROGRAM,
        rules=_quoted(rules),
        values="".join(case(*each) for each in _valued(bare, commands)),
        first=_quoted([*commands, *_names(bare)]),
        commands="".join(
            f"        ({name}:*) if [[ $PREFIX == -* ]]; then compadd -- {_quoted(_names(words))}; else {behind(words)}; fi ;;\n"
            for name, words in commands.items()
        ),
        options=_quoted(_names(bare)),
    )


def fish(bare: Words, commands: Mapping[str, Words], rules: tuple[str, ...]) -> str:
    """Return the script for fish; ``rules`` are as for bash."""

    def quoted(words: tuple[str, ...]) -> str:
        return '"$__modwsgi_fix_rules"' if words in (rules, rules[1:]) else _fish(" ".join(words))

    lines = [_FISH.format(program=PROGRAM, rules=_quoted(rules)).rstrip("\n")]
    lines += [
        f"complete -c {PROGRAM} -n 'test (count (commandline -opc)) -eq 1' -a {name} -d {_fish(words.help)}"
        for name, words in commands.items()
    ]
    none = f"not __modwsgi_fix_command {' '.join(commands)}"
    for condition, words in (
        (none, bare),
        *((f"__modwsgi_fix_command {name}", each) for name, each in commands.items()),
    ):
        when = f"complete -c {PROGRAM} -n {_fish(condition)}"
        if words.first or not words.files:
            lines.append(f"{when} {'' if words.files else '-f '}-a {quoted(words.first)}")
        for option in words.options:
            value = ""
            if option.is_list:
                value = " -x -a '(__modwsgi_fix_list)'"
            elif option.takes:
                value = (" -r" if option.files else " -x") + (f" -a {quoted(option.values)}" if option.values else "")
            lines.append(f"{when} -l {option.name.removeprefix('--')}{value} -d {_fish(option.help)}")
    return "".join(f"{line}\n" for line in lines)


def _valued(bare: Words, commands: Mapping[str, Words]) -> Iterator[tuple[str, Option]]:
    """Yield the options that a value follows, each with the pattern ``COMMAND:OPTION``; those of the bare command last."""
    for name, words in (*commands.items(), ("*", bare)):
        for option in words.options:
            if option.takes:
                yield f"{name}:{option.name}", option


def _names(words: Words) -> list[str]:
    return [option.name for option in words.options]


def _lines(words: Iterable[str]) -> str:
    """Return words as ``compgen -W`` takes them here: one a line, quoted for the shell."""
    return "$'" + "\\n".join(words) + "'"


def _quoted(words: Iterable[str]) -> str:
    return " ".join(words)


def _fish(text: str) -> str:
    """Return a text in the single quotes of fish."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
