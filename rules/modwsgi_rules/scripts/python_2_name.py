"""
A script needs a module or a function that only Python 2 had.

## What happens

The script fails when it is loaded, and each request is answered with an error 500. In a function it is the request that comes
there.

## Why

Python 3 has moved or dropped them ("What's New In Python 3.0"), and every mod_wsgi from 5.0 on is built for Python 3. A
virtual environment of Python 3 under an old script is the usual case.

## Left alone

There is no fix: what takes the place of a name depends on what it is used for. `2to3` and `python-modernize` know most of them.
A name that the script defines itself, that a `try` guards or that a test of the version decides over is not reported. What stands
in functions is a warning, and each name is reported once there. A script that is Python 2 by its syntax is the matter of
`python-2-syntax`.

## See also

Python's own messages are *ModuleNotFoundError: No module named 'urllib2'* and *NameError: name 'execfile' is not defined*. Rule
`module-gone-from-python` has what later versions dropped.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import urllib2
    #      ^^^^^^^
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ.has_key("HTTP_HOST"):
    #      ^^^^^^^^^^^^^^^
            return [unicode(environ["HTTP_HOST"]).encode("utf-8")]
    #               ^^^^^^^
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
from collections import Counter
from collections.abc import Iterator
from functools import partial
from types import MappingProxyType

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.loading import bound_names
from modwsgi_fix.script.source import Source, dotted, source_of
from modwsgi_fix.script.unguarded import Use, unguarded
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import GONE_BUILTINS

#: Modules that are gone, and the modules that have their contents now (PEP 3108).
_MODULES = MappingProxyType({
    "__builtin__": "builtins", "BaseHTTPServer": "http.server", "ConfigParser": "configparser", "Cookie": "http.cookies",
    "HTMLParser": "html.parser", "Queue": "queue", "SimpleHTTPServer": "http.server", "SocketServer": "socketserver",
    "StringIO": "io", "cPickle": "pickle", "cStringIO": "io", "commands": "subprocess", "cookielib": "http.cookiejar",
    "copy_reg": "copyreg", "htmlentitydefs": "html.entities", "httplib": "http.client", "md5": "hashlib",
    "robotparser": "urllib.robotparser", "sets": "set", "sha": "hashlib", "thread": "_thread", "urllib2": "urllib.request",
    "urlparse": "urllib.parse", "xmlrpclib": "xmlrpc.client",
})  # fmt: skip
#: Names that existing modules no longer have.
_ATTRIBUTES = MappingProxyType({
    "itertools.ifilter": "filter", "itertools.imap": "map", "itertools.izip": "zip", "os.getcwdu": "os.getcwd",
    "string.join": "str.join", "string.letters": "string.ascii_letters", "string.lowercase": "string.ascii_lowercase",
    "string.maketrans": "str.maketrans", "string.uppercase": "string.ascii_uppercase", "sys.exc_clear": "nothing",
    "sys.maxint": "sys.maxsize", "sys.setdefaultencoding": "nothing: text is Unicode", "urllib.quote": "urllib.parse.quote",
    "urllib.quote_plus": "urllib.parse.quote_plus", "urllib.unquote": "urllib.parse.unquote",
    "urllib.unquote_plus": "urllib.parse.unquote_plus", "urllib.urlencode": "urllib.parse.urlencode",
    "urllib.urlopen": "urllib.request.urlopen", "urllib.urlretrieve": "urllib.request.urlretrieve",
})  # fmt: skip
#: Methods that dictionaries no longer have; other classes may have methods of the same names with arguments.
_METHODS = MappingProxyType({
    "has_key": "in", "iteritems": "items", "iterkeys": "keys", "itervalues": "values",
})  # fmt: skip
_VIEWS = frozenset({"items", "keys", "values"})


class _Gone(NamedTuple):
    """A name that is gone, what to use instead, and where it stands; ``in_function`` where loading does not run it."""

    name: str
    instead: str
    span: Span
    in_function: bool


@rule(severity=Severity.ERROR)
def python_2_name(config: Config) -> Iterator[Diagnostic]:
    if config.target.python is not None and config.target.python < (3,):
        return
    for script in wsgi_scripts(config):
        source = source_of(script.script.text)
        if source is None:
            continue
        related = tuple(Related(*place, "the script is mounted here") for place in script.mounts)
        told: set[str] = set()
        for gone in source.once(_gone, partial(_in_order, source)):
            if gone.in_function and gone.name in told:
                continue
            told.add(gone.name)
            what = "a request that comes here fails" if gone.in_function else "the script fails when it is loaded"
            yield Diagnostic(
                script.path,
                gone.span,
                f"{gone.name} is gone in Python 3, so {what}",
                severity=Severity.WARNING if gone.in_function else None,
                related=related,
                help=f"use {gone.instead}",
            )


def _in_order(source: Source) -> list[_Gone]:
    return sorted(_gone(source), key=lambda one: one.span)


def _gone(source: Source) -> Iterator[_Gone]:
    scope, bound = module_scope(source), bound_names(source.tree)
    for use in unguarded(source):
        node = use.node
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _MODULES:
                    yield _named(alias.name, _MODULES, source.span(alias).start, use)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module in _MODULES:
                # After "from ".
                yield _named(node.module, _MODULES, source.span(node).start + len("from "), use)
            for alias in node.names:
                if (name := f"{node.module}.{alias.name}") in _ATTRIBUTES:
                    yield _Gone(name, _ATTRIBUTES[name], source.span(alias), use.in_function)
        elif isinstance(node, ast.Name) and bound is not None and node.id in GONE_BUILTINS and node.id not in bound:
            yield _named(node.id, GONE_BUILTINS, source.span(node).start, use)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(source, scope, node, use)
        elif isinstance(node, ast.Call):
            yield from _method(source, node, use)


def _named(name: str, instead: MappingProxyType[str, str], start: int, use: Use) -> _Gone:
    return _Gone(name, instead[name], Span(start, start + len(name)), use.in_function)


def _attribute(source: Source, scope: Scope, node: ast.Attribute, use: Use) -> Iterator[_Gone]:
    """Return the name that an imported module no longer has; None where the module has it."""
    name = scope.resolve(node)
    if name in _ATTRIBUTES and name.partition(".")[0] in scope.imports.values():
        yield _Gone(name, _ATTRIBUTES[name], source.span(node), use.in_function)


def _method(source: Source, call: ast.Call, use: Use) -> Iterator[_Gone]:
    if not isinstance(call.func, ast.Attribute) or call.keywords:
        return
    name, owner = call.func.attr, call.func.value
    # A class of the script may have a method of that name.
    is_own = isinstance(owner, (ast.Call, ast.Attribute)) or (
        isinstance(owner, ast.Name) and owner.id in ("self", "cls")
    )
    is_own = is_own and dotted(owner) != "os.environ"
    if name in _METHODS and len(call.args) == (name == "has_key") and not is_own and name not in _functions(source):
        yield _Gone(f"{name}()", _METHODS[name], source.span(call.func), use.in_function)
    elif name == "sort" and not call.args and isinstance(owner, ast.Name) and owner.id in _views(source):
        yield _Gone(f"{owner.id}.sort()", f"sorted({owner.id})", source.span(call.func), use.in_function)


def _functions(source: Source) -> frozenset[str]:
    """Return the names of all functions of a script, methods included."""
    names = (node.name for node in source.nodes if isinstance(node, ast.FunctionDef))
    return source.once(_functions, lambda: frozenset(names))


def _views(source: Source) -> frozenset[str]:
    """Return the names that are only bound to the results of ``keys()`` and the like, which are not lists in Python 3."""
    return source.once(_views, lambda: frozenset(_bound_to_views(source)))


def _bound_to_views(source: Source) -> set[str]:
    stored = Counter(
        node.id for node in source.nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    viewed = Counter(
        target.id
        for node in source.nodes
        if isinstance(node, ast.Assign) and _is_view(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    return {name for name, number in viewed.items() if stored[name] == number}


def _is_view(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in _VIEWS
        and not value.args
    )
