"""
A directive holds a character that cannot be seen: a no-break space, a zero-width space, a byte order mark.

## What happens

httpd does not start, or takes the character as part of a word: `WSGIDaemonProcess app threads=5` with a no-break space
defines a process group whose name ends in ` threads=5`.

## Why

Only blanks and tabs separate words (`ap_getword_conf` of httpd, util.c). A no-break space does not, and a byte order mark is
part of the first name.

## The fix

It writes a blank for a space, and nothing for the others. It is safe where httpd refuses the line. Elsewhere a dead line
comes to life, so the level depends on what the line does. It is a repair where the application then answers, and unsafe
where the line may open something.

## Left alone

Such characters in quotes and comments are not reported. A section that only grants access by URL is reported without a fix,
because such a grant overrides what `<Directory>` denies.

## See also

httpd's own message is `Invalid command '\\xef\\xbb\\xbfServerName', perhaps misspelled or defined by a module not included
in the server configuration`. Rule `smart-quotes`.

## Examples

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

Not reported:

    ```apache
    # a\xa0b
    ErrorDocument 503 "Come back at 5\xa0pm"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, has_parameter, is_quoted, lines_with
from modwsgi_fix.rewriting.verdict import refusal, revival
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Close, Section
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_rules.syntax._shared import ONLY_GRANTS

_SPACES = "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\udca0"
_NOTHING = "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ANY = expression(f"[{_SPACES}{_NOTHING}]")
_NAMES = {
    "\xa0": "a no-break space", "\u202f": "a no-break space", "\udca0": "a no-break space", "\xad": "a soft hyphen",
    "\u200b": "a zero-width space", "\ufeff": "a byte order mark",
}  # fmt: skip


@rule(severity=Severity.ERROR, changes=("regained",), scope=Scope.FILE)
def invisible_characters(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        if file.text.isascii():
            continue
        for node, parents in lines_with(file, _ANY):
            stop = node.head_end if isinstance(node, Section) else node.end
            words = node.args if not isinstance(node, Close) else ()
            quoted = [word.span for word in words if is_quoted(node, word)]
            places = [
                match.start()
                for match in _ANY.finditer(file.text, node.start, stop)
                if not any(match.start() in span for span in quoted)
            ]
            if not places:
                continue
            first = places[0]
            edits = [Edit(file.path, Span(at, at + 1), " " if file.text[at] in _SPACES else "") for at in places]
            what = _NAMES.get(file.text[first], f"an invisible character (U+{ord(file.text[first]):04X})")
            title = "Write blanks, and nothing for what has no width"
            message = f"{what} is not a blank to httpd but part of the name, so it does not start"
            advice = "write a blank, or nothing where none is meant"
            fix: Fix | None
            if _ANY.search(file.text, node.start, node.name_span.end):
                fix = Fix.safe(title, *edits) if _makes_sense(file.text, node.start, stop) else None
            elif refusal(node.name, [word.value for word in words]):
                message = f"{what} is not a blank to httpd but part of the value, so it does not start"
                fix = Fix.safe(title, *edits)
            else:
                message = f"{what} is not a blank to httpd but part of the value, which names something else"
                life = revival(node)
                fix = Fix(title, tuple(edits), life.level, life.reason)
                if life.only_grants:
                    fix, advice = None, ONLY_GRANTS
            fix = None if has_parameter(node, parents) else fix
            yield Diagnostic(file.path, Span(first, first + 1), message, fix, help="" if fix else advice)


def _makes_sense(text: str, start: int, stop: int) -> bool:
    """Whether the line without them is blank, a comment, a tag or a directive that is known."""
    line = text[start:stop]
    for char in set(_ANY.findall(line)):
        line = line.replace(char, " " if char in _SPACES else "")
    line = line.strip(WHITESPACE)
    if not line or line[0] in "#<" or line.startswith("&lt;") or line[0].isdigit():
        return True
    name = line.split()[0]
    return directives.find(name) is not None or directives.is_known_third_party(name)
