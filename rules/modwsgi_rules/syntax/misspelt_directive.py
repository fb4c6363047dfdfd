"""
The name of a directive is misspelt.

httpd refuses to start: *Invalid command 'WSGIDeamonProcess', perhaps misspelled or defined by a module not included in the server
configuration.* The second half of that message is why care is taken: a name is corrected only where one known name is
closest and the words of the line are such as it takes, and never where a well-known module of somebody else's has the name,
or inside an `<IfModule>` for one that is not known.

What would load code into httpd, read further files, run programs or say as whom httpd runs is never written on a guess, at
no level: `LogFile` may be another program's setting. It is named in the message, for a person to write.

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
      Inculde sites/*.conf
    # ^^^^^^^
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

from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_foreign_module, in_macro, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Directive, Section


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
            words = [word.value for word in node.args]
            near = _nearest(node.key, [name for name in near if directives.fits(name, words)])
            message, fix = f"there is no directive {node.name}, so httpd will not start; ", None
            power = next(filter(None, (directives.power_of(name, words) for name in near)), "")
            if not near:
                message += "correct it, or load the module that has it"
            elif power:
                message += f"write {' or '.join(near)} yourself if that is meant: it {power}"
            else:
                message += f"is {' or '.join(near)} meant?"
                if len(near) == 1 and not in_macro(parents):
                    fix = _fix(file.path, node, near[0])
            yield Diagnostic(file.path, node.name_span, message, fix)


def _nearest(key: str, near: Sequence[str]) -> list[str]:
    """Those that are closest: of two that are equally close nobody can say which is meant."""
    away = [directives.distance(key, name.lower()) for name in near]
    return [name for name, steps in zip(near, away, strict=True) if steps == away[0]]


def _fix(path: str, node: Directive, meant: str) -> Fix:
    ours = node.key.startswith("wsgi") and meant.startswith("WSGI")
    level = Applicability.SAFE if ours else Applicability.REPAIR
    written = meant.lower() if node.name.islower() else meant
    reason = "" if ours else "no module that is known here has a directive of that name"
    return Fix(f"Write {written}", (Edit(path, node.name_span, written),), level, reason)
