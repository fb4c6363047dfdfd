"""
A `WSGIScriptAlias` has a slash at the end of its URL, and none at the end of its path.

## What happens

With `WSGIScriptAlias /app/ /srv/app.wsgi` a request for `/app/page` looks for the script `/srv/app.wsgipage`, and
`/app` is not mounted at all.

## Why

mod_wsgi cuts the URL off as it is written, and appends the rest to the path as it is written
(`mod_wsgi.c:wsgi_hook_intercept`). Both ends need the slash, or neither. Only `/` is right with a script.

## The fix

A repair: it takes the slash from the URL of a script, or adds one to the path of a directory of scripts. The
application then answers `/app` and everything below it.

## Left alone

A path that may be of a script or of a directory is reported without a fix; `--root` shows which it is.

## See also

*Target WSGI script not found or unable to stat*; `alias-trailing-slash`.

## Examples

    ```diff repair
    -WSGIScriptAlias /app/ /srv/app/app.wsgi
    +WSGIScriptAlias /app /srv/app/app.wsgi
    ```
    ```diff repair
    -WSGIScriptAlias /scripts/ /srv/scripts
    +WSGIScriptAlias /scripts/ /srv/scripts/
     #- /srv/scripts/one.wsgi
    ```

This may be a script or a directory:

    ```apache
    WSGIScriptAlias /app/ /srv/app/run
    #               ^^^^^
    ```
    ```apache
    WSGIScriptAlias / /srv/app/app.wsgi
    WSGIScriptAlias /scripts/ /srv/scripts/
    WSGIScriptAlias /graphite /srv/graphite.wsgi/graphite
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import is_file
from modwsgi_fix.model.urls import Mapping, is_mounted, mapping_of
from modwsgi_fix.rewriting.lines import extend_arg
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR, changes=("regained", "moved"))
def wsgi_alias_trailing_slash(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgiscriptalias"):
        mount = mapping_of(item)
        if mount is None or not item.args[0].known or not item.args[1].known:
            continue
        if not mount.url.endswith("/") or not mount.url.strip("/") or mount.target.endswith("/"):
            continue
        fix = _fix(config, mount)
        yield Diagnostic(
            item.path,
            mount.url_span,
            f"{mount.url}page is looked for as the script {mount.target}page",
            fix,
            help="" if fix else "write the slash at both ends, or at neither",
        )


def _fix(config: Config, mount: Mapping) -> Fix | None:
    if config.disk is not None and config.disk.is_dir(mount.target):
        return Fix.repair(
            "Add the slash to the directory",
            extend_arg(mount.item, 1, after="/"),
            reason=f"the scripts in {mount.target} are found",
        )
    if not is_file(config, mount.target):
        return None
    url = mount.url.rstrip("/")
    if is_mounted(config, mount.server, url):
        return None
    start, end = mount.url_span
    written = mount.item.file.text[start:end]
    at = start + len(written.rstrip("\"'").rstrip("/"))
    close = start + len(written.rstrip("\"'"))
    return Fix.repair(
        "Take the slash from the URL",
        Edit(mount.item.path, type(mount.url_span)(at, close)),
        reason=f"the application answers {url} and everything below it",
    )
