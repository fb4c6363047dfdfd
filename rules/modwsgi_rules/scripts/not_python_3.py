"""
A WSGI script is not Python 3, so it is not checked.

## What happens

A mod_wsgi for Python 3 answers each request with an error 500. A mod_wsgi for Python 2 serves the script, and only the rules
for scripts cannot say anything about it.

## Why

A parameter that is a tuple is Python 2. Every mod_wsgi from 5.0 on is built for Python 3
(mod_wsgi's release notes, 5.0.0).

## Left alone

The script is reported without a fix. What Python 3 writes in other words, such as `print "x"`, is the matter of
`python-2-syntax`. `2to3` and `python-modernize` rewrite scripts of Python 2.

## See also

httpd's own message is *Target WSGI script '/srv/site/app.wsgi' cannot be loaded as Python module*, with a *SyntaxError*
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
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.placeholders import is_code_to_fill_in
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import NotPython3, parse
from modwsgi_fix.script.python2 import constructs
from modwsgi_fix.text import Span


@rule(severity=Severity.INFO)
def not_python_3(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        try:
            parse(script.script.text)
        except NotPython3 as error:
            if is_code_to_fill_in(script.script.text) or constructs(script.script.text):
                continue
            lines = script.script.lines
            line = lines.position(error.span.start).line
            start, end = lines.line_span(line)
            text = script.script.text[start:end]
            start += len(text) - len(text.lstrip())
            yield Diagnostic(
                script.path,
                Span(start, start + len(text.strip())),
                f"the script is not checked, because {error.reason}",
                related=tuple(Related(*place, "the script is mounted here") for place in script.mounts),
                help="correct it where mod_wsgi is built for Python 3",
            )
