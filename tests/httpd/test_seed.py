"""The main job, on the real server: the two configurations that the project began with are repaired by one command."""

from __future__ import annotations

import functools
import itertools

import pytest

from . import product, seed
from .case import Level
from .conftest import Serve
from .install import find
from .probe import Probe
from .server import Base, Mpm, Run, Setup

needs_product = pytest.mark.skipif(not product.available(), reason="the command line is not there yet")
every_server = pytest.mark.parametrize(("base", "mpm"), list(itertools.product(("2.4", "2.2"), ("event", "prefork"))))
both = pytest.mark.parametrize("name", ["http", "pair"])

PORTS = {"http": (80,), "pair": (80, 443)}
PATHS = tuple(dict.fromkeys(seed.APPLICATION + seed.STATIC + seed.PRIVATE + seed.ADMINISTRATION))


def _user() -> str:
    found = find()
    return "www-data" if isinstance(found, str) else found.user


@functools.cache
def _fixed(name: str, level: Level) -> str:
    return product.fixed({"site.conf": seed.configurations(_user())[name]}, level)["site.conf"]


def _serve(serve: Serve, name: str, text: str, base: Base, mpm: Mpm) -> Run:
    asked = tuple(Probe("example.com", path, port) for port in PORTS[name] for path in PATHS)
    # SSLRequireSSL must be understood on a server of both kinds, whatever it listens on.
    return serve(Setup({"site.conf": text}, seed.tree(), base, mpm, (80, 443)), asked)


def _by_path(run: Run, port: int) -> dict[str, str]:
    return {probe.path: answer.who for probe, answer in run.answers.items() if probe.port == port}


@both
@every_server
def test_as_published_httpd_refuses_to_start(name: str, base: Base, mpm: Mpm, serve: Serve) -> None:
    done = _serve(serve, name, seed.configurations(_user())[name], base, mpm)
    assert not done.started
    assert any("syntax error" in line.lower() for line in done.messages), done.messages


@both
def test_mended_by_hand_the_files_are_bare_and_the_application_hidden(name: str, serve: Serve) -> None:
    done = _serve(serve, name, seed.mended_by_hand(_user())[name], "2.2", "event")
    assert done.started, done.messages
    for port in PORTS[name]:
        who = _by_path(done, port)
        assert who["/welcome/models/db.py"] == who["/welcome/static/etc/passwd"] == "file"
        assert "application" not in who.values()
    closed = _serve(serve, name, seed.mended_by_hand(_user())[name], "2.4", "event")
    assert {answer.who for answer in closed.answers.values()} == {"httpd"}


def _assert_repaired(name: str, done: Run) -> None:
    assert done.started, done.messages
    for port in PORTS[name]:
        who = _by_path(done, port)
        assert {path: who[path] for path in seed.APPLICATION} == dict.fromkeys(seed.APPLICATION, "application")
        assert {path: who[path] for path in seed.STATIC} == dict.fromkeys(seed.STATIC, "file")
        assert {path for path in seed.PRIVATE if who[path] in ("file", "listing")} == set()
        administered = "httpd" if name == "pair" and port == 80 else "application"
        assert {path: who[path] for path in seed.ADMINISTRATION} == dict.fromkeys(seed.ADMINISTRATION, administered)
    for probe, answer in done.answers.items():
        wanted = 403 if answer.who == "httpd" and probe.path in seed.ADMINISTRATION else 200
        if probe.path not in seed.PRIVATE:
            assert answer.status == wanted, (probe, answer)


def _assert_shared(done: Run) -> None:
    plain, encrypted = done["http://example.com/"], done["https://example.com/"]
    assert (plain.scheme, encrypted.scheme) == ("http", "https")
    assert (plain.process_group, plain.application_group) == ("orchard", "example.com|")
    for name in ("process_group", "application_group", "process_class", "uid", "label", "script_name"):
        assert getattr(plain, name) == getattr(encrypted, name)


@every_server
def test_control_a_repair_by_hand_passes(base: Base, mpm: Mpm, serve: Serve) -> None:
    """What is demanded of the product can be had, and is not had by half."""
    done = _serve(serve, "pair", seed.REPAIRED_BY_HAND, base, mpm)
    _assert_repaired("pair", done)
    _assert_shared(done)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Options -FollowSymLinks", "Options FollowSymLinks"),
        (" /home/orchard/applications/$1/static/$2", " /home/orchard/applications/$1/models/$2"),
        ("SSLRequireSSL", "WSGIProcessGroup orchard"),
        ('"^(/', '"ˆ(/'),
        ("Allow from all", "Deny from all"),
    ],
)
def test_control_a_wrong_repair_fails(right: str, wrong: str, serve: Serve) -> None:
    assert right in seed.REPAIRED_BY_HAND
    done = _serve(serve, "pair", seed.REPAIRED_BY_HAND.replace(right, wrong, 1), "2.4", "event")
    with pytest.raises(AssertionError):
        _assert_repaired("pair", done)


@needs_product
@both
@every_server
def test_repaired_the_application_answers_and_nothing_is_bare(name: str, base: Base, mpm: Mpm, serve: Serve) -> None:
    done = _serve(serve, name, _fixed(name, "repair"), base, mpm)
    _assert_repaired(name, done)
    if name == "pair":
        _assert_shared(done)


@needs_product
@both
@pytest.mark.parametrize("level", ["safe", "repair"])
def test_a_second_run_changes_nothing(name: str, level: Level) -> None:
    once = {"site.conf": _fixed(name, level)}
    assert product.fixed(once, level) == once


@needs_product
@both
@every_server
def test_a_safe_fix_starts_it_and_serves_nothing_more(name: str, base: Base, mpm: Mpm, serve: Serve) -> None:
    done = _serve(serve, name, _fixed(name, "safe"), base, mpm)
    assert done.started, done.messages
    by_hand = _serve(serve, name, seed.mended_by_hand(_user())[name], base, mpm)
    assert by_hand.started, by_hand.messages
    more = {
        str(probe): (by_hand.answers[probe], answer)
        for probe, answer in done.answers.items()
        if answer.status == 200 and by_hand.answers[probe].status != 200
    }
    assert more == {}
