"""Questions about one httpd server, with open texts in place of files: the only way from the editor to ``workspace``.

Each question is answered from the texts alone, and nothing is kept here. ``Known`` is what the next answer can start from,
where only texts have changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from modwsgi_fix.collector import set_aside
from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.lsp.buffers import text_on_disk
from modwsgi_fix.model.config import Config
from modwsgi_fix.records import Report
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import session as sessions
from modwsgi_fix.workspace.again import again, base_of
from modwsgi_fix.workspace.followed import places
from modwsgi_fix.workspace.nearby import config_around, is_like, part_around
from modwsgi_fix.workspace.parts import Base, partial, unmarked
from modwsgi_fix.workspace.plan import Plan, Wanted, plan
from modwsgi_fix.workspace.selection import Selection
from modwsgi_fix.workspace.session import Session
from modwsgi_fix.workspace.settings import find

#: From so many lines on, somebody who types does not wait for fixes to be tried, nor for the findings that these would reveal.
LARGE = 200


class Question(NamedTuple):
    """The server at ``paths``; ``texts``, by path, stand in for files, and ``root`` is as ``--root``."""

    paths: tuple[str, ...]
    texts: Mapping[str, str]
    root: str | None = None


def read(question: Question, *, extend_select: tuple[str, ...] = ()) -> Session:
    """Read a server, with further rules to run on it. Raises what ``workspace.errors.explain`` explains."""
    wanted = _wanted(question)._replace(selection=Selection(extend_select=extend_select))
    return sessions.opened(plan(wanted))


def checked(session: Session, *, hurried: bool) -> Report:
    """Return the report, with the level that makes each finding go, and the findings that fixes reveal.

    Finding these out takes longer than everything else. If ``hurried``, they are left out for a large server, and where no fix
    could reveal anything.
    """
    if hurried:
        found = sessions.checked(session, marked=False)
        if _is_large(session) or not any(one.fix and one.fix.level <= session.plan.level for one in found.findings):
            return found
    return sessions.checked(session, weighed=False)


def _is_large(session: Session) -> bool:
    return sum(len(file.lines) for config in session.configs for file in config.files.values()) > LARGE


class Known(NamedTuple):
    """A server that was checked, and the texts that were open then, by the key of their file.

    ``configs`` are the server as it was last read as a whole; since then texts have changed, but no definition.
    """

    base: Base
    texts: Mapping[str, str]
    configs: tuple[Config, ...]

    @property
    def report(self) -> Report:
        """The report on the server."""
        return self.base.report

    def reads(self, key: str) -> bool:
        """Whether a file is a configuration of this server."""
        return key in self.base.order

    def text(self, key: str) -> str:
        """Return the present text of a configuration file."""
        return self.base.texts[key].text

    def lean(self) -> Known:
        """Return the same without what was read last, which takes the most memory."""
        last = self.base.last
        return self._replace(base=self.base._replace(last=last and last._replace(config=None), whole=None))

    def around(self, key: str) -> Config | None:
        """Return the part of the server that decides what holds in a file, as it is now; None where a part does not suffice."""
        return config_around(self.base, key)

    @property
    def _base_of_typing(self) -> Base:
        """What is found again at a key: in a large server without what fixes would do, so that none is tried."""
        if not self.report.marked or sum(text.text.count("\n") for text in self.base.texts.values()) <= LARGE:
            return self.base
        return unmarked(self.base)

    def under(self, texts: Mapping[str, str]) -> Known | None:
        """Return the same server with other texts, of which only a part was checked; None where a part does not suffice.

        A text that was closed since is that of its file. Of files that are not a configuration of this server,
        none may be new.
        """
        mine = self.base.texts
        others = texts.keys() - mine.keys()
        if any(texts[key] != (self.texts[key] if key in self.texts else text_on_disk(key)) for key in others):
            return None
        if self.texts.keys() - texts.keys() - mine.keys():
            return None
        changed = {key: text for key, text in texts.items() if key in mine and text != mine[key].text}
        base = again(self._base_of_typing, changed)
        return None if base is None else self._replace(base=base, texts=dict(texts))


def known(session: Session, report: Report, texts: Mapping[str, str]) -> Known | None:
    """Return what the next answer can start from, once a server was checked; None where it has to be read anew.

    What fixes would reveal is left out of the next answers where the server is large.
    """
    if not report.marked and not _is_large(session):
        return None
    base = base_of(session, report._replace(starts=sessions.starts(session.configs)))
    if base is None:
        return None
    set_aside()
    return Known(base, dict(texts), session.configs)


class Stretch(NamedTuple):
    """The part of a file without its first ``head`` and its last ``tail`` characters, so it may grow or shrink."""

    key: str
    head: int
    tail: int


def mended(question: Question, level: Applicability, *, rule: str | None = None) -> tuple[Rewritten, ...]:
    """Return the files that fixes up to a level change, of one rule or of all that are on."""
    selection = Selection() if rule is None else Selection(select=(rule,))
    found = plan(_wanted(question)._replace(level=level, selection=selection))
    return sessions.mended(sessions.opened(found), level).files


class Safely(NamedTuple):
    """The question which edits the safe fixes of one file are: the file is named by itself, and nothing else is changed.

    ``key`` is that of the file. ``server`` are the paths by which its server was asked about, ``report`` is what was found there,
    None where nothing was looked for. ``known`` returns what a part of it can be read from; None where there is nothing.
    """

    question: Question
    key: str
    server: tuple[str, ...]
    report: Report | None
    known: Callable[[], Known | None]

    def edits(self, within: Stretch | None = None) -> list[Edit]:
        """Return the edits, in order; with ``within``, those of fixes that change nothing outside of that stretch."""
        if self._has_no_fix():
            return []
        known = self.known()
        base = known.base if known is not None else None
        reached = {} if base is None else {base.plan.jobs[0].source.entries[0]: frozenset(base.order)}
        found = plan(_wanted(self.question)._replace(level=Applicability.SAFE, reached=reached))
        if within is not None:
            jobs = (job._replace(rules=[_held(one, within) for one in job.rules]) for job in found.jobs)
            found = found._replace(jobs=tuple(jobs))
        session = self._opened_in_part(base, found) or sessions.opened(found)
        files = sessions.mended(session, Applicability.SAFE).files
        return [edit for file in files if file.path == self.key for edit in file.edits]

    def _has_no_fix(self) -> bool:
        """Whether no fix of the report, which is by the same settings, concerns the file."""
        report = self.report
        if report is None or report.failed or report.more or find(self.server[0]) != find(self.question.paths[0]):
            return False
        with_fix = (one for one in report.findings if one.fix is not None)
        return not any(place.file.path == self.key for one in with_fix for place in places(one))

    def _opened_in_part(self, base: Base | None, found: Plan) -> Session | None:
        """Read those hosts that the fixes of the file may depend on; None where these do not suffice."""
        part = part_around(base, self.key) if base is not None else None
        if base is None or part is None or len(found.jobs) != 1 or found.jobs[0].disk is not None:
            return None
        (job,), (whole,) = found.jobs, base.plan.jobs
        if not job.source.complete or job.source.entries != whole.source.entries:
            return None
        less = found._replace(jobs=(job._replace(source=partial(base, part, job.source)),))
        session = sessions.opened(less)
        return session if is_like(base, session.configs[0]) else None


def _held(rule: Rule, stretch: Stretch) -> Rule:
    """Return a rule that fixes nothing outside a stretch."""
    check = rule.check

    def held(config: Config) -> Iterator[Diagnostic]:
        for diagnostic in check(config):
            edits = diagnostic.fix.edits if diagnostic.fix is not None else ()
            inside = all(
                edit.path == stretch.key
                and stretch.head <= edit.span.start
                and edit.span.end <= len(_text(config, edit.path)) - stretch.tail
                for edit in edits
            )
            yield diagnostic if inside else diagnostic._replace(fix=None)

    return rule.with_check(held)


def _text(config: Config, key: str) -> str:
    return config.source(key).text


def _wanted(question: Question) -> Wanted:
    return Wanted(question.paths, overlay=question.texts, root=question.root)
