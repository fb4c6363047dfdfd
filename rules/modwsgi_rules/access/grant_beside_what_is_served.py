"""
A `<Directory>` grants access to a directory that is almost the one a URL leads to.

## What happens

Where the server denies by default, requests are refused (403), although the section looks right.

## Why

httpd compares the path of the section with the path that the URL was mapped to, letter by letter, and does not follow
links (request.c:ap_directory_walk). So a section does not hold where its path has another case, one letter more or
less, or one directory too much at its end; nor where the mount names a link and the section what the link leads to, or
the reverse. A wildcard at the end, `/srv/site/*`, takes a file only while no further path follows it in the URL, and
for an application at `/` one always does. `/srv/site/.*` is a pattern of the shell, too: it takes the names that begin with a dot. All of it was measured with 2.4.71.

## Left alone

There is no fix: the section or the mount may be wrong. A section is not reported where what it names is served or
rewritten to, too, where another section opens what is served, or where two paths differ in a digit alone, as those of
two sites do. Which path is a link needs
`--root`, and a directory beside what is served needs a whole server, in which no URL leads to what the section names.

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
    ```apache
    Alias /static /srv/shop/static
    <Directory /srv/shop/.*>
    #          ^^^^^^^^^^^^
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
from collections.abc import Iterable, Iterator
from functools import cached_property

from modwsgi_fix.directives.families import NAMED_DIRECTORIES
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.facts.served import Served, served
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of, grant, grants_in
from modwsgi_fix.model.merge.sections import directories_in, pattern_of
from modwsgi_fix.model.paths import Nested, components, has_wildcard
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Related, Scope, Severity, rule
from modwsgi_fix.tuples import NamedTuple

#: The most neighbours of a path that are looked at.
_FEW = 5
#: The most directories of a path whose neighbours are looked for.
_DEEPEST = 20
#: The fewest letters of a word that may be misspelt by one letter; shorter ones are too often words of their own.
_LONG = 5
#: The end of a path that is a regular expression to people, and a pattern of the shell to httpd.
_DOTTED = "/.*"


class _Near(NamedTuple):
    """A target that is served beside the path of a section, how the two differ, and what to do."""

    target: Served
    how: str
    advice: str
    is_wildcard: bool = False


@rule(severity=Severity.WARNING, rank=Rank.ANSWER, scope=Scope.HOST)
def grant_beside_what_is_served(config: Config) -> Iterator[Diagnostic]:
    if config.named(*NAMED_DIRECTORIES):
        return
    for section, path, targets in _beside(config) if config.named("directory") else ():
        near = _near(config, section, path, targets) if grants_in(config, section) else None
        if near is None:
            continue
        mapping = near.target.mapping
        related = () if mapping is None else (Related(mapping.item.path, mapping.target_span, "this is served"),)
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Directory {pattern_of(section)}> does not open {near.target.path}: {near.how}",
            related=related,
            help=near.advice,
        )


def _beside(config: Config) -> Iterator[tuple[Item, str, _Targets]]:
    """Yield the sections about a directory that no URL leads to, each with it, and with what URLs lead to instead."""
    for server in filter(config.asks, config.servers):
        sections = [one for one in directories_in(config, server).paths if one[1][:1] == "/"]
        targets = _targets(config, server) if sections else None
        if targets is not None:
            directories = targets.directories
            yield from ((one, path, targets) for one, path in sections if path not in directories)


def _near(config: Config, section: Item, path: str, targets: _Targets) -> _Near | None:
    if not section.known or section.in_doubt or not is_settled(path) or section.file.tree.is_template:
        return None
    if path.endswith(_DOTTED):
        found = (near for near in _of_dots(targets, path) if _is_closed(config, section.server, near))
        return next(found, None)
    bare = path.removesuffix("/*") if path.endswith("/*") else path
    if has_wildcard(bare) or _is_used(targets, path, bare):
        return None
    found = (near for near in _candidates(config, targets, path, bare) if _is_closed(config, section.server, near))
    return next(found, None)


def _of_dots(targets: _Targets, path: str) -> Iterator[_Near]:
    """Yield what is served below a directory, of which a pattern takes only the names that begin with a dot."""
    bare = path.removesuffix(_DOTTED)
    below = [] if has_wildcard(bare) else targets.nested.below(bare)
    if targets.written.below(bare) or any(f"{one.directory}/".startswith(f"{bare}/.") for one in below):
        return
    for target in below:
        how = "it is for names that begin with a dot"
        yield _Near(target, how, f"write {bare}, which is for all below it", is_wildcard=True)


class _Targets:
    """The targets of a server, and indexes of them for sections that are about something else."""

    def __init__(self, config: Config, server: Server, every: Iterable[Served]) -> None:
        self._every = tuple(every)
        self._disk = config.disk
        self._rewriting = config.named("rewriterule") if server.is_main else _of_host(config, server, "rewriterule")
        self.directories = {one.directory for one in self._every}
        #: The names in a directory by what is left of each without one letter; for ``alike``.
        self._spelt: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def nested(self) -> Nested[Served]:
        """The targets by their directories."""
        return Nested((one.directory, one) for one in self._every)

    @cached_property
    def written(self) -> Nested[str]:
        """The paths that RewriteRules name."""
        named = (item.values[1].partition("$")[0] for item in self._rewriting if len(item.values) > 1)
        return Nested((path, path) for path in named if path.startswith("/"))

    @cached_property
    def beside(self) -> dict[str, list[Served]]:
        """A few targets by the parent of their directory."""
        by_parent = grouped(self._every, lambda one: posixpath.dirname(one.directory))
        return {above: found[:_FEW] for above, found in by_parent.items()}

    @cached_property
    def real(self) -> dict[str, list[Served]]:
        """The targets by the real path of their directory, where the disk has it."""
        disk = self._disk
        if disk is None:
            return {}
        return grouped((one for one in self._every if disk.is_dir(one.directory)), lambda one: disk.key(one.directory))

    @cached_property
    def first(self) -> dict[str, Served]:
        """Each directory, and each above it that belongs to one site, with the first target in it."""
        found: dict[str, Served] = {}
        for target in self._every:
            for directory in _with_those_above(target.directory):
                if directory in found:
                    break  # and so are those above it
                found[directory] = target
        return found

    @cached_property
    def by_case(self) -> dict[str, list[str]]:
        """These directories by their paths in lower case."""
        return grouped(self.first, str.lower)

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        """The names in these directories and above them, by the directory that each stands in."""
        found: dict[str, set[str]] = {}
        for directory in self.first:
            above, _, name = directory.rpartition("/")
            found.setdefault(above, set()).add(name)
            if above.count("/") == 1:
                found.setdefault("", set()).add(above[1:])
        return found

    def alike(self, above: str, name: str) -> list[str]:
        """Return the names in a directory that one letter may tell from a name."""
        spelt = self._spelt.get(above)
        if spelt is None:
            spelt = self._spelt[above] = {}
            for other in sorted(self._names.get(above, ())):
                for spelling in _spellings(other) if len(other) >= _LONG else ():
                    spelt.setdefault(spelling, []).append(other)
        return list(dict.fromkeys(one for spelling in _spellings(name) for one in spelt.get(spelling, ())))


def _targets(config: Config, server: Server) -> _Targets | None:
    """Return the targets of a server; for the main server those of all hosts. None where some are not known."""
    return config.once((_targets, server), lambda: _find_targets(config, server))


def _find_targets(config: Config, server: Server) -> _Targets | None:
    every: dict[Served, None] = {}
    for host in config.servers if server.is_main else [server]:
        found = served(config, host)
        if found is None:
            return None
        for target in found:
            if has_wildcard(target.directory):
                return None
            if target.directory.startswith("/"):
                every[target] = None
    return _Targets(config, server, every)


def _of_host(config: Config, server: Server, name: str) -> list[Item]:
    """Return the directives of a name that hold in a host: its own, and those of the main server."""
    return [*config.within(config.main, name), *config.within(server, name)]


def _with_those_above(directory: str) -> Iterator[str]:
    """Yield a directory and those above it that belong to one site."""
    parts = components(directory)
    return ("/" + "/".join(parts[:count]) for count in range(min(len(parts), _DEEPEST), 1, -1))


def _spellings(name: str) -> list[str]:
    """Return a name, and the same without each one of its letters."""
    return [name, *[name[:at] + name[at + 1 :] for at in range(len(name))]]


def _is_used(targets: _Targets, path: str, bare: str) -> bool:
    """Whether something that the section holds for is served: below it, or above it as a directory of files."""
    below = targets.nested.below(bare)
    if (path == bare and below) or targets.written.below(bare) or targets.written.above(bare):
        return True
    if path != bare and any(one.directory.rstrip("/") != bare or not one.is_script for one in below):
        return True
    return any(one.file is None for one in targets.nested.above(bare))


def _candidates(config: Config, targets: _Targets, path: str, bare: str) -> Iterator[_Near]:
    if path != bare:
        for target in targets.nested.below(bare):
            if target.file is not None and target.mapping is not None and target.mapping.url == "/":
                how = "a path follows the file in every request"
                yield _Near(target, how, f"write {bare} if it is meant", is_wildcard=True)
        return
    disk = config.disk
    if disk is not None and disk.is_dir(path):
        for target in targets.real.get(disk.key(path), ()):
            yield _Near(target, "links are not followed for that", f"write {target.directory} if it is meant")
        return
    if len(components(path)) > _DEEPEST:
        return
    for directory in targets.by_case.get(path.lower(), ()):
        yield _Near(targets.first[directory], "the case of letters counts", f"write {directory} if it is meant")
    for directory in _misspelt(targets, path):
        yield _Near(targets.first[directory], "one letter differs", f"write {directory} if it is meant")
    for target in targets.nested.above(posixpath.dirname(path)):
        if target.file is not None and target.directory == posixpath.dirname(path):
            advice = f"move the file, or open it by <Files {target.file}> in <Directory {target.directory}>"
            yield _Near(target, "it lies one directory above", advice)
    above = posixpath.dirname(path)
    if sees_all_sections(config) and len(components(above)) > 1:
        for target in targets.beside.get(above, ()):
            yield _Near(target, "it lies in the directory beside", f"write {target.directory} if it is meant")


def _misspelt(targets: _Targets, path: str) -> Iterator[str]:
    """Yield the directories whose paths differ from one in a word, by one letter that is not as it should be."""
    names = path.split("/")
    for at, name in enumerate(names):
        for other in targets.alike("/".join(names[:at]), name) if len(name) >= _LONG else ():
            directory = "/".join([*names[:at], other, *names[at + 1 :]])
            if directory in targets.first and _is_slip(name, other):
                yield directory


def _is_slip(word: str, meant: str) -> bool:
    """Whether two words differ by one letter that is added, missing or replaced, or by two swapped letters."""
    start = len(posixpath.commonprefix([word, meant]))
    end = min(len(posixpath.commonprefix([word[::-1], meant[::-1]])), min(len(word), len(meant)) - start)
    left, right = word[start : len(word) - end], meant[start : len(meant) - end]
    is_swap = len(left) == 2 and left == right[::-1]
    return (max(len(left), len(right)) == 1 or is_swap) and (left + right).isalpha()


def _is_closed(config: Config, server: Server, near: _Near) -> bool:
    """Whether no section in sight opens a target."""
    target = near.target
    # A wildcard at the end of a path looks as if it held for the file.
    found = grant(config, server, target.directory, None if near.is_wildcard else target.file)
    if config.complete:
        return found.allowed is False
    return found.allowed is not True and not any(
        one is not None and access_of(one).grants for one in (found.by_22, found.by_24)
    )
