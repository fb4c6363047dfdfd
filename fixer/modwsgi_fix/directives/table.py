"""Look-up of directives, sections and modules; the text tables are read on first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from modwsgi_fix.directives.families import CONDITIONS, PROXY_SECTIONS, REQUIRE_SECTIONS
from modwsgi_fix.directives.kinds import Context, DirectiveInfo, SectionInfo

_LETTERS = dict(zip("SVDLFIMPH", (c for c in Context if c), strict=True))
_OVERRIDES = {"l": "Limit", "o": "Options", "f": "FileInfo", "a": "AuthConfig", "i": "Indexes"}
#: The context codes of mod_wsgi.DIRECTIVES.
_WSGI = {"G": ("S", "-"), "S": ("SV", "-"), "D": ("SVDLFIMP", "-"), "F": ("SVDLFIMPH", "f"), "A": ("DLFIMPH", "a")}


def _contexts(letters: str) -> Context:
    where = Context.NOWHERE
    for letter in letters.strip("-"):
        where |= _LETTERS[letter]
    return where


def _overrides(letters: str) -> tuple[str, ...]:
    return tuple(_OVERRIDES[letter] for letter in letters.strip("-"))


def _of_httpd() -> Iterator[DirectiveInfo]:
    from modwsgi_fix.directives import history, httpd  # read on first use: the start-up budget is small

    since = {}
    for line in history.SINCE.strip().splitlines():
        release, *names = line.split()
        since.update(dict.fromkeys(map(str.casefold, names), release))
    on_off = ("On", "Off")
    module = ""
    shapes: dict[str, tuple[Context, tuple[str, ...], str, bool, tuple[str, ...], str]] = {}
    for line in (httpd.TABLE + history.PLATFORMS).splitlines():
        if not line:
            continue
        head, _, row = line.partition(" ")
        module = head or module
        shape, _, names_of_shape = row.partition(": ")
        if shape not in shapes:
            where, override, arguments, *read = shape.split(" ")
            values = on_off if arguments == "FLAG" else ()
            shapes[shape] = (_contexts(where), _overrides(override), arguments, bool(read), values, "")
        for name in names_of_shape.split(" "):
            bare = name.removeprefix("<")
            release = since.get(bare.casefold(), since.get(module, ""))
            yield DirectiveInfo(bare, bare != name, (module,), *shapes[shape], release)
    for line in history.REMOVED.strip().splitlines():
        name, module, where, until, replacement, note = line.split(maxsplit=5)
        bare = name.removeprefix("<")
        yield DirectiveInfo(
            bare, bare != name, (module,), _contexts(where), (), "RAW_ARGS", until=until,
            replacement=replacement.strip("-"), note=note,
        )  # fmt: skip


def _of_mod_wsgi() -> Iterator[DirectiveInfo]:
    from modwsgi_fix.directives import mod_wsgi

    for line in mod_wsgi.DIRECTIVES.strip().splitlines():
        fields = line.split(maxsplit=9)
        name, code, arguments, values, default, since, until, deprecated, replacement, note = fields + ["-"] * (
            10 - len(fields)
        )
        letters, override = _WSGI[code]
        bare = name.removeprefix("<")
        yield DirectiveInfo(
            bare, bare != name, ("mod_wsgi.c",), _contexts(letters), _overrides(override), arguments,
            values=tuple(values.split("|")) if values != "-" else (), default=default if default != "-" else "",
            since=since, until=until.strip("-"), deprecated=deprecated.strip("-"),
            replacement=replacement.strip("-"), note=note.strip("-"),
        )  # fmt: skip


@cache
def directives() -> Mapping[str, DirectiveInfo]:
    """Return every directive and section of httpd and mod_wsgi, by its casefolded name without ``<``.

    Those of older and other builds are included, see ``since`` and ``until``. mod_lua has names that are both a directive
    and a section: there the section's key has its ``<``.
    """
    from modwsgi_fix.directives import history

    found: dict[str, DirectiveInfo] = {}
    for info in (*_of_httpd(), *_of_mod_wsgi()):
        key = info.name.casefold()
        if key in found and found[key].section is not info.section:
            section, directive = (info, found[key]) if info.section else (found[key], info)
            found[key], found[f"<{key}"] = directive, section
            continue
        if key in found and not info.until:  # modules of which one is loaded at a time: MPMs, mod_cgi and mod_cgid
            info = found[key]._replace(modules=found[key].modules + info.modules)
        found[key] = info
    for line in history.DEPRECATED.strip().splitlines():
        name, deprecated, replacement, note = line.split(maxsplit=3)
        key = name.casefold()
        found[key] = found[key]._replace(deprecated=deprecated, replacement=replacement.strip("-"), note=note)
    return MappingProxyType(found)


def _key(name: str) -> str:
    return name.removeprefix("<").removesuffix(">").casefold()


@lru_cache(maxsize=1024)
def find(name: str) -> DirectiveInfo | None:
    """Return what is known of a directive or section, also a removed one, in any case, with or without ``<``; else None."""
    key = _key(name)
    return (directives().get(f"<{key}") if name.startswith("<") else None) or directives().get(key)


def spelled(name: str) -> str:
    """Return a name as httpd writes it, ``IfModule``; an unknown name unchanged."""
    info = find(name)
    return info.name if info is not None else name


def allowed_in(name: str, context: Context) -> bool:
    """Whether httpd accepts a directive in a context: in each of the contexts, if ``context`` combines several.

    True for an unknown name. AllowOverride is not considered.
    """
    info = find(name)
    return info is None or context in info.contexts


def module_of(name: str) -> str:
    """Return the module of a directive as ``<IfModule>`` names it (``mod_rewrite.c``); empty for an unknown directive."""
    info = find(name)
    return info.modules[0] if info is not None else ""


_SECTIONS = {
    "directory": Context.DIRECTORY,
    "directorymatch": Context.DIRECTORY,
    "location": Context.LOCATION,
    "locationmatch": Context.LOCATION,
    "files": Context.FILES,
    "filesmatch": Context.FILES,
    "if": Context.IF,
    "elseif": Context.IF,
    "else": Context.IF,
    "limit": Context.LIMIT,
    "limitexcept": Context.LIMIT,
    "proxy": Context.PROXY,
    "proxymatch": Context.PROXY,
    "virtualhost": Context.VIRTUAL_HOST,
}
#: They leave the context as it was: skipped or read, their bodies belong to what surrounds them.
_TRANSPARENT = CONDITIONS | REQUIRE_SECTIONS


@lru_cache(maxsize=1024)
def context_of(sections: tuple[str, ...], *, htaccess: bool = False) -> Context:
    """Return the context inside these sections, outermost first; ``Context.NOWHERE`` where it is not known.

    It is not known inside a macro, a provider alias, or a section of an unknown module.
    """
    context = Context.HTACCESS if htaccess else Context.SERVER
    for section in map(_key, sections):
        if section in _TRANSPARENT:
            continue
        found = _SECTIONS.get(section, Context.NOWHERE)
        # In an <If> httpd looks further out: <Files> is refused there, too, where a <Location> stands around it.
        context = found | context & Context.LOCATION if found is Context.IF else found
        if not context:
            break
    return context


@cache
def sections() -> Mapping[str, SectionInfo]:
    """Return how each section's opening line is read, by casefolded name. Tried on httpd 2.4.71, see the tests."""
    bare = {*REQUIRE_SECTIONS, *PROXY_SECTIONS, "else", "perl"}
    known = {
        key.removeprefix("<"): SectionInfo(
            info.name,
            bare=key in bare or key.startswith("<lua"),
            takes_argument=key != "else",
            regex=key.endswith("match"),
            tilde=key in ("directory", "location", "files"),
            foreign=key.startswith("<lua"),
        )
        for key, info in directives().items()
        if info.section
    }
    known["perl"] = SectionInfo("Perl", bare=True, foreign=True)
    return MappingProxyType(known)


#: Which word of a directive is a regular expression, counted from 0; a leading ``!`` is not part of it.
REGEX_WORDS: Mapping[str, int] = MappingProxyType(
    {
        "aliasmatch": 0,
        "scriptaliasmatch": 0,
        "wsgiscriptaliasmatch": 0,
        "proxypassmatch": 0,
        "proxyremotematch": 0,
        "browsermatch": 0,
        "browsermatchnocase": 0,
        "rewriterule": 0,
        "rewritecond": 1,
        "setenvif": 1,
        "setenvifnocase": 1,
    }
)


@cache
def modules() -> Mapping[str, str]:
    """Return ``<IfModule>``'s two names of each module that Debian's httpd 2.4 has: ``mod_rewrite.c`` to ``rewrite_module``.

    ``<IfModule>`` is false for any other spelling, such as ``mod_rewrite`` or ``mod_rewrite.so``.
    """
    from modwsgi_fix.directives import httpd

    found = {"core.c": "core_module", "http_core.c": "http_module", "util_ldap.c": "ldap_module"}
    found.update({f"{mpm}.c": f"mpm_{mpm}_module" for mpm in ("event", "worker", "prefork")})
    found.update({f"mod_{name}.c": f"{name}_module" for name in httpd.MODULES.split()})
    return MappingProxyType(found)


#: Compiled into Debian's httpd (``apache2 -l``): ``<IfModule>`` is always true of them, and of an MPM.
#: Upstream's default build has only core, so and http compiled in.
STATIC_MODULES = frozenset(
    (
        "core.c",
        "http_core.c",
        "mod_log_config.c",
        "mod_logio.c",
        "mod_so.c",
        "mod_unixd.c",
        "mod_version.c",
        "mod_watchdog.c",
    )
)
