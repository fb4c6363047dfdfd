"""
The path of a `<Directory>` does not begin at the root of the file system.

## What happens

The section holds for another directory than the one that is meant, as a rule for none. What it grants is refused (403),
and what it denies stays open.

## Why

httpd completes the path by the directory that it is *started* in, and not by `ServerRoot`: under systemd that is `/`
(core.c:dirsection; measured with 2.4.71). `~` is a directory of that name there: only a shell knows the home of a user.

## Left alone

There is no fix: the path alone does not say which directory is meant. The help names one that is served and ends in it.
`<Directory ~ PATTERN>` is a regular expression, and a path that begins with a wildcard is not reported.

## See also

httpd's own message is *AH01630: client denied by server configuration*, for what is refused. Rules `dead-restriction` and
`grant-beside-what-is-served`.

## Examples

Reported without a fix:

    ```apache
    Alias /static /srv/site/www
    <Directory www>
    #          ^^^
        Require all granted
    </Directory>
    <Directory "~/site/private">
    #          ^^^^^^^^^^^^^^^^
        Require all denied
    </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/site/www>
        Require all granted
    </Directory>
    <Directory ~ "^/srv/[^/]+/static">
        Require all granted
    </Directory>
    <Directory "C:/site/www">
        Require all granted
    </Directory>
    <Directory ${SITE}/www>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.facts.served import served
from modwsgi_fix.model.merge.sections import is_regex_section
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: A path that does not begin with the root, a drive, a scheme (``proxy:``), a wildcard, a variable or a typographic quote.
_RELATIVE = expression(r"(?:~|\.{1,2}/|[\w.-]+)[^:]*\Z", re.ASCII)


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def directory_path_relative(config: Config) -> Iterator[Diagnostic]:
    for section in config.named("directory"):
        path = section.value
        if not _RELATIVE.match(path) or not section.is_section or len(section.args) != 1 or is_regex_section(section):
            continue
        if not section.known or not is_settled(path) or section.file.tree.is_template:
            continue
        meant = _served_by_name(config).get(posixpath.basename(path.rstrip("/")), [])
        yield Diagnostic(
            section.path,
            section.args[0].span,
            f"<Directory {path}> is looked for where httpd is started, so it never holds for what is meant",
            help=f"write {meant[0]} if it is meant" if len(meant) == 1 else "write the whole path, from the root",
        )


def _served_by_name(config: Config) -> dict[str, list[str]]:
    """Return the directories that are served, by their last components."""

    def found() -> dict[str, list[str]]:
        every = (one.directory for server in config.servers for one in served(config, server) or ())
        return grouped(dict.fromkeys(every), posixpath.basename)

    return config.once(_served_by_name, found)
