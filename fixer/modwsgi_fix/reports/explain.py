"""The explanation of a log, for people and for programs."""

from __future__ import annotations

from modwsgi_fix.records import Cause, Explained, Explanation
from modwsgi_fix.reports import VERSION, dumped, plural
from modwsgi_fix.reports.text import printable

#: The most unknown lines that are shown.
_MOST_UNEXPLAINED = 20


def as_text(found: Explained) -> str:
    """Return each cause below its messages, with its lines, what to do and the commands; unknown lines come last."""
    blocks = [_block(one, _in_log(found, one.line)) for one in found.explanations]
    lines = [line for block in blocks for line in (*block, "")]
    for message, count in found.more:
        kind = f"messages as {message}" if message else "lines that are not explained"
        lines += [f"{count} further {kind} were counted, and not examined one by one", ""]
    if found.unexplained:
        total = sum(one.times for one in found.unexplained)
        lines.append(f"Not explained: {plural(total, 'line')}")
        for unexplained in found.unexplained[:_MOST_UNEXPLAINED]:
            lines.append(f"  {_times(unexplained.times)}{unexplained.message}{_in_log(found, unexplained.line)}")
        if len(found.unexplained) > _MOST_UNEXPLAINED:
            lines.append(f"  and {len(found.unexplained) - _MOST_UNEXPLAINED} others")
        lines.append("")
    return "".join(f"{printable(line)}\n" for line in [*lines, _summary(found)])


def _in_log(found: Explained, line: int) -> str:
    """Return the line number of a message; empty for a log of a single line."""
    return f"  [line {line} of the log]" if found.lines > 1 else ""


def _block(explanation: Explanation, where: str) -> list[str]:
    other = (
        f" (and {plural(explanation.variants - 1, 'other text')} of the same cause)" if explanation.variants > 1 else ""
    )
    lines = [f"{_times(explanation.times)}{explanation.message}{other}{where}"]
    for cause in explanation.causes:
        lines += _cause(cause)
    return lines


def _cause(cause: Cause) -> list[str]:
    first = cause.spots[0] if cause.spots else None
    place = f"{first.place}: " if first is not None else ""
    rule = f"{cause.rule}: " if cause.rule else ""
    lines = [f"  {place}{rule}{cause.text}"]
    for spot in cause.spots:
        if spot is not first:
            lines.append(f"      {spot.place}: {spot.note or 'see also'}")
        elif spot.note:
            lines.append(f"      ({spot.note})")
        if spot.quote:
            lines.append(f"        {spot.quote}")
    if cause.fix:
        lines.append(f"    fix:  {cause.fix}")
    if cause.help:
        lines.append(f"    help: {cause.help}")
    lines += [f"    run:  {command}" for command in cause.commands]
    return lines


def _times(count: int) -> str:
    return "" if count == 1 else f"{count} times: "


def _summary(found: Explained) -> str:
    known = sum(one.times for one in found.explanations)
    if not known:
        tail = "" if found.unexplained or found.routine else ", because the log is empty"
        return f"Nothing was explained{tail}: {plural(found.lines, 'line')}, {found.routine} of them of a server that is well."
    causes = plural(len(found.explanations), "cause")
    return f"Explained {plural(known, 'message')} of {causes} in {plural(found.lines, 'line')}."


def as_json(found: Explained) -> str:
    """Return the explanation as JSON; ``unexplained`` has all unknown lines that were kept."""
    explanations = [
        {
            "message": one.message,
            "name": one.name,
            "count": one.times,
            "variants": one.variants,
            "log_line": one.line,
            "causes": [
                {
                    "text": cause.text,
                    "file": cause.spots[0].file if cause.spots else None,
                    "line": cause.spots[0].line if cause.spots else None,
                    "rule": cause.rule or None,
                    "help": cause.help,
                    "fix": cause.fix or None,
                    "places": [spot._asdict() for spot in cause.spots],
                    "commands": list(cause.commands),
                }
                for cause in one.causes
            ],
        }
        for one in found.explanations
    ]
    unexplained = [{"message": one.message, "count": one.times, "log_line": one.line} for one in found.unexplained]
    document = {
        "version": VERSION,
        "lines": found.lines,
        "routine": found.routine,
        "not_kept_apart": [{"message": message, "count": count} for message, count in found.more],
        "explanations": explanations,
        "unexplained": unexplained,
    }
    return dumped(document)
