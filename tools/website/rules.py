"""A page for each rule, as ``modwsgi-fix rule NAME`` prints it, and their index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module

from modwsgi_fix.cli.rule import levels
from modwsgi_fix.explain.lookup import messages_of
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.workspace.settings import toml
from website import documents, messages

_BLOCK = re.compile(r"^(?P<indent>[ \t]*)```(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```[ \t]*$", re.M | re.S)
_CARETS = re.compile(r"^[ \t]*#[ \t]*\^+[ \t]*$", re.M)
_NAME = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")
_QUOTED = re.compile(r"(?<![\w*])\*(?!\*)([^*\n]+(?:\n[^*\n]+)?)\*(?![\w*])")


def pages() -> dict[str, str]:
    """Return the page of each rule, and the index by family."""
    rules = all_rules()
    made = {f"rules/{name}.md": page(rule, rules) for name, rule in rules.items()}
    return {**made, "rules/index.md": index(rules)}


def page(rule: Rule, rules: Mapping[str, Rule]) -> str:
    """Return the page of a rule: its docstring, the messages by which it is found, its settings."""
    written = documents.page_of(_dedented(rule.page.strip()), f"docs/{rule.name}.md", "", {})
    summary, _, written = written.partition("\n\n")
    head, below, seen = written.partition("## See also")
    off = "" if rule.default else ", only where it is selected by name"
    fixes = " or ".join(levels(rule)) or "none"
    facts = f"Family [`{rule.family}`](index.md#{rule.family}), {rule.severity.label}{off}. Fix: {fixes}."
    happens = re.search(r"^## What happens\n\n(.+?)(?:\n\n|\Z)", rule.page, re.M | re.S)
    front = documents.front(
        f"{rule.name}: {rule.summary.rstrip('.')}", f"{rule.summary} {happens[1] if happens else ''}"
    )
    parts = [front + f"# {rule.name}", "", f"**{summary}**", "", facts, "", head + below + _linked(seen, rules), ""]
    if found := messages_of(rule.name):
        parts += ["## Messages by which it is found", ""]
        parts += [f"- [{messages.title(one)}]({messages.place(one, '../messages/')})" for one in found] + [""]
    if rule.settings:
        parts += ["## Settings", "", "| setting | type | default | what it is for |", "|---|---|---|---|"]
        parts += [f"| `{one.name}` | {one.type} | `{toml(one.default)}` | {one.text} |" for one in rule.settings] + [""]
    run = f"modwsgi-fix --select {rule.name} /etc/apache2\nmodwsgi-fix --diff --select {rule.name} /etc/apache2"
    parts += ["## Try it", "", "```sh", run, "```", ""]
    return "\n".join(parts)


def index(rules: Mapping[str, Rule]) -> str:
    """Return the list of rules by family."""
    families: dict[str, list[Rule]] = {}
    for rule in rules.values():
        families.setdefault(rule.family, []).append(rule)
    parts = [
        "# Rules",
        "",
        f"{len(rules)} rules in {len(families)} families. `modwsgi-fix rule NAME` prints a page.",
        "",
    ]
    for family, members in sorted(families.items()):
        about = (import_module(members[0].check.__module__.rpartition(".")[0]).__doc__ or "").strip()
        parts += [f"## {family}", "", about, "", "| rule | severity | what is wrong |", "|---|---|---|"]
        parts += [f"| [{one.name}]({one.name}.md) | {one.severity.label} | {one.summary} |" for one in members] + [""]
    return "\n".join(parts)


def _linked(section: str, rules: Mapping[str, Rule]) -> str:
    """Return what stands below "See also" with links to rules and messages."""
    mine, heading, rest = section.partition("\n## ")
    names = _NAME.sub(lambda found: f"[`{found[1]}`]({found[1]}.md)" if found[1] in rules else found[0], mine)
    return _QUOTED.sub(_message, names) + heading + rest


def _message(quoted: re.Match[str]) -> str:
    words = " ".join(quoted[1].split())
    return f"[*{words}*]({messages.place_of(words, '../messages/')})"


def _dedented(text: str) -> str:
    """Return a page with its examples as blocks of their own, each with what it shows as a title."""

    def block(found: re.Match[str]) -> str:
        indent, body = found["indent"], found["body"]
        lines = "\n".join(line.removeprefix(indent) for line in body.splitlines())
        kind, *words = found["info"].split() or ["text"]
        shown = f' title="{_shown(kind, words, lines)}"' if kind in ("diff", "apache", "python") else ""
        return f"\n```{kind}{shown}\n{lines}\n```\n"

    return _BLOCK.sub(block, text)


def _shown(kind: str, words: list[str], body: str) -> str:
    """Return what an example shows: fixed at a level, reported without a fix, or silence."""
    versions = [word.replace("=", " ") for word in words if "=" in word]
    level = next((word for word in words if "=" not in word), "safe")
    alone = "reported, without a fix" if _CARETS.search(body) else "nothing is reported"
    what = f"fixed, {level}" if kind == "diff" else alone
    return ", ".join([what, *versions])
