"""The relative paths that a script opens while it is loaded, and the edits that make them begin at the script."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import process_of, runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import importing
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import dotted, imports_of, resolved
from modwsgi_fix.tuples import NamedTuple

_SCHEME = "config:"
#: Functions that open a file by a path, by dotted name, with the keyword of the path where it is not the first argument.
_OPENS = MappingProxyType({
    "open": "", "io.open": "", "codecs.open": "", "execfile": "", "runpy.run_path": "", "logging.config.fileConfig": "",
    "sqlite3.connect": "", "paste.deploy.loadapp": "", "paste.deploy.appconfig": "", "pyramid.paster.bootstrap": "",
    "pyramid.paster.get_app": "", "pyramid.paster.get_appsettings": "", "pyramid.paster.setup_logging": "",
    "paste.script.util.logging_config.fileConfig": "", "turbogears.update_config": "configfile", "site.addsitedir": "",
    "imp.load_source": "1", "sys.path.append": "", "sys.path.insert": "1", "logging.basicConfig": "filename",
    "logging.FileHandler": "", "logging.handlers.RotatingFileHandler": "", "logging.handlers.TimedRotatingFileHandler": "",
    "logging.handlers.WatchedFileHandler": "",
})  # fmt: skip
_PARSERS = frozenset({"ConfigParser", "RawConfigParser", "SafeConfigParser"})
#: Functions that load the code that the path leads to.
_LOADS = frozenset(
    {"execfile", "runpy.run_path", "site.addsitedir", "imp.load_source", "sys.path.append", "sys.path.insert"}
)
#: Functions that write the file, where they do not delay that.
_LOGS = frozenset(name for name in _OPENS if name.startswith("logging.") and not name.endswith("fileConfig"))
#: Functions whose second argument or keyword ``mode`` says that a file is written.
_WITH_MODE = frozenset({"open", "io.open", "codecs.open"})
_FROM_SCRIPT = "os.path.join(os.path.dirname(__file__), "
_LITERAL = expression(rf"""(?P<quote>[uUrR]?(?P<mark>['"])){_SCHEME}(?P<rest>[^'"\n]*)(?P=mark)""")


class Opened(NamedTuple):
    """An argument that is a relative path, the path, and whether the call only reads a file, as data."""

    node: ast.expr
    path: str
    is_read: bool


def opened(read: Script) -> list[Opened]:
    """Return the relative paths that a script opens while it is loaded, in order; none where it changes its directory."""
    return read.source.once((opened, read.path), partial(_opened, read))


def _opened(read: Script) -> list[Opened]:
    if "chdir" in read.source.text:
        return []
    imports, parsers = imports_of(read.source), _parsers(read)
    found: list[Opened] = []
    calls = [
        run.node for run in runs_at_load(read.tree)
        if isinstance(run.node, ast.Call) and not run.is_caught and id(run.node) not in read.source.guarded
    ]  # fmt: skip
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        name = resolved(dotted(call.func), imports)
        owner, _, method = name.rpartition(".")
        where = "" if method == "read" and owner in parsers else _OPENS.get(name)
        node = _argument(call, where) if where is not None else None
        path = read.value(node) if node is not None else None
        if path is None or node is None or (name in _LOGS and any(one.arg == "delay" for one in call.keywords)):
            continue
        path = path.removeprefix(_SCHEME).partition("#")[0]
        if path and not path.startswith(("/", "~", "%", "$", "{", "<")) and ":" not in path and "\n" not in path:
            is_read = name not in _LOADS | _LOGS and not (name in _WITH_MODE and _writes(call))
            found.append(Opened(node, path, is_read))
    return found


def beside(config: Config, script: WsgiScript, path: str) -> bool:
    """Whether ``--root`` shows that a relative path leads to something from the directory of the script."""
    return path.strip("./") != "" and _is_there(config, posixpath.dirname(script.script.place), path)


def above(config: Config, script: WsgiScript, path: str) -> bool:
    """Whether a relative path leads to something from a directory above the script, which a process may be in as well."""
    directory = posixpath.dirname(posixpath.dirname(script.script.place))
    while not _is_there(config, directory, path):
        if directory in ("", "/"):
            return False
        directory = posixpath.dirname(directory)
    return True


def _is_there(config: Config, directory: str, path: str) -> bool:
    whole = posixpath.normpath(f"{directory}/{path}")
    return config.disk is not None and (config.disk.is_file(whole) or config.disk.is_dir(whole))


def has_home(config: Config, script: WsgiScript) -> bool:
    """Whether a process group that the script runs in has a home directory, by ``home`` or by its user."""
    groups = [process_of(config, run.group.name) for run in runs_of(config, script)]
    return any(one is not None and (one.option("home") or one.option("user")) for one in groups)


def changes_directory(config: Config) -> bool:
    """Whether a script of the configuration may change the directory of a process."""
    return config.once(changes_directory, lambda: any("chdir" in one.script.text for one in loaded_scripts(config)))


def from_script(read: Script, path: str, paths: Sequence[Opened]) -> list[Edit]:
    """Return the edits of a script, whose key is ``path``, that make these paths begin at its directory; none where impossible."""
    changed = [edit for one in paths for edit in _begun(read, path, one.node)]
    added = importing(read, path, "os", paths[0].node) if changed else None
    is_shadowed = any(
        isinstance(node, ast.Name) and node.id == "__file__" and isinstance(node.ctx, ast.Store)
        for node in read.source.nodes
    )
    return [] if added is None or is_shadowed else [*added, *changed]


def _begun(read: Script, path: str, node: ast.expr) -> list[Edit]:
    span = read.source.span(node)
    if not (read.value(node) or "").startswith(_SCHEME):
        start, end = span
        return [Edit(path, span._replace(end=start), _FROM_SCRIPT), Edit(path, span._replace(start=end), ")")]
    literal = _LITERAL.fullmatch(read.source.code(node))
    if literal is None:
        return []
    quote, mark, rest = literal["quote"], literal["mark"], literal["rest"]
    return [Edit(path, span, f"{quote}{_SCHEME}{mark} + {_FROM_SCRIPT}{quote}{rest}{mark})")]


def _writes(call: ast.Call) -> bool:
    """Whether a call opens a file to write it, or may do so."""
    modes = [one.value for one in call.keywords if one.arg == "mode"] or call.args[1:2]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "" if not modes else "w"
    return any(letter in str(mode) for letter in "wax+")


def _argument(call: ast.Call, where: str) -> ast.expr | None:
    named = next((one.value for one in call.keywords if one.arg == where), None)
    at = int(where) if where.isdigit() else 0
    return named if where and not where.isdigit() else call.args[at] if len(call.args) > at else None


def _parsers(read: Script) -> set[str]:
    """Return the names at the top of a script that are bound to a parser of .ini files."""
    return {
        name
        for name, value in read.names.items()
        if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in _PARSERS
    }
