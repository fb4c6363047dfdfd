"""Messages about WSGI scripts and Python: the script, where it runs, and where Python looks for packages."""

from __future__ import annotations

import posixpath

from modwsgi_fix.explain import modes
from modwsgi_fix.explain.answers.places import mounts_of, runs_in, selected_spots
from modwsgi_fix.explain.asked import Asked, cause_of, code_spot, file_at, findings_of, shown, spot
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.paths import on_a_drive
from modwsgi_fix.model.urls import Mapping
from modwsgi_fix.records import Cause, Finding, Spot

_LIMIT = 5
_MOST_NAMES = 2_000
#: A file in the root directory.
_FIRST = expression(r"/[^/]{1,400}")
#: What a WSGIScriptAliasMatch puts in from the URL.
_GROUP = expression(r"\$[0-9&]|&")


def script(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the findings in a script or at its mount; without any, the script, its mount, and the files beside it."""
    path, message = occurrence.fields.get("path", ""), occurrence.message
    frames = frames_of(occurrence, asked)
    path = path or (occurrence.failure.frames[0].file if occurrence.failure and occurrence.failure.frames else "")
    mounted = mounts_of(asked, path) if path else []
    spots = [one for config, server, mount in mounted for one in selected_spots(config, server, mount)]
    if message.name == "script-missing" and path and not spots:
        spots = _leading_to(asked, path)
    found = findings_about(asked, path, spots, message.rules)
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
    named = occurrence.fields.get("name", "")
    opened = {"not-compiled": path, "not-opened": path, **dict.fromkeys(_CLOSED, named)}.get(message.name, "")
    for config, server, mount in mounted[:1] if opened else ():
        group = runs_in(config, server, mount)
        process = next((one for one in daemon_processes(config) if group.name and one.name == group.name), None)
        user = user_of(config, process.directive if process is not None else mount.item)
        stopped = modes.stopped_at(config, opened, user)
        text = text if stopped is None else modes.told(stopped, opened, user)
    if message.name == "file-not-there" and _is_whole(named):
        text = f"{named} is not there{_nearest(asked, named)}"
    return [Cause(shown(asked, text, occurrence), tuple([*frames, *spots][: 2 * _LIMIT]), help=_help(occurrence))]


def _help(occurrence: Occurrence) -> str:
    """Return what to do; messages of mod_wsgi above a traceback that was read need no help."""
    name = occurrence.message.name
    is_read = occurrence.failure is not None and bool(occurrence.failure.exception)
    if name == "file-not-there" and _is_whole(occurrence.fields.get("name", "")):
        return "make the file, or write the path of the one that is meant"
    if name in _CLOSED and _FIRST.fullmatch(occurrence.fields.get("name", "")):
        return (
            "write the whole path: a name without a directory is one in the directory of the process, which is / where home= "
            "names no other"
        )
    return "" if is_read and name in _HEADED else _HELP.get(name, "")


def _is_whole(path: str) -> bool:
    """Whether a path begins at the root, or at a drive of Windows."""
    return path.startswith("/") or on_a_drive(path)


def _nearest(asked: Asked, path: str) -> str:
    """Return in words what the disk shows on the way to a file that is not there; empty without a disk."""
    for disk in (config.disk for config in asked.configs):
        if disk is not None and not disk.is_file(path):
            above = posixpath.dirname(path)
            while above not in ("", "/") and not disk.is_dir(above):
                above = posixpath.dirname(above)
            return "" if above in ("", "/", posixpath.dirname(path)) else f"; {above} is the nearest directory that is"
    return ""


#: Messages of Python about a file that it may not open.
_CLOSED = ("file-closed", "file-closed-os-2", "file-closed-io-2", "file-closed-else-2")
#: Messages of mod_wsgi that only introduce those of Python.
_HEADED = ("script-exception", "exec-failed", "cannot-be-loaded", "not-compiled")

_LOCALE = "write lang=C.UTF-8 locale=C.UTF-8 into WSGIDaemonProcess; in embedded mode LANG of httpd counts, which envvars sets"
_WRITABLE = "let the user of the process group (user= of WSGIDaemonProcess, else User) write the file and its directory"
_READABLE = "let the user of the process group (user= of WSGIDaemonProcess, else User) open it, or write it elsewhere"
_CONNECTS = (
    "setsebool -P httpd_can_network_connect_db on; httpd_can_network_connect for other ports; see ausearch -m avc"
)
_HELP = {
    **dict.fromkeys(("database-forbidden", "database-forbidden-13", "mysql-forbidden", "redis-forbidden"), _CONNECTS),
    "library-not-executed": "see what refuses it: ausearch -m avc, and the options of the file system (findmnt -T FILE)",
    "not-reentrant": "read the first traceback after the last start, and restart httpd once its cause is mended",
    "host-not-allowed": "add the name to ALLOWED_HOSTS of the settings, where it is one of this site",
    "database-read-only": _WRITABLE,
    "database-not-opened": _WRITABLE,
    **dict.fromkeys(_CLOSED, _READABLE),
    "not-opened": "let the user of the process group read it and pass what is above it",
    "file-not-there": "write the whole path, or one from os.path.abspath(__file__); home= names the directory of the process",
    "library-not-there-windows": "put the directory of Python on the PATH of the system, and load its mod_wsgi",
    "not-callable": "name a function, or what the framework makes: application = app, or app.server of Dash",
    "chunked": "write WSGIChunkedRequest On, where the application reads its input to the end and does without CONTENT_LENGTH",
    "not-ascii-read": _LOCALE,
    "not-ascii-written": _LOCALE,
    "exit-on-load": "take the call of sys.exit() out of what runs while the script is loaded",
    "exit-ignored": "take the call of sys.exit() out of the application",
    "script-exception": "read on in the log below this line: the traceback has the reason",
    "exec-failed": "read on in the log below this line: the traceback has the reason",
    "cannot-be-loaded": "read on in the log below this line: the traceback has the reason",
    **dict.fromkeys(
        ("no-name", "no-name-2"), "see which version is installed, and whether the two modules import each other"
    ),
    "no-name-yet": "rename the script where it is called as a module is, or import the module where it is used",
    "log-without-number": "write to sys.__stderr__ or to a file of its own what needs a number, or catch OSError",
    "no-answer": "return a list of bytes at the end of the application, on every way through it",
    "no-key": "write the variable in the script, or in the environment that httpd is started with; SetEnv reaches environ alone",
}


def user_of(config: Config, item: Item) -> str:
    """Return the user of a process group that a line defines, else the one that httpd serves as; empty where unknown."""
    process = next((one for one in daemon_processes(config) if one.directive is item), None)
    own = process.option("user") if process is not None else None
    main = config.main.last("user")
    return own.value if own is not None else main.value if main is not None else ""


def frames_of(occurrence: Occurrence, asked: Asked) -> list[Spot]:
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


def findings_about(asked: Asked, path: str, spots: list[Spot], rules: tuple[str, ...]) -> list[Finding]:
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
    scripts = [name for name in names_in(disk, above) if name.endswith((".wsgi", ".py"))]
    shown = f"{above} has {', '.join(scripts[:3])}" if scripts else f"{above} is there, and has no script"
    return shown if not disk.is_file(path) else "it is there as these files are now"


def names_in(disk: Files, directory: str) -> list[str]:
    """Return the names in a directory, not all where there are very many; none where it cannot be read."""
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
