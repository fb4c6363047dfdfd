"""
A section is closed by the tag of another one.

## What happens

httpd does not start.

## Why

httpd compares the closing tag with the section that was opened last (`ap_build_config_sub`, config.c). Case does not count.

## The fix

The opening line holds the argument, so the closing tag takes its name. It is safe where the two names differ by `Match`
only. Two closing tags that follow each other in the wrong order are exchanged, which is safe too. It is a repair for tags of
two different kinds of section, because two lines may be missing between them.

Where the argument of a `<Location>` is clearly a pattern, and `</LocationMatch>` closes it, the opening line is the wrong
one. Correcting that is a repair.

## See also

httpd's own message is *Expected </LocationMatch> but saw </Location>*. Rules `unclosed-section`, `stray-closer` and
`misspelt-section`.

## Examples

    ```diff
     <LocationMatch "^/static/">
         SetHandler none
    -</Location>
    +</LocationMatch>
    ```
    ```diff
     <VirtualHost *:80>
         <Location "/app">
             WSGIProcessGroup app
    -</VirtualHost>
    -</Location>
    +</Location>
    +</VirtualHost>
    ```
    ```diff repair
    -<Location "^/(private|intern)/">
    +<LocationMatch "^/(private|intern)/">
         Require all denied
     </LocationMatch>
    ```
    ```diff repair
     <Directory "/srv/app">
         Require all granted
    -</Location>
    +</Directory>
    ```

Not reported:

    ```apache
    <location "/static">
        SetHandler none
    </LOCATION>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, is_unsettled
from modwsgi_fix.rewriting.verdict import revival
from modwsgi_fix.rule import Diagnostic, Related, Scope, Severity, rule
from modwsgi_fix.syntax import Problem, Section
from modwsgi_fix.text import Span

_PATTERN = expression(r"^\^|\$$|\.\*|\.\+|\([^)]{0,200}\|[^)]{0,200}\)|\\\.|\[[^\]]{1,200}\]")
_TAG = expression(r"</([A-Za-z]+)>")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def mismatched_closer(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for problem in file.tree.problems:
            section = problem.section
            if section is None or problem.kind not in ("mismatched-closer", "crossed-closers"):
                continue
            opener = Related(file.path, section.name_span, "opened here")
            if problem.kind == "crossed-closers":
                message, advice = "two closing tags stand in the wrong order, so httpd does not start", "exchange them"
                fix = _exchange(file, problem)
            elif not _is_section(section.name):
                # The opening line is wrong: misspelt-section.
                continue
            else:
                message = f"<{section.name}> is closed by </{problem.node.name}>, so httpd does not start"
                advice = f"close it by </{section.name}>"
                fix = _fix(file, problem, section)
            fix = None if is_unsettled(file) else fix
            yield Diagnostic(file.path, problem.node.body_span, message, fix, (opener,), help="" if fix else advice)


def _is_section(name: str) -> bool:
    info = directives.find(name)
    return (info is not None and info.section) or directives.is_known_third_party(name)


def _exchange(file: File, problem: Problem) -> Fix | None:
    names = [Span(*match.span(1)) for match in _TAG.finditer(file.text, *problem.region)]
    if len(names) != 2:
        return None
    first, second = names
    return Fix.safe(
        "Exchange the closing tags",
        Edit(file.path, first, file.text[second.start : second.end]),
        Edit(file.path, second, file.text[first.start : first.end]),
    )


def _fix(file: File, problem: Problem, section: Section) -> Fix | None:
    node = problem.node
    kind, closes = section.key.removesuffix("match"), node.key.removesuffix("match")
    if (
        kind == closes
        and not section.key.endswith("match")
        and any(_PATTERN.search(word.value) for word in section.args)
    ):
        name = node.name if node.name.lower() == section.key + "match" else section.name
        level = max(Applicability.REPAIR, revival(section).level)
        reason = "the argument is a pattern, and the closing tag says so"
        return Fix(f"Open it as <{name}>", (Edit(file.path, section.name_span, name),), level, reason)
    text = file.text[node.body_span.start : node.body_span.end]
    tag = re.match(r"</[^\s>]+>*", text)
    if tag is None:
        return None
    edit = Edit(file.path, Span(node.body_span.start, node.body_span.start + tag.end()), f"</{section.name}>")
    title = f"Close it with </{section.name}>"
    if kind == closes or not _is_section(node.name):
        return Fix.safe(title, edit)
    return Fix.repair(title, edit, reason="the opening line holds the argument, so its name counts")
