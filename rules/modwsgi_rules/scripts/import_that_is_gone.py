"""
A script needs what its packages no longer have: `pkg_resources`, or a loader of Celery.

## What happens

After the next upgrade of the environment the script fails when it is loaded, and every request is an error 500.

## Why

`pkg_resources` was a part of setuptools up to version 81; 82.0.0 of February 2026 does not have it ("History" of setuptools), and the
environments of Python 3.12 and later have no setuptools by themselves ("What's New In Python 3.12"). `djcelery` and `CELERY_LOADER` were for Celery 2 and 3; since 3.1
Celery has worked with Django by itself, and from 4.0 on it knows no such loader ("What's new in Celery 4.0").

## The fix

It takes away the import of `pkg_resources` where nothing uses it, or only calls of `require()` and `declare_namespace(__name__)` do, and
writes `importlib.metadata.entry_points()` for `iter_entry_points()`. A script is not a package, so that declaring it one does nothing.
It takes away the line that sets `CELERY_LOADER`, and the import of `djcelery` with the call of `setup_loader()` where nothing else uses
it. All this is unsafe: `require()` also puts packages on the path that were installed as eggs beside each other, and says at the start
which package is missing, and a Celery before 3.1 needs its loader.

## Left alone

There is no fix where the script uses anything else of `pkg_resources`, requires an old version (`<`, `==`), or sets what its `__main__`
requires: what takes its place depends on what it is used for. An import that a `try` guards is not reported. It is a warning where the script runs by Python 3.12 or later
(`--target python`, or `python-home` with `--root`), and otherwise only worth knowing.

## See also

Python's own message is *ModuleNotFoundError: No module named 'pkg_resources'*; `activate-this`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    -import pkg_resources
    -pkg_resources.require("shop")
     from shop import application
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import pkg_resources
    #      ^^^^^^^^^^^^^
    PAGE = pkg_resources.resource_string("shop", "page.html")
    from shop import application
    ```
    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import os
    -os.environ["CELERY_LOADER"] = "django"
    -import djcelery
    -djcelery.setup_loader()
     os.environ["SHOP"] = "live"
     from shop import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    try:
        import pkg_resources
    except ImportError:
        pkg_resources = None
    from shop import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import python_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script, without
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.settings import environment_set
from modwsgi_fix.script.source import Source, dotted, source_of
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._setuptools import without_setuptools

#: The modules that are gone, and what to do instead.
_GONE = MappingProxyType({
    "pkg_resources": "name the environment by python-home=, and use importlib.metadata and importlib.resources",
    "djcelery": "take the line away: Celery has worked with Django by itself since 3.1",
    "CELERY_LOADER": "take the line away: Celery has worked with Django by itself since 3.1",
})  # fmt: skip
_WITHOUT_SETUPTOOLS = (3, 12)


@rule(severity=Severity.INFO)
def import_that_is_gone(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text = script.script.text
        source = source_of(text) if any(name in text for name in _GONE) else None
        if source is None:
            continue
        python = python_of(config, script)
        is_new = python is not None and python >= _WITHOUT_SETUPTOOLS
        for name, span in sorted(_named(source), key=lambda one: one[1]):
            of = "setuptools 82, and from new environments" if name == "pkg_resources" else "Celery 4.0 and later"
            severity = Severity.WARNING if is_new else None
            fix = without_setuptools(script, python) if name == "pkg_resources" else _fix(script, name)
            advice = "" if fix else _GONE[name]
            yield Diagnostic(script.path, span, f"{name} is gone from {of}", fix, severity=severity, help=advice)


def _fix(script: WsgiScript, name: str) -> Fix | None:
    """Return the fix that deletes the lines at the top of a script that only set up a loader of Celery; else None."""
    read = python_of_script(script)
    if read is None:
        return None
    gone = [one for one in read.tree.body if (_sets_loader(one) if name == "CELERY_LOADER" else _loads(one, name))]
    uses = [node for node in read.source.nodes if isinstance(node, ast.Name) and node.id == name]
    is_whole = len(gone) == 1 if name == "CELERY_LOADER" else len(gone) == len(uses) + 1
    deleted = without(read, gone) if is_whole else None
    if not deleted:
        return None
    edits = [Edit(script.path, span) for span in deleted]
    return Fix.unsafe("Take the loader of Celery away", *edits, reason="a Celery before 3.1 needs it")


def _sets_loader(statement: ast.stmt) -> bool:
    found = environment_set(ast.Module([statement], []))
    return isinstance(statement, (ast.Assign, ast.Expr)) and [one.name for one in found] == ["CELERY_LOADER"]


def _loads(statement: ast.stmt, name: str) -> bool:
    """Whether a statement imports the package alone, or is the call that sets it up."""
    match statement:
        case ast.Import(names=[ast.alias(name=imported, asname=None)]):
            return imported == name
        case ast.Expr(value=ast.Call(func=func)):
            return dotted(func) == f"{name}.setup_loader"
    return False


def _named(source: Source) -> Iterator[tuple[str, Span]]:
    for node, is_caught in runs_at_load(source.tree):
        if is_caught:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (name := alias.name.partition(".")[0]) in _GONE:
                    yield name, _first(source.span(alias), name)
        elif (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (name := (node.module or "").partition(".")[0]) in _GONE
        ):
            yield name, _first(Span(source.span(node).start + len("from "), 0), name)
    yield from ((one.name, source.span(one.key)) for one in environment_set(source.tree) if one.name in _GONE)


def _first(span: Span, name: str) -> Span:
    return Span(span.start, span.start + len(name))
