"""A run that a signal ends puts back what it was writing, and says which signal it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from disturbance import contents

TWICE = b"WSGIDaemonProcess site threads=15\nWSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
ONCE = b"WSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
WORDS = ["modwsgi-fix", "--isolated", "--select", "duplicate-daemon-process", "-q", "--write"]

#: One run for each step before which the signal comes, until one is over; with ``again``, it comes before each later
#: step too.
PROGRAM = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from disturbance import backups, changes, interfere
from modwsgi_fix.cli.signals import Stopped, raised
from modwsgi_fix.files.writing import write_all
root, number, again = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "True"
signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
code = step = 1
while code:
    here = root / str(step)
    for name in ("a.conf", "sub/b.conf"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(name + " before")
    pid = os.fork()
    if not pid:
        class Counted(list):
            def append(self, name):
                super().append(name)
                if again and len(self) > step:
                    os.kill(os.getpid(), number)
        interfere(setattr, step, lambda: os.kill(os.getpid(), number), Counted())
        try:
            with raised():
                write_all(changes(here), backups=backups(here))
        except Stopped as stopped:
            os._exit(stopped.code)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(code)
    step += 1
"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "again"), [("INT", False), ("TERM", False), ("TERM", True), ("HUP", False)])
def test_a_signal_at_any_step(tmp_path: Path, name: str, *, again: bool) -> None:
    number = int(getattr(signal, f"SIG{name}"))
    program = PROGRAM.format(path=[str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(number), str(again)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    codes = [int(code) for code in done.stdout.split()]
    ended = [contents(tmp_path / str(step)) for step in range(1, len(codes) + 1)]
    before = {"a.conf": b"a.conf before", "sub/b.conf": b"sub/b.conf before"}
    after = {name: text.replace(b"before", b"after" * 9) for name, text in before.items()}
    after |= {f"{name}.orig": text for name, text in before.items()}
    assert len(codes) > 15
    for code, left in zip(codes, ended, strict=True):
        assert (code, left) in [(128 + number, before), (128 + number, after), (0, after)]
    # Once the journal is about to go, the run is carried through, and ends then.
    assert 0 < sum(code and left != before for code, left in zip(codes, ended, strict=True)) < 5


def write(directory: Path, *words: str, ignored: signal.Signals | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    # A shell starts background jobs with SIGINT ignored, and so what they start.
    prepare = "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    prepare += "" if ignored is None else f"signal.signal({int(ignored)}, signal.SIG_IGN)\n"
    program = f"import signal, sys\n{prepare}sys.argv = {[*WORDS, *words]!r}\n"
    program += "from modwsgi_fix.cli import main\nmain()\n"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=directory, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
def test_a_signal_while_the_verification_runs(tmp_path: Path, name: str) -> None:
    (tmp_path / "site.conf").write_bytes(TWICE)
    done = write(tmp_path, "--verify", f"kill -{name} $PPID; sleep 60", "site.conf")
    assert (done.returncode, done.stderr) == (128 + int(getattr(signal, f"SIG{name}")), "")
    assert contents(tmp_path) == {"site.conf": TWICE}


@pytest.mark.slow
def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_bytes(TWICE)
    done = write(tmp_path, "--verify", "kill -HUP $PPID", "site.conf", ignored=signal.SIGHUP)
    assert done.returncode == 0
    assert contents(tmp_path) == {"site.conf": ONCE}


def test_the_command_line_called_from_python_leaves_signals_alone(tmp_path: Path) -> None:
    from modwsgi_fix.cli import main

    (tmp_path / "site.conf").write_bytes(ONCE)
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    assert main([str(tmp_path / "site.conf")]) == 0
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)] == before
    assert os.listdir(tmp_path) == ["site.conf"]
