"""
A script needs a module or a function that later versions of Python 3 no longer have.

## What happens

The script fails when it is loaded, and each request is an error 500; in a function it is the request that comes there.

## Why

`imp`, `distutils` and `asyncore` are gone from Python 3.12, `cgi`, `cgitb`, `crypt` and fifteen more from 3.13 (PEP 594, PEP 632); the
abstract classes of `collections` from 3.10, `cgi.escape` and `time.clock` from 3.8 ("What's New In Python" of each version).

## The fix

A safe fix: the abstract classes are imported from `collections.abc`, which has them since 3.3.

## Left alone

The rest is reported without a fix: what takes the place of a module depends on what it is used for. Where the Python that runs the
script is known (`--target python`, or `python-home` with `--root`) and still has the name, nothing is reported; where it is not known,
what left with 3.12 and later is only worth knowing. What a `try` guards, or a test of the version decides over, is not reported.

## See also

Python's own messages are *ModuleNotFoundError: No module named 'imp'* and *ImportError: cannot import name 'Mapping' from
'collections'*. Rules `python-2-name` and `import-that-is-gone`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    -from collections import Mapping
    +from collections.abc import Mapping
     from shop import application
    ```

Reported without a fix:

    ```python python=3.13
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import cgi
    #      ^^^
    def application(environ, start_response):
        form = cgi.FieldStorage(fp=environ["wsgi.input"], environ=environ)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [form.getfirst("name", "").encode()]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    try:
        from collections.abc import Mapping
    except ImportError:
        from collections import Mapping
    from shop import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from types import MappingProxyType

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import python_of
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.script.unguarded import unguarded
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

_Version = tuple[int, int]
_NO_SUCCESSOR = "a package of that name from PyPI, or another one"

#: Modules, the first version without them, and what to use instead.
_MODULES: MappingProxyType[str, tuple[_Version, str]] = MappingProxyType({
    "asynchat": ((3, 12), "asyncio"), "asyncore": ((3, 12), "asyncio"), "distutils": ((3, 12), "setuptools or sysconfig"),
    "imp": ((3, 12), "importlib"), "smtpd": ((3, 12), "aiosmtpd"), "binhex": ((3, 11), "binascii"),
    "formatter": ((3, 10), _NO_SUCCESSOR), "parser": ((3, 10), "ast"), "symbol": ((3, 10), "ast"),
    "dummy_threading": ((3, 9), "threading"), "cgi": ((3, 13), "the framework's own forms, or urllib.parse"),
    "cgitb": ((3, 13), "the error log"), "crypt": ((3, 13), "hashlib, or a package for passwords"),
    "imghdr": ((3, 13), _NO_SUCCESSOR), "mailcap": ((3, 13), "mimetypes"), "nis": ((3, 13), _NO_SUCCESSOR),
    "nntplib": ((3, 13), _NO_SUCCESSOR), "pipes": ((3, 13), "shlex and subprocess"), "sndhdr": ((3, 13), _NO_SUCCESSOR),
    "spwd": ((3, 13), "a package for PAM"), "telnetlib": ((3, 13), _NO_SUCCESSOR), "uu": ((3, 13), "base64"),
    "xdrlib": ((3, 13), "struct"),
})  # fmt: skip
_ABSTRACT = frozenset({
    "Awaitable", "ByteString", "Callable", "Collection", "Container", "Generator", "Hashable", "ItemsView", "Iterable", "Iterator",
    "KeysView", "Mapping", "MappingView", "MutableMapping", "MutableSequence", "MutableSet", "Reversible", "Sequence", "Set",
    "Sized", "ValuesView",
})  # fmt: skip
#: Names that existing modules no longer have.
_ATTRIBUTES: MappingProxyType[str, tuple[_Version, str]] = MappingProxyType({
    **{f"collections.{name}": ((3, 10), f"collections.abc.{name}") for name in _ABSTRACT},
    "base64.decodestring": ((3, 9), "base64.decodebytes"), "base64.encodestring": ((3, 9), "base64.encodebytes"),
    "cgi.escape": ((3, 8), "html.escape"), "cgi.parse_qs": ((3, 8), "urllib.parse.parse_qs"),
    "cgi.parse_qsl": ((3, 8), "urllib.parse.parse_qsl"), "fractions.gcd": ((3, 9), "math.gcd"),
    "inspect.getargspec": ((3, 11), "inspect.getfullargspec"), "locale.format": ((3, 12), "locale.format_string"),
    "platform.dist": ((3, 8), "the package distro"), "platform.linux_distribution": ((3, 8), "the package distro"),
    "ssl.wrap_socket": ((3, 12), "ssl.SSLContext.wrap_socket"), "time.clock": ((3, 8), "time.perf_counter"),
    "xml.etree.cElementTree": ((3, 9), "xml.etree.ElementTree"),
})  # fmt: skip
#: Names removed in this version or before are in no version that is still maintained.
_MAINTAINED = (3, 11)


class _Use(NamedTuple):
    """A name that is gone, since when, what to use, where it stands, and whether only requests run it."""

    name: str
    since: _Version
    instead: str
    span: Span
    in_function: bool
    edit: tuple[Span, str] | None = None


@rule(severity=Severity.ERROR)
def module_gone_from_python(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        source = source_of(script.script.text)
        uses = [] if source is None else source.once(_uses, partial(_in_order, source))
        python = python_of(config, script) if uses else None
        told: set[str] = set()
        for use in uses:
            if use.name in told or (python is not None and python[:2] < use.since):
                continue
            told.add(use.name)
            severity = Severity.WARNING if python is None or use.in_function else None
            if python is None and use.since > _MAINTAINED:
                severity = Severity.INFO
            fix = None
            if use.edit is not None:
                reason = "both names are of one class, and the script could not be loaded"
                fix = Fix.safe(
                    f"Take it from {use.instead.rpartition('.')[0]}", Edit(script.path, *use.edit), reason=reason
                )
            yield Diagnostic(
                script.path,
                use.span,
                f"{use.name} is gone from Python {use.since[0]}.{use.since[1]} and later",
                fix,
                severity=severity,
                help="" if fix else f"use {use.instead}",
            )


def _in_order(source: Source) -> list[_Use]:
    return sorted(_uses(source), key=lambda use: use.span)


def _uses(source: Source) -> Iterator[_Use]:
    scope = module_scope(source)
    for node, in_function in unguarded(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if found := _found(alias.name):
                    start = source.span(alias).start
                    yield _Use(*found, Span(start, start + len(found[0])), in_function)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from _of_import(source, node, node.module, in_function=in_function)
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(source, scope, node, in_function=in_function)


def _of_import(source: Source, node: ast.ImportFrom, module: str, *, in_function: bool) -> Iterator[_Use]:
    start = source.span(node).start + len("from ")
    if found := _found(module):
        yield _Use(*found, Span(start, start + len(found[0])), in_function)
        return
    is_abstract = module == "collections" and all(alias.name in _ABSTRACT for alias in node.names)
    edit = (Span(start, start + len(module)), "collections.abc") if is_abstract else None
    for alias in node.names:
        if found := _found(f"{module}.{alias.name}"):
            yield _Use(*found, source.span(alias), in_function, edit)
            if edit is not None:
                return


def _of_attribute(source: Source, scope: Scope, node: ast.Attribute, *, in_function: bool) -> Iterator[_Use]:
    name = scope.resolve(node)
    if name in _ATTRIBUTES and name.partition(".")[0] in {one.partition(".")[0] for one in scope.imports.values()}:
        yield _Use(name, *_ATTRIBUTES[name], source.span(node), in_function)


def _found(name: str) -> tuple[str, _Version, str] | None:
    if name in _ATTRIBUTES:
        return name, *_ATTRIBUTES[name]
    first = name.partition(".")[0]
    return (first, *_MODULES[first]) if first in _MODULES else None
