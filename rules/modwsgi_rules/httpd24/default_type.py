"""
`DefaultType` has no effect since httpd 2.4.

## What happens

httpd warns at each start. A file of unknown type is sent without a Content-Type, and browsers look for themselves what it
is.

## Why

`set_default_type` of httpd (core.c) ignores every value but `none`. Where a type is wanted, `ForceType` or `AddType` in a
section says for which files.

## The fix

A safe fix: it deletes the line.

## Left alone

`DefaultType None` is not reported, because httpd accepts it without a word. Neither is a server of 2.2.

## See also

httpd's own message is *AH00117: Ignoring deprecated use of DefaultType*.

## Examples

    ```diff
     TypesConfig /etc/mime.types
    -DefaultType text/plain
    ```

Not reported:

    ```apache
    DefaultType None
    ```
    ```apache httpd=2.2
    DefaultType text/plain
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, rule
from modwsgi_rules.httpd24._shared import read_by_24


@rule()
def default_type(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "defaulttype"):
        if item.value.lower() == "none":
            continue
        fix = Fix.safe("Delete DefaultType", delete(item), reason="httpd 2.4 ignores it", every_reading=True)
        yield Diagnostic(
            item.path,
            item.span,
            "DefaultType has no effect since httpd 2.4",
            fix,
            help="write ForceType or AddType for the files that need a type",
        )
