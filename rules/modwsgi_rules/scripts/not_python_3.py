"""
A WSGI script is no Python 3, and is not looked at further.

`print "x"`, `except X, e:` and `execfile` as a statement are Python 2. A mod_wsgi that was built for Python 3, as every version from 5.0
on is, answers each request with 500 and a *SyntaxError* in the log. With a mod_wsgi for Python 2 it is right, and only these checks
cannot say anything of it.

For information only; `2to3` and `python-modernize` rewrite such scripts.

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    def application(environ, start_response):
        print "hello"
    #   ^^^^^^^^^^^^^
    ```
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

import re
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import NotPython3, parse
from modwsgi_fix.text import Span

#: What Genshi, Jinja or ERB put something in for, before anybody runs it: ``${path}`` and the like, which Python does not know.
_TO_FILL_IN = re.compile(r"^[^#\n]*(?<=[\s,(=])(?:\$\{[^}\n]*\}|\{\{[^}\n]*\}\})|^\s*(?:\{%|<%)", re.M)


@rule(severity=Severity.INFO)
def not_python_3(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        try:
            parse(script.script.text)
        except NotPython3 as error:
            if _TO_FILL_IN.search(script.script.text):
                continue
            lines = script.script.lines
            line = lines.position(error.span.start).line
            start, end = lines.line_span(line)
            text = script.script.text[start:end]
            start += len(text) - len(text.lstrip())
            yield Diagnostic(
                script.path,
                Span(start, start + len(text.strip())),
                f"{error.reason}: the script is not checked, and fails where mod_wsgi is built for Python 3",
                related=tuple(Related(*place, "the script is mounted here") for place in script.mounts),
            )
