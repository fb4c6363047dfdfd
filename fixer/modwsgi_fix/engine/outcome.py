"""What a fixing run comes to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.text import Span


class Applied(NamedTuple):
    """A fix that was applied. ``line`` is where its finding stood when it was applied, in the file ``name``.

    ``origins`` are its edits as they concern the files before any fix: (file key, span), an empty span where it changed
    only what an earlier fix had put there.
    """

    rule: str
    fix: Fix
    message: str
    path: str
    name: str
    line: int
    origins: tuple[tuple[str, Span], ...] = ()


class Withheld(NamedTuple):
    """A fix that was not applied although its level was asked for; its finding is left.

    ``is_bug`` when the fault is ours; ``is_fight`` when rules undo each other, or one of them finds no end.
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
    """The outcome of ``fix``. ``found`` were the findings before, ``left`` are those after."""

    files: tuple[Rewritten, ...]
    applied: tuple[Applied, ...]
    withheld: tuple[Withheld, ...]
    found: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    before: Config
    after: Config
    #: Rules that raised on the way, by name: a bug of theirs that cost their own findings only.
    failed: Mapping[str, str] = MappingProxyType({})
