"""A file system for one httpd, in which a configuration finds the absolute paths that it names.

``private``: the server runs in a mount namespace of its own, in a root that is an overlay of the machine's, so a real
configuration runs on its real paths, untouched, and everything it writes is in our directory. The namespace goes
with its last process.

``rewritten``: where the kernel or a container forbids that, absolute paths in the text are moved under our directory.
Only paths below ``MOVED`` are, never the URL of an alias or of a ``<Location>``; ``<Directory />`` stays, since it
covers our directory as well. A path inside a word that starts otherwise (``python-path=/srv/x``, ``^/srv/``) moves too.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import install

#: Where relative names of configuration files lie; also the ServerRoot, so that relative Includes work.
CONF = "/etc/apache2"
#: Where relative names of the file tree lie; ``@ROOT@`` in any text.
SITE = "/srv/site"
#: The generated configuration, logs, sockets.
HARNESS = "/srv/harness"
#: A certificate that no client of ours checks, with its key.
CERTIFICATE = f"{HARNESS}/certificate.pem"

#: Directories of the machine that a private root does not show, so that what is installed here changes no verdict.
HIDDEN = ("/etc/apache2", "/etc/httpd", "/var/log", "/var/www", "/srv", "/home")
#: Top directories whose paths a rewritten root moves.
MOVED = ("/etc/apache2", "/etc/httpd", "/etc/ssl", "/etc/pki", "/home", "/opt", "/srv", "/usr/local", "/var", "/data")

_PATH = re.compile(rf"(?<![\w./%*)}}\]-])(?:{'|'.join(map(re.escape, MOVED))})(?![\w.-])", re.ASCII)
#: The part of a line that holds a URL, not a path.
_URL = re.compile(
    r"""\s*(?:</?Location(?:Match)?\b.*
        |(?:WSGIScript|Script)?Alias(?:Match)?\s+(?:"[^"]*"|\S+)\s
        |RewriteRule\s+(?:"[^"]*"|\S+)\s
        |Redirect(?:Match|Permanent|Temp)?\b.*
        |ProxyPass(?:Match|Reverse)?\b.*)""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link in a file tree."""

    target: str


@dataclass(frozen=True, slots=True)
class Moded:
    """A file, or a directory where ``text`` is None, of another mode than usual."""

    text: str | None
    mode: int


#: A file's text or bytes, a link, or None for an empty directory.
Entry = str | bytes | Link | Moded | None
Tree = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Root:
    """One file system: ``directory`` is ours and removed afterwards, ``private`` tells which of the two kinds."""

    directory: Path
    private: bool

    @property
    def top(self) -> Path:
        """What ``/`` of the configuration is, seen from outside."""
        return self.directory / "upper"

    def outside(self, path: str) -> Path:
        """Where a path of the configuration lies for the harness."""
        return self.top / path.lstrip("/")

    def inside(self, path: str) -> str:
        """What the server calls a path of the configuration."""
        return path if self.private else f"{self.top}{path}"

    def text(self, text: str) -> str:
        """A configuration as this server must read it: the same number of lines, whatever moves."""
        return text if self.private else "\n".join(map(self._moved, text.split("\n")))

    def _moved(self, line: str) -> str:
        url = _URL.match(line)
        start = url.end() if url else 0
        return line[:start] + _PATH.sub(lambda found: f"{self.top}{found[0]}", line[start:])

    def as_written(self, text: str) -> str:
        """What the server said, in the configuration's own paths."""
        return text if self.private else text.replace(str(self.top), "")

    def command(self, arguments: list[str]) -> list[str]:
        """The command that runs ``arguments`` in this root, replacing itself, so that its process is the server's."""
        if not self.private:
            return arguments
        script = (
            'cd "$0" && mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work merged'
            ' && mount --rbind /dev merged/dev && mount --rbind /proc merged/proc && cd merged && exec chroot . "$@"'
        )
        return ["unshare", "-m", "--propagation", "private", "sh", "-c", script, str(self.directory), *arguments]


def make(directory: Path, found: install.Install) -> Root:
    """A fresh root in ``directory``, which must not exist."""
    root = Root(directory, install.private_roots())
    for part in ("upper", "work", "merged") if root.private else ("upper",):
        (directory / part).mkdir(parents=True)
    # httpd's user has to pass through, whatever umask the tests run under.
    for passed in (directory, root.top):
        passed.chmod(0o755)
    if root.private:
        for path in HIDDEN:
            if not found.wsgi.is_relative_to(path) and not found.modules.is_relative_to(path):
                _hide(root.outside(path))
    else:
        # A link to the machine's own /etc leads to ours then.
        plant(root, {"/etc/hostname": "here\n"})
    for path in (SITE, f"{HARNESS}/logs", f"{HARNESS}/run", f"{HARNESS}/empty", "/var/log/apache2", "/var/log/httpd"):
        root.outside(path).mkdir(parents=True, exist_ok=True)
    return root


def _hide(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    os.setxattr(path, "trusted.overlay.opaque", b"y")


def plant(root: Root, tree: Tree, home: str = SITE) -> None:
    """Write a file tree; relative names lie in ``home``. ``@ROOT@`` in texts and link targets is replaced.

    A text that begins with ``#!`` is a program.
    """
    for name, entry in tree.items():
        path = root.outside(os.path.join(home, name))
        if isinstance(entry, Moded):
            plant(root, {name: entry.text}, home)
            path.chmod(entry.mode)
            continue
        if entry is None:
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, Link):
            target = entry.target.replace("@ROOT@", SITE)
            path.symlink_to(root.inside(target) if target.startswith("/") else target)
        elif isinstance(entry, bytes):
            path.write_bytes(entry)
        else:
            path.write_text(entry.replace("@ROOT@", SITE), encoding="utf-8", errors="surrogateescape")
            path.chmod(0o755 if entry.startswith("#!") else 0o644)


def remove(root: Root) -> None:
    """Delete all of it; an overlay's work directory is without permissions, which root does not mind."""
    shutil.rmtree(root.directory)
