"""httpd's errors about the words of a directive: in an ``.htaccess`` file each makes a 500.

Each check is that of the directive's own function in httpd (``set_*``, ``add_*``, ``cmd_*``), tried on 2.4.71. It returns
None for no known fault, and raises ``UnclearError`` where that cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from modwsgi_fix.directives.families import (
    EARLY_VARIABLES,
    EXPRESSION_SECTIONS,
    LIMIT_SECTIONS,
    REDIRECTS,
    REQUIRE_SECTIONS,
)
from modwsgi_fix.directives.values import fault_of_values
from modwsgi_fix.model.containers import container_fault
from modwsgi_fix.model.items import Item, as_written
from modwsgi_fix.model.merge.requires import REQUIREMENTS
from modwsgi_fix.model.patterns import is_understood
from modwsgi_fix.model.request.expressions import is_understood as is_expression
from modwsgi_fix.model.request.methods import METHODS
from modwsgi_fix.model.request.rewrite_rules import arguments
from modwsgi_fix.model.request.rewrite_words import STATUSES_OF_HTTPD, fault_of_rewriting
from modwsgi_fix.model.request.state import is_url
from modwsgi_fix.text import whole_number


class UnclearError(Exception):
    """That it cannot be told whether httpd accepts these words."""


def fault_of_words(item: Item) -> str | None:
    """Return what is wrong with the arguments, or None. Raises ``UnclearError`` for a pattern or expression not understood."""
    if reason := fault_of_values(item.name, item.values):
        return reason
    check = _CHECKS.get(item.key)
    return check(item, item.values) if check is not None else None


def _pattern(text: str) -> None:
    if not is_understood(text):
        raise UnclearError


def _error_document(item: Item, values: Sequence[str]) -> str | None:
    if len(values) > 1 and (whole_number(values[0]) or 0) not in STATUSES_OF_HTTPD:
        return f"{values[0]} is not a status"
    return None


def _rewrite_rule(item: Item, values: Sequence[str]) -> str | None:
    words = arguments(item)
    if fault := fault_of_rewriting(item.key, words):
        return fault
    _pattern(words[0].removeprefix("!"))
    return None


def _rewrite_condition(item: Item, values: Sequence[str]) -> str | None:
    words = arguments(item)
    if fault := fault_of_rewriting(item.key, words):
        return fault
    pattern = words[1].removeprefix("!")
    if words[0].lower() == "expr":
        return _expression(item, words[1:2])
    if not pattern.startswith(("-", "=", "<", ">")):
        _pattern(pattern)
    return None


def _require(item: Item, values: Sequence[str]) -> str | None:
    words = [value for value in values if value]
    negated = [word.lower() for word in words[:1]] == ["not"]
    words = words[negated:]
    if not words:
        return f"{item.name} names nothing"
    kind, rest = words[0].lower(), words[1:]
    if kind not in REQUIREMENTS:
        # A name of AuthzProviderAlias, or of an unknown module.
        raise UnclearError
    if negated and container_fault(item):
        return f"{item.name} not, which alone grants nothing"
    if kind == "ip" and not rest:
        return f"{item.name} ip names nothing"
    if kind == "all" and [word.lower() for word in as_written(item)[-1:]] not in (["granted"], ["denied"]):
        return f"{item.name} all takes granted or denied"
    if kind == "all" and len(rest) != 1:
        return f"{item.name} all takes granted or denied"
    if kind == "method" and not set(rest) <= METHODS:
        return f"{item.name} method names one that httpd does not know"
    if kind == "ip" and not all(map(_is_network, rest)):
        return f"{item.name} ip takes addresses and networks"
    return None


def _is_network(word: str) -> bool:
    from ipaddress import ip_network

    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,2}\.?", word, re.ASCII):
        return all(int(part) < 256 for part in word.rstrip(".").split("."))
    try:
        ip_network(word, strict=False)
    except ValueError:
        return False
    return True


def _set_env_if(item: Item, values: Sequence[str]) -> str | None:
    if len(values) < 3:
        return f"{item.name} takes three words or more"
    _pattern(values[1])
    return None


def _browser_match(item: Item, values: Sequence[str]) -> str | None:
    if len(values) < 2:
        return f"{item.name} takes two words or more"
    _pattern(values[0])
    return None


def _expression(item: Item, values: Sequence[str]) -> str | None:
    if not values:
        return f"{item.name} asks nothing"
    if not is_expression(" ".join(values)):
        raise UnclearError
    return None


def _otherwise(item: Item, values: Sequence[str]) -> str | None:
    before = [one for one in _neighbours(item) if one.index < item.index and one.key in EXPRESSION_SECTIONS]
    if not before or before[-1].key == "else":
        return f"<{item.name}> without an <If> before it"
    return _expression(item, values) if item.key == "elseif" else None


def _neighbours(item: Item) -> Sequence[Item]:
    return item.parent.children if item.parent is not None else item.server.items


def _methods(item: Item, values: Sequence[str]) -> str | None:
    odd = [value for value in values if value not in METHODS and value.lower() != "reset"]
    return f"{odd[0]} is not a method that httpd knows" if odd else None


def _limit(item: Item, values: Sequence[str]) -> str | None:
    odd = [value for value in values if value not in METHODS]
    return f"{odd[0]} is not a method that httpd knows" if odd else None


def _some_requirements(item: Item, values: Sequence[str]) -> str | None:
    return None if item.children else f"<{item.name}> is empty"


def _redirect(item: Item, values: Sequence[str]) -> str | None:
    words = list(values)
    status = 302
    named = {"permanent": 301, "temp": 302, "seeother": 303, "gone": 410}
    if item.key not in ("redirectpermanent", "redirecttemp") and words:
        number = named.get(words[0].lower()) or whole_number(words[0])
        if number is not None:
            status = number
            words.pop(0)
    is_redirect = 300 <= status < 400
    # In a section it may be said of all that leads there, whose URL is then left out.
    is_short = item.key == "redirect" and len(words) == is_redirect
    if (is_redirect and not words) or (not is_redirect and len(words) > 1) or len(words) > 2:
        return f"{item.name} takes a target with a status of 3xx, and with no other"
    if is_short:
        return None
    if len(words) < 1 + is_redirect:
        return f"{item.name} names no target"
    if is_redirect and item.key != "redirectmatch" and not (words[-1].startswith("/") or is_url(words[-1])):
        return f"{words[-1]} is neither a URL nor a path"
    if item.key == "redirectmatch":
        _pattern(words[0])
    return None


_CHECKS: dict[str, Callable[[Item, Sequence[str]], str | None]] = {
    **dict.fromkeys(REQUIRE_SECTIONS, _some_requirements),
    **dict.fromkeys(EARLY_VARIABLES, _set_env_if),
    **dict.fromkeys(("browsermatch", "browsermatchnocase"), _browser_match),
    **dict.fromkeys(LIMIT_SECTIONS, _limit),
    **dict.fromkeys(REDIRECTS, _redirect),
    **dict.fromkeys(EXPRESSION_SECTIONS, _otherwise),
    "if": _expression,
    "setenvifexpr": lambda item, values: _expression(item, values[:1]),
    "require": _require,
    "errordocument": _error_document,
    "rewriterule": _rewrite_rule,
    "rewritecond": _rewrite_condition,
    "rewriteoptions": lambda item, values: fault_of_rewriting(item.key, values) or None,
    "allowmethods": _methods,
}
