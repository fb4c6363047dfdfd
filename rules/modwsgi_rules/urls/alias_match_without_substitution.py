"""
An `AliasMatch` leads every URL below a prefix to one and the same directory.

## What happens

`AliasMatch ^/static /srv/static` maps `/static/site.css` to the directory `/srv/static` itself. None of the files is
found.

## Why

`AliasMatch` does not append the rest of the URL, as `Alias` does. httpd takes the path as it is written, and fills in
`$1` and its like (`mod_alias.c:try_alias_list`).

## The fix

Where the pattern is just a prefix, it writes the `Alias` that was meant. It is unsafe: the files below the directory
are then found, as far as a `<Directory>` opens them, and so is whatever else lies there.

## Left alone

A pattern that is not just a prefix is reported without a fix. A pattern that leads to a single file is not reported.

Where `--root` shows that the directory holds nothing but static files, the fix is held to what a repair may do. It is
withheld if URLs that httpd redirects today would be answered otherwise.

## See also

`alias-trailing-slash`, `alias-match-unanchored`.

## Examples

    ```diff unsafe
    -AliasMatch ^/static /srv/site/static
    +Alias /static /srv/site/static
    ```
    ```diff unsafe
    -AliasMatch ^/media/(.*)$ "/srv/site/media/"
    +Alias /media/ "/srv/site/media/"
    ```

The pattern is not anchored, so it is not just a prefix:

    ```apache
    AliasMatch /static/ /srv/site/static/
    #          ^^^^^^^^
    ```

A part of the URL is put in, and what follows the slash is not:

    ```apache
    AliasMatch ^/([^/]+)/static/ /srv/sites/$1/static/
    #          ^^^^^^^^^^^^^^^^^
    ```

One file for many URLs, a single URL, and a path with a substitution:

    ```apache
    AliasMatch ^/pages/ /srv/site/page.html
    AliasMatch ^/static$ /srv/site/static
    AliasMatch ^/static/(.*)$ /srv/site/static/$1
    AliasMatch ^/([^/]+)/static/(.*)$ /srv/sites/$1/static/$2
    AliasMatch ^/([^/]+)/static/$ /srv/sites/$1/static/
    AliasMatch ^/([^/]+)/icon/ /srv/sites/$1/icon.png
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import is_file
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.urls._shared import leads_on

_PREFIX = expression(r"\^(?P<url>(?:/[\w~-]+)+/?)(?P<rest>\(?\.\*\)?\$?)?")
#: Something below the prefix matches as well: there is no `$` directly after a literal.
_OPEN = expression(r".*(?:[/\w]|\.[*+]\)?\$?)$")


_ADVICE = "use Alias, or add the rest of the URL as $1"


@rule(severity=Severity.ERROR)
def alias_match_without_substitution(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("aliasmatch"):
        alias = mapping_of(item)
        if alias is None or not item.known or item.sections:
            continue
        has_parts = re.search(r"\$\d", alias.target) is not None
        if has_parts and not (alias.target.endswith("/") and alias.url.endswith("/")):
            continue
        if (
            is_file(config, alias.target)
            or "." in alias.target.rsplit("/", 1)[-1]
            or not alias.url.lstrip("^").startswith("/")
            or not _OPEN.match(alias.url)
        ):
            continue
        prefix = _PREFIX.fullmatch(alias.url)
        fix = None
        if prefix is not None:
            url, target = prefix["url"], alias.target
            # Both ends get a slash or none; a captured rest begins after a slash.
            if url.endswith("/") and not target.endswith("/"):
                target += "/"
            start, end = alias.target_span
            written = item.file.text[start:end] if target == alias.target else quoted(target)
            edit = Edit(item.path, Span(item.node.name_span.start, end), f"Alias {url} {written}")
            reason = f"what is below {url} is looked for below {target}"
            fix = leads_on(config, "Write it as an Alias", edit, url, target, reason)
        advice = "end the pattern in (.*)$, and the path in the number of that group" if has_parts else _ADVICE
        yield Diagnostic(
            item.path,
            alias.url_span,
            f"AliasMatch leads every URL that matches to {alias.target} itself, without the rest of the URL",
            fix,
            help="" if fix else advice,
        )
