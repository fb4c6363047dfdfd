"""
The name of a directive is misspelt.

## What happens

httpd does not start.

## Why

httpd looks each name up in the tables of its modules (`ap_walk_config_sub`, config.c). The name may also belong to a module
that is not loaded. So it is corrected only where one known name is closest and takes such words, and never where a
well-known module of somebody else has the name, or inside an `<IfModule>` for a module that is not known.

## The fix

It writes the name that was meant. It is safe for a name of mod_wsgi, because no other module has names that begin like
these. It is a repair for other names.

## Left alone

What would load code into httpd, read further files, run programs or say as whom httpd runs is never written on a guess:
`LogFile` may be another program's setting. It is reported without a fix, and the help names it. Names that a known module of
somebody else has are not reported.

## See also

httpd's own message is *Invalid command 'WSGIDeamonProcess', perhaps misspelled or defined by a module not included in the
server configuration*. Rules `misspelt-section`, `glued-directive` and `foreign-syntax`.

## Examples

    ```diff
    -WSGIDeamonProcess app threads=15
    +WSGIDaemonProcess app threads=15
    ```
    ```diff repair
    -DocumentRot /srv/www
    +DocumentRoot /srv/www
    ```

Reported without a fix:

    ```apache
      Inculde sites/*.conf
    # ^^^^^^^
    ```

Not reported:

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
from functools import lru_cache

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, in_foreign_module, is_template, unknown_names
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def misspelt_directive(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in unknown_names(file):
            if isinstance(node, Section) or not node.name.isalnum() or not node.name.isascii():
                continue
            if in_foreign_module(parents) or is_template(node, parents) or node.name.isdigit():
                continue
            meant = directives.candidates(node.name, sections=False)
            if not meant:
                continue
            words = [word.value for word in node.args]
            near = _nearest(node.key, tuple(name for name in meant if directives.fits(name, words)))
            message, fix = f"httpd does not know the directive {node.name}, so it does not start", None
            power = next(filter(None, (directives.power_of(name, words) for name in near)), "")
            if not near:
                advice = "correct it, or load the module that has it"
            elif power:
                advice = f"write {' or '.join(near)} yourself if that is meant: it {power}"
            else:
                advice = f"write {' or '.join(near)} if that is meant"
                if len(near) == 1 and not has_parameter(node, parents):
                    fix = _fix(file.path, node, near[0])
            yield Diagnostic(file.path, node.name_span, message, fix, help="" if fix else advice)


@lru_cache(maxsize=1024)
def _nearest(key: str, near: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that are closest: of two that are equally close nobody can say which is meant."""
    away = [directives.distance(key, name.lower()) for name in near]
    return tuple(name for name, steps in zip(near, away, strict=True) if steps == away[0])


def _fix(path: str, node: Directive, meant: str) -> Fix:
    of_mod_wsgi = node.key.startswith("wsgi") and meant.startswith("WSGI")
    level = Applicability.SAFE if of_mod_wsgi else Applicability.REPAIR
    written = meant.lower() if node.name.islower() else meant
    reason = "" if of_mod_wsgi else "modwsgi-fix does not know a module that has a directive of that name"
    return Fix(f"Write {written}", (Edit(path, node.name_span, written),), level, reason)
