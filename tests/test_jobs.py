"""Several servers side by side (``--jobs``): the same bytes, whoever was first, and nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import Outcome, Run, refused, tree
from terminal import KILL, Terminal
from test_shapes import HOST, MAIN, copies

pytestmark = pytest.mark.slow

#: The servers that ``farm`` has, in the order in which they are named.
SERVERS = ("old", "many", "clean", "twin", "broken")
OLD = """\
LoadModule wsgi_module modules/mod_wsgi.so
WSGIDaemonProcess site threads=5
WSGIDaemonProcess site threads=5
WSGIScriptAlias / /srv/app.wsgi
# modwsgi-fix: allow allow-in-location -- as it was
<Location /admin>
    Order deny,allow
    Allow from all
</Location>
<Directory /srv>
    Order deny,allow
    Allow from all
</Directory>
"""


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """Servers with and without findings, one of many hosts that are alike, two that share a file, and one that cannot be read."""
    farm = tmp_path / "farm"
    for name in SERVERS:
        (farm / name).mkdir(parents=True)
    (farm / "shared.conf").write_text("WSGIDaemonProcess both\nWSGIDaemonProcess both\n")
    (farm / "old/apache2.conf").write_text(OLD + "Include ../shared.conf\n")
    (farm / "twin/apache2.conf").write_text("Include ../shared.conf\nNoSuchDirective on\n" + OLD)
    (farm / "clean/apache2.conf").write_text("Listen 80\n")
    (farm / "many/sites-enabled").mkdir()
    (farm / "many/apache2.conf").write_text(MAIN)
    host = HOST.replace("threads=5", "threads=5 maximum-requests=1").replace(
        "/srv/{name}/static/\n", "/srv/{name}/static\n"
    )
    for name, text in copies(host, 9).items():
        (farm / "many/sites-enabled" / name).write_text(text)
    (farm / "broken/apache2.conf").symlink_to("nowhere")
    return tmp_path


def ran(directory: Path, *words: str, before: str = "") -> Outcome:
    """The command line in a process of its own: copies are not made of one that has threads, as pytest may."""
    program = f"{before}\nimport sys\nfrom modwsgi_fix.cli import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-Werror::DeprecationWarning", "-P", "-c", program, *words],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=KILL * 3,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def servers(*more: str) -> list[str]:
    return [f"farm/{name}" for name in SERVERS] + ["farm/shared.conf", *more]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--output-format", "json"],
        ["--output-format", "sarif", "--report-suppressed"],
        ["--output-format", "full", "--all"],
        ["--diff"],
        ["--diff", "--output-format", "json", "--impact", "full"],
    ],
    ids=" ".join,
)
def test_the_same_bytes_as_one_after_another(farm: Path, words: list[str]) -> None:
    alone, together = (ran(farm, "--isolated", *words, *jobs, *servers()) for jobs in ([], ["-j", "3"]))
    assert together == alone
    assert (alone.code, "modwsgi-fix: farm/broken" in alone.err) == (2, True)
    assert "duplicate-daemon-process" in alone.out + alone.err


def test_the_same_with_a_baseline(farm: Path) -> None:
    assert ran(farm, "baseline", "write", "farm/old", "farm/twin", "--baseline", "known.json").code == 0
    words = ["--isolated", "--baseline", "known.json", *servers()]
    alone, together = ran(farm, *words), ran(farm, "--jobs=2", *words)
    assert together == alone
    assert "are not shown" in alone.err


def test_a_write_is_one_write_and_undone_as_one(farm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(farm)
    written = []
    for jobs in ([], ["-j2"]):
        monkeypatch.setenv("XDG_STATE_HOME", str(farm / "state" / str(len(jobs))))
        outcome = ran(farm, "--isolated", "--write", *jobs, *servers())
        written.append((outcome, {name: data for name, data in tree(farm).items() if not name.startswith("state")}))
        assert ran(farm, "undo").code == 0
        assert {name: data for name, data in tree(farm).items() if not name.startswith("state")} == before
    (alone, files), (together, files_together) = written
    assert (together, files_together) == (alone, files)
    assert files != before


#: The only rule: a server wants its own name where an X stands.
NAMED = """
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.rule import Diagnostic, Rule, Severity
from modwsgi_fix.text import Span
from modwsgi_fix.workspace import plan
def check(config):
    first, *_, last = config.files.values()
    if last.text.startswith("X"):
        edit = Edit(last.path, Span(0, 1), f"# {first.name}")
        yield Diagnostic(last.path, Span(0, 1), "is so", Fix.safe("Go", edit))
plan.known_rules = lambda: {"only-rule": Rule("only-rule", "test", check, Severity.WARNING, "A page.")}
"""


def test_a_shared_file_that_two_servers_want_otherwise(tmp_path: Path) -> None:
    for name in ("httpd", "apache2"):
        (tmp_path / f"{name}.conf").write_text("Include part.inc\n")
    (tmp_path / "part.inc").write_text("X\n")
    words = ["--isolated", "--diff", "httpd.conf", "apache2.conf", "part.inc"]
    alone, together = ran(tmp_path, *words, before=NAMED), ran(tmp_path, "-j2", *words, before=NAMED)
    assert together == alone
    assert alone.err.count("two servers share this file") == 1
    assert "+# httpd.conf" in alone.out


#: Rules are asked of a server; ``single`` is where.
FAILING = """
import os
from modwsgi_fix.workspace import single
real, first = single.check, os.getpid()
def check(job, config):
    if any("{server}" in file.name for file in config.files.values()):
        {what}
    return real(job, config)
single.check = check
"""


#: Pickle cannot make it again.
ODD = "class Odd(Exception):\n    def __init__(self, a, b):\n        super().__init__('odd')\n"


@pytest.mark.parametrize("error", ["ZeroDivisionError('by zero')", "Odd(1, 2)"])
def test_an_error_is_the_same_line(farm: Path, error: str) -> None:
    before = ODD + FAILING.format(server="clean", what=f"raise {error}")
    words = ["--isolated", "-q", "farm/old", "farm/clean", "farm/many"]
    alone, together = ran(farm, *words, before=before), ran(farm, "-j2", *words, before=before)
    assert together == alone
    assert refused(alone).startswith(f"internal error: {error.partition('(')[0]}: ")


@pytest.mark.parametrize("words", [[], ["--write"]])
def test_a_process_that_dies_is_one_line(farm: Path, words: list[str]) -> None:
    before = FAILING.format(server="clean", what="os.getpid() == first or os.kill(os.getpid(), 9)")
    before += (
        "from modwsgi_fix.engine import run\nrun.findings = lambda config, *_: check(None, config)\n" if words else ""
    )
    now = tree(farm)
    line = refused(ran(farm, "--isolated", "-q", "-j2", *words, "farm/old", "farm/clean", before=before))
    assert line == (
        "farm/clean: the process that was at work on it was ended by signal 9, and nothing was written; leave out --jobs"
    )
    assert tree(farm) == now


def test_at_most_so_many_processes_and_none_for_one_server(farm: Path) -> None:
    before = "import os\nreal = os.fork\ndef fork():\n    pid = real()\n    if pid: os.write(2, b'copy\\n')\n    return pid\nos.fork = fork"
    for jobs, paths, copies_made in ((2, 3, 2), (9, 3, 3), (4, 1, 0), (1, 3, 0)):
        outcome = ran(farm, "-q", f"-j{jobs}", *servers()[:paths], before=before)
        assert outcome.err.count("copy\n") == copies_made


def test_ctrl_c_ends_all_of_them(farm: Path) -> None:
    waits = "open(f'{os.getpid()}.pid', 'w').close() or __import__('time').sleep(600)"
    before = FAILING.format(server="apache2", what=waits)
    with Terminal(farm, "-j2", "--diff", "farm/old", "farm/clean", before=f"{before}{HOOK}") as screen:
        copies_made = pids(farm, 2)
        screen.interrupt()
        assert screen.ended() == 130
    assert "Traceback" not in screen.screen
    assert all(map(is_gone, copies_made))


#: Fixes ask the engine itself.
HOOK = "\nfrom modwsgi_fix.engine import run\nrun.findings = lambda config, *_: check(None, config)\n"


def test_they_end_where_nobody_asks_them_any_more(farm: Path) -> None:
    program = (
        "import os, time\nfrom modwsgi_fix.workspace.processes import Processes\n"
        "def note(state, number):\n    open(f'{os.getpid()}.pid', 'w').close()\n    time.sleep(0.2)\n"
        "with Processes(2, None) as copies:\n    copies.ask(note, [1, 2])\n    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=farm) as first:
        copies_made = pids(farm, 2)
        first.send_signal(signal.SIGKILL)
    until(lambda: all(map(is_gone, copies_made)))


def pids(directory: Path, number: int) -> list[int]:
    """The processes that have left a file here, once there are so many."""
    until(lambda: len(list(directory.glob("*.pid"))) == number)
    return [int(path.stem) for path in directory.glob("*.pid")]


def until(holds: object) -> None:
    deadline = time.monotonic() + KILL
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whether a process has ended; what nobody waits for stays as a zombie in some containers."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_number_is_asked_where_it_was_asked_before() -> None:
    program = (
        "import os\nfrom modwsgi_fix.workspace.processes import Processes\n"
        "def where(state, number, more):\n    state[number] = state.get(number, 0) + more\n    return os.getpid(), state[number]\n"
        "with Processes(2, {}) as copies:\n    one, two = copies.ask(where, range(5), 1), copies.ask(where, [3, 1], 10)\n"
        "assert two == [(one[3][0], 11), (one[1][0], 11)], (one, two)\nassert {n for _, n in one} == {1}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_words_that_are_refused(run: Run, tmp_path: Path) -> None:
    for words in (["-j0"], ["--jobs", "many"]):
        assert "--jobs" in refused(run(*words, "a.conf"))


def test_a_process_that_is_gone_before_it_is_asked() -> None:
    program = (
        "import os, time\nfrom modwsgi_fix.workspace.processes import Ended, Processes\n"
        "def ended(state, number):\n    pid = os.getpid()\n    return pid\n"
        "with Processes(1, None) as copies:\n    (pid,) = copies.ask(ended, [0])\n    os.kill(pid, 15)\n    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)\n"
        "    try:\n        copies.ask(ended, [7])\n    except Ended as error:\n        print(error.about, error.how)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "7 was ended by signal 15\n"


def test_a_process_that_dies_while_visitors_are_asked_about_writes_nothing(farm: Path) -> None:
    before = "import os\nfrom modwsgi_fix.workspace import apart\ndef impact_of(outcome):\n    os._exit(3)\napart.impact_of = impact_of\n"
    words = ["--isolated", "--output-format", "json", "-j2", "--write", "farm/old", "farm/twin"]
    now = tree(farm)
    outcome = ran(farm, *words, before=before)
    assert (outcome.code, json.loads(outcome.out)["error"]["kind"]) == (2, "internal")
    assert "ended with exit code 3, and nothing was written" in outcome.err
    assert tree(farm) == now
