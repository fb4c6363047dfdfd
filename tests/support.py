"""What several test modules need: servers in memory, and rules made for one test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from modwsgi_fix.engine import Job
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reader import load
from modwsgi_fix.model.source import Source, find_sources
from modwsgi_fix.rule import Diagnostic, Rule, Severity

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
#: Real files, read in place; absent where only this project is checked out.
SHARED = Path(os.environ.get("MODWSGI_FIX_SHARED") or ROOT / "../shared").resolve() / "corpus"

Texts = Mapping[str, str]


def source_of(texts: Texts, links: Texts | None = None, paths: Iterable[str] = ()) -> Source:
    """The one server at ``paths``: by default a directory ``/etc/apache2`` where there is one, else every file."""
    files = Memory(dict(texts), dict(links or {}))
    chosen = list(paths) or (["/etc/apache2"] if files.is_dir("/etc/apache2") else list(texts))
    (source,) = find_sources(files, chosen)
    # Directives that are made up for a test are httpd's.
    return replace(source, as_httpd=True)


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
