"""
A script imports from its own package, and is not a part of one.

## What happens

The script is not loaded, and each request is an error 500: *attempted relative import with no known parent package*.

## Why

mod_wsgi runs the file of a script by itself, under a name that it makes of the path (wsgi_interp.c:wsgi_load_source). So nothing stands for the dot in
`from . import shop`, whatever lies beside the file. Measured with mod_wsgi 4.9.4 and Python 3.11.

## Left alone

There is no fix: the directory above the package has to be where Python looks, which `python-path=` says, and then `from package import shop`
works. An import in a function, or in a `try` that catches its failure, is not reported, and neither is a module that scripts import.

## See also

Python's own message is *ImportError: attempted relative import with no known parent package*. Rule `module-beside-script`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/shop/wsgi.py
    #- /srv/shop/shop/wsgi.py
    import os
    from . import create_app
    #    ^
    from .settings import NAME
    application = create_app(NAME)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/shop/wsgi.py
    #- /srv/shop/shop/wsgi.py
    try:
        from . import create_app
    except ImportError:
        from shop import create_app
    application = create_app()
    def later():
        from .tasks import run
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span

_PACKAGE = "__package__"


@rule(severity=Severity.ERROR)
def relative_import_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text = script.script.text
        source = source_of(text) if "from ." in text and _PACKAGE not in text else None
        if source is None:
            continue
        # The first one ends the loading.
        node = next((one for one in source.tree.body if isinstance(one, ast.ImportFrom) and one.level), None)
        if node is not None:
            start = text.index(".", source.span(node).start)
            yield Diagnostic(
                script.path,
                Span(start, start + node.level),
                "a script is not a part of a package, so this import fails and each request is an error 500",
                help="write the name of the package, and the directory above it into python-path= of WSGIDaemonProcess",
            )
