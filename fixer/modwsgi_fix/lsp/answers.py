"""The server that an open text belongs to, and its findings, kept until something changes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from modwsgi_fix.lsp.buffers import Buffer, Buffers

if TYPE_CHECKING:
    # Imported when the first text is opened, because an editor waits for the language server to start.
    from modwsgi_fix.lsp.asking import Known, Question, Safely
    from modwsgi_fix.model.config import Config
    from modwsgi_fix.model.items import File
    from modwsgi_fix.records import Finding, Report
    from modwsgi_fix.workspace.session import Session

#: The most states of a server that are remembered, for whoever takes back what was typed.
_STATES = 20
#: The paths of a server's main file below a directory that an editor works in.
_BELOW = ("", "etc/apache2", "etc/httpd")


class Answer:
    """A server as it is now; ``_known`` is set where it was checked without reading all of it."""

    #: Whether this is the answer of a text alone, whose server is not known yet.
    is_alone = False

    def __init__(
        self, question: Question, read: Callable[[], Session], *, hurried: bool, known: Known | None = None
    ) -> None:
        self.question = question
        self._read = read
        self._hurried = hurried
        self._known = known
        self._around: dict[str, Config | None] = {}

    @cached_property
    def session(self) -> Session:
        """The session, which is read with the first use."""
        return self._read()

    @property
    def configs(self) -> tuple[Config, ...]:
        """The servers as they were read."""
        return self.session.configs

    @property
    def last_read(self) -> tuple[Config, ...]:
        """The servers as they were last read as a whole: since then texts may have changed (``text``), but no definition."""
        return self.configs if self._known is None else self._known.configs

    def text(self, file: File) -> str:
        """Return the present text of a file of ``last_read``."""
        return file.text if self._known is None else self._known.text(file.path)

    def has(self, key: str, text: str) -> bool:
        """Whether this is the text of a file, as far as it matters here."""
        if key in self.question.texts:
            return self.question.texts[key] == text
        if self._known is not None and self._known.reads(key):
            return self._known.text(key) == text
        read = (each[key].text for one in self.last_read for each in (one.files, one.scripts) if key in each)
        return next(read, None) == text

    @cached_property
    def report(self) -> Report:
        """The report on the server."""
        if self._known is not None:
            return self._known.report
        from modwsgi_fix.lsp.asking import checked

        return checked(self.session, hurried=self._hurried)

    def known(self) -> Known | None:
        """What the next question can start from; None where the server was not checked."""
        if self._known is not None or "report" not in vars(self):
            return self._known
        return self._compared

    @cached_property
    def _compared(self) -> Known | None:
        from modwsgi_fix.lsp.asking import known

        return known(self.session, self.report, self.question.texts)

    def configs_around(self, key: str) -> tuple[Config, ...]:
        """The servers, without hosts on which nothing depends that holds in a file."""
        if self._known is None or "session" in vars(self):
            return self.configs
        if key not in self._around:
            self._around[key] = self._known.around(key)
        config = self._around[key]
        return self.configs if config is None else (config,)

    def safely(self, question: Question, key: str) -> Safely:
        """Return the question about the safe fixes of a file of this server; ``question`` is the one about the file alone."""
        from modwsgi_fix.lsp.asking import Safely

        report = self.report if self._known is not None or "report" in vars(self) else None
        return Safely(question, key, self.question.paths, report, self.known)

    @cached_property
    def findings(self) -> dict[str, list[Finding]]:
        """The findings, by the key of their file."""
        found: dict[str, list[Finding]] = {}
        for finding in self.report.findings:
            found.setdefault(finding.place.file.path, []).append(finding)
        return found

    def reads(self, key: str) -> bool:
        """Whether a file is a configuration of this server."""
        if self._known is not None:
            return self._known.reads(key)
        return any(key in config.files for config in self.configs)

    def runs(self, key: str) -> bool:
        """Whether a file is a script of this server, which the rules read where they find it."""
        from modwsgi_fix.model.facts.scripts import loaded_scripts

        return any(script.path == key for config in self.configs for script in loaded_scripts(config))


class Answers:
    """The servers that were asked about.

    ``roots`` are the directories that the editor works in; ``tell`` is called with a line for the editor's log.
    """

    def __init__(self, buffers: Buffers, tell: Callable[[str], None]) -> None:
        self.buffers = buffers
        self.roots: tuple[str, ...] = ()
        self.root: str | None = None
        self._tell = tell
        self._told: set[str] = set()
        self._generation = self._staled = -1
        self._tops: dict[tuple[str, ...], Sequence[str]] = {}
        self._known: dict[tuple[str, ...], Answer | None] = {}
        #: What the next answers may start from, for as long as only open texts change: the last states, the last one first.
        self._before: dict[tuple[str, ...], list[Known]] = {}

    def of(self, buffer: Buffer) -> Answer | None:
        """Return the server that an open text belongs to, or one of this text alone.

        None where the text is neither a configuration nor a WSGI script, or where nothing can be read.
        """
        if _is_python(buffer):
            return self._of_script(buffer)
        for top in self._above(buffer.path, buffer.key):
            answer = self._current((top,), buffer)
            if answer is not None and answer.reads(buffer.key):
                return answer
        return self._current((buffer.path,), buffer)

    def _current(self, paths: tuple[str, ...], buffer: Buffer) -> Answer | None:
        """Return the server at some paths, which is read again where it was read before a text was opened and had another one."""
        answer = self.at(paths)
        if answer is None or answer.has(buffer.key, self.buffers.texts[buffer.key]):
            return answer
        self._before.pop(paths, None)
        self._known[paths] = self._read(self.question(paths))
        return self._known[paths]

    def at(self, paths: tuple[str, ...]) -> Answer | None:
        """Return the server at some paths; None where it cannot be read, which the log says once."""
        if self._generation != self.buffers.generation:
            self._keep()
            self._known.clear()
            self._generation = self.buffers.generation
        if paths not in self._known:
            self._known[paths] = self._read(self.question(paths))
        return self._known[paths]

    def prepare(self) -> None:
        """Find out what the next answers can start from, before somebody waits for them."""
        for answer in self._known.values():
            if answer is not None:
                answer.known()

    def _keep(self) -> None:
        """Keep what the next answers can start from: nothing, where more than open texts has changed since the last ones."""
        if self.buffers.staled > self._generation:
            self._before.clear()
            return
        for paths, answer in self._known.items():
            if answer is not None and (known := answer.known()) is not None:
                others = [one.lean() for one in self._before.get(paths, ()) if one.texts != known.texts]
                self._before[paths] = [known, *others[: _STATES - 1]]

    def question(self, paths: tuple[str, ...]) -> Question:
        """Return the question about the server at some paths, with the texts that are open."""
        from modwsgi_fix.lsp.asking import Question

        return Question(paths, self.buffers.texts, self.root)

    def all(self) -> list[Answer]:
        """Return every server that an open text belongs to."""
        found = [self.of(buffer) for buffer in self.buffers]
        return list(dict.fromkeys(one for one in found if one is not None))

    def everywhere(self) -> list[Answer]:
        """Return every server that an open text belongs to, and those in the directories that the editor works in."""
        at_roots = [self.at((top,)) for top in self._at_roots()]
        return list(dict.fromkeys([*self.all(), *(one for one in at_roots if one is not None)]))

    def _read(self, question: Question) -> Answer | None:
        from modwsgi_fix.files import FileProblem
        from modwsgi_fix.lsp.asking import read
        from modwsgi_fix.workspace.errors import SettingsError, Stop, explain

        before = self._before.get(question.paths, ())
        now = next((one for one in before if one.texts == question.texts), None)
        if now is None and before:
            now = before[0].under(question.texts)
        if now is not None:
            return Answer(question, lambda: read(question), hurried=True, known=now)
        try:
            session = read(question)
            return Answer(question, lambda: session, hurried=self.buffers.typing)
        except (Stop, FileProblem, SettingsError) as error:
            line = explain(error) or ""
            if line not in self._told:
                self._told.add(line)
                self._tell(line)
            return None

    def _above(self, *paths: str) -> Sequence[str]:
        """Return the directories of the servers above some paths, the nearest first; those of open texts stay while one types."""
        if self._staled != self.buffers.staled:
            self._tops.clear()
            self._staled = self.buffers.staled
        if paths not in self._tops:
            self._tops[paths] = tuple(self._found_above(paths))
        return self._tops[paths]

    def _found_above(self, paths: Iterable[str]) -> Iterator[str]:
        from modwsgi_fix.files import Disk, Overlay
        from modwsgi_fix.model.reading.source import servers_above

        files = Overlay(Disk(), self.buffers.texts)
        for path in dict.fromkeys(paths):
            for source in servers_above(files, path):
                yield source.given[0][0]

    def _at_roots(self) -> Iterator[str]:
        """Yield the directories of the servers in the directories that the editor works in."""
        from modwsgi_fix.model.reading.source import lies_in

        for directory in self.roots:
            for top in self._above(*(posixpath.join(directory, name, "x") for name in _BELOW)):
                if lies_in(top, directory):
                    yield top

    def _of_script(self, buffer: Buffer) -> Answer | None:
        """Return the server that runs a script; else one of the script alone, where its name or a binding makes it a script."""
        from modwsgi_fix.directives.suffixes import SCRIPT
        from modwsgi_fix.model.reading.source import BINDS_APPLICATION

        tops = [top for other in self.buffers for top in self._above(other.path, other.key)]
        for top in dict.fromkeys([*tops, *self._at_roots()]):
            answer = self._current((top,), buffer)
            if answer is not None and answer.runs(buffer.key):
                return answer
        is_script = buffer.path.endswith(SCRIPT) or BINDS_APPLICATION.search(buffer.text) is not None
        return self.at((buffer.path,)) if is_script else None


class TextsAlone(Answers):
    """Answers that need no server, for while the servers are being read: the texts, and what is known of directives."""

    def __init__(self, buffers: Buffers) -> None:
        super().__init__(buffers, lambda line: None)

    def of(self, buffer: Buffer) -> Answer | None:
        """Return an answer without a server; None for a script."""
        return None if _is_python(buffer) else _TextAlone(self.question((buffer.path,)))


class _TextAlone(Answer):
    """The answer for one open text, of whose server nothing is known."""

    is_alone = True

    def __init__(self, question: Question) -> None:
        super().__init__(question, lambda: None, hurried=True)  # type: ignore[arg-type, return-value]

    @property
    def configs(self) -> tuple[Config, ...]:
        """No server."""
        return ()

    @cached_property
    def findings(self) -> dict[str, list[Finding]]:
        """No findings."""
        return {}

    def reads(self, key: str) -> bool:
        """Whether the text is taken for a configuration."""
        return True


def _is_python(buffer: Buffer) -> bool:
    from modwsgi_fix.model.language import is_python

    return is_python(buffer.path, buffer.text)
