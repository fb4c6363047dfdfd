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

## The fix

It is a repair, offered for the builds of Debian and of RHEL. The lines are like those that are there, and come at the end of their
list. Where Debian has a file for each module, they follow `Include mods-enabled/*.load` in `apache2.conf`, since a fix makes no links:
once `a2enmod` has made one, `module-loaded-twice` takes the line out. The MPM is event, and prefork where PHP runs inside httpd or the
server is RHEL's, which ran prefork. It is loaded above the sections `<IfModule prefork.c>` and the like that set its processes:
httpd 2.2 had it compiled in and read them, and 2.4 reads a condition with what is loaded so far.

## Left alone

There is no fix for other builds, whose modules may be compiled in, and where `--root` shows the modules of httpd 2.4 and one of them
is not there. Where another MPM is meant, write its name into the line. Said of whole servers that load six modules at least.

## See also

Rules `removed-module`, `module-not-loaded` and `include-missing-file`.

## Examples

    ```diff repair
     #- etc/httpd/conf/httpd.conf
    +# The MPM, which httpd 2.2 had compiled in.
    +LoadModule mpm_prefork_module modules/mod_mpm_prefork.so
    +
     <IfModule prefork.c>
         StartServers 8
     </IfModule>
     LoadModule alias_module modules/mod_alias.so
     LoadModule auth_basic_module modules/mod_auth_basic.so
     LoadModule authn_file_module modules/mod_authn_file.so
     LoadModule authz_host_module modules/mod_authz_host.so
     LoadModule dir_module modules/mod_dir.so
     LoadModule mime_module modules/mod_mime.so
    +# httpd 2.4 has these in modules of their own.
    +LoadModule authz_core_module modules/mod_authz_core.so
    +LoadModule authn_core_module modules/mod_authn_core.so
    +LoadModule unixd_module modules/mod_unixd.so
    +LoadModule systemd_module modules/mod_systemd.so
     ServerName www.example.com
    ```
    ```diff repair
     #- etc/apache2/apache2.conf
     Include mods-enabled/*.load
    +# httpd 2.4 has these in modules of their own. A line can go once a2enmod has enabled its module.
    +LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
    +LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
    +LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
    +LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
     SSLSessionCache shmcb:/run/ssl_scache(512000)
     #- etc/apache2/mods-enabled/alias.load
     LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
     #- etc/apache2/mods-enabled/auth_basic.load
     LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
     #- etc/apache2/mods-enabled/authn_file.load
     LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
     #- etc/apache2/mods-enabled/authz_host.load
     LoadModule authz_host_module /usr/lib/apache2/modules/mod_authz_host.so
     #- etc/apache2/mods-enabled/dir.load
     LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
     #- etc/apache2/mods-enabled/ssl.load
     LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
    ```

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

from collections.abc import Collection, Iterator

from modwsgi_fix.directives import find
from modwsgi_fix.directives.families import OLD_ACCESS
from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.builds import Build
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import list_of_22
from modwsgi_fix.model.facts.named_modules import asked
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import build_for, has_module, is_loaded
from modwsgi_fix.rewriting.loading import absent, load
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.httpd24._htaccess import needs_compat

#: What the directives of an MPM are listed under.
_MPMS = frozenset({"event", "prefork", "worker", "mpm_winnt"})
_REASON = "httpd refused to start"


#: What the lines say of themselves.
_ABOUT = "# httpd 2.4 has these in modules of their own."
_ABOUT_DEBIAN = f"{_ABOUT} A line can go once a2enmod has enabled its module."


@rule(severity=Severity.ERROR, rank=Rank.START)
def old_module_list(config: Config) -> Iterator[Diagnostic]:
    host = list_of_22(config)
    if host is None:
        return
    build = build_for(config, host)
    names = {item.value.removesuffix("_module") for item in config.named("loadmodule") if item.args}
    lacking = [name for name in _wanted(config, host, build) if name not in names]
    if not any(name.startswith("mpm_") for name in names):
        lacking.insert(0, _mpm(names, build))
    is_debian = build is Build.DEBIAN
    modules = [f"mod_{name}" for name in lacking]
    message = "the modules loaded are those of httpd 2.2, so httpd 2.4 does not start without mod_authz_core"
    advice = f"a2enmod {' '.join(lacking)}" if is_debian else f"load {', '.join(modules)}, too"
    if missing := absent(config, lacking, host):
        advice += f"; there is no {', '.join(f'mod_{name}.so' for name in missing)} on this filesystem"
    # Nobody knows what another builder compiled into httpd, but where the modules are in sight.
    edits = (
        load(config, lacking, host, about=[_ABOUT_DEBIAN if is_debian else _ABOUT]) if build is not Build.OTHER else ()
    )
    fix = Fix("Load the modules of httpd 2.4", edits, Applicability.REPAIR, _REASON) if edits else None
    yield Diagnostic(host.path, host.args[0].span, message, fix, help="" if fix else advice)


def _mpm(names: Collection[str], build: Build) -> str:
    """The MPM to load: RHEL 6 ran prefork, as PHP inside httpd demands; Debian's 2.2 was a threaded one by default."""
    is_prefork = build is Build.RHEL or any(name.startswith("php") for name in names)
    return "mpm_prefork" if is_prefork else "mpm_event"


def _wanted(config: Config, host: Item, build: Build) -> list[str]:
    """What 2.4 needs besides an MPM: what its own modules have become, as far as it is asked for; and all that RHEL has as modules."""
    wanted = ["authz_core", "authn_core"]
    if config.named(*OLD_ACCESS) or needs_compat(config):
        wanted.append("access_compat")
    if build is Build.RHEL:
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
