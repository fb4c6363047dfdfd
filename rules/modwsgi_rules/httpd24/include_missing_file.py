"""
An `Include` with a wildcard matches no file.

## What happens

httpd 2.4 does not start. httpd 2.2 took it for nothing to read.

## Why

`ap_process_fnmatch_configs` of httpd (config.c) fails where an `Include` matches nothing, and where the directory of the
wildcard does not exist. `IncludeOptional` reads what is there, if anything.

## The fix

A safe fix: it writes `IncludeOptional`. The whole server must be in sight, and its files are looked for in its own
directory.

## Left alone

A server of 2.2 is not reported, and neither is a fragment, whose files may lie elsewhere.

Nor is an `Include` without a wildcard: it fails in every version, and only its author knows whether the file or the line is
wrong.

## See also

httpd's own message is `Include/IncludeOptional: No matches for the wildcard '*.conf' in '/etc/httpd/conf.d',
failing`. Rule `include-names-nothing`.

## Examples

    ```diff
     #- httpd.conf
     ServerName example.com
    -Include conf.d/*.conf
    +IncludeOptional conf.d/*.conf
    ```

Not reported:

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
        fix = Fix.safe(
            "Write IncludeOptional",
            Edit(item.path, item.node.name_span, "IncludeOptional"),
            reason="httpd starts, and reads the files once there are any",
            every_reading=True,
        )
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"no file matches {item.value}, so httpd 2.4 does not start",
            fix,
        )
