"""
The access lines of a `<Location>` have no effect.

## What happens

They read as if they opened or closed something, and they do not. Either a later section says it anew for the same URLs,
or `Allow` opens nothing because `Require` refuses.

## Why

Sections of URLs are merged in the order of the file, and the last one that has any of `Order`, `Allow` and `Deny`
replaces all that earlier ones said in these words; so it is with `Require` (mod_access_compat.c has no merger;
mod_authz_core.c:merge_authz_core_dir_config). httpd 2.4 asks both dialects, and both must agree: under a `Require all
denied` an `Allow from all` is refused (request.c:ap_process_request_internal; all of it was measured with 2.4.71).

## Left alone

There is no fix: take the lines out, or move the section below the later one. Where a later `<Location>` opens what an
earlier one restricts, `restriction-undone-by-later-location` reports it. A section is looked at where its URLs are a
prefix, or the later one is for all URLs; what `Require` refuses needs a whole server.

## See also

*AH01630: client denied by server configuration*; `restriction-undone-by-later-location`, `allow-in-location`,
`mixed-access-dialects`, `old-access-directives`.

## Examples

Reported without a fix:

    ```apache
    <Location /shop/static>
        Order allow,deny
    #   ^^^^^^^^^^^^^^^^
        Allow from all
    </Location>
    <Location /shop>
        Order deny,allow
        Allow from all
    </Location>
    ```
    ```apache
    #- httpd.conf
    Listen 80
    <Directory />
        Require all denied
    </Directory>
    Alias /static /srv/shop/static
    <Location /static>
        Order allow,deny
    #   ^^^^^^^^^^^^^^^^
        Allow from all
    </Location>
    ```

Not reported:

    ```apache
    <Location /shop>
        Order deny,allow
        Allow from all
    </Location>
    <Location /shop/admin>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
    </Location>
    <Location /blog>
        Require all granted
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modwsgi_fix.directives.families import COMBINING
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Access, access_of
from modwsgi_fix.model.merge.sections import location_sections, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import is_prefix
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.access._refused import refused_by_require


@rule(severity=Severity.INFO)
def access_lines_without_effect(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22 or config.named(*COMBINING):
        return
    for server in config.servers:
        sections = location_sections(config, server)
        # Lines of the only section are replaced by none.
        dialects = (_old_lines, _new_lines) if len(sections) > 1 else ()
        last = {dialect: _last_by_prefix(sections, dialect) for dialect in dialects}
        for section in sections:
            if section.server is not server or section.in_doubt or section.file.tree.is_template or not section.known:
                continue
            replaced = [one for dialect, later in last.items() for one in _replaced(section, dialect, later)]
            yield from replaced or _refused(config, server, access_of(section))


_Dialect = Callable[[Access], tuple[Item, ...]]


def _old_lines(access: Access) -> tuple[Item, ...]:
    """Return the lines of 2.2, all of which a later section replaces."""
    return access.orders + access.allows + access.denies


def _new_lines(access: Access) -> tuple[Item, ...]:
    """Return the lines of 2.4, all of which a later section replaces."""
    return access.requires


def _last_by_prefix(sections: Iterable[Item], dialect: _Dialect) -> Nested[Item]:
    """Return the last section with lines of a dialect for each prefix of URLs."""
    last: dict[str, Item] = {}
    for section in sections:
        prefix = location_prefix(section)
        if prefix is not None and dialect(access_of(section)):
            last[prefix] = section
    return Nested(last.items())


def _replaced(section: Item, dialect: _Dialect, later: Nested[Item]) -> Iterator[Diagnostic]:
    """Report lines of one dialect that a later section for the same URLs replaces."""
    access = access_of(section)
    lines = dialect(access)
    prefix = location_prefix(section)
    for other in later.above(prefix or "/") if lines else ():
        own = location_prefix(other) or ""
        covers = own == "/" if prefix is None else is_prefix(own, prefix)
        if not covers or other.index <= section.index or not other.accompanies(section):
            continue
        if access.restricts and access_of(other).grants:
            continue
        first = min(lines, key=lambda item: item.index)
        yield Diagnostic(
            first.path,
            first.span,
            f"this has no effect, because <{other.name} {pattern_of(other)}> below says it anew",
            related=(Related(other.path, other.span, "this one counts"),),
            help="take it out, or move the section below the other one",
        )
        return


def _refused(config: Config, server: Server, access: Access) -> Iterator[Diagnostic]:
    """Report a grant in the words of 2.2 under a refusal in those of 2.4."""
    section = refused_by_require(config, server, access)
    if section is None:
        return
    first = min((*access.orders, *access.allows), key=lambda item: item.index)
    yield Diagnostic(
        first.path,
        first.span,
        f"Allow opens nothing here, because Require refuses in <{section.name} {pattern_of(section)}>",
        related=(Related(section.path, section.span, "this must agree as well"),),
        severity=Severity.WARNING,
        help="take it out, and open the directories that are served with Require all granted",
    )
