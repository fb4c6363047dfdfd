"""
An `Include` has no name, or an empty one.

httpd refuses to start: *Include takes one argument, Name(s) of the config file(s) to be included*. An empty word in quotes counts as
none. Mostly a template was filled in without a value.

Nothing is rewritten: what should be read is not known, and deleting the line may leave out what closes a directory. Nothing is read in
its place. An `Include` of a variable that is empty is another matter, and not reported.

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
            yield Diagnostic(item.path, item.span, f"{item.name} names no file, so httpd will not start; name one")
