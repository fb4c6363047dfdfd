"""What several test modules need: servers in memory, and rules made for one test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from modwsgi_fix.engine import Job
from modwsgi_fix.examples import Example, examples
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source, find_sources
from modwsgi_fix.rule import Diagnostic, Rule, Severity

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
#: Real files, read in place; absent where only this project is checked out.
SHARED = Path(os.environ.get("MODWSGI_FIX_SHARED") or ROOT / "../shared").resolve() / "corpus"

Texts = Mapping[str, str]


def examples_of(rule: Rule) -> Iterator[Example]:
    """All examples of a rule: of its page, and of the file of its own in ``tests/rules``."""
    more = Path(__file__).parent / "rules" / f"{rule.name}.md"
    for page in (rule.page, *([more.read_text("utf-8")] if more.exists() else [])):
        yield from examples(page)


def source_of(texts: Texts, links: Texts | None = None, paths: Iterable[str] = ()) -> Source:
    """The one server at ``paths``: by default a directory ``/etc/apache2`` where there is one, else every file."""
    files = Memory(dict(texts), dict(links or {}))
    chosen = list(paths) or (["/etc/apache2"] if files.is_dir("/etc/apache2") else list(texts))
    (source,) = find_sources(files, chosen)
    # Directives that are made up for a test are httpd's.
    return source._replace(as_httpd=True)


def config_of(
    texts: Texts, links: Texts | None = None, paths: Iterable[str] = (), target: Target | None = None
) -> Config:
    """That server, read."""
    return load(source_of(texts, links, paths), target=target)


def one_file(text: str, target: Target | None = None) -> Config:
    """A fragment ``/site.conf``, read."""
    return config_of({"/site.conf": text}, target=target)


Check = Callable[[Config], Iterator[Diagnostic]]


def made(check: Check, name: str = "made", *, family: str = "tests", severity: Severity = Severity.WARNING) -> Rule:
    """A rule that is registered nowhere."""
    return Rule(name, family, check, severity, "Made for a test.")


def job_of(texts: Texts, *rules: Rule, links: Texts | None = None, paths: Iterable[str] = ()) -> Job:
    """A job on the server of ``source_of``."""
    return Job(source_of(texts, links, paths), list(rules))


def lines(config: Config) -> list[str]:
    """What httpd would execute, in its order: each directive that is no section, names in lower case, values squeezed."""
    return [" ".join((item.key, *item.values)) for item in config.items if not item.is_section]


def called(work: Callable[[], object]) -> int:
    """How many functions are called meanwhile, those in C among them."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


# -- the command line ------------------------------------------------------------------


class Outcome(NamedTuple):
    """What the command line came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def conf(tmp_path: Path, **files: bytes) -> Path:
    """A directory ``conf`` with ``NAME.conf`` files."""
    directory = tmp_path / "conf"
    directory.mkdir(exist_ok=True)
    for name, data in files.items():
        (directory / f"{name}.conf").write_bytes(data)
    return directory


def refused(outcome: Outcome) -> str:
    """The one line of a run that was refused."""
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("modwsgi-fix: ")
    return outcome.err[len("modwsgi-fix: ") : -1]


def tree(directory: Path) -> dict[str, bytes | str]:
    """All files below a directory, links as where they lead."""
    return {
        str(path.relative_to(directory)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in directory.rglob("*")
        if path.is_symlink() or path.is_file()
    }
