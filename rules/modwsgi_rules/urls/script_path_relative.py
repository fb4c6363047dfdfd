"""
The path of a WSGI script does not begin at the root of the file system.

## What happens

Visitors get 404, or 403 where `<Directory />` denies: the script is looked for elsewhere.

## Why

mod_wsgi takes the path unchanged, and the system completes it by the directory that httpd is *started* in, which under
systemd is `/`; `ServerRoot` has no part in it, as it has for `Alias` (measured with mod_wsgi 4.9.4). `~` is a directory
of that name there: only a shell knows the home of a user.

## Left alone

Where httpd refuses the line, as one with a path in two words, `refused-line` says so; of `shop.wsgi.application`, which names no file,
`script-names-a-callable` does.

There is no fix: the path alone does not say which script is meant. The help names one below a `<Directory>` of the same host
where there is just one.

## See also

mod_wsgi's own message is *Target WSGI script not found or unable to stat*. Rules `directory-path-relative` and
`missing-on-disk`.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / site/app.wsgi
    #                 ^^^^^^^^^^^^^
    <VirtualHost *:80>
        WSGIScriptAlias /shop ~/shop/app.wsgi
    #                         ^^^^^^^^^^^^^^^
        <Directory /home/ann/shop>
            Require all granted
        </Directory>
    </VirtualHost>
    WSGIImportScript site/warm.py process-group=%{GLOBAL} application-group=%{GLOBAL}
    #                ^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    WSGIScriptAlias /shop ${SITE}/app.wsgi
    WSGIScriptAlias /win C:/site/app.wsgi
    WSGIScriptAliasMatch ^/([a-z]+) /srv/$1/app.wsgi
    WSGIScriptAlias / shop "/srv/shop/app.wsgi"
    ```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.effect.refused import refused
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.sections import is_regex_section
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.urls._shared import callable_in, scripts_named

#: A path that does not begin with the root, a drive, a group of a pattern, a variable or a typographic quote.
_RELATIVE = expression(r"(?:~|\.{1,2}/|[\w.-]+)[^:$%]*\Z", re.ASCII)


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def script_path_relative(config: Config) -> Iterator[Diagnostic]:
    for item, script in scripts_named(config):
        if not _RELATIVE.match(script.value):
            continue
        if callable_in(script.value) or (item.path, item.span.start) in _refused(config):
            continue
        message = f"{script.value} is looked for where httpd is started, so the script is not found"
        yield Diagnostic(item.path, script.span, message, help=f"write {_whole(config, item, script.value)}")


def _refused(config: Config) -> set[tuple[str, int]]:
    """Return the places of the lines that httpd refuses."""
    return config.once(_refused, lambda: {(fault.path, fault.span.start) for fault in refused(config)})


def _whole(config: Config, item: Item, path: str) -> str:
    """Return the path of the script in the host's only directory of that name; without one, words for the path to write."""
    directory, name = posixpath.split(path)
    last = posixpath.basename(directory)
    sections = [one for one in config.within(item.server, "directory") if one.is_section and not is_regex_section(one)]
    found = {one.value.rstrip("/") for one in sections if one.value.startswith("/") and one.known}
    meant = [one for one in found if not last or posixpath.basename(one) == last]
    return posixpath.join(meant[0], name) if len(meant) == 1 else "the whole path, from the root"
