"""The conversion of a server from Order, Allow, Deny and Satisfy to Require: whether it can be made, and at which level."""

from __future__ import annotations

from functools import partial

from modwsgi_fix.directives.families import (
    LOCATION_SECTIONS,
    OLD_ACCESS,
    PATH_SECTIONS,
    SATISFIED_CHECKERS,
)
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, location_prefix, served, served_near
from modwsgi_fix.model.gaps import HARMLESS
from modwsgi_fix.model.items import Guard, Item, Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import is_regex_section, path_matches, pattern_of
from modwsgi_fix.model.paths import components, has_wildcard
from modwsgi_fix.rewriting.dialects import (
    DENIED,
    GRANTED,
    Clause,
    Converted,
    clauses,
    components_of,
    directory_of,
    merge,
    order_of,
)
from modwsgi_fix.rewriting.lines import delete, insert_before, replace_lines
from modwsgi_rules.httpd24._htaccess import obstacle as htaccess_obstacle

SEPARATELY = (
    "convert the whole server at once, with its httpd.conf or apache2.conf among the files, or say with --assume-deny 2.4"
    " how the server denies by default"
)

_WHOLE = "the whole server can be converted"


def conversion(config: Config) -> tuple[Fix | None, str]:
    """Return the fix for the whole server, or None; and what to say."""
    if obstacle := _obstacle(config):
        return None, f"not converted, because {obstacle}"
    edits: set[Edit] = set()
    opened: list[Clause] = []
    lifted = ""
    assumed = not config.complete and config.denies == "2.4"
    for clause in clauses(config):
        if _is_open_in_both(clause):
            continue
        before = merge(config).before(clause, old=not clause.is_old)
        if clause.is_old:
            foreign = _met(config, clause, [other for other in before if not other.admits_by_new], old=False)
            converted = clause.converted()
            # What refuses everyone does so before and after, whatever Require says further up.
            closes = clause.hosts == DENIED and not clause.satisfy_any
            if not clause.is_new and (foreign or assumed) and not closes:
                asking = [other for other in foreign if other.access.admits_24 is not False]
                if not asking:
                    opened.append(clause)
                elif _is_without_use(config, clause):
                    converted = Converted(())
                elif not lifted:
                    lifted = f"it lifts the Require of {_label(asking[0].section)} for {_label(clause.section)}"
            if converted is None:
                return None, f"not converted, because {_label(clause.section)} cannot be said in Require lines alone"
            edits |= _edits(clause, converted.lines, requires=converted.instead_of_requires)
        else:
            kept = [other for other in before if not other.admits_by_old]
            kept = _met(config, clause, kept, old=True)
            if clause.access.admits_24 is False and not any(other.satisfy_any for other in kept):
                continue  # refused before and after
            if kept and _may_join(config, clause, kept):
                edits.add(insert_before(clause.access.requires[0], ["AuthMerging And"]))
            elif kept:
                where = _label(kept[0].section)
                lifted = lifted or f"{where} still holds for {_label(clause.section)}, whose Require lifts it then"
    return _graded(config, sorted(edits), opened, lifted)


def _met(config: Config, clause: Clause, others: list[Clause], *, old: bool) -> list[Clause]:
    """Those of other sections whose words of one dialect decide over something that a section holds for.

    What directories and files refuse may be something else than the URLs of a Location lead to.
    """
    if clause.section.key not in LOCATION_SECTIONS:
        return others
    return [
        other
        for other in others
        if other.section.key in LOCATION_SECTIONS or not _leads_past(config, clause, other, old=old)
    ]


def _leads_past(config: Config, clause: Clause, other: Clause, *, old: bool) -> bool:
    """Whether a Location's URLs lead to WSGI scripts to which everyone is admitted, and to directories in which a later
    section replaces what the other one says; in all hosts in which both hold.
    """
    prefix = location_prefix(clause.section)
    if prefix is None:
        return False
    own = next((one.section.server for one in (clause, other) if not one.section.server.is_main), None)
    for host in [own] if own else config.servers:
        targets = served_near(config, host, prefix)
        if not targets or not all(
            _is_admitted(config, host, target, old=old) or _is_replaced(config, host, target, other, old=old)
            for target in targets
        ):
            return False
    return True


def _is_admitted(config: Config, host: Server, target: Served, *, old: bool) -> bool:
    if not target.is_script or target.file is None:
        return False
    granted = grant(config, host, target.directory, target.file)
    deciding = granted.by_22 if old else granted.by_24
    if deciding is None:
        return True
    access = access_of(deciding)
    return (access.admits_22 if old else access.admits_24) is True


def _is_replaced(config: Config, host: Server, target: Served, other: Clause, *, old: bool) -> bool:
    """Whether a ``<Directory>`` around all of a target comes after a section and has words of its own in that dialect."""
    place = components(target.directory)
    for later in merge(config).beside(host, old=old):
        around = components_of(later.section) if later.rank == 0 else None
        if (
            around is not None
            and later.key > other.key
            and later.section.accompanies(other.section)
            and later.section.server in (host, config.main)
            and len(around) <= len(place)
            and all(part in ("*", name) for part, name in zip(around, place, strict=False))
        ):
            return True
    return False


def _is_without_use(config: Config, clause: Clause) -> bool:
    """Whether the old lines of a section change nothing: they admit everyone, and nothing further up refuses anyone."""
    if clause.hosts != GRANTED or clause.satisfy_any:
        return False
    return all(other.admits_by_old for other in merge(config).before(clause, old=True))


def _graded(config: Config, edits: list[Edit], opened: list[Clause], lifted: str) -> tuple[Fix | None, str]:
    """The fix at the level that it may have, and what to say. ``lifted`` says which restriction it would take away."""
    title = "Convert the whole server to Require" if config.complete else "Convert these files to Require"
    unsafe = partial(Fix.unsafe, title, *edits, every_reading=True)
    if not config.complete and config.denies not in ("2.4", "none"):
        what = "the server around these files may say more: under a deny in the words of 2.2 they would be refused"
        return unsafe(reason=what), SEPARATELY
    if lifted:
        return unsafe(reason=lifted), f"{_WHOLE}, but then {lifted}"
    if what := htaccess_obstacle(config):
        return unsafe(reason=what), f"before converting the whole server look at {what}"
    if opened:
        what = f"{_label(opened[0].section)} admits whom it says, also where Require all denied refuses everyone now"
        if files := next((clause for clause in opened if _serves_files(config, clause)), None):
            # No repair opens files that are closed, though the sections say so.
            return unsafe(
                reason=f"{what}, and the files in {_label(files.section)} are served"
            ), f"{_WHOLE}; then {what}"
        return Fix.repair(title, *edits, reason=what, every_reading=True), f"{_WHOLE}; then {what}"
    return (
        Fix.safe(title, *edits, reason="every request is answered as before", every_reading=True),
        f"{_WHOLE} to Require",
    )


def _serves_files(config: Config, clause: Clause) -> bool:
    """Whether a URL leads to files of a section's directory, or it cannot be told; scripts are run."""
    section = directory_of(clause.section)
    if section is None or is_regex_section(section) or not section.known or has_wildcard(pattern_of(section)):
        return True
    path = pattern_of(section)
    for host in config.servers if section.server.is_main else [section.server]:
        targets = served(config, host)
        if targets is None or any(
            not target.is_script and (path_matches(path, target.directory) or path_matches(target.directory, path))
            for target in targets
        ):
            return True
    return False


def _label(section: Item) -> str:
    return f"<{section.name} {' '.join(section.values)}>"


def _obstacle(config: Config) -> str | None:
    """What in the server stands against converting anything."""
    for gap in config.gaps:
        if gap.kind not in HARMLESS:
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
    if _is_open_in_both(clause):
        return None
    if any(line.guards != section.guards for line in clause.access.lines):
        return f"{where} has lines under a condition"
    lines = [*clause.old_lines, *clause.access.requires]
    if not all(line.known for line in lines):
        return f"{where} holds a variable that is not defined"
    if clause.is_old and any(map(_is_about_releases, section.guards)):
        return f"{where} is there only under a condition about modules of access control"
    if clause.is_old and any(line.wrapper is not section.node or line.file is not section.file for line in lines):
        return f"{where} asks for modules or versions by itself"
    if clause.hosts is None:
        wrong = next((line for line in clause.access.orders if order_of(line) is None), clause.old_lines[0])
        return f"{wrong.name} in {where} is not understood"
    if clause.rank == 3 and clause.is_old and not clause.is_new and clause.hosts == GRANTED:
        return f"{where} grants by URL, which allow-in-location is about"
    return None


def _is_open_in_both(clause: Clause) -> bool:
    """Whether a section admits everyone, in the old words where mod_access_compat is there to read them."""
    guarded = any(line.guards != clause.section.guards for line in clause.old_lines)
    return guarded and clause.admits_by_old and clause.admits_by_new


def _is_about_releases(guard: Guard) -> bool:
    """Whether a condition tells httpd 2.2 from 2.4: what is converted would be there in one of them only."""
    asks = guard.test.lower()
    return guard.kind == "ifversion" or (guard.kind == "ifmodule" and ("access_compat" in asks or "authz" in asks))


def _may_join(config: Config, clause: Clause, kept: list[Clause]) -> bool:
    """Whether ``AuthMerging And`` keeps the effect of the old denials: it joins these and no other Require."""
    if clause.admits_by_new or any(other.satisfy_any for other in kept):
        return False
    if any(item.is_section for item in clause.access.requires):
        return False
    # httpd joins Location sections among themselves first (request.c:ap_location_walk), and the whole then says And to
    # the directories: what a Location before this one had put aside would take effect again.
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
