"""
httpd refuses a line of an `.htaccess` file.

## What happens

Every request below the directory of the file is answered with an error 500. httpd starts, because it reads the file only with
a request.

## Why

What may stand in such a file is what its module allows there and `AllowOverride` admits (config.c:invoke_cmd,
ap_parse_htaccess). People put `WSGIScriptAlias` there, which belongs into the host, or move a file to a server without
the module that it needs.

Where nothing says `AllowOverride`, httpd 2.4 reads the file and admits none of its lines (`create_core_dir_config`, core.c); in 2.2 it
admitted all of them.

## The fix

Where nothing says `AllowOverride`, it writes `AllowOverride All` into the `<Directory>` that is the nearest above the file. That is what
2.2 had by default, and it is unsafe: all such files below it say what they like again.

## Left alone

In all other cases there is no fix: the line may belong elsewhere, or `AllowOverride` may be meant otherwise. Neither is there one for a
line that may not stand in such a file at all, and where the section above it is `<Directory />` or a regular expression.
Only `--root` shows the files. What
`AllowOverride None` leaves unread, and what `Nonfatal=` passes over, is not reported; nor is a name that a module may have which
modwsgi-fix does not know.

## See also

httpd's own messages are *WSGIScriptAlias not allowed here* and *Invalid command 'RewriteEngin', perhaps misspelled or defined
by a module not included in the server configuration*, each with *alert* and the path of the file. `modwsgi-fix trace` says so of
a URL.

## Examples

    ```diff unsafe
     #- httpd.conf
     ServerName www.example.com
     Listen 80
     DocumentRoot /srv/www
     <Directory /srv/www>
         Require all granted
    +    AllowOverride All
     </Directory>
     #- /srv/www/private/.htaccess
     Require all denied
     #- /srv/www/private/list.txt
     names
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride None
        Require all granted
    </Directory>
    #- /srv/www/.htaccess
    WSGIScriptAlias / /srv/app.wsgi
    ```

Reported without a fix:

    ```apache
    #- httpd.conf
    ServerName example.com
    Listen 80
    DocumentRoot /srv/www
    <Directory /srv/www>
        AllowOverride All
        Require all granted
    </Directory>
    #- /srv/www/.htaccess
      WSGIScriptAlias / /srv/app.wsgi
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.directives import Context, allowed_in, find
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.htaccess import Refused, refused_htaccess
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.lines import locate
from modwsgi_fix.model.merge.places import is_override_default
from modwsgi_fix.model.merge.sections import (
    depth,
    directory_matches,
    directory_sections,
    is_regex_section,
    pattern_of,
)
from modwsgi_fix.rewriting.lines import append
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.syntax import Directive, Section

_REASON = "such files say what they like again, as they did with httpd 2.2"
_HELP = "take the line out, write it into the host, or let AllowOverride admit it"
_NEVER = "take the line out, or write it into the configuration of the server: no AllowOverride admits it"
_WORDS = "correct the line, or take it out"
#: How a reason ends that AllowOverride can do away with, where the directive may stand in such a file at all.
_NOT_ALLOWED = "is not allowed here"


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def htaccess_refused(config: Config) -> Iterator[Diagnostic]:
    for refused in refused_htaccess(config):
        fix = _fix(config, refused)
        message = f"httpd refuses this line, so every request below it is an error 500: {refused.reason}"
        yield Diagnostic(refused.file.path, refused.span, message, fix, help="" if fix else _help(refused))


def _help(refused: Refused) -> str:
    """Return what to do where there is no fix."""
    if not refused.reason.endswith(_NOT_ALLOWED):
        return _WORDS
    node, _ = locate(refused.file.tree, refused.span.start)
    if not isinstance(node, Directive | Section) or find(node.name) is None:
        return _HELP
    return _HELP if allowed_in(node.name, Context.HTACCESS) else _NEVER


def _fix(config: Config, refused: Refused) -> Fix | None:
    """Let a file say what it says, where no line decides and 2.2 would have let it."""
    directory = posixpath.dirname(refused.place)
    node, _ = locate(refused.file.tree, refused.span.start)
    if not isinstance(node, Directive) or not allowed_in(node.name, Context.HTACCESS):
        return None
    if not is_override_default(config, refused.server, directory):
        return None
    section = _above(config, refused, directory)
    if section is None:
        return None
    return Fix.unsafe("Write AllowOverride All", append(section, ["AllowOverride All"]), reason=_REASON)


def _above(config: Config, refused: Refused, directory: str) -> Item | None:
    """The nearest section above such a file, where it can be edited."""
    sections = reversed(directory_sections(config, refused.server))
    section = next((one for one in sections if directory_matches(one, directory) is not False), None)
    if section is None or is_regex_section(section) or not depth(pattern_of(section)):
        return None
    return None if section.guards or not section.known else section
