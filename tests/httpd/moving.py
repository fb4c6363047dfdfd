"""A server of httpd 2.2's time, moved: written by one ``modwsgi-fix migrate --write``, started, and asked.

A tree of the corpus is laid out as it lies on the machine that it is of, ``conf/`` where its distribution has it. What is
started afterwards is the tree's own main file; nothing is said besides it, but that it listens on an address of the harness.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modwsgi_fix.model.builds import SOMETIMES

from .application import app
from .install import Install, certificate
from .probe import Answer, Probe, probes
from .root import Entry, Link
from .server import PROBES_LOG, Setup

#: Which trees there are, and where each has its configuration.
TREES = {"debian-7": "etc/apache2", "debian-8": "etc/apache2", "centos-6": "etc/httpd"}

#: Modules that are read from files elsewhere, and that are compiled in here, or that this build does without.
_ELSEWHERE = {*SOMETIMES, "systemd"}
_LOADED = re.compile(rf"^([ 	]*)(?=LoadModule[ 	]+(?:{'|'.join(sorted(_ELSEWHERE))})_module[ 	])", re.M)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what is declared of its answer: the status, who answers, and with what."""

    probe: Probe
    status: int
    who: str
    what: str

    def contradiction(self, answer: Answer) -> str:
        """How an answer differs from what is declared; empty where it does not."""
        got = f"{answer.status} {_who(answer, self.who)}"
        wanted = " ".join(filter(None, (str(self.status), self.who, self.what)))
        return "" if got == wanted else f"{self.probe}: {got}, not {wanted}"


def _who(answer: Answer, kind: str) -> str:
    """Who answered, in the words of the declaration, which may ask for the handler rather than for the file."""
    if answer.who == "httpd":
        return f"httpd {answer.location}".rstrip()
    if answer.who == "application":
        return f"application {answer.label}"
    return f"handler {answer.handler}" if kind == "handler" else f"{answer.who} {answer.mapped}"


def asked_of(text: str) -> Iterator[Asked]:
    """The requests that a ``requests.txt`` declares."""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        method, url, client, login, status, who, *what = line.split()
        (plain,) = probes(url)
        credentials = base64.b64encode(login.encode()).decode()
        headers = () if login == "-" else (("Authorization", f"Basic {credentials}"),)
        if method == "POST":
            headers = (*headers, ("Content-Length", "0"))
        probe = Probe(
            plain.host, plain.path, plain.port, plain.tls, method, headers, client="" if client == "-" else client
        )
        yield Asked(probe, int(status), who, " ".join(what))


def laid_out(tree: Path, conf: str, directory: Path) -> Path:
    """A copy of the machine that a tree is of, in a directory; where its configuration lies in it."""
    shutil.copytree(tree / "root", directory, symlinks=True)
    shutil.copytree(tree / "conf", directory / conf, symlinks=True)
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(_mode(path))
    directory.chmod(0o755)
    return directory / conf


def _mode(path: Path) -> int:
    """The mode that a file has on such a machine: git knows of programs only."""
    if path.is_dir() or path.read_bytes().startswith(b"#!"):
        return 0o755
    return 0o600 if _is_key(path) else 0o644


def _is_key(path: Path) -> bool:
    return path.suffix in (".pem", ".key") and "key" in path.name


def setup_of(machine: Path, conf: Path, found: Install) -> Setup:
    """The server that such a copy is, with applications that answer probes, and a certificate that TLS takes."""
    files: dict[str, str] = {}
    tree: dict[str, Entry] = {}
    for path in sorted(machine.rglob("*")):
        name = f"/{path.relative_to(machine)}"
        if path.is_symlink():
            tree[name] = Link(os.readlink(path))
        elif path.is_dir():
            tree[name] = None
        elif path.is_relative_to(conf):
            files[name] = _LOADED.sub(r"\1# ", path.read_text("utf-8"))
        else:
            tree[name] = _file(path, name)
    if (conf / "conf").is_dir():
        # Links of the distribution's, which belong to its package.
        under = f"/{conf.relative_to(machine)}"
        tree |= {f"{under}/modules": Link(str(found.modules)), f"{under}/run": Link("/run/httpd"), "/run/httpd": None}
        tree |= {f"{under}/logs": Link("/var/log/httpd")}
    main = next(path for path in (conf / "apache2.conf", conf / "conf/httpd.conf") if path.is_file())
    lines = (f"ServerRoot /{conf.relative_to(machine)}", f"Include /{main.relative_to(machine)}", PROBES_LOG)
    return Setup(files, tree, None, main=lines)


def _file(path: Path, name: str) -> str | bytes:
    if name.endswith((".wsgi", "/wsgi.py", "/wsgihandler.py")):
        return app(name)
    if path.suffix in (".pem", ".crt", ".key"):
        return certificate()[_is_key(path)]
    data = path.read_bytes()
    return data.decode() if data.startswith(b"#!") else data
