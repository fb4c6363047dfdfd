"""Descriptions of directives and options as Markdown."""

from __future__ import annotations

from modwsgi_fix.directives import (
    Context,
    DaemonOption,
    DirectiveInfo,
    ScriptOption,
    daemon_option,
    find,
    script_options,
)

_PLACES = {
    Context.SERVER: "server config",
    Context.VIRTUAL_HOST: "virtual host",
    Context.DIRECTORY: "<Directory>",
    Context.LOCATION: "<Location>",
    Context.FILES: "<Files>",
    Context.IF: "<If>",
    Context.LIMIT: "<Limit>",
    Context.PROXY: "<Proxy>",
    Context.HTACCESS: ".htaccess",
}
_ARGUMENTS = {
    "RAW_ARGS": "the rest of the line, as the directive reads it",
    "TAKE_ARGV": "any number of words",
    "NO_ARGS": "none",
    "FLAG": "On or Off",
    "ITERATE": "one word or more",
    "ITERATE2": "one word, then one or more",
}


def directive(info: DirectiveInfo) -> str:
    """Describe a directive: where it may stand, its arguments, its default, module and versions."""
    name = f"<{info.name}>" if info.section else info.name
    least, most = info.counts()
    count = f"{least} to {most} words" if least != most else f"{least} word{'s' * (least != 1)}"
    rows = [
        ("Context", ", ".join(text for place, text in _PLACES.items() if place in info.contexts) or "nowhere"),
        ("Takes", " or ".join(info.values) or _ARGUMENTS.get(info.arguments) or count),
        ("Default", info.default),
        ("AllowOverride", ", ".join(info.overrides) if Context.HTACCESS in info.contexts else ""),
        ("Module", ", ".join(info.modules)),
        ("Versions", _versions(info.since, info.until, "mod_wsgi" if info.of_mod_wsgi else "httpd")),
        ("Deprecated", f"since {info.deprecated}" if info.deprecated else ""),
        ("Instead", info.replacement),
    ]
    return _table(name, rows, info.note)


def option(directive_name: str, name: str) -> str:
    """Describe an option of a directive of mod_wsgi; empty where the directive does not have the option."""
    if directive_name.lower() == "wsgidaemonprocess":
        found = daemon_option(name)
        return _daemon_option(found) if found is not None else ""
    known = script_options(directive_name).get(name)
    return _script_option(directive_name, known) if known is not None else ""


def _daemon_option(known: DaemonOption) -> str:
    bounds = [
        f"at least {known.minimum}" if known.minimum is not None else "",
        f"at most {known.maximum}" if known.maximum is not None else "",
        "or 0" if known.or_zero else "",
    ]
    defaults = ", ".join(f"{value} (since {since})" if since else value for since, value in known.defaults if value)
    rows = [
        ("Type", " ".join([known.type, *filter(None, bounds)])),
        ("Unit", {"s": "seconds", "ms": "milliseconds"}.get(known.unit, known.unit)),
        ("Default", defaults),
        ("Versions", _versions(known.since, known.until, "mod_wsgi")),
    ]
    return _table(f"{known.name}=", rows, "An option of WSGIDaemonProcess.")


def _script_option(directive_name: str, known: ScriptOption) -> str:
    info = find(directive_name)
    rows = [("Versions", _versions(known.since, "", "mod_wsgi"))]
    return _table(f"{known.name}=", rows, f"An option of {info.name if info is not None else directive_name}.")


def _versions(since: str, until: str, program: str) -> str:
    parts = [f"since {program} {since}" if since else "", f"removed in {program} {until}" if until else ""]
    return ", ".join(filter(None, parts)) or "all"


def _table(title: str, rows: list[tuple[str, str]], note: str) -> str:
    lines = [f"**`{title}`**", "", *(f"- {name}: {_escaped(value)}" for name, value in rows if value)]
    return "\n".join([*lines, *(["", note] if note else [])])


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("_", "\\_").replace("*", "\\*")
