"""
An `<IfModule>` asks for a module by a name that no module has.

## What happens

httpd passes over the section and says nothing about it. With an exclamation mark it always reads the section.

## Why

A module goes by two names: that of its source file, `mod_wsgi.c`, and its own, `wsgi_module` (core.c: `start_ifmod`). Any other
spelling, such as `mod_wsgi`, `mod_wsgi.so` or `wsgi_module.c`, names a module that is never there.

## The fix

It writes the name. It is unsafe, because all that the section says takes effect then, which nobody tried for as long as the name was
wrong.

## Left alone

Names that are like that of no module of httpd or mod_wsgi: they may be those of other modules.

## See also

Rules `condition-above-module` and `module-loaded-twice`.

## Examples

    ```diff unsafe
    -<IfModule mod_wsgi>
    +<IfModule mod_wsgi.c>
         WSGIScriptAlias / /srv/shop/app.wsgi
     </IfModule>
    -<IfModule mod_ssl.so>
    +<IfModule mod_ssl.c>
         Listen 443
     </IfModule>
    -<IfModule !wsgi_module.c>
    +<IfModule !wsgi_module>
         LoadModule wsgi_module modules/mod_wsgi.so
     </IfModule>
    ```
    ```apache
    <IfModule wsgi_module>
        WSGIScriptAlias / /srv/shop/app.wsgi
    </IfModule>
    <IfModule mod_wsgi.c>
        <IfModule prefork.c>
            WSGIApplicationGroup %{GLOBAL}
        </IfModule>
    </IfModule>
    <IfModule mod_php5.c>
        php_flag engine off
    </IfModule>
    <IfModule mod_shop>
        ShopDoor open
    </IfModule>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_template, lines_with
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span

_CONDITION = expression(r"^[ \t]*<IfModule[ \t]+[\"']?!?([\w.]+)", re.M | re.I)
#: What is written before and behind the name of a module, rightly or not.
_AFFIXES = expression(r"(?:mod_)?(?P<name>\w+?)(?:_module)?(?:\.(?:c|so|cpp|load|conf))?", re.I)


@rule(severity=Severity.WARNING, scope=Scope.FILE)
def condition_names_no_module(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if not any(map(_meant, dict.fromkeys(_CONDITION.findall(file.text)))):
            continue
        for node, parents in lines_with(file, _CONDITION, ("<ifmodule",)):
            if type(node) is not Section or node.key != "ifmodule" or not node.pairs or is_template(node):
                continue
            word, span = node.pairs[0]
            asked = word.removeprefix("!")
            meant = _meant(asked)
            if not meant:
                continue
            reads = "always reads" if word.startswith("!") else "never reads"
            written = file.text[span.start : span.end]
            at = span.start + written.rfind(asked)
            fix = None
            if asked in written and not has_parameter(node, parents):
                edit = Edit(file.path, Span(at, at + len(asked)), meant)
                reason = "all that the section says takes effect then"
                if word.startswith("!"):
                    reason = "the section is passed over then, where the module is loaded"
                fix = Fix.unsafe(f"Write {meant}", edit, reason=reason)
            message = f"no module is called {asked}, so httpd {reads} this section"
            yield Diagnostic(file.path, span, message, fix, help="" if fix else f"write {meant}")


def _meant(asked: str) -> str:
    """Return the name of the module that a wrong one is meant for; empty where it is right, or no module is like it."""
    known = _files()
    affixes = _AFFIXES.fullmatch(asked)
    module = f"{affixes['name'].lower()}_module" if affixes is not None else ""
    if module not in known or asked in known or asked in known.values():
        return ""
    return module if "_module" in asked.lower() else known[module]


@cache
def _files() -> Mapping[str, str]:
    """Return the source file of each module of httpd and mod_wsgi, by the module's name."""
    return {module: file for file, module in {**directives.modules(), "mod_wsgi.c": "wsgi_module"}.items()}
