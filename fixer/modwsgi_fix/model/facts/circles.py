"""Requests that httpd leads in a circle, by rules in directories and ``.htaccess`` files that match what they have made.

A RewriteRule of a directory is asked again for each URL that it leads to (mod_rewrite.c:hook_fixup), until
``LimitInternalRecursion`` ends that with an error 500 (AH00124).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice

from modwsgi_fix.directives.families import ASKING_AGAIN
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.htaccess import htaccess_files
from modwsgi_fix.model.items import Item, Server
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
    """The line that leads requests on and on, and the path of such a request's URL."""

    item: Item
    url: str


def circles(config: Config) -> Iterator[Circle]:
    """Yield the lines by which a request is certainly led in a circle, each once."""
    seen: set[tuple[str, int]] = set()
    for server in config.servers:
        directories = _ruled(config, server)
        authority = authority_of(config, server) if directories else None
        if authority is None:
            continue
        for url in islice(dict.fromkeys(_urls(config, server, directories)), _MOST):
            item = _last(config, authority.request(escaped(url)))
            if item is not None and (item.path, item.node.start) not in seen:
                seen.add((item.path, item.node.start))
                if item.path not in config.files:
                    config.htaccess[item.path] = item.file
                yield Circle(item, url)


def _ruled(config: Config, server: Server) -> list[str]:
    """Return the directories that have rules of their own, in sections or in ``.htaccess`` files."""
    found: dict[str, None] = {}
    rules = (item for one in dict.fromkeys((config.main, server)) for item in config.within(one, "rewriterule"))
    for section in (item.section("directory") for item in rules):
        if section is not None and not is_regex_section(section) and not has_wildcard(pattern_of(section)):
            found[pattern_of(section).rstrip("/")] = None
    read = htaccess_files(config, server) or () if config.disk is not None else ()
    found |= {posixpath.dirname(path): None for path, file in read if "rewriterule" in file.text.lower()}
    return list(found)


def _urls(config: Config, server: Server, directories: Iterable[str]) -> Iterator[str]:
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
