"""
A `<Location>` holds the path of a directory on the disk.

## What happens

Nothing in the section takes effect, be it a grant, a restriction or a `WSGIProcessGroup`.

## Why

httpd compares `<Location>` with the path of the URL (`request.c:ap_location_walk`). `<Location /srv/site>` holds for
`http://example.com/srv/site`, which nobody asks for, and not for the files in `/srv/site`. Files are named by
`<Directory>`.

## The fix

It makes the section a `<Directory>`. It is unsafe, because what the section says then takes effect, grants included.

## Left alone

A path that an alias or a mount of the host uses as a URL is not reported.

## See also

`directory-names-a-file`.

## Examples

    ```diff unsafe
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Location /srv/site>
    +<Directory /srv/site>
         WSGIProcessGroup site
         Require all granted
    -</Location>
    +</Directory>
    ```
    ```diff unsafe
     Alias /files /srv/files
    -<Location "/srv/files/internal">
    +<Directory "/srv/files/internal">
         Require ip 192.0.2.0/24
    -</Location>
    +</Directory>
    ```

These are paths of URLs, though one looks like a path of the disk:

    ```apache
    Alias /srv /srv/files
    WSGIScriptAlias /app /srv/site/app.wsgi
    <Location /srv/files>
        Require ip 192.0.2.0/24
    </Location>
    <Location /app>
        Require ip 192.0.2.0/24
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.sections import pattern_of
from modwsgi_fix.rewriting.lines import rename_section
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.access._file_paths import names_a_file_path


@rule(severity=Severity.ERROR)
def location_names_a_file_path(config: Config) -> Iterator[Diagnostic]:
    for section in config.named("location"):
        if not names_a_file_path(config, section):
            continue
        pattern = pattern_of(section).rstrip("/")
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Location {pattern}> holds a path of the disk, so nothing in the section takes effect",
            fix := _fix(section),
            help="" if fix else "use <Directory> instead",
        )


def _fix(section: Item) -> Fix | None:
    edits = rename_section(section, "Directory")
    reason = "what the section says takes effect for these files, grants included"
    return Fix.unsafe("Make it a <Directory>", *edits, reason=reason) if edits else None
