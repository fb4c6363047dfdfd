"""Whether httpd starts: what is said of made servers is what httpd says of them, at the same line."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from modwsgi_fix.effect.starting import verdict
from modwsgi_fix.files import Disk, Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.facts.loaded import loaded
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources

from . import install
from .conftest import Serve
from .install import Install
from .probe import probes
from .proofs import everything
from .server import Setup
from .starting import made

SERVERS = 2000 if everything() else 160
_PLACE = re.compile(r"AH00526: Syntax error on line (\d+) of (\S+):\n(.*)")


@pytest.mark.timeout(3600)
def test_made_servers_start_as_it_is_said(httpd: Path, record_property: Callable[[str, object], None]) -> None:
    there = install.find()
    assert isinstance(there, Install)
    release = (2, 4, int(re.findall(rb"2\.4\.(\d+)", _asked(there, "-v"))[0]))
    said: Counter[bool | None] = Counter()
    refused, wrong = 0, []
    for seed in range(SERVERS):
        server = made(seed)
        path = httpd / f"starts/{seed}/apache2.conf"
        path.parent.mkdir(parents=True)
        path.write_text(server.text.replace("{root}", str(path.parent)).replace("{modules}", str(there.modules)))
        config = _read(path, Target(release, install.mod_wsgi_version(there)))
        found = verdict(config)
        reason = _refusal(there, path)
        refused += bool(reason)
        said[found.starts] += 1
        place = _PLACE.search(reason)
        if found.starts is not None and found.starts is bool(reason):
            wrong.append(f"seed {seed} {server.faults}: said {found}, httpd: {reason or 'starts'}")
        elif found.starts is False and loaded(config) and place is not None and int(place[1]) < found.line:
            wrong.append(f"seed {seed} {server.faults}: httpd stops before line {found.line}: {reason}")
    shutil.rmtree(httpd / "starts")
    record_property("servers", SERVERS)
    record_property("refused", refused)
    record_property("not told", said[None])
    assert not wrong, "\n".join([f"{len(wrong)} of {SERVERS}", *wrong])
    assert SERVERS / 4 < refused < SERVERS * 4 / 5
    # Of a thousand servers some 16 are not told, of a sample a few more or less.
    assert said[None] <= (0.03 if everything() else 0.05) * SERVERS, said


_TLS = "<VirtualHost *:80>\n    ServerName a.example\n    SSLEngine on\n{}</VirtualHost>\n"


@pytest.mark.parametrize(
    ("conf", "starts"),
    [
        (_TLS.format(""), False),
        (_TLS.format("") + _TLS.format("    SSLEngine off\n").replace("a.", "b."), False),
        ("SSLEngine on\n" + _TLS.format("    SSLEngine off\n"), False),
        (_TLS.format("    SSLEngine off\n"), True),
        (_TLS.format("    SSLEngine optional\n"), True),
    ],
)
def test_a_server_that_speaks_tls_without_a_certificate_ends_when_it_starts(
    serve: Serve, conf: str, *, starts: bool
) -> None:
    """``apache2 -t`` passes it, so the servers above do not tell."""
    done = serve(
        Setup({"site.conf": conf}, {}, listen=(80,), modules=("ssl", "socache_shmcb")), probes("http://a.example/")
    )
    assert ("AH02572" in done.log) is not starts
    (source,) = find_sources(Memory({"/etc/apache2/apache2.conf": conf}), ["/etc/apache2"])
    said = verdict(load(source))
    assert said.starts is starts or (starts and said.starts is None)
    assert starts or "AH02572" in said.reason


def _read(path: Path, target: Target) -> Config:
    (source,) = find_sources(Disk(), [str(path.parent)])
    return load(source, target=target, disk=Disk())


def _asked(found: Install, *arguments: str) -> bytes:
    done = subprocess.run([str(found.server), *arguments], capture_output=True, env={"LANG": "C"}, check=False)
    return done.stdout + done.stderr


def _refusal(found: Install, path: Path) -> str:
    """What httpd says where it refuses, else nothing."""
    command = [str(found.server), "-t", "-f", str(path), "-d", str(path.parent)]
    done = subprocess.run(command, capture_output=True, env={"LANG": "C"}, check=False)
    return done.stderr.decode("utf-8", "replace").strip() if done.returncode else ""
