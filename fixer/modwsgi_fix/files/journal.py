"""The journal of a run: what it is about to write, so that the next run can put right what a crash left half done.

A journal lies next to the first file of a run from before the first file is touched until the last one is done. Every
line of it is a comment to httpd: a directory that is included whole (``Include conf.d/``) takes in the journal too,
while ``--verify`` runs ``apachectl -t`` or when the machine stops. It therefore also holds the originals, which would
otherwise lie next to their successors and define everything twice.

This module knows the form of a journal; ``files.trust`` decides which journals are obeyed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import OWN

SUFFIX = ".journal"
#: Bytes; a longer journal is neither written nor read.
MOST = 1 << 28

_VERSION = 2
_TITLE = "# modwsgi-fix was interrupted while it wrote; its next run over this directory puts that right."
_NAME = expression(re.escape(OWN) + r"[0-9a-f]{8}" + re.escape(SUFFIX))
_STAGED = expression(re.escape(OWN) + r"[0-9a-f]{8}-[0-9]{1,9}\.staged")
#: Characters, as many as Linux takes for one path (PATH_MAX).
_LONGEST = 4096
_FORM = "it is not in the form of a journal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run: its real path, its bytes before and after, and the files that the run may leave behind.

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
    """The files of a run; with ``verified`` they count only once the verification passed and the journal was deleted."""

    verified: bool
    entries: tuple[Entry, ...]


def journal_name(token: str) -> str:
    """Return the name of a journal; ``token`` is 8 hexadecimal digits."""
    return f"{OWN}{token}{SUFFIX}"


def staged_name(token: str, number: int) -> str:
    """Return the name of a temporary file; ``token`` is 8 hexadecimal digits, ``number`` that of the file in its run."""
    return f"{OWN}{token}-{number}.staged"


def is_journal_name(name: str) -> bool:
    """Whether ``journal_name`` makes such names."""
    return _NAME.fullmatch(name) is not None


def is_staged_name(name: str) -> bool:
    """Whether ``staged_name`` makes such names."""
    return _STAGED.fullmatch(name) is not None


def dump(journal: Journal, directory: int = 0) -> bytes:
    """Return a journal as comments, with a digest of itself.

    ``directory`` is the inode of the directory where it will lie: a copy of it elsewhere is not obeyed. No directory has
    the inode 0.
    """
    files = [
        {key: _armour(value) if isinstance(value, bytes) else value for key, value in asdict(entry).items()}
        for entry in journal.entries
    ]
    body = json.dumps({"version": _VERSION, "directory": directory, "verified": journal.verified, "files": files})
    text = _armour(body.encode("ascii"))
    # httpd 2.2 refuses lines over 8 kB.
    rows = [text[at : at + 1000] for at in range(0, len(text), 1000)]
    digest = hashlib.sha256(body.encode("ascii")).hexdigest()
    return "\n".join([_TITLE, *(f"# {row}" for row in [digest, *rows]), ""]).encode("ascii")


def parse(data: bytes) -> tuple[Journal, int]:
    """Return a journal and the inode of its directory. Raises ``ValueError`` with the reason why the data is not a journal."""
    body = _body(data)
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(_FORM) from None
    if not isinstance(read, dict):
        raise ValueError(_FORM)
    if read.get("version") != _VERSION:
        raise ValueError("it is of another version of modwsgi-fix, which puts it right")
    directory, verified, files = read.get("directory"), read.get("verified"), read.get("files")
    if len(read) != 4 or type(directory) is not int or type(verified) is not bool or not isinstance(files, list):
        raise ValueError(_FORM)
    entries = tuple(map(_entry, files))
    if not entries or len({entry.path for entry in entries}) != len(entries):
        raise ValueError(_FORM)
    return Journal(verified, entries), directory


def _body(data: bytes) -> bytes:
    try:
        title, digest, *rows = data.decode("ascii").split("\n")
        body = base64.b64decode("".join(row.removeprefix("# ") for row in rows), validate=True)
    except ValueError:
        raise ValueError("it is not whole") from None
    if title != _TITLE or digest != f"# {hashlib.sha256(body).hexdigest()}":
        raise ValueError("it is not whole")
    return body


def _entry(read: object) -> Entry:
    if not isinstance(read, dict) or read.keys() != {field.name for field in fields(Entry)}:
        raise ValueError(_FORM)
    path, before, after, staged, backup = (read[field.name] for field in fields(Entry))
    if not all(isinstance(name, str) and len(name) <= _LONGEST and "\0" not in name for name in (path, staged, backup)):
        raise ValueError(_FORM)
    return Entry(path, _bare(before), _bare(after), staged, backup)


def _armour(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bare(text: object) -> bytes:
    try:
        if isinstance(text, str):
            return base64.b64decode(text, validate=True)
    except ValueError:
        pass
    raise ValueError(_FORM)
