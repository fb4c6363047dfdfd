"""Who may do what with a file: as each kind of ``Files`` knows it, and what follows for the users of a server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import config_of

from modwsgi_fix.files import Disk, Files, Memory, Overlay, Permissions
from modwsgi_fix.files.rooted import Held, Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.accounts import Identity, accounts, httpd_identity, identities
from modwsgi_fix.model.facts.barred import barred, is_readable_by_all
from modwsgi_fix.model.facts.pythons import python_of_mod_wsgi
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources

_PASSWD = "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\nshop:x:1001:1001::/:/bin/sh\n"
_GROUP = "root:x:0:\nwww-data:x:33:shop\nshop:x:1001:\nstaff:x:50:shop,www-data\n"


def server(text: str, files: Mapping[str, str] = {}, permissions: Mapping[str, Permissions] = {}) -> Config:
    """A whole server whose filesystem has these files, and the accounts of a usual one."""
    texts = {"/etc/apache2/apache2.conf": text, "/etc/passwd": _PASSWD, "/etc/group": _GROUP, **files}
    memory = Memory(texts, permissions={"/etc/passwd": Permissions(0o644, 0, 0), **permissions})
    (source,) = find_sources(memory, ["/etc/apache2"])
    return load(source, disk=memory)


def test_the_disk_knows_the_mode_and_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "app.wsgi"
    file.write_text("")
    file.chmod(0o640)
    found = Disk().permissions(str(file))
    assert found is not None
    assert (found.mode, found.owner) == (0o640, os.getuid())
    (tmp_path / "link").symlink_to(file)
    assert Disk().permissions(str(tmp_path / "link")) == found
    assert Disk().permissions(str(tmp_path / "none")) is None
    assert Disk().permissions("a\0b") is None


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
def test_an_acl_has_more_to_say_than_the_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.wsgi"
    file.write_text("")
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"\2\0\0\0")
    assert Disk().permissions(str(file)) is None


def test_a_root_and_an_editor_pass_them_on() -> None:
    own = Permissions(0o600, 0, 0)
    memory = Memory({"/image/srv/a": ""}, {"/image/srv/b": "/srv/a"}, permissions={"/image/srv/a": own})
    rooted = Rooted(memory, "/image")
    every: list[tuple[Files, str]] = [
        (memory, "/image/srv/a"),
        (rooted, "/srv/a"),
        (rooted, "/srv/b"),
        (Held(rooted), "/image/srv/a"),
        (Overlay(memory, {"/image/srv/a": "new"}), "/image/srv/a"),
    ]
    for files, path in every:
        assert files.permissions(path) == own
        assert files.permissions(f"{path}/none") is None
    assert Held(rooted).permissions("/elsewhere") is None


def test_accounts_are_read() -> None:
    found = accounts(server("User www-data\n"))
    assert found is not None
    assert found.users["shop"] == (1001, 1001)
    assert found.members["staff"] == {"shop", "www-data"}
    assert found.is_whole


@pytest.mark.parametrize(
    ("files", "is_whole"),
    [
        ({"/etc/nsswitch.conf": "passwd: files systemd\n"}, True),
        ({"/etc/nsswitch.conf": "# passwd: ldap\ngroup: files\n"}, True),
        ({"/etc/nsswitch.conf": "passwd: sss files\n"}, True),
        ({"/etc/nsswitch.conf": "passwd: sss files\n", "/etc/sssd/sssd.conf": "[sssd]\n"}, False),
        ({"/etc/nsswitch.conf": "passwd:\tfiles ldap\n"}, False),
        ({"/etc/passwd": f"{_PASSWD}+::::::\n"}, False),
    ],
)
def test_further_users_are_known_elsewhere(files: dict[str, str], *, is_whole: bool) -> None:
    found = accounts(server("User www-data\n", files))
    assert found is not None
    assert found.is_whole is is_whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User www-data\nGroup www-data\n", Identity("www-data", 33, frozenset({33, 50}))),
        ("User #33\nGroup #50\n", Identity("www-data", 33, frozenset({50}))),
        ("User www-data\n", None),
        ("User nobody\nGroup www-data\n", None),
        ("User ${WHO}\nGroup www-data\n", None),
        ("<IfDefine A>\nUser www-data\n</IfDefine>\nGroup www-data\n", None),
    ],
)
def test_whom_httpd_runs_as(text: str, expected: Identity | None) -> None:
    assert httpd_identity(server(text)) == expected


def test_whom_a_process_group_runs_as() -> None:
    text = "User www-data\nGroup www-data\nWSGIDaemonProcess a user=shop\nWSGIDaemonProcess b user=shop group=shop\n"
    found = identities(server(text))
    assert found["a"] == Identity("shop", 1001, frozenset({33, 50}))
    assert found["b"] == Identity("shop", 1001, frozenset({1001, 33, 50}))
    assert found[""] == Identity("www-data", 33, frozenset({33, 50}))


@pytest.mark.parametrize(
    ("mode", "owner", "group", "right"),
    [
        (0o644, 0, 0, None),
        (0o640, 0, 0, "read"),
        (0o640, 0, 33, None),
        (0o604, 0, 33, "read"),
        (0o400, 33, 0, None),
        (0o044, 33, 33, "read"),
        (0o640, 0, 50, None),
        (0o640, 4711, 0, None),
        (0o640, 0, 4711, None),
    ],
)
def test_the_bits_of_the_first_class_decide(mode: int, owner: int, group: int, right: str | None) -> None:
    text = "User www-data\nGroup www-data\nAlias /a.css /srv/a.css\n"
    found = barred(server(text, {"/srv/a.css": ""}, {"/srv/a.css": Permissions(mode, owner, group)}))
    assert [one.right for one in found] == ([right] if right else [])


@pytest.mark.parametrize("passwd", [Permissions(0o644, 1000, 0), Permissions(0o600, 0, 0)])
def test_owners_of_a_copy_say_nothing(passwd: Permissions) -> None:
    text = "User www-data\nGroup www-data\nAlias /a.css /srv/a.css\n"
    own = {"/srv/a.css": Permissions(0o600, 0, 0), "/etc/passwd": passwd}
    assert barred(server(text, {"/srv/a.css": ""}, own)) == []


def test_a_way_through_a_link() -> None:
    own = {"/etc/key": Permissions(0o644, 0, 0), "/etc/private": Permissions(0o700, 0, 0)}
    memory = Memory({"/etc/key": "", "/etc/private/key": ""}, {"/etc/open": "/etc/private/key"}, permissions=own)
    (source,) = find_sources(Memory({"/a.conf": "Listen 80\n"}), ["/a.conf"])
    config = load(source, disk=memory)
    assert is_readable_by_all(config, "/etc/key")
    assert not is_readable_by_all(config, "/etc/open")
    assert not is_readable_by_all(config_of({"/a.conf": "Listen 80\n"}), "/etc/key")


@pytest.mark.parametrize(
    ("lines", "files", "version"),
    [
        ("LoadModule wsgi_module /opt/mod_wsgi-py38.cpython-38-x86_64-linux-gnu.so\n", {}, "3.8"),
        ("LoadModule wsgi_module /opt/mod_wsgi-py312.cpython-312-darwin.so\n", {}, "3.12"),
        (
            "LoadModule wsgi_module modules/mod_wsgi.so\n",
            {"/etc/httpd/modules/mod_wsgi.so": "libpython3.9.so.1.0"},
            None,
        ),
        (
            "ServerRoot /etc/httpd\nLoadModule wsgi_module modules/mod_wsgi.so\n",
            {"/etc/httpd/modules/mod_wsgi.so": "\0libpython3.9.so.1.0\0"},
            "3.9",
        ),
        ("LoadModule wsgi_module /m.so\n", {"/m.so": "libpython3.9.so libpython3.6m.so"}, None),
        ("LoadModule ssl_module /opt/mod_ssl-py38.cpython-38.so\n", {}, None),
    ],
)
def test_the_python_of_mod_wsgi(lines: str, files: dict[str, str], version: str | None) -> None:
    assert python_of_mod_wsgi(server(lines, files)) == version


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("User www-data\nGroup www-data\nWSGIPythonHome /srv/venv\n", "www-data"),
        ("User www-data\nGroup www-data\n<IfModule mod_wsgi.c>\nWSGIPythonHome /srv/venv\n</IfModule>\n", "www-data"),
        ("User www-data\nGroup www-data\nWSGIPythonHome /srv/venv\nWSGIRestrictEmbedded On\nWSGIDaemonProcess p user=shop group=staff\n", ""),
        ("User shop\nGroup shop\nWSGIPythonHome /srv/venv\nWSGIDaemonProcess p user=www-data group=www-data\n", "www-data"),
        ("User shop\nGroup shop\nWSGIPythonHome /srv/venv\nWSGIDaemonProcess p user=www-data group=www-data python-home=/usr\n", ""),
    ],
)  # fmt: skip
def test_the_python_of_all_is_read_by_whoever_has_none_of_its_own(text: str, who: str) -> None:
    files = {"/srv/venv/pyvenv.cfg": "", "/usr/bin/python": ""}
    found = barred(server(text, files, {"/srv/venv": Permissions(0o700, 1001, 1001)}))
    assert [one.who for one in found if one.what == "python-home"] == ([who] if who else [])


def test_the_path_of_all_is_read_by_httpd_itself_alone() -> None:
    text = "User www-data\nGroup www-data\nWSGIPythonPath /srv/open:/srv/shut\n"
    files = {"/srv/open/a.py": "", "/srv/shut/b.py": ""}
    modes = {"/srv/shut": Permissions(0o750, 1001, 1001), "/srv/open": Permissions(0o755, 1001, 1001)}
    (one,) = barred(server(text, files, modes))
    assert (one.what, one.where, one.right) == ("python-path", "/srv/shut", "search")
    assert not barred(server(text + "WSGIRestrictEmbedded On\n", files, modes))
