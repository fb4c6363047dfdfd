"""
The directive is from an older httpd, and later releases do not have it.

## What happens

httpd does not start. In an `.htaccess` file, every request below it gets an error 500.

## Why

httpd looks each directive up in the tables of its modules (`ap_walk_config_sub`, config.c), and this one is not in any of
them since the release that the message names. httpd's manual says what took its place ("Upgrading to 2.4 from 2.2").

## The fix

Each fix is safe, because httpd refused the line.

- A renamed directive gets its new name: `AuthAuthoritative`, `AuthDigestFile`, `AuthDigestGroupFile`.
- `CookieLog` becomes the `CustomLog` that 2.2 made of it (`set_cookie_log`, mod_log_config.c).
- `DumpIOLogLevel` becomes `LogLevel dumpio:trace7` where the log took what was dumped; elsewhere the line is deleted.
- `Win32DisableAcceptEx` becomes `AcceptFilter`.
- `AuthDefaultAuthoritative` and `SSIEnableAccess` are deleted. httpd 2.4 does what they asked for without a switch.

## Left alone

Any other line is reported without a fix, because what took its place needs a decision. The help of the message says what that
is, if anything.

## See also

httpd's own message is *Invalid command 'AddModule', perhaps misspelled or defined by a module not included in the server
configuration*. Rules `removed-mutex-directives`, `rewrite-log` and `authz-authoritative-removed`, which fix theirs, and
`removed-words` for directives that are still there.

## Examples

    ```diff
    -CookieLog logs/cookies
    +CustomLog logs/cookies "%{Cookie}n \\"%r\\" %t"
    ```
    ```diff
     <Directory /srv/intranet>
         AuthType Basic
    -    AuthAuthoritative Off
    +    AuthBasicAuthoritative Off
    -    AuthDefaultAuthoritative On
         Require valid-user
     </Directory>
    ```
    ```diff
    -LogLevel debug
    +LogLevel debug dumpio:trace7
     DumpIOInput On
    -DumpIOLogLevel notice
    ```
    ```diff
    -Win32DisableAcceptEx
    +AcceptFilter http none
    +AcceptFilter https none
    ```

Reported without a fix:

    ```apache
    <IfModule mod_so.c>
        ClearModuleList
    #   ^^^^^^^^^^^^^^^
        AddModule mod_alias.c
    #   ^^^^^^^^^
    </IfModule>
    ```

Not reported:

    ```apache
    LoadModule alias_module modules/mod_alias.so
    ```
    ```apache httpd=2.2
    CookieLog logs/cookies
    ```
    ```apache
    <IfVersion < 2.4>
        DumpIOLogLevel debug
    </IfVersion>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import DirectiveInfo, find, version
from modwsgi_fix.directives.families import REMOVED_AUTHZ, REMOVED_MUTEXES, REMOVED_REWRITE_LOGS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete, replace, replace_lines
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import logged_at

#: Those of other rules, which can fix them.
_ELSEWHERE = frozenset({*REMOVED_AUTHZ, *REMOVED_MUTEXES, *REMOVED_REWRITE_LOGS})
#: What httpd 2.4 does without being asked.
_NEEDED_NO_MORE = frozenset({"authdefaultauthoritative", "ssienableaccess"})
#: From the fewest messages to the most.
_LEVELS = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug")


@rule(severity=Severity.ERROR)
def removed_directives(config: Config) -> Iterator[Diagnostic]:
    for item in config.matching(_is_removed):
        info = find(item.key)
        assert info is not None
        if config.target.httpd < version(info.until) or any(guard.kind == "ifversion" for guard in item.guards):
            continue
        edits = _edits(item, info)
        fix = None
        if edits:
            is_deleted = len(edits) == 1 and not edits[0].text
            title = f"Delete {item.name}" if is_deleted else "Write what took its place"
            fix = Fix.safe(title, *edits, reason="httpd refused the line")
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"httpd {info.until} and later do not know {item.name}, so httpd does not start",
            fix,
            help="" if fix else _advice(info.note),
        )


def _is_removed(key: str) -> bool:
    info = find(key)
    return info is not None and not info.of_mod_wsgi and bool(info.until) and key not in _ELSEWHERE


def _edits(item: Item, info: DirectiveInfo) -> tuple[Edit, ...]:
    """What to write; nothing where that needs a decision."""
    if item.is_section:
        return ()
    span = item.node.name_span
    text = item.file.text
    if info.replacement and text[span.start : span.end].lower() == item.key:
        return (Edit(item.path, span, info.replacement),)
    if item.key in _NEEDED_NO_MORE:
        return (delete(item),)
    if item.key == "cookielog" and len(item.args) == 1:
        path = text[item.args[0].span.start : item.args[0].span.end]
        return (replace(item, rf'CustomLog {path} "%{{Cookie}}n \"%r\" %t"'),)
    if item.key == "win32disableacceptex" and not item.args:
        return (replace_lines(item, ["AcceptFilter http none", "AcceptFilter https none"]),)
    return _dumped(item) if item.key == "dumpiologlevel" else ()


def _dumped(item: Item) -> tuple[Edit, ...]:
    """Of ``DumpIOLogLevel``: what it dumped was written where LogLevel took messages of that level (mod_dumpio.c)."""
    last = item.server.last("loglevel")
    said = [word.lower() for word in last.values if ":" not in word] if last is not None else ["warn"]
    level = item.value.lower()
    if level not in _LEVELS or len(said) != 1 or (said[0] not in _LEVELS and not said[0].startswith("trace")):
        return ()
    if said[0] in _LEVELS and _LEVELS.index(level) > _LEVELS.index(said[0]):
        return (delete(item),)
    return logged_at(item, "dumpio", "trace7")


def _advice(note: str) -> str:
    """Return the note of the table as a help is written: no full stop, and only a directive in upper case."""
    first, blank, rest = note.rstrip(".").partition(" ")
    name = first.strip('",').lower()
    return f"{first if find(name) else first.lower()}{blank}{rest}"
