"""A copy of another machine's files in a new directory: nothing in it leads out of it, whatever their names and links are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from posixpath import dirname, join, normpath, relpath

from modwsgi_fix.files import MANIFEST, OWN, FileProblem, problem
from modwsgi_fix.files.fetched import Manifest, as_json
from modwsgi_fix.text import encode


def must_be_new(top: str) -> None:
    """Raise ``FileProblem`` where a directory cannot be made, or has something in it."""
    try:
        if os.path.lexists(top) and (not os.path.isdir(top) or os.listdir(top)):
            raise FileProblem(top, "is there already; name a new directory")
        if not os.path.isdir(os.path.dirname(os.path.abspath(top))):
            raise FileProblem(top, "the directory above is missing")
    except (OSError, ValueError) as error:
        raise problem(top, error) from error


def write_copy(top: str, contents: Mapping[str, bytes], links: Mapping[str, str]) -> None:
    """Write files, and links to each other, by absolute paths that mean ``top`` by ``/``. Raises ``FileProblem``.

    Only this user can read them. Links are made last, so that nothing is written through one, and lead to what they mean
    within the copy. A link below a link, which no directory can hold, is left out.
    """
    try:
        os.makedirs(top, mode=0o700, exist_ok=True)
        os.chmod(top, 0o700)
        for path, data in sorted(contents.items()):
            place = _made(top, path)
            file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
        for path, target in sorted(links.items()):
            if path not in contents and not any(above in links for above in _above(path)):
                leads_to = normpath(join("/", dirname(path), target))
                place = _made(top, path)
                if not os.path.lexists(place):
                    os.symlink(encode(relpath(leads_to, dirname(path))), place)
    except (OSError, ValueError) as error:
        raise problem(top, error) from error


def write_manifest(top: str, manifest: Manifest) -> None:
    """Put another manifest in the place of a copy's own, which is whole at any moment. Raises ``FileProblem``."""
    place = os.path.join(top, MANIFEST)
    beside = os.path.join(top, f"{OWN}manifest")
    try:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(as_json(manifest))
        os.replace(beside, place)
    except (OSError, ValueError) as error:
        raise problem(place, error) from error


def _made(top: str, path: str) -> bytes:
    """Return where a path is in the copy, whose directories are made."""
    place = encode(top.rstrip("/") + normpath(f"/{path}"))
    os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
    return place


def _above(path: str) -> list[str]:
    above = []
    while (path := dirname(path)) not in ("", "/"):
        above.append(path)
    return above
