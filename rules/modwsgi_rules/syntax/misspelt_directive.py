"""
The name of a directive is misspelt.

httpd refuses to start: *Invalid command 'WSGIDeamonProcess', perhaps misspelled or defined by a module not included in the server
configuration.* The second half of that message is why care is taken: a name is corrected only where one known name is
closest, and never where a well-known module of somebody else's has the name, or inside an `<IfModule>` for one that is not known.

A name of mod_wsgi's own is corrected without asking: no other module's begins so.

    ```diff
    -WSGIDeamonProcess app threads=15
    +WSGIDaemonProcess app threads=15
    ```
    ```diff repair
    -DocumentRot /srv/www
    +DocumentRoot /srv/www
    ```
    ```apache
    wsgiscriptalias / /srv/app/app.wsgi
    PassengerRoot /usr/lib/passenger
    <IfModule mod_of_ours.c>
        DocumentRot /srv/www
    </IfModule>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_foreign_module, in_macro, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section


@rule(severity=Severity.ERROR)
def misspelt_directive(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in unknown_names(file):
            if isinstance(node, Section) or not node.name.isalnum() or not node.name.isascii():
                continue
            if in_foreign_module(parents) or is_template(node) or node.name.isdigit():
                continue
            near = directives.candidates(node.name, sections=False)
            if not near:
                continue
            away = [directives.distance(node.key, name.lower()) for name in near]
            meant = near[0]
            message = f"there is no directive {node.name}, so httpd will not start; is {meant} meant?"
            fix = None
            if (len(near) == 1 or away[0] < away[1]) and not in_macro(parents):
                ours = node.key.startswith("wsgi") and meant.startswith("WSGI")
                level = Applicability.SAFE if ours else Applicability.REPAIR
                written = meant.lower() if node.name.islower() else meant
                reason = "" if ours else "no module that is known here has a directive of that name"
                fix = Fix(f"Write {written}", (Edit(file.path, node.name_span, written),), level, reason)
            yield Diagnostic(file.path, node.name_span, message, fix)
