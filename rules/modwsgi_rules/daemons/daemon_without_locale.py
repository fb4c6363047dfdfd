"""
A daemon process group has the locale that httpd was started with, which often is `C`.

Started at boot, httpd has no LANG; Python then may take ASCII for file names, and an upload called `é.png` is an error 500.
`lang=` and `locale=` set it for the group. The locale must exist on the machine (`locale -a`), and sorting and dates may
change, so the administrator decides; `locale` is what the fix writes.

This is an opinion that must be asked for.

    ```diff unsafe
    -WSGIDaemonProcess shop threads=5
    +WSGIDaemonProcess shop threads=5 lang=C.UTF-8 locale=C.UTF-8
    ```
    ```diff unsafe locale=de_DE.UTF-8
    -WSGIDaemonProcess shop
    +WSGIDaemonProcess shop lang=de_DE.UTF-8 locale=de_DE.UTF-8
    ```
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
        item, fix = process.directive, None
        if not item.foreign:
            fix = Fix.unsafe(
                "Set the locale",
                add_words(item, [f"lang={name}", f"locale={name}"]),
                reason="file names are read as UTF-8; sorting and dates may change",
            )
        message = (
            f"the processes of {process.name} have the locale that httpd was started with, often C: set lang and locale"
        )
        yield Diagnostic(item.path, item.args[0].span, message, fix)
