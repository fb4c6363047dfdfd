"""
A `<Directory>` grants access to a directory that is almost the one a URL leads to.

## What happens

Where the server denies by default, requests are refused (403), although the section looks right.

## Why

httpd compares the path of the section with the path that the URL was mapped to, letter by letter, and does not follow links
(request.c:ap_directory_walk). So a section does not hold where its path has another case, one letter more or less, or one directory
too much at its end; nor where the mount names a link and the section what the link leads to, or the reverse. A wildcard at the end,
`/srv/site/*`, takes a file only while no further path follows it in the URL, and for an application at `/` one always does. All of it was measured with 2.4.71.

## Left alone

There is no fix: the section or the mount may be wrong. A section is not reported where what it names is served, too, where
another section opens what is served, or where two paths differ in a digit alone, as those of two sites do. Which path is a link needs `--root`.

## See also

httpd's own message is *AH01630: client denied by server configuration*. Rules `script-directory-not-granted`,
`static-directory-not-granted`, `directory-names-a-file`, `directory-path-relative` and `missing-on-disk`.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / /srv/Site/app.wsgi
    <Directory /srv/site>
    #          ^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /static/ /srv/shop/static/
    <Directory /srv/shop/statics>
    #          ^^^^^^^^^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop/*>
    #          ^^^^^^^^^^^
        Require all granted
    </Directory>
    ```

Not reported:

    ```apache
    WSGIScriptAlias / /srv/site1/app.wsgi
    <Directory /srv/site2>
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /old/ /srv/Site/old/
    Alias /new/ /srv/site/new/
    <Directory /srv/Site>
        Require all granted
    </Directory>
    <Directory /srv/site>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.directives.families import INDIRECT_MAPPINGS
from modwsgi_fix.model.config import Config, Item, Server, grouped
from modwsgi_fix.model.facts.served import Served, served
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule

#: A word of so many letters may be misspelt by one; shorter ones are too often words of their own.
_LONG = 5


class _Near(NamedTuple):
    """What is served beside the path of a section: the path that was probably meant, and what the two differ in."""

    target: Served
    meant: str
    how: str
    is_wildcard: bool = False


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def grant_beside_what_is_served(config: Config) -> Iterator[Diagnostic]:
    if any(item.key in ("userdir", "virtualdocumentroot") for item in config.named(*INDIRECT_MAPPINGS)):
        return
    for section in config.named("directory"):
        if not section.args or is_regex_section(section) or not section.known or section.guards:
            continue
        path = pattern_of(section).rstrip("/")
        if not path.startswith("/") or not is_settled(path) or section.file.tree.is_template:
            continue
        near = _near(config, section, path) if access_of(section).grants else None
        if near is None:
            continue
        mapping = near.target.mapping
        related = () if mapping is None else (Related(mapping.item.path, mapping.target_span, "this is served"),)
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Directory {pattern_of(section)}> does not open {near.target.path}: {near.how}",
            related=related,
            help=f"write {near.meant} if it is meant",
        )


def _near(config: Config, section: Item, path: str) -> _Near | None:
    targets = _targets(config, section.server)
    if targets is None:
        return None
    bare = path.removesuffix("/*") if path.endswith("/*") else path
    if has_wildcard(bare) or _is_used(targets, path, bare):
        return None
    found = (near for near in _candidates(config, targets, path, bare) if _is_closed(config, section.server, near))
    return next(found, None)


class _Targets(NamedTuple):
    """What a server serves: by directory, by directory in lower case, by the real path, and by the spellings that lack a letter."""

    nested: Nested[Served]
    lower: dict[str, list[Served]]
    real: dict[str, list[Served]]
    shorter: dict[str, list[Served]]


def _targets(config: Config, server: Server) -> _Targets | None:
    """What a server serves; for the main server what all hosts do. None where some of it cannot be told."""
    return config.once((_targets, server), lambda: _find_targets(config, server))


def _find_targets(config: Config, server: Server) -> _Targets | None:
    every: list[Served] = []
    for host in config.servers if server.is_main else [server]:
        found = served(config, host)
        if found is None:
            return None
        every += [one for one in found if one.directory.startswith("/") and not has_wildcard(one.directory)]
    every = list(dict.fromkeys(every))
    shorter = ((spelling, one) for one in every for spelling in _shorter(one.directory))
    disk = config.disk
    there = [one for one in every if disk is not None and disk.is_dir(one.directory)]
    return _Targets(
        Nested((one.directory, one) for one in every),
        grouped(every, lambda one: one.directory.lower()),
        {} if disk is None else grouped(there, lambda one: disk.key(one.directory)),
        {key: [one for _, one in pairs] for key, pairs in grouped(shorter, lambda pair: pair[0]).items()},
    )


def _shorter(path: str) -> Iterator[str]:
    """A path, and the path without one of its letters, each in turn."""
    yield path
    yield from dict.fromkeys(path[:at] + path[at + 1 :] for at in range(len(path)) if path[at] != "/")


def _is_used(targets: _Targets, path: str, bare: str) -> bool:
    """Whether something that the section holds for is served: below it, or above it as a directory of files."""
    below = targets.nested.below(bare)
    if path == bare and below:
        return True
    if path != bare and any(one.directory.rstrip("/") != bare or not one.is_script for one in below):
        return True
    return any(one.file is None for one in targets.nested.above(bare))


def _candidates(config: Config, targets: _Targets, path: str, bare: str) -> Iterator[_Near]:
    if path != bare:
        for one in targets.nested.below(bare):
            if one.file is not None and one.mapping is not None and one.mapping.url == "/":
                yield _Near(one, bare, "a path follows the file in every request", is_wildcard=True)
        return
    for one in targets.lower.get(path.lower(), ()):
        yield _Near(one, one.directory, "the case of letters counts")
    disk = config.disk
    if disk is not None and disk.is_dir(path):
        for one in targets.real.get(disk.key(path), ()):
            yield _Near(one, one.directory, "links are not followed for that")
        return
    for one in targets.nested.above(posixpath.dirname(path)):
        if one.file is not None and one.directory == posixpath.dirname(path):
            yield _Near(one, one.directory, "the file is one directory above")
    for spelling in _shorter(path):
        for one in targets.shorter.get(spelling, ()):
            if _is_misspelt(path, one.directory):
                yield _Near(one, one.directory, "one letter differs")


def _is_misspelt(one: str, other: str) -> bool:
    """Whether two paths differ in one word, by one letter that is put in, left out or replaced, or by two that changed places."""
    mine, theirs = one.split("/"), other.split("/")
    if len(mine) != len(theirs):
        return False
    words = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    if len(words) != 1 or min(map(len, words[0])) < _LONG:
        return False
    a, b = words[0]
    start = len(posixpath.commonprefix([a, b]))
    end = min(len(posixpath.commonprefix([a[::-1], b[::-1]])), min(len(a), len(b)) - start)
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    is_swap = len(left) == 2 and left == right[::-1]
    return (max(len(left), len(right)) == 1 or is_swap) and (left + right).isalpha()


def _is_closed(config: Config, server: Server, near: _Near) -> bool:
    """Whether no section in sight opens what is served."""
    target = near.target
    # A wildcard at the end of a path seems to hold for the file.
    found = grant(config, server, target.directory, None if near.is_wildcard else target.file)
    if config.complete:
        return found.allowed is False
    return found.allowed is not True and not any(
        one is not None and access_of(one).grants for one in (found.by_22, found.by_24)
    )
