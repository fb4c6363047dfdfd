"""Settings of rules: the default, the allowed values and the purpose of each, in one place."""

from __future__ import annotations

from typing import Generic, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

T_co = TypeVar("T_co", covariant=True)

#: A word that may be written into a configuration unchanged: without blanks, quotes or line ends.
_WORD = expression(r"[^\s\x00-\x1f\"'\\<>#]*")


class Setting(NamedTuple, Generic[T_co]):
    """One setting of a rule, which ``Config.setting`` reads.

    Its type is that of the default: a boolean, a number, a word, or a list of words (as a tuple). ``allowed`` are the only
    words that are accepted; ``minimum`` and ``maximum`` bound a number. A word may be empty where the default is empty.
    """

    name: str
    default: T_co
    #: What the setting does, for docs/settings.md and ``modwsgi-fix rule NAME``.
    text: str
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    @property
    def type(self) -> str:
        """The allowed values, in words."""
        if self.allowed:
            *others, last = (f'"{word}"' for word in self.allowed)
            return f"{', '.join(others)} or {last}" if others else last
        match self.default:
            case bool():
                return "true or false"
            case int():
                return f"a whole number{self._bounds}"
            case float():
                return "a number with a decimal point"
            case str():
                return "a word"
        return "a list of words"

    @property
    def _bounds(self) -> str:
        if self.minimum is not None and self.maximum is not None:
            return f" from {self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f" of at least {self.minimum}"
        return f" of at most {self.maximum}" if self.maximum is not None else ""

    def accepts(self, value: object) -> bool:
        """Whether a value, as TOML has it, is allowed."""
        match self.default:
            case bool() | float():
                return type(value) is type(self.default)
            case int():
                return type(value) is int and self._is_within(value)
            case str():
                return self._is_word(value) and (value != "" or self.default == "")
        return isinstance(value, list) and all(word and self._is_word(word) for word in value)

    def _is_within(self, number: int) -> bool:
        return (self.minimum is None or number >= self.minimum) and (self.maximum is None or number <= self.maximum)

    def _is_word(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return value in self.allowed if self.allowed else _WORD.fullmatch(value) is not None

    def read(self, word: str) -> object:
        """Return the value of a word in a manual page's example: ``max-processes=4``, ``applications=shop,blog``."""
        match self.default:
            case bool():
                return word == "true"
            case int():
                return int(word)
            case float():
                return float(word)
            case str():
                return word
        return word.split(",")
