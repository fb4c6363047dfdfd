"""Reports for people: ``concise``, with one line for each finding, and ``full``, with lines, related places and fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.records import UNNAMED, FileText, Finding, Fix, More, Report
from modwsgi_fix.reports import gap_lines, plural
from modwsgi_fix.rule import Severity
from modwsgi_fix.text import Span

if TYPE_CHECKING:
    from modwsgi_fix.engine import Applied, Withheld

#: A terminal obeys control characters in any text, and a pipeline obeys lines that begin with "::". So control characters
#: are shown as pictures of themselves, and the name of a file never begins a line.
_PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421}
_MARKS = (0x061C, 0x200E, 0x200F, 0xFEFF, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_PICTURES |= dict.fromkeys([*range(0x80, 0xA0), *_MARKS], 0xFFFD)
_IN_LINES = {code: picture for code, picture in _PICTURES.items() if chr(code) not in "\t\n\r"}
_LONE_CR = expression(r"\r(?!\n)")

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "34;1"}
_SHOWN_LINES = 6
_NAMES = {Applicability.SAFE: "safe", Applicability.REPAIR: "repair", Applicability.UNSAFE: "unsafe"}


def concise(report: Report, *, color: bool = False) -> str:
    """Return ``file:line:column: severity: rule [*] message`` for each finding, its help in a line of its own, and a summary.

    Compilers write file, place and severity in this way, and editors read it.
    """
    paint = _painter(color)
    lines = []
    for finding in _shown(report):
        place = f"{paint(finding.file)}:{finding.line}:{finding.column}:"
        mark = "[*] " if _marked(finding, report) else ""
        severity = paint(f"{finding.severity.label}:", _COLORS[finding.severity])
        lines.append(f"{place} {severity} {paint(finding.rule)} {mark}{paint(finding.message)}")
        if finding.help:
            lines.append(f"    help: {paint(finding.help)}")
    return "".join(f"{line}\n" for line in [*lines, *_end(report, folded=report.folded)])


def full(report: Report, *, color: bool = False) -> str:
    """Return each finding with its lines, related places, fix, and where to read more."""
    paint = _painter(color)
    blocks = ["\n".join(_full(finding, report, color=color)) + "\n" for finding in _shown(report)]
    gaps = [f"{paint(gap.name)}:{gap.first}: not understood: {paint(gap.reason)}" for gap in report.gaps]
    gaps = [] if report.quiet else gaps
    return "\n".join([*blocks, "".join(f"{line}\n" for line in [*gaps, *_end(report, folded=report.folded)])])


def statistics(report: Report) -> str:
    """Return how often each rule found something, and how often ``--write`` would fix it."""
    counts = Counter(finding.rule for finding in report.findings)
    cured = Counter(finding.rule for finding in report.findings if _marked(finding, report))
    for more in report.more:
        counts[more.rule] += more.times
        cured[more.rule] += more.times if _marked(more, report) else 0
    width = max((len(str(count)) for count in counts.values()), default=0)
    longest = max(map(len, counts), default=0)
    rows = [
        f"{count:>{width}}  {name:<{longest}}  {f'[*] {cured[name]}' if cured[name] else ''}".rstrip()
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return "".join(f"{row}\n" for row in [*rows, *_end(report, is_counted=True)])


def printable(line: str) -> str:
    """Return a line, without its end, as a terminal may be given it: control characters as pictures."""
    return line if line.isprintable() else line.translate(_PICTURES)


def as_shown(text: str) -> str:
    """Return lines of files as a terminal may be given them: as they are, but for control characters other than tabs."""
    if all(map(str.isprintable, text.splitlines())):
        return text
    return _LONE_CR.sub("\u240d", text.translate(_IN_LINES))


def applied(fix: Applied) -> str:
    """Return a fix that was made, in one line."""
    return named(fix) + printable(f" ({fix.fix.reason})" if fix.fix.reason else "")


def named(fix: Applied) -> str:
    """Return the rule, level and title of a fix that was made."""
    return printable(f"{fix.rule} ({_NAMES[fix.fix.applicability]}): {fix.fix.title}")


def withheld(fix: Withheld) -> str:
    """Return a fix that was not made, in one line."""
    return printable(f"{fix.name}:{fix.line}: {fix.rule}: not fixed ({fix.title}): {fix.reason}")


def summary(report: Report) -> str:
    """Return ``Found 4 findings (3 fixable with --write: 1 safe, 2 repairs; 1 more with --unsafe-fixes).``"""
    count = report.total
    if report.fixed:
        done = f"Fixed {plural(len(report.fixed), 'finding')}"
        return f"{done}; {plural(count, 'finding')} left." if count else f"{done}; none left."
    if not count:
        read = plural(len(report.files), "file")
        if not report.files:
            return "Nothing was read."
        if report.partial:
            return f"Found nothing in {read} by the rules that did not fail."
        return f"No findings in {read}." if not report.gaps else f"Found nothing in what was understood of {read}."
    found = f"Found {plural(count, 'finding')}"
    if not report.marked:
        return f"{found}."
    levels = Counter(finding.level for finding in report.findings if finding.level)
    for more in report.more:
        if more.level:
            levels[more.level] += more.times
    now = sum(count for level, count in levels.items() if level and level <= report.level)
    kinds = [
        f"{levels[level]} {_NAMES[level]}" + ("s" if level is Applicability.REPAIR and levels[level] > 1 else "")
        for level in Applicability
        if level <= report.level and levels[level]
    ]
    option = "" if report.level is Applicability.REPAIR else f" --fix-level {report.level.label}"
    parts = [f"{now} fixable with --write{option}: {', '.join(kinds)}"] if now else []
    for level in Applicability:
        if level > report.level and levels[level]:
            with_ = "--unsafe-fixes" if level is Applicability.UNSAFE else f"--fix-level {level.label}"
            parts.append(f"{levels[level]} {'more' if parts else 'fixable'} with {with_}")
    return f"{found} ({'; '.join(parts)})." if parts else f"{found}, none of which can be fixed automatically."


def further(report: Report, *, folded: bool = False) -> Iterator[str]:
    """Yield ``1,000 more findings of NAME`` for each rule whose findings are not all listed."""
    counts = Counter[str]()
    for more in report.more:
        counts[more.rule] += 0 if folded and more.severity is Severity.INFO else more.times
    for rule, count in counts.items():
        if count:
            yield f"{count:,} more {'finding' if count == 1 else 'findings'} of {rule}"


def _shown(report: Report) -> list[Finding]:
    """Return the findings that are shown, the most important first."""
    shown = (one for one in report.findings if not (report.folded and one.severity is Severity.INFO))
    return sorted(shown, key=lambda one: one.rank)


def _end(report: Report, *, folded: bool = False, is_counted: bool = False) -> Iterator[str]:
    if report.quiet:
        return
    for line in () if is_counted else further(report, folded=folded):
        yield f"... and {line}"
    yield summary(report)
    hidden = sum(one.severity is Severity.INFO for one in report.findings) if folded else 0
    hidden += sum(one.times for one in report.more if one.severity is Severity.INFO) if folded else 0
    if hidden:
        what = "1 finding that is" if hidden == 1 else f"{hidden} findings that are"
        yield f"Not shown: {what} only worth knowing; --all shows {'it' if hidden == 1 else 'them'}."
    lines = gap_lines(report)
    if lines:
        first, *rest = [f"{plural(count, 'line')} of {printable(name)}" for name, count in lines.items()]
        more = f" and of {len(rest) - 2} other files" if len(rest) > 3 else ""
        shown = ", ".join([first, *rest[: 2 if more else 3]])
        yield f"Not understood: {shown}{more}. The report does not cover them."


def _marked(finding: Finding | More, report: Report) -> bool:
    return finding.level is not None and finding.level <= report.level


def _full(finding: Finding, report: Report, *, color: bool) -> Iterator[str]:
    paint = _painter(color)
    mark = " [*]" if _marked(finding, report) else ""
    code = _COLORS[finding.severity]
    yield f"{paint(finding.severity.label, code)}: {paint(finding.message, '1')}"
    width = len(str(finding.place.last.line))
    yield f"{'':{width}}--> {paint(finding.file)}:{finding.line}:{finding.column} {finding.rule}{mark}"
    yield from _excerpt(finding.place.file, finding.place.span, width, "^", code, color=color)
    for place, message in finding.related:
        line, column = place.start
        yield f"{'':{width}}::: {paint(place.file.name)}:{line}:{column} {paint(message)}"
        yield from _excerpt(place.file, place.span, width, "-", "34", color=color)
    if finding.help:
        yield f"{'':{width}} = help: {paint(finding.help)}"
    if finding.fix is not None:
        yield from _fix(finding.fix, width, color=color)
    yield f"{'':{width}} = more: modwsgi-fix rule {finding.rule}"


def _excerpt(file: FileText, span: Span, width: int, under: str, code: str, *, color: bool) -> Iterator[str]:
    """Yield the lines of a span, with the span underlined; no lines of a file that must not be quoted."""
    if not file.quotable:
        yield f"{'':{width}} | ({UNNAMED})"
        return
    paint = _painter(color, keep="\t")
    lines = file.lines
    first = lines.position(span.start).line
    last = lines.position(max(span.start, span.end - 1)).line
    for number in range(first, min(last, first + _SHOWN_LINES - 1) + 1):
        text = lines.line_text(number)
        start = lines.line_span(number).start
        begin = max(span.start - start, len(text) - len(text.lstrip()) if number > first else 0)
        end = min(span.end - start, len(text.rstrip()))
        yield f"{number:>{width}} | {paint(text)}"
        if end > begin or number == first:
            # Under a tab stands a tab, under a wide character two.
            pad = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[:begin])
            marks = under * max(sum(map(_columns, text[begin:end])), 1)
            yield f"{'':{width}} | {pad}{paint(marks, code)}"
    if last - first >= _SHOWN_LINES:
        yield f"{'':{width}} | ... {last - first + 1 - _SHOWN_LINES} more lines"


def _columns(char: str) -> int:
    if char < "\u1100":
        return 1
    from unicodedata import east_asian_width

    return 2 if east_asian_width(char) in "WF" else 1


def _fix(fix: Fix, width: int, *, color: bool) -> Iterator[str]:
    paint = _painter(color, keep="\t")
    reason = f" ({fix.reason})" if fix.reason else ""
    yield f"{'':{width}} = fix ({_NAMES[fix.level]}): {paint(fix.title + reason)}"
    for name, lines in diff_of(fix):
        yield f"{'':{width}}   {paint(name)}"
        for line in lines:
            code = {"+": "32", "-": "31", "@": "36"}.get(line[0], "")
            yield f"{'':{width}}   {paint(line, code)}"


def diff_of(fix: Fix) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each file that a fix changes, and the lines of its diff."""
    from modwsgi_fix.diff import unified

    edits: dict[str, list[Edit]] = {}
    for place, text in fix.edits:
        edits.setdefault(place.file.path, []).append(Edit(place.file.path, place.span, text))
    files = {place.file.path: place.file for place, _ in fix.edits}
    for path, file in files.items():
        changed = unified(file.lines.text, edits[path], file.name, context=1)
        yield file.name, [line for line in changed.split("\n")[2:] if line]


def _painter(color: object, *, keep: str = "") -> Callable[..., str]:
    """Return a function that makes text printable, with a terminal's colours where wanted; ``keep`` stays unchanged."""

    def paint(text: str, code: str = "") -> str:
        shown = keep.join(map(printable, text.split(keep))) if keep else printable(text)
        return f"\x1b[{code}m{shown}\x1b[0m" if color and code else shown

    return paint
