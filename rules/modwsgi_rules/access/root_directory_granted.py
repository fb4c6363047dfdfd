"""
A `<Directory>` opens the root of the file system, or a directory that holds much more than a site.

## What happens

httpd serves every file that its user may read, as soon as an alias, a rewrite rule or a symbolic link leads there.

## Why

`<Directory />` is there to close the file system; a grant in it does the reverse. `/home`, `/etc`, `/var`, `/srv`,
`/usr` and `/opt` are little better (the httpd manual, "Security tips: protect server files by default").

## Left alone

There is no fix: the administrator knows which directories are to be served. Open each of them, then write
`Require all denied` for the root.

## See also

`missing-deny-baseline`, `allow-in-location`.

## Examples

    ```apache
    <Directory />
    #          ^
        Options FollowSymLinks
        Require all granted
    </Directory>
    ```
    ```apache
    <Directory /home>
    #          ^^^^^
        Order deny,allow
        Allow from all
    </Directory>
    ```
    ```apache
    <Directory />
        Require all denied
    </Directory>
    <Directory /var/www/html>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.rule import Diagnostic, Severity, rule

_WIDE = frozenset({"", "/home", "/etc", "/var", "/srv", "/usr", "/opt", "/root", "/tmp", "/mnt", "/media", "/data"})


@rule(severity=Severity.WARNING)
def root_directory_granted(config: Config) -> Iterator[Diagnostic]:
    for section in config.named("directory"):
        path = pattern_of(section).rstrip("/")
        if not section.args or is_regex_section(section) or path not in _WIDE or not access_of(section).grants:
            continue
        what = "the whole file system" if not path else f"all of {path}"
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Directory {pattern_of(section)}> opens {what} to everyone",
            help="open the directories that are served, and close the rest",
        )
