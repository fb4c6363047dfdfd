"""
An `Include` does not have a name, or has an empty one.

## What happens

httpd does not start.

## Why

`Include` and `IncludeOptional` take one argument, and an empty word in quotes does not count as one. Mostly a template was
filled in without a value.

## Left alone

The line is reported without a fix, because it is not known what should be read, and deleting the line may leave out what
closes a directory. Nothing is read in its place. An `Include` whose name is a variable is not reported, even if the variable
is empty.

## See also

httpd's own message is *Include takes one argument, Name(s) of the config file(s) to be included*. Rule
`include-missing-file`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        Include ""
    #   ^^^^^^^^^^
    </VirtualHost>
    ```
    ```apache
    <IfModule mod_ssl.c>
        IncludeOptional
    #   ^^^^^^^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache
    IncludeOptional sites.d/*.conf
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def include_names_nothing(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("include", "includeoptional"):
        if not item.args or not item.args[0].written:
            message = f"{item.name} does not name a file, so httpd does not start"
            yield Diagnostic(item.path, item.span, message, help="name the file, or delete the line")
