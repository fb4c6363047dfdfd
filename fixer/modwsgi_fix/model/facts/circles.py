"""Requests that httpd leads in a circle, by rules in directories and ``.htaccess`` files that match what they have made.

A RewriteRule of a directory is asked again for each URL that it leads to (mod_rewrite.c:hook_fixup), until
``LimitInternalRecursion`` ends that with an error 500 (AH00124).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.directives.families import ASKING_AGAIN
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.htaccess import htaccess_files
from modwsgi_fix.model.items import File, Item, Server
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.request import Request, trace
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import CIRCLE, escaped
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.urls import aliases, document_root, mounts
from modwsgi_fix.tuples import NamedTuple

#: The most requests for one host.
_MOST = 40
#: A name that is most likely none of a file.
_NAME = "page"


class Circle(NamedTuple):
    """The line that leads requests on and on, the host that reads it, and the path of such a request's URL.

    ``file`` is the ``.htaccess`` file that the line is in; None for one of the configuration.
    """

    item: Item
    server: Server
    url: str
    file: File | None


def circles(config: Config) -> Iterator[Circle]:
    """Yield the lines by which a request is certainly led in a circle, each once."""
    seen: set[tuple[str, int]] = set()
    for server in config.servers:
        authority = authority_of(config, server)
        ruled = _ruled(config, server) if authority is not None else {}
        if authority is None or not ruled:
            continue
        for url in islice(dict.fromkeys(_urls(config, server, list(ruled))), _MOST):
            item = _last(config, authority.request(escaped(url)))
            if item is not None and (item.path, item.node.start) not in seen:
                seen.add((item.path, item.node.start))
                file = next((file for file in ruled.values() if file is not None and file.path == item.path), None)
                if file is not None:
                    config.htaccess[file.path] = file
                yield Circle(item, server, url, file)


def _ruled(config: Config, server: Server) -> dict[str, File | None]:
    """Return the directories that have rules of their own, each with the ``.htaccess`` file that does."""
    found: dict[str, File | None] = {}
    for item in config.named("rewriterule"):
        section = next((one for one in item.sections if one.key == "directory"), None)
        if section is None or item.server not in (server, config.main) or is_regex_section(section):
            continue
        if not has_wildcard(pattern_of(section)):
            found[pattern_of(section).rstrip("/")] = None
    if config.disk is not None:
        for path, file in htaccess_files(config, server) or ():
            if "rewriterule" in file.text.lower():
                found[posixpath.dirname(path)] = file
    return found


def _urls(config: Config, server: Server, directories: list[str]) -> Iterator[str]:
    """Yield URLs that lead to something in these directories, or below."""
    root = document_root(config, server)
    tops = [(one.url, one.target) for one in aliases(config, server) if not one.is_regex and one.item.known]
    tops += [("/", root.value)] if root is not None and root.known else []
    for directory in directories:
        for mount in mounts(config, server):
            if not mount.is_regex and mount.item.known and mount.target.startswith(f"{directory}/"):
                yield mount.url
        for url, target in tops:
            top = target.rstrip("/")
            if f"{directory}/".startswith(f"{top}/"):
                yield posixpath.join(url, directory[len(top) :].strip("/"), _NAME)
            elif f"{top}/".startswith(f"{directory}/"):
                yield posixpath.join(url, _NAME)


def _last(config: Config, request: Request) -> Item | None:
    """Return the line that leads a request on and on; None where it is not led in a circle."""
    outcome = trace(config, request).outcome
    if outcome.kind is not Kind.ERROR or outcome.reason != CIRCLE:
        return None
    return next((step.item for step in reversed(outcome.because) if step.item and step.item.key in ASKING_AGAIN), None)
