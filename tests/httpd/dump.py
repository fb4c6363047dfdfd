"""httpd's own directive tree of a text, to hold ours against.

A module of ours (mod_dumptree.c) is compiled on first use; the server reads the text, prints its tree, and ends before
it looks up any directive. So only structural mistakes are refused here; a section's missing ``>``, which its own
handler reports later, is not.

What httpd executes while it reads (``<IfModule>``, ``Include``, ``Define`` ...) is not in its tree; ``neutral`` renames
those, so that a whole text can be compared, and must be read in that form by both.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .install import Install

SOURCE = Path(__file__).with_name("mod_dumptree.c")


@dataclass(frozen=True, slots=True)
class Node:
    """``name`` as written, with the ``<`` of a section; ``arguments`` as httpd keeps them, with a section's ``>``.

    ``line`` is the last of a continued directive's, counted from 1.
    """

    name: str
    arguments: str
    line: int
    children: tuple[Node, ...] = ()

    def shape(self) -> tuple[object, ...]:
        """Nested tuples without lines."""
        return (self.name, self.arguments, tuple(child.shape() for child in self.children))


@dataclass(frozen=True, slots=True)
class Refusal:
    """httpd cannot read the text. ``line`` is the one it names, where it does."""

    message: str
    line: int | None


def build(directory: Path) -> Path | str:
    """Compile the module into ``directory``; one line that says what is missing where that cannot be done."""
    tool = shutil.which("apxs") or shutil.which("apxs2")
    if tool is None:
        return "no apxs here: comparing directive trees needs httpd's headers (Debian: apache2-dev)"
    shutil.copy(SOURCE, directory)
    command = [tool, "-c", "-o", "mod_dumptree.la", SOURCE.name]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    module = directory / ".libs" / "mod_dumptree.so"
    if done.returncode or not module.exists():
        raise RuntimeError(f"mod_dumptree.c does not compile: {done.stdout}{done.stderr}")
    return module


def directive_tree(found: Install, module: Path, text: str) -> tuple[Node, ...] | Refusal:
    """What httpd reads in ``text`` (any bytes, as surrogateescape), or why it cannot. Needs no root, opens no port."""
    return directive_trees(found, module, [text])[0]


def directive_trees(found: Install, module: Path, texts: Sequence[str]) -> list[tuple[Node, ...] | Refusal]:
    """The same of many texts. Those that httpd reads cost one start together; it stops at the first that it cannot."""
    if not texts:
        return []
    read = _read_together(found, module, texts)
    if isinstance(read, list):
        return list(read)
    if len(texts) == 1:
        return [read]
    middle = len(texts) // 2
    return [*directive_trees(found, module, texts[:middle]), *directive_trees(found, module, texts[middle:])]


def _read_together(found: Install, module: Path, texts: Sequence[str]) -> list[tuple[Node, ...]] | Refusal:
    directory = module.parent
    main, files = directory / "main.conf", [directory / f"text{number}.conf" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    mpm = next(path for name in ("mpm_event", "mpm_prefork", "mpm_worker") if (path := found.module(name)))
    lines = [f'ServerRoot "{directory}"', f'LoadModule {mpm.stem.removeprefix("mod_")}_module "{mpm}"']
    lines += [f'LoadModule dumptree_module "{module}"', *(f'Include "{file}"' for file in files), ""]
    main.write_text("\n".join(lines))
    command = [str(found.server), "-t", "-f", str(main)]
    done = subprocess.run(command, capture_output=True, env={}, check=False)
    if done.returncode:
        return _refusal(done.stderr.decode("utf-8", "replace"), files[0])
    rows: dict[str, list[_Row]] = {str(file): [] for file in files}
    for row in (_row(line) for line in done.stdout.decode("ascii").split("\n") if line):
        if row[1] in rows:
            rows[row[1]].append(row)
    return [tuple(_nest(found)) for found in rows.values()]


def server_rows(found: Install, module: Path, entry: Path, load: Sequence[str] = ()) -> list[Row] | Refusal:
    """What httpd has read once it executed every Include, condition and macro of a server, in order, sections included.

    ``load`` names modules that are loaded besides an MPM, such as ``macro``.
    """
    mpm = next(path for name in ("mpm_event", "mpm_prefork", "mpm_worker") if (path := found.module(name)))
    modules = [(mpm.stem.removeprefix("mod_"), mpm), ("dumptree", module)]
    modules += [(name, path) for name in load if (path := found.module(name))]
    command = [str(found.server), "-t", "-f", str(entry)]
    for name, path in modules:
        command += ["-C", f'LoadModule {name}_module "{path}"']
    done = subprocess.run(command, capture_output=True, env={}, check=False)
    if done.returncode:
        return _refusal(done.stderr.decode("utf-8", "replace"), entry)
    rows = (_row(line) for line in done.stdout.decode("ascii").split("\n") if line)
    # Those of the command line are executed while they are read, and so are none.
    return [Row(path, line, name.lower(), arguments) for _, path, line, name, arguments in rows]


@dataclass(frozen=True, slots=True)
class Row:
    """One directive as httpd will execute it; ``key`` in lower case, with the ``<`` of a section."""

    file: str
    line: int
    key: str
    arguments: str


_Row = tuple[int, str, int, str, str]


def _row(line: str) -> _Row:
    depth, path, number, name, arguments = line.split("\t")
    return int(depth), _bytes(path), int(number), _bytes(name), _bytes(arguments)


def _bytes(escaped: str) -> str:
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), escaped.encode("ascii"))
    return raw.decode("utf-8", "surrogateescape")


def _nest(rows: list[_Row]) -> Iterator[Node]:
    """Nodes of the first row's depth, each with the deeper rows that follow it."""
    index = 0
    while index < len(rows):
        depth, _, number, name, arguments = rows[index]
        end = next((later for later in range(index + 1, len(rows)) if rows[later][0] <= depth), len(rows))
        yield Node(name, arguments, number, tuple(_nest(rows[index + 1 : end])))
        index = end


def _refusal(said: str, file: Path) -> Refusal:
    said = said.replace(str(file), "FILE")
    # Of sections that are not closed it names each, from the inside out: which of them lacks its end, it cannot know.
    numbers = [int(one or other) for one, other in re.findall(r"on line (\d+) of FILE|FILE:(\d+):", said)]
    lines = [one for one in said.splitlines() if one and "AH00111" not in one]
    return Refusal(" ".join(lines), max(numbers, default=None))


#: Executed while reading (EXEC_ON_READ), in the order of a longest match.
_READ = (
    "IncludeOptional|Include|LoadModule|LoadFile|UnDefine|Define|ServerRoot|DefaultRuntimeDir|UndefMacro|Macro|Use"
    "|IfModule|IfDefine|IfVersion|IfFile|IfDirective|IfSection|Error|Warning"
)
_EXECUTED = re.compile(rf"^([ \t\v\f\r]*(?:</?)?)(?=(?:{_READ})(?:[\s>]|$))", re.ASCII | re.IGNORECASE | re.MULTILINE)


def neutral(text: str) -> str:
    """The same text with the names of what httpd would execute while reading begun by ``Neutral``."""
    return _EXECUTED.sub(r"\1Neutral", text)
