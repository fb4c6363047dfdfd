"""
The directive or option is one that mod_wsgi no longer has.

## What happens

httpd does not start.

## Why

mod_wsgi took the directive or option out in the release that the message names (its release notes). Without
`--target mod_wsgi=...` the target is every release from 4.9 to the latest, so what 6.0 took out is reported as well.

## The fix

A safe fix: it deletes what only says the default, and what no longer means anything. A renamed directive gets its new name.

## Left alone

A directive that did something which is lost is reported without a fix. A target that still has the directive is not
reported.

## See also

httpd's own messages are *Invalid command 'WSGIReloadMechanism', perhaps misspelled or defined by a module not included in
the server configuration* and *Invalid option to WSGI daemon process definition.* Rule `wsgi-too-new-directive`.

## Examples

    ```diff
    -WSGIReloadMechanism Process
     WSGIScriptAlias / /srv/site/site.wsgi
    ```
    ```diff
     <Directory /srv/site>
    -    WSGIApacheExtensions On
    +    WSGIPassApacheRequest On
     </Directory>
    ```
    ```diff mod_wsgi=6.0
    -WSGILazyInitialization On
    -WSGIPy3kWarningFlag Off
     WSGIRestrictEmbedded On
    ```

Reported without a fix:

    ```apache mod_wsgi=6.0
    <IfModule mod_wsgi.c>
        WSGILazyInitialization Off
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^
        WSGIDaemonProcess site newrelic-environment=production
    #                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache mod_wsgi=5.0
    WSGILazyInitialization On
    WSGIDaemonProcess site newrelic-environment=production
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import DirectiveInfo, daemon_option, find, version
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: What may be deleted without a loss: (directive, value, or an empty string for any).
_IDLE = frozenset({
    ("wsgireloadmechanism", ""),  # WSGIScriptReloading restarts the process of a daemon since 3.0
    ("wsgioutputbuffering", ""),
    ("wsgilazyinitialization", "on"),  # the default since 3.0
    ("wsgipy3kwarningflag", ""),  # Python 2 only
    ("wsgiuserauthoritative", "on"),
})  # fmt: skip


@rule(severity=Severity.ERROR)
def wsgi_removed_directive(config: Config) -> Iterator[Diagnostic]:
    for item in config.matching(lambda key: key.startswith("wsgi")):
        info = find(item.key)
        if info is not None and info.until and (since := _gone(config, info.until)):
            severity = _severity(config, since)
            fix = _fix(item, info)
            advice = f"write {info.replacement}" if info.replacement else "leave it out"
            yield Diagnostic(
                item.path, item.span, _message(item, info, since), fix, severity=severity, help="" if fix else advice
            )
    for process in daemon_processes(config):
        for option in process.options:
            known = daemon_option(option.name)
            if known is not None and known.until and (since := _gone(config, known.until)):
                is_renamed = option.name == "proxy-buffer-size"
                yield Diagnostic(
                    process.directive.path,
                    option.span,
                    f"mod_wsgi {since} and later do not know {option.name}, so httpd does not start",
                    severity=_severity(config, since),
                    help="write response-buffer-size" if is_renamed else "leave the option out",
                )


def _gone(config: Config, until: str) -> str:
    """Return the version that no longer has it, where the target reaches that far; else an empty string."""
    target = config.target.mod_wsgi
    return until if target is None or target >= version(until) else ""


def _severity(config: Config, since: str) -> Severity | None:
    """Return a warning where some release that may be meant still knows it, else nothing."""
    return Severity.WARNING if config.target.mod_wsgi is None and version(since) > (4, 9) else None


def _message(item: Item, info: DirectiveInfo, since: str) -> str:
    if info.name == "WSGIUserAuthoritative":
        return "only mod_wsgi for httpd 2.0 knows WSGIUserAuthoritative, so httpd does not start"
    return f"mod_wsgi {since} and later do not know {item.name}, so httpd does not start"


def _fix(item: Item, info: DirectiveInfo) -> Fix | None:
    if not item.known:
        return None
    if info.replacement:
        return Fix.safe(
            f"Write {info.replacement}",
            Edit(item.path, item.node.name_span, info.replacement),
            reason="httpd starts; the meaning is the same",
            every_reading=True,
        )
    if (item.key, "") in _IDLE or (item.key, item.value.lower()) in _IDLE:
        return Fix.safe(
            f"Delete {item.name}", delete(item), reason="httpd starts; what it said is the default", every_reading=True
        )
    return None
