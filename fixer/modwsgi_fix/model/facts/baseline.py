"""What a server says about the filesystem as a whole: `<Directory />`."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import depth, is_regex_section, pattern_of, sections_of


@derived
def baseline(config: Config) -> list[Item]:
    """Return the ``<Directory />`` sections of the main server."""
    sections = sections_of(config, config.main, ("directory",))
    return [item for item in sections if not is_regex_section(item) and depth(pattern_of(item)) == 0]


@derived
def baseline_dialects(config: Config) -> tuple[bool, bool] | None:
    """Return whether ``<Directory />`` denies in each dialect, as (2.2, 2.4); None where no baseline is in sight."""
    found = [access_of(item) for item in baseline(config)]
    speaking = [access for access in found if not access.is_empty]
    if not speaking:
        return None
    return any(a.admits_22 is False for a in speaking), any(a.admits_24 is False for a in speaking)
