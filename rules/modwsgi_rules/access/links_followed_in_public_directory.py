"""
Symbolic links are followed out of a directory of public files.

## What happens

A link `static/etc -> /etc` serves `/etc`, whatever `<Directory />` denies.

## Why

A `<Directory>` is compared with the path as the URL maps it, not with where a link leads (`request.c:ap_directory_walk`), and
`FollowSymLinks` is on by default since httpd 2.4. Where uploads or deployments can make links in a public directory,
`Options -FollowSymLinks` closes that.

## The fix

It is unsafe, because links that are used there stop working, and so do `RewriteRule`s in an `.htaccess` file: it switches the option
off in the section that opens the directory. A directory that is itself reached through a link is not affected.

## Left alone

Of several sections for one directory the one is reported whose `Options` decide, because the last one wins.

Where `--root` shows links that are used, there is no fix. Below `/usr` only the administrator makes links, so nothing is reported
there unless a link leads out of the directory.

## See also

`allow-in-location`, `indexes-in-public-directory`.

## Examples

    ```diff unsafe
     Alias /static/ /srv/site/static/
     <Directory /srv/site/static>
    -    Options FollowSymLinks
    +    Options None
         Require all granted
     </Directory>
     Alias /media/ /srv/site/media/
     <Directory /srv/site/media>
    -    Options Indexes FollowSymLinks
    +    Options Indexes
         Require all granted
     </Directory>
    ```
    ```diff unsafe
     #- httpd.conf
     Alias /static/ /srv/site/static/
     <Directory /srv/site/static>
         Require all granted
    +    Options -FollowSymLinks
     </Directory>
    ```

The disk shows that a link leads out of the directory, into the system:

    ```apache
    Alias /static/ /srv/site/static/
    <Directory /srv/site/static>
    #          ^^^^^^^^^^^^^^^^
        Options +FollowSymLinks
        Require all granted
    </Directory>
    #- /srv/site/static/logo.png -> /srv/shared/logo.png
    #- /srv/shared/logo.png
    ```

Nobody but the administrator makes links below `/usr`:

    ```apache
    Alias /icons/ /usr/share/icons/
    <Directory /usr/share/icons>
        Options FollowSymLinks
        Require all granted
    </Directory>
    ```

Switched off, not said, or not what URLs lead to:

    ```apache
    Alias /static/ /srv/site/static/
    <Directory /srv/site/static>
        Options -Indexes -FollowSymLinks
        Require all granted
    </Directory>
    Alias /media/ /srv/site/media/
    <Directory /srv/site/media>
        Require all granted
    </Directory>
    <Directory /srv/other>
        Options FollowSymLinks
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import counterpart, stand_in
from modwsgi_fix.model.facts.public import public_sections
from modwsgi_fix.model.facts.served import links_in
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.options import has_signs
from modwsgi_fix.model.merge.places import Option, option
from modwsgi_fix.model.merge.sections import path_matches, pattern_of
from modwsgi_fix.rewriting.lines import append, delete_span, replace_arg
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.INFO, scope=Scope.HOST)
def links_followed_in_public_directory(config: Config) -> Iterator[Diagnostic]:
    places: dict[tuple[Server, str], list[Item]] = {}
    of_main = {server for server, _, _ in public_sections(config, config.main)}
    for host in (one for one in config.servers if config.asks(one) or one in of_main):
        for server, section, directory in public_sections(config, host):
            places.setdefault((server, directory), []).append(section)
    for (server, directory), sections in places.items():
        state = _option(config, server, sections[0], directory, "followsymlinks")
        if state.on is not True or _option(config, server, sections[0], directory, "symlinksifownermatch").on is True:
            continue
        links = links_in(config, directory)
        if not links.stray and path_matches("/usr", directory):
            continue
        section = next((one for one in sections if state.by in one.children), sections[0])
        if not config.asks(section.server):
            continue
        message = f"symbolic links in {directory} are followed wherever they lead"
        if links.stray:
            message = f"{links.stray[0]} leads out of {directory}, and symbolic links there are followed"
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            message,
            None if links.wanted else _fix(section, state.by),
            severity=Severity.WARNING if links.stray else None,
            help="switch FollowSymLinks off there, unless links are used",
        )


def _option(config: Config, server: Server, section: Item, directory: str, name: str) -> Option:
    """Return an option of a directory that a section opens; of hosts that are alike one is asked."""
    stands = stand_in(config, server) if section.server is server else None
    if stands is None:
        return option(config, server, directory, name)
    found = option(config, stands, pattern_of(counterpart(config, stands, section)).rstrip("/"), name)
    return found if found.by is None else found._replace(by=counterpart(config, server, found.by))


def _fix(section: Item, by: Item | None) -> Fix | None:
    if section.guards or any(child.file is not section.file for child in section.children):
        return None
    if by is not None and by.parent is not section and by.index > section.index:
        # A later section for the same directory decides.
        return None
    reason = "links in the directory are no longer followed"
    title = "Do not follow links there"
    own = [child for child in section.children if child.key == "options"]
    if not own:
        return Fix.unsafe(title, append(section, ["Options -FollowSymLinks"]), reason=reason)
    line = own[-1]
    if len(own) > 1 or line.guards or not line.known:
        return None
    if by is not line:
        # The line has only other options, with signs, or none, and leaves this one as it was.
        end = line.span.end
        return Fix.unsafe(title, Edit(line.path, Span(end, end), " -FollowSymLinks"), reason=reason)
    words = [number for number, value in enumerate(line.values) if value.lstrip("+").lower() == "followsymlinks"]
    if len(words) != 1 or any(value.lower().lstrip("+") == "all" for value in line.values):
        return None
    if has_signs(line):
        return Fix.unsafe(title, replace_arg(line, words[0], "-FollowSymLinks"), reason=reason)
    if len(line.args) == 1:
        return Fix.unsafe(title, replace_arg(line, 0, "None"), reason=reason)
    return Fix.unsafe(title, delete_span(line, line.args[words[0]].span), reason=reason)
