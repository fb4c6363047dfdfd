"""
Blanks follow the backslash that was to continue a line.

## What happens

httpd does not start.

## Why

httpd joins lines only where the backslash is the very last character (`ap_cfg_getline` of httpd, util.c). Elsewhere the
backslash is a word of its own, and the next line is a directive of its own.

## The fix

A safe fix: it takes the blanks away.

## See also

httpd's own messages are *Invalid option to WSGI daemon process definition.* and *Invalid command 'home=/srv/app', perhaps
misspelled or defined by a module not included in the server configuration*. Rules `dangling-backslash` and
`wrapped-options`.

## Examples

    ```diff
    -WSGIDaemonProcess app threads=5 \\ 
    -    display-name=%{GROUP} \\	
    +WSGIDaemonProcess app threads=5 \\
    +    display-name=%{GROUP} \\
         home=/srv/app
    ```

Not reported:

    ```apache
    # a comment \\ 
    WSGIDaemonProcess app threads=5 \\
        home=/srv/app
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, lines_with, locate
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.syntax._shared import wrapped_lines

_BLANKS = expression(r"\\[ \t]+(?=\r?\n)")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def continuation_trailing_blank(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        lines = list(_lines(file))
        # No directive above them takes these options: joined, httpd would still refuse them.
        strangers = {option.node.start for option in wrapped_lines(file) if option.owner is None} if lines else set()
        offered: dict[int, Fix | None] = {}
        for line in reversed(lines):
            is_refused = line.differs or line.following.start in strangers or _dangles(line.following, offered)
            fix = Fix.safe("Take the blanks away", Edit(file.path, Span(line.blanks.start + 1, line.blanks.end)))
            offered[line.start] = None if is_refused else fix
        message = "blanks follow the backslash, so the next line is not joined and httpd does not start"
        for line in lines:
            joining = offered[line.start]
            yield Diagnostic(file.path, line.blanks, message, joining, help="" if joining else "take the blanks away")


class _Line(NamedTuple):
    start: int
    #: The backslash and the blanks.
    blanks: Span
    following: Directive
    #: Whether it is another line for each use of a macro.
    differs: bool


def _lines(file: File) -> Iterator[_Line]:
    for node, parents in lines_with(file, _BLANKS):
        if type(node) is not Directive:
            continue
        blanks = _BLANKS.search(file.text, node.start, node.end)
        following, _ = locate(file.tree, node.end)
        if blanks is None or type(following) is not Directive:
            continue
        name = following.name
        if directives.find(name) is None and not directives.is_known_third_party(name):
            differs = has_parameter(node, parents) or has_parameter(following, parents)
            yield _Line(node.start, Span(*blanks.span()), following, differs)


def _dangles(following: Directive, offered: Mapping[int, Fix | None]) -> bool:
    """Whether the next line also ends like this and is not mended, so that the joined line would end in a backslash."""
    return following.source.rstrip(WHITESPACE).endswith("\\") and offered.get(following.start) is None
