"""Print docs/moving.md: a server of httpd 2.2 is moved to 2.4, command by command, and asked.

    python tools/moving.py > docs/moving.md

Every command is run and every answer is real: modwsgi-fix on a copy of ``corpus/debian-7``, and httpd 2.4 with mod_wsgi of
this machine (as root, see tests/httpd) on what comes of it. The same tree gives the same page, byte for byte.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from httpd import install, moving, server  # noqa: E402

TREE, CONF = "debian-7", moving.TREES["debian-7"]
#: Where the page says that it happens.
DESK = "/home/ann/move"
MIGRATE = (
    "migrate",
    "--from",
    "httpd=2.2",
    "--to",
    "httpd=2.4",
    "--root",
    "machine",
    f"machine/{CONF}",
    "machine/srv/www",
)

_BEGIN = f"""\
# Move a 2.2 server this week

This is the move of one server, from the first look to the last request: [corpus/{TREE}](../corpus/{TREE}/README.md),
a stock Debian 7 with httpd 2.2 and five sites (the distribution's, static pages, Django, Trac, web2py).
`tools/moving.py` makes this page: it runs each command, and what stands below a command is what it said.

## Monday: look at it, and change nothing

Take a copy of what the configuration names: `/etc`, and the directories of the sites, in a directory `machine` on
your own workstation. The old server goes on as it is. modwsgi-fix need not be installed there.

Does httpd 2.4 start with the files as they are?
"""
_LOOK = """
It ends at the first thing that it does not know, and there are more behind it. This is all of it on one page; nothing
is written:
"""
_READ = """
Read it from the top. *Whether it starts* has the first reason; *What the fixes do* is what the tool does by itself,
with how far each fix is trusted; *What is left for you* is your list. `safe` means that every request is answered as
before. `--root machine` shows the tool the `.htaccess` files of the sites and where each URL leads; without it less
is certain, and more is left for you.

## Tuesday: read what would change

Access control is one change in all files, or none: `Order` and `Require` are both asked, so half a conversion shuts
people out. `machine/srv/www` is named for the `.htaccess` files in it, which are converted in the same run.

"""
_WRITE = """
## Wednesday: write it, in the copy

All files are written, or none:
"""
_MODULES = """
2.2 had its MPM compiled in, and other things inside of modules that are apart now. The lines in `apache2.conf` load
them. Debian's own way are links; once you have made those, `modwsgi-fix --write` takes the lines out that say it again:

```console
$ {advice}
```
"""
_TEST = """
## Thursday: does it start, and does it answer

Lay the copy out on a machine with httpd 2.4, not yet under the old name.
"""
_ASK = """
Now ask it what you would ask the old one. `requests.txt` beside the tree has the requests, and what 2.2 answers to
each; httpd 2.4 said:
"""
_AGAIN = """
A second look finds nothing more to fix:
"""
_UNDO = """
## Friday: switch over, or take it back

Point the name at the new machine. If something is not as it should be, the old server still runs. And the write can
be taken back, to the byte:
"""
_END = f"""
After that all is as it was on Monday, and `modwsgi-fix {" ".join(MIGRATE)} --write` does it again.

## Where your server is another one

- **CentOS 6**: the same with `machine/etc/httpd`; [corpus/centos-6](../corpus/centos-6/README.md) is such a server.
  Its modules are loaded by a list in `httpd.conf`, and what 2.4 needs besides comes at the end of that list.
- **Debian 8**, or any 2.4 whose sites are still in the words of 2.2: [corpus/debian-8](../corpus/debian-8/README.md).
  It starts, but what 2.4 denies by default stays denied.
- **One site alone**, without the server around it: name its file. It is taken to come into a server that denies as
  2.4 does; `--assume-deny` says otherwise.
- **mod_wsgi and Python**: `--from mod_wsgi=3.3 --to mod_wsgi=5` and `--to python=3.11` say what else is new. Name the
  directories of the scripts, too, and they are checked with it.

[docs/commands.md](commands.md#moving-a-server) has the options.
"""


def page(directory: Path) -> str:
    """The page; ``directory`` is an empty one to work in."""
    return "".join(_parts(directory))


def _parts(directory: Path) -> Iterator[str]:
    found = install.find()
    if isinstance(found, str):
        raise SystemExit(found)
    machine = directory / "machine"
    conf = moving.laid_out(ROOT / "corpus" / TREE, CONF, machine)
    servers = directory / "servers"
    servers.mkdir(mode=0o755)

    def configtest() -> str:
        setup = moving.setup_of(machine, conf, found)
        _, out, err = server.tested(setup, servers, f"/{CONF}/apache2.conf")
        return _block("apache2ctl configtest", _without_stamps(out + err))

    def run(*words: str) -> str:
        return _block(f"modwsgi-fix {' '.join(words)}", _said(directory, *words))

    yield _BEGIN
    yield configtest()
    yield _LOOK
    before = _said(directory, *MIGRATE)
    yield _block(f"modwsgi-fix {' '.join(MIGRATE)}", before)
    yield _READ
    diff = run(*MIGRATE, "--diff")
    yield f"<details><summary>The whole diff</summary>\n{diff}\n</details>\n"
    yield _WRITE
    yield run(*MIGRATE, "--write")
    yield _MODULES.format(advice=_enabling(conf))
    yield _TEST
    yield configtest()
    yield _ASK
    yield _asked(machine, conf, found, servers)
    yield _AGAIN
    yield run(*MIGRATE)
    yield _UNDO
    yield run("undo", f"machine/{CONF}", "machine/srv/www")
    for path in (ROOT / "corpus" / TREE / "conf").rglob("*"):
        if (
            path.is_file()
            and path.read_bytes() != (conf / path.relative_to(ROOT / "corpus" / TREE / "conf")).read_bytes()
        ):
            raise SystemExit(f"{path} was not taken back")
    yield _END


def _enabling(conf: Path) -> str:
    """The command that enables what the lines in the main file load."""
    names = re.findall(r"^LoadModule (\w+)_module", (conf / "apache2.conf").read_text("utf-8"), re.M)
    return f"a2enmod {' '.join(names)}"


def _block(command: str, said: str) -> str:
    return f"\n```console\n$ {command}\n{said}```\n"


def _said(directory: Path, *words: str) -> str:
    """What modwsgi-fix says: its output, then what it says beside it."""
    environment = {**os.environ, "XDG_STATE_HOME": str(directory / "state"), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "modwsgi_fix", *words],
        cwd=directory, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return (done.stdout + done.stderr).replace(str(directory), DESK)


def _without_stamps(text: str) -> str:
    """httpd's words without the lines of its log, which have a time and depend on the build."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("["))


def _asked(machine: Path, conf: Path, found: install.Install, servers: Path) -> str:
    asked = list(moving.asked_of((ROOT / "corpus" / TREE / "requests.txt").read_text("utf-8")))
    done = server.run(moving.setup_of(machine, conf, found), [one.probe for one in asked], servers)
    if not done.started:
        raise SystemExit("\n".join(done.messages))
    rows = []
    for one in asked:
        answer = done.answers[one.probe]
        wrong = one.contradiction(answer)
        if wrong:
            raise SystemExit(wrong)
        login = "ann" if "Authorization" in dict(one.probe.headers) else ""
        url = re.sub(r" Authorization: .*| Content-Length: 0| from .*", "", str(one.probe))
        rows.append(
            f"| {url} | {one.probe.client} | {login} | {answer.status} | {one.who} {one.what} |".replace("  ", " ")
        )
    head = ["", "| request | from | as | status | answered by |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, "", f"{len(rows)} requests, and each is answered as declared.", ""])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="moving-", dir=install.scratch()) as place:
        Path(place).chmod(0o755)
        print(page(Path(place)), end="")
