"""
A process group has the locale that httpd was started with, which is often `C`.

## What happens

httpd has no LANG when it is started at boot. Python may then take ASCII for file names, and an upload called `é.png` gets an
error 500.

## Why

A daemon process inherits httpd's environment. `lang=` and `locale=` set the locale for the group (mod_wsgi's manual,
WSGIDaemonProcess). This is an opinion: the rule runs only where it is selected.

## The fix

An unsafe fix: it adds `lang=` and `locale=` with the value of the setting `locale`. The locale must exist on the machine
(`locale -a` lists them), and sorting and dates may change.

## Left alone

A group that has one of the two options is not reported.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 lang=C.UTF-8 locale=C.UTF-8
    ```
    ```diff unsafe locale=de_DE.UTF-8
    -WSGIDaemonProcess shop
    +WSGIDaemonProcess shop lang=de_DE.UTF-8 locale=de_DE.UTF-8
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop lang=en_US.UTF-8
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rewriting.lines import add_words
from modwsgi_fix.rule import Diagnostic, Severity, rule

_LOCALE = Setting("locale", "C.UTF-8", "What the fix writes.")


@rule(severity=Severity.INFO, default=False, settings=(_LOCALE,))
def daemon_without_locale(config: Config) -> Iterator[Diagnostic]:
    name = config.setting(_LOCALE)
    for process in daemon_processes(config):
        if process.stray or process.settings.keys() & {"lang", "locale"}:
            continue
        item = process.directive
        fix = Fix.unsafe(
            "Set the locale",
            add_words(item, [f"lang={name}", f"locale={name}"]),
            reason="file names are read as UTF-8; sorting and dates may change",
        )
        message = f"the processes of {process.name} have the locale that httpd was started with, often C"
        yield Diagnostic(item.path, item.args[0].span, message, fix)
