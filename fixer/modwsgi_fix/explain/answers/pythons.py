"""Messages about Python itself: a module that is not found, and a home without a library. The lines say where Python looks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import PYTHON_SELECTORS
from modwsgi_fix.explain import modes
from modwsgi_fix.explain.answers.places import mounts_of, runs_in, selected_spots
from modwsgi_fix.explain.answers.scripts import findings_about, frames_of, names_in, user_of
from modwsgi_fix.explain.asked import Asked, cause_of, file_at, findings_of, shown, spot
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import Files
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.paths import on_a_drive, slashed
from modwsgi_fix.model.urls import Mapping
from modwsgi_fix.records import Cause, Finding, Spot
from modwsgi_fix.tuples import NamedTuple

_LIMIT = 5
#: What a script imports, or imports from.
_IMPORTED = expression(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.M)


class Search(NamedTuple):
    """A directory where Python looks for modules, with the line and the option that name it."""

    item: Item
    option: str
    directory: str


def imported(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return why a module is not found: how the script runs, where Python looks then, and where the module is on the disk."""
    module = occurrence.fields.get("module", "").strip("'\"").partition(".")[0]
    path, message = occurrence.fields.get("path", ""), occurrence.message
    frames = frames_of(occurrence, asked)
    mounted = mounts_of(asked, path)
    if message.name == "no-module-2":
        module = _whole(asked, module, [mount.target for _, _, mount in mounted])
    spots = [one for config, server, mount in mounted for one in selected_spots(config, server, mount)]
    everywhere = [item for config in asked.configs for item in config.named(*PYTHON_SELECTORS)]
    meant = [one for config, server, mount in mounted for one in _meant(config, server, mount)]
    found = findings_about(asked, path, [*spots, *map(spot, [*everywhere, *meant])], message.rules)
    rules = [cause_of(asked, one) for one in found if one.rule != "python-2-name" or f"{module}" in one.text][:_LIMIT]
    causes: list[Cause] = []
    for config, server, mount in mounted[:_LIMIT]:
        group = runs_in(config, server, mount)
        looks = list(_searched(config, group.name))
        where = (
            "embedded mode"
            if group.name == ""
            else f"the process group {group.name}"
            if group.name
            else "a group that is not known"
        )
        said = ", ".join(f"{one.option}={one.directory}" for one in looks) or "no python-home, python-path or home"
        text = f"{mount.target} runs in {where} with {said}; {_seen(config, module, looks, mount.target)}"
        own = list(
            dict.fromkeys([*selected_spots(config, server, mount), *(spot(one.item, one.option) for one in looks)])
        )
        help_ = _import_help(config, module, looks, mount.target, embedded=group.name == "")
        if any(one.rule == "unused-daemon-process" for one in found):
            help_ = "select the process group that is defined for it"
        causes.append(Cause(shown(asked, text, occurrence), (*_distinct(own), *frames), help=help_))
    if not causes and frames:
        causes = [Cause(message.about, tuple(frames))]
    return [*rules, *dict.fromkeys(causes)]


def _whole(asked: Asked, module: str, scripts: list[str]) -> str:
    """Return the first part of a module of which Python 2 names the last one alone; empty where a script has that name."""
    for found in filter(None, (file_at(asked, path) for path in scripts)):
        names = (name.split(".") for name in _IMPORTED.findall(found[1].text))
        first = next((parts[0] for parts in names if len(parts) > 1 and module in parts[1:]), "")
        if first:
            return first
    return "" if any(posixpath.basename(path).partition(".")[0] == module for path in scripts) else module


def _meant(config: Config, server: Server, mount: Mapping) -> list[Item]:
    """Return the process groups of the host of an application that runs in embedded mode: one may be meant for it."""
    if runs_in(config, server, mount).name != "":
        return []
    return [one.directive for one in daemon_processes(config) if one.directive.server in (server, config.main)]


def _distinct(spots: list[Spot]) -> list[Spot]:
    return list({one.place: one for one in reversed(spots)}.values())[::-1]


def _searched(config: Config, group: str | None) -> Iterator[Search]:
    """Yield where Python looks: as a process group says, or in embedded mode WSGIPythonHome and WSGIPythonPath."""
    homes = config.named("wsgipythonhome")
    if group:
        for process in daemon_processes(config):
            if process.name == group:
                settings = {option.name: option.value for option in process.options}
                for name in ("python-home", "python-path", "home"):
                    for directory in settings.get(name, "").split(":"):
                        if directory:
                            yield Search(process.directive, name, directory)
                if "python-home" in settings:
                    homes = []
    for item in homes:
        yield Search(item, "WSGIPythonHome", item.value)
    if group == "":
        for item in config.named("wsgipythonpath"):
            for directory in item.value.split(":"):
                yield Search(item, "WSGIPythonPath", directory)


def _packages(disk: Files, home: str) -> list[str]:
    """Return the package directories of a virtual environment."""
    library = f"{home}/lib"
    return [f"{library}/{name}/site-packages" for name in names_in(disk, library) if name.startswith("python")]


def _has(disk: Files, directory: str, module: str) -> bool:
    if disk.is_dir(f"{directory}/{module}") or disk.is_file(f"{directory}/{module}.py"):
        return True
    return any(name.startswith(f"{module}.") and name.endswith(".so") for name in names_in(disk, directory))


def _places(disk: Files, looks: list[Search]) -> list[str]:
    places: list[str] = []
    for search in looks:
        directory = search.directory.rstrip("/")
        places += _packages(disk, directory) if search.option in ("python-home", "WSGIPythonHome") else [directory]
    return places


def _seen(config: Config, module: str, looks: list[Search], path: str) -> str:
    """Return in words what the disk shows of a module."""
    disk = config.disk
    if disk is None:
        return "with --root the disk is searched, too"
    if not module:
        return "the message does not name the module"
    for search in looks:
        if not disk.is_dir(search.directory):
            return f"{search.directory} is not there"
    having = [place for place in _places(disk, looks) if _has(disk, place, module)]
    if having:
        return f"{module} is in {having[0]} as these files are now: it may be of another Python, or httpd was not restarted since"
    elsewhere = _elsewhere(disk, module, path)
    return f"{module} is in {elsewhere}, where Python does not look" if elsewhere else f"{module} is in none of them"


def _elsewhere(disk: Files, module: str, path: str) -> str:
    """Return where a module lies outside of Python's path: beside the script, above it, or in an environment there."""
    above = posixpath.dirname(path)
    for _ in range(3):
        if above in ("", "/"):
            return ""
        candidates = [
            above,
            *(f"{above}/{name}" for name in names_in(disk, above)[:100] if disk.is_dir(f"{above}/{name}")),
        ]
        for candidate in candidates:
            if _has(disk, candidate, module):
                return candidate
            found = next((place for place in _packages(disk, candidate) if _has(disk, place, module)), "")
            if found:
                return found
        above = posixpath.dirname(above)
    return ""


def _import_help(config: Config, module: str, looks: list[Search], path: str, *, embedded: bool) -> str:
    disk = config.disk
    where = _elsewhere(disk, module, path) if disk is not None and module else ""
    if where.endswith("/site-packages"):
        home = where.rpartition("/lib/")[0]
        return f"write WSGIPythonHome {home}" if embedded else f"write python-home={home} on WSGIDaemonProcess"
    where = where or _project_of(module, path, looks)
    if where and embedded:
        return f"write WSGIPythonPath {where}"
    if where:
        return f"write python-path={where} on WSGIDaemonProcess, or home= where it is the working directory, too"
    if any(one.option in ("python-home", "WSGIPythonHome") for one in looks):
        return f"install {module or 'it'} into that environment by its own pip"
    if embedded:
        return "name the virtual environment by WSGIPythonHome, and the directory of the project by WSGIPythonPath"
    return "name the virtual environment by python-home=, and the directory of the project by python-path="


def _project_of(module: str, path: str, looks: list[Search]) -> str:
    """Return the directory that Python must look in for a package that the script itself lies in; empty without one."""
    directory, _, rest = slashed(path).rpartition(f"/{module}/")
    if not module or not directory or not rest or any(slashed(one.directory).rstrip("/") == directory for one in looks):
        return ""
    return directory


def python_home(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the line that names Python's home directory, in which Python finds no standard library."""
    failure, message = occurrence.failure, occurrence.message
    path = occurrence.fields.get("path", "") or (failure.home if failure is not None else "")
    every = findings_of(asked, message.rules)
    found = [one for one in every if not path or path in one.text or _on_line(one, path)]
    found = [one for one in found if one.rule != "missing-on-disk" or path]
    causes = [cause_of(asked, one) for one in found[:_LIMIT]]
    if causes:
        return causes
    for config in asked.configs:
        items = [(item, item.value) for item in config.named("wsgipythonhome")]
        for process in daemon_processes(config):
            option = process.option("python-home")
            if option is not None:
                items.append((process.directive, option.value))
        for item, home in items:
            if path and home.rstrip("/") != path.rstrip("/"):
                continue
            text = f"Python takes {home} for its own directory; {_home_seen(config, home, item)}"
            help_ = "name the directory that sys.prefix is in the environment, made with the Python that mod_wsgi was built for"
            causes.append(Cause(shown(asked, text, occurrence), (spot(item),), help=help_))
    return causes[:_LIMIT] or _without_home(asked)


def _without_home(asked: Asked) -> list[Cause]:
    """Return the lines that load Python on Windows, where no line says where it has its library."""
    loads = [item for config in asked.configs for item in config.named("loadfile", "loadmodule") if item.args]
    lines = [item for item in loads if on_a_drive(item.values[-1]) and "python" in item.values[-1].lower()]
    homes = [item for config in asked.configs for item in config.named("wsgipythonhome")]
    if not lines or homes:
        return []
    library = next((item.value for item in lines if item.key == "loadfile"), "")
    named = posixpath.dirname(slashed(library)) or "with the directory of Python"
    text = "no line has WSGIPythonHome, by which Python finds its library on Windows"
    return [Cause(text, tuple(map(spot, lines[:_LIMIT])), help=f"write WSGIPythonHome {named}")]


def _on_line(finding: Finding, word: str) -> bool:
    return word in finding.place.file.lines.line_text(finding.line)


def _home_seen(config: Config, home: str, item: Item) -> str:
    disk = config.disk
    if disk is None:
        return "it is not there, of another version, or the user of the process may not read it"
    if not disk.is_dir(home):
        return "it is a file" if disk.is_file(home) else "it is not there"
    stopped = modes.stopped_at(config, home, user_of(config, item))
    if stopped is not None:
        return modes.told(stopped, home, user_of(config, item))
    if not _packages(disk, home):
        return "it has no lib/pythonX.Y, so it is not a virtual environment"
    versions = ", ".join(place.split("/")[-2] for place in _packages(disk, home))
    return f"it is of {versions}, which may be another Python than mod_wsgi was built for"
