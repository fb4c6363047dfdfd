"""
A WSGI script is Python 2.

## What happens

A mod_wsgi for Python 3 answers each request with an error 500. A mod_wsgi for Python 2 serves the script (`--target python=2`),
and the rules for scripts cannot say anything about it.

## Why

A parameter that is a tuple is Python 2. Every mod_wsgi from 5.0 on is built for Python 3
(mod_wsgi's release notes, 5.0.0).

## Left alone

The script is reported without a fix, unless it is meant for Python 2. What Python 3 writes in other words, such as `print "x"`,
is the matter of `python-2-syntax`; what no Python takes, of `script-syntax-error`. `2to3` and `python-modernize` rewrite
scripts of Python 2.

## See also

httpd's own message is *Failed to exec Python script file '/srv/site/app.wsgi'*, with a *SyntaxError*
below it.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    class Application:
        def __call__(self, (environ, start_response)):
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            return []
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        print("hello")
    ```

A template of a script is not Python yet:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    #!${executable}
    import os
    os.environ.setdefault("SITE", ${repr(site)})
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.model.facts.unread import refusal
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.faults import is_python_2, span_of
from modwsgi_fix.script.python2 import constructs


@rule(severity=Severity.ERROR)
def not_python_3(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text, fault = script.script.text, refusal(config, script)
        if fault is not None and is_python_2(text, fault) and not constructs(text):
            yield Diagnostic(
                script.path,
                span_of(text, fault),
                f"the script fails: {fault}",
                related=tuple(Related(*place, "the script is named here") for place in script.mounts),
                help="rewrite the script for Python 3",
            )
