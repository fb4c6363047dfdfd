"""Commands of an editor, each answered by a document: the text of ``trace``, ``exposed`` or ``explain``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from io import BytesIO

from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.state import State
from modwsgi_fix.lsp.virtual import Virtual
from modwsgi_fix.text import encode

TRACE = "modwsgi-fix.trace"
EXPOSED = "modwsgi-fix.exposed"
EXPLAIN = "modwsgi-fix.explain"


def trace(state: State, uri: str, url: str) -> Virtual:
    """Return what answers a request for a URL, on the server of a file."""
    from modwsgi_fix.model.request import request_of
    from modwsgi_fix.reports.trace import as_text
    from modwsgi_fix.workspace.session import traced

    answer = _answer(state, uri)
    if answer is None:
        return Virtual(f"trace {url}", f"{uri} belongs to no server\n")
    try:
        request = request_of(url)
    except ValueError as error:
        return Virtual(f"trace {url}", f"{error}\n")
    return Virtual(f"trace {url}", as_text(traced(answer.session, [request])))


def exposed(state: State, uri: str) -> Virtual:
    """Return every file that a visitor can fetch from the server of a file."""
    from modwsgi_fix.reports.exposed import as_text
    from modwsgi_fix.workspace.errors import Stop
    from modwsgi_fix.workspace.session import exposures

    answer = _answer(state, uri)
    if answer is None:
        return Virtual("exposed", f"{uri} belongs to no server\n")
    try:
        return Virtual("exposed", as_text(exposures(answer.session)))
    except Stop as stop:
        return Virtual("exposed", f"{stop}\n")


def explain(state: State, uri: str, log: str) -> Virtual:
    """Return why httpd wrote these lines of its error log."""
    from modwsgi_fix.explain import asked, explaining, gathering, lines, lookup
    from modwsgi_fix.lsp import asking
    from modwsgi_fix.reports.explain import as_text

    answer = _answer(state, uri)
    if answer is None:
        return Virtual("explain", f"{uri} belongs to no server\n")
    session = asking.read(answer.question, extend_select=asked.rules_asked())
    found = gathering.gathered(lines.lines_of(BytesIO(encode(log))), guess=lookup.guessed)
    return Virtual("explain", as_text(explaining.explained(found, asked.Asked(session, _words(answer)))))


def _words(answer: Answer) -> str:
    root: Sequence[str] = ("--root", answer.question.root) if answer.question.root else ()
    return shlex.join([*root, *answer.question.paths])


def _answer(state: State, uri: str) -> Answer | None:
    buffer = state.buffers.get(uri)
    return state.answers.of(buffer) if buffer is not None else None
