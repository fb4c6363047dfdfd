"""The company of fragments: what else most servers have, and fragments do not show.

Nothing may be concluded from what a fragment does not say. So the effect of a fix on a fragment is measured in each company,
too: the answers of all other sites must stay as they are. Debian's and Red Hat's own files are the model: a default site, and
another application whose script lies in the same directory, under a deny in the words of 2.2 or of 2.4.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import partial

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import of_alike, place_of
from modwsgi_fix.model.request import Kind, Request, trace
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.urls import aliases, mounts
from modwsgi_fix.tuples import NamedTuple

#: The directory of a company's files, which no disk has.
_DIRECTORY = "/modwsgi-fix-company"
#: A name that no configuration gives to a host, a URL or a script.
_HOST, _URL, _SCRIPT = "default-site.invalid", "/other-application", "other_application.wsgi"
_DOCUMENTS = "/var/www/html"
_GRANTED = """\
    Require all granted
    <IfModule mod_access_compat.c>
        Order allow,deny
        Allow from all
    </IfModule>
"""


class Company(NamedTuple):
    """Files (texts by path) that httpd reads before the fragments, the dialect of the deny around them, and test requests."""

    denies: str
    texts: Mapping[str, str]
    requests: tuple[Request, ...]


def companies(configs: Iterable[Config]) -> list[Company]:
    """Return the companies that a fragment is tried in, before and after a fix; none for a whole server."""
    configs = list(configs)
    if any(config.complete or config.denies for config in configs):
        return []
    directories = sorted({directory for config in configs for directory in _directories(config)})
    text = f"<VirtualHost *:80>\n    ServerName {_HOST}\n    DocumentRoot {_DOCUMENTS}\n</VirtualHost>\n"
    text += _granted("/var/www") + f"<Directory {_DOCUMENTS}>\n    Options FollowSymLinks\n</Directory>\n"
    asked = [f"{_HOST}/", f"{_HOST}/page.html"]
    for number, directory in enumerate(directories):
        url, script = f"{_URL}-{number}", posixpath.join(directory, _SCRIPT)
        text += f"WSGIScriptAlias {url} {script}\n{_granted(directory, _SCRIPT)}"
        asked.append(f"{_HOST}{url}")
    requests = tuple(Request(host, 80, f"/{path}") for host, _, path in (one.partition("/") for one in asked))
    # A deny in the words of 2.2 needs the module that reads them.
    loaded = {"2.2": "LoadModule access_compat_module modules/mod_access_compat.so\n", "2.4": ""}
    return [Company(denies, {f"{_DIRECTORY}/default.conf": line + text}, requests) for denies, line in loaded.items()]


def _directories(config: Config) -> set[str]:
    """Return the directories of the fragments' scripts: scripts of other sites may lie there, too."""
    found = set()
    for server in config.servers:
        for mapping in [*mounts(config, server), *aliases(config, server)]:
            directory = posixpath.dirname(mapping.target.rstrip("/"))
            if not mapping.is_regex and mapping.item.known and directory.startswith("/") and directory != "/":
                found.add(directory)
    return {directory for directory in found if not any(char in directory for char in "\"'\\ \t\n$%*?[")}


def _granted(directory: str, script: str = "") -> str:
    """Return a section that opens a directory, or one script in it, in both dialects."""
    if not script:
        return f"<Directory {directory}>\n    AllowOverride None\n{_GRANTED}</Directory>\n"
    return f"<Directory {directory}>\n<Files {script}>\n{_GRANTED}</Files>\n</Directory>\n"


def refused_by_default(config: Config) -> list[str]:
    """Return the URLs at which fragments mount an application that a server with ``Require all denied`` refuses.

    Empty where the server is in sight, or where it is said how it denies. Of hosts that are alike, a few are asked.
    """
    if config.complete or config.denies or not config.named("wsgiscriptalias"):
        return []
    closed = config.beside({}, "2.4")
    found = []
    for server in closed.servers:
        authority = authority_of(closed, server)
        for mount in mounts(closed, server) if authority is not None else ():
            if mount.is_regex or not mount.item.known or mount.item.server is not server:
                continue
            assert authority is not None
            request = authority.request(mount.url)
            key = _is_refused, place_of(mount.item)
            if of_alike(closed, server, key, partial(_is_refused, closed, request)):
                found.append(request.url)
    return list(dict.fromkeys(found))


def _is_refused(config: Config, request: Request) -> bool:
    return all(branch.outcome.kind is Kind.REFUSED for branch in trace(config, request))
