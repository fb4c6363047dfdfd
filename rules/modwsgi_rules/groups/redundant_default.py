"""
A directive of mod_wsgi says what holds anyway.

`WSGIRestrictStdout Off` and `WSGIRestrictStdin Off` have been the default since mod_wsgi 3.0, `WSGILazyInitialization On` too
(mod_wsgi 6.0 took it out, and refuses to start with it), and at server level `WSGIProcessGroup %{GLOBAL}` selects the
embedded mode that an application has without it. They date from old instructions.

The fix deletes them where the whole server is in sight and nothing else sets the same directive.

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

In fragments another file may say something else:

    ```apache
    WSGIRestrictStdout Off
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
    "wsgilazyinitialization": ("on", (3,)),
    "wsgiprocessgroup": ("%{global}", (1,)),
}


@rule(severity=Severity.INFO)
def redundant_default(config: Config) -> Iterator[Diagnostic]:
    if not whole_text(config):
        return
    for key, (default, since) in _DEFAULTS.items():
        found = [item for item in config.main.items if item.key == key]
        if len(found) != 1 or not found[0].known or len(found[0].args) != 1:
            continue
        item = found[0]
        if item.value.lower() != default or (config.target.mod_wsgi or since) < since:
            continue
        if key == "wsgiprocessgroup" and item.value != "%{GLOBAL}":
            continue
        fix = None if item.foreign else Fix.safe("Delete it", delete(item), reason="it is the default")
        yield Diagnostic(item.path, item.span, f"{item.name} {item.value} is the default: delete it", fix)
