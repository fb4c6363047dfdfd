"""``modwsgi-fix fetch``: a server over ssh, whose every answer may have been made by somebody else."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
import sshd
from support import Run, refused, tree

from modwsgi_fix.files import MANIFEST, FileProblem, Memory, Overlay, Remembered
from modwsgi_fix.files.copying import write_copy
from modwsgi_fix.files.fetched import Entry, Fetched, Manifest, as_json, read_manifest
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.fleet import listing
from modwsgi_fix.fleet.far import Far
from modwsgi_fix.fleet.fetching import top_of
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.accounts import unknown_accounts
from modwsgi_fix.model.facts.barred import barred, is_readable_by_all
from modwsgi_fix.model.facts.pythons import python_of_environment, python_of_mod_wsgi
from modwsgi_fix.model.facts.running import is_installed, python_of
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.workspace.errors import Stop

pytestmark = pytest.mark.slow

_KEY = "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----\n"
_SITE = """\
<VirtualHost *:80>
    ServerName shop.test
    Alias /static /srv/shop/static
    Alias /big /srv/big
    Alias /gone /srv/shop/gone
    WSGIScriptAlias / /srv/shop/app.wsgi
    SSLCertificateFile /etc/apache2/ssl/site.pem
    SSLCertificateKeyFile ssl/der
    <Directory /srv>
        AllowOverride Options
        AuthUserFile /srv/shop/users
        Require all granted
    </Directory>
</VirtualHost>
"""
SERVER = {
    "/etc/apache2/apache2.conf": (
        "ServerRoot /etc/apache2\nInclude sites-enabled/*.conf\nInclude /opt/shared/common.conf\n"
        "IncludeOptional /opt/hosts/*.conf\n<Directory />\n    Require all denied\n</Directory>\n"
    ),
    "/etc/apache2/envvars": "export APACHE_RUN_USER=www-data\n",
    "/etc/apache2/sites-available/shop.conf": _SITE,
    "/etc/apache2/sites-enabled/shop.conf": "->/etc/apache2/sites-available/shop.conf",
    "/etc/apache2/sites-enabled/away.conf": "->/opt/away.conf",
    "/etc/apache2/ssl/site.pem": _KEY,
    "/etc/apache2/ssl/der": b"hush\x01\x02",
    "/etc/apache2/ssl/a.key": "hush",
    "/opt/away.conf": "# away\n",
    "/opt/shared/common.conf": "Include /opt/shared/more.conf\n",
    "/opt/shared/more.conf": "Listen 80\n",
    "/opt/hosts/a.conf": "# a\n",
    "/srv/shop/app.wsgi": "def application(environ, start_response):\n    return []\n",
    "/srv/shop/users": "eve:hush\n",
    "/srv/shop/static/a.css": "a {}",
    "/srv/shop/static/dump.sqlite": b"hush",
    "/srv/shop/static/.htaccess": "Options -Indexes\n",
    "/srv/shop/static/\x1b[2J\nx": "hush",
    "/srv/big/a.bin": "hush",
}  # fmt: skip


@sshd.needed
def test_a_server_comes_over_a_real_sshd(run: Run, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    with sshd.running(tmp_path / "far") as server:
        server.put(SERVER)
        (server.root / "srv/shop/app.wsgi").chmod(0o640)
        done = run("fetch", "web1", "copy", "--ssh", server.ssh, "--skip", "/srv/big")
        assert done.code == 1, done.err
        assert done.out.startswith("Fetched 9 files of web1, and ")
        lost = run("fetch", "root@nobody.invalid", "other", "--ssh", server.ssh)
    assert "Could not resolve hostname" in refused(lost)
    assert not (tmp_path / "other").exists()
    assert set(tree(tmp_path / "copy")) == {
        MANIFEST, "etc/apache2/apache2.conf", "etc/apache2/envvars", "etc/apache2/sites-available/shop.conf",
        "etc/apache2/sites-enabled/shop.conf", "etc/apache2/sites-enabled/away.conf", "opt/away.conf", "opt/shared/common.conf",
        "opt/shared/more.conf", "opt/hosts/a.conf", "srv/shop/app.wsgi", "srv/shop/static/.htaccess",
    }  # fmt: skip
    # Links stay links, and lead nowhere out of the copy; no secret came.
    assert os.readlink(tmp_path / "copy/etc/apache2/sites-enabled/away.conf") == "../../../opt/away.conf"
    assert not any(b"hush" in content for content in tree(tmp_path / "copy").values() if isinstance(content, bytes))
    left = [line for line in done.err.splitlines() if "was left there" in line]
    assert [line.split(": ")[1] for line in left] == [
        "/etc/apache2/ssl/a.key", "/etc/apache2/ssl/der", "/etc/apache2/ssl/site.pem",
    ]  # fmt: skip
    manifest = read_manifest(str(tmp_path / "copy" / MANIFEST))
    assert manifest.entries["/srv/shop/app.wsgi"].mode == 0o640
    assert manifest.entries["/srv/shop/static/dump.sqlite"].kind == "-"
    assert manifest.facts["control"].endswith("ctl")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700

    # What is listed is there without its contents, what does not exist is missing, and what was not looked at is unknown.
    exposed = run("exposed", "--root", "copy", "copy/etc/apache2").out
    assert "database\n    http://shop.test/static/dump.sqlite" in exposed
    found = run("--isolated", "--root", "copy", "--output-format", "json", "copy/etc/apache2")
    missing = [each["message"] for each in json.loads(found.out)["findings"] if each["rule"] == "missing-on-disk"]
    assert [message for message in missing if "/srv" in message] == ["the alias target /srv/shop/gone does not exist"]

    def traced(url: str) -> str:
        return run("trace", f"http://shop.test{url}", "copy/etc/apache2", "--root", "copy").out

    assert "200 file served: /srv/shop/static/a.css" in traced("/static/a.css")
    assert "404" in traced("/static/b.css").splitlines()[1]
    assert "- if /srv/big/a.bin does not exist: 404" in (big := traced("/big/a.bin"))
    assert "- if /srv/big/a.bin is a file: 200" in big


# -- the far side lies ------------------------------------------------------------------------------------------------


def archive(*members: tarfile.TarInfo, data: bytes = b"data") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return made.getvalue()


def member(name: str, type: bytes = tarfile.REGTYPE, size: int = 4, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type, target
    info.size = size if type == tarfile.REGTYPE else 0
    return info


def test_of_an_archive_only_the_files_that_were_asked_for_are_taken() -> None:
    asked = frozenset({"/etc/a", "/etc/b", "/etc/c"})
    sent = archive(
        member("../../etc/a"), member("/etc/b"), member("etc/../etc/b"), member("etc/shadow"), member("./etc/a"),
        member("etc/b", tarfile.SYMTYPE, target="/etc/passwd"), member("etc/b", tarfile.LNKTYPE, target="/etc/passwd"),
        member("etc/b", tarfile.CHRTYPE), member("etc/b", tarfile.FIFOTYPE), member("etc/c\x1b[2J"), member("etc/c"),
    )  # fmt: skip
    assert dict(listing.members(sent, asked, "web1")) in ({"/etc/c": b"data"}, {"/etc/b": b"data", "/etc/c": b"data"})


def test_a_key_that_is_sent_all_the_same_is_not_kept() -> None:
    sent = archive(member("etc/a", size=len(_KEY)), data=_KEY.encode())
    assert dict(listing.members(sent, frozenset({"/etc/a"}), "web1")) == {}


def test_a_size_that_is_a_lie_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = member("etc/a")
    huge.size = 1 << 40
    header = huge.tobuf(tarfile.GNU_FORMAT)
    asked = frozenset({"/etc/a"})
    with pytest.raises(Stop, match="tar archive"):
        dict(listing.members(header + b"data", asked, "web1"))
    monkeypatch.setattr(listing, "MOST_FILE", 3)
    assert dict(listing.members(archive(member("etc/a")), asked, "web1")) == {}


@pytest.mark.parametrize("sent", [b"x" * 2000, b"x", b"\x1f\x8b\x08" + b"\0" * 600, archive(member("etc/a"))[:513]])
def test_what_is_not_an_archive_is_said_in_one_line(sent: bytes) -> None:
    with pytest.raises(Stop, match="web1: sent what is not a tar archive"):
        dict(listing.members(sent, frozenset({"/etc/a"}), "web1"))


def saying(tmp_path: Path, script: str) -> Far:
    """A server that answers every question with the same script."""
    (tmp_path / "lies").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "lies").chmod(0o755)
    return Far("web1", (str(tmp_path / "lies"),))


def test_lines_that_ls_does_not_write_are_not_believed(tmp_path: Path) -> None:
    lines = [
        "-rw-r--r-- 1 0 0 5 Jan 1 00:00 /srv/good",
        "drwxr-xr-t+ 2 0 33 4096 Jan  1  2024 /srv/with acl",
        "lrwxrwxrwx 1 0 0 5 Jan 1 00:00 /srv/link -> ../etc/passwd",
        "-rwsr-xr-x 1 0 0 5 Jan 1 00:00 /etc/outside",
        "-rw-r--r-- 1 0 0 5 Jan 1 00:00 /srv/../etc/up",
        "-rw-r--r-- 1 0 0 5 Jan 1 00:00 relative",
        "-rw-r--r-- 1 0 0 five Jan 1 00:00 /srv/size",
        "lrwxrwxrwx 1 0 0 5 Jan 1 00:00 /srv/no target",
        "crw-rw-rw- 1 0 0 1, 3 Jan 1 00:00 /srv/null",
        "END00000000000000000000000000000000 /srv",
        "-" * 3000,
    ]  # fmt: skip
    (tmp_path / "said").write_text("\n".join(lines) + "\n")
    known = listing.trees(saying(tmp_path, f"cat >/dev/null; cat {tmp_path}/said"), ["/srv"])
    assert known.entries == {
        "/srv/good": Entry("-", 0o644, 0, 0, 5),
        "/srv/with acl": Entry("d", 0o1755, 0, 33, 4096, "", True),
        "/srv/link": Entry("l", 0o777, 0, 0, 5, "../etc/passwd"),
        "/srv/null": Entry("c", 0o666, 0, 0, 1),
    }
    assert known.whole == frozenset()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'ssh: no route \x1b[2J' >&2; exit 255", "web1: ssh: no route ␛[2J"),
        ("kill -9 $$", "web1: the connection was lost"),
        ("cat >/dev/null; kill -9 $$", "web1: the connection was lost"),
        ("exec yes", "web1: sent more than 1 MB, and was not read any further"),
        (
            "cat >/dev/null; printf garbage",
            "web1: no httpd.conf or apache2.conf: no such file; --main FILE names the main file",
        ),
    ],
)
def test_a_server_that_fails_leaves_nothing(run: Run, tmp_path: Path, script: str, said: str) -> None:
    command = saying(tmp_path, script).ssh[0]
    assert refused(run("fetch", "web1", "copy", "--ssh", command)) == said
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("host", ["-oProxyCommand=touch x", "", "a b", "a\nb", "a\x1bb"])
def test_a_host_is_never_an_option_of_ssh(run: Run, tmp_path: Path, host: str) -> None:
    done = run("fetch", "--ssh", str(saying(tmp_path, "touch ran").ssh[0]), "--", host, "copy")
    assert "is not the name of a host" in refused(done)
    assert not (tmp_path / "ran").exists()


def test_words_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("")
    assert "full: is there already" in refused(run("fetch", "web1", "full"))
    assert "the directory above is missing" in refused(run("fetch", "web1", "none/copy"))
    assert "--ssh ': is not a command" in refused(run("fetch", "web1", "copy", "--ssh", "'"))
    assert "none-such: no such file or directory" in refused(run("fetch", "web1", "copy", "--ssh", "none-such"))


# -- the copy ---------------------------------------------------------------------------------------------------------


def test_no_link_of_a_copy_leads_out_of_it(tmp_path: Path) -> None:
    links = {
        "/etc/up": "../../../../../../../etc/passwd", "/etc/absolute": "/etc/passwd", "/srv/here": "x", "/a": "/", "/a/b": "/../..",
        "/srv/\x1b": "/etc", "/caf\udce9": "srv",
    }  # fmt: skip
    write_copy(str(tmp_path / "copy"), {"/etc/passwd": b"theirs", "/srv/x/y": b""}, links)
    assert (tmp_path / "copy/etc/up").read_bytes() == (tmp_path / "copy/etc/absolute").read_bytes() == b"theirs"
    for path in (tmp_path / "copy").rglob("*"):
        assert str(path.resolve()).startswith(str((tmp_path / "copy").resolve()))
    assert not os.path.lexists(tmp_path / "copy/b")


def test_files_that_cannot_lie_beside_each_other_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="copy: "):
        write_copy(str(tmp_path / "copy"), {"/a": b"", "/a/b": b""}, {})


def _manifest() -> Manifest:
    entries = {
        "/srv": Entry("d", 0o755, 0, 0, 1), "/srv/a": Entry("-", 0o640, 5, 6, 1), "/srv/l": Entry("l", 0o777, 0, 0, 1, "/srv/a"),
        "/etc/x.conf": Entry("-", 0o644, 0, 0, 1), "/etc/acl": Entry("-", 0o644, 0, 0, 1, "", True),
    }  # fmt: skip
    return Manifest(
        "web1", "/etc/x.conf", {}, entries, frozenset({"/srv"}), frozenset({"/opt/none"}), {"/etc/x.conf": "0" * 64},
        {"/srv/a": "it is a key or has passwords"},
    )  # fmt: skip


def test_a_manifest_says_what_is_there_what_is_missing_and_what_is_unknown() -> None:
    files = Fetched(Memory({"/copy/etc/x.conf": "here", "/else": ""}), "/copy", _manifest())
    assert files.read("/copy/etc/x.conf") == "here"
    assert files.is_file("/copy/srv/a")
    assert files.is_dir("/copy/srv")
    assert files.is_dir("/copy/etc")
    assert files.is_link("/copy/srv/l")
    assert files.readlink("/copy/srv/l") == "/srv/a"
    assert files.names("/copy/srv") == ["a", "l"]
    assert files.names("/copy/etc") == ["acl", "x.conf"]
    assert files.permissions("/copy/srv/a") == (0o640, 5, 6)
    assert files.permissions("/copy/etc/acl") is None
    with pytest.raises(FileProblem, match="was not fetched"):
        files.read("/copy/srv/a")
    assert [files.is_known(path) for path in ("/copy/srv/no", "/copy/opt/none/x", "/else")] == [True] * 3
    assert [files.is_known(path) for path in ("/copy/etc/y.conf", "/copy/var", "/copy/opt/other")] == [False] * 3
    # So it is behind what stands in for files, and what looks directories up once.
    for other in (Overlay(files, {"/copy/etc/x.conf": "new"}), Remembered(files)):
        assert [other.is_known(path) for path in ("/copy/srv/no", "/copy/var")] == [True, False]
    # What was deleted from the copy is not there any longer, whatever the manifest says.
    assert not Fetched(Memory({"/else": ""}), "/copy", _manifest()).is_file("/copy/etc/x.conf")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 2}', "[" * 100_000, as_json(_manifest()).replace('"d"', "7")]
)
def test_a_manifest_that_is_none_is_one_line(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "copy/etc").mkdir(parents=True)
    (tmp_path / "copy/etc/httpd.conf").write_text("Listen 80\n")
    (tmp_path / "copy" / MANIFEST).write_text(text)
    done = run("--root", "copy", "copy/etc")
    assert "is not a manifest of modwsgi-fix fetch; fetch the server anew" in refused(done)


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    (tmp_path / "m").write_text(as_json(_manifest()))
    assert read_manifest(str(tmp_path / "m")) == _manifest()


@pytest.mark.parametrize(
    ("main", "top"),
    [
        ("/etc/apache2/apache2.conf", "/etc/apache2"),
        ("/etc/httpd/conf/httpd.conf", "/etc/httpd"),
        ("/usr/local/apache2/conf/httpd.conf", "/usr/local/apache2/conf"),
    ],
)
def test_the_directory_of_a_configuration(main: str, top: str) -> None:
    assert top_of(main) == top


def test_an_htaccess_that_was_left_there_or_was_not_looked_for_decides_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy/etc/apache2").mkdir(parents=True)
    (tmp_path / "copy/etc/apache2/apache2.conf").write_text(
        "ServerName a.test\nListen 80\nDocumentRoot /srv\n<Directory /srv>\nAllowOverride All\nRequire all granted\n</Directory>\n"
    )
    file, directory = Entry("-", 0o644, 0, 0, 1), Entry("d", 0o755, 0, 0, 1)
    entries = {"/srv": directory, "/srv/a": file, "/srv/b": directory, "/srv/b/c": file, "/srv/b/.htaccess": file}

    def traced(listed: set[str], url: str) -> str:
        manifest = _manifest()._replace(entries=entries, listed=frozenset(listed), digests={}, left_out={})
        (tmp_path / "copy" / MANIFEST).write_text(as_json(manifest))
        done = run("trace", f"http://a.test/{url}", "copy/etc/apache2", "--root", "copy")
        assert "internal error" not in done.err
        return done.out

    assert "200 file served: /srv/a" in traced({"/srv"}, "a")
    assert "if no .htaccess in /srv" in traced(set(), "a")
    assert "unknown" in (left := traced({"/srv"}, "b/c"))
    assert "200" not in left


# -- what nobody looked at ----------------------------------------------------------------------------------------------


def _copied(
    text: str, here: dict[str, str], entries: dict[str, Entry], *, listed: set[str], absent: set[str]
) -> Config:
    """A server whose main file was fetched, and what is here besides; the entries are those of the manifest."""
    texts = {"/etc/apache2/apache2.conf": text, **here}
    manifest = _manifest()._replace(
        entries=entries,
        listed=frozenset(listed),
        absent=frozenset(absent),
        digests=dict.fromkeys(texts, "0"),
        left_out={},
    )
    files = Fetched(Memory(texts), "/", manifest)
    (source,) = find_sources(files, ["/etc/apache2"])
    return load(source._replace(as_httpd=True), disk=Rooted(files, "/"))


_PASSWD = {"/etc/passwd": "root:x:0:0::/:\n", "/etc/group": "root:x:0:\n"}


@pytest.mark.parametrize(
    ("nsswitch", "absent", "certain"),
    [
        ("", set(), False),
        ("", {"/etc/nsswitch.conf"}, True),
        ("passwd: files sss\n", set(), False),
        ("passwd: files sss\n", {"/etc/sssd"}, True),
        ("passwd: files\n", set(), True),
    ],
)
def test_a_user_may_be_known_where_nobody_looked(nsswitch: str, absent: set[str], *, certain: bool) -> None:
    here = {**_PASSWD, **({"/etc/nsswitch.conf": nsswitch} if nsswitch else {})}
    config = _copied(
        "User nobody-such\n", here, {}, listed=set(), absent={*absent, "/etc/sssd"} if not nsswitch else absent
    )
    assert bool(unknown_accounts(config)) is certain


def test_who_may_read_is_unknown_without_the_modes_on_the_way() -> None:
    key = Entry("-", 0o644, 0, 0, 1)
    entries = {"/srv": Entry("d", 0o755, 0, 0, 1), "/srv/tls": Entry("d", 0o755, 0, 0, 1), "/srv/tls/key": key}

    def readable(known: dict[str, Entry]) -> bool:
        return is_readable_by_all(_copied("Listen 80\n", {}, known, listed=set(), absent=set()), "/srv/tls/key")

    assert readable(entries)
    assert not readable({path: entry for path, entry in entries.items() if path != "/srv/tls"})
    assert not readable({**entries, "/srv/tls": entries["/srv/tls"]._replace(mode=0o700)})
    # Nobody knows who httpd is, or what a directory is that was not looked at.
    config = _copied("User root\nDocumentRoot /srv/www\n", _PASSWD, entries, listed=set(), absent=set())
    assert barred(config) == []


def test_a_python_and_its_packages_are_unknown_where_not_all_was_listed() -> None:
    there, file = Entry("d", 0o755, 0, 0, 1), Entry("-", 0o644, 0, 0, 1)
    packages = "/srv/venv/lib/python3.9/site-packages"
    entries = {packages: there, f"{packages}/flask": there, "/srv/app.wsgi": file}
    text = (
        "LoadModule wsgi_module modules/mod_wsgi-py311.so\nWSGIDaemonProcess a python-home=/srv/venv\nWSGIProcessGroup a\n"
        "WSGIScriptAlias / /srv/app.wsgi\n"
    )

    def said(listed: set[str]) -> list[object]:
        config = _copied(text, {"/srv/app.wsgi": "application = None\n"}, entries, listed=listed, absent=set())
        (script,) = wsgi_scripts(config)
        found = [is_installed(config, "/srv/venv", name) for name in ("flask", "django")]
        return [
            python_of_environment(config, "/srv/venv"),
            python_of_mod_wsgi(config),
            python_of(config, script),
            *found,
        ]

    assert said({"/srv/venv"}) == [None, "3.11", (3, 9), True, False]
    assert said(set()) == [None, "3.11", None, True, None]
