"""What a filesystem that may be a partial copy shows to be missing: what was not copied is unknown.

So a path is missing only where a directory above it exists that a site makes, and not the system.
"""

from __future__ import annotations

import posixpath

from modwsgi_fix.files import FileProblem, Files

#: Directories that a copy seldom has, so that a name missing in them proves nothing.
_OF_THE_SYSTEM = frozenset(
    {"/", "/etc", "/lib", "/run", "/usr", "/usr/lib", "/usr/share", "/var", "/var/lib", "/var/run"}
)


def is_missing(disk: Files, path: str) -> bool:
    """Whether a path from the root certainly does not exist, and a directory of a site above it does."""
    if not path.startswith("/") or disk.is_file(path) or disk.is_dir(path) or disk.is_link(path):
        return False
    return disk.is_known(path) and _is_in_sight(disk, path)


def _is_in_sight(disk: Files, path: str) -> bool:
    """Whether the nearest existing directory above a path is a site's own.

    A path below a file is the rest of a URL; one below a link, whose target was not copied, may be there.
    """
    above = posixpath.dirname(path)
    while above != "/" and not disk.is_dir(above):
        if disk.is_file(above) or disk.is_link(above):
            return False
        above = posixpath.dirname(above)
    if above in _OF_THE_SYSTEM:
        return False
    try:
        # An empty directory may be the place of one that was not copied.
        return bool(disk.names(above))
    except FileProblem:
        return False
