"""Rules by the messages that httpd and mod_wsgi write of their faults."""

from __future__ import annotations

import re
from collections.abc import Mapping

from modwsgi_fix.explain.messages import MESSAGES, Message
from modwsgi_fix.explain.recognition import code_of, known, patterns
from modwsgi_fix.rule import Rule

#: httpd's own messages on a rule's page stand in italics.
_ITALICS = re.compile(r"(?<![\w*])\*(?!\*)([^*\n]+(?:\n[^*\n]+)?)\*(?![\w*])")
_SHORTEST = 4


def messages_of(rule: str) -> list[Message]:
    """Return the messages by which a rule is found."""
    return [message for message in MESSAGES if rule in message.rules]


def found_by(words: str, rules: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules that a message, a piece of one or httpd's number of one leads to, in the order of the table."""
    told = messages(words)
    names = [name for message in told for name in message.rules]
    piece = " ".join(words.split()).lower()
    if len(piece) >= _SHORTEST:
        names += [name for name, rule in rules.items() if any(piece in said for said in _said(rule))]
    return [rules[name] for name in dict.fromkeys(names) if name in rules]


def messages(words: str) -> list[Message]:
    """Return the messages that some words are, are a piece of, or are the number of."""
    code = code_of(words)
    if code:
        return [message for message in MESSAGES if message.code == code]
    if (whole := known(words)) is not None:
        return [whole.message]
    piece = words.strip().lower()
    if len(piece) < _SHORTEST:
        return []
    return [message for message, pattern in patterns() if any(piece in fixed.lower() for fixed in pattern.words)]


def _said(rule: Rule) -> list[str]:
    """The messages that a rule's page quotes, in lower case."""
    _, _, below = rule.page.partition("## See also")
    return [" ".join(text.split()).lower() for text in _ITALICS.findall(below.partition("\n## ")[0])]
