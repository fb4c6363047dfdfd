"""The paths of a configuration that do not exist on the disk that they mean (``--root``), and likely names beside them.

A root may be a partial copy: what was not copied is unknown, not missing. So a path is missing only where a directory above
it exists that a site makes, and not the system.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import suppress

from modwsgi_fix.directives.families import ALIASES, CERTIFICATES, LOG_FILES, MOUNTS
from modwsgi_fix.directives.removed import REMOVED_MODULES
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.absence import is_missing
from modwsgi_fix.model.builds import SOMETIMES
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import daemon_processes, embedded_mode_off
from modwsgi_fix.model.facts.accounts import home_of_user
from modwsgi_fix.model.gaps import GapKind
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.merge.sections import is_regex_section
from modwsgi_fix.model.modules import server_root, working_root
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The most names of a directory that are searched for a likely one.
_MOST = 2_000


#: The home directory that Debian gives to users that have none.
_NOWHERE = "/nonexistent"


class Missing(NamedTuple):
    """A path that does not exist. ``what`` it is for, in a word or two; ``beside`` is a path that may be meant, or empty.

    ``refusal`` is httpd's own message where it does not start without the path; ``fails`` says that every request that
    needs the path fails.
    """

    item: Item
    span: Span
    path: str
    what: str
    refusal: str = ""
    fails: bool = False
    beside: str = ""


@derived
def missing(config: Config) -> list[Missing]:
    """Return every path that certainly does not exist; none without a disk."""
    return [] if config.disk is None else list(_missing(config, config.disk))


def _missing(config: Config, disk: Files) -> Iterator[Missing]:
    for named in (*_named(config), *_modules(config, disk)):
        path = named.path.rstrip("/") or "/"
        if has_wildcard(path) or "$" in path or "%" in path or named.item.in_doubt:
            continue
        if path != _NOWHERE and not is_missing(disk, path):
            continue
        # Where a condition may leave the line out, httpd may start without the path.
        refusal = "" if named.item.guards else named.refusal
        yield named._replace(path=path, beside=beside(disk, path), refusal=refusal)


def beside(disk: Files, path: str) -> str:
    """Return what may be meant by a path that does not exist: the same name one directory further up or down; else nothing."""
    name, above = posixpath.basename(path), posixpath.dirname(path)
    existing = above
    while not disk.is_dir(existing):
        existing = posixpath.dirname(existing)
    candidates = [posixpath.join(existing, name), posixpath.join(posixpath.dirname(existing), name)]
    with suppress(FileProblem):
        candidates += [posixpath.join(existing, inner, name) for inner in disk.names(existing)[:_MOST]]
    return next((one for one in candidates if one != path and (disk.is_file(one) or disk.is_dir(one))), "")


def _modules(config: Config, disk: Files) -> Iterator[Missing]:
    """Yield the files of modules and libraries that are not there, in directories that have others.

    httpd stops at the line (mod_so.c:load_module, load_file; measured with 2.4.71), unless it has the module: then it does not
    open the file.
    """
    root = server_root(config)
    has = set[str]()
    for item in filter(lambda item: item.known, config.named("loadmodule")):
        name = item.value.removesuffix("_module")
        # httpd may have some modules without a line; a removed one is told of where nothing is known of the disk.
        is_else = name in SOMETIMES or name.startswith("mpm_") or (name in REMOVED_MODULES and not config.target.is_22)
        if name not in has and not is_else:
            yield from _loaded(item, item.args[1:2], root, disk, "the file of the module")
        has.add(name)
    for item in filter(lambda item: item.known, config.named("loadfile")):
        yield from _loaded(item, item.args, root, disk, "the library")


def _loaded(item: Item, args: Sequence[Arg], root: str, disk: Files, what: str) -> Iterator[Missing]:
    for arg in args:
        path = posixpath.join(root, arg.value)
        with suppress(FileProblem):
            # Most are there, and then the directory need not be looked through.
            if not disk.is_file(path) and any(name.endswith(".so") for name in disk.names(posixpath.dirname(path))):
                refusal = f"Cannot load {arg.value} into server: {path}: cannot open shared object file"
                yield Missing(item, arg.span, path, what, refusal)


def _included(config: Config) -> Iterator[Missing]:
    """Yield the files that an Include names and that were not read (measured with 2.4.71)."""
    unread = {(gap.path, gap.span) for gap in config.gaps if gap.kind in (GapKind.INCLUDE, GapKind.APART)}
    if not unread:
        return
    root = server_root(config)
    for item in config.named("include"):
        if item.known and item.args and (item.path, item.args[0].span) in unread:
            path = posixpath.join(root, item.value)
            refusal = f"Could not open configuration file {path}: No such file or directory"
            yield Missing(item, item.args[0].span, path, "the included file", refusal)


def _started(config: Config) -> Iterator[Missing]:
    """Yield what the lines of mod_wsgi name for all processes: where Python is and looks, and where sockets are made.

    Measured with mod_wsgi 4.9.4: without its home Python ends each process of httpd that starts it, and each daemon process whose
    group has none of its own; sockets are not made in a directory that is not there, and each request is answered with 503.
    """
    for item in config.named("wsgipythonpath"):
        if len(item.values) == 1 and item.known:
            for path in item.value.split(":"):
                yield Missing(item, item.args[0].span, path, item.name)
    processes = daemon_processes(config)
    homes = [item for item in config.named("wsgipythonhome") if len(item.values) == 1 and item.known]
    for item in homes[-1:]:
        has_own = bool(processes) and all(process.option("python-home") is not None for process in processes)
        fails = not (has_own and embedded_mode_off(config) is not None)
        yield Missing(item, item.args[0].span, item.value, item.name, fails=fails)
    for item in config.named("wsgisocketprefix") if processes else ():
        if len(item.values) == 1 and item.known:
            directory = posixpath.dirname(posixpath.join(working_root(config), item.value))
            yield Missing(item, item.args[0].span, directory, "the directory of sockets", fails=True)


def _named(config: Config) -> Iterator[Missing]:
    """Yield the known paths that lines name, as if none of them existed."""
    # Debian has no directory of logs there; elsewhere it is empty or a link, and seldom copied.
    own = working_root(config)
    root = own if own == "/etc/apache2" else ""
    for item in config.named(*LOG_FILES):
        if item.values and item.args[0].known and not item.value.startswith(("|", "syslog")):
            code, log = ("AH02291", "error log") if item.key == "errorlog" else ("AH02297", "log file")
            directory = posixpath.dirname(posixpath.join(root, item.value))
            refusal = f"{code}: Cannot access directory '{directory}/' for {log}"
            yield Missing(item, item.args[0].span, directory, "the log directory", refusal)
    for item in config.named(*CERTIFICATES):
        if item.values and item.args[0].known:
            refusal = f"{item.name}: file '{item.value}' does not exist or is empty"
            yield Missing(item, item.args[0].span, item.value, "the certificate or key", refusal)
    for item in config.named("documentroot"):
        if item.values and item.args[0].known:
            main = item.server.is_main
            refusal = f"DocumentRoot '{item.value}' is not a directory, or is not readable" if main else ""
            yield Missing(item, item.args[0].span, item.value, "the DocumentRoot", refusal)
    for item in config.named(*MOUNTS, *ALIASES):
        if len(item.values) > 1 and item.args[1].known and not item.key.endswith("match"):
            mounted = item.key in MOUNTS
            if not mounted and item.value.endswith("/") and not item.values[1].endswith("/"):
                continue  # the rest of the URL is appended without a slash: /img/ to /srv/images/shop-
            yield Missing(
                item, item.args[1].span, item.values[1], "the script" if mounted else "the alias target", fails=mounted
            )
    for process in daemon_processes(config):
        for option in process.options:
            if option.name == "python-home":
                yield Missing(process.directive, option.value_span, option.value, "python-home", fails=True)
            elif option.name in ("python-path", "home"):
                for path in option.value.split(":"):
                    yield Missing(process.directive, option.value_span, path, option.name)
            elif option.name == "user" and (home := home_of_user(config, process)):
                yield Missing(process.directive, option.value_span, home, "the home directory", fails=True)
    yield from _started(config)
    yield from _included(config)
    for item in config.named("directory"):
        if item.values and item.known and not is_regex_section(item):
            yield Missing(item, item.args[0].span, item.value, "the directory")
