"""
An `Include` with a wildcard matches no file.

httpd 2.2 took that for nothing to read. httpd 2.4 refuses to start: *Include/IncludeOptional: No matches for the wildcard
'\\*.conf' in '/etc/httpd/conf.d', failing*; so does a wildcard in a directory that does not exist. Looked for in a whole server
only, and in its own directory.

The fix writes `IncludeOptional`, which reads what is there, if anything. An `Include` without a wildcard that names a missing
file fails in every version; which of the two is wrong only its author knows.

    ```diff
     #- httpd.conf
     ServerName example.com
    -Include conf.d/*.conf
    +IncludeOptional conf.d/*.conf
    ```
    ```apache
    #- httpd.conf
    Include conf.d/*.conf
    IncludeOptional vhosts.d/*.conf
    #- conf.d/site.conf
    ServerName example.com
    ```
    ```apache httpd=2.2
    #- httpd.conf
    Include conf.d/*.conf
    ```
    ```apache
    Include conf.d/*.conf
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.START)
def include_missing_file(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.unmatched:
        fix = None
        if not item.foreign:
            fix = Fix.safe(
                "Write IncludeOptional",
                Edit(item.path, item.node.name_span, "IncludeOptional"),
                reason="httpd starts, and reads the files once there are any",
                every_reading=True,
            )
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"no file matches {item.value}, so httpd 2.4 will not start; write IncludeOptional where there may be none",
            fix,
        )
