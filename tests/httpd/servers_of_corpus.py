"""The corpus, and real configurations where they are at hand, as servers that start on any machine.

What belongs to a machine is neutralised line for line: modules, users, logs, certificates, Python environments. The
model reads the same neutralised text. Where no file tree comes with a configuration, one is made from what it names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from support import CORPUS, SHARED

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.request.visits import visits

from .application import app
from .install import certificate
from .probe import Probe
from .root import Link, Tree
from .server import Setup

#: Requests on one configuration.
PROBES = 24

_DROPPED = (
    "LoadModule|LoadFile|User|Group|ServerRoot|PidFile|ErrorLog|CustomLog|TransferLog|ErrorLogFormat|LockFile|Mutex|ScoreBoardFile|CoreDumpDirectory"
    "|SSLCertificateChainFile|SSLCACertificateFile|SSLCACertificatePath|SSLVerifyClient|SSLVerifyDepth|SSLSessionCache|SSLMutex|SSLProxy\\w+|SSLPassPhraseDialog"
    "|WSGISocketPrefix|WSGIPythonHome|WSGIPythonPath|WSGIPythonOptimize|WSGIRestrictEmbedded|WSGIImportScript|WSGILazyInitialization|TypesConfig|MIMEMagicFile"
    "|ServerLimit|StartServers|MaxClients|MaxRequestWorkers|MinSpare\\w+|MaxSpare\\w+|ThreadsPerChild|ThreadLimit|ThreadStackSize|MaxRequestsPerChild|MaxConnectionsPerChild"
    "|AddOutputFilterByType|SetOutputFilter|SetInputFilter|DeflateCompressionLevel|Expires\\w*|Timeout|KeepAlive\\w*|RPAF\\w*|IndexStyleSheet|HeaderName|ReadmeName|IndexOptions|AddIcon\\w*|DefaultIcon|IndexIgnore"
)  # fmt: skip
_DROP = re.compile(rf"^([ \t]*)(?:{_DROPPED})[ \t](?:[^\n\\]|\\\n|\\.)*", re.I | re.M)
_CERTIFICATE = re.compile(r"^([ \t]*SSLCertificate(Key)?File)[ \t][^\n]*", re.I | re.M)
_DAEMON = re.compile(r"^[ \t]*WSGIDaemonProcess[ \t](?:[^\n\\]|\\\n|\\.)*", re.I | re.M)
_OPTION = re.compile(
    r"(?<=[ \t\n])(?:user|group|home|umask|python-home|python-path|python-eggs|processes|maximum-requests|lang|locale|display-name|supplementary-groups|listen-backlog|script-user|script-group|chroot|stack-size)=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']\S*)"
)  # fmt: skip
_CERTIFICATES = {False: "/srv/pki/crt.pem", True: "/srv/pki/key.pem"}


def neutral(text: str) -> str:
    """A configuration without what only its own machine has; the same lines otherwise."""
    text = _DROP.sub(lambda found: found[1] + "# " + "\n" * found[0].count("\n"), text)
    text = _CERTIFICATE.sub(lambda found: f"{found[1]} {_CERTIFICATES[bool(found[2])]}", text)
    return _DAEMON.sub(lambda found: _OPTION.sub("", found[0]), text)


def setups() -> list[tuple[str, Setup]]:
    """Every server that can be made of the corpus, by name."""
    crt, key = certificate()
    pki: dict[str, str] = {_CERTIFICATES[False]: crt, _CERTIFICATES[True]: key}
    found = []
    for directory in sorted(CORPUS.iterdir()):
        if (directory / "conf").is_dir():
            found += [(name, setup) for name, setup in _ours(directory, pki)]
    for at, path in enumerate(sorted((SHARED / "configs").glob("*.conf"))):
        found.append((path.name, _real(path, pki, at)))
    return found


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _ours(directory: Path, pki: Tree) -> Iterator[tuple[str, Setup]]:
    conf = directory / "conf"
    tree: dict[str, object] = dict(pki)
    files: dict[str, str] = {}
    for path in sorted([*conf.rglob("*"), *(directory / "root").rglob("*")]):
        top = conf if path.is_relative_to(conf) else directory / "root"
        name = ("/etc/apache2/" if top is conf else "/") + str(path.relative_to(top))
        if path.is_symlink():
            tree[name] = Link(os.readlink(path))
        elif path.is_file() and top is conf:
            files[name] = neutral(_read(path))
        elif path.is_file():
            tree[name] = _script(path)
        elif path.is_dir() and top is not conf:
            tree[name] = None
    entries = [f"/etc/apache2/{name}" for name in ("apache2.conf", "httpd.conf") if f"/etc/apache2/{name}" in files]
    for entry in [entries[:1]] if entries else [[name] for name in files]:
        setup = Setup(files, tree, "2.4", listen=(80, 443), include=tuple(entry), modules=("macro",), preamble=_DEFINED)  # type: ignore[arg-type]
        yield f"{directory.name}/{os.path.basename(entry[0])}", setup


_DEFINED = "Define APACHE_LOG_DIR /var/log/apache2"


def _script(path: Path) -> str | bytes:
    """A file of the tree; what is called as a WSGI script is, is one that answers."""
    if path.suffix == ".wsgi" or path.name in ("wsgi.py", "wsgihandler.py"):
        return app(path.name)
    return path.read_bytes()


_PATHS = re.compile(
    r"""^[ \t]*(?P<name>WSGIScriptAlias|WSGIScriptAliasMatch|Alias|AliasMatch|ScriptAlias|DocumentRoot)[ \t]+
        (?:(?:"[^"\n]*"|[^\s"]\S*)[ \t]+(?=["\w/]))?(?P<path>"/[^"\n]*"|/\S*)""",
    re.I | re.M | re.X,
)


def _real(path: Path, pki: Tree, at: int) -> Setup:
    text = neutral(_read(path))
    tree: dict[str, object] = dict(pki)
    for found in _PATHS.finditer(text):
        target = found["path"].strip('"').split("$")[0]
        if "${" in found["path"] or target in ("/", "") or ".." in target:
            continue
        name = found["name"].lower()
        if name.startswith("wsgi") and re.search(r"\.\w+$", target):
            tree[target] = app(os.path.basename(target))
        elif re.search(r"\.(?:ico|txt|png|html|css|js|xml)$", target):
            tree[target] = "file"
        else:
            for one in ("index.html", "page.txt", "sub/page.css"):
                tree[os.path.join(target.rstrip("/"), one)] = one
    held = {name for name in tree if any(other.startswith(name.rstrip("/") + "/") for other in tree)}
    tree = {name: entry for name, entry in tree.items() if name not in held}
    ports = {80, 443, *(int(port) for port in re.findall(r"<VirtualHost[^>]*:(\d+)", text, re.I))}
    base = ("2.4", None)[at % 2]
    return Setup({"site.conf": text}, tree, base, listen=tuple(sorted(ports)), modules=("proxy", "proxy_http", "macro"))  # type: ignore[arg-type]


def probes_of(config: Config) -> tuple[Probe, ...]:
    """Requests drawn from the configuration, evenly over its hosts."""
    found: list[Probe] = []
    for server in config.servers:
        drawn = visits(config, server)
        step = max(1, len(drawn) // (PROBES // min(len(config.servers), 4)))
        for visit in drawn[::step]:
            request = visit.request
            if request.path.isascii() and " " not in request.path:
                found.append(Probe(request.host, request.path, request.port, tls=request.tls))
    step = max(1, -(-len(found) // PROBES))
    return tuple(dict.fromkeys(found[::step]))
