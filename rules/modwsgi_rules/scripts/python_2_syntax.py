"""
A script is written in the syntax of Python 2.

## What happens

Python 3 refuses the whole script for one such line, and each request is answered with an error 500. `print >>log, "x"` is
read by Python 3, and fails when the line is run.

## Why

`print "x"`, `except X, e:`, `raise X, "y"`, `exec "x"`, backticks, `<>`, `0777`, `10L` and `ur""` are gone ("What's New In
Python 3.0"), and every mod_wsgi from 5.0 on is built for Python 3 (mod_wsgi's release notes, 5.0.0). Python 3.14 reads
`except X, e:` again, and takes `e` for a second exception (PEP 758).

## The fix

A safe fix: it writes every such place of the script as Python 3 does, in words that Python 2 reads as well. Where `print` has
a file or several values, that needs `from __future__ import print_function`, which is left out with `--target python=3`. A
repair from Python 3.14 on, which reads `except X, e:`.

## Left alone

The same construct in several places of a script is one finding, with its places.

There is no fix for the script where one of its places could be written in two ways: `raise X, value` (the value may be an
exception itself), `except A, B:` (a name or a second exception), a parameter that is a tuple. Neither is there one where
Python 3 would still refuse the script, or where the name of an exception is used behind its `except`. A server of Python 2
(`--target python=2.7`) is not reported. `2to3` and `python-modernize` rewrite whole projects.

## See also

Python's own messages are *Missing parentheses in call to 'print'* and *multiple exception types must be parenthesized*.
Rules `python-2-name` and `not-python-3`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     try:
         import json
    -except ImportError, e:
    +except ImportError as e:
    -    print "no json: %s" % e
    +    print("no json: %s" % e)
     MODE = 0o777
     def application(environ, start_response):
         return []
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     # The site.
    +from __future__ import print_function
     import sys
     def application(environ, start_response):
    -    print >>sys.stderr, "asked for", environ["PATH_INFO"]
    +    print("asked for", environ["PATH_INFO"], file=sys.stderr)
         return []
    ```
    ```diff repair python=3.14
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     try:
         from site import application
    -except ImportError, e:
    +except ImportError as e:
         raise
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        raise ValueError, environ
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python python=2.7
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    print "hello"
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from __future__ import print_function
    try:
        print("hello", end="")
    except (OSError, ValueError):
        pass
    ```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.placeholders import is_code_to_fill_in
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.python2 import EXCEPT, Construct, constructs, modernized
from modwsgi_fix.text import Span

#: From here on ``except A, b:`` is read again (PEP 758).
_READS_EXCEPT = (3, 14)


@rule(severity=Severity.ERROR)
def python_2_syntax(config: Config) -> Iterator[Diagnostic]:
    target = config.target.python
    if target is not None and target < (3,):
        return
    reads_except = target is not None and target >= _READS_EXCEPT
    may_be_2 = target is None and (config.target.mod_wsgi is None or config.target.mod_wsgi < (5,))
    for script in wsgi_scripts(config):
        text = script.script.text
        found = constructs(text)
        if reads_except:
            # With a second exception after the comma it is Python 3.14.
            found = tuple(one for one in found if one.name != EXCEPT or one.changes)
        if not found or is_code_to_fill_in(text):
            continue
        is_read = reads_except and all(one.name == EXCEPT for one in found)
        changes = modernized(text, keeps_python_2=may_be_2)
        edits = [Edit(script.path, span, words) for span, words in changes or ()]
        title = "Write it as Python 3 does"
        fix = None
        if edits:
            reason = "the script could not be loaded, or its line failed"
            fix = Fix.repair(title, *edits, reason=reason) if is_read else Fix.safe(title, *edits, reason=reason)
        related = tuple(Related(*place, "the script is mounted here") for place in script.mounts)
        for first, *others in _alike(found):
            yield Diagnostic(
                script.path,
                _on_one_line(text, first),
                _message(first, len(others), is_read=is_read),
                fix,
                (*(Related(script.path, _on_one_line(text, other), "here, too") for other in others), *related),
                Severity.WARNING if is_read else None,
                help="" if fix else f"write {first.instead}",
            )


def _alike(found: Iterable[Construct]) -> list[list[Construct]]:
    """Return the constructs of a script in groups with the same message, each in the order of the text."""
    groups: dict[tuple[str, bool], list[Construct]] = {}
    for construct in found:
        groups.setdefault((construct.name, construct.fails_late), []).append(construct)
    return list(groups.values())


def _on_one_line(text: str, construct: Construct) -> Span:
    line = text[construct.span.start : construct.span.end].partition("\n")[0]
    return construct.span._replace(end=construct.span.start + len(line.rstrip("\r")))


def _message(construct: Construct, more: int, *, is_read: bool) -> str:
    """Return the message for a construct that stands in ``more`` other places, too."""
    places = f", as in {more} more place{'s' if more > 1 else ''}," if more else ""
    if is_read:
        return f"from Python 3.14 on the name after the comma{places} is a second exception"
    if construct.fails_late:
        return f"this {construct.name} is Python 2{places or ','} and Python 3 fails when it runs the line"
    return f"this is Python 2 ({construct.name}){places or ','} and Python 3 refuses the script"
