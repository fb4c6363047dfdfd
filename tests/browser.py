"""Pages for a browser: read as one reads them, and shown by a headless Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

#: Elements that HTML does not close.
_VOID = {"meta", "br"}
_BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
#: Asks the page how wide it is, and writes the answer into it: what is printed is the page afterwards.
_ASKS = "<script>document.title = document.documentElement.scrollWidth + ' of ' + innerWidth;</script></body>"

#: For tests that look at a page in a browser.
needed = pytest.mark.skipif(_BROWSER is None, reason="no headless Chromium (on Debian: chromium-headless-shell)")


class Page(HTMLParser):
    """The texts of a page by the element that they stand in; what is opened is closed in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, element: str) -> list[str]:
        return [text for name, text in self.texts if name == element]


def widths(page: str, directory: Path, width: int, *, unfolded: bool) -> tuple[int, int]:
    """How wide a page is in a window of this width, and how wide the window is inside; files go to ``directory``."""
    # The question is a script, which the page itself does not let run.
    page = re.sub(r"<meta http-equiv=[^\n]*\n", "", page).replace("</body>", _ASKS)
    if unfolded:
        page = page.replace("<details>", "<details open>")
    (directory / "asked.html").write_text(page)
    assert _BROWSER is not None
    done = subprocess.run(
        [_BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={directory}/profile",
         f"--window-size={width},900", "--dump-dom", f"file://{directory}/asked.html"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = re.search(r"<title>(\d+) of (\d+)</title>", done.stdout)
    assert told is not None
    return int(told[1]), int(told[2])
