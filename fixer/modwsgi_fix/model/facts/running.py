"""Where each script runs: its process group with options, its interpreter, and its Python with environment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config, derived, grouped
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, options_of
from modwsgi_fix.model.facts.handled import handled_files
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts, path_of, script_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import (
    DEFAULT_APPLICATION,
    Selection,
    application_group,
    callable_object,
    process_group,
)
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.servers import addresses, name_of
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.tuples import NamedTuple

#: Ports that are left out of the name of an interpreter (wsgi_config.c:wsgi_application_group).
_USUAL_PORTS = frozenset({"80", "443", "*"})


class Run(NamedTuple):
    """One way in which mod_wsgi loads a script: for those requests of a host that a directive leads to it.

    ``path`` is the script's, empty where a directory is mounted, or a pattern decides. ``script`` is None where it cannot be
    read. ``group``, ``interpreter`` and ``callable`` are what was selected, with the line that did. ``interpreters`` are the
    names of the interpreters, for all ports of the host; None where the request decides.
    """

    path: str
    script: WsgiScript | None
    server: Server
    item: Item
    group: Selection
    interpreter: Selection
    interpreters: frozenset[str] | None
    callable: Selection = Selection(None, None)


@derived
def runs(config: Config) -> list[Run]:
    """Return every way in which a request, or the start of a process, loads a script.

    The list is empty where no script can be read at all: nothing is asked about scripts then.
    """
    if not loaded_scripts(config):
        return []
    return [*_mounted(config), *_by_handler(config), *_by_option(config)]


@derived
def runs_by_group(config: Config) -> dict[str | None, list[Run]]:
    """Return ``runs`` by the name of the process group: ``""`` for embedded mode, None where the request decides."""
    return grouped(runs(config), lambda run: run.group.name)


def runs_of(config: Config, script: WsgiScript) -> list[Run]:
    """Return the runs of one script."""
    return config.once(runs_of, lambda: grouped(runs(config), _key)).get(script.path, [])


def _key(run: Run) -> str:
    return run.script.path if run.script is not None else ""


def group_decided_by_program(config: Config) -> bool:
    """Whether a ``WSGIDispatchScript`` may choose another group or interpreter than the lines say."""
    return any(item.args and item.value.lower() != "none" for item in config.named("wsgidispatchscript"))


def process_of(config: Config, group: str | None) -> DaemonProcess | None:
    """Return the only definition of a process group; None for embedded mode, and where there are several or none."""
    found = config.once(process_of, lambda: grouped(daemon_processes(config), lambda one: one.name)).get(
        group or "", []
    )
    return found[0] if len(found) == 1 and found[0].directive.known else None


# -- ways to a script -----------------------------------------------------------------------------------------------------


def _mounted(config: Config) -> Iterator[Run]:
    known = _by_path(config)
    for server in config.servers:
        # A main server with hosts for every port answers nothing by itself.
        if server.is_main and authority_of(config, server) is None:
            continue
        for mount in mounts(config, server):
            path = path_of(config, mount.item)
            script = script_of(config, mount.item) if path else None
            yield _run(config, server, mount, path, known.get(script.path) if script is not None else None)


def _by_handler(config: Config) -> Iterator[Run]:
    known = _by_path(config)
    for file in handled_files(config):
        script = config.script(file.path)
        span = file.item.span
        mount = Mapping(file.item, file.request.path, file.path, False, span, span)
        yield _run(config, file.server, mount, file.path, known.get(script.path) if script is not None else None)


def _run(config: Config, server: Server, mount: Mapping, path: str, script: WsgiScript | None) -> Run:
    group, interpreter = process_group(config, server, mount), application_group(config, server, mount)
    names = _interpreters(config, server, interpreter.name, mount)
    return Run(path, script, server, mount.item, group, interpreter, names, callable_object(config, server, mount))


def _by_option(config: Config) -> Iterator[Run]:
    """Yield the runs of import and handler scripts, whose own lines name the groups; others may select a handler's."""
    known = _by_path(config)
    for item in config.named("wsgiimportscript", "wsgihandlerscript"):
        words = 1 if item.key == "wsgiimportscript" else 2
        options = {option.name: option for option in options_of(config, item, words)[0]}
        group, interpreter = (
            Selection(_named(options[name].value) if name in options else None, item)
            for name in ("process-group", "application-group")
        )
        script = script_of(config, item)
        names = None if interpreter.name is None else frozenset({interpreter.name})
        found = known.get(script.path) if script is not None else None
        yield Run(path_of(config, item), found, item.server, item, group, interpreter, names)


def _named(value: str) -> str | None:
    return "" if value == "%{GLOBAL}" else None if "%{" in value or "${" in value else value


@derived
def _by_path(config: Config) -> dict[str, WsgiScript]:
    return {script.path: script for script in loaded_scripts(config)}


def _interpreters(config: Config, server: Server, name: str | None, mount: Mapping) -> frozenset[str] | None:
    """Return the names of the interpreters of a selection, one for each port of the host; None where the request decides."""
    if name is None or (name.startswith("%{") and name not in (DEFAULT_APPLICATION, "%{SERVER}")):
        return None
    if not name.startswith("%{"):
        return frozenset({name})
    if mount.is_regex and name == DEFAULT_APPLICATION:
        return None
    host = name_of(config, server)
    if host is None:
        return None
    ports = {one.port for one in addresses(server)} or {"*"}
    rest = "|" + mount.url.rstrip("/").lower() if name == DEFAULT_APPLICATION else ""
    return frozenset(f"{host}{'' if port in _USUAL_PORTS else ':' + port}{rest}" for port in ports)


# -- Python ---------------------------------------------------------------------------------------------------------------


def python_home(config: Config, process: DaemonProcess | None) -> str | None:
    """Return the environment of a process group, or of embedded mode (None): ``python-home``, else WSGIPythonHome."""
    option = process.option("python-home") if process is not None else None
    if option is not None:
        return option.value.rstrip("/")
    item = config.main.last("wsgipythonhome")
    return item.value.rstrip("/") if item is not None and item.known else None


#: Prefixes of the system's own Python.
_SYSTEM = ("/usr", "/usr/local")
_LIBRARY = expression(r"python(\d+)\.(\d+)\Z")
_VERSION = expression(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", re.M)


def is_environment(config: Config, path: str) -> bool:
    """Whether a directory is the root of a virtual environment, as ``--root`` shows; old ones have no ``pyvenv.cfg``."""
    disk = config.disk
    if disk is None or path in _SYSTEM:
        return False
    programs = (f"{path}/bin/{name}" for name in ("python", "python3"))
    return disk.is_file(f"{path}/pyvenv.cfg") or any(disk.is_file(one) or disk.is_link(one) for one in programs)


def python_of(config: Config, script: WsgiScript) -> tuple[int, ...] | None:
    """Return the Python that runs a script: the target's, else that of the environment on the disk; None where neither says.

    The environment's version is that of ``pyvenv.cfg``, else that of its only directory ``lib/pythonX.Y``. Where a script
    runs in several groups, these must agree.
    """
    if config.target.python is not None:
        return config.target.python
    homes = {python_home(config, process_of(config, run.group.name)) for run in runs_of(config, script)}
    versions = {_version_of(config, home) for home in homes if home is not None}
    return versions.pop() if len(versions) == 1 and None not in homes else None


def _version_of(config: Config, home: str) -> tuple[int, ...] | None:
    disk = config.disk
    if disk is None:
        return None
    try:
        if disk.is_file(f"{home}/pyvenv.cfg") and (found := _VERSION.search(disk.read(f"{home}/pyvenv.cfg"))):
            return int(found[1]), int(found[2])
        names = disk.names(f"{home}/lib") if disk.is_dir(f"{home}/lib") else []
    except FileProblem:
        return None
    if not disk.is_known(f"{home}/lib/python"):
        return None  # there may be others that nobody looked at
    versions = [match for name in names if (match := _LIBRARY.match(name))]
    return (int(versions[0][1]), int(versions[0][2])) if len(versions) == 1 else None


def is_installed(config: Config, home: str | None, name: str) -> bool | None:
    """Whether a package is installed in an environment or the system; None where the packages are not in sight.

    A ``.pth`` file may name any directory, so that nothing is certain where a project has one.
    """
    disk = config.disk
    tops = [f"{home}/lib"] if home is not None else ["/usr/lib/python3", "/usr/local/lib", "/usr/lib", "/usr/lib64"]
    is_seen, is_partial = False, False
    for top in tops if disk is not None else ():
        try:
            below = (
                [f"{top}/{one}" for one in disk.names(top) if one.startswith("python")]
                if disk and disk.is_dir(top)
                else []
            )
            for place in (f"{one}/{kind}" for one in (*below, top) for kind in ("site-packages", "dist-packages")):
                names = disk.names(place) if disk and disk.is_dir(place) else []
                is_seen = is_seen or bool(names)
                is_partial = is_partial or (disk is not None and not disk.is_known(f"{place}/{name}"))
                if name in names or f"{name}.py" in names or any(one.startswith(f"{name}.") for one in names):
                    return True
                if any(one.endswith((".pth", ".egg-link")) and not _adds_nothing(one) for one in names):
                    return True
        except FileProblem:
            return None
    return False if is_seen and not is_partial else None


def _adds_nothing(name: str) -> bool:
    """Whether a ``.pth`` file is one of setuptools, of virtualenv or of a namespace, which add no directory."""
    return "nspkg" in name or name in ("distutils-precedence.pth", "_virtualenv.pth")


def search_path(process: DaemonProcess | None) -> tuple[str, ...]:
    """Return the directories on ``sys.path`` of a process group from its options ``home`` (since 4.1) and ``python-path``."""
    if process is None:
        return ()
    home, path = process.option("home"), process.option("python-path")
    named = [*([home.value] if home is not None else []), *(path.value.split(":") if path is not None else [])]
    return tuple(posixpath.normpath(one) for one in named if one)
