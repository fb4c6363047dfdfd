"""Messages about WSGI scripts and Python: the script, where it runs, and where Python looks for packages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import PYTHON_SELECTORS
from modwsgi_fix.explain import modes
from modwsgi_fix.explain.answers.places import mounts_of, runs_in, selected_spots
from modwsgi_fix.explain.asked import Asked, cause_of, code_spot, file_at, findings_of, shown, spot
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.paths import on_a_drive, slashed
from modwsgi_fix.model.urls import Mapping
from modwsgi_fix.records import Cause, Finding, Spot
from modwsgi_fix.tuples import NamedTuple

_LIMIT = 5
_MOST_NAMES = 2_000
#: What a WSGIScriptAliasMatch puts in from the URL.
_GROUP = expression(r"\$[0-9&]|&")


def script(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the findings in a script or at its mount; without any, the script, its mount, and the files beside it."""
    path, message = occurrence.fields.get("path", ""), occurrence.message
    frames = _frames(occurrence, asked)
    path = path or (occurrence.failure.frames[0].file if occurrence.failure and occurrence.failure.frames else "")
    mounted = mounts_of(asked, path) if path else []
    spots = [one for config, server, mount in mounted for one in selected_spots(config, server, mount)]
    if message.name == "script-missing" and path and not spots:
        spots = _leading_to(asked, path)
    found = _findings(asked, path, spots, message.rules)
    causes = [_with(cause_of(asked, one), [*frames, *spots[:1]]) for one in found[:_LIMIT]]
    if causes:
        return causes
    if message.name == "script-missing":
        return _missing(asked, path, spots, occurrence)
    if not spots and not frames:
        return []
    text = message.about
    if occurrence.failure is not None and occurrence.failure.exception and message.name in _HEADED:
        text = "the application raised an exception that it does not catch"
    if message.name in ("not-compiled", "not-opened"):
        for config, _, mount in mounted[:1]:
            user = _user(config, mount.item)
            stopped = modes.stopped_at(config, path, user)
            text = text if stopped is None else modes.told(stopped, path, user)
    return [Cause(shown(asked, text, occurrence), tuple([*frames, *spots][: 2 * _LIMIT]), help=_help(occurrence))]


def _help(occurrence: Occurrence) -> str:
    """Return what to do; messages of mod_wsgi above a traceback that was read need no help."""
    name = occurrence.message.name
    is_read = occurrence.failure is not None and bool(occurrence.failure.exception)
    return "" if is_read and name in _HEADED else _HELP.get(name, "")


#: Messages of mod_wsgi that only introduce those of Python.
_HEADED = ("script-exception", "exec-failed", "cannot-be-loaded", "not-compiled")

_LOCALE = "write lang=C.UTF-8 locale=C.UTF-8 into WSGIDaemonProcess; in embedded mode LANG of httpd counts, which envvars sets"
_WRITABLE = "let the user of the process group (user= of WSGIDaemonProcess, else User) write the file and its directory"
_READABLE = "let the user of the process group (user= of WSGIDaemonProcess, else User) open it, or write it elsewhere"
_HELP = {
    "not-reentrant": "read the first traceback after the last start, and restart httpd once its cause is mended",
    "host-not-allowed": "add the name to ALLOWED_HOSTS of the settings, where it is one of this site",
    "database-read-only": _WRITABLE,
    "database-not-opened": _WRITABLE,
    **dict.fromkeys(("file-closed-os-2", "file-closed-io-2"), _READABLE),
    "not-opened": "let the user of the process group read it and pass what is above it",
    "file-not-there": "write the whole path, or one from os.path.abspath(__file__); home= names the directory of the process",
    "library-not-there-windows": "put the directory of Python on the PATH of the system, and load its mod_wsgi",
    "not-callable": "name a function, or what the framework makes: application = app, or app.server of Dash",
    "file-closed": _READABLE,
    "chunked": "write WSGIChunkedRequest On, where the application reads its input to the end and does without CONTENT_LENGTH",
    "not-ascii-read": _LOCALE,
    "not-ascii-written": _LOCALE,
    "exit-on-load": "take the call of sys.exit() out of what runs while the script is loaded",
    "exit-ignored": "take the call of sys.exit() out of the application",
    "script-exception": "read on in the log below this line: the traceback has the reason",
    "exec-failed": "read on in the log below this line: the traceback has the reason",
    "cannot-be-loaded": "read on in the log below this line: the traceback has the reason",
    "no-name": "see which version is installed, and whether the two modules import each other",
    "no-answer": "return a list of bytes at the end of the application, on every way through it",
    "no-key": "write the variable in the script, or in the environment that httpd is started with; SetEnv reaches environ alone",
}


def _user(config: Config, item: Item) -> str:
    """Return the user of a process group that a line defines, else the one that httpd serves as; empty where unknown."""
    process = next((one for one in daemon_processes(config) if one.directive is item), None)
    own = process.option("user") if process is not None else None
    main = config.main.last("user")
    return own.value if own is not None else main.value if main is not None else ""


def _frames(occurrence: Occurrence, asked: Asked) -> list[Spot]:
    """Return the line of Python that failed, and the line of the script where that is another one."""
    failure = occurrence.failure
    if failure is None or not failure.frames:
        return []
    last = failure.frames[-1]
    spots = [code_spot(asked, last.file, last.line, "failed here")]
    own = next((frame for frame in reversed(failure.frames) if frame.file == failure.script), None)
    if own is not None and own != last:
        spots.append(code_spot(asked, own.file, own.line, "the line of the script that led there"))
    return spots


def _findings(asked: Asked, path: str, spots: list[Spot], rules: tuple[str, ...]) -> list[Finding]:
    """Return the findings of these rules in a script or at its lines in the configuration; all of them without a path."""
    every = findings_of(asked, rules)
    if not path:
        return every
    found = file_at(asked, path)
    key = found[1].path if found is not None else ""
    places = {(one.file, one.line) for one in spots}
    return [
        one
        for one in every
        if (one.file, one.line) in places
        or path in one.text
        or key in (one.place.file.path, *(related.place.file.path for related in one.related))
    ]


def _with(cause: Cause, more: list[Spot]) -> Cause:
    places = {one.place for one in cause.spots}
    return cause._replace(spots=(*cause.spots, *(one for one in more if one.place not in places)))


def _leading_to(asked: Asked, path: str) -> list[Spot]:
    """Return the mounts whose target is the beginning of a path, to which the rest of the URL is appended, or leads through it.

    httpd names the first part of a path that is not there, and mod_wsgi the same.
    """
    mounts = [(mount, _certain(mount).rstrip("/")) for _, _, mount in mounts_of(asked, "")]
    return [spot(mount.item, f"leads to {mount.target}") for mount, target in mounts if _leads(target, path)]


def _certain(mount: Mapping) -> str:
    """Return the target of a mount, or what of it stands before the first group that a pattern puts in."""
    return _GROUP.split(mount.target, maxsplit=1)[0] if mount.is_regex else mount.target


def _leads(target: str, path: str) -> bool:
    if target.startswith("/") or not target[:1].isalnum():
        return path.startswith(target) or target.startswith(f"{path}/")
    # It stands below the directory that httpd was started in, which may be any.
    parts = target.split("/")
    return any(f"{path}/".endswith(f"/{'/'.join(parts[:count])}/") for count in range(1, len(parts) + 1))


def _missing(asked: Asked, path: str, spots: list[Spot], occurrence: Occurrence) -> list[Cause]:
    about = occurrence.message.about
    if not spots:
        # A request that fails so is of a mount that httpd has: of an older configuration, or of a file that was not given.
        near = [spot(mount.item, f"leads to {mount.target}") for _, _, mount in mounts_of(asked, "")][:_LIMIT]
        help_ = "reload httpd, or give the file that has it; httpd -S lists the files of its hosts"
        text = f"no mount of these files leads to {path}; httpd may run with lines that were changed since, or lie in other files"
        return [Cause(text, tuple(near), help=help_)] if path and near else []
    beside = next(filter(None, (_beside(config, path) for config in asked.configs)), "")
    text = f"{about}; {beside}" if beside else about
    help_ = "write the path of the script that is meant; each directory above it must let httpd's user pass"
    if any(mount.is_regex and _leads(_certain(mount), path) for _, _, mount in mounts_of(asked, "")):
        help_ = "put the script there, or write a pattern that does not take URLs of other things, such as static files"
    return [Cause(shown(asked, text, occurrence), tuple(spots[:_LIMIT]), help=help_)]


def _beside(config: Config, path: str) -> str:
    disk = config.disk
    if disk is None:
        return ""
    above = posixpath.dirname(path)
    while above not in ("", "/") and not disk.is_dir(above):
        above = posixpath.dirname(above)
    scripts = [name for name in _names(disk, above) if name.endswith((".wsgi", ".py"))]
    shown = f"{above} has {', '.join(scripts[:3])}" if scripts else f"{above} is there, and has no script"
    return shown if not disk.is_file(path) else "it is there as these files are now"


def _names(disk: Files, directory: str) -> list[str]:
    try:
        return disk.names(directory)[:_MOST_NAMES]
    except FileProblem:
        return []


# -- Python ---------------------------------------------------------------------------------------------------------------


def exception(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the line that raised an application's exception, and what rules find in the script."""
    if occurrence.failure is None and not occurrence.fields.get("path"):
        return _named_only(occurrence, asked)
    return script(occurrence, asked)


def _named_only(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    quoted = [value for name, value in occurrence.fields.items() if name != "type" and len(value) > 1]
    every = findings_of(asked, occurrence.message.rules)
    near = [one for one in every if any(value in one.text for value in quoted)] if quoted else every
    return [cause_of(asked, one) for one in near[:_LIMIT]]


class Search(NamedTuple):
    """A directory where Python looks for modules, with the line and the option that name it."""

    item: Item
    option: str
    directory: str


def imported(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return why a module is not found: how the script runs, where Python looks then, and where the module is on the disk."""
    module = occurrence.fields.get("module", "").strip("'\"").partition(".")[0]
    path, message = occurrence.fields.get("path", ""), occurrence.message
    frames = _frames(occurrence, asked)
    mounted = mounts_of(asked, path)
    if message.name == "no-module-2":
        module = _whole(asked, module, [mount.target for _, _, mount in mounted])
    spots = [one for config, server, mount in mounted for one in selected_spots(config, server, mount)]
    everywhere = [item for config in asked.configs for item in config.named(*PYTHON_SELECTORS)]
    meant = [one for config, server, mount in mounted for one in _meant(config, server, mount)]
    found = _findings(asked, path, [*spots, *map(spot, [*everywhere, *meant])], message.rules)
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
    imported = re.compile(rf"^[ \t]*(?:from|import)[ \t]+(\w+)(?:\.\w+)*\.{re.escape(module)}\b", re.M)
    found = (file_at(asked, path) for path in scripts)
    lines = (imported.search(one[1].text) for one in found if one is not None)
    line = next(filter(None, lines), None)
    if line is not None:
        return line[1]
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
    return [f"{library}/{name}/site-packages" for name in _names(disk, library) if name.startswith("python")]


def _has(disk: Files, directory: str, module: str) -> bool:
    if disk.is_dir(f"{directory}/{module}") or disk.is_file(f"{directory}/{module}.py"):
        return True
    return any(name.startswith(f"{module}.") and name.endswith(".so") for name in _names(disk, directory))


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
            *(f"{above}/{name}" for name in _names(disk, above)[:100] if disk.is_dir(f"{above}/{name}")),
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
    stopped = modes.stopped_at(config, home, _user(config, item))
    if stopped is not None:
        return modes.told(stopped, home, _user(config, item))
    if not _packages(disk, home):
        return "it has no lib/pythonX.Y, so it is not a virtual environment"
    versions = ", ".join(place.split("/")[-2] for place in _packages(disk, home))
    return f"it is of {versions}, which may be another Python than mod_wsgi was built for"
