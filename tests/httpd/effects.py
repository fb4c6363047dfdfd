"""What a fix did to the visitors of a real server, in the seven words in which rules declare it.

Two answers of httpd are put under one word, and the word is held against the fixes that were made: what their rules
declare (``changes=``), and what static files they publish. The product classifies what its model says of a request; here
the same words are found from what httpd did, by other code.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import own_name

from .probe import Answer, Probe, changes
from .root import SITE, Link, Tree
from .server import Run

#: A request, and its answers before and after.
Pair = tuple[Probe, Answer, Answer]
Effect = Literal["regained", "restricted", "unlocked", "opened", "closed", "lost", "moved"]


@dataclass(frozen=True, slots=True)
class Applied:
    """The fixes of one rule and level that were made: what they may do to a visitor."""

    rule: str
    level: Applicability
    changes: frozenset[str] = frozenset()
    #: Static files that they may open: pairs of a URL prefix and a directory.
    publishes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.rule} ({self.level.label})"


def applied(fixed: Fixed, declared: Mapping[str, frozenset[str]]) -> tuple[Applied, ...]:
    """The rules that changed a configuration; ``declared`` are the ``changes=`` of all rules by name."""
    published: dict[tuple[str, Applicability], tuple[tuple[str, str], ...]] = {}
    for one in fixed.applied:
        key = one.rule, one.fix.applicability
        published[key] = (*published.get(key, ()), *one.fix.publishes)
    return tuple(
        Applied(rule, level, declared.get(rule, frozenset()), pairs) for (rule, level), pairs in published.items()
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One request that is answered otherwise."""

    effect: Effect
    probe: Probe
    was: Answer
    now: Answer

    def __str__(self) -> str:
        """As a failure prints it: the word, the request, and the fields that differ."""
        return f"{self.effect}: {self.probe}: {changes(self.was, self.now)}"


def differences(pairs: Sequence[Pair], before: Config, after: Config, tree: Tree) -> Iterator[Difference]:
    """Each request that a visitor sees answered otherwise. ``tree`` are the files of the server, for their links."""
    old, new = list(_restrictions(before)), list(_restrictions(after))
    still = [one for one in new if one.identity in {each.identity for each in old}]
    admitted = {name for probe, was, _ in pairs if _answered(was) for name in _names(probe, was)}
    links = _links(tree)
    guarded = _guarded(tree)
    for probe, was, now in pairs:
        asked = _names(probe, was)[0] in admitted
        word = _effect(probe, was, now, old, still, asked=asked, links=links, guarded=guarded)
        if word is not None:
            yield Difference(word, probe, was, now)


def admits(fix: Applied, difference: Difference) -> bool:
    """Whether a fix of this level, by a rule that declares this, may have done it."""
    effect = difference.effect
    if fix.level is Applicability.SAFE:
        return effect == "regained" and difference.was.status in (0, 404, 500, 503)
    if fix.level is Applicability.UNSAFE:
        return effect in fix.changes or (effect == "opened" and bool(fix.publishes))
    if effect == "opened":
        return _is_published(fix, difference)
    return effect in fix.changes and effect not in ("lost", "unlocked")


def _is_published(fix: Applied, difference: Difference) -> bool:
    path, file = difference.probe.path, difference.now.mapped
    return difference.now.who == "file" and any(
        path.startswith(prefix) and _lies_in(file, directory) for prefix, directory in fix.publishes
    )


def _lies_in(file: str, directory: str) -> bool:
    """Whether a file lies in a directory of a ``<Directory>``: a star stands for one name, or a part of one."""
    pattern = re.escape(directory.rstrip("/")).replace(r"\*", "[^/]*")
    return re.match(f"{pattern}(?:/|$)", file) is not None


def aligned(before: Run, after: Run, *, logs: bool = True) -> Iterator[Pair]:
    """Answers in pairs. A process is named by the first probe it answered: here, of those answered in both runs.

    Without ``logs`` nothing is said of where the application's errors go.
    """
    both = [one for one in before.answers if before.answers[one].who == after.answers[one].who == "application"]
    first: list[dict[str, str]] = [{}, {}]
    for one in both:
        for names, run in zip(first, (before, after), strict=True):
            names.setdefault(run.answers[one].process_class, str(one))
    for one in before.answers:
        pair = [run.answers[one] for run in (before, after)]
        old, new = (
            replace(
                answer,
                process_class=names.get(answer.process_class, "") if one in both else "",
                error_logs=answer.error_logs if logs else (),
                # httpd starts as many children as it has to; the processes of a group are counted in its definition.
                processes=answer.processes if answer.process_group else 0,
                # How far httpd had come when it refused is not seen by anyone.
                handler="" if answer.who == "httpd" and answer.status in (401, 403) else answer.handler,
            )
            for names, answer in zip(first, pair, strict=True)
        )
        yield one, old, new


# -- the word for two answers ---------------------------------------------------------------------------------------


def _effect(
    probe: Probe, was: Answer, now: Answer, old: Sequence[_Restriction], still: Sequence[_Restriction], *,
    asked: bool, links: Links, guarded: tuple[str, ...],
) -> Effect | None:  # fmt: skip
    """The word; None where a visitor sees no difference, or one that is seen at another URL as well.

    ``asked``: some visitors were let in at this URL before, or nobody was refused.
    """
    if was == now:
        return None
    refused = was.who == "httpd" and was.status in (401, 403)
    if now.handler in _OF_THE_SERVER and refused:
        # Who may see it is said by a line about its own URLs, as before; without one it is open to all.
        own = any(one.covers(_host(now), probe.path, now.mapped) for one in still)
        return "regained" if own else "opened"
    if now.who in ("file", "listing"):
        if was.who == now.who and was.mapped == now.mapped:
            return "moved"
        return "unlocked" if refused and (asked or was.status == 401) else "opened"
    if now.who == "application" or _is_redirect(now):
        if changes(was, now).keys() == {"remote_user"} and any(
            one.covers(_host(was), probe.path, was.mapped) for one in still
        ):
            # Who would not log in is asked to: this one did.
            return "restricted"
        if _answered(was) and (was.who == now.who or _is_redirect(now)):
            return "moved"
        if _adds_slash(probe, now):
            return None
        if refused and (asked or was.status == 401):
            return "unlocked"
        decided = any(one.is_decision and one.covers(_host(was), probe.path, now.mapped) for one in old)
        return "opened" if refused and decided else "regained"
    if not _answered(was) or _adds_slash(probe, was):
        return None
    if was.who == "listing" or (was.who == "file" and (is_sensitive(was.mapped) or _leads_out(was.mapped, links))):
        return "closed"
    if (now.status in (401, 403) or _is_failed_log_in(probe, now)) and (
        now.mapped.startswith(guarded) or any(one.covers(_host(now), probe.path, now.mapped) for one in still)
    ):
        return "restricted"
    return "lost"


#: Handlers of pages that tell of the server.
_OF_THE_SERVER = ("server-status", "server-info", "balancer-manager")


def _is_failed_log_in(probe: Probe, now: Answer) -> bool:
    """Whether a log-in was given that could not be checked: the program that does it is wrong."""
    return now.status == 500 and now.who == "httpd" and any(name == "Authorization" for name, _ in probe.headers)


def _names(probe: Probe, was: Answer) -> tuple[str, ...]:
    """What is asked for of which host, whoever asks; by TLS, it is what plain HTTP is refused as well."""
    plain = f"{_host(was)} {probe.method} {probe.path}"
    return (f"tls {plain}", plain) if probe.encrypted else (plain,)


def _host(answer: Answer) -> str:
    return answer.vhost.rpartition(":")[0]


def _answered(answer: Answer) -> bool:
    return answer.who in ("application", "file", "listing") or _is_redirect(answer)


def _is_redirect(answer: Answer) -> bool:
    return answer.who == "httpd" and 300 <= answer.status < 400


def _adds_slash(probe: Probe, answer: Answer) -> bool:
    """Whether mod_dir sends to the directory: what is won or lost with it is asked for itself."""
    return _is_redirect(answer) and answer.location.partition("://")[2].partition("/")[2] == f"{probe.path[1:]}/"


_SENSITIVE = re.compile(
    r"(?:^|/)\.(?!well-known(?:/|$)|\.?$)[^/]+|\.(?:py[co]?|wsgi|sqlite3?|db|sql|pem|key|ini|cfg|bak|orig|table)$|~$"
)


def is_sensitive(path: str) -> bool:
    """Whether its name says that a file is source, a database, a key, a backup, or hidden."""
    return bool(_SENSITIVE.search(path))


def _guarded(tree: Tree) -> tuple[str, ...]:
    """The directories whose .htaccess file refuses somebody: a line that was there, whether it was heard or not."""
    refusing = re.compile(r"^\s*(?:Require (?!all granted)|Deny from)", re.MULTILINE)
    return tuple(
        name.removesuffix(".htaccess")
        for name, entry in tree.items()
        if name.endswith("/.htaccess") and isinstance(entry, str) and refusing.search(entry)
    )


#: Links by their paths, and where they lead.
Links = Mapping[str, str]


def _links(tree: Tree) -> Links:
    found = {posixpath.join(SITE, name): entry.target for name, entry in tree.items() if isinstance(entry, Link)}
    return {
        path: posixpath.normpath(posixpath.join(posixpath.dirname(path), target.replace("@ROOT@", SITE)))
        for path, target in found.items()
    }


def _leads_out(path: str, links: Links) -> bool:
    """Whether a link on the way to a file leads out of the directory in which it lies."""
    return any(
        f"{path}/".startswith(f"{link}/") and not f"{target}/".startswith(posixpath.dirname(link).rstrip("/") + "/")
        for link, target in links.items()
    )


# -- what the text itself refuses -----------------------------------------------------------------------------------

_SECTIONS = ("directory", "directorymatch", "location", "locationmatch", "files", "filesmatch")


@dataclass(frozen=True, slots=True)
class _Restriction:
    """A line that refuses somebody, and the section of a place of its own in which it stands."""

    line: Item
    section: Item

    @property
    def identity(self) -> tuple[str, str, bool]:
        """The same in two texts, where a fix spells the section's name as it was meant, or writes the other dialect."""
        letters = re.sub(r"[^a-z0-9]", "", self.section.values[-1].lower())
        return self.section.key.removesuffix("match"), letters, self.is_absolute

    @property
    def is_absolute(self) -> bool:
        """Whether it refuses everybody."""
        if self.line.section("limit", "limitexcept"):
            return False
        words = tuple(map(str.lower, self.line.values))
        alone = not any(item.key == "allow" for item in self.section.children)
        return words == ("all", "denied") or (words == ("from", "all") and alone)

    @property
    def is_decision(self) -> bool:
        """Whether it refuses everybody, and no file within its section is let out of it."""
        return self.is_absolute and not any(item.key in ("files", "filesmatch") for item in self.section.children)

    def covers(self, host: str, path: str, file: str) -> bool:
        """Whether it holds for this URL path, which leads to this file, in the host of this name."""
        if not self.line.server.is_main and own_name(self.line.server) not in (host, None):
            return False
        kind, name = self.section.key, self.section.values[-1]
        subject = {"directory": file, "location": path.partition("?")[0]}.get(
            kind.removesuffix("match"), posixpath.basename(file)
        )
        if kind.endswith("match") or self.section.values[0] == "~":
            try:
                return re.search(name, subject) is not None
            except re.error:
                return True
        if kind == "files":
            return fnmatchcase(subject, name)
        return fnmatchcase(subject, name.rstrip("/")) or fnmatchcase(subject, name.rstrip("/") + "/*")


def _restrictions(config: Config) -> Iterator[_Restriction]:
    for item in config.named("require", "deny", "order", "sslrequiressl", "allow"):
        words = tuple(map(str.lower, item.values))
        if words in (("all", "granted"), ("from", "all")) and item.key != "deny":
            continue
        section = _own_section(item)
        if section is not None and section.args and section.value not in ("/", "*"):
            yield _Restriction(item, section)


def _own_section(item: Item) -> Item | None:
    return next((each for each in reversed(tuple(item.sections)) if each.key in _SECTIONS), None)
