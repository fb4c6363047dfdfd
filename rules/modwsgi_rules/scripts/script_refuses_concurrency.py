"""
A script refuses to run beside threads or processes, and its process group has them.

## What happens

Every request is an error 500, or whatever the script answers instead.

## Why

`wsgi.multithread` and `wsgi.multiprocess` say whether another request may run at the same time in the same process, or in
another one (PEP 3333, "environ Variables"). A group of `WSGIDaemonProcess` has 15 threads where `threads=` is not given, and
`processes=` makes `wsgi.multiprocess` true whatever the number is (the mod_wsgi manual, "WSGIDaemonProcess").

## The fix

It writes `threads=1`, or takes `processes=` away. It is unsafe, because the group then answers fewer requests at once, for
every script that runs in it: raise `processes=` as capacity needs, where the script allows that.

## Left alone

In embedded mode there is no fix: the MPM decides how many threads there are. There it is reported where `mpm_event` or
`mpm_worker` is loaded. A script that is named by itself, where no process group is in sight, has one line about threads, which is only
worth knowing. A test that does not end the request is not reported.

## See also

`processes-one`, `excessive-daemon-threads`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site threads=1
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
         if environ["wsgi.multithread"]:
             raise RuntimeError("threads are not supported")
         return answer(environ, start_response)
    ```
    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site processes=2 threads=1
    +WSGIDaemonProcess site threads=1
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/app.wsgi
     def application(environ, start_response):
         assert not environ.get("wsgi.multiprocess")
         return answer(environ, start_response)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site processes=4 threads=1
    WSGIDaemonProcess blog
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    WSGIScriptAlias /blog /srv/blog/blog.wsgi process-group=blog
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        if environ["wsgi.multithread"]:
            raise RuntimeError("threads are not supported")
        return answer(environ, start_response)
    #- /srv/blog/blog.wsgi
    def application(environ, start_response):
        if environ["wsgi.multithread"]:
            lock()
        return answer(environ, start_response)
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.loaded import loaded
from modwsgi_fix.model.facts.running import process_of, runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript, wsgi_scripts
from modwsgi_fix.rewriting.lines import add_words, delete_span
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.refusals import refusing
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span

_THREADS, _PROCESSES = "wsgi.multithread", "wsgi.multiprocess"
_THREADED = frozenset({"mpm_event", "mpm_worker"})


@rule(severity=Severity.ERROR)
def script_refuses_concurrency(config: Config) -> Iterator[Diagnostic]:
    told: set[tuple[str, int, str]] = set()
    for script in wsgi_scripts(config):
        for key, what in ((_THREADS, "threads"), (_PROCESSES, "processes")):
            place = _refusal(script, key)
            if place is not None and script.item is None and key == _THREADS:
                message = "threads are refused here, and a process group has 15 where it does not say how many"
                advice = "write threads=1 at the WSGIDaemonProcess that the script runs in"
                yield Diagnostic(script.path, place, message, severity=Severity.INFO, help=advice)
            for run in runs_of(config, script) if place is not None else ():
                process = process_of(config, run.group.name)
                item = run.item if process is None else process.directive
                if (item.path, item.index, key) in told:
                    continue
                told.add((item.path, item.index, key))
                related = (Related(script.path, place, f"the script refuses {what} here"),) if place else ()
                name = script.path.rpartition("/")[2]
                if process is not None and (span := _cause(process, key)) is not None:
                    fix = _fix(config, process, key)
                    message = f"the process group {process.name} has {what}, which {name} refuses"
                    advice = "" if fix else "write threads=1" if key == _THREADS else "take processes= away"
                    yield Diagnostic(item.path, span, message, fix, related, help=advice)
                elif run.group.name == "" and key == _THREADS and _is_threaded(config):
                    message = f"httpd's own processes have threads, which {name} refuses"
                    advice = "run it in a process group of its own, with threads=1"
                    yield Diagnostic(item.path, item.span, message, None, related, help=advice)


def _refusal(script: WsgiScript, key: str) -> Span | None:
    """Return where a script refuses to run; None where it does not."""
    text = script.script.text
    source = source_of(text) if key in text else None
    node = refusing(source.tree, key) if source is not None else None
    return source.head(node) if source is not None and node is not None else None


def _is_threaded(config: Config) -> bool:
    modules = loaded(config)
    return modules is not None and bool(modules.certain & _THREADED)


def _cause(process: DaemonProcess, key: str) -> Span | None:
    """Return the place of the option that makes it refuse, or of the group's name; None where it does not refuse."""
    option = process.option("threads" if key == _THREADS else "processes")
    if key == _PROCESSES:
        return option.span if option is not None and option.known else None
    if option is None:
        return process.directive.args[0].span
    return option.span if option.known and process.integer("threads", 15) > 1 else None


def _fix(config: Config, process: DaemonProcess, key: str) -> Fix | None:
    item = process.directive
    if item.file.tree.is_template or len(config.readings(item)) > 1 or process.stray:
        return None
    if key == _PROCESSES:
        option = process.option("processes")
        edit = delete_span(item, option.span) if option is not None else None
        title, reason = "Take processes= away", "the group then has one process"
    else:
        option = process.option("threads")
        edit = add_words(item, ["threads=1"]) if option is None else Edit(item.path, option.span, "threads=1")
        title, reason = "Write threads=1", "each process of the group then answers one request at a time"
    repeated = [one for one in process.options if option is not None and one.name == option.name]
    return None if edit is None or len(repeated) > 1 else Fix.unsafe(title, edit, reason=reason)
