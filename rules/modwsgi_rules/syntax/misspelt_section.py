"""
The name of a section is misspelt.

## What happens

httpd does not start.

## Why

httpd looks the name up in the tables of its modules, and compares the closing tag with the opening one
(`ap_build_config_sub`, config.c). The tags bear witness for each other: what was meant is a name close to what the other tag
says, or the one name that both are close to.

## The fix

A safe fix: it writes the name that was meant, in both tags.

## Left alone

Where no single name is close, the section is reported without a fix. So is a section whose body is code, such as
`<LuaHookFixups>`, because it is never written on a guess. Sections that other modules bring are not reported.

## See also

httpd's own messages are *Invalid command '<Locaton', perhaps misspelled or defined by a module not included in the server
configuration* and, where only one tag is misspelt, *Expected </virualhost> but saw </VirtualHost>*. Rule
`mismatched-closer`.

## Examples

    ```diff
    -<virualhost *:80>
    +<virtualhost *:80>
         ServerName example.com
     </virtualhost>
    ```
    ```diff
    -<Locaton "/app">
    +<Location "/app">
         WSGIProcessGroup app
    -</Lokation>
    +</Location>
    ```

Reported without a fix:

    ```apache
      <Sektion "/app">
    #  ^^^^^^^
          WSGIProcessGroup app
      </Sektion>
    ```
    ```apache
      <LuaHokFixups name>
    #  ^^^^^^^^^^^^
          return apache2.DECLINED
      </LuaHookFixups>
    ```

Not reported:

    ```apache
    <AuthnProviderAlias file staff>
        AuthUserFile /etc/apache2/staff
    </AuthnProviderAlias>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import directives_in, files, in_foreign_module, names_in
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import sound


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def misspelt_section(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        unknown = {name for name, is_section in names_in(file) if is_section and not _is_known(name)}
        if not unknown:
            continue
        misspelt: list[tuple[Span, str, str]] = []
        fixes: list[Fix | None] = []
        for node, parents in directives_in(file):
            if not isinstance(node, Section) or node.name not in unknown:
                continue
            if node.close and node.close.key == node.key and in_foreign_module(parents):
                continue
            meant = _meant(node)
            fix = None
            message = f"httpd does not know the section <{node.name}>, so it does not start"
            advice = "correct it, or load the module that has it"
            if meant and (power := directives.power_of(meant)):
                advice = f"write <{meant}> yourself if it is meant: it {power}"
            elif meant:
                meant = meant.lower() if node.name.islower() else meant
                edits = [Edit(file.path, node.name_span, meant)]
                if node.close is not None and node.close.key != meant.lower():
                    body = node.close.body_span
                    start = file.text.find(node.close.name, body.start, body.end)
                    if start >= 0:
                        span = type(body)(start, start + len(node.close.name))
                        edits.append(Edit(file.path, span, meant))
                fix = Fix.safe(f"Write <{meant}>", *edits)
                advice = f"write <{meant}>"
            misspelt.append((node.name_span, message, advice))
            fixes.append(fix)
        for (span, message, advice), offered in zip(misspelt, sound(file, fixes), strict=True):
            yield Diagnostic(file.path, span, message, offered, help="" if offered else advice)


def _is_known(name: str) -> bool:
    info = directives.find(name)
    return (info is not None and info.section) or directives.is_known_third_party(name) or not name.isalnum()


def _meant(section: Section) -> str:
    """Return the name that was meant, or an empty string: never a guess between two."""
    near = directives.candidates(section.name, sections=True)
    close = section.close
    if close is None or close.key == section.key:
        # Of two equally close nobody can say; the nearest one alone will do.
        return near[0] if len(near) == 1 or (near and _lead(section.name, near)) else ""
    if _is_known(close.name):
        return close.name if close.key in map(str.lower, near) else (near[0] if len(near) == 1 else "")
    common = [name for name in near if name in directives.candidates(close.name, sections=True)]
    return common[0] if len(common) == 1 else ""


def _lead(name: str, near: Sequence[str]) -> bool:
    """Whether the first is closer than the second."""
    first, second = (directives.distance(name.lower(), candidate.lower()) for candidate in near[:2])
    return first < second
