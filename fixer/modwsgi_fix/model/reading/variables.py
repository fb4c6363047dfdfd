"""``Define``, ``Undefine`` and ``${VAR}``: the definitions so far, and words expanded with them (core.c:ap_resolve_env)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.bounds import Budget

if TYPE_CHECKING:
    from modwsgi_fix.model.items import Bindings, Guard

#: The most characters of a variable's name: without a limit each of "${${${..." would be searched for to the end.
_VARIABLE = expression(r"\$\{([^}:]{0,100})\}")
#: The most characters of one expanded word. httpd has no limit.
_LONGEST = 65_536
#: Why the value of a longer word is not known.
TOO_LONG = f"the variable parts make it longer than {_LONGEST:,} characters"


def put_in(word: str, values: Mapping[str, str]) -> str:
    """Return a word with variables expanded; undefined ones stay as they are written.

    Raises ``OverflowError`` where the word would become longer than the limit.
    """
    more = sum(len(values.get(found[1], "")) for found in _VARIABLE.finditer(word))
    if more and len(word) + more > _LONGEST:
        raise OverflowError
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), word)


class Variables:
    """The definitions of a server up to some point of the reading."""

    def __init__(self, values: Mapping[str, str], budget: Budget) -> None:
        self.values = dict(values)
        #: The number of changes so far.
        self.changes = 0
        self._budget = budget
        #: The names that are certainly defined, and whether the value of each holds an unknown variable.
        self._defined: dict[str, bool] = {}
        self._undefined: set[str] = set()
        #: Names that are defined wherever certain conditions hold.
        self._defined_under: dict[str, tuple[Guard, ...]] = {}
        self._state: tuple[object, ...] | None = None

    def define(self, name: str, value: str | None, guards: tuple[Guard, ...], *, known: bool) -> None:
        """Carry out a ``Define``; ``known`` says whether all of the value is known.

        Under an undecided condition the value is not known afterwards. In ``<IfDefine !NAME>`` the name is defined afterwards
        whether the condition holds or not, as files are written that may be included twice.
        """
        self._state = None
        beside = tuple(guard for guard in guards if guard != ("ifdefine", name, True))
        if len(beside) < len(guards):
            value, known, guards = None, False, beside
        is_new = not guards and name not in self._defined
        before = () if is_new else self._known(name)
        self._undefined.discard(name)
        self._defined_under.pop(name, None)
        if guards or value is None:
            self.values.pop(name, None)
        if not guards:
            self._defined[name] = not known
            if value is not None:
                self.values[name] = value
        elif name not in self._defined:
            self._defined_under[name] = guards
        self.changes += is_new or self._known(name) != before

    def undefine(self, name: str, guards: tuple[Guard, ...]) -> None:
        """Carry out an ``Undefine``."""
        self._state = None
        before = self._known(name)
        self._defined.pop(name, None)
        self._defined_under.pop(name, None)
        self.values.pop(name, None)
        if not guards:
            self._undefined.add(name)
        self.changes += self._known(name) != before

    @property
    def state(self) -> object:
        """What is defined, as a value that is equal for equal definitions."""
        if self._state is None:
            named = (self._defined, self.values, self._defined_under)
            self._state = frozenset(self._undefined), *(frozenset(one.items()) for one in named)
        return self._state

    def _known(self, name: str) -> tuple[object, ...]:
        return name in self._defined, name in self._undefined, self._defined_under.get(name), self.values.get(name)

    def is_defined(self, name: str, guards: tuple[Guard, ...]) -> bool | None:
        """Whether a name is defined where these conditions hold; None where only the command line says."""
        under = self._defined_under.get(name)
        if name in self._defined or (under is not None and set(under) <= set(guards)):
            return True
        return False if name in self._undefined else None

    def expand(self, word: str) -> tuple[str, str]:
        """Return a word with variables expanded, and why its value is not known, or an empty reason."""
        try:
            return self._expanded(word)
        except OverflowError:
            return word, TOO_LONG

    def bound(self, text: str, bindings: Bindings) -> str:
        """Return a text with macro parameters expanded. Raises ``OverflowError`` where it would become too long."""
        self._budget.spend_on(parameters=len(bindings))
        for parameter, replacement in bindings:
            if parameter in text:
                self._grow(text, text.count(parameter) * (len(replacement) - len(parameter)))
                text = text.replace(parameter, replacement)
        return text

    def _expanded(self, word: str) -> tuple[str, str]:
        names = _VARIABLE.findall(word)
        expanded = word if self.values.keys().isdisjoint(names) else put_in(word, self.values)
        self._budget.spend_on(characters=len(expanded))
        for name in names:
            if name not in self.values:
                return expanded, f"the variable ${{{name}}} is not defined in these files"
            if self._defined.get(name):
                return expanded, f"the variable ${{{name}}} holds another that is not known in these files"
        return expanded, ""

    def _grow(self, word: str, more: int) -> None:
        """Raise ``OverflowError`` where ``more`` characters would make a word too long."""
        if more > 0 and len(word) + more > _LONGEST:
            raise OverflowError
        self._budget.spend_on(characters=max(more, 0))
