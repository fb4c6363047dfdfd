"""From a path to the file that is there, and the sections on the way (server/request.c:ap_directory_walk)."""

from __future__ import annotations

from typing import NamedTuple

from modwsgi_fix.directives.suffixes import SCRIPTS
from modwsgi_fix.model.bounds import LONGEST_PATH
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.merge.layers import Layer, Site, every
from modwsgi_fix.model.merge.options import Options, merged_options, override_of
from modwsgi_fix.model.merge.sections import directory_regex_match
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING, Beyond, World, normal
from modwsgi_fix.model.reading.reader import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.request.outcome import Done, Kind, Outcome

#: What is unknown where an .htaccess file decides.
_UNSEEN, _PARTLY = " decides, and is not in sight", " is read with AllowOverride"


def is_by_htaccess(reason: str) -> bool:
    """Whether that is why an outcome is unknown: an .htaccess file decides, and may say anything of access."""
    return reason.endswith(_UNSEEN) or _PARTLY in reason


class Found(NamedTuple):
    """Where a walk ended: the path as far as it exists, what is left of it, its type, and the layers on the way."""

    filename: str
    path_info: str
    type: str
    layers: list[Layer]


def walk(site: Site, path: str, anchor: str, world: World, *, script: bool) -> Found:
    """Walk down to ``path``. ``anchor`` is what a directive names: without a filesystem, what lies above it is there.

    ``script`` says that the anchor is meant to be a file, and what is behind it the rest of a URL.
    """
    if len(path) > LONGEST_PATH:
        raise Beyond(f"the path of the file has more than {LONGEST_PATH:,} characters")
    # A relative path is httpd's own working directory's, which a daemon has at /.
    path = normal(path if path.startswith("/") else f"/{path}")
    layers: list[Layer] = []
    options = merged_options(site.base, world)
    override = override_of(site.base, world)
    parts = path.split("/")[1:]
    trailing = len(parts) > 1 and parts[-1] == ""
    if trailing or parts == [""]:
        parts.pop()
    kind = DIRECTORY
    here, depth = "", 0
    whole = None
    if world.disk is not None or (path.startswith(anchor) and not script):
        whole = world.type_of(path.rstrip("/") or "/")
    exact = whole in (DIRECTORY, FILE) and not (whole == FILE and trailing)
    while True:
        for section in site.directories(here, depth):
            if section.applies(world):
                layers.append(section)
                options, override = _put(section, options, override, world)
        # Where nothing is said, httpd opens the file and allows nothing in it (core.c: OR_UNSET). Of fragments the rest of
        # the server is taken to say None, as every distribution does.
        if override != "none" and (override or site.config.complete):
            htaccess = _htaccess(site, here, override, anchor, world)
            if htaccess is not None:
                layers.append(htaccess)
                options, override = _put(htaccess, options, override, world)
        if depth == len(parts):
            kind = whole if exact and whole else DIRECTORY
            break
        here, depth = f"{here}/{parts[depth]}", depth + 1
        if exact and "followsymlinks" in options.on and "symlinksifownermatch" not in options.on:
            # What exists as a whole is taken for directories all the way down, the file itself too.
            continue
        kind = _step(here, anchor, options, world, script=script)
        if kind != DIRECTORY:
            break
    rest = "/".join(["", *parts[depth:]]) + ("/" if trailing else "")
    if kind == DIRECTORY and trailing:
        here, rest = here + "/", ""
    filename = here or "/"
    for section in site.directory_regexes():
        if section.meant(directory_regex_match(section.section, filename)) and section.applies(world):
            layers.append(section)
    return Found(filename, rest if kind != DIRECTORY else "", kind, layers)


def _step(path: str, anchor: str, options: Options, world: World, *, script: bool) -> str:
    """The type of one component; a link counts as what it leads to, if Options let it."""
    if world.disk is None and anchor.startswith(path + "/"):
        return DIRECTORY
    if world.disk is None and script and path == anchor and path.endswith(SCRIPTS):
        # Nobody calls a directory so.
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


def _put(layer: Layer, options: Options, override: str, world: World) -> tuple[Options, str]:
    for _, items in every([layer], ("options",), world):
        options = options.merge(items)
    return options, override_of([layer], world) or override


def _htaccess(site: Site, directory: str, override: str, anchor: str, world: World) -> Layer | None:
    """What the .htaccess of a directory says; None where there is none."""
    item = site.last("accessfilename", world)
    for name in item.values if item else (".htaccess",):
        path = f"{directory}/{name}"
        if world.disk is None:
            if not (directory + "/").startswith(anchor.rstrip("/") + "/"):
                # One answer for all directories above what the configuration names.
                path = f"{anchor.rstrip('/')} or above it"
            if (
                world.ask(
                    f"{name}: {path}",
                    ("no", f"no {name} in {path.removesuffix('/' + name)}"),
                    ("yes", f"{path} exists"),
                )
                == "yes"
            ):
                raise Beyond(f"{path}{_UNSEEN}")
            continue
        if world.type_of(path) != FILE:
            continue
        layer = _parsed(site.config, path)
        if layer is not None and not override:
            if not layer.by_key and not layer.files and not layer.ifs:
                return None
            world.step("directory", f"{path} is read, and AllowOverride allows nothing in it")
            outcome = Outcome(Kind.ERROR, 500, file=directory + "/", reason=f"{path} holds what is not allowed there")
            raise Done(outcome)
        if layer is None or override != "all":
            raise Beyond(f"{path}{_PARTLY} {override}")
        return layer
    return None


@derived
def _files(config: Config) -> dict[str, Layer | None]:
    return {}


def _parsed(config: Config, path: str) -> Layer | None:
    """A .htaccess as a layer, read as httpd would with AllowOverride All; None where it has faults."""
    cache = _files(config)
    if path not in cache:
        assert config.disk is not None
        source = Source(
            config.disk, (path,), (), ("/",), complete=False, variables=config.variables,
            shown_within=config.shown_within,
        )  # fmt: skip
        found = load(source, target=config.target, disk=config.disk)
        sound = not found.gaps and all(not file.tree.problems for file in found.files.values())
        cache[path] = Layer(None, found.main.items) if sound else None
    return cache[path]
