"""Checksums of files as their packages ship them, from the databases of dpkg and rpm in a filesystem.

Sources: deb-md5sums(5), dpkg-query(1) on Conffiles, ucf(1) on its hashfile; rpm's ``lib/header.c`` and
``lib/backend/sqlite.c``, tags as in ``rpmtag.h``. A Berkeley DB of rpm (Enterprise Linux 7 and before) is not read. Nothing
that is wrong with a database is an error: nothing is then known of the files.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import struct
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING

from modwsgi_fix.expressions import expression
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.text import decode, encode
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection

_STATUS = "/var/lib/dpkg/status"
_INFO = "/var/lib/dpkg/info"
_UCF = "/var/lib/ucf/hashfile"
_RPM = ("/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite")

#: More than real databases have: bytes of a file of dpkg or of the header of an rpm; packages with a file of one name.
_MOST_BYTES = 1 << 28
_MOST_HEADER = 1 << 26
_MOST_PACKAGES = 1000
#: The work that SQLite may do in all: so many rounds of so many steps of its virtual machine.
_STEPS, _MOST_ROUNDS = 10_000, 10_000

#: A conffile of dpkg's status: path, MD5, and flags (obsolete, remove-on-upgrade).
_CONFFILE = expression(rb"^ (/[^\n]*?) ([0-9a-f]{32})(?: [a-z-]+)*$", re.M)
_HASH = expression(rb"^([0-9a-f]{32})  ?(/[^\n]*)$", re.M)
_MD5SUM = expression(rb"^([0-9a-f]{32})  ([^/\n][^\n]*)$", re.M)

#: Tags of rpm's header.
_FILEDIGESTS, _DIRINDEXES, _BASENAMES, _DIRNAMES, _FILEDIGESTALGO = 1035, 1116, 1117, 1118, 5011
_INT32, _STRING_ARRAY = 4, 8
#: rpm's numbers of digest algorithms (those of OpenPGP); MD5 where the header says nothing.
_MD5 = 1
_ALGORITHMS = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}


class Sum(NamedTuple):
    """A checksum: hashlib's name of the algorithm, hexadecimal digits."""

    algorithm: str
    digest: str

    def is_of(self, text: str) -> bool:
        """Whether a file with that text has this checksum."""
        import hashlib

        return hashlib.new(self.algorithm, encode(text), usedforsecurity=False).hexdigest() == self.digest


def shipped_sums(rooted: Rooted, paths: Iterable[str]) -> dict[str, set[Sum]]:
    """Return the checksums with which the installed packages of a filesystem shipped these files, by absolute path."""
    wanted = {encode(path): path for path in paths}
    found: dict[str, set[Sum]] = {}
    if not wanted:
        return found
    for path, digest in _of_dpkg(rooted, wanted.keys()):
        found.setdefault(wanted[path], set()).add(Sum("md5", digest))
    for name, shipped in _of_rpm(rooted, wanted.values()):
        found.setdefault(name, set()).add(shipped)
    return found


def _of_dpkg(rooted: Rooted, wanted: Set[bytes]) -> Iterator[tuple[bytes, str]]:
    left = set(wanted)
    status = _read(rooted.host(_STATUS))
    for match in _CONFFILE.finditer(status):
        if match[1] in wanted:
            left.discard(match[1])
            yield match[1], match[2].decode()
    for match in _HASH.finditer(_read(rooted.host(_UCF))):
        if match[2] in wanted:
            left.discard(match[2])
            yield match[2], match[1].decode()
    if not left or not status:
        return
    directory = rooted.host(_INFO)
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return
    # Most packages have no file in the directories of these paths, and their lists are long.
    directories = {b"  %s/" % posixpath.dirname(path)[1:] for path in left}
    for name in names:
        if name.endswith(".md5sums"):
            sums = _read(posixpath.join(directory, name))
            if any(prefix in sums for prefix in directories):
                for match in _MD5SUM.finditer(sums):
                    if b"/" + match[2] in left:
                        yield b"/" + match[2], match[1].decode()


def _read(path: str) -> bytes:
    """Return the bytes of a regular file of bounded size that is not a link; no bytes for any other path."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            seen = os.fstat(descriptor)
            return file.read() if stat.S_ISREG(seen.st_mode) and seen.st_size <= _MOST_BYTES else b""
    except (OSError, ValueError):
        return b""


# -- rpm -------------------------------------------------------------------------------------------------------------------


def _of_rpm(rooted: Rooted, wanted: Iterable[str]) -> Iterator[tuple[str, Sum]]:
    for place in _RPM:
        path = rooted.host(place)
        if os.path.isfile(path):
            yield from _of_database(path, wanted)
            return


def _of_database(database: str, wanted: Iterable[str]) -> Iterator[tuple[str, Sum]]:
    import sqlite3
    from contextlib import closing

    # Immutable: SQLite then writes nothing beside the database, even if another program has it open.
    uri = "file:" + "".join(f"%{byte:02x}" for byte in encode(database)) + "?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_HEADER)
            # A hostile database may have an endless view under the name of the table.
            rounds = iter(range(_MOST_ROUNDS))
            connection.set_progress_handler(lambda: next(rounds, None) is None, _STEPS)
            headers: dict[int, dict[str, Sum]] = {}
            for path in wanted:
                for number in _packages(connection, posixpath.basename(path)):
                    if number not in headers:
                        headers[number] = _files(connection, number)
                    if path in headers[number]:
                        yield path, headers[number][path]
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return


def _packages(connection: Connection, name: str) -> list[int]:
    """Return the numbers of the packages that have a file of that name in some directory."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return []
    rows = connection.execute("SELECT DISTINCT hnum FROM Basenames WHERE key = ?", (name,))
    return [number for (number,) in rows.fetchmany(_MOST_PACKAGES)]


def _files(connection: Connection, number: int) -> dict[str, Sum]:
    row = connection.execute("SELECT blob FROM Packages WHERE hnum = ?", (number,)).fetchone()
    return files_of_header(row[0]) if row and isinstance(row[0], bytes) else {}


def files_of_header(blob: bytes) -> dict[str, Sum]:
    """Return the checksums of a package's files by path, from its header; none where the header is not whole.

    A header is two numbers (entries, bytes of data), the entries (tag, type, offset, count), and the data; numbers are
    32 bits, the highest first.
    """
    try:
        count, size = struct.unpack_from(">II", blob)
        entries = {tag: rest for tag, *rest in struct.iter_unpack(">IIII", blob[8 : 8 + 16 * count])}
    except struct.error:
        return {}
    data = blob[8 + 16 * count :]
    if len(data) != size:
        return {}
    names, directories, digests = (_strings(data, entries.get(tag)) for tag in (_BASENAMES, _DIRNAMES, _FILEDIGESTS))
    indexes = _numbers(data, entries.get(_DIRINDEXES))
    algorithm = _ALGORITHMS.get(next(iter(_numbers(data, entries.get(_FILEDIGESTALGO))), _MD5))
    if algorithm is None or not len(names) == len(indexes) == len(digests):
        return {}
    return {
        decode(directories[index] + name): Sum(algorithm, digest.decode("ascii", "replace"))
        for name, index, digest in zip(names, indexes, digests, strict=True)
        if index < len(directories) and digest
    }


def _strings(data: bytes, entry: Sequence[int] | None) -> list[bytes]:
    if entry is None or entry[0] != _STRING_ARRAY:
        return []
    _, offset, count = entry
    return data[offset:].split(b"\0", count)[:count]


def _numbers(data: bytes, entry: Sequence[int] | None) -> list[int]:
    if entry is None or entry[0] != _INT32:
        return []
    _, offset, count = entry
    whole = data[offset : offset + 4 * count]
    return [number for (number,) in struct.iter_unpack(">I", whole[: len(whole) // 4 * 4])]
