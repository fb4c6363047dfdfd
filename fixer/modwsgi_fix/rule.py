"""What a rule is: a function from a configuration to findings, registered by its decorator.

A rule's module docstring is its manual page; the module's name with dashes is the rule's name, the folder its family.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib.metadata import entry_points

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.text import Span


class Severity(IntEnum):
    """How bad it is, as ``--fail-level`` orders it."""

    #: Worth knowing; nothing need change.
    INFO = 1
    #: Works, but not as meant, or not for long.
    WARNING = 2
    #: httpd refuses to start, requests fail, or what must not be served is.
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding ("first defined here")."""

    path: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``path`` is a file key of ``Config.files``, ``span`` what to underline there.

    ``message`` is one sentence in lower case without a full stop; it says what happens and what to do. ``fix`` is absent
    where the rule cannot be sure. ``rule`` and ``severity`` are filled in by the engine from the rule when left out.
    """

    path: str
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    rule: str = ""


Check = Callable[[Config], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. ``default`` is False for opinions that must be asked for with ``--select``."""

    name: str
    family: str
    check: Check
    severity: Severity
    page: str
    default: bool = True
    #: Settings that the rule reads through ``Config.option``, with their defaults: ``max-processes`` -> 2.
    options: dict[str, object] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first line of the manual page."""
        return self.page.strip().partition("\n")[0]


_registry: dict[str, Rule] = {}


def rule(
    *, severity: Severity = Severity.WARNING, default: bool = True, options: dict[str, object] | None = None
) -> Callable[[Check], Check]:
    """Register the decorated function as the rule of its module.

    The name is the module's, with dashes; the family is the folder's; the manual page is the module's docstring.
    """

    def register(check: Check) -> Check:
        module = sys.modules[check.__module__]
        *_, family, name = check.__module__.split(".")
        name = name.replace("_", "-")
        page = inspect.cleandoc(module.__doc__ or "")
        if not page:
            raise ValueError(f"rule {name}: the module has no docstring, which is the rule's manual page")
        _registry[name] = Rule(name, family, check, severity, page, default, options or {})
        return check

    return register


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule of every installed rule package, by name, in order of family and name.

    A package offers its rules by an entry point in the group ``modwsgi_fix.rules`` that names the package; each of its
    modules is imported.
    """
    for point in entry_points(group="modwsgi_fix.rules"):
        package = importlib.import_module(point.value)
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(found.name)
    return {rule.name: rule for rule in sorted(_registry.values(), key=lambda rule: (rule.family, rule.name))}
