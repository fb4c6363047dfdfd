"""A named ``.htaccess`` that is mended, on the real server: an error 500 before, what it says after."""

from __future__ import annotations

from pathlib import Path

import pytest

from modwsgi_fix.cli import main

from . import server
from .probe import Probe
from .server import Setup

_CONF = """\
ServerName a.example
DocumentRoot /srv/w
<Directory /srv/w>
    AllowOverride All
    Require all granted
</Directory>
<Files ".ht*">
    Require all denied
</Files>
"""
_PROBES = tuple(Probe("a.example", path) for path in ("/x.txt", "/", "/sub/y.txt", "/.htaccess"))


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Options Indexes -FollowSymLinks\n", (200, 200, 200, 403)),
        ("Require all granted # everybody\n", (200, 403, 200, 403)),
        ("<Files \u201cx.txt\u201d>\nRequire all denied\n</Files> # closed\n<Files x.*>\nRequire all denied # too\n</Files>\n", (403, 403, 200, 403)),
        ("<IfModule mod_dir.c>\nDirectoryIndex x.txt # first\nRequire all granted # all\n</IfModule>\n", (200, 200, 200, 403)),
    ],
)  # fmt: skip
def test_what_is_mended_is_answered(text: str, answers: tuple[int, ...], httpd: Path, tmp_path: Path) -> None:
    top, tree = tmp_path / "root", {"srv/w/x.txt": "x", "srv/w/sub/y.txt": "y", "srv/w/.htaccess": text}
    for name, content in {**tree, "etc/apache2/apache2.conf": _CONF}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(content, "utf-8")
    main(["--write", str(top / "srv/w/.htaccess"), "--root", str(top)])
    mended = (top / "srv/w/.htaccess").read_text("utf-8")
    assert mended != text
    seen = []
    for each in (text, mended):
        planted = {f"/{name}": content for name, content in {**tree, "srv/w/.htaccess": each}.items()}
        done = server.run(Setup({"site.conf": _CONF}, planted, "2.4", listen=(80,)), _PROBES, httpd)
        seen.append(tuple(answer.status for answer in done.answers.values()))
    before, after = seen
    assert before[0] == before[2] == 500
    assert after == answers


_OLD = {
    "the office": "Order deny,allow\nDeny from all\nAllow from 127.0.0.8\n",
    "nobody": "Order allow,deny\nDeny from all\n",
    "all but one": "Order allow,deny\nAllow from all\nDeny from 127.0.0.8\n",
    "whoever logs in": "AuthType Basic\nAuthName n\nAuthUserFile /srv/none\nRequire valid-user\nSatisfy all\n",
}
_VISITS = tuple(Probe("a.example", "/x.txt", client=client) for client in ("", "127.0.0.8"))


@pytest.mark.parametrize("dialect", ["2.4", "2.2"])
@pytest.mark.parametrize("who", _OLD)
def test_old_words_mean_the_same_with_require(who: str, dialect: str, httpd: Path, tmp_path: Path) -> None:
    """In a server that is converted, and in one that is not; and the answers would differ without the file."""
    old = "Order allow,deny\n    Allow from all"
    conf = _CONF if dialect == "2.4" else _CONF.replace("Require all granted", old, 1)
    tree = {"srv/w/x.txt": "x", "srv/w/.htaccess": _OLD[who]}
    for name, content in {**tree, "etc/apache2/apache2.conf": conf}.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(content, "utf-8")
    words = ["--isolated", "--select", "old-access-in-htaccess", "--write", "--root", str(tmp_path / "root")]
    main([*words, str(tmp_path / "root/etc"), str(tmp_path / "root/srv/w/.htaccess")])
    mended = (tmp_path / "root/srv/w/.htaccess").read_text("utf-8")
    assert not {"Order", "Allow", "Deny", "Satisfy"} & set(mended.split())
    seen = []
    for text in (_OLD[who], mended, ""):
        planted = {"/srv/w/x.txt": "x", "/srv/w/.htaccess": text}
        done = server.run(Setup({"site.conf": conf}, planted, None, listen=(80,)), _VISITS, httpd)
        seen.append(tuple(answer.status for answer in done.answers.values()))
    before, after, without = seen
    assert before == after != without
