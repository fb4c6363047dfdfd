"""
A script needs something of its framework that later versions no longer have.

## What happens

With such a version the script fails when it is loaded, or at its first request, and each request is answered with an error 500.

## Why

Django dropped `setup_environ` and `execute_manager` in 1.6 and `validate()` of its commands in 1.9, CherryPy 3 its
`cherrypy._cpwsgi.wsgiApp`, MoinMoin 1.9 its `server_wsgi`, Flask 1.0 `flask.ext`, Werkzeug 1.0 `werkzeug.contrib`, and Trac 1.0
keeps its entry point in `trac.web.main` (the release notes of each).

## Left alone

The line is reported without a fix, because the version that is installed is not known; the help says what to write instead. What a
`try` guards is not reported, and neither is a script that asks for an older version itself (`pkg_resources.require`).

## See also

Rules `django-old-handler` and `python-2-name`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import settings
    from django.core.management import setup_environ
    #                                  ^^^^^^^^^^^^^
    setup_environ(settings)
    from django.core.wsgi import get_wsgi_application
    application = get_wsgi_application()
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import django.core.management
    utility = django.core.management.ManagementUtility()
    command = utility.fetch_command("runserver")
    if command:
        command.validate()
    #   ^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    try:
        from werkzeug.middleware.proxy_fix import ProxyFix
    except ImportError:
        from werkzeug.contrib.fixers import ProxyFix
    from site import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Source, dotted, source_of
from modwsgi_fix.script.unguarded import unguarded
from modwsgi_fix.script.values import module_scope
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class _Gone(NamedTuple):
    """The version that removed a name, and what to write instead."""

    since: str
    instead: str


_SETTINGS = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "PROJECT.settings")'
_GONE = MappingProxyType({
    "django.core.management.setup_environ": _Gone("Django 1.6", f"write {_SETTINGS}"),
    "django.core.management.execute_manager": _Gone("Django 1.6", "take the line away; a WSGI script runs no commands"),
    "cherrypy._cpwsgi.wsgiApp": _Gone("CherryPy 3", "mount the root on cherrypy.tree, and write application = cherrypy.tree"),
    "MoinMoin.server.server_wsgi": _Gone(
        "MoinMoin 1.9", "write from MoinMoin.web.serving import make_application, and application = make_application(shared=True)"
    ),
    "flask.ext": _Gone("Flask 1.0", "import the extension by its own name, such as flask_login"),
    "trac.web.modpython_frontend": _Gone("mod_wsgi", "write application = trac.web.main.dispatch_request"),
    "werkzeug.contrib.fixers": _Gone("Werkzeug 1.0", "write from werkzeug.middleware.proxy_fix import ProxyFix"),
    "werkzeug.contrib": _Gone("Werkzeug 1.0", "import it from werkzeug.middleware or cachelib"),
})  # fmt: skip
_COMMAND = "fetch_command"


@rule(severity=Severity.WARNING)
def framework_name_gone(config: Config) -> Iterator[Diagnostic]:
    words = (
        "setup_environ",
        "execute_manager",
        "_cpwsgi",
        "server_wsgi",
        "flask.ext",
        "modpython",
        "contrib",
        _COMMAND,
    )
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if any(word in text for word in words) else None
        for name, span, gone in sorted(_uses(source), key=lambda use: use[1]) if source is not None else ():
            yield Diagnostic(script.path, span, f"{name} is gone since {gone.since}", help=gone.instead)


def _uses(source: Source) -> Iterator[tuple[str, Span, _Gone]]:
    scope = module_scope(source)
    seen: set[str] = set()
    for node, _ in unguarded(source):
        match node:
            case ast.ImportFrom(level=0, module=str() as module) if gone := _gone(module):
                yield module, source.head(node), gone
            case ast.ImportFrom(level=0):
                for alias in node.names:
                    if gone := _gone(f"{node.module}.{alias.name}"):
                        yield alias.name, source.span(alias), gone
            case ast.Import():
                for alias in node.names:
                    if gone := _gone(alias.name):
                        yield alias.name, source.span(alias), gone
            case ast.Attribute() if (name := scope.resolve(node)) in _GONE and name not in seen:
                seen.add(name)
                if not _asks_for_old(source.text, name):
                    yield name, source.span(node), _GONE[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="validate")):
                made = [one for one in source.nodes if isinstance(one, ast.Assign) and dotted(one.targets[0]) == owner]
                value = made[0].value if len(made) == 1 else None
                if (
                    isinstance(value, ast.Call)
                    and isinstance(value.func, ast.Attribute)
                    and value.func.attr == _COMMAND
                ):
                    instead = "take the lines away; get_wsgi_application() loads and checks the project"
                    yield f"{owner}.validate()", source.span(node), _Gone("Django 1.9", instead)


_ASKED_FOR = expression(r"""require\(\s*["']([\w.-]+?)\s*<""")


def _asks_for_old(text: str, name: str) -> bool:
    """Whether the script itself asks for a version that has the name: ``require("CherryPy<3.0")``."""
    wanted = name.partition(".")[0].lower()
    return any(asked.lower() == wanted for asked in _ASKED_FOR.findall(text))


def _gone(name: str) -> _Gone | None:
    parts = name.split(".")
    return next((_GONE[prefix] for at in range(len(parts), 0, -1) if (prefix := ".".join(parts[:at])) in _GONE), None)
