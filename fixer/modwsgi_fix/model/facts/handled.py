"""The files that mod_wsgi runs because of a handler or type, not a mount: ``AddHandler wsgi-script .wsgi``.

The model of httpd's phases tells which files these are, request by request, so that a line counts at any level, in an
``.htaccess`` file too. Only ``--root`` shows files.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.directives.families import HANDLER_LINES, MOUNTS
from modwsgi_fix.directives.suffixes import SCRIPTS
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.request import Kind, Request, trace
from modwsgi_fix.model.request.outcome import Outcome
from modwsgi_fix.model.request.visits import every_file
from modwsgi_fix.tuples import NamedTuple

#: The names of mod_wsgi's handler and type (mod_wsgi.c:wsgi_hook_handler).
HANDLER, TYPE = "wsgi-script", "application/x-httpd-wsgi"
#: The most files of one host that are requested; further ones are left out.
_MOST = 200


class Handled(NamedTuple):
    """A file with mod_wsgi's handler and the line that gives it; ``may_run`` is False where ``ExecCGI`` is off."""

    path: str
    item: Item
    server: Server
    request: Request
    may_run: bool


@derived
def handled_files(config: Config) -> list[Handled]:
    """Return the handled files of all hosts, each once for every host that serves it, as far as ``--root`` shows them."""
    if config.disk is None:
        return []
    return [one for server in config.servers for one in _of(config, server)]


def gives_handler(item: Item) -> bool:
    """Whether a line makes the files that it is for WSGI scripts."""
    value = item.value.lower()
    if item.key in ("addhandler", "sethandler"):
        return value == HANDLER
    if item.key in ("addtype", "forcetype"):
        return value == TYPE
    return item.key == "rewriterule" and any(word in item.values[-1] for word in (f"H={HANDLER}", f"T={TYPE}"))


@derived
def handling_lines(config: Config) -> list[Item]:
    """Return the lines that make files WSGI scripts, in reading order, without those of ``.htaccess`` files."""
    items = config.named(*HANDLER_LINES)
    return [item for item in items if item.args and gives_handler(item)]


def _of(config: Config, server: Server) -> Iterator[Handled]:
    lines = handling_lines(config)
    suffixes = {f".{word.lower().removeprefix('.')}" for item in lines if _by_name(item) for word in item.values[1:]}
    if any(not _by_name(item) for item in lines):
        suffixes |= set(SCRIPTS)
    requests = list(every_file(config, server))
    if _said_in_htaccess(config, requests):
        suffixes |= set(SCRIPTS)
    asked = (request for request in requests if suffixes and request.path.lower().endswith(tuple(suffixes)))
    for request in islice(asked, _MOST):
        for branch in trace(config, request):
            outcome = branch.outcome
            item = _handling(outcome)
            if item is not None and outcome.server is server and outcome.file.startswith("/"):
                if item.path not in config.files:
                    config.htaccess.setdefault(item.path, item.file)
                yield Handled(outcome.file, item, server, request, outcome.kind is Kind.APPLICATION)
                break


def _by_name(item: Item) -> bool:
    return item.key in ("addhandler", "addtype")


def _handling(outcome: Outcome) -> Item | None:
    """Return the line that gives a file mod_wsgi's handler; None where a mount leads there."""
    runs = outcome.kind is Kind.APPLICATION or (outcome.kind is Kind.REFUSED and outcome.reason == "ExecCGI is off")
    if not runs or any(step.phase == "mapping" and step.item and step.item.key in MOUNTS for step in outcome.because):
        return None
    items = (step.item for step in reversed(outcome.because) if step.phase == "handler" and step.item is not None)
    return next((item for item in items if gives_handler(item)), None)


def _said_in_htaccess(config: Config, requests: list[Request]) -> bool:
    """Whether an ``.htaccess`` file in a served directory makes files WSGI scripts; httpd's phases tell which."""
    disk = config.disk
    assert disk is not None
    said = (request for request in requests if request.path.endswith("/.htaccess"))
    for request in islice(said, _MOST):
        for branch in trace(config, request._replace(path=f"{request.path.removesuffix('.htaccess')}x.wsgi")):
            path = f"{branch.outcome.file.rpartition('/')[0]}/.htaccess"
            try:
                text = disk.read(path) if disk.is_file(path) else ""
            except FileProblem:
                continue
            if HANDLER in text or TYPE in text:
                return True
    return False
