"""Names that files of a server share (process groups, variables, macros), and where each is defined and used.

They are looked for in the text, not in what httpd would execute: a name in a branch that is not read today is renamed with
the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache

from modwsgi_fix import directives
from modwsgi_fix.expressions import expression
from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.context import directives_of, tree_of
from modwsgi_fix.lsp.state import Refusal
from modwsgi_fix.model.outside import veiled
from modwsgi_fix.model.reading.variables import put_in
from modwsgi_fix.syntax import Directive, Word
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

_VARIABLE = expression(r"\$\{([^}:\s$]{1,400})\}")
_OPTION = expression(r"""(?<![^\s])process-group=(?:"([^"]*)"?|'([^']*)'?|([^\s"']\S*)?)""", re.A)


class Kind(Enum):
    """The kind of thing that a name stands for; the values are for people."""

    GROUP = "process group"
    VARIABLE = "variable"
    MACRO = "macro"


class Name(NamedTuple):
    """A name in a file. ``span`` is the name itself, without quotes; ``defines`` says that it is defined there."""

    kind: Kind
    name: str
    path: str
    span: Span
    directive: Directive
    defines: bool


@lru_cache(maxsize=512)
def names_in(text: str, path: str) -> tuple[Name, ...]:
    """Return every name in a file, as it is written."""
    return tuple(
        Name(kind, name, path, span, directive, defines)
        for directive, _ in directives_of(tree_of(text))
        for kind, name, span, defines in _of(directive)
    )


_Found = Iterator[tuple[Kind, str, Span, bool]]


def _of(directive: Directive) -> _Found:
    key, args = directive.key, directive.args
    if key == "wsgidaemonprocess" and args:
        yield Kind.GROUP, *_bare(directive, args[0]), True
    elif key == "wsgiprocessgroup" and args:
        yield Kind.GROUP, *_bare(directive, args[0]), False
    elif key == "wsgirestrictprocess":
        for arg in args:
            yield Kind.GROUP, *_bare(directive, arg), False
    elif key in directives.group_directives():
        yield from _options(directive, directives.words_before_options(key) or 0)
    elif key in ("define", "undefine") and args:
        yield Kind.VARIABLE, *_bare(directive, args[0]), key == "define"
    elif key == "ifdefine" and args:
        name, span = _bare(directive, args[0])
        negated = name.startswith("!")
        yield Kind.VARIABLE, name[negated:], Span(span.start + negated, span.end), False
    elif key in ("macro", "use") and args:
        yield Kind.MACRO, *_bare(directive, args[0]), key == "macro"
    yield from _variables(directive)


def _bare(directive: Directive, word: Word) -> tuple[str, Span]:
    """Return a word without its quotes, and its span."""
    (start, end), text = word.span, directive.text
    if end - start >= 2 and text[start] in "\"'" and text[end - 1] == text[start]:
        return word.value, Span(start + 1, end - 1)
    return word.value, word.span


def _options(directive: Directive, skip: int) -> _Found:
    """Yield the groups that options select. A quoted value may have blanks, so options are not split as other words are."""
    if len(directive.args) <= skip:
        return
    logical, _, end = directive.args_range
    for found in _OPTION.finditer(logical.text, 0, end):
        group = found.lastindex
        span = logical.span(*found.span(group)) if group else None
        if group and span is not None and span.start >= directive.args[skip].span.start:
            yield Kind.GROUP, found[group], span, False


def _variables(directive: Directive) -> _Found:
    logical = directive.logical
    for found in _VARIABLE.finditer(logical.text):
        yield Kind.VARIABLE, found[1], logical.span(*found.span(1)), False


class Names:
    """The names of a server."""

    def __init__(self, answer: Answer) -> None:
        self._configs = answer.last_read
        files = {key: file for config in self._configs for key, file in config.files.items()}
        self._values = {name: value for config in self._configs for name, value in config.variables.items()}
        #: The files that may be quoted (``Source.quotable``): names in other files are neither offered nor given as answers.
        self.quotable = {key for key, file in files.items() if file.quotable}
        self.texts = {key: answer.text(file) for key, file in files.items()}
        self.all = [name for key, text in self.texts.items() for name in names_in(text, key)]

    def at(self, path: str, offset: int) -> Name | None:
        """Return the name at a place of a file, the inner one of two; None where there is none."""
        at_place = (one for one in self.all if one.path == path and one.span.start <= offset <= one.span.end)
        return min(at_place, key=lambda one: one.span.end - one.span.start, default=None)

    def like(self, name: Name) -> list[Name]:
        """Return every place of the same name, with variables expanded."""
        meant = self._meant(name)
        return [one for one in self.all if one.kind is name.kind and self._meant(one) == meant]

    def of(self, kind: Kind) -> dict[str, list[Name]]:
        """Return the places of each name of a kind, by the name."""
        found: dict[str, list[Name]] = {}
        for name in self.all:
            if name.kind is kind:
                found.setdefault(self._meant(name), []).append(name)
        return found

    def defined(self, kind: Kind) -> list[str]:
        """Return the names of a kind that are defined, in their order."""
        return list(dict.fromkeys(one.name for one in self.quoted() if one.kind is kind and one.defines))

    def quoted(self) -> list[Name]:
        """The names in files that may be quoted."""
        return [one for one in self.all if one.path in self.quotable]

    def value(self, variable: str) -> str | None:
        """Return the value of a variable after the whole server was read; None where it is not known or must not be shown."""
        found = self._values.get(variable)
        return found and next(
            (veiled(config, found) for config in self._configs if variable in config.variables), found
        )

    def renamed(self, name: Name, new: str) -> list[Name]:
        """Return the places to change for a new name. Raises ``Refusal``."""
        check(name.kind, new)
        key = self._key(name.kind)
        if key(new) != self._meant(name) and key(new) in self.of(name.kind):
            raise Refusal(f"there is a {name.kind.value} {new} already")
        places = self.like(name)
        for place in places:
            if key(place.name) != self._meant(name):
                raise Refusal(f"the {name.kind.value} is written as {place.name} elsewhere; rename that first")
        if name.name.startswith("%{"):
            raise Refusal(f"{name.name} is a word of mod_wsgi")
        return places

    def _meant(self, name: Name) -> str:
        written = name.name
        if name.kind is Kind.GROUP and "${" in written:
            written = put_in(written, self._values)
        return self._key(name.kind)(written)

    @staticmethod
    def _key(kind: Kind) -> Callable[[str], str]:
        # mod_macro.c compares names of macros without case; all others keep it.
        return str.lower if kind is Kind.MACRO else str


def check(kind: Kind, new: str) -> None:
    """Raise ``Refusal`` where a word cannot be a name of that kind."""
    if not new:
        raise Refusal(f"a {kind.value} needs a name")
    if re.search(r"\s", new):
        raise Refusal(f"the name of a {kind.value} is one word")
    bad = {Kind.GROUP: "\"'\\", Kind.VARIABLE: "\"'\\${}:!<>", Kind.MACRO: "\"'\\<>"}[kind]
    odd = next((char for char in new if char in bad or not char.isprintable()), None)
    if odd is not None or new.startswith(("%{", "#")):
        raise Refusal(f"{new} cannot be the name of a {kind.value}")
