"""A plan of changes in a file: made once, looked at, and carried out later, here or in a copy of the tree.

It names each file from one directory, with the SHA-256 of its bytes before and after. Nothing in it is taken on trust: a
name leads to a file below that directory and through no link, and the edits must make the bytes that were announced.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from modwsgi_fix.edits import Applicability, Edit, apply
from modwsgi_fix.engine.outcome import Applied, Rewritten
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, digest, read_bytes
from modwsgi_fix.model.language import language_of
from modwsgi_fix.text import LineIndex, Span, decode, encode
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop

#: The version of docs/plan.schema.json: one more where a key goes, or means something else.
VERSION = 1
#: The most bytes of a plan that are read.
MOST = 64 << 20

_DIGEST = expression("[0-9a-f]{64}", re.ASCII)
_NUMBERS = ("line", "column", "end_line", "end_column")


class Piece(NamedTuple):
    """Characters of a file, from line and column to line and column (from 1), and the text that takes their place."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class PlannedFile(NamedTuple):
    """One file of a plan: its ``place`` from the directory, the SHA-256 of its bytes before and after, and its changes.

    ``fixes`` are the rules that had part in it, each with its level.
    """

    place: str
    before: str
    after: str
    edits: tuple[Piece, ...]
    fixes: tuple[tuple[str, str], ...]


# -- making one -----------------------------------------------------------------------------------------------------------


def top_of(paths: Sequence[str]) -> str:
    """Return the directory that the places of a plan begin at: the one that was named, or that of all that was named."""
    return os.path.commonpath([path if os.path.isdir(path) else os.path.dirname(path) for path in paths])


def planned(files: Sequence[Rewritten], applied: Sequence[Applied], top: str) -> tuple[PlannedFile, ...]:
    """Return the plan of some changes. Raises ``FileProblem`` for a file that does not lie in the directory."""
    return tuple(_planned(file, applied, top) for file in files)


def _planned(file: Rewritten, applied: Sequence[Applied], top: str) -> PlannedFile:
    place = os.path.relpath(file.path, top)
    if place.startswith("../"):
        raise FileProblem(file.name, f"does not lie in {top}, so that a plan cannot name it")
    lines = LineIndex(file.before)
    edits = [
        (*lines.position(edit.span.start), *lines.position(edit.span.end), edit.text) for edit in sorted(file.edits)
    ]
    fixes = {
        (one.rule, one.fix.applicability.label): None
        for one in applied
        if any(path == file.path for path, _ in one.origins)
    }
    return PlannedFile(
        place,
        digest(encode(file.before)),
        digest(encode(file.after)),
        tuple(Piece(*edit) for edit in edits),
        tuple(fixes),
    )


def as_text(files: Iterable[PlannedFile], version: str) -> str:
    """Return the text of a plan's file. Bytes that are not UTF-8 stand in it as lone surrogates, ``\\udc80`` to ``\\udcff``."""
    table = {
        "plan": VERSION,
        "version": version,
        "files": [
            {
                **file._asdict(),
                "edits": [edit._asdict() for edit in file.edits],
                "fixes": [{"rule": rule, "level": level} for rule, level in file.fixes],
            }
            for file in files
        ],
    }
    return json.dumps(table, indent=2) + "\n"


# -- reading one ----------------------------------------------------------------------------------------------------------


def read_plan(path: str) -> tuple[PlannedFile, ...]:
    """Return the plan in a file.

    Raises ``FileProblem`` or ``Stop`` for one that is missing or broken, or that reaches out of its tree.
    """
    try:
        table = json.loads(read_bytes(path, most=MOST).decode("utf-8"))
    except json.JSONDecodeError as error:
        raise _broken(f"{path}:{error.lineno}:{error.colno}", "is not JSON") from error
    except (ValueError, RecursionError) as error:
        raise _broken(path, "is not JSON") from error
    if not isinstance(table, dict) or "plan" not in table or not isinstance(table.get("files"), list):
        raise _broken(path, "is not a plan")
    if table["plan"] != VERSION or isinstance(table["plan"], bool):
        raise _broken(path, "is a plan of another version of modwsgi-fix")
    files = tuple(_read(path, at, file) for at, file in enumerate(table["files"], start=1))
    seen = set[str]()
    for file in files:
        if file.place in seen:
            raise _broken(path, f"has {file.place} twice")
        seen.add(file.place)
    return files


def _read(path: str, at: int, file: object) -> PlannedFile:
    if not isinstance(file, dict) or file.keys() != set(PlannedFile._fields):
        raise _broken(path, f"file {at} is not one of a plan")
    place = file["place"]
    if not isinstance(place, str) or not _is_inside(place):
        raise _broken(path, f"file {at} leads out of the directory that a plan is for")
    edits, fixes = file["edits"], file["fixes"]
    whole = all(isinstance(file[key], str) and _DIGEST.fullmatch(file[key]) for key in ("before", "after"))
    whole = whole and isinstance(edits, list) and all(map(_is_piece, edits))
    whole = whole and isinstance(fixes, list) and all(map(_is_fix, fixes))
    if not whole:
        raise _broken(path, f"what it says of {place} is not of a plan")
    return PlannedFile(
        place, file["before"], file["after"], tuple(Piece(**edit) for edit in edits),
        tuple((one["rule"], one["level"]) for one in fixes),
    )  # fmt: skip


def _is_inside(place: str) -> bool:
    """Whether a place is a plain relative path, which names each directory once and never goes up."""
    plain = place != "." and not place.startswith(("/", "../")) and place != ".." and "\0" not in place
    return plain and place == posixpath.normpath(place) and _is_text(place)


def _is_piece(edit: Any) -> bool:
    return (
        isinstance(edit, dict)
        and edit.keys() == set(Piece._fields)
        and isinstance(edit["text"], str)
        and _is_text(edit["text"])
        and all(isinstance(edit[key], int) and not isinstance(edit[key], bool) and edit[key] >= 1 for key in _NUMBERS)
    )


def _is_fix(fix: Any) -> bool:
    levels = [level.label for level in Applicability]
    return (
        isinstance(fix, dict)
        and fix.keys() == {"rule", "level"}
        and isinstance(fix["rule"], str)
        and fix["level"] in levels
    )


def _is_text(text: str) -> bool:
    """Whether a text can be written as bytes, and is read as the same text again."""
    try:
        return decode(encode(text)) == text
    except UnicodeEncodeError:
        return False


def _broken(place: str, why: str) -> Stop:
    return Stop(f"{place}: {why}; modwsgi-fix --write-plan makes one", "file")


# -- carrying one out -----------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """The files that a plan changes, those that are as it makes them already, and why it cannot be carried out, line by line."""

    files: tuple[Rewritten, ...]
    done: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why nothing is carried out, line by line: in part, it would leave a tree that nobody looked at."""
        if not (self.problems or (self.done and self.files)):
            return ()
        return (*self.problems, *(f"{name}: is as the plan makes it already" for name in self.done))


def carried_out(plan: Iterable[PlannedFile], top: str, name: Callable[[str], str]) -> Outcome:
    """Return what a plan makes of the files in a directory, given by its real path; ``name`` shows a place to the user."""
    files, done, problems = list[Rewritten](), list[str](), list[str]()
    for file in plan:
        shown, path = name(file.place), os.path.join(top, file.place)
        try:
            if os.path.realpath(path) != path:
                raise FileProblem(shown, "is a link, or lies behind one, which a plan does not follow")
            data = read_bytes(path)
        except FileProblem as problem:
            problems.append(f"{shown}: {problem.reason}")
            continue
        found = digest(data)
        if found == file.after:
            done.append(shown)
        elif found != file.before:
            problems.append(f"{shown}: is not as it was when the plan was made")
        elif language_of(path, decode(data)).kind == "other":
            problems.append(f"{shown}: is neither httpd's nor Python, and no plan changes such a file")
        elif (rewritten := _rewritten(file, path, shown, decode(data))) is None:
            problems.append(f"{shown}: the edits of the plan do not make what it announces")
        else:
            files.append(rewritten)
    return Outcome(tuple(files), tuple(done), tuple(problems))


def _rewritten(file: PlannedFile, path: str, shown: str, before: str) -> Rewritten | None:
    """Return a file with the edits made; None where they do not fit it, or give other bytes than were announced."""
    lines, edits, end = LineIndex(before), list[Edit](), 0
    for edit in file.edits:
        start, stop = (lines.offset(line, column) for line, column in (edit[:2], edit[2:4]))
        if not (end <= start <= stop and lines.position(start) == edit[:2] and lines.position(stop) == edit[2:4]):
            return None
        edits.append(Edit(path, Span(start, stop), edit.text))
        end = stop
    after = apply(before, edits)
    return Rewritten(path, shown, before, after, tuple(edits)) if digest(encode(after)) == file.after else None
