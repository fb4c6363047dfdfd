"""A real sshd on a loopback address, behind which /etc/apache2, /srv and /opt are directories of a test.

Whoever logs in is put into a mount namespace of its own, in which these three are bound over the machine's. So what runs
there is the machine's own shell, tar and httpd, and nothing outside of the test is changed. Programs in /opt/bin come first.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ADDRESS = "127.0.0.2"
_DAEMON = next(filter(os.path.exists, ("/usr/sbin/sshd", "/usr/local/sbin/sshd")), None)
BOUND = ("etc/apache2", "srv", "opt")


def _missing() -> str:
    """Why no sshd can be tried here, or an empty string."""
    if _DAEMON is None or not all(map(shutil.which, ("ssh", "ssh-keygen", "unshare"))):
        return "no sshd, ssh or unshare (on Debian: openssh-server openssh-client)"
    if os.geteuid() != 0:
        return "sshd and mount namespaces need root"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        return "no mount namespaces here"
    return "" if all(Path("/", path).is_dir() for path in BOUND) else "no /etc/apache2, /srv or /opt to bind over"


needed = pytest.mark.skipif(bool(_missing()), reason=_missing())


class Server(NamedTuple):
    """``root`` has the directories that stand in for those of the machine; ``ssh`` is the command that connects.

    ``direct`` runs there what ssh would, without a connection.
    """

    root: Path
    ssh: str
    enter: Path
    direct: str

    def put(self, files: Mapping[str, str | bytes]) -> None:
        """Write files there, by absolute paths; a text that begins with ``->`` is a link."""
        for path, content in files.items():
            place = self.root / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str) and content.startswith("->"):
                place.symlink_to(content[2:])
            else:
                place.write_bytes(content.encode() if isinstance(content, str) else content)


def far_side(directory: Path) -> Server:
    """The directories and the script that enters them, without sshd: its ``ssh`` runs the command in a session of its own."""
    root = directory / "root"
    for path in BOUND:
        (root / path).mkdir(parents=True, exist_ok=True)
    binds = "".join(f"mount --bind '{root}/{path}' '/{path}'\n" for path in BOUND)
    inner = directory / "inner"
    inner.write_text(f'mount --make-rprivate /\n{binds}cd /\nPATH=/opt/bin:$PATH\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n')
    enter = directory / "enter"
    enter.write_text(f"#!/bin/sh\nexec unshare -m sh '{inner}'\n")
    enter.chmod(0o755)
    direct = directory / "direct"
    direct.write_text(f"#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nSSH_ORIGINAL_COMMAND=$1 exec setsid '{enter}'\n")
    direct.chmod(0o755)
    return Server(root, str(direct), enter, str(direct))


@contextmanager
def running(directory: Path) -> Iterator[Server]:
    """An sshd that ends with the block."""
    server = far_side(directory)
    for name in ("host_key", "user_key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)],
            check=True,
            stdin=subprocess.DEVNULL,
        )
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    shutil.copy(directory / "user_key.pub", directory / "authorized_keys")
    host_key = (directory / "host_key.pub").read_text()
    (directory / "known_hosts").write_text(f"[{ADDRESS}]:{port} {host_key}")
    (directory / "sshd_config").write_text(
        f"Port {port}\nListenAddress {ADDRESS}\nHostKey {directory}/host_key\nAuthorizedKeysFile {directory}/authorized_keys\n"
        f"PidFile {directory}/sshd.pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        f"ForceCommand {server.enter}\n"
    )
    (directory / "ssh_config").write_text(
        f"Host web1\n  HostName {ADDRESS}\n  Port {port}\n  User root\n  IdentityFile {directory}/user_key\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {directory}/known_hosts\n  StrictHostKeyChecking yes\n  BatchMode yes\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    assert _DAEMON is not None
    daemon = subprocess.Popen([_DAEMON, "-D", "-e", "-f", str(directory / "sshd_config")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as asking:
                if not asking.connect_ex((ADDRESS, port)):
                    break
            time.sleep(0.05)
        yield server._replace(ssh=f"ssh -F {directory}/ssh_config")
    finally:
        daemon.terminate()
        daemon.wait()
