"""Which httpd is here, and what this machine lets the harness do with it.

Environment: ``MODWSGI_FIX_APACHE`` (the server binary), ``MODWSGI_FIX_MODULES`` (its module directory),
``MODWSGI_FIX_WSGI_SO`` (another mod_wsgi build to run the whole suite against), ``MODWSGI_FIX_HTTPD_ROOT``
(``private`` or ``rewritten``, see ``root``; the default is ``private`` where the kernel allows it).
"""

from __future__ import annotations

import functools
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SERVERS = ("/usr/sbin/apache2", "/usr/sbin/httpd")
MODULE_DIRECTORIES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules")
USERS = ("www-data", "apache", "daemon")


@dataclass(frozen=True, slots=True)
class Install:
    """One httpd: its binary, the directory of its modules, its mod_wsgi, and the user that serves."""

    server: Path
    modules: Path
    wsgi: Path
    user: str

    def module(self, name: str) -> Path | None:
        """The loadable file of a module; None where the server has it built in, or has it not at all."""
        file = self.modules / f"mod_{name}.so"
        return file if file.exists() else None


@functools.cache
def mod_wsgi_version(found: Install) -> tuple[int, ...]:
    """The version of mod_wsgi: its library holds it as a string of its own, beside that of Python, which is 3."""
    versions = re.findall(rb"\0([4-9](?:\.\d+){2})\0", found.wsgi.read_bytes())
    if len(set(versions)) != 1:
        raise RuntimeError(f"{found.wsgi} does not say which mod_wsgi it is: {versions}")
    return tuple(map(int, versions[0].split(b".")))


def _first(candidates: tuple[str, ...], override: str) -> Path | None:
    chosen = os.environ.get(override)
    return next((Path(c) for c in ((chosen,) if chosen else candidates) if Path(c).exists()), None)


def _user() -> str | None:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in USERS if name in known), None)


@functools.cache
def find() -> Install | str:
    """The httpd to test with, or one line that says what is missing."""
    server = _first(SERVERS, "MODWSGI_FIX_APACHE")
    modules = _first(MODULE_DIRECTORIES, "MODWSGI_FIX_MODULES")
    if server is None or modules is None:
        return "no httpd here: proofs on a real server need httpd 2.4 (Debian: apache2 libapache2-mod-wsgi-py3)"
    wsgi = _first((str(modules / "mod_wsgi.so"),), "MODWSGI_FIX_WSGI_SO")
    if wsgi is None:
        return f"no mod_wsgi in {modules}: install it, or name one in MODWSGI_FIX_WSGI_SO"
    if os.geteuid() != 0:
        return "httpd is here, but ports 80 and 443 and a change of user need root: run the proofs as root"
    if shutil.which("openssl") is None:
        return "httpd is here, but hosts with TLS need a certificate, which openssl makes: install it"
    user = _user()
    if user is None:
        return f"no user for httpd to serve as (looked for {', '.join(USERS)})"
    return Install(server, modules, wsgi.resolve(), user)


@functools.cache
def private_roots() -> bool:
    """Whether a process here may have a file system of its own: a mount namespace with an overlay over ``/``."""
    wanted = os.environ.get("MODWSGI_FIX_HTTPD_ROOT")
    if wanted == "rewritten" or not all(shutil.which(tool) for tool in ("unshare", "mount", "chroot")):
        return False
    with tempfile.TemporaryDirectory(dir=scratch()) as directory:
        for name in ("upper", "work", "merged"):
            Path(directory, name).mkdir()
        script = 'cd "$0" && mount -t overlay o -o lowerdir=/,upperdir=upper,workdir=work merged && chroot merged true'
        command = ["unshare", "-m", "--propagation", "private", "sh", "-c", script, directory]
        works = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if wanted == "private" and not works:
        raise RuntimeError("MODWSGI_FIX_HTTPD_ROOT=private, but no overlay can be mounted over / here")
    return works


def scratch() -> Path:
    """Where private roots are made: in memory, because an overlay's upper layer may not lie inside its lower one."""
    shm = Path("/dev/shm")
    return shm if os.access(shm, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


@functools.cache
def certificate() -> tuple[str, str]:
    """A self-signed certificate and its key (PEM), made once per process; no client of ours checks it."""
    with tempfile.TemporaryDirectory() as directory:
        key, crt = Path(directory, "key"), Path(directory, "crt")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-subj", "/CN=example.com", "-days", "2", "-keyout", str(key), "-out", str(crt)]
        subprocess.run(command, check=True, capture_output=True)
        return crt.read_text(), key.read_text()
