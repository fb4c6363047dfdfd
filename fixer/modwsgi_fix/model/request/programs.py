"""CGI programs (mod_cgi.c, mod_cgid.c: cgi_handler)."""

from __future__ import annotations

from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.options import merged_options
from modwsgi_fix.model.merge.world import DIRECTORY, MISSING, Beyond
from modwsgi_fix.model.modules import runs_cgi
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.state import State

HANDLERS = ("cgi-script", "application/x-httpd-cgi", "fcgid-script")


def may_run(state: State, handler: str) -> bool:
    """Whether a loaded module has the handler; without such a module the file is sent."""
    return handler == "fcgid-script" or runs_cgi(state.config) is not False


def program(state: State, handler: str) -> Outcome:
    """Return the outcome of a program: it runs, or why it does not."""
    if not _is_script_aliased(state) and (refused := without_execcgi(state)) is not None:
        return refused
    if handler == "fcgid-script":
        raise Beyond("a FastCGI program answers, which is not modelled")
    if (unfit := no_such(state, "program")) is not None:
        return unfit
    disk = state.world.disk
    if disk is not None and disk.is_program(state.filename or "") is False:
        state.step("handler", f"{state.filename} may not be executed")
        return state.outcome(Kind.ERROR, 500, "the program may not be executed")
    state.step("handler", f"the program {state.filename} runs")
    return state.outcome(Kind.PROGRAM, 200)


def without_execcgi(state: State) -> Outcome | None:
    """Return the refusal of a program or script without an alias of its own, where Options do not let it run; else None."""
    if "execcgi" in merged_options(state.layers, state.world).on:
        return None
    state.step("handler", "Options has no ExecCGI", last(state.layers, "options", state.world))
    return state.outcome(Kind.REFUSED, 403, "ExecCGI is off")


def no_such(state: State, kind: str) -> Outcome | None:
    """Return the error for a missing program or WSGI script, or for a URL that goes on after it; None where it exists."""
    if state.type == MISSING:
        state.step("handler", f"the {kind} {state.filename} does not exist")
        return state.outcome(Kind.NOT_FOUND, 404, f"the {kind} does not exist")
    if state.type == DIRECTORY:
        state.step("handler", f"{state.filename} is a directory, and no {kind}")
        return state.outcome(Kind.REFUSED, 403, f"the {kind} is a directory")
    item = last(state.layers, "acceptpathinfo", state.world)
    if state.path_info and item is not None and item.value.lower() == "off":
        state.step("handler", f"AcceptPathInfo is Off, and {state.path_info} is left of the URL", item)
        return state.outcome(Kind.NOT_FOUND, 404, f"the URL goes on after the {kind}")
    return None


def _is_script_aliased(state: State) -> bool:
    """Whether ScriptAlias mapped the file, and nothing has changed its handler since (mod_cgi.c:is_scriptaliased)."""
    return state.alias is not None and state.alias.startswith("script")
