"""
`WSGIDaemonProcess` has an option that mod_wsgi does not know.

## What happens

httpd does not start.

## Why

`wsgi_add_daemon_process` of mod_wsgi knows a fixed list of options, which grew from release to release. They are in lower
case (not `Threads`), and their words are joined by dashes (not `python_path`).

## The fix

A safe fix: it corrects a misspelling that can be one option only.

## Left alone

An option that says as whom the application runs (`user`, `group`, `chroot` and their like) is never written on a guess. It
is reported without a fix, and so is an option that belongs to another directive or may be one of several, and one that the
target's mod_wsgi does not have yet or no longer has. Without a target, an option is known if any mod_wsgi since 4.9 has it.

## See also

httpd's own message is *Invalid option to WSGI daemon process definition.* Rule `stray-daemon-word`.

## Examples

    ```diff
    -WSGIDaemonProcess shop Threads=5 python_path=/srv/shop process=2
    +WSGIDaemonProcess shop threads=5 python-path=/srv/shop processes=2
    ```
    ```diff
    -WSGIDaemonProcess shop proxy-buffer-size=131072
    +WSGIDaemonProcess shop response-buffer-size=131072
    ```
    ```diff
    -WSGIDaemonProcess shop User=shop script_group=shop
    +WSGIDaemonProcess shop user=shop script-group=shop
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop usr=shop
    #                      ^^^
    WSGIDaemonProcess blog threads=5 gruop=blog
    #                                ^^^^^
    ```
    ```apache
    WSGIDaemonProcess shop timeout=60
    #                      ^^^^^^^
    WSGIDaemonProcess blog process-group=blog
    #                      ^^^^^^^^^^^^^
    ```
    ```apache mod_wsgi=4.9
    WSGIDaemonProcess shop interrupt-timeout=60
    #                      ^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop threads=5 interrupt-timeout=60 newrelic-config-file=/srv/newrelic.ini
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.directives import DaemonOption, daemon_option, daemon_option_candidates, takes_option
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, Option, daemon_processes
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_RENAMED = {"proxy-buffer-size": "response-buffer-size"}
_NEVER = "9999"


@rule(severity=Severity.ERROR)
def unknown_daemon_option(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        for option in process.options:
            if option.name[:1] in "\"'“”‘’" or not is_settled(option.name):
                continue
            info = daemon_option(option.name)
            if info is not None and _exists(config, info):
                continue
            start = option.span.start
            span = Span(start, start + len(option.name))
            message = f"mod_wsgi {_version(config)} has no option {option.name}, so httpd does not start"
            meant = _meant(config, process, option)
            fix = None
            if meant is not None and (power := _guessed_power(option.name, meant)):
                advice = f"write {meant} yourself if it is meant, as it {power}"
            elif meant is not None:
                advice = f"write {meant}"
                if process.directive.file.text[span.start : span.end] == option.name:
                    fix = Fix.safe(
                        f"Write {meant}", Edit(process.directive.path, span, meant), reason="httpd refused to start"
                    )
            elif takes_option("wsgiscriptalias", option.name):
                advice = "move it to the WSGIScriptAlias, where it belongs"
            elif info is not None:
                advice = f"leave it out: {_history(info)}"
            elif option.name == "timeout":
                advice = "write which timeout is meant, such as request-timeout or socket-timeout"
            else:
                advice = "correct it or leave it out"
            yield Diagnostic(process.directive.path, span, message, fix, help="" if fix else advice)


def _guessed_power(written: str, meant: str) -> str:
    """Return what an option does that only a person may write, where the name differs by more than case and dashes."""
    return directives.daemon_option_power(meant) if written.lower().replace("_", "-") != meant else ""


def _exists(config: Config, info: DaemonOption) -> bool:
    target = config.target.mod_wsgi
    if target is not None:
        return info.exists_in(".".join(map(str, target)))
    return info.exists_in("4.9") or info.exists_in(_NEVER)


def _version(config: Config) -> str:
    return ".".join(map(str, config.target.mod_wsgi)) if config.target.mod_wsgi else "4.9 and later"


def _history(info: DaemonOption) -> str:
    gone = info.until and not info.exists_in(_NEVER)
    return f"it was taken out in {info.until}" if gone else f"it came with {info.since}"


def _meant(config: Config, process: DaemonProcess, option: Option) -> str | None:
    if takes_option("wsgiscriptalias", option.name):
        return None
    if option.name in _RENAMED:
        since = daemon_option(_RENAMED[option.name])
        names = [_RENAMED[option.name]] if since and _exists(config, since) else []
    else:
        names = daemon_option_candidates(option.name)
    names = [name for name in names if (info := daemon_option(name)) and _exists(config, info)]
    if len(names) != 1 or names[0] in process.settings:
        return None
    return names[0]
