"""
The modules that are loaded are those of httpd 2.2; what 2.4 cannot do without is not among them.

## What happens

httpd 2.4 does not start: *Invalid command 'Require'*, or *AH00534: No MPM loaded.*

## Why

In 2.4 `Require` is `mod_authz_core`'s and `AuthType` is `mod_authn_core`'s, and the MPM is a module like others; lines with
`Order` need `mod_access_compat` besides, in `.htaccess` files too; `AddOutputFilterByType` needs `mod_filter`, and balancers and
session caches need modules of their own; the help names those that are asked for. A list that loads `mod_authz_host` and not
`mod_authz_core` was written for 2.2. Where distributions build all modules shared, as RHEL does, `mod_unixd` and those that write logs are
loaded from files, too, and the unit of systemd waits for `mod_systemd` (`Type=notify`).

## Left alone

There is no fix: which MPM is meant is the owner's to say (prefork where PHP runs inside httpd, else event). Debian's `a2enmod` links
the files; elsewhere the distribution's own conf.modules.d is best included. Said of whole servers that load six modules at least.

## See also

Rules `removed-module`, `module-not-loaded` and `include-missing-file`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    LoadModule alias_module modules/mod_alias.so
    LoadModule auth_basic_module modules/mod_auth_basic.so
    LoadModule authn_file_module modules/mod_authn_file.so
    LoadModule authz_host_module modules/mod_authz_host.so
    #          ^^^^^^^^^^^^^^^^^
    LoadModule dir_module modules/mod_dir.so
    LoadModule mime_module modules/mod_mime.so
    ServerName www.example.com
    ```

Not reported:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule auth_basic_module modules/mod_auth_basic.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authz_host_module modules/mod_authz_host.so
    LoadModule dir_module modules/mod_dir.so
    LoadModule mime_module modules/mod_mime.so
    ServerName www.example.com
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import find
from modwsgi_fix.directives.families import OLD_ACCESS
from modwsgi_fix.model.builds import Build, build_of
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import ENOUGH, shows_all
from modwsgi_fix.model.facts.named_modules import asked
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import has_module, is_loaded
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.httpd24._htaccess import needs_compat

#: What the directives of an MPM are listed under.
_MPMS = frozenset({"event", "prefork", "worker", "mpm_winnt"})


@rule(severity=Severity.ERROR, rank=Rank.START)
def old_module_list(config: Config) -> Iterator[Diagnostic]:
    if not shows_all(config):
        return
    lines = {item.value.removesuffix("_module"): item for item in config.named("loadmodule") if item.args}
    host = lines.get("authz_host")
    if host is None or host.guards or "authz_core" in lines or len(lines) < ENOUGH:
        return
    if not all(item.known for item in lines.values()):
        return
    lacking = [name for name in _wanted(config, host) if name not in lines]
    if not any(name.startswith("mpm_") for name in lines):
        lacking.insert(0, "mpm_event" if not any(name.startswith("php") for name in lines) else "mpm_prefork")
    is_debian = build_of(host.file.name, host.values[-1]) is Build.DEBIAN
    advice = (
        f"a2enmod {' '.join(lacking)}" if is_debian else f"load {', '.join(f'mod_{name}' for name in lacking)}, too"
    )
    message = "the modules loaded are those of httpd 2.2, so httpd 2.4 does not start without mod_authz_core"
    yield Diagnostic(host.path, host.args[0].span, message, help=advice)


def _wanted(config: Config, host: Item) -> list[str]:
    """What 2.4 needs besides an MPM: what its own modules have become, as far as it is asked for; and all that RHEL has as modules."""
    wanted = ["authz_core", "authn_core"]
    if config.named(*OLD_ACCESS) or needs_compat(config):
        wanted.append("access_compat")
    if build_of(host.file.name, host.values[-1]) is Build.RHEL:
        wanted += ["unixd", "systemd"]
    named = {one.module for one in asked(config) if is_loaded(config, f"mod_{one.module}.c") is False}
    return [*wanted, *sorted({*_of_directives(config), *named} - {*wanted})]


def _of_directives(config: Config) -> Iterator[str]:
    """The modules that have directives of this server, where they are certainly not loaded."""
    infos = {item.key: find(item.name) for item in config.items if not item.guards and not item.is_section}
    for info in infos.values():
        if info is None or not info.exists_in("2.4") or has_module(config, info) is not False:
            continue
        if (name := info.modules[0].removeprefix("mod_").removesuffix(".c")) not in _MPMS:
            yield name
