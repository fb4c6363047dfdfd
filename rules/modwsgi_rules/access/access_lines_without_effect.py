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
earlier one restricts, `restriction-undone-by-later-location` reports it; where it restricts what an earlier one opens, this is
a warning, and `allow-in-location` is silent. A section is looked at where its URLs are a
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
    <Location /shop/news>
        Require all granted
    #   ^^^^^^^^^^^^^^^^^^^
    </Location>
    <Location /shop>
        AuthType Basic
        Require valid-user
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

from collections.abc import Iterator

from modwsgi_fix.directives.families import COMBINING
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Access, access_of
from modwsgi_fix.model.merge.sections import location_sections, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.access._refused import refused_by_require
from modwsgi_rules.access._replaced import DIALECTS, Dialect, last_by_prefix, replacing


@rule(severity=Severity.INFO)
def access_lines_without_effect(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22 or config.named(*COMBINING):
        return
    for server in config.servers:
        sections = location_sections(config, server)
        # Lines of the only section are replaced by none.
        dialects = DIALECTS if len(sections) > 1 else ()
        last = {dialect: last_by_prefix(sections, dialect) for dialect in dialects}
        for section in sections:
            if section.server is not server or section.in_doubt or section.file.tree.is_template or not section.known:
                continue
            replaced = [one for dialect, later in last.items() for one in _replaced(section, dialect, later)]
            yield from replaced or _refused(config, server, access_of(section))


def _replaced(section: Item, dialect: Dialect, last: Nested[Item]) -> Iterator[Diagnostic]:
    """Report lines of one dialect that a later section for the same URLs replaces."""
    access = access_of(section)
    lines = dialect(access)
    for other in replacing(section, last) if lines else ():
        grants = access_of(other).grants
        if access.restricts and grants:
            continue
        first = min(lines, key=lambda item: item.index)
        yield Diagnostic(
            first.path,
            first.span,
            f"this has no effect, because <{other.name} {pattern_of(other)}> below says it anew",
            related=(Related(other.path, other.span, "this one counts"),),
            # Whom the section would let in is refused, or asked for a log-in.
            severity=Severity.WARNING if access.grants and not grants else None,
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
