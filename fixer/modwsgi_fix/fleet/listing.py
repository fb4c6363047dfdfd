"""What is there on a server: its httpd, the names in its directories, the contents of some files."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256

from modwsgi_fix.expressions import expression
from modwsgi_fix.files.fetched import Entry
from modwsgi_fix.fleet.far import Far, asked, lines_of
from modwsgi_fix.text import decode
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop

#: The most paths that are listed, and the bytes of that; the most bytes of one file, and of all that is sent at once.
MOST_ENTRIES, _LISTING = 200_000, 64 << 20
MOST_FILE, MOST_BYTES = 4 << 20, 128 << 20
#: A line of ``ls -ldn`` (POSIX, ls: Long Format); devices have two numbers in place of a size.
_LINE = expression(
    r"([-dlbcps])([-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT])([.@+]?) +\d+ +(\d+) +(\d+) +(\d+)(?:, *\d+)? +"
    r"\w+ +\d+ +[\d:]+ (/.*)",
    re.S | re.ASCII,
)
_DIGITS = {"r": 4, "w": 2, "x": 1, "s": 1, "t": 1}
_SPECIAL = {2: 0o4000, 5: 0o2000, 8: 0o1000}
#: What says that a text holds a private key (RFC 7468).
PRIVATE = b"PRIVATE KEY-----"


class Listing(NamedTuple):
    """What ``ls`` says of each path that is there, and the directories that were listed as a whole."""

    entries: Mapping[str, Entry]
    whole: frozenset[str]


_FACTS = """\
release() { for f in /etc/os-release /etc/redhat-release /etc/SuSE-release /etc/debian_version
do if [ -r "$f" ]; then cat "$f"; return; fi; done; uname -a; }
for c in apache2ctl apachectl httpd apache2; do if command -v "$c" >/dev/null; then break; fi; done
printf '%s release\\n' {end}; release 2>/dev/null
printf '%s control\\n' {end}; command -v "$c"
printf '%s version\\n' {end}; "$c" -V 2>&1
printf '%s modules\\n' {end}; "$c" -M 2>&1
exit 0
"""


def facts(far: Far) -> dict[str, str]:
    """Return the ``release`` of the system, the ``control`` program, and what this says to -V and -M."""
    _, end = lines_of(())
    said = decode(asked(far, _FACTS.replace("{end}", end), 1 << 20).data)
    parts = (part.partition("\n") for part in said.split(f"{end} ")[1:])
    return {name: text.strip() for name, _, text in parts}


#: A name with a line end cannot be told from two names; such files are as if they were not there.
_TREES = """\
nl='
'
while IFS= read -r p; do
find "$p" -name "*$nl*" -prune -o -exec ls -ldn {} + 2>/dev/null && printf '%s %s\\n' {end} "$p"
done {paths}exit 0
"""
_EACH = """\
while IFS= read -r p; do ls -ldn "$p" 2>/dev/null; done {paths}exit 0
"""


def trees(far: Far, directories: Collection[str]) -> Listing:
    """Return what lies in directories and below; links are not followed."""
    paths, end = lines_of(directories)
    script = _TREES.replace("{end}", end).replace("{paths}", paths)
    lines = _lines(far, script, [f"{directory.rstrip('/')}/" for directory in directories], set(directories))
    found, whole = dict[str, Entry](), set[str]()
    for line in lines:
        marked, _, path = line.partition(" ")
        if marked == end and path in directories:
            whole.add(path)
        elif (known := _entry(line)) and _lies_in(known[0], directories):
            found[known[0]] = known[1]
    return Listing(found, frozenset(whole))


def each(far: Far, paths: Collection[str]) -> Listing:
    """Return those of the paths that are there."""
    lines, _ = lines_of(paths)
    asked_for = set(paths)
    known = map(_entry, _lines(far, _EACH.replace("{paths}", lines), [], asked_for))
    return Listing({entry[0]: entry[1] for entry in known if entry and entry[0] in asked_for}, frozenset())


def _lines(far: Far, script: str, below: list[str], exact: set[str]) -> Iterator[str]:
    data = decode(asked(far, script, _LISTING).data)
    lines = data.split("\n")
    if len(lines) > MOST_ENTRIES:
        raise Stop(
            f"{far.host}: has more than {MOST_ENTRIES:,} files in the directories that it serves; --skip DIRECTORY leaves one out"
        )
    return iter(lines)


def _lies_in(path: str, directories: Collection[str]) -> bool:
    return any(path == directory or path.startswith(f"{directory.rstrip('/')}/") for directory in directories)


def _entry(line: str) -> tuple[str, Entry] | None:
    parts = _LINE.fullmatch(line)
    if parts is None:
        return None
    kind, letters, mark, owner, group, size, name = parts.groups()
    path, arrow, target = name.partition(" -> ") if kind == "l" else (name, "", "")
    if not is_plain(path) or (kind == "l" and not (arrow and target)):
        return None
    mode = sum(
        _DIGITS.get(letter.lower(), 0) << 3 * (2 - at // 3) for at, letter in enumerate(letters) if letter not in "ST"
    )
    mode |= sum(bits for at, bits in _SPECIAL.items() if letters[at] in "sStT")
    return path, Entry(kind, mode, int(owner[:10]), int(group[:10]), int(size[:15]), target, mark == "+")


def is_plain(path: str) -> bool:
    """Whether a path is absolute, without empty parts, ``.`` and ``..``, and may stand in a line of a script."""
    parts = path.split("/")
    return path == "/" or (
        parts[0] == "" and len(parts) > 1 and not {"", ".", ".."} & set(parts[1:]) and not {"\n", "\0"} & set(path)
        and len(path) < 4096 and not path.startswith("/-")
    )  # fmt: skip


_TAKE = """\
cd / || exit 1
readable() { while IFS= read -r f; do
if [ -f "$f" ] && [ ! -L "$f" ] && [ -r "$f" ] && ! grep -q '{private}' "$f"; then printf '%s\\n' "$f"; fi
done; }
readable {paths}exit 0
"""


def contents(far: Far, paths: Collection[str]) -> dict[str, bytes]:
    """Return the bytes of files that can be read; those that hold a private key are not sent."""
    lines, _ = lines_of((path[1:] for path in paths), "| tar -cf - -T - 2>/dev/null")
    script = _TAKE.replace("{private}", PRIVATE.decode()).replace("{paths}", lines)
    return dict(members(asked(far, script, MOST_BYTES).data, frozenset(paths), far.host))


def members(archive: bytes, wanted: frozenset[str], host: str) -> Iterator[tuple[str, bytes]]:
    """Yield the regular files of a tar archive that were asked for, by exactly their names; nothing else of it is looked at."""
    try:
        # Of a stream, tarfile reads on to the end that a header claims.
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                path = f"/{member.name}"
                if path not in wanted or not member.isreg() or member.size > MOST_FILE:
                    continue
                file = tar.extractfile(member)
                if file is not None:
                    data = file.read(MOST_FILE)
                    if PRIVATE not in data:
                        yield path, data
    except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
        raise Stop(f"{host}: sent what is not a tar archive ({type(error).__name__})") from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of the bytes of a file, in hexadecimal digits."""
    return sha256(data).hexdigest()
