"""
A module is loaded that httpd 2.4 does not have any more.

## What happens

httpd does not start: there is no such file.

## Why

`mod_authn_default` and `mod_authz_default` are not needed any more, since `mod_authn_core` and `mod_authz_core` refuse what nobody
answers for; `mod_authn_alias` is a part of `mod_authn_core`. `mod_disk_cache` has become `mod_cache_disk`, and `mod_mem_cache`
is gone (httpd's *Upgrading to 2.4 from 2.2*). Older names went with 2.2: `mod_imap` has become `mod_imagemap`, and `mod_access`,
`mod_auth`, `mod_auth_anon`, `mod_auth_dbm` and `mod_auth_ldap` were split into `mod_authz_host` and others.

## The fix

A safe fix takes out a line whose module is not needed any more, as httpd would not start with it. The lines of
`mod_disk_cache` and `mod_imap` get the new name, as a repair, since the module works again then. So does an `<IfModule>` that
asks for one of them and holds nothing but the module's own directives.

## Left alone

For `mod_mem_cache` there is no fix: `mod_cache_socache` or `mod_cache_disk` takes its place with directives of its own. Neither
is there one for a module that became several, because which of them are loaded already is another line's to say. A section of
`<IfModule>` that asks for one of these modules is never read any more; that is reported for information.

## See also

httpd's own message is *Cannot load modules/mod_authz_default.so into server*. Rules `removed-directives` and `module-not-loaded`.

## Examples

    ```diff
     LoadModule authz_host_module modules/mod_authz_host.so
    -LoadModule authz_default_module modules/mod_authz_default.so
    -LoadModule authn_alias_module modules/mod_authn_alias.so
    ```
    ```diff repair
    -LoadModule disk_cache_module /usr/lib64/httpd/modules/mod_disk_cache.so
    +LoadModule cache_disk_module /usr/lib64/httpd/modules/mod_cache_disk.so
    ```
    ```diff repair
     <IfModule mod_so.c>
    -    LoadModule imap_module modules/mod_imap.so
    +    LoadModule imagemap_module modules/mod_imagemap.so
     </IfModule>
    ```
    ```diff repair
     #- httpd.conf
    -<IfModule mod_disk_cache.c>
    +<IfModule mod_cache_disk.c>
         CacheEnable disk /
         CacheRoot /var/cache/apache2
     </IfModule>
    ```

Reported without a fix:

    ```apache
    LoadModule mem_cache_module modules/mod_mem_cache.so
    #          ^^^^^^^^^^^^^^^^
    LoadModule auth_module modules/mod_auth.so
    #          ^^^^^^^^^^^
    ```
    ```apache
    <IfModule mod_mem_cache.c>
    #         ^^^^^^^^^^^^^^^
        MCacheSize 4096
    </IfModule>
    <IfModule mod_disk_cache.c>
    #         ^^^^^^^^^^^^^^^^
        Alias /cache /var/cache/apache2
    </IfModule>
    ```

Not reported:

    ```apache
    LoadModule authz_core_module modules/mod_authz_core.so
    <IfVersion < 2.4>
        LoadModule authz_default_module modules/mod_authz_default.so
    </IfVersion>
    <IfModule !mod_disk_cache.c>
        LogLevel warn
    </IfModule>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives import module_of
from modwsgi_fix.directives.removed import REMOVED_MODULES
from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.model.lines import files, lines_with
from modwsgi_fix.model.reading.conditions import module_asked
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Comment, Directive, Section
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._shared import read_by_24

#: Modules of 2.2 and 2.0 by name, and what to do.
_GONE = {
    "access": "load mod_authz_host, and mod_access_compat for Order, Allow and Deny",
    "auth": "load mod_auth_basic, mod_authn_file, mod_authz_user and mod_authz_groupfile",
    "auth_anon": "load mod_authn_anon, and write AuthBasicProvider anon",
    "auth_dbm": "load mod_authn_dbm and mod_authz_dbm, and write AuthBasicProvider dbm",
    "auth_ldap": "load mod_ldap and mod_authnz_ldap, and write AuthBasicProvider ldap",
    "authn_alias": "mod_authn_core does what it did",
    "authn_default": "mod_authn_core does what it did",
    "authz_default": "mod_authz_core does what it did",
    "disk_cache": "its name is cache_disk now",
    "example": "it was an example; mod_example_hooks is one of 2.4",
    "imap": "its name is imagemap now",
    "mem_cache": "mod_cache_socache or mod_cache_disk takes its place",
}
_CONDITION = expression(r"^[ \t]*<IfModule[ \t]", re.M | re.I)
#: What the others are called now.
_RENAMED = {"disk_cache": "cache_disk", "imap": "imagemap"}
#: Whose directives may stand in a section for it that is to be read again.
_OWN = {"disk_cache": ("mod_cache.c", "mod_cache_disk.c"), "imap": ("mod_imagemap.c",)}
_NEEDED_NO_MORE = frozenset({"authn_alias", "authn_default", "authz_default"})


@rule(severity=Severity.ERROR)
def removed_module(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in read_by_24(config, "loadmodule"):
        name = item.value.removesuffix("_module")
        if name not in REMOVED_MODULES or not item.known:
            continue
        message = f"httpd 2.4 does not have mod_{name}, so it does not start"
        fix = _fix(config, item, name)
        yield Diagnostic(item.path, item.args[0].span, message, fix, help="" if fix else _GONE[name])
    yield from _never_read(config)


def _fix(config: Config, item: Item, name: str) -> Fix | None:
    if len(config.readings(item)) > 1:
        return None
    reason = "httpd refused to start"
    if name in _NEEDED_NO_MORE:
        return Fix.safe(f"Leave mod_{name} out", delete(item), reason=reason)
    if name not in _RENAMED or len(item.args) != 2 or item.args[1].written.count(f"mod_{name}") != 1:
        return None
    text = item.file.text
    edits = tuple(
        Edit(item.path, arg.span, text[arg.span.start : arg.span.end].replace(name, _RENAMED[name]))
        for arg in item.args
    )
    return Fix(f"Write {_RENAMED[name]}", edits, Applicability.REPAIR, reason)


def _never_read(config: Config) -> Iterator[Diagnostic]:
    """The conditions that ask for such a module."""
    for file in files(config):
        for node, _ in lines_with(file, _CONDITION, ("<ifmodule",)):
            if node.key != "ifmodule" or not node.args:
                continue
            word = node.args[0]
            name = module_asked(word.value) or word.value.removesuffix("_module")
            if name in REMOVED_MODULES and not word.value.startswith("!"):
                message = f"httpd 2.4 does not have mod_{name}, so this section is never read"
                fix = _read_again(file, node, name)
                advice = "" if fix else _GONE[name]
                yield Diagnostic(file.path, word.span, message, fix, severity=Severity.INFO, help=advice)


def _read_again(file: File, node: Directive, name: str) -> Fix | None:
    """Ask for the module under its new name, where all that is read then is the module's own."""
    start, end = node.args[0].span
    at = file.text.find(name, start, end)
    if name not in _RENAMED or at < 0 or not isinstance(node, Section):
        return None
    lines = [line for line in node.children if not isinstance(line, Comment)]
    if not all(isinstance(line, Directive) and module_of(line.name) in _OWN[name] for line in lines):
        return None
    edit = Edit(file.path, Span(at, at + len(name)), _RENAMED[name])
    reason = "what is in it works again, as in httpd 2.2"
    return Fix.repair(f"Ask for mod_{_RENAMED[name]}", edit, reason=reason, every_reading=True)
