"""The modules that a server has loaded, and so the directives that httpd knows.

httpd looks each name up in the tables of the modules that are loaded when it reads the line (config.c:ap_walk_config_sub),
and refuses a name that none of them has. Modules may be compiled in: this is concluded from the number of others that are
loaded, and never for a fragment.
"""

from __future__ import annotations

from enum import Enum

from modwsgi_fix import directives
from modwsgi_fix.directives.kinds import DirectiveInfo
from modwsgi_fix.model.builds import SOMETIMES, Build
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.gaps import whole_text
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import build, compiled_in, is_strange, loaded_modules
from modwsgi_fix.model.reading.conditions import module_asked
from modwsgi_fix.tuples import NamedTuple

#: A server with fewer modules is an example, or has modules compiled in, unless it loads all that a server needs.
ENOUGH = 6
#: A server that loads one of these from a file was built to load all of them from files: no 2.4 works without them.
_BASIC = frozenset({"authz_core", "mpm_event", "mpm_prefork", "mpm_winnt", "mpm_worker", "unixd"})
MPMS = frozenset({"mpm_event", "mpm_worker", "mpm_prefork", "mpm_winnt"})


class Standing(Enum):
    """What httpd makes of a directive's name."""

    #: A module that is loaded, or that may be, has it.
    KNOWN = "known"
    #: Only modules that are not loaded have it: httpd refuses it.
    NOT_LOADED = "not loaded"
    #: No module of httpd or mod_wsgi has it, and no other modules are loaded: httpd refuses it.
    NOWHERE = "nowhere"
    #: An unknown module has it, or may have it.
    FOREIGN = "foreign"


class Loaded(NamedTuple):
    """The modules of a whole server, by their names without ``_module``.

    ``certain`` are loaded in any case, ``possible`` under a condition that the files do not decide.
    """

    certain: frozenset[str]
    possible: frozenset[str]
    #: Those that are compiled in, or may be.
    static: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All modules that may be there."""
        return self.certain | self.possible | self.static

    def may_have(self, info: DirectiveInfo) -> bool:
        """Whether a module that has a directive is loaded, compiled in or may be."""
        names = {module_asked(file) or file for file in info.modules}
        if names & self.all:
            return True
        # Where no MPM is loaded, one is compiled in, and it is not known which.
        return bool(names & MPMS) and not self.certain & MPMS


def shows_all(config: Config) -> bool:
    """Whether every LoadModule line of a server of 2.4 is in sight."""
    return whole_text(config) and not config.unseen and not config.target.is_22


@derived
def list_of_22(config: Config) -> Item | None:
    """Return the line of mod_authz_host in a list of modules that was written for httpd 2.2; None where there is no such list.

    What mod_authz_core does was a part of mod_authz_host, so a list for 2.4 has both.
    """
    if not shows_all(config):
        return None
    lines = {item.value.removesuffix("_module"): item for item in config.named("loadmodule") if item.args}
    host = lines.get("authz_host")
    if host is None or host.guards or "authz_core" in lines or len(lines) < ENOUGH:
        return None
    return host if all(item.known for item in lines.values()) else None


@derived
def loaded(config: Config) -> Loaded | None:
    """Return the loaded modules; None for a fragment, and for a server that is not wholly in sight."""
    if not shows_all(config):
        return None
    lines = [item for item in config.named("loadmodule") if item.values]
    certain = frozenset(loaded_modules(config))
    # Other builders may have compiled in what a list of 2.2 lacks.
    is_old = list_of_22(config) is not None and build(config) is not Build.OTHER
    if any(not item.args[0].known for item in lines) or not (certain & _BASIC or is_old):
        return None
    if len(certain) < ENOUGH and not ("authz_core" in certain and certain & MPMS):
        return None
    static = frozenset(name for name in ("core", "http", "so", *SOMETIMES) if compiled_in(config, name) is not False)
    return Loaded(certain, frozenset(item.value.removesuffix("_module") for item in lines) - certain, static)


def standing(config: Config, item: Item) -> Standing:
    """Return what httpd makes of the name of a line."""
    written = item.key if "$" in item.name else item.name
    if "${" in written:
        return Standing.FOREIGN  # The value of a variable is not known.
    name = f"<{written}" if item.is_section else written
    modules = loaded(config)
    info = directives.find(name)
    if info is not None and _is_absent(config, info):
        return Standing.NOWHERE if modules is not None else Standing.KNOWN
    if info is not None and not info.until:
        return Standing.KNOWN if modules is None or modules.may_have(info) else Standing.NOT_LOADED
    if item.key in config.known_directives or (item.is_section and item.key in directives.sections()):
        return Standing.KNOWN
    if info is not None:
        return Standing.KNOWN  # of another version, which other rules report
    is_foreign = modules is None or is_strange(config, written) or directives.is_known_third_party(written)
    return Standing.FOREIGN if is_foreign else Standing.NOWHERE


def _is_absent(config: Config, info: DirectiveInfo) -> bool:
    """Whether the target's httpd lacks a directive, removed or not yet added; for mod_wsgi's, the target must say a version."""
    have = config.target.mod_wsgi if info.of_mod_wsgi else config.target.httpd
    if have is None:
        return False
    is_gone = bool(info.until) and not directives.is_later(info.until, have)
    return is_gone or directives.is_later(info.since, have)


@derived
def strangers(config: Config) -> list[tuple[Item, Standing]]:
    """Return the lines whose names httpd does not know, or that may be another module's, each text once."""
    first = {(item.key, type(item.node)): item for item in reversed(config.items)}
    strange = {kind: what for kind, item in first.items() if (what := standing(config, item)) is not Standing.KNOWN}
    found: dict[tuple[str, int], tuple[Item, Standing]] = {}
    for item in config.named(*{key for key, _ in strange}):
        if (kind := (item.key, type(item.node))) in strange:
            found.setdefault((item.path, item.node.start), (item, strange[kind]))
    return list(found.values())
