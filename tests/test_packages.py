"""Files that are as their packages ship them are read, and neither reported nor changed unless they are named."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import struct
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Outcome, Run

from modwsgi_fix.files import Disk
from modwsgi_fix.files.packages import Sum, files_of_header, shipped_sums
from modwsgi_fix.files.rooted import Rooted

TWICE = "WSGIDaemonProcess shop\nWSGIDaemonProcess shop\n"
ONCE = "WSGIDaemonProcess shop\n"
WORDS = ("--isolated", "--select", "duplicate-daemon-process", "--no-impact", "--root", "image")
SHIPPED = "/etc/apache2/conf-available/shop.conf"


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# -- databases -------------------------------------------------------------------------------------------------------------


def conffiles(sums: Mapping[str, str], flag: str = "") -> None:
    lines = "".join(f" {path} {digest}{flag}\n" for path, digest in sums.items())
    write(
        "image/var/lib/dpkg/status",
        f"Package: other\nStatus: install ok installed\n\nPackage: shop\nConffiles:\n{lines}Description: x\n more\n",
    )


def md5sums(sums: Mapping[str, str]) -> None:
    write("image/var/lib/dpkg/status", "Package: shop\nStatus: install ok installed\n")
    write("image/var/lib/dpkg/info/a.md5sums", f"{'0' * 32}  usr/share/doc/a\n")
    lines = "".join(f"{digest}  {path[1:]}\n" for path, digest in sums.items())
    write("image/var/lib/dpkg/info/shop:amd64.md5sums", f"{'0' * 32}  usr/share/doc/shop\n{lines}")


def ucf(sums: Mapping[str, str]) -> None:
    write("image/var/lib/ucf/hashfile", "".join(f"{digest}  {path}\n" for path, digest in sums.items()))


def header(files: Mapping[str, str], algorithm: int | None = 8) -> bytes:
    """The header of an rpm: paths with their digests."""
    directories = list(dict.fromkeys(os.path.dirname(path) + "/" for path in files))
    columns: list[tuple[int, int, list[str] | list[int]]] = [
        (1035, 8, list(files.values())),
        (1116, 4, [directories.index(os.path.dirname(path) + "/") for path in files]),
        (1117, 8, [os.path.basename(path) for path in files]),
        (1118, 8, directories),
    ]
    if algorithm is not None:
        columns.append((5011, 4, [algorithm]))
    index, data = b"", b""
    for tag, kind, values in columns:
        index += struct.pack(">IIII", tag, kind, len(data), len(values))
        for value in values:
            data += struct.pack(">I", value) if isinstance(value, int) else value.encode() + b"\0"
        data += b"\0" * (-len(data) % 4)
    return struct.pack(">II", len(columns), len(data)) + index + data


def rpm(files: Mapping[str, str], algorithm: int | None = 8, place: str = "var/lib/rpm") -> None:
    database = Path(f"image/{place}/rpmdb.sqlite")
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        connection.execute("CREATE TABLE Basenames (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
        for number, contents in enumerate((files, {"/srv/shop.conf": "0" * 64}), 1):
            connection.execute("INSERT INTO Packages VALUES (?, ?)", (number, header(contents, algorithm)))
            for index, path in enumerate(contents):
                connection.execute("INSERT INTO Basenames VALUES (?, ?, ?)", (os.path.basename(path), number, index))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DATABASES: dict[str, Callable[[str, str], None]] = {
    "conffile": lambda path, text: conffiles({path: md5(text)}),
    "obsolete conffile": lambda path, text: conffiles({path: md5(text)}, " obsolete"),
    "conffile to be removed": lambda path, text: conffiles({path: md5(text)}, " remove-on-upgrade"),
    "md5sums": lambda path, text: md5sums({path: md5(text)}),
    "ucf": lambda path, text: ucf({path: md5(text)}),
    "rpm": lambda path, text: rpm({path: sha256(text)}),
    "rpm elsewhere": lambda path, text: rpm({path: sha256(text)}, place="usr/lib/sysimage/rpm"),
    "rpm with MD5": lambda path, text: rpm({path: md5(text)}, None),
}


# -- reporting and fixing --------------------------------------------------------------------------------------------------


def server(text: str = TWICE) -> None:
    write("image/etc/apache2/apache2.conf", "Include conf-enabled/*.conf\nInclude own.conf\n")
    write("image/etc/apache2/own.conf", "WSGIDaemonProcess own\nWSGIDaemonProcess own\n")
    write(f"image{SHIPPED}", text)
    Path("image/etc/apache2/conf-enabled").mkdir(exist_ok=True)
    os.symlink("../conf-available/shop.conf", "image/etc/apache2/conf-enabled/shop.conf")


def files(outcome: Outcome) -> set[str]:
    return {line.split(":")[0] for line in outcome.out.splitlines() if " duplicate-daemon-process " in line}


def noted(outcome: Outcome) -> str:
    """What is said after the first line, which says whether httpd starts."""
    first, _, rest = outcome.err.partition("\n")
    assert "httpd" in first
    return rest


OWN = "image/etc/apache2/own.conf"
NOTE = "note: 1 finding in 1 file that is as its package ships it is not shown; name a file to see them\n"


@pytest.mark.parametrize("database", DATABASES)
def test_a_shipped_file_is_read_and_not_reported(run: Run, database: str) -> None:
    server()
    assert files(run(*WORDS, "image/etc/apache2")) == {OWN, f"image{SHIPPED}"}
    DATABASES[database](SHIPPED, TWICE)
    outcome = run(*WORDS, "image/etc/apache2")
    assert (files(outcome), noted(outcome), outcome.code) == ({OWN}, NOTE, 1)
    read = run(*WORDS, "--output-format", "json", "image/etc/apache2")
    assert json.loads(read.out)["as_shipped"] == {"findings": 1, "files": 1}
    assert f"image{SHIPPED}" in json.loads(read.out)["files"]


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("changed", [TWICE + " ", TWICE.replace("\n", "\r\n"), "#" + TWICE + TWICE])
def test_a_file_that_is_not_byte_for_byte_the_same_is_the_administrators(run: Run, database: str, changed: str) -> None:
    server(changed)
    DATABASES[database](SHIPPED, TWICE)
    assert files(run(*WORDS, "image/etc/apache2")) == {OWN, f"image{SHIPPED}"}


@pytest.mark.parametrize("database", DATABASES)
def test_a_shipped_file_is_not_changed(run: Run, database: str) -> None:
    server()
    DATABASES[database](SHIPPED, TWICE)
    outcome = run(*WORDS, "--write", "image/etc/apache2")
    assert (outcome.err.splitlines(keepends=True)[0], outcome.code) == (NOTE, 0)
    assert Path(f"image{SHIPPED}").read_text() == TWICE
    assert Path(OWN).read_text() == "WSGIDaemonProcess own\n"
    assert "shop" not in run(*WORDS, "--diff", "image/etc/apache2").out


@pytest.mark.parametrize("named", [f"image{SHIPPED}", "image/etc/apache2/conf-enabled/shop.conf"])
def test_a_shipped_file_that_is_named_is_reported_and_changed(run: Run, named: str) -> None:
    server()
    conffiles({SHIPPED: md5(TWICE)})
    assert files(run(*WORDS, named)) == {named}
    assert run(*WORDS, "--write", named).code == 0
    assert Path(f"image{SHIPPED}").read_text() == ONCE


@pytest.mark.parametrize(
    "directory", ["image/etc/apache2/conf-available", "image/etc/apache2/conf-enabled", "image/etc"]
)
def test_a_shipped_file_is_not_named_by_its_directory(run: Run, directory: str) -> None:
    server()
    conffiles({SHIPPED: md5(TWICE)})
    assert f"image{SHIPPED}" not in files(run(*WORDS, directory))


def test_a_copy_of_a_shipped_file_that_stands_for_it(run: Run) -> None:
    conffiles({"/etc/apache2/shop.conf": md5(TWICE), "/etc/apache2/apache2.conf": md5("Include shop.conf\n")})
    write("conf/apache2.conf", "Include shop.conf\n")
    write("conf/shop.conf", TWICE)
    assert not files(run(*WORDS, "conf"))
    write("conf/shop.conf", TWICE + "#\n")
    assert files(run(*WORDS, "conf")) == {"conf/shop.conf"}


def test_without_a_root_nothing_is_known_of_packages(run: Run) -> None:
    server()
    conffiles({SHIPPED: md5(TWICE)})
    words = [word for word in WORDS if word not in ("--root", "image")]
    assert f"image{SHIPPED}" in files(run(*words, "image/etc/apache2"))


def test_a_fix_that_would_change_a_shipped_file_is_withheld(run: Run) -> None:
    main = "Include sites/*.conf\n"
    host = "<VirtualHost *:80>\nServerName {}.test\nWSGIDaemonProcess shop\nWSGIProcessGroup shop\n</VirtualHost>\n"
    write("image/etc/apache2/apache2.conf", main)
    write("image/etc/apache2/sites/a.conf", host.format("a"))
    write("image/etc/apache2/sites/b.conf", host.format("b"))
    write("image/etc/apache2/sites/c.conf", TWICE)
    words = (*WORDS, "--diff", "--unsafe-fixes", "image/etc/apache2")
    free = run(*words)
    assert "+++ b/image/etc/apache2/sites/a.conf" in free.out
    conffiles({f"/etc/apache2/sites/{name}.conf": md5(host.format(name)) for name in "a"})
    held = run(*words)
    assert "image/etc/apache2/sites/a.conf is as its package ships it; name it to change it" in held.err
    assert "+++ b/image/etc/apache2/sites/a.conf" not in held.out


def test_a_shipped_script_is_not_reported(run: Run) -> None:
    text = "import sys\nsys.stdout = sys.stderr\napplication = 1\n"
    write("image/etc/apache2/apache2.conf", "WSGIScriptAlias / /usr/share/shop/shop.wsgi\n")
    write("image/usr/share/shop/shop.wsgi", text)
    words = ("--isolated", "--select", "stdout-workaround", "--root", "image", "image/etc/apache2")
    assert "shop.wsgi:2:1: info: stdout-workaround" in run(*words).out
    md5sums({"/usr/share/shop/shop.wsgi": md5(text)})
    outcome = run(*words)
    assert "stdout-workaround" not in outcome.out
    assert noted(outcome) == NOTE


def test_quiet_runs_say_nothing_of_shipped_files(run: Run) -> None:
    server()
    conffiles({SHIPPED: md5(TWICE)})
    assert run(*WORDS, "--quiet", "image/etc/apache2").err == ""


# -- databases that are not what they should be ----------------------------------------------------------------------------


def sums() -> dict[str, set[Sum]]:
    return shipped_sums(Rooted(Disk(), "image"), [SHIPPED])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "image").mkdir()
    return tmp_path


def test_paths_are_compared_whole(here: Path) -> None:
    conffiles({f"{SHIPPED}.old": md5("a"), f"/x{SHIPPED}": md5("b"), "/etc/apache2/a b.conf": md5("c")})
    rpm({f"/x{SHIPPED}": sha256("a")})
    assert not sums()
    assert shipped_sums(Rooted(Disk(), "image"), ["/etc/apache2/a b.conf"]) == {
        "/etc/apache2/a b.conf": {Sum("md5", md5("c"))}
    }


def test_each_package_that_has_a_file_may_say_what_it_is(here: Path) -> None:
    conffiles({SHIPPED: md5("a")})
    ucf({SHIPPED: md5("b")})
    rpm({SHIPPED: sha256("c")})
    assert sums() == {SHIPPED: {Sum("md5", md5("a")), Sum("md5", md5("b")), Sum("sha256", sha256("c"))}}


@pytest.mark.parametrize(
    "status",
    [
        b"",
        b"\0" * 4096,
        b"Conffiles:\n \n /etc\n" * 10,
        b"Conffiles:\n /etc/apache2/conf-available/shop.conf newconffile\n",
    ],
)
def test_a_malformed_status_says_nothing(here: Path, status: bytes) -> None:
    conffiles({})
    (here / "image/var/lib/dpkg/status").write_bytes(status)
    write("image/var/lib/dpkg/info/x.md5sums", "zz\n\n  \n")
    assert sums() == {}


def test_databases_that_are_no_regular_files_say_nothing(here: Path) -> None:
    conffiles({SHIPPED: md5("a")})
    (here / "status").write_bytes((here / "image/var/lib/dpkg/status").read_bytes())
    (here / "image/var/lib/dpkg/status").unlink()
    os.mkfifo("image/var/lib/dpkg/status")
    os.mkdir("image/var/lib/ucf")
    os.symlink("/", "image/var/lib/ucf/hashfile")
    os.makedirs("image/var/lib/rpm/rpmdb.sqlite")
    assert sums() == {}
    os.unlink("image/var/lib/dpkg/status")
    os.symlink(here / "status", "image/var/lib/dpkg/status")
    assert sums() == {}


@pytest.mark.parametrize("size", [0, 10, 100, 4096, 8000])
def test_a_database_that_was_cut_off_says_nothing(here: Path, size: int) -> None:
    rpm({SHIPPED: sha256("a")})
    database = here / "image/var/lib/rpm/rpmdb.sqlite"
    assert sums()
    database.write_bytes(database.read_bytes()[:size])
    assert sums() == {}


@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TABLE Packages (hnum, blob); CREATE TABLE Basenames (key, hnum, idx);"
        "INSERT INTO Packages VALUES (1, 'text'); INSERT INTO Basenames VALUES ('shop.conf', 1, 0);",
        "CREATE TABLE Packages (hnum, blob); CREATE TABLE Basenames (key, hnum, idx);"
        "INSERT INTO Packages VALUES (1, zeroblob(100000000)); INSERT INTO Basenames VALUES ('shop.conf', 1, 0);",
        "CREATE TABLE Packages (hnum, blob); CREATE TABLE Basenames (key, hnum, idx);"
        "INSERT INTO Basenames VALUES ('shop.conf', 'x', 0), ('shop.conf', NULL, 0), ('shop.conf', 7, 0);",
        "CREATE TABLE Packages (hnum, blob); CREATE VIEW Basenames AS WITH RECURSIVE c(x) AS "
        "(VALUES(1) UNION ALL SELECT x+1 FROM c) SELECT 'other' AS key, x AS hnum, 0 AS idx FROM c;",
    ],
    ids=["text", "too large", "other types", "without end"],
)
def test_a_database_of_another_make_says_nothing(here: Path, statements: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import modwsgi_fix.files.packages as packages

    monkeypatch.setattr(packages, "_MOST_ROUNDS", 100)
    os.makedirs("image/var/lib/rpm")
    with closing(sqlite3.connect("image/var/lib/rpm/rpmdb.sqlite")) as connection:
        connection.executescript(statements)
    assert sums() == {}


def test_looking_into_a_database_leaves_it_alone(here: Path) -> None:
    rpm({SHIPPED: sha256("a")})
    before = sorted(path.name for path in (here / "image/var/lib/rpm").iterdir())
    assert sums()
    assert sorted(path.name for path in (here / "image/var/lib/rpm").iterdir()) == before


def test_a_header_gives_the_sums_of_its_files() -> None:
    files = {"/etc/a": "1" * 64, "/etc/b": "", "/usr/c": "2" * 64}
    assert files_of_header(header(files)) == {"/etc/a": Sum("sha256", "1" * 64), "/usr/c": Sum("sha256", "2" * 64)}
    assert files_of_header(header({"/x/a": "3" * 32}, None)) == {"/x/a": Sum("md5", "3" * 32)}
    assert files_of_header(header(files, 99)) == {}


@given(st.integers(0, 250), st.binary(max_size=8), st.integers(0, 8))
@settings(max_examples=5 * settings.default.max_examples)
def test_a_broken_header_is_no_error(at: int, noise: bytes, cut: int) -> None:
    whole = header({"/etc/a": "1" * 64, "/usr/c": "2" * 64})
    broken = whole[:at] + noise + whole[at + cut :]
    found = files_of_header(broken)
    assert found.keys() <= {"/etc/a", "/usr/c"} or broken != whole
    assert not any(shipped.is_of("") for shipped in found.values())


def test_the_database_is_asked_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import modwsgi_fix.model.vendor as vendor

    asked: list[int] = []

    def count(rooted: Rooted, paths: list[str]) -> dict[str, set[Sum]]:
        asked.append(len(paths))
        return shipped_sums(rooted, paths)

    monkeypatch.setattr(vendor, "shipped_sums", count)
    server()
    conffiles({SHIPPED: md5(TWICE)})
    run(*WORDS, "--write", "image/etc/apache2")
    assert asked == [3]
