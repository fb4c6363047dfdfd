"""Looking up the ``name=value`` options of WSGIDaemonProcess and of the directives that name a script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from modwsgi_fix.directives.kinds import version
from modwsgi_fix.expressions import expression
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

_INTEGER = expression(r"([+-]?)([0-9]+)")
_OCTAL = expression(r"[+]?[0-7]+")


class DaemonOption(NamedTuple):
    """One ``name=value`` of ``WSGIDaemonProcess``."""

    name: str
    #: int, float, octal, flag, path (absolute), directory, paths, user, group, groups or text.
    type: str
    minimum: int | None
    maximum: int | None
    #: 0 is allowed below ``minimum``: "0 or at least 512".
    or_zero: bool
    #: s, ms, bytes, or empty.
    unit: str
    #: (since, value), oldest first; an empty version is the first one that has the option.
    defaults: tuple[tuple[str, str], ...]
    since: str
    until: str
    #: What httpd prints for a value that it refuses; empty when it takes any.
    error: str

    def default(self, mod_wsgi: str) -> str:
        """Return the value where the option is not given; empty where it is inherited, or there is none."""
        at = version(mod_wsgi)
        fitting = [value for since, value in self.defaults if not since or version(since) <= at]
        return fitting[-1] if fitting else ""

    def exists_in(self, mod_wsgi: str) -> bool:
        """Whether a version of mod_wsgi knows the option; else "Invalid option to WSGI daemon process definition."."""
        at = version(mod_wsgi)
        return at >= version(self.since) and not (self.until and at >= version(self.until))

    def refusal(self, value: str) -> str:
        """Return why mod_wsgi refuses a value (mod_wsgi.c:wsgi_add_daemon_process); empty where it may take the value.

        mod_wsgi reads only the digits at the start of a number; a value with more after them is not judged here.
        """
        if not value:
            return "it must have a value" if self.error else ""
        if self.type == "int":
            found = _INTEGER.fullmatch(value)
            return self._out_of_bounds((whole_number(found[2]) or 0) * (-1 if found[1] == "-" else 1)) if found else ""
        if self.type == "octal" and not _OCTAL.fullmatch(value):
            return "it must be an octal number, such as 022"
        if self.type == "path" and not value.startswith("/"):
            return "it must be an absolute path"
        if self.type == "flag" and value.lower() not in ("on", "off"):
            return "it must be On or Off"
        return "mod_wsgi runs nothing as root" if self.name == "user" and value in ("root", "#0") else ""

    def _out_of_bounds(self, number: int) -> str:
        if self.or_zero and number == 0:
            return ""
        if self.minimum is not None and number < self.minimum:
            return f"it must be 0 or at least {self.minimum}" if self.or_zero else f"it must be at least {self.minimum}"
        return f"it must be at most {self.maximum}" if self.maximum is not None and number > self.maximum else ""


class ScriptOption(NamedTuple):
    """One ``name=value`` that a WSGI*Script* directive takes after its positional words."""

    name: str
    required: bool
    #: The first mod_wsgi that takes it there.
    since: str
    #: What httpd prints for a value that it refuses.
    error: str


class ScriptDirective(NamedTuple):
    """The words of a directive that names a WSGI script."""

    name: str
    #: One message for each positional word, for where that word is missing.
    missing: tuple[str, ...]
    #: The message for an unknown option.
    invalid: str
    options: tuple[ScriptOption, ...]


def _daemon_option(line: str) -> DaemonOption:
    name, kind, bounds, unit, default, since, until, error = line.split(maxsplit=7)
    or_zero = bounds.startswith("0|")
    least, _, most = bounds.removeprefix("0|").partition("..")
    if or_zero:
        what, _, zero = error.partition("|")
        error = f"{what} must be >= {least} bytes, or 0 for {zero}."
    defaults = [entry.rpartition(":") for entry in default.split(",")] if default != "-" else []
    return DaemonOption(
        name,
        kind,
        int(least) if least.isdigit() else None,
        int(most) if most else None,
        or_zero,
        unit.strip("-"),
        tuple((release, value) for release, _, value in defaults),
        since,
        until.strip("-"),
        f"Invalid {error[1:]} for WSGI daemon process." if error.startswith("*") else error.strip("-"),
    )


@cache
def daemon_options() -> Mapping[str, DaemonOption]:
    """Return every option that WSGIDaemonProcess has or had, by name; case counts."""
    from modwsgi_fix.directives import mod_wsgi

    options = map(_daemon_option, mod_wsgi.DAEMON_OPTIONS.strip().splitlines())
    return MappingProxyType({option.name: option for option in options})


def daemon_option(name: str) -> DaemonOption | None:
    """Return what is known of an option of WSGIDaemonProcess; None for other names: ``Threads`` is not ``threads``."""
    return daemon_options().get(name)


@cache
def script_directives() -> Mapping[str, ScriptDirective]:
    """Return the directives that name a WSGI script, by casefolded name."""
    from modwsgi_fix.directives import mod_wsgi

    found = {}
    lines = iter(mod_wsgi.SCRIPTS.strip().splitlines())
    for head, words, invalid in zip(lines, lines, lines, strict=True):
        name, _, missing = head.partition(": ")
        messages = [f"{name} {missing[:-2]}."] * 2 if missing.endswith("|=") else missing.split("|")
        options = []
        for word in words.split():
            option, _, since = word.partition(":")
            bare = option.removeprefix("!")
            options.append(ScriptOption(bare, bare != option, since, mod_wsgi.OPTION_ERRORS[bare]))
        found[name.casefold()] = ScriptDirective(name, tuple(messages), invalid.strip(), tuple(options))
    return MappingProxyType(found)


@lru_cache(maxsize=1000)
def words_before_options(directive: str) -> int | None:
    """Return the number of words before the ``name=value`` options of a directive of mod_wsgi; None for any other directive.

    mod_wsgi.c:wsgi_add_daemon_process, wsgi_add_script_alias and its neighbours.
    """
    if directive.casefold() == "wsgidaemonprocess":
        return 1
    known = script_directives().get(directive.casefold())
    return len(known.missing) if known is not None else None


def takes_option(directive: str, name: str) -> bool:
    """Whether some version of mod_wsgi has an option of that name for that directive."""
    return name in (daemon_options() if directive.casefold() == "wsgidaemonprocess" else script_options(directive))


@cache
def group_directives() -> tuple[str, ...]:
    """Return the casefolded names of the directives whose options choose a process group for their script."""
    return tuple(key for key in script_directives() if "process-group" in script_options(key))


def script_options(directive: str) -> Mapping[str, ScriptOption]:
    """Return the options of a directive that names a WSGI script, by name; none for any other directive."""
    known = script_directives().get(directive.casefold())
    return {option.name: option for option in known.options} if known is not None else {}
