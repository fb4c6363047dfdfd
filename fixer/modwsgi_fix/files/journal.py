"""What a run is about to write, noted down so that the next one can put right what a crash left half done.

A journal lies next to the first file of a run from before the first file is touched until the last one is done. Every
line of it is a comment to httpd: a directory that is included whole (``Include conf.d/``) takes in the journal too,
while ``--verify`` runs ``apachectl -t`` or when the machine stops. It therefore also holds the originals, which would
otherwise lie next to their successors and define everything twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass

from modwsgi_fix.files import FileProblem, problem

PREFIX = ".modwsgi-fix-"
SUFFIX = ".journal"
_VERSION = 1
_TITLE = "# modwsgi-fix was interrupted while it wrote; its next run over this directory puts that right."


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run: its real path, its bytes before and after, and what may lie about because of it.

    ``staged`` is the temporary file, ``""`` when the file is written in place; ``backup`` the copy of the original that
    the user asked for, or ``""``.
    """

    path: str
    before: bytes
    after: bytes
    staged: str
    backup: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The files of a run; with ``verified`` they count only once a verification passed and the journal was deleted."""

    verified: bool
    entries: tuple[Entry, ...]


def dump(journal: Journal) -> bytes:
    """A journal as comments, with a digest of itself: a torn one was written before any file was touched."""
    files = [
        {key: _armour(value) if isinstance(value, bytes) else value for key, value in asdict(entry).items()}
        for entry in journal.entries
    ]
    body = json.dumps({"version": _VERSION, "verified": journal.verified, "files": files}).encode("ascii")
    text = base64.b64encode(body).decode("ascii")
    # httpd 2.2 refuses lines over 8 kB.
    rows = [text[at : at + 1000] for at in range(0, len(text), 1000)]
    return "\n".join([_TITLE, *(f"# {row}" for row in [hashlib.sha256(body).hexdigest(), *rows]), ""]).encode("ascii")


def load(path: str) -> Journal | None:
    """The journal in a file, None for a torn one.

    Raises ``FileProblem`` for one that is not to be trusted: it says what to write where, so it must be this user's
    own, and no one else's to write.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            info = os.fstat(descriptor)
            own = not hasattr(os, "geteuid") or info.st_uid == os.geteuid()
            if not stat.S_ISREG(info.st_mode) or not own or info.st_mode & 0o022 or info.st_nlink != 1:
                raise FileProblem(path, "is another user's journal of an interrupted run: let them run again")
            data = file.read()
    except OSError as error:
        raise problem(path, error) from error
    try:
        _, digest, *rows = [line.removeprefix("# ") for line in data.decode("ascii").splitlines()]
        body = base64.b64decode("".join(rows), validate=True)
        if hashlib.sha256(body).hexdigest() != digest:
            return None
        read = json.loads(body)
    except ValueError:
        return None
    if read["version"] != _VERSION:
        raise FileProblem(path, "is the journal of another version's interrupted run: let that run again, or delete it")
    entries = (
        Entry(
            file["path"],
            base64.b64decode(file["before"]),
            base64.b64decode(file["after"]),
            file["staged"],
            file["backup"],
        )
        for file in read["files"]
    )
    return Journal(read["verified"], tuple(entries))


def _armour(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
