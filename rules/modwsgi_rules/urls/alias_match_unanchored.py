"""
The regular expression of an `AliasMatch` matches anywhere in the URL.

## What happens

`AliasMatch /static/(.*) /srv/static/$1` also takes `/user/profile/static/x` and `/api/static/x`, which the
application should answer.

## Why

A regular expression matches wherever it fits (`mod_alias.c:try_alias_list`). `^` ties it to the beginning of the URL.

## The fix

It adds `^`. It is unsafe: where an application below `/shop` relied on the alias for `/shop/static/`, its files need
an alias of their own.

## Left alone

A pattern with several branches is reported without a fix. A pattern for the name of a file is not reported, because
it is meant to match at any depth.

## See also

`wsgi-alias-match-unanchored`, `alias-match-without-substitution`.

## Examples

    ```diff unsafe
    -AliasMatch /static/(.*)$ /srv/site/static/$1
    +AliasMatch ^/static/(.*)$ /srv/site/static/$1
    ```

Several branches, each of which needs its `^`:

    ```apache
    AliasMatch /css/(.*)|/js/(.*) /srv/site/$1$2
    #          ^^^^^^^^^^^^^^^^^^
    ```

A file by its name, under whatever path, and patterns that are anchored:

    ```apache
    AliasMatch /([^/]*\\.css) /srv/site/styles/$1
    AliasMatch ^/static/(.*)$ /srv/site/static/$1
    AliasMatch (.*)/static/(.*)$ /srv/site/static/$2
    AliasMatch /favicon\\.ico$ /srv/site/favicon.ico
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.patterns import is_understood
from modwsgi_fix.model.urls import has_top_level_branch, mapping_of
from modwsgi_fix.rewriting.lines import extend_arg
from modwsgi_fix.rule import Diagnostic, rule

#: `/([^/]*\.css)`, `/favicon\.ico$`: a file by its name, at any depth, on purpose.
_BY_NAME = expression(r"/\(?(?:\[\^/\][*+]|[\w-]*)\\?\.[^/]*")


@rule()
def alias_match_unanchored(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("aliasmatch", "scriptaliasmatch"):
        alias = mapping_of(item)
        if alias is None or not item.known or item.sections or not alias.url.startswith(("/", "\\/")):
            continue
        if _BY_NAME.fullmatch(alias.url) or not is_understood(alias.url):
            continue
        fix = None
        if not has_top_level_branch(alias.url):
            fix = Fix.unsafe(
                "Tie the pattern to the beginning of the URL",
                extend_arg(item, 0, before="^"),
                reason="the alias no longer takes URLs that have it further on",
            )
        yield Diagnostic(
            item.path,
            alias.url_span,
            f"{alias.url} matches anywhere in a URL, below mounted applications too",
            fix,
            help="" if fix else "begin each branch of the pattern with ^",
        )
