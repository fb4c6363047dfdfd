"""Changes of comments and empty lines, when a server is checked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_again import load, same, texts, written


@pytest.mark.parametrize(
    "line",
    ["ErrorLog ${LOGS}/x.log", "<Location /x>", "Alias / /srv/", "WSGIDaemonProcess wexpyla", "Order allow,deny"],
    ids=["a gap", "a section that does not end", "a fix", "a line that httpd refuses", "old access"],
)
def test_a_comment_beside_what_is_found_is_told_as_by_a_new_server(tmp_path: Path, line: str) -> None:
    """Lines are counted anew, and a fix takes the comments above its line along."""
    server = texts()
    directory = written(tmp_path / "conf", server)
    path = directory / "sites/04.conf"
    text = server["sites/04.conf"].replace("    WSGIApplicationGroup", f"    {line}\n    WSGIApplicationGroup", 1)
    path.write_text(text)
    first = load(directory)
    first.check()
    for comment in ("# As of May", "", "  "):
        for at in (f"    {line}\n", "# wexpyla\n", "    WSGIApplicationGroup"):
            overlay = {str(path): text.replace(at, f"{comment}\n{at}", 1)}
            same(first.changed(overlay), directory, overlay)
