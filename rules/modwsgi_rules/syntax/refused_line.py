r"""
httpd refuses a line.

## What happens

httpd does not start, and says which line it stops at. In an `.htaccess` file every request below it gets an error 500.

## Why

Each directive weighs its own words when it is read: how many there are, which are known, whether a regular expression can be
compiled. A backslash at the end of a word of RewriteRule joins it to the next one. What is said here is what
`apachectl configtest` says.

## Left alone

There is no fix: what was meant cannot be told from a line that means nothing. Where another rule has an error on the same line,
that one says what is wrong, and this one is silent. Only what was tried on httpd 2.4 and mod_wsgi 4.9 counts as refused; a line
with an undefined variable, or under a condition that the files do not decide, does not. Of fragments it is not said that a
line stands in the wrong place: they may be read in another one.

## See also

Rules `unknown-directive`, `module-not-loaded`, `directive-in-wrong-context` and `access-grammar`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        LogLevel loud
    #   ^^^^^^^^^^^^^
        WSGIPassAuthorization maybe
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        WSGIScriptAlias / /srv/shop.wsgi process-group
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        RewriteRule ^/(css|js)/shop\ /srv/shop/$1
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```
    ```apache
    <Directory /srv/shop>
        <RequireAll>
    #   ^^^^^^^^^^^^
            Require not ip 192.0.2.1
        </RequireAll>
    </Directory>
    ```

Not reported:

    ```apache
    Listen ${PORT}
    <IfDefine Debug>
        LogLevel loud
    </IfDefine>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import script_directives
from modwsgi_fix.effect.refused import refused
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR, gives_way=True)
def refused_line(config: Config) -> Iterator[Diagnostic]:
    wrapped = set(_wrapped(config))
    for fault in refused(config):
        if (fault.path, fault.span.start) in wrapped:
            continue  # The missing words may stand on the next lines: wrapped-options.
        if config.complete or not fault.is_of_place:
            message = "httpd refuses this line, so it does not start"
            yield Diagnostic(fault.path, fault.span, message, help=f"it says: {fault.message.rstrip('.')}")


def _wrapped(config: Config) -> Iterator[tuple[str, int]]:
    """Return the places of directives whose options continue below without a backslash."""
    for item in config.named("wsgidaemonprocess", *script_directives()):
        if wrapped_end(item.node) > item.node.end:
            yield item.path, item.span.start
