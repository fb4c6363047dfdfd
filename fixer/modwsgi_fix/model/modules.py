"""The modules that a server loads, as far as its files say: a directive or handler needs its module."""

from __future__ import annotations

from modwsgi_fix.directives import DirectiveInfo, find
from modwsgi_fix.directives.elsewhere import PHP
from modwsgi_fix.directives.table import modules as known_modules
from modwsgi_fix.model.builds import Build, build_of, is_compiled_in
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.reading.conditions import Modules


@derived
def _modules(config: Config) -> Modules:
    modules = Modules(config.target, is_complete=config.complete)
    for item in config.named("loadmodule"):
        if item.args:
            modules.load(item.value.removesuffix("_module"), item.guards, build_for(config, item))
    return modules


def build_for(config: Config, line: Item) -> Build:
    """Return the build that a LoadModule line is for."""
    return build_of(line.file.name, line.values[-1], server_root(config))


def server_root(config: Config) -> str:
    """Return the ServerRoot, which relative paths begin from; empty where no line says it."""
    return next((one.value for one in config.named("serverroot") if one.known), "")


def working_root(config: Config) -> str:
    """Return the ServerRoot, or what is compiled into Debian's build (``apache2 -V``: HTTPD_ROOT); empty where unknown."""
    return server_root(config) or ("/etc/apache2" if config.complete and build(config) is Build.DEBIAN else "")


def compiled_in(config: Config, module: str) -> bool | None:
    """Whether a module, named without ``_module``, needs no LoadModule; None where that is not known."""
    modules = _modules(config)
    return is_compiled_in(module, modules.build, modules.named)


def build(config: Config) -> Build:
    """Return the build of the httpd that reads this, as far as its LoadModule lines tell."""
    return _modules(config).build


@derived
def loaded_modules(config: Config) -> tuple[str, ...]:
    """Return the modules, without ``_module``, that are certainly loaded by LoadModule; none for fragments."""
    items = config.named("loadmodule") if config.complete else ()
    return tuple(item.value.removesuffix("_module") for item in items if item.args and not item.guards)


def is_loaded(config: Config, module: str) -> bool | None:
    """Whether a module (``mod_cgi.c``) is loaded or compiled in; None where the files do not say."""
    return _modules(config).has(module)


def runs_cgi(config: Config) -> bool | None:
    """Whether a module that runs CGI programs is loaded; None where the files do not say."""
    return _modules(config).has_any(("mod_cgi.c", "mod_cgid.c"))


def has_module(config: Config, info: DirectiveInfo) -> bool | None:
    """Whether the module of a directive is there, or one of the modules where several have it; None where unknown."""
    return _modules(config).has_any(info.modules)


@derived
def loads_unknown_modules(config: Config) -> bool:
    """Whether a module with unknown directives is loaded."""
    known = {name.removesuffix("_module") for name in known_modules().values()}
    named = (item.value.removesuffix("_module") for item in config.named("loadmodule") if item.args)
    return any(name not in known and not name.startswith(("mpm_", "php")) for name in named)


def loads_php(config: Config) -> bool:
    """Whether a module of PHP is loaded, under any of its names."""
    return any(item.value.startswith("php") for item in config.named("loadmodule"))


def is_of_php(name: str) -> bool:
    """Whether a directive is one of PHP's."""
    return name.lower().startswith(PHP)


def is_strange(config: Config, name: str) -> bool:
    """Whether a directive may belong to an unknown module, and so may do anything.

    Directives of PHP say how PHP scripts run, and change nothing else. In a whole server that loads no unknown module, an
    unknown directive is a misspelling, which httpd refuses.
    """
    if find(name) is not None or is_of_php(name):
        return False
    return loads_unknown_modules(config) if config.complete else True
