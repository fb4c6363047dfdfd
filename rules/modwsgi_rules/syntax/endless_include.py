"""
An `Include` or a `Use` leads back to itself.

httpd reads the file again, and again in that one, until it gives up and refuses to start: *Exceeded maximum include depth of 128,
There appears to be a recursion.* Often a wildcard takes in the file that it stands in, a directory holds a link to itself (*Too many
levels of symbolic links*), or two files include each other. Of a macro that uses itself httpd says *recursive use of macro 'site' is
invalid*, whatever conditions are around it.

Nothing is rewritten: which of the lines is too much only the administrator knows. A file may include itself where a condition puts
an end to it, as below the second time. Where these files do not decide the condition, it is a warning. Reading goes on behind the line.

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
        name = f"{item.name} {item.value}"
        if is_certain:
            message = f"{name} leads back to itself, so httpd will not start: {said}"
            yield Diagnostic(item.path, item.args[0].span, message)
        else:
            message = f"{name} leads back to itself where the conditions around it hold; httpd then says: {said}"
            yield Diagnostic(item.path, item.args[0].span, message, severity=Severity.WARNING)
