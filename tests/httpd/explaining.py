"""A scene's server as files, the command asked about a log, and what is wrong with its answer. No httpd is needed here."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modwsgi_fix.cli import main
from modwsgi_fix.explain.recognition import is_routine, known, place_in

from .application import LOGGED
from .messages import SCENES, Scene
from .root import Link

#: The lines that the server of each scene wrote, as ``recorded`` leaves them.
LOGS = Path(__file__).parent / "explained_logs.json"
_MOST_LINES = 40

#: How the main server denies, by ``Setup.base``.
BASES = {"2.4": "Require all denied", "2.2": "Order deny,allow\n    Deny from all"}
_MAIN = "ServerRoot /etc/apache2\nServerName default.invalid\nListen 80\nUser www-data\n{}Include site.conf\n"
_BASE = "<Directory />\nOptions FollowSymLinks\nAllowOverride None\n{}\n</Directory>\n"
_MODULES = (
    "mpm_event", "unixd", "log_config", "authn_core", "authz_core", "authz_host", "authz_user", "access_compat", "authn_file",
    "auth_basic", "alias", "autoindex", "dir", "env", "headers", "mime", "rewrite", "setenvif",
)  # fmt: skip


def planted(scene: Scene, directory: Path) -> Path:
    """The server of a scene, as a filesystem for ``--root``."""
    root = directory / "root"
    conf = root / "etc/apache2"
    loads = "".join(
        f"LoadModule {name}_module modules/mod_{name}.so\n" for name in (*_MODULES, *scene.setup.get("modules", ()))
    )
    if "wsgi_module" not in scene.conf:
        loads += "LoadModule wsgi_module modules/mod_wsgi.so\n"
    if scene.setup.get("mpm") == "prefork":
        loads = loads.replace("mpm_event", "mpm_prefork")
    base = _BASE.format(BASES[scene.setup.get("base", "2.4")])
    texts = {
        "/etc/apache2/apache2.conf": _MAIN.format(loads + base),
        "/etc/apache2/site.conf": scene.conf.replace("@IP@", "127.0.0.1"),
        **scene.tree,
    }
    for name, entry in texts.items():
        path = root / name.lstrip("/") if name.startswith("/") else root / "srv/site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, Link):
            path.symlink_to(entry.target)
        else:
            path.write_text(entry.replace("@ROOT@", "/srv/site"), "utf-8")
    return conf


def explained(log: str, scene: Scene, directory: Path, capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the command says of a log."""
    conf = planted(scene, directory)
    written = directory / "error.log"
    written.write_text(log, "utf-8")
    capfd.readouterr()
    code = main(
        ["explain", str(written), str(conf), "--root", str(directory / "root"), "--isolated", "--output-format", "json"]
    )
    out, _ = capfd.readouterr()
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)["explanations"]
    return found


def names_in(log: str) -> set[str]:
    """The messages that the lines of a log hold."""
    lines = log.splitlines()
    texts = [place.text if (place := place_in(line)) else line for line in lines]
    names = {found.message.name for text in texts if text and (found := known(text)) is not None}
    if any(place_in(line) for line in lines):
        names.add("syntax-error")
    return names


def places(scene: Scene) -> tuple[str, ...]:
    if isinstance(scene.place, str):
        return (f"srv/site/{scene.place}",)
    return (f"etc/apache2/site.conf:{scene.place}",)


def faults(scene: Scene, explanations: list[dict[str, Any]]) -> list[str]:
    """What is wrong with how a scene was explained."""
    wanted = scene.named or scene.proves[0]
    mine = [one for one in explanations if one["name"] == wanted]
    if not mine:
        return [f"{wanted} is not explained, but {[one['name'] for one in explanations]}"]
    causes = [cause for one in mine for cause in one["causes"]]
    if scene.rule and scene.rule not in {cause["rule"] for cause in causes}:
        return [f"{scene.rule} is not named, but {[(cause['rule'], cause['text']) for cause in causes]}"]
    causes = [cause for cause in causes if not scene.rule or cause["rule"] == scene.rule]
    there = [f"{place['file']}:{place['line']}" for cause in causes for place in cause["places"]]
    if scene.place and not any(one.endswith(places(scene)) for one in there):
        return [f"{places(scene)} is not among {there}: {[cause['text'] for cause in causes]}"]
    return []


def keys() -> list[str]:
    """A name for each scene, in their order."""
    counted: Counter[str] = Counter()
    found = []
    for scene in SCENES:
        counted[str(scene)] += 1
        found.append(f"{scene}-{counted[str(scene)]}")
    return found


def recorded(log: str) -> str:
    """What is kept of a log: the lines that are not of a server that is well, not too many of them, and each message once."""
    lines = [line for line in log.splitlines() if LOGGED not in line and (known(line) or not is_routine(line))]
    kept, rest = lines[:_MOST_LINES], lines[_MOST_LINES:]
    names = names_in("\n".join(kept))
    kept += [line for line in rest if not names_in(line) <= names and (names := names | names_in(line))]
    return "\n".join(kept) + "\n"
