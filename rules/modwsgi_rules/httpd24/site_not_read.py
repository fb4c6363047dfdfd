"""
A site lies beside those that an Include reads, and its name has another ending.

## What happens

httpd never reads it, and says nothing: visitors get another site, most often the distribution's default page.

## Why

Debian's apache2.conf of 2.2 has `Include sites-enabled/`, which reads every file; that of 2.4 has
`IncludeOptional sites-enabled/*.conf`. A site whose file has no `.conf` stays where it is in an upgrade, and is not read.

On Debian `a2ensite` finds no file of such a name either, and says *ERROR: Site shop does not exist!* A site of `sites-available` that is not enabled is reported for information.

## Left alone

There is no fix: a file is renamed by its owner, and with it the link to it. Only files with a `<VirtualHost>` are named, of a
whole server; not those that editors and packages leave (`.bak`, `~`, `.dpkg-old`), nor what is put aside (`.disabled`).

## See also

On Debian: `mv sites-available/shop sites-available/shop.conf`, remove the old link, and `a2ensite shop`. Rules `host-never-reached` and
`include-missing-file`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    ServerName www.example.com
    IncludeOptional sites-enabled/*.conf
    #               ^^^^^^^^^^^^^^^^^^^^
    #- sites-enabled/shop
    <VirtualHost *:80>
        ServerName shop.example.com
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    ```

For information:

    ```apache
    #- apache2.conf
    ServerName www.example.com
    IncludeOptional sites-enabled/*.conf
    #               ^^^^^^^^^^^^^^^^^^^^
    #- sites-enabled/www.conf
    <VirtualHost *:80>
        ServerName www.example.com
    </VirtualHost>
    #- sites-available/shop
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    ServerName www.example.com
    IncludeOptional sites-enabled/*.conf
    #- sites-available/shop
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    #- sites-available/shop.conf
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    #- sites-enabled/shop.conf
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    #- sites-enabled/shop.conf.bak
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: So many names are told; of more, how many there are.
_TOLD = 3


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def site_not_read(config: Config) -> Iterator[Diagnostic]:
    for include, suffix, names, is_available in config.passed_over:
        told = ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
        one = len(names) == 1
        if is_available:
            message = (
                f"a2ensite does not find {told}, as {'its name does' if one else 'the names do'} not end in {suffix}"
            )
            help = (
                f"rename it to {names[0]}{suffix}, if it is to be enabled" if one else f"give each the ending {suffix}"
            )
            yield Diagnostic(include.path, include.args[0].span, message, help=help, severity=Severity.INFO)
            continue
        what = "is not read: its name does" if one else "are not read: their names do"
        advice = f"rename it to {names[0]}{suffix}" if one else f"give each the ending {suffix}"
        yield Diagnostic(include.path, include.args[0].span, f"{told} {what} not end in {suffix}", help=advice)
