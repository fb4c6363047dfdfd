"""
A `<Location>` grants access to everyone, whatever file the URL leads to.

## What happens

Whatever a URL leads to is served, even where `<Directory />` denies access to the file system: a source file that a
rewrite rule hits by mistake, or `/etc` behind a symbolic link.

## Why

httpd merges `<Location>` and `<LocationMatch>` after every `<Directory>` (`request.c:ap_process_request_internal`; the
httpd manual, "How the sections are merged"). So a grant in a Location overrides each denial by directory. A Location is
for further restrictions on URLs; access to files is granted by `<Directory>`. In the words of 2.2 such a grant opens
nothing as long as `Require` refuses elsewhere, and the message says so: translated where it stands, it would open all
of it.

## The fix

A repair: it takes the grant out, with the comments about it, and opens what the host's own mounts and aliases lead
to. Each is opened beside the line that leads there: a script by `<Files>`, a directory of static files as a whole.
Where the directory has a section already, that section is added to. Restrictions (`SSLRequireSSL`, `Require user`,
`Require ip`, `Deny`) stay, and so do `Options` and `AllowOverride`.

What only the grant had opened is closed. Everything else beside a script is refused, unless something that is served
lies there. In files without a server above them this is done within a `<VirtualHost>` only, because what else the
main server serves from the directory is out of sight.

The new sections use the dialect of the deny baseline. Where the baseline is out of sight, a file that has directives
of 2.4 gets those alone. A file that has directives of 2.2 gets both, because a `Require` alone does not open what a
baseline of 2.2 denies.

## Left alone

These are reported without a fix:

- a grant beside a log-in or another restriction in the same section;
- an exception for files from an earlier Location that restricts;
- a grant beside a redirect or a RewriteRule in the same section, which answers those who are admitted (measured with 2.4.71);
- a grant within `<Limit>` or `<LimitExcept>`;
- a `<Files "*">` that opens every file of the disk;
- a host whose mappings cannot be followed;
- a target that may be a file or a directory, which `--root` shows;
- a directory that would have to be opened in a file that was not given.

A section with a handler or a proxy has no file behind it, and is not reported. Neither is an exception for URLs of the
application from an earlier Location that restricts, or one by `Satisfy Any`: no directory can say that. Where nothing
but the application answers below the URL, the finding is a warning.

## See also

`script-directory-not-granted`, `alias-hides-application`, `missing-deny-baseline`, `root-directory-granted`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
         WSGIScriptAlias / /srv/site/app.wsgi
    +    <Directory /srv/site>
    +        Require all denied
    +        <Files app.wsgi>
    +            Require all granted
    +        </Files>
    +    </Directory>
    -    <Location "/">
    -        Require all granted
    -    </Location>
     </VirtualHost>
    ```

Restrictions and other directives stay. A directory that is open already needs nothing:

    ```diff repair
     #- httpd.conf
     <Directory />
         Order deny,allow
         Deny from all
     </Directory>
     <Directory /srv/site/static>
         Order allow,deny
         Allow from all
     </Directory>
     Alias /static/ /srv/site/static/
     WSGIScriptAlias / /srv/site/app.wsgi
    +<Directory /srv/site>
    +    <Files app.wsgi>
    +        Require all granted
    +        Order allow,deny
    +        Allow from all
    +    </Files>
    +</Directory>
     <Location /admin>
         SSLRequireSSL
     </Location>
     <Location />
    -    Order deny,allow
    -    Allow from all
         WSGIProcessGroup site
     </Location>
    ```

The branch for another version goes too. A directory that is closed already is opened for the script alone:

    ```diff repair
     WSGIScriptAlias / /srv/site/app.wsgi
     <Directory /srv/site>
         Require all denied
    +    <Files app.wsgi>
    +        Require all granted
    +        <IfModule mod_access_compat.c>
    +            Order allow,deny
    +            Allow from all
    +        </IfModule>
    +    </Files>
     </Directory>
     <Location />
         WSGIProcessGroup site
    -    <IfVersion < 2.4>
    -        # for old servers
    -        Order deny,allow
    -        Allow from all
    -    </IfVersion>
    -    <IfVersion >= 2.4>
    -        Require all granted
    -    </IfVersion>
     </Location>
    ```

Every file of the disk is opened, by its name or by the method:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <FilesMatch ".*">
        Require all granted
    #   ^^^^^^^^^^^^^^^^^^^
    </FilesMatch>
    <Location /api>
        <LimitExcept DELETE>
            Require all granted
    #       ^^^^^^^^^^^^^^^^^^^
        </LimitExcept>
    </Location>
    <Files "*.css">
        Require all granted
    </Files>
    ```

Only a part of the application was open, and a directory cannot say that:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /api>
        Require all granted
    #   ^^^^^^^^^^^^^^^^^^^
    </Location>
    ```

A grant and a log-in in one section are not taken apart:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /members>
        AuthType Basic
        Require valid-user
        Allow from all
    #   ^^^^^^^^^^^^^^
    </Location>
    ```

Below `/ipa` a log-in is asked for, and the application has two pages for those who have none:

    ```apache
    WSGIScriptAlias /ipa /srv/ipa/run.wsgi
    <Location /ipa>
        AuthType Basic
        Require valid-user
    </Location>
    <Location /ipa/login>
        Require all granted
    </Location>
    <Location /ipa/messages>
        Satisfy Any
        Allow from all
    </Location>
    ```

A later section asks for a log-in there, too, so nothing is opened (`access-lines-without-effect`):

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /health>
        Require all granted
    </Location>
    <Location />
        AuthType Basic
        Require valid-user
    </Location>
    ```

A handler has no file behind it, and restrictions are what a Location is for:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /server-status>
        SetHandler server-status
        Require all granted
    </Location>
    <Location /admin>
        Require ip 192.0.2.0/24
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.directives.families import (
    ANSWERING,
    AUTHENTICATION,
    COMBINING,
    FILES_SECTIONS,
    LIMIT_SECTIONS,
    LOCATION_SECTIONS,
    REDIRECTS,
)
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import of_alike
from modwsgi_fix.model.facts.served import Served, is_unclear, served
from modwsgi_fix.model.items import Guard, Item, Server
from modwsgi_fix.model.merge.access import Access, access_in, access_of
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import aliases, covered
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.access._exceptions import is_exception_of_any, is_of_application, lifts
from modwsgi_rules.access._file_paths import names_a_file_path
from modwsgi_rules.access._grants import inactive, is_for_every_file, only_grants, take_out
from modwsgi_rules.access._opened import by_url, is_dead, opened
from modwsgi_rules.access._refused import is_refused_by_require
from modwsgi_rules.access._replaced import DIALECTS, Dialect, last_by_prefix, replacing
from modwsgi_rules.access._shared import Opening, open_directories, place

#: As many Locations as one can undo another.
_TWO = 2
_OPEN_INSTEAD = "open the directories that are served instead"
#: What to do where the server's URLs cannot be followed.
_UNTOLD = f"{_OPEN_INSTEAD}; these files do not show which"
#: A redirect and a RewriteRule in a section answer only those who are admitted (mod_alias.c:fixup_redir).
_NEED_GRANT = frozenset({*REDIRECTS, "rewriterule"})
_BESIDE_REDIRECT = (
    "its redirect needs the grant; open the directories that are served, and keep this one for the redirect"
)
_BESIDE_OTHERS = "open the directory instead, by hand, because other restrictions stand beside the grant"


@rule(severity=Severity.ERROR, changes=("regained", "restricted", "closed"))
def allow_in_location(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        sections = [(access := access_in(config, item), _opens(access)) for item in location_sections(config, server)]
        last = _last(config, [access.section for access, _ in sections])
        restricting = _restricting(access for access, opens in sections if not opens)
        granting = [
            access
            for access, opens in sections
            # Those of the main server belong to the main server only.
            if opens
            and access.section.server is server
            and not names_a_file_path(config, access.section)
            and not (lifts(access, restricting) and is_of_application(config, server, access))
            and not (last and _is_undone(access, last))
        ]
        removable: dict[frozenset[Guard], list[Access]] = {}
        for access in granting:
            if _removable(access, restricting):
                removable.setdefault(frozenset(access.section.guards), []).append(access)
        fixes: dict[Item, Fix | str] = {}
        for together in removable.values():
            fixes |= dict.fromkeys((access.section for access in together), _fix(config, server, together))
        for access in granting:
            section = access.section
            what = "grants access by URL, whatever file the URL leads to"
            if is_dead(access):
                what = "never matches, and would grant access by URL if it did"
            elif is_refused_by_require(config, server, access):
                what = "would grant access by URL, if Require did not refuse it elsewhere"
            answer = fixes.get(section, _why_by_hand(section))
            fix, advice = (answer, "") if isinstance(answer, Fix) else (None, answer)
            line = access.lines_that_grant[-1]
            message = f"<{section.name} {pattern_of(section)}> {what}"
            severity = Severity.WARNING if is_of_application(config, server, access) else None
            yield Diagnostic(section.path, line.span, message, fix, severity=severity, help=advice)
    yield from _by_method(config)
    yield from _by_name(config)


def _by_method(config: Config) -> Iterator[Diagnostic]:
    """Report grants in ``<Limit>``, which replaces the requirements outside of it and does not cover other methods."""
    for section in config.named(*LOCATION_SECTIONS):
        limits = [child for child in section.children if child.key in LIMIT_SECTIONS]
        granting = [access for access in map(access_of, limits) if access.grants and access.lines_that_grant]
        if section.sections or len(granting) < len(limits) or not section.args:
            continue
        if any(child.key in ANSWERING | AUTHENTICATION for child in section.children):
            continue
        for access in granting:
            yield Diagnostic(
                section.path,
                access.lines_that_grant[-1].span,
                f"<{access.section.name}> in <{section.name} {pattern_of(section)}> grants access by URL, and to methods that"
                " it does not name",
                help=_OPEN_INSTEAD,
            )


def _by_name(config: Config) -> Iterator[Diagnostic]:
    """Report grants in a ``<Files>`` outside of any directory that matches every name."""
    for section in config.named(*FILES_SECTIONS):
        if not is_for_every_file(section):
            continue
        for access in map(access_of, [section, *(one for one in section.children if one.key in LIMIT_SECTIONS)]):
            if access.grants and (lines := access.lines_that_grant):
                yield Diagnostic(
                    section.path,
                    lines[-1].span,
                    f"<{section.name} {pattern_of(section)}> opens every file of the disk that a URL or a link leads to",
                    help=_OPEN_INSTEAD,
                )


def _opens(access: Access) -> bool:
    """Whether the section, or one of the two dialects in it, lets everyone in."""
    if any(child.key in ANSWERING for child in access.section.children) or access.section.sections:
        return False
    return (access.has_22 and access.admits_22 is True and bool(access.allows or access.orders)) or (
        access.has_24 and access.admits_24 is True
    )


def _last(config: Config, sections: list[Item]) -> dict[Dialect, Nested[Item]]:
    """Return the Locations whose lines replace those of earlier ones; none where other lines change how they are merged."""
    if len(sections) < _TWO or config.target.is_22 or config.named(*COMBINING):
        return {}
    return {dialect: last_by_prefix(sections, dialect) for dialect in DIALECTS}


def _is_undone(access: Access, last: dict[Dialect, Nested[Item]]) -> bool:
    """Whether a later section that does not let everyone in replaces each line of a grant."""
    return all(
        any(not access_of(other).grants for other in replacing(access.section, later))
        for dialect, later in last.items()
        if dialect(access)
    )


def _why_by_hand(section: Item) -> str:
    return _BESIDE_REDIRECT if _is_needed(section) else _BESIDE_OTHERS


def _is_needed(section: Item) -> bool:
    """Whether other lines of a section answer those whom it admits."""
    return any(child.key in _NEED_GRANT for child in section.children)


def _removable(access: Access, restricting: Nested[Access]) -> bool:
    """Whether the access lines only let everyone in, and are not an exception to one of ``restricting``."""
    section = access.section
    if access.satisfy or _is_needed(section) or any(line.guards != section.guards for line in access.lines):
        return False
    if set(access.lines) != set(access.lines_that_grant) or any(item.key != "require" for item in access.requires):
        return False
    if any(child.key in AUTHENTICATION and child.key != "sslrequiressl" for child in access.others):
        return False
    if not all(only_grants(node) for node in inactive(section)):
        return False
    return not is_exception_of_any(access, restricting)


def _restricting(sections: Iterable[Access]) -> Nested[Access]:
    """Return those of some Locations that have access lines, by their patterns."""
    restricting = (access for access in sections if not access.is_empty and not is_regex_section(access.section))
    return Nested((pattern_of(access.section), access) for access in restricting)


def _hides(config: Config, server: Server) -> bool:
    """Whether an alias hides an application, so that the wrong files are served."""

    def hides() -> bool:
        return any(True for alias in aliases(config, server) for _ in covered(config, server, alias))

    return of_alike(config, server, _hides, hides)


def _fix(config: Config, server: Server, removable: list[Access]) -> Fix | str:
    """Return the fix for Locations under the same conditions, or the help where it cannot be made."""
    hosts = config.servers if server.is_main else [server]
    if any(_hides(config, host) for host in hosts):
        return "first narrow the alias that hides the application"
    openings: dict[tuple[Item, str], Opening] = {}
    for host in hosts:
        found = served(config, host)
        if found is None:
            return _UNTOLD
        urls = by_url(found)
        for number, target in enumerate(found):
            parts = opened(config, host, removable, (number, target), urls)
            if parts is None:
                return _UNTOLD
            for part in parts:
                if is_unclear(config, part):
                    return f"give --root to show whether {part.path} is a file, or open it by hand"
                opening = place(config, host, part, removable[0].section)
                if opening is None:
                    return _UNTOLD
                if not opening.anchor.file.writable:
                    return f"open its directories in {opening.anchor.file.name}, which was not given"
                openings.setdefault((opening.anchor, part.path), opening)
    edits = open_directories(config, list(openings.values()))
    if edits is None:
        return _UNTOLD
    return Fix.repair(
        "Open directories instead of URLs",
        # A file that is included twice has each of its sections twice.
        *dict.fromkeys(edit for access in removable for edit in take_out(access)),
        *edits,
        reason="the application and its static files are served as before; what only the Location opened is closed",
        publishes=tuple(_published(opening.target for opening in openings.values())),
    )


def _published(targets: Iterable[Served]) -> Iterator[tuple[str, str]]:
    """Yield the static files that the Locations opened in one dialect and that the fix opens in both."""
    for target in targets:
        if not target.is_script:
            url = "/" if target.mapping is None or target.mapping.is_regex else target.mapping.url
            yield url, f"{target.path.rstrip('/')}/"
