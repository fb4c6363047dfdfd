"""Sites beside those that an Include reads, which it passes over because of their names.

Debian's apache2.conf of 2.2 had ``Include sites-enabled/``, which reads whatever is there; that of 2.4 has
``IncludeOptional sites-enabled/*.conf``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.items import Item, PassedOver
from modwsgi_fix.model.paths import has_wildcard

#: A pattern of names by their suffix alone.
_BY_SUFFIX = expression(r"\*(\.[A-Za-z]+)\Z")
#: Copies that editors, packages and people leave, files that somebody has put aside, pages and texts.
_PUT_ASIDE = expression(
    r"\A\.|[~#]\Z|\.(?:bak|backup|orig|old|save|sav|off|disabled?|inactive|swp|tmp|rej|dist|default|example|sample|template|"
    r"dpkg-\w+|ucf-\w+|rpm\w+|load|md|txt|html?|zip|t?gz|[0-9]+)\Z|\b(?:README|disabled)\b",
    re.I,
)
#: A host for visitors, which makes a file a site.
_SITE = expression(r"^[ \t]*<VirtualHost\b", re.M | re.I)
#: Debian's directory of links to the sites that are in use, and that of all sites.
_ENABLED, _AVAILABLE = "sites-enabled", "sites-available"
#: The most names of one directory that are looked at.
_MOST = 200


def passed_over(
    includes: Iterable[tuple[Item, str]], files: Files, is_read: Callable[[str], bool]
) -> Iterator[PassedOver]:
    """Yield those of the Includes, given with their patterns, that pass over sites which nothing else reads."""
    for item, pattern in includes:
        directory, _, last = pattern.rpartition("/")
        found = _BY_SUFFIX.match(last)
        if found is None or has_wildcard(directory):
            continue
        enabled = _names(files, directory)
        sites = _sites(files, directory, enabled, found[1], is_read)
        if sites:
            yield PassedOver(item, found[1], sites)
        if directory.endswith(_ENABLED):
            # The links to them are in the other directory, with or without the suffix.
            available = f"{directory.removesuffix(_ENABLED)}{_AVAILABLE}"
            every = _names(files, available)
            taken = {*enabled, *every}
            beside = _sites(files, available, every, found[1], is_read)
            rest = tuple(name for name in beside if name not in enabled and f"{name}{found[1]}" not in taken)
            if rest:
                yield PassedOver(item, found[1], rest, is_available=True)


def _sites(
    files: Files, directory: str, every: Sequence[str], suffix: str, is_read: Callable[[str], bool]
) -> tuple[str, ...]:
    """Return those of the names in a directory that are sites and lack a suffix."""
    beside = [name for name in every if not name.endswith(suffix) and not _PUT_ASIDE.search(name)]
    paths = ((name, posixpath.join(directory, name)) for name in beside[:_MOST])
    return tuple(name for name, path in paths if not is_read(path) and _is_site(files, path))


def _names(files: Files, directory: str) -> list[str]:
    try:
        return files.names(directory) if files.is_dir(directory) else []
    except FileProblem:
        return []


def _is_site(files: Files, path: str) -> bool:
    try:
        return files.is_file(path) and _SITE.search(files.read(path)) is not None
    except FileProblem:
        return False
