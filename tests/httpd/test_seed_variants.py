"""The variants of the configurations that the project began with: all end right, by the model and on the real server."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Mapping

import pytest

from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.exposure import exposed
from modwsgi_fix.engine import Job, fix, read
from modwsgi_fix.engine.gate import objection as effect
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import Kind, request_of, trace
from modwsgi_fix.rule import all_rules
from modwsgi_fix.second_reader import objection

from . import seed
from .conftest import Serve
from .install import find
from .probe import Probe
from .root import CONF, Link, Tree
from .seed_variants import Variant, variants
from .server import Setup

#: With ``all``, every variant is started; else a sample, always the same.
PROOFS = "MODWSGI_FIX_PROOFS"
_SAMPLE, _SEED = 6, 1


def _user() -> str:
    installed = find()
    return "www-data" if isinstance(installed, str) else installed.user


VARIANTS = variants(_user())
_CHOSEN = VARIANTS if os.environ.get(PROOFS) == "all" else random.Random(_SEED).sample(VARIANTS, _SAMPLE)
every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=map(str, VARIANTS))
some_variants = pytest.mark.parametrize("variant", _CHOSEN, ids=map(str, _CHOSEN))


def _disk(tree: Tree) -> Memory:
    texts = {path: entry for path, entry in tree.items() if isinstance(entry, str)}
    return Memory(texts, {path: entry.target for path, entry in tree.items() if isinstance(entry, Link)})


@functools.cache
def _planted() -> Memory:
    return _disk(seed.planted())


@functools.cache
def _fixed(name: str, *, rooted: bool) -> Mapping[str, str]:
    """What a variant is repaired to, by name of its files; with ``rooted`` the applications are in sight."""
    job = _job(_variant(name), rooted=rooted)
    done = fix(job, Applicability.REPAIR, objection, proof=effect)
    texts = {f"{CONF}/{path}": text for path, text in _variant(name).files.items()}
    texts |= {file.path: file.after for file in done.files}
    again = fix(_job(_variant(name), rooted=rooted, texts=texts), Applicability.REPAIR, objection, proof=effect)
    assert again.files == ()
    return {path.removeprefix(f"{CONF}/"): text for path, text in texts.items()}


def _variant(name: str) -> Variant:
    return next(variant for variant in VARIANTS if variant.name == name)


def _job(variant: Variant, *, rooted: bool, texts: Mapping[str, str] | None = None) -> Job:
    texts = texts or {f"{CONF}/{path}": text for path, text in variant.files.items()}
    links = {f"{CONF}/{path}": target for path, target in variant.links.items()}
    files = Memory(dict(texts), links)
    named = [CONF] if variant.main == "apache2.conf" else [f"{CONF}/{path}" for path in variant.files]
    rules = [rule for rule in all_rules().values() if rule.default]
    return Job(find_sources(files, named)[0], rules, disk=_planted() if rooted else None)


def _repaired(variant: Variant, *, rooted: bool) -> Config:
    """The repaired server, with its files in sight, whatever it was repaired by."""
    texts = {f"{CONF}/{path}": text for path, text in _fixed(variant.name, rooted=rooted).items()}
    if variant.condition:
        # Without it nothing of all this is there: it holds.
        name = variant.condition[1:].partition(" ")[0]
        bare = texts[f"{CONF}/site.conf"].removeprefix(f"{variant.condition}\n").removesuffix(f"</{name}>\n")
        texts[f"{CONF}/site.conf"] = bare
    return read(_job(variant, rooted=True, texts=texts))


def _urls(variant: Variant, path: str) -> list[str]:
    scheme = {80: "http", 443: "https", 8080: "http", 8443: "https"}
    return [
        f"{scheme[port]}://{host}:{port}{path}" if port > 443 else f"{scheme[port]}://{host}{path}"
        for host in variant.hosts
        for port in variant.ports
    ]


def _kinds(config: Config, url: str) -> set[Kind]:
    return {branch.outcome.kind for branch in trace(config, request_of(url))}


@pytest.mark.parametrize("rooted", [False, True], ids=["alone", "rooted"])
@every_variant
def test_a_repaired_variant_answers_as_it_should(variant: Variant, *, rooted: bool) -> None:
    config = _repaired(variant, rooted=rooted)
    wrong = {}
    for wanted, paths in ((Kind.APPLICATION, seed.APPLICATION), (Kind.FILE, seed.STATIC)):
        for url in [url for path in paths for url in _urls(variant, path)]:
            if (found := _kinds(config, url)) != {wanted}:
                wrong[url] = found
    for url in [url for path in seed.PRIVATE if "%" not in path and ".." not in path for url in _urls(variant, path)]:
        if (found := _kinds(config, url)) & {Kind.FILE, Kind.LISTING}:
            wrong[url] = found
    assert wrong == {}
    home = "/home/orchard/applications"
    files = {one.file for host in exposed(config) for one in host.files}
    assert files == {f"{home}/welcome/static/base.css", f"{home}/examples/static/deep/base.css"}


def test_control_an_unrepaired_variant_is_wrong() -> None:
    variant = VARIANTS[0]
    texts = {f"{CONF}/site.conf": seed.mended_by_hand(_user())["http"]}
    config = read(_job(variant, rooted=True, texts=texts))
    assert Kind.APPLICATION not in _kinds(config, "http://example.com/")
    assert Kind.FILE in _kinds(config, "http://example.com/welcome/models/db.py")
    assert any(one.kind == "database" for host in exposed(config) for one in host.files)


@some_variants
def test_a_repaired_variant_on_the_real_server(variant: Variant, serve: Serve) -> None:
    paths = dict.fromkeys(seed.APPLICATION + seed.STATIC + seed.PRIVATE)
    asked = tuple(Probe(host, path, port) for host in variant.hosts for port in variant.ports for path in paths)
    links = {f"{CONF}/{path}": Link(target) for path, target in variant.links.items()}
    ports = tuple(sorted({80, 443, *variant.ports}))
    include = (variant.main,) if variant.main else ()
    files = _fixed(variant.name, rooted=False)
    done = serve(Setup(files, {**seed.tree(), **links}, listen=ports, include=include), asked)
    assert done.started, done.messages
    wrong = {}
    for probe, answer in done.answers.items():
        if probe.path in seed.APPLICATION:
            fine = (answer.status, answer.who) == (200, "application")
        elif probe.path in seed.STATIC:
            fine = (answer.status, answer.who) == (200, "file")
        else:
            fine = answer.who not in ("file", "listing")
        if not fine:
            wrong[str(probe)] = answer.status, answer.who
    assert wrong == {}
