"""
A page or an application is run by mod_python.

## What happens

Where mod_python is not installed, the configuration is refused, or its files are sent as they are. Nothing that mod_wsgi is told of
holds for it: no process group, no virtual environment.

## Why

mod_python has handlers of its own and no WSGI; most of what was written for it is Python 2. What it ran has a WSGI entry point
today, which the help names.

## Left alone

There is no fix: an application moves with its own settings and its own Python. It is a warning in a whole server, and for information
in a fragment.

## See also

Rules `missing-application` and `not-python-3`.

## Examples

Reported without a fix:

    ```apache
    <Location /blog>
        SetHandler python-program
        PythonHandler django.core.handlers.modpython
    #                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        SetEnv DJANGO_SETTINGS_MODULE blog.settings
    </Location>
    <Directory /srv/old>
        AddHandler mod_python .py
        PythonHandler mod_python.publisher
    #                 ^^^^^^^^^^^^^^^^^^^^
    </Directory>
    ```

Not reported:

    ```apache
    <IfModule mod_python.c>
        PythonHandler mod_python.publisher
    </IfModule>
    <Directory /srv/new>
        AddHandler wsgi-script .py
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: How the module begins that mod_python calls, and what is mounted instead.
_INSTEAD = (
    ("django.", "mount the wsgi.py of the project by WSGIScriptAlias"),
    ("trac.", "mount the trac.wsgi that trac-admin ENV deploy writes by WSGIScriptAlias"),
    ("moinmoin", "mount MoinMoin's moin.wsgi by WSGIScriptAlias"),
    ("hgweb", "mount Mercurial's hgweb.wsgi by WSGIScriptAlias"),
    ("mod_python.publisher", "write a WSGI application in its place; bobo's functions are nearest to the publisher's"),
    ("mod_python.psp", "write a WSGI application with a template engine in its place"),
    ("mod_python.cgihandler", "let it be a CGI program, by mod_cgi or mod_cgid"),
    ("cherrypy", "bind application to cherrypy.Application, and mount that by WSGIScriptAlias"),
    ("viewvc", "mount ViewVC's viewvc.wsgi by WSGIScriptAlias"),
)
_ELSE = "write it as a WSGI application, and mount that by WSGIScriptAlias"


@rule(severity=Severity.WARNING)
def mod_python_handler(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("pythonhandler"):
        if not item.args or any("python" in guard.test.lower() for guard in item.guards):
            continue
        called = item.value.lower()
        advice = next((what for begins, what in _INSTEAD if called.startswith(begins)), _ELSE)
        message = f"mod_python runs {item.value}, and mod_wsgi has no part in it"
        severity = Severity.WARNING if config.complete else Severity.INFO
        yield Diagnostic(item.path, item.args[0].span, message, help=advice, severity=severity)
