"""Which fixes of one rule may be made in one pass, and why the others may not.

The questions come in this order: where the edits lie; whether they suit every reading of a file, and each other; whether
the syntax is sound afterwards; and what they do to visitors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter

from modwsgi_fix.edits import Applicability, Edit, apply, compatible, overlap
from modwsgi_fix.engine.check import unsuppressed
from modwsgi_fix.engine.job import Job, Opinion
from modwsgi_fix.engine.outcome import Withheld
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.items import File
from modwsgi_fix.model.outside import looks_outside, tells
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.syntax import Tree, parse
from modwsgi_fix.text import Span

#: The fixes that were not made, by rule, file and line of their findings.
Held = dict[tuple[str, str, int], Withheld]

#: Says for each group of findings which forbidden effect on visitors their fixes, all made at once, would have; None for
#: no such effect.
Effect = Callable[[Sequence[Sequence[Diagnostic]]], Sequence[str | None]]


def candidates(job: Job, config: Config, rule: Rule, level: Applicability, held: Held) -> list[Diagnostic]:
    """Return the findings of a rule whose fixes are of this level or a lower one, and lie where edits are allowed."""
    free = []
    # Findings may share one fix of many edits, which is weighed once.
    obstacles: dict[int, str | None] = {}
    found = unsuppressed(config, rule)
    for diagnostic in found if job.new is None else job.new(config, found):
        if diagnostic.fix is None or diagnostic.fix.applicability > level:
            continue
        if job.ignored is not None and job.ignored(diagnostic.path, rule.name):
            continue
        if job.shipped(config.source(diagnostic.path)):
            continue
        if id(diagnostic.fix) not in obstacles:
            obstacles[id(diagnostic.fix)] = _obstacle(config, rule, diagnostic, job)
        reason = obstacles[id(diagnostic.fix)]
        if reason is None:
            free.append(diagnostic)
        else:
            _withhold(held, config, diagnostic, reason, is_bug=False)
    return free


class Reading:
    """The files after fixes, parsed to see whether they are sound; the last text of each is kept, as it is mostly made next."""

    def __init__(self, opinion: Opinion | None) -> None:
        self.opinion = opinion
        #: The last text of each file and its tree, by the key of the file.
        self.trees: dict[str, Tree] = {}

    def of(self, path: str, text: str) -> Tree:
        """Return the tree of a file's text."""
        tree = self.trees.get(path)
        if tree is None or tree.source != text:
            tree = self.trees[path] = parse(text)
        return tree


def choose(
    config: Config, rule: Rule, free: Sequence[Diagnostic], reading: Reading, effect: Effect | None, held: Held
) -> list[Diagnostic]:
    """Return the findings whose fixes are made in this pass: they fit together, and nothing stands against them."""
    chosen = _sound(config, _together(config, rule, free, held), reading, held)
    return chosen if effect is None else _harmless(config, chosen, effect, held)


def _together(config: Config, rule: Rule, free: Sequence[Diagnostic], held: Held) -> list[Diagnostic]:
    """Return the findings whose fixes suit every reading and can be made at once."""
    # A file that is read more than once is edited only where each reading asks for the same edits.
    repeated = {path: file.readings for path, file in config.files.items() if file.readings > 1}
    votes = Counter(d.fix.edits for d in free if d.fix and repeated)
    sound = []
    for d in free:
        assert d.fix is not None
        readings = max((repeated.get(e.path, 1) for e in d.fix.edits), default=1) if repeated else 1
        if readings > 1 and not (rule.family == "syntax" or d.fix.every_reading or votes[d.fix.edits] >= readings):
            reason = "the file is included more than once, and the fix is right for one only"
            _withhold(held, config, d, reason, is_bug=False)
        elif overlap(d.fix):
            _withhold(held, config, d, "its edits overlap", is_bug=True)
        else:
            sound.append(d)
    fitting = set(compatible(d.fix for d in sound if d.fix))
    return [d for d in sound if d.fix in fitting]


def _sound(config: Config, fitting: list[Diagnostic], reading: Reading, held: Held) -> list[Diagnostic]:
    """Return the findings whose fixes leave no new syntax error, and nothing that the opinion objects to."""
    if all(_objection(config, path, edits, reading) is None for path, edits in edits_by_path(fitting).items()):
        return fitting
    approved = []
    for d in fitting:
        objections = (_objection(config, path, edits, reading) for path, edits in edits_by_path([d]).items())
        if reason := next((o for o in objections if o), None):
            _withhold(held, config, d, reason, is_bug=True)
        else:
            approved.append(d)
    # Sound one by one and not together: the first goes ahead, the others are tried again in the next round.
    return approved if len(approved) < len(fitting) else approved[:1]


def _harmless(config: Config, chosen: list[Diagnostic], effect: Effect, held: Held) -> list[Diagnostic]:
    """Return the findings whose fixes have no effect on visitors but those that their level and rule allow."""
    levels = {d.fix.applicability for d in chosen if d.fix is not None}
    if not chosen or (len(levels) == 1 and effect([chosen]) == [None]):
        return chosen
    guilty = set()
    for d, reason in zip(chosen, effect([[d] for d in chosen]), strict=True):
        if reason is not None:
            guilty.add(d.fix)
            _withhold(held, config, d, reason, is_bug=False)
    # Harmless one by one and not together: one at a time.
    return [d for d in chosen if d.fix not in guilty] if guilty else chosen[:1]


def _obstacle(config: Config, rule: Rule, diagnostic: Diagnostic, job: Job) -> str | None:
    """Return why a fix must not be applied, in words for the user; None when nothing stands against it."""
    assert diagnostic.fix is not None
    outside = looks_outside(config)
    for path, span, text in diagnostic.fix.edits:
        file = config.source(path)
        if not file.writable:
            return f"{file.name} is outside the given paths"
        if outside and tells(config, [text], rule.page):
            return "it would copy what a file outside the given paths says"
        if job.ignored is not None and job.ignored(path, ""):
            return f"{file.name} is excluded"
        if job.shipped(file):
            return f"{file.name} is as its package ships it; name it to change it"
        if not isinstance(file, File):
            continue
        if file.tags and file.in_tag(span):
            return "it would change a tag of the template"
        untrusted = file.tree.untrusted if rule.family != "syntax" else ()
        if untrusted and any(_inside(span, region) for region in untrusted):
            return "it lies in a section that is broken, or whose text cannot be seen through"
    return None


def _inside(span: Span, region: Span) -> bool:
    """Whether an edit disturbs a region: it does unless it lies wholly before or after the region."""
    return span.start < region.end and region.start < span.end if span.start != span.end else (
        region.start < span.start < region.end
    )  # fmt: skip


def _objection(config: Config, path: str, edits: Sequence[Edit], reading: Reading) -> str | None:
    file = config.files.get(path)
    if file is None:
        return _objection_of_python(config, path, edits)
    return fault(file, reading.of(path, apply(file.text, edits)), reading.opinion)


def fault(file: File, after: Tree, opinion: Opinion | None) -> str | None:
    """Return the new syntax error in a file, or what an opinion has against it; None where it is sound."""
    was, now = Counter(p.kind for p in file.tree.problems), Counter(p.kind for p in after.problems)
    if sum(now.values()) > sum(was.values()) or (not was and now):
        return f"it would leave a syntax error: {next(iter(now))}"
    return opinion(file.name, file.tree, after) if opinion is not None and not was else None


def _objection_of_python(config: Config, path: str, edits: Sequence[Edit]) -> str | None:
    """Return why Python would refuse a script after fixes that it accepted before; None where it would not."""
    script = config.scripts.get(path)
    return None if script is None else fault_of_script(script.text, apply(script.text, edits))


def fault_of_script(before: str, after: str) -> str | None:
    """Return why Python would refuse a script that it accepted before; None where it would not."""
    from modwsgi_fix.script.faults import fault_of

    if fault_of(before) is not None:
        return None
    refusal = fault_of(after)
    return None if refusal is None else f"it would leave a script that Python does not take: {refusal}"


def edits_by_path(chosen: Sequence[Diagnostic]) -> dict[str, list[Edit]]:
    """Return the edits in the fixes of these findings, those of a shared fix once, by the keys of the files."""
    # Several findings may share one fix.
    fixes = dict.fromkeys(d.fix for d in chosen if d.fix)
    return grouped([edit for fix in fixes for edit in fix.edits], attrgetter("path"))


def _withhold(held: Held, config: Config, d: Diagnostic, reason: str, *, is_bug: bool) -> None:
    file = config.source(d.path)
    line = file.lines.position(d.span.start).line
    assert d.fix is not None
    held.setdefault((d.rule, d.path, line), Withheld(d.rule, d.fix.title, d.path, file.name, line, reason, is_bug))
