"""The servers that a command only looks at: read from the named paths, with the settings' target and filesystem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.disk import Configurations
from modwsgi_fix.cli.errors import Stop
from modwsgi_fix.cli.output import say
from modwsgi_fix.cli.root import find_servers
from modwsgi_fix.files import working_directory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.reader import load
from modwsgi_fix.reports import gap_reason
from modwsgi_fix.reports.text import printable
from modwsgi_fix.settings import Settings, find, parse_target
from modwsgi_fix.settings import load as load_settings


class Servers(NamedTuple):
    """The servers at some paths. ``trouble`` says that something could not be read, and was said: exit code 2."""

    configs: list[Config]
    trouble: bool


def servers(paths: Sequence[str], root: str | None, *, needs_root: bool = False, denies: str = "") -> Servers:
    """Return one configuration for each server at these paths, ``denies`` as for ``Source``.

    Raises ``Stop``, and what ``errors.explain`` explains.
    """
    if not paths:
        raise Stop("no configuration: name directories or files")
    settings = _settings(paths[0])
    found, seen = find_servers(Configurations(), paths, root, settings)
    if seen is None and needs_root:
        raise Stop("say with --root which filesystem the paths in these files mean: / if it is this machine's")
    target = parse_target((), settings.target)
    denies = denies or settings.denies
    sources = [source if source.complete else replace(source, denies=denies) for source in found.sources]
    configs = [load(source, target=target, disk=seen) for source in sources]
    in_trouble = trouble.tell(trouble.unread(found.problems, configs))
    for line in trouble.skipped(configs):
        say(printable(line))
    return Servers(configs, in_trouble)


def _settings(path: str) -> Settings:
    """Return the settings of the file near a path, if there is one."""
    found = find(path)
    if found is None:
        return Settings(base=working_directory())
    from modwsgi_fix.cli.rules import known_rules

    return load_settings(found, known_rules())


def note_gaps(configs: Sequence[Config]) -> None:
    """Say on stderr what was not understood, and so is not in the answer."""
    for config in configs:
        for gap in config.gaps:
            file = config.files[gap.path]
            reason = gap_reason(config, file, gap.reason, gap.kind.value)
            say(printable(f"note: {file.name}:{file.lines.position(gap.span.start).line}: {reason}"))
        for file in config.files.values():
            for fault in file.tree.problems:
                line = file.lines.position(fault.node.start).line
                say(printable(f"note: {file.name}:{line}: {gap_reason(config, file, fault.message, fault.kind)}"))
