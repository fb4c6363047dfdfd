"""Lists of modules of 2.2's time, mended: httpd takes the lines, needs each of them, and reads what sets the MPM's processes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Run

from modwsgi_fix.model.builds import SOMETIMES

from . import install

_OLD = ("alias", "auth_basic", "authn_file", "authz_host", "authz_user", "deflate", "dir", "mime", "ssl")
#: Compiled in here, or not a module of this build.
_ELSEWHERE = {f"{name}_module" for name in (*SOMETIMES, "systemd")}
_HEAD = """\
ServerName www.test
DefaultRuntimeDir {top}
ErrorLog {top}/error.log
<IfModule prefork.c>
    Define READ prefork
    MaxClients 40
</IfModule>
<IfModule mpm_event_module>
    Define READ event
    MaxClients 50
</IfModule>
"""
_SITE = """\
SSLSessionCache shmcb:{top}/cache(512000)
<Directory /srv/site>
    AddOutputFilterByType DEFLATE text/html
    AuthType Basic
    AuthName site
    AuthUserFile /srv/users
    Require valid-user
</Directory>
<Directory /srv/site/old>
    Order deny,allow
    Deny from all
</Directory>
"""


def _debian(top: Path, modules: Path) -> Path:
    enabled = top / "etc/apache2/mods-enabled"
    enabled.mkdir(parents=True)
    for name in _OLD:
        (enabled / f"{name}.load").write_text(f"LoadModule {name}_module {modules}/mod_{name}.so\n")
    main = enabled.parent / "apache2.conf"
    main.write_text(_HEAD.format(top=top) + "Include mods-enabled/*.load\n" + _SITE.format(top=top))
    return main


def _rhel(top: Path, modules: Path) -> Path:
    main = top / "etc/httpd/conf/httpd.conf"
    main.parent.mkdir(parents=True)
    (top / "etc/httpd/modules").symlink_to(modules)
    lines = "".join(f"LoadModule {name}_module modules/mod_{name}.so\n" for name in _OLD)
    main.write_text(f"ServerRoot {top}/etc/httpd\n" + _HEAD.format(top=top) + lines + _SITE.format(top=top))
    return main


def _said(found: install.Install, main: Path, text: str) -> tuple[bool, str]:
    """Whether httpd takes a text of the main file, and what it has defined."""
    main.write_text(text)
    root = main.parent if main.name == "apache2.conf" else main.parent.parent
    words = [str(found.server), "-d", str(root), "-f", str(main), "-t", "-D", "DUMP_RUN_CFG"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def _without_each(text: str) -> Iterator[tuple[str, str]]:
    """Each module that a line of the main file loads, and the text without that line."""
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        if line.startswith("LoadModule"):
            yield line.split()[1], "".join(lines[:at] + lines[at + 1 :])


@pytest.mark.usefixtures("httpd")
@pytest.mark.parametrize(("layout", "mpm"), [(_debian, "event"), (_rhel, "prefork")])
def test_httpd_takes_the_lines_and_needs_each(run: Run, tmp_path: Path, layout, mpm: str) -> None:  # type: ignore[no-untyped-def]
    found = install.find()
    assert not isinstance(found, str)
    if str(found.modules) != "/usr/lib/apache2/modules":
        pytest.skip("whose build it is, is told by the directory of Debian's modules")
    main = layout(tmp_path, found.modules)
    before = main.read_text()
    assert not _said(found, main, before)[0]
    assert run("--isolated", "--select", "old-module-list", "--write", str(main.parent)).code == 0
    text = main.read_text()
    here = "".join(
        line
        for line in text.splitlines(keepends=True)
        if not (line.startswith("LoadModule") and line.split()[1] in _ELSEWHERE)
    )
    starts, told = _said(found, main, here)
    assert starts, told
    # 2.2 read what sets the processes of its MPM; the line that loads it stands above that.
    assert f"Define: READ={mpm}" in told
    own = set(text.splitlines()) - set(before.splitlines())
    added = {line.split()[1] for line in own if line.startswith("LoadModule")}
    assert {"authz_core_module", "authn_core_module", "access_compat_module", f"mpm_{mpm}_module"} < added
    for module, mutant in _without_each(here):
        if module in added:
            assert not _said(found, main, mutant)[0], f"httpd starts without {module}"
