"""From a request to a plan: settings looked up, names of rules checked, one job made for each server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from modwsgi_fix.cli.disk import Configurations
from modwsgi_fix.cli.errors import Stop
from modwsgi_fix.cli.request import Request
from modwsgi_fix.cli.root import find_servers
from modwsgi_fix.cli.rules import known_rules
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job
from modwsgi_fix.files import MISSING, FileProblem, working_directory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.settings import (
    Settings,
    check_selectors,
    find,
    fixable,
    load,
    matched,
    matcher,
    parse_target,
    selected,
)


class Plan(NamedTuple):
    """A request with the settings applied: one job for each server.

    ``scripts`` is the job on WSGI scripts that were named, which no server may turn out to mount; ``allowed`` are the
    keys of paths that hold scripts; ``problems`` the paths that cannot be read.
    """

    request: Request
    settings: Settings
    jobs: tuple[Job, ...]
    target: Target
    level: Applicability
    root: str | None
    on: frozenset[str]
    scripts: Job | None
    allowed: tuple[tuple[str, str], ...]
    problems: tuple[FileProblem, ...]

    @property
    def all_jobs(self) -> list[Job]:
        """Also the one on scripts, whether a server mounts them or not."""
        return [*self.jobs, *([self.scripts] if self.scripts is not None else [])]


def plan(request: Request, stdin: str | None = None) -> Plan:
    """Return what a request comes to; ``stdin`` is what stands on standard input, where that is asked about.

    Raises what ``errors.explain`` explains; nothing is read but settings, names, and files that are named.
    """
    rules = known_rules()
    paths: Sequence[str] = request.paths
    if stdin is not None:
        paths = [request.stdin_name or "stdin.conf"]
    here = working_directory()
    settings = Settings(base=here)
    if not request.isolated and (found := request.config or find(paths[0])):
        settings = load(found, rules)
    for given in (request.selection.select or (), request.selection.fixable or ()):
        check_selectors(given, rules)
    selection = request.selection
    check_selectors([*selection.extend_select, *selection.ignore, *selection.unfixable], rules)
    on = selected(rules, [settings.selection, selection])
    said = request.root or (settings.root if request.config else None)
    texts = None if stdin is None else {paths[0]: stdin}
    there, seen = find_servers(
        Configurations(), paths, said, settings, texts, as_httpd=request.as_httpd, unnamed=request.stdin_name is None
    )
    for problem in there.problems:
        # A word that names nothing is a slip of the hand, and all of the run may be meant otherwise.
        if problem.path in paths and problem.reason == MISSING:
            raise problem
    excluded = matcher(settings.exclude, settings.base), matcher(request.exclude, here)
    sources = [
        replace(_without(source, excluded), denies="" if source.complete else request.denies or settings.denies)
        for source in there.sources
    ]
    root = request.root or settings.root or ("/" if seen else None)
    # A server's scripts are to be changed where they were named, too, or the directory that they lie in.
    sources = [replace(source, given=(*source.given, *there.allowed)) for source in sources]
    level = request.level or (Applicability.SAFE if stdin is not None else settings.fix_level) or Applicability.REPAIR
    cured = fixable(rules, [settings.selection, selection])
    target = parse_target(request.target, settings.target)

    def job(source: Source) -> Job:
        return Job(
            source,
            [rule if rule.name in cured else _unfixable(rule) for rule in rules.values() if rule.name in on],
            target,
            seen,
            settings.rules,
            _ignored(settings, rules, on, source, excluded),
        )

    return Plan(
        request, settings, tuple(map(job, sources)), target, level, root, on,
        None if there.scripts is None else job(there.scripts), there.allowed, there.problems,
    )  # fmt: skip


def _without(source: Source, excluded: Sequence[Callable[[str], bool]]) -> Source:
    """Return a source without the fragments that are excluded; a file named by itself is never excluded."""
    named = {key for _, key in source.given}
    if source.complete:
        return source
    entries = tuple(
        path
        for path in source.entries
        if (key := source.files.key(path)) in named or not any(matches(key) for matches in excluded)
    )
    if not entries:
        raise Stop(f"{source.given[0][0]}: all configuration files in it are excluded")
    return replace(source, entries=entries)


def _ignored(
    settings: Settings,
    rules: Mapping[str, Rule],
    on: frozenset[str],
    source: Source,
    excluded: Sequence[Callable[[str], bool]],
) -> Callable[[str, str], bool]:
    named = {key for _, key in source.given}
    ignores = [
        (matcher([pattern], settings.base), matched(names, rules))
        for pattern, names in settings.per_file_ignores.items()
    ]

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
    """Return a rule that only reports."""
    found = rule.check

    def report(config: Config) -> Iterator[Diagnostic]:
        for diagnostic in found(config):
            yield replace(diagnostic, fix=None)

    return replace(rule, check=report)
