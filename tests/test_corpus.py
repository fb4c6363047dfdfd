"""Whole configurations, ours and real ones: read without loss, checked without a stumble, fixed once and for all.

``pytest tests/test_corpus.py --write-expected`` writes what the tool makes of each server of ``corpus/`` into its
``expected/`` (level repair, changed files only; ``expected/root/`` is with ``--root root/``), to be read by a person.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support import CORPUS, SHARED

from modwsgi_fix import diff
from modwsgi_fix.edits import Applicability, apply
from modwsgi_fix.engine import Fixed, Job, check, fix
from modwsgi_fix.files import Disk, Memory
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.second_reader import objection
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import decode, encode

SERVERS = sorted(path.parent for path in CORPUS.glob("*/conf"))
OWN = sorted(path for server in SERVERS for path in (server / "conf").rglob("*") if path.is_file())
REAL = sorted([*SHARED.glob("configs/*"), *SHARED.glob("qa/*/*.conf")])
TEMPLATES = sorted(SHARED.glob("templates/*"))
LEVELS = list(Applicability)

#: What a template engine fills in: Jinja, ERB, Mako, a shell, Puppet, Ansible, make.
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|@@?[A-Za-z_]+@@?|%\([a-z_]+\)s|__[A-Z_]+__", re.S)


def name_of(path: Path) -> str:
    for base in (CORPUS, SHARED):
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return path.name


def rules() -> list[Rule]:
    return [rule for rule in all_rules().values() if rule.default]


def jobs_on(server: Path, root: Path | None = None) -> list[Job]:
    """The jobs on a server, read from the disk as the command line does; ``broken`` is a heap of single files."""
    paths = sorted((server / "conf").iterdir()) if server.name == "broken" else [server / "conf"]
    disk = Rooted(Disk(), str(root)) if root else None
    return [Job(source, rules(), disk=disk) for path in paths for source in find_sources(Disk(), [str(path)])]


def texts_of(fixed: Fixed) -> dict[str, str]:
    return {file.path: file.after for file in fixed.files}


def sound(fixed: Fixed) -> None:
    """What holds of every outcome."""
    assert [w for w in fixed.withheld if w.is_bug] == []
    for file in fixed.files:
        assert apply(file.before, file.edits) == file.after
        shown = diff.unified(file.before, file.edits, file.name)
        assert diff.check(shown, file.before, file.after)
        assert objection(file.name, parse(file.before), parse(file.after)) is None
        assert len(parse(file.after).problems) <= len(parse(file.before).problems)


@cache
def _text(path: Path) -> str:
    data = path.read_bytes()
    text = decode(data)
    assert encode(text) == data
    return text


@pytest.mark.parametrize("path", [*OWN, *REAL, *TEMPLATES], ids=name_of)
def test_it_comes_back_byte_for_byte(path: Path) -> None:
    assert encode(parse(_text(path)).text()) == path.read_bytes()


# -- real files, one by one ----------------------------------------------------


def fixed_alone(path: Path, text: str, level: Applicability) -> Fixed:
    name = f"/{path.name}"
    return fix(Job(find_sources(Memory({name: text}), [name])[0], rules()), level, objection)


@pytest.mark.parametrize("path", REAL, ids=name_of)
def test_a_real_file(path: Path) -> None:
    text = _text(path)
    for level in LEVELS:
        fixed = fixed_alone(path, text, level)
        sound(fixed)
        for file in fixed.files:
            again = fixed_alone(path, file.after, level)
            assert texts_of(again) == {}, [a.rule for a in again.applied]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_keeps_its_placeholders(path: Path) -> None:
    text = _text(path)
    for level in LEVELS:
        fixed = fixed_alone(path, text, level)
        assert [w for w in fixed.withheld if w.is_bug] == []
        for file in fixed.files:
            assert PLACEHOLDER.findall(file.after) == PLACEHOLDER.findall(text), [a.rule for a in fixed.applied]


# -- our own servers, whole ----------------------------------------------------

#: Servers of which nothing is to change, by README.
CLEAN = {"express-clean", "good-web2py"}


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.label)
@pytest.mark.parametrize("server", SERVERS, ids=name_of)
def test_a_server(server: Path, level: Applicability) -> None:
    root = _root(server)
    for job in [*jobs_on(server), *(jobs_on(server, root) if root else [])]:
        fixed = fix(job, level, objection)
        sound(fixed)
        assert check(job) == list(fixed.found)
        again = fix(_with(job, texts_of(fixed)), level, objection)
        assert texts_of(again) == {}, [a.rule for a in again.applied]
        if server.name in CLEAN and level < Applicability.UNSAFE:
            assert texts_of(fixed) == {}


def _root(server: Path) -> Path | None:
    root = server / "root"
    return root if root.is_dir() else None


def _with(job: Job, texts: dict[str, str]) -> Job:
    """The job on what it has made of its files."""
    from modwsgi_fix.files import Overlay

    files = Overlay(job.source.files, texts)
    source = type(job.source)(
        files, job.source.entries, job.source.given, job.source.roots, job.source.complete, job.source.variables
    )
    return Job(source, job.rules, job.target, job.disk)


# -- what is expected of them --------------------------------------------------


def made_of(server: Path) -> dict[str, str]:
    """What the tool makes of a server at its default level: the changed files, by path under ``expected/``."""
    found: dict[str, str] = {}
    for prefix, root in {"conf": None, "root": _root(server)}.items():
        for job in jobs_on(server, root) if root or prefix == "conf" else ():
            for path, text in texts_of(fix(job, Applicability.REPAIR, objection)).items():
                found[f"{prefix}/{Path(path).relative_to(server / 'conf')}"] = text
    return found


def _kept(server: Path) -> Iterator[tuple[str, str]]:
    expected = server / "expected"
    for path in sorted(expected.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(expected)), decode(path.read_bytes())


@pytest.mark.parametrize("server", SERVERS, ids=name_of)
def test_what_is_expected_of_a_server(server: Path, request: pytest.FixtureRequest) -> None:
    expected, made = server / "expected", made_of(server)
    if request.config.getoption("--write-expected"):
        shutil.rmtree(expected, ignore_errors=True)
        for name, text in made.items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_bytes(encode(text))
    elif not any(path.name == "expected" for server in SERVERS for path in server.iterdir()):
        pytest.skip("nothing is written yet: run with --write-expected")
    assert made == dict(_kept(server))
