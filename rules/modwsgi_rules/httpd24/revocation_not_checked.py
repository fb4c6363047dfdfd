"""
Lists of revoked certificates are named, and httpd 2.4 does not look into them.

## What happens

A client whose certificate was revoked is let in. httpd 2.2 refused it.

## Why

Since 2.4 nothing is checked unless `SSLCARevocationCheck` says so, and its default is `none` (httpd's *Upgrading to 2.4 from
2.2*; `modssl_callback_SSLVerify`, ssl_engine_kernel.c). `SSLProxyCARevocationCheck` is the same for servers behind a proxy.

## The fix

A repair: it writes `SSLCARevocationCheck chain no_crl_for_cert_ok` after the line, which checks as 2.2 did: each certificate of
the chain, and one of whose issuer there is no list passes. A target before 2.4.21 gets `leaf`, because `chain` would refuse
whoever's issuer has no list.

## Left alone

In fragments the line may stand in another file, so this is an information without a fix. A server of 2.2 is not reported.

## See also

httpd writes nothing of it. Rule `key-readable-by-all`.

## Examples

    ```diff repair
     #- httpd.conf
     <VirtualHost *:443>
         SSLEngine on
         SSLVerifyClient require
         SSLCARevocationPath /etc/ssl/crl
    +    SSLCARevocationCheck chain no_crl_for_cert_ok
     </VirtualHost>
    ```
    ```diff repair httpd=2.4.10
     #- httpd.conf
     SSLProxyCARevocationFile /etc/ssl/crl.pem
    +SSLProxyCARevocationCheck leaf
    ```

Reported without a fix:

    ```apache
    <VirtualHost *:443>
        SSLCARevocationFile /etc/ssl/crl.pem
    #   ^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    SSLCARevocationCheck leaf
    <VirtualHost *:443>
        SSLCARevocationFile /etc/ssl/crl.pem
    </VirtualHost>
    ```
    ```apache httpd=2.2
    SSLCARevocationFile /etc/ssl/crl.pem
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import REVOCATION_LISTS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24


@rule(severity=Severity.WARNING)
def revocation_not_checked(config: Config) -> Iterator[Diagnostic]:
    told: set[tuple[Server, str]] = set()
    for item in read_by_24(config, *REVOCATION_LISTS):
        check = "SSLProxyCARevocationCheck" if item.key.startswith("sslproxy") else "SSLCARevocationCheck"
        key = check.lower()
        if (item.server, key) in told or item.server.all(key) or config.main.all(key):
            continue
        told.add((item.server, key))
        is_whole = config.complete and not config.gaps
        yield Diagnostic(
            item.path,
            item.node.name_span,
            f"httpd 2.4 does not look for revoked certificates without {check}",
            _fix(config, item, check) if is_whole else None,
            help=f"write {check} chain" if is_whole else f"write {check} chain, unless another file does",
            severity=Severity.WARNING if is_whole else Severity.INFO,
        )


def _fix(config: Config, item: Item, check: str) -> Fix | None:
    how = "leaf" if (2, 4) < config.target.httpd < (2, 4, 21) else "chain no_crl_for_cert_ok"
    reason = "clients with a revoked certificate are refused again, as httpd 2.2 refused them"
    return Fix.repair(f"Write {check}", insert_after(item, [f"{check} {how}"]), reason=reason)
