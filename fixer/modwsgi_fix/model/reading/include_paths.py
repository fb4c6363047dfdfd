"""Where a path in a configuration may lie on the disk that is read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.files import Files
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.reading.source import Source

#: Where packaged servers keep their configuration, and so what absolute Includes in a copy of one begin with.
_SERVER_ROOTS = ("/etc/apache2", "/etc/httpd", "/usr/local/apache2", "/usr/local/etc/apache24")


def is_own(path: str, declared_root: str | None) -> bool:
    """Whether a path lies in the server's own directory, all of which is at hand when the server is complete."""
    return not path.startswith("/") or any(path.startswith(f"{root}/") for root in _prefixes(declared_root))


def candidates(path: str, source: Source, declared_root: str | None, root: Files | None) -> Iterator[str]:
    """Yield where a path of the configuration may lie among ``source.files``, likeliest first.

    A copy of a server's directory is read as if it stood where the configuration says (``declared_root``, its
    ServerRoot). This machine's own files are read only for a configuration that stands in its own place: those of a copy
    are others. Below ``root`` no path leads out of it, for ``source.files`` sees to that.
    """
    prefixes = _prefixes(declared_root)
    for directory in source.roots:
        if not path.startswith("/"):
            yield posixpath.join(directory, path)
        for prefix in prefixes:
            if path.startswith(prefix + "/"):
                yield posixpath.join(directory, path[len(prefix) + 1 :])
    if isinstance(root, Rooted) and (path.startswith("/") or declared_root):
        yield root.host(posixpath.join(declared_root or "/", path))
    if not path.startswith("/"):
        return
    at_home = any(f"{key}/".startswith(f"{prefix}/") for prefix in prefixes for _, key in source.given)
    if at_home or any(path.startswith(source.files.key(top).rstrip("/") + "/") for top in source.roots):
        yield path


def _prefixes(declared_root: str | None) -> list[str]:
    return [*([declared_root] if declared_root else []), *_SERVER_ROOTS]
