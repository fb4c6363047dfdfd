"""
The module of this directive is not loaded.

## What happens

httpd does not start.

## Why

httpd knows a directive while the module that has it is loaded (`ap_walk_config_sub`, config.c). In a whole server all
`LoadModule` lines are in sight. A site that was moved from another server is often the first to need a module there.

## Left alone

There is no fix: to load code into httpd is the administrator's decision. On Debian `a2enmod` makes the link; elsewhere the
`LoadModule` line is written into the main file. A line inside `<IfModule>` is not read without its module, and not reported.
A server with fewer than six `LoadModule` lines has its modules compiled in, as far as anybody can tell.

## See also

httpd's own message is *Invalid command 'RewriteEngine', perhaps misspelled or defined by a module not included in the server
configuration*. Rule `unknown-directive`.

## Examples

Reported without a fix, once for each module:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule wsgi_module modules/mod_wsgi.so
      RewriteEngine On
    # ^^^^^^^^^^^^^
    RewriteRule ^/old$ /new [R]
    ```

Not reported:

    ```apache
    #- apache2.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule wsgi_module modules/mod_wsgi.so
    <IfModule mod_rewrite.c>
        RewriteEngine On
    </IfModule>
    ```
    ```apache
    RewriteEngine On
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import Standing, list_of_22, strangers
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule
from modwsgi_rules.modules._shared import lacking, loading

#: The most lines of one module that are reported one by one.
_MOST = 3


@rule(severity=Severity.ERROR, rank=Rank.START)
def module_not_loaded(config: Config) -> Iterator[Diagnostic]:
    if list_of_22(config) is not None:
        return  # old-module-list names all of them
    of_module: dict[str, list[Item]] = {}
    for item, standing in strangers(config):
        if standing is Standing.NOT_LOADED and not item.guards:
            of_module.setdefault(directives.module_of(item.name), []).append(item)
    for file, (first, *others) in of_module.items():
        module = directives.modules().get(file, "wsgi_module").removesuffix("_module")
        yield Diagnostic(
            first.path,
            first.node.name_span,
            lacking(first.name, module),
            related=tuple(Related(item.path, item.node.name_span, "so does this line") for item in others[:_MOST]),
            help=loading(module),
        )
