"""
`WSGISocketPrefix` puts the sockets of the daemon processes into a directory where everybody may write.

## What happens

Anybody with an account can lay a file of the same name there first. Programs that clean up `/tmp` remove the sockets, and
then every request gets an error 503.

## Why

mod_wsgi's manual advises against `/tmp` (WSGISocketPrefix). The place for sockets is the directory where httpd keeps its
other run-time files, such as `/run/httpd/wsgi` or `/var/run/apache2/wsgi`. Where the default works, the directive is not
needed.

## Left alone

The line is reported without a fix, because the right directory depends on the system.

## See also

httpd's own message, once a socket is removed, is *Unable to connect to WSGI daemon process*.

## Examples

Reported without a fix:

    ```apache
    WSGISocketPrefix /tmp/wsgi
    #                ^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGISocketPrefix /var/run/wsgi
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule

_FOR_EVERYBODY = ("/tmp", "/var/tmp", "/dev/shm")


@rule(severity=Severity.WARNING)
def temporary_socket_prefix(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgisocketprefix"):
        directory = posixpath.dirname(posixpath.normpath(item.value))
        if directory in _FOR_EVERYBODY:
            yield Diagnostic(
                item.path,
                item.args[0].span,
                f"everybody may write to {directory}, and programs that clean it up remove the sockets",
                help="put the sockets beside httpd's pid file",
            )
