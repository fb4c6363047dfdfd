"""The server that explains a log: its findings, its files by the paths that httpd knows, and the causes they give."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from modwsgi_fix.edits import Applicability
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.files import Disk, FileProblem
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Item, Script
from modwsgi_fix.records import Cause, Finding, Spot
from modwsgi_fix.workspace import discretion
from modwsgi_fix.workspace.session import Session, checked

#: The directories of the main file in distributions; a copy has it somewhere else.
_HOMES = ("/etc/apache2", "/etc/httpd/conf", "/etc/httpd")
_LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Asked:
    """A session, and the words that name its server on a command line, quoted for a shell."""

    session: Session
    words: str

    @property
    def configs(self) -> tuple[Config, ...]:
        """The servers of the session."""
        return self.session.configs

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the rules, which run once, and only where a message needs them."""
        return checked(self.session, marked=False).findings


def rules_asked() -> tuple[str, ...]:
    """Return the rules that explain messages, those that are off by default included."""
    return tuple(dict.fromkeys(rule for message in MESSAGES for rule in message.rules))


# -- files by httpd's paths -----------------------------------------------------------------------------------------------


def file_at(asked: Asked, path: str) -> tuple[Config, File | Script] | None:
    """Return the file that httpd means by a path: at that path, in the filesystem of ``--root``, or in a copy."""
    for config in asked.configs:
        for key in _keys(config, path):
            if key in config.files or key in config.scripts:
                return config, config.source(key)
    for config in asked.configs:
        if (script := config.script(path)) is not None:
            return config, script
        if (file := _by_name(config, path)) is not None:
            return config, file
    return None


def _keys(config: Config, path: str) -> Iterator[str]:
    if config.disk is not None:
        yield config.disk.key(path)
    disk = Disk()
    yield disk.key(path)
    main = next(iter(config.files), "")
    top = posixpath.dirname(main)
    said = config.named("serverroot")
    homes = dict.fromkeys([*(item.value.rstrip("/") for item in said), *_HOMES])
    for home in homes:
        if path.startswith(home + "/"):
            rest = path[len(home) + 1 :]
            yield disk.key(f"{top}/{rest}")
            yield disk.key(f"{posixpath.dirname(top)}/{rest}")


def _by_name(config: Config, path: str) -> File | None:
    """Return the one file whose path shares the most last components with this path; None where there are several.

    A file of ``sites-enabled`` is taken for its target in ``sites-available``.
    """
    wanted = path.replace("-enabled/", "-available/").split("/")[::-1]
    best: list[File] = []
    most = 0
    for file in config.files.values():
        parts = file.path.replace("-enabled/", "-available/").split("/")[::-1]
        same = next(
            (at for at, (one, other) in enumerate(zip(wanted, parts, strict=False)) if one != other), len(wanted)
        )
        if same > most:
            best, most = [file], same
        elif same == most:
            best.append(file)
    return best[0] if most and len(best) == 1 else None


# -- lines ----------------------------------------------------------------------------------------------------------------


def lines_of(asked: Asked, *names: str) -> list[Item]:
    """Return the lines of these directives, by their names in lower case, that have words."""
    return [item for config in asked.configs for item in config.named(*names) if item.args]


def spot(item: Item, note: str = "") -> Spot:
    """Return the place and text of a directive's line."""
    return spot_in(item.file, item.line, note)


def spot_in(file: File | Script, line: int, note: str = "") -> Spot:
    """Return a line of a file, quoted where that may be shown."""
    lines = discretion.text_of(file).lines
    is_there = file.quotable and 1 <= line <= len(lines)
    quote = lines.line_text(line).strip()[:_LONGEST_QUOTE] if is_there else ""
    return Spot(file.name, line, quote, note)


def code_spot(asked: Asked, path: str, line: int, note: str = "") -> Spot:
    """Return a line of Python code, of a mounted script or of a module that ``--root`` shows."""
    found = file_at(asked, path) if path.endswith((".wsgi", ".py")) else None
    if found is not None:
        return spot_in(found[1], line, note)
    text = _code(asked, path)
    lines = text.split("\n")
    return Spot(path, line, lines[line - 1].strip()[:_LONGEST_QUOTE] if 1 <= line <= len(lines) else "", note)


def _code(asked: Asked, path: str) -> str:
    if not path.endswith((".wsgi", ".py")):
        return ""
    for config in asked.configs:
        key = config.disk.key(path) if config.disk is not None else ""
        if any(f"{key}/".startswith(within.rstrip("/") + "/") for within in config.shown_within) and config.disk:
            try:
                return config.disk.read(path)
            except FileProblem:
                continue
    return ""


def covers(item: Item, line: int) -> bool:
    """Whether a directive, which may be continued, or the opening line of a section stands on this line (from 1)."""
    return item.line <= line <= item.file.lines.position(max(item.span.end - 1, item.span.start)).line


# -- findings -------------------------------------------------------------------------------------------------------------


def findings_at(asked: Asked, file: File | Script, line: int) -> list[Finding]:
    """Return the findings at a line, the weightiest first. httpd names the last line of a continued directive."""
    covering = [
        item for config in asked.configs for item in config.items if item.path == file.path and covers(item, line)
    ]
    lines = {line, *(item.line for item in covering)}

    def is_there(finding: Finding) -> bool:
        place = finding.place
        if place.file.path != file.path:
            return False
        return any(place.start.line <= one <= place.last.line for one in lines)

    return sorted(filter(is_there, asked.findings), key=lambda finding: finding.rank)


def findings_near(asked: Asked, file: File | Script, line: int, rules: Iterable[str]) -> list[Finding]:
    """Return the finding of these rules in a file that is nearest to a line: httpd may notice a fault further down."""
    wanted = frozenset(rules)
    in_file = [one for one in asked.findings if one.place.file.path == file.path and one.rule in wanted]
    return sorted(in_file, key=lambda one: abs(one.line - line))[:1]


def findings_of(asked: Asked, rules: Iterable[str], spots: Iterable[Spot] | None = None) -> list[Finding]:
    """Return the findings of these rules; with ``spots``, only those at one of these lines."""
    wanted = frozenset(rules)
    places = None if spots is None else {(one.file, one.line) for one in spots}
    return [one for one in asked.findings if one.rule in wanted and (places is None or (one.file, one.line) in places)]


def cause_of(asked: Asked, finding: Finding) -> Cause:
    """Return a finding as a cause: its message, its lines, its help, and the command that shows the fix."""
    spots = [_finding_spot(finding)]
    for related in finding.related:
        file = related.place.file
        line = related.place.start.line
        quote = file.lines.line_text(line).strip()[:_LONGEST_QUOTE] if file.quotable else ""
        spots.append(Spot(file.name, line, quote, related.message))
    commands = [f"modwsgi-fix rule {finding.rule}"]
    if finding.fix is not None:
        level = finding.fix.level
        option = " --unsafe-fixes" if level is Applicability.UNSAFE else ""
        commands.insert(0, f"modwsgi-fix --diff{option} --select {finding.rule} {asked.words}")
    fix = f"{finding.fix.title} ({finding.fix.level.label})" if finding.fix is not None else ""
    return Cause(finding.message, tuple(spots), finding.rule, finding.help, tuple(commands), fix)


def _finding_spot(finding: Finding) -> Spot:
    file = finding.place.file
    quote = file.lines.line_text(finding.line).strip()[:_LONGEST_QUOTE] if file.quotable else ""
    return Spot(finding.file, finding.line, quote)


def shown(asked: Asked, text: str, occurrence: Occurrence) -> str:
    """Return a text with words of the configuration, without what must not be shown; the words of the log are known."""
    return discretion.text(text, *asked.configs, known=occurrence.text)


def trace_command(asked: Asked, url: str) -> str:
    """Return the command that shows what answers a URL."""
    return f"modwsgi-fix trace {url} {asked.words}"
