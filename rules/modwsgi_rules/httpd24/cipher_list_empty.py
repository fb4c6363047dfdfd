"""
`SSLCipherSuite` names no cipher that is still spoken.

## What happens

httpd does not start with a host that speaks TLS. Where OpenSSL was built with some of the ciphers, it starts, and no browser of
today finds a cipher in common. Of `SSLProxyCipherSuite` the same is true for a host with `SSLProxyEngine On`.

## Why

Single DES, RC2, the export ciphers and those of SSLv2 have gone from OpenSSL; RC4, 3DES, IDEA and SEED are left out by most
builds, and by all browsers. Names that OpenSSL does not know are skipped, and a list of which nothing remains is an error
(`ssl_init_ctx_cipher_suite`, ssl_engine_init.c).

## The fix

A repair: it writes `HIGH:!aNULL`, which is what OpenSSL has of strong ciphers. Without it no visitor gets an answer.

## Left alone

A list of which something remains is not reported, and neither are names that are not among the above, nor the list of
TLS 1.3. A list in a variable is reported without a fix. A server of 2.2 is not reported.

## See also

httpd's own message is *AH01898: Unable to configure permitted SSL ciphers*. Rule `tls-protocol-refused`.

## Examples

    ```diff repair
     <VirtualHost *:443>
         SSLEngine on
    -    SSLCipherSuite RC4-SHA:RC4-MD5:!aNULL
    +    SSLCipherSuite HIGH:!aNULL
     </VirtualHost>
    ```
    ```diff repair
    -SSLProxyCipherSuite SSL "EXP:LOW"
    +SSLProxyCipherSuite SSL HIGH:!aNULL
    ```

Reported without a fix:

    ```apache
    Define CIPHERS DES-CBC3-SHA
    SSLCipherSuite ${CIPHERS}
    #              ^^^^^^^^^^
    ```

Not reported:

    ```apache
    SSLCipherSuite ALL:!ADH:!EXPORT:!SSLv2:RC4+RSA:+HIGH:+MEDIUM:+LOW
    SSLCipherSuite RC4-SHA:AES128-SHA
    SSLCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384
    SSLCipherSuite !aNULL
    ```
    ```apache httpd=2.2
    SSLCipherSuite RC4-SHA
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.rewriting.lines import replace_arg
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import is_editable, read_by_24

#: Parts of names of ciphers, as OpenSSL writes them, that no browser of today speaks (tried with OpenSSL 3.0.19: none of them
#: is in it).
_GONE = frozenset({
    "RC2", "RC4", "DES", "3DES", "CBC3", "IDEA", "SEED", "EXP", "EXPORT", "EXPORT40", "EXPORT56", "LOW", "SSLv2", "KRB5", "FORTEZZA",
})  # fmt: skip
_BETWEEN_TERMS = expression(r"[:, ]+")
_BETWEEN_PARTS = expression(r"[+-]")
_STRONG = "HIGH:!aNULL"


@rule(severity=Severity.ERROR)
def cipher_list_empty(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "sslciphersuite", "sslproxyciphersuite"):
        if not item.known or len(item.args) not in (1, 2) or item.values[:-1] not in ((), ("SSL",)):
            continue
        # A sign takes away or moves what is there.
        added = [term for term in _BETWEEN_TERMS.split(item.values[-1]) if term and term[0] not in "!-+@"]
        if not added or not all(_GONE.intersection(_BETWEEN_PARTS.split(term)) for term in added):
            continue
        fix = None
        if is_editable(item):
            edit = replace_arg(item, len(item.args) - 1, _STRONG)
            fix = Fix.repair(
                f"Write {_STRONG}",
                edit,
                reason="otherwise nobody is answered by TLS",
                every_reading=True,
            )
        message = "neither OpenSSL nor browsers have these ciphers any more, so nobody is answered by TLS"
        yield Diagnostic(item.path, item.args[-1].span, message, fix, help=f"write {_STRONG}")
