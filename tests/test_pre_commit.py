"""The hooks for pre-commit: what they run, and which files they are given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from support import Run

ROOT = Path(__file__).resolve().parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
NGINX = "server {\n    listen 80;\n    location / {\n        proxy_pass http://127.0.0.1;\n    }\n}\n"
SITE = "Listen 80\nListen 80\n"
SCRIPT = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return ["x"]\n'


def test_there_is_one_that_writes_and_one_that_only_checks() -> None:
    assert {name: hook["entry"] for name, hook in HOOKS.items()} == {
        "modwsgi-fix": "modwsgi-fix --write --verbose --force-exclude",
        "modwsgi-fix-check": "modwsgi-fix --force-exclude",
    }
    assert all(hook["language"] == "python" and hook["require_serial"] for hook in HOOKS.values())


@pytest.mark.parametrize(
    ("path", "is_given"),
    [
        ("httpd.conf", True),
        ("conf/site.conf", True),
        ("etc/apache2/sites-available/shop", True),
        ("htdocs/.htaccess", True),
        ("app/shop.wsgi", True),
        ("setup.py", False),
        ("shop.conf.bak", False),
        ("README.md", False),
    ],
)
def test_which_files_they_are_given(path: str, *, is_given: bool) -> None:
    assert all(bool(re.search(hook["files"], path)) is is_given for hook in HOOKS.values())


def test_files_of_nginx_stay_and_each_rule_is_named(run: Run, tmp_path: Path) -> None:
    """As pre-commit runs it: one command with all files, relative to the repository."""
    files = {"nginx.conf": NGINX, "site.conf": SITE, "app.wsgi": SCRIPT}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    outcome = run(*HOOKS["modwsgi-fix"]["entry"].split()[1:], *files)
    assert (tmp_path / "nginx.conf").read_text() == NGINX
    assert "nginx.conf: looks like nginx, not read" in outcome.err
    assert "app.wsgi:3: fixed: str-body (safe): " in outcome.err
    assert 'return [b"x"]' in (tmp_path / "app.wsgi").read_text()


def test_a_clean_server_passes_the_one_that_checks(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text("<VirtualHost *:80>\n    ServerName shop.test\n</VirtualHost>\n")
    assert run(*HOOKS["modwsgi-fix-check"]["entry"].split()[1:], "site.conf").code == 0
