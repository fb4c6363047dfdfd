"""
Every user of the server may read a private key.

## What happens

Whoever has a log-in on the machine, or makes an application of another site run a command, can copy the key and pass
for the site.

## Why

httpd opens keys while it is still root, so that nobody else has to read them (httpd's "SSL/TLS Strong Encryption: FAQ":
keep the key file readable by root alone).

## Left alone

There is no fix, as modwsgi-fix writes configurations only: `chmod 600` the file. Only `--root` shows modes. A key in a
directory that others may not search is not reported.

## See also

Rule `missing-on-disk`; `modwsgi-fix exposed` names keys that a URL leads to.

## Examples

Reported without a fix:

    ```apache
    SSLCertificateFile /etc/ssl/example.pem
    SSLCertificateKeyFile /etc/ssl/example.key
    #                     ^^^^^^^^^^^^^^^^^^^^
    #- /etc/ssl/example.pem 644 0:0
    #- /etc/ssl/example.key 644 0:0
    ```

Not reported:

    ```apache
    SSLCertificateFile /etc/ssl/example.pem
    SSLCertificateKeyFile /etc/ssl/private/example.key
    #- /etc/ssl/example.pem 644 0:0
    #- /etc/ssl/private/ 710 0:112
    #- /etc/ssl/private/example.key 644 0:0
    ```
    ```apache
    SSLCertificateKeyFile /etc/ssl/example.key
    #- /etc/ssl/example.key 640 0:112
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.barred import is_readable_by_all
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.WARNING, rank=Rank.EXPOSED)
def key_readable_by_all(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("sslcertificatekeyfile", "sslproxymachinecertificatefile"):
        if item.args and item.known and is_readable_by_all(config, item.value):
            yield Diagnostic(
                item.path,
                item.args[0].span,
                f"every user of the server may read the private key {item.value}",
                help="give it to root with mode 600; httpd reads it before it changes its user",
            )
