"""
An `Include` or a `Use` leads back to itself.

## What happens

httpd reads the file again, and again in that one, until it gives up and does not start.

## Why

httpd follows an Include to a depth of 128 (`include_config`, core.c). Often a wildcard takes in the file that it stands in,
a directory holds a link to itself, or two files include each other. mod_macro refuses a macro that uses itself, whatever
conditions are around it.

## Left alone

The line is reported without a fix, because only the administrator knows which of the lines is one too many. Reading goes on
below it. A file may include itself where a condition puts an end to it. Where these files do not decide the condition, the
finding is a warning.

## See also

httpd's own messages are *Exceeded maximum include depth of 128, There appears to be a recursion.*, *Too many levels of
symbolic links* and *recursive use of macro 'site' is invalid*.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    Include conf.d/*.conf
    #- conf.d/all.conf
    Include conf.d/*.conf
    #       ^^^^^^^^^^^^^
    ```
    ```apache
    <Macro site $name>
        Use site $name
    #       ^^^^
    </Macro>
    Use site blog
    ```

Not reported:

    ```apache
    #- site.conf
    <IfDefine !SITE_READ>
        Define SITE_READ
        Include site.conf
    </IfDefine>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def endless_include(config: Config) -> Iterator[Diagnostic]:
    for item, said, is_certain in config.endless:
        quoted = said.rstrip(".")
        name = f"{item.name} {item.value}"
        if is_certain:
            message = f"{name} leads back to itself, so httpd does not start"
            yield Diagnostic(item.path, item.args[0].span, message, help=f"break the circle; httpd says: {quoted}")
        else:
            message = f"{name} leads back to itself where the conditions around it hold"
            advice = f"make sure that they end it; else httpd says: {quoted}"
            yield Diagnostic(item.path, item.args[0].span, message, severity=Severity.WARNING, help=advice)
