"""What a rule is: a function from a configuration to findings, registered by its decorator.

A rule's module docstring is its manual page; the module's name with dashes is the rule's name, the folder its family.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.rule_settings import Setting
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


class Rank(IntEnum):
    """What a finding comes to for the people around the server; a report for people begins with the first."""

    #: httpd refuses to start.
    START = 1
    #: Visitors get the wrong thing.
    ANSWER = 2
    #: Something can be fetched, or reached, that should not be.
    EXPOSED = 3
    #: All else.
    HYGIENE = 4


class Related(NamedTuple):
    """Another place that explains a finding ("first defined here")."""

    path: str
    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One finding. ``path`` is a file key of ``Config.files``, ``span`` what to underline there.

    ``message`` is one sentence in lower case without a full stop, of at most 100 characters where the names in it are of
    usual length: it says what happens. ``help`` says what to do, in the same form; empty where the fix says it. ``fix`` is
    absent where the rule cannot be sure. ``rule`` and ``severity`` are filled in by the engine from the rule when left out.
    """

    path: str
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    rule: str = ""
    help: str = ""


Check = Callable[[Config], Iterator[Diagnostic]]


class Rule:
    """A registered rule. ``default`` is False for opinions that must be asked for with ``--select``."""

    def __init__(
        self,
        name: str,
        family: str,
        check: Check,
        severity: Severity,
        page: str,
        *,
        default: bool = True,
        settings: tuple[Setting[Any], ...] = (),
        changes: frozenset[str] = frozenset(),
        rank: Rank | None = None,
        gives_way: bool = False,
    ) -> None:
        self.name = name
        self.family = family
        self.check = check
        self.severity = severity
        self.page = page
        self.default = default
        #: What it reads through ``Config.setting``.
        self.settings = settings
        #: The effects that its fixes may have on visitors (``effect.Effect``); any other is withheld below UNSAFE.
        self.changes = changes
        #: What its errors and warnings come to, where family and severity do not say (``workspace.ranking``).
        self.rank = rank
        #: Whether its findings are left out on lines where another rule has an error: that one says what is wrong there.
        self.gives_way = gives_way
        #: Names of directives and sections in lower case: where a server has none of them, the rule has nothing to say.
        #: None where it must be asked of every server. ``_words`` of a rule package has them.
        self.words: frozenset[str] | None = None

    @property
    def module(self) -> str:
        """The name of the module that it comes from, or of the one that its check is in."""
        return self.check.__module__

    @property
    def package(self) -> str:
        """The name of the package that it comes from."""
        return self.module.partition(".")[0]

    def with_check(self, check: Check) -> Rule:
        """Return the same rule with another check, which is asked of every server."""
        return Rule(
            self.name, self.family, check, self.severity, self.page,
            default=self.default, settings=self.settings, changes=self.changes, rank=self.rank, gives_way=self.gives_way,
        )  # fmt: skip

    def setting(self, name: str) -> Setting[Any] | None:
        """Its setting of that name."""
        return next((setting for setting in self.settings if setting.name == name), None)

    @property
    def summary(self) -> str:
        """The first line of the manual page."""
        return self.page.strip().partition("\n")[0]


#: The attributes of a rule for which its module has to be imported.
_TOLD_BY_MODULE = ("check", "severity", "page", "settings", "changes", "rank", "gives_way")


class _Listed(Rule):
    """A rule of which a package's ``_words`` says what it asks for. Its module is imported when more is asked of it."""

    def __init__(self, module: str, words: frozenset[str], *, default: bool) -> None:
        self._module = module
        *_, self.family, name = module.split(".")
        self.name = name.replace("_", "-")
        self.words = words
        self.default = default

    @property
    def module(self) -> str:
        return self._module

    def __getattr__(self, attribute: str) -> Any:
        """What only the module says; asked for an attribute that is not there yet."""
        if attribute not in _TOLD_BY_MODULE:
            raise AttributeError(attribute)
        importlib.import_module(self._module)
        told = _registry[self.name]
        for each in _TOLD_BY_MODULE:
            setattr(self, each, getattr(told, each))
        return getattr(self, attribute)


#: What the engine itself finds; selected, ignored and documented as a rule is.
UNUSED_SUPPRESSION = Rule(
    name="unused-suppression",
    family="hygiene",
    check=lambda config: iter(()),
    severity=Severity.WARNING,
    page="""A comment allows a finding that is not there.

`# modwsgi-fix: allow NAME` stands for a decision: this finding is meant so. Once the configuration no longer has it, the
comment hides the next finding of that rule, which nobody has decided on. Delete the comment.

A comment is reported only when the rule that it names was run.
""",
)


_GROUP = "modwsgi_fix.rules"
#: This distribution.
_OWN = "modwsgi_fix"
_registry: dict[str, Rule] = {}


def rule(
    *,
    severity: Severity = Severity.WARNING,
    default: bool = True,
    settings: Sequence[Setting[Any]] = (),
    changes: Sequence[str] = (),
    rank: Rank | None = None,
    gives_way: bool = False,
) -> Callable[[Check], Check]:
    """Register the decorated function as the rule of its module.

    The name is the module's, with dashes; the family is the folder's; the manual page is the module's docstring.
    """

    def register(check: Check) -> Check:
        module = sys.modules[check.__module__]
        *_, family, name = check.__module__.split(".")
        name = name.replace("_", "-")
        page = (module.__doc__ or "").strip()
        if not page:
            raise ValueError(f"rule {name}: the module has no docstring, which is the rule's manual page")
        if name in _registry and _registry[name].module != check.__module__:
            raise ValueError(f"rule {name}: {_registry[name].module} has that name already")
        _registry[name] = Rule(
            name, family, check, severity, page,
            default=default, settings=tuple(settings), changes=frozenset(changes), rank=rank, gives_way=gives_way,
        )  # fmt: skip
        return check

    return register


class Offer(NamedTuple):
    """A package of rules that a distribution offers by an entry point. ``distribution`` is its name as files have it."""

    distribution: str
    name: str
    package: str

    def is_called(self, name: str) -> bool:
        """Whether a user means it by that name: the distribution's, the entry point's or the package's."""
        return name in (self.name, self.package) or _normal(name) == self.distribution


class NotOffered(LookupError):
    """No installed distribution offers rules by that name; ``known`` are the names of those that do."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no installed package offers rules as {name}")
        self.name = name
        self.known = tuple(known)


def offers(path: Sequence[str], is_wanted: Callable[[str], bool] = lambda distribution: True) -> list[Offer]:
    """The packages that offer rules, each once, as the wanted distributions on an import path name them.

    The files are read that importlib.metadata would read; importing that, and having it take every distribution's
    metadata apart, costs three times as long as Python needs to start. It is asked where the path has archives in it.
    Nothing is imported.
    """
    found: dict[str, Offer] = {}
    for directory in dict.fromkeys(path):
        try:
            with os.scandir(directory or ".") as entries:
                names = sorted(e.name for e in entries if e.name.endswith((".dist-info", ".egg-info")))
        except NotADirectoryError:
            from importlib.metadata import distributions

            for each in distributions(path=[directory]):
                if is_wanted(distribution := _normal(each.metadata["Name"] or "")):
                    _offered(distribution, each.read_text("entry_points.txt") or "", found)
            continue
        except OSError:
            continue
        for name in names:
            distribution = _normal(name.rpartition(".")[0].partition("-")[0])
            if not is_wanted(distribution):
                continue
            try:
                with open(os.path.join(directory, name, "entry_points.txt"), encoding="utf-8") as file:
                    _offered(distribution, file.read(), found)
            except (OSError, ValueError):
                continue
    return list(found.values())


def _normal(name: str) -> str:
    """The name of a distribution as its files have it (binary distribution format)."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _offered(distribution: str, entry_points: str, found: dict[str, Offer]) -> None:
    """Adds what the group ``modwsgi_fix.rules`` in an ``entry_points.txt`` offers, by package."""
    group = ""
    if _GROUP not in entry_points:
        return
    for line in map(str.strip, entry_points.splitlines()):
        if line.startswith("["):
            group = line.strip("[] ")
        elif group == _GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, package = line.partition("=")
            found.setdefault(package.strip(), Offer(distribution, name.strip(), package.strip()))


def _import_all(package: ModuleType, listed: Mapping[str, Rule]) -> None:
    """Imports every module of a package and of the packages in it that is not ``listed``; registers those that are."""
    for directory in package.__path__:
        try:
            names = sorted(os.listdir(directory))
        except OSError:  # in an archive
            import pkgutil

            names = [name if is_package else f"{name}.py" for _, name, is_package in pkgutil.iter_modules([directory])]
        for name in names:
            stem, dot, _ = name.partition(".")
            # What the rules of a listed package share is imported by those that need it.
            if not stem.isidentifier() or stem.startswith("_" if listed else "__"):
                continue
            module = f"{package.__name__}.{stem}"
            if name.endswith((".py", ".so", ".pyd")):
                if module in listed:
                    _registry.setdefault(listed[module].name, listed[module])
                else:
                    importlib.import_module(module)
            elif not dot and (
                os.path.isfile(os.path.join(directory, name, "__init__.py")) or not os.path.isdir(directory)
            ):
                _import_all(importlib.import_module(module), listed)


def _listed(package: str) -> dict[str, Rule]:
    """The rules of which a package says in a module ``_words`` what they ask for, by their modules."""
    try:
        words = importlib.import_module(f"{package}._words")
    except ModuleNotFoundError:
        return {}
    return {
        module: _Listed(module, frozenset(names), default=name not in words.OPINIONS)
        for name, names in words.WORDS.items()
        for module in (f"{package}.{name}",)
    }


@cache
def all_rules(*plugins: str) -> dict[str, Rule]:
    """Every rule of this distribution and of the packages that are named, by name, in order of family and name.

    A package offers its rules by an entry point in the group ``modwsgi_fix.rules`` that names the package; each of its
    modules is imported, which runs its code, at once or, where it says what its rules ask for, when one of them is needed.
    So one that is merely installed is not touched. Raises ``NotOffered``, and
    what such a module raises.
    """
    packages = [offer.package for offer in offers(sys.path, lambda distribution: distribution == _OWN)]
    others = offers(sys.path, lambda distribution: distribution != _OWN) if plugins else []
    for name in plugins:
        chosen = [offer.package for offer in others if offer.is_called(name)]
        if not chosen:
            raise NotOffered(name, sorted({offer.name for offer in others}))
        packages += chosen
    for package in packages:
        _import_all(importlib.import_module(package), _listed(package))
    modules = tuple(f"{package}." for package in packages)
    rules = (rule for rule in _registry.values() if rule.module.startswith(modules))
    return {rule.name: rule for rule in sorted(rules, key=lambda rule: (rule.family, rule.name))}


def registered(name: str) -> Rule | None:
    """The rule of that name among all that were loaded so far."""
    return all_rules().get(name) or _registry.get(name)
