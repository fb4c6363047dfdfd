"""
A script registers a signal handler, which mod_wsgi ignores.

## What happens

`signal.signal` does nothing in a script that mod_wsgi loads, except that it logs a warning.

## Why

Signals are httpd's own means of stopping and restarting its processes, so mod_wsgi replaces `signal.signal`
(`wsgi_signal_intercept`; mod_wsgi's manual, WSGIRestrictSignal).

## Left alone

The call is reported without a fix. What is to be done at the end of a process belongs in `atexit.register`. A server with
`WSGIRestrictSignal Off` is not reported.

## See also

httpd's own message is *Callback registration for signal 15 ignored*.

## Examples

Reported without a fix:

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

Not reported:

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
        for statement in module.live() if module is not None else ():
            call = statement.call
            if call is not None and module is not None and module.resolve(call.name) == "signal.signal":
                yield Diagnostic(
                    script.path,
                    statement.head,
                    "mod_wsgi ignores signal handlers of scripts",
                    help="use atexit.register for what is to be done at the end of a process",
                )
