"""A rule's examples are its tests: the blocks of its manual page, run.

In a page (the rule's module docstring, or a file ``tests/rules/<rule>.md``) fenced blocks mean:

``diff``
    the configuration before (lines with `` `` and ``-``) and after (`` `` and ``+``); the fix is SAFE.
    ``diff repair`` and ``diff unsafe``: the fix needs that level.
``apache`` with a comment line of carets
    reported at the carets, which point into the line above, and not fixed.
``apache`` without carets
    silence.
``python``
    the same for a WSGI script: carets or silence; ``diff`` serves both.

A line ``#- path`` starts another file; a path that begins with ``/`` is a file of the server's filesystem (``--root``),
a ``-> target`` after it makes it a symbolic link, a mode and the numbers of an owner and a group (``640 0:33``) are its
permissions, and a slash at its end makes it a directory. With a file ``apache2.conf`` or ``httpd.conf`` the example is a whole
server, else fragments. ``name=value`` words after the kind are settings; ``httpd=2.2`` and
``python=3.14`` are the target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, check, fix, read
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import Memory, Permissions
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.reading.source import discover
from modwsgi_fix.rule import Rule
from modwsgi_fix.text import Span

_BLOCK = expression(r"^(?P<indent>[ \t]*)```(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```[ \t]*$", re.M | re.S)
_FILE = expression(r"^#- (\S+)(?: -> (\S+)| ([0-7]{3}) (\d+):(\d+))?[ \t]*$")
_CARETS = expression(r"^[ \t]*#[ \t]*(?P<carets>\^+)[ \t]*$")
_DEFAULT = "site.conf"


@dataclass(frozen=True, slots=True)
class Example:
    """One block of a page.

    ``before`` and ``after`` map the names of files to texts; ``after`` is None where nothing is to be fixed. ``carets`` are
    the places to be reported, as (file, span). ``links`` map paths of the filesystem to targets, ``permissions`` paths to
    modes, owners and groups. ``line`` is the block's line in the page, from 1.
    """

    kind: str
    level: Applicability
    before: Mapping[str, str]
    after: Mapping[str, str] | None
    carets: tuple[tuple[str, Span], ...]
    links: Mapping[str, str]
    permissions: Mapping[str, Permissions]
    settings: Mapping[str, str]
    line: int


def examples(page: str) -> list[Example]:
    """The examples of a page. Raises ``ValueError`` for a block of an unknown kind."""
    return list(_examples(page))


def _examples(page: str) -> Iterator[Example]:
    for found in _BLOCK.finditer(page):
        kind, *words = found["info"].split() or [""]
        line = page.count("\n", 0, found.start()) + 1
        indent = found["indent"]
        body = [text.removeprefix(indent) for text in found["body"].splitlines()]
        if kind not in ("diff", "apache", "python"):
            if kind in ("", "text", "console", "toml", "sh"):
                continue
            raise ValueError(f"line {line}: a block of kind {kind!r}; expected diff, apache or python")
        level = Applicability.SAFE
        if words and "=" not in words[0]:
            level = Applicability[words.pop(0).upper()]
        settings = dict(word.split("=", 1) for word in words)
        if kind == "diff":
            before, tree = _split([text[1:] for text in body if text[:1] in (" ", "-", "")])
            after, _ = _split([text[1:] for text in body if text[:1] in (" ", "+", "")])
            # A file that loses all of its lines is empty afterwards, not absent.
            after = {**{name: [] for name in before}, **after}
            yield Example(kind, level, _join(before), _join(after), (), *tree, settings, line)
        else:
            files, tree = _split(body)
            carets = tuple(_carets(files))
            yield Example(kind, level, _join(files), None, carets, *tree, settings, line)


_Tree = tuple[dict[str, str], dict[str, Permissions]]


def _split(lines: list[str]) -> tuple[dict[str, list[str]], _Tree]:
    """Return the lines of each file by its name, with the links and permissions of the filesystem."""
    files: dict[str, list[str]] = {}
    links: dict[str, str] = {}
    permissions: dict[str, Permissions] = {}
    name = _DEFAULT
    for line in lines:
        if found := _FILE.match(line):
            if found[2]:
                links[found[1]] = found[2]
            else:
                name = found[1]
                files[name] = []
            if found[3]:
                permissions[found[1]] = Permissions(int(found[3], 8), int(found[4]), int(found[5]))
        else:
            files.setdefault(name, []).append(line)
    return files, (links, permissions)


def _join(files: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: "".join(f"{line}\n" for line in lines) for name, lines in files.items()}


def _carets(files: Mapping[str, list[str]]) -> Iterator[tuple[str, Span]]:
    for name, lines in files.items():
        at = previous = 0
        for line in lines:
            if found := _CARETS.match(line):
                start, end = found.span("carets")
                yield name, Span(previous + start, previous + end)
            else:
                previous = at
            at += len(line) + 1


def job(rule: Rule, example: Example, texts: Mapping[str, str]) -> Job:
    """Return an example as a job: its files in memory, the one rule, its settings."""
    ours = {name: text for name, text in texts.items() if not name.startswith("/")}
    directories = [name for name in texts if name.endswith("/")]
    contents = {name: text for name, text in texts.items() if name not in directories}
    files = Memory(contents, example.links, directories, example.permissions)
    names = [name for name in ours if "/" not in name] or list(ours)
    entry = next((name for name in ours if name.split("/")[-1] in ("apache2.conf", "httpd.conf")), None)
    (source, *_) = discover(files, [entry] if entry else names, as_httpd=True).sources
    # Everything in the example may be changed, its filesystem included.
    given = tuple((name, files.key(name)) for name in texts)
    source = source._replace(given=given, as_httpd=True)
    disk = files if any(name.startswith("/") for name in texts) else None
    versions = {
        name: tuple(int(part) for part in version.split("."))
        for name, version in example.settings.items()
        if name in ("httpd", "mod_wsgi", "python")
    }
    target = Target(versions.get("httpd", (2, 4)), versions.get("mod_wsgi"), versions.get("python"))
    options = {one.name: one.read(example.settings[one.name]) for one in rule.settings if one.name in example.settings}
    return Job(source, [rule], target, disk, {rule.name: options})


def failures(rule: Rule, example: Example) -> list[str]:
    """Return in words what an example claims and the rule does not do; empty when the rule does all of it."""
    wanted = example.before
    asked = job(rule, example, wanted)
    config = read(asked)
    found = check(asked, config)
    if config.failed:
        return [f"rule {name} failed: {raised}" for name, raised in config.failed.items()]
    if example.after is None:
        have = {(_name(wanted, d.path), d.span) for d in found}
        expected = set(example.carets)
        wrong = [f"not reported at {_show(wanted, *place)}" for place in sorted(expected - have)]
        wrong += [f"reported at {_show(wanted, *place)}" for place in sorted(have - expected)]
        fixed = fix(job(rule, example, wanted), Applicability.UNSAFE)
        wrong += [f"fixed, and should not be: {a.fix.title}" for a in fixed.applied]
        return wrong
    wrong = [] if found else ["nothing is reported"]
    lower = Applicability(max(example.level - 1, 1))
    if lower < example.level and (early := fix(job(rule, example, wanted), lower)).files:
        wrong.append(f"already fixed at level {lower.label}: {early.applied[0].fix.title}")
    fixed = fix(job(rule, example, wanted), example.level, proof=objection)
    wrong += [f"withheld: {w.title}: {w.reason}" for w in fixed.withheld]
    result = {**wanted, **{_name(wanted, file.path): file.after for file in fixed.files}}
    for name, text in example.after.items():
        if result.get(name) != text:
            wrong.append(f"{name} is not fixed as shown:\n{_compared(text, result.get(name, ''))}")
    if not wrong and (again := fix(job(rule, example, result), example.level)).files:
        wrong.append(f"not stable: {again.applied[0].fix.title}")
    return wrong


def _compared(shown: str, made: str) -> str:
    """Return the difference between what an example shows and what is made, as a unified diff."""
    from difflib import unified_diff

    lines = unified_diff(shown.splitlines(), made.splitlines(), "as shown", "as fixed", lineterm="")
    return "\n".join(lines) + "\n"


def _name(texts: Mapping[str, str], key: str) -> str:
    """Return the name that the example has for a file's key; a relative name starts at ``/``."""
    return key if key in texts else key.removeprefix("/")


def _show(files: Mapping[str, str], name: str, span: Span) -> str:
    text = files.get(name, "")
    line = text.count("\n", 0, span.start) + 1
    return f"{name}:{line} {text[span.start : span.end]!r}"
