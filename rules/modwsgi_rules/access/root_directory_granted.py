"""
A `<Directory>` opens the root of the file system, or a directory that holds much more than a site.

`<Directory />` with a grant undoes the protection that it is there for: every file which httpd's user may read is served as
soon as a URL leads to it, by an alias, a rewrite rule or a symbolic link. `/home`, `/etc`, `/var`, `/srv`, `/usr` and `/opt`
are little better.

Reported and not fixed: which directories are meant to be served is the administrator's to say. Open each of them, then
let the root be `Require all denied`.

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
            f"{what} is opened to everyone; open the directories that are served, and leave the rest closed",
        )
