"""
`DefaultType` does nothing since httpd 2.4.

httpd says at each start *AH00117: Ignoring deprecated use of DefaultType*. A file of unknown type is sent without a Content-Type,
which lets browsers look for themselves; where a type is wanted, `ForceType` or `AddType` in a section says for which files.

The fix deletes the line. `DefaultType None` is accepted without a word and stays.

    ```diff
     TypesConfig /etc/mime.types
    -DefaultType text/plain
    ```
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


@rule()
def default_type(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named("defaulttype"):
        if item.value.lower() == "none" or any(guard.kind == "ifversion" for guard in item.guards):
            continue
        fix = None
        if not item.foreign:
            fix = Fix.safe("Delete DefaultType", delete(item), reason="httpd 2.4 ignores it", every_reading=True)
        yield Diagnostic(
            item.path,
            item.span,
            "DefaultType has no effect since httpd 2.4; files of unknown type are sent without a Content-Type",
            fix,
        )
