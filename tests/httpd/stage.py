"""What a configuration of somebody else's needs around it to start: files, users, modules, ports.

All of it is planted in a private root, where the configuration finds its own paths. Only what no file system can give
is changed in its text, by ``neutral``: modules that do not exist here, ports behind a condition, addresses that are not
ours. The same function is applied before and after a fix, and says what it took away, so that it can hide nothing.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.reader import CONDITIONS
from modwsgi_fix.model.servers import addresses
from modwsgi_fix.model.urls import Mapping, mapping_of, substitute
from modwsgi_fix.syntax import Directive, Section, Tree, parse

from . import install
from .application import app
from .patterns import sample
from .root import CONF, HARNESS, HIDDEN, Link
from .root import Tree as Files
from .server import Mpm

#: In every directory that something leads to: a static file, and a source file which is an application as well.
MARKER, SOURCE = "marker.txt", "source.py"
CERTIFICATE = f"{HARNESS}/certificate.pem"
#: A name and a password that every file and script of ours accepts.
CREDENTIALS = "probe", "probe"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one configuration, in all its versions, is started. ``hosts`` are names that must lead to the server."""

    tree: Files
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    mpm: Mpm
    ports: tuple[int, ...]
    preamble: str


def stage(configs: Sequence[Config]) -> Stage:
    """The union of what these configurations need: versions of one, before and after its fixes."""
    plan = _Plan()
    names: dict[str, None] = {}
    for config in configs:
        _fill(plan, config)
        names |= dict.fromkeys(_host_names(config))
    items = [item for config in configs for item in config.items]
    loaded = {item.value.removesuffix("_module") for item in items if item.key == "loadmodule"}
    mpm: Mpm = "prefork" if "mpm_prefork" in loaded else "worker" if "mpm_worker" in loaded else "event"
    ports = sorted({port for config in configs for port in _ports(config)})
    return Stage(
        plan.tree(_users(items)),
        tuple(names),
        tuple(sorted(set(_modules(items)))),
        mpm,
        tuple(ports),
        "\n".join(_elsewhere(configs)),
    )


def _elsewhere(configs: Sequence[Config]) -> Iterator[str]:
    """What a piece leaves to the rest of its server: process groups that it uses and no version of it defines, a
    certificate."""
    pieces = [config for config in configs if not config.complete]
    unknown = [set(_used(config)) - {_name(item) for item in config.items} for config in pieces]
    names = sorted(set.intersection(*unknown)) if unknown else []
    yield from (f'WSGIDaemonProcess "{name}" threads=2' for name in names)
    if pieces and pieces[0].named("sslengine") and not pieces[0].named("sslcertificatefile"):
        yield f"SSLCertificateFile {CERTIFICATE}"


def _name(item: Item) -> str:
    return item.value if item.key == "wsgidaemonprocess" else ""


def _used(config: Config) -> Iterator[str]:
    for item in config.items:
        names = [item.value] if item.key == "wsgiprocessgroup" else []
        if item.key in ("wsgiscriptalias", "wsgiscriptaliasmatch", "wsgiimportscript"):
            names = [value for name, value in _options(item) if name == "process-group"]
        yield from (name for name in names if name and re.fullmatch(r"[\w.-]+", name))


# -- the text -------------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])", re.ASCII)


@functools.cache
def neutral(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it can be started here, with as many lines, and the directives that were taken out of it."""
    tree = parse(text)
    found = install.find()
    cut: list[tuple[int, int, str]] = []
    taken: list[str] = []
    addresses = {address for node, _ in _nodes(tree) for address in _addresses(node)}
    for node, conditional in _nodes(tree):
        body = text[node.body_span.start : node.body_span.end]
        if _unavailable(node, found) or (node.key == "listen" and (conditional or "[" in body)):
            taken.append(" ".join(body.split()))
            cut.append((*node.body_span, "#" + "\n#" * body.count("\n")))
        elif len(addresses) == 1 and node.key in ("virtualhost", "namevirtualhost"):
            cut.append((*node.body_span, _ADDRESS.sub(_ours, body)))
    for start, end, new in sorted(cut, reverse=True):
        text = text[:start] + new + text[end:]
    return text, tuple(sorted(taken))


def _nodes(tree: Tree) -> Iterator[tuple[Directive, bool]]:
    """Every directive and section, and whether it stands under a condition."""
    stack = [(node, False) for node in reversed(tree.children)]
    while stack:
        node, conditional = stack.pop()
        if isinstance(node, Directive):
            yield node, conditional
        if isinstance(node, Section):
            inner = conditional or node.key in CONDITIONS or node.key == "macro"
            stack += [(child, inner) for child in reversed(node.children)]


def _unavailable(node: Directive, found: install.Install | str) -> bool:
    """What loads a library that is not here, or is compiled in; a module that is loaded already is skipped by httpd."""
    if node.key == "loadfile":
        return True
    if node.key != "loadmodule" or not node.args or isinstance(found, str):
        return False
    name = node.args[0][0].removesuffix("_module")
    return name != "wsgi" and found.module(name) is None


def _addresses(node: Directive) -> Iterator[str]:
    if node.key in ("virtualhost", "namevirtualhost"):
        yield from (address for value, _ in node.args for address in _ADDRESS.findall(value) if address != "0.0.0.0")


def _ours(address: re.Match[str]) -> str:
    return address[0] if address[0] == "0.0.0.0" else "@IP@"


def _host_names(config: Config) -> Iterator[str]:
    """The names in ``<VirtualHost>`` and ``NameVirtualHost``, which httpd looks up when it starts."""
    for host in config.hosts:
        for one in addresses(host):
            if not one.is_wildcard and re.fullmatch(r"[A-Za-z][\w.-]*", one.host, re.ASCII):
                yield one.host


def _ports(config: Config) -> Iterator[int]:
    """Every port that the configuration listens on or has a host for; 80 where it speaks of none."""
    words = [one.port for host in config.hosts for one in addresses(host)]
    words += [item.value.rpartition(":")[2] for item in config.named("listen")]
    numbers = [int(word) for word in words if word.isdecimal() and word.isascii()]
    yield from (number for number in numbers if 0 < number < 65536)
    if not numbers or "*" in words:
        yield 80


# -- modules --------------------------------------------------------------------------------------------------------

#: Modules that a word asks for, whichever directive it stands in.
_BY_WORD = {
    "deflate": ("filter", "deflate"),
    "balancer": ("proxy_balancer", "slotmem_shm", "lbmethod_byrequests"),
    "cgi-script": ("cgid",),
    "shmcb": ("socache_shmcb",),
    "dbm": ("authn_dbm", "authz_dbm", "socache_dbm"),
    "ldap": ("ldap", "authnz_ldap"),
    "ldap-group": ("ldap", "authnz_ldap"),
    "ldap-user": ("ldap", "authnz_ldap"),
    "digest": ("auth_digest",),
    "group": ("authz_groupfile",),
    "includes": ("include",),
    "server-status": ("status",),
    "server-info": ("info",),
    "uwsgi": ("proxy_uwsgi",),
    "http": ("proxy_http",),
    "https": ("proxy_http",),
    "ajp": ("proxy_ajp",),
    "unix": ("proxy_http",),
}
_ASKING = frozenset(
    [
        "addoutputfilterbytype",
        "addoutputfilter",
        "setoutputfilter",
        "setinputfilter",
        "addhandler",
        "sethandler",
        "authbasicprovider",
        "authdigestprovider",
        "authtype",
        "require",
        "sslsessioncache",
        "sslstaplingcache",
        "proxypass",
        "proxypassmatch",
        "balancermember",
        "options",
    ]
)
_MPMS = frozenset({"event.c", "worker.c", "prefork.c"})


def _modules(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        module = directives.module_of(item.name)
        if module and not set((directives.find(item.name) or _NOTHING).modules) & _MPMS:
            name = module.removesuffix(".c").removeprefix("mod_").removeprefix("util_")
            yield from _needed(name)
        if item.key in _ASKING:
            for word in item.values:
                yield from _BY_WORD.get(re.split(r"[:;+]", word.lower().lstrip("+-"))[0], ())
        if item.key == "scriptalias":
            yield "cgid"
        if item.key == "loadmodule" and not item.value.startswith("mpm_"):
            yield item.value.removesuffix("_module")


_NOTHING = directives.directives()["servername"]


def _needed(name: str) -> Iterator[str]:
    """A module, and what it cannot be without."""
    family = name.partition("_")[0]
    if family in ("proxy", "dav", "session", "cache") and family != name:
        yield family
    yield "alias" if name == "wsgi" else name


# -- users ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Users:
    users: tuple[str, ...]
    groups: tuple[str, ...]


def _users(items: Iterable[Item]) -> _Users:
    users: dict[str, None] = {}
    groups: dict[str, None] = {}
    for item in items:
        if item.key in ("user", "group") and item.args:
            (users if item.key == "user" else groups)[item.value] = None
        if item.key == "wsgidaemonprocess":
            for name, value in _options(item):
                if name in ("user", "socket-user"):
                    users[value] = None
                elif name in ("group", "supplementary-groups"):
                    groups |= dict.fromkeys(value.split(","))
    return _Users(tuple(filter(_plain, users)), tuple(filter(_plain, groups)))


def _plain(name: str) -> bool:
    return bool(name) and not set(name) & set(":\n#")


def _options(item: Item) -> Iterator[tuple[str, str]]:
    """The options of a daemon or a mount, quotes taken off."""
    for value in item.values[1:]:
        name, sign, rest = value.partition("=")
        if sign:
            yield name, rest.strip("\"'")


def _accounts(wanted: _Users) -> Files:
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
class _Plan:
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

    def tree(self, users: _Users) -> Files:
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


def _fill(plan: _Plan, config: Config) -> None:
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


def _directory(plan: _Plan, pattern: str) -> None:
    if pattern.startswith("/") and not re.search(r"[?\[~^]", pattern):
        path = _path("/", pattern.replace("*", "x"))
        plan.directory(path, marked=path is not None and path != "/")


def _written(plan: _Plan, root: str, value: str) -> None:
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


def _accounts_file(plan: _Plan, key: str, path: str | None) -> None:
    name, password = CREDENTIALS
    if "dbm" in key:
        for suffix in (".pag", ".dir"):
            plan.file(None if path is None else path + suffix, "")
    elif key == "authgroupfile":
        plan.file(path, f"{name}: {name}\nadmin: {name}\n")
    else:
        digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
        plan.file(path, f"{name}:{{SHA}}{digest}\n")


def _included(plan: _Plan, root: str, value: str) -> None:
    """An empty file where an Include leads; for a pattern, one that matches."""
    if value.endswith("/"):
        plan.directory(_path(root, value))
    else:
        plan.file(_path(root, re.sub(r"\[(\w)[^]]*\]|[*?]", lambda found: found[1] or "x", value)), "")


def _map(plan: _Plan, root: str, value: str) -> None:
    kind, _, rest = value.rpartition(":")
    path = _path(root, rest)
    if kind in ("", "txt", "rnd"):
        plan.file(path, "probe probe\n")
    elif kind.startswith("dbm"):
        for suffix in ("", ".pag", ".dir"):
            plan.file(None if path is None else path + suffix, "")
    elif kind == "prg" and path is not None:
        plan.links.setdefault(path, Link("/bin/cat"))


def _callable(plan: _Plan, name: str) -> None:
    if name.isidentifier() and name.isascii():
        plan.callables.add(name)


def _environment(plan: _Plan, path: str | None) -> None:
    """A virtual environment of the Python that mod_wsgi was built with."""
    if path is None or path == "/usr":
        return
    plan.directory(path)
    plan.file(posixpath.join(path, "pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\n")
    plan.links.setdefault(posixpath.join(path, "bin/python"), Link("/usr/bin/python3"))


def _daemon(plan: _Plan, item: Item) -> None:
    for name, value in _options(item):
        if name == "python-home":
            _environment(plan, _path("/", value))
        elif value.startswith("/") and name in ("home", "python-eggs", "python-path"):
            for each in value.split(":"):
                plan.directory(_path("/", each))


def _mapped(plan: _Plan, root: str, mapping: Mapping) -> None:
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
    for name, value in _options(mapping.item):
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
