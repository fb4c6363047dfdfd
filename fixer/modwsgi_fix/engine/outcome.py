"""The outcome of a fixing run."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: A fix by its rule and its edits, at their places in the files before any fix.
Made = tuple[str, tuple[Edit, ...]]


class Applied(NamedTuple):
    """A fix that was applied. ``line`` (from 1) is where its finding stood when it was applied, in the file ``name``.

    ``origins`` are the spans of its edits in the files before any fix, as (file key, span); a span is empty where the edit
    changed only text of an earlier fix.
    """

    rule: str
    fix: Fix
    message: str
    path: str
    name: str
    line: int
    origins: tuple[tuple[str, Span], ...] = ()

    @property
    def made(self) -> Made:
        """The fix as it is recognized in another run, which need not make the same fixes before it."""
        edits = zip(self.origins, self.fix.edits, strict=True)
        return self.rule, tuple(Edit(path, span, edit.text) for (path, span), edit in edits)


class Withheld(NamedTuple):
    """A fix of a requested level that was not applied; its finding is left.

    ``is_bug`` says that this is a bug in modwsgi-fix; ``is_fight`` that rules undo each other's fixes, or a rule never ends.
    """

    rule: str
    title: str
    path: str
    name: str
    line: int
    reason: str
    is_bug: bool
    is_fight: bool = False


class Rewritten(NamedTuple):
    """A file that fixes changed. ``edits`` lead from ``before`` to ``after``."""

    path: str
    name: str
    before: str
    after: str
    edits: tuple[Edit, ...]


class Fixed(NamedTuple):
    """The outcome of ``fix``. ``found`` are the findings before, ``left`` those after."""

    files: tuple[Rewritten, ...]
    applied: tuple[Applied, ...]
    withheld: tuple[Withheld, ...]
    found: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    before: Config
    after: Config
    #: The errors of rules that raised an exception on the way, by name: each lost only its own findings.
    failed: Mapping[str, str] = MappingProxyType({})
