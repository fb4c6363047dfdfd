"""
A `<Directory>` names a file.

## What happens

What the section says does not hold for the file, or for a few of its URLs only. Access to a script falls back to what
other sections say about its directory.

## Why

`<Directory>` is for directories (`request.c:ap_directory_walk`). httpd applies one that names a WSGI script to the
bare URL of the mount at most. As soon as the URL goes on (`/app/page`, and always with a mount at `/`), the section
does not hold. A file is named by `<Files>` within the `<Directory>` around it.

## The fix

It writes `<Files>` within the directory. It is unsafe, because a grant then opens a script that was closed.

## Left alone

A section with directives that `<Files>` does not take is reported without a fix.

## See also

`location-names-a-file-path`, `script-directory-not-granted`.

## Examples

    ```diff unsafe
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Directory /srv/site/app.wsgi>
    -    # the application
    -    Require all granted
    -</Directory>
    +<Directory /srv/site>
    +    <Files app.wsgi>
    +        # the application
    +        Require all granted
    +    </Files>
    +</Directory>
    ```

`<Files>` does not take `AllowOverride`:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site/app.wsgi>
    #          ^^^^^^^^^^^^^^^^^^
        AllowOverride None
        Require all granted
    </Directory>
    ```
    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site>
        <Files app.wsgi>
            Require all granted
        </Files>
    </Directory>
    <Directory /srv/site.d>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.directives.families import ORDER_KEYS
from modwsgi_fix.directives.suffixes import SCRIPTS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.sections import directories_in, is_regex_section, pattern_of
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span

_MOVABLE = ORDER_KEYS | {"require", "wsgiprocessgroup", "wsgiapplicationgroup", "wsgipassauthorization"}


@rule(severity=Severity.ERROR)
def directory_names_a_file(config: Config) -> Iterator[Diagnostic]:
    scripts = set()
    for server in config.servers:
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if target is not None and target.file is not None:
                scripts.add(target.path)
    sections = config.named("directory")
    if config.disk is None:
        naming = {one for one in config.servers for _, path in directories_in(config, one).paths if path in scripts}
        sections = [section for section in sections if section.server in naming] if naming else []
    for section in sections:
        path = pattern_of(section).rstrip("/")
        disk = config.disk
        if disk is None and path not in scripts:
            continue
        if (
            not section.is_section
            or not section.args
            or not section.known
            or is_regex_section(section)
            or has_wildcard(path)
        ):
            continue
        if disk is not None and disk.is_dir(path):
            continue
        if not (path in scripts and path.endswith(SCRIPTS)) and not (disk is not None and disk.is_file(path)):
            continue
        fix = _fix(section, path)
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<Directory {path}> names a file, for which it does not reliably hold",
            fix,
            help="" if fix else f"write <Files> within <Directory {posixpath.dirname(path)}>",
        )


def _fix(section: Item, path: str) -> Fix | None:
    node = section.node
    if section.guards or not isinstance(node, Section) or node.close is None:
        return None
    if any(child.key not in _MOVABLE or child.file is not section.file for child in section.children):
        return None
    file, outer, unit = section.file, node.indent, section.file.unit
    source, newline = file.text, file.newline
    directory, name = posixpath.split(path)
    start, end = node.inner_span
    inside = "".join(unit + line if line.strip() else line for line in source[start:end].splitlines(keepends=True))
    after = newline if source[node.close.start : node.close.end].endswith("\n") else ""
    text = (
        f"{outer}<Directory {quoted(directory)}>{newline}{outer}{unit}<Files {quoted(name)}>{newline}{inside}"
        f"{outer}{unit}</Files>{newline}{outer}</Directory>{after}"
    )
    return Fix.unsafe(
        "Name the file by <Files>",
        Edit(section.path, Span(node.start, node.end), text),
        reason="the section then holds for every URL of the script, and what it grants is open",
    )
