"""
A section that should restrict access never matches.

## What happens

httpd starts and says nothing. What the section should protect is open to everyone.

## Why

Word processors and web pages turn `^` into `ˆ` and `"` into `“`. httpd takes these for ordinary characters, so the
section waits for a URL that has such a character in it. A `<Location>` whose path does not begin with a slash never
matches either, because the path of every request begins with one (`request.c:ap_location_walk`). A regular expression is one only after `~` or
in a section whose name ends in `Match`: elsewhere `^`, `$` and `\\.` are plain characters. And `<Files>` is compared with the name of the
file alone, in which no slash is (`request.c:ap_file_walk`; measured with 2.4.71). `<Directory>` and `<Files>` are about
the disk, and the file of a WSGI application is its script, whatever the URL is: `<Directory /admin>` says nothing of the URL `/admin`.

## The fix

A repair: it writes the character that was meant, `~` before a regular expression, or `<Location>` for a URL. The restriction then takes effect, and
what should never have been open is closed.

It is unsafe where nothing in sight opens the same files to everyone. A section replaces what other sections say about
a file, so those whom the restriction admits may get what nobody got before.

## Left alone

A dead section that grants access does no harm, and is not reported. `<Files>` with a slash is reported without a fix: its file belongs into a
`<Directory>`, or its URL into a `<Location>`.

`<Directory>` and `<Files>` are taken for a URL where an application answers it, where nothing leads to such a directory or file, and where the
path lies below the mount or has the name of a page, such as `admin`, `api` or `login`; not so outside of the hosts where there are any. There is no fix
for a section with other lines than those of access and log-ins.

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

Regular expressions in plain sections:

    ```diff repair
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Location "^/admin/">
    +<Location ~ "^/admin/">
         Require ip 192.0.2.0/24
     </Location>
    -<Files "\\.(db|sqlite3)$">
    +<Files ~ "\\.(db|sqlite3)$">
         Require all denied
     </Files>
     <Directory /srv/site>
         Require all granted
     </Directory>
    ```

A name of a file with a slash:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Files "conf/secret.txt">
    #      ^^^^^^^^^^^^^^^^^
        Require all denied
    </Files>
    <FilesMatch "^/conf/">
    #           ^^^^^^^^^
        Require all denied
    </FilesMatch>
    ```

A URL that the application answers:

    ```diff repair
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Directory /admin>
    +<Location /admin>
         Require ip 192.0.2.0/24
    -</Directory>
    -<Files "api">
    +</Location>
    +<Location "/api">
         Require all denied
    -</Files>
    +</Location>
     <Directory /srv/site>
         Require all granted
     </Directory>
    ```
    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias /shop /srv/site/app.wsgi
        <Directory /shop/orders>
    #              ^^^^^^^^^^^^
            Options None
            Require ip 192.0.2.0/24
        </Directory>
    </VirtualHost>
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
    <Files "*.db">
        Require all denied
    </Files>
    <FilesMatch "^conf|/">
        Require all denied
    </FilesMatch>
    <Directory /srv/orders>
        Require all denied
    </Directory>
    ```
    ```apache
    Alias /static /admin/static
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /admin>
        Require ip 192.0.2.0/24
    </Directory>
    <Files LICENSE>
        Require all denied
    </Files>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import (
    AUTHENTICATION,
    FILES_SECTIONS,
    GRANTS,
    LOCATION_SECTIONS,
    MERGED_SECTIONS,
    ORDER_KEYS,
)
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix, served, served_near
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.rewriting.lines import rename_section, replace_value
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_rules.access._url_names import may_be_url, url_meant

_QUOTES = str.maketrans("“”„‟‘’", '""""\'\'')
#: What a pattern begins with that was typed in a word processor: a quote, or a circumflex.
_OPENING = "“”„‟‘’"
_TYPED = (*_OPENING, "ˆ")
#: What may be moved from a section for the disk into one for URLs.
_ACCESS = AUTHENTICATION | GRANTS | ORDER_KEYS


@rule(severity=Severity.ERROR, changes=("restricted",), scope=Scope.HOST)
def dead_restriction(config: Config) -> Iterator[Diagnostic]:
    for section in config.asked_about(*MERGED_SECTIONS):
        if not (_may_be_dead(section) or may_be_url(section)):
            continue
        if not section.args or not section.known or len(section.args) > (2 if section.value == "~" else 1):
            continue
        if not _restricts(section):
            continue
        meant = _meant(section)
        if meant is None and not _asks_for_a_slash(section):
            if (url := url_meant(config, section)) is not None:
                yield _for_a_url(config, section, url)
            continue
        fix = _fix(config, section, meant) if meant is not None else None
        advice = (
            "name a file without its directory, or write <Location> for a URL" if meant is None else f"write {meant}"
        )
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<{section.name} {pattern_of(section)}> never matches, so what it should protect is open",
            fix,
            help="" if fix else advice,
        )


def _for_a_url(config: Config, section: Item, url: str) -> Diagnostic:
    fix = _into_a_location(config, section, url)
    return Diagnostic(
        section.path,
        section.args[-1].span,
        f"<{section.name} {pattern_of(section)}> is about the disk, so it does not protect the URL {url}",
        fix,
        help="" if fix else f"write <Location {url}> for the URL",
    )


def _into_a_location(config: Config, section: Item, url: str) -> Fix | None:
    """Return the fix that makes a section one for a URL."""
    edits = rename_section(section, "Location")
    if not edits or not all(child.key in _ACCESS and not child.is_section for child in section.children):
        return None
    if section.value != url:
        # A slash at its end would leave the URL without it open.
        edits.insert(1, replace_value(section, 0, url))
    title = "Make it a <Location>"
    if access_of(section).denies_all or _is_open_by_url(config, section.server, url):
        return Fix.repair(title, *edits, reason="the restriction then takes effect")
    return Fix.unsafe(title, *edits, reason="those whom it admits may get what nobody got before")


def _fix(config: Config, section: Item, meant: str) -> Fix | None:
    is_unmarked = _is_unmarked(section)
    # The words of an expression that begins with a slash are a URL of their own, which is refused now.
    if is_unmarked and pattern_of(section).startswith("/"):
        return None
    title = "Take it for a regular expression" if is_unmarked else "Write the path that was meant"
    edit = Edit(section.path, section.args[-1].span, meant)
    if _opens_nothing(config, section, meant):
        return Fix.repair(title, edit, reason="the restriction then takes effect")
    return Fix.unsafe(title, edit, reason="those whom it admits may get what nobody got before")


def _may_be_dead(section: Item) -> bool:
    """Whether it is worth looking at a section: most are plain paths."""
    pattern = pattern_of(section)
    if section.key == "location" or (section.key in FILES_SECTIONS and "/" in pattern):
        return True
    return _is_unmarked(section) or (_may_be_typed(section) and pattern.startswith(_TYPED))


def _is_unmarked(section: Item) -> bool:
    """Whether a regular expression stands where httpd takes it for a plain name."""
    pattern = pattern_of(section)
    is_like_one = pattern[:1] == "^" or (pattern[-1:] == "$" and pattern[:1] != "$") or "\\." in pattern
    return is_like_one and not is_regex_section(section) and section.key in MERGED_SECTIONS


def _asks_for_a_slash(section: Item) -> bool:
    """Whether no name of a file can match, since none has a slash."""
    pattern = pattern_of(section)
    if section.key == "files" and not is_regex_section(section):
        return "/" in pattern
    return section.key in FILES_SECTIONS and pattern.startswith("^/") and "|" not in pattern


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
    if _is_unmarked(section):
        return f"~ {written}"
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
    is_plain = not is_regex_section(section) and not _is_unmarked(section)
    if section.key == "directory" and is_plain:
        return all(_is_open(config, host, path, None) for host in hosts)
    if section.key not in LOCATION_SECTIONS:
        return False
    prefix = path if is_plain else None
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
