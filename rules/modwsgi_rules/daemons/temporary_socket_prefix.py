"""
`WSGISocketPrefix` puts the sockets of the daemon processes into a directory for everybody.

Whoever may write to `/tmp` can lay a file of the same name there first, and programs that clean it up remove the sockets,
after which every request gets an error 503. The place is the directory where httpd keeps its other run-time files, such as
`/run/httpd/wsgi` or `/var/run/apache2/wsgi`; where the default works, no directive is needed. Which it is depends on the system,
so there is no fix.

    ```apache
    WSGISocketPrefix /tmp/wsgi
    #                ^^^^^^^^^
    ```
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
                f"everybody may write to {directory}, and it is cleaned up: put the sockets beside httpd's pid file",
            )
