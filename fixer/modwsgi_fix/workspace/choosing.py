"""Some of the fixes of a session, as a person chose them, and the changes to them that the person made by hand.

A fix may be right only after another one. So what was chosen is not cut out of the result of all fixes: the engine runs again,
with these fixes and no others, and measures each of them as it always does. Only where that gives the very text that was shown
is it what was chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.engine import Fixed, Job, Made, Rewritten, check, read
from modwsgi_fix.engine.choice import fault, fault_of_script
from modwsgi_fix.model.config import Config
from modwsgi_fix.workspace import discretion
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.session import Mended, Session, mended, mended_report
from modwsgi_fix.workspace.single import judges

_UNWRITTEN = "no file was changed"


def some_of(session: Session, done: Mended, refused: Collection[Made], texts: Mapping[str, str]) -> Mended:
    """Return the outcome without the fixes that were refused, if it leaves the files with ``texts`` (by key) and no others.

    Raises ``Stop`` where the other fixes are not made without these.
    """
    chosen = {one.made for one in done.report.fixed}.difference(refused)
    some = mended(session, only=chosen)
    if {file.path: file.after for file in some.files} == texts:
        return some
    made = {one.made for one in some.report.fixed}
    for fix in done.report.fixed:
        if fix.made in chosen - made:
            held = next(
                (one.reason for one in some.report.withheld if (one.rule, one.path) == (fix.rule, fix.path)), ""
            )
            because = f": {held}" if held else ""
            raise Stop(f"{fix.name}: {fix.rule} is not made without what was not taken{because}; {_UNWRITTEN}")
    raise Stop(f"what was taken comes out differently without what was not taken; {_UNWRITTEN}")


def by_hand(session: Session, some: Mended, files: Sequence[Rewritten]) -> Mended:
    """Return the outcome with files as somebody changed them. Raises ``Stop`` where no fix would be made so.

    They are read by both readers, and their effect on visitors is measured as that of one fix, of the levels and rules of
    all that were chosen.
    """
    outcomes = tuple(
        _by_hand(session, job, config, outcome, files)
        for job, config, outcome in zip(session.plan.jobs, session.configs, some.outcomes, strict=True)
    )
    return Mended(outcomes, mended_report(session, outcomes), tuple(files), some.conflicts)


def _by_hand(session: Session, job: Job, config: Config, outcome: Fixed, files: Sequence[Rewritten]) -> Fixed:
    mine = tuple(file for file in files if file.path in config.files or file.path in config.scripts)
    if not mine:
        return outcome
    after = read(job, {file.path: file.after for file in mine})
    from modwsgi_fix.engine.gate import fewer_refusals

    opinion, proof = judges(session, config)
    for file in mine:
        if file.path in config.scripts:
            reason = fault_of_script(file.before, file.after)
        else:
            reason = fault(config.files[file.path], after.files[file.path].tree, opinion)
        if reason is not None:
            raise Stop(f"{file.name}: as edited, {reason}; {_UNWRITTEN}")
    whole = Fix(
        "Make what was chosen",
        tuple(edit for file in mine for edit in file.edits),
        max((one.fix.applicability for one in outcome.applied), default=Applicability.SAFE),
        publishes=tuple(pair for one in outcome.applied for pair in one.fix.publishes),
    )
    rules = {one.rule for one in outcome.applied}
    changes = frozenset[str]().union(*(rule.changes for rule in job.rules if rule.name in rules))
    # An edit that lets httpd start is admitted whatever it does: then what was edited is measured against the fixes as made.
    effect = proof(outcome.after if fewer_refusals(config, after) else config, after, whole, changes)
    if effect is not None:
        raise Stop(f"{mine[0].name}: as edited, {discretion.text(effect, config, after)}; {_UNWRITTEN}")
    return outcome._replace(files=mine, left=tuple(check(job, after)), after=after)
