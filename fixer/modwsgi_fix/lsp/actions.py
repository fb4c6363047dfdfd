"""Code actions on findings: quick fixes, and all safe fixes of a file.

A fix is made by the engine as ``--write`` makes it, all of its files or none; nothing here edits by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lsprotocol import types

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.lsp import asking
from modwsgi_fix.lsp.answers import Answer, Answers
from modwsgi_fix.lsp.asking import Stretch
from modwsgi_fix.lsp.buffers import Buffer, Buffers
from modwsgi_fix.lsp.convert import shown, span_of, text_edits
from modwsgi_fix.lsp.diagnostics import diagnostic_of
from modwsgi_fix.lsp.positions import Encoding
from modwsgi_fix.lsp.state import State
from modwsgi_fix.records import Finding
from modwsgi_fix.text import Span

#: The kind of the action that makes all safe fixes of a file, which editors run on save.
FIX_ALL = "source.fixAll.modwsgi-fix"


def offered(state: State, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the code actions for a range; without edits where the editor can ask for these later."""
    buffer, answers, encoding = state.buffer(params), state.answers, state.encoding
    if buffer is None:
        return []
    answer = answers.of(buffer)
    if answer is None:
        return []
    only = params.context.only
    found: list[types.CodeAction] = []
    if _asked(types.CodeActionKind.QuickFix, only):
        found += _quick_fixes(answers, answer, buffer, span_of(buffer.text, params.range, encoding), encoding)
    if _asked(FIX_ALL, only) and (only or _has_safe(answer, buffer)):
        found.append(
            types.CodeAction("Make all safe fixes of modwsgi-fix", FIX_ALL, data={"uri": buffer.uri, "level": "safe"})
        )
    if state.resolves:
        return found
    done = (resolved(answers, action, encoding) for action in found)
    return [action for action in done if action.edit is not None]


def resolve(state: State, action: types.CodeAction) -> types.CodeAction:
    """Return an action with its edit."""
    return resolved(state.answers, action, state.encoding)


def resolved(answers: Answers, action: types.CodeAction, encoding: Encoding) -> types.CodeAction:
    """Return an action with its edit; without an edit where there is nothing left to change."""
    data: Any = action.data
    buffer = answers.buffers.get(data["uri"]) if isinstance(data, dict) and "uri" in data else None
    answer = answers.of(buffer) if buffer is not None else None
    if buffer is None or answer is None:
        return action
    level, rule = Applicability[data["level"].upper()], data.get("rule")
    if rule is not None:
        files = asking.mended(answers.question(answer.question.paths), level, rule=rule)
        if files:
            action.edit = workspace_edit(files, answers.buffers, encoding)
    elif edits := safe_fixes(answers, buffer):
        action.edit = types.WorkspaceEdit(
            changes={answers.buffers.uri(buffer.key): text_edits(buffer.text, edits, encoding)}
        )
    return action


def safe_fixes(answers: Answers, buffer: Buffer, span: Span | None = None) -> list[Edit]:
    """Return the safe fixes of a file as edits; with a span, those that change nothing outside of it."""
    answer = answers.of(buffer)
    if answer is None:
        return []
    within = None if span is None else Stretch(buffer.key, span.start, len(buffer.text) - span.end)
    return answer.safely(answers.question((buffer.path,)), buffer.key).edits(within)


def workspace_edit(files: Iterable[Rewritten], buffers: Buffers, encoding: Encoding) -> types.WorkspaceEdit:
    """Return rewritten files as one edit of the workspace."""
    return types.WorkspaceEdit(
        changes={buffers.uri(file.path): text_edits(file.before, file.edits, encoding) for file in files}
    )


def _quick_fixes(
    answers: Answers, answer: Answer, buffer: Buffer, span: Span, encoding: Encoding
) -> Iterator[types.CodeAction]:
    """Yield a quick fix for each rule and level that has findings at a place."""
    at_span = [one for one in answer.findings.get(buffer.key, ()) if _touches(one.place.span, span)]
    groups: dict[tuple[str, Applicability], list[Finding]] = {}
    for finding in at_span:
        level = _level_of(finding)
        if level is not None:
            groups.setdefault((finding.rule, level), []).append(finding)
    for (rule, level), findings in sorted(groups.items(), key=lambda one: (one[0][1], one[0][0])):
        like = [f for each in answer.findings.values() for f in each if f.rule == rule and _level_of(f) is not None]
        first = findings[0].fix
        title = first.title if first is not None else f"Fix {rule}"
        count = f", {len(like)} findings" if len(like) > 1 else ""
        yield types.CodeAction(
            shown(f"{title} ({rule}: {level.label}{count})"),
            types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic_of(one, answers.buffers, encoding) for one in findings],
            is_preferred=level is Applicability.SAFE,
            data={"uri": buffer.uri, "rule": rule, "level": level.label},
        )


def _level_of(finding: Finding) -> Applicability | None:
    """Return the level at which a finding goes, or the level of its own fix where the former is not known."""
    return finding.level or (finding.fix.level if finding.fix is not None else None)


def _touches(first: Span, second: Span) -> bool:
    return first.start <= second.end and second.start <= first.end


def _has_safe(answer: Answer, buffer: Buffer) -> bool:
    return any(_level_of(finding) is Applicability.SAFE for finding in answer.findings.get(buffer.key, ()))


def _asked(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a kind of action was asked for, by its name or a more general one; without names, all kinds are."""
    return only is None or any(kind == one or kind.startswith(f"{one}.") or not one for one in only)
