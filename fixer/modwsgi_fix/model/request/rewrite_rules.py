"""The rules of mod_rewrite as written: RewriteRule with its conditions and flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.text import encode, whole_number
from modwsgi_fix.tuples import NamedTuple

#: Flags whose effect is modelled.
FLAGS = frozenset({
    "l", "last", "end", "nc", "nocase", "r", "redirect", "pt", "passthrough", "f", "forbidden", "g", "gone", "p", "proxy",
    "qsa", "qsappend", "qsd", "qsdiscard", "ne", "noescape", "ns", "nosubreq", "e", "env", "c", "chain", "s", "skip",
    "unsafeallow3f", "unsafeprefixstat", "b", "bne", "bnp", "bctls", "dpi", "discardpath", "qsl", "qslast", "t", "type",
    "h", "handler", "co", "cookie", "n", "next",
})  # fmt: skip
#: Flags that httpd accepts and whose effect is not modelled.
KNOWN_FLAGS = FLAGS | {"unc"}
#: What is not a rule's.
NO_FLAGS: Mapping[str, str] = MappingProxyType({})
REDIRECT_FLAGS = frozenset({"r", "redirect"})
STATUSES = {"permanent": 301, "temp": 302, "seeother": 303, "": 302}


class Rule(NamedTuple):
    """One RewriteRule with the RewriteConds before it."""

    item: Item
    conditions: tuple[Item, ...]
    pattern: str
    negated: bool
    target: str
    flags: dict[str, str]

    def begins_with(self, directory: str) -> bool:
        """Whether the rule says itself that its path begins so: not by what a request, or a variable, puts there."""
        return "unsafeprefixstat" in self.flags or self.target.startswith(directory)


def flags_of(text: str) -> dict[str, str]:
    """Return the values of a RewriteRule's or RewriteCond's flags, by name in lower case."""
    return {name.lower(): value for name, value in flags_in(text) if name}


def flags_in(text: str) -> list[tuple[str, str]]:
    """Return the names and values of flags as written, in order."""
    words = (word.strip().partition("=") for word in text.strip().removeprefix("[").removesuffix("]").split(","))
    return [(name, value) for name, _, value in words]


def arguments(item: Item) -> tuple[str, ...]:
    """Return the words of RewriteCond and RewriteRule: a backslash keeps a space in a word (mod_rewrite.c:parseargline)."""
    if not any(value.endswith("\\") for value in item.values):
        return item.values
    words: list[str] = []
    for value in item.values:
        if words and len(words[-1]) - len(words[-1].rstrip("\\")) & 1:
            words[-1] += f" {value}"
        else:
            words.append(value)
    return tuple(words)


def rules_of(server: Server) -> list[Rule]:
    """Return the rules at a server's own level."""
    return rules_in(server.items)


def rules_in(items: Iterable[Item]) -> list[Rule]:
    """Return the rules among these lines, in order."""
    found: list[Rule] = []
    conditions: list[Item] = []
    for item in items:
        if item.key == "rewritecond":
            conditions.append(item)
        elif item.key == "rewriterule" and len(values := arguments(item)) >= 2:
            flags = flags_of(values[2]) if len(values) > 2 else {}
            pattern = values[0]
            negated = pattern.startswith("!")
            found.append(Rule(item, tuple(conditions), pattern[negated:], negated, values[1], flags))
            conditions = []
    return found


def status_of(flags: dict[str, str]) -> int | None:
    """Return the status with which flags end the request, whatever the substitution; else None (cmd_rewriterule_setflag)."""
    if flags.keys() & {"f", "forbidden"}:
        return 403
    if flags.keys() & {"g", "gone"}:
        return 410
    word = flags.get("r", flags.get("redirect", ""))
    status = STATUSES.get(word.lower()) or whole_number(word)
    return status if status is not None and not 300 <= status < 400 else None


def in_substitution(text: str, flags: Mapping[str, str]) -> str:
    """Return what a group puts into a substitution: escaped with [B], whose value says which characters (escape_backref).

    With [BCTLS] blanks and control characters are, and nothing else.
    """
    if not flags.keys() & {"b", "bctls"}:
        return text
    only, never = flags.get("b", ""), flags.get("bne", "")
    return "".join(_escaped(char, only, never, flags) for char in encode(text).decode("latin-1"))


def _escaped(char: str, only: str, never: str, flags: Mapping[str, str]) -> str:
    is_control = char <= " " or char == "\x7f"
    is_meant = char in only if only else not (char.isascii() and char.isalnum()) and char != "_"
    if char in never or not (is_control if "bctls" in flags else is_meant):
        return char
    return "+" if char == " " and not flags.keys() & {"bnp", "backrefnoplus"} else f"%{ord(char):02x}"


#: Comparisons of RewriteCond: of texts, and of whole numbers (mod_rewrite.c:apply_rewrite_cond).
ORDER = expression(r"(?:(?P<sign>[<>]=?)(?P<text>.*)|-(?P<name>eq|ne|lt|le|gt|ge)(?P<number>.*))", re.S)
_NUMBER = expression(r"\s*[-+]?\d{1,18}", re.ASCII)


def is_in_order(order: re.Match[str], text: str, *, nocase: bool) -> bool:
    """Whether a text, or the number at its beginning, compares as a match of ``ORDER`` says."""
    if order["name"] is not None:
        have, wanted = (int(found[0]) if (found := _NUMBER.match(word)) else 0 for word in (text, order["number"]))
        compared, operator = (have > wanted) - (have < wanted), order["name"]
    else:
        first, second = (text.lower(), order["text"].lower()) if nocase else (text, order["text"])
        # Of two texts the longer one comes later, whatever they say (mod_rewrite.c:compare_lexicography).
        first_key, second_key = (len(encode(first)), encode(first)), (len(encode(second)), encode(second))
        compared = (first_key > second_key) - (first_key < second_key)
        operator = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[order["sign"]]
    wanted_order = {"eq": (0,), "ne": (-1, 1), "lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (0, 1)}
    return compared in wanted_order[operator]
