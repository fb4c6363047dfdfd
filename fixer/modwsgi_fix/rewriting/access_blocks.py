"""The lines and sections that open or close a directory or a file, in the words that the server needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from modwsgi_fix.directives.families import ORDER_KEYS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.baseline import baseline_dialects
from modwsgi_fix.model.facts.served import Served
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.syntax import Directive


def grant_lines(config: Config, file: File | None = None) -> list[str]:
    """Return the lines that open a ``<Directory>`` or ``<Files>``, in the dialect that the server needs.

    Both dialects must allow (F-access-4): under a deny of 2.2 a ``Require`` alone does not open anything, and the reverse.
    Where the baseline is not in sight, a ``file`` in the words of 2.4 gets only these, and one that opens directories only in
    the words of 2.2 gets only those, because its server understands them. Any other file with words of 2.2 gets both, the
    old ones only for servers that load mod_access_compat. Without a ``file``, or where it has no access lines, the words of
    all files count.
    """
    old = ["Order allow,deny", "Allow from all"]
    if config.target.is_22:
        return old
    dialects = baseline_dialects(config)
    if dialects is not None:
        return ["Require all granted", *old] if dialects[0] else ["Require all granted"]
    if config.complete and not config.named(*ORDER_KEYS):
        return ["Require all granted"]
    if not config.complete and _speaks_24_alone(config, file):
        return ["Require all granted"]
    if not config.complete and _works_in_22(config, file):
        return old
    return [
        "Require all granted",
        "<IfModule mod_access_compat.c>",
        *(f"    {line}" for line in old),
        "</IfModule>",
    ]


def _speaks_24_alone(config: Config, file: File | None) -> bool:
    """Whether a fragment has access lines of 2.4 and none of 2.2, and the deny around it is not known to be of 2.2."""
    if config.denies == "2.2":
        return False
    spoken = (_dialects(file) if file is not None else frozenset()) or frozenset(
        dialect for one in config.files.values() for dialect in _dialects(one)
    )
    return spoken == {"2.4"} or (config.denies == "2.4" and not spoken)


def _works_in_22(config: Config, file: File | None) -> bool:
    """Whether a fragment opens directories, and all of its access lines are of 2.2."""
    files = [file] if file is not None and _dialects(file) else list(config.files.values())
    spoken = frozenset(dialect for one in files for dialect in _dialects(one))
    return (
        config.denies != "2.4"
        and spoken == {"2.2"}
        and any(item.file in files and item.section("directory") is not None for item in config.named("allow"))
    )


@lru_cache(maxsize=1024)
def _dialects(file: File) -> frozenset[str]:
    """Return the dialects of a file's access lines, those in branches that are not read included."""
    keys = {node.key for node in file.tree.walk() if isinstance(node, Directive)}
    return frozenset(
        dialect for dialect, words in (("2.2", ORDER_KEYS), ("2.4", frozenset({"require"}))) if keys & words
    )


def deny_lines(config: Config) -> list[str]:
    """Return the lines that close a ``<Directory>``."""
    return ["Order deny,allow", "Deny from all"] if config.target.is_22 else ["Require all denied"]


#: A backslash that would be lost within quotes, and the characters that a word cannot have without quotes.
_LOST, _SPLITTING = expression(r'\\(?=[\\"]|\Z)'), expression(r"[ \t'\">]")


def quoted(path: str) -> str:
    """Return a path as one argument, fit for a section, too, whose last ``>`` ends it.

    A quote within quotes has a backslash, and so has a backslash before another, a quote or the end; any other one stands for
    itself (server/util.c:substring_conf).
    """
    text = _LOST.sub(r"\\\\", path) if "\\" in path else path
    if path and not _SPLITTING.search(path):
        return text
    return '"' + text.replace('"', r"\"") + '"'


def static_block(
    config: Config, directory: str, *, follow_links: bool = False, grants: bool = True, overrides: bool = False
) -> list[str]:
    """Return the block that opens a directory of static files: no listings, no links out of it, no .htaccess.

    Without ``grants`` the block has no access lines; with ``overrides`` it leaves AllowOverride as it is.
    """
    links = "" if follow_links else " -FollowSymLinks"
    return [
        f"<Directory {quoted(directory)}>",
        f"    Options -Indexes{links}",
        *(["    AllowOverride None"] if not overrides else []),
        *(f"    {line}" for line in (grant_lines(config) if grants else [])),
        "</Directory>",
    ]


def script_block(config: Config, directory: str, file: str) -> list[str]:
    """Return the block that opens one script and closes the files beside it."""
    return [
        f"<Directory {quoted(directory)}>",
        "    AllowOverride None",
        *(f"    {line}" for line in [*deny_lines(config), *files_block(config, file)]),
        "</Directory>",
    ]


def files_block(config: Config, file: str, beside: Item | None = None) -> list[str]:
    """Return the block that opens one file of a directory, in the words of the file that ``beside`` stands in."""
    grants = grant_lines(config, beside.file if beside is not None else None)
    return [f"<Files {quoted(file)}>", *(f"    {line}" for line in grants), "</Files>"]


def directory_block(directory: str, lines: Iterable[str]) -> list[str]:
    """Return a ``<Directory>`` with these lines."""
    return [f"<Directory {quoted(directory)}>", *(f"    {line}" for line in lines), "</Directory>"]


def file_grant(config: Config, target: Served) -> list[str]:
    """Return the block that opens one file, and leaves its directory as it is."""
    assert target.file is not None
    beside = target.mapping.item if target.mapping is not None else None
    return directory_block(target.directory, files_block(config, target.file, beside))
