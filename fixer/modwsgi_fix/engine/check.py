"""The findings of the rules in a server, without those that comments suppress."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import partial

from modwsgi_fix.collector import collector_off
from modwsgi_fix.engine.in_macros import for_all_uses
from modwsgi_fix.engine.job import Ignored, Job, New, read
from modwsgi_fix.engine.read_later import is_htaccess, worded
from modwsgi_fix.giving_up import go_on
from modwsgi_fix.model.config import Asked, Config
from modwsgi_fix.rule import UNUSED_SUPPRESSION, Diagnostic, Rule, Scope, Severity
from modwsgi_fix.suppressions import Allowed, Suppression, allowed_by_rule, suppressions
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


def check(job: Job, config: Config | None = None) -> list[Diagnostic]:
    """Return the findings of all rules, by file and place, without those that comments suppress."""
    config = config or read(job)
    # Rules are asked once as it is, but whether comments suppress them is asked of each.
    known = config.once((check, config.asked), list[tuple[Job, list[Diagnostic]]])
    found = next((found for other, found in known if other is job), None)
    if found is None:
        found = findings(config, job.rules, job.ignored, job.new)
        known.append((job, found))
    return list(found)


def findings(
    config: Config, rules: Iterable[Rule], ignored: Ignored | None = None, new: New | None = None
) -> list[Diagnostic]:
    """Return what ``check`` does, for a configuration that has been read."""
    kept: dict[tuple[object, ...], Diagnostic] = {}
    used: set[tuple[str, Span, str]] = set()
    rules = list(rules)
    giving_way: list[Diagnostic] = []
    with collector_off():
        for rule in _speaking(config, rules):
            some = unsuppressed(config, rule, used)
            if some and rule.gives_way:
                giving_way += some
                continue
            for one in some:
                kept.setdefault((one.path, one.span, one.rule, one.message), one)
    if giving_way:
        told = sorted((one.path, one.span.start) for one in kept.values() if one.severity is Severity.ERROR)
        kept |= {
            (one.path, one.span, one.rule, one.message): one for one in giving_way if not _is_told(config, one, told)
        }
    order = {path: at for at, path in enumerate([*config.files, *config.scripts])}
    found = [*kept.values(), *_unused(config, rules, used)]
    if ignored is not None:
        found = [d for d in found if not ignored(d.path, d.rule)]
    if new is not None:
        found = new(config, found)
    return sorted(found, key=lambda d: (order.get(d.path, len(order)), d.span, d.rule))


def _is_told(config: Config, one: Diagnostic, told: Sequence[tuple[str, int]]) -> bool:
    """Whether a place (file key and offset; they are in order) is on the line of a finding, or on one that it is joined to."""
    text = config.source(one.path).text
    start = text.rfind("\n", 0, one.span.start) + 1
    while text.endswith(("\\\n", "\\\r\n"), 0, start):
        start = text.rfind("\n", 0, start - 1) + 1
    end = text.find("\n", start) + 1
    while end and text.endswith(("\\\n", "\\\r\n"), start, end):
        end = text.find("\n", end) + 1
    return bisect_left(told, (one.path, start)) < bisect_left(told, (one.path, end or len(text) + 1))


def _run(config: Config, rule: Rule) -> list[Diagnostic]:
    """Return the findings of a rule, which runs once for each state of the server: that is frozen, and rules do no I/O.

    A rule that raises an exception has no findings, and ``Config.failed`` has its error. Raises ``GivenUp`` (``until``).
    """

    def run() -> list[Diagnostic]:
        if _has_nothing_to_say(config, rule):
            return []
        if rule.scope is Scope.FILE and (handed := _handed_on(config, rule)) is not None:
            return handed
        go_on()
        try:
            found = list(rule.check(config.for_rule(rule.name)))
        except Exception as error:
            if os.environ.get("MODWSGI_FIX_TRACEBACK"):
                raise
            config.failed[rule.name] = f"{type(error).__name__}: {error}"
            return []
        if not found:
            return []
        named = (d._replace(rule=rule.name, severity=d.severity or rule.severity) for d in found)
        named = (d._replace(message=worded(d.message)) if is_htaccess(d.path) else d for d in named)
        kept = [d for d in named if not _of_template(config, rule, d)]
        return for_all_uses(config, kept) if config.used and rule.family != "syntax" else kept

    return config.once(_key(config, rule), run)


class _Found(NamedTuple):
    """What a rule of ``Scope.FILE`` found before some changes, and the keys of the files that they touched."""

    findings: list[Diagnostic]
    changed: frozenset[str]


#: What was found before the last changes, by rule: under this key of ``Config.once``.
_EARLIER = "found before a change"


def hand_on(before: Config, after: Config, rules: Iterable[Rule]) -> None:
    """Have rules of ``Scope.FILE`` asked again only about the files that a change touched."""
    was = before.files
    changed = frozenset(key for key, file in after.files.items() if key not in was or was[key].text != file.text)
    earlier: dict[Rule, _Found] = before.once(_EARLIER, dict)
    found: dict[Rule, _Found] = {}
    for rule in rules:
        if rule.scope is Scope.FILE and before.knows(rule):
            found[rule] = _Found(_run(before, rule), changed)
        elif rule in earlier:
            found[rule] = earlier[rule]._replace(changed=earlier[rule].changed | changed)
    after.once(_EARLIER, lambda: found)


def _handed_on(config: Config, rule: Rule) -> list[Diagnostic] | None:
    """Return the findings of a rule that was asked before a change; None where it was not."""
    earlier: dict[Rule, _Found] = config.once(_EARLIER, dict)
    if config.asked is not None or rule not in earlier:
        return None
    found, changed = earlier[rule]
    asked = frozenset(file for key, file in config.files.items() if key in changed)
    again = _run(config.about(Asked(frozenset(), asked)), rule)
    order = {key: at for at, key in enumerate(config.files)}
    kept = [one for one in found if one.path in order and one.path not in changed]
    return sorted((*kept, *again), key=lambda one: order[one.path])


def _has_nothing_to_say(config: Config, rule: Rule) -> bool:
    """Whether a server has none of the names that a rule looks for; its settings may make it look for others."""
    return rule.words is not None and config.lacks(rule.words) and config.for_rule(rule.name) is config


def _speaking(config: Config, rules: list[Rule]) -> list[Rule]:
    """Return the rules that may have something to say: of most it is known by the names alone that they have not."""
    names = config.names
    if not config.lacks(frozenset()):
        return rules
    return [
        rule
        for rule in rules
        if rule.words is None or not names.isdisjoint(rule.words) or config.for_rule(rule.name) is not config
    ]


def _key(config: Config, rule: Rule) -> object:
    """Return what the findings of a rule are remembered by: rules of a narrow scope may be asked about some servers alone."""
    return rule if config.asked is None or rule.scope is Scope.SERVER else (rule, config.asked)


class Silence(NamedTuple):
    """The rules that find nothing in a server, not even what a comment allows; and whether httpd ``accepts`` its lines."""

    rules: Sequence[Rule] = ()
    accepts: bool = False


def silent(config: Config, rules: Iterable[Rule]) -> Silence:
    """Return what there is nothing to say of in a server."""
    from modwsgi_fix.effect.refused import refused_lines

    found = [rule for rule in rules if not _run(config, rule) and rule.name not in config.failed]
    return Silence(found, accepts=not refused_lines(config))


def found_silent(config: Config, silence: Silence) -> None:
    """Note that there is nothing to say of a server, so that rules need not run, and lines need not be judged."""
    for rule in silence.rules:
        config.once(rule, list)
    if silence.accepts:
        from modwsgi_fix.effect.refused import refused_lines

        config.once(refused_lines, list)


def _of_template(config: Config, rule: Rule, d: Diagnostic) -> bool:
    """Whether a finding is an error of httpd's in a template, which httpd never reads before it is filled in."""
    file = config.files.get(d.path)
    if file is None or rule.family != "syntax" or not file.template:
        return False
    return d.severity is Severity.ERROR or file.in_tag(d.span)


def unsuppressed(config: Config, rule: Rule, used: set[tuple[str, Span, str]] | None = None) -> list[Diagnostic]:
    """Return the findings of a rule without those that comments suppress; the comments that do are added to ``used``."""
    if not _run(config, rule):
        return []
    kept, allowed = _split(config, rule)
    if used is not None:
        used.update((found.path, hit.span, hit.name) for found, hits in allowed for hit in hits)
    return kept


def suppressed(job: Job, config: Config) -> list[tuple[Diagnostic, tuple[Suppression, ...]]]:
    """Return the findings of all rules that comments suppress, by file and place, each with these comments."""
    once: dict[tuple[object, ...], tuple[Diagnostic, tuple[Suppression, ...]]] = {}
    for rule in job.rules:
        for one, hits in _split(config, rule)[1]:
            if job.ignored is None or not job.ignored(one.path, one.rule):
                once.setdefault((one.path, one.span, one.rule, one.message), (one, hits))
    order = {path: at for at, path in enumerate(config.files)}
    return sorted(once.values(), key=lambda pair: (order[pair[0].path], pair[0].span, pair[0].rule))


#: The findings of a rule that no comment suppresses, and those that comments do.
_Split = tuple[list[Diagnostic], list[tuple[Diagnostic, tuple[Suppression, ...]]]]


def _split(config: Config, rule: Rule) -> _Split:
    return config.once((_split, _key(config, rule)), lambda: _computed_split(config, rule))


def _computed_split(config: Config, rule: Rule) -> _Split:
    kept, suppressed = list[Diagnostic](), list[tuple[Diagnostic, tuple[Suppression, ...]]]()
    for found in _run(config, rule):
        allowed = config.once((allowed_by_rule, found.path), partial(_allowed, config, found.path)).get(rule.name)
        hits = allowed.at(found.span.start) if allowed is not None else []
        if hits:
            suppressed.append((found, tuple(hits)))
        else:
            kept.append(found)
    return kept, suppressed


def _allowed(config: Config, path: str) -> dict[str, Allowed]:
    file = config.files.get(path)
    return allowed_by_rule(file.tree) if file is not None else {}


def _unused(config: Config, rules: Sequence[Rule], used: set[tuple[str, Span, str]]) -> list[Diagnostic]:
    ran = {rule.name for rule in rules}
    return [
        Diagnostic(
            path,
            s.span,
            f"nothing is found here for {s.name}; the comment can go",
            severity=UNUSED_SUPPRESSION.severity,
            rule=UNUSED_SUPPRESSION.name,
        )
        for path, file in config.files.items()
        if "modwsgi-fix:" in file.text
        for s in suppressions(file.tree)
        if s.name in ran and (path, s.span, s.name) not in used
    ]
