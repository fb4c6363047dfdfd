"""
A directory is mounted, so that every file in it is a program.

## What happens

mod_wsgi runs any file that a URL names in the directory, whatever its extension. It also runs what an upload, an
editor (`app.wsgi~`) or a deployment leaves there. Each file is an application of its own in memory.

## Why

`WSGIScriptAlias` appends the rest of the URL to its path, and takes the file that this names for a WSGI script
(`mod_wsgi.c:wsgi_hook_intercept`).

## Left alone

There is no fix. Mount the scripts one by one, and let nobody but the administrator write into the directory.

## See also

`wsgi-script-without-execcgi`, `script-directory-not-granted`.

## Examples

    ```apache
    WSGIScriptAlias /scripts/ /srv/scripts/
    #                         ^^^^^^^^^^^^^
    ```
    ```apache
    WSGIScriptAlias /one /srv/scripts/one.wsgi
    WSGIScriptAlias /two/ /srv/scripts/two.wsgi/pages/
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import mounts_a_directory
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO)
def directory_mount(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgiscriptalias"):
        mount = mapping_of(item)
        if mount is None or not item.args[1].known:
            continue
        if mounts_a_directory(config, mount):
            yield Diagnostic(
                item.path,
                mount.target_span,
                f"every file that is put into {mount.target} is run as a program",
                help="mount the scripts one by one",
            )
