"""An index by the messages that httpd, mod_wsgi and Python write: what each means, and the rules that find its cause."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import cache

from modwsgi_fix.explain.lookup import found_by, messages, quoted_by
from modwsgi_fix.explain.messages import MESSAGES, ROUTINE_CODES, Message
from modwsgi_fix.explain.messages.daemons import DAEMONS
from modwsgi_fix.explain.messages.requests import REFUSED
from modwsgi_fix.explain.messages.scripts import SCRIPTS
from modwsgi_fix.explain.messages.starting import HTACCESS, STARTING, WARNINGS
from modwsgi_fix.explain.recognition import code_of
from modwsgi_fix.rule import all_rules

#: The pages, with their titles and what they are about.
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

_BLANK = re.compile(r"\{[a-z0-9_.-]+\}")


def pages() -> dict[str, str]:
    """Return a page for each group of messages, and the index by number."""
    made = {f"messages/{name}.md": _page(heading, about, group) for name, heading, about, group in GROUPS}
    return {**made, "messages/others.md": _others(), "messages/index.md": _index()}


def title(message: Message) -> str:
    """Return a message as a heading has it: three dots stand for what differs."""
    return _escaped(_BLANK.sub("…", message.shown))


def place(message: Message, directory: str = "") -> str:
    """Return the link to a message."""
    (name,) = [name for name, _, _, group in GROUPS if message in group]
    return f"{directory}{name}.md#{_anchor(message)}"


def place_of(words: str, directory: str = "") -> str:
    """Return the link to a message that somebody quotes."""
    known = messages(words)
    return place(known[0], directory) if known else f"{directory}others.md#{_anchors()[words]}"


def _anchor(message: Message) -> str:
    return (message.code or message.name).lower()


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


def _page(heading: str, about: str, group: Iterable[Message]) -> str:
    parts = ["---", "search:", "  boost: 4", "---", "", f"# Messages: {heading}", "", about, ""]
    for message in group:
        parts += [
            f"## {title(message)} {{ #{_anchor(message)} }}",
            "",
            f"{_sentence(message)}",
            "",
            *_causes(message),
            "",
        ]
    return "\n".join(parts)


def _sentence(message: Message) -> str:
    only = f" ({message.only} only)" if message.only else ""
    is_name = message.about.startswith(("httpd", "mod_"))
    about = message.about if is_name else message.about[:1].upper() + message.about[1:]
    return f"{_escaped(about)}{only}."


def _causes(message: Message) -> Iterator[str]:
    """Yield the rules that may find the cause of a message, and the command that asks them."""
    rules = all_rules()
    if message.rules:
        yield "The rules that find the cause:"
        yield ""
        yield from (f"- [{name}](../rules/{name}.md): {rules[name].summary}" for name in message.rules)
    else:
        yield "No rule finds it by itself: `explain` looks into the configuration for the line that it is about."
    yield ""
    yield "```sh"
    yield f"modwsgi-fix explain {message.code or '/var/log/apache2/error.log'} /etc/apache2"
    yield "```"


def _others() -> str:
    _, heading, about = _QUOTED
    rules = all_rules()
    parts = ["---", "search:", "  boost: 4", "---", "", f"# Messages: {heading}", "", about, ""]
    for words, anchor in _anchors().items():
        parts += [f"## {_escaped(words)} {{ #{anchor} }}", ""]
        parts += [f"- [{one.name}](../rules/{one.name}.md): {one.summary}" for one in found_by(words, rules)] + [""]
    return "\n".join(parts)


def _index() -> str:
    parts = [
        "# Find a message", "",
        "Type a number such as `AH01630`, or some words of the message, into the search field above; or give the whole log to",
        "[explain](../explain.md), which also names the file and the line:", "",
        "```sh", "modwsgi-fix explain /var/log/apache2/error.log /etc/apache2", "```", "",
        "## By number", "", "| number | message, and what it means |", "|---|---|",
    ]  # fmt: skip
    rows = [(one.code, place(one), title(one), _sentence(one)) for one in MESSAGES if one.code]
    for words in filter(code_of, _anchors()):
        rows.append((code_of(words), place_of(words), _escaped(words), found_by(words, all_rules())[0].summary))
    for code, link, words, about in sorted(rows):
        told = _cell(words.removeprefix(f"{code}: "))
        parts.append(f"| [{code}]({link}) | *{told}*<br>{_cell(about)} |")
    parts += ["", "## By what happens", ""]
    parts += [f"- [{heading}]({name}.md): {len(group)} messages" for name, heading, _, group in GROUPS]
    parts += [f"- [{_QUOTED[1]}](others.md): {len(_anchors())} messages", ""]
    parts += ["## Nothing is wrong", "", "A healthy server writes these, when it starts, stops or is reloaded:"]
    parts += [", ".join(sorted(ROUTINE_CODES)) + ".", ""]
    return "\n".join(parts)
