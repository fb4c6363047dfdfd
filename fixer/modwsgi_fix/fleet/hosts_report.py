"""One server's report, as ``--output-format json`` wrote it there: any bytes, of which nothing is taken for granted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from modwsgi_fix.files import FileProblem, read_bytes
from modwsgi_fix.reports import valid
from modwsgi_fix.reports.machine import SCHEMA
from modwsgi_fix.tuples import NamedTuple

#: The most bytes of a report, and the most values in it: what a file may cost is known before it is parsed.
MOST_BYTES, MOST_VALUES = 16 << 20, 1_000_000
#: The most characters of a text that are kept; the program writes up to 500.
_LONGEST = 600
_SEVERITIES = ("error", "warning", "info")
_LEVELS = ("safe", "repair", "unsafe")


class Told(NamedTuple):
    """A finding as a report has it. ``level`` is the one at which ``--write`` mends it, or empty."""

    rule: str
    severity: str
    message: str
    help: str
    file: str
    line: int
    level: str


class Uncounted(NamedTuple):
    """The number of findings of a rule that a report does not list one by one."""

    rule: str
    severity: str
    times: int


class HostsReport(NamedTuple):
    """The part of a server's report that is merged.

    ``fault`` is what httpd refuses where ``starts`` is False: its message, file and line. ``error`` says why that server could
    not be checked, or is empty. ``not_understood`` is a number of places.
    """

    starts: bool | None = None
    fault: tuple[str, str, int] = ("", "", 0)
    findings: tuple[Told, ...] = ()
    more: tuple[Uncounted, ...] = ()
    not_understood: int = 0
    error: str = ""


class _Unlike(Exception):
    """What is wrong with a report, in words."""


def read_report(path: str) -> HostsReport:
    """Return the report in a file. Raises ``FileProblem`` for anything else, with the place that is wrong."""
    data = read_bytes(path, most=MOST_BYTES)
    # Each value but the first follows one of these.
    if sum(map(data.count, (b"[", b"{", b","))) > MOST_VALUES:
        raise FileProblem(path, f"has more than {MOST_VALUES:,} values; check that server by parts, with --select")
    try:
        # RecursionError: too deeply nested. ValueError: not JSON, not Unicode, or a number of thousands of digits.
        value = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FileProblem(path, f"is not JSON{_where(error)}") from None
    try:
        return _report(value)
    except _Unlike as unlike:
        raise FileProblem(path, f"is not a report of modwsgi-fix --output-format json: {unlike}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f" (line {error.lineno})"
    return ", or nested too deeply" if isinstance(error, RecursionError) else ""


def _report(value: object) -> HostsReport:
    if not isinstance(value, dict):
        raise _Unlike("it is not an object")
    if value.get("schema") != SCHEMA or isinstance(value["schema"], bool):
        raise _Unlike(f"its schema is not {SCHEMA}; use the same release of modwsgi-fix everywhere")
    if "error" in value:
        error = _Object(value["error"], "error")
        return HostsReport(error=error.text("message"))
    report = _Object(value, "")
    starts = value.get("starts")
    if "starts" not in value or not (starts is None or isinstance(starts, bool)):
        raise _Unlike("starts is neither true, false nor null")
    fault = ("", "", 0)
    if starts is False:
        refused = _Object(value.get("start_fault"), "start_fault")
        fault = (refused.text("message"), refused.text("file"), refused.number("line"))
    return HostsReport(
        starts,
        fault,
        tuple(map(_told, report.objects("findings"))),
        tuple(Uncounted(each.name("rule"), each.severity, each.number("count")) for each in report.objects("more")),
        len(report.objects("not_understood")),
    )


def _told(finding: _Object) -> Told:
    level = finding.value.get("fixable")
    if level is not None and level not in _LEVELS:
        raise _Unlike(f"{finding.place}.fixable is not a level")
    return Told(
        finding.name("rule"),
        finding.severity,
        finding.text("message"),
        finding.text("help"),
        finding.text("file"),
        finding.number("line"),
        level or "",
    )


class _Object:
    """An object of a report, asked key by key; ``place`` says where it stands. Whatever is wrong raises ``_Unlike``."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise _Unlike(f"{place} is not an object")
        self.value: Mapping[str, Any] = value
        self.place = place

    def text(self, key: str) -> str:
        text = self.value.get(key)
        if not isinstance(text, str):
            raise _Unlike(f"{self._at(key)} is not a text")
        return valid(text[:_LONGEST])

    def name(self, key: str) -> str:
        name = self.text(key)
        if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 100):
            raise _Unlike(f"{self._at(key)} is not the name of a rule")
        return name

    def number(self, key: str) -> int:
        number = self.value.get(key)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << 53:
            raise _Unlike(f"{self._at(key)} is not a whole number")
        return number

    @property
    def severity(self) -> str:
        severity = self.text("severity")
        if severity not in _SEVERITIES:
            raise _Unlike(f"{self._at('severity')} is none of {', '.join(_SEVERITIES)}")
        return severity

    def objects(self, key: str) -> list[_Object]:
        values = self.value.get(key)
        if not isinstance(values, list):
            raise _Unlike(f"{self._at(key)} is not a list")
        return [_Object(value, f"{self._at(key)}[{at}]") for at, value in enumerate(values)]

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key
