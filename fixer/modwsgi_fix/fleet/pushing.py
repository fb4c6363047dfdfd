"""What was changed in a fetched copy, compared with the server, and taken back to it.

Only files whose bytes came by fetch go back, each to the place that it came from, and only where it is there as it came.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath, relpath

from modwsgi_fix.files import MANIFEST, FileProblem, problem
from modwsgi_fix.files.fetched import Manifest
from modwsgi_fix.fleet import installer, listing
from modwsgi_fix.fleet.far import Far, asked, lines_of
from modwsgi_fix.fleet.fetching import said_main, top_of
from modwsgi_fix.fleet.installer import Change, Orders
from modwsgi_fix.text import decode, encode, listed
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop

#: The most bytes of what a script tells.
_TOLD = 4 << 20
#: Directories of version control, which are not the server's.
_NOT_OURS = frozenset({".git", ".hg", ".svn", ".bzr"})


class Local(NamedTuple):
    """What a copy says otherwise than its manifest: the bytes of files that were changed, and why others are left out."""

    changed: Mapping[str, bytes]
    left_out: Mapping[str, str]


class Look(NamedTuple):
    """What became of changed files on the server: those to push, and those that are there already, as the copy has them."""

    changes: tuple[Change, ...]
    done: Mapping[str, bytes]


class Answered(NamedTuple):
    """A URL with its status and Location before the push, and afterwards; ``after`` is empty where it was not asked then."""

    url: str
    before: str
    after: str


class Outcome(NamedTuple):
    """How a push ended there.

    ``verdict`` is ``done``; ``refused`` where nothing was changed; ``back`` where all was taken back, ``stuck`` where not all
    could be. ``said`` are lines of the commands there. ``is_ill`` says that httpd could not be told to read the old files.
    """

    verdict: str
    reason: str
    said: tuple[str, ...]
    answers: tuple[Answered, ...] = ()
    is_ill: bool = False


# -- here --------------------------------------------------------------------------------------------------------------


def changed_here(top: str, manifest: Manifest) -> Local:
    """Compare a copy with its manifest. Raises ``FileProblem``."""
    changed, left_out = dict[str, bytes](), dict[str, str]()
    links = _links(manifest)
    walked = dict(sorted(_walked(top)))
    for path, is_link in walked.items():
        target = links.get(path)
        if path in manifest.digests and not is_link:
            data = _read(top, path)
            if listing.digest(data) != manifest.digests[path]:
                changed[path] = data
        elif path in manifest.digests or (target is not None and not is_link):
            left_out[path] = (
                f"is a {'file' if target is None else 'link'} there, and a {'link' if is_link else 'file'} here"
            )
        elif target is None:
            left_out[path] = "is new here"
        elif decode(os.readlink(_place(top, path))) != target:
            left_out[path] = "leads elsewhere here"
    for path in (*manifest.digests, *links):
        if path not in walked:
            left_out[path] = "was deleted here"
    if any(not listing.is_plain(path) or path.startswith(f"{stage_of(manifest)}/") for path in changed):
        raise Stop(f"{top}/{MANIFEST}: names a file that cannot be pushed; fetch the server anew")
    return Local(changed, left_out)


def _links(manifest: Manifest) -> dict[str, str]:
    """Return the links that ``write_copy`` made, and where each leads."""
    links = {path: entry.target for path, entry in manifest.entries.items() if entry.kind == "l"}
    made = {}
    for path, target in links.items():
        if path not in manifest.digests and not any(above in links for above in _above(path)):
            made[path] = relpath(normpath(join("/", dirname(path), target)), dirname(path))
    return made


def _above(path: str) -> Iterator[str]:
    while (path := dirname(path)) not in ("", "/"):
        yield path


def _walked(top: str) -> Iterator[tuple[str, bool]]:
    """Yield the files in a copy by their paths on the server, and whether each is a link here."""
    stack = [encode(top.rstrip("/") or "/")]
    start = len(stack[0].rstrip(b"/"))
    try:
        while stack:
            with os.scandir(stack.pop()) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    path = decode(entry.path[start:])
                    if entry.is_dir(follow_symlinks=False):
                        if decode(entry.name) not in _NOT_OURS:
                            stack.append(entry.path)
                    elif path != f"/{MANIFEST}":
                        yield path, entry.is_symlink()
    except OSError as error:
        raise problem(top, error) from error


def _place(top: str, path: str) -> bytes:
    return encode(top.rstrip("/") + path)


def _read(top: str, path: str) -> bytes:
    place = _place(top, path)
    try:
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            data = file.read(listing.MOST_FILE + 1)
    except OSError as error:
        raise problem(decode(place), error) from error
    if len(data) > listing.MOST_FILE:
        raise FileProblem(decode(place), f"has more than {listing.MOST_FILE >> 20} MB")
    return data


def pushed(manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """Return the manifest of a server on which files have other bytes now."""
    entries = dict(manifest.entries)
    for path, data in files.items():
        if path in entries:
            entries[path] = entries[path]._replace(size=len(data))
    digests = {path: listing.digest(data) for path, data in files.items()}
    return manifest._replace(entries=entries, digests={**manifest.digests, **digests})


# -- there -------------------------------------------------------------------------------------------------------------


def stage_of(manifest: Manifest) -> str:
    """Return the directory there in which a push has what it needs."""
    return join(top_of(manifest.main), installer.STAGE)


def must_be_httpds_own(manifest: Manifest, orders: Orders) -> None:
    """Raise ``Stop`` where the commands of the server are for another main file than the one that was fetched."""
    main = said_main(manifest.facts.get("version", ""))
    if main and main != manifest.main and not (orders.configtest and (orders.graceful or not orders.is_reloaded)):
        raise Stop(
            f"{manifest.main}: httpd there reads {main}; name the commands for this one by --configtest and --graceful"
        )


def interrupted(far: Far, manifest: Manifest) -> bool:
    """Whether a push was ended there in the middle. Raises ``Stop`` where one is running."""
    ((word, rest),) = _told(far, lambda end: installer.look(stage_of(manifest), end))[-1:] or [("", "")]
    if word not in ("none", "left", "running", "foreign"):
        raise Stop(f"{far.host}: did not answer; is it a POSIX shell?")
    if word in ("running", "foreign"):
        raise Stop(_busy(far, manifest, word, rest))
    return word == "left"


def _busy(far: Far, manifest: Manifest, word: str, rest: str) -> str:
    stage = stage_of(manifest)
    if word == "foreign":
        return f"{far.host}: {stage} is another user's, or is not a directory; a push of that user is running, or was ended"
    process = f" (process {rest})" if rest.isdecimal() else ""
    return f"{far.host}: another push is running{process}; if it is not, sh {stage}/undo takes it back, then delete {stage}"


def looked_at(far: Far, manifest: Manifest, local: Local) -> Look:
    """Compare changed files with those on the server. Raises ``Stop`` where one of them was changed there meanwhile."""
    now = listing.contents(far, local.changed)
    changes, done, refused = [], {}, []
    for path, after in local.changed.items():
        before = now.get(path)
        if before == after:
            done[path] = after
        elif before is None:
            refused.append(f"{path}: cannot be read there any longer as a file without a private key")
        elif listing.digest(before) != manifest.digests[path]:
            refused.append(f"{path}: was changed there meanwhile")
        else:
            changes.append(Change(path, before, after))
    if refused:
        raise Stop(f"{far.host}: {listed(refused, 20)}; nothing was changed there; fetch the server anew")
    return Look(tuple(changes), done)


def recovered(far: Far, manifest: Manifest, orders: Orders) -> Outcome:
    """Take back what a push left that was ended in the middle. Raises ``Stop``."""
    outcome = _outcome(_told(far, lambda end: installer.recover(stage_of(manifest), orders, end)), ())
    if outcome.verdict in ("running", "foreign"):
        raise Stop(_busy(far, manifest, outcome.verdict, outcome.reason))
    return outcome


def push(far: Far, manifest: Manifest, changes: Iterable[Change], orders: Orders) -> Outcome:
    """Put files in their places there, all or none. Raises ``Stop`` where it is not known how it ended."""
    every = tuple(changes)
    outcome = _outcome(_told(far, lambda end: installer.push(stage_of(manifest), every, orders, end)), orders.probes)
    if outcome.verdict == "running":
        raise Stop(_busy(far, manifest, outcome.verdict, outcome.reason))
    if not outcome.verdict:
        raise Stop(f"{far.host}: did not say how the push ended; push again to see what is there")
    return outcome


def _told(far: Far, script: Callable[[str], str]) -> list[tuple[str, str]]:
    _, end = lines_of(())
    return installer.told(asked(far, script(end), _TOLD).data, end)


def _outcome(told: list[tuple[str, str]], urls: tuple[str, ...]) -> Outcome:
    words = ("done", "refused", "back", "stuck", "running", "foreign")
    verdict, reason = next(((word, rest) for word, rest in reversed(told) if word in words), ("", ""))
    answers = {word: [rest.strip() for each, rest in told if each == word] for word in ("before", "after")}
    after = [*answers["after"], *[""] * len(urls)]
    return Outcome(
        verdict,
        reason,
        tuple(rest for word, rest in told if word == "said"),
        tuple(Answered(*each) for each in zip(urls, answers["before"], after, strict=False)),
        any(word == "ill" for word, _ in told),
    )
