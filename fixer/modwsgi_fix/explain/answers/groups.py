"""Messages about process groups: where the group is defined and selected, and what to check where it is not a fault."""

from __future__ import annotations

import difflib
import posixpath
import shlex

from modwsgi_fix.directives.families import AS_OTHERS, WORKERS
from modwsgi_fix.explain import modes
from modwsgi_fix.explain.answers.places import mounts_of, runs_in, selected_spots
from modwsgi_fix.explain.asked import Asked, cause_of, findings_of, shown, spot, trace_command
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, group_uses
from modwsgi_fix.model.merge.groups import application_group
from modwsgi_fix.records import Cause, Finding, Spot

_LIMIT = 5
#: What is said only where an application does not run in the main interpreter already.
_MAIN = "; one that knows no sub-interpreters, as numpy, needs WSGIApplicationGroup %{GLOBAL}"
_BLOCKED = "; where a C extension blocks, WSGIApplicationGroup %{GLOBAL}"
_CRASH_HELP = (
    "find the extension: write faulthandler.enable(sys.__stderr__) at the top of the script, or look at a core dump"
    + _MAIN
)
_SLOW_HELP = (
    f"see what the threads wait for, as with py-spy dump on the process{_BLOCKED}; where visitors wait for threads, more of "
    "them"
)
_HEADERS = "; where a header is large, header-buffer-size=65536"
#: Rules whose findings may be about a group that their messages do not name.
_EVERYWHERE = frozenset({"daemon-name-missing", "module-loaded-twice"})
#: What to do, by the name of the message; ``about`` in the table says what happened.
_HELP = {
    "truncated": f"look for AH00052 at the same time; {_CRASH_HELP}{_HEADERS}",
    "response-timeout": _SLOW_HELP,
    "script-timeout": _SLOW_HELP,
    "request-timeout": _SLOW_HELP,
    "deadlock": _CRASH_HELP,
    "startup-timeout": "see what the application waits for while it is loaded, or raise startup-timeout",
    "inactivity": "nothing need change; raise inactivity-timeout where the next visitor waits too long",
    "maximum-requests": "nothing need change; raise maximum-requests, or take it away, where the restarts are felt",
    "daemon-signal": _CRASH_HELP,
}


def _definitions(asked: Asked, name: str) -> list[DaemonProcess]:
    """Return the definitions of a group; those of all groups where the message does not name one."""
    return [one for config in asked.configs for one in daemon_processes(config) if name in ("", one.name)]


def _defined(asked: Asked, name: str) -> list[Spot]:
    return [spot(one.directive, f"the process group {one.name}") for one in _definitions(asked, name)[:_LIMIT]]


def _used(asked: Asked, name: str) -> list[Spot]:
    uses = [use for config in asked.configs for use in group_uses(config) if use.name == name]
    return [spot(use.item, f"selects {name}") for use in uses[:_LIMIT]]


def group(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return where a group that cannot be used is selected and where it is defined."""
    fields, message = occurrence.fields, occurrence.message
    name = fields.get("group", "")
    found = [
        one for one in findings_of(asked, message.rules) if not name or one.rule in _EVERYWHERE or _says(one, name)
    ]
    causes = [cause_of(asked, one) for one in found[:_LIMIT]]
    defined, used = _defined(asked, name), _used(asked, name)
    if causes:
        return [
            one._replace(spots=tuple(dict.fromkeys((*one.spots, *_new(one.spots, [*used, *defined])))))
            for one in causes
        ]
    if not name:
        return []
    if message.name == "group-restricted":
        lines = [
            item for config in asked.configs for item in config.named("wsgirestrictprocess") if name not in item.values
        ]
        spots = [spot(item, f"does not name {name}") for item in lines]
        help_ = f"add {name} to WSGIRestrictProcess, or select one of the groups that it names"
        return [Cause(message.about, (*spots, *used, *defined), help=help_)] if spots else []
    if message.name == "locale-unknown":
        help_ = "write a locale that locale -a lists on the server; C.UTF-8 is everywhere"
        return [Cause(f"{message.about} as {fields.get('locale', '')}", tuple(defined), help=help_)] if defined else []
    if not used and not defined:
        return []
    names = dict.fromkeys(one.name for config in asked.configs for one in daemon_processes(config))
    close = difflib.get_close_matches(name, names, 1)
    text = message.about if not defined else f"{message.about}; as these files are now, {name} is defined"
    help_ = (
        f"select {close[0]}, or define {name}"
        if close and not defined
        else "define it in the host, or for the whole server"
    )
    return [Cause(shown(asked, text, occurrence), (*used, *defined), help=help_)]


def _new(own: tuple[Spot, ...], more: list[Spot]) -> list[Spot]:
    places = {one.place for one in own}
    return [one for one in more if one.place not in places]


def _says(finding: Finding, word: str) -> bool:
    lines = finding.place.file.lines
    return word in finding.message or word in lines.line_text(finding.line)


def embedded(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return why an application runs in embedded mode, where that is not allowed."""
    path = occurrence.fields.get("path", "")
    found = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    lines = [item for config in asked.configs for item in config.named("wsgirestrictembedded")]
    spots = [spot(item, "embedded mode is off") for item in lines]
    for config, server, mount in mounts_of(asked, path):
        if runs_in(config, server, mount).name == "":
            spots.insert(0, spot(mount.item, "this application selects no process group"))
    help_ = "select a process group by WSGIProcessGroup, or process-group= of WSGIScriptAlias"
    return (
        [*found[:_LIMIT], Cause(occurrence.message.about, tuple(spots[:_LIMIT]), help=help_)] if spots or found else []
    )


def daemon(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the definition of a daemon process that crashed, was too slow or was restarted, and what rules find there."""
    message, fields = occurrence.message, occurrence.fields
    name, path = fields.get("group", ""), fields.get("path", "")
    spots = _defined(asked, name)
    for config, server, mount in mounts_of(asked, path):
        spots += selected_spots(config, server, mount)
    if not name and not path:
        spots += [spot(one.directive) for config in asked.configs for one in daemon_processes(config)][:_LIMIT]
    spots = list(dict.fromkeys(spots))
    uses = [*spots, *_used(asked, name)]
    every = findings_of(asked, message.rules)
    lines = {(one.file, one.line) for one in uses}
    near = [
        one for one in every if (one.file, one.line) in lines or one.rule in _EVERYWHERE or (name and _says(one, name))
    ]
    causes = [cause_of(asked, one) for one in near[:_LIMIT]]
    if not spots and not causes:
        return []
    text = (
        f"{message.about}; the log alone does not say why"
        if message.name in ("truncated", "daemon-signal")
        else message.about
    )
    elsewhere = _elsewhere(asked, name, path, fields.get("script", ""))
    if elsewhere:
        text = f"{text}; {elsewhere}"
        causes = [cause_of(asked, one) for one in findings_of(asked, ("unused-daemon-process",))][:_LIMIT]
    return [*causes, Cause(text, tuple(spots[:_LIMIT]), help=_help(message.name, asked, name, path))]


def _elsewhere(asked: Asked, name: str, path: str, script: str) -> str:
    """Return where a script runs now, if that is not where the message comes from; empty where it may come from there."""
    mounted = mounts_of(asked, path) if path or script else []
    if not path:
        mounted = [one for one in mounted if posixpath.basename(one[2].target) == script]
    groups = {runs_in(config, server, mount).name for config, server, mount in mounted}
    if not groups or None in groups or (name in groups if name else groups != {""}):
        return ""
    told = sorted(
        f"process group {group}" if group else "embedded mode, without a daemon process"
        for group in groups
        if group is not None
    )
    return f"as these files are now the script runs in {', '.join(told)}, so httpd has other lines or files"


def _help(name: str, asked: Asked, group: str, path: str) -> str:
    """Return what to do about a message, without what is done already."""
    help_ = _HELP.get(name, "")
    interpreters = [application_group(config, server, mount).name for config, server, mount in mounts_of(asked, path)]
    if path and interpreters and not any(one != "" for one in interpreters):
        help_ = help_.replace(_MAIN, "").replace(_BLOCKED, "")
    sizes = [one.option("header-buffer-size") for one in _definitions(asked, group)]
    given = next((one.value for one in sizes if one is not None), "")
    return (
        help_.replace(_HEADERS, f"; where a header has more than {given} bytes, a larger header-buffer-size")
        if given
        else help_
    )


def capacity(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return how many threads a group has that are all busy, which is not a fault of the configuration."""
    name = occurrence.fields.get("group", "")
    causes = []
    for process in _definitions(asked, name)[:_LIMIT]:
        processes, threads = process.integer("processes", 1), process.integer("threads", 15)
        backlog = process.integer("listen-backlog", 100)
        queue = process.option("queue-timeout")
        waits = f", and a request may wait {queue.value} seconds" if queue is not None else ""
        text = f"{occurrence.message.about}; {process.name} has {processes} x {threads} = {process.capacity} threads, "
        text += f"{backlog} requests may queue{waits}"
        help_ = (
            "this is not a fault of the configuration: see why requests are slow, then raise threads=, processes= or "
            "listen-backlog=; after a restart of httpd the message is usual for a moment"
        )
        causes.append(
            Cause(shown(asked, text, occurrence), (spot(process.directive, "the process group"),), help=help_)
        )
    return causes


def socket(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return where the sockets of process groups are, and which users may reach them."""
    fields, message = occurrence.fields, occurrence.message
    causes = [cause_of(asked, one) for one in findings_of(asked, ("temporary-socket-prefix",))]
    prefixes = [item for config in asked.configs for item in config.named("wsgisocketprefix")]
    spots = [spot(item, "sockets are made here") for item in prefixes] + _defined(asked, fields.get("group", ""))
    socket_ = fields.get("socket", "")
    directory = socket_.rpartition("/")[0]
    text = message.about
    for config in asked.configs:
        if directory and config.disk is not None and not config.disk.is_dir(directory):
            text = f"{message.about}: {directory} is not there"
        user = config.main.last("user")
        name = user.value if user is not None else ""
        stopped = modes.stopped_at(config, directory, name) if directory else None
        if stopped is not None:
            text = modes.told(stopped, directory, name)
    if not prefixes:
        text += "; there is no WSGISocketPrefix, so the directory is httpd's own for such files"
    help_ = (
        f"write WSGISocketPrefix with a directory that httpd's user may enter, as /run/{_runs_as(asked, directory)}/wsgi; "
        "after a graceful restart requests of old children fail so for a moment"
    )
    as_others = [item for config in asked.configs for item in config.named(*AS_OTHERS)]
    if as_others:
        spots = [*(spot(item, "requests run as another user than httpd's") for item in as_others), *spots]
        help_ = "write socket-user= with the user of the requests into WSGIDaemonProcess (mod_wsgi 4.4.1 or later)"
    return (
        [*causes[:_LIMIT], Cause(shown(asked, text, occurrence), tuple(spots[:_LIMIT]), help=help_)]
        if spots or causes
        else []
    )


def _runs_as(asked: Asked, directory: str) -> str:
    """Return what the program is called where the configuration, or else its sockets, lie: httpd or apache2."""
    roots = (config.main.last("serverroot") for config in asked.configs)
    places = [root.value for root in roots if root is not None] or [directory]
    return "httpd" if any("/httpd/" in f"{place}/" for place in places) else "apache2"


def home(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return which process group has the working directory that a daemon process cannot enter."""
    path, message = occurrence.fields.get("path", ""), occurrence.message
    causes = [cause_of(asked, one) for one in findings_of(asked, message.rules) if path and path in one.text]
    for config in asked.configs:
        for process in daemon_processes(config):
            own, user = process.option("home"), process.option("user")
            if path and (
                (own is not None and own.value.rstrip("/") == path.rstrip("/")) or (own is None and user is not None)
            ):
                name = user.value if user is not None else ""
                stopped = modes.stopped_at(config, path, name)
                text = message.about if stopped is None else modes.told(stopped, path, name)
                note = f"home={own.value}" if own is not None else f"user={name}, and no home="
                help_ = "name a directory by home= that is there, and that the user of the group may enter"
                causes.append(Cause(shown(asked, text, occurrence), (spot(process.directive, note),), help=help_))
    return causes[:_LIMIT]


def crash(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the likely causes of a crash of httpd: applications in embedded mode, and findings about extensions."""
    causes = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    spots: list[Spot] = []
    urls: list[str] = []
    for config, server, mount in mounts_of(asked, ""):
        if runs_in(config, server, mount).name == "":
            spots.append(spot(mount.item, "this application runs in httpd's own processes"))
            urls.append(mount.url)
    text = f"{occurrence.message.about}; this is not a fault of a line"
    if not spots:
        text += ", and no application of these files is certain to run in httpd's own processes"
        spots = [
            spot(item)
            for config in asked.configs
            for item in config.named("loadmodule")
            if item.value in ("wsgi_module", "php_module")
        ]
    commands = (trace_command(asked, shlex.quote(urls[0])),) if urls and "://" in urls[0] else ()
    return [*causes[:_LIMIT], Cause(text, tuple(dict.fromkeys(spots))[:_LIMIT], help=_CRASH_HELP, commands=commands)]


def workers(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return how many requests httpd takes at once, which is not a fault of the configuration."""
    lines = [item for config in asked.configs for item in config.named(*WORKERS)]
    text = f"{occurrence.message.about}; that is not a fault of the configuration"
    help_ = "see with mod_status what they do: slow applications, or KeepAlive; then raise MaxRequestWorkers with ServerLimit"
    return [Cause(text, tuple(spot(item) for item in lines[:_LIMIT]), help=help_)]
