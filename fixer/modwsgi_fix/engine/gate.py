"""Which effects a fix may have: its level and its rule's ``changes=`` against each difference measured (``effect``).

No fix below UNSAFE opens, unlocks or loses anything, except static files that it ``publishes``. It may publish files that a
line of the configuration had opened before, for everybody, at the same URL, in either dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.effect.classes import (
    Difference,
    Effect,
    compared,
    differences,
    granting,
    leads_out,
    mapped_by,
    refusing,
)
from modwsgi_fix.effect.company import Company, companies
from modwsgi_fix.effect.exposure import kind_of
from modwsgi_fix.effect.impact import changed_visits, refusals
from modwsgi_fix.effect.touched import Pair, concerns_all
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.merge.sections import path_matches
from modwsgi_fix.model.request import Kind, Outcome
from modwsgi_fix.model.request.phases import trace


def objection(before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None) -> str | None:
    """Return why a fix must not be made, in words for the user; None where nothing stands against it.

    With ``only`` the fix is one of several that are all made, and is the one that changes this host.

    ``changes`` are the effects that its rule declares. A server that httpd refuses is measured as if it started, but for
    an edit that takes away a reason to refuse. Fragments are measured by themselves and in company.
    """
    if fix.applicability is Applicability.UNSAFE or fewer_refusals(before, after):
        return None
    for difference in differences(before, after, only):
        if not admitted(difference, fix, changes, before):
            return f"{difference.effect}: {difference}"
    for difference, around in _in_company(before, after, only):
        if not admitted(difference, fix, changes, before):
            return f"{difference.effect}: {difference} {around}"
    return None


def _in_company(before: Config, after: Config, only: Pair | None) -> Iterator[tuple[Difference, str]]:
    """Yield the differences that a fragment's change makes in a server with other sites, each with the company in words."""
    for company in companies((before, after)):
        was, now = (_beside(config, company) for config in (before, after))
        around = f"in a server that denies by default in the words of {company.denies}"
        # A deny in the words of 2.4 is among the branches of the fragments alone.
        own = changed_visits(before, after, only) if company.denies == "2.2" else ()
        for difference in compared(was, now, own, only):
            # Which of its URLs another site hands on to the main server is the main server's affair.
            if not _is_of(difference, company):
                yield difference, around
        others = company.requests if only is None and concerns_all(before, after) else ()
        for difference in compared(was, now, others):
            if not _is_its_own(difference, company):
                yield difference, f"{around} (another site)"


def _beside(config: Config, company: Company) -> Config:
    """Return the fragments in this company; read once, since the state after one fix is the state before the next."""
    key = (_beside, company.denies, *company.texts.items())
    return config.once(key, lambda: config.beside(company.texts, company.denies))


def _is_its_own(difference: Difference, company: Company) -> bool:
    """Whether another site gets a URL of its own back, which the fragments had taken."""
    was, now = mapped_by(difference.was), mapped_by(difference.now)
    return now is not None and now.path in company.texts and (was is None or was.path not in company.texts)


def _is_of(difference: Difference, company: Company) -> bool:
    """Whether a site answers that is not one of the fragments' own."""
    servers = (difference.was.server, difference.now.server)
    return any(server is not None and server.item and server.item.path in company.texts for server in servers)


def admitted(difference: Difference, fix: Fix, changes: frozenset[str], before: Config) -> bool:
    """Whether a fix of this level, by a rule that declares these changes, may have this effect."""
    effect, level = difference.effect, fix.applicability
    if level is Applicability.SAFE:
        return effect is Effect.REGAINED and difference.was.kind in (Kind.ERROR, Kind.NOT_FOUND)
    if level is Applicability.UNSAFE:
        return True
    if effect is Effect.OPENED:
        return _is_published(difference, fix, before)
    return effect in changes


def _is_published(difference: Difference, fix: Fix, before: Config) -> bool:
    """Whether a file is one that the fix declares to publish, and may publish.

    Before the fix, the same URL led to the same file, and a line of the configuration opened the file to everybody in one
    of the dialects. It was refused only because a line further up denied in the other dialect, or because ScriptAlias would
    have run it as a program, which it is not as far as ``--root`` shows.
    """
    url = "/" + difference.url.partition("://")[2].partition("/")[2].partition("?")[0]
    file = difference.now.file
    if difference.now.kind is not Kind.FILE or kind_of(file) or leads_out(before, difference.now):
        return False
    if difference.was.kind is Kind.PROGRAM and before.disk is not None and before.disk.is_program(file):
        return False
    if not any(url.startswith(prefix) and path_matches(directory, file) for prefix, directory in fix.publishes):
        return False
    if not _names(difference.was, fix) and any(_granted(before, difference, file, each) for each in ("2.2", "2.4")):
        return True
    # Or only the slash after the directory was missing: then --root has shown what is in the directory.
    missed = difference.was.file
    without = (directory.rstrip("/") + file[len(directory) :] for _, directory in fix.publishes)
    return bool(missed) and any(f"{place}/".startswith(f"{missed}/") for place in without)


def _granted(before: Config, difference: Difference, file: str, dialect: str) -> bool:
    """Whether a line of one dialect granted everybody a file, the other dialect set aside."""
    branches = trace(before, difference.traces[0].request, dialect=dialect)
    return any(
        branch.outcome.kind in _REACHED and branch.outcome.file == file and granting(branch.outcome) is not None
        for branch in branches
    )


#: The answers for a file that a visitor is granted: it is sent, or run, or cannot be run (ScriptAlias).
_REACHED = (Kind.FILE, Kind.PROGRAM, Kind.ERROR)


def _names(was: Outcome, fix: Fix) -> bool:
    """Whether the line that refused names a published directory or a path below it, and so is a decision."""
    item = refusing(was) if was.kind is Kind.REFUSED else None
    section = item.section("directory") if item is not None else None
    if section is None or not section.args:
        return False
    name = section.value.rstrip("/") + "/"
    return any(name.startswith(directory.rstrip("/") + "/") for _, directory in fix.publishes)


def fewer_refusals(before: Config, after: Config) -> bool:
    """Whether httpd refused to start, and has fewer reasons to refuse now."""
    refused = refusals(before)
    return refused > 0 and refused > refusals(after)
