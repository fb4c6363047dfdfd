"""
A script registers a signal handler, which mod_wsgi ignores.

Signals are httpd's own means of stopping and restarting its processes, so `signal.signal` does nothing in a script that mod_wsgi loads, but for
a warning in the log (*Callback registration for signal … ignored*); see `WSGIRestrictSignal`. What was to be done at the end of a
process goes into `atexit.register`.

For information only.

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import signal
    try:
        signal.signal(signal.SIGTERM, print)
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    except ValueError:
        pass
    from site import application
    ```
    ```python
    #- site.conf
    WSGIRestrictSignal Off
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import signal
    signal.signal(signal.SIGTERM, print)
    from site import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO)
def signal_handler_ignored(config: Config) -> Iterator[Diagnostic]:
    if any(item.value.lower() == "off" for item in config.named("wsgirestrictsignal")):
        return
    for script in wsgi_scripts(config):
        module = module_of(script) if "signal" in script.script.text else None
        for one in module.live() if module is not None else ():
            if one.call is not None and module is not None and module.resolve(one.call.name) == "signal.signal":
                yield Diagnostic(
                    script.path,
                    one.head,
                    "mod_wsgi ignores signal handlers; use atexit.register for what is to be done last",
                )
