"""Rules by the messages that httpd and mod_wsgi write about their faults."""

from __future__ import annotations

from collections.abc import Mapping

from modwsgi_fix.explain.messages import MESSAGES, Message
from modwsgi_fix.explain.patterns import plain
from modwsgi_fix.explain.recognition import OF_PROGRAMS, Known, code_of, known, patterns
from modwsgi_fix.expressions import expression
from modwsgi_fix.rule import Rule

#: httpd's own messages on a rule's page stand in italics.
_ITALICS = expression(r"(?<![\w*])\*(?!\*)([^*\n]+(?:\n[^*\n]+)?)\*(?![\w*])")
_SHORTEST = 4
#: The number of first words that are enough to recognize a message.
_LONG = 16
#: The most messages that are given for a piece of a message.
_FEW = 4


def messages_of(rule: str) -> list[Message]:
    """Return the messages by which a rule is found."""
    return [message for message in MESSAGES if rule in message.rules]


def found_by(words: str, rules: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules for a message, a piece of one, or httpd's number of one, in the order of the table."""
    told = messages(words)
    names = [name for message in told for name in message.rules]
    piece = " ".join(words.split()).lower()
    if len(piece) >= _SHORTEST:
        names += [name for name, rule in rules.items() if any(piece in said.lower() for said in quoted_by(rule))]
    return [rules[name] for name in dict.fromkeys(names) if name in rules]


def messages(words: str) -> list[Message]:
    """Return the messages whose text, part of the text, or number these words are."""
    code = code_of(words)
    if code:
        return [message for message in MESSAGES if message.code == code]
    if (whole := known(words)) is not None:
        return [whole.message]
    piece = words.strip().lower()
    if len(piece) < _SHORTEST:
        return []
    return [message for message, pattern in patterns() if any(piece in fixed.lower() for fixed in pattern.words)]


def quoted_by(rule: Rule) -> list[str]:
    """Return the messages that a rule's page quotes."""
    _, _, below = rule.page.partition("## See also")
    return [" ".join(text.split()) for text in _ITALICS.findall(below.partition("\n## ")[0])]


def guessed(text: str) -> tuple[Known, ...]:
    """Return the messages that a quoted one may be, where it was cut at its end; none where there are too many."""
    if " " not in text.strip() or code_of(text) in OF_PROGRAMS:
        return ()
    found = _begun(text) or tuple(Known(message, {}) for message in messages(text))
    return found if len(found) <= _FEW else ()


def _begun(text: str) -> tuple[Known, ...]:
    """Return the messages whose first words stand in a text, with a name in quotes after them."""
    found = []
    for message, pattern in patterns():
        words = pattern.words[0].rstrip("' [")
        at = text.find(words) if len(words) >= _LONG else -1
        if at >= 0:
            quoted = text[at + len(words) :].lstrip()
            name = quoted[1:].partition("'")[0] if quoted.startswith("'") else ""
            found.append(Known(message, {pattern.fields[0]: plain(name)} if name and pattern.fields else {}))
    return tuple(found)
