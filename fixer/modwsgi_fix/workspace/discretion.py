"""Records of a run, without secrets (``model.secrets``) and without the words of files outside the named paths.

Every finding, fix, trace and change becomes a plain value here before it is shown, so that no format need know a server, or
what must not be shown of it (``model.outside``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from modwsgi_fix import records
from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.engine import Applied, Fixed, Withheld
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Item, Script
from modwsgi_fix.model.outside import NOT_SHOWN, looks_outside, tells, veiled
from modwsgi_fix.model.secrets import has_secrets, masked
from modwsgi_fix.model.servers import label
from modwsgi_fix.records import UNNAMED, FileText, Finding, Place, Suppressed
from modwsgi_fix.rule import UNUSED_SUPPRESSION, Diagnostic, Related, Severity, registered
from modwsgi_fix.suppressions import Suppression
from modwsgi_fix.text import Span, shortened
from modwsgi_fix.workspace.ranking import rank

if TYPE_CHECKING:
    from modwsgi_fix.effect.exposure import Exposed
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.effect.starting import Start
    from modwsgi_fix.model.merge.world import Step
    from modwsgi_fix.model.request import Outcome, Trace


#: The most characters of a message, a help and a fix's title; and of the reason for a fix's level, or why it is withheld. With
#: names of usual length none is so long, but a name may be as long as its file.
MESSAGE, REASON = 300, 500


def finding(
    diagnostic: Diagnostic,
    config: Config,
    level: Applicability | None = None,
    after: tuple[str, int] | None = None,
    unopened: Mapping[str, FileText] = MappingProxyType({}),
) -> Finding:
    """Return a finding as it may be shown; for a file outside the named paths only the rule's summary and the line.

    ``unopened`` are files, by key, that were not read with this server.
    """
    shown = diagnostic if not looks_outside(config) else _discreet(diagnostic, config)
    shown = _masked(shown, config) if has_secrets(config) else shown
    return Finding(
        shown.rule,
        shown.severity or Severity.WARNING,
        shortened(shown.message, MESSAGE),
        shortened(shown.help, MESSAGE),
        _place(config, shown.path, shown.span, unopened),
        rank(diagnostic, config, is_revealed=after is not None),
        level,
        None if shown.fix is None else _fix(shown.fix, config, unopened),
        tuple(
            [
                records.Related(_place(config, one.path, one.span, unopened), shortened(one.message, MESSAGE))
                for one in shown.related
            ]
        ),
        after,
    )


def suppression(comment: Suppression, path: str, config: Config) -> Suppressed:
    """Return a comment that suppresses a finding in its file, as it may be shown: its place, and its reason."""
    reason = text(comment.reason, config) if config.source(path).quotable else ""
    return Suppressed(_place(config, path, comment.span), shortened(reason, REASON))


def _masked(diagnostic: Diagnostic, config: Config) -> Diagnostic:
    """Return a finding without secrets, and without a fix that writes one: a mask must not be written, and ``--diff`` has it."""
    fix = diagnostic.fix
    if fix is not None:
        writes_one = any(masked(config, edit.text) != edit.text for edit in fix.edits)
        title, reason = masked(config, fix.title), masked(config, fix.reason)
        fix = None if writes_one else fix._replace(title=title, reason=reason)
    return diagnostic._replace(
        message=masked(config, diagnostic.message),
        help=masked(config, diagnostic.help),
        fix=fix,
        related=tuple(one._replace(message=masked(config, one.message)) for one in diagnostic.related),
    )


def must_hold_back(config: Config) -> bool:
    """Whether some words about a server must not be shown."""
    return looks_outside(config) or has_secrets(config)


def _fix(fix: Fix, config: Config, unopened: Mapping[str, FileText]) -> records.Fix:
    edits = tuple([records.Replacement(_place(config, path, span, unopened), text) for path, span, text in fix.edits])
    return records.Fix(shortened(fix.title, MESSAGE), fix.applicability, shortened(fix.reason, REASON), edits)


def _place(config: Config, path: str, span: Span, unopened: Mapping[str, FileText] = MappingProxyType({})) -> Place:
    return Place(unopened.get(path) or _known_text(config, path), span)


def _known_text(config: Config, path: str) -> FileText:
    """Return the file or script with that key for records: one object for all places in it."""
    known = config.once(_known_text, dict[str, FileText])
    found = known.get(path)
    if found is None:
        found = known[path] = text_of(config.source(path))
    return found


def text_of(file: File | Script) -> FileText:
    """Return a file for records; its lines are those on the disk, without secrets."""
    return FileText(file.path, file.name, file.shown if isinstance(file, File) else file.lines, file.quotable)


def _discreet(diagnostic: Diagnostic, config: Config) -> Diagnostic:
    page, summary = _page(diagnostic.rule)
    file, fix = config.source(diagnostic.path), diagnostic.fix
    said = [_without_names(config, text) for text in (diagnostic.message, diagnostic.help)]
    hidden = not file.quotable or tells(config, said, page)
    return diagnostic._replace(
        message=summary if hidden else diagnostic.message,
        help="" if hidden else diagnostic.help,
        span=diagnostic.span if file.quotable else _line(file, diagnostic.span),
        fix=None if fix is None or _betrays(fix, config, page) else fix,
        related=tuple(_related(related, config, page) for related in diagnostic.related),
    )


def _without_names(config: Config, text: str) -> str:
    """Return a text without the names of the server's files, which may be shown."""
    for read in config.files.values():
        text = text.replace(read.name, "")
    return text


def _related(related: Related, config: Config, page: str) -> Related:
    file = config.source(related.path)
    if not file.quotable:
        return Related(related.path, _line(file, related.span), UNNAMED)
    return related._replace(message=NOT_SHOWN) if tells(config, [related.message], page) else related


def _betrays(fix: Fix, config: Config, page: str) -> bool:
    edits = fix.edits
    if any(not config.source(edit.path).quotable for edit in edits):
        return True
    return tells(config, [fix.title, fix.reason, *(edit.text for edit in edits)], page)


def _line(file: File | Script, span: Span) -> Span:
    """Return the beginning of a span's line: columns would tell the length of its words."""
    start = file.lines.line_span(file.lines.position(span.start).line).start
    return Span(start, start)


def _page(rule: str) -> tuple[str, str]:
    """Return a rule's manual page and its first line."""
    found = UNUSED_SUPPRESSION if rule == UNUSED_SUPPRESSION.name else registered(rule)
    return (found.page, found.summary) if found else ("", f"modwsgi-fix rule {rule} says what is wrong")


def fixed(outcome: Fixed) -> Fixed:
    """Return what fixes did and did not do, as it may be shown."""
    config = outcome.before
    if must_hold_back(config):
        outcome = outcome._replace(
            applied=tuple(_applied(one, config) for one in outcome.applied),
            withheld=tuple(_withheld(one, config) for one in outcome.withheld),
            failed=failed(outcome.failed, config),
        )
    return outcome._replace(
        applied=tuple(map(_in_one_line, outcome.applied)),
        withheld=tuple(
            one._replace(title=shortened(one.title, MESSAGE), reason=shortened(one.reason, REASON))
            for one in outcome.withheld
        ),
    )


def _in_one_line(applied: Applied) -> Applied:
    fix = applied.fix._replace(
        title=shortened(applied.fix.title, MESSAGE), reason=shortened(applied.fix.reason, REASON)
    )
    return applied._replace(fix=fix, message=shortened(applied.message, MESSAGE))


def _is_outside(path: str, config: Config) -> bool:
    file = config.files.get(path) or config.scripts.get(path)
    return file is not None and not file.quotable


def _applied(fix: Applied, config: Config) -> Applied:
    page, summary = _page(fix.rule)
    if not _is_outside(fix.path, config) and not tells(config, [fix.fix.title, fix.fix.reason, fix.message], page):
        title, reason = masked(config, fix.fix.title), masked(config, fix.fix.reason)
        return fix._replace(fix=fix.fix._replace(title=title, reason=reason), message=masked(config, fix.message))
    return fix._replace(fix=fix.fix._replace(title=summary, reason=""), message=summary)


def _withheld(fix: Withheld, config: Config) -> Withheld:
    page, summary = _page(fix.rule)
    title = summary if _is_outside(fix.path, config) or tells(config, [fix.title], page) else fix.title
    why = NOT_SHOWN if tells(config, [fix.reason.replace(fix.name, "")], page) else fix.reason
    return fix._replace(title=masked(config, title), reason=masked(config, why))


def failed(rules: Mapping[str, str], config: Config) -> dict[str, str]:
    """Return the errors of rules that failed, as they may be shown: an error may quote the configuration."""
    return {name: veiled(config, raised) for name, raised in rules.items()}


def impact(found: Impact, before: Config, after: Config) -> Impact:
    """Return the changes for visitors, as they may be shown."""
    if not must_hold_back(before) and not must_hold_back(after):
        return found

    def shown(text: str) -> str:
        return veiled(before, veiled(after, text))

    return found._replace(changes=tuple(change.told_by(shown) for change in found.changes))


def text(line: str, *configs: Config, known: str = "") -> str:
    """Return a line with words of these configurations, as it may be shown; whoever asks has the words of ``known``."""
    for config in configs:
        line = veiled(config, line, known=known) if must_hold_back(config) else line
    return line


def trace(found: Trace, config: Config) -> records.Trace:
    """Return a trace, as it may be shown: lines of files outside the named paths are named and not quoted."""
    outside, holds_back = looks_outside(config), must_hold_back(config)

    def shown(text: str, item: Item | None = None) -> str:
        return veiled(config, text, item) if holds_back else text

    def outcome(of: Outcome) -> records.Outcome:
        server = of.server
        is_named = server is not None and not (outside and tells(config, [label(server)]))
        result = of._replace(file=shown(of.file), location=shown(of.location))
        return records.Outcome(
            str(of.kind),
            of.status,
            label(server) if server is not None and is_named else None,
            result.file,
            shown(of.path_info),
            shown(of.handler),
            None if of.process_group is None else shown(of.process_group),
            None if of.application_group is None else shown(of.application_group),
            shown(of.script_name),
            shown(of.user),
            result.location,
            tuple((shown(name), shown(value)) for name, value in of.options),
            shown(of.reason),
            tuple(_step(step, shown(step.text, step.item)) for step in of.because),
            result.short,
            *(
                (server.item.file.name, server.item.line)
                if is_named and server is not None and server.item
                else ("", None)
            ),
        )

    numbers: dict[object, int] = {}
    branches = tuple(
        records.Branch(
            tuple(map(shown, branch.provided)),
            outcome(branch.outcome),
            numbers.setdefault(branch.outcome.result, len(numbers)),
        )
        for branch in found
    )
    return records.Trace(found.request.url, found.request.method, outcome(found.outcome), branches, start(config))


def start(config: Config) -> Start:
    """Return whether httpd starts with a configuration, as it may be shown."""
    from modwsgi_fix.effect.starting import verdict

    found = verdict(config)
    return found._replace(reason=text(found.reason, config))


def _step(step: Step, text: str) -> records.Step:
    item = step.item
    return records.Step(step.phase, text) if item is None else records.Step(step.phase, text, item.file.name, item.line)


def exposed(found: Exposed, config: Config) -> Exposed:
    """Return the files that are open on a host, as they may be shown."""
    if not must_hold_back(config):
        return found
    files = [
        file._replace(
            url=veiled(config, file.url),
            file=veiled(config, file.file),
            via=veiled(config, file.via),
        )
        for file in found.files
    ]
    return found._replace(host=veiled(config, found.host), files=tuple(files))
