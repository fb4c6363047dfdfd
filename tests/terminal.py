"""A program on a terminal of its own, which a test reads and types at."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

#: Seconds after which nothing more is coming.
KILL = 60


class Terminal:
    """modwsgi-fix on a terminal; ``screen`` is what it has shown so far, with line ends as LF.

    ``before`` are lines of Python that are run first, in the same process.
    """

    def __init__(
        self, directory: Path, *words: str, environment: Mapping[str, str] | None = None, before: str = ""
    ) -> None:
        self.screen = ""
        self._code: int | None = None
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            os.chdir(directory)
            os.environ.update({"TERM": "dumb", **(environment or {})})
            # A shell that runs the tests behind it has them ignore Ctrl-C, and so would this.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            run = ["-c", f"{before}\nimport sys\nfrom modwsgi_fix.cli import main\nsys.exit(main(sys.argv[1:]))"]
            os.execv(sys.executable, [sys.executable, "-P", *(run if before else ["-m", "modwsgi_fix.cli"]), *words])
        termios.tcsetwinsize(self._end, (50, 200))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._code is None:
            os.kill(self._pid, 9)
            os.waitpid(self._pid, 0)
        os.close(self._end)

    def until(self, text: str) -> None:
        """Wait until a text has been shown behind what was waited for before."""
        start, deadline = getattr(self, "_seen", 0), time.monotonic() + KILL
        while text not in self.screen[start:]:
            assert time.monotonic() < deadline, self.screen
            assert self._read(), self.screen
        self._seen = self.screen.index(text, start) + len(text)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.write(self._end, b"\x03")

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        while self._read():
            pass
        self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code

    def _read(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], KILL)
        assert ready, self.screen
        try:
            data = os.read(self._end, 65536)
        except OSError:  # Linux: nobody has the other end open any more
            return False
        self.screen += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
