"""Paths of a configuration on the disk that is read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from modwsgi_fix.files import Files
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.bounds import Budget
from modwsgi_fix.model.gaps import GapKind
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.patterns import wildcard
from modwsgi_fix.model.reading.source import Source

#: The configuration directories of packaged servers, with which absolute Includes in a copy of one begin.
_SERVER_ROOTS = ("/etc/apache2", "/etc/httpd", "/usr/local/apache2", "/usr/local/etc/apache24")


def is_own(path: str, declared_root: str | None) -> bool:
    """Whether a path lies in the server's own directory, which is wholly in sight when the server is complete."""
    return not path.startswith("/") or any(path.startswith(f"{root}/") for root in _prefixes(declared_root))


def gap_kind(path: str) -> GapKind:
    """Return the kind of gap that a missing included file leaves: its name may show that it has no sections or access lines.

    ``options-ssl-apache.conf`` is certbot's, with settings of TLS (certbot-apache's ``MOD_SSL_CONF_SRC``); ``*.load`` are
    Debian's, with LoadModule and LoadFile lines (a2enmod(8)).
    """
    name = posixpath.basename(path)
    return GapKind.APART if name == "options-ssl-apache.conf" or name.endswith(".load") else GapKind.INCLUDE


def candidates(path: str, source: Source, declared_root: str | None, root: Files | None) -> Iterator[str]:
    """Yield where a path of the configuration may lie among ``source.files``, likeliest first.

    A copy of a server's directory is read as if it stood where the configuration says (``declared_root``, its ServerRoot).
    This machine's own files are read only for a configuration that stands in its own place: a copy means other files. With
    ``root`` no path leads out of that filesystem; ``source.files`` sees to that.
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


def matching(
    disk: Files, pattern: str, budget: Budget, names_in: Callable[[str], list[str]]
) -> Iterator[tuple[str, bool]]:
    """Yield the paths that an Include names, in httpd's order, each with whether a directory lists it.

    httpd matches component by component, with the names sorted as bytes (config.c:ap_process_resource_config).
    """
    # A stack of what is still to be matched: a pattern may have any number of components.
    pending: list[tuple[str | None, list[str]]] = [(None, pattern.split("/"))]
    while pending:
        above, parts = pending.pop()
        at = next((at for at, part in enumerate(parts) if has_wildcard(part)), len(parts))
        base = "/".join(parts[:at] if above is None else [above, *parts[:at]])
        if at < len(parts):
            top = base or ("/" if pattern.startswith("/") else "")
            pending += reversed(list(_listed(disk, top, parts[at], parts[at + 1 :], budget, names_in)))
        elif above is not None and not parts:
            yield base, True
        elif disk.is_dir(base) or disk.is_file(base) or not disk.is_link(base):
            # A broken link of that name counts as no file.
            yield base, False


def _listed(
    disk: Files, base: str, part: str, rest: list[str], budget: Budget, names_in: Callable[[str], list[str]]
) -> Iterator[tuple[str, list[str]]]:
    """Yield what a component with a wildcard matches in a directory, with the components that follow it."""
    if not disk.is_dir(base or "."):
        return
    wanted = wildcard(part)
    for name in names_in(base or "."):
        if not wanted(name) or (name.startswith(".") and not part.startswith(".")):
            continue
        path = f"{base.rstrip('/')}/{name}" if base else name
        if not rest:
            yield path, rest
        elif disk.is_dir(path):
            budget.spend()
            yield path, rest
