"""Files that a ``.gitignore`` leaves out of a tree: build products, copies, secrets, none of which should be rewritten.

gitignore(5): patterns of a directory count for everything below it, those of deeper directories come before those above,
and the last pattern that matches decides. The user's own ignore file and ``.git/info/exclude`` are not read.
"""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Ignored(NamedTuple):
    """The patterns that apply in a directory, innermost last: (directory, patterns)."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def matches(self, path: str, *, is_dir: bool) -> bool:
        """Whether git would leave this absolute path out."""
        for base, spec in reversed(self.specs):
            relative = path[len(base.rstrip("/")) + 1 :] + ("/" if is_dir else "")
            verdict = spec.check_file(relative).include
            if verdict is not None:
                return verdict
        return False

    def within(self, files: Files, directory: str, key: str) -> Ignored:
        """Return the patterns that apply in a directory, whose absolute path is ``key``: these and its own."""
        path = posixpath.join(directory, ".gitignore")
        if not files.is_file(path):
            return self
        try:
            lines = files.read(path).split("\n")
        except FileProblem:
            return self
        from pathspec import GitIgnoreSpec
        from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

        patterns = []
        for line in lines:
            with suppress(ValueError):  # a pattern that git would refuse, too
                patterns.append(GitIgnoreSpecPattern(line.removesuffix("\r")))
        return Ignored((*self.specs, (key, GitIgnoreSpec(patterns))))


def above(files: Files, directory: str) -> Ignored:
    """Return the patterns from above a directory that apply in it, where it lies in a repository."""
    key = files.key(directory)
    parents: list[str] = []
    top = key
    while not (files.is_dir(posixpath.join(top, ".git")) or files.is_file(posixpath.join(top, ".git"))):
        parent = posixpath.dirname(top)
        if parent == top:
            return Ignored()
        top = parent
        parents.append(top)
    ignored = Ignored()
    for parent in reversed(parents):
        ignored = ignored.within(files, parent, parent)
    return ignored
