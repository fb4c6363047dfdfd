"""A journal says what to write where; one that came with somebody else's files is not obeyed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from disturbance import contents, plant

from modwsgi_fix.cli import main
from modwsgi_fix.files.journal import Entry, Journal, dump
from modwsgi_fix.files.recovery import pending, recover

TWICE = b"WSGIDaemonProcess site threads=15\nWSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
ONCE = b"WSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
BEFORE = b"WSGIDaemonProcess before\nWSGIProcessGroup before\n"
STAGED = ".modwsgi-fix-00000000-0.staged"
ONLY = ("--isolated", "--select", "duplicate-daemon-process")

Outcome = tuple[int, list[str]]
Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """The command line over ``conf``: the exit code, and the lines on stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Outcome:
        capfdbinary.readouterr()
        code = main([*ONLY, *words])
        return code, capfdbinary.readouterr().err.decode().splitlines()

    return run


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A configuration with a fault, and what a planted journal could be after: some in it, most outside."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home/profile").write_bytes(TWICE)
    (tmp_path / "home/precious").write_bytes(b"precious\n")
    conf = tmp_path / "conf"
    (conf / "part").mkdir(parents=True)
    (conf / "site.conf").write_bytes(TWICE)
    (conf / "notes").write_bytes(TWICE[:20])
    (conf / "profile").symlink_to("../home/profile")
    (conf / "linked").symlink_to("../home")
    return conf


def entry(conf: Path, path: str = "site.conf", staged: str = "", backup: str = "") -> Entry:
    """A file in ``conf``, by a path from there; as it is now, the run had written it."""
    names = [os.path.join(conf, name) if name else "" for name in (path, staged, backup)]
    return Entry(names[0], BEFORE, TWICE, names[1], names[2])


def test_a_journal_of_an_interrupted_run_is_obeyed(conf: Path, run: Run) -> None:
    """What every refusal below is compared with."""
    for staged, backup in (("", ""), (STAGED, "site.conf.orig")):
        (conf / "site.conf").write_bytes(TWICE)
        if staged:
            (conf / staged).write_bytes(TWICE)
            (conf / backup).write_bytes(BEFORE)
        plant(conf, Journal(True, (entry(conf, staged=staged, backup=backup),)))
        code, said = run("conf")
        assert [line for line in said if "interrupted run" in line] == [
            f"note: {conf}: an interrupted run left this half done; --write puts it right"
        ]
        assert code == 1
        assert run("-q", "--write", "conf") == (
            0,
            [f"{conf}/site.conf: an interrupted run had changed it; put back"],
        )
        assert (conf / "site.conf").read_bytes() == BEFORE
        assert sorted(os.listdir(conf)) == ["linked", "notes", "part", "profile", "site.conf"]


def refused(run: Run, root: Path, journal: str | Path, reason: str, *words: str, given: str = "conf") -> None:
    """The run goes on as if the journal were not there, and one line says why it is not obeyed."""
    site = root / given / "site.conf"
    around = contents(root)
    code, said = run(given)
    (line,) = [line for line in said if str(journal) in line]
    assert line.startswith(f"note: {journal}: this journal is not obeyed: ")
    assert reason in line
    assert not any("interrupted run" in line for line in said)
    assert code == 1
    assert contents(root) == around
    assert run("-q", "--write", *words, given) == (0, [line.removeprefix("note: ")])
    assert contents(root) == around | {str(site.relative_to(root)): ONCE}
    assert os.path.lexists(journal)


OUTSIDE: dict[str, tuple[dict[str, str], str]] = {
    "a path": ({"path": "/etc/hostname"}, "outside the given paths"),
    "a path in a home": ({"path": "{home}/profile"}, "outside the given paths"),
    "a path by dots": ({"path": "../home/profile"}, "not the plain path of a file"),
    "a path by dots that stays inside": ({"path": "part/../site.conf"}, "not the plain path of a file"),
    "a path by a link": ({"path": "profile"}, "not the plain path of a file"),
    "a path by a linked directory": ({"path": "linked/profile"}, "not the plain path of a file"),
    "a path that is relative": ({"path": "{relative}"}, "not the plain path of a file"),
    "a directory": ({"path": "part"}, "not a regular file"),
    "a file that is not there": ({"path": "other.conf"}, "no such file"),
    "a temporary file elsewhere": ({"staged": "{home}/precious"}, "cannot be"),
    "a temporary file of another name": ({"staged": "notes"}, "cannot be"),
    "a temporary file beside another file": ({"staged": "part/" + STAGED}, "cannot be"),
    "a temporary file by dots": ({"staged": "part/../" + STAGED}, "cannot be"),
    "a temporary file with a bare name": ({"staged": "{bare}"}, "cannot be"),
    "a backup elsewhere": ({"backup": "{home}/precious"}, "cannot be"),
    "a backup of another name": ({"backup": "notes"}, "cannot be"),
    "a backup that is the file": ({"backup": "site.conf"}, "cannot be"),
    "a backup below the file": ({"backup": "site.conf/x"}, "cannot be"),
    "a backup in a state directory by dots": ({"backup": "{state}/modwsgi-fix/backup/../../precious"}, "cannot be"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_journal_speaks_of_nothing_but_what_this_program_makes(
    conf: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(conf.parent / "home"))
    names, reason = OUTSIDE[name]
    places = {"home": conf.parent / "home", "relative": "conf/site.conf", "bare": STAGED, "state": conf.parent / "home"}
    names = {field: value.format(**places) for field, value in names.items()}
    one = entry(conf, **names)
    for field in ("relative", "bare"):
        if "{" + field + "}" in str(OUTSIDE[name][0]):
            (key,) = names
            one = Entry(**{**{f: getattr(one, f) for f in Entry.__slots__}, key: names[key]})
    refused(run, conf.parent, plant(conf, Journal(True, (one,))), reason)


def test_one_wrong_name_refuses_all(conf: Path, run: Run) -> None:
    wrong = entry(conf, "../home/profile")
    refused(run, conf.parent, plant(conf, Journal(True, (entry(conf), wrong))), "not the plain path")


@pytest.mark.parametrize("name", ["staged", "backup"])
def test_links_in_the_place_of_what_this_program_makes_are_refused(conf: Path, run: Run, name: str) -> None:
    made = {"staged": STAGED, "backup": "site.conf.orig"}[name]
    (conf / made).symlink_to("../home/precious")
    refused(run, conf.parent, plant(conf, Journal(True, (entry(conf, **{name: made}),))), "not a regular file")


def test_a_file_beside_the_given_one_is_outside(conf: Path, run: Run) -> None:
    (conf / "part/site.conf").write_bytes(TWICE)
    journal = plant(conf / "part", Journal(True, (entry(conf, "part/site.conf"), entry(conf))))
    assert [r.path for r in pending([str(conf / "part")], [str(conf / "part")])[1]] == [str(journal)]
    assert pending([str(conf / "part")], [str(conf)]) == ([str(journal)], [])
    refused(run, conf.parent, journal, "outside the given paths", given="conf/part")


# -- its file ------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o400, 0o700, 0o4600])
def test_a_mode_that_no_run_gives(conf: Path, run: Run, mode: int) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    journal.chmod(mode)
    refused(run, conf.parent, journal, f"its mode is {mode:04o}, not 0600")


def test_a_copy_of_a_tree(conf: Path, run: Run) -> None:
    """An archive keeps the mode 0600, and whoever unpacks it owns the file."""
    copy = conf.parent / "unpacked"
    shutil.copytree(conf, copy, symlinks=True)
    made = plant(conf, Journal(True, (entry(copy),)))
    journal = copy / made.name
    shutil.copy2(made, journal)
    refused(run, conf.parent, journal, "written in another directory", given="unpacked")


def test_a_journal_that_says_nothing_of_its_directory(conf: Path, run: Run) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    journal.write_bytes(dump(Journal(True, (entry(conf),))))
    refused(run, conf.parent, journal, "written in another directory")


def test_a_name_that_no_run_gives(conf: Path, run: Run) -> None:
    for name in (".modwsgi-fix-0.journal", ".modwsgi-fix-0000000g.journal", ".modwsgi-fix-\n\x1b[1m.journal"):
        journal = plant(conf, Journal(True, (entry(conf),)), name=name)
        shown = str(journal).translate({10: "\u240a", 27: "\u241b"})
        (conf / "site.conf").write_bytes(TWICE)
        _, said = run("-q", "--write", "conf")
        assert said == [line for line in said if line.startswith(shown) and "makes no such names" in line]
        assert len(said) == 1
        journal.unlink()
    (conf / "site.conf").write_bytes(TWICE)
    journal = plant(conf, Journal(True, (entry(conf),)), name=".modwsgi-fix-0.journal")
    refused(run, conf.parent, journal, "no such names")


def test_a_second_link_and_what_is_no_file(conf: Path, run: Run) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    os.link(journal, conf.parent / "second")
    refused(run, conf.parent, journal, "2 hard links")
    (conf / "site.conf").write_bytes(TWICE)
    journal.unlink()
    journal.symlink_to("../second")
    refused(run, conf.parent, journal, "it is a link")
    (conf / "site.conf").write_bytes(TWICE)
    journal.unlink()
    os.mkfifo(journal)
    refused(run, conf.parent, journal, "is not a regular file")
    (conf / "site.conf").write_bytes(TWICE)
    journal.unlink()
    journal.mkdir()
    refused(run, conf.parent, journal, "is not a regular file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_another_user(conf: Path, run: Run) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    os.chown(journal, 1234, 1234)
    refused(run, conf.parent, journal, "belongs to another user")
    (conf / "site.conf").write_bytes(TWICE)
    os.chown(journal, 0, 0)
    os.chown(conf, 1234, 1234)
    refused(run, conf.parent, journal, "its directory belongs to another user", "--allow-shared-tree")


# -- its form ------------------------------------------------------------------


def resealed(data: bytes, change: Callable[[Any], Any]) -> bytes:
    """A journal with another body and the right digest for it."""
    title, _, *rows = data.decode().splitlines()
    body = json.dumps(change(json.loads(base64.b64decode("".join(row[2:] for row in rows)))))
    return sealed(title, body.encode())


def sealed(title: str, body: bytes) -> bytes:
    return f"{title}\n# {hashlib.sha256(body).hexdigest()}\n# {base64.b64encode(body).decode()}\n".encode()


def of_file(**fields: object) -> Callable[[Any], Any]:
    return lambda body: {**body, "files": [{**body["files"][0], **fields}]}


FORMS: dict[str, Callable[[Any], Any]] = {
    "a list": lambda body: [body],
    "a string": lambda body: "x",
    "no files": lambda body: {**body, "files": []},
    "files as an object": lambda body: {**body, "files": {}},
    "files as a string": lambda body: {**body, "files": "site"},
    "a file as a string": lambda body: {**body, "files": ["site.conf"]},
    "a file twice": lambda body: {**body, "files": body["files"] * 2},
    "verified as a number": lambda body: {**body, "verified": 0},
    "directory as a string": lambda body: {**body, "directory": str(body["directory"])},
    "directory as a truth": lambda body: {**body, "directory": True},
    "without verified": lambda body: {key: value for key, value in body.items() if key != "verified"},
    "without files": lambda body: {key: value for key, value in body.items() if key != "files"},
    "a field more": lambda body: {**body, "run": "rm"},
    "a field of a file more": of_file(mode="0777"),
    "a field of a file less": lambda body: {**body, "files": [{"path": body["files"][0]["path"]}]},
    "path as a list": of_file(path=["/etc/hostname"]),
    "path as nothing": of_file(path=None),
    "path with a NUL": of_file(path="/etc/host\0name"),
    "path without an end": of_file(path="/x" * 5000),
    "staged as a number": of_file(staged=1),
    "backup as a list": of_file(backup=[]),
    "before as a number": of_file(before=1),
    "before not in base64": of_file(before="*"),
    "after not in ASCII": of_file(after="\u00e9"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_journal_in_another_form(conf: Path, run: Run, name: str) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    journal.write_bytes(resealed(journal.read_bytes(), FORMS[name]))
    refused(run, conf.parent, journal, "not in the form of a journal")


@pytest.mark.parametrize("version", [1, 3, "2", None])
def test_another_version(conf: Path, run: Run, version: object) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    journal.write_bytes(resealed(journal.read_bytes(), lambda body: {**body, "version": version}))
    refused(run, conf.parent, journal, "of another version of modwsgi-fix")


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[" * 100_000, b"9" * 10_000])
def test_what_json_cannot_read(conf: Path, run: Run, body: bytes) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    journal.write_bytes(sealed(journal.read_text().splitlines()[0], body))
    refused(run, conf.parent, journal, "not in the form of a journal")


def test_a_journal_that_is_not_whole(conf: Path) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    whole = journal.read_bytes()
    for size in [*range(0, len(whole) - 2, 37), len(whole) - 2]:
        journal.write_bytes(whole[:size])
        (line,) = recover([str(conf)], [str(conf)])
        assert "it is not whole" in line
    for other in (whole.replace(b"# modwsgi", b"  modwsgi"), whole[:100] + b"\xff" + whole[101:], b"\0" * 5000):
        journal.write_bytes(other)
        (line,) = recover([str(conf)], [str(conf)])
        assert "it is not whole" in line
    assert (conf / "site.conf").read_bytes() == TWICE
    assert journal.read_bytes() == other


def test_a_journal_without_an_end_is_not_read(conf: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    monkeypatch.setattr("modwsgi_fix.files.trust.MOST", journal.stat().st_size - 1)
    refused(run, conf.parent, journal, "are not read")


# -- git -----------------------------------------------------------------------


def git(directory: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    quiet = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *who, *words], cwd=directory, check=True, capture_output=True, env=quiet)


@pytest.fixture
def tracked(conf: Path) -> Path:
    """A journal that would be obeyed, but for the commit in which it is."""
    journal = plant(conf, Journal(True, (entry(conf),)))
    git(conf.parent, "init", "-q", ".")
    git(conf.parent, "add", "-f", "conf")
    git(conf.parent, "commit", "-q", "-m", "x")
    return journal


def test_a_journal_that_git_tracks(conf: Path, run: Run, tracked: Path) -> None:
    assert tracked.stat().st_mode & 0o777 == 0o600
    refused(run, conf.parent, tracked, "git tracks it")


def test_a_journal_in_a_clone(conf: Path, run: Run, tracked: Path) -> None:
    git(conf.parent, "clone", "-q", ".", "clone")
    journal = conf.parent / "clone/conf" / tracked.name
    refused(run, conf.parent, journal, "its mode is", given="clone/conf")


def test_a_journal_in_a_worktree(conf: Path, run: Run, tracked: Path) -> None:
    git(conf.parent, "worktree", "add", "-q", "tree")
    directory = conf.parent / "tree/conf"
    journal = plant(directory, Journal(True, (entry(directory),)))
    refused(run, conf.parent, journal, "git tracks it", given="tree/conf")


@pytest.mark.parametrize("settings", [["core.splitIndex=true"], ["index.version=3"]])
def test_other_forms_of_an_index(conf: Path, run: Run, tracked: Path, settings: list[str]) -> None:
    for setting in settings:
        git(conf.parent, "config", *setting.split("="))
    git(conf.parent, "read-tree", "HEAD")
    git(conf.parent, "update-index", "--split-index" if "split" in settings[0] else "--no-split-index")
    refused(run, conf.parent, tracked, "git tracks it")


def test_an_index_with_shortened_names_does_not_tell(conf: Path, run: Run, tracked: Path) -> None:
    git(conf.parent, "update-index", "--index-version", "4")
    refused(run, conf.parent, tracked, "does not tell whether it is tracked")


def test_a_journal_that_git_does_not_know_is_obeyed(conf: Path) -> None:
    git(conf.parent, "init", "-q", ".")
    git(conf.parent, "add", "-f", "conf")
    journal = plant(conf, Journal(True, (entry(conf),)))
    assert pending([str(conf)], [str(conf)]) == ([str(journal)], [])


def test_an_index_that_is_no_file_does_not_stop_the_run(conf: Path, run: Run) -> None:
    journal = plant(conf, Journal(True, (entry(conf),)))
    (conf.parent / ".git").mkdir()
    os.mkfifo(conf.parent / ".git/index")
    refused(run, conf.parent, journal, "index is not a regular file")
    (conf / "site.conf").write_bytes(TWICE)
    shutil.rmtree(conf.parent / ".git")
    (conf.parent / ".git").write_bytes(b"gitdir: /nowhere\n")
    assert pending([str(conf)], [str(conf)]) == ([str(journal)], [])
