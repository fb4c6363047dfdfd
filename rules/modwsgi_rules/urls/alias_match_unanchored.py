"""
The regular expression of an `AliasMatch` begins anywhere in the URL.

`AliasMatch /static/(.*) /srv/static/$1` also takes `/user/profile/static/x` and `/api/static/x`, which the application
should answer. `^` ties it to the beginning.

The fix adds `^`. URLs in which the pattern stood further on are then answered by what is mounted there: where an
application below `/shop` relied on it for `/shop/static/`, its files need an alias of their own. So it is an unsafe fix.

    ```diff unsafe
    -AliasMatch /static/(.*)$ /srv/site/static/$1
    +AliasMatch ^/static/(.*)$ /srv/site/static/$1
    ```

More than one pattern in one:

    ```apache
    AliasMatch /css/(.*)|/js/(.*) /srv/site/$1$2
    #          ^^^^^^^^^^^^^^^^^^
    ```

A file that is served under whatever path it is asked for, and patterns that are anchored:

    ```apache
    AliasMatch /([^/]*\\.css) /srv/site/styles/$1
    AliasMatch ^/static/(.*)$ /srv/site/static/$1
    AliasMatch (.*)/static/(.*)$ /srv/site/static/$2
    AliasMatch /favicon\\.ico$ /srv/site/favicon.ico
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.patterns import is_understood
from modwsgi_fix.model.urls import has_top_level_branch, mapping_of
from modwsgi_fix.rewriting.lines import extend_arg
from modwsgi_fix.rule import Diagnostic, rule

#: `/([^/]*\.css)`, `/favicon\.ico$`: a file by its name, at any depth, on purpose.
_BY_NAME = re.compile(r"/\(?(?:\[\^/\][*+]|[\w-]*)\\?\.[^/]*")


@rule()
def alias_match_unanchored(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("aliasmatch", "scriptaliasmatch"):
        alias = mapping_of(item)
        if alias is None or not item.known or item.sections or not alias.url.startswith(("/", "\\/")):
            continue
        if _BY_NAME.fullmatch(alias.url) or not is_understood(alias.url):
            continue
        fix = None
        if not item.foreign and not has_top_level_branch(alias.url):
            fix = Fix.unsafe(
                "Tie the pattern to the beginning of the URL",
                extend_arg(item, 0, before="^"),
                reason="URLs in which it stands further on are no longer aliased",
            )
        yield Diagnostic(
            item.path,
            alias.url_span,
            f"{alias.url} matches anywhere in a URL, below mounted applications too; begin it with ^",
            fix,
        )
