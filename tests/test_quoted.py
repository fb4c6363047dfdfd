"""A path that a fix writes is read as that path: by this program, and by httpd."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import config_of

from modwsgi_fix.rewriting.access_blocks import quoted

_PATHS = [
    '/srv/"app.wsgi',
    "/srv/it's",
    "/srv/a b",
    "/srv/a>b",
    "/srv/a\\b",
    "/srv/a\\\\b",
    '/srv/a\\"b',
    "/srv/a b\\",
    "/srv/a",
]


@given(st.text("ab /\\\"'>", min_size=1).map(lambda rest: f"/{rest}"))
@example('/"a.wsgi')
def test_it_is_read_as_that_path(path: str) -> None:
    config = config_of({"site.conf": f"<Directory {quoted(path)}>\n</Directory>\nAlias /static {quoted(path)}\n"})
    assert [item.values[-1] for item in config.items] == [path, path]


@pytest.mark.skipif(shutil.which("apache2") is None, reason="no httpd")
@pytest.mark.parametrize("path", _PATHS)
def test_httpd_reads_it_so(tmp_path: Path, path: str) -> None:
    # What it cannot load it repeats, with each backslash written twice.
    main = tmp_path / "httpd.conf"
    main.write_text(f"LoadFile {quoted(path)}\n")
    done = subprocess.run(["apache2", "-t", "-f", main], capture_output=True, text=True, check=False)
    told = path.replace("\\", "\\\\")
    assert f"Cannot load {told} into server" in done.stderr
