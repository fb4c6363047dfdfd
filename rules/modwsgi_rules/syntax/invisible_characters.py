"""
A directive holds a character that cannot be seen: a no-break space, a zero-width space, a byte order mark.

A no-break space does not separate words for httpd, and a byte order mark is part of the first name: *Invalid command
'\\\\xef\\\\xbb\\\\xbfServerName'.* In an argument nothing is said: `WSGIDaemonProcess app threads=5` with a no-break space defines a group
whose name ends in ` threads=5`.

The fix writes a blank for a space and nothing for the others. It is safe where httpd refused the line; else it is
for what comes to life to say (see *smart-quotes*). In quotes and comments such characters stay.

    ```diff
     <Directory /srv/app>
    -    Require\xa0all granted
    +    Require all granted
     </Directory>
    ```
    ```diff repair
     ServerName desk.example
    -WSGIDaemonProcess app\xa0threads=5
    +WSGIDaemonProcess app threads=5
     WSGIProcessGroup app
     WSGIScriptAlias / /srv/app/app.wsgi
    ```
    ```diff unsafe
    -Alias /st\u200batic /srv/app/static
    +Alias /static /srv/app/static
    ```
    ```apache
    # a\xa0b
    ErrorDocument 503 "Come back at 5\xa0pm"
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, in_macro, is_quoted, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Close, Section
from modwsgi_fix.text import WHITESPACE, Span

_SPACES = "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\udca0"
_NOTHING = "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ANY = re.compile(f"[{_SPACES}{_NOTHING}]")
_NAMES = {
    "\xa0": "a no-break space", "\u202f": "a no-break space", "\udca0": "a no-break space", "\xad": "a soft hyphen",
    "\u200b": "a zero-width space", "\ufeff": "a byte order mark",
}  # fmt: skip


@rule(severity=Severity.ERROR, changes=("regained",))
def invisible_characters(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            stop = node.head_end if isinstance(node, Section) else node.end
            words = node.args if not isinstance(node, Close) else ()
            quoted = [word.span for word in words if is_quoted(node, word)]
            places = [
                found.start()
                for found in _ANY.finditer(file.text, node.start, stop)
                if not any(found.start() in span for span in quoted)
            ]
            if not places:
                continue
            first = places[0]
            edits = [Edit(file.path, Span(at, at + 1), " " if file.text[at] in _SPACES else "") for at in places]
            what = _NAMES.get(file.text[first], f"an invisible character (U+{ord(file.text[first]):04X})")
            title = "Write blanks, and nothing for what has no width"
            message = f"{what} is no blank to httpd but part of the name, so it will not start"
            fix: Fix | None
            if _ANY.search(file.text, node.start, node.name_span.end):
                fix = Fix.safe(title, *edits) if _makes_sense(file.text, node.start, stop) else None
            elif refusal(node.name, [word.value for word in words]):
                message = f"{what} is no blank to httpd but part of the value, so it will not start"
                fix = Fix.safe(title, *edits)
            else:
                message = f"{what} is no blank to httpd but part of the value, which so names something else"
                life = revival(node)
                fix = Fix(title, tuple(edits), life.level, life.reason)
                if life.only_grants:
                    fix = None
                    message += "; it only grants access by URL, so better take the section away than revive it"
            yield Diagnostic(file.path, Span(first, first + 1), message, None if in_macro(parents) else fix)


def _makes_sense(text: str, start: int, stop: int) -> bool:
    """True where the line without them is blank, a comment, a tag or a directive that is known."""
    line = text[start:stop]
    for char in set(_ANY.findall(line)):
        line = line.replace(char, " " if char in _SPACES else "")
    line = line.strip(WHITESPACE)
    if not line or line[0] in "#<" or line.startswith("&lt;") or line[0].isdigit():
        return True
    name = line.split()[0]
    return directives.find(name) is not None or directives.is_known_third_party(name)
