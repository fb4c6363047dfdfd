"""From a request to a plan: settings looked up, names of rules checked, one job made for each server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job
from modwsgi_fix.files import MISSING, FileProblem, working_directory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.chosen import Chosen, chosen, selecting
from modwsgi_fix.workspace.disk import Configurations
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.root import find_servers
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.selection import Selection, check_selectors, fixable, matched, matcher, selected
from modwsgi_fix.workspace.settings import Settings, find, load, parse_target, read_table

if TYPE_CHECKING:
    from modwsgi_fix.engine.job import New
    from modwsgi_fix.workspace.baseline import Baseline


#: Whether a file is meant, by its absolute path, and the names of the rules that are ignored in it.
_FileIgnores = tuple[Callable[[str], bool], frozenset[str]]


class Wanted(NamedTuple):
    """What is to be read, and how. A field that is None is left to the settings.

    ``overlay`` maps paths to texts that stand in for files; ``unnamed`` says that its one text has no file. ``settings`` is the
    path of a settings file, or its content as a table; None looks for a file upward from the first path, an empty table means
    no settings. ``target`` are words as ``httpd=2.4``. ``as_httpd`` reads every named file as httpd's; ``denies`` is as
    ``Source.denies``. ``no_scripts`` leaves WSGI scripts out; ``baseline`` is the path of a file of known findings.
    ``per_file_ignores`` are words as ``PATTERN:NAMES``; with ``force_exclude`` files that are named are excluded, too.
    ``only`` are files, virtual hosts and rules. ``reached`` are the keys of the files that servers read, by main file, as far as
    that is known.
    """

    paths: tuple[str, ...]
    overlay: Mapping[str, str] | None = None
    unnamed: bool = False
    settings: str | Mapping[str, Any] | None = None
    level: Applicability | None = None
    selection: Selection = Selection()
    exclude: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    root: str | None = None
    as_httpd: bool = False
    denies: str = ""
    no_scripts: bool = False
    #: Packages of other people's rules, in addition to those of the settings.
    plugins: tuple[str, ...] = ()
    baseline: str | None = None
    per_file_ignores: tuple[str, ...] = ()
    force_exclude: bool = False
    only: tuple[str, ...] = ()
    reached: Mapping[str, frozenset[str]] = MappingProxyType({})

    @property
    def words(self) -> str:
        """The words of a command line for this, quoted for a shell."""
        import shlex

        settings = self.settings if isinstance(self.settings, str) else None
        options = [("--root", self.root), *(("--target", one) for one in self.target)]
        options += [("--assume-deny", self.denies), ("--config", settings)]
        words = [word for name, value in options if value for word in (name, value)]
        words += ["--isolated"] if self.settings == {} else []
        return shlex.join([*words, *self.paths])


class Plan(NamedTuple):
    """A request with the settings applied: one job for each server.

    ``on`` are the rules that run. ``scripts`` is the job on WSGI scripts that were named, for those that no server mounts;
    ``allowed`` are named paths of scripts, as (what to show, key); ``problems`` the paths that cannot be read. Findings in
    ``baseline`` are neither reported nor fixed. ``chosen`` says which findings are. ``excluded`` says that nothing is left of
    what was named.
    """

    settings: Settings
    jobs: tuple[Job, ...]
    target: Target
    level: Applicability
    root: str | None
    on: frozenset[str]
    denies: str
    scripts: Job | None
    allowed: tuple[tuple[str, str], ...]
    problems: tuple[FileProblem, ...]
    baseline: Baseline | None = None
    chosen: Chosen = Chosen()
    excluded: bool = False

    @property
    def all_jobs(self) -> list[Job]:
        """Return the jobs, with the one on scripts, whether a server mounts them or not."""
        return [*self.jobs, *([self.scripts] if self.scripts is not None else [])]


def plan(wanted: Wanted, *, looks_only: bool = False) -> Plan:
    """Return the plan of a request; with ``looks_only`` no rule is to run, and none is imported.

    Raises what ``errors.explain`` explains; nothing is read but settings, names, and files that are named.
    """
    paths = wanted.paths
    if not paths:
        raise Stop("no configuration: name directories or files")
    directory = working_directory()
    settings = _settings(wanted, directory)
    plugins = tuple(dict.fromkeys((*wanted.plugins, *settings.plugins)))
    settings = settings._replace(plugins=plugins)
    rules = {} if looks_only else known_rules(*plugins)
    selection = wanted.selection
    for given in (selection.select or (), selection.fixable or ()):
        check_selectors(given, rules)
    check_selectors([*selection.extend_select, *selection.ignore, *selection.unfixable], rules)
    on = selected(rules, [settings.selection, selection])
    said = wanted.root or (settings.root if wanted.settings else None)
    found, seen = find_servers(
        Configurations(),
        paths,
        said,
        settings,
        wanted.overlay,
        as_httpd=wanted.as_httpd,
        unnamed=wanted.unnamed,
        reached=wanted.reached,
    )
    for problem in found.problems:
        # A path that does not exist is a typing error, and the whole run may be meant differently.
        if problem.path in paths and problem.reason == MISSING:
            raise problem
    if looks_only or wanted.no_scripts:
        found = found._replace(scripts=None, allowed=())
    excluded = matcher(settings.exclude, settings.base), matcher(wanted.exclude, directory)
    denies = wanted.denies or settings.denies
    named = frozenset(name.casefold() for name in settings.directives)
    sources = [
        left._replace(
            denies="" if source.complete else denies,
            directives=named,
            without_scripts=wanted.no_scripts,
        )
        for source in found.sources
        if (left := _without(source, excluded, force=wanted.force_exclude)) is not None
    ]
    root = wanted.root or settings.root or ("/" if seen else None)
    # A server's scripts may be changed where they, or their directory, were named, too.
    sources = [source._replace(given=(*source.given, *found.allowed)) for source in sources]
    level = wanted.level or settings.fix_level or Applicability.REPAIR
    cured = fixable(rules, [settings.selection, selection])
    target = parse_target(wanted.target, settings.target)
    if target.is_22 and denies == "2.4":
        raise Stop("assume-deny 2.4 and target httpd=2.2 exclude each other: httpd 2.2 has no Require all denied")
    baseline, new = _baseline(wanted.baseline)
    choice = chosen(wanted.only, rules)
    ignores = _per_file_ignores(wanted.per_file_ignores, settings, rules, directory)

    def job(source: Source) -> Job:
        return Job(
            source,
            [rule if rule.name in cured else _unfixable(rule) for rule in rules.values() if rule.name in on],
            target,
            seen,
            settings.rules,
            _ignored(ignores, rules, on, source, excluded, force=wanted.force_exclude),
            new=_both(new, selecting(choice, source.files.key)),
        )

    return Plan(
        settings, tuple(map(job, sources)), target, level, root, on, denies,
        None if found.scripts is None else job(found.scripts), found.allowed, found.problems, baseline, choice,
        excluded=bool(found.sources) and not sources and not found.problems and found.scripts is None,
    )  # fmt: skip


def _baseline(path: str | None) -> tuple[Baseline | None, New | None]:
    """Return the baseline in a file, and a function that selects the findings that it does not have; None without a file."""
    if path is None:
        return None, None
    from modwsgi_fix.workspace.baseline import new_to, read_baseline

    baseline = read_baseline(path)
    return baseline, new_to(baseline)


def _settings(wanted: Wanted, directory: str) -> Settings:
    """Return the settings, checked against the known rules."""
    if isinstance(wanted.settings, Mapping):
        return (
            read_table(wanted.settings, known_rules(*wanted.plugins), directory)
            if wanted.settings
            else Settings(base=directory)
        )
    found = wanted.settings or find(wanted.paths[0])
    return load(found, known_rules(*wanted.plugins)) if found else Settings(base=directory)


def _both(first: New | None, second: New | None) -> New | None:
    """Return a function that selects the findings which two such functions select."""
    if first is None or second is None:
        return first or second
    return lambda config, found: second(config, first(config, found))


def _without(source: Source, excluded: Sequence[Callable[[str], bool]], *, force: bool) -> Source | None:
    """Return a source without the fragments that are excluded; a file named by itself only where that is forced.

    None where that leaves nothing of a source whose files were all named by themselves.
    """
    named = set() if force else {key for _, key in source.given}
    if source.complete:
        return source
    entries = tuple(
        path
        for path in source.entries
        if (key := source.files.key(path)) in named or not any(matches(key) for matches in excluded)
    )
    if not entries:
        if force:
            return None
        raise Stop(f"{source.given[0][0]}: all configuration files in it are excluded")
    return source._replace(entries=entries)


def _per_file_ignores(
    words: Iterable[str], settings: Settings, rules: Mapping[str, Rule], directory: str
) -> list[_FileIgnores]:
    """Return the rules to ignore in files that match: those of the settings, then those of ``PATTERN:NAMES`` words."""
    ignores = [
        (matcher([pattern], settings.base), matched(names, rules))
        for pattern, names in settings.per_file_ignores.items()
    ]
    for word in words:
        pattern, _, said = word.rpartition(":")
        names = [name.strip() for name in said.split(",") if name.strip()]
        if not pattern or not names:
            raise Stop(f"--per-file-ignores {word}: expected PATTERN:NAMES, such as sites/*.conf:access,syntax")
        ignores.append((matcher([pattern], directory), matched(check_selectors(names, rules), rules)))
    return ignores


def _ignored(
    ignores: Sequence[_FileIgnores],
    rules: Mapping[str, Rule],
    on: frozenset[str],
    source: Source,
    excluded: Sequence[Callable[[str], bool]],
    *,
    force: bool,
) -> Callable[[str, str], bool]:
    named = set() if force else {key for _, key in source.given}

    def ignored(path: str, rule: str) -> bool:
        if rule in rules and rule not in on:
            return True
        if source.named_only and not source.writable(path):
            return True
        if path not in named and any(matches(path) for matches in excluded):
            return True
        return any(rule in names and matches(path) for matches, names in ignores)

    return ignored


def _unfixable(rule: Rule) -> Rule:
    """Return a rule that reports the same without fixes."""

    def report(config: Config) -> Iterator[Diagnostic]:
        for diagnostic in rule.check(config):
            yield diagnostic._replace(fix=None)

    return rule.with_check(report)
