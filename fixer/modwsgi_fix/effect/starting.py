"""Whether httpd starts with a configuration."""

from __future__ import annotations

from typing import NamedTuple

from modwsgi_fix.effect.impact import refused_places
from modwsgi_fix.model.config import Config, derived


class Start(NamedTuple):
    """``starts`` is False where httpd certainly refuses the configuration, None where that cannot be told.

    ``reason`` says why; ``file`` and ``line`` are of what it refuses first, where that is known.
    """

    starts: bool | None
    reason: str = ""
    file: str = ""
    line: int | None = None


@derived
def verdict(config: Config) -> Start:
    """Whether httpd starts with it, as far as the files say."""
    order = {path: at for at, path in enumerate(config.files)}
    refused = sorted(refused_places(config), key=lambda place: (order[place[0]], place[1]))
    if refused:
        path, span = refused[0]
        file = config.files[path]
        return Start(False, "httpd refuses this line", file.name, file.lines.position(span.start).line)
    if not config.complete:
        return Start(None, "these files are not a whole server")
    if config.gaps:
        return Start(None, "some lines were not understood")
    return Start(True)
