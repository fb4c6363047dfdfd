"""The types of the tables: contexts, what is known of a directive, versions."""

from __future__ import annotations

from enum import Flag
from functools import lru_cache

from modwsgi_fix.tuples import NamedTuple

#: A version without its trailing zeros, so that 6.0 and 6.0.0 are equal and ``<`` is right.
Version = tuple[int, ...]

_DIGITS = frozenset("0123456789")


@lru_cache(256)
def version(text: str) -> Version:
    """Return ``"2.4.57-1~deb12u1"`` as ``(2, 4, 57)``, for comparing. Raises ``ValueError`` without a number at its start."""
    numbers: list[int] = []
    for part in text.split("."):
        digits = len(part)
        while not _DIGITS.issuperset(part[:digits]):
            digits -= 1
        if digits:
            numbers.append(int(part[:digits]))
        if digits < len(part) or not digits:
            break
    if not numbers:
        raise ValueError(f"not a version: {text!r}")
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_later(since: str, target: Version) -> bool:
    """Whether a release is later than the target; 4.5 without a third number may be any 4.5. An empty release is not later."""
    return bool(since) and version(since)[: len(target)] > target


class Context(Flag):
    """Where a directive stands: a bit for each kind of place that httpd tells apart.

    ``DIRECTORY`` stands for ``<DirectoryMatch>`` too, and so on; see ``context_of``.
    """

    NOWHERE = 0
    SERVER = 1
    VIRTUAL_HOST = 2
    DIRECTORY = 4
    LOCATION = 8
    FILES = 16
    IF = 32
    LIMIT = 64
    PROXY = 128
    HTACCESS = 256


class DirectiveInfo(NamedTuple):
    """What is known of one directive or section."""

    #: As its module spells it, without ``<``.
    name: str
    section: bool
    #: As ``<IfModule>`` calls them: ``("mod_alias.c",)``; several where one of them is loaded at a time.
    modules: tuple[str, ...]
    contexts: Context
    #: The AllowOverride classes any of which admits it in a .htaccess file; empty when none does.
    overrides: tuple[str, ...]
    #: httpd's name for how it takes its words (``http_config.h:cmd_how``): TAKE1, RAW_ARGS, FLAG ...
    arguments: str
    #: Executed while the file is read, before any other directive (``EXEC_ON_READ``); -t's DUMP_CONFIG omits it.
    read_time: bool = False
    #: Words that it takes and no others, whatever their case: ``("Off", "On")``; empty when free.
    values: tuple[str, ...] = ()
    default: str = ""
    #: The first version with it, of httpd or, for mod_wsgi's, of mod_wsgi; empty where all versions covered here have it.
    since: str = ""
    #: The first version that refuses it; empty: still there.
    until: str = ""
    #: The first version in which it has no effect, or is called by another name; empty: none.
    deprecated: str = ""
    #: What to write instead: a directive's name when that takes the same arguments; else empty.
    replacement: str = ""
    #: One sentence on what became of it.
    note: str = ""

    @property
    def of_mod_wsgi(self) -> bool:
        """Whether ``since``, ``until`` and ``deprecated`` are versions of mod_wsgi, not of httpd."""
        return self.modules == ("mod_wsgi.c",)

    def exists_in(self, release: str) -> bool:
        """Whether a release (of mod_wsgi for its own directives, else of httpd) knows it."""
        at = version(release)
        return not (self.since and at < version(self.since)) and not (self.until and at >= version(self.until))

    def counts(self) -> tuple[int, int | None]:
        """The least and the most words that it takes; no most (None) for RAW_ARGS and the like, which count themselves."""
        return _COUNTS[self.arguments]


#: http_config.c:invoke_cmd. ITERATE takes one word or more; ITERATE2 one and one or more.
_COUNTS: dict[str, tuple[int, int | None]] = {
    "RAW_ARGS": (0, None),
    "TAKE_ARGV": (0, None),
    "NO_ARGS": (0, 0),
    # Of several words the first one counts.
    "FLAG": (1, None),
    "TAKE1": (1, 1),
    "TAKE2": (2, 2),
    "TAKE3": (3, 3),
    "TAKE12": (1, 2),
    "TAKE23": (2, 3),
    "TAKE13": (1, 3),
    "TAKE123": (1, 3),
    "ITERATE": (1, None),
    "ITERATE2": (2, None),
}


class SectionInfo(NamedTuple):
    """How a section's opening line is read."""

    name: str
    #: ``<RequireAll>`` is complete without a word after the name.
    bare: bool = False
    #: ``<Else x>`` is an error.
    takes_argument: bool = True
    #: The argument is a regular expression, as in ``<DirectoryMatch>``.
    regex: bool = False
    #: ``<Directory ~ "regex">`` is understood.
    tilde: bool = False
    #: The body is not configuration that httpd's parser reads as such (Lua, Perl).
    foreign: bool = False
