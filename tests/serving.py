"""The built site, served to a headless Chromium that looks at its pages and tells what it saw."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

#: `make docs` names the directory that it has just built.
SITE = Path(os.environ.get("MODWSGI_FIX_SITE") or "/nowhere").resolve()
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

needs_site = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: make docs")
needs_browser = pytest.mark.skipif(not SITE.is_dir() or BROWSER is None, reason="no site (make docs), or no chromium")

#: The most seconds for a visit.
_PATIENCE = 240

_HARNESS = """<!doctype html><meta charset="utf-8"><body><script type="module">
const framed = sandbox => {
  const frame = document.createElement("iframe");
  frame.style = "width: %(width)dpx; height: 800px; border: 0";
  if (sandbox) frame.sandbox = sandbox;
  document.body.append(frame);
  return url => new Promise(done => { frame.onload = () => done(frame.contentDocument); frame.src = url; });
};
// How wide a page is does not hang on its programs, which read the whole index of the search on each page.
const laid = framed("allow-same-origin");
const opened = framed();
const pause = () => new Promise(done => setTimeout(done, 50));
const tell = told => fetch("/told", { method: "POST", body: JSON.stringify(told) });
(async () => { %(script)s })().then(tell, error => tell({ error: String(error) }));
</script>"""


class Visit(NamedTuple):
    """What a script returned, and the paths that the browser asked for, in their order."""

    told: Any
    fetched: list[str]


class _Server(http.server.ThreadingHTTPServer):
    harness: bytes
    told: Any
    fetched: list[str]
    is_told: threading.Event


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site and a page that looks at others; what that page tells is kept."""

    server: _Server

    def do_GET(self) -> None:
        self.server.fetched.append(self.path)
        if self.path != "/harness":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.server.harness)

    def do_POST(self) -> None:
        self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        self.server.is_told.set()

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def _served(script: str, width: int) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(SITE)))
    server.harness = (_HARNESS % {"width": width, "script": script}).encode()
    server.told, server.fetched, server.is_told = None, [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def visited(script: str, width: int, directory: Path) -> Visit:
    """Run a script in a browser without a network, and return what it returns; its profile goes to ``directory``.

    The script may ``await opened(URL)`` for a page in a frame of this width, ``laid(URL)`` for one without its programs,
    and ``pause()``.
    """
    with _served(script, width) as server:
        browser = subprocess.Popen(
            [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
             f"--user-data-dir={directory}", f"http://127.0.0.1:{server.server_port}/harness"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert server.is_told.wait(_PATIENCE), "the browser told nothing"
        finally:
            browser.terminate()
            browser.wait(30)
        assert "error" not in server.told, server.told
        return Visit(server.told, server.fetched)
