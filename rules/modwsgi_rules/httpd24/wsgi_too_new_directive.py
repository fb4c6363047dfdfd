"""
The directive or option is newer than the target's mod_wsgi.

## What happens

httpd does not start.

## Why

The mod_wsgi that is installed does not have it yet; the message names the release that it came with (mod_wsgi's release
notes). The rule runs only where `--target mod_wsgi=...` says what is installed.

## Left alone

The line is reported without a fix, because either the line goes or a newer mod_wsgi is installed.

## See also

httpd's own message is *Invalid command 'WSGISwitchInterval', perhaps misspelled or defined by a module not included in the
server configuration*. For an option it is *Invalid option to WSGI daemon process definition.*, which does not say which
option it means. Rule `wsgi-removed-directive`.

## Examples

Reported without a fix:

    ```apache mod_wsgi=4.9.4
    <IfModule mod_wsgi.c>
        WSGISwitchInterval 0.01
    #   ^^^^^^^^^^^^^^^^^^
        WSGIDaemonProcess site threads=5 interrupt-timeout=60
    #                                    ^^^^^^^^^^^^^^^^^^^^
    </IfModule>
    ```
    ```apache mod_wsgi=4.5
    WSGIScriptAliasMatch ^/app/(.*)$ /srv/app.wsgi process-group=app
    #                                              ^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache mod_wsgi=4.5
    WSGIDaemonProcess site restart-interval=3600
    ```
    ```apache mod_wsgi=6.0
    WSGISwitchInterval 0.01
    WSGIDaemonProcess site threads=5 interrupt-timeout=60
    ```
    ```apache
    WSGISwitchInterval 0.01
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option, find, is_later, script_options, words_before_options
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes, options_of
from modwsgi_fix.rule import Diagnostic, Severity, rule

_ADVICE = "leave it out, or install a newer mod_wsgi"


@rule(severity=Severity.ERROR)
def wsgi_too_new_directive(config: Config) -> Iterator[Diagnostic]:
    target = config.target.mod_wsgi
    if target is None:
        return
    installed = ".".join(map(str, target))
    for item in config.matching(lambda key: key.startswith("wsgi")):
        info = find(item.key)
        if info is None or info.until:
            continue
        if is_later(info.since, target):
            yield Diagnostic(
                item.path,
                item.node.name_span,
                f"{info.name} came with mod_wsgi {info.since}, so httpd with {installed} does not start",
                help=_ADVICE,
            )
            continue
        for known in script_options(item.key).values():
            if not is_later(known.since, target):
                continue
            for option in options_of(config, item, words_before_options(item.key) or 0)[0]:
                if option.name == known.name:
                    yield Diagnostic(
                        item.path,
                        option.span,
                        f"{option.name} came with mod_wsgi {known.since} here, so httpd with {installed} does not start",
                        help=_ADVICE,
                    )
    for process in daemon_processes(config):
        for option in process.options:
            info_of = daemon_option(option.name)
            if info_of is not None and is_later(info_of.since, target):
                yield Diagnostic(
                    process.directive.path,
                    option.span,
                    f"{option.name} came with mod_wsgi {info_of.since}, so httpd with {installed} does not start",
                    help=_ADVICE,
                )
