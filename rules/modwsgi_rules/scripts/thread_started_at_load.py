"""
A script starts a thread, a process or a timer when it is loaded.

## What happens

There is one in each process that loads the script, so a job runs as many times as there are processes. A process that ends waits
for its threads, or they are cut off. A monitor of changed files restarts the process that serves visitors.

## Why

mod_wsgi loads a script once in each interpreter of each process (mod_wsgi's manual, "Processes And Threading"), and may load it
again when the file changes. The recipe of a monitor is for development, and for daemon processes (mod_wsgi's manual, "Reloading
Source Code": in embedded mode it would stop a process of httpd).

## Left alone

The line is reported without a fix. Start jobs from a service of their own (systemd, cron, a task queue). What functions start later
is not reported.

## See also

Rule `module-level-server`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import threading
    from site import application, job
    if job:
        threading.Thread(target=job).start()
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import threading
    from site import application, job
    def later():
        threading.Thread(target=job).start()
    if __name__ == "__main__":
        later()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import dotted, source_of
from modwsgi_fix.script.values import Scope, module_scope

_STARTED = frozenset({
    "apscheduler.schedulers.background.BackgroundScheduler", "multiprocessing.Process", "threading.Thread",
    "threading.Timer",
})  # fmt: skip
_STARTS = frozenset({
    "_thread.start_new_thread", "multiprocessing.Pool", "os.fork", "thread.start_new", "thread.start_new_thread",
})  # fmt: skip
_WORDS = ("start", "fork", "Pool")
#: The module that the recipe in mod_wsgi's manual makes.
_MONITOR = "monitor.start"


@rule(severity=Severity.INFO)
def thread_started_at_load(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        source = source_of(script.script.text) if any(word in script.script.text for word in _WORDS) else None
        if source is None:
            continue
        scope = module_scope(source)
        threads = {
            node.name
            for node in source.tree.body
            if isinstance(node, ast.ClassDef) and any(scope.resolve(base) in _STARTED for base in node.bases)
        }
        for node in source.top:
            if not isinstance(node, ast.Call):
                continue
            if scope.resolve(node.func) == _MONITOR:
                message = "the monitor restarts the process that serves visitors whenever a file changes"
                advice = "leave it to development, and touch the script to load new code"
            elif _starts(node, scope, threads):
                message = "this starts in each process that loads the script, and not once"
                advice = "start it from a service of its own"
            else:
                continue
            yield Diagnostic(script.path, source.head(node), message, help=advice)


def _starts(call: ast.Call, scope: Scope, threads: Collection[str]) -> bool:
    """Whether a call starts a thread, a process or a timer that is made there or bound to a name.

    ``threads`` are the script's own classes of threads.
    """
    if scope.resolve(call.func) in _STARTS:
        return True
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "start":
        return False
    owner = call.func.value
    made = scope.only(owner.id) if isinstance(owner, ast.Name) else owner
    return isinstance(made, ast.Call) and (scope.resolve(made.func) in _STARTED or dotted(made.func) in threads)
