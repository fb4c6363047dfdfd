"""
A section is never closed.

## What happens

httpd does not start. Where a file ends within an `<IfModule>` or another condition that holds, it does, and takes all that follows
for a part of it: that is a warning.

## Why

httpd takes all that follows for the contents of the section, up to the end of the file or another closing tag
(`ap_build_config_sub`, config.c).

## The fix

It writes the closing tag. It is a repair where it is plain where the section ends: with the last line that stands deeper
than its opening line, or, for a `<VirtualHost>`, before the next one.

It is unsafe elsewhere, because what stood outside may have come inside. The section is closed before the first directive
that is not allowed in it, or at the last possible place.

## See also

httpd's own messages are *<Location> was not closed.* and *Expected </Location> but saw </VirtualHost>*. Rules
`mismatched-closer` and `opener-for-closer`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         WSGIScriptAlias / /srv/app/app.wsgi
         <Location "/admin">
             Require ip 192.0.2.0/24
    +    </Location>
         WSGIProcessGroup app
     </VirtualHost>
    ```
    ```diff repair
     <VirtualHost *:80>
     ServerName one.example.com
    +</VirtualHost>

     # The second host
     <VirtualHost *:80>
     ServerName two.example.com
     </VirtualHost>
    ```
    ```diff unsafe
     <Location "/admin">
     Require ip 192.0.2.0/24
    +</Location>
     WSGIScriptAlias / /srv/app/app.wsgi
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        <Location "/admin">
            Require ip 192.0.2.0/24
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.left_open import may_stay_open
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, is_unsettled, newline_of, width
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import Span

#: The consequence, by ``may_stay_open``.
_SO = {
    False: ", so httpd does not start",
    True: "; all that follows is taken for a part of it",
    None: "; where its condition does not hold, httpd does not start",
}


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def unclosed_section(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        problems = [p for p in file.tree.problems if p.kind == "unclosed-section" and p.section is not None]
        unsettled = is_unsettled(file)
        for problem, following in zip(problems, [*problems[1:], None], strict=False):
            section = problem.section
            assert section is not None
            stays = may_stay_open(config, file, problem)
            message = f"<{section.name}> is never closed{_SO[stays]}"
            # The innermost first: until it is closed, what it swallowed cannot be told from what it holds. They are in
            # the order of the file, so one that is in this one comes next.
            inner = following is not None and following.node.start < section.end
            fix = None if inner or unsettled or section.is_unread else _fix(file, section)
            severity = Severity.WARNING if stays else Severity.ERROR
            help = "" if fix else f"write </{section.name}>"
            yield Diagnostic(file.path, section.name_span, message, fix, help=help, severity=severity)


def _fix(file: File, section: Section) -> Fix | None:
    if not section.name.isalpha() or directives.find(section.name) is None:
        return None
    at, plain = _end(section)
    text = f"{section.indent}</{section.name}>{newline_of(section)}"
    if at and file.text[at - 1] != "\n":
        text = newline_of(section) + text.removesuffix(newline_of(section))
    edit = Edit(file.path, Span(at, at), text)
    if plain:
        reason = "the indentation shows where it ends" if section.key != "virtualhost" else "hosts cannot be nested"
        return Fix("Close the section", (edit,), Applicability.REPAIR, reason)
    return Fix.unsafe("Close the section", edit, reason="where it should end is a guess")


def _end(section: Section) -> tuple[int, bool]:
    """Return where to close it, and whether that is plain."""
    held = [node for node in section.children if isinstance(node, Directive)]
    if not held:
        return section.head_end, True
    own = width(section)
    end = section.head_end
    if width(held[0]) > own:
        for node in section.children:
            if isinstance(node, Directive) and width(node) <= own:
                return end, True
            if isinstance(node, Directive) or (node.source.strip() and width(node) > own):
                end = node.end
        return end, True
    if section.key == "virtualhost" and not any(isinstance(n, Section) and n.key == "virtualhost" for n in held):
        return held[-1].end, True
    context = directives.context_of((section.name,))
    for node in held:
        if context and not directives.allowed_in(node.name, context):
            break
        end = node.end
    return end, False
