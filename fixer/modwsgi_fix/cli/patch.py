"""``--patch``: what the fixes change is asked about hunk by hunk, with the letters of ``git add -p``."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.cli.output import say, write
from modwsgi_fix.edits import apply
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.files import working_directory
from modwsgi_fix.reports.diff import BadDiff
from modwsgi_fix.reports.patch import BadPatch, Offer, edited, offers
from modwsgi_fix.reports.text import applied as described
from modwsgi_fix.reports.text import as_shown, printable
from modwsgi_fix.text import LineIndex, decode, encode
from modwsgi_fix.workspace.choosing import by_hand, some_of
from modwsgi_fix.workspace.errors import Stop

if TYPE_CHECKING:
    from modwsgi_fix.workspace.session import Mended, Session

_HELP = """\
y - apply this hunk
n - do not apply this hunk
q - quit; do not apply this hunk or any of the remaining ones
a - apply this hunk and all later hunks in the file
d - do not apply this hunk or any of the later hunks in the file
e - edit this hunk
? - print help
"""
_ABOUT_EDITING = """\
# ---
# To remove '-' lines, make them ' ' lines (context).
# To remove '+' lines, delete them; lines of your own begin with '+'.
# Lines that begin with # are removed. If nothing is left, the hunk stays as it was.
"""


def chosen(session: Session, done: Mended, *, color: bool = False) -> Mended:
    """Ask about each hunk, in ``color`` or without, and return what was taken.

    Raises ``Stop`` where that cannot be made by itself.
    """
    try:
        every = offers(done.files, done.report.fixed, directory=working_directory())
    except BadDiff as error:
        raise Stop(
            f"{error}; no file was changed; this is a bug in modwsgi-fix, please report it", "internal"
        ) from error
    taken = _asked(every, color=color)
    if len(taken) == len(every):
        some = done
    else:
        refused = {fix.made for at, offer in enumerate(every) if at not in taken for fix in offer.fixes}
        files = _rewritten(done.files, [every[at] for at in taken])
        some = some_of(session, done, refused, {file.path: file.after for file in files})
    if not any(offer.is_edited for offer in taken.values()):
        return some
    return by_hand(session, some, _rewritten(done.files, taken.values()))


def _rewritten(files: Sequence[Rewritten], taken: Collection[Offer]) -> list[Rewritten]:
    """Return the files that these hunks change, and what they make of them."""
    found = []
    for file in files:
        edits = [edit for offer in taken for piece in offer.pieces if piece.file == file for edit in piece.edits]
        if edits:
            found.append(file._replace(after=apply(file.before, edits), edits=tuple(sorted(edits))))
    return found


def _asked(every: Sequence[Offer], *, color: bool) -> dict[int, Offer]:
    """Return the hunks that the user takes, some of them edited, by their numbers."""
    taken: dict[int, Offer] = {}
    rest: dict[str, str] = {}
    for at, offer in enumerate(every):
        answer = rest.get(offer.path, "")
        if not answer:
            answer, offer = _answer(offer, f"{at + 1}/{len(every)}", color=color)
        if answer in "ad":
            rest[offer.path] = answer
        if answer == "q":
            break
        if answer in "ya":
            taken[at] = offer
    return taken


def _answer(offer: Offer, number: str, *, color: bool) -> tuple[str, Offer]:
    """Show hunks and return one of the letters y, n, q, a, d with the hunks, which the user may have edited before."""
    _show(offer, color=color)
    what = "this hunk" if len(offer.pieces) == 1 else f"these {len(offer.pieces)} hunks"
    while True:
        write(_prompt(f"({number}) Apply {what} [y,n,q,a,d,e,?]?", color=color) + " ")
        line = sys.stdin.readline()
        answer = line.strip().lower()
        if not line:
            write("\n")
            return "q", offer
        if answer in ("y", "n", "q", "a", "d"):
            return answer, offer
        if answer != "e":
            write(_HELP)
            continue
        try:
            offer = edited(offer, _by_editor(offer.text))
        except BadPatch as reason:
            say(printable(f"the hunk is as it was: {reason}"))
        else:
            _show(offer, color=color)


def _prompt(question: str, *, color: bool) -> str:
    """Return a question, bold and blue as git's in ``color``; what is typed behind it has none."""
    return f"\x1b[1;34m{question}\x1b[m" if color else question


def _show(offer: Offer, *, color: bool) -> None:
    """Show hunks as ``--diff`` does, and below them each fix that has part in them, with the lines where it has."""
    write(offer.text_in_color if color else as_shown(offer.text))
    files = {piece.file.path: piece.file for piece in offer.pieces}
    indexes = {path: LineIndex(file.before) for path, file in files.items()}
    places: dict[str, set[tuple[str, int]]] = {}
    for fix in offer.fixes:
        lines = {
            (files[path].name, indexes[path].position(span.start).line) for path, span in fix.origins if path in files
        }
        places.setdefault(described(fix), set()).update(lines)
    for text, lines in places.items():
        for name in sorted({name for name, _ in lines}):
            numbers = ",".join(str(line) for each, line in sorted(lines) if each == name)
            write(f"{printable(name)}:{numbers}: {text}\n")


def _by_editor(text: str) -> str:
    """Return a text as the user leaves it in an editor. Raises ``BadPatch``."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-") as directory:
        path = os.path.join(directory, "hunk.diff")
        with open(path, "wb") as file:
            file.write(encode(text + _ABOUT_EDITING))
        # Ctrl-C is the editor's while it runs; a handler of ours is not inherited.
        before = signal.signal(signal.SIGINT, lambda number, frame: None)
        try:
            code = subprocess.run([*shlex.split(editor), path], check=False).returncode
        except (OSError, ValueError) as error:
            raise BadPatch(f"the editor {editor} cannot be run: {getattr(error, 'strerror', '') or error}") from error
        finally:
            signal.signal(signal.SIGINT, before)
        if code:
            raise BadPatch(f"the editor {editor} failed with exit code {code}")
        try:
            with open(path, "rb") as file:
                return decode(file.read())
        except OSError as error:
            raise BadPatch(f"the editor {editor} left no file: {error.strerror}") from error
