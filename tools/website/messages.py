"""An index by the messages that httpd, mod_wsgi and Python write: what each means, and the rules that find its cause."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from modwsgi_fix.explain.lookup import found_by, messages, quoted_by
from modwsgi_fix.explain.messages import MESSAGES, ROUTINE_CODES, Message
from modwsgi_fix.explain.messages.daemons import DAEMONS
from modwsgi_fix.explain.messages.requests import REFUSED
from modwsgi_fix.explain.messages.scripts import SCRIPTS
from modwsgi_fix.explain.messages.starting import HTACCESS, STARTING, WARNINGS
from modwsgi_fix.rule import all_rules

#: The pages, with their titles and what they are about.
GROUPS: tuple[tuple[str, str, str, tuple[Message, ...]], ...] = (
    ("starting", "httpd does not start", "What httpd says when it reads its configuration and gives up.", STARTING),
    ("warnings", "httpd starts, and warns", "What httpd says when it reads its configuration and goes on.", WARNINGS),
    ("requests", "a request is refused", "What httpd writes about a request that it refuses or cannot answer.", REFUSED),
    ("htaccess", ".htaccess files", "What httpd writes about a line of an .htaccess file; each request below gets an error 500.", HTACCESS),
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
    (known,) = messages(words)[:1] or [None]
    return place(known, directory) if known is not None else f"{directory}others.md#{_slug(words)}"


def _anchor(message: Message) -> str:
    return (message.code or message.name).lower()


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", html.escape(text, quote=False)).replace("{", "&#123;")


def _page(heading: str, about: str, group: Iterable[Message]) -> str:
    parts = ["---", "search:", "  boost: 4", "---", "", f"# Messages: {heading}", "", about, ""]
    for message in group:
        parts += [f"## {title(message)} {{ #{_anchor(message)} }}", "", f"{_sentence(message)}", "", *_causes(message), ""]
    return "\n".join(parts)


def _sentence(message: Message) -> str:
    only = f" ({message.only} only)" if message.only else ""
    return _escaped(message.about[:1].upper() + message.about[1:]) + f"{only}."


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


def _quoted_only() -> dict[str, str]:
    """Return the messages that only pages of rules have, in order; the rule stands for each."""
    said = {words: rule.name for rule in all_rules().values() for words in quoted_by(rule) if not messages(words)}
    return dict(sorted(said.items()))


def _others() -> str:
    name, heading, about = _QUOTED
    rules = all_rules()
    parts = ["---", "search:", "  boost: 4", "---", "", f"# Messages: {heading}", "", about, ""]
    for words in _quoted_only():
        parts += [f"## {_escaped(words)} {{ #{_slug(words)} }}", ""]
        parts += [f"- [{one.name}](../rules/{one.name}.md): {one.summary}" for one in found_by(words, rules)] + [""]
    return "\n".join(parts)


def _index() -> str:
    parts = [
        "# Find a message", "",
        "Type a number such as `AH01630`, or some words of the message, into the search field above; or give the whole log to",
        "[explain](../explain.md), which also names the file and the line:", "",
        "```sh", "modwsgi-fix explain /var/log/apache2/error.log /etc/apache2", "```", "",
        "## By number", "", "| number | message | what it means |", "|---|---|---|",
    ]  # fmt: skip
    numbered = sorted((message for message in MESSAGES if message.code), key=lambda message: message.code)
    for one in numbered:
        words = title(one).removeprefix(f"{one.code}: ").replace("|", "&#124;")
        parts.append(f"| [{one.code}]({place(one)}) | {words} | {_sentence(one)} |")
    parts += ["", "## By what happens", ""]
    parts += [f"- [{heading}]({name}.md): {len(group)} messages" for name, heading, _, group in GROUPS]
    parts += [f"- [{_QUOTED[1]}](others.md): {len(_quoted_only())} messages", ""]
    parts += ["## Nothing is wrong", "", "A healthy server writes these, when it starts, stops or is reloaded:"]
    parts += [", ".join(sorted(ROUTINE_CODES)) + ".", ""]
    return "\n".join(parts)
