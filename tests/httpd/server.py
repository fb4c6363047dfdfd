"""A private httpd: started from a configuration and a file tree, asked, and killed, leaving nothing behind.

Each server has a loopback address of its own (127.a.b.c), so that any number may have their port 80 at once, and is
the leader of its own session. It is stopped by SIGKILL to that process group: a polite SIGTERM takes 3 s once a
daemon of mod_wsgi 4.9 has run a sub-interpreter. The test process adopts and reaps what the leader leaves.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from . import install, probe
from .application import LOGGED
from .probe import Answer, Probe, Response
from .root import CONF, HARNESS, SITE, Root, Tree, make, plant, remove

#: What closes the file system before the configuration speaks: nothing, or one of the two styles of distributions.
Base = Literal["2.4", "2.2"] | None
Mpm = Literal["event", "prefork", "worker"]

BASES: Mapping[Base, str] = {
    "2.4": "Require all denied",
    "2.2": "Order deny,allow\n    Deny from all",
}

#: Loaded for every case, where the server does not have them built in.
MODULES = (
    "unixd", "log_config", "version", "authn_core", "authz_core", "authz_host", "authz_user", "access_compat",
    "authn_file", "auth_basic", "alias", "autoindex", "dir", "env", "headers", "mime", "rewrite", "setenvif",
)  # fmt: skip

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    # What Debian's /etc/apache2/envvars defines.
    "APACHE_RUN_DIR": f"{HARNESS}/run",
    "APACHE_LOCK_DIR": f"{HARNESS}/run",
    "APACHE_PID_FILE": f"{HARNESS}/run/httpd.pid",
    "APACHE_LOG_DIR": "/var/log/apache2",
}

#: The file of TypesConfig.
TYPES = "text/html html\ntext/css css\ntext/plain txt\n"

#: Says of each probe which host answered it, by which handler, and which file it was mapped to.
PROBES_LOG = rf'GlobalLog {HARNESS}/logs/probes.log "%{{X-Probe}}i\t%v:%{{local}}p\t%R\t%f"'

#: Names every process of ours in its environment, and holds the directory of the run that started it.
MARK = "MODWSGI_FIX_HARNESS"


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that decides a server's behaviour, except the requests.

    ``files`` are configuration files (relative names lie in /etc/apache2), read in this order; with ``include`` only
    those are, and they must include the rest: a whole layout of Debian's or httpd's. ``tree`` are the other files.
    """

    files: Mapping[str, str]
    tree: Tree
    base: Base = "2.4"
    mpm: Mpm = "event"
    listen: tuple[int, ...] = (80, 443)
    modules: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    #: Directives before the files: what the rest of a server would have said.
    preamble: str = ""
    #: The lines that httpd is started with, where the configuration itself says all the rest.
    main: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What one server did: it refused to start and said why, or it answered each probe."""

    started: bool
    messages: tuple[str, ...]
    answers: Mapping[Probe, Answer]
    milliseconds: float
    #: What it wrote to its console and its error logs, as it stands there.
    log: str = ""

    def __getitem__(self, url: str) -> Answer:
        """The answer to the probe of this name (``str(probe)``)."""
        return next(answer for asked, answer in self.answers.items() if str(asked) == url)


def run(setup: Setup, asked: Sequence[Probe], directory: Path) -> Run:
    """One whole life of a server: write, start, ask, kill, delete. ``directory`` holds the runs of one test process."""
    began = time.perf_counter()
    for _ in range(3):
        with _server(setup, directory) as server:
            if server.up:
                # The logs are read when every process is dead and has written its last.
                answers = [probe.ask(one, server.address, f"p{index}") for index, one in enumerate(asked)]
                titles = {pid: title for answer in answers for pid, title in _title(answer)}
                server.up = server.stays(patiently=bool(answers) and not any(answer.status for answer in answers))
            server.kill()
            told: Mapping[Probe, Answer] = observed(server, asked, answers, titles) if server.up else {}
            messages = tuple(messages_of(server))
            log = log_of(server)
            spent = (time.perf_counter() - began) * 1000
        if not any("AH00072" in line for line in messages):  # another program took this address' port
            return Run(server.up, messages, told, spent, log)
    raise RuntimeError(f"no free address for a private httpd: {messages}")


def directives_of(setup: Setup, directory: Path) -> Counter[str] | None:
    """The directives of a configuration as mod_info shows them (``-D DUMP_CONFIG``), each as often as it stands there.

    Sections are left out, and so is what httpd executes while it reads (Include, Define, LoadModule). None where it
    does not accept the configuration.
    """
    code, shown, _ = tested(setup, directory, f"{HARNESS}/httpd.conf", "-DDUMP_CONFIG")
    lines = map(str.strip, shown.splitlines())
    return None if code else Counter(line for line in lines if line and not line.startswith(("#", "<")))


def tested(setup: Setup, directory: Path, main: str, *words: str) -> tuple[int, str, str]:
    """What ``httpd -t`` says of this main file: its exit code and both outputs."""
    with _rooted(setup, directory, "127.0.0.1") as (root, found):
        arguments = root.command([str(found.server), "-f", root.inside(main), "-t", *words])
        environment = _environment(root, directory, found)
        done = subprocess.run(arguments, env=environment, cwd="/", capture_output=True, check=False)
        out, err = (root.as_written(text.decode("utf-8", "surrogateescape")) for text in (done.stdout, done.stderr))
    return done.returncode, out, err


# -- a server's life ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Server:
    root: Root
    address: str
    process: subprocess.Popen[bytes]
    up: bool = False

    def stays(self, *, patiently: bool) -> bool:
        """Whether it still runs: httpd opens its ports before its logs, and may end over these."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1 if patiently else 0)
        return self.process.poll() is None

    def kill(self) -> None:
        """End the whole process group and reap it, so that no process and no mount of it is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-self.process.pid, 0)


_numbers = itertools.count(1)


@contextmanager
def _rooted(setup: Setup, directory: Path, address: str) -> Iterator[tuple[Root, install.Install]]:
    """A root in which everything of this server lies."""
    found = install.find()
    if isinstance(found, str):
        raise RuntimeError(found)
    root = make(directory / f"{os.getpid()}-{next(_numbers)}", found)
    try:
        _write(setup, root, address, found)
        yield root, found
    finally:
        remove(root)


def _environment(root: Root, directory: Path, found: install.Install) -> dict[str, str]:
    environment = {name: root.text(value) for name, value in ENVIRONMENT.items()}
    return environment | {MARK: str(directory), "APACHE_RUN_USER": found.user, "APACHE_RUN_GROUP": found.user}


@contextmanager
def _server(setup: Setup, directory: Path) -> Iterator[_Server]:
    with (
        _address() as address,
        _rooted(setup, directory, address) as (root, found),
        open(root.outside(f"{HARNESS}/logs/console"), "wb") as console,
    ):
        _adopt_orphans()
        arguments = [str(found.server), "-f", root.inside(f"{HARNESS}/httpd.conf"), "-DFOREGROUND"]
        process = subprocess.Popen(
            _tied(root.command(arguments)), env=_environment(root, directory, found), cwd="/", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
        )  # fmt: skip
        server = _Server(root, address, process)
        try:
            server.up = _comes_up(process, address, setup.listen)
            yield server
        finally:
            server.kill()


def _comes_up(process: subprocess.Popen[bytes], address: str, ports: Sequence[int]) -> bool:
    """Wait until every port answers, or the process ends; 20 s without either is a failure of the harness."""
    deadline = time.monotonic() + 20
    while process.poll() is None:
        try:
            for port in ports:
                socket.create_connection((address, port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)
        else:
            return process.poll() is None
    return False


def _tied(command: list[str]) -> list[str]:
    """Should the test process be killed, the server ends with it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


@functools.cache
def _adopt_orphans() -> None:
    """Become the parent of processes whose own has ended (prctl PR_SET_CHILD_SUBREAPER), so that we can reap them."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


@contextmanager
def _address() -> Iterator[str]:
    """A loopback address that no other harness on this machine has: it is held by a bound socket, not by a file."""
    pick = random.SystemRandom()
    while True:
        address = f"127.{pick.randint(1, 254)}.{pick.randint(0, 254)}.{pick.randint(1, 254)}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
            try:
                held.bind((address, 47999))
            except OSError:
                continue
            yield address
            return


# -- what it reads --------------------------------------------------------------------------------------------------


def _write(setup: Setup, root: Root, address: str, found: install.Install) -> None:
    def prepared(text: str) -> str:
        return root.text(listening(text.replace("@ROOT@", SITE).replace("@IP@", address), address))

    plant(root, setup.tree)
    plant(root, {name: prepared(text) for name, text in setup.files.items()}, home=CONF)
    main = prepared("\n".join(setup.main or _main(setup, address, found)) + "\n")
    plant(root, {"httpd.conf": main, "mime.types": TYPES}, home=HARNESS)


_LISTEN = re.compile(r"^(\s*Listen\s+)(?:\S+:)?(\d+)", re.IGNORECASE | re.MULTILINE | re.ASCII)


def listening(text: str, address: str) -> str:
    """A configuration's own Listen lines, which would open ports to the world, at our address instead."""
    return _LISTEN.sub(rf"\g<1>{address}:\g<2>", text)


def _main(setup: Setup, address: str, found: install.Install) -> Iterator[str]:
    files = setup.include or tuple(setup.files)
    own = {int(port) for text in setup.files.values() for _, port in _LISTEN.findall(text)}
    yield f"ServerRoot {CONF}\nDefaultRuntimeDir {HARNESS}/run\nPidFile {HARNESS}/run/httpd.pid"
    yield "Mutex posixsem default\nServerName default.invalid\nTimeout 10\nKeepAlive Off"
    tls = ("ssl", "socache_shmcb") if 443 in setup.listen or 8443 in setup.listen else ()
    for name in dict.fromkeys((f"mpm_{setup.mpm}", *MODULES, *tls, *setup.modules)):
        # mod_wsgi is the build under test, whatever a configuration loads.
        if name != "wsgi" and (file := found.module(name)):
            yield f"LoadModule {name}_module {file}"
    yield f"LoadModule wsgi_module {found.wsgi}\nWSGISocketPrefix {HARNESS}/run/wsgi"
    yield f"User {found.user}\nGroup {found.user}"
    yield from (f"Listen {address}:{port}" for port in setup.listen if port not in own)
    yield f"LogLevel warn\nErrorLog {HARNESS}/logs/error.log"
    yield PROBES_LOG
    yield f"DocumentRoot {HARNESS}/empty\nTypesConfig {HARNESS}/mime.types"
    yield "StartServers 1\nMaxRequestWorkers 4"
    if setup.mpm != "prefork":
        yield "ServerLimit 1\nThreadsPerChild 4\nThreadLimit 4\nMinSpareThreads 1\nMaxSpareThreads 4"
    if setup.base:
        yield "<Directory />\n    Options FollowSymLinks\n    AllowOverride None"
        yield f"    {BASES[setup.base]}\n</Directory>"
    yield setup.preamble
    yield from (f'Include "{os.path.join(CONF, name)}"' for name in files)


# -- what it left in its logs ---------------------------------------------------------------------------------------


def _title(response: Response) -> Iterator[tuple[int, str]]:
    """The process that answered, and the first word that ps shows for it, if that is not the path of httpd."""
    if report := response.report:
        with suppress(OSError):  # it may have ended
            line = Path(f"/proc/{report['pid']}/cmdline").read_bytes().decode("utf-8", "replace")
            if not line.startswith("/"):
                yield report["pid"], line.partition("\0")[0].rstrip()


def observed(
    server: _Server, asked: Sequence[Probe], responses: Sequence[Response], titles: Mapping[int, str]
) -> dict[Probe, Answer]:
    """Answers, completed by what the logs of the dead server say of them."""
    log = _log(server.root)
    heard = _heard(server.root)
    classes: dict[object, str] = {}
    told = {}
    for index, (one, response) in enumerate(zip(asked, responses, strict=True)):
        vhost, handler, mapped = log.get(f"p{index}", ("", "", ""))
        told[one] = Answer(
            status=response.status, who=response.who, vhost=vhost, handler=handler,
            mapped=server.root.as_written(mapped), body="" if response.report else probe.summary(response),
            location=response.headers.get("location", ""), content_type=response.headers.get("content-type", ""),
            authenticate=re.sub(r'\bnonce="[^"]*", ', "", response.headers.get("www-authenticate", "")),
            error_logs=heard.get(f"p{index}", ()),
            **_reported(server.root, response.report, str(one), classes, titles),
        )  # fmt: skip
    return told


def _reported(
    root: Root, report: dict[str, Any] | None, name: str, classes: dict[object, str], titles: Mapping[int, str]
) -> dict[str, Any]:
    if report is None:
        return {}
    pid = report.pop("pid")
    report["title"] = titles.get(pid, "")
    known = bool(report["process_group"]) and not report["multiprocess"]
    report["process_class"] = classes.setdefault(pid if known else ("group", report["process_group"]), name)
    report["python_path"] = tuple(map(root.as_written, report["python_path"]))
    report["cwd"] = root.as_written(report["cwd"])
    return {key: "" if value is None else value for key, value in report.items()}


def _log(root: Root) -> dict[str, tuple[str, str, str]]:
    lines = root.outside(f"{HARNESS}/logs/probes.log").read_text("utf-8", "replace").splitlines()
    rows = (line.split("\t") for line in lines)
    return {row[0]: (row[1], row[2], row[3]) for row in rows if len(row) == 4}


def _logs(root: Root) -> Iterator[tuple[str, str]]:
    """Every error log there is: the configuration may name its own anywhere; the path as written, and the text."""
    written = (Path(folder, name) for folder, _, names in os.walk(root.top) for name in names)
    for path in sorted(written):
        name = f"/{path.relative_to(root.top)}"
        if (
            "log" in name
            and path.suffix not in (".py", ".wsgi", ".conf")
            and path.name not in ("probes.log", "console")
            and path.is_file()
            and not path.is_symlink()
        ):
            yield name, path.read_text("utf-8", "replace")


def _heard(root: Root) -> dict[str, tuple[str, ...]]:
    heard: dict[str, tuple[str, ...]] = {}
    for path, text in _logs(root):
        for identity in dict.fromkeys(re.findall(rf"{LOGGED}(p\d+)\.", text)):
            heard[identity] = (*heard.get(identity, ()), path)
    return heard


_STAMP = re.compile(r"^\[[A-Z][a-z]{2} [^]]*\] (?:\[[\w:]+\] )?(?:\[pid \d+(?::tid \d+)?\] )?(?:\[client [^]]*\] )?")


def log_of(server: _Server) -> str:
    """What the server said on its console and in its error logs, in the configuration's own paths."""
    console = server.root.outside(f"{HARNESS}/logs/console").read_text("utf-8", "replace")
    return server.root.as_written("".join([console, *(text for _, text in _logs(server.root))]))


def messages_of(server: _Server) -> Iterator[str]:
    """What the server said, on its console and in its error logs, without times, pids and addresses."""
    console = server.root.outside(f"{HARNESS}/logs/console").read_text("utf-8", "replace")
    for text in (console, *(text for _, text in _logs(server.root))):
        for line in text.splitlines():
            if line.strip() and LOGGED not in line:
                yield server.root.as_written(_STAMP.sub("", line)).replace(server.address, "@IP@")
