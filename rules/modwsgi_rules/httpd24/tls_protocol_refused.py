"""
`SSLProtocol` asks for SSLv2 or SSLv3, or for nothing newer than TLS 1.1.

## What happens

httpd does not start where the line asks for SSLv2 or SSLv3. Where it asks for TLS 1.0 or 1.1 only, httpd starts, and every TLS
handshake fails: OpenSSL 3 refuses both versions at its default security level, and so do the browsers of today.

## Why

SSLv2 has gone from mod_ssl, and SSLv3 from the OpenSSL of all current distributions (`ssl_cmd_protocol_parse`,
ssl_engine_config.c). To take them away, as in `-SSLv3`, is allowed as before.

## The fix

- Where TLS 1.2 or 1.3 remains, a safe fix takes the refused words out.
- Where nothing newer than TLS 1.1 remains, a repair writes `all -SSLv3`: httpd refused the line, and with what remains no
  visitor would get an answer.
- Where httpd takes the line, that is unsafe: an old OpenSSL answers old clients.

## Left alone

A line that a variable takes part in is reported without a fix. `SSLProxyProtocol` is judged alike. A
server of 2.2 is not reported.

## See also

httpd's own messages are *SSLProtocol: SSLv2 is no longer supported* and *SSLv3 not supported by this version of OpenSSL*.
Rule `cipher-list-empty`.

## Examples

    ```diff
     <VirtualHost *:443>
         SSLEngine on
    -    SSLProtocol +SSLv3 +TLSv1 +TLSv1.1 +TLSv1.2
    +    SSLProtocol +TLSv1 +TLSv1.1 +TLSv1.2
     </VirtualHost>
    ```
    ```diff repair
    -SSLProtocol -ALL +SSLv3 +TLSv1
    +SSLProtocol all -SSLv3
    -SSLProxyProtocol SSLv2
    +SSLProxyProtocol all -SSLv3
    ```
    ```diff unsafe
     <IfModule mod_ssl.c>
    -    SSLProtocol TLSv1
    +    SSLProtocol all -SSLv3
     </IfModule>
    ```

Reported without a fix:

    ```apache
    Define VERSIONS SSLv3
    SSLProtocol ${VERSIONS}
    #           ^^^^^^^^^^^
    ```

Not reported:

    ```apache
    SSLProtocol all -SSLv2 -SSLv3
    SSLProxyProtocol TLSv1.2
    ```
    ```apache httpd=2.2
    SSLProtocol -ALL +SSLv3 +TLSv1
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._shared import is_editable, read_by_24

_REFUSED = frozenset({"sslv2", "sslv3"})
_ANSWERED = frozenset({"tlsv1.2", "tlsv1.3"})
_ALL = frozenset({*_REFUSED, "tlsv1", "tlsv1.1", *_ANSWERED})
_USABLE = "all -SSLv3"


@rule(severity=Severity.ERROR)
def tls_protocol_refused(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "sslprotocol", "sslproxyprotocol"):
        words = [word.lower() for word in item.values]
        if not words or any(word.lstrip("+-") not in _ALL | {"all"} for word in words):
            continue
        refused = [at for at, word in enumerate(words) if word.lstrip("+") in _REFUSED]
        remains = _chosen(words) & _ANSWERED
        span = Span(item.args[0].span.start, item.args[-1].span.end)
        if refused:
            spans = [item.args[at].span for at in refused]
            named = item.values[refused[0]].lstrip("+")
            message = f"httpd and its OpenSSL do not have {named} any more, so httpd does not start"
            yield Diagnostic(
                item.path, spans[0], message, _fix(item, spans if remains else [], span), help=f"write {_USABLE}"
            )
        elif not remains:
            message = "nothing newer than TLS 1.1 is offered, which OpenSSL 3 and browsers refuse"
            fix = _all(item, span, Applicability.UNSAFE, "clients of an old OpenSSL may be answered otherwise")
            yield Diagnostic(item.path, span, message, fix, help=f"write {_USABLE}", severity=Severity.WARNING)


def _chosen(words: list[str]) -> frozenset[str]:
    """The versions that the words choose, one after the other (``ssl_cmd_protocol_parse``)."""
    chosen: frozenset[str] = frozenset()
    for word in words:
        name = word.lstrip("+-")
        meant = _ALL if name == "all" else frozenset({name})
        chosen = chosen - meant if word[0] == "-" else chosen | meant if word[0] == "+" else meant
    return chosen


def _fix(item: Item, out: list[Span], span: Span) -> Fix | None:
    """Take words out; with none, nothing of use remains."""
    if not out:
        return _all(
            item, span, Applicability.REPAIR, "httpd refused the line; with what remains it would answer nobody"
        )
    if not is_editable(item):
        return None
    return Fix.safe(
        "Take the refused words out", *delete_words(item, out), reason="httpd refused the line", every_reading=True
    )


def _all(item: Item, span: Span, level: Applicability, reason: str) -> Fix | None:
    if not is_editable(item):
        return None
    return Fix(f"Write {_USABLE}", (Edit(item.path, span, _USABLE),), level, reason, every_reading=True)
