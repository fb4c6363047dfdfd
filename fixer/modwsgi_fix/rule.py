"""Rules: functions from a configuration to findings, registered by a decorator.

A rule's module docstring is its manual page; the module's name with dashes is the rule's name, the folder its family.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum, IntEnum
from functools import cache
from types import ModuleType
from typing import Any

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class Severity(IntEnum):
    """How bad it is, as ``--fail-level`` orders it."""

    #: Worth knowing; nothing need change.
    INFO = 1
    #: Works, but not as meant, or not for long.
    WARNING = 2
    #: httpd refuses to start, requests fail, or something is served that must not be.
    ERROR = 3

    @property
    def label(self) -> str:
        """The severity's name for people and settings: ``info``, ``warning`` or ``error``."""
        return self.name.lower()


class Rank(IntEnum):
    """How much a finding matters to people; a report for people begins with the first rank."""

    #: httpd refuses to start.
    START = 1
    #: Visitors get the wrong thing.
    ANSWER = 2
    #: Something can be fetched, or reached, that should not be.
    EXPOSED = 3
    #: All else.
    HYGIENE = 4


class Scope(Enum):
    """What the findings of a rule at a place depend on. What it is asked about again after a change follows from that."""

    #: The text of the file. The rule goes through ``model.lines.files``.
    FILE = "file"
    #: The virtual host, what is outside of hosts, hosts that share words with it, and which directives the server has at all. The
    #: rule passes over servers that ``Config.asks`` is false of, or asks for items by ``Config.asked_about``.
    HOST = "host"
    #: Any host may matter to any other.
    SERVER = "server"


class Related(NamedTuple):
    """Another place that explains a finding ("first defined here")."""

    path: str
    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One finding. ``path`` is a file key of ``Config.files``, ``span`` what to underline there.

    ``message`` is one sentence in lower case without a full stop, of at most 100 characters where the names in it are of
    usual length: it says what happens. ``help`` says what to do, in the same form; it is empty where the fix says so.
    ``fix`` is None where the rule cannot be sure. The engine fills in ``rule``, and ``severity`` where it is None.
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
        scope: Scope = Scope.SERVER,
    ) -> None:
        self.name = name
        self.family = family
        self.check = check
        self.severity = severity
        self.page = page
        self.default = default
        #: The settings that it reads through ``Config.setting``.
        self.settings = settings
        #: The effects that its fixes may have on visitors (``effect.Effect``); any other is withheld below UNSAFE.
        self.changes = changes
        #: The rank of its errors and warnings, where family and severity do not decide it (``workspace.ranking``).
        self.rank = rank
        #: Whether its findings are left out on lines where another rule has an error, which says what is wrong there.
        self.gives_way = gives_way
        #: What its findings depend on.
        self.scope = scope
        #: Names of directives and sections in lower case: where a server has none of them, the rule has nothing to say.
        #: None where it must be asked of every server. The module ``_words`` of a rule package has these names.
        self.words: frozenset[str] | None = None

    @property
    def module(self) -> str:
        """The name of the module that the rule comes from, else of the module of its check."""
        return self.check.__module__

    @property
    def package(self) -> str:
        """The name of the package that the rule comes from."""
        return self.module.partition(".")[0]

    def with_check(self, check: Check) -> Rule:
        """Return the same rule with another check, which runs on every server."""
        return Rule(
            self.name, self.family, check, self.severity, self.page,
            default=self.default, settings=self.settings, changes=self.changes, rank=self.rank, gives_way=self.gives_way,
            scope=self.scope,
        )  # fmt: skip

    def setting(self, name: str) -> Setting[Any] | None:
        """Return the rule's setting of that name; None where it has none."""
        return next((setting for setting in self.settings if setting.name == name), None)

    @property
    def summary(self) -> str:
        """The first line of the manual page."""
        return self.page.strip().partition("\n")[0]


#: The attributes of a rule that its module has to be imported for.
_TOLD_BY_MODULE = ("check", "severity", "page", "settings", "changes", "rank", "gives_way", "scope")


class _Listed(Rule):
    """A rule that a package's ``_words`` lists with the names it needs. Its module is imported with the first other use."""

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
        """Import the module for an attribute that only the module knows."""
        if attribute not in _TOLD_BY_MODULE:
            raise AttributeError(attribute)
        importlib.import_module(self._module)
        told = _registry[self.name]
        for each in _TOLD_BY_MODULE:
            setattr(self, each, getattr(told, each))
        return getattr(self, attribute)


#: Findings of the engine itself, which are selected, ignored and documented as those of a rule are.
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
    scope: Scope = Scope.SERVER,
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
            scope=scope,
        )  # fmt: skip
        return check

    return register


class Offer(NamedTuple):
    """A package of rules that a distribution offers by an entry point. ``distribution`` is its name as files have it."""

    distribution: str
    name: str
    package: str

    def is_called(self, name: str) -> bool:
        """Whether a name is the distribution's, the entry point's or the package's: a user may write any of them."""
        return name in (self.name, self.package) or _normal(name) == self.distribution


class NotOffered(LookupError):
    """No installed distribution offers rules under that name; ``known`` are the names of those that do."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no installed package offers rules as {name}")
        self.name = name
        self.known = tuple(known)


def offers(path: Sequence[str], is_wanted: Callable[[str], bool] = lambda distribution: True) -> list[Offer]:
    """Return the packages that offer rules, each once, as the wanted distributions on an import path name them.

    Nothing is imported. This reads the files that importlib.metadata would read, because importing importlib.metadata and
    having it parse every distribution's metadata takes three times as long as Python needs to start. importlib.metadata is
    asked only where the path has archives in it.
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
    """Return the name of a distribution as its files have it (binary distribution format)."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _offered(distribution: str, entry_points: str, found: dict[str, Offer]) -> None:
    """Add the offers of the group ``modwsgi_fix.rules`` in an ``entry_points.txt`` to ``found``, by package."""
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
    """Import every module of a package and its subpackages that is not ``listed``, and register the rules that are."""
    for directory in package.__path__:
        try:
            names = sorted(os.listdir(directory))
        except OSError:  # in an archive
            import pkgutil

            names = [name if is_package else f"{name}.py" for _, name, is_package in pkgutil.iter_modules([directory])]
        for name in names:
            stem, dot, _ = name.partition(".")
            # A module that rules of a listed package share is imported by the rules that need it.
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
    """Return the rules that the module ``_words`` of a package lists with the names they need, by module."""
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
    """Return every rule of this distribution and of the packages that are named, by name, ordered by family and name.

    A package offers its rules by an entry point in the group ``modwsgi_fix.rules`` that names the package; each of its
    modules is imported, which runs its code: at once or, where ``_words`` lists the rules, when one of them is needed.
    A package that is installed and not named is not touched. Raises ``NotOffered``, and any exception of such a module.
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
    """Return the rule of that name among all that were loaded so far; None where there is none."""
    return all_rules().get(name) or _registry.get(name)
