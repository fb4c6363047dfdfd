"""
A WSGI script adds a directory to `sys.path` that does not exist.

## What happens

Python passes over it, and says nothing. What the script imports from there fails, and every request is an error 500, unless the
module lies elsewhere on the path.

## Why

The directories of `sys.path` are looked through one by one, and one that is not there holds no module. Often the site was moved, and the script names where
it was.

## Left alone

There is no fix: the path or the disk may be wrong. The help names a directory of that name beside, where there is one. Only `--root` shows a disk, and since that may be a
copy of a part, a directory whose own parents are not there either, or are the system's, is not reported. Lines in a block of their own, such as
`try:`, are not reported.

## See also

Python's own message is *ModuleNotFoundError: No module named 'shop'*. Rules `missing-on-disk`, `import-before-sys-path` and
`relative-path-in-script`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    sys.path.insert(0, "/srv/site/shop")
    #                  ^^^^^^^^^^^^^^^^
    from shop import application
    #- /srv/site/src/shop/__init__.py
    application = None
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os, sys
    sys.path.insert(0, "/srv/site/src")
    sys.path.insert(0, os.path.dirname(__file__))
    sys.path.append("/usr/lib/shop")
    if os.path.isdir("/srv/site/local"):
        sys.path.append("/srv/site/local")
    from shop import application
    #- /srv/site/src/shop/__init__.py
    application = None
    ```
    ```python
    import sys
    sys.path.insert(0, "/srv/site/shop")
    from shop import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.absence import is_missing
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.missing import beside
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.scripts._group_options import additions_to_path


@rule(severity=Severity.WARNING)
def sys_path_missing(config: Config) -> Iterator[Diagnostic]:
    scripts, disk = loaded_scripts(config), config.disk
    if disk is None:
        return
    for script in scripts:
        text = script.script.text
        read = python_of_script(script) if "sys.path." in text or "addsitedir" in text else None
        if read is None:
            continue
        for _, call, path in additions_to_path(read):
            if not is_missing(disk, path):
                continue
            likely = beside(disk, path.rstrip("/"))
            yield Diagnostic(
                script.path,
                read.source.head(call.args[-1]),
                f"{path} does not exist, so Python finds no module there",
                help=f"{likely} is there; write that if it is meant" if likely else "correct the path, or create it",
            )
