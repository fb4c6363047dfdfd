r"""
A RewriteCond for web sockets does not hold for what browsers send.

## What happens

The request is handed on as an ordinary one, and the page says that it has lost its connection: in every browser, or in Firefox alone.

## Why

Browsers send `Upgrade: websocket` in small letters. With it Chrome and Safari send `Connection: Upgrade`, and Firefox sends `Connection: keep-alive, Upgrade`, so that
`^Upgrade$` is not for Firefox. Without `[NC]` letters have to be as they are written (mod_rewrite.c:apply_rewrite_cond).

## The fix

An unsafe fix writes what holds for each of them, `websocket [NC]` or `upgrade [NC]`: more requests go by the rule then.

## Left alone

A condition with `!` is not looked at, nor a pattern that is not understood or has a variable. Since 2.4.47 no rule is needed: `ProxyPass / http://127.0.0.1:8000/ upgrade=websocket`.

## See also

Rules `reference-to-no-group` and `not-taken-over-by-hosts`.

## Examples

    ```diff unsafe
     RewriteEngine On
    -RewriteCond %{HTTP:Upgrade} ^WebSocket$
    +RewriteCond %{HTTP:Upgrade} websocket [NC]
    -RewriteCond %{HTTP:Connection} ^Upgrade$ [NC]
    +RewriteCond %{HTTP:Connection} upgrade [NC]
     RewriteRule ^/(.*) ws://127.0.0.1:8000/$1 [P]
    ```

Not reported:

    ```apache
    RewriteEngine On
    RewriteCond %{HTTP:Upgrade} =websocket
    RewriteCond %{HTTP:Connection} Upgrade
    RewriteRule ^/(.*) ws://127.0.0.1:8000/$1 [P]
    RewriteCond %{HTTP:Upgrade} ^WebSocket$ [NC]
    RewriteCond %{HTTP:Connection} (^|\s)upgrade$ [NC]
    RewriteRule ^/(.*) ws://127.0.0.1:8000/$1 [P]
    RewriteCond %{HTTP:Upgrade} !^WebSocket$
    RewriteRule ^/(.*) http://127.0.0.1:8000/$1 [P]
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.patterns import Unknown, search
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span

#: By variable: the word that a condition for web sockets has, and what browsers send.
_SENT = {
    "%{http:upgrade}": ("websocket", {"each": "websocket"}),
    "%{http:connection}": ("upgrade", {"Chrome": "Upgrade", "Firefox": "keep-alive, Upgrade"}),
}


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def upgrade_not_recognized(config: Config) -> Iterator[Diagnostic]:
    for item, message in config.in_each_server(_missing, "rewritecond"):
        word, _ = _SENT[item.value.lower()]
        flags = ["NC", *(flag.upper() for flag in flags_of(item) if flag != "nc")]
        meant = f"{word} [{','.join(flags)}]"
        span = Span(item.args[1].span.start, item.args[min(len(item.args), 3) - 1].span.end)
        is_clear = not item.guards and "\n" not in item.file.text[slice(*span)]
        fix = Fix.unsafe(f"Write {meant}", Edit(item.path, span, meant), reason="more requests go by the rule then")
        help = "" if is_clear else f"write {meant}"
        yield Diagnostic(item.path, item.args[1].span, message, fix if is_clear else None, help=help)


def _missing(lines: Sequence[Item]) -> Iterator[tuple[Item, str]]:
    """Yield the conditions that do not hold for what some browsers send, and what these send."""
    for item in lines:
        if item.value.lower() not in _SENT or len(item.args) < 2 or not item.known or item.file.tree.is_template:
            continue
        word, sent = _SENT[item.value.lower()]
        pattern = item.values[1]
        if word not in pattern.lower() or pattern.startswith("!") or not is_settled(pattern):
            continue
        header = item.value[len("%{HTTP:") : -1].capitalize()
        held = {name: _holds(item, text) for name, text in sent.items()}
        if False not in held.values() or None in held.values():
            continue
        name = next(name for name in held if not held[name])
        who = f"{name} sends" if any(held.values()) else "browsers send"
        yield item, f"{pattern} does not hold for {header}: {sent[name]}, which {who}"


def _holds(item: Item, text: str) -> bool | None:
    """Whether a condition holds for a text; None where that is not known."""
    pattern = item.values[1]
    no_case = "nc" in flags_of(item)
    if pattern.startswith("="):
        wanted = pattern[1:].strip('"')
        return wanted.lower() == text.lower() if no_case else wanted == text
    if pattern.startswith(("<", ">", "-")):
        return None
    found = search(pattern, text, nocase=no_case)
    return None if isinstance(found, Unknown) else found is not None
