"""
A directive of mod_wsgi sets its default.

## What happens

The directive has no effect. It dates from old instructions.

## Why

`WSGIRestrictStdout Off`, `WSGIRestrictStdin Off` and `WSGILazyInitialization On` have been the default since mod_wsgi
3.0 (its release notes); `WSGIRestrictSignal On` always was. mod_wsgi 6.0 removed `WSGILazyInitialization`, and refuses
to start with it. At server level `WSGIProcessGroup %{GLOBAL}` selects the embedded mode that an application has without
it.

## The fix

It deletes the directive. It is safe, because the value stays the same.

## Left alone

In a fragment another file may set the same directive, so there is no fix there, and a line is not reported but for the
`WSGIRestrict...` of old instructions. A directive that is set elsewhere too is not reported, nor is `WSGIRestrictSignal
Off`, which lets an application register signal handlers.

## See also

`redundant-process-group`, `wsgi-removed-directive`.

## Examples

    ```diff
     #- apache2.conf
    -WSGIRestrictStdout Off
    -WSGIProcessGroup %{GLOBAL}
     WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```apache
    #- apache2.conf
    WSGIRestrictStdout On
    WSGIProcessGroup shop
    <VirtualHost *:80>
        WSGIProcessGroup %{GLOBAL}
    </VirtualHost>
    ```

In a fragment another file may set another value, so there is no fix:

    ```apache
      WSGIRestrictStdout Off
    # ^^^^^^^^^^^^^^^^^^^^^^
      WSGIRestrictSignal Off
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import whole_text
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: Directive: default value, and the first mod_wsgi in which it is the default.
_DEFAULTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "wsgirestrictstdout": ("off", (3,)),
    "wsgirestrictstdin": ("off", (3,)),
    "wsgirestrictsignal": ("on", (1,)),
    "wsgilazyinitialization": ("on", (3,)),
    "wsgiprocessgroup": ("%{global}", (1,)),
}


@rule(severity=Severity.INFO)
def redundant_default(config: Config) -> Iterator[Diagnostic]:
    if not config.named(*_DEFAULTS):
        return
    whole = whole_text(config)
    for key, (default, since) in _DEFAULTS.items():
        if not whole and not key.startswith("wsgirestrict"):
            continue
        items = config.named(key) if not whole else config.main.all(key)
        if len(items) != 1 or not items[0].known or len(items[0].args) != 1:
            continue
        item = items[0]
        if item.value.lower() != default or (config.target.mod_wsgi or since) < since:
            continue
        if key == "wsgiprocessgroup" and item.value != "%{GLOBAL}":
            continue
        fix = Fix.safe("Delete it", delete(item), reason="it is the default") if whole else None
        message = f"{item.name} {item.value} is the default"
        yield Diagnostic(item.path, item.span, message, fix, help="" if fix else _advice(whole=whole))


def _advice(*, whole: bool) -> str:
    return "delete it" if whole else "delete it, if no other file of the server says otherwise"
