r"""
A path begins or ends with a quotation mark that has no other.

## What happens

A mark at the end is part of the name: no file is called that, and a `<Directory>` holds for nothing. A mark at the beginning
takes the rest of the line for the path, options and all.

## Why

httpd looks for a quotation mark at the beginning of a word only, and where it finds no second one, the word ends with the line
(util.c: `ap_getword_conf`).

## The fix

It deletes a mark at the end, and writes the second one behind the path, before the options of mod_wsgi or the format of a log. It is
safe where httpd refused to start. It is a repair where an application is found by it, or where it closes something; options that were
part of the path count from then on, so the application may run in another process group. Elsewhere it is unsafe: what the line
means comes into force.

## Left alone

A path with a mark at its beginning and nothing behind it, which httpd reads as it was meant. An option whose value stands in marks
and has blanks, which mod_wsgi reads as one. Texts and patterns, in which a mark may be intended.

## See also

*does not exist or is empty*, *DocumentRoot '...' is not a directory*, *Target WSGI script not found or unable to stat*.
Rules `smart-quotes` and `unescaped-log-quotes`.

## Examples

    ```diff
     <VirtualHost *:443>
    -    SSLCertificateFile /etc/ssl/shop.crt"
    +    SSLCertificateFile /etc/ssl/shop.crt
     </VirtualHost>
    ```
    ```diff repair
     <VirtualHost *:443>
    -    WSGIScriptAlias / /srv/shop/app.wsgi" process-group=shop
    +    WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop
    -    WSGIScriptAlias /blog "/srv/blog/app.wsgi process-group=blog application-group=%{GLOBAL}
    +    WSGIScriptAlias /blog "/srv/blog/app.wsgi" process-group=blog application-group=%{GLOBAL}
    -    WSGIDaemonProcess shop python-home=/srv/venv" threads=5
    +    WSGIDaemonProcess shop python-home=/srv/venv threads=5
    -    WSGIDaemonProcess blog home="/srv/blog display-name=%{GROUP}
    +    WSGIDaemonProcess blog home="/srv/blog" display-name=%{GROUP}
     </VirtualHost>
    ```
    ```diff repair
     WSGIDaemonProcess shop
     <VirtualHost *:80>
         ServerName shop.example
         <Directory /srv/shop>
             Require all granted
         </Directory>
    -    WSGIScriptAlias / "/srv/shop process-group=shop
    +    WSGIScriptAlias / "/srv/shop" process-group=shop
     </VirtualHost>
    ```
    ```diff repair
     <VirtualHost *:80>
         WSGIScriptAlias / /srv/shop/app.wsgi
         <Directory /srv/shop>
             Require all granted
         </Directory>
    -    <Location /staff">
    +    <Location /staff>
             Require all denied
         </Location>
     </VirtualHost>
    ```
    ```diff unsafe
     <VirtualHost *:80>
         WSGIScriptAlias / /srv/shop/app.wsgi
    -    <Directory /srv/shop">
    +    <Directory /srv/shop>
             Require all granted
         </Directory>
    -    Alias /static/ /srv/shop/static/'
    +    Alias /static/ /srv/shop/static/
    -    CustomLog "/var/log/apache2/shop.log combined
    +    CustomLog "/var/log/apache2/shop.log" combined
     </VirtualHost>
    ```
    ```apache
    WSGIDaemonProcess shop home="/srv/my shop" python-path='/srv/my shop/lib' threads=5
    WSGIScriptAlias / "/srv/my shop/app.wsgi" process-group=shop application-group="my shop/admin"
    Alias /static/ "/srv/my shop/static/
    LogFormat "%h \"%r\"" short
    RewriteRule ^/(.*)" /index.html
    SetEnv TITLE 5"
    ErrorDocument 404 "Not found
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import CERTIFICATES, LOG_FILES, MUST_EXIST, NAMES_OF_FILES
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import words_as_split
from modwsgi_fix.model.lines import files, has_parameter, lines_with, takes_options
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rewriting.verdict import revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Bogus, Close, Directive
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.syntax._shared import ONLY_GRANTS

#: httpd opens these when it starts, and does not start without them. A host may do without its DocumentRoot.
_OPENED = {*CERTIFICATES, *MUST_EXIST} - {*LOG_FILES, "documentroot"}
#: A mark behind a word that began without one, or before words that end with the line without one.
_UNPAIRED = expression(
    r"""(?<=[ \t=])[^\s"'#=][^\s"'=]*["'](?=[ \t>\r\n]|\Z)|(?<=[ \t=])["'][^"'\n]*?[ \t][^"'\n]*$""", re.M
)
_NAMES = {'"': "quotation mark", "'": "apostrophe"}
#: What follows the path where its mark has no second one: options of mod_wsgi, or the format of a log.
_OPTIONS = expression(r"(?<![ \t])[ \t]++(?=[a-z]++(?:-[a-z]++)*+=)", re.I)
_FORMAT = expression(r"(?<![ \t])[ \t]++(?=[^\s/\\]++\Z)")


class _Mark(NamedTuple):
    """A quotation mark without a second one: where it stands, what mends it, and the words for both."""

    span: Span
    edit: Edit
    message: str
    title: str


@rule(severity=Severity.ERROR, changes=("regained", "restricted", "moved"), scope=Scope.FILE)
def unpaired_quote(config: Config) -> Iterator[Diagnostic]:
    if not config.named(*NAMES_OF_FILES):
        return
    for file in files(config):
        for node, parents in lines_with(file, _UNPAIRED, ("'", '"')):
            if node.key not in NAMES_OF_FILES or isinstance(node, (Bogus, Close)):
                continue
            start, end = node.body_span
            if has_placeholder(node.text[start:end]) and not has_parameter(node, parents):
                continue
            mark = _at_the_end(file.path, node) or _at_the_beginning(file.path, node)
            if mark is None:
                continue
            message, fix = mark.message, _fix(node, mark)
            advice = ONLY_GRANTS if fix is None else f"{mark.title[0].lower()}{mark.title[1:]}"
            if node.key in _OPENED:
                message += ", and httpd does not start"
            if has_parameter(node, parents):
                fix = None
            yield Diagnostic(file.path, mark.span, message, fix, help="" if fix else advice)


def _fix(node: Directive, mark: _Mark) -> Fix | None:
    if node.key in _OPENED:
        return Fix.safe(mark.title, mark.edit, reason="httpd refused to start")
    life = revival(node)
    return None if life.only_grants else Fix(mark.title, (mark.edit,), life.level, life.reason)


def _words(node: Directive) -> list[Span]:
    return list(words_as_split(node)) if takes_options(node) else [span for _, span in node.pairs]


def _begins(node: Directive) -> set[int]:
    """Return where a mark would open a word: at its beginning, and behind the first ``=`` of an option."""
    words = _words(node)
    behind = (span.start + node.text[span.start : span.end].find("=") + 1 for span in words)
    return {*(span.start for span in words), *(behind if takes_options(node) else ())}


def _at_the_end(path: str, node: Directive) -> _Mark | None:
    """Return the mark that ends a path and begins none."""
    for span in _words(node):
        raw = node.text[span.start : span.end]
        char = raw[-1:]
        if char not in _NAMES or raw.count(char) > 1 or raw[-2:-1] == "\\" or not ("/" in raw or "\\" in raw):
            continue
        name, place = _NAMES[char], Span(span.end - 1, span.end)
        message = f"this {name} is part of the path, because none opens it"
        return _Mark(place, Edit(path, place), message, f"Delete the {name}")
    return None


def _at_the_beginning(path: str, node: Directive) -> _Mark | None:
    """Return the mark that begins a path and swallows what was to follow it."""
    if node.key != "customlog" and not takes_options(node):
        return None
    follows = _FORMAT if node.key == "customlog" else _OPTIONS
    start, end = node.body_span
    text, begins = node.text[start:end].rstrip(), _begins(node)
    for char, name in _NAMES.items():
        at = text.rfind(char)
        # An even number are pairs, and the last one ends a word.
        if at <= 0 or start + at not in begins or text.count(char) % 2 == 0:
            continue
        behind = follows.search(text, at)
        if behind is None:
            continue
        insert = Edit(path, Span(start + behind.start(), start + behind.start()), char)
        message = f"this {name} is never closed, so the rest of the line is part of the path"
        return _Mark(Span(start + at, start + at + 1), insert, message, f"Close the {name} after the path")
    return None
