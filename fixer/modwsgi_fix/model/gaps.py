"""What of a server is out of sight."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, Item, derived

_UNSEEN = frozenset({"directory", "directorymatch", "files", "filesmatch", "location", "locationmatch"})


@derived
def sees_all_sections(config: Config) -> bool:
    """True when every section of the server is known: a whole server, no Include missing, none in code or a macro.

    An undefined variable in another place (``ErrorLog ${APACHE_LOG_DIR}/error.log``) hides no section.
    """
    if not config.complete:
        return False
    for gap in config.gaps:
        start, end = gap.span
        if "${" not in config.files[gap.path].text[start:end]:
            return False
    unknown: list[Item] = [item for item in config.items if not item.known]
    return not any(item.key in _UNSEEN or item.key.startswith("include") for item in unknown)
