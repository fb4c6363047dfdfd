"""Variables set before access is checked: by mod_setenvif (mod_setenvif.c:match_headers), and by mod_rewrite before that.

Those of ``SetEnv``, ``PassEnv`` and a RewriteRule by directory come later: no access line sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, EARLY_VARIABLES, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer, every
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.patterns import Match, Unknown, named_groups, search
from modwsgi_fix.model.request.state import State, client_of, header_of
from modwsgi_fix.model.urls import substitute
from modwsgi_fix.tuples import NamedTuple


class Variable(NamedTuple):
    """Whether a variable is set, and its value; None for either where that is not known."""

    is_set: bool | None = False
    value: str | None = None


def variable(state: State, name: str) -> Variable:
    """Return what is known of a variable once the headers have been read. The case of names does not matter (apr_tables)."""
    group = name.upper().removeprefix(OF_A_PATTERN) if name.upper().startswith(OF_A_PATTERN) else ""
    sections = [layer for layer in state.layers if not layer.is_level]
    if state.parent is not None:
        # A subrequest has the variables of the request that it is made for, and those of its own sections' patterns.
        known = variable(state.parent, name)
        return _of_patterns(state, sections, group, known) if group else known
    found = _after(state, state.site.base, name, Variable(), state.raw)
    for other, value in state.environment.items():
        if other.lower() == name.lower():
            found = Variable(value is not None, value)
    if group:
        found = _of_patterns(state, sections, group, found)
    found = _after(state, sections, name, found, state.uri)
    if found.is_set is False and not state.config.complete:
        return Variable(None)
    return found


#: The beginning of the variable that a named group of a section's pattern sets (core.c:ap_regname).
OF_A_PATTERN = "MATCH_"


def _compared(section: Item, state: State) -> str:
    """Return the text that the pattern of a section is compared with."""
    if section.key in LOCATION_SECTIONS:
        return state.located
    path = state.filename or ""
    return path if section.key in DIRECTORY_SECTIONS else path.rpartition("/")[2]


def _of_patterns(state: State, sections: Iterable[Layer], group: str, found: Variable) -> Variable:
    """Return what the named groups of the sections that hold say; the last one with that name counts."""
    for layer in sections:
        section = layer.section
        if section is None or not is_regex_section(section):
            continue
        groups = named_groups(pattern_of(section), _compared(section, state))
        if isinstance(groups, Unknown):
            return Variable(None)
        value = next((text for name, text in groups.items() if name.upper() == group), None)
        found = Variable(True, value) if value is not None else found
    return found


def is_set_somewhere(config: Config, name: str) -> bool:
    """Whether some line sets a variable of this name before access is checked."""
    return name.upper().startswith(OF_A_PATTERN) or any(
        _name(word) == name.lower() for item in config.named(*EARLY_VARIABLES) for word in item.values[1:]
    )


def _after(state: State, layers: Iterable[Layer], name: str, found: Variable, uri: str) -> Variable:
    """Return what is known of a variable after these layers; ``uri`` is the URL that they see: a server's own lines see the
    one that is sent, before it is decoded and its dots are taken out (mod_setenvif.c: post_read_request, header_parser)."""
    for _, items in every(layers, EARLY_VARIABLES, state.world):
        for item in items:
            found = _set_by(state, item, name, found, uri)
    return found


def _set_by(state: State, item: Item, name: str, before: Variable, uri: str) -> Variable:
    words = item.values
    browser, expression = item.key.startswith("browsermatch"), item.key == "setenvifexpr"
    subject, rest = ("User-Agent", words) if browser or expression else (words[0], words[1:]) if words else ("", ())
    assignment = next((word for word in reversed(rest[1:]) if _name(word) == name.lower()), None)
    if assignment is None:
        return before
    match = _matches(state, item, subject, rest[0], uri) if not expression else _holds(state, rest[0], uri)
    if match is None:
        is_set: bool | None = not assignment.startswith("!")
        return before if before == Variable(is_set) else Variable(is_set if before.is_set is is_set else None)
    if match is False:
        return before
    if assignment.startswith("!"):
        return Variable(False)
    value = assignment.partition("=")[2] if "=" in assignment else "1"
    if "$" in value:
        return Variable(True, substitute(value, match) if isinstance(match, Match) else None)
    return Variable(True, value)


def _name(word: str) -> str:
    return word.removeprefix("!").partition("=")[0].lower()


def _holds(state: State, expression: str, uri: str) -> bool | None:
    if uri != state.uri and "REQUEST_URI" in expression.upper():
        return None
    from modwsgi_fix.model.request.expressions import truth

    return truth(expression, state)


def _matches(state: State, item: Item, subject: str, pattern: str, uri: str) -> Match | bool | None:
    """Return the match of one line, False where there is none, None where that is not known."""
    text = uri if subject.lower() == "request_uri" else _subject(state, subject)
    if text is None or not item.known:
        return None
    found = search(pattern, text, nocase=item.key.endswith("nocase"))
    return None if isinstance(found, Unknown) else found or False


def _subject(state: State, name: str) -> str | None:
    key, request = name.lower(), state.request
    if key == "request_method":
        return request.method
    if key in ("request_protocol", "remote_host"):
        # Neither is a header: the one is said by the visitor's program, the other by DNS.
        return None
    if key == "remote_addr":
        return client_of(state)
    if key == "server_addr":
        return request.address
    if key == "host":
        return request.host_header
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return None
    if key.upper().startswith(OF_A_PATTERN):
        found = variable(state, name)
        return "" if found.is_set is False else found.value
    if request.lacks(name):
        # A variable of that name takes the place of the header (mod_setenvif.c:match_headers).
        is_variable = key in {name.lower() for name in state.environment} or is_set_somewhere(state.config, name)
        return None if is_variable else ""
    return header_of(state, name)
