"""
Two MPMs are loaded, and httpd runs with one.

## What happens

httpd does not start.

## Why

An MPM is the part of httpd that starts its processes and takes connections. Each brings the hooks of the same name, and when all files are
read httpd asks whether there was more than one (main.c, config.c:ap_read_config; measured with 2.4.71). It comes of `a2enmod mpm_prefork`
without `a2dismod mpm_event`, of packages for PHP, and of a line that is put in front of the distribution's own.

## Left alone

There is no fix: which one is meant decides over memory and threads, and modules such as mod_php work with prefork alone. WSGI applications in
process groups run under each of them. Lines under a condition, and fragments, are not reported.

## See also

httpd's own message is *AH00534: Configuration error: More than one MPM loaded.* Rule `module-loaded-twice` is about one module.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule mpm_prefork_module modules/mod_mpm_prefork.so
    #          ^^^^^^^^^^^^^^^^^^
    LoadModule wsgi_module modules/mod_wsgi.so
    ```

Not reported:

    ```apache
    #- httpd.conf
    #LoadModule mpm_worker_module modules/mod_mpm_worker.so
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule mpm_event_module modules/mod_mpm_event.so
    <IfModule !mpm_event_module>
        LoadModule mpm_prefork_module modules/mod_mpm_prefork.so
    </IfModule>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.named_modules import second_mpms
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.START)
def second_mpm(config: Config) -> Iterator[Diagnostic]:
    for item, first in second_mpms(config) if config.named("loadmodule") else ():
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"{first.value} is loaded already, and httpd does not start with two MPMs",
            related=(Related(first.path, first.args[0].span, "the first MPM"),),
            help="keep the line of the one that is meant, and take the other out",
        )
