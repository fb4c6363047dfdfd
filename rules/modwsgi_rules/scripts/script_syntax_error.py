"""
Python does not take a WSGI script.

## What happens

The script is not loaded, and each request is answered with an error 500. An import script, or one that checks passwords,
does nothing or refuses everybody.

## Why

mod_wsgi compiles a script before it runs it (`wsgi_load_source`), and Python refuses the whole file for one line: a bracket
that is missing, an indentation that was lost when the text was copied out of a page, tabs among blanks.

## The fix

Where a body of one line lost its indentation, and nothing else is wrong, it is indented again. That is unsafe: what a line
belonged to is guessed by its place.

## Left alone

All else is reported without a fix, in Python's own words. A script that a newer Python than this one takes is not reported,
and neither is a template of a script. A script of Python 2 is the matter of `not-python-3`.

## See also

httpd's own message is *Failed to exec Python script file '/srv/site/app.wsgi'* with Python's below it, such as
*IndentationError: expected an indented block*; `not-python-3`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -return answer(environ, start_response)
    +    return answer(environ, start_response)
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")]
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        return [b"Hello"]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        return answer(environ, start_response)
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.model.facts.unread import refusal
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.faults import indented, is_python_2, span_of
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def script_syntax_error(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text, fault = script.script.text, refusal(config, script)
        if fault is None or is_python_2(text, fault):
            continue
        fix = _fix(script) if fault.kind == "IndentationError" else None
        yield Diagnostic(
            script.path,
            span_of(text, fault),
            f"the script fails: {fault}",
            fix,
            tuple(Related(*place, "the script is named here") for place in script.mounts),
            help="" if fix else _advice(str(fault)),
        )


def _advice(reason: str) -> str:
    if "unicodeescape" in reason:
        return "write the path with slashes, or an r before its quotes: a backslash begins an escape"
    return "correct this line, or one above it; the script is not loaded before"


def _fix(script: WsgiScript) -> Fix | None:
    added = indented(script.script.text)
    if added is None:
        return None
    return Fix.unsafe(
        "Indent what lost its indentation",
        *(Edit(script.path, Span(at, at), blanks) for at, blanks in added),
        reason="which line a body had is guessed by its place",
    )
