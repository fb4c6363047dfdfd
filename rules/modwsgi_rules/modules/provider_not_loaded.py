"""
A word asks for a module that is not loaded.

## What happens

httpd does not start. The directive itself is known, so the message speaks of a provider or a method, and not of a module.

## Why

httpd 2.4 keeps in modules of their own what belonged to others in 2.2: how a balancer chooses (`mod_lbmethod_byrequests` and
others) and the memory that it shares (`mod_slotmem_shm`), the kinds of `SSLSessionCache` (`mod_socache_shmcb` and others), and
what `Require ip` or `Require valid-user` ask (httpd's *Upgrading to 2.4 from 2.2*; `ap_lookup_provider`). A list of LoadModule
lines that is from 2.2 lacks them. `LogLevel` with the name of a module asks for that module.

## Left alone

There is no fix: to load code into httpd is the administrator's decision. In a whole server all `LoadModule` lines are in sight,
and only of one that loads six modules at least is anything said. A line under a condition is not reported.

## See also

httpd's own messages are *Unknown Authz provider: valid-user*, *Unknown Authn provider: ldap*, *SSLSessionCache: 'shmcb' session
cache not supported*, *ProxyPass unknown lbmethod*, *AH02432: Cannot find LB Method: byrequests* and *AH01177: Failed to lookup
provider 'shm' for 'slotmem'*. Rules `module-not-loaded` and `old-module-list`.

## Examples

Reported without a fix, once for each module:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule proxy_module modules/mod_proxy.so
    LoadModule proxy_balancer_module modules/mod_proxy_balancer.so
    #          ^^^^^^^^^^^^^^^^^^^^^
    LoadModule ssl_module modules/mod_ssl.so
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    #               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ProxyPass /shop balancer://shop
    #               ^^^^^^^^^^^^^^^
    <Location /shop>
        Require ip 192.0.2.1
    #           ^^
        Require ip 192.0.2.2
    </Location>
    LogLevel warn rewrite:trace3
    #             ^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authz_host_module modules/mod_authz_host.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule ssl_module modules/mod_ssl.so
    LoadModule socache_shmcb_module modules/mod_socache_shmcb.so
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    <Location /shop>
        Require all denied
        Require ip 192.0.2.1
    </Location>
    <IfModule mod_authz_user.c>
        <Location /club>
            Require valid-user
        </Location>
    </IfModule>
    ```
    ```apache
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    ProxyPass /shop balancer://shop lbmethod=bybusyness
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import list_of_22
from modwsgi_fix.model.facts.named_modules import unserved
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.modules._shared import lacking, loading


@rule(severity=Severity.ERROR, rank=Rank.START)
def provider_not_loaded(config: Config) -> Iterator[Diagnostic]:
    if list_of_22(config) is not None:
        return  # old-module-list names all of them
    told: set[str] = set()
    for line in unserved(config):
        if not line.module or line.module in told:
            continue
        told.add(line.module)
        word = line.item.file.text[slice(*line.span)].strip('"')
        yield Diagnostic(line.item.path, line.span, lacking(word, line.module), help=loading(line.module))
