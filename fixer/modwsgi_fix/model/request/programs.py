"""CGI programs (mod_cgi.c, mod_cgid.c: cgi_handler)."""

from __future__ import annotations

from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.options import merged_options
from modwsgi_fix.model.merge.world import DIRECTORY, MISSING, Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.state import State

HANDLERS = ("cgi-script", "application/x-httpd-cgi", "fcgid-script")


def may_run(state: State, handler: str) -> bool:
    """Whether a module is there that answers to the handler; without one what nobody takes is sent as a file."""
    if handler == "fcgid-script":
        return True
    modules = [is_loaded(state.config, f"mod_{name}.c") for name in ("cgi", "cgid")]
    return modules != [False, False]


def program(state: State, handler: str) -> Outcome:
    """What becomes of a program: it runs, or why it does not."""
    if "execcgi" not in merged_options(state.layers, state.world).on and not _is_script_aliased(state):
        item = last(state.layers, "options", state.world)
        state.step("handler", "Options has no ExecCGI", item)
        return state.outcome(Kind.REFUSED, 403, "ExecCGI is off")
    if handler == "fcgid-script":
        raise Beyond("a FastCGI program answers, which is not modelled")
    if state.type == MISSING:
        state.step("handler", f"the program {state.filename} does not exist")
        return state.outcome(Kind.NOT_FOUND, 404, "no such program")
    if state.type == DIRECTORY:
        state.step("handler", f"{state.filename} is a directory, and no program")
        return state.outcome(Kind.REFUSED, 403, "the program is a directory")
    item = last(state.layers, "acceptpathinfo", state.world)
    if state.path_info and item is not None and item.value.lower() == "off":
        state.step("handler", f"AcceptPathInfo is Off, and {state.path_info} is left of the URL", item)
        return state.outcome(Kind.NOT_FOUND, 404, "a path behind the program")
    disk = state.world.disk
    if disk is not None and disk.is_program(state.filename or "") is False:
        state.step("handler", f"{state.filename} may not be executed")
        return state.outcome(Kind.ERROR, 500, "the program may not be executed")
    state.step("handler", f"the program {state.filename} runs")
    return state.outcome(Kind.PROGRAM, 200)


def _is_script_aliased(state: State) -> bool:
    """Whether ScriptAlias mapped it, and nothing has given it another handler since (mod_cgi.c:is_scriptaliased)."""
    return state.alias is not None and state.alias.startswith("script")
