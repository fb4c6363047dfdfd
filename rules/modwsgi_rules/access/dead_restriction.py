"""
A section that should restrict access never matches.

## What happens

httpd starts and says nothing. What the section should protect is open to everyone.

## Why

Word processors and web pages turn `^` into `ˆ` and `"` into `“`. httpd takes these for ordinary characters, so the
section waits for a URL that has such a character in it. A `<Location>` whose path does not begin with a slash never
matches either, because the path of every request begins with one (`request.c:ap_location_walk`).

## The fix

A repair: it writes the character that was meant. The restriction then takes effect, and what should never have been
open is closed.

It is unsafe where nothing in sight opens the same files to everyone. A section replaces what other sections say about
a file, so those whom the restriction admits may get what nobody got before.

## Left alone

A dead section that grants access does no harm, and is not reported.

## See also

`smart-quotes`, `confusable-in-regex`, `restriction-undone-by-later-location`.

## Examples

    ```diff repair
     WSGIScriptAlias / /srv/site/app.wsgi
    -<LocationMatch "ˆ/[^/]+/appadmin">
    +<LocationMatch "^/[^/]+/appadmin">
         SSLRequireSSL
     </LocationMatch>
    -<Location admin>
    +<Location /admin>
         Require ip 192.0.2.0/24
     </Location>
    -<Location “/office”>
    +<Location "/office">
         Require valid-user
     </Location>
     <Directory /srv/site>
         Require all granted
     </Directory>
    ```
    ```diff unsafe
     Alias /internal /srv/site/internal
     <Directory /srv/site/internal>
         Require all denied
     </Directory>
    -<Location “/internal”>
    +<Location "/internal">
         Require ip 192.0.2.0/24
     </Location>
    ```

A dead section that grants access is better left dead; the others match:

    ```apache
    <LocationMatch "ˆ/static/">
        Require all granted
    </LocationMatch>
    <Location /admin>
        Require ip 192.0.2.0/24
    </Location>
    <Location "/café">
        Require ip 192.0.2.0/24
    </Location>
    <Proxy http://example.com/*>
        Require ip 192.0.2.0/24
    </Proxy>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import AUTHENTICATION, LOCATION_SECTIONS, MERGED_SECTIONS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix, served, served_near
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule

_QUOTES = str.maketrans("“”„‟‘’", '""""\'\'')
#: What a pattern begins with that was typed in a word processor: a quote, or a circumflex.
_OPENING = "“”„‟‘’"
_TYPED = (*_OPENING, "ˆ")


@rule(severity=Severity.ERROR, changes=("restricted",), scope=Scope.HOST)
def dead_restriction(config: Config) -> Iterator[Diagnostic]:
    for section in config.asked_about(*MERGED_SECTIONS):
        if section.key != "location" and not (_may_be_typed(section) and pattern_of(section).startswith(_TYPED)):
            continue
        if not section.args or not section.known or len(section.args) > (2 if section.value == "~" else 1):
            continue
        meant = _meant(section)
        if meant is None or not _restricts(section):
            continue
        fix = None
        if not section.foreign:
            edit, title = Edit(section.path, section.args[-1].span, meant), "Write the path that was meant"
            fix = (
                Fix.repair(title, edit, reason="the restriction then takes effect")
                if _opens_nothing(config, section, meant)
                else Fix.unsafe(title, edit, reason="those whom it admits may get what nobody got before")
            )
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<{section.name} {pattern_of(section)}> never matches, so what it should protect is open",
            fix,
            help="" if fix else f"write {meant}",
        )


def _may_be_typed(section: Item) -> bool:
    """Whether a pattern may begin with such a character: the file has one, or a variable or macro may bring it."""
    file = section.file
    is_said = file.tree.once(_may_be_typed, lambda: any(char in file.text for char in _TYPED))
    return is_said or file.has_variables or section.foreign


def _meant(section: Item) -> str | None:
    """Return the argument that was meant, with its quotes; None where the present one may match."""
    start, end = section.args[-1].span
    written = section.file.text[start:end]
    pattern = pattern_of(section)
    if pattern[:1] in _OPENING and pattern[-1:] in "“”‟‘’" and len(pattern) > 2:
        return '"' + pattern[1:-1].translate(_QUOTES).replace("ˆ", "^") + '"'
    if is_regex_section(section) and pattern.startswith("ˆ"):
        return written.replace("ˆ", "^", 1)
    if section.key == "location" and not is_regex_section(section) and pattern[:1].isalnum() and ":" not in pattern:
        quote = written[:1] if written[:1] in "\"'" else ""
        return f"{quote}/{written[len(quote) :]}"
    return None


def _restricts(section: Item) -> bool:
    access = access_of(section)
    if any(child.key in AUTHENTICATION for child in access.others):
        return True
    return access.restricts and not access.satisfy_any


def _opens_nothing(config: Config, section: Item, meant: str) -> bool:
    """Whether the section refuses everyone, or covers only targets that are already open to everyone."""
    access = access_of(section)
    if access.is_empty or access.denies_all:
        return True
    hosts = config.servers if section.server.is_main else [section.server]
    path = meant.strip("\"'")
    if section.key == "directory" and not is_regex_section(section):
        return all(_is_open(config, host, path, None) for host in hosts)
    if section.key not in LOCATION_SECTIONS:
        return False
    prefix = None if is_regex_section(section) else path
    return all(_is_open_by_url(config, host, prefix) for host in hosts)


def _is_open_by_url(config: Config, host: Server, prefix: str | None) -> bool:
    """Whether all targets of a host's URLs are open; with a prefix, those of URLs below or above it."""
    targets = served(config, host) if prefix is None else served_near(config, host, prefix)
    return targets is not None and all(_is_open(config, host, one.directory, one.file) for one in targets)


def _is_open(config: Config, host: Server, directory: str, file: str | None) -> bool:
    if config.once((_opens_all_urls, host), lambda: _opens_all_urls(config, host)):
        return True
    access = grant(config, host, directory, file)
    return access.allowed is True and (config.complete or bool(access.by_22 or access.by_24))


def _opens_all_urls(config: Config, host: Server) -> bool:
    sections = location_sections(config, host)
    return any(access_of(section).grants and location_prefix(section) == "/" for section in sections)
