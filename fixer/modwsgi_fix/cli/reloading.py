"""The commands that make httpd read its files anew, by the distribution whose layout the files have."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

#: Names that only Debian's layout has, above a file or beside its main file.
_DEBIAN = {"sites-available", "sites-enabled", "conf-available", "conf-enabled", "mods-available", "mods-enabled"}


def command(paths: Sequence[str]) -> str:
    """Return the commands that check a configuration and have it take effect, for the server of these files.

    Debian has ``apache2ctl`` and the unit ``apache2`` (apache2(8)), SUSE ``apachectl`` and that unit, Fedora and
    Enterprise Linux ``apachectl`` and the unit ``httpd``; any other httpd has its own ``apachectl``.
    """
    if any(map(_is_debian, paths)):
        return "apache2ctl configtest && systemctl reload apache2"
    if any("/etc/apache2/" in path for path in paths):
        return "apachectl configtest && systemctl reload apache2"
    if any("/etc/httpd/" in path or _is_fedora(path) for path in paths):
        return "apachectl configtest && systemctl reload httpd"
    return "apachectl configtest && apachectl graceful"


def _is_debian(path: str) -> bool:
    if os.path.basename(path) == "apache2.conf" or not _DEBIAN.isdisjoint(path.split("/")):
        return True
    return any(os.path.isfile(os.path.join(above, "apache2.conf")) for above in _above(path))


def _is_fedora(path: str) -> bool:
    """Whether a file lies in a ServerRoot of ``conf/httpd.conf`` with ``conf.d`` or ``conf.modules.d``."""
    return any(
        os.path.isfile(os.path.join(above, "conf/httpd.conf"))
        and any(os.path.isdir(os.path.join(above, name)) for name in ("conf.d", "conf.modules.d"))
        for above in _above(path)
    )


def _above(path: str) -> Iterable[str]:
    """Yield the directories above a file, the nearest first."""
    while (above := os.path.dirname(path)) != path:
        yield above
        path = above
