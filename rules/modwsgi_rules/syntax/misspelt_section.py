"""
The name of a section is misspelt.

httpd refuses to start: *Invalid command '<Locaton'*, or, when the closing tag is right, *Expected </virualhost> but saw
</VirtualHost>.* The tags bear witness for each other: a name close to what the other says, or the one name
that both are close to, is what was meant. Names of sections that other modules bring are left alone, and a section whose body
is code, as `<LuaHookFixups>`, is never written on a guess.

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
    ```apache
    <AuthnProviderAlias file staff>
        AuthUserFile /etc/apache2/staff
    </AuthnProviderAlias>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import directives_in, files, in_foreign_module
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span
from modwsgi_rules.syntax._shared import sound


@rule(severity=Severity.ERROR)
def misspelt_section(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if "<" not in file.text:
            continue
        known: dict[str, bool] = {}
        found: list[tuple[Span, str]] = []
        fixes: list[Fix | None] = []
        for node, parents in directives_in(file):
            if not isinstance(node, Section):
                continue
            if node.name not in known:
                known[node.name] = _is_known(node.name)
            if known[node.name] or (node.close and node.close.key == node.key and in_foreign_module(parents)):
                continue
            meant = _meant(node)
            fix = None
            message = f"there is no section <{node.name}>, so httpd will not start unless another module knows it"
            if meant and (power := directives.power_of(meant)):
                message = f"there is no section <{node.name}>; write <{meant}> yourself if it is meant: it {power}"
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
                message = f"there is no section <{node.name}>, so httpd will not start; <{meant}> was meant"
            found.append((node.name_span, message))
            fixes.append(fix)
        for (span, message), offered in zip(found, sound(file, fixes), strict=True):
            yield Diagnostic(file.path, span, message, offered)


def _is_known(name: str) -> bool:
    info = directives.find(name)
    return (info is not None and info.section) or directives.is_known_third_party(name) or not name.isalnum()


def _meant(section: Section) -> str:
    """The name that was meant, or an empty string: never a guess between two."""
    near = directives.candidates(section.name, sections=True)
    close = section.close
    if close is None or close.key == section.key:
        # Of two equally close nobody can say; the nearest one alone will do.
        return near[0] if len(near) == 1 or (near and _lead(section.name, near)) else ""
    if _is_known(close.name):
        return close.name if close.key in map(str.lower, near) else (near[0] if len(near) == 1 else "")
    common = [name for name in near if name in directives.candidates(close.name, sections=True)]
    return common[0] if len(common) == 1 else ""


def _lead(name: str, near: list[str]) -> bool:
    """True where the first is closer than the second."""
    one, other = (directives.distance(name.lower(), candidate.lower()) for candidate in near[:2])
    return one < other
