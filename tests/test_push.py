"""``modwsgi-fix push``: what was changed in a fetched copy goes back to its server, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import sshd
from support import Outcome, Run, refused, tree
from terminal import Terminal

from modwsgi_fix.diff import edits_between, unified
from modwsgi_fix.edits import apply
from modwsgi_fix.files import MANIFEST
from modwsgi_fix.files.fetched import Manifest, as_json, read_manifest
from modwsgi_fix.fleet import pushing
from modwsgi_fix.fleet.far import Far
from modwsgi_fix.fleet.installer import STAGE, Change, Orders, escaped
from modwsgi_fix.workspace.errors import Stop

pytestmark = pytest.mark.slow

_PORTS = "127.0.0.3"
_MODULES = "/usr/lib/apache2/modules"
_MAIN = f"""\
ServerRoot /etc/apache2
ServerName main.test
PidFile /opt/run/httpd.pid
ErrorLog /opt/run/error.log
LoadModule mpm_event_module {_MODULES}/mod_mpm_event.so
LoadModule authz_core_module {_MODULES}/mod_authz_core.so
LoadModule alias_module {_MODULES}/mod_alias.so
User www-data
Group www-data
DocumentRoot /srv/shop
<Directory /srv/shop>
    AllowOverride None
    Require all granted
</Directory>
Include sites-enabled/*.conf
"""
SERVER = {
    "/etc/apache2/apache2.conf": _MAIN,
    "/etc/apache2/envvars": "export APACHE_RUN_DIR=/opt/run APACHE_LOCK_DIR=/opt/run APACHE_RUN_USER=www-data\n",
    "/etc/apache2/sites-available/shop.conf": "# the shop\nRedirect /old http://shop.test/new\n",
    "/etc/apache2/sites-enabled/shop.conf": "->../sites-available/shop.conf",
    "/etc/apache2/sites-enabled/blog.conf": "# the blog \x1b[2J\n# no end of line \xe9",
    "/srv/shop/app.wsgi": "application = None\n",
    "/srv/shop/index.html": "shop",
    "/opt/run/x": "",
}  # fmt: skip
SHOP, BLOG = "etc/apache2/sites-available/shop.conf", "etc/apache2/sites-enabled/blog.conf"
CONFIGTEST = "grep -q bad /etc/apache2/sites-enabled/* && { echo 'Syntax error on line 7'; exit 1; }; exit 0"


class Fleet:
    """A server, its copy, and the command line."""

    def __init__(self, server: sshd.Server, run: Run, directory: Path) -> None:
        self.server, self.run, self.directory = server, run, directory
        self.copy = directory / "copy"

    def fetch(self) -> None:
        done = self.run("fetch", "web1", "copy", "--ssh", self.server.direct)
        assert done.code == 0, done.err

    def push(self, *words: str) -> Outcome:
        return self.run("push", "copy", "--ssh", self.server.ssh, *words)

    def tested(self, *words: str) -> Outcome:
        """Push with commands that stand in for those of httpd."""
        return self.push("--yes", "--configtest", CONFIGTEST, "--graceful", "echo >>/opt/run/graceful", *words)

    def change(self, path: str, old: str, new: str) -> None:
        file = self.copy / path
        data = file.read_bytes()
        assert old.encode() in data
        file.write_bytes(data.replace(old.encode(), new.encode()))

    def change_both(self) -> None:
        self.change(SHOP, "the shop", "the new shop")
        self.change(BLOG, "the blog", "the new 'blog' \\0101 %b")

    def leave_ssh_out(self) -> None:
        self.server = self.server._replace(ssh=self.server.direct)

    def there(self, path: str) -> bytes:
        return (self.server.root / path).read_bytes()

    def state(self) -> dict[str, bytes | str]:
        """All files there but those of a running httpd, and those that a test puts there to disturb."""
        every = tree(self.server.root)
        return {path: data for path, data in every.items() if not path.startswith(("opt/run/", "opt/bin/"))}


@pytest.fixture
def fleet(run: Run, tmp_path: Path) -> Fleet:
    """A server without sshd, fetched."""
    (tmp_path / "far").mkdir()
    server = sshd.far_side(tmp_path / "far")
    server.put(SERVER)
    made = Fleet(server, run, tmp_path)
    made.fetch()
    return made


# -- a real sshd and a real httpd -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Server]:
    with sshd.running(tmp_path_factory.mktemp("far")) as server:
        yield server


class Httpd(Fleet):
    """A fleet whose httpd runs; ``url`` is where it answers."""

    url: str

    def asked(self, path: str) -> str:
        words = [
            "curl",
            "-s",
            "--noproxy",
            "*",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code} %{redirect_url}",
            self.url + path,
        ]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()

    def pid(self) -> int:
        return int(self.there("opt/run/httpd.pid"))


@pytest.fixture
def httpd(far: sshd.Server, run: Run, tmp_path: Path) -> Iterator[Httpd]:
    subprocess.run(["find", *(str(far.root / path) for path in sshd.BOUND), "-mindepth", "1", "-delete"], check=True)
    with socket.socket() as free:
        free.bind((_PORTS, 0))
        port = free.getsockname()[1]
    far.put({**SERVER, "/etc/apache2/ports.conf": "", "/etc/apache2/apache2.conf": f"Listen {_PORTS}:{port}\n{_MAIN}"})
    # httpd is watched for a shorter time.
    program(far, "sleep", "exec /usr/bin/sleep 0.5")
    made = Httpd(far, run, tmp_path)
    made.url = f"http://{_PORTS}:{port}"
    subprocess.run([far.direct, "apache2ctl start"], check=True, timeout=60, stdout=subprocess.DEVNULL)
    try:
        wait(lambda: made.asked("/index.html") == "200")
        made.fetch()
        yield made
    finally:
        try:
            pid = made.pid()
            os.kill(pid, signal.SIGTERM)
            wait(lambda: gone(pid))
        except (OSError, ValueError):
            pass


def program(server: sshd.Server, name: str, text: str) -> None:
    """Put a program there that is found before the machine's own."""
    server.put({f"/opt/bin/{name}": f"#!/bin/sh\n{text}\n"})
    (server.root / "opt/bin" / name).chmod(0o755)


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@sshd.needed
def test_what_was_changed_goes_back_and_httpd_reads_it(httpd: Httpd) -> None:
    place = httpd.server.root / SHOP
    place.chmod(0o640)
    os.chown(place, 33, 33)
    before = httpd.asked("/old")
    httpd.change(SHOP, "/new", "/newer")
    done = httpd.push("--yes", "--probe", f"{httpd.url}/index.html")
    assert done.code == 0, done.err
    assert done.out == (
        f"--- a/{SHOP}\n+++ b/{SHOP}\n@@ -1,2 +1,2 @@\n # the shop\n-Redirect /old http://shop.test/new\n"
        "+Redirect /old http://shop.test/newer\n"
        "Pushed 1 file to web1: configtest passed, and httpd was restarted gracefully.\n"
    )
    assert done.err == f"web1: {httpd.url}/index.html: 200 as before\n"
    assert (before, httpd.asked("/old")) == ("302 http://shop.test/new", "302 http://shop.test/newer")
    assert (place.stat().st_mode & 0o7777, place.stat().st_uid, place.stat().st_gid) == (0o640, 33, 33)
    assert os.readlink(httpd.server.root / "etc/apache2/sites-enabled/shop.conf") == "../sites-available/shop.conf"
    again = httpd.push("--yes")
    assert (again.code, again.out, again.err) == (
        0,
        "",
        "Nothing to push: the files of copy are as they were fetched.\n",
    )


@sshd.needed
def test_a_test_that_fails_takes_all_back(httpd: Httpd) -> None:
    before, pid = httpd.state(), httpd.pid()
    httpd.change(SHOP, "Redirect", "Reddirect")
    httpd.change(BLOG, "the blog", "a blog")
    done = httpd.push("--yes")
    assert done.code == 2
    assert "web1: AH00526: Syntax error on line 2 of /etc/apache2/sites-enabled/shop.conf:\n" in done.err
    assert "web1: Invalid command 'Reddirect', perhaps misspelled" in done.err
    assert done.err.endswith("modwsgi-fix: web1: configtest failed; all files there are as they were\n")
    assert httpd.state() == before
    assert (httpd.pid(), httpd.asked("/old")) == (pid, "302 http://shop.test/new")
    assert httpd.push("--diff").code == 1


@sshd.needed
def test_an_httpd_that_ends_when_it_reads_the_files_is_started_with_the_old_ones(httpd: Httpd) -> None:
    httpd.leave_ssh_out()
    before = httpd.state()
    # configtest binds no address; this one is nobody's (RFC 5737).
    httpd.change(SHOP, "# the shop", "Listen 203.0.113.1:8081")
    done = httpd.push("--yes")
    assert done.code == 2, done.err
    assert done.err.endswith("httpd ended when it read the new files; all files there are as they were\n")
    wait(lambda: httpd.asked("/old") == "302 http://shop.test/new")
    assert httpd.state() == before


@sshd.needed
def test_an_httpd_for_whose_end_nobody_waits_is_started_all_the_same(httpd: Httpd) -> None:
    httpd.leave_ssh_out()
    os.kill(pid := httpd.pid(), signal.SIGTERM)
    wait(lambda: gone(pid))
    # Its end is noticed at the end of this test, as in a container whose first process waits for nobody.
    words = [httpd.server.direct, ". /etc/apache2/envvars 2>/dev/null; exec apache2 -DFOREGROUND"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as parent:
        wait(lambda: httpd.asked("/index.html") == "200")
        assert httpd.pid() == parent.pid
        httpd.change(SHOP, "# the shop", "Listen 203.0.113.1:8081")
        done = httpd.push("--yes")
        assert done.code == 2, done.err
        assert done.err.endswith("httpd ended when it read the new files; all files there are as they were\n")
        wait(lambda: httpd.asked("/old") == "302 http://shop.test/new")
        assert httpd.pid() != parent.pid


@sshd.needed
def test_another_answer_takes_all_back_unless_told(httpd: Httpd) -> None:
    httpd.leave_ssh_out()
    before = httpd.state()
    httpd.change(SHOP, "/new", "/newer")
    probes = [word for path in ("/old", "/index.html") for word in ("--probe", httpd.url + path)]
    done = httpd.push("--yes", *probes)
    assert (done.code, done.err.splitlines()) == (2, [
        f"web1: {httpd.url}/old: 302 http://shop.test/new, now 302 http://shop.test/newer",
        f"web1: {httpd.url}/index.html: 200 as before",
        "modwsgi-fix: web1: a URL is answered otherwise; all files there are as they were",
    ])  # fmt: skip
    assert httpd.state() == before
    wait(lambda: httpd.asked("/old") == "302 http://shop.test/new")
    nobody = httpd.push("--yes", "--probe", "http://127.0.0.3:9/")
    assert nobody.err.endswith("modwsgi-fix: web1: a URL is not answered there; nothing was changed there\n")
    assert (nobody.code, httpd.state()) == (2, before)
    # Where there is no curl, wget is asked.
    inner = httpd.server.enter.parent / "inner"
    entered = inner.read_text()
    inner.write_text(entered.replace("cd /\n", f"mount --bind /dev/null {shutil.which('curl')}\ncd /\n"))
    try:
        kept = httpd.push("--yes", "--keep", *probes)
    finally:
        inner.write_text(entered)
    assert kept.code == 0, kept.err
    assert kept.err.splitlines()[0].endswith("/old: 302 http://shop.test/new, now 302 http://shop.test/newer")
    wait(lambda: httpd.asked("/old") == "302 http://shop.test/newer")


@sshd.needed
@pytest.mark.parametrize(
    ("command", "at", "is_new"),
    [("cp", 1, False), ("chcon", 2, False), ("configtest", 1, False), ("graceful", 1, True)],
)
def test_a_connection_that_is_cut_leaves_no_mixture(
    fleet: Fleet, far: sshd.Server, command: str, at: int, *, is_new: bool
) -> None:
    """At the first copy, when one file is in its place, during configtest, and once it has passed."""
    server = far
    subprocess.run(["find", *(str(far.root / path) for path in sshd.BOUND), "-mindepth", "1", "-delete"], check=True)
    server.put(SERVER)
    before = Fleet(server, fleet.run, fleet.directory).state()
    fleet.change_both()
    holder = (
        "PATH=/usr/bin:/bin\necho >>/opt/run/calls\n"
        f"if [ $(wc -l </opt/run/calls) -eq {at} ]; then touch /opt/run/held; "
        "while [ ! -e /opt/run/go ]; do sleep 0.05; done; fi\n"
    )
    real = {"configtest": CONFIGTEST, "graceful": "echo >>/opt/run/graceful"}.get(
        command, f'exec /usr/bin/{command} "$@"'
    )
    program(server, command, holder + real)
    words = [sys.executable, "-P", "-m", "modwsgi_fix.cli", "push", "copy", "--ssh", server.ssh, "--yes"]
    configtest = "configtest" if command == "configtest" else CONFIGTEST
    graceful = "graceful" if command == "graceful" else "echo >>/opt/run/graceful"
    with (fleet.directory / "err").open("w+") as err:
        client = subprocess.Popen(
            [*words, "--configtest", configtest, "--graceful", graceful],
            cwd=fleet.directory,
            stdout=subprocess.DEVNULL,
            stderr=err,
            start_new_session=True,
        )
        wait(lambda: (server.root / "opt/run/held").exists())
        script = int((server.root / "etc/apache2" / STAGE / "pid").read_text())
        os.killpg(client.pid, signal.SIGKILL)
        client.wait()
    # sshd has noticed once nobody has the other end of the script's standard output any longer.
    wait(lambda: nobody_listens(script))
    (server.root / "opt/run/go").touch()
    wait(lambda: gone(script))
    there = Fleet(server, fleet.run, fleet.directory)
    new = {SHOP: (fleet.copy / SHOP).read_bytes(), BLOG: (fleet.copy / BLOG).read_bytes()}
    assert there.state() == ({**before, **new} if is_new else before)
    assert (server.root / "opt/run/graceful").exists() is is_new
    # Here nothing is known of it yet; a second push finds out.
    again = there.tested()
    assert again.code == 0, again.err
    assert ("web1 has what copy says" in again.err) is is_new
    assert there.state() == {**before, **new}


def nobody_listens(pid: int) -> bool:
    """Whether what a process writes to its standard output goes nowhere: its pipe or socket has no other end."""
    probe = (
        "import os, select, sys\nout = os.open(f'/proc/{sys.argv[1]}/fd/1', os.O_WRONLY | os.O_NONBLOCK)\n"
        "poll = select.poll(); poll.register(out, 0)\nsys.exit(not poll.poll(0))\n"
    )
    return subprocess.run([sys.executable, "-c", probe, str(pid)], capture_output=True, check=False).returncode == 0


# -- ended anywhere ---------------------------------------------------------------------------------------------------------

_TOOLS = (
    "cat",
    "chcon",
    "cmp",
    "cp",
    "grep",
    "id",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "rmdir",
    "sed",
    "sh",
    "sleep",
    "tr",
    "wc",
)
_ALL = os.environ.get("MODWSGI_FIX_PROOFS") == "all"


def ready(fleet: Fleet, disturbance: str) -> tuple[Far, Manifest, list[Change], Orders]:
    """A push whose every program runs ``disturbance`` first, with the number of the call in ``$n``."""
    for tool in _TOOLS:
        program(
            fleet.server,
            tool,
            "before=$PATH; PATH=/usr/bin:/bin; echo >>/opt/run/calls; n=$(wc -l </opt/run/calls)\n"
            f'{disturbance}\nPATH=$before; exec /usr/bin/{tool} "$@"',
        )
    fleet.server.put({"/opt/run/calls": ""})
    manifest = read_manifest(str(fleet.copy / MANIFEST))
    changes = [Change(f"/{path}", fleet.there(path), (fleet.copy / path).read_bytes()) for path in (BLOG, SHOP)]
    far = Far("web1", (fleet.server.direct,), say=lambda line: None)
    return far, manifest, changes, Orders(CONFIGTEST, "echo >>/opt/run/graceful")


def calls(fleet: Fleet) -> int:
    return len(fleet.there("opt/run/calls"))


@sshd.needed
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", ["KILL", "HUP", "TERM"])
def test_a_push_that_is_ended_at_any_program_leaves_no_mixture(fleet: Fleet, way: str) -> None:
    """By a signal to all its processes; after SIGKILL the next push, or a person, puts right what is left."""
    old = fleet.state()
    fleet.change_both()
    new = {**old, **{path: (fleet.copy / path).read_bytes() for path in (BLOG, SHOP)}}
    ready(fleet, ":")
    far, manifest, changes, orders = ready(fleet, ":")
    assert pushing.push(far, manifest, changes, orders).verdict == "done"
    assert fleet.state() == new
    most = calls(fleet)
    assert most > 40
    ends = set()
    drawn = (
        range(1, most + 1) if _ALL else sorted({*Random(f"push {way}").sample(range(1, most + 1), 6), most - 1, most})
    )
    for at in drawn:
        fleet.server.put({path: data for path, data in old.items() if path in (BLOG, SHOP)})
        ready(fleet, f"if [ $n -eq {at} ]; then /usr/bin/kill -{way} -- -$(ps -o pgid= -p $$ | tr -d ' '); fi")
        try:
            verdict = pushing.push(far, manifest, changes, orders).verdict
        except Stop:
            verdict = "lost"
        state = fleet.state()
        if way == "KILL" and any(STAGE in path for path in state):
            ready(fleet, ":")
            if at % 2:
                undone = subprocess.run(
                    [fleet.server.direct, f"sh /etc/apache2/{STAGE}/undo"], capture_output=True, check=False
                )
                by_hand = {path: data for path, data in fleet.state().items() if STAGE not in path}
                assert undone.returncode or by_hand == old
            assert pushing.recovered(far, manifest, orders).verdict == "back"
            state = fleet.state()
        assert state == (new if verdict == "done" else old) or (verdict == "lost" and state == new), (at, verdict)
        ends.add(state == new)
    assert ends == {True, False}


@sshd.needed
@pytest.mark.parametrize("lines", range(6))
def test_a_push_that_nobody_listens_to_any_longer_takes_all_back_before_the_test_has_passed(
    fleet: Fleet, lines: int
) -> None:
    old = fleet.state()
    fleet.change_both()
    far, manifest, changes, orders = ready(fleet, ":")
    cut = fleet.directory / "cut"
    cut.write_text(f'#!/bin/sh\n{fleet.server.direct} "$@" | head -n {lines}\n')
    cut.chmod(0o755)
    with pytest.raises(Stop, match="did not say how the push ended"):
        pushing.push(far._replace(ssh=(str(cut),)), manifest, changes, orders)
    new = {**old, **{one.path.lstrip("/"): one.after for one in changes}}
    # After the fourth line the test has passed, and the fifth may be said before it is known that nobody listens.
    allowed = [[old], [old, new], [new]][(lines > 3) + (lines > 4)]
    assert fleet.state() in allowed


# -- what is refused --------------------------------------------------------------------------------------------------------


@sshd.needed
def test_what_was_changed_there_meanwhile_is_refused(fleet: Fleet) -> None:
    fleet.change_both()
    fleet.server.put({SHOP: "# another hand\n"})
    before = fleet.state()
    done = fleet.tested()
    assert done.err == (
        f"modwsgi-fix: web1: /{SHOP}: was changed there meanwhile; nothing was changed there; fetch the server anew\n"
    )
    assert (done.code, done.out, fleet.state()) == (2, "", before)
    (fleet.server.root / SHOP).unlink()
    assert f"/{SHOP}: cannot be read there any longer" in fleet.tested().err


@sshd.needed
@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (f"echo more >>/{SHOP}", f"/{SHOP}: was changed there meanwhile; fetch the server anew"),
        (f"rm /{SHOP}; ln -s /etc/hostname /{SHOP}", f"/{SHOP}: is not the file any longer that was fetched"),
        (
            f"ln /{SHOP} /etc/apache2/twice",
            f"/{SHOP}: has several names (hard links), of which only one would be changed",
        ),
        (
            "mv /etc/apache2/sites-available /etc/apache2/sites; ln -s sites /etc/apache2/sites-available",
            f"/{SHOP}: is not the file any longer that was fetched",
        ),
    ],
)
def test_what_changes_between_the_question_and_the_push_is_refused(fleet: Fleet, meanwhile: str, reason: str) -> None:
    fleet.change_both()
    program(
        fleet.server,
        "mkdir",
        f'PATH=/usr/bin:/bin; [ -e /opt/run/once ] || {{ >/opt/run/once; {meanwhile}; }}; exec mkdir "$@"',
    )
    done = fleet.tested()
    assert done.err == f"modwsgi-fix: web1: {reason}; nothing was changed there\n"
    assert done.code == 2
    assert not (fleet.server.root / "etc/apache2" / STAGE).exists()
    assert fleet.there(BLOG) == SERVER[f"/{BLOG}"].encode()


@sshd.needed
def test_what_changes_in_the_middle_is_left_and_named(fleet: Fleet) -> None:
    fleet.change_both()
    hand = f"echo mine >/{BLOG}; false"
    done = fleet.push("--yes", "--configtest", hand, "--graceful", "true")
    assert done.code == 2
    assert done.err == (
        f"web1: /{BLOG}: is not taken back; as it was before it is in /etc/apache2/{STAGE}/old/2\n"
        f"modwsgi-fix: web1: configtest failed; NOT all files there are as they were: sh /etc/apache2/{STAGE}/undo "
        "takes the rest back\n"
    )
    assert (fleet.there(BLOG), fleet.there(SHOP)) == (b"mine\n", SERVER[f"/{SHOP}"].encode())
    assert fleet.there(f"etc/apache2/{STAGE}/old/2") == SERVER[f"/{BLOG}"].encode()
    # As long as that is not settled, nothing else is pushed.
    again = fleet.tested()
    assert "a push that was ended in the middle was taken back; NOT all files" in again.err
    fleet.server.put({BLOG: SERVER[f"/{BLOG}"]})
    assert fleet.tested().code == 0


@sshd.needed
@pytest.mark.parametrize(
    ("configtest", "graceful", "said"),
    [
        ("true", "echo no such unit; false", ["web1: no such unit", "web1: no such unit"]),
        ("exit 3", "true", []),
        ("kill -9 $PPID; false", "true", None),
    ],
)
def test_a_command_that_fails_takes_all_back(
    fleet: Fleet, configtest: str, graceful: str, said: list[str] | None
) -> None:
    before = fleet.state()
    fleet.change_both()
    done = fleet.push("--yes", "--configtest", configtest, "--graceful", graceful)
    assert done.code == 2
    lines = done.err.splitlines()
    if said is None:
        assert "what was begun there is taken back, unless configtest had passed" in done.err
        done = fleet.tested()
        assert "a push that was ended in the middle was taken back; all files there are as they were" in done.err
        assert done.code == 0
        return
    assert [line for line in lines if not line.startswith("modwsgi-fix")] == said
    assert "all files there are as they were" in done.err
    assert ("httpd could not be told to read the old files" in done.err) is bool(said)
    assert fleet.state() == before


@sshd.needed
def test_two_pushes_do_not_run_together(fleet: Fleet) -> None:
    before = fleet.state()
    fleet.change_both()
    stage = fleet.server.root / "etc/apache2" / STAGE
    stage.mkdir(mode=0o700)
    (stage / "pid").write_text(f"{os.getpid()}\n")
    assert f"another push is running (process {os.getpid()}); if it is not, sh /etc/apache2" in refused(fleet.tested())
    os.chown(stage, 65534, 65534)
    assert "is another user's, or is not a directory" in refused(fleet.tested())
    shutil.rmtree(stage)
    stage.symlink_to("/etc")
    assert "is another user's, or is not a directory" in refused(fleet.tested())
    stage.unlink()
    assert fleet.state() == before
    # Of two that begin at once, one has the directory.
    manifest = read_manifest(str(fleet.copy / MANIFEST))
    far = Far("web1", (fleet.server.direct,), say=lambda line: None)
    stage.mkdir(mode=0o700)
    with pytest.raises(Stop, match="another push is running"):
        pushing.push(far, manifest, [Change(f"/{SHOP}", fleet.there(SHOP), b"")], Orders("true", "true"))


@sshd.needed
def test_an_owner_that_cannot_be_kept_is_refused(fleet: Fleet) -> None:
    """By a user who may write into the directories, and is not root."""
    for path in [fleet.server.root, *fleet.server.root.rglob("*")]:
        if not path.is_symlink():
            os.chown(path, 65534, 65534)
    os.chown(fleet.server.root / SHOP, 0, 0)
    for path in [fleet.server.root, *fleet.server.root.parents]:
        if path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o755)
    before = fleet.state()
    fleet.change_both()
    inner = fleet.server.enter.parent / "inner"
    inner.chmod(0o644)
    inner.write_text(
        inner.read_text().replace("exec sh -c", "exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c")
    )
    done = fleet.tested()
    assert done.code == 2
    assert done.err.endswith(
        f"modwsgi-fix: web1: /{SHOP}: its owner and mode cannot be kept by this user; --sudo writes as root; "
        "nothing was changed there\n"
    )
    assert fleet.state() == before
    fleet.change(SHOP, "the new shop", "the shop")
    assert fleet.tested().code == 0
    os.chown(fleet.server.root / "etc/apache2", 0, 0)
    fleet.change(BLOG, "new", "newest")
    done = fleet.tested()
    assert "Permission denied" in done.err
    assert done.err.endswith(f"/etc/apache2/{STAGE}: cannot be made; nothing was changed there\n")


@sshd.needed
def test_what_is_new_deleted_or_linked_otherwise_here_is_named(fleet: Fleet) -> None:
    fleet.change(SHOP, "the shop", "the new shop")
    (fleet.copy / "etc/apache2/new.conf").write_text("x")
    (fleet.copy / ".git").mkdir()
    (fleet.copy / ".git/HEAD").write_text("x")
    (fleet.copy / "srv/shop/app.wsgi").unlink()
    (fleet.copy / BLOG).unlink()
    (fleet.copy / BLOG).symlink_to("/etc/hostname")
    link = fleet.copy / "etc/apache2/sites-enabled/shop.conf"
    link.unlink()
    link.write_text("a file now")
    done = fleet.tested()
    assert (done.code, done.err.splitlines()) == (1, [
        "modwsgi-fix: copy/etc/apache2/new.conf: is new here, and is not pushed",
        f"modwsgi-fix: copy/{BLOG}: is a file there, and a link here, and is not pushed",
        "modwsgi-fix: copy/etc/apache2/sites-enabled/shop.conf: is a link there, and a file here, and is not pushed",
        "modwsgi-fix: copy/srv/shop/app.wsgi: was deleted here, and is not pushed",
    ])  # fmt: skip
    assert b"the new shop" in fleet.there(SHOP)
    link.unlink()
    link.symlink_to("../apache2.conf")
    done = fleet.tested()
    assert "sites-enabled/shop.conf: leads elsewhere here, and is not pushed" in done.err
    assert "Nothing to push" in done.err
    link.unlink()
    assert "sites-enabled/shop.conf: was deleted here" in fleet.tested().err


@sshd.needed
def test_without_a_terminal_nobody_is_asked(fleet: Fleet) -> None:
    before = fleet.state()
    fleet.change_both()
    done = fleet.push()
    assert done.code == 2
    assert done.err == (
        "modwsgi-fix: push asks on a terminal, and this is not one: --diff shows what it would do, --yes does it\n"
    )
    shown = fleet.push("--diff")
    assert (shown.code, shown.err) == (1, "")
    assert shown.out == done.out == fleet.push("--dry-run").out
    assert shown.out.count("--- a/") == 2
    assert fleet.state() == before
    # What it shows is a patch of the server.
    (fleet.directory / "diff").write_bytes(shown.out.encode("utf-8", "surrogateescape"))
    subprocess.run(
        ["patch", "-s", "-p1", "--binary", "-d", str(fleet.server.root), "-i", str(fleet.directory / "diff")],
        check=True,
    )
    assert fleet.there(BLOG) == (fleet.copy / BLOG).read_bytes()
    # So it is there already, and the manifest learns of it.
    done = fleet.tested()
    assert (done.code, done.out, done.err) == (0, "", "Nothing to push: web1 has what copy says.\n")
    assert "as they were fetched" in fleet.tested().err


@sshd.needed
def test_on_a_terminal_the_diff_is_shown_and_asked_about(fleet: Fleet) -> None:
    before = fleet.state()
    fleet.change_both()
    words = ("push", "copy", "--ssh", fleet.server.ssh, "--configtest", CONFIGTEST, "--no-graceful")
    with Terminal(fleet.directory, *words) as terminal:
        terminal.until("Push 2 files to web1, run configtest [y,n]? ")
        # What the server sent does not reach the terminal as it is.
        assert "\x1b" not in terminal.screen
        assert "-# the blog ␛[2J" in terminal.screen
        terminal.type("what\n")
        terminal.until("[y,n]? ")
        terminal.type("n\n")
        assert terminal.ended() == 1
        assert "Nothing was pushed." in terminal.screen
    assert fleet.state() == before
    with Terminal(fleet.directory, *words) as terminal:
        terminal.until("[y,n]? ")
        terminal.type("y\n")
        assert terminal.ended() == 0
        assert "Pushed 2 files to web1: configtest passed.\n" in terminal.screen
    assert fleet.there(BLOG) == (fleet.copy / BLOG).read_bytes()


@sshd.needed
def test_a_left_push_is_taken_back_only_when_told(fleet: Fleet) -> None:
    fleet.change_both()
    stage = fleet.server.root / "etc/apache2" / STAGE
    stage.mkdir(mode=0o700)
    assert "a push was ended in the middle; push without --diff takes it back first" in refused(fleet.push("--diff"))
    with Terminal(fleet.directory, "push", "copy", "--ssh", fleet.server.ssh) as terminal:
        terminal.until("A push to web1 was ended in the middle. Take it back [y,n]? ")
        terminal.type("n\n")
        assert terminal.ended() == 1
    assert stage.is_dir()


def test_words_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    assert "copy/modwsgi-fix-fetched.json: no such file" in refused(run("push", "copy"))
    assert "is not a URL of http" in refused(run("push", "copy", "--probe", "ftp://x"))
    assert "is not a URL of http" in refused(run("push", "copy", "--probe", "http://x/ -o y"))
    assert "--no-graceful and --probe exclude each other" in refused(
        run("push", "copy", "--no-graceful", "--probe", "http://x/")
    )
    manifest = Manifest("web1", "/etc/a/httpd.conf", {}, {}, frozenset(), frozenset(), {"/etc/a/../b": "0"}, {})
    (tmp_path / "copy" / MANIFEST).write_text(as_json(manifest._replace(host="-oProxyCommand=x")))
    assert "is not the name of a host" in refused(run("push", "copy"))
    version = '-D HTTPD_ROOT="/etc/b" -D SERVER_CONFIG_FILE="httpd.conf"'
    (tmp_path / "copy" / MANIFEST).write_text(as_json(manifest._replace(facts={"version": version})))
    assert "httpd there reads /etc/b/httpd.conf; name the commands" in refused(run("push", "copy"))
    for path in ("/etc/a/new\nline", f"/etc/a/{STAGE}/undo"):
        place = tmp_path / "copy" / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")
        (tmp_path / "copy" / MANIFEST).write_text(as_json(manifest._replace(digests={path: "0"})))
        assert "names a file that cannot be pushed" in run("push", "copy").err
        place.unlink()


# -- the parts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh", "ksh", "zsh --emulate sh"])
def test_any_bytes_come_through_a_shell(shell: str) -> None:
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {words[0]}")
    data = bytes(range(256)) * 3 + b"'\\0101\\c%s%b\\n`$(x)\n\n1\x001"
    made = subprocess.run(
        [*words, "-s"], input=f"printf %b '{escaped(data)}'\n".encode(), capture_output=True, check=True
    )
    assert made.stdout == data


@pytest.mark.parametrize("size", [3, 9000])
def test_a_change_that_nobody_noted_is_edits_of_lines(size: int) -> None:
    before = "".join(f"{number}\n" for number in range(size))
    after = before.replace("1\n", "one\n", 1).replace(f"{size - 1}\n", "last") + "more"
    assert apply(before, edits_between("a", before, after)) == after
    assert apply(after, edits_between("a", after, "")) == ""
    assert edits_between("a", before, before) == []
    assert "+one\n" in unified(before, edits_between("a", before, after), "a")


# -- as root, by sudo -------------------------------------------------------------------------------------------------------


@sshd.needed
@pytest.mark.skipif(shutil.which("sudo") is None, reason="no sudo")
def test_sudo_reads_and_writes_what_the_user_cannot(run: Run, tmp_path: Path) -> None:
    """The user is nobody, whom the sudoers of the test let do all without a password."""
    (tmp_path / "far").mkdir()
    server = sshd.far_side(tmp_path / "far")
    server.put(SERVER)
    (tmp_path / "sudoers").write_text("nobody ALL=(ALL) NOPASSWD: ALL\n")
    (tmp_path / "sudoers").chmod(0o440)
    inner = server.enter.parent / "inner"
    inner.write_text(
        inner.read_text()
        .replace("cd /\n", f"mount --bind {tmp_path}/sudoers /etc/sudoers\ncd /\n")
        .replace("exec sh -c", "exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c")
    )
    for path in (SHOP, "etc/apache2/envvars"):
        (server.root / path).chmod(0o600)
    far = Fleet(server, run, tmp_path)
    assert (
        "sites-available/shop.conf: was left there: it cannot be read"
        in run("fetch", "web1", "copy", "--ssh", server.ssh).err
    )
    shutil.rmtree(far.copy)
    assert run("fetch", "web1", "copy", "--ssh", server.ssh, "--sudo").code == 0
    far.change_both()
    before = far.state()
    assert far.tested().code == 2
    assert far.state() == before
    done = far.tested("--sudo")
    assert done.code == 0, done.err
    assert far.there(SHOP) == (far.copy / SHOP).read_bytes()
    assert (server.root / SHOP).stat().st_mode & 0o7777 == 0o600
    (tmp_path / "sudoers").chmod(0o640)
    (tmp_path / "sudoers").write_text("")
    far.change(SHOP, "new", "newest")
    assert "sudo: a password is required" in (refused := far.tested("--sudo")).err
    assert refused.code == 2
