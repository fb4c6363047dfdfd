"""Looking up the ``name=value`` options of WSGIDaemonProcess and of the directives that name a script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from modwsgi_fix.directives.kinds import DaemonOption, ScriptDirective, ScriptOption


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
    """Every option that WSGIDaemonProcess has or had, by name; their case counts."""
    from modwsgi_fix.directives import mod_wsgi

    options = map(_daemon_option, mod_wsgi.DAEMON_OPTIONS.strip().splitlines())
    return MappingProxyType({option.name: option for option in options})


def daemon_option(name: str) -> DaemonOption | None:
    """What is known of an option of WSGIDaemonProcess; ``Threads`` is not ``threads``."""
    return daemon_options().get(name)


@cache
def script_directives() -> Mapping[str, ScriptDirective]:
    """The directives that name a WSGI script, by casefolded name."""
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


def script_options(directive: str) -> Mapping[str, ScriptOption]:
    """The options of a directive that names a WSGI script, by name; none for any other directive."""
    known = script_directives().get(directive.casefold())
    return {option.name: option for option in known.options} if known is not None else {}
