"""The messages that httpd, mod_wsgi and Python write: a page for each, their lists by what happens, and an index by number."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from modwsgi_fix.explain.lookup import found_by, messages, quoted_by
from modwsgi_fix.explain.messages import MESSAGES, ROUTINE_CODES, Message
from modwsgi_fix.explain.messages.daemons import DAEMONS
from modwsgi_fix.explain.messages.requests import REFUSED
from modwsgi_fix.explain.messages.scripts import SCRIPTS
from modwsgi_fix.explain.messages.starting import HTACCESS, STARTING, WARNINGS
from modwsgi_fix.explain.recognition import code_of, patterns
from modwsgi_fix.rule import all_rules
from website import documents, scenes

#: The lists, with their titles and what they are about.
GROUPS: tuple[tuple[str, str, str, tuple[Message, ...]], ...] = (
    ("starting", "httpd does not start", "What httpd says when it reads its configuration and gives up.", STARTING),
    ("warnings", "httpd starts, and warns", "What httpd says when it reads its configuration and goes on.", WARNINGS),
    ("requests", "a request is refused", "What httpd writes about a request that it refuses or cannot answer.", REFUSED),
    ("htaccess", ".htaccess files", "What httpd writes about a line of an .htaccess file: each request below fails.", HTACCESS),
    ("daemons", "process groups", "What mod_wsgi writes about its daemon processes.", DAEMONS),
    ("scripts", "scripts and Python", "What mod_wsgi and Python write about a script that is loaded or called.", SCRIPTS),
)  # fmt: skip
#: Messages that pages of rules quote, and the table does not have.
_QUOTED = ("others", "other messages", "Messages that a rule's page quotes. `modwsgi-fix rule MESSAGE` finds the rule.")

#: Messages that people ask about most often, the most frequent first, in a sample of public reports.
FREQUENT = (
    "script-exception", "no-module", "denied", "no-encodings", "could-not-bind", "listen-twice", "truncated",
    "response-timeout", "duplicate-daemon", "invalid-command", "error-log-directory", "script-missing",
)  # fmt: skip

#: Where a line is pasted, and what looks for its message.
_FIELD = (
    '<label>A line of the log<textarea id="find-line" rows="3" spellcheck="false" autocomplete="off"></textarea>',
    "</label>",
    '<script defer src="../find.js"></script>',
)

_BLANK = re.compile(r"\{[a-z0-9_.-]+\}")


def pages(answered: scenes.Answer) -> dict[str, str]:
    """Return a page for each message, the lists, the index by number, and the words by which a browser finds a message."""
    made = {f"messages/{_name(one)}.md": page(one, answered) for one in MESSAGES}
    made |= {f"messages/{name}.md": _list(heading, about, group) for name, heading, about, group in GROUPS}
    found = json.dumps([[_name(one), plain(one), *words.words] for one, words in patterns()], ensure_ascii=False)
    return {**made, "messages/others.md": _others(), "messages/index.md": _index(), "messages/words.json": found}


def plain(message: Message) -> str:
    """Return a message as people look for it, without markup: three dots stand for what differs."""
    return re.sub(r":?\s*…$", "", _BLANK.sub("…", message.shown).strip()).removesuffix(":")


def title(message: Message) -> str:
    """Return a message as Markdown has it."""
    return _escaped(plain(message))


def place(message: Message, directory: str = "") -> str:
    """Return the link to a message."""
    return f"{directory}{_name(message)}.md"


def place_of(words: str, directory: str = "") -> str:
    """Return the link to a message that somebody quotes."""
    known = messages(words)
    return place(known[0], directory) if known else f"{directory}others.md#{_anchors()[words]}"


def _name(message: Message) -> str:
    shared = [one.code for one in MESSAGES].count(message.code) > 1
    return (f"{message.code}-{message.name}" if message.code and shared else message.code or message.name).lower()


@cache
def _anchors() -> dict[str, str]:
    """Return the anchor of each message that only pages of rules have: its number, or its words."""
    rules = all_rules().values()
    said = sorted({words for rule in rules for words in quoted_by(rule) if not messages(words)})
    anchors: dict[str, str] = {}
    for words in said:
        number = code_of(words).lower()
        slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
        anchors[words] = number if number and number not in anchors.values() else slug
    return anchors


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", html.escape(text, quote=False)).replace("{", "&#123;")


def _cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return text.replace("|", "&#124;")


def page(message: Message, answered: scenes.Answer) -> str:
    """Return the page of a message."""
    rules = all_rules()
    why = " ".join(rules[name].summary for name in message.rules)
    ((group, heading),) = [(name, heading) for name, heading, _, group in GROUPS if message in group]
    parts = [
        documents.front(plain(message), f"{_meaning(message)} {why}", boost=4),
        f"# {title(message)}", "", f"**{_escaped(_meaning(message))}**", "", *_causes(message), "",
        "## Find the line", "", "```sh", *_commands(message), "```", "",
        "It names the file and the line of your configuration, and what repairs it; nothing is changed.",
        "[Begin](../start.md) says how to install it, [explain](../explain.md) what it can read.",
        f"More messages: [{heading}]({group}.md).", "", *scenes.shown(message, answered),
    ]  # fmt: skip
    return "\n".join(parts)


def _meaning(message: Message) -> str:
    only = f" ({message.only} only)" if message.only else ""
    is_name = message.about.startswith(("httpd", "mod_"))
    about = message.about if is_name else message.about[:1].upper() + message.about[1:]
    return f"{about}{only}."


def _causes(message: Message) -> Iterator[str]:
    """Yield the rules that may find the cause of a message."""
    rules = all_rules()
    if message.rules:
        yield "The rules that find the cause:"
        yield ""
        yield from (f"- [{name}](../rules/{name}.md): {rules[name].summary}" for name in message.rules)
    else:
        yield "No rule finds it by itself: `explain` looks into the configuration for the line that it is about."


def _commands(message: Message) -> Iterator[str]:
    """Yield the commands that ask for the message and for a whole log."""
    if message.code:
        yield f"modwsgi-fix explain {message.code} /etc/apache2"
    yield "modwsgi-fix explain /var/log/apache2/error.log /etc/apache2"


def _list(heading: str, about: str, group: Iterable[Message]) -> str:
    rows = [f"| [{_cell(title(one))}]({place(one)}) | {_cell(_escaped(_meaning(one)))} |" for one in group]
    head = documents.front(f"Messages: {heading}", about)
    return "\n".join(
        [head, f"# Messages: {heading}", "", about, "", "| message | what it means |", "|---|---|", *rows, ""]
    )


def _others() -> str:
    _, heading, about = _QUOTED
    rules = all_rules()
    parts = [documents.front(f"Messages: {heading}", about, boost=4), f"# Messages: {heading}", "", about, ""]
    for words, anchor in _anchors().items():
        parts += [f"## {_escaped(words)} {{ #{anchor} }}", ""]
        parts += [f"- [{one.name}](../rules/{one.name}.md): {one.summary}" for one in found_by(words, rules)] + [""]
    return "\n".join(parts)


def _index() -> str:
    named = {one.name: one for one in MESSAGES}
    parts = [
        "# Find a message", "",
        "Paste a line of your error log, or type a number such as `AH01630`. Nothing is sent anywhere.", "",
        *_FIELD,
        '<ul id="found-messages" aria-live="polite"></ul>', "",
        "The whole log is for [explain](../explain.md), which also names the file and the line of your configuration:", "",
        "```sh", "modwsgi-fix explain /var/log/apache2/error.log /etc/apache2", "```", "",
        "## Asked about most often", "",
        *(f"- [{title(named[name])}]({place(named[name])})" for name in FREQUENT), "",
        "## By what happens", "",
        *(f"- [{heading}]({name}.md): {len(group)} messages" for name, heading, _, group in GROUPS),
        f"- [{_QUOTED[1]}](others.md): {len(_anchors())} messages", "",
        "## By number", "", "| number | message, and what it means |", "|---|---|",
    ]  # fmt: skip
    rows = [(one.code, place(one), title(one), _escaped(_meaning(one))) for one in MESSAGES if one.code]
    for words in filter(code_of, _anchors()):
        rows.append((code_of(words), place_of(words), _escaped(words), found_by(words, all_rules())[0].summary))
    for code, link, words, about in sorted(rows):
        told = _cell(words.removeprefix(f"{code}: "))
        parts.append(f"| [{code}]({link}) | *{told}*<br>{_cell(about)} |")
    parts += ["", "## Nothing is wrong", "", "A healthy server writes these, when it starts, stops or is reloaded:"]
    parts += [", ".join(sorted(ROUTINE_CODES)) + ".", ""]
    return "\n".join(parts)
