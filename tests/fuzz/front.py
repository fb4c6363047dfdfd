"""The command itself, asked about an input on the disk: all of it is told in words, nothing is lost, and a write is taken back."""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from modwsgi_fix.cli import main
from modwsgi_fix.text import encode

from .inputs import Input

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f]")
_BUG = re.compile(r"internal error|Traceback|this is a bug", re.A)
#: What a rule that fails says of itself is a fault of its own kind, found elsewhere.
_CODES = (0, 1, 2)


def faults(given: Input) -> list[str]:
    """Return what does not hold, each line beginning with its kind."""
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-fuzz-") as place, _in(Path(place)):
        return list(_faults(given, Path(place)))


def _faults(given: Input, place: Path) -> Iterator[str]:
    written = {path: encode(text) for path, text in _paths(given).items()}
    for path, data in written.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    root = ("--root", "root") if os.path.isdir("root") else ()
    common = ("--isolated", *root)
    before = _tree()
    for words in (
        (*common, "conf"), (*common, "--output-format", "full", "conf"), (*common, "--diff", "conf"),
        ("show", "--isolated", *root, "conf"), ("trace", "--isolated", *root, "http://a.test/x", "conf"), ("explain", "--isolated", "AH00526", "conf"),
    ):  # fmt: skip
        yield from _asked(words)
        if _tree() != before:
            yield f"{words[0]} changed something: {words}"
    if len(written) == 1:
        yield from _filtered(*written.items())
    yield from _asked(("baseline", "write", *common, "--baseline", "known.json", "conf"))
    if os.path.exists("known.json"):
        yield from _asked((*common, "--baseline", "known.json", "conf"))
        os.unlink("known.json")
    for words in ((*common, "--write", "conf"), (*common, "--add-ignore=known", "conf")):
        yield from _asked(words)
        changed = _tree() != before
        yield from _asked(("undo",))
        if _tree() != before:
            yield f"undo does not take back {words[-2]}: {changed}"


def _filtered(one: tuple[bytes, bytes]) -> Iterator[str]:
    path, data = one
    code, out, _ = _run(("--isolated", "--stdin-filename", os.fsdecode(path), "-"), data)
    if code and out != data:
        yield f"the filter loses what it cannot read: {code}"


def _asked(words: tuple[str, ...]) -> Iterator[str]:
    code, out, err = _run(words)
    said = err.decode("utf-8", "surrogateescape")
    name = next((word for word in words if word in ("--diff", "--write", "--add-ignore=known")), words[0])
    if code not in _CODES:
        yield f"{name} ends with another code: {code}"
    if found := _BUG.search(said):
        yield f"{name} says {found[0]}: {said[:300]}"
    shown = said if "--diff" in words else said + out.decode("utf-8", "surrogateescape")
    if found := _CONTROL.search(shown):
        yield f"{name} prints a control character: {shown[max(0, found.start() - 60) : found.end() + 20]!r}"


def _run(words: tuple[str, ...], stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin)), out, err
    try:
        code = main(words)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return code, *(stream.buffer.getvalue() for stream in (out, err))  # type: ignore[attr-defined]


def _paths(given: Input) -> Mapping[bytes, str]:
    """The texts by the paths where they are put: what is on the disk that paths mean lies in ``root``."""
    return {
        encode(f"root{name}" if name.startswith("/") else f"conf/{name}"): text
        for name, text in given.texts.items()
        if "\0" not in name and not name.endswith("/")
    }


def _tree() -> dict[bytes, bytes]:
    found = {}
    for top in (b"conf", b"root"):
        for directory, _, names in os.walk(top):
            for path in (os.path.join(directory, name) for name in names):
                with open(path, "rb") as file:
                    found[path] = file.read()
    return found


@contextmanager
def _in(place: Path) -> Iterator[None]:
    here, state = os.getcwd(), os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(place / "state")
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.pop("XDG_STATE_HOME")
        if state is not None:
            os.environ["XDG_STATE_HOME"] = state
