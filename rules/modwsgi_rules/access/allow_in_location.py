"""
A `<Location>` opens access for everyone, whatever file the URL leads to.

`<Location>` and `<LocationMatch>` are merged after every `<Directory>`, so a grant in one overrides the deny on
`<Directory />` that protects the rest of the disk: a rewrite rule gone wrong, or a symbolic link to `/etc`, and that is
served too. Locations are for further restrictions on URLs; access to files is opened by `<Directory>`.

The fix takes the grant out and opens the directories that the host's own mounts and aliases lead to instead: the script
by `<Files>`, with its directory closed around it, and directories of static files without listings and without links out
of them. Restrictions (`SSLRequireSSL`, `Require user`, `Require ip`, `Deny`) stay where they are. What the grant alone had
opened is closed. The blocks are written in the dialect that the deny baseline asks for; where that is not in sight, in
both, for a `Require` alone stays refused under a 2.2-style deny.

Left alone, and reported: a grant beside a log-in or another restriction in the same section, an exception from an earlier
restricting Location, and hosts whose mappings cannot be followed. Sections with a handler or a proxy of their own have no
file behind them, and are no finding.

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
         WSGIScriptAlias / /srv/site/app.wsgi
    -    <Location "/">
    -        Require all granted
    -    </Location>
    +    <Directory /srv/site>
    +        AllowOverride None
    +        Require all denied
    +        <Files app.wsgi>
    +            Require all granted
    +            <IfModule mod_access_compat.c>
    +                Order allow,deny
    +                Allow from all
    +            </IfModule>
    +        </Files>
    +    </Directory>
     </VirtualHost>
    ```

A restriction stays, and so does what is not about access; a directory that is open already needs nothing:

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
     <Location /admin>
         SSLRequireSSL
     </Location>
    +<Directory /srv/site>
    +    <Files app.wsgi>
    +        Require all granted
    +        Order allow,deny
    +        Allow from all
    +    </Files>
    +</Directory>
     <Location />
    -    Order deny,allow
    -    Allow from all
         WSGIProcessGroup site
     </Location>
    ```

The branch for another version goes with it, and a directory that is closed already is opened for the script alone:

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
    -        Order deny,allow
    -        Allow from all
    -    </IfVersion>
    -    <IfVersion >= 2.4>
    -        Require all granted
    -    </IfVersion>
     </Location>
    ```

Only part of what the script serves was open, and a directory cannot say that:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /api>
        Require all granted
    #   ^^^^^^^^^^^^^^^^^^^
    </Location>
    ```

Two decisions in one section are not taken apart:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location /members>
        AuthType Basic
        Require valid-user
        Allow from all
    #   ^^^^^^^^^^^^^^
    </Location>
    ```

There is no file behind these, and restrictions are what a Location is for:

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

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.access import (
    AUTHENTICATION,
    Access,
    access_of,
    deny_lines,
    directory_sections,
    grant,
    grant_lines,
    is_regex_section,
    location_sections,
    path_matches,
    pattern_of,
)
from modwsgi_fix.model.closed import file_grant
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.rewrite import append, insert_before
from modwsgi_fix.model.served import Served, block_for, coverage, files_block, links_in, location_prefix, served
from modwsgi_fix.model.urls import aliases, covers, is_prefix, mounts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import CONDITIONS, Comment, Directive, Node, Section

#: With one of these the section answers by itself; no file is opened by its grant.
_HANDLERS = frozenset({"sethandler", "proxypass", "proxypassmatch", "dav", "wsgihandlerscript"})


@rule(severity=Severity.ERROR, changes=("regained", "restricted", "closed"))
def allow_in_location(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        granting = [access for access in _sections(config, server) if _opens(access)]
        restricting = _restricting(config, server)
        removable = [access for access in granting if _removable(access, restricting)]
        fix = _fix(config, server, removable) if removable else None
        removed = {access.section for access in removable}
        for access in granting:
            line = _grant_lines(access)[-1]
            section = access.section
            message = f"<{section.name} {pattern_of(section)}> opens access by URL, whatever file that leads to"
            own = fix if section in removed else None
            if _is_dead(access):
                message = (
                    f"<{section.name} {pattern_of(section)}> never matches, and would open access by URL if it did"
                )
            if own:
                message += "; open the directories that are served instead"
            elif section not in removed:
                message += "; it stands beside other restrictions: open the directory instead, by hand"
            elif _hides(config, server):
                message += "; first narrow the alias that hides the application"
            else:
                message += "; open the directories that are served instead (they cannot be told from these files)"
            yield Diagnostic(section.path, line.span, message, own)


def _sections(config: Config, server: Server) -> list[Access]:
    """The Locations that stand in the server itself, those of the main server only for the main server."""
    return [access_of(item) for item in location_sections(config, server) if item.server is server]


def _opens(access: Access) -> bool:
    """True when the section, or one of the two dialects in it, lets everyone in."""
    if any(child.key in _HANDLERS for child in access.section.children) or access.section.sections:
        return False
    return (access.has_22 and access.admits_22 is True and bool(access.allows or access.orders)) or (
        access.has_24 and access.admits_24 is True
    )


def _grant_lines(access: Access) -> tuple[Item, ...]:
    lines: list[Item] = []
    if access.has_24 and access.admits_24 is True:
        lines += access.requires
    if access.has_22 and access.admits_22 is True:
        lines += [*access.orders, *access.allows]
    return tuple(sorted(lines, key=lambda item: item.index))


def _removable(access: Access, restricting: list[Access]) -> bool:
    """True where the section's access lines say nothing but "everyone", to the exception of none of ``restricting``."""
    section = access.section
    if section.guards or section.foreign or access.satisfy or any(line.guards for line in access.lines):
        return False
    if set(access.lines) != set(_grant_lines(access)) or any(item.key != "require" for item in access.requires):
        return False
    if any(child.key in AUTHENTICATION and child.key != "sslrequiressl" for child in access.others):
        return False
    if not all(_only_grants(node) for node in _inactive(section)):
        return False
    return not any(_exception(access, other) for other in restricting)


def _restricting(config: Config, server: Server) -> list[Access]:
    """The Locations that hold for a server and do not let everyone in, in the order they are merged."""
    found = (access_of(item) for item in location_sections(config, server))
    return [access for access in found if not access.is_empty and not _opens(access)]


def _order(access: Access) -> tuple[bool, int]:
    """Where httpd merges a Location: the main server's come first."""
    return not access.section.server.is_main, access.section.index


def _exception(access: Access, earlier: Access) -> bool:
    """True when ``access`` opens part of what an earlier, broader Location restricts."""
    if _order(earlier) > _order(access):
        return False
    if is_regex_section(access.section) or is_regex_section(earlier.section):
        return False
    inner, outer = pattern_of(access.section).rstrip("/"), pattern_of(earlier.section).rstrip("/")
    return inner.startswith(outer + "/") and inner != outer


def _hides(config: Config, server: Server) -> bool:
    """While an alias hides the application, what is served is not what should be."""
    own = mounts(config, server)
    return any(covers(alias, mount) for alias in aliases(config, server) for mount in own)


def _fix(config: Config, server: Server, removable: list[Access]) -> Fix | None:
    hosts = [server] if not server.is_main else list(config.servers)
    if any(_hides(config, host) for host in hosts):
        return None
    targets: list[Served] = []
    for host in hosts:
        found = served(config, host)
        if found is None:
            return None
        for target in found:
            opened = _opened(config, server, removable, target, found)
            if opened is None:
                return None
            # Two hosts that mount one script have two mappings, and need one section.
            known = {(one.directory, one.file) for one in targets}
            targets += [one for one in opened if (one.directory, one.file) not in known]
    blocks: list[str] = []
    into: dict[Item, list[str]] = {}
    # A directory opened for static files is open for the files in it, so those come first.
    opened_whole: list[str] = []
    for target in sorted(targets, key=lambda t: (t.file is not None, t.directory, t.file or "")):
        if target.file is None:
            links = links_in(config, target.directory)
            if links.wanted and links.stray:
                # Followed they lead astray, not followed those in use break.
                return None
            opened_whole.append(target.directory)
        elif any(path_matches(directory, target.directory) for directory in opened_whole):
            # Closing what lies beside the script would close files that are served from there.
            continue
        spoken = _spoken(config, server, target)
        beside = _section_of(config, server, target)
        if spoken is None and target.file is None and beside is not None:
            # Its own options and overrides are the administrator's, and stay.
            if not _is_plain(config, beside):
                return None
            into.setdefault(beside, []).extend(grant_lines(config))
        elif spoken is None:
            opens = target.file is not None and _opens_below(config, server, target)
            blocks += file_grant(config, target) if opens else block_for(config, target)
        elif target.file is not None and access_of(spoken).denies_all and _is_plain(config, spoken):
            into.setdefault(spoken, []).extend(files_block(config, target.file))
        else:
            return None
    edits: list[Edit] = []
    for access in removable:
        edits += _take_out(access)
    if blocks:
        edits.append(insert_before(removable[0].section, blocks))
    edits += [append(section, lines) for section, lines in into.items()]
    return Fix.repair(
        "Open directories instead of URLs",
        *edits,
        reason="the application and its static files are served as before; what only the Location opened is closed",
        publishes=tuple(_published(targets)),
    )


def _opens_below(config: Config, server: Server, target: Served) -> bool:
    """Whether a section below the script's directory opens something, and a refusal of all that lies beside the script
    would close it: in a dialect that the section does not speak."""
    refusal = " ".join(deny_lines(config))
    top = target.directory.rstrip("/") + "/"
    below = (access_of(s) for s in directory_sections(config, server) if pattern_of(s).startswith(top))
    return any(
        access.grants and (("Require" in refusal and not access.has_24) or ("Deny" in refusal and not access.has_22))
        for access in below
    )


def _published(targets: list[Served]) -> Iterator[tuple[str, str]]:
    """The static files that the Locations opened in one dialect, and that are opened in both now."""
    for target in targets:
        if not target.is_script:
            url = "/" if target.mapping is None or target.mapping.is_regex else target.mapping.url
            yield url, f"{target.path.rstrip('/')}/"


def _opened(
    config: Config, server: Server, removable: list[Access], target: Served, all_targets: list[Served]
) -> list[Served] | None:
    """What of a target the Locations opened and no Directory opens; None where that is no directory of its own."""
    if _is_open(config, server, removable, target):
        return []
    parts: list[Served] = []
    for access in removable:
        prefix = location_prefix(access.section)
        if prefix is None:
            # What a regular expression opens besides is told by the others only.
            parts.append(target) if not _is_dead(access) else None
            continue
        covered = coverage(prefix, target)
        if covered == "all":
            return [target]
        if covered == "some" and not any(_takes_all(other, prefix, target) for other in all_targets):
            parts.append(target)
    return None if parts else []


def _is_dead(access: Access) -> bool:
    """A circumflex that is none, as word processors make it: no URL has one."""
    return is_regex_section(access.section) and pattern_of(access.section).startswith("ˆ")


def _takes_all(other: Served, prefix: str, target: Served) -> bool:
    """True when another mapping, asked before that of ``target``, answers every URL below ``prefix``."""
    if other is target or other.mapping is None or other.mapping.is_regex:
        return False
    before = target.mapping is None or (target.is_script and not other.is_script)
    return before and is_prefix(other.mapping.url.rstrip("/") or "/", prefix.rstrip("/") or "/")


def _is_open(config: Config, server: Server, removable: list[Access], target: Served) -> bool:
    """True when Directory sections open the target in each dialect that the Locations speak."""
    found = grant(config, server, target.directory, target.file)
    if found.allowed is not True:
        return False
    old, new = any(a.has_22 for a in removable), any(a.has_24 for a in removable)
    return config.complete or not ((old and found.by_22 is None) or (new and found.by_24 is None))


def _spoken(config: Config, server: Server, target: Served) -> Item | None:
    """A Directory of just this path that says something of access already, which the Location overrode."""
    found = (
        section
        for section in directory_sections(config, server)
        if pattern_of(section).rstrip("/") == target.directory.rstrip("/")
        and section.server is server
        and not access_of(section).is_empty
    )
    return next(found, None)


def _section_of(config: Config, server: Server, target: Served) -> Item | None:
    """A Directory of just this path in the same server, whatever it is about."""
    found = (
        section
        for section in directory_sections(config, server)
        if pattern_of(section).rstrip("/") == target.directory.rstrip("/") and section.server is server
    )
    return next(found, None)


def _is_plain(config: Config, section: Item) -> bool:
    return not section.guards and not section.foreign and len(config.readings(section)) == 1


def _take_out(access: Access) -> list[Edit]:
    """Edits that remove the grant, with the conditions and the section that held nothing else. Comments stay."""
    section = access.section
    gone = {line.node.start for line in _grant_lines(access)} | {node.start for node in _inactive(section)}
    edits: list[Edit] = []
    stack: list[Node] = [section.node]
    while stack:
        node = stack.pop()
        if isinstance(node, Section):
            held = [one for one in _below(node) if not (isinstance(one, Section) and one.key in CONDITIONS)]
            if all(one.start in gone for one in held):
                comments = [one for one in _all_below(node) if isinstance(one, Comment)]
                text = "".join(node.indent + comment.source.lstrip() for comment in comments)
                edits.append(Edit(section.path, node.span, text))
            elif node is section.node or node.key in CONDITIONS:
                stack += node.children
        elif node.start in gone:
            edits.append(Edit(section.path, node.span))
    return edits


def _all_below(node: Section) -> Iterator[Node]:
    stack = list(reversed(node.children))
    while stack:
        one = stack.pop()
        yield one
        if isinstance(one, Section):
            stack += reversed(one.children)


def _below(node: Section) -> Iterator[Directive]:
    return (one for one in _all_below(node) if isinstance(one, Directive))


def _inactive(section: Item) -> list[Directive]:
    """The directives of branches that are not read, as of ``<IfVersion < 2.4>``."""
    node = section.node
    assert isinstance(node, Section)
    read: set[int] = set()
    stack = list(section.children)
    while stack:
        item = stack.pop()
        read.add(item.node.start)
        stack += item.children
    conditions = (one for one in _below(node) if not (isinstance(one, Section) and one.key in CONDITIONS))
    return [one for one in conditions if one.start not in read]


def _only_grants(node: Directive) -> bool:
    """True for a line that lets everyone in, or says in which order such lines are asked."""
    values = [word.value.lower() for word in node.args]
    return node.key == "order" or (node.key, values) in (("allow", ["from", "all"]), ("require", ["all", "granted"]))
