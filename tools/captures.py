"""Put what a terminal shows into docs/editors.md: each block below a line ``<!-- capture: NAME -->`` is made anew.

    python tools/captures.py

Every session is a real one, on a terminal of its own (``tests/terminal.py``), and the same tree gives the same page.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from terminal import Terminal  # noqa: E402

PAGE = ROOT / "docs" / "editors.md"
SITE = """\
NameVirtualHost *:80
<VirtualHost *:80>
    ServerName shop.example.com
    WSGIScriptAlias / /srv/shop/wsgi.py
    <Directory /srv/shop>
        Require all granted
    </Directory>
    ErrorLog /var/log/apache2/shop.log
    LogLevle warn
</VirtualHost>
"""
_CAPTURE = re.compile(r"(<!-- capture: (\S+) -->\n```console\n).*?(```\n)", re.S)


def patch(directory: Path) -> str:
    """A session of ``--patch``: one hunk is taken, the other is not."""
    return _session(directory, "--patch conf/", "yn")


def quit_at_once(directory: Path) -> str:
    """A session that takes nothing."""
    return _session(directory, "--patch --select misspelt-directive conf/", "?q")


CAPTURES = {"patch": patch, "help": quit_at_once}


def _session(directory: Path, words: str, answers: str) -> str:
    (directory / "conf").mkdir(exist_ok=True)
    (directory / "conf" / "shop.conf").write_text(SITE)
    environment = {"XDG_STATE_HOME": str(directory / "state"), "NO_COLOR": "1"}
    with Terminal(directory, *words.split(), environment=environment) as terminal:
        for answer in answers:
            terminal.until("[y,n,q,a,d,e,?]? ")
            terminal.type(f"{answer}\n")
        terminal.ended()
    return f"$ modwsgi-fix {words}\n{terminal.screen}"


def page(text: str) -> str:
    """The page with its captures made anew."""

    def made(block: re.Match[str]) -> str:
        with tempfile.TemporaryDirectory(prefix="captures-") as directory:
            return block[1] + CAPTURES[block[2]](Path(directory)) + block[3]

    return _CAPTURE.sub(made, text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
