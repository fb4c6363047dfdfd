"""
An alias stands behind a shorter one, which takes all of its URLs.

## What happens

Its files are never found: they are looked for in the directory of the shorter alias, and most of them are answered with 404.

## Why

mod_alias asks its aliases in the order of the file, and the first that fits decides (mod_alias.c:try_alias_list). A host's own
come before those of the main server.

## The fix

It moves the longer alias above the shorter one. It is unsafe: files that no URL led to can be fetched then, and others, of
that name below the shorter alias's directory, cannot any more.

## Left alone

Aliases that both lead to the same files are not reported. Of patterns only those are looked at that do what an Alias would,
as `^/static/(.*)$` with `$1` at the end of the path.

## See also

In the main server httpd says *AH00671: The Alias directive in site.conf at line 2 will probably never match because it overlaps an earlier Alias*.
Rule `wsgi-alias-order` is about mounts.

## Examples

    ```diff unsafe
     <VirtualHost *:80>
    +    Alias /static/shop/ /srv/shop/
         Alias /static/ /srv/all/
    -    Alias /static/shop/ /srv/shop/
     </VirtualHost>
    ```

Patterns stand in the same order:

    ```diff unsafe
    +Alias /static/shop/ /srv/shop/
     AliasMatch ^/static/(.*)$ /srv/all/$1
    -Alias /static/shop/ /srv/shop/
    ```

Not reported:

    ```apache
    Alias /static/shop/ /srv/shop/
    Alias /static/ /srv/all/
    ```
    ```apache
    Alias /static/ /srv/all/
    Alias /static/shop/ /srv/all/shop/
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import pairwise

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import Mapping, aliases, as_prefix, covers_whole, static_part, together
from modwsgi_fix.rewriting.lines import insert_before
from modwsgi_fix.rewriting.moving import delete_with_comment, lines_with_comment
from modwsgi_fix.rule import Diagnostic, Rank, Related, Scope, Severity, rule


@rule(severity=Severity.WARNING, rank=Rank.ANSWER, scope=Scope.HOST)
def alias_behind_shorter_alias(config: Config) -> Iterator[Diagnostic]:
    for server in filter(config.asks, config.servers):
        own = list(_own(config, server))
        # Those of one URL together, and without those that were told or that stand above: a file may be included a thousand times.
        left: dict[str, list[tuple[int, Mapping]]] = {}
        for at, alias in enumerate(own):
            left.setdefault(_prefix(alias).rstrip("/"), []).append((at, alias))
        if not _is_any_below(left):
            continue
        own = [_plain(alias) for alias in own]
        below = Nested((url or "/", url) for url in left)
        for at, shorter in enumerate(own):
            if shorter.is_regex:
                continue
            for url in below.below(shorter.url):
                if url == shorter.url.rstrip("/"):
                    continue
                later = [(place, alias) for place, alias in left[url] if place > at]
                taken = [
                    (place, own[place])
                    for place, alias in later
                    if together(shorter.item, alias.item) and covers_whole(shorter, own[place])
                ]
                told = {place for place, _ in taken}
                left[url] = [one for one in later if one[0] not in told]
                yield from _told(config, shorter, (alias for _, alias in taken))


def _own(config: Config, server: Server) -> Iterator[Mapping]:
    """Yield a host's own aliases, patterns only where they begin with a directory of URLs, as ``^/static/(.*)$``."""
    for alias in aliases(config, server):
        if alias.server is server and alias.item.known and (not alias.is_regex or len(_prefix(alias)) > 1):
            yield alias


def _prefix(alias: Mapping) -> str:
    return static_part(alias.url) if alias.is_regex else alias.url


def _plain(alias: Mapping) -> Mapping:
    """Return a pattern as the Alias that would do the same; the pattern itself where none would."""
    same = as_prefix(alias) if alias.is_regex else None
    return alias if same is None else alias._replace(url=f"{same[0]}/", target=f"{same[1]}/", is_regex=False)


def _is_any_below(urls: Iterable[str]) -> bool:
    """Whether any of some URLs, without slashes at their ends, may lie below another one."""
    known = sorted(f"{url}/" for url in set(urls))
    if any(url[:1] != "/" or "//" in url for url in known):
        return True
    # What lies below a URL comes right after it.
    return any(lower.startswith(url) for url, lower in pairwise(known))


def _told(config: Config, shorter: Mapping, taken: Iterable[Mapping]) -> Iterator[Diagnostic]:
    for alias in taken:
        if not _same_files(shorter, alias):
            yield Diagnostic(
                alias.item.path,
                alias.url_span,
                f"{shorter.item.name} {_url(shorter)} above takes every URL of {_url(alias)}, so its files are not found",
                _fix(config, shorter, alias),
                (Related(shorter.item.path, shorter.url_span, "the alias that takes them"),),
                help=f"write it above the line of {_url(shorter)}",
            )


def _url(alias: Mapping) -> str:
    """Return the URL or pattern as the line has it."""
    return alias.item.values[0] if alias.item.key.endswith("match") else alias.url


def _same_files(shorter: Mapping, longer: Mapping) -> bool:
    """Whether the shorter alias leads to the directory of the longer one as well."""
    rest = longer.url.rstrip("/")[len(shorter.url.rstrip("/")) :]
    return posixpath.normpath(shorter.target.rstrip("/") + rest) == posixpath.normpath(longer.target)


def _fix(config: Config, shorter: Mapping, longer: Mapping) -> Fix | None:
    first, second = shorter.item, longer.item
    if first.wrapper is not second.wrapper or first.path != second.path or first.foreign is not second.foreign:
        return None
    if first.guards != second.guards or any(len(config.readings(item)) > 1 for item in (first, second)):
        return None
    return Fix.unsafe(
        f"Move the line above that of {_url(shorter)}",
        insert_before(first, lines_with_comment(second)),
        delete_with_comment(second),
        reason="files can be fetched that no URL led to, and others cannot any more",
    )
