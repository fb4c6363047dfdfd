"""The open texts of an editor, which stand in for the files on the disk until they are closed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from modwsgi_fix.lsp.positions import Encoding, Position, lines_of
from modwsgi_fix.lsp.uris import path_of, uri_of
from modwsgi_fix.tuples import NamedTuple


class Buffer(NamedTuple):
    """An open text. ``path`` is as the editor opened it, ``key`` the path of the file with all links resolved."""

    uri: str
    path: str
    key: str
    language: str
    version: int
    text: str


class Change(NamedTuple):
    """A text in place of a range; in place of the whole text where ``start`` is None."""

    text: str
    start: Position | None = None
    end: Position | None = None


def changed(text: str, changes: Iterable[Change], encoding: Encoding) -> str:
    """Return the text after changes, one after another. A range outside of the text is moved into it."""
    for change in changes:
        if change.start is None or change.end is None:
            text = change.text
            continue
        lines = lines_of(text)
        start, end = lines.offset(change.start, encoding), lines.offset(change.end, encoding)
        start, end = min(start, end), max(start, end)
        text = text[:start] + change.text + text[end:]
    return text


def text_on_disk(key: str) -> str | None:
    """Return the text of a file, None where it cannot be read."""
    # Imported when the first text is opened, because an editor waits for the language server to start.
    from modwsgi_fix.files import Disk, FileProblem

    try:
        return Disk().read(key)
    except FileProblem:
        return None


class Buffers:
    """The open texts.

    ``generation`` grows with every event that may change an answer; ``staled`` is that of the last one which was not a change
    of an open text (``stale``).
    """

    def __init__(self) -> None:
        self._open: dict[str, Buffer] = {}
        self.generation = 0
        self.staled = 0

    def __iter__(self) -> Iterator[Buffer]:
        return iter(self._open.values())

    def get(self, uri: str) -> Buffer | None:
        """Return the text that is open under a URI; None for a URI without a file."""
        return self._open.get(uri)

    def open(self, uri: str, language: str, version: int, text: str) -> None:
        """Hold a text under its URI; a URI without a file is ignored. The text that the file has changes no answer."""
        path = path_of(uri)
        if path is not None:
            key = os.path.realpath(path)
            before = self._text(key)
            self._open.pop(uri, None)
            self._open[uri] = Buffer(uri, path, key, language, version, text)
            if before != text:
                self.stale()

    def change(self, uri: str, version: int, changes: Iterable[Change], encoding: Encoding) -> None:
        """Apply changes to a text; changes to a text that was never opened are ignored."""
        buffer = self._open.pop(uri, None)
        if buffer is not None:
            text = changed(buffer.text, changes, encoding)
            # Where a file is open under two names, the text that was changed last stands in for it.
            self._open[uri] = buffer._replace(version=version, text=text)
            self.generation += 1

    def close(self, uri: str) -> None:
        """Let the text under a URI go. Where the file has the same text, this changes no answer."""
        closed = self._open.pop(uri, None)
        if closed is not None and self._text(closed.key) != closed.text:
            self.stale()

    def _text(self, key: str) -> str | None:
        """Return the text that is open of a file, else the one on the disk; None where there is none."""
        opened = self.texts.get(key)
        return text_on_disk(key) if opened is None else opened

    def kept(self) -> Buffers:
        """Return the texts as they are now, for whoever answers in another thread while more is typed."""
        kept = Buffers()
        kept._open, kept.generation, kept.staled = dict(self._open), self.generation, self.staled
        return kept

    def stale(self) -> None:
        """Note that earlier answers need no longer hold, and that nobody is typing."""
        self.generation += 1
        self.staled = self.generation

    @property
    def typing(self) -> bool:
        """Whether the last event was a change of an open text."""
        return self.staled < self.generation

    @property
    def texts(self) -> Mapping[str, str]:
        """The open texts, by the key of their file."""
        return {buffer.key: buffer.text for buffer in self}

    def uri(self, key: str) -> str:
        """Return the URI of a file: as the editor opened it, else made from its path."""
        return next((buffer.uri for buffer in reversed(self._open.values()) if buffer.key == key), uri_of(key))

    def uris(self, key: str) -> tuple[str, ...]:
        """Return every URI under which a file is open; else the one made from its path."""
        return tuple(buffer.uri for buffer in self if buffer.key == key) or (uri_of(key),)
