"""From a path to the existing file, with the sections on the way (server/request.c:ap_directory_walk)."""

from __future__ import annotations

from modwsgi_fix.directives.suffixes import SCRIPTS
from modwsgi_fix.model.bounds import LONGEST_PATH
from modwsgi_fix.model.merge.layers import Layer, Site, every
from modwsgi_fix.model.merge.options import Options, Override, merged_options
from modwsgi_fix.model.merge.sections import directory_regex_match
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING, Beyond, World, normal
from modwsgi_fix.model.paths import on_a_drive, slashed
from modwsgi_fix.model.request.htaccess import htaccess
from modwsgi_fix.model.request.outcome import Done, Kind, Outcome
from modwsgi_fix.tuples import NamedTuple

#: What a trace says behind a directory on the way that is not there: httpd then asks the sections above it alone.
ABSENT = " does not exist, so no section for it or below it holds"


class Found(NamedTuple):
    """The end of a walk: the existing part of the path, the rest, the type of the former, and the layers on the way."""

    filename: str
    path_info: str
    type: str
    layers: list[Layer]


def walk(site: Site, path: str, anchor: str, world: World, *, script: bool) -> Found:
    """Walk down to ``path``. ``anchor`` is the path of a directive: without a filesystem, directories above it exist.

    ``script`` says that the anchor is meant to be a file, and the path after it the rest of a URL.
    """
    if len(path) > LONGEST_PATH:
        raise Beyond(f"the path of the file has more than {LONGEST_PATH:,} characters")
    # Where there is a filesystem it is not that of Windows, and httpd there finds nothing by the name of a drive.
    drive = slashed(path)[:2] if on_a_drive(path) and world.disk is None else ""
    # A relative path starts at httpd's working directory, which is / for a daemon.
    path = normal(path if path.startswith("/") or drive else f"/{path}")
    layers: list[Layer] = []
    options = merged_options(site.base, world)
    override = Override()
    for level in site.base:
        override = override.merge(level, world)
    parts = path.split("/")[1:]
    trailing = len(parts) > 1 and parts[-1] == ""
    if trailing or parts == [""]:
        parts.pop()
    kind = DIRECTORY
    reached, depth = "", 0
    whole = None
    if world.disk is not None or (path.startswith(anchor) and not script):
        whole = world.type_of(path.rstrip("/") or "/")
    exact = whole in (DIRECTORY, FILE) and not (whole == FILE and trailing)
    while True:
        sections = site.directories(reached, depth)
        if drive and not reached:
            # <Directory /> holds for all drives (request.c: a section without components is never passed over).
            sections += site.directories(drive, depth)
            reached = drive
        for section in sections:
            if section.applies(world):
                layers.append(section)
                options, override = _put(section, options, override, world)
        # Without AllowOverride, httpd opens the file and allows nothing in it (core.c: OR_UNSET). The server around fragments
        # is assumed to have AllowOverride None, as in every distribution.
        if override.reads and (override.classes is not None or site.config.complete):
            layer = htaccess(site, reached, override, anchor, world)
            if layer is not None:
                layers.append(layer)
                options, override = _put(layer, options, override, world)
        if depth == len(parts):
            kind = whole if exact and whole else DIRECTORY
            break
        reached, depth = f"{reached}/{parts[depth]}", depth + 1
        if exact and "followsymlinks" in options.on and "symlinksifownermatch" not in options.on:
            # The components of an existing path are all taken for directories, the file itself too.
            continue
        kind = _step(reached, anchor, options, world, script=script)
        if kind != DIRECTORY:
            break
    if kind == MISSING and depth < len(parts) and world.disk is not None:
        world.step("directory", f"{reached}{ABSENT}")
    rest = "/".join(["", *parts[depth:]]) + ("/" if trailing else "")
    if kind == DIRECTORY and trailing:
        reached, rest = reached + "/", ""
    filename = reached or "/"
    for section in site.directory_regexes:
        if section.meant(directory_regex_match(section.section, filename)) and section.applies(world):
            layers.append(section)
    return Found(filename, rest if kind != DIRECTORY else "", kind, layers)


def _step(path: str, anchor: str, options: Options, world: World, *, script: bool) -> str:
    """Return the type of one component; a link counts as its target, if Options allow that."""
    if world.disk is None and anchor.startswith(path + "/"):
        return DIRECTORY
    if world.disk is None and script and path == anchor and path.endswith(SCRIPTS):
        # Nobody gives a directory such a name.
        return world.ask(path, (FILE, f"{path} is a file"), (MISSING, f"{path} does not exist"))
    kind = world.type_of(path)
    if world.is_link(path):
        owner = "symlinksifownermatch" in options.on
        if not owner and "followsymlinks" not in options.on:
            world.step("directory", f"{path} is a symbolic link, and Options do not allow to follow it")
            raise Done(Outcome(Kind.REFUSED, 403, file=path, reason="a symbolic link that may not be followed"))
        if kind == MISSING:
            world.step("directory", f"{path} is a symbolic link that leads nowhere")
            raise Done(Outcome(Kind.REFUSED, 403, file=path, reason="a symbolic link that leads nowhere"))
        if owner and not world.holds(f"the symbolic link {path} and what it leads to have one owner"):
            world.step("directory", f"{path} is a symbolic link to another's file, and SymLinksIfOwnerMatch holds")
            raise Done(Outcome(Kind.REFUSED, 403, file=path, reason="a symbolic link that may not be followed"))
    return kind


def _put(layer: Layer, options: Options, override: Override, world: World) -> tuple[Options, Override]:
    # Most sections say nothing of it, and thousands may hold for one directory.
    if "options" in layer.by_key:
        for _, items in every([layer], ("options",), world):
            options = options.merge(items)
    return options, override.merge(layer, world)
