"""
A script needs a module or a function that only Python 2 had.

## What happens

The script fails when it is loaded, and each request is answered with an error 500.

## Why

Python 3 has moved or dropped them ("What's New In Python 3.0"), and every mod_wsgi from 5.0 on is built for Python 3. A
virtual environment of Python 3 under an old script is the usual case.

## Left alone

There is no fix: what takes the place of a name depends on what it is used for. `2to3` and `python-modernize` know most of them.
A name that the script defines itself, or that a `try` guards, is not reported, and neither is what stands in functions, which
run later, if at all. A script that is Python 2 by its syntax is the matter of `not-python-3`.

## See also

Python's own messages are *ModuleNotFoundError: No module named 'urllib2'* and *NameError: name 'execfile' is not defined*.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import urllib2
    #      ^^^^^^^
    def application(environ, start_response):
        return []
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    try:
        import urllib2
    except ImportError:
        import urllib.request as urllib2
    def application(environ, start_response):
        return []
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.loading import bound_names, runs_at_load, tree_of
from modwsgi_fix.text import LineIndex, Span

#: Modules that are gone, and where what they had is now (PEP 3108).
_MODULES = MappingProxyType({
    "__builtin__": "builtins", "BaseHTTPServer": "http.server", "ConfigParser": "configparser", "Cookie": "http.cookies",
    "HTMLParser": "html.parser", "Queue": "queue", "SimpleHTTPServer": "http.server", "SocketServer": "socketserver",
    "StringIO": "io", "cPickle": "pickle", "cStringIO": "io", "cookielib": "http.cookiejar", "copy_reg": "copyreg",
    "htmlentitydefs": "html.entities", "httplib": "http.client", "md5": "hashlib", "robotparser": "urllib.robotparser",
    "sha": "hashlib", "urllib2": "urllib.request", "urlparse": "urllib.parse", "xmlrpclib": "xmlrpc.client",
})  # fmt: skip
#: Functions and classes that are gone, and what to write ("What's New In Python 3.0").
_BUILTINS = MappingProxyType({
    "StandardError": "Exception", "basestring": "str", "execfile": "exec(compile(...))", "raw_input": "input",
    "unichr": "chr", "unicode": "str", "xrange": "range",
})  # fmt: skip


@rule(severity=Severity.ERROR)
def python_2_name(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        if not any(name in text for name in (*_MODULES, *_BUILTINS)):
            continue
        tree = tree_of(text)
        if tree is None:
            continue
        related = tuple(Related(*place, "the script is mounted here") for place in script.mounts)
        for name, now, span in _gone(tree, script.script.lines):
            message = f"{name} is gone in Python 3, so the script fails when it is loaded"
            yield Diagnostic(script.path, span, message, related=related, help=f"use {now}")


def _gone(tree: ast.Module, lines: LineIndex) -> Iterator[tuple[str, str, Span]]:
    """The names that are gone, what to use instead, and where they stand, in order."""
    found: list[tuple[str, str, Span]] = []
    bound = bound_names(tree)
    for node, is_caught in runs_at_load(tree):
        if is_caught:
            continue
        if isinstance(node, ast.Import):
            found += [
                (alias.name, _MODULES[alias.name], _span(lines, alias, len(alias.name)))
                for alias in node.names
                if alias.name in _MODULES
            ]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and node.module in _MODULES:
            # Behind "from ".
            span = _span(lines, node, len(node.module), skip=len("from "))
            found.append((node.module, _MODULES[node.module], span))
        elif isinstance(node, ast.Name) and node.id in _BUILTINS and bound is not None and node.id not in bound:
            found.append((node.id, _BUILTINS[node.id], _span(lines, node, len(node.id))))
    yield from sorted(found, key=lambda one: one[2])


def _span(lines: LineIndex, node: ast.alias | ast.expr | ast.stmt, size: int, skip: int = 0) -> Span:
    """Characters of a node; ``ast`` counts columns in bytes of UTF-8."""
    line = lines.line_text(node.lineno)
    column = len(line.encode("utf-8", "surrogateescape")[: node.col_offset].decode("utf-8", "replace"))
    start = lines.line_span(node.lineno).start + column + skip
    return Span(start, start + size)
