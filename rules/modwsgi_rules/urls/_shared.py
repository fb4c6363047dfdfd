"""Helpers of rules of this family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives import script_directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.exposure import holds_static_files_only
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item, Server
from modwsgi_fix.model.servers import addresses, own_name, speaks_tls
from modwsgi_fix.placeholders import is_settled

#: A callable behind a file or module, as servers of Python take it, or behind Django's module.
_CALLABLE = expression(
    r"(?<!\A.):(?P<name>[A-Za-z_]\w*(?:\(\))?)\Z|\A(?:\w+\.)+wsgi\.(?P<django>application)\Z", re.ASCII
)

#: Patterns of mod_rewrite that every URL matches.
EVERYTHING = frozenset({"^", ".*", "(.*)", "^.*$", "^(.*)$", "^/(.*)$", "^/(.*)", "^/", "/", "^(.*)", "^/.*", "^.*", "^/?(.*)", "^/?(.*)$"})  # fmt: skip
_URL = expression(r"(?P<scheme>https?)://(?P<name>[\w.-]+|%\{(?:HTTP_HOST|SERVER_NAME)\})(?P<path>[/$%].*|\Z)", re.I)


def path_at_home(config: Config, server: Server, target: str) -> str | None:
    """Return the path of a redirect's target where that is certainly at the host which redirects there; else None.

    It is by its scheme, at the usual port, and by a name of the host; or the target is a path.
    """
    if target.startswith("/") and not target.startswith("//"):
        return target
    url, tls = _URL.fullmatch(target), speaks_tls(config, server)
    if url is None or tls is None or (url["scheme"].lower() == "https") is not tls:
        return None
    names = [own_name(server) or "", *(name for item in server.all("serveralias") for name in item.values)]
    is_own = url["name"].startswith("%{") or url["name"].lower() in map(str.lower, names)
    return url["path"] if is_own and _is_at_usual_port(server, tls=tls) else None


def _is_at_usual_port(server: Server, *, tls: bool) -> bool:
    """Whether a host stands at the port of its scheme, and not at another one alone."""
    ports = {one.port for one in addresses(server)}
    return not ports or "*" in ports or ("443" if tls else "80") in ports


def scripts_named(config: Config) -> Iterator[tuple[Item, Arg]]:
    """Yield the lines that name a script of mod_wsgi, with its path, where that is known."""
    for key, info in script_directives().items():
        at = len(info.missing) - 1
        for item in config.named(key):
            if len(item.args) > at and not item.file.tree.is_template:
                script = item.args[at]
                if script.known and is_settled(script.value):
                    yield item, script


def callable_in(script: str) -> str:
    """Return the callable that stands behind a file or module where mod_wsgi takes a path; empty without one."""
    found = _CALLABLE.search(script)
    return (found["name"] or found["django"]) if found else ""


def leads_on(config: Config, title: str, edit: Edit, url: str, directory: str, reason: str) -> Fix:
    """Return the fix by which a URL prefix leads to a directory that it missed by a slash or the rest of the URL.

    Until now nothing in it was served by that URL, so all of it is opened. The administrator decides, unless the disk shows
    that the directory holds nothing but static files.
    """
    if not holds_static_files_only(config, directory):
        return Fix(title, (edit,), Applicability.UNSAFE, reason)
    return Fix(title, (edit,), Applicability.REPAIR, reason, publishes=((url, directory.rstrip("/") + "/"),))
