"""The answer to a request whose file is known: handlers, directories, files, and mod_wsgi's own decisions."""

from __future__ import annotations

from modwsgi_fix.directives.families import LATE_VARIABLES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, definitions, may_use, options_of
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.groups import selecting
from modwsgi_fix.model.merge.layers import every, last
from modwsgi_fix.model.merge.options import merged_options
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING, Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.paths import without_runs
from modwsgi_fix.model.request.directory import DIRECTORY_HANDLER
from modwsgi_fix.model.request.environment import variable as early_variable
from modwsgi_fix.model.request.hosts import hostname
from modwsgi_fix.model.request.methods import by_method
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.programs import HANDLERS, may_run, no_such, program, without_execcgi
from modwsgi_fix.model.request.state import State, host_asked, port_of
from modwsgi_fix.model.urls import mount_options

_WSGI = ("wsgi-script", "application/x-httpd-wsgi")
#: Handlers of modules that are not modelled; for any other unknown name the file is sent as it is.
_OTHERS = frozenset({
    "ldap-status", "imap-file", "send-as-is", "type-map",
    "default-handler", "php-script", "application/x-httpd-php", "python-program", "mod_python", "perl-script", "modperl",
    "cgi-script", "fcgid-script", "server-parsed", "lua-script", "dav-handler", "proxy-server", "isapi-handler", "uwsgi-handler",
})  # fmt: skip
#: Handlers that show a page about the server, the module of each, and the methods that it answers (status_handler and others).
_ABOUT = {
    "server-status": ("mod_status.c", ("GET", "HEAD")), "server-info": ("mod_info.c", ("GET", "HEAD")),
    "balancer-manager": ("mod_proxy_balancer.c", ("GET", "HEAD", "POST")),
}  # fmt: skip
#: Handlers that insert something into a file, or choose among files.
_PAGES = ("type-map", "server-parsed")
#: The beginning of the reason where the handler of a module answers with a page of its own, or is not modelled.
_BY_HANDLER = "the handler "
_OPTIONS = ("callable-object", "pass-authorization", "script-reloading")


def is_by_handler(reason: str) -> bool:
    """Whether a module answers, with a page about the server or with what is not modelled."""
    return reason.startswith(_BY_HANDLER)


def respond(state: State) -> Outcome | None:
    """Return the answer of the handler; None where no module has it, so that ``send`` answers."""
    handler = state.handler or (state.content_type or "").partition(";")[0].strip() or None
    if not handler and state.type == DIRECTORY:
        # The type of a directory.
        handler = DIRECTORY_HANDLER
    if handler in _WSGI:
        state.handler = handler
        return wsgi(state)
    if (script := _handler_script(state)) is not None:
        return wsgi(state, script)
    if handler in HANDLERS and may_run(state, handler):
        state.handler = handler
        return program(state, handler)
    if handler in _ABOUT and (shown := _shown(state, handler)) is not None:
        return shown
    if handler == DIRECTORY_HANDLER and state.type == DIRECTORY and state.request.method in ("GET", "HEAD"):
        return _listing(state)
    if state.failed and handler in _PAGES:
        # An error document keeps the error's status, whichever variant is sent.
        return state.outcome(Kind.FILE, 200)
    if (
        handler is not None
        and handler not in ("default-handler", *HANDLERS)
        and (handler in _OTHERS or handler.startswith(("proxy:", "php")))
    ):
        raise Beyond(f"{_BY_HANDLER}{handler} answers, which is not modelled")
    return None


def _shown(state: State, handler: str) -> Outcome | None:
    """Return the page of a handler about the server; None where its module is not loaded, or leaves the method to others."""
    module, methods = _ABOUT[handler]
    if state.request.method not in methods or is_loaded(state.config, module) is False:
        return None
    state.step("handler", f"{handler}: a page about this server, whether or not the file is there")
    return state.outcome(Kind.SERVER, 200, f"{_BY_HANDLER}{handler} answers")


def _listing(state: State) -> Outcome:
    if "indexes" in merged_options(state.layers, state.world).on:
        item = last(state.layers, "options", state.world)
        state.step("handler", "Options Indexes: the directory is listed", item)
        # The directory's name gets a slash where the URL has none (mod_autoindex.c:index_directory).
        state.filename = f"{(state.filename or '').rstrip('/')}/"
        return state.outcome(Kind.LISTING, 200)
    state.step("handler", "no DirectoryIndex is there, and Options has no Indexes")
    return state.outcome(Kind.REFUSED, 403, "a directory without index")


def send(state: State) -> Outcome:
    """Return the answer of httpd's own handler for a file (core.c:default_handler)."""
    if (answer := by_method(state)) is not None:
        return answer
    if state.type == MISSING:
        state.step("handler", f"{state.filename} does not exist")
        return state.outcome(Kind.NOT_FOUND, 404, "no such file")
    if state.type == DIRECTORY:
        return state.outcome(Kind.NOT_FOUND, 404, "a directory")
    if state.path_info:
        item = last(state.layers, "acceptpathinfo", state.world)
        if item is None or item.value.lower() != "on":
            state.step("handler", f"{state.filename} is a file, and {state.path_info} is too much", item)
            return state.outcome(Kind.NOT_FOUND, 404, "the URL goes on after the file")
    if state.world.disk is None or state.type == FILE:
        state.step("handler", f"{state.filename} is sent as it is")
    return state.outcome(Kind.FILE, 200)


# -- mod_wsgi ------------------------------------------------------------------------------------------------------------


def _handler_script(state: State) -> Item | None:
    if state.handler is None:
        return None
    for _, items in reversed(list(every(state.layers, ("wsgihandlerscript",), state.world))):
        for item in reversed(items):
            if len(item.args) >= 2 and item.value == state.handler:
                state.step("handler", f"WSGIHandlerScript {item.value} {item.values[1]}", item)
                return item
    return None


def wsgi(state: State, script: Item | None = None) -> Outcome:
    """Return mod_wsgi's answer: whether the script exists and may run, and its group, interpreter and user.

    Source: mod_wsgi.c:wsgi_hook_handler.
    """
    if script is None:
        if state.mount is None and (refused := without_execcgi(state)) is not None:
            return refused
        if (unfit := no_such(state, "WSGI script")) is not None:
            return unfit
    settings: dict[str, tuple[str, Item]] = {}
    if script is not None:
        settings = {o.name: (o.value, script) for o in options_of(state.config, script, 2)[0]}
    elif state.mount is not None:
        mount = state.mount
        settings = {name: (o.value, mount.item) for name, o in mount_options(state.config, mount).items()}
    dispatch = last(state.layers, "wsgidispatchscript", state.world)
    if dispatch is not None and dispatch.value.lower() != "none":
        raise Beyond("WSGIDispatchScript chooses the groups, which is a program", dispatch)
    name, where = _setting(state, settings, "process-group", "wsgiprocessgroup")
    group = _expand(state, name or "", where, "process group")
    application_name, application_where = _setting(state, settings, "application-group", "wsgiapplicationgroup")
    script_name = _script_name(state)
    application = _application_group(state, application_name, application_where, script_name)
    extras = []
    for option in _OPTIONS:
        value, _ = _setting(state, settings, option, "wsgi" + option.replace("-", ""))
        if value is not None:
            extras.append((option, value))
    user = _user_of(state, None)
    if (refused := _restricted(state, group)) is not None:
        return refused
    if group:
        process = _daemon(state, group, where)
        if isinstance(process, Outcome):
            return process
        user = _user_of(state, process)
    else:
        restricted = state.config.main.last("wsgirestrictembedded")
        if restricted is not None and restricted.value.lower() == "on":
            state.step("application", "no daemon process group, and WSGIRestrictEmbedded is On", restricted)
            return state.outcome(Kind.ERROR, 500, "embedded mode is switched off")
        state.step("application", "embedded mode: httpd's own processes", where)
    return Outcome(
        Kind.APPLICATION, None, state.site.server, state.filename or "", state.path_info, state.handler or "", group,
        application, script_name, user, options=tuple(extras),
    )  # fmt: skip


def _restricted(state: State, group: str) -> Outcome | None:
    """Return the error of a group that WSGIRestrictProcess does not list; embedded mode is ``%{GLOBAL}`` (measured)."""
    item = selecting(state.layers, "wsgirestrictprocess", state.world)
    if item is None or (group or "%{GLOBAL}") in item.values:
        return None
    state.step("application", f"WSGIRestrictProcess does not name {group or 'embedded mode'}", item)
    return state.outcome(Kind.ERROR, 500, "WSGIRestrictProcess forbids this process group")


def _setting(
    state: State, settings: dict[str, tuple[str, Item]], option: str, directive: str
) -> tuple[str | None, Item | None]:
    """Return a value and its line: an option of the alias, else of the sections, else of the server level (F-daemon-7)."""
    if option in settings:
        return settings[option]
    item = selecting(state.layers, directive, state.world)
    if item is None or not item.args:
        return None, None
    if not item.known:
        raise Beyond(f"{item.name} {item.value} holds a variable that is not defined here", item)
    return item.value, item


def _expand(state: State, name: str, item: Item | None, kind: str) -> str:
    """Return a name with ``%{GLOBAL}`` and ``%{ENV:name}`` expanded (F-interpreter-5, F-interpreter-6)."""
    if name == "%{GLOBAL}":
        return ""
    if name.startswith("%{ENV:"):
        variable = name[6:].removesuffix("}")
        value = None
        setter = _set_env(state, variable)
        if setter is None:
            # mod_env comes after mod_setenvif and mod_rewrite.
            value = early_variable(state, variable).value
        elif setter.key == "setenv" and len(setter.args) > 1 and setter.known:
            state.step("application", f"{setter.name} {variable} {setter.values[1]}", setter)
            value = setter.values[1]
        if value is None:
            raise Beyond(f"the {kind} is the variable {variable} of the request", item)
        return "" if value == "%{GLOBAL}" else value
    return name


def _set_env(state: State, variable: str) -> Item | None:
    """Return the line of mod_env that sets a variable; None where it is unset, or nothing sets it (mod_env.c)."""
    for layer in reversed(state.layers):
        items = [i for i in layer.all(LATE_VARIABLES) if not i.guards or state.world.active(i)]
        setters = [
            i for i in items if (i.value if i.key == "setenv" else variable) == variable and variable in i.values
        ]
        named = [i for i in setters if i.key != "unsetenv"]
        if setters:
            return named[-1] if named else None
    return None


def _script_name(state: State) -> str:
    """Return the part of the URL before PATH_INFO (mod_wsgi.c:wsgi_script_name)."""
    name = state.uri
    if state.path_info:
        name = name[: _start_of(state.path_info, name)]
    return without_runs(name)


def _start_of(rest: str, uri: str) -> int:
    """Return where the rest of a URL begins in it; the next slash where only the end is equal (util.c:ap_find_path_info)."""
    at, left = len(uri), len(rest)
    while at and left and uri[at - 1] == rest[left - 1]:
        at, left = at - 1, left - 1
        while at and uri[at] == "/" and uri[at - 1] == "/":
            at -= 1
    # httpd's pointer is on the character that differs.
    at = max(at - 1, 0)
    while at < len(uri) and uri[at] != "/":
        at += 1
    return at


def _application_group(state: State, name: str | None, item: Item | None, script_name: str) -> str | None:
    if name is None or name in ("%{RESOURCE}", "%{SERVER}"):
        host = hostname(state.config, state.site.server, state.world)
        if not host:
            if state.config.complete:
                state.step("application", "the interpreter is named after this machine: no ServerName is there", item)
                return None
            host = "(the main server's name)"
        port = port_of(state)
        shown = "" if port in (80, 443) else f":{port}"
        if name == "%{SERVER}":
            found, note = host + shown, ""
        else:
            mount, note = _mount_name(state.config, script_name)
            found = f"{host}{shown}|{mount}"
        state.step("application", f"interpreter {found}{note}", item)
        return found
    if name == "%{HOST}":
        port = port_of(state)
        # Without the brackets of an address of IPv6.
        value = host_asked(state).strip("[]") + ("" if port in (80, 443) else f":{port}")
    else:
        value = _expand(state, name, item, "application group")
    state.step("application", f"interpreter {value or 'main (%{GLOBAL})'}", item)
    return value


def _mount_name(config: Config, script_name: str) -> tuple[str, str]:
    """Return the mount as in the name of an interpreter, and the other form where the version is not known.

    It is in lower case up to mod_wsgi 5 (mod_wsgi.c:wsgi_script_name), from 6 on only where the filesystem is not case
    sensitive: WSGICaseSensitivity Off (wsgi_config.c:wsgi_script_name).
    """
    lowered, target = script_name.lower(), config.target.mod_wsgi
    told = config.named("wsgicasesensitivity")
    if lowered == script_name or (told and told[-1].value.lower() == "off"):
        return lowered, ""
    if target is None:
        return lowered, f" (mod_wsgi 6: {script_name})"
    return (script_name if target >= (6,) else lowered), ""


def _daemon(state: State, group: str, item: Item | None) -> DaemonProcess | Outcome:
    """Return the process group of that name, or the error that mod_wsgi answers with (F-daemon-2)."""
    named = definitions(state.config, group)
    for process in named:
        if not process.directive.known:
            raise Beyond("WSGIDaemonProcess holds a variable that is not defined here", process.directive)
    named = [process for process in named if not process.directive.guards or state.world.active(process.directive)]
    if not named:
        if not state.config.complete and not state.world.holds(
            f"the process group {group} is defined outside these files", f"no process group {group} is defined"
        ):
            named = []
        elif not state.config.complete:
            raise Beyond(f"the process group {group} is not defined in these files", item)
        state.step("application", f"no WSGIDaemonProcess is called {group}", item)
        return state.outcome(Kind.ERROR, 500, f"no process group {group}")
    usable = may_use(state.config, state.site.server, named[0])
    if usable is None:
        usable = state.world.holds(
            f"this host and that of the process group {group} have one name", "their names differ"
        )
    if not usable:
        state.step("application", f"the process group {group} belongs to a host of another name", named[0].directive)
        return state.outcome(Kind.ERROR, 500, f"the process group {group} belongs to another host")
    state.step("application", f"process group {group}", item)
    return named[0]


def _user_of(state: State, process: DaemonProcess | None) -> str:
    """Return the user that the application runs as: the group's, else httpd's."""
    if process is not None and (user := process.option("user")) is not None:
        return user.value
    item = state.config.main.last("user")
    return item.value if item is not None and item.known else ""
