"""A copy of a server that is known to be partial: what was left behind is there, and what was not asked for is unknown.

``modwsgi-fix fetch`` writes ``MANIFEST`` at the top of such a copy. It has the type, mode and owner of whatever was looked at
on the server, which is more than was copied: a file in a served directory is listed, and not fetched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from modwsgi_fix.files import MANIFEST, MISSING, FileProblem, Files, Listed, Permissions, absolute, read_bytes
from modwsgi_fix.text import encode
from modwsgi_fix.tuples import NamedTuple

_SCHEMA = 1
#: The most bytes of a manifest.
_MOST = 128 << 20


class Entry(NamedTuple):
    """What ``ls`` says of a path: ``kind`` is ``-`` for a file, ``d``, ``l`` or another letter; ``target`` is a link's.

    Where ``has_acl``, further users and groups count beside the mode.
    """

    kind: str
    mode: int
    owner: int
    group: int
    size: int
    target: str = ""
    has_acl: bool = False


class Manifest(NamedTuple):
    """What is known of a server beside the files of the copy. Paths are absolute, without links, and the server's.

    ``listed`` are directories all of whose contents are in ``entries``; ``absent`` paths do not exist. ``digests`` are the
    SHA-256 of the files that were copied, ``left_out`` says why another was not.
    """

    host: str
    main: str
    facts: Mapping[str, str]
    entries: Mapping[str, Entry]
    listed: frozenset[str]
    absent: frozenset[str]
    digests: Mapping[str, str]
    left_out: Mapping[str, str]


def as_json(manifest: Manifest) -> str:
    """Return the manifest as its file has it: ASCII, so that names of any bytes survive."""
    value = {
        "schema": _SCHEMA,
        "host": manifest.host,
        "main": manifest.main,
        "facts": dict(manifest.facts),
        "listed": sorted(manifest.listed),
        "absent": sorted(manifest.absent),
        "left_out": dict(sorted(manifest.left_out.items())),
        "sha256": dict(sorted(manifest.digests.items())),
        "entries": {path: list(entry) for path, entry in sorted(manifest.entries.items())},
    }
    return json.dumps(value, indent=1) + "\n"


def read_manifest(path: str) -> Manifest:
    """Return the manifest in a file. Raises ``FileProblem`` for anything else."""
    try:
        value = json.loads(read_bytes(path, most=_MOST))
        if value["schema"] != _SCHEMA:
            raise ValueError
        return Manifest(
            _text(value["host"]),
            _text(value["main"]),
            _texts(value["facts"]),
            {_text(name): _entry(fields) for name, fields in value["entries"].items()},
            frozenset(map(_text, value["listed"])),
            frozenset(map(_text, value["absent"])),
            _texts(value["sha256"]),
            _texts(value["left_out"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileProblem(path, "is not a manifest of modwsgi-fix fetch; fetch the server anew") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> dict[str, str]:
    return {_text(key): _text(text) for key, text in value.items()}


def _entry(fields: Any) -> Entry:
    kind, mode, owner, group, size, target, has_acl = fields
    if not all(isinstance(number, int) for number in (mode, owner, group, size)):
        raise TypeError
    return Entry(_text(kind), mode, owner, group, size, _text(target), bool(has_acl))


class Fetched:
    """Files among which one directory is such a copy: ``top``, with its manifest."""

    def __init__(self, files: Files, top: str, manifest: Manifest) -> None:
        self._files = files
        self._top = files.key(top).rstrip("/")
        self._manifest = manifest
        self._names: dict[str, set[str]] = {"/": set()}
        for path in manifest.entries:
            while path != "/":
                directory, _, name = path.rpartition("/")
                path = directory or "/"
                known = path in self._names
                self._names.setdefault(path, set()).add(name)
                if known:
                    break

    def _remote(self, path: str) -> str | None:
        """Return the path on the server for one of the copy; None for any other."""
        path = absolute(path)
        return (path[len(self._top) :] or "/") if f"{path}/".startswith(f"{self._top}/") else None

    def _left(self, path: str) -> Entry | None:
        """Return what is known of a path that was left on the server."""
        remote = self._remote(path)
        return None if remote is None or remote in self._manifest.digests else self._manifest.entries.get(remote)

    def is_known(self, path: str) -> bool:
        """Whether a path that is not here is certainly not on the server either."""
        remote = self._remote(path)
        if remote is None:
            return True
        manifest = self._manifest
        while remote != "/":
            if remote in manifest.absent or remote in manifest.listed or remote in manifest.digests:
                return True
            remote = remote.rpartition("/")[0] or "/"
        return False

    def read(self, path: str) -> str:
        try:
            return self._files.read(path)
        except FileProblem as problem:
            left = self._left(path)
            if problem.reason != MISSING or left is None or left.kind != "-":
                raise
            why = self._manifest.left_out.get(self._remote(path) or "", "")
            raise FileProblem(path, f"was not fetched{f' ({why})' if why else ''}") from None

    def key(self, path: str) -> str:
        return self._files.key(path)

    def is_file(self, path: str) -> bool:
        left = self._left(path)
        return self._files.is_file(path) or (left is not None and left.kind == "-")

    def is_dir(self, path: str) -> bool:
        remote = self._remote(path)
        left = self._left(path)
        implied = remote in self._names and (left is None or left.kind == "d")
        return self._files.is_dir(path) or implied or (left is not None and left.kind == "d")

    def is_link(self, path: str) -> bool:
        left = self._left(path)
        return self._files.is_link(path) or (left is not None and left.kind == "l")

    def is_program(self, path: str) -> bool | None:
        known = self.permissions(path)
        return bool(known.mode & 0o111) if known else None

    def permissions(self, path: str) -> Permissions | None:
        remote = self._remote(self._files.key(path))
        if remote is None:
            return self._files.permissions(path)
        entry = self._manifest.entries.get(remote)
        # Modes and owners of the copy are this user's.
        return None if entry is None or entry.has_acl else Permissions(entry.mode, entry.owner, entry.group)

    def readlink(self, path: str) -> str:
        left = self._left(path)
        return left.target if left is not None and left.kind == "l" else self._files.readlink(path)

    def names(self, directory: str) -> list[str]:
        remote = self._remote(directory)
        listed = self._names.get(remote or "", set())
        if not listed:
            return self._files.names(directory)
        present = self._files.names(directory) if self._files.is_dir(directory) else []
        prefix = (remote or "").rstrip("/")
        left = {name for name in listed if f"{prefix}/{name}" not in self._manifest.digests}
        return sorted({*present, *left} - ({MANIFEST} if remote == "/" else set()), key=encode)

    def listed(self, directory: str) -> Listed:
        return Listed(self.names(directory))


def with_manifest(files: Files, root: str) -> Files:
    """Return the files with what the manifest of a root knows. Raises ``FileProblem`` for a broken one."""
    return Fetched(files, root, read_manifest(os.path.join(root, MANIFEST)))
