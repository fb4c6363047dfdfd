"""Whether a server can only be one on Windows, where mod_wsgi does not have daemon mode."""

from __future__ import annotations

import re

from modwsgi_fix.directives.families import DAEMON_MODE, MOUNTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item

_DRIVE = expression(r"[A-Za-z]:[/\\]")
_LIBRARY = expression(r"\.(?:pyd|dll)\Z", re.I)


@derived
def without_daemon_mode(config: Config) -> list[Item]:
    """Return the lines that mod_wsgi certainly does not know on Windows (mod_wsgi.c: ``MOD_WSGI_WITH_DAEMONS``)."""
    if not is_windows(config):
        return []
    named = config.named(*DAEMON_MODE)
    return [item for item in named if item.args and not item.guards and not item.file.tree.is_template]


@derived
def is_windows(config: Config) -> bool:
    """Whether a line that is certainly read can only be meant for Windows: a library, or a script on a drive."""
    libraries = (item for item in config.named("loadfile", "loadmodule") if item.args and not item.guards)
    mounted = (item.values[1:2] for item in config.named(*MOUNTS) if not item.guards)
    is_library = any(_LIBRARY.search(item.values[-1]) for item in libraries)
    return is_library or any(_DRIVE.match(path) for paths in mounted for path in paths)
