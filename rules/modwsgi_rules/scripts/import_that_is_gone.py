"""
A script needs what its packages no longer have: `pkg_resources`, or a loader of Celery.

## What happens

After the next upgrade of the environment the script fails when it is loaded, and every request is an error 500.

## Why

`pkg_resources` is a part of setuptools, which the environments of Python 3.12 and later do not have by themselves ("What's New In
Python 3.12"), and which setuptools itself advises against. `djcelery` and `CELERY_LOADER` were for Celery 2 and 3; since 3.1
Celery has worked with Django by itself, and from 4.0 on it knows no such loader ("What's new in Celery 4.0").

## Left alone

There is no fix: the lines can go where nothing else uses what they set up. An import that a `try` guards is not reported.
It is a warning where the script runs by Python 3.12 or later (`--target python`, or `python-home` with `--root`), and otherwise only
worth knowing.

## See also

Python's own message is *ModuleNotFoundError: No module named 'pkg_resources'*; `activate-this`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import pkg_resources
    #      ^^^^^^^^^^^^^
    pkg_resources.require("shop")
    from shop import application
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    os.environ["CELERY_LOADER"] = "django"
    #          ^^^^^^^^^^^^^^^
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

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import python_of
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.settings import environment_set
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.text import Span

#: What is gone, and what to do instead.
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
            of = "the environments of Python 3.12 and later" if name == "pkg_resources" else "Celery 4.0 and later"
            severity = Severity.WARNING if is_new else None
            yield Diagnostic(script.path, span, f"{name} is gone from {of}", severity=severity, help=_GONE[name])


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
