"""
The regular expression of a `WSGIScriptAliasMatch` matches anywhere in the URL.

## What happens

`WSGIScriptAliasMatch /app /srv/app.wsgi` answers `/anything/app` too. Each such prefix loads the application once
more, in an interpreter that is never freed, so any client can fill the memory.

## Why

The interpreter is named after the mount point, which here depends on the URL
(`wsgi_config.c:wsgi_application_group`). Mostly a plain `WSGIScriptAlias /app` is what was meant.

## The fix

It adds `^`. It is unsafe: an application that was reached below another path on purpose needs a mount there.

## Left alone

A pattern with several branches is reported without a fix.

## See also

`alias-match-unanchored`, `client-controlled-application-group`.

## Examples

    ```diff unsafe
    -WSGIScriptAliasMatch "/app" /srv/app/app.wsgi
    +WSGIScriptAliasMatch "^/app" /srv/app/app.wsgi
    ```
    ```apache
    WSGIScriptAliasMatch ^/app(/.*)?$ /srv/app/app.wsgi
    WSGIScriptAlias /app /srv/app/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.patterns import is_understood
from modwsgi_fix.model.urls import has_top_level_branch, mapping_of
from modwsgi_fix.rewriting.lines import extend_arg
from modwsgi_fix.rule import Diagnostic, rule


@rule()
def wsgi_alias_match_unanchored(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgiscriptaliasmatch"):
        mount = mapping_of(item)
        if mount is None or not item.args[0].known or not mount.url.startswith(("/", "\\/")):
            continue
        # Every URL begins with `/`, so that it takes the whole URL.
        if mount.url in ("/", "/.*", "/(.*)", "/(.*)$") or not is_understood(mount.url):
            continue
        fix = None
        if not has_top_level_branch(mount.url):
            fix = Fix.unsafe(
                "Tie the pattern to the beginning of the URL",
                extend_arg(item, 0, before="^"),
                reason="URLs that have it further on no longer reach the application",
            )
        yield Diagnostic(
            item.path,
            mount.url_span,
            f"{mount.url} matches anywhere in a URL, and each prefix loads the application once more",
            fix,
            help="" if fix else "begin each branch of the pattern with ^",
        )
