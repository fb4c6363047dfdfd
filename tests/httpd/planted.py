"""The files that a configuration names, and the users: planted where it will look for them."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.urls import Mapping, mapping_of, substitute

from . import install
from .application import app
from .patterns import sample
from .root import CERTIFICATE, CONF, HIDDEN, Link
from .root import Tree as Files

#: In every directory that something leads to: a static file, and a source file which is an application as well.
MARKER, SOURCE = "marker.txt", "source.py"
#: A name and a password that every file and script of ours accepts.
CREDENTIALS = "probe", "probe"

# -- users ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Users:
    """The users and groups that httpd must know, by name."""

    users: tuple[str, ...]
    groups: tuple[str, ...]


def users_of(items: Iterable[Item]) -> Users:
    """Those whom ``User``, ``Group`` and the options of daemons name."""
    users: dict[str, None] = {}
    groups: dict[str, None] = {}
    for item in items:
        if item.key in ("user", "group") and item.args:
            (users if item.key == "user" else groups)[item.value] = None
        if item.key == "wsgidaemonprocess":
            for name, value in options_of(item):
                if name in ("user", "socket-user"):
                    users[value] = None
                elif name in ("group", "supplementary-groups"):
                    groups |= dict.fromkeys(value.split(","))
    return Users(tuple(filter(_plain, users)), tuple(filter(_plain, groups)))


def _plain(name: str) -> bool:
    return bool(name) and not set(name) & set(":\n#")


def options_of(item: Item) -> Iterator[tuple[str, str]]:
    """The options of a daemon or a mount, quotes taken off."""
    for value in item.values[1:]:
        name, sign, rest = value.partition("=")
        if sign:
            yield name, rest.strip("\"'")


def _accounts(wanted: Users) -> Files:
    """The machine's users and groups, and those who are missing, each with a number of its own."""
    passwd, group = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
    groups = {line.partition(":")[0] for line in group.splitlines()}
    users = {line.partition(":")[0] for line in passwd.splitlines()}
    numbers = {name: 30_000 + at for at, name in enumerate(sorted({*wanted.users, *wanted.groups}))}
    for name, number in numbers.items():
        if name not in groups:
            group += f"{name}:x:{number}:\n"
        if name in wanted.users and name not in users:
            passwd += f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n"
    homes: dict[str, None] = {f"/home/{name}": None for name in wanted.users if "/" not in name}
    return {**homes, "/etc/passwd": passwd, "/etc/group": group}


# -- files ----------------------------------------------------------------------------------------------------------

#: Directives whose argument (counted from 0) is a directory.
_DIRECTORIES = {
    "documentroot": 0, "serverroot": 0, "coredumpdirectory": 0, "cacheroot": 0, "sslcacertificatepath": 0,
    "sslcarevocationpath": 0, "sslproxycacertificatepath": 0, "wsgipythoneggs": 0, "defaultruntimedir": 0,
}  # fmt: skip
#: Directives whose argument is a file that the server makes; only its directory must be there.
_WRITTEN = {
    "errorlog": 0, "customlog": 0, "transferlog": 0, "globallog": 0, "pidfile": 0, "scoreboardfile": 0, "lockfile": 0,
    "wsgisocketprefix": 0, "rewritelog": 0, "davlockdb": 0, "sslsessioncache": 0, "mutex": 0, "scriptsock": 0,
    "scriptlog": 0, "sslmutex": 0,
}  # fmt: skip
_CERTIFICATES = re.compile(r"ssl(?:proxy)?(?:machine)?(?:ca|certificate)\w*file$", re.ASCII)
#: Directives with the path of a WSGI script, and at which argument.
_SCRIPTS = {
    "wsgiimportscript": 0, "wsgidispatchscript": 0, "wsgiaccessscript": 0, "wsgiauthuserscript": 0,
    "wsgiauthgroupscript": 0, "wsgihandlerscript": 1,
}  # fmt: skip

_EXTRA = """
def check_password(environ, user, password):
    return password == "probe"

def groups_for_user(environ, user):
    return ["probe", "admin"]

def allow_access(environ, host):
    return True

def handle_request(environ, start_response):
    return application(environ, start_response)
"""


@dataclass(slots=True)
class Plan:
    """What is to lie where. A path of None, which a configuration cannot mean, is left out."""

    files: dict[str, str] = field(default_factory=dict)
    directories: dict[str, None] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    callables: set[str] = field(default_factory=set)

    def file(self, path: str | None, text: str) -> None:
        if path is not None:
            self.files.setdefault(path, text)

    def directory(self, path: str | None, *, marked: bool = False) -> None:
        if path is not None:
            self.directories[path] = None
            if marked:
                self.files.setdefault(posixpath.join(path, MARKER), f"MARKER {path}\n")
                self.script(posixpath.join(path, SOURCE))

    def script(self, path: str | None) -> None:
        self.file(path, "WSGI")

    def tree(self, users: Users) -> Files:
        """All of it; what lies above something else is a directory, whatever was thought of it."""
        everything = {*self.files, *self.directories, *self.links}
        above = {parent for path in everything for parent in _parents(path)}
        names = "".join(f"{name} = application\n" for name in sorted(self.callables))
        made: dict[str, str | bytes | Link | None] = dict.fromkeys(self.directories)
        for path, text in self.files.items():
            if path not in above and path not in self.directories:
                made[path] = f"{app(path)}{_EXTRA}{names}" if text == "WSGI" else text
        made |= {path: link for path, link in self.links.items() if path not in above}
        quiet = {
            CERTIFICATE: "".join(install.certificate()),
            "/etc/resolv.conf": "",
            "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
            "/etc/mime.types": "text/html html\ntext/plain txt\n",
        }
        return {**made, **quiet, **_accounts(users)}


def _parents(path: str) -> Iterator[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


def fill(plan: Plan, config: Config) -> None:
    """Plan what this configuration names."""
    root = CONF
    scripted = {
        _script_in(mapping.target) for item in config.items if (mapping := mapping_of(item)) and mapping.is_mount
    }
    for item in config.items:
        if item.key == "serverroot" and item.args:
            root = item.value
        path = functools.partial(_path, root)
        first = item.value
        if not item.args:
            continue
        if item.key in _DIRECTORIES:
            plan.directory(path(first), marked=item.key == "documentroot")
        elif item.key == "directory" and first not in scripted:
            _directory(plan, first)
        elif item.key in _WRITTEN:
            _written(plan, root, first)
        elif _CERTIFICATES.match(item.key):
            plan.file(path(first), "".join(install.certificate()))
        elif item.key in _SCRIPTS and len(item.args) > _SCRIPTS[item.key]:
            plan.script(path(item.args[_SCRIPTS[item.key]].value))
        elif item.key in ("authuserfile", "authgroupfile", "authdbmuserfile", "authdbmgroupfile"):
            _accounts_file(plan, item.key, path(first))
        elif item.key == "include":
            _included(plan, root, first)
        elif item.key == "rewritemap" and len(item.args) > 1:
            _map(plan, root, item.args[1].value)
        elif item.key == "wsgicallableobject":
            _callable(plan, first)
        elif item.key == "wsgipythonhome":
            # mod_wsgi takes it as it is: relative to where httpd stands.
            _environment(plan, _path("/", first))
        elif item.key == "wsgipythonpath":
            for each in first.split(":"):
                plan.directory(path(each))
        elif item.key == "wsgidaemonprocess":
            _daemon(plan, item)
        elif item.key in ("typesconfig", "mimemagicfile", "authnexternalfile"):
            plan.file(path(first), "")
        elif (mapping := mapping_of(item)) and not mapping.is_redirect:
            _mapped(plan, root, mapping)
    for item in config.named("addhandler"):
        if item.args and "wsgi-script" in first_word(item):
            for directory in list(plan.directories):
                for extension in item.values[1:]:
                    plan.script(posixpath.join(directory, f"probe.{extension.lstrip('.')}"))


def first_word(item: Item) -> str:
    return item.value.lower()


def _path(root: str, value: str) -> str | None:
    """Where a path of the configuration lies (server/core.c:ap_server_root_relative); None for what can be none."""
    if not value or "\0" in value or "\n" in value or len(value) > 400:
        return None
    path = posixpath.normpath(posixpath.join("/", root, value)).replace("//", "/")
    if any(len(part.encode("utf-8", "surrogateescape")) > 250 for part in path.split("/")) or _strange(path):
        return None
    return _resolved(path)


def _strange(path: str) -> bool:
    """Never in what makes the machine work."""
    return path in ("/", "/dev", "/proc", "/sys", "/etc", "/bin", "/lib", "/usr") or path.startswith(
        ("/dev/", "/proc/", "/sys/")
    )


def _resolved(path: str) -> str:
    """Through the machine's own links (``/var/run``, ``/lib64``), which a directory of ours must not cover."""
    if any(path == hidden or path.startswith(hidden + "/") for hidden in HIDDEN):
        return path
    parent, name = posixpath.split(path)
    return posixpath.join(os.path.realpath(parent), name)


def _script_in(path: str) -> str:
    """What is the script of a target such as ``/srv/app.wsgi/below``: httpd takes the rest for PATH_INFO."""
    parts = path.split("/")
    at = next((at for at, part in enumerate(parts[:-1]) if part.endswith((".wsgi", ".py", ".fcgi"))), None)
    return path if at is None else "/".join(parts[: at + 1])


def _directory(plan: Plan, pattern: str) -> None:
    if pattern.startswith("/") and not re.search(r"[?\[~^]", pattern):
        path = _path("/", pattern.replace("*", "x"))
        plan.directory(path, marked=path is not None and path != "/")


def _written(plan: Plan, root: str, value: str) -> None:
    value = re.sub(r"^(?:shmcb|shmht|shm|dbm|file|fcntl|flock|sem|dc):", "", value)
    if value.startswith("|"):
        program = value.lstrip("|$").split()
        if program and program[0].startswith("/") and not os.path.exists(program[0]):
            plan.links.setdefault(program[0], Link("/bin/cat"))
        for word in program[1:]:
            if word.startswith("/") and (path := _path(root, word)):
                plan.directory(posixpath.dirname(path))
        return
    if value.startswith("syslog") or " " in value:
        return
    path = _path(root, re.sub(r"\(\d+\)$", "", value))
    if path is not None:
        plan.directory(posixpath.dirname(path))


def _accounts_file(plan: Plan, key: str, path: str | None) -> None:
    name, password = CREDENTIALS
    if "dbm" in key:
        for suffix in (".pag", ".dir"):
            plan.file(None if path is None else path + suffix, "")
    elif key == "authgroupfile":
        plan.file(path, f"{name}: {name}\nadmin: {name}\n")
    else:
        digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
        plan.file(path, f"{name}:{{SHA}}{digest}\n")


def _included(plan: Plan, root: str, value: str) -> None:
    """An empty file where an Include leads; for a pattern, one that matches."""
    if value.endswith("/"):
        plan.directory(_path(root, value))
    else:
        plan.file(_path(root, re.sub(r"\[(\w)[^]]*\]|[*?]", lambda found: found[1] or "x", value)), "")


def _map(plan: Plan, root: str, value: str) -> None:
    kind, _, rest = value.rpartition(":")
    path = _path(root, rest)
    if kind in ("", "txt", "rnd"):
        plan.file(path, "probe probe\n")
    elif kind.startswith("dbm"):
        for suffix in ("", ".pag", ".dir"):
            plan.file(None if path is None else path + suffix, "")
    elif kind == "prg" and path is not None:
        plan.links.setdefault(path, Link("/bin/cat"))


def _callable(plan: Plan, name: str) -> None:
    if name.isidentifier() and name.isascii():
        plan.callables.add(name)


def _environment(plan: Plan, path: str | None) -> None:
    """A virtual environment of the Python that mod_wsgi was built with."""
    if path is None or path == "/usr":
        return
    plan.directory(path)
    plan.file(posixpath.join(path, "pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\n")
    plan.links.setdefault(posixpath.join(path, "bin/python"), Link("/usr/bin/python3"))


def _daemon(plan: Plan, item: Item) -> None:
    for name, value in options_of(item):
        if name == "python-home":
            _environment(plan, _path("/", value))
        elif value.startswith("/") and name in ("home", "python-eggs", "python-path"):
            for each in value.split(":"):
                plan.directory(_path("/", each))


def _mapped(plan: Plan, root: str, mapping: Mapping) -> None:
    target = mapping.target
    url = mapping.url
    if mapping.is_regex:
        chosen = sample(url)
        if chosen is None:
            return
        found = re.search(url, chosen)
        assert found is not None
        url, target = chosen, substitute(target, found)
    is_directory = target.endswith("/") or (not mapping.is_mount and "." not in posixpath.basename(target))
    if mapping.is_mount:
        # mod_wsgi takes it as it is.
        is_directory = is_directory and _script_in(target) == target
        path = _path("/", _script_in(target))
    else:
        path = _path(root, target)
    for name, value in options_of(mapping.item):
        if name == "callable-object":
            _callable(plan, value)
    if path is None:
        return
    if mapping.is_mount:
        if is_directory:
            plan.directory(path, marked=True)
        else:
            plan.script(path)
            plan.directory(posixpath.dirname(path), marked=posixpath.dirname(path) != "/")
    elif is_directory or path in plan.directories:
        plan.directory(path, marked=True)
        if url.endswith("/") and not target.endswith("/"):
            # What a slash on one side only leads to.
            plan.file(path + MARKER, f"NEIGHBOUR {path}{MARKER}\n")
    else:
        plan.file(path, f"FILE {path}\n")
