"""
`Order`, `Allow`, `Deny` and `Satisfy` are the access control of httpd 2.2.

## What happens

Without mod_access_compat httpd 2.4 does not start. With it, an old-style grant under a baseline of `Require all denied` stays refused,
and an old-style deny stays effective under `Require all granted`.

## Why

httpd asks the old words beside `Require`, and both must agree (the httpd manual, "Upgrading to 2.4 from 2.2: access control"). So a
section cannot be converted alone, and the sections of a file are one finding.

## The fix

It converts a whole server (with its `httpd.conf` or `apache2.conf`) at once. It is safe where every request is answered as before, that
is where no section takes its `Require` from one place and its `Order` from another; else it is unsafe, and so it is in a fragment.

| old | new |
|---|---|
| `Order allow,deny`, `Allow from all` | `Require all granted` |
| `Order deny,allow` without a Deny | `Require all granted` |
| `Deny from all`, `Order allow,deny` without an Allow | `Require all denied` |
| `Order deny,allow`, `Deny from all`, `Allow from 10.1 .example.com` | `Require ip 10.1`, `Require host .example.com` |
| `Order allow,deny`, `Allow from all`, `Deny from 192.0.2.7` | `<RequireAll>` of `Require all granted` and `Require not ip 192.0.2.7` |
| `Order deny,allow`, `Deny from 10`, `Allow from 10.1` | `Require ip 10.1`, or such a `<RequireAll>` |
| `Allow from env=ok` | `Require env ok` |
| `Satisfy Any` and `Require valid-user` | the lines side by side |
| `Satisfy All` and `Require valid-user` | `<RequireAll>` of both |

A `<Location>` that only asks for a password, over directories with old-style denials, gets `AuthMerging And`, which keeps them.

## Left alone

A section for both releases, by `<IfModule>`, `<IfVersion>` or the branches of a template, is right. A comment allows one section, and
the others are reported without it. Nothing is converted as long as `allow-in-location` finds a grant.

## See also

*Invalid command 'Order'*; `mixed-access-dialects`, `new-access-directives`, `allow-in-location`.

## Examples

    ```diff
     #- httpd.conf
     <Directory />
         AllowOverride None
    -    Order deny,allow
    -    Deny from all
    +    Require all denied
     </Directory>
     <Directory /srv/site>
    -    Order allow,deny
         # the wiki reads this
    -    Allow from all
    +    Require all granted
     </Directory>
     <Location /server-status>
         SetHandler server-status
    -    Order deny,allow
    -    Deny from all
    -    Allow from 127.0.0.1 .example.com
    +    Require ip 127.0.0.1
    +    Require host .example.com
     </Location>
    ```
    ```diff
     #- httpd.conf
     <Directory />
    -    Order deny,allow
    -    Deny from all
    +    Require all denied
     </Directory>
     <Directory /srv/site>
    -    Order allow,deny
    -    Allow from all
    -    Deny from 192.0.2.7
    +    <RequireAll>
    +        Require all granted
    +        Require not ip 192.0.2.7
    +    </RequireAll>
     </Directory>
     <Location /admin>
         AuthType Basic
    +    AuthMerging And
         Require valid-user
     </Location>
     <Location /moderate>
    -    Order deny,allow
    -    Deny from all
    -    Allow from 192.0.2.0/24
    +    Require ip 192.0.2.0/24
         AuthType Basic
         Require valid-user
    -    Satisfy any
     </Location>
    ```

A site written for 2.2 under the baseline of 2.4 is refused as it stands. Converting it opens what it says:

    ```diff unsafe
     #- apache2.conf
     <Directory />
         Require all denied
     </Directory>
     <VirtualHost *:80>
         <Directory /srv/site>
    -        Order allow,deny
    -        Allow from all
    +        Require all granted
         </Directory>
     </VirtualHost>
    ```

`--assume-deny none` converts a fragment as it converts a whole server; with `--assume-deny 2.2` there is no fix for it:

    ```diff unsafe
     <Directory /srv/site>
    -    Order allow,deny
    -    Allow from all
    +    Require all granted
     </Directory>
    ```

Here the later `Require` would lift a `Deny`:

    ```apache
    #- httpd.conf
    <Directory /srv/site>
        Deny from all
    #   ^^^^^^^^^^^^^
    </Directory>
    <Directory /srv/site/public>
        Require all granted
    </Directory>
    ```

Files for both releases are right as they are, and so are templates for both:

    ```apache
    {% if httpd_version >= 2.4 %}
    <Directory /srv/site>
        Require all granted
    </Directory>
    {% else %}
    <Directory /srv/site>
        Order allow,deny
        Allow from all
    </Directory>
    {% endif %}
    ```

    ```apache
    <Directory /srv/site>
        <IfModule mod_authz_core.c>
            Require all granted
        </IfModule>
        <IfModule !mod_authz_core.c>
            Order allow,deny
            Allow from all
        </IfModule>
    </Directory>
    ```
    ```apache httpd=2.2
    <Directory /srv/site>
        Order allow,deny
        Allow from all
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import OLD_ACCESS, PATH_SECTIONS, SATISFIED_CHECKERS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import GapKind
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.dialects import DENIED, GRANTED, Clause, clauses, merge, order_of
from modwsgi_fix.rewriting.lines import delete, insert_before, replace_lines
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.suppressions import suppressions
from modwsgi_fix.text import Span

_SEPARATELY = "convert the whole server at once, with its httpd.conf or apache2.conf among the files"


@rule()
def old_access_directives(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    loaded = {item.value.removesuffix("_module") for item in config.named("loadmodule")}
    refused = config.complete and len(loaded) > 5 and "access_compat" not in loaded
    branches = _branches(config)
    found = [_Section(c) for c in clauses(config) if c.is_old and _named(c.section) not in branches]
    apart = not config.complete and config.denies == "2.2"
    fix, reason = _fix(config) if found and not apart else (None, _SEPARATELY)
    for together in _by_decision(config, [one.plain for one in found if one.plain]):
        first, *further = [lines[0] for lines in together]
        yield Diagnostic(
            first.path,
            first.span,
            _message(together, refused=refused),
            fix._replace() if fix else None,
            tuple(Related(line.path, line.span, "here, too") for line in further),
            Severity.ERROR if refused else None,
            help=reason,
        )


def _branches(config: Config) -> set[tuple[str, str, tuple[str, ...]]]:
    """Sections that a template says in the new words: one in the old words is the branch for another release."""
    sections = (clause.section for clause in clauses(config) if clause.is_new and not clause.is_old)
    return {_named(section) for section in sections if section.file.tree.is_template}


def _named(section: Item) -> tuple[str, str, tuple[str, ...]]:
    return section.path, section.key, tuple(section.values)


def _by_decision(config: Config, sections: Sequence[list[Item]]) -> Iterator[list[list[Item]]]:
    """The sections of each file together; one that a comment allows by itself, as a finding for it to suppress."""
    files: dict[str, dict[Span, list[Item]]] = {}
    for lines in sections:
        files.setdefault(lines[0].path, {}).setdefault(lines[0].span, lines)
    for path, spoken in files.items():
        regions = [one.region for one in suppressions(config.files[path].tree) if one.name == "old-access-directives"]
        allowed = [lines for span, lines in spoken.items() if any(span.start in region for region in regions)]
        yield from ([lines] for lines in allowed)
        if rest := [lines for lines in spoken.values() if lines not in allowed]:
            yield rest


def _message(sections: Sequence[Sequence[Item]], *, refused: bool) -> str:
    names = list(dict.fromkeys(line.key.capitalize() for lines in sections for line in lines))
    what = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    where = f" in {len(sections)} sections" if len(sections) > 1 else ""
    if refused:
        return f"httpd will not start: {what} are read by mod_access_compat, which is not loaded"
    return f"{what} of httpd 2.2 {'decide' if len(names) > 1 else 'decides'} beside Require{where}, and both must agree"


class _Section:
    """The old lines of a section that stand in it plainly, not in a condition about modules or versions."""

    def __init__(self, clause: Clause) -> None:
        section = clause.section
        self.plain = [line for line in clause.old_lines if line.wrapper is section.node and line.file is section.file]


def _fix(config: Config) -> tuple[Fix | None, str]:
    """The fix for the whole server, or None; and what to say."""
    if obstacle := _obstacle(config):
        return None, f"not converted, because {obstacle}"
    edits: set[Edit] = set()
    opened: list[Clause] = []
    for clause in clauses(config):
        if clause.is_old:
            foreign = [other for other in merge(config).before(clause, old=False) if not other.admits_by_new]
            # What refuses everyone does so before and after, whatever Require says further up.
            closes = clause.hosts == DENIED and not clause.satisfy_any
            if not clause.is_new and foreign and not closes:
                if any(other.access.admits_24 is not False for other in foreign):
                    where = _label(foreign[0].section)
                    return (
                        None,
                        f"not converted, because it would lift the Require of {where} for {_label(clause.section)}",
                    )
                opened.append(clause)
            converted = clause.converted()
            if converted is None:
                return None, f"not converted, because {_label(clause.section)} cannot be said in Require lines alone"
            edits |= _edits(clause, converted.lines, requires=converted.instead_of_requires)
        else:
            kept = [other for other in merge(config).before(clause, old=True) if not other.admits_by_old]
            if clause.access.admits_24 is False and not any(other.satisfy_any for other in kept):
                continue  # refused before and after
            if kept and not _may_join(config, clause, kept):
                where = _label(kept[0].section)
                return (
                    None,
                    f"not converted, because {where} still holds for {_label(clause.section)}, whose Require would lift it",
                )
            if kept:
                edits.add(insert_before(clause.access.requires[0], ["AuthMerging And"]))
    return _graded(config, sorted(edits), opened)


def _graded(config: Config, edits: list[Edit], opened: list[Clause]) -> tuple[Fix | None, str]:
    title = "Convert the whole server to Require" if config.complete else "Convert these files to Require"
    if not config.complete and config.denies != "none":
        what = "the server around these files may say more: under a deny in the words of 2.2 they would be refused"
        return Fix.unsafe(title, *edits, reason=what, every_reading=True), _SEPARATELY
    if opened:
        what = f"{_label(opened[0].section)} admits whom it says, also where Require all denied refuses everyone now"
        return Fix.unsafe(
            title, *edits, reason=what, every_reading=True
        ), f"the whole server can be converted, but then {what}"
    if _htaccess(config):
        what = ".htaccess files that AllowOverride admits may be written in the old way, and would be merged otherwise"
        return Fix.unsafe(
            title, *edits, reason=what, every_reading=True
        ), f"before converting the whole server look at {what}"
    return (
        Fix.safe(title, *edits, reason="every request is answered as before", every_reading=True),
        "the whole server can be converted to Require",
    )


def _label(section: Item) -> str:
    return f"<{section.name} {' '.join(section.values)}>"


def _obstacle(config: Config) -> str | None:
    """What in the server stands against converting anything."""
    for gap in config.gaps:
        if gap.kind is not GapKind.VARIABLE:
            return gap.reason
    for item in config.named(*OLD_ACCESS, "require"):
        if _within(item) not in PATH_SECTIONS:
            where = item.parent.name if item.parent else "no section"
            return f"{item.name} stands in {where}" if item.parent is None else f"{item.name} stands in <{where}>"
    if config.named("authmerging"):
        return "AuthMerging is used"
    any_of = any(clause.satisfy_any for clause in clauses(config))
    if any_of and config.named(*SATISFIED_CHECKERS):
        return "Satisfy Any lets a password stand in for SSLRequireSSL or an access script"
    for clause in clauses(config):
        if obstacle := _obstacle_in(clause):
            return obstacle
    return None


def _within(item: Item) -> str:
    """The key of the section that an access directive belongs to; ``<RequireAll>`` and its like are looked through."""
    section = item.parent
    while section is not None and section.key.startswith("require"):
        section = section.parent
    return section.key if section is not None else ""


def _obstacle_in(clause: Clause) -> str | None:
    section = clause.section
    where = _label(section)
    if section.guards or any(line.guards for line in clause.access.lines):
        return f"{where} is there only under a condition"
    if not section.known:
        return f"{where} holds a variable that is not defined"
    lines = [*clause.old_lines, *clause.access.requires]
    if any(line.foreign for line in lines):
        return f"{where} is written by a macro"
    if clause.is_old and any(line.wrapper is not section.node or line.file is not section.file for line in lines):
        return f"{where} asks for modules or versions by itself"
    if clause.hosts is None:
        wrong = next((line for line in clause.access.orders if order_of(line) is None), clause.old_lines[0])
        return f"{wrong.name} in {where} is not understood"
    if clause.rank == 3 and clause.is_old and not clause.is_new and clause.hosts == GRANTED:
        return f"{where} grants by URL, which allow-in-location is about"
    return None


def _may_join(config: Config, clause: Clause, kept: list[Clause]) -> bool:
    """Whether ``AuthMerging And`` keeps the old denials in force: they, and no other Require, are what it joins."""
    if clause.admits_by_new or any(other.satisfy_any for other in kept):
        return False
    if any(item.is_section for item in clause.access.requires):
        return False
    # httpd joins Location sections among themselves first (request.c:ap_location_walk), and the whole then says And to
    # the directories: what a Location before this one had put aside would be in force again.
    further_up = any(other.walk < clause.walk for other in kept)
    if further_up and any(other.walk == clause.walk for other in merge(config).before(clause, old=True)):
        return False
    return not any(not other.admits_by_new for other in merge(config).before(clause, old=False))


def _edits(clause: Clause, lines: tuple[str, ...], *, requires: bool) -> set[Edit]:
    first, *rest = sorted(
        [*clause.old_lines, *(clause.access.requires if requires else ())], key=lambda item: item.index
    )
    if not lines:
        return {delete(item) for item in (first, *rest)}
    # The new lines stand where the one that decides stood: the comments before it are about that.
    last = max(
        (*clause.access.allows, *clause.access.denies, *clause.access.orders), default=first, key=lambda i: i.index
    )
    edits = {delete(item) for item in (first, *rest) if item is not last}
    return edits | {replace_lines(last, lines)}


def _htaccess(config: Config) -> bool:
    """Whether .htaccess files may hold access directives. Without an AllowOverride 2.4 reads none."""
    for item in config.named("allowoverride"):
        words = {value.lower().partition("=")[0] for value in item.values}
        if not item.known or words & {"all", "limit", "authconfig"}:
            return True
    return any(
        {value.lower() for value in item.values} & {*OLD_ACCESS, "require"}
        for item in config.named("allowoverridelist")
    )
