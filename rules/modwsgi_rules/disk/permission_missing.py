"""
httpd, or a daemon process, may not reach or read a file that it needs.

## What happens

Requests are refused (403) where httpd's own user may not search a directory on the way to a script or a static file, or
may not read that file. A script that its process may not read is an error 500. A daemon process that may not enter its
`home`, or read its `python-home` (or `WSGIPythonHome`), starts no Python, so that requests hang; a `python-path` or
`WSGIPythonPath` that it may not read is passed over without a word. Where httpd's user may not search the directory of `WSGISocketPrefix`, it does not reach the
daemon processes (503); Red Hat's `logs` is such a directory. A log-in against an `AuthUserFile` that it may not read is
an error 500.

## Why

httpd runs as `User` and `Group`, and a process group as its `user=` and `group=`; every directory on the way to a file
must let them through (`x`), also those above the site: homes of users are closed to others by default
(request.c:ap_directory_walk; measured with 2.4.71 and mod_wsgi 4.9.4).

## Left alone

There is no fix: the files may lie in the wrong place, or a group may have to get the permission. Only `--root` shows
modes and owners. They count where that tree is as on the server: its `/etc/passwd` and `/etc/group` are there, belong
to root, and name the user, the owner and the group. Where users come from a directory service, or a file has an ACL,
nothing is reported.

## See also

httpd's own messages are *AH00035: access to / denied (filesystem path '/home/bob/app.wsgi') because search permissions
are missing on a component of the path* and *AH00132: file permissions deny server access*; mod_wsgi's are *Could not
read/compile source file*, *Unable to change working directory to*, *Unable to connect to WSGI daemon process* and
*Python home ... is not accessible*. Rule `missing-on-disk`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    User www-data
    Group www-data
    Listen 80
    WSGIDaemonProcess bob user=bob group=bob
    WSGIProcessGroup bob
    WSGIScriptAlias / /home/bob/site/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^^^^^^^
    #- /home/bob/ 700 1000:1000
    #- /home/bob/site/app.wsgi 644 1000:1000
    #- /etc/passwd 644 0:0
    root:x:0:0::/root:/bin/sh
    www-data:x:33:33::/var/www:/bin/false
    bob:x:1000:1000::/home/bob:/bin/sh
    #- /etc/group 644 0:0
    root:x:0:
    www-data:x:33:
    bob:x:1000:
    ```

Not reported:

    ```apache
    #- httpd.conf
    User www-data
    Group www-data
    Listen 80
    WSGIDaemonProcess bob user=bob group=bob
    WSGIProcessGroup bob
    WSGIScriptAlias / /home/bob/site/app.wsgi
    #- /home/bob/ 710 1000:1000
    #- /home/bob/site/app.wsgi 640 1000:1000
    #- /etc/passwd 644 0:0
    root:x:0:0::/root:/bin/sh
    www-data:x:33:33::/var/www:/bin/false
    bob:x:1000:1000::/home/bob:/bin/sh
    #- /etc/group 644 0:0
    root:x:0:
    www-data:x:33:
    bob:x:1000:www-data
    ```
    ```apache
    #- httpd.conf
    User www-data
    Group www-data
    WSGIScriptAlias / /home/bob/site/app.wsgi
    #- /home/bob/ 700 1000:1000
    #- /home/bob/site/app.wsgi 644 1000:1000
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.barred import Barred, barred
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: The consequence, by what the path is for.
_SO = {
    "home": "so the process does not start and requests hang",
    "python-home": "so no Python starts and requests hang",
    "python-path": "so nothing there can be imported",
    "sockets": "so whatever a daemon process is to answer is a 503",
    "log-in": "so every log-in is an error 500",
}


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def permission_missing(config: Config) -> Iterator[Diagnostic]:
    for found in barred(config):
        yield Diagnostic(
            found.item.path,
            found.span,
            f"{found.who} may not {found.right} {found.where}, {_so(found)}",
            severity=Severity.ERROR if found.what not in ("alias", "python-path") else Severity.WARNING,
            help=f"let {found.who} {found.right} it by its group or mode, or move the files",
        )


def _so(found: Barred) -> str:
    if found.what == "source":
        return f"so {found.url} is an error 500"
    return _SO.get(found.what, f"so {found.url} is refused")
