"""Reading: the disk, memory and a rooted filesystem behave the same."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modwsgi_fix.files import Disk, FileProblem, Files, Memory, Overlay, Remembered, key_of_each, read_bytes
from modwsgi_fix.files.rooted import Rooted

CONTENTS: dict[str, str | bytes] = {
    "/etc/apache2/apache2.conf": "Include sites-enabled/*\n",
    "/etc/apache2/sites-available/a.conf": b"# caf\xe9\r\n",
    "/etc/apache2/sites-available/B.conf": "",
    "/srv/www/app.wsgi": "application = 1\n",
}
LINKS = {
    "/etc/apache2/sites-enabled/a.conf": "../sites-available/a.conf",
    "/etc/apache2/sites-enabled/gone.conf": "/nowhere/x.conf",
    "/etc/apache2/sites-enabled/self": "self",
    "/conf": "/etc/apache2",
    "/etc/apache2/abs": "/srv/www",
    "/up": "..",
    "/far": "../../../../../srv/www",
    "/twice": "conf/sites-enabled",
}
DIRECTORIES = ["/etc/apache2/conf.d"]
NAMES = ["etc", "apache2", "sites-available", "sites-enabled", "a.conf", "B.conf", "conf", "twice", "far", "up", "srv"]
MORE = ["..", ".", "", "gone.conf", "self", "www", "conf.d", "none", "abs"]
PATHS = st.lists(st.sampled_from(NAMES + MORE), max_size=6)


def build(root: Path, prefix: str = "") -> None:
    """``prefix`` is what absolute links begin with."""
    for name in DIRECTORIES:
        (root / name[1:]).mkdir(parents=True)
    for name, content in CONTENTS.items():
        file = root / name[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, target in LINKS.items():
        (root / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / name[1:]).symlink_to(prefix + target if target.startswith("/") else target)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("image").resolve()
    build(root)
    return root


def memory(prefix: str = "") -> Memory:
    return Memory(
        {prefix + path: content for path, content in CONTENTS.items()},
        {prefix + path: target for path, target in LINKS.items()},
        [prefix + path for path in DIRECTORIES],
    )


def seen(files: Files, path: str, root: str = "") -> dict[str, object]:
    """All that can be seen of a path, keys without the root that they lie under."""
    found: dict[str, object] = {
        "file": files.is_file(path),
        "directory": files.is_dir(path),
        "link": files.is_link(path),
    }
    for method in (files.read, files.names):
        try:
            found[method.__name__] = method(path)
        except FileProblem:
            found[method.__name__] = FileProblem
    if found["file"] or found["directory"]:
        found["key"] = files.key(path).removeprefix(root) or "/"
    return found


@given(PATHS)
@settings(max_examples=3 * settings.default.max_examples)
def test_a_rooted_disk_and_memory_agree_on_any_path(image: Path, parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    expected = seen(memory(), path)
    assert seen(Rooted(Disk(), str(image)), path, str(image)) == expected
    assert seen(Rooted(memory("/image"), "/image"), path, "/image") == expected


@given(PATHS)
@settings(max_examples=3 * settings.default.max_examples)
def test_disk_and_memory_agree_on_any_path(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    root = tmp_path_factory.getbasetemp().resolve() / "plain"
    if not root.exists():
        build(root, str(root))
    links = {str(root) + path: str(root) + to if to.startswith("/") else to for path, to in LINKS.items()}
    files = Memory(
        {str(root) + path: content for path, content in CONTENTS.items()},
        links,
        [str(root) + path for path in DIRECTORIES],
    )
    path = "/".join([str(root), *parts])
    # Outside lies the machine, which memory knows nothing of.
    if Disk().key(path).startswith(f"{root}/"):
        assert seen(Disk(), path) == seen(files, path)


@given(PATHS)
@settings(max_examples=3 * settings.default.max_examples)
def test_what_a_listing_tells_is_so(image: Path, parts: list[str]) -> None:
    for files, root in ((Disk(), str(image)), (memory(), "")):
        path = "/".join([root, *parts])
        listed = Remembered(files)
        for directory in (path, os.path.dirname(path)):
            with suppress(FileProblem):
                listed.names(directory)
        assert seen(listed, path) == seen(files, path)
        assert key_of_each(files)(path) == files.key(path)


def test_a_relative_path_is_not_taken_for_one_of_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etc").symlink_to("/srv")
    key_of = key_of_each(Disk())
    assert [key_of(path) for path in ("/x", "x", "etc")] == ["/x", f"{tmp_path.resolve()}/x", os.path.realpath("/srv")]


def test_of_files_that_were_listed_the_disk_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.conf").touch()
    (tmp_path / "link.conf").symlink_to("a.conf")
    (tmp_path / "below").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert Disk().listed(str(tmp_path)).plain == {"a.conf"}
    asked: list[str] = []
    for name in ("is_file", "is_dir", "is_link"):
        monkeypatch.setattr(Disk, name, lambda self, path: asked.append(os.path.basename(path)) or False)
    files = Remembered(Disk())
    names = files.names(str(tmp_path))
    for name in names:
        path = str(tmp_path / name)
        assert (files.is_file(path), files.is_dir(path), files.is_link(path)) == (name == "a.conf", False, False)
    assert asked == ["below"] * 3 + ["link.conf"] * 3 + ["pipe"] * 3


@given(st.lists(st.sampled_from([*NAMES, "..", "self", "gone.conf"]), max_size=8))
def test_no_path_leads_out_of_a_root(image: Path, parts: list[str]) -> None:
    found = Rooted(Disk(), str(image)).host("/".join(parts))
    assert found == str(image) + "/" or found.startswith(str(image) + "/")
    assert "self" in parts or os.path.realpath(found).startswith(str(image))


def test_links_in_a_root_mean_that_root(image: Path) -> None:
    assert Rooted(Disk(), str(image)).host("/conf/apache2.conf") == f"{image}/etc/apache2/apache2.conf"
    assert Rooted(Disk(), str(image)).host("/far/app.wsgi") == f"{image}/srv/www/app.wsgi"
    assert Rooted(Disk(), str(image)).host("/../../x") == f"{image}/x"
    rooted = Rooted(Disk(), str(image))
    assert rooted.readlink("/conf") == "/etc/apache2"
    assert rooted.read("/conf/sites-enabled/a.conf") == "# caf\udce9\r\n"
    assert rooted.key("/twice/a.conf") == f"{image}/etc/apache2/sites-available/a.conf"


def test_one_file_has_one_key(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enabled = f"{image}/etc/apache2/sites-enabled/a.conf"
    available = f"{image}/etc/apache2/sites-available/a.conf"
    monkeypatch.chdir(image / "etc")
    disk = Disk()
    assert disk.key(enabled) == disk.key(available) == disk.key("apache2/sites-enabled/../sites-available/a.conf")
    assert disk.key("nowhere/../x") == f"{image}/etc/x"
    assert disk.is_link(enabled)
    assert not disk.is_link(available)


def test_any_bytes_are_read(tmp_path: Path) -> None:
    data = bytes(range(256)) + b"\r\n\xff\xfe"
    (tmp_path / "x").write_bytes(data)
    assert Disk().read(str(tmp_path / "x")) == Memory({"/x": data}).read("x") == data.decode("utf-8", "surrogateescape")


def test_names_are_in_byte_order(tmp_path: Path) -> None:
    names = ["b", "B", "10", "9", ".hidden", "\xe9", "\U0001f600", "\uffee", os.fsdecode(b"\xff")]
    for name in names:
        (tmp_path / name).touch()
    expected = sorted(names, key=os.fsencode)
    assert Disk().names(str(tmp_path)) == expected
    assert Memory({f"/{name}": "" for name in names}).names("/") == expected


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("none.conf", "no such file or directory"),
        (".", "is a directory"),
        ("pipe", "is not a regular file"),
        ("socket", "is not a regular file"),
        ("file/x", "not a directory"),
        ("nul\0", "cannot be a path"),
        ("lone\ud800", "cannot be a path"),
        ("long" * 100, "file name too long"),
        ("sparse", "is larger than 64 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    os.mkfifo("pipe")
    with open("sparse", "wb") as sparse:
        sparse.truncate(3 << 30)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(FileProblem) as caught:
            Disk().read(path)
    assert str(caught.value) == f"{path}: {reason}"
    assert not Disk().is_file(path) or path == "sparse"
    assert Disk().key(path)


def test_an_unreadable_file_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(FileProblem, match="permission denied"):
        Disk().read(str(tmp_path / "x"))


def test_dev_null_is_an_empty_file_as_it_is_to_httpd() -> None:
    assert Disk().is_file("/dev/null")
    assert Disk().read("/dev/null") == ""


def test_an_overlay_stands_for_the_file_behind_every_link() -> None:
    files = Overlay(memory(), {"/etc/apache2/sites-enabled/a.conf": "new", "/etc/apache2/conf.d/unsaved": "text"})
    assert files.read("/etc/apache2/sites-available/a.conf") == "new"
    assert files.read("/conf/conf.d/unsaved") == "text"
    assert files.read("/srv/www/app.wsgi") == "application = 1\n"
    assert files.is_file("/conf/conf.d/unsaved")
    assert files.names("/conf/conf.d") == ["unsaved"]
    assert files.names("/srv") == ["www"]
    assert files.is_link("/conf")
    assert files.readlink("/up") == ".."
    assert files.is_dir("/conf")
    with pytest.raises(FileProblem, match="no such file"):
        files.names("/none")


def test_a_file_of_the_kernel_that_would_block_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """/proc/kmsg is a regular file, and reading it waits for the next message unless it is opened not to wait."""
    path = tmp_path / "kmsg.conf"
    path.write_text("Listen 80\n")

    def read(file: int, size: int) -> bytes:
        if os.get_blocking(file):
            pytest.fail("this would wait for ever")
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(FileProblem, match="temporarily unavailable"):
        read_bytes(str(path))
