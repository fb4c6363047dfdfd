"""The same configuration, written otherwise: all rules say the same of all examples, at the same places.

A line may have tabs, more blanks, a backslash or Windows' line end; its words may stand in quotes, and their paths have
blanks in them; a variable, a macro or a condition that holds may bring it. httpd makes no difference between these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import pytest
from support import examples_of, job_of

from modwsgi_fix.engine import check
from modwsgi_fix.examples import Example
from modwsgi_fix.rule import Rule, all_rules

pytestmark = pytest.mark.slow

#: The lines of a file written otherwise, each with the number of the line that it was; None where it is a new one.
Written = list[tuple[str, int | None]]

_PATH = re.compile(r""""(?:\\.|[^"])*"|'[^']*'|(?<=[ \t])(?P<option>[a-z-]+=)?(?P<path>/srv/[^\s"'<>]*)""")
#: Lines in which a blank is no part of a path, with quotes or without: patterns, formats, texts.
_NO_PATHS = re.compile(
    r"\s*(#|</|<?[A-Za-z]*Match\b|.* ~ |.*\\$|Rewrite|LogFormat|CustomLog|SetEnv|ErrorDocument|<?If |Use )", re.I
)
_FIRST = re.compile(r"(\s*\S+)\s+(.*\S.*)")
_LAST = re.compile(r"(.*\S)\s+(\S+)\s*")


def _each(change: Callable[[str], str]) -> Callable[[Sequence[str]], Written]:
    """Return how to write each line by itself; the lines that it becomes are counted as one."""

    def written(lines: Sequence[str]) -> Written:
        return [(part, at) for at, line in enumerate(lines) for part in change(line).split("\n")]

    return written


def _is_plain(line: str) -> bool:
    """Whether a line has words of httpd's alone, of which none is quoted or continued."""
    return bool(line.strip()) and not re.match(r"\s*(#|</)|.*[\"'\\]", line)


def _blank_in_paths(line: str) -> str:
    def word(found: re.Match[str]) -> str:
        text = found[0].replace("/srv/", "/srv/my ")
        return f'{found["option"] or ""}"{text[len(found["option"] or "") :]}"' if found["path"] else text

    return line if _NO_PATHS.match(line) else _PATH.sub(word, line)


def _continued(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def broken(line: str) -> str:
        found = pattern.fullmatch(line) if _is_plain(line) and not line.lstrip().startswith("<") else None
        return f"{found[1]} \\\n    {found[2]}" if found is not None else line

    return broken


def _variable(lines: Sequence[str]) -> Written:
    lines = [line if line.lstrip().startswith("#") else re.sub(r"(?<![\w.])/srv/", "${SRV}/", line) for line in lines]
    return [("Define SRV /srv", None), *((line, at) for at, line in enumerate(lines))]


def _condition(opening: str) -> Callable[[Sequence[str]], Written]:
    closing = f"</{opening[1:].split()[0]}>"
    return lambda lines: [(opening, None), *((line, at) for at, line in enumerate(lines)), (closing, None)]


def _macro(lines: Sequence[str]) -> Written:
    """Return the lines with each host in a macro of its own."""
    written: Written = []
    for at, line in enumerate(lines):
        opens, closes = line.startswith("<VirtualHost"), line.startswith("</VirtualHost>")
        name = f"Host{at if opens else len(written)}"
        written += [(f"<Macro {name}>", None)] if opens else []
        written.append((line, at))
        if closes:
            name = next((text[7:-1] for text, _ in reversed(written) if text.startswith("<Macro ")), name)
            written += [("</Macro>", None), (f"Use {name}", None)]
    return written


class Way(NamedTuple):
    """How a file is written otherwise, and of which rules the examples are left out, since they are about just that."""

    write: Callable[[Sequence[str]], Written]
    left_out: Collection[str] = ()


#: Rules whose examples are lines of another language, or of broken text, which is something else when it is broken otherwise.
_TEXT = (
    "foreign-syntax",
    "invisible-characters",
    "pasted-line-numbers",
    "smart-quotes",
    "order-with-space",
    "spaced-option",
)
#: Their examples are files that .htaccess may not have such lines in, or where a condition is the point.
_CONDITIONS = ("old-access-in-htaccess",)
WAYS = {
    "tabs": Way(_each(lambda line: line.replace(" ", "\t") if _is_plain(line) else line)),
    "blanks at the end": Way(_each(lambda line: f"{line} \t" if _is_plain(line) else line)),
    "further to the right": Way(_each(lambda line: f"\t  {line}" if line.strip() else line)),
    "line ends of Windows": Way(_each(lambda line: f"{line}\r")),
    "broken after the name": Way(_each(_continued(_FIRST)), _TEXT),
    "broken before the last word": Way(_each(_continued(_LAST)), _TEXT),
    # The first three count the letters or directories of a name, the others are about blanks and marks.
    "blanks in paths": Way(
        _each(_blank_in_paths),
        (
            "grant-beside-what-is-served",
            "log-in-beside-what-is-served",
            "root-directory-granted",
            "foreign-syntax",
            "stray-daemon-word",
            "unpaired-quote",
        ),
    ),
    "a variable": Way(_variable, _CONDITIONS),
    "a version that it is": Way(_condition("<IfVersion >= 2.0>"), _CONDITIONS),
    "a module that is there": Way(_condition("<IfModule mod_so.c>"), _CONDITIONS),
    "a macro for each host": Way(_macro, ("mismatched-closer", "unclosed-section", "malformed-closer")),
}  # fmt: skip


def _cases(rule: Rule, way: Way) -> Iterator[tuple[Example, str, Written]]:
    """Yield the examples of a rule that are one file of httpd's and change when they are written so: the name, and the lines."""
    for example in examples_of(rule):
        # Those of several files have scripts, or a disk; what is a template is filled in before httpd reads it.
        if (
            example.kind == "python"
            or example.links
            or example.permissions
            or example.settings
            or len(example.before) > 1
        ):
            continue
        ((name, text),) = example.before.items()
        if not text.endswith("\n") or "{%" in text:
            continue
        lines = text[:-1].split("\n")
        written = way.write(lines)
        moved = "".join(line for line, _ in written)
        if [line for line, _ in written] != lines and not (
            "/srv/my " in moved and "/srv/" in moved.replace("/srv/my ", "")
        ):
            yield example, name, written


def _said(name: str, lines: Mapping[int, int | None], text: str) -> set[tuple[str, int]]:
    """Return the rules that say something of a text, each with the number that ``lines`` gives its line; of new lines nothing."""
    found = check(job_of({f"/{name.lstrip('/')}": text}, *all_rules().values()))
    said = {(one.rule, lines[text.count("\n", 0, one.span.start)]) for one in found}
    # A server that loads its modules need not load mod_macro.
    return {(rule, line) for rule, line in said if line is not None}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_is_said(way: str) -> None:
    asked = 0
    for rule in all_rules().values():
        if rule.name in WAYS[way].left_out:
            continue
        for example, name, written in _cases(rule, WAYS[way]):
            asked += 1
            before = example.before[name]
            expected = _said(name, dict(enumerate(range(before.count("\n")))), before)
            numbers = {at: number for at, (_, number) in enumerate(written)}
            got = _said(name, numbers, "".join(f"{line}\n" for line, _ in written))
            assert got == expected, (rule.name, example.line)
    assert asked > 200
