"""What mutations begin with: configurations and scripts of this project, and real ones where they are at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hostile import KINDS
from support import CORPUS, SHARED

from modwsgi_fix.examples import Example, examples
from modwsgi_fix.rule import all_rules
from modwsgi_fix.text import decode

#: Lines of all files of a server that is taken as a whole.
_MOST_LINES = 150
_PAGES = Path(__file__).parents[1] / "rules"
_SYNTAX = Path(__file__).parents[1] / "syntax"
#: Longer texts than this are cut to a part of so many lines: what an input costs is to be spent on many inputs.
MOST_LINES = 80
_MOST_CHARACTERS = 20_000


class Material(NamedTuple):
    """Some files, by path. A path that begins with ``/`` lies on the disk that the paths in the others mean."""

    name: str
    texts: Mapping[str, str]


@cache
def ours() -> tuple[Material, ...]:
    """Return what this project has: the examples of its pages, its corpus, and small hostile ones."""
    found = [*_pages(), *_corpus(), *_hostile(), *_single(sorted(_SYNTAX.glob("*.conf")))]
    return tuple(one for one in found if any(one.texts.values()))


@cache
def real() -> tuple[Material, ...]:
    """Return real files, read in place; nothing where they are not at hand."""
    return tuple(
        _single(
            sorted(
                path
                for pattern in ("configs/*", "scripts/*", "templates/*", "qa/*/*.conf")
                for path in SHARED.glob(pattern)
                if path.is_file()
            )
        )
    )


def gathered(*, real_too: bool) -> tuple[Material, ...]:
    """Return what inputs are drawn from: where real files are among it, one in five is one, for they cost most."""
    return (*ours(), *ours(), *real()) if real_too else ours()


def digest(materials: Iterable[Material]) -> str:
    """Return what tells one set of materials from another: only with the same one is an input the same again."""
    found = hashlib.sha256()
    for one in materials:
        found.update(repr((one.name, sorted(one.texts.items()))).encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:12]


def _pages() -> Iterator[Material]:
    for rule in all_rules().values():
        extra = _PAGES / f"{rule.name}.md"
        pages = [rule.page, *([extra.read_text("utf-8")] if extra.exists() else [])]
        for number, example in enumerate(one for page in pages for one in examples(page)):
            yield Material(f"{rule.name} {number}", _texts(example))


def _texts(example: Example) -> Mapping[str, str]:
    return {name: text for name, text in example.before.items() if not name.endswith("/")}


def _corpus() -> Iterator[Material]:
    for server in sorted(path.parent for path in CORPUS.glob("*/conf")):
        files = sorted(path for path in (server / "conf").rglob("*") if path.is_file())
        texts = {str(path.relative_to(server / "conf")): _read(path) for path in files}
        # Of a whole server of 2.2's time its files are material, one by one: an input is to have some 80 lines.
        if server.name != "broken" and sum(text.count("\n") for text in texts.values()) <= _MOST_LINES:
            yield Material(f"corpus {server.name}", texts)
        yield from (Material(f"corpus {server.name} {name}", {Path(name).name: text}) for name, text in texts.items())


def _hostile() -> Iterator[Material]:
    for name, kind in KINDS.items():
        texts = {path.removeprefix("/etc/apache2/").lstrip("/"): text for path, text in kind.made(3).items()}
        yield Material(f"hostile {name}", texts)


def _single(paths: Iterable[Path]) -> Iterator[Material]:
    for path in paths:
        name = "app.wsgi" if path.suffix in (".py", ".wsgi") else "site.conf"
        yield Material(f"{path.parent.name} {path.name}", {name: _read(path)})


def _read(path: Path) -> str:
    return decode(path.read_bytes()[:_MOST_CHARACTERS])
